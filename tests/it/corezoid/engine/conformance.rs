//! The conformance cases of sheet corezoid/engine 10 that need a server around the engine. `cases.txt` says which test
//! holds which case.

use axum::http::Request;
use serde_json::{Value, json};

use super::{Convs, advance, control, count, create, data, go, place, show};
use crate::support::App;

/// `S→F`, ids with a prefix.
fn straight(prefix: &str) -> Value {
    json!([[format!("{prefix}s"), 1, [go(&format!("{prefix}f"))]], [format!("{prefix}f"), 2, []]])
}

/// `S→Delay→F`.
fn delayed(prefix: &str, value: &Value, unit: &str) -> Value {
    let (delay, end) = (format!("{prefix}d"), format!("{prefix}f"));
    let timer = json!([{ "type": "time", "value": value, "dimension": unit, "to_node_id": end }]);
    json!([[format!("{prefix}s"), 1, [go(&delay)]], [delay, 0, [], timer], [end, 2, []]])
}

/// `S→A(logic)→F`, errors to `E`.
fn one(prefix: &str, mut logic: Value) -> Value {
    let id = |name: &str| format!("{prefix}{name}");
    logic["err_node_id"] = json!(id("e"));
    json!([
        [id("s"), 1, [go(&id("a"))]],
        [id("a"), 0, [logic, go(&id("f"))]],
        [id("f"), 2, []],
        [id("e"), 2, []]
    ])
}

/// The answer to the making of a task.
async fn make(app: &App, conv: i64, reference: Value, data: Value) -> Value {
    let op = json!({ "type": "create", "obj": "task", "conv_id": conv, "ref": reference, "data": data });
    app.key().op(op).await
}

async fn set_status(app: &App, conv: i64, status: &str) {
    let op = json!({ "type": "modify", "obj": "conv", "obj_id": conv, "status": status });
    assert_eq!(app.key().op(op).await["proc"], "ok");
}

async fn modify(app: &App, conv: i64, key: &str, value: &str, data: Value) {
    let mut op = json!({ "type": "modify", "obj": "task", "conv_id": conv, "data": data });
    op[key] = json!(value);
    assert_eq!(app.key().op(op).await["proc"], "ok");
}

#[tokio::test]
async fn cases_1_to_5_a_task_and_its_reference() {
    let app = Convs::new()
        .process(1, &straight("1"))
        .process(2, &delayed("2", &json!(30), "sec"))
        .process(3, &delayed("3", &json!(30), "sec"))
        .app()
        .await;
    // case 1
    let task = create(&app, 1, "r1", json!({ "a": 1 })).await;
    let shown = show(&app, 1, &task).await;
    assert_eq!(
        json!([shown["node_id"], shown["node_prev_id"], shown["status"], shown["data"]]),
        json!(["1f", "1s", "processed", { "a": 1 }])
    );
    for (case, source, conv, reference, refused) in [
        (2, "D:copy, D api/v2/tasks", 2, json!("r1"), None),
        (2, "D:copy, D api/v2/tasks", 2, json!("r1"), Some("not unical reference")),
        (3, "N:03, O", 1, json!("r1"), None),
        (4, "N:03, O", 3, json!("r1"), None),
        (5, "D api/v2/tasks", 2, Value::Null, None),
        (5, "D api/v2/tasks", 2, Value::Null, None),
    ] {
        let answer = make(&app, conv, reference.clone(), json!({})).await;
        let text = answer["description"].as_str();
        assert_eq!(text, refused, "case {case} ({source}): {answer}");
        if refused.is_none() {
            assert_eq!(answer["ref"], reference, "case {case} ({source})");
        }
    }
}

