//! Bad input: whatever a process does, it is bounded, its tasks tell what happened, and others go on (issue of the engine:
//! "bounded, reported, others unharmed").

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use standin::{ClockStart, EngineOptions, Settings};

use super::{Convs, advance, control, count, create, data, go, nodes, place};
use crate::support::{App, NOW, builder, seed};

/// A server whose tasks are cut off early. Process 99 is the one that must go on.
async fn app(convs: Convs) -> App {
    app_of(convs, 500).await
}

async fn app_of(convs: Convs, burst: u32) -> App {
    let engine = EngineOptions { hops: 300, burst, code_millis: 100, ..EngineOptions::default() };
    let settings = Settings { engine, clock: ClockStart::Frozen(Some(NOW)), ..Settings::default() };
    let convs = convs.process(99, &json!([["99s", 1, [go("99f")]], ["99f", 2, []]]));
    App::of(builder().settings(settings).seed(seed(convs.document()))).await
}

/// Others are unharmed.
async fn others_go_on(app: &App) {
    let task = create(app, 99, "", json!({ "a": 1 })).await;
    assert_eq!(place(app, 99, &task).await, "99f processed");
}

fn copy(conv: i64) -> Value {
    json!({ "type": "api_copy", "mode": "create", "conv_id": conv, "ref": "", "data": {}, "data_type": {}, "group": "all" })
}

fn is(param: &str, fun: &str, value: &str, to: &str) -> Value {
    json!({ "type": "go_if_const", "to_node_id": to, "conditions": [
        { "param": param, "fun": fun, "const": value, "cast": "string" } ] })
}

async fn tasks(app: &App) -> Vec<Value> {
    let state = app.state().await;
    let convs = state["corezoid"]["convs"].as_array().unwrap();
    convs.iter().flat_map(|conv| conv["tasks"].as_array().cloned().unwrap_or_default()).collect()
}

#[tokio::test]
async fn rings_of_processes_end() {
    let call = |conv: i64| json!({ "type": "api_rpc", "conv_id": conv, "extra": {}, "extra_type": {}, "group": "all" });
    let ring = |prefix: &str, logic: Value| {
        let id = |name: &str| format!("{prefix}{name}");
        json!([[id("s"), 1, [go(&id("a"))]], [id("a"), 0, [logic, go(&id("f"))]], [id("f"), 2, []]])
    };
    let app = app(Convs::new()
        .process(1, &ring("1", copy(2)))
        .process(2, &ring("2", copy(1)))
        .process(3, &ring("3", call(4)))
        .process(4, &ring("4", call(3))))
    .await;
    create(&app, 1, "1", json!({})).await;
    let made = tasks(&app).await;
    assert_eq!(made.len(), 151, "two nodes a task, 300 in all, and the one that was stopped");
    assert_eq!(made.iter().filter(|task| task["status"] == "processing").count(), 1);
    others_go_on(&app).await;
    let first = create(&app, 3, "1", json!({})).await;
    assert_eq!(place(&app, 3, &first).await, "3a delayed", "it waits for a reply that never comes");
    assert!(tasks(&app).await.len() < 500);
    others_go_on(&app).await;
}

#[tokio::test]
async fn tasks_that_change_each_other_for_ever_are_stopped() {
    let change = |conv: i64| {
        json!({ "type": "api_copy", "mode": "modify", "conv_id": conv, "ref": "r", "data": { "n": "1" },
        "data_type": { "n": "number" }, "group": "", "is_sync": false })
    };
    let ring = |prefix: &str, other: i64| {
        let id = |name: &str| format!("{prefix}{name}");
        json!([
            [id("s"), 1, [go(&id("w"))]],
            [id("w"), 0, [{ "type": "api_callback" }, go(&id("m"))]],
            [id("m"), 0, [change(other), go(&id("w"))]]
        ])
    };
    let app = app(Convs::new().process(1, &ring("1", 2)).process(2, &ring("2", 1))).await;
    create(&app, 1, "r", json!({})).await;
    create(&app, 2, "r", json!({})).await;
    let op = json!({ "type": "modify", "obj": "task", "conv_id": 1, "ref": "r", "data": {} });
    assert_eq!(app.key().op(op).await["proc"], "ok");
    let stopped = tasks(&app).await.iter().filter(|task| task["status"] == "processing").count();
    assert_eq!(stopped, 1, "{:?}", tasks(&app).await);
    others_go_on(&app).await;
}

