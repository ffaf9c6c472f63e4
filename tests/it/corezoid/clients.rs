//! What the published clients send, down to their habits, and what they read of the answers.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use standin::{ClockStart, sign};

use crate::support::{App, Exchange, NOW, builder, seed};

/// Processes whose new tasks stand still.
fn document() -> Value {
    json!({ "standin": 1, "corezoid": { "convs": [
        { "id": 1, "title": "Orders", "status": "debug", "hash": "4e03cf39ac44f17ae9ebd9f4f24dd4e1d5d9f9a4",
          "nodes": [{ "id": "start", "live": { "obj_type": 1, "title": "Start" } }] },
        { "id": 2, "title": "Paused", "status": "paused", "nodes": [{ "id": "start-2", "live": { "obj_type": 1, "title": "Start" } }] },
    ] } })
}

async fn app() -> App {
    App::of(builder().seed(seed(document()))).await
}

/// A URL as the SDKs write it: login, time and signature by the demo key.
fn url(version: u8, time: &str, body: &str) -> String {
    format!("/api/{version}/json/12345/{time}/{}", sign(time, "secret", body.as_bytes()))
}

async fn post(app: &App, path: &str, headers: &[(&str, &str)], body: &str) -> Exchange {
    let request =
        headers.iter().fold(Request::post(path), |request, (name, value)| request.header(*name, *value));
    app.send(request.body(Body::from(body.to_owned())).unwrap()).await
}

/// What `app` holds about the newest task of process 1.
async fn newest(app: &App) -> Value {
    let op =
        json!({ "type": "list", "obj": "node", "conv_id": 1, "obj_id": "start", "sort": "DESC", "limit": 1 });
    app.key().op(op).await["list"][0].clone()
}

fn new_task(reference: &str, conv: i64, data: &Value) -> Value {
    json!({ "ref": reference, "type": "create", "obj": "task", "conv_id": conv, "data": data })
}

#[tokio::test]
async fn a_php_client_writes_no_data_as_an_empty_list() {
    let app = app().await;
    let ops = json!({ "ops": [new_task("a", 1, &json!([])), new_task("b", 1, &json!([1]))] }).to_string();
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let answer = post(&app, &url(1, "1487321422", &ops), &form, &ops).await.json();
    assert_eq!(answer["ops"][0]["proc"], "ok", "{answer}");
    assert_eq!(
        answer["ops"][1],
        json!({ "id": "", "proc": "error", "description": "Value is not valid", "key": "data", "value": [1], "ref": "b" })
    );
    assert_eq!(newest(&app).await["data"], json!({}));
    let change = json!({ "type": "modify", "obj": "task", "conv_id": 1, "ref": "a", "data": [] });
    assert_eq!(app.key().op(change).await["proc"], "ok");
    let hook = "/api/1/json/public/1/4e03cf39ac44f17ae9ebd9f4f24dd4e1d5d9f9a4";
    assert_eq!(post(&app, hook, &form, "[]").await.json()["ops"]["proc"], "ok");
    assert_eq!(newest(&app).await["data"], json!({}));
    assert_eq!(post(&app, hook, &form, "[1]").await.json()["request_proc"], "format_error");
}

#[tokio::test]
async fn a_python_client_signs_a_time_with_a_fraction() {
    let app = app().await;
    let ops = json!({ "ops": [new_task("a", 1, &json!({ "a": 1 }))] }).to_string();
    let answer = post(&app, &url(1, "1487321422.7386441", &ops), &[], &ops).await.json();
    assert_eq!(answer["ops"][0]["ref"], "a");
}

#[tokio::test]
async fn an_erlang_client_sends_one_op_in_place_of_the_list_and_reads_one() {
    let app = app().await;
    let kind = [("content-type", "text/xml; charset=\"utf-8\""), ("accept", "application/json")];
    let package = json!({ "ops": new_task("a", 1, &json!({ "a": 1 })) }).to_string();
    let answer = post(&app, &url(1, "1487321422", &package), &kind, &package).await.json();
    assert_eq!(answer["ops"]["proc"], "ok", "{answer}");
    assert_eq!(answer["ops"]["ref"], "a");
    let refused = post(&app, &url(1, "1487321422", &package), &kind, &package).await.json();
    assert_eq!(refused["ops"]["description"], "not unical reference", "{refused}");
    // seed 002: in version 2 `ops` is a list.
    let answer = post(&app, &url(2, "1487321422", &package), &kind, &package).await.json();
    assert_eq!(answer, json!({ "request_proc": "format_error", "ops": [] }));
}

