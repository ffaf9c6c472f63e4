//! The synchronous API and tasks from files (sheet corezoid/api 2.5, 6.3).

use std::fmt::Write as _;

use axum::body::Body;
use axum::http::Request;
use insta::assert_snapshot;
use serde_json::{Value, json};
use standin::ClockStart;

use crate::support::{App, Exchange, builder, seed};

/// Processes 1 and 3 are under debug, where new tasks stand still; 2 is paused, 3 asks for `n`, 4 was never deployed.
fn document() -> Value {
    let nodes = |prefix: &str| json!([{ "id": format!("{prefix}start"), "live": { "obj_type": 1, "title": "Start" } }]);
    let params = json!([{ "name": "n", "type": "number", "flags": ["required", "input"] }]);
    json!({ "standin": 1, "corezoid": { "convs": [
        { "id": 1, "title": "P", "status": "debug", "nodes": nodes("1-"), "tasks": [{ "id": "old", "node": "1-start", "ref": "taken" }] },
        { "id": 2, "title": "P", "nodes": nodes("2-"), "status": "paused" },
        { "id": 3, "title": "P", "status": "debug", "nodes": nodes("3-"), "params": params },
        { "id": 4, "title": "P" },
    ] } })
}

async fn app() -> App {
    App::of(builder().seed(seed(document()))).await
}

fn create(conv: i64) -> Value {
    json!({ "id": "1", "type": "create", "obj": "task", "conv_id": conv, "data": { "a": 1 } })
}

fn show_last(conv: i64) -> Value {
    json!({ "type": "list", "obj": "node", "conv_id": conv, "obj_id": format!("{conv}-start"), "sort": "DESC", "limit": 1 })
}

async fn post(app: &App, path: &str, body: &str) -> Exchange {
    app.send(Request::post(path).body(Body::from(body.to_owned())).unwrap()).await
}

#[tokio::test]
async fn while_the_clock_is_frozen_a_result_that_is_not_there_is_late_at_once() {
    let app = app().await;
    let mut text = String::new();
    for package in [
        json!({ "timeout": 30, "ops": [create(1)] }),
        json!({ "timeout": "5", "ops": [create(1), create(2), { "id": 7, "type": "show", "obj": "conv" }] }),
        json!({ "timeout": 0.5, "ops": [{ "type": "create", "obj": "task", "conv_id": 1 }] }),
        // No number of seconds: a package like any other.
        json!({ "timeout": "soon", "ops": [create(2)] }),
        json!({ "timeout": null, "ops": [create(2)] }),
        json!({ "timeout": 30, "ops": [] }),
    ] {
        let answer = app.key().package("json", &package.to_string()).await;
        write!(text, "{package}\n{}\n\n", answer.text()).unwrap();
    }
    let task = app.key().op(show_last(1)).await["list"][0]["data"].clone();
    writeln!(text, "data {task}").unwrap();
    let url = task["__callback_url"].as_str().unwrap();
    for (path, body) in [
        (url.trim_start_matches("http://portal.test"), "{}"),
        ("/api/1/plugins/callback/unknown", "{}"),
        ("/api/1/plugins/callback/unknown", "{"),
    ] {
        write!(text, "\n{}\n", post(&app, path, body).await.print()).unwrap();
    }
    assert_snapshot!(text);
    // On other URLs the field says nothing.
    let download =
        json!({ "timeout": 30, "ops": [{ "obj": "obj_scheme", "obj_id": 1, "obj_type": "conv" }] });
    let answer = app.key().package("download", &download.to_string()).await;
    assert_eq!(answer.json()["ops"][0]["proc"], "ok");
}