#[tokio::test]
async fn a_fork_bomb_burns_out() {
    // A script in each task lets the runner rest in between: that does not help it.
    let code = json!({ "type": "api_code", "lang": "js", "src": "" });
    let dropped = json!({ "options": { "save_task": false } });
    let bomb =
        json!([["s", 1, [go("c")]], ["c", 0, [code, copy(1), copy(1), go("f")]], ["f", 2, [], [], dropped]]);
    let app = app_of(Convs::new().process(1, &bomb), 100).await;
    create(&app, 1, "", json!({})).await;
    // What is too long for one request goes on after it.
    let mut looks = 0;
    while !tasks(&app).await.is_empty() {
        looks += 1;
        assert!(looks < 100_000, "it burns on");
        tokio::task::yield_now().await;
    }
    let made = count(&app, 1, "f").await;
    assert_eq!(
        made,
        127 + 100,
        "six generations that nobody counts (two nodes each, 12 hops), and 100 tasks more"
    );
    others_go_on(&app).await;
}

#[tokio::test]
async fn scripts_that_loop_or_eat_memory_are_errors_of_their_task() {
    let script = |prefix: &str, source: &str| {
        let id = |name: &str| format!("{prefix}{name}");
        let logic = json!({ "type": "api_code", "lang": "js", "src": source, "err_node_id": id("e") });
        json!([
            [id("s"), 1, [go(&id("a"))]],
            [id("a"), 0, [logic, go(&id("f"))]],
            [id("f"), 2, []],
            [id("e"), 2, []]
        ])
    };
    let sources = [
        "for (;;) {}",
        "const all = []; for (;;) all.push(new Array(100000).fill(1));",
        "let s = 'x'; for (;;) s += s;",
        "(function f() { f(); })()",
        "let o = {}; for (let i = 0; i < 1000; i++) o = { o }; data.o = o;",
        "data.big = 'x'.repeat(128000)",
        "/^(a+)+$/.test('a'.repeat(40) + '!')",
    ];
    let convs = (1..).zip(sources).fold(Convs::new(), |convs, (id, source): (i64, _)| {
        convs.process(id, &script(&id.to_string(), source))
    });
    let app = app(convs).await;
    for (id, source) in (1..).zip(sources) {
        let task = create(&app, id, "", json!({ "kept": 1 })).await;
        assert_eq!(place(&app, id, &task).await, format!("{id}e processed"), "{source}");
        let left = data(&app, id, &task).await;
        assert_eq!(left["kept"], 1, "{source}");
        let tag = left["__conveyor_code_return_type_tag__"].as_str().unwrap();
        assert!(tag.starts_with("code_"), "{source}: {tag}");
    }
    others_go_on(&app).await;
}

#[tokio::test]
async fn data_that_grows_is_stopped_at_its_limit() {
    let twice = json!({ "type": "set_param", "extra": { "a": "{{a}}{{a}}" }, "extra_type": { "a": "string" }, "err_node_id": "e" });
    let huge = json!({ "type": "set_param", "extra": { "a": "{{a}}".repeat(1000) }, "extra_type": { "a": "string" }, "err_node_id": "2e" });
    let mut more = copy(99);
    more["data"] = json!({ "b": "{{a}}" });
    more["data_type"] = json!({ "b": "string" });
    more["err_node_id"] = json!("3e");
    let app = app(Convs::new()
        .process(1, &json!([["s", 1, [go("a")]], ["a", 0, [twice, go("a")]], ["e", 2, []]]))
        .process(2, &json!([["2s", 1, [go("2a")]], ["2a", 0, [huge, go("2a")]], ["2e", 2, []]]))
        .process(
            3,
            &json!([["3s", 1, [go("3a")]], ["3a", 0, [more, go("3f")]], ["3f", 2, []], ["3e", 2, []]]),
        ))
    .await;
    for (conv, size, end, tag) in [
        (1, 10, "e", "__conveyor_set_param_return_type_tag__"),
        (2, 100_000, "2e", "__conveyor_set_param_return_type_tag__"),
        (3, 70_000, "3e", "__conveyor_copy_task_return_type_tag__"),
    ] {
        let task = create(&app, conv, "", json!({ "a": "x".repeat(size) })).await;
        assert_eq!(place(&app, conv, &task).await, format!("{end} processed"));
        let left = data(&app, conv, &task).await;
        assert!(left[tag].is_string(), "{conv}: no {tag}");
        assert!(left.to_string().len() < 129_000, "{conv}");
    }
    let task = create(&app, 3, "", json!({ "a": "x".repeat(60_000) })).await;
    assert_eq!(place(&app, 3, &task).await, "3f processed", "just below the limit");
    others_go_on(&app).await;
}

