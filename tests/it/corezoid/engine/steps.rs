//! The debugger: a task of a process under debug is stepped from node to node (sheet corezoid/engine 9).

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{Convs, advance, control, create, data, go, nodes, place};
use crate::support::App;

/// A process under debug.
fn debugged(id: i64, rows: &Value) -> Value {
    json!({ "id": id, "title": format!("P{id}"), "status": "debug", "nodes": nodes(rows) })
}

/// `S→set_param(b 2)→W(callback, a day→T)→F`.
fn rows() -> Value {
    let set = json!({ "type": "set_param", "extra": { "b": "{{a}}2" }, "extra_type": { "b": "string" }, "err_node_id": "e" });
    let day = json!([{ "type": "time", "value": 1, "dimension": "day", "to_node_id": "t" }]);
    json!([
        ["s", 1, [go("n")]],
        ["n", 0, [set, go("w")]],
        ["w", 0, [{ "type": "api_callback", "is_sync": true }, go("f")], day],
        ["f", 2, []],
        ["t", 2, []],
        ["e", 2, []]
    ])
}

fn step(verb: &str, conv: i64, id: &str, more: &Value) -> Value {
    let mut op =
        json!({ "type": format!("step_{verb}"), "obj": "task", "conv_id": conv, "obj_id": id, "data": {} });
    op.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    op
}

async fn stepped(app: &App, verb: &str, id: &str, more: &Value) -> Value {
    app.key().op(step(verb, 1, id, more)).await
}

/// What a refused step says.
async fn refused(app: &App, verb: &str, id: &str, more: &Value) -> Value {
    let answer = stepped(app, verb, id, more).await;
    assert_ne!(answer["proc"], "ok", "{answer}");
    answer["description"].clone()
}

#[tokio::test]
async fn case_146_two_steps_take_a_task_through_a_node_to_the_end() {
    let set = json!({ "type": "set_param", "extra": { "1": "1" }, "extra_type": { "1": "string" }, "err_node_id": "e" });
    let rows = json!([["s", 1, [go("n")]], ["n", 0, [set.clone(), go("f")]], ["f", 2, []], ["e", 2, []]]);
    let app = Convs::new().with(debugged(1, &rows)).app().await;
    let id = create(&app, 1, "", json!({ "foo": "bar" })).await;
    assert_eq!(place(&app, 1, &id).await, "s created");
    let first = stepped(&app, "next", &id, &json!({ "branch": "logic" })).await;
    assert_eq!(
        json!([first["prev_logic"][0]["proc"], first["node_id"], first["logic"], first["branches"]]),
        json!(["ok", "n", [set, go("f")], ["logic"]]),
        "case 146 (W): {first}"
    );
    let second = stepped(&app, "next", &id, &json!({})).await;
    assert_eq!(
        json!([second["node_id"], second["data"]]),
        json!(["f", { "foo": "bar", "1": "1" }]),
        "case 146 (W)"
    );
    assert_eq!(place(&app, 1, &id).await, "f processed");
}

#[tokio::test]
async fn every_step_tells_where_the_task_stands_and_what_lies_behind() {
    let app = Convs::new().with(debugged(1, &rows())).app().await;
    let id = create(&app, 1, "", json!({ "a": 1 })).await;
    let mut said = String::new();
    for (verb, more) in [
        ("next", json!({})),
        ("next", json!({ "data": { "a": 5 } })),
        ("prev", json!({ "data": [] })),
        ("next", json!({})),
        ("next", json!({})),
        ("goto", json!({ "node_id": "n" })),
        ("goto", json!({})),
        ("goto", json!({ "node_id": "w", "data": { "c": 3 } })),
        ("next", json!({ "branch": "timer" })),
    ] {
        advance(&app, "1s").await;
        let answer = stepped(&app, verb, &id, &more).await;
        writeln!(said, "{verb} {more}\n{answer}").unwrap();
    }
    insta::assert_snapshot!(said.replace(&id, "ID"));
    let history =
        app.key().op(json!({ "type": "list", "obj": "task_history", "conv_id": 1, "obj_id": id })).await;
    let nodes: Vec<&Value> = history["list"].as_array().unwrap().iter().map(|row| &row["node_id"]).collect();
    assert_eq!(json!(nodes), json!(["s", "n", "w", "n", "w", "n", "s", "w", "t"]));
}