#[tokio::test]
async fn a_java_client_finds_refused_tasks_by_their_references() {
    let app = app().await;
    let ops = json!({ "ops": [
        new_task("a", 1, &json!({})),
        new_task("a", 1, &json!({})),
        new_task("b", 2, &json!({})),
        new_task("c", 99, &json!({})),
        { "ref": "d", "type": "modify", "obj": "task", "conv_id": "1", "data": {} },
        { "type": "create", "obj": "task", "conv_id": 2, "data": {} },
        { "ref": "e", "type": "create", "obj": "conv" },
    ] })
    .to_string();
    let answer = post(&app, &url(1, "1487321422", &ops), &[], &ops).await.json();
    let told = |answer: &Value| -> Vec<(Value, Value)> {
        answer["ops"].as_array().unwrap().iter().map(|op| (op["ref"].clone(), op["proc"].clone())).collect()
    };
    let expected = [
        (json!("a"), json!("ok")),
        (json!("a"), json!("error")),
        (json!("b"), json!("conveyor_is_not_active")),
        (json!("c"), json!("obj_id_not_found")),
        (json!("d"), json!("error")),
        (json!(null), json!("conveyor_is_not_active")),
        (json!(null), json!("ok")),
    ];
    assert_eq!(told(&answer), expected);
    // sheet corezoid/api 1.4: what is recorded of version 2 has none.
    let answer = app.key().package("json", &ops).await.json();
    assert_eq!(
        told(&answer)[1..6].iter().map(|(reference, _)| reference).collect::<Vec<_>>(),
        [&json!(null); 5]
    );
}

