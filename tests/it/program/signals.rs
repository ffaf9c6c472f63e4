//! SIGTERM and Ctrl-C.

use std::time::Duration;

use crate::support::program::Program;
use crate::support::socket::{Socket, request};

#[test]
fn an_idle_program_ends_at_once_with_0() {
    for signal in ["TERM", "INT"] {
        let program = Program::start(&["--seed", "empty", "--quiet"]);
        // Connections that ask for nothing do not hold it up: one fresh, one kept alive after an answer.
        let fresh = Socket::connect(program.address);
        let mut kept = Socket::connect(program.address);
        kept.send(&request("GET /_standin/health", b""));
        kept.answer(false).expect(200);
        program.signal(signal);
        let (end, took) = program.end();
        assert_eq!((end.code, end.err.as_str()), (Some(0), ""), "SIG{signal}");
        assert!(took < Duration::from_secs(2), "SIG{signal} took {took:?}");
        drop(fresh);
    }
}

#[test]
fn a_request_under_way_is_finished_and_no_new_one_taken() {
    let program = Program::start(&["--seed", "empty", "--quiet"]);
    let body = r#"{"userName":"admin@example.org","password":"secret"}"#;
    let whole = request("POST /api/2.0/authentication\nContent-Type: application/json", body.as_bytes());
    let (first, rest) = whole.split_at(whole.len() - 10);
    let mut socket = Socket::connect(program.address);
    socket.send(first);
    // The server has the head: it answered another request that was sent later.
    let mut other = Socket::connect(program.address);
    other.send(&request("GET /_standin/health", b""));
    other.answer(false).expect(200);
    program.signal("TERM");
    assert!(other.closed());
    let address = program.address;
    for _ in 0..400 {
        if std::net::TcpStream::connect(address).is_err() {
            break;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(std::net::TcpStream::connect(address).is_err(), "the port is still open");
    socket.send(rest);
    let answer = socket.answer(false).expect(201);
    assert!(answer.json()["response"]["token"].is_string());
    let (end, took) = program.end();
    assert_eq!(end.code, Some(0));
    assert!(took < Duration::from_secs(2), "{took:?}");
}

#[test]
fn a_request_that_never_ends_is_cut_after_five_seconds() {
    let program = Program::start(&["--seed", "empty", "--quiet"]);
    let mut socket = Socket::connect(program.address);
    socket.send(b"POST /api/2.0/authentication HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{");
    let mut other = Socket::connect(program.address);
    other.send(&request("GET /_standin/health", b""));
    other.answer(false).expect(200);
    program.signal("TERM");
    let (end, took) = program.end();
    assert_eq!(end.code, Some(0));
    assert!(took > Duration::from_secs(4) && took < Duration::from_secs(8), "{took:?}");
}
