//! Options of what one task does to another: calls and their replies, copies, changes.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{app, one, taking, word};
use crate::corezoid::engine::{Convs, advance, create, data, go, place};
use crate::support::App;

fn call(conv: i64) -> Value {
    json!({ "type": "api_rpc", "conv_id": conv, "extra": { "x": "1" }, "extra_type": { "x": "string" }, "group": "" })
}

fn reply(value: i64) -> Value {
    json!({ "type": "api_rpc_reply", "mode": "key_value", "res_data": { "r": value.to_string() },
            "res_data_type": { "r": "number" } })
}

/// What a called process holds: the only task of process 3.
async fn called(app: &App) -> Value {
    let op = json!({ "type": "list", "obj": "node", "conv_id": 3, "obj_id": "3f", "limit": 10 });
    let list = app.key().op(op).await;
    let [task] = list["list"].as_array().unwrap().as_slice() else { panic!("{list}") };
    task.clone()
}

pub(super) async fn call_ref(value: &str) -> String {
    let app = app("call_ref", value, Convs::new().process(1, &one(call(3))).process(3, &taking(3))).await;
    create(&app, 1, "", json!({})).await;
    let task = called(&app).await;
    if task["ref"] == task["obj_id"] { "ref is its id".to_owned() } else { format!("ref {}", task["ref"]) }
}

pub(super) async fn late_reply(value: &str) -> String {
    let timer = |seconds: i64, to: &str| json!([{ "type": "time", "value": seconds, "dimension": "sec", "to_node_id": to }]);
    let caller = json!([["s", 1, [go("a")]], ["a", 0, [call(3), go("f")], timer(30, "t")],
                        ["t", 0, [{ "type": "api_callback" }, go("f")]], ["f", 2, []]]);
    let callee = json!([
        ["3s", 1, [go("3d")]],
        ["3d", 0, [], timer(60, "3r")],
        ["3r", 0, [reply(1), go("3f")]],
        ["3f", 2, []]
    ]);
    let app = app("late_reply", value, Convs::new().process(1, &caller).process(3, &callee)).await;
    let id = create(&app, 1, "", json!({})).await;
    advance(&app, "60s").await;
    format!("{} {}", place(&app, 1, &id).await, data(&app, 1, &id).await)
}

pub(super) async fn second_reply(value: &str) -> String {
    let callee = json!([
        ["3s", 1, [go("3r")]],
        ["3r", 0, [reply(1), go("3t")]],
        ["3t", 0, [reply(2), go("3f")]],
        ["3f", 2, []]
    ]);
    let app = app("second_reply", value, Convs::new().process(1, &one(call(3))).process(3, &callee)).await;
    let id = create(&app, 1, "", json!({})).await;
    format!("{} {}", place(&app, 1, &id).await, data(&app, 1, &id).await)
}

pub(super) fn copying(id: i64, parent: bool) -> Value {
    let name = |name: &str| format!("{id}{name}");
    let copy = json!({ "type": "api_copy", "mode": "create", "conv_id": 3, "ref": "", "group": "", "send_parent_data": parent,
                       "data": { "x": "1" }, "data_type": { "x": "string" } });
    json!([[name("s"), 1, [go(&name("a"))]], [name("a"), 0, [copy, go(&name("f"))]], [name("f"), 2, []]])
}

/// The names of the parameters of the task in process 3, which is taken away.
pub(super) async fn copied(app: &App) -> String {
    let task = called(app).await;
    let names: BTreeSet<&String> = task["data"].as_object().unwrap().keys().collect();
    let names: Vec<&str> = names.into_iter().map(String::as_str).collect();
    let op =
        json!({ "type": "delete", "obj": "task", "conv_id": 3, "node_id": "3f", "obj_id": task["obj_id"] });
    assert_eq!(app.key().op(op).await["proc"], "ok");
    names.join(" ")
}

pub(super) async fn send_parent_data(value: &str) -> String {
    let convs =
        Convs::new().process(1, &copying(1, false)).process(2, &copying(2, true)).process(3, &taking(3));
    let app = app("send_parent_data", value, convs).await;
    create(&app, 1, "", json!({ "own": 1 })).await;
    let without = copied(&app).await;
    create(&app, 2, "", json!({ "own": 1 })).await;
    let with = copied(&app).await;
    format!("without: {without}, with: {with}")
        .replace("__copy_conv_id__ __copy_node_id__ __copy_ref_id__", "MARKERS")
}

pub(super) async fn modify_errors(value: &str) -> String {
    let modify = json!({ "type": "api_copy", "mode": "modify", "conv_id": 3, "ref": "gone", "group": "",
                         "data": { "x": "1" }, "data_type": { "x": "string" } });
    let app = app("modify_errors", value, Convs::new().process(1, &one(modify)).process(3, &taking(3))).await;
    let id = create(&app, 1, "", json!({})).await;
    let left = data(&app, 1, &id).await;
    let told = ["copy_task", "modify_task"].iter().filter_map(|area| {
        let tag = left.get(format!("__conveyor_{area}_return_type_tag__"))?;
        Some(format!("{area}: {}", word(tag)))
    });
    told.collect::<Vec<_>>().join(", ")
}
