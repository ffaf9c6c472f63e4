//! The life of a task: made, moved, waiting, ended.

use serde_json::json;

use super::{Convs, advance, control, count, create, data, go, place, show};
use crate::support::{App, builder, seed};

#[tokio::test]
async fn a_task_runs_to_its_end_before_anybody_looks() {
    let app = Convs::new()
        .process(
            1,
            &json!([
                ["s", 1, [go("set")]],
                ["set", 0, [
                    { "type": "set_param", "extra": { "sum": "$.math({{a}}+1)" }, "extra_type": { "sum": "number" } },
                    go("if"),
                ]],
                ["if", 0, [
                    { "type": "go_if_const", "to_node_id": "big", "conditions": [
                        { "param": "sum", "const": "10", "fun": "more", "cast": "number" },
                    ] },
                    go("small"),
                ]],
                ["big", 2, []],
                ["small", 2, [], [], { "options": { "save_task": false } }],
            ]),
        )
        .app()
        .await;
    let one = create(&app, 1, "r", json!({ "a": 10 })).await;
    assert_eq!(place(&app, 1, &one).await, "big processed");
    assert_eq!(data(&app, 1, &one).await, json!({ "a": 10, "sum": 11 }));
    // The reference is free again, and a final that keeps nothing still counts.
    let other = create(&app, 1, "r", json!({ "a": 1 })).await;
    assert_eq!(place(&app, 1, &other).await, "not found task");
    assert_eq!(count(&app, 1, "small").await, 1);
    assert_eq!(count(&app, 1, "big").await, 1);
}

#[tokio::test]
async fn a_task_waits_for_days_and_for_nobody() {
    let app = Convs::new()
        .process(
            1,
            &json!([
                ["s", 1, [go("d")]],
                ["d", 0, [], [{ "type": "time", "value": 3, "dimension": "day", "to_node_id": "cb" }]],
                ["cb", 0, [{ "type": "api_callback" }, go("f")],
                    [{ "type": "time", "value": 86400, "dimension": "sec", "to_node_id": "late" }]],
                ["f", 2, []],
                ["late", 2, []],
            ]),
        )
        .app()
        .await;
    let (one, two) = (create(&app, 1, "1", json!({})).await, create(&app, 1, "2", json!({})).await);
    assert_eq!(place(&app, 1, &one).await, "d delayed");
    advance(&app, "2d").await;
    assert_eq!(place(&app, 1, &one).await, "d delayed");
    advance(&app, "1d").await;
    assert_eq!(place(&app, 1, &one).await, "cb delayed");
    let change =
        json!({ "type": "modify", "obj": "task", "conv_id": 1, "ref": "1", "data": { "came": true } });
    assert_eq!(app.key().op(change).await["proc"], "ok");
    assert_eq!(place(&app, 1, &one).await, "f processed");
    assert_eq!(data(&app, 1, &one).await, json!({ "came": true }));
    advance(&app, "10d").await;
    assert_eq!(place(&app, 1, &two).await, "late processed");
    // It left at the moment its timer fired, not when the clock came to rest.
    let task = show(&app, 1, &two).await;
    assert_eq!(
        task["change_time"].as_i64().unwrap() - task["create_time"].as_i64().unwrap(),
        4 * 24 * 60 * 60
    );
}

#[tokio::test]
async fn a_change_during_a_call_does_not_lose_its_answer() {
    let api = json!({ "type": "api", "method": "GET", "url": "http://slow.test/", "format": "", "extra": {},
                      "extra_type": {}, "send_sys": false, "err_node_id": "f" });
    let app = Convs::new()
        .process(1, &json!([["s", 1, [go("a")]], ["a", 0, [api, go("f")]], ["f", 2, []]]))
        .app()
        .await;
    let stubs = json!({ "stubs": [{ "url": "http://slow.test/", "answer": { "body": { "b": 2 } }, "delay": 10_000 }] });
    control(&app, "PUT", "/_standin/outbound", &stubs).await;
    let task = create(&app, 1, "r", json!({})).await;
    advance(&app, "5s").await;
    let op = json!({ "type": "modify", "obj": "task", "conv_id": 1, "ref": "r", "data": { "a": 1 } });
    assert_eq!(app.key().op(op).await["proc"], "ok");
    let shown = show(&app, 1, &task).await;
    assert_eq!(
        json!([shown["node_id"], shown["status"], shown["data"]]),
        json!(["a", "processing", { "a": 1 }])
    );
    assert_eq!(shown["change_time"].as_i64().unwrap() - shown["create_time"].as_i64().unwrap(), 5);
    // What the other server says comes last, and wins where both wrote.
    let op = json!({ "type": "modify", "obj": "task", "conv_id": 1, "ref": "r", "data": { "b": 1 } });
    assert_eq!(app.key().op(op).await["proc"], "ok");
    advance(&app, "5s").await;
    assert_eq!(place(&app, 1, &task).await, "f processed");
    assert_eq!(data(&app, 1, &task).await, json!({ "a": 1, "b": 2 }));
}

#[tokio::test]
async fn a_server_that_does_not_answer_holds_up_its_own_task_only() {
    // It takes connections and says nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    let api = json!({ "type": "api", "method": "GET", "url": url, "format": "", "extra": {}, "extra_type": {},
                      "send_sys": false, "err_node_id": "f" });
    let code = json!({ "type": "api_code", "lang": "js", "src": "data.ran = true" });
    let convs = Convs::new()
        .process(1, &json!([["s", 1, [go("a")]], ["a", 0, [api, go("f")]], ["f", 2, []]]))
        .process(2, &json!([["2s", 1, [go("2a")]], ["2a", 0, [code, go("2f")]], ["2f", 2, []]]));
    let builder = builder().outbound("loopback".parse().unwrap()).seed(seed(convs.document()));
    let app = App::of(builder).await;
    let op = |conv: i64| json!({ "type": "create", "obj": "task", "conv_id": conv, "data": {} });
    let made = app.key().ops(json!([op(1), op(2)])).await.json();
    let other = made["ops"][1]["obj_id"].as_str().unwrap();
    assert_eq!(place(&app, 1, made["ops"][0]["obj_id"].as_str().unwrap()).await, "a processing");
    assert_eq!(place(&app, 2, other).await, "2f processed");
}
