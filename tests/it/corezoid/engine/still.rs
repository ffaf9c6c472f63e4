//! Tasks whose process stands still, is taken away, or is changed under their feet: what comes for them meanwhile.

use serde_json::{Value, json};

use super::{Convs, advance, control, create, data, go, place, show};
use crate::support::{App, builder, seed};

async fn done(app: &App, op: Value) -> Value {
    let answer = app.key().op(op).await;
    assert_eq!(answer["proc"], "ok", "{answer}");
    answer
}

async fn set_status(app: &App, conv: i64, status: &str) {
    done(app, json!({ "type": "modify", "obj": "conv", "obj_id": conv, "status": status })).await;
}

async fn modify(app: &App, conv: i64, id: &str, data: Value) {
    done(app, json!({ "type": "modify", "obj": "task", "conv_id": conv, "obj_id": id, "data": data })).await;
}

/// Seconds from the making of a task to its last change.
async fn age(app: &App, conv: i64, id: &str) -> i64 {
    let task = show(app, conv, id).await;
    task["change_time"].as_i64().unwrap() - task["create_time"].as_i64().unwrap()
}

/// `S→A(logic)→F`, ids with a prefix.
fn one(prefix: &str, logic: &Value) -> Value {
    let id = |name: &str| format!("{prefix}{name}");
    json!([[id("s"), 1, [go(&id("a"))]], [id("a"), 0, [logic, go(&id("f"))]], [id("f"), 2, []]])
}

/// `S→D(timer)→F`, ids with a prefix.
fn delayed(prefix: &str, seconds: i64) -> Value {
    let id = |name: &str| format!("{prefix}{name}");
    let timer = json!([{ "type": "time", "value": seconds, "dimension": "sec", "to_node_id": id("f") }]);
    json!([[id("s"), 1, [go(&id("d"))]], [id("d"), 0, [], timer], [id("f"), 2, []]])
}

fn callback() -> Value {
    json!({ "type": "api_callback", "is_sync": true })
}

fn slow_call() -> Value {
    json!({ "type": "api", "method": "GET", "url": "http://slow.test/", "format": "", "extra": {}, "extra_type": {},
            "send_sys": false })
}

/// The other server answers after ten seconds.
async fn answer_slowly(app: &App) {
    let stub = json!({ "url": "http://slow.test/", "answer": { "body": { "order": 7 } }, "delay": 10_000 });
    control(app, "PUT", "/_standin/outbound", &json!({ "stubs": [stub] })).await;
}

fn rpc(conv: i64) -> Value {
    json!({ "type": "api_rpc", "conv_id": conv, "group": "all", "extra": {}, "extra_type": {} })
}

/// `2s→2w(callback)→2r(reply)→2f`.
fn callee() -> Value {
    let reply = json!({ "type": "api_rpc_reply", "mode": "key_value", "res_data": { "r": "{{r}}" }, "res_data_type": { "r": "number" } });
    json!([
        ["2s", 1, [go("2w")]],
        ["2w", 0, [callback(), go("2r")]],
        ["2r", 0, [reply, go("2f")]],
        ["2f", 2, []]
    ])
}

/// The only task in a node.
async fn task_in(app: &App, conv: i64, node: &str) -> String {
    let list =
        done(app, json!({ "type": "list", "obj": "node", "conv_id": conv, "obj_id": node, "limit": 10 }))
            .await;
    let tasks = list["list"].as_array().unwrap();
    assert_eq!(tasks.len(), 1, "{list}");
    tasks[0]["obj_id"].as_str().or(tasks[0]["task_id"].as_str()).unwrap().to_owned()
}

