//! What is easy to get wrong (sheet corezoid/engine 11) and no conformance case shows whole. `pitfalls.txt` says which test
//! holds which line.

use serde_json::{Value, json};

use super::{Convs, advance, control, create, data, go, place};
use crate::support::App;

async fn stub(app: &App, stubs: Value) {
    control(app, "PUT", "/_standin/outbound", &json!({ "stubs": stubs })).await;
}

fn call(url: &str, more: &Value) -> Value {
    let mut call = json!({ "type": "api", "method": "GET", "url": url, "format": "", "extra": {}, "extra_type": {},
                           "send_sys": false, "err_node_id": "x" });
    call.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    call
}

/// `S→A(call)→F`, errors to `X`.
fn calling(url: &str, more: &Value) -> Value {
    json!([["s", 1, [go("a")]], ["a", 0, [call(url, more), go("f")]], ["f", 2, []], ["x", 2, []]])
}

/// A task that has run to rest.
async fn run(app: &App, data: Value) -> Value {
    control(app, "POST", "/_standin/corezoid/run", &json!({ "process": 1, "data": data })).await
}

#[tokio::test]
async fn three_statuses_are_success_and_no_other() {
    let app = Convs::new().process(1, &calling("http://x.test/", &json!({}))).app().await;
    for (status, node) in [
        (200, "f"),
        (201, "f"),
        (202, "f"),
        (203, "x"),
        (204, "x"),
        (206, "x"),
        (301, "x"),
        (304, "x"),
        (404, "x"),
        (500, "x"),
    ] {
        let headers = json!({ "Location": "http://x.test/" });
        stub(&app, json!([{ "answer": { "status": status, "headers": headers, "body": { "b": 1 } } }])).await;
        let ended = run(&app, json!({})).await;
        assert_eq!(ended["node"]["id"], node, "{status}: {ended}");
        let fault = json!([
            ended["data"]["__conveyor_api_return_type_error__"],
            ended["data"]["__conveyor_api_return_type_tag__"]
        ]);
        let expected = if node == "f" { json!([null, null]) } else { json!(["software", "api_bad_answer"]) };
        assert_eq!(fault, expected, "{status}");
    }
}

#[tokio::test]
async fn an_answer_overwrites_what_the_task_has_and_a_wrong_mapping_says_nothing() {
    let answer = json!([{ "answer": { "body": { "id": 7, "status": "new", "data": { "x": 1 } } } }]);
    let app = Convs::new().process(1, &calling("http://x.test/", &json!({}))).app().await;
    stub(&app, answer.clone()).await;
    let ended = run(&app, json!({ "id": 1, "status": "old", "kept": true })).await;
    assert_eq!(ended["data"], json!({ "id": 7, "status": "new", "kept": true, "data": { "x": 1 } }));
    let mapped = json!({ "customize_response": true, "response": { "order": "{{body.order.id}}" }, "response_type": { "order": "string" } });
    let app = Convs::new().process(1, &calling("http://x.test/", &mapped)).app().await;
    stub(&app, answer).await;
    let ended = run(&app, json!({ "id": 1 })).await;
    assert_eq!(json!([ended["node"]["id"], ended["data"]]), json!(["f", { "id": 1, "order": "" }]));
}

#[tokio::test]
async fn a_sum_outlives_its_tasks() {
    let sum = json!({ "type": "api_sum", "extra": [{ "id": "9", "name": "Total", "value": "{{n}}" }] });
    let read = json!({ "type": "set_param", "extra": { "total": "{{node[a].9}}" }, "extra_type": { "total": "number" } });
    let app = Convs::new()
        .process(1, &json!([["s", 1, [go("a")]], ["a", 0, [sum, go("f")]], ["f", 2, [], null, { "options": { "save_task": false } }]]))
        .process(2, &json!([["2s", 1, [go("2a")]], ["2a", 0, [read, go("2f")]], ["2f", 2, []]]))
        .app()
        .await;
    for n in [10, 20] {
        let ended = run(&app, json!({ "n": n })).await;
        assert_eq!(json!([ended["kept"], ended["data"]]), json!([false, { "n": n }]));
    }
    let id = create(&app, 2, "", json!({})).await;
    assert_eq!(data(&app, 2, &id).await["total"], 30);
}

