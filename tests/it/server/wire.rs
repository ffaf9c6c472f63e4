//! HTTP as clients speak it, and the life of a server.

use serde_json::json;
use standin::{Seed, Server};

use crate::support::socket::{Socket, call, request};
use crate::support::{App, builder};

const SIGN_IN: &str = r#"{"userName":"admin@example.org","password":"secret"}"#;
const SIGN_IN_HEAD: &str = "POST /api/2.0/authentication\nContent-Type: application/json";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_is_kept_alive_through_answers_and_refusals() {
    let app = App::of(builder()).await;
    let mut socket = Socket::connect(app.server().address());
    for _ in 0..3 {
        for (head, body, status) in [
            (SIGN_IN_HEAD, SIGN_IN, 201),
            (SIGN_IN_HEAD, "{", 400),
            ("GET /api/2.0/people/@self", "", 401),
            ("GET /api/2.0/nothing", "", 404),
            ("POST /api/2/json/1/2/3", "{}", 200),
            ("GET /api/2/json", "", 405),
            ("POST /_standin/reset", "", 204),
            ("GET /nowhere", "", 404),
        ] {
            socket.send(&request(head, body.as_bytes()));
            let answer = socket.answer(false);
            assert!(answer.status == status || (status == 400 && answer.status == 500), "{head}: {answer:?}");
        }
    }
    // Requests sent without waiting are answered in order.
    let two = [request("GET /_standin/health", b""), request("GET /api/2.0/people/@self", b"")].concat();
    socket.send(&two);
    assert_eq!((socket.answer(false).status, socket.answer(false).status), (200, 401));
    socket.send(&request("GET /_standin/health\nConnection: close", b""));
    socket.answer(false).expect(200);
    assert!(socket.closed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn head_answers_as_get_without_a_body() {
    let app = App::of(builder()).await;
    let mut socket = Socket::connect(app.server().address());
    for path in ["/_standin/health", "/api/2.0/people/@self", "/api/2.0/nothing", "/"] {
        let head = |verb: &str| request(&format!("{verb} {path}\nAuthorization: standin-admin-token"), b"");
        socket.send(&head("GET"));
        let get = socket.answer(false);
        socket.send(&head("HEAD"));
        let answer = socket.answer(true);
        assert_eq!(answer.status, get.status, "{path}");
        for name in ["content-type", "content-length"] {
            assert_eq!(answer.header(name), get.header(name), "{path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chunked_body_is_read_as_any_other() {
    let app = App::of(builder()).await;
    let (first, rest) = SIGN_IN.split_at(20);
    let body = format!(
        "{:x}\r\n{first}\r\n{:X};name=value\r\n{rest}\r\n0\r\nTrailer: x\r\n\r\n",
        first.len(),
        rest.len()
    );
    let mut socket = Socket::connect(app.server().address());
    let mut bytes = request(&format!("{SIGN_IN_HEAD}\nTransfer-Encoding: chunked"), b"");
    bytes.extend_from_slice(body.as_bytes());
    // Byte by byte, as a slow link would bring it.
    for byte in bytes {
        socket.send(&[byte]);
    }
    assert!(socket.answer(false).expect(201).json()["response"]["token"].is_string());
    let signed = format!(
        "POST /api/2/json/12345/1/{}\nTransfer-Encoding: chunked",
        standin::sign("1", "secret", b"{\"ops\":[]}")
    );
    let mut bytes = request(&signed, b"");
    bytes.extend_from_slice(b"a\r\n{\"ops\":[]}\r\n0\r\n\r\n");
    socket.send(&bytes);
    assert_eq!(socket.answer(false).expect(200).json(), json!({ "request_proc": "ok", "ops": [] }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_waits_for_100_continue_gets_it() {
    let app = App::of(builder()).await;
    let mut socket = Socket::connect(app.server().address());
    let whole = request(&format!("{SIGN_IN_HEAD}\nExpect: 100-continue"), SIGN_IN.as_bytes());
    let (head, body) = whole.split_at(whole.len() - SIGN_IN.len());
    socket.send(head);
    assert_eq!(socket.answer(true).status, 100);
    socket.send(body);
    socket.answer(false).expect(201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn broken_http_is_refused_and_the_server_goes_on() {
    let app = App::of(builder()).await;
    let at = app.server().address();
    for bytes in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..],
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /api/2.0/authentication HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST /api/2.0/authentication HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        b"POST /api/2.0/authentication HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /\x00 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nBad Header\r\n\r\n",
    ] {
        let mut socket = Socket::connect(at);
        socket.send(bytes);
        // An error answer, or a closed connection; never a wait.
        if let Ok(answer) = socket.try_answer(false) {
            assert!((400..600).contains(&answer.status), "{answer:?}");
        }
        call(at, "GET /_standin/health", "").expect(200);
    }
    let mut socket = Socket::connect(at);
    let long = format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "a".repeat(1 << 20));
    let _ = socket.try_send(long.as_bytes());
    if let Ok(answer) = socket.try_answer(false) {
        assert!((400..600).contains(&answer.status), "{answer:?}");
    }
    call(at, "GET /_standin/health", "").expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_stops_when_it_is_dropped() {
    let server = Server::builder().seed(Seed::Empty).start().await.unwrap();
    let at = server.address();
    assert_eq!(server.url(), format!("http://{at}"));
    let mut socket = Socket::connect(at);
    socket.send(&request("GET /_standin/health", b""));
    socket.answer(false).expect(200);
    drop(server);
    assert!(socket.closed(), "a kept connection outlives its server");
    // The port is free again: a new server can have it.
    let again = loop {
        match Server::builder().seed(Seed::Empty).listen(at).start().await {
            Ok(server) => break server,
            Err(_) => tokio::task::yield_now().await,
        }
    };
    call(at, "GET /_standin/health", "").expect(200);
    drop(again);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_beside_each_other_know_nothing_of_each_other() {
    let (one, two) = (App::of(builder()).await, App::of(builder()).await);
    assert_ne!(one.server().address(), two.server().address());
    call(one.server().address(), SIGN_IN_HEAD, SIGN_IN).expect(201);
    assert_ne!(one.state().await, two.state().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_port_that_is_taken_is_an_error_that_names_it() {
    let server = Server::start().await.unwrap();
    let error = Server::builder().listen(server.address()).start().await.unwrap_err().to_string();
    assert!(error.contains(&server.address().to_string()), "{error}");
}