#[tokio::test]
async fn a_go_client_uploads_a_scheme_however_it_is_laid_out() {
    let app = App::demo().await;
    let get = json!({ "type": "get", "obj": "obj_scheme", "obj_id": 1002, "obj_type": "conv" });
    let scheme = app.key().op(get).await["scheme"].clone();
    for text in [scheme.to_string(), serde_json::to_string_pretty(&scheme).unwrap()] {
        let head = "Content-Disposition: form-data; name=\"scheme\"; filename=\"scheme.json\"\r\nContent-Type: application/json\r\n";
        let mut form = format!("--3f7a\r\n{head}\r\n{text}\r\n");
        let mut signed = format!("{head}{text}");
        for (name, value) in
            [("type", "create"), ("obj", "obj_scheme"), ("folder_id", "0"), ("async", "false")]
        {
            let head = format!("Content-Disposition: form-data; name=\"{name}\"\r\n");
            form.push_str(&format!("--3f7a\r\n{head}\r\n{value}\r\n"));
            signed.push_str(&format!("{head}{value}"));
        }
        form.push_str("--3f7a--\r\n");
        let path = format!("/api/2/upload/12345/7/{}", sign("7", "secret", signed.as_bytes()));
        let answer =
            post(&app, &path, &[("content-type", "multipart/form-data; boundary=3f7a")], &form).await.json();
        let made = &answer["ops"][0]["scheme"][0];
        let fields: Vec<&String> = made.as_object().unwrap_or_else(|| panic!("{answer}")).keys().collect();
        // The client's own example reads the hash of the new process here.
        assert_eq!(
            fields,
            ["hash", "obj_id", "obj_type", "title", "description", "old_obj_id", "old_parent_id"]
        );
        let hook = format!("/api/2/json/public/{}/{}", made["obj_id"], made["hash"].as_str().unwrap());
        assert_eq!(post(&app, &hook, &[], r#"{"amount":1}"#).await.json()["ops"]["proc"], "ok");
    }
}

#[tokio::test]
async fn a_session_comes_as_a_header_or_as_a_cookie() {
    let app = app().await;
    let ops = json!({ "ops": [{ "obj_id": 0, "sort": "date", "order": "asc", "company_id": null, "filter": "conv", "type": "list", "obj": "folder", "obj_type": 0 }] });
    let ask = async |name: &str, value: &str| {
        let answer = post(&app, "/api/2/json/", &[(name, value)], &ops.to_string()).await.json();
        answer["ops"][0]["list"].as_array().map(Vec::len)
    };
    for (name, value, seen) in [
        ("authorization", "Simulator standin-session-token", Some(2)),
        ("authorization", "simulator  standin-session-token", Some(2)),
        ("authorization", "Bearer c3RhbmRpbi1zZXNzaW9uLXRva2Vu", Some(2)),
        ("authorization", "Basic standin-session-token", None),
        ("authorization", "standin-session-token", None),
        ("cookie", "_ga=GA1.2; mw=\"standin-session-token\"; path=/", Some(2)),
        ("cookie", "session=standin-session-token", Some(2)),
        ("cookie", "standin-session-token=1; session=other", None),
    ] {
        assert_eq!(ask(name, value).await, seen, "{name}: {value}");
    }
    // Who says something in the header means it.
    let both = [("authorization", "Simulator stale"), ("cookie", "s=standin-session-token")];
    let answer = post(&app, "/api/2/json", &both, &ops.to_string()).await.json();
    assert_eq!(answer["ops"][0]["description"], "cookie or headers are not valid");
}

#[tokio::test]
async fn what_comes_to_the_host_of_the_synchronous_api_waits_without_a_timeout() {
    let app = app().await;
    let ops = json!({ "ops": [{ "conv_id": 1, "type": "create", "obj": "task", "data": [] }] }).to_string();
    let path = url(1, "1487321422", &ops);
    for (path, host) in [
        (path.clone(), "sync-api.corezoid.com"),
        (path.clone(), "sync-api.localhost:8080"),
        (format!("/sync-api{path}"), "localhost"),
    ] {
        let late = post(&app, &path, &[("host", host)], &ops).await;
        assert_eq!((late.status(), late.text()), (504, "504 Gateway Time-out"), "{path} {host}");
        let callback = newest(&app).await["data"]["__callback_url"].clone();
        assert!(callback.as_str().unwrap().contains("/api/1/plugins/callback/"), "{callback}");
    }
    for host in ["localhost", "api.sync-api.test", "sync-apis.test"] {
        let answer = post(&app, &path, &[("host", host)], &ops).await.json();
        assert_eq!(answer["ops"][0]["obj"], "task", "{host}");
    }
    let slow = ops.replace("{\"ops\"", "{\"timeout\":9,\"ops\"");
    let answer = post(&app, &url(1, "1487321422", &slow), &[("host", "sync-api.test")], &slow).await.json();
    assert_eq!(answer["ops"], json!([{ "proc": "error", "description": "Timeout for create task" }]));
}

#[tokio::test]
async fn a_result_that_is_posted_ends_the_wait_at_the_synchronous_api() {
    let app = App::of(builder().seed(seed(document())).clock(ClockStart::System)).await;
    let ops =
        json!({ "ops": [{ "conv_id": 1, "type": "create", "obj": "task", "data": { "a": 1 } }] }).to_string();
    let path = format!("/sync-api{}", url(1, "1487321422", &ops));
    let told = async {
        loop {
            if let Some(callback) = newest(&app).await["data"]["__callback_url"].as_str() {
                let callback = callback.trim_start_matches("http://portal.test");
                return post(&app, callback, &[], r#"{"sum":2}"#).await.json()["ops"][0]["proc"].clone();
            }
        }
    };
    let (answer, told) = tokio::join!(post(&app, &path, &[], &ops), told);
    assert_eq!(told, "ok");
    assert_eq!(
        answer.json(),
        json!({ "request_proc": "ok", "ops": [{ "proc": "ok", "data": { "sum": 2 } }] })
    );
}

#[tokio::test]
async fn the_official_client_deploys_a_file_without_params() {
    let app = app().await;
    let op = |params: Value| json!({ "obj_id": 1, "ref_mask": true, "type": "modify", "obj": "conv_params", "params": params });
    let declared = json!([{ "name": "n", "type": "number", "descr": "", "flags": [], "regex": "", "regex_error_text": "" }]);
    assert_eq!(app.key().op(op(declared)).await["proc"], "ok");
    assert_eq!(app.key().op(op(Value::Null)).await["conv_id"], 1);
    let list = json!({ "type": "list", "obj": "conv_params", "obj_id": 1 });
    assert_eq!(app.key().op(list).await["params"], json!([]));
    let absent = json!({ "obj_id": 1, "type": "modify", "obj": "conv_params" });
    assert_eq!(app.key().op(absent).await["description"], "Key 'params' is required");
}

#[tokio::test]
async fn the_official_client_signs_with_the_login_that_a_new_key_is_shown_with() {
    let app = App::demo().await;
    let create = json!({ "type": "create", "obj": "user", "title": "CI", "logins": [{ "type": "api" }], "company_id": "i000000001" });
    let made = app.key().op(create).await["users"][0].clone();
    let show = json!({ "type": "show", "obj": "user", "obj_id": made["obj_id"], "obj_type": "company", "company_id": "i000000001" });
    let shown = app.key().op(show).await["logins"][0].clone();
    let (login, secret) = (shown["login"].as_str().unwrap(), made["logins"][0]["key"].as_str().unwrap());
    let body = r#"{"ops":[{"type":"list","obj":"company"}]}"#;
    let time = NOW.seconds().to_string();
    for login in [login.to_owned(), made["logins"][0]["obj_id"].to_string()] {
        let path = format!("/api/2/json/{login}/{time}/{}", sign(&time, secret, body.as_bytes()));
        assert_eq!(post(&app, &path, &[], body).await.json()["ops"][0]["proc"], "ok", "{login}");
    }
    let path = format!("/api/2/json/{login}/{time}/{}", sign(&time, "secret", body.as_bytes()));
    assert_eq!(post(&app, &path, &[], body).await.json()["request_proc"], "error");
}

/// The pages of version 1 know no versions and no `confirm`: what they change is live.
#[tokio::test]
async fn a_client_of_version_1_builds_a_process_that_runs_at_once() {
    let app = App::empty().await;
    let send = async |ops: Value| {
        let package = json!({ "ops": ops }).to_string();
        post(&app, &url(1, "1487321422", &package), &[], &package).await.json()["ops"].clone()
    };
    let made =
        send(json!([{ "type": "create", "obj": "conv", "title": "My process", "status": "actived" }])).await;
    let conv = made[0]["obj_id"].as_str().unwrap().to_owned();
    let kinds =
        [("Processing node", "1"), ("Done", "2"), ("Escalation node", "3"), ("Failed", "2"), ("Spare", "2")];
    let ops: Vec<Value> = kinds
        .iter()
        .map(|(title, kind)| json!({ "type": "create", "obj": "node", "conv_id": conv, "title": title, "obj_type": kind }))
        .collect();
    let made = send(json!(ops)).await;
    let ids: Vec<&str> = made.as_array().unwrap().iter().map(|op| op["obj_id"].as_str().unwrap()).collect();
    let modify = |node: usize, kind: i64, logics: Value| json!({ "type": "modify", "obj": "node", "obj_id": ids[node], "conv_id": conv, "title": kinds[node].0, "obj_type": kind, "logics": logics });
    let changed = send(json!([
        modify(2, 3, json!([
            { "type": "go_if_const", "param": "res", "fun": "eq", "const": "0", "to_node_id": ids[1] },
            { "type": "go", "to_node_id": ids[3] },
        ])),
        modify(0, 1, json!([{ "type": "go", "to_node_id": ids[2] }])),
        { "type": "delete", "obj": "node", "obj_id": ids[4], "conv_id": conv },
        { "type": "create", "obj": "node", "conv_id": conv, "title": "Another start", "obj_type": "1" },
    ]))
    .await;
    assert_eq!(changed[0]["obj"], "node", "{changed}");
    assert_eq!(changed[2], json!({ "id": "", "proc": "ok", "obj": "conv", "obj_id": ids[4] }));
    assert_eq!(changed[3]["proc"], "error");
    let list = send(json!([{ "type": "list", "obj": "conv", "obj_id": conv }])).await;
    let listed: Vec<&Value> =
        list[0]["list"].as_array().unwrap().iter().map(|node| &node["obj_id"]).collect();
    assert_eq!(listed, ids[..4].iter().collect::<Vec<_>>());
    assert_eq!(list[0]["commits"]["version"], 0);
    for (reference, res, node) in [("a", "0", 1), ("b", "1", 3)] {
        let told = send(json!([
            { "type": "create", "obj": "task", "conv_id": conv, "ref": reference, "data": { "res": res } },
            { "type": "show", "obj": "task", "conv_id": conv, "ref": reference },
        ]))
        .await;
        assert_eq!(told[0]["proc"], "ok", "{told}");
        let show = send(json!([{ "type": "show", "obj": "task", "conv_id": conv, "ref": reference }])).await;
        assert_eq!(show[0]["node_id"], ids[node], "{show}");
    }
    // With a version the change is a draft here too, and version 2 takes none without.
    let draft = json!({ "type": "modify", "obj": "node", "obj_id": ids[1], "conv_id": conv, "title": "Later", "obj_type": 2, "version": 7 });
    assert_eq!(send(json!([draft])).await[0]["proc"], "ok");
    let list = send(json!([{ "type": "list", "obj": "conv", "obj_id": conv }])).await;
    assert_eq!((&list[0]["list"][1]["title"], &list[0]["commits"]["version"]), (&json!("Done"), &json!(7)));
    for version in [json!({}), json!({ "version": null })] {
        let mut op = json!({ "type": "create", "obj": "node", "conv_id": conv, "title": "x", "obj_type": 0 });
        op.as_object_mut().unwrap().extend(version.as_object().unwrap().clone());
        assert_eq!(app.key().op(op).await["description"], "Key 'version' is required");
    }
}