#[tokio::test]
async fn a_result_that_is_posted_in_time_is_the_answer() {
    let app = App::of(builder().seed(seed(document())).clock(ClockStart::System)).await;
    let package = json!({ "timeout": 30, "ops": [create(1), create(1), create(2)] }).to_string();
    let (key, asked) = (app.key(), async {
        // The tasks are there while their requests wait.
        let mut urls: Vec<String> = Vec::new();
        while urls.len() < 2 {
            let op = json!({ "type": "list", "obj": "node", "conv_id": 1, "obj_id": "1-start", "limit": 9 });
            let list = app.key().op(op).await["list"].clone();
            let datas =
                list.as_array().unwrap().iter().filter_map(|task| task["data"]["__callback_url"].as_str());
            urls = datas.map(|url| url.trim_start_matches("http://portal.test").to_owned()).collect();
        }
        assert_ne!(urls[0], urls[1]);
        let mut told = Vec::new();
        for (url, body) in
            [(&urls[1], r#"{"second":[1]}"#), (&urls[0], r#"{"info":{"a":"я"}}"#), (&urls[0], "{}")]
        {
            told.push(post(&app, url, body).await.json()["ops"][0]["proc"].clone());
        }
        told
    });
    let (answer, told) = tokio::join!(key.package("json", &package), asked);
    assert_eq!(told, ["ok", "ok", "error"]);
    assert_eq!(
        answer.json(),
        json!({ "request_proc": "ok", "ops": [
            { "proc": "ok", "data": { "info": { "a": "я" } } },
            { "proc": "ok", "data": { "second": [1] } },
            { "proc": "conveyor_is_not_active", "description": "conveyor is not active" },
        ] })
    );
    // What comes too late finds nobody, and half an answer is an answer.
    let package = json!({ "timeout": 0.05, "ops": [create(1)] }).to_string();
    let answer = app.key().package("json", &package).await;
    assert_eq!(answer.json()["ops"], json!([{ "proc": "error", "description": "Timeout for create task" }]));
}

/// A form as curl sends it, signed by its bytes.
pub(super) async fn upload(app: &App, fields: &[(&str, &str)], file: Option<&[u8]>) -> Exchange {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part = format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    if let Some(file) = file {
        body.extend_from_slice(
            b"--edge\r\nContent-Disposition: form-data; name=\"from_file\"; filename=\"tasks.csv\"\r\nContent-Type: text/csv\r\n\r\n",
        );
        body.extend_from_slice(file);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--edge--\r\n");
    let time = crate::support::NOW.seconds().to_string();
    let path = format!("/api/2/upload/12345/{time}/{}", standin::sign(&time, "secret", &body));
    let request = Request::post(path).header("content-type", "multipart/form-data; boundary=edge");
    app.send(request.body(Body::from(body)).unwrap()).await
}

const FORM: [(&str, &str); 5] = [
    ("type", "create"),
    ("obj", "task"),
    ("divider", "|"),
    ("encoding", "utf-8"),
    ("names_in_first_row", "true"),
];

pub(super) fn form<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = FORM.iter().copied().filter(|(name, _)| !more.iter().any(|(other, _)| other == name));
    kept.chain(more.iter().copied()).collect()
}

#[tokio::test]
async fn a_file_of_tasks_is_taken_line_by_line() {
    let app = app().await;
    let mut text = String::new();
    let types = r#"["string", "array", "object", "string"]"#;
    let file = "id|list|object|text\nr1|[1]|{\"a\":1}|\"x|я\"\nr2|x|{}|y\ntaken|[]|{}|z\nr1|[]|{}|again\n";
    for (fields, file) in [
        (
            form(&[("conv_id", "1"), ("reference_col_name", "id"), ("cols_convert_to", types)]),
            file.as_bytes(),
        ),
        (
            form(&[
                ("conv_id", "1"),
                ("names_in_first_row", "false"),
                ("encoding", "windows-1251"),
                ("divider", ";"),
                ("extra_sys_ip", "false"),
                ("extra_sys_filename", "false"),
            ]),
            b"\xff;2\r\n".as_slice(),
        ),
        (
            form(&[("conv_id", "3"), ("cols_convert_to", r#"["number"]"#), ("reference_col_name", "")]),
            b"n\n1\n2\nx\n",
        ),
        (form(&[("conv_id", "3")]), b"n\n1\n"),
        (form(&[("conv_id", "1")]), b""),
        (form(&[("conv_id", "1"), ("async", "true")]), b"a\n1\n2\n"),
    ] {
        let answer = upload(&app, &fields, Some(file)).await;
        write!(text, "{fields:?}\n{}\n", answer.text()).unwrap();
        let conv = if fields.contains(&("conv_id", "3")) { 3 } else { 1 };
        write!(text, "last {}\n\n", app.key().op(show_last(conv)).await["list"][0]).unwrap();
    }
    assert_snapshot!(text);
}

#[tokio::test]
async fn a_file_that_cannot_be_taken_changes_nothing() {
    let app = app().await;
    let before = app.state().await;
    let mut text = String::new();
    let file = Some(b"a\n1\n".as_slice());
    let without =
        |name: &str| form(&[("conv_id", "1")]).into_iter().filter(|field| field.0 != name).collect();
    let long = "1\n".repeat(100_001);
    for (fields, file) in [
        (form(&[("conv_id", "2")]), file),
        (form(&[("conv_id", "4")]), file),
        (form(&[("conv_id", "77")]), file),
        (form(&[]), file),
        (form(&[("conv_id", "1")]), None),
        (without("divider"), file),
        (without("encoding"), file),
        (without("names_in_first_row"), file),
        (form(&[("conv_id", "1"), ("divider", "-")]), file),
        (form(&[("conv_id", "1"), ("encoding", "koi8-r")]), file),
        (form(&[("conv_id", "1"), ("cols_convert_to", "[\"date\"]")]), file),
        (form(&[("conv_id", "1"), ("names_in_first_row", "false")]), Some(long.as_bytes())),
    ] {
        let answer = upload(&app, &fields, file).await;
        write!(text, "{fields:?}\n{}\n\n", answer.text()).unwrap();
        assert_eq!(app.state().await, before);
    }
    assert_snapshot!(text);
}
