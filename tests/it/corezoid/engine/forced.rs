//! Errors and timers that somebody wants: every branch of a process can be tried.

use axum::http::Request;
use serde_json::{Value, json};

use super::{Convs, advance, control, create, data, go, place};
use crate::support::App;

/// `S→A(logic)→F`, errors to `E`.
fn one(logic: &Value) -> Value {
    let mut logic = logic.clone();
    logic["err_node_id"] = json!("e");
    json!([["s", 1, [go("a")]], ["a", 0, [logic, go("f")]], ["f", 2, []], ["e", 2, []]])
}

async fn stub(app: &App, stubs: Value) {
    control(app, "PUT", "/_standin/outbound", &json!({ "stubs": stubs })).await;
}

/// What a failed node has left.
fn left(area: &str, kind: &str, tag: &str, text: &str) -> Value {
    json!({
        format!("__conveyor_{area}_return_type_error__"): kind,
        format!("__conveyor_{area}_return_type_tag__"): tag,
        format!("__conveyor_{area}_return_description__"): text,
    })
}

#[tokio::test]
async fn every_kind_of_node_fails_with_the_tag_that_somebody_chose() {
    let callee = json!([["2s", 1, [go("2f")]], ["2f", 2, []]]);
    for (logic, area) in [
        (json!({ "type": "set_param", "extra": { "x": "1" }, "extra_type": { "x": "string" } }), "set_param"),
        (json!({ "type": "api_code", "lang": "js", "src": "data.x = 1" }), "code"),
        (
            json!({ "type": "api", "method": "GET", "url": "http://x.test/", "extra": {}, "extra_type": {} }),
            "api",
        ),
        (
            json!({ "type": "api_copy", "mode": "create", "conv_id": 2, "ref": "", "data": { "x": "1" }, "data_type": {}, "group": "" }),
            "copy_task",
        ),
        (json!({ "type": "api_rpc", "conv_id": 2, "group": "all", "extra": {}, "extra_type": {} }), "rpc"),
        (
            json!({ "type": "api_rpc_reply", "mode": "key_value", "res_data": {}, "res_data_type": {} }),
            "rpc_reply",
        ),
        (json!({ "type": "api_get_task", "conv_id": 2, "node_id": "2s", "order_by": "ASC" }), "get_task"),
        (json!({ "type": "api_sum", "extra": [{ "id": "1", "name": "n", "value": "1" }] }), "api_sum"),
        (json!({ "type": "git_call", "lang": "js", "code": "" }), "git_call"),
        (json!({ "type": "db_call", "instance_id": 1, "query": "SELECT 1" }), "db_call"),
    ] {
        let app = Convs::new().process(1, &one(&logic)).process(2, &callee).app().await;
        let call = &logic["type"];
        stub(
            &app,
            json!([{ "call": call, "error": { "type": "hardware", "tag": "chosen", "description": "so" } }]),
        )
        .await;
        let id = create(&app, 1, "", json!({})).await;
        assert_eq!(place(&app, 1, &id).await, "e processed", "{call}");
        assert_eq!(data(&app, 1, &id).await, left(area, "hardware", "chosen", "so"), "{call}");
        let calls = control(&app, "GET", "/_standin/outbound/calls", &json!(null)).await;
        assert_eq!(calls["calls"], json!([]), "nothing was asked: {call}");
    }
}

