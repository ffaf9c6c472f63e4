//! What a process asks of what comes in, and its direct URL (sheet corezoid/api 2.7, 6.2).

use std::fmt::Write as _;

use axum::body::Body;
use axum::http::Request;
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{App, Exchange, builder, seed};

const HASH: &str = "ce48cf53644b20ee6ce6e936f271a4f893a29298";

fn nodes(prefix: &str) -> Value {
    json!([
        { "id": format!("{prefix}final"), "live": { "obj_type": 2, "title": "Final" } },
        { "id": format!("{prefix}start"), "live": {
            "obj_type": 1, "title": "Start", "logics": [{ "type": "go", "to_node_id": format!("{prefix}final") }],
        } },
    ])
}

/// Under debug, where new tasks stand still, all but two: 2 is paused, 3 asks for credentials, 4 for parameters, 5 has no direct URL, 6 is in the trash.
fn document() -> Value {
    let hash = |last: u8| format!("{}{last}", &HASH[..39]);
    json!({ "standin": 1, "corezoid": { "convs": [
        { "id": 1, "title": "P", "status": "debug", "nodes": nodes("1-"), "hash": hash(1) },
        { "id": 2, "title": "P", "nodes": nodes("2-"), "hash": hash(2), "status": "paused" },
        { "id": 3, "title": "P", "status": "debug", "nodes": nodes("3-"), "hash": hash(3), "auth": { "user": "login", "pass": "pass:word" } },
        { "id": 4, "title": "P", "status": "debug", "nodes": nodes("4-"), "hash": hash(4), "params": [
            { "name": "age", "type": "number", "descr": "", "flags": ["required", "input"], "regex": "", "regex_error_text": "" },
            { "name": "phone", "type": "string", "descr": "", "flags": ["input"], "regex": "^380[0-9]{9}$",
              "regex_error_text": "Wrong phone" },
            { "name": "result", "type": "object", "descr": "", "flags": ["required", "output"], "regex": "", "regex_error_text": "" },
        ] },
        { "id": 5, "title": "P", "status": "debug", "nodes": nodes("5-"), "direct_url": false, "escalation_conv": 1 },
        { "id": 6, "title": "P", "nodes": nodes("6-"), "hash": hash(6), "status": "deleted" },
    ] } })
}

async fn app() -> App {
    App::of(builder().seed(seed(document()))).await
}

fn url(version: u8, format: &str, conv: i64) -> String {
    format!("/api/{version}/{format}/public/{conv}/{}{conv}", &HASH[..39])
}

async fn post(app: &App, path: &str, body: &str) -> Exchange {
    app.send(Request::post(path).body(Body::from(body.to_owned())).unwrap()).await
}

/// The data of the task that an answer of the direct URL tells of.
async fn data(app: &App, conv: i64, answer: &Exchange) -> Value {
    let id = answer.json()["ops"]["obj_id"].clone();
    let shown = app.key().op(json!({ "type": "show", "obj": "task", "conv_id": conv, "obj_id": id })).await;
    assert_eq!((&shown["proc"], &shown["ref"]), (&json!("ok"), &Value::Null), "{shown}");
    shown["data"].clone()
}

#[tokio::test]
async fn parameters_are_declared_and_listed() {
    let app = app().await;
    let mut text = String::new();
    let param = json!({ "name": "one", "type": "string", "descr": "", "flags": ["required", "output"], "regex": "",
                        "regex_error_text": "", "extra": 1 });
    let modify =
        |params: Value| json!({ "type": "modify", "obj": "conv_params", "obj_id": 1, "params": params });
    for op in [
        json!({ "type": "list", "obj": "conv_params", "obj_id": 1 }),
        json!({ "type": "modify", "obj": "conv_params", "obj_id": "1", "params": [param], "ref_mask": false,
                "company_id": null }),
        json!({ "type": "list", "obj": "conv_params", "obj_id": 1 }),
        modify(json!([])),
        json!({ "type": "list", "obj": "conv_params", "obj_id": 1 }),
        json!({ "type": "list", "obj": "conv_params" }),
        json!({ "type": "list", "obj": "conv_params", "obj_id": 6 }),
        json!({ "type": "modify", "obj": "conv_params", "obj_id": 1 }),
        json!({ "type": "modify", "obj": "conv_params", "obj_id": 77, "params": [] }),
        modify(json!({})),
        modify(json!([{ "type": "string" }])),
        modify(json!([{ "name": "a" }])),
        modify(json!([{ "name": "a", "type": "date" }])),
        modify(json!([{ "name": "", "type": "string" }])),
        json!({ "type": "create", "obj": "conv_params", "obj_id": 1 }),
    ] {
        let answer = app.key().op(op.clone()).await;
        write!(text, "{op}\n{answer}\n\n").unwrap();
    }
    assert_snapshot!(text);
}

