//! Bodies of 16 MiB and one byte more.

use std::net::SocketAddr;

use crate::support::socket::{Answer, Socket, call, request};
use crate::support::{App, builder};

const LIMIT: usize = 16 << 20;

fn chunked(at: SocketAddr, head: &str, length: usize) -> std::io::Result<Answer> {
    let mut socket = Socket::connect(at);
    socket.try_send(&request(&format!("{head}\nTransfer-Encoding: chunked"), b""))?;
    let mut left = length;
    while left > 0 {
        let size = left.min(1 << 20);
        let mut chunk = format!("{size:x}\r\n").into_bytes();
        chunk.resize(chunk.len() + size, b' ');
        chunk.extend_from_slice(b"\r\n");
        // The server may have had enough, and said so.
        if socket.try_send(&chunk).is_err() {
            return socket.try_answer(false);
        }
        left -= size;
    }
    let _ = socket.try_send(b"0\r\n\r\n");
    socket.try_answer(false)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_says_it_is_too_long_is_refused_unread() {
    let app = App::of(builder()).await;
    let at = app.server().address();
    let signed = format!("/api/2/json/12345/1/{}", "0".repeat(40));
    for (path, media, text) in [
        ("/api/2.0/authentication", "application/json; charset=UTF-8", "Maximum request length exceeded."),
        ("/api/2.0/authentication.xml", "text/xml; charset=UTF-8", "Maximum request length exceeded."),
        (&signed, "text/html", "413 Request Entity Too Large"),
        ("/api/2/json", "text/html", "413 Request Entity Too Large"),
    ] {
        let mut socket = Socket::connect(at);
        // Nothing of the body is ever sent.
        socket.send(&request(&format!("POST {path}\nContent-Length: {}", LIMIT + 1), b""));
        let answer = socket.answer(false).expect(413);
        assert_eq!(answer.header("content-type"), Some(media), "{path}");
        assert!(answer.text().contains(text), "{path}: {}", answer.text());
    }
    let mut socket = Socket::connect(at);
    socket.send(&request(&format!("PUT /_standin/state\nContent-Length: {}", (1_u64 << 30) + 1), b""));
    let answer = socket.answer(false).expect(413).json();
    assert!(answer["error"]["message"].as_str().unwrap().contains("1 GiB"), "{answer}");
    call(at, "GET /_standin/health", "").expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_turns_out_too_long_is_refused_and_one_of_the_limit_is_read() {
    let app = App::of(builder()).await;
    let at = app.server().address();
    let before = app.state().await;
    for path in ["/api/2.0/authentication", "/api/2/json/12345/1/0"] {
        let head = format!("POST {path}\nContent-Type: application/json");
        if let Ok(answer) = chunked(at, &head, LIMIT + 1) {
            assert_eq!(answer.status, 413, "{path}: {}", answer.text());
        }
        assert_ne!(chunked(at, &head, LIMIT).unwrap().status, 413, "{path}");
    }
    assert_eq!(app.state().await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_sends_it_all_before_it_reads_still_gets_the_answer() {
    let app = App::of(builder()).await;
    let at = app.server().address();
    for path in ["/api/2.0/authentication", "/api/2/json/12345/1/0"] {
        let mut socket = Socket::connect(at);
        socket
            .send(&request(&format!("POST {path}\nContent-Type: application/json"), &vec![b' '; LIMIT + 1]));
        socket.answer(false).expect(413);
    }
}