#[tokio::test]
async fn an_answer_for_a_task_of_a_paused_process_is_kept_until_it_goes_on() {
    let app = Convs::new().process(1, &one("", &slow_call())).app().await;
    answer_slowly(&app).await;
    let id = create(&app, 1, "", json!({})).await;
    set_status(&app, 1, "paused").await;
    advance(&app, "1m").await;
    assert_eq!(place(&app, 1, &id).await, "a processing");
    assert_eq!(data(&app, 1, &id).await, json!({}));
    // It is kept with the task, also in documents: nobody asks the other server again.
    let state = app.state().await;
    let again = App::of(builder().seed(seed(state.clone()))).await;
    assert_eq!(again.state().await["corezoid"], state["corezoid"]);
    // The other server's clock begins anew.
    for (app, seconds) in [(&app, 120), (&again, 60)] {
        modify(app, 1, &id, json!({ "note": "meanwhile" })).await;
        assert_eq!(place(app, 1, &id).await, "a processing");
        advance(app, "1m").await;
        set_status(app, 1, "active").await;
        assert_eq!(place(app, 1, &id).await, "f processed");
        assert_eq!(data(app, 1, &id).await, json!({ "note": "meanwhile", "order": 7 }));
        assert_eq!(age(app, 1, &id).await, seconds, "it moves when its process goes on");
    }
    let calls = control(&again, "GET", "/_standin/outbound/calls", &json!(null)).await;
    assert_eq!(calls["calls"].as_array().map(Vec::len), Some(0), "{calls}");
}

#[tokio::test]
async fn with_the_option_tasks_of_a_paused_process_go_on() {
    let engine = standin::EngineOptions { runs_paused: true, ..standin::EngineOptions::default() };
    let settings = standin::Settings {
        engine,
        clock: standin::ClockStart::Frozen(Some(crate::support::NOW)),
        ..standin::Settings::default()
    };
    let document = Convs::new().process(1, &one("", &slow_call())).document();
    let app = App::of(builder().settings(settings).seed(seed(document))).await;
    answer_slowly(&app).await;
    let id = create(&app, 1, "", json!({})).await;
    set_status(&app, 1, "paused").await;
    advance(&app, "10s").await;
    assert_eq!(place(&app, 1, &id).await, "f processed");
    let id = create_refused(&app).await;
    assert_eq!(id, "conveyor_is_not_active");
}

async fn create_refused(app: &App) -> Value {
    app.key().op(json!({ "type": "create", "obj": "task", "conv_id": 1, "data": {} })).await["proc"].clone()
}

#[tokio::test]
async fn a_change_a_reply_and_a_timer_wait_for_their_process_too() {
    let app = Convs::new()
        .process(1, &one("", &rpc(2)))
        .process(2, &callee())
        .process(3, &one("3", &callback()))
        .process(4, &delayed("4", 60))
        .app()
        .await;
    let caller = create(&app, 1, "", json!({ "a": 1 })).await;
    let waiter = create(&app, 3, "", json!({})).await;
    let sleeper = create(&app, 4, "", json!({})).await;
    for status in ["paused", "blocked"] {
        for conv in [1, 3, 4] {
            set_status(&app, conv, status).await;
        }
        assert_eq!(create_refused(&app).await, "conveyor_is_not_active", "{status}");
    }
    let called = task_in(&app, 2, "2w").await;
    modify(&app, 2, &called, json!({ "r": 5 })).await;
    assert_eq!(place(&app, 2, &called).await, "2f processed");
    modify(&app, 3, &waiter, json!({ "b": 2 })).await;
    assert_eq!(data(&app, 3, &waiter).await, json!({ "b": 2 }));
    advance(&app, "1h").await;
    assert_eq!(place(&app, 1, &caller).await, "a delayed");
    assert_eq!(place(&app, 3, &waiter).await, "3a delayed");
    assert_eq!(place(&app, 4, &sleeper).await, "4d delayed");
    for conv in [1, 3, 4] {
        set_status(&app, conv, "active").await;
    }
    assert_eq!(place(&app, 1, &caller).await, "f processed");
    assert_eq!(data(&app, 1, &caller).await, json!({ "a": 1, "r": 5 }));
    assert_eq!(place(&app, 3, &waiter).await, "3f processed");
    assert_eq!(place(&app, 4, &sleeper).await, "4f processed");
    assert_eq!(age(&app, 4, &sleeper).await, 3600, "it moves when its process goes on");
}

