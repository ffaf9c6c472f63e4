//! Determinism: the same seed and the same requests give the same bytes.

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Value, json};
use standin::{Seed, Server};

use crate::support::temp::TempDir;
use crate::support::{App, builder};

/// A sequence that signs in, reads, errs and moves the clock, in one world; every answer byte for byte.
async fn play(app: &App, prefix: &str) -> String {
    let mut text = String::new();
    let key = app.key();
    for step in [
        (Method::POST, "/api/2.0/authentication", r#"{"userName":"admin@example.org","password":"secret"}"#),
        (Method::POST, "/api/2.0/authentication.xml", "<r><userName>admin@example.org</userName></r>"),
        (Method::GET, "/api/2.0/people/@self", ""),
        (Method::POST, "/_standin/clock/advance", r#"{"by":"1h"}"#),
        (Method::POST, "/api/2.0/authentication", r#"{"userName":"admin@example.org","password":"secret"}"#),
        (Method::GET, "/api/2.0/nothing", ""),
        (Method::GET, "/_standin/state", ""),
        (Method::GET, "/_standin/info", ""),
        (Method::GET, "/_standin/surface", ""),
    ] {
        let (method, path, body) = step;
        let media = if body.starts_with('<') { "text/xml" } else { "application/json" };
        let request =
            Request::builder().method(method).uri(format!("{prefix}{path}")).header("content-type", media);
        let request = request.header("authorization", "standin-admin-token").body(Body::from(body)).unwrap();
        text += &(app.send(request).await.print() + "\n\n");
    }
    for op in [
        json!({ "type": "create", "obj": "folder", "title": "A", "folder_id": 0 }),
        json!({ "type": "create", "obj": "conv", "title": "B", "folder_id": 0, "conv_type": "process" }),
        json!({ "type": "nothing", "obj": "nothing" }),
    ] {
        let body = json!({ "ops": [op] }).to_string();
        text += &(key.package_in(prefix, "json", &body).await.print() + "\n\n");
    }
    // Links name the world; nothing else does.
    let escaped = prefix.replace('/', "\\/");
    text.replace(prefix, "").replace(&escaped, "").replace("\"world\":\"default\"", "\"world\":\"NAME\"")
}

async fn play_in(app: &App, name: &str) -> String {
    play(app, &format!("/w/{name}")).await.replace(&format!("\"world\":\"{name}\""), "\"world\":\"NAME\"")
}

#[tokio::test]
async fn the_same_requests_repeat_in_worlds_servers_files_and_after_a_reset() {
    let temp = TempDir::new();
    for seed in [Seed::Empty, Seed::Demo] {
        let new = || builder().seed(seed.clone());
        let app = App::of(new()).await;
        let first = play(&app, "").await;
        assert!(first.contains("201 Created") && first.contains("404 Not Found"), "{first}");
        app.anonymous().post("/_standin/reset", Value::Null).await.expect(204);
        assert_eq!(play(&app, "").await, first, "after a reset");
        assert_eq!(play(&App::of(new()).await, "").await, first, "on another server");
        let file = temp.join(&format!("{}.db", seed_name(&seed)));
        let durable = App::of(new().database(&file)).await;
        assert_eq!(play(&durable, "").await, first, "on a file");
        durable.anonymous().post("/_standin/reset", Value::Null).await.expect(204);
        assert_eq!(play(&durable, "").await, first, "on a file after a reset");
        assert_eq!(play_in(&durable, "mine").await, play_in(&app, "mine").await);
        assert_eq!(play_in(&app, "a").await, play_in(&app, "b").await, "in two worlds");
    }
}

fn seed_name(seed: &Seed) -> &'static str {
    if matches!(seed, Seed::Demo) { "demo" } else { "empty" }
}

#[tokio::test]
async fn a_running_clock_is_the_machine_s() {
    let app = App::of(Server::builder().seed(Seed::Empty)).await;
    let clock = app.anonymous().get("/_standin/clock").await.json();
    assert_eq!(clock["mode"], "system");
    assert!(clock["now"].as_str().unwrap() > "2026-", "{clock}");
}