#[tokio::test]
async fn a_process_of_ten_thousand_nodes_runs() {
    const NODES: usize = 9_999;
    let chain = (0..NODES).map(|n| match n {
        0 => json!(["n0", 1, [go("n1")]]),
        _ if n == NODES - 1 => json!([format!("n{n}"), 2, []]),
        _ => json!([format!("n{n}"), 0, [go(&format!("n{}", n + 1))]]),
    });
    let app = Convs::new().process(1, &chain.collect::<Value>()).app().await;
    let task = create(&app, 1, "", json!({})).await;
    assert_eq!(place(&app, 1, &task).await, format!("n{} processed", NODES - 1));
    let trace = control(&app, "GET", &format!("/_standin/corezoid/tasks/{task}/trace"), &json!(null)).await;
    assert_eq!(trace["trace"].as_array().unwrap().len(), NODES);
}

#[tokio::test]
async fn a_regexp_that_explodes_does_not_match() {
    let app = app(Convs::new().process(
        1,
        &json!([
            ["s", 1, [go("c")]],
            ["c", 0, [is("p", "regexp", "^(a+)+$", "a"), is("p", "regexp", "(?=(a+)+b)c", "a"), go("b")]],
            ["a", 2, []],
            ["b", 2, []]
        ]),
    ))
    .await;
    let task = create(&app, 1, "", json!({ "p": format!("{}!", "a".repeat(10_000)) })).await;
    assert_eq!(place(&app, 1, &task).await, "b processed");
    others_go_on(&app).await;
}