#[tokio::test]
async fn tasks_of_a_process_in_the_trash_sleep_and_go_on_once_it_is_active_again() {
    let app = Convs::new().process(1, &delayed("", 60)).process(2, &one("2", &slow_call())).app().await;
    answer_slowly(&app).await;
    let sleeper = create(&app, 1, "", json!({})).await;
    let asker = create(&app, 2, "", json!({})).await;
    for conv in [1, 2] {
        done(&app, json!({ "type": "delete", "obj": "conv", "obj_id": conv })).await;
    }
    advance(&app, "1h").await;
    for conv in [1, 2] {
        done(&app, json!({ "type": "restore", "obj": "conv", "obj_id": conv })).await;
    }
    assert_eq!(place(&app, 1, &sleeper).await, "d delayed", "what comes out of the trash is paused");
    assert_eq!(place(&app, 2, &asker).await, "2a processing");
    for conv in [1, 2] {
        set_status(&app, conv, "active").await;
    }
    assert_eq!(place(&app, 1, &sleeper).await, "f processed");
    assert_eq!(place(&app, 2, &asker).await, "2f processed");
    assert_eq!(data(&app, 2, &asker).await["order"], 7);
}

#[tokio::test]
async fn tasks_sleep_while_a_folder_above_them_is_in_the_trash() {
    let folder = json!({ "id": 5, "title": "Orders" });
    let mut conv = json!({ "id": 1, "title": "P1", "folder": 5 });
    conv["nodes"] = super::nodes(&delayed("", 60));
    let document = json!({ "standin": 1, "corezoid": { "folders": [folder], "convs": [conv] } });
    let app = App::of(builder().seed(seed(document))).await;
    let id = create(&app, 1, "", json!({})).await;
    done(&app, json!({ "type": "delete", "obj": "folder", "obj_id": 5 })).await;
    advance(&app, "1h").await;
    done(&app, json!({ "type": "restore", "obj": "folder", "obj_id": 5 })).await;
    assert_eq!(place(&app, 1, &id).await, "f processed");
}

#[tokio::test]
async fn what_comes_for_a_task_that_is_gone_is_dropped() {
    let app = Convs::new().process(1, &one("", &slow_call())).process(2, &one("2", &slow_call())).app().await;
    answer_slowly(&app).await;
    let deleted = create(&app, 1, "", json!({})).await;
    create(&app, 2, "", json!({})).await;
    done(&app, json!({ "type": "delete", "obj": "task", "conv_id": 1, "obj_id": deleted, "node_id": "a" }))
        .await;
    for verb in ["delete", "destroy"] {
        done(&app, json!({ "type": verb, "obj": "conv", "obj_id": 2 })).await;
    }
    advance(&app, "1m").await;
    assert_eq!(place(&app, 1, &deleted).await, "not found task");
    let other = create(&app, 1, "", json!({})).await;
    advance(&app, "1m").await;
    assert_eq!(place(&app, 1, &other).await, "f processed");
}

#[tokio::test]
async fn a_caller_waits_on_when_its_callee_is_taken_away() {
    let mut call = rpc(2);
    call["err_node_id"] = json!("e");
    let rows = json!([
        ["s", 1, [go("a")]],
        ["a", 0, [call, go("f")], [{ "type": "time", "value": 7200, "dimension": "sec", "to_node_id": "e" }]],
        ["f", 2, []],
        ["e", 2, []]
    ]);
    let app = Convs::new().process(1, &rows).process(2, &callee()).app().await;
    let caller = create(&app, 1, "", json!({})).await;
    // The process of the callee goes and comes back: its task is as it was.
    done(&app, json!({ "type": "delete", "obj": "conv", "obj_id": 2 })).await;
    advance(&app, "1h").await;
    assert_eq!(place(&app, 1, &caller).await, "a delayed");
    done(&app, json!({ "type": "restore", "obj": "conv", "obj_id": 2 })).await;
    set_status(&app, 2, "active").await;
    let called = task_in(&app, 2, "2w").await;
    modify(&app, 2, &called, json!({ "r": 5 })).await;
    assert_eq!(place(&app, 1, &caller).await, "f processed");
    // A callee that is gone never replies; only the caller's own timer moves it (sheet corezoid/engine 7.1).
    let caller = create(&app, 1, "", json!({})).await;
    let called = task_in(&app, 2, "2w").await;
    done(&app, json!({ "type": "delete", "obj": "task", "conv_id": 2, "obj_id": called, "node_id": "2w" }))
        .await;
    assert_eq!(place(&app, 1, &caller).await, "a delayed");
    advance(&app, "2h").await;
    assert_eq!(place(&app, 1, &caller).await, "e processed");
    // No process, no call.
    done(&app, json!({ "type": "delete", "obj": "conv", "obj_id": 2 })).await;
    let caller = create(&app, 1, "", json!({})).await;
    assert_eq!(place(&app, 1, &caller).await, "e processed");
    assert_eq!(data(&app, 1, &caller).await["__conveyor_rpc_return_type_tag__"], "rpc_task_fatal_error");
}

