//! Clients that go away in the middle.

use std::net::{SocketAddr, TcpStream};

use crate::support::socket::{Socket, call, request};
use crate::support::{App, builder};

/// A client that says this much and is gone.
fn say(at: SocketAddr, bytes: &[u8]) {
    use std::io::Write as _;
    let mut stream = TcpStream::connect(at).unwrap();
    // The server may refuse a torn request before all of it is out.
    let _ = stream.write_all(bytes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_clients_that_hang_up_in_a_request_change_nothing() {
    let app = App::of(builder()).await;
    let at = app.server().address();
    let before = app.state().await;
    let sign_in = r#"{"userName":"admin@example.org","password":"secret"}"#;
    let package = r#"{"ops":[{"type":"create","obj":"folder","folder_id":0,"title":"never"}]}"#;
    let signed = format!("POST /api/2/json/12345/1/{}", standin::sign("1", "secret", package.as_bytes()));
    let state = r#"{"standin":1,"corezoid":{"companies":[{"id":"i9","title":"never"}]}}"#;
    let requests = [
        request("POST /api/2.0/authentication\nContent-Type: application/json", sign_in.as_bytes()),
        request(&signed, package.as_bytes()),
        request("PUT /_standin/state", state.as_bytes()),
    ];
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let requests = &requests;
            scope.spawn(move || {
                for n in 0..250 {
                    let whole = &requests[n % requests.len()];
                    // Never the last byte: the request is not complete, whatever the moment.
                    let cut = 1 + (n * 7919 + thread * 104_729) % (whole.len() - 1);
                    say(at, &whole[..cut]);
                }
            });
        }
    });
    call(at, "GET /_standin/health", "").expect(200);
    assert_eq!(app.state().await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_clients_that_do_not_wait_for_the_answer_leave_a_sound_world() {
    let app = App::of(builder()).await;
    let at = app.server().address();
    let sign_in = r#"{"userName":"admin@example.org","password":"secret"}"#;
    let whole = request("POST /api/2.0/authentication\nContent-Type: application/json", sign_in.as_bytes());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            let whole = &whole;
            scope.spawn(move || (0..250).for_each(|_| say(at, whole)));
        }
    });
    // Whatever was begun is finished: writes and reads go on, and the document can be taken and put back.
    for _ in 0..20 {
        call(at, "POST /api/2.0/authentication\nContent-Type: application/json", sign_in).expect(201);
    }
    let state = app.state().await;
    let tokens = state["r7"]["users"][0]["tokens"].as_array().unwrap();
    assert!(tokens.len() > 20 && tokens.len() <= 1021, "{}", tokens.len());
    let answer = call(at, "PUT /_standin/state", &state.to_string());
    answer.expect(204);
    assert_eq!(app.state().await, state);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_say_nothing_hold_nobody_up() {
    let app = App::of(builder()).await;
    let at = app.server().address();
    let silent: Vec<_> = (0..200).map(|_| Socket::connect(at)).collect();
    let mut slow = Socket::connect(at);
    slow.send(b"POST /api/2.0/authentication HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\n{");
    call(at, "GET /_standin/health", "").expect(200);
    call(at, "GET /api/2.0/people/@self\nAuthorization: standin-admin-token", "").expect(200);
    drop(silent);
}
