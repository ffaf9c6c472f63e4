//! Processes that really run (sheet corezoid/engine), driven through the API.

mod across;
mod arrivals;
mod bounds;
mod conformance;
mod ends;
mod forced;
mod held;
mod kept;
mod life;
mod limits;
mod options;
mod outside;
mod pitfalls;
mod replay;
mod steps;
mod still;
mod told;

use axum::http::Request;
use serde_json::{Value, json};

use crate::support::{App, builder, seed};

/// A graph: `[[id, obj_type, logics, semaphors?, more?], …]` as nodes of a state document.
pub(super) fn nodes(rows: &Value) -> Value {
    let node = |row: &Value| {
        let mut live = json!({ "obj_type": row[1], "title": row[0], "logics": row[2] });
        if row[3].is_array() {
            live["semaphors"] = row[3].clone();
        }
        if let Some(more) = row[4].as_object() {
            live.as_object_mut().unwrap().extend(more.clone());
        }
        json!({ "id": row[0], "live": live })
    };
    rows.as_array().unwrap().iter().map(node).collect()
}

pub(super) fn go(to: &str) -> Value {
    json!({ "type": "go", "to_node_id": to })
}

/// Processes by id, each a graph, a status and a type.
pub(super) struct Convs(Vec<Value>);

impl Convs {
    pub(super) fn new() -> Self {
        Self(Vec::new())
    }

    pub(super) fn process(self, id: i64, rows: &Value) -> Self {
        self.with(json!({ "id": id, "title": format!("P{id}"), "nodes": nodes(rows) }))
    }

    pub(super) fn diagram(self, id: i64, rows: &Value) -> Self {
        self.with(json!({ "id": id, "title": format!("D{id}"), "conv_type": "state", "nodes": nodes(rows) }))
    }

    pub(super) fn with(mut self, conv: Value) -> Self {
        self.0.push(conv);
        self
    }

    pub(super) fn document(self) -> Value {
        json!({ "standin": 1, "corezoid": { "convs": self.0 } })
    }

    /// A server with these processes and a clock that stands.
    pub(super) async fn app(self) -> App {
        App::of(builder().seed(seed(self.document()))).await
    }
}

/// Makes a task, without a reference if that is empty; its id.
pub(super) async fn create(app: &App, conv: i64, reference: &str, data: Value) -> String {
    let reference = (!reference.is_empty()).then_some(reference);
    let op = json!({ "type": "create", "obj": "task", "conv_id": conv, "ref": reference, "data": data });
    let answer = app.key().op(op).await;
    assert_eq!(answer["proc"], "ok", "{answer}");
    answer["obj_id"].as_str().unwrap().to_owned()
}

pub(super) async fn show(app: &App, conv: i64, id: &str) -> Value {
    app.key().op(json!({ "type": "show", "obj": "task", "conv_id": conv, "obj_id": id })).await
}

/// Where a task is, and how far: `node status`.
pub(super) async fn place(app: &App, conv: i64, id: &str) -> String {
    let task = show(app, conv, id).await;
    match task["proc"].as_str() {
        Some("ok") => format!("{} {}", task["node_id"].as_str().unwrap(), task["status"].as_str().unwrap()),
        _ => task["description"].as_str().unwrap().to_owned(),
    }
}

pub(super) async fn data(app: &App, conv: i64, id: &str) -> Value {
    show(app, conv, id).await["data"].clone()
}

/// Moves the clock on.
pub(super) async fn advance(app: &App, by: &str) {
    let body = json!({ "by": by }).to_string();
    let request = Request::post("/_standin/clock/advance").body(body.into()).unwrap();
    let answer = app.send(request).await;
    assert_eq!(answer.status(), 200, "{}", answer.print());
}

/// How many tasks a node's counter counts.
pub(super) async fn count(app: &App, conv: i64, node: &str) -> Value {
    let op = json!({ "type": "show", "obj": "node", "conv_id": conv, "obj_id": node });
    let list = app.key().op(json!({ "type": "list", "obj": "conv", "obj_id": conv })).await;
    let found = list["list"].as_array().unwrap().iter().find(|row| row["obj_id"] == node).cloned();
    found.unwrap_or_else(|| panic!("{op}"))["count"].clone()
}

/// A call of the control plane; its answer.
pub(super) async fn control(app: &App, method: &str, path: &str, body: &Value) -> Value {
    let request = Request::builder().method(method).uri(path).body(body.to_string().into()).unwrap();
    let answer = app.send(request).await;
    assert!((200..300).contains(&answer.status()), "{}", answer.print());
    if answer.text().is_empty() { Value::Null } else { answer.json() }
}