#[tokio::test]
async fn no_time_passes_for_a_task_between_its_steps() {
    let app = Convs::new().with(debugged(1, &rows())).app().await;
    let id = create(&app, 1, "", json!({ "a": 1 })).await;
    for expected in ["n processing", "w processing", "w delayed"] {
        stepped(&app, "next", &id, &json!({})).await;
        advance(&app, "3d").await;
        assert_eq!(place(&app, 1, &id).await, expected);
    }
    // What it waits for may come by itself, and counts as the rest of the step.
    app.key()
        .op(json!({ "type": "modify", "obj": "task", "conv_id": 1, "obj_id": id, "data": { "c": 3 } }))
        .await;
    assert_eq!(place(&app, 1, &id).await, "f processed");
}

#[tokio::test]
async fn whoever_steps_a_waiting_task_says_that_what_it_waits_for_has_come() {
    let app = Convs::new().with(debugged(1, &rows())).app().await;
    let id = create(&app, 1, "", json!({ "a": 1 })).await;
    for _ in 0..3 {
        stepped(&app, "next", &id, &json!({})).await;
    }
    assert_eq!(place(&app, 1, &id).await, "w delayed");
    let answer = stepped(&app, "next", &id, &json!({ "data": { "paid": true } })).await;
    assert_eq!(json!([answer["node_id"], answer["data"]]), json!(["f", { "paid": true }]));
}

#[tokio::test]
async fn a_step_waits_for_scripts_calls_and_replies() {
    let script =
        json!({ "type": "api_code", "lang": "js", "src": "data.b = data.a + 1;", "err_node_id": "e" });
    let call = json!({ "type": "api", "method": "GET", "url": "http://shop.test/", "format": "", "extra": {}, "extra_type": {}, "send_sys": false, "err_node_id": "e" });
    let rpc = json!({ "type": "api_rpc", "conv_id": 2, "group": "", "extra": { "b": "{{b}}" }, "extra_type": { "b": "number" }, "err_node_id": "e" });
    let reply = json!({ "type": "api_rpc_reply", "mode": "key_value", "res_data": { "r": "{{b}}" }, "res_data_type": { "r": "number" } });
    let rows = json!([
        ["s", 1, [go("c")]], ["c", 0, [script, go("h")]], ["h", 0, [call, go("p")]], ["p", 0, [rpc, go("f")]],
        ["f", 2, [], null, { "options": { "save_task": false } }], ["e", 2, []]
    ]);
    let callee = json!([["2s", 1, [go("2r")]], ["2r", 0, [reply, go("2f")]], ["2f", 2, []]]);
    let app = Convs::new().with(debugged(1, &rows)).process(2, &callee).app().await;
    let stubs = json!({ "stubs": [{ "url": "http://shop.test/", "answer": { "body": { "order": 7 } } }] });
    control(&app, "PUT", "/_standin/outbound", &stubs).await;
    let id = create(&app, 1, "", json!({ "a": 1 })).await;
    for (node, words, left) in [
        ("c", json!(["ok"]), json!({ "a": 1 })),
        ("h", json!(["ok", "ok"]), json!({ "a": 1, "b": 2 })),
        ("p", json!(["ok", "ok"]), json!({ "a": 1, "b": 2, "order": 7 })),
        // The final node keeps nothing of the task: the answer still tells what it came with.
        ("f", json!(["ok", "ok"]), json!({ "a": 1, "b": 2, "order": 7, "r": 2 })),
    ] {
        let answer = stepped(&app, "next", &id, &json!({})).await;
        let told: Vec<&Value> =
            answer["prev_logic"].as_array().unwrap().iter().map(|logic| &logic["proc"]).collect();
        assert_eq!(json!([answer["node_id"], told, answer["data"]]), json!([node, words, left]), "{answer}");
    }
    assert_eq!(place(&app, 1, &id).await, "not found task");
}