#[tokio::test]
async fn a_deploy_takes_the_tasks_of_its_nodes_along_and_leaves_the_others_where_they_are() {
    let timer = |to: &str| json!([{ "type": "time", "value": 60, "dimension": "sec", "to_node_id": to }]);
    let rows =
        json!([["s", 1, [go("d")]], ["d", 0, [], timer("x")], ["x", 0, [callback(), go("f")]], ["f", 2, []]]);
    let app = Convs::new().process(1, &rows).app().await;
    let in_x = create(&app, 1, "1", json!({})).await;
    advance(&app, "1m").await;
    let in_d = create(&app, 1, "2", json!({})).await;
    assert_eq!([place(&app, 1, &in_x).await, place(&app, 1, &in_d).await], ["x delayed", "d delayed"]);
    let change = json!({
        "type": "modify", "obj": "node", "conv_id": 1, "obj_id": "d", "obj_type": 0, "version": 9, "title": "d",
        "position": [0, 0], "extra": {}, "logics": [], "semaphors": timer("f"),
    });
    done(&app, change).await;
    done(&app, json!({ "type": "delete", "obj": "node", "conv_id": 1, "obj_id": "x", "version": 9 })).await;
    done(&app, json!({ "type": "confirm", "obj": "commit", "conv_id": 1, "version": 9 })).await;
    // sheet corezoid/engine 1.4: its tasks are deleted with a node; their references are free.
    assert_eq!(place(&app, 1, &in_x).await, "not found task");
    let new = create(&app, 1, "1", json!({})).await;
    advance(&app, "1m").await;
    assert_eq!(place(&app, 1, &new).await, "f processed");
    // The timer of a task that came before the deploy was armed for the node that is gone.
    assert_eq!(place(&app, 1, &in_d).await, "d delayed");
    let trace = control(&app, "GET", &format!("/_standin/corezoid/tasks/{in_d}/trace"), &json!(null)).await;
    let last = trace["trace"].as_array().unwrap().last().unwrap();
    assert_eq!(json!([last["step"], last["to"]]), json!(["nowhere", "x"]));
}

#[tokio::test]
async fn a_queue_that_somebody_empties_by_hand_tells_so_at_once() {
    let rows = json!([
        ["s", 1, [go("q")]],
        ["q", 0, [{ "type": "api_queue", "data": {}, "data_type": {} }, go("f")], [{ "type": "count", "value": 2, "esc_node_id": "al" }]],
        ["al", 2, []],
        ["f", 2, []]
    ]);
    let app = Convs::new().process(1, &rows).app().await;
    let signals = async || {
        let op = json!({ "type": "list", "obj": "node", "conv_id": 1, "obj_id": "al", "limit": 10 });
        let list = app.key().op(op).await["list"].clone();
        list.as_array().unwrap().iter().map(|task| task["data"]["start"].clone()).collect::<Vec<_>>()
    };
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(create(&app, 1, "", json!({})).await);
    }
    for (id, told) in ids.iter().zip([json!(["true"]), json!(["true", "false"]), json!(["true", "false"])]) {
        done(&app, json!({ "type": "delete", "obj": "task", "conv_id": 1, "obj_id": id, "node_id": "q" }))
            .await;
        assert_eq!(json!(signals().await), told);
    }
}
