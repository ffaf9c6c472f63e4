//! Calls that leave, to servers of the test's own on this machine.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{AppendHeaders, IntoResponse as _};
use axum::routing::any;
use serde_json::json;

use super::*;
use crate::corezoid::outbound::LONGEST;
use crate::corezoid::outbound::network;
use crate::corezoid::rules::task::TooBig;
use crate::kernel::outbound::Target;

/// A server that says what it was asked; `/moved` sends elsewhere, `/cookie` sets one.
#[expect(clippy::disallowed_methods, reason = "the test's own server; ends with the test's runtime")]
async fn echo() -> SocketAddr {
    async fn say(method: Method, uri: Uri, headers: HeaderMap, body: String) -> axum::response::Response {
        match uri.path() {
            "/moved" => (StatusCode::FOUND, [("Location", "/elsewhere")], "moved").into_response(),
            "/cookie" => {
                AppendHeaders([("Set-Cookie", "a=1"), ("X-Twice", "1"), ("x-twice", "2")]).into_response()
            }
            "/bytes" => ([("Content-Type", "image/png")], vec![0xFF_u8, 0, 0xFE]).into_response(),
            "/many" => vec![b'x'; LONGEST].into_response(),
            "/more" => vec![b'x'; LONGEST + 1].into_response(),
            _ => {
                let mut headers: Vec<String> = headers
                    .iter()
                    .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())))
                    .collect();
                headers.sort();
                let told = json!({ "method": method.as_str(), "uri": uri.to_string(), "headers": headers, "body": body });
                ([("Content-Type", "application/json")], told.to_string()).into_response()
            }
        }
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(any(say))).await });
    address
}

/// A server that reads a request and answers with these bytes, whatever they are; `None`: with nothing, for a second.
fn raw(bytes: Option<Vec<u8>>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut head = [0; 4096];
        let _ = stream.read(&mut head);
        match bytes {
            Some(bytes) => drop(stream.write_all(&bytes)),
            None => std::thread::park_timeout(Duration::from_secs(1)),
        }
    });
    address
}

