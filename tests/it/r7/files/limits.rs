//! What is too large, and when that is said (sheet r7/files 5.1, 8; r7/transport 9).

use std::io::Write as _;

use serde_json::json;
use standin::Language;

use super::blobs::stored;
use crate::support::socket::{Answer, Socket};
use crate::support::temp::TempDir;
use crate::support::{App, builder};

const UPLOAD: &str =
    "POST /api/2.0/files/2/upload HTTP/1.1\r\nHost: portal.test\r\nAuthorization: standin-admin-token\r\n";
const FORM: &str = "Content-Type: multipart/form-data; boundary=edge\r\n";

/// Sends a head and no byte of its body, and waits for the answer.
fn announced(app: &App, head: &str, length: u64) -> Answer {
    let mut socket = Socket::connect(app.server().address());
    socket.send(format!("{head}Content-Length: {length}\r\n\r\n").as_bytes());
    socket.answer(false)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_that_announces_too_much_is_refused_before_its_body_is_read() {
    let app = App::of(builder().language(Language::Ru)).await;
    let (max, form_max) = (100 << 20, 101 << 20);
    for (head, length) in [
        (UPLOAD.to_owned(), max + 1),
        (format!("{UPLOAD}{FORM}"), form_max + 1),
        (UPLOAD.replace("POST", "PUT").replace("2/upload", "1/update"), max + 1),
    ] {
        let answer = announced(&app, &head, length).expect(500);
        let message = answer.json()["error"]["message"].clone();
        assert_eq!(message, "Превышен максимальный размер файла (100 Мб).", "{head}");
    }
    announced(&app, UPLOAD, (1 << 30) + 1).expect(413);
    let chunk = UPLOAD.replace("/api/2.0/files/2/upload", "/Products/Files/ChunkedUploader.ashx?uid=1");
    announced(&app, &chunk, (1 << 30) + 1).expect(413);
    let call = UPLOAD.replace("2/upload", "2/text") + "Content-Type: application/json\r\n";
    announced(&app, &call, (16 << 20) + 1).expect(413);
    // A stranger is told so before anything else.
    let stranger = UPLOAD.replace("standin-admin-token", "nobody");
    announced(&app, &stranger, max + 1).expect(401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_of_unknown_length_is_refused_once_it_is_too_large_and_leaves_nothing() {
    let dir = TempDir::new();
    let app = App::of(builder().database(dir.join("data.db"))).await;
    let address = app.server().address();
    let sending = tokio::task::spawn_blocking(move || {
        let mut socket = Socket::connect(address);
        socket.send(format!("{UPLOAD}Transfer-Encoding: chunked\r\n\r\n").as_bytes());
        let mut piece = Vec::new();
        write!(piece, "{:x}\r\n", 1 << 20).unwrap();
        piece.resize(piece.len() + (1 << 20), 7);
        piece.extend_from_slice(b"\r\n");
        for _ in 0..101 {
            if socket.try_send(&piece).is_err() {
                break;
            }
        }
        socket.answer(false)
    });
    let answer = sending.await.unwrap().expect(500);
    assert_eq!(answer.json()["error"]["message"], "The maximum file size is exceeded (100 MB).");
    assert_eq!(app.state().await["r7"]["files"], json!([]));
    app.stop().await;
    assert_eq!(stored(&dir).await, (0, 0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_whose_client_hangs_up_leaves_nothing() {
    let dir = TempDir::new();
    let app = App::of(builder().database(dir.join("data.db"))).await;
    let started = json!({ "fileName": "a.bin", "fileSize": 9 << 20 });
    let session =
        app.admin().post("/api/2.0/files/2/upload/create_session", started).await.expect(201).json();
    let id = session["response"]["data"]["id"].as_str().unwrap().to_owned();
    let before = app.state().await;
    let head = "--edge\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\n\r\n";
    for target in
        ["/api/2.0/files/2/upload".to_owned(), format!("/Products/Files/ChunkedUploader.ashx?uid={id}")]
    {
        let mut socket = Socket::connect(app.server().address());
        let line = UPLOAD.replace("/api/2.0/files/2/upload", &target);
        socket.send(format!("{line}{FORM}Content-Length: 9000000\r\n\r\n{head}").as_bytes());
        socket.send(&vec![7; 5 << 20]);
    }
    // The next chunk waits for what the broken one does.
    let path = format!("/Products/Files/ChunkedUploader.ashx?uid={id}");
    app.anonymous().upload(&path, "f", b"").await.expect(200);
    assert_eq!(app.state().await, before);
    app.anonymous().post(&format!("{path}&abort=true"), json!(null)).await.expect(200);
    // The request that nobody waits for any more ends when it ends.
    for _ in 0..10_000 {
        if stored(&dir).await == (0, 0, 0) {
            break;
        }
        tokio::task::yield_now().await;
    }
    assert_eq!(stored(&dir).await, (0, 0, 0));
}
