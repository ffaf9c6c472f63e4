//! `/_standin/outbound`: what answers the calls of processes, and which calls they made.

use axum::http::Method;
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::temp::TempDir;
use crate::support::{App, builder, seed};

/// One of every key.
fn stubs() -> Value {
    json!([
        { "process": 7, "node": "Pay", "method": "POST", "url": "https://bank.test/pay",
          "body": { "contains": "amount", "regexp": "[0-9]+", "json": { "amount": 10 } },
          "answer": { "status": 500, "headers": { "X-Id": "5" }, "body": { "paid": false } }, "delay": 1500, "times": 1 },
        { "url": "https://bank.test/*", "answer": { "body": "ok" } },
        { "url": { "regexp": "^https://img" }, "answer": { "base64": "/wA=" } },
        { "node": "65c0ffee65c0ffee65c0ffee", "failure": "timeout" },
        { "call": "db_call", "instance": 3, "query": { "contains": "clients", "regexp": "^SELECT" }, "data": { "rows": [] } },
        { "call": "db_call", "instance": "main", "data": {} },
        { "call": "git_call", "node": "Build", "data": { "built": true } },
    ])
}

#[tokio::test]
async fn stubs_are_put_shown_and_forgotten_as_one_list() {
    let app = App::empty().await;
    let control = app.anonymous();
    assert_eq!(control.get("/_standin/outbound").await.expect(200).text(), r#"{"stubs":[]}"#);
    control.put("/_standin/outbound", json!({ "stubs": stubs() })).await.expect(204);
    let shown = control.get("/_standin/outbound").await;
    assert_eq!(shown.json()["stubs"], stubs());
    assert_snapshot!(shown.print());
    let one = json!({ "stubs": [{ "answer": { "body": {} } }] });
    control.put("/_standin/outbound", one.clone()).await.expect(204);
    assert_eq!(control.get("/_standin/outbound").await.json(), one, "the list is replaced");
    assert_eq!(
        control.get("/w/other/_standin/outbound").await.json()["stubs"],
        json!([]),
        "each world has its own"
    );
    control.delete("/_standin/outbound", Value::Null).await.expect(204);
    assert_eq!(control.get("/_standin/outbound").await.json()["stubs"], json!([]));
}

#[tokio::test]
async fn a_list_with_a_mistake_changes_nothing_and_says_where() {
    let app = App::empty().await;
    let control = app.anonymous();
    control.put("/_standin/outbound", json!({ "stubs": stubs() })).await.expect(204);
    let good = json!({ "answer": {} });
    let mut said = String::new();
    for body in [
        json!([]),
        json!({}),
        json!({ "stubs": {} }),
        json!({ "stubs": [], "more": 1 }),
        json!({ "stubs": [good, 1] }),
        json!({ "stubs": [good, []] }),
        json!([[]]),
        json!({ "stubs": [good, { "answer": {}, "uri": "x" }] }),
        json!({ "stubs": [good, { "answer": { "status": "200" } }] }),
        json!({ "stubs": [good, { "answer": { "body": 1, "text": "" } }] }),
        json!({ "stubs": [good, { "answer": {}, "url": 5 }] }),
        json!({ "stubs": [good, { "answer": {}, "url": { "regexp": "(" } }] }),
        json!({ "stubs": [good, { "answer": {}, "url": "https://*.test/x" }] }),
        json!({ "stubs": [good, { "answer": {}, "body": "text" }] }),
        json!({ "stubs": [good, { "answer": {}, "body": {} }] }),
        json!({ "stubs": [good, { "answer": {}, "delay": -1 }] }),
        json!({ "stubs": [good, { "answer": {}, "times": 0 }] }),
        json!({ "stubs": [good, { "failure": "flood" }] }),
        json!({ "stubs": [good, { "url": "https://bank.test/" }] }),
        json!({ "stubs": [good, { "call": "soap", "answer": {} }] }),
        json!({ "stubs": [good, { "call": "db_call", "instance": true, "data": {} }] }),
        json!({ "stubs": [good, { "call": "db_call", "answer": {} }] }),
        json!({ "stubs": [good, { "call": "git_call", "data": [] }] }),
    ] {
        let answer = control.put("/_standin/outbound", body.clone()).await.expect(400).json();
        let message = answer["error"]["message"].as_str().unwrap();
        said += &format!("{message}\n");
    }
    assert_snapshot!(said);
    assert_eq!(control.get("/_standin/outbound").await.json()["stubs"], stubs());
}

#[tokio::test]
async fn the_paths_of_a_service_are_control_calls_like_any_other() {
    let app = App::empty().await;
    for (method, path, status, words) in [
        (Method::GET, "/_standin/nothing", 404, "GET, PUT, DELETE outbound; GET, DELETE outbound/calls"),
        (Method::POST, "/_standin/outbound", 405, "/_standin/outbound takes GET, PUT, DELETE, not POST"),
        (Method::PUT, "/_standin/outbound/calls", 405, "takes GET, DELETE, not PUT"),
        (Method::GET, "/_standin/outbound/call", 404, "no control call"),
        (Method::GET, "/_standin/outbound/calls/1", 404, "no control call"),
    ] {
        let request = app.anonymous().request(method, path).body(axum::body::Body::empty()).unwrap();
        let answer = app.send(request).await.expect(status).json();
        let message = answer["error"]["message"].as_str().unwrap();
        assert!(message.contains(words), "{path}: no {words:?} in {message}");
    }
    let head = app.anonymous().request(Method::HEAD, "/_standin/outbound/").body(axum::body::Body::empty());
    app.send(head.unwrap()).await.expect(200);
    let calls = app.anonymous().get("/_standin/outbound/calls").await.expect(200);
    assert_eq!(calls.text(), r#"{"calls":[]}"#);
    app.anonymous().delete("/_standin/outbound/calls", Value::Null).await.expect(204);
}

#[tokio::test]
async fn stubs_are_part_of_the_world() {
    let mut used = stubs();
    used[0]["used"] = json!(1);
    let document = json!({ "standin": 1, "corezoid": { "outbound": used } });
    let app = App::of(builder().seed(seed(document))).await;
    let state = app.state().await;
    assert_eq!(state["corezoid"]["outbound"], used);
    let other = App::empty().await;
    other.anonymous().put("/_standin/state", state.clone()).await.expect(204);
    assert_eq!(other.state().await, state);
    app.anonymous().delete("/_standin/outbound", Value::Null).await.expect(204);
    assert!(app.state().await["corezoid"].get("outbound").is_none());
    app.anonymous().post("/_standin/reset", Value::Null).await.expect(204);
    assert_eq!(app.anonymous().get("/_standin/outbound").await.json()["stubs"], used, "as the seed has it");
    let wrong = json!({ "standin": 1, "corezoid": { "outbound": [{ "answer": {} }, { "answer": { "status": 9 } }] } });
    let answer = app.anonymous().put("/_standin/state", wrong).await.expect(400).json();
    assert_eq!(answer["error"]["message"], "body: corezoid.outbound[1].answer.status: 9 is no status");
}

#[tokio::test]
async fn stubs_outlive_the_program() {
    let folder = TempDir::new();
    let database = folder.path().join("worlds.db");
    let app = App::of(builder().database(&database)).await;
    app.anonymous().put("/_standin/outbound", json!({ "stubs": stubs() })).await.expect(204);
    app.stop().await;
    let app = App::of(builder().database(&database)).await;
    assert_eq!(app.anonymous().get("/_standin/outbound").await.json()["stubs"], stubs());
    app.stop().await;
}