#[tokio::test]
async fn a_task_goes_on_by_itself_when_its_process_is_active_again() {
    let app = Convs::new().with(debugged(1, &rows())).app().await;
    let (fresh, stepped_once) =
        (create(&app, 1, "", json!({})).await, create(&app, 1, "", json!({ "a": 1 })).await);
    stepped(&app, "next", &stepped_once, &json!({})).await;
    let op = json!({ "type": "modify", "obj": "conv", "obj_id": 1, "status": "active" });
    assert_eq!(app.key().op(op).await["proc"], "ok");
    assert_eq!([place(&app, 1, &fresh).await, place(&app, 1, &stepped_once).await], ["w delayed"; 2]);
    assert_eq!(data(&app, 1, &stepped_once).await, json!({ "a": 1, "b": "12" }));
    advance(&app, "1d").await;
    assert_eq!([place(&app, 1, &fresh).await, place(&app, 1, &stepped_once).await], ["t processed"; 2]);
    assert_eq!(refused(&app, "next", &fresh, &json!({})).await, "not found task");
}

#[tokio::test]
async fn a_step_that_cannot_be_made_changes_nothing() {
    let app = Convs::new()
        .with(debugged(1, &rows()))
        .process(2, &json!([["2s", 1, [go("2w")]], ["2w", 0, []]]))
        .app()
        .await;
    let id = create(&app, 1, "", json!({ "a": 1 })).await;
    let before = app.state().await;
    let timer = json!({ "branch": "timer" });
    assert_eq!(refused(&app, "next", &id, &timer).await, "no time semaphor in node with task");
    assert_eq!(refused(&app, "prev", &id, &json!({})).await, "no previous node of task");
    assert_eq!(
        refused(&app, "goto", &id, &json!({ "node_id": "2s" })).await,
        "Object node with id 2s does not exist"
    );
    assert_eq!(refused(&app, "next", "none", &json!({})).await, "not found task");
    assert_eq!(refused(&app, "next", &id, &json!({ "branch": "both" })).await, "Value is not valid");
    let big = json!({ "data": { "x": "y".repeat(128_000) } });
    assert!(refused(&app, "next", &id, &big).await.as_str().unwrap().starts_with("Your task size"));
    assert_eq!(app.state().await["corezoid"], before["corezoid"]);
    // Elsewhere tasks run by themselves.
    let other = create(&app, 2, "", json!({})).await;
    let answer = app.key().op(step("next", 2, &other, &json!({}))).await;
    assert_eq!(answer["description"], "conveyor is not in debug status");
    // Of two steps in one package the second comes too early.
    let answers = app
        .key()
        .ops(json!([step("next", 1, &id, &json!({})), step("next", 1, &id, &json!({}))]))
        .await
        .json();
    assert_eq!(
        json!([answers["ops"][0]["node_id"], answers["ops"][1]["description"]]),
        json!(["n", "task is under way"])
    );
}

#[tokio::test]
async fn a_task_between_two_steps_survives_its_document() {
    let app = Convs::new().with(debugged(1, &rows())).app().await;
    let id = create(&app, 1, "", json!({ "a": 1 })).await;
    stepped(&app, "next", &id, &json!({})).await;
    let state = app.state().await;
    let again = App::of(crate::support::builder().seed(crate::support::seed(state.clone()))).await;
    assert_eq!(again.state().await["corezoid"], state["corezoid"]);
    let answer = stepped(&again, "next", &id, &json!({})).await;
    assert_eq!(json!([answer["prev_node_id"], answer["node_id"]]), json!(["n", "w"]));
    let answer = stepped(&again, "prev", &id, &json!({})).await;
    assert_eq!(json!([answer["prev_node_id"], answer["node_id"]]), json!(["w", "n"]));
}