#[tokio::test]
async fn a_call_leaves_as_it_was_made() {
    let server = server("loopback").await;
    let world = server.world("default").await.unwrap();
    let port = echo().await.port();
    let mut sent = request("PATCH", &format!("http://localhost:{port}/a/я?b={{c}}#d"), "{\"тело\":1}");
    sent.headers.extend(
        [("content-length", "3"), ("Connection", "upgrade"), ("X-Note", "ещё"), ("Authorization", "Basic x")]
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    let answer = answer(made(&world, &sent).await);
    assert_eq!(answer.status, 200);
    assert_eq!(
        json_of(&answer),
        json!({
            "method": "PATCH",
            "uri": "/a/%D1%8F?b=%7Bc%7D",
            "headers": [
                "accept: */*",
                "authorization: Basic x",
                "content-length: 14",
                "content-type: application/json",
                format!("host: localhost:{port}"),
                concat!("user-agent: standin/", env!("CARGO_PKG_VERSION")),
                "x-corezoid-taskid: t1",
                "x-note: ещё",
            ],
            "body": "{\"тело\":1}",
        })
    );
    let call = &calls(&server).await[0];
    assert_eq!(
        (&call["answered_by"], &call["status"], &call["took"]),
        (&json!("network"), &json!(200), &json!(0))
    );
}

#[tokio::test]
async fn a_call_follows_nothing_and_keeps_nothing() {
    let server = server("allow").await;
    let world = server.world("default").await.unwrap();
    let base = format!("http://{}", echo().await);
    let moved = answer(get(&world, &format!("{base}/moved")).await);
    assert_eq!((moved.status, moved.body.as_slice()), (302, &b"moved"[..]));
    let cookie = answer(get(&world, &format!("{base}/cookie")).await);
    let twice: Vec<_> = cookie.headers.iter().filter(|(name, _)| name == "x-twice").collect();
    assert_eq!(twice.len(), 2);
    let next = json_of(&answer(get(&world, &base).await));
    assert_eq!((&next["uri"], next["headers"].to_string().contains("cookie")), (&json!("/"), false));
    assert!(!next["headers"].to_string().contains("content-length"), "a GET has no body: {next}");
    let empty = json_of(&answer(made(&world, &request("POST", &base, "")).await));
    assert!(empty["headers"].to_string().contains("content-length: 0"), "a POST could have one: {empty}");
    let bytes = answer(get(&world, &format!("{base}/bytes")).await);
    assert_eq!(bytes.body, [0xFF, 0, 0xFE]);
    assert_eq!(answer(made(&world, &request("HEAD", &base, "")).await).body, b"");
}

#[tokio::test]
async fn whatever_a_server_does_a_call_ends() {
    let server = server("loopback").await;
    let world = server.world("default").await.unwrap();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let chunked =
        |rest: &str| format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{rest}").into_bytes();
    let with = |bytes: &[u8]| raw(Some(bytes.to_vec()));
    for (what, address, expected) in [
        ("nobody listens", closed, Silence::Refused),
        ("it hangs up", with(b""), Silence::Refused),
        ("it speaks no HTTP", with(b"SSH-2.0-x\r\n\r\n"), Silence::Refused),
        ("the head breaks off", with(b"HTTP/1.1 200 OK\r\nContent-"), Silence::Refused),
        ("the body breaks off", with(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"), Silence::Refused),
        ("chunks are none", raw(Some(chunked("zz\r\nabc\r\n0\r\n\r\n"))), Silence::Refused),
        ("chunks break off", raw(Some(chunked("5\r\nab"))), Silence::Refused),
        (
            "headers have no end",
            raw(Some([b"HTTP/1.1 200 OK\r\n".as_slice(), &b"A: b\r\n".repeat(200_000)].concat())),
            Silence::Refused,
        ),
        ("it says nothing", raw(None), Silence::Timeout),
    ] {
        let url = format!("http://{address}/");
        let target = Target::of(&url).unwrap();
        let sent = request("GET", &url, "");
        let outcome = network::send(&target, &world, &sent, Duration::from_millis(300)).await;
        assert_eq!(outcome.map_err(|lost| lost.silence), Err(expected), "{what}");
    }
    let odd = with(b"HTTP/1.1 299 \xD0\r\nX: \xFF\r\n\r\n\xFF{");
    let odd = answer(get(&world, &format!("http://{odd}/")).await);
    assert_eq!((odd.status, odd.body.as_slice(), odd.headers.len()), (299, &b"\xFF{"[..], 1));
}

#[tokio::test]
async fn an_answer_has_a_longest_length() {
    let server = server("loopback").await;
    let world = server.world("default").await.unwrap();
    let base = format!("http://{}", echo().await);
    assert_eq!(answer(get(&world, &format!("{base}/many")).await).body.len(), LONGEST);
    let too_big = silence(get(&world, &format!("{base}/more")).await);
    assert_eq!(too_big, Silence::TooBig(TooBig { bytes: LONGEST + 1, most: LONGEST }));
}

#[tokio::test]
async fn what_cannot_stand_in_a_request_is_not_sent() {
    let server = server("loopback").await;
    let world = server.world("default").await.unwrap();
    let url = format!("http://{}/", echo().await);
    let mut broken = request("GET", &url, "");
    broken.headers.push(("X-A".to_owned(), "1\r\nX-B: 2".to_owned()));
    assert_eq!(silence(made(&world, &broken).await), Silence::Unsendable);
    for method in ["GE T", "", "CONNECT"] {
        assert_eq!(silence(made(&world, &request(method, &url, "")).await), Silence::Unsendable, "{method}");
    }
}

/// sheet corezoid/engine 6.1: `max_threads`.
#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the test's own calls; they end with the test's runtime")]
async fn a_node_has_no_more_requests_under_way_than_threads() {
    let count = || Arc::new(AtomicUsize::new(0));
    let (now, most, expected) = (count(), count(), count());
    let slow = {
        let (most, expected) = (Arc::clone(&most), Arc::clone(&expected));
        async move || {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            // On a busy machine those that come beside it may take a while.
            for _ in 0..500 {
                tokio::time::sleep(Duration::from_millis(20)).await;
                if most.load(Ordering::SeqCst) >= expected.load(Ordering::SeqCst) {
                    break;
                }
            }
            now.fetch_sub(1, Ordering::SeqCst);
            "{}"
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(any(slow))).await });
    let server = server("loopback").await;
    let world = server.world("default").await.unwrap();
    for threads in [1, 3] {
        most.store(0, Ordering::SeqCst);
        expected.store(threads, Ordering::SeqCst);
        let all: Vec<_> = (0..9)
            .map(|_| {
                let (world, mut sent) = (Arc::clone(&world), request("GET", &url, ""));
                sent.max_threads = threads;
                tokio::spawn(async move { made(&world, &sent).await.result.is_ok() })
            })
            .collect();
        for one in all {
            assert!(one.await.unwrap());
        }
        assert_eq!(most.load(Ordering::SeqCst), threads);
    }
}
