//! The WebSocket: keep-alive, and how uploads, copies and merges are watched.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{App, builder, seed};

/// A WebSocket client: texts out, texts in.
struct Client(TcpStream);

impl Client {
    /// Shakes hands; gives the status line of a refusal.
    fn connect(app: &App, headers: &str) -> Result<Self, String> {
        let mut stream = TcpStream::connect(app.server().address()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let hello = format!(
            "GET /api/1/sock_json HTTP/1.1\r\nHost: portal.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}\r\n"
        );
        stream.write_all(hello.as_bytes()).unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).unwrap();
        let line = head.lines().next().unwrap().to_owned();
        // RFC 6455, 1.3: the answer to that very key.
        let accepted = head.to_lowercase().contains("s3pplmbitxaq9kygzzhzrbk+xoo=");
        if line.contains("101") && accepted { Ok(Self(stream)) } else { Err(line) }
    }

    /// Sends a text, masked with nothing.
    fn say(&mut self, text: &str) {
        let mut frame = vec![0x81];
        match u16::try_from(text.len()).unwrap() {
            short @ ..126 => frame.push(0x80 | u8::try_from(short).unwrap()),
            long => {
                frame.push(0x80 | 0x7E);
                frame.extend(long.to_be_bytes());
            }
        }
        frame.extend([0; 4]);
        frame.extend(text.as_bytes());
        self.0.write_all(&frame).unwrap();
    }

    fn hear(&mut self) -> String {
        let mut head = [0; 2];
        self.0.read_exact(&mut head).unwrap();
        assert_eq!(head[0], 0x81, "a whole text");
        let mut length = usize::from(head[1]);
        if length == 126 {
            let mut long = [0; 2];
            self.0.read_exact(&mut long).unwrap();
            length = usize::from(u16::from_be_bytes(long));
        }
        let mut text = vec![0; length];
        self.0.read_exact(&mut text).unwrap();
        String::from_utf8(text).unwrap()
    }
}

async fn app() -> App {
    let document = json!({
        "standin": 1,
        "corezoid": {
            "companies": [{ "id": "i000000001", "title": "Demo company" }],
            "users": [{ "id": 1, "title": "API key", "company": "i000000001", "keys": [{ "login": 12345, "secret": "secret" }],
                        "sessions": ["session-token"] }],
            "jobs": [
                { "hash": "AB", "action": "merge", "obj_type": "stage", "obj_id": 7, "company": "i000000001", "ok": 2 },
                { "hash": "CD", "action": "upload", "obj_type": "folder", "ok": 1, "err": 1 },
            ],
        },
    });
    App::of(builder().seed(seed(document))).await
}

fn watch(hash: &str, status: &str) -> String {
    let op = json!({ "type": "monitor_stat", "obj": "scheme_progress_info", "obj_id": hash, "company_id": "i000000001", "status": status });
    json!({ "ops": [op] }).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_keeps_the_connection_alive_and_is_told_how_it_went() {
    let app = app().await;
    let session = "Authorization: Simulator session-token\r\nOrigin: http://portal.test\r\n";
    let mut client = Client::connect(&app, session).unwrap();
    client.say("0");
    assert_eq!(client.hear(), "1");
    client.say(&watch("AB", "on"));
    let mut said = String::new();
    for _ in 0..3 {
        said += &(client.hear() + "\n");
    }
    client.say(&watch("AB", "off"));
    client.say("no package");
    client.say(&watch("CD", "on"));
    for _ in 0..2 {
        said += &(client.hear() + "\n");
    }
    client.say(&watch("gone", "on"));
    client.say(r#"{"ops":[{"type":"x","obj":"scheme_progress_info"},{"type":"create","obj":"nonsense"}]}"#);
    for _ in 0..3 {
        said += &(client.hear() + "\n");
    }
    client.say("0");
    assert_eq!(client.hear(), "1", "nothing else was said");
    insta::assert_snapshot!(said);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_is_signed_in_may_watch() {
    let app = app().await;
    for headers in ["", "Authorization: Simulator wrong\r\n"] {
        let refused = Client::connect(&app, headers).err();
        assert_eq!(refused.as_deref(), Some("HTTP/1.1 401 Unauthorized"), "{headers}");
    }
    // Without an upgrade there is nothing to see.
    let path = app.key().signed("json", b"").replace("/api/2/json", "/api/1/sock_json");
    let plain = app.key().get(&path).await;
    assert_eq!(plain.status(), 400, "{}", plain.print());
}

#[tokio::test]
async fn a_world_remembers_what_can_be_watched() {
    let app = app().await;
    let state = app.state().await;
    assert_eq!(state["corezoid"]["jobs"].as_array().map(Vec::len), Some(2));
    for (jobs, path) in [
        (json!([{ "hash": "AB", "action": "merge", "obj_type": "stage" }]), "jobs[0].hash"),
        (json!([{ "hash": "", "action": "merge", "obj_type": "stage" }]), "jobs[0].hash"),
        (json!([{ "hash": "X", "action": "x", "obj_type": "stage" }]), "jobs[0].action"),
        (json!([{ "hash": "X", "action": "copy", "obj_type": "stage", "user": 9 }]), "jobs[0].user"),
    ] {
        let mut document = json!({ "standin": 1, "corezoid": { "jobs": jobs } });
        if path == "jobs[0].hash" && jobs[0]["hash"] == "AB" {
            document["corezoid"]["jobs"] = json!([jobs[0], jobs[0]]);
        }
        let answer = app.anonymous().put("/_standin/state", document).await;
        let message = answer.json()["error"]["message"].as_str().unwrap_or_default().to_owned();
        let path = if jobs[0]["hash"] == "AB" { "jobs[1].hash" } else { path };
        assert!(message.contains(&format!("corezoid.{path}")), "{path}: {}", answer.print());
    }
    let files = json!({ "standin": 1, "corezoid": { "scheme_files": [{ "name": "A", "text": "[]" }, { "name": "A", "text": "[]" }] } });
    let answer = app.anonymous().put("/_standin/state", files).await;
    let message: Value = answer.json()["error"]["message"].clone();
    assert!(message.as_str().unwrap_or_default().contains("corezoid.scheme_files[1].name"), "{message}");
    assert_eq!(app.state().await, state);
}

/// The official client deploys a process with a Git Call node only when its build is done.
#[tokio::test(flavor = "multi_thread")]
async fn a_build_of_code_is_done_at_once() {
    let app = app().await;
    let mut client = Client::connect(&app, "Authorization: Simulator session-token\r\n").unwrap();
    let op = json!({
        "type": "monitor_show", "obj": "git_call", "obj_type": "function_build", "node_id": "n", "obj_id": "b-1",
        "conv_id": 1, "code": "", "lang": "js", "repo": "", "path": "", "script": "", "commit": "", "status": "on",
    });
    client.say(&json!({ "ops": [op] }).to_string());
    for kind in ["stdout", "done"] {
        let frame: Value = serde_json::from_str(&client.hear()).unwrap();
        let told = &frame["ops"][0];
        assert_eq!((&told["obj_type"], &told["log"]["type"]), (&json!("function_build"), &json!(kind)));
        assert_eq!(
            (&told["obj_id"], &told["node_id"], &told["conv_id"]),
            (&json!("b-1"), &json!("n"), &json!(1))
        );
    }
    client.say("0");
    assert_eq!(client.hear(), "1");
}