#[tokio::test]
async fn a_task_must_fit_the_parameters_of_its_process() {
    let app = app().await;
    let mut text = String::new();
    let before = app.state().await;
    for data in [
        json!({}),
        json!({ "age": "7" }),
        json!({ "phone": "380501234567" }),
        json!({ "age": null, "phone": "x380501234567" }),
        json!({ "age": 7, "phone": 380_501_234_567_i64 }),
        json!({ "age": 7, "phone": "380" }),
    ] {
        let op = json!({ "type": "create", "obj": "task", "conv_id": 4, "data": data });
        write!(text, "{data}\n{}\n\n", app.key().op(op).await).unwrap();
    }
    let refused = post(&app, &url(2, "json", 4), "{}").await;
    write!(text, "direct URL\n{}\n", refused.text()).unwrap();
    assert_snapshot!(text);
    assert_eq!(app.state().await, before);
    // What fits is taken, with what nobody declared, as often as its reference is free.
    let mut op = json!({ "type": "create", "obj": "task", "conv_id": 4, "ref": "r",
                         "data": { "age": 7, "phone": "380501234567", "more": [] } });
    assert_eq!(app.key().op(op.clone()).await["proc"], "ok");
    assert_eq!(app.key().op(op.clone()).await["description"], "not unical reference");
    op["ref"] = json!("s");
    op["data"] = json!({ "age": 7, "phone": null });
    assert_eq!(app.key().op(op).await["proc"], "ok");
}