#[tokio::test]
async fn json_nested_a_thousand_deep_is_refused() {
    let hash = "a".repeat(40);
    let app = app(Convs::new().with(json!({ "id": 1, "title": "P1", "hash": hash,
        "nodes": nodes(&json!([["s", 1, [go("f")]], ["f", 2, []]])) })))
    .await;
    let deep = format!("{}{}", "{\"a\":".repeat(1000), "1") + &"}".repeat(1000);
    let package = format!(r#"{{"ops":[{{"type":"create","obj":"task","conv_id":1,"data":{deep}}}]}}"#);
    let path = app.key().signed("json", package.as_bytes());
    for (path, body) in [
        (path.as_str(), package.as_str()),
        (&format!("/api/1/json/public/1/{hash}"), deep.as_str()),
        ("/_standin/corezoid/run", &format!(r#"{{"process":1,"data":{deep}}}"#)),
    ] {
        let request = Request::post(path).header("content-type", "application/json");
        let answer = app.send(request.body(Body::from(body.to_owned())).unwrap()).await;
        assert!(answer.status() < 500, "{}", answer.print());
        assert!(!answer.text().contains(r#""proc":"ok","obj":"task""#), "{}", answer.print());
    }
    assert_eq!(tasks(&app).await.len(), 0);
    others_go_on(&app).await;
}

#[tokio::test]
async fn a_timer_that_is_always_due_is_stopped_as_a_loop() {
    let again =
        |to: &str| json!([{ "type": "time", "value": "{{t}}", "dimension": "sec", "to_node_id": to }]);
    let app = app(Convs::new()
        .process(1, &json!([["s", 1, [go("d")]], ["d", 0, [], again("d")]]))
        .process(2, &json!([["2s", 1, [go("2d")]], ["2d", 0, [], again("2e")], ["2e", 0, [], again("2d")]])))
    .await;
    for (conv, node) in [(1, "d"), (2, "2d")] {
        let task = create(&app, conv, "", json!({ "t": 1 })).await;
        advance(&app, "1s").await;
        let found = place(&app, conv, &task).await;
        assert!(found.ends_with(" processing"), "{node}: {found}");
        advance(&app, "1d").await;
        assert_eq!(place(&app, conv, &task).await, found);
    }
    others_go_on(&app).await;
}

#[tokio::test]
async fn a_link_to_nowhere_is_told_in_the_trace() {
    let app = app(Convs::new().process(1, &json!([["s", 1, [go("{{to}}")]], ["f", 2, []]]))).await;
    let task = create(&app, 1, "", json!({ "to": "gone" })).await;
    assert_eq!(place(&app, 1, &task).await, "s delayed");
    let trace = control(&app, "GET", &format!("/_standin/corezoid/tasks/{task}/trace"), &json!(null)).await;
    assert!(trace["trace"].to_string().contains("\"gone\""), "{trace}");
    let there = create(&app, 1, "", json!({ "to": "f" })).await;
    assert_eq!(place(&app, 1, &there).await, "f processed");
}

#[tokio::test]
async fn processes_are_deleted_and_redeployed_under_waiting_tasks() {
    let api = json!({ "type": "api", "method": "GET", "url": "http://slow.test/", "format": "", "extra": {}, "extra_type": {},
                      "send_sys": false, "err_node_id": "f" });
    let late = json!([{ "type": "time", "value": 60, "dimension": "sec", "to_node_id": "f" }]);
    let to = |node: &str| is("to", "eq", node, node);
    let app = app(Convs::new().process(
        1,
        &json!([
            ["s", 1, [go("r")]],
            ["r", 0, [to("w"), to("d"), to("a"), go("f")]],
            ["w", 0, [{ "type": "api_callback" }, go("f")]],
            ["d", 0, [], late],
            ["a", 0, [api, go("f")]],
            ["f", 2, []]
        ]),
    ))
    .await;
    let stubs =
        json!({ "stubs": [{ "url": "http://slow.test/", "answer": { "body": {} }, "delay": 60_000 }] });
    control(&app, "PUT", "/_standin/outbound", &stubs).await;
    let mut made = Vec::new();
    for node in ["w", "d", "a"] {
        made.push(create(&app, 1, node, json!({ "to": node })).await);
    }
    // In the trash nothing moves.
    let conv = |verb: &str| json!({ "type": verb, "obj": "conv", "obj_id": 1 });
    assert_eq!(app.key().op(conv("delete")).await["proc"], "ok");
    advance(&app, "30s").await;
    others_go_on(&app).await;
    assert_eq!(app.key().op(conv("restore")).await["proc"], "ok");
    let op = json!({ "type": "modify", "obj": "conv", "obj_id": 1, "status": "active" });
    assert_eq!(app.key().op(op).await["proc"], "ok");
    assert_eq!(place(&app, 1, &made[1]).await, "d delayed");
    // A deploy takes the nodes away in which tasks wait for a timer and for an answer.
    let start = json!({ "type": "modify", "obj": "node", "conv_id": 1, "obj_id": "r", "obj_type": 0, "version": 9,
                        "logics": [to("w"), go("f")] });
    let answer = app.key().op(start).await;
    assert_eq!(answer["proc"], "ok", "{answer}");
    for node in ["d", "a"] {
        let op = json!({ "type": "delete", "obj": "node", "conv_id": 1, "obj_id": node, "version": 9 });
        assert_eq!(app.key().op(op).await["proc"], "ok");
    }
    let deployed =
        app.key().op(json!({ "type": "confirm", "obj": "commit", "conv_id": 1, "version": 9 })).await;
    assert_eq!(deployed["proc"], "ok", "{deployed}");
    advance(&app, "60s").await;
    assert_eq!(place(&app, 1, &made[1]).await, "not found task");
    assert_eq!(place(&app, 1, &made[2]).await, "not found task");
    let op = json!({ "type": "modify", "obj": "task", "conv_id": 1, "ref": "w", "data": {} });
    assert_eq!(app.key().op(op).await["proc"], "ok");
    assert_eq!(place(&app, 1, &made[0]).await, "f processed");
    // A process that is gone for good takes its tasks along; whoever hands over to it is told.
    create(&app, 1, "w", json!({ "to": "w" })).await;
    assert_eq!(app.key().op(conv("delete")).await["proc"], "ok");
    assert_eq!(app.key().op(conv("destroy")).await["proc"], "ok");
    advance(&app, "1d").await;
    others_go_on(&app).await;
}