/// The cluster of sheet corezoid/engine 2.5 around a call of nothing; `first` is looked at before it sorts.
fn cluster(first: &[Value]) -> Value {
    let is = |param: &str, value: &str| json!({ "param": format!("__conveyor_api_return_{param}__"), "fun": "eq", "const": value, "cast": "string" });
    let to = |to: &str, conditions: Value| json!({ "type": "go_if_const", "to_node_id": to, "conditions": conditions });
    let mut sort = first.to_vec();
    sort.push(to("d", json!([is("type_error", "hardware")])));
    sort.push(to("d", json!([is("type_error", "software"), is("type_tag", "api_bad_answer")])));
    sort.push(go("e"));
    json!([
        ["s", 1, [go("a")]],
        ["a", 0, [call("", &json!({})), go("f")]],
        ["x", 3, sort],
        ["d", 0, [], [{ "type": "time", "value": 30, "dimension": "sec", "to_node_id": "a" }]],
        ["f", 2, []],
        ["e", 2, []]
    ])
}

#[tokio::test]
async fn an_empty_url_is_retried_for_ever_by_the_cluster_of_the_seed_and_not_by_that_of_the_editor() {
    let app = Convs::new().process(1, &cluster(&[])).app().await;
    let id = create(&app, 1, "", json!({})).await;
    for _ in 0..60 {
        assert_eq!(place(&app, 1, &id).await, "d delayed");
        advance(&app, "30s").await;
    }
    assert_eq!(data(&app, 1, &id).await["__conveyor_api_return_description__"], "no_scheme");
    let no_scheme = json!({ "type": "go_if_const", "to_node_id": "e", "conditions": [
        { "param": "__conveyor_api_return_description__", "fun": "eq", "const": "no_scheme", "cast": "string" } ] });
    let app = Convs::new().process(1, &cluster(&[no_scheme])).app().await;
    let id = create(&app, 1, "", json!({})).await;
    assert_eq!(place(&app, 1, &id).await, "e processed");
}

#[tokio::test]
async fn a_placeholder_inside_a_fun_is_an_error() {
    let set = json!({ "type": "set_param", "extra": { "b": "$.map(fun(Item) -> Item * {{n}} end, {{a}})" }, "extra_type": { "b": "array" }, "err_node_id": "x" });
    let app = Convs::new()
        .process(1, &json!([["s", 1, [go("a")]], ["a", 0, [set, go("f")]], ["f", 2, []], ["x", 2, []]]))
        .app()
        .await;
    let ended = run(&app, json!({ "a": [1, 2], "n": 2 })).await;
    assert_eq!(json!([ended["node"]["id"], ended["data"]["b"]]), json!(["x", null]), "{ended}");
}

#[tokio::test]
async fn an_escalation_node_runs_like_any_other() {
    let set = json!({ "type": "set_param", "extra": { "b": "1" }, "extra_type": { "b": "string" } });
    let yes = json!({ "type": "go_if_const", "to_node_id": "c", "conditions": [{ "param": "b", "fun": "eq", "const": "1", "cast": "string" }] });
    let app = Convs::new()
        .process(
            1,
            &json!([
                ["s", 1, [go("a")]],
                ["a", 3, [set, yes, go("x")]],
                ["c", 3, [go("f")]],
                ["f", 2, []],
                ["x", 2, []]
            ]),
        )
        .app()
        .await;
    let ended = run(&app, json!({})).await;
    assert_eq!(json!([ended["node"]["id"], ended["data"]]), json!(["f", { "b": "1" }]));
}
