//! A large file through the real program with a database: sent in chunks, read back, and what memory that took.

use std::time::Instant;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::client::Connection;
use crate::process::Program;

const CHUNK: usize = 10 << 20;
const SIZE: usize = 1 << 30;

fn post(target: &str, media: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST {target} HTTP/1.1\r\nHost: a\r\nAuthorization: standin-admin-token\r\nContent-Type: {media}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// Prints how long a gigabyte takes each way, and by how much the program's memory grew at most.
pub(crate) fn report() {
    let folder = std::env::temp_dir().join(format!("standin-bytes-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let database = folder.join("data.db");
    let program = Program::start_with(&["--database", database.to_str().unwrap(), "--seed", "empty"]);
    let before = program.peak();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let block: Vec<u8> = (0..CHUNK).map(|at| (at ^ (at >> 8) ^ (at >> 16)).to_le_bytes()[0]).collect();
    let (sent, read) = runtime.block_on(async {
        let mut connection = Connection::open(program.address).await;
        let start = format!("{{\"fileName\":\"large.bin\",\"fileSize\":{SIZE}}}");
        let target = "/api/2.0/files/2/upload/create_session";
        let (status, answer) = connection.send(&post(target, "application/json", start.as_bytes())).await;
        assert_eq!(status, 201);
        let answer: serde_json::Value = serde_json::from_slice(&answer).unwrap();
        let id = answer["response"]["data"]["id"].as_str().unwrap();
        let target = format!("/Products/Files/ChunkedUploader.ashx?uid={id}");
        let timer = Instant::now();
        let mut left = SIZE;
        while left > 0 {
            let size = left.min(CHUNK);
            let mut form =
                b"--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"blob\"\r\n\r\n"
                    .to_vec();
            form.extend_from_slice(&block[..size]);
            form.extend_from_slice(b"\r\n--edge--\r\n");
            let request = post(&target, "multipart/form-data; boundary=edge", &form);
            let (status, _) = connection.send(&request).await;
            left -= size;
            assert_eq!(status, if left == 0 { 201 } else { 200 });
        }
        let sent = timer.elapsed();
        let timer = Instant::now();
        read_back(program.address, &block).await;
        (sent, timer.elapsed())
    });
    println!("\n| a file of 1 GB with --database | |");
    println!("|---|---|");
    println!("| sent in chunks of 10 MiB | {:.1} s |", sent.as_secs_f64());
    println!("| read back | {:.1} s |", read.as_secs_f64());
    println!("| memory at its highest, above the start | {:.1} MB |", program.peak() - before);
    drop(program);
    std::fs::remove_dir_all(folder).unwrap();
}

/// Downloads the file and compares it as it comes.
async fn read_back(address: std::net::SocketAddr, block: &[u8]) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = "GET /Products/Files/HttpHandlers/filehandler.ashx?action=download&fileid=1 HTTP/1.1\r\nHost: a\r\nAuthorization: standin-admin-token\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut buffer = Vec::with_capacity(1 << 20);
    let head = loop {
        assert!(stream.read_buf(&mut buffer).await.unwrap() > 0, "the server hung up");
        if let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
    };
    buffer.drain(..head);
    let mut at = 0;
    loop {
        for piece in buffer.chunks(64 << 10) {
            let from = at % CHUNK;
            let (now, later) = piece.split_at(piece.len().min(CHUNK - from));
            assert!(now == &block[from..from + now.len()] && later == &block[..later.len()], "at {at}");
            at += piece.len();
        }
        if at == SIZE {
            break;
        }
        buffer.clear();
        assert!(stream.read_buf(&mut buffer).await.unwrap() > 0, "the server hung up at {at}");
    }
}