#[tokio::test]
async fn an_error_is_of_the_nodes_it_names_and_comes_as_often_as_it_says() {
    let set = |key: &str| json!({ "type": "set_param", "extra": { key: "1" }, "extra_type": { key: "string" }, "err_node_id": "e" });
    let rows = json!([
        ["s", 1, [go("a")]],
        ["a", 0, [set("a"), go("b")]],
        ["b", 0, [set("b"), go("f")], null, { "title": "Second" }],
        ["f", 2, []],
        ["e", 2, []]
    ]);
    let app = Convs::new().process(1, &rows).app().await;
    stub(
        &app,
        json!([
            { "call": "set_param", "process": 7, "error": { "tag": "elsewhere" } },
            { "call": "api_code", "error": { "tag": "code" } },
            { "call": "set_param", "process": 1, "node": "Second", "error": { "tag": "first" }, "times": 1 },
            { "call": "set_param", "node": "b", "error": { "tag": "second" }, "times": 1 }
        ]),
    )
    .await;
    for tag in ["first", "second"] {
        let id = create(&app, 1, "", json!({})).await;
        let mut expected = left("set_param", "software", tag, "Forced by a stub");
        expected["a"] = json!("1");
        assert_eq!(data(&app, 1, &id).await, expected);
    }
    let id = create(&app, 1, "", json!({})).await;
    assert_eq!(data(&app, 1, &id).await, json!({ "a": "1", "b": "1" }));
    // For one run, before those of the world.
    let order =
        json!({ "process": 1, "stubs": [{ "call": "set_param", "node": "a", "error": { "tag": "lent" } }] });
    let ended = control(&app, "POST", "/_standin/corezoid/run", &order).await;
    assert_eq!(ended["data"]["__conveyor_set_param_return_type_tag__"], "lent", "{ended}");
    let ended = control(&app, "POST", "/_standin/corezoid/run", &json!({ "process": 1 })).await;
    assert_eq!(ended["data"], json!({ "a": "1", "b": "1" }));
}

#[tokio::test]
async fn a_cluster_that_retries_does_so_and_gives_up_at_another_error() {
    let sort = json!({ "type": "go_if_const", "to_node_id": "d", "conditions": [
        { "param": "__conveyor_code_return_type_error__", "fun": "eq", "const": "hardware", "cast": "string" } ] });
    let delay = json!([{ "type": "time", "value": 30, "dimension": "sec", "to_node_id": "a" }]);
    let rows = json!([
        ["s", 1, [go("a")]],
        ["a", 0, [{ "type": "api_code", "lang": "js", "src": "data.done = true", "err_node_id": "x" }, go("f")]],
        ["x", 3, [sort, go("e")]],
        ["d", 0, [], delay],
        ["f", 2, []],
        ["e", 2, []]
    ]);
    let app = Convs::new().process(1, &rows).app().await;
    let fault = |kind: &str, tag: &str| json!({ "call": "api_code", "error": { "type": kind, "tag": tag }, "times": 1 });
    stub(&app, json!([fault("hardware", "code_timeout"), fault("software", "code_executing_error")])).await;
    let id = create(&app, 1, "", json!({})).await;
    assert_eq!(place(&app, 1, &id).await, "d delayed");
    advance(&app, "30s").await;
    assert_eq!(place(&app, 1, &id).await, "e processed");
    let id = create(&app, 1, "", json!({})).await;
    assert_eq!(place(&app, 1, &id).await, "f processed");
}

#[tokio::test]
async fn a_timer_fires_when_somebody_says_so() {
    let day = json!([{ "type": "time", "value": 1, "dimension": "day", "to_node_id": "t" }]);
    let ask =
        json!({ "type": "api", "method": "GET", "url": "http://slow.test/", "extra": {}, "extra_type": {} });
    let rows = json!([["s", 1, [go("a")]], ["a", 0, [ask, go("f")], day], ["f", 2, []], ["t", 0, []]]);
    let app = Convs::new().process(1, &rows).app().await;
    stub(&app, json!([{ "url": "http://slow.test/", "answer": { "body": {} }, "delay": 10_000 }])).await;
    let id = create(&app, 1, "", json!({})).await;
    assert_eq!(place(&app, 1, &id).await, "a processing");
    let path = format!("/_standin/corezoid/tasks/{id}/timer");
    let told = control(&app, "POST", &path, &json!(null)).await;
    let last = told["trace"].as_array().unwrap().last().unwrap();
    assert_eq!(json!([last["step"], last["node"], last["by"]]), json!(["entered", "t", "timer"]));
    // The answer it waited for comes too late.
    advance(&app, "1m").await;
    assert_eq!(place(&app, 1, &id).await, "t delayed");
    for (path, status) in [(path.as_str(), 409), ("/_standin/corezoid/tasks/none/timer", 404)] {
        let answer = app.send(Request::post(path).body(String::new().into()).unwrap()).await;
        assert_eq!(answer.status(), status, "{}", answer.print());
    }
}
