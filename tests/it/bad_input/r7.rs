//! Bodies that the portal cannot read, on the call that everybody may make.

use axum::body::Body;
use axum::http::Request;
use serde_json::Value;

use crate::support::{App, Exchange};

const JSON: &str = "application/json";
const XML: &str = "text/xml";
const FORM: &str = "application/x-www-form-urlencoded";

async fn post(app: &App, media: &str, body: impl Into<Vec<u8>>) -> Exchange {
    let request = Request::post("/api/2.0/authentication").header("Content-Type", media);
    app.send(request.body(Body::from(body.into())).unwrap()).await
}

/// The portal's own error form: status inside as outside, a message, and nothing of a stack.
#[track_caller]
fn own_error(exchange: &Exchange) -> (u16, String) {
    let text = exchange.text();
    let (status, message) = match exchange.header("content-type") {
        Some("application/json; charset=UTF-8") => {
            let json = exchange.json();
            assert_eq!((&json["status"], json.get("response")), (&Value::from(1), None), "{text}");
            (json["statusCode"].as_u64().unwrap(), json["error"]["message"].as_str().unwrap().to_owned())
        }
        Some("text/xml; charset=UTF-8") => {
            let between =
                |tag: &str| text.split(&format!("<{tag}>")).nth(1).unwrap().split("</").next().unwrap();
            (between("statusCode").parse().unwrap(), between("message").to_owned())
        }
        other => panic!("{other:?}: {text}"),
    };
    assert_eq!(status, u64::from(exchange.status()), "{text}");
    (exchange.status(), message)
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_the_portal_s_error_and_changes_nothing() {
    let app = App::empty().await;
    let before = app.state().await;
    let deep = format!("{}1{}", r#"{"userName":"#.repeat(10_000), "}".repeat(10_000));
    let lists = "[".repeat(10_000);
    for (media, body) in [
        (JSON, &b"{\"userName\":\"admin@example.org\",\"pass"[..]),
        (JSON, b"{\"userName\":\"\xFF\xFE\"}"),
        (JSON, b"\xEF\xBB\xBF"),
        (JSON, b"nul"),
        (JSON, b"[1,2"),
        (JSON, b"{\"userName\":1e99999}"),
        (JSON, b"{\"userName\": \"a\" \"b\"}"),
        (JSON, b"{\"userName\":\"\\ud800\"}"),
        (JSON, b"{\"a\":NaN}"),
        (JSON, deep.as_bytes()),
        (JSON, lists.as_bytes()),
        (XML, b"<r><userName>admin</r>"),
        (XML, b"<r"),
        (XML, b"\xFF\xFE<\x00r\x00"),
        (XML, b"plain text"),
    ] {
        let answer = post(&app, media, body).await;
        let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        let (status, message) = own_error(&answer);
        assert!(matches!(status, 400 | 500) && !message.is_empty(), "{shown}: {}", answer.print());
        assert_eq!(app.state().await, before, "{shown}");
    }
}

#[tokio::test]
async fn values_of_another_kind_sign_nobody_in() {
    let app = App::empty().await;
    let before = app.state().await;
    for body in [
        "{}".to_owned(),
        "[]".to_owned(),
        "7".to_owned(),
        "null".to_owned(),
        r#"{"userName":null,"password":null}"#.to_owned(),
        r#"{"userName":7,"password":true}"#.to_owned(),
        r#"{"userName":{"a":1},"password":{}}"#.to_owned(),
        format!(r#"{{"userName":{},"password":"secret"}}"#, "9".repeat(1000)),
        r#"{"userName":123456789012345678901234567890,"password":-0.0}"#.to_owned(),
        format!(r#"{{"userName":"{}","password":"x"}}"#, "a".repeat(1 << 20)),
        r#"{"userName":"admin@example.org\u0000","password":"secret"}"#.to_owned(),
    ] {
        let answer = post(&app, JSON, body.clone()).await;
        let (status, _) = own_error(&answer);
        assert!(matches!(status, 400 | 500), "{}: {}", &body[..body.len().min(60)], answer.print());
        assert_eq!(app.state().await, before);
    }
}

#[tokio::test]
async fn of_a_key_that_stands_twice_one_counts_and_nothing_breaks() {
    let app = App::empty().await;
    let twice = r#"{"userName":"nobody","userName":"admin@example.org","password":"secret"}"#;
    let status = post(&app, JSON, twice).await.status();
    assert!(matches!(status, 201 | 400 | 500), "{status}");
    post(&app, FORM, "userName=admin%40example.org&userName=nobody&password=secret&password=").await;
    let many: Vec<String> = (0..20_000).map(|n| format!("k{n}=v&")).collect();
    own_error(&post(&app, FORM, many.concat()).await);
    own_error(&post(&app, FORM, "%=%%%&=&&userName=%FF%FE&password=%00").await);
    app.anonymous().get("/_standin/health").await.expect(200);
}

#[tokio::test]
async fn entities_are_never_expanded() {
    let app = App::empty().await;
    let before = app.state().await;
    let laugh = |n| format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10));
    let laughs = (1..=9).map(laugh).collect::<Vec<_>>().concat();
    for body in [
        format!("<!DOCTYPE r [<!ENTITY l0 \"ha\">{laughs}]><r><userName>&l9;</userName><password>x</password></r>"),
        "<!DOCTYPE r [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><r><userName>&x;</userName></r>".to_owned(),
        "<!DOCTYPE r [<!ENTITY x \"admin@example.org\">]><r><userName>&x;</userName><password>secret</password></r>"
            .to_owned(),
        "<!DOCTYPE r SYSTEM \"http://127.0.0.1:1/x.dtd\"><r><userName>a</userName></r>".to_owned(),
        "<r><userName>&unknown;</userName></r>".to_owned(),
        "<r><userName>&#xFFFFFFFF;</userName></r>".to_owned(),
        format!("{}x{}", "<a>".repeat(10_000), "</a>".repeat(10_000)),
        format!("<r {}/>", "a=\"b\" ".repeat(1000)),
    ] {
        let answer = post(&app, XML, body.clone()).await;
        let (status, message) = own_error(&answer);
        assert!(matches!(status, 400 | 500), "{}: {}", &body[..body.len().min(60)], answer.print());
        assert!(!message.contains("root:") && message.len() < 1000, "{message}");
        assert_eq!(app.state().await, before);
    }
    // The five of XML itself and characters by number are text.
    let fine = "<r><userName>admin&#64;example.org</userName><password>se&#x63;ret</password></r>";
    post(&app, XML, fine).await.expect(201);
}

#[tokio::test]
async fn broken_forms_are_refused() {
    let app = App::empty().await;
    for (media, body) in [
        ("multipart/form-data", "x"),
        ("multipart/form-data; boundary=", "x"),
        ("multipart/form-data; boundary=edge", "no boundary at all"),
        (
            "multipart/form-data; boundary=edge",
            "--edge\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nnever ends",
        ),
        ("multipart/form-data; boundary=edge", "--edge\r\nbroken header\r\n\r\nx\r\n--edge--\r\n"),
        ("multipart/form-data; boundary=edge", "--edge--\r\n"),
        ("text/plain", "userName=admin@example.org"),
        ("", "x"),
    ] {
        let answer = post(&app, media, body).await;
        let (status, _) = own_error(&answer);
        assert!(matches!(status, 400 | 500), "{media} {body}: {}", answer.print());
    }
}