#[tokio::test]
async fn the_direct_url_takes_json_xml_and_pairs() {
    let app = app().await;
    let mut text = String::new();
    let xml = "<?xml version=\"1.0\"?><order id=\"7\"><item>a</item><item>b</item></order>";
    for (path, body) in [
        (url(2, "json", 1), r#"{"ops":[{"type":"create","obj":"task"}],"a":{"b":[1,null]}}"#),
        (url(1, "json", 1), r#"{"text":"я"}"#),
        (url(2, "xml", 1), xml),
        (url(2, "nvp", 1), "a=1&b=x+y"),
        (url(2, "json", 3), r#"{"closed":1}"#),
    ] {
        let mut request = Request::post(&path);
        if path.contains("/public/3/") {
            // login:pass:word
            request = request.header("authorization", "Basic bG9naW46cGFzczp3b3Jk");
        }
        let answer = app.send(request.body(Body::from(body)).unwrap()).await;
        let conv = if path.contains("/public/3/") { 3 } else { 1 };
        write!(text, "{}\ndata {}\n\n", answer.print(), data(&app, conv, &answer).await).unwrap();
    }
    assert_snapshot!(text);
    // The hash in any letter case; the slashes of a base URL that ends in one.
    let upper = url(2, "json", 1).replace(&HASH[..39], &HASH[..39].to_uppercase());
    assert_eq!(post(&app, &upper, "{}").await.json()["ops"]["proc"], "ok");
    // Other worlds have URLs of their own.
    assert_eq!(post(&app, &format!("/w/other{}", url(2, "json", 1)), "{}").await.json()["ops"]["proc"], "ok");
}

#[tokio::test]
async fn what_the_direct_url_refuses_changes_nothing() {
    let app = app().await;
    let before = app.state().await;
    let mut text = String::new();
    let big = json!({ "a": "x".repeat(128_000) }).to_string();
    let wrong = format!("/api/2/json/public/1/{HASH}");
    for (path, body) in [
        (wrong.as_str(), "{}"),
        (&format!("/api/2/json/public/6/{}6", &HASH[..39]), "{}"),
        (&format!("/api/2/json/public/x/{HASH}"), "{}"),
        (&format!("/api/2/json/public/5/{HASH}"), "{}"),
        (&url(2, "json", 2), "{}"),
        (&url(2, "json", 3), "{}"),
        (&url(2, "json", 1), "[1]"),
        (&url(2, "json", 1), ""),
        (&url(2, "xml", 1), "{}"),
        (&url(2, "json", 1), &big),
        (&url(2, "csv", 1), "{}"),
        (&url(3, "json", 1), "{}"),
        ("/api/2/json/public/1", "{}"),
    ] {
        write!(text, "{}\n\n", post(&app, path, body).await.print()).unwrap();
        assert_eq!(app.state().await, before, "{path}");
    }
    assert_snapshot!(text);
}

#[tokio::test]
async fn the_hash_is_switched_off_and_on_and_changed() {
    let app = app().await;
    let mut text = String::new();
    let mut ops = Vec::new();
    for (verb, conv) in [
        ("get", 1),
        ("create", 1),
        ("modify", 1),
        ("get", 1),
        ("delete", 1),
        ("get", 1),
        ("create", 1),
        ("get", 1),
        ("get", 6),
        ("create", 6),
        ("modify", 6),
        ("delete", 77),
    ] {
        ops.push(json!({ "type": verb, "obj": "callback_hash", "conv_id": conv }));
    }
    for verb in ["get", "create", "modify", "delete"] {
        ops.push(json!({ "type": verb, "obj": "callback_hash" }));
    }
    ops.push(json!({ "type": "list", "obj": "callback_hash", "conv_id": 1 }));
    let mut alive = String::new();
    for op in ops {
        let answer = app.key().op(op.clone()).await;
        write!(text, "{op}\n{answer}\n\n").unwrap();
        if let Some(hash) = answer["callback_hash"].as_str() {
            let path = format!("/api/2/json/public/1/{hash}");
            assert_eq!(post(&app, &path, "{}").await.json()["ops"]["proc"], "ok");
            if alive != hash && !alive.is_empty() {
                let old = format!("/api/2/json/public/1/{alive}");
                assert_eq!(post(&app, &old, "{}").await.json()["ops"]["proc"], "error");
            }
            hash.clone_into(&mut alive);
        }
    }
    assert_snapshot!(text);
}

#[tokio::test]
async fn credentials_of_the_direct_url_are_set_shown_and_taken_off() {
    let app = app().await;
    let mut text = String::new();
    let modify = |conv: i64, data: Value| json!({ "type": "modify", "obj": "conv_auth", "conv_id": conv, "obj_type": "basic", "data": data });
    for op in [
        json!({ "type": "show", "obj": "conv_auth", "conv_id": 1 }),
        modify(1, json!({ "user": "login", "pass": "password" })),
        json!({ "type": "show", "obj": "conv_auth", "conv_id": 1 }),
        json!({ "type": "delete", "obj": "conv_auth", "conv_id": 1 }),
        json!({ "type": "show", "obj": "conv_auth", "conv_id": 1 }),
        json!({ "type": "show", "obj": "conv_auth" }),
        json!({ "type": "show", "obj": "conv_auth", "conv_id": 6 }),
        modify(6, json!({ "user": "login", "pass": "password" })),
        modify(1, json!({ "user": "login" })),
        modify(1, json!([])),
        json!({ "type": "modify", "obj": "conv_auth", "conv_id": 1, "obj_type": "digest", "data": {} }),
        json!({ "type": "modify", "obj": "conv_auth", "conv_id": 1 }),
        json!({ "type": "delete", "obj": "conv_auth", "conv_id": 77 }),
    ] {
        let answer = app.key().op(op.clone()).await;
        write!(text, "{op}\n{answer}\n\n").unwrap();
        let posted = post(&app, &url(2, "json", 1), "{}").await.json();
        write!(text, "a post: {}\n\n", posted["ops"]["proc"]).unwrap();
    }
    assert_snapshot!(text);
}

#[tokio::test]
async fn all_of_it_comes_back_from_a_state_document() {
    let app = app().await;
    let first = app.state().await;
    let conv = |id: usize| first["corezoid"]["convs"][id - 1].clone();
    assert_eq!(conv(3)["auth"], document()["corezoid"]["convs"][2]["auth"]);
    assert_eq!((&conv(5)["direct_url"], conv(5).get("hash")), (&json!(false), None));
    assert_eq!(conv(5)["escalation_conv"], 1);
    assert_eq!(app.anonymous().put("/_standin/state", first.clone()).await.status(), 204);
    assert_eq!(app.state().await, first);
    for (conv, place) in [
        (
            json!({ "id": 1, "title": "P", "direct_url": false, "hash": HASH }),
            "corezoid.convs[0].hash: its direct URL is switched off",
        ),
        (
            json!({ "id": 1, "title": "P", "escalation_conv": 2 }),
            "corezoid.convs[0].escalation_conv: there is no conv 2",
        ),
    ] {
        let document = json!({ "standin": 1, "corezoid": { "convs": [conv] } });
        let answer = app.anonymous().put("/_standin/state", document).await;
        assert!(answer.text().contains(place), "{place}\n{}", answer.text());
    }
    assert_eq!(app.state().await, first);
}
