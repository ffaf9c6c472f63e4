//! Packages, signatures, session tokens, URLs (sheet corezoid/api 1).

use axum::body::Body;
use axum::http::{Request, header};
use base64::Engine as _;
use insta::assert_snapshot;
use serde_json::{Value, json};
use standin::{Auth, ClockStart, Settings};

use crate::support::{App, Exchange, NOW, builder};

const SHOW: &str = r#"{"ops":[{"type":"show","obj":"folder","obj_id":0}]}"#;
const SHOWN: &str = r#"{"request_proc":"ok","ops":[{"id":"","proc":"ok","obj":"folder","obj_id":0,"title":"Root folder","obj_type":1,"parent_obj_id":0,"parent_obj_type":"folder"}]}"#;

async fn post(app: &App, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Exchange {
    let mut request = Request::post(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    app.send(request.body(body.into()).unwrap()).await
}

fn signed(time: &str, secret: &str, content: &[u8]) -> String {
    format!("/api/2/json/12345/{time}/{}", standin::sign(time, secret, content))
}

#[tokio::test]
async fn both_versions_take_the_same_package_and_v1_answers_new_ids_as_text() {
    let app = App::empty().await;
    let body = r#"{"ops":[{"type":"create","obj":"folder"}]}"#;
    let path = signed("1", "secret", body.as_bytes());
    let v2 = post(&app, &path, &[], body).await.json();
    let v1 = post(&app, &path.replace("/api/2/", "/api/1/"), &[], body).await.json();
    assert_eq!((&v2["ops"][0]["obj_id"], &v1["ops"][0]["obj_id"]), (&json!(1), &json!("2")));
    // A slash at the end, or two in the middle, lead nowhere else.
    for path in [format!("{path}/"), path.replace("/json/", "//json/")] {
        assert_eq!(post(&app, &path, &[], body).await.json()["request_proc"], "ok", "{path}");
    }
}

#[tokio::test]
async fn a_signature_covers_the_bytes_as_sent_and_its_case_is_free() {
    let app = App::empty().await;
    let pretty = "{ \"ops\" : [\r\n\t{\"obj\":\"folder\", \"type\":\"show\",\"obj_id\":0}\n]}\n";
    let path = signed("1487321422", "secret", pretty.as_bytes());
    assert_eq!(post(&app, &path, &[], pretty).await.text(), SHOWN);
    let (front, signature) = path.rsplit_once('/').unwrap();
    let upper = format!("{front}/{}", signature.to_uppercase());
    assert_eq!(post(&app, &upper, &[], pretty).await.text(), SHOWN);
    let compact = r#"{"ops":[{"obj":"folder","type":"show","obj_id":0}]}"#;
    assert_eq!(post(&app, &path, &[], compact).await.json()["request_proc"], "error");
}

#[tokio::test]
async fn any_content_type_will_do() {
    let app = App::empty().await;
    let path = signed("1", "secret", SHOW.as_bytes());
    for kind in [
        "application/json; charset=utf8",
        "text/xml",
        "application/octet-stream",
        "application/x-www-form-urlencoded",
    ] {
        assert_eq!(post(&app, &path, &[("content-type", kind)], SHOW).await.text(), SHOWN, "{kind}");
    }
    assert_eq!(post(&app, &path, &[], SHOW).await.text(), SHOWN);
}

#[tokio::test]
async fn wrong_credentials_execute_nothing() {
    let app = App::empty().await;
    let before = app.state().await;
    let body = r#"{"ops":[{"type":"create","obj":"folder"}]}"#;
    let good = signed("1", "secret", body.as_bytes());
    let mut seen = String::new();
    for path in [
        good.replace("/12345/", "/54321/"),
        good.replace("/12345/", "/admin/"),
        signed("1", "other", body.as_bytes()),
        good.replace("/1/", "/2/"),
        "/api/2/json/12345/1/xyz".to_owned(),
        "/api/2/json".to_owned(),
    ] {
        let answer = post(&app, &path, &[], body).await.expect(200);
        seen += &format!("{}\n", answer.text());
    }
    for token in ["Simulator wrong", "Simulator", "Bearer wrong", "standin-session-token"] {
        let answer = post(&app, "/api/2/json", &[("authorization", token)], body).await.expect(200);
        seen += &format!("{token}: {}\n", answer.text());
    }
    assert_snapshot!(seen);
    assert_eq!(app.state().await, before);
}

#[tokio::test]
async fn a_session_token_stands_for_a_signature() {
    let app = App::empty().await;
    let base64 = base64::engine::general_purpose::STANDARD.encode("standin-session-token");
    for token in [
        "Simulator standin-session-token".to_owned(),
        format!("Bearer {base64}"),
        "Bearer standin-session-token".to_owned(),
    ] {
        for path in ["/api/2/json", "/api/2/json/", "/api/1/json"] {
            let headers = [("authorization", token.as_str()), ("origin", "http://portal.test")];
            assert_eq!(post(&app, path, &headers, SHOW).await.text(), SHOWN, "{token} {path}");
        }
    }
}

#[tokio::test]
async fn open_sign_in_lets_everybody_act_as_the_first_key() {
    let app = App::of(builder().auth(Auth::Open)).await;
    for path in ["/api/2/json", "/api/2/json/1/2/3"] {
        let body = r#"{"ops":[{"type":"create","obj":"conv"}]}"#;
        assert_eq!(post(&app, path, &[], body).await.json()["ops"][0]["proc"], "ok");
    }
    assert_eq!(app.state().await["corezoid"]["convs"][1]["owner"], 1);
}

#[tokio::test]
async fn a_stale_time_is_refused_only_when_asked_for() {
    let clock = ClockStart::Frozen(Some(NOW));
    let app =
        App::of(builder().settings(Settings { clock_skew: Some(60), clock, ..Settings::default() })).await;
    for (off, fits) in [(0, true), (60, true), (-60, true), (61, false), (-61, false)] {
        let path = signed(&(NOW.seconds() + off).to_string(), "secret", SHOW.as_bytes());
        let answer = post(&app, &path, &[], SHOW).await.expect(200).json();
        let expected = if fits { Value::Null } else { json!("request time is not valid") };
        assert_eq!(answer["ops"][0]["description"], expected, "{off}");
    }
    for odd in ["now", "1e400", "NaN"] {
        let path = signed(odd, "secret", SHOW.as_bytes());
        assert_eq!(
            post(&app, &path, &[], SHOW).await.json()["ops"][0]["description"],
            "request time is not valid"
        );
    }
    // Without the option any text will do, as long as it is the one that was signed.
    let app = App::empty().await;
    assert_eq!(post(&app, &signed("now", "secret", SHOW.as_bytes()), &[], SHOW).await.text(), SHOWN);
}

#[tokio::test]
async fn a_form_signed_as_the_go_client_does_passes_the_check() {
    let app = App::empty().await;
    // sheet corezoid/api 1.2: boundary lines dropped, the blank line before each part dropped, lines joined without line
    // ends except after a header.
    let form = "--edge\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\n--edge\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\ntwo\r\n--edge--\r\n";
    let reduced =
        "Content-Disposition: form-data; name=\"a\"\r\noneContent-Disposition: form-data; name=\"b\"\r\ntwo";
    let headers = [("content-type", "multipart/form-data; boundary=edge")];
    for content in [form, reduced, ""] {
        let path = signed("1", "secret", content.as_bytes());
        let answer = post(&app, &path, &headers, form).await;
        // The check passed: what is refused is the package, which a form is not.
        assert_eq!(answer.text(), r#"{"request_proc":"format_error","ops":[]}"#, "{content:?}");
    }
    let path = signed("1", "secret", b"something else");
    assert_eq!(post(&app, &path, &headers, form).await.json()["request_proc"], "error");
    // Without a form's content type an empty signature opens nothing.
    assert_eq!(post(&app, &signed("1", "secret", b""), &[], SHOW).await.json()["request_proc"], "error");
}

#[tokio::test]
async fn what_is_no_package_is_a_format_error() {
    let app = App::empty().await;
    let deep = format!("{{\"ops\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    for body in [
        "",
        "null",
        "[]",
        "{}",
        r#"{"ops":null}"#,
        r#"{"ops":{"type":"create","obj":"conv"}}"#,
        r#"{"ops":"x"}"#,
        r#"{"ops":[}"#,
        &deep,
    ] {
        let answer = app.key().package("json", body).await.expect(200);
        assert_eq!(answer.text(), r#"{"request_proc":"format_error","ops":[]}"#, "{body:.40}");
    }
    let latin = b"{\"ops\":[{\"type\":\"create\",\"obj\":\"conv\",\"title\":\"\xff\"}]}";
    let answer = post(&app, &signed("1", "secret", latin), &[], latin.to_vec()).await;
    assert_eq!(answer.text(), r#"{"request_proc":"format_error","ops":[]}"#);
    let state = app.state().await;
    assert_eq!(state["corezoid"]["convs"], json!([]));
}

#[tokio::test]
async fn an_op_that_is_none_fails_alone() {
    let app = App::empty().await;
    assert_eq!(app.key().ops(json!([])).await.text(), r#"{"request_proc":"ok","ops":[]}"#);
    let answer = app.key().ops(json!([1, null, "x", [], { "obj": 5, "type": "create" }, { "id": 0, "type": "create", "obj": "folder" }])).await;
    assert_snapshot!(answer.text());
}

#[tokio::test]
async fn ids_come_back_as_they_were_sent_and_in_that_order() {
    let app = App::empty().await;
    let sent = [json!("a"), json!(7), json!(""), Value::Null, json!("я"), json!(-1.5), json!("a")];
    let ops: Vec<Value> =
        sent.iter().map(|id| json!({ "id": id, "type": "create", "obj": "folder" })).collect();
    let answers = app.key().ops(json!(ops)).await.json();
    let back: Vec<Value> =
        answers["ops"].as_array().unwrap().iter().map(|answer| answer["id"].clone()).collect();
    assert_eq!(back, [json!("a"), json!(7), json!(""), json!(""), json!("я"), json!(-1.5), json!("a")]);
}

#[tokio::test]
async fn a_thousand_ops_stand_each_alone() {
    let app = App::empty().await;
    let ops: Vec<Value> = (0..1000)
        .map(|n| match n % 4 {
            0 => json!({ "id": n, "type": "create", "obj": "conv", "title": n.to_string() }),
            1 => json!({ "id": n, "type": "create", "obj": "folder" }),
            2 => json!({ "id": n, "type": "create", "obj": "conv", "folder_id": 100_000 }),
            _ => json!({ "id": n, "type": "destroy", "obj": "folder", "obj_id": n }),
        })
        .collect();
    let answers = app.key().ops(json!(ops)).await.json();
    let procs: Vec<bool> =
        answers["ops"].as_array().unwrap().iter().map(|answer| answer["proc"] == "ok").collect();
    assert_eq!(procs, (0..1000).map(|n| n % 4 < 2).collect::<Vec<_>>());
    let state = app.state().await;
    assert_eq!(state["corezoid"]["convs"].as_array().unwrap().len(), 250);
    assert_eq!(state["corezoid"]["folders"].as_array().unwrap().len(), 250);
}

#[tokio::test]
async fn a_package_of_more_ops_than_anybody_sends_is_refused_as_a_whole() {
    let app = App::empty().await;
    let body = |count: usize| format!("{{\"ops\":[{}0]}}", "0,".repeat(count - 1));
    let answer = app.key().package("json", &body(100_001)).await.expect(200);
    let refused = r#"{"request_proc":"error","ops":[{"id":"","proc":"error","description":"Too many requests: limit is reached"}]}"#;
    assert_eq!(answer.text(), refused);
    let answer = app.key().package("json", &body(100_000)).await.expect(200).json();
    assert_eq!(answer["ops"].as_array().unwrap().len(), 100_000);
}

#[tokio::test]
async fn other_methods_and_paths_are_not_allowed() {
    let app = App::empty().await;
    let get = Request::get("/api/2/json/12345/1/x").body(Body::empty()).unwrap();
    assert_snapshot!(app.send(get).await.print(), @"
    GET /api/2/json/12345/1/x
    405 Method Not Allowed
    content-type: text/html

    The specified method is not allowed against this resource
    ");
    for path in [
        "/api/2/sing/12345/1/x",
        "/api/2/json/12345/1",
        "/api/2/json/12345/1/x/y",
        "/api/2/",
        "/system/other",
    ] {
        assert_eq!(post(&app, path, &[], SHOW).await.status(), 405, "{path}");
    }
    assert_eq!(post(&app, "/system/conf", &[], "").await.status(), 405);
}

#[tokio::test]
async fn a_body_over_16_mib_is_refused_and_one_of_16_mib_is_read() {
    let app = App::empty().await;
    let limit = 16 << 20;
    for (length, status) in [(limit, 200), (limit + 1, 413)] {
        let body = format!("{SHOW}{}", " ".repeat(length - SHOW.len()));
        let path = signed("1", "secret", body.as_bytes());
        assert_eq!(post(&app, &path, &[], body).await.status(), status);
    }
}

#[tokio::test]
async fn the_settings_lead_back_into_the_world() {
    let app = App::empty().await;
    let request = Request::get("/w/mine/system/conf")
        .header(header::HOST, "standin.test:81")
        .body(Body::empty())
        .unwrap();
    assert_snapshot!(app.send(request).await.print());
}
