//! Packages that cannot be read, and requests that are not signed as they should be.

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Value, json};

use crate::support::{App, Exchange, NOW};

/// A signed request with any bytes.
async fn package(app: &App, body: &[u8]) -> Exchange {
    let signature = standin::sign("1", "secret", body);
    let request = Request::post(format!("/api/2/json/12345/1/{signature}"));
    app.send(request.body(Body::from(body.to_vec())).unwrap()).await
}

#[tokio::test]
async fn a_package_that_cannot_be_read_is_a_format_error() {
    let app = App::empty().await;
    let before = app.state().await;
    let deep = format!("{{\"ops\":[{}", "{\"a\":".repeat(10_000));
    let lists = format!("{{\"ops\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    for body in [
        &b""[..],
        b"{",
        b"{\"ops\":[{\"type\":\"create\"",
        b"{\"ops\":[]}x",
        b"\xFF\xFE",
        b"{\"ops\":[{\"title\":\"\xC3\x28\"}]}",
        b"{\"ops\":[{\"id\":1e99999}]}",
        b"[]",
        b"7",
        b"null",
        b"{}",
        b"{\"ops\":null}",
        b"{\"ops\":7}",
        b"{\"ops\":\"create\"}",
        b"<xml/>",
        deep.as_bytes(),
        lists.as_bytes(),
    ] {
        let answer = package(&app, body).await.expect(200).json();
        let shown = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
        assert_eq!(answer, json!({ "request_proc": "format_error", "ops": [] }), "{shown}");
    }
    assert_eq!(app.state().await, before);
}

#[tokio::test]
async fn an_op_that_is_none_fails_alone() {
    let app = App::empty().await;
    let before = app.state().await;
    let nines = "9".repeat(25);
    let body = format!(
        r#"{{"ops":[7,null,[],"x",{{}},{{"type":7,"obj":[]}},{{"type":"create"}},{{"obj":"folder"}},
            {{"type":"create","obj":"no such thing"}},{{"id":"kept","type":"no such thing","obj":"x"}},
            {{"type":"x","type":"y","obj":"z","obj":"z"}},{{"id":{nines},"type":"x","obj":"y"}}]}}"#
    );
    let answer = package(&app, body.as_bytes()).await.expect(200).json();
    assert_eq!(answer["request_proc"], "ok", "{answer}");
    let ops = answer["ops"].as_array().unwrap();
    assert_eq!(ops.len(), 12);
    for op in ops {
        assert_ne!(op["proc"], "ok", "{op}");
        assert!(op["description"].is_string(), "{op}");
    }
    assert_eq!(ops[9]["id"], "kept");
    assert_eq!(app.state().await, before);
}

#[tokio::test]
async fn a_wrong_sign_in_is_refused_before_the_body_is_read() {
    let app = App::empty().await;
    let body = r#"{"ops":[]}"#;
    let good = standin::sign("1", "secret", body.as_bytes());
    let send = async |path: String| {
        let request = Request::post(path).body(Body::from(body)).unwrap();
        app.send(request).await.expect(200).json()
    };
    assert_eq!(send(format!("/api/2/json/12345/1/{good}")).await["request_proc"], "ok");
    for (login, time, signature) in [
        ("12345", "1", "0".repeat(40)),
        ("12345", "1", good[1..].to_owned()),
        ("12345", "1", format!("{good}00")),
        ("12345", "1", "z".repeat(40)),
        ("12345", "2", good.clone()),
        ("54321", "1", good.clone()),
        ("12345x", "1", good.clone()),
        ("99999999999999999999999999", "1", good.clone()),
        ("%00", "1", good.clone()),
        ("12345", "%D1%8F", good.clone()),
    ] {
        let answer = send(format!("/api/2/json/{login}/{time}/{signature}")).await;
        assert_eq!(answer["request_proc"], "error", "{login} {time} {signature}");
        assert_eq!(answer["ops"][0]["proc"], "error");
        assert!(answer["ops"][0]["description"].is_string());
    }
    let session = async |authorization: &str| {
        let request = Request::post("/api/2/json").header("Authorization", authorization);
        app.send(request.body(Body::from(body)).unwrap()).await.expect(200).json()["ops"].clone()
    };
    assert_eq!(session("Simulator standin-session-token").await, json!([]));
    for authorization in ["Simulator x", "Simulator", "standin-session-token", "Bearer ", "Bearer %%%", ""] {
        assert_eq!(session(authorization).await[0]["proc"], "error", "{authorization}");
    }
}

#[tokio::test]
async fn a_time_that_is_off_is_refused_where_that_was_asked_for() {
    use crate::support::builder;
    let settings = standin::Settings {
        clock_skew: Some(60),
        clock: standin::ClockStart::Frozen(Some(NOW)),
        ..standin::Settings::default()
    };
    let app = App::of(builder().settings(settings)).await;
    let body = r#"{"ops":[]}"#;
    let now = NOW.seconds();
    for (time, fits) in [
        (now.to_string(), true),
        ((now - 60).to_string(), true),
        ((now + 60).to_string(), true),
        (format!("{now}.5"), true),
        ((now - 61).to_string(), false),
        ((now + 61).to_string(), false),
        ("0".to_owned(), false),
        ("soon".to_owned(), false),
        ("NaN".to_owned(), false),
        ("1e400".to_owned(), false),
        (String::from("9").repeat(400), false),
    ] {
        let signature = standin::sign(&time, "secret", body.as_bytes());
        let request =
            Request::post(format!("/api/2/json/12345/{time}/{signature}")).body(Body::from(body)).unwrap();
        let answer = app.send(request).await.expect(200).json();
        assert_eq!(answer["request_proc"] == "ok", fits, "{time}: {answer}");
    }
}

#[tokio::test]
async fn another_verb_or_url_is_405_in_plain_text() {
    let app = App::empty().await;
    for (method, path) in [
        (Method::GET, "/api/2/json"),
        (Method::PUT, "/api/2/json/12345/1/x"),
        (Method::DELETE, "/api/2/json"),
        (Method::PATCH, "/api/1/json"),
        (Method::POST, "/api/2/json/12345"),
        (Method::POST, "/api/2/json/12345/1/2/3"),
        (Method::POST, "/api/2/nothing"),
        (Method::POST, "/api/2/"),
        (Method::POST, "/api/2/JSON"),
    ] {
        let request = Request::builder().method(method.clone()).uri(path).body(Body::from("{}")).unwrap();
        let answer = app.send(request).await;
        assert!(matches!(answer.status(), 404 | 405), "{}", answer.print());
        assert!(
            answer.header("content-type").is_some_and(|media| media.starts_with("text/html")),
            "{method} {path}"
        );
    }
}

#[tokio::test]
async fn a_thousand_ops_are_one_package() {
    let app = App::empty().await;
    let ops: Vec<Value> =
        (0..1000).map(|n| json!({ "id": n, "type": "nothing", "obj": "nothing" })).collect();
    let answer = app.key().ops(json!(ops)).await.expect(200).json();
    let ids: Vec<_> = answer["ops"].as_array().unwrap().iter().map(|op| op["id"].clone()).collect();
    assert_eq!(ids, (0..1000).map(Value::from).collect::<Vec<_>>());
}