#[tokio::test]
async fn cases_6_7_8_and_10_who_takes_a_task() {
    let app = Convs::new()
        .process(1, &straight("1"))
        .process(2, &json!([["2s", 1, [go("2f")]], ["2f", 2, [], [], { "options": { "save_task": false } }]]))
        .with(json!({ "id": 3, "title": "Never deployed" }))
        .app()
        .await;
    set_status(&app, 1, "paused").await;
    let refused = make(&app, 1, json!("r"), json!({})).await;
    let told = (&refused["proc"], &refused["description"]);
    let paused = (&json!("conveyor_is_not_active"), &json!("conveyor is not active"));
    assert_eq!(told, paused, "case 6 (C-live lifecycle)");
    set_status(&app, 1, "active").await;
    let task = create(&app, 1, "r", json!({})).await;
    assert_eq!(place(&app, 1, &task).await, "1f processed", "case 6 (C-live lifecycle)");

    let task = create(&app, 2, "r", json!({})).await;
    assert_eq!(place(&app, 2, &task).await, "not found task", "case 7 (N:04)");
    assert_eq!(count(&app, 2, "2f").await, 1, "case 7 (N:04)");
    let op = json!({ "type": "list", "obj": "node", "conv_id": 2, "obj_id": "2f", "limit": 10 });
    assert_eq!(app.key().op(op).await["list"], json!([]), "case 7 (N:04)");

    let refused = make(&app, 3, json!("r"), json!({})).await;
    let text = refused["description"].as_str().unwrap();
    assert!(text.starts_with("not_found_main_node"), "case 8 (REL 2018): {text}");

    for (bytes, taken) in [(128_000, true), (128_001, false)] {
        let answer =
            make(&app, 1, Value::Null, json!({ "a": "x".repeat(bytes - r#"{"a":""}"#.len()) })).await;
        assert_eq!(answer["proc"] == "ok", taken, "case 10 (D, O): {}", answer["description"]);
        if !taken {
            let text = answer["description"].as_str().unwrap();
            assert!(
                text.starts_with("Your task size: 128001 bytes, Max available task size: 128000 bytes"),
                "{text}"
            );
        }
    }
}

#[tokio::test]
async fn case_9_declared_parameters_hold_for_copies_too() {
    let copy = json!({ "type": "api_copy", "mode": "create", "conv_id": 2, "ref": "", "data": { "b": "1" },
                       "data_type": { "b": "string" }, "group": "" });
    let age = json!([{ "name": "age", "type": "number", "descr": "", "flags": ["required", "input"], "regex": "",
                       "regex_error_text": "" }]);
    let app = Convs::new()
        .process(1, &one("1", copy))
        .with(json!({ "id": 2, "title": "P2", "params": age, "nodes": super::nodes(&straight("2")) }))
        .app()
        .await;
    let task = create(&app, 1, "r", json!({})).await;
    assert_eq!(place(&app, 1, &task).await, "1e processed", "case 9 (D:copy, REL 04.10.2018)");
    let left = data(&app, 1, &task).await;
    assert_eq!(left["__conveyor_copy_task_return_type_tag__"], "wrong_validate_params");
    assert_eq!(left["__conveyor_copy_task_return_description__"], "Param: age, Error: Key 'age' is required");
    assert_eq!(count(&app, 2, "2f").await, 0);
}

#[tokio::test]
async fn case_89_calls_of_one_node_wait_for_a_free_thread() {
    let api = json!({ "type": "api", "method": "GET", "url": "http://slow.test/", "format": "", "extra": {},
                      "extra_type": {}, "send_sys": false, "max_threads": 1 });
    let app = Convs::new().process(1, &one("1", api)).app().await;
    let stubs =
        json!({ "stubs": [{ "url": "http://slow.test/", "answer": { "body": {} }, "delay": 10_000 }] });
    control(&app, "PUT", "/_standin/outbound", &stubs).await;
    let (first, second) = (create(&app, 1, "1", json!({})).await, create(&app, 1, "2", json!({})).await);
    for (seconds, places) in [
        ("9s", ["1a processing", "1a processing"]),
        ("1s", ["1f processed", "1a processing"]),
        ("9s", ["1f processed", "1a processing"]),
        ("1s", ["1f processed", "1f processed"]),
    ] {
        advance(&app, seconds).await;
        let found = [place(&app, 1, &first).await, place(&app, 1, &second).await];
        assert_eq!(found, places, "case 89 (D api/README)");
    }
}

#[tokio::test]
async fn case_106_a_process_of_another_company_is_out_of_reach() {
    let call = json!({ "type": "api_rpc", "conv_id": 2, "extra": {}, "extra_type": {}, "group": "all" });
    let convs = json!([
        { "id": 1, "title": "P1", "nodes": super::nodes(&one("1", call)) },
        { "id": 2, "title": "P2", "company": "i000000002", "nodes": super::nodes(&straight("2")) },
    ]);
    let document = json!({ "standin": 1, "corezoid": {
        "companies": [{ "id": "i000000002", "title": "Other" }], "convs": convs } });
    let app = App::of(crate::support::builder().seed(crate::support::seed(document))).await;
    let task = create(&app, 1, "r", json!({})).await;
    assert_eq!(place(&app, 1, &task).await, "1e processed", "case 106 (D logic_rpc)");
    let left = data(&app, 1, &task).await;
    assert_eq!(left["__conveyor_copy_task_result__"], "access_denied", "case 106 (D logic_rpc): {left}");
}

#[tokio::test]
async fn case_119_a_second_change_at_once_is_tried_again() {
    let change = json!({ "type": "api_copy", "mode": "modify", "conv_id": 2, "ref": "t", "data": { "n": "{{n}}" },
                         "data_type": { "n": "number" }, "group": "", "is_sync": true, "err_node_id": "x" });
    let busy = json!({ "type": "go_if_const", "to_node_id": "d", "conditions": [
        { "param": "__conveyor_copy_task_return_type_tag__", "fun": "eq", "const": "duplicate_callback", "cast": "string" } ] });
    let retry = json!([{ "type": "time", "value": 30, "dimension": "sec", "to_node_id": "m" }]);
    let app = Convs::new()
        .process(
            1,
            &json!([
                ["s", 1, [go("m")]],
                ["m", 0, [change, go("f")]],
                ["x", 3, [busy, go("e")]],
                ["d", 0, [], retry],
                ["f", 2, []],
                ["e", 2, []]
            ]),
        )
        .process(
            2,
            &json!([
                ["2s", 1, [go("2w")]],
                ["2w", 0, [{ "type": "api_callback", "is_sync": true }, go("2v")]],
                ["2v", 0, [{ "type": "api_callback", "is_sync": true }, go("2f")]],
                ["2f", 2, []]
            ]),
        )
        .app()
        .await;
    let target = create(&app, 2, "t", json!({})).await;
    let op = |n: i64| json!({ "type": "create", "obj": "task", "conv_id": 1, "ref": n.to_string(), "data": { "n": n } });
    let made = app.key().ops(json!([op(1), op(2)])).await.json();
    let (one, two) = (made["ops"][0]["obj_id"].as_str().unwrap(), made["ops"][1]["obj_id"].as_str().unwrap());
    let found = [place(&app, 1, one).await, place(&app, 1, two).await, place(&app, 2, &target).await];
    assert_eq!(found, ["f processed", "d delayed", "2v delayed"], "case 119 (D modify)");
    assert_eq!(data(&app, 2, &target).await["n"], 1, "case 119 (D modify)");
    advance(&app, "30s").await;
    let found = [place(&app, 1, two).await, place(&app, 2, &target).await];
    assert_eq!(found, ["f processed", "2f processed"], "case 119 (D modify)");
    assert_eq!(data(&app, 1, two).await["__conveyor_copy_task_result__"], "ok");
    assert_eq!(data(&app, 2, &target).await["n"], 2);
}

/// `S→Callback(600 s→N)→F`, and a second callback beside it.
fn waiting(is_sync: bool) -> Value {
    let wait = |path: &str| json!({ "type": "api_callback", "is_sync": is_sync, "obj_id_path": path });
    let url = json!({ "type": "set_param", "extra": { "url": "{{node[other].public_callback_corezoid}}" },
                      "extra_type": { "url": "string" } });
    let timer = json!([{ "type": "time", "value": 600, "dimension": "sec", "to_node_id": "n" }]);
    json!([
        ["s", 1, [go("u")]],
        ["u", 0, [url, go("w")]],
        ["w", 0, [wait("pay.id"), go("f")], timer],
        ["other", 0, [wait("pay.id"), go("f")]],
        ["f", 2, []],
        ["n", 2, []]
    ])
}

/// Posts to the callback URL of a node for a task.
async fn post(app: &App, url: &Value, body: Value) -> Value {
    let path = url.as_str().unwrap().trim_start_matches("http://portal.test");
    let request = Request::post(path).body(body.to_string().into()).unwrap();
    app.send(request).await.json()["ops"][0].clone()
}

#[tokio::test]
async fn cases_120_to_124_what_releases_a_callback() {
    let app = Convs::new().process(1, &waiting(true)).app().await;
    let id = create(&app, 1, "0", json!({ "a": 1 })).await;
    let url = data(&app, 1, &id).await["url"].clone();
    let at = async |task: &str| place(&app, 1, task).await;
    advance(&app, "100s").await;
    modify(&app, 1, "ref", "0", json!({ "b": 2 })).await;
    assert_eq!(at(&id).await, "f processed", "case 120 (D-old:api_callback)");
    let merged = data(&app, 1, &id).await;
    assert_eq!((&merged["a"], &merged["b"]), (&json!(1), &json!(2)), "case 120 (D-old:api_callback)");

    let id = create(&app, 1, "1", json!({})).await;
    advance(&app, "599s").await;
    assert_eq!(at(&id).await, "w delayed", "case 121 (D-old:api_callback)");
    advance(&app, "1s").await;
    assert_eq!(at(&id).await, "n processed", "case 121 (D-old:api_callback)");

    let id = create(&app, 1, "2", json!({})).await;
    modify(&app, 1, "obj_id", &id, json!({})).await;
    assert_eq!(at(&id).await, "f processed", "case 122 (D:callback)");

    // The URL that any task of the process knows serves them all: what is posted names the one that is meant.
    let id = create(&app, 1, "3", json!({})).await;
    let at_w = json!(url.as_str().unwrap().replace("/other/", "/w/"));
    let answer = post(&app, &at_w, json!({ "pay": { "id": id } })).await;
    assert_eq!((&answer["proc"], &answer["obj_id"]), (&json!("ok"), &json!(id)), "case 123 (D:callback)");
    assert_eq!(at(&id).await, "f processed", "case 123 (D:callback)");
    assert_eq!(data(&app, 1, &id).await["pay"], json!({ "id": id }), "case 123 (D:callback)");

    let id = create(&app, 1, "4", json!({})).await;
    let answer = post(&app, &url, json!({ "pay": { "id": id } })).await;
    let told = (&answer["proc"], &answer["description"]);
    let refused = (&json!("error"), &json!("task_not_in_current_sync_callback_node"));
    assert_eq!(told, refused, "case 124 (D:callback)");
    assert_eq!(at(&id).await, "w delayed", "case 124 (D:callback)");

    let app = Convs::new().process(1, &waiting(false)).app().await;
    let id = create(&app, 1, "4", json!({})).await;
    let url = data(&app, 1, &id).await["url"].clone();
    let answer = post(&app, &url, json!({ "pay": { "id": id } })).await;
    assert_eq!(answer["proc"], "ok", "case 124 (D:callback): {answer}");
}

#[tokio::test]
async fn case_131_a_queue_tells_of_its_length_once() {
    let count_of_two = json!([{ "type": "count", "value": 2, "esc_node_id": "al" }]);
    let app = Convs::new()
        .process(
            1,
            &json!([
                ["s", 1, [go("q")]],
                ["q", 0, [{ "type": "api_queue", "data": {}, "data_type": {} }, go("f")], count_of_two],
                ["al", 2, []],
                ["f", 2, []]
            ]),
        )
        .process(
            2,
            &one("2", json!({ "type": "api_get_task", "conv_id": 1, "node_id": "q", "order_by": "ASC" })),
        )
        .app()
        .await;
    let signals = async || {
        let op = json!({ "type": "list", "obj": "node", "conv_id": 1, "obj_id": "al", "limit": 10 });
        let list = app.key().op(op).await["list"].clone();
        let told: Vec<Value> =
            list.as_array().unwrap().iter().map(|task| json!([task["ref"], task["data"]["start"]])).collect();
        json!(told)
    };
    let (over, under) = (json!([null, "true"]), json!([null, "false"]));
    for (conv, reference, told) in [
        (1, "1", json!([])),
        (1, "2", json!([over])),
        (1, "3", json!([over])),
        (2, "4", json!([over])),
        (2, "5", json!([over, under])),
        (2, "6", json!([over, under])),
        (1, "7", json!([over, under])),
        (1, "8", json!([over, under, over])),
    ] {
        create(&app, conv, reference, json!({})).await;
        assert_eq!(signals().await, told, "case 131 (D:timer, O), task {reference}");
    }
}
