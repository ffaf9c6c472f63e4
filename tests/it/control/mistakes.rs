//! Rows that only answer, and calls that are not right.

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Value, json};

use crate::support::{App, builder};

#[tokio::test]
async fn health_and_info_say_what_a_script_needs() {
    let app = App::empty().await;
    let version = env!("CARGO_PKG_VERSION");
    let health = app.anonymous().get("/_standin/health").await.expect(200).json();
    assert_eq!(health, json!({ "status": "ok", "version": version }));
    let info = app.anonymous().get("/_standin/info").await.expect(200).json();
    let expected = json!({
        "version": version,
        "world": "default",
        "profile": "upstream",
        "seed": "empty",
        "control": "http://portal.test/_standin",
        "services": {
            "r7": {
                "url": "http://portal.test/api/2.0/",
                "credentials": { "login": "admin@example.org", "password": "secret", "token": "standin-admin-token" },
                "openapi": "http://portal.test/_standin/openapi/r7.json",
            },
            "corezoid": {
                "url": "http://portal.test/api/2/json/",
                "credentials": {
                    "login": "12345", "secret": "secret", "company": "i000000001", "token": "standin-session-token",
                },
                "openapi": "http://portal.test/_standin/openapi/corezoid.json",
            },
        },
    });
    assert_eq!(info, expected);
    let seeded = App::of(builder().profile(standin::Profile::Seed)).await;
    assert_eq!(seeded.anonymous().get("/_standin/info").await.json()["profile"], "seed");
}

#[tokio::test]
async fn the_credentials_of_info_work() {
    let app = App::demo().await;
    let info = app.anonymous().get("/_standin/info").await.json();
    let r7 = &info["services"]["r7"]["credentials"];
    let body = json!({ "userName": r7["login"], "password": r7["password"] });
    app.anonymous().post("/api/2.0/authentication", body).await.expect(201);
    app.token(r7["token"].as_str().unwrap()).get("/api/2.0/people/@self").await.expect(200);
    let corezoid = &info["services"]["corezoid"]["credentials"];
    assert_eq!((&corezoid["login"], &corezoid["secret"]), (&json!("12345"), &json!("secret")));
    let answer = app.key().ops(json!([])).await.expect(200).json();
    assert_eq!(answer, json!({ "request_proc": "ok", "ops": [] }));
    let token = format!("Simulator {}", corezoid["token"].as_str().unwrap());
    let request =
        Request::post("/api/2/json").header("Authorization", token).body(Body::from(r#"{"ops":[]}"#));
    assert_eq!(app.send(request.unwrap()).await.expect(200).json()["request_proc"], "ok");
}

#[tokio::test]
async fn an_unknown_call_or_verb_says_what_there_is() {
    let app = App::empty().await;
    for (method, path, status, words) in [
        (Method::GET, "/_standin", 404, &["POST reset", "GET, PUT state", "DELETE worlds/NAME"][..]),
        (Method::GET, "/_standin/", 404, &["GET health"]),
        (Method::GET, "/_standin/nothing", 404, &["GET /_standin/nothing", "GET, PUT clock"]),
        (Method::GET, "/_standin/state/x", 404, &[]),
        (Method::GET, "/_standin/schema", 404, &["schema/state.json"]),
        (Method::GET, "/_standin/reset", 405, &["/_standin/reset takes POST, not GET"]),
        (Method::DELETE, "/_standin/state", 405, &["takes GET, PUT"]),
        (Method::POST, "/_standin/clock", 405, &["takes GET, PUT"]),
        (Method::PUT, "/_standin/clock/advance", 405, &["takes POST"]),
        (Method::POST, "/_standin/health", 405, &["takes GET"]),
        (Method::PUT, "/_standin/worlds/a", 405, &["takes DELETE"]),
        (Method::DELETE, "/_standin/worlds", 405, &["takes GET"]),
        (Method::PATCH, "/_standin/info", 405, &["takes GET"]),
        (Method::GET, "/_standin/../etc", 404, &[]),
        (Method::GET, "/_standing", 404, &["belongs to no service"]),
        (Method::GET, "/api/3/x", 404, &["belongs to no service"]),
    ] {
        let answer = app.send(Request::builder().method(method).uri(path).body(Body::empty()).unwrap()).await;
        let answer = answer.expect(status);
        assert_eq!(answer.header("content-type"), Some("application/json"));
        let json = answer.json();
        let message = json["error"]["message"].as_str().unwrap();
        for word in words {
            assert!(message.contains(word), "{path}: no {word:?} in {message}");
        }
    }
}

#[tokio::test]
async fn a_body_that_is_no_json_is_400_and_says_where() {
    let app = App::empty().await;
    let before = app.state().await;
    let deep = "[".repeat(10_000);
    for body in [&b""[..], b"{", b"{\"standin\":1}x", b"\xFF\xFE", b"{\"standin\":1e999}", deep.as_bytes()] {
        for (method, path) in [
            (Method::PUT, "/_standin/state"),
            (Method::PUT, "/_standin/clock"),
            (Method::POST, "/_standin/clock/advance"),
        ] {
            let request =
                Request::builder().method(method).uri(path).body(Body::from(body.to_vec())).unwrap();
            let answer = app.send(request).await.expect(400).json();
            let message = answer["error"]["message"].as_str().unwrap();
            assert!(message.starts_with("body: "), "{path}: {message}");
        }
    }
    assert_eq!(app.state().await, before);
}

#[tokio::test]
async fn a_probe_may_ask_with_head() {
    let app = App::empty().await;
    let request = Request::head("/_standin/health").body(Body::empty()).unwrap();
    app.send(request).await.expect(200);
}

#[tokio::test]
async fn the_root_tells_a_person_where_to_go() {
    let app = App::empty().await;
    let page = app.anonymous().get("/").await.expect(200);
    for word in
        ["http://portal.test/api/2.0/", "http://portal.test/api/2/json/", "http://portal.test/_standin/info"]
    {
        assert!(page.text().contains(word), "{}", page.text());
    }
    let page = app.anonymous().get("/w/mine/").await.expect(200);
    assert!(page.text().contains("http://portal.test/w/mine/api/2.0/"), "{}", page.text());
}

#[tokio::test]
async fn reset_takes_no_body_and_answers_without_one() {
    let app = App::empty().await;
    let answer = app.anonymous().post("/_standin/reset", Value::Null).await.expect(204);
    assert_eq!(answer.text(), "");
}
