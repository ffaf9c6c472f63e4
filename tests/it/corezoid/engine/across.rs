//! Tasks that make, change, call, read and take each other (sheet corezoid/engine 3.5, 4.2, 7).

use serde_json::{Value, json};

use super::{Convs, advance, count, create, data, go, place};

fn set(key: &str, value: &str, kind: &str) -> Value {
    json!({ "type": "set_param", "extra": { key: value }, "extra_type": { key: kind }, "err_node_id": "e" })
}

#[tokio::test]
async fn a_call_waits_for_the_reply_and_a_reply_for_nobody() {
    let call = json!({ "type": "api_rpc", "conv_id": 2, "extra": { "n": "{{n}}" }, "extra_type": { "n": "number" },
                       "group": "", "err_node_id": "e" });
    let reply = json!({ "type": "api_rpc_reply", "mode": "key_value", "res_data": { "twice": "$.math({{n}}*2)" },
                        "res_data_type": { "twice": "number" } });
    let throw = json!({ "type": "api_rpc_reply", "res_data": { "n": "{{n}}" }, "res_data_type": { "n": "number" },
                        "throw_exception": true, "exception_reason": "too big" });
    let big = json!({ "type": "go_if_const", "to_node_id": "2t", "conditions": [
        { "param": "n", "const": "10", "fun": "more", "cast": "number" } ] });
    let app = Convs::new()
        .process(1, &json!([["s", 1, [go("c")]], ["c", 0, [call, go("f")]], ["f", 2, []], ["e", 2, []]]))
        .process(
            2,
            &json!([
                ["2s", 1, [go("2i")]],
                ["2i", 0, [big, go("2d")]],
                ["2d", 0, [], [{ "type": "time", "value": 60, "dimension": "sec", "to_node_id": "2r" }]],
                ["2r", 0, [reply, go("2f")]],
                ["2t", 0, [throw, go("2f")]],
                ["2f", 2, []],
            ]),
        )
        .app()
        .await;
    let one = create(&app, 1, "1", json!({ "n": 4, "own": true })).await;
    assert_eq!(place(&app, 1, &one).await, "c delayed");
    advance(&app, "1m").await;
    assert_eq!(place(&app, 1, &one).await, "f processed");
    assert_eq!(data(&app, 1, &one).await, json!({ "n": 4, "own": true, "twice": 8 }));
    let two = create(&app, 1, "2", json!({ "n": 11 })).await;
    assert_eq!(place(&app, 1, &two).await, "e processed");
    assert_eq!(data(&app, 1, &two).await["__conveyor_rpc_return_type_tag__"], "rpc_reply_exception");
    // The called process is called by nobody: it replies to nobody and goes on.
    let alone = create(&app, 2, "3", json!({ "n": 11 })).await;
    assert_eq!(place(&app, 2, &alone).await, "2f processed");
}

#[tokio::test]
async fn a_copy_starts_a_task_and_a_modify_wakes_one() {
    let copy = json!({ "type": "api_copy", "mode": "create", "conv_id": 2, "ref": "{{to}}", "data": { "x": "{{n}}" },
                       "data_type": { "x": "number" }, "group": "", "err_node_id": "e" });
    let modify = json!({ "type": "api_copy", "mode": "modify", "conv_id": 2, "ref": "{{to}}", "data": { "y": "1" },
                         "data_type": { "y": "number" }, "group": "", "is_sync": true, "err_node_id": "e3" });
    let app = Convs::new()
        .process(1, &json!([["s", 1, [go("c")]], ["c", 0, [copy, go("f")]], ["f", 2, []], ["e", 2, []]]))
        .process(
            3,
            &json!([["3s", 1, [go("3m")]], ["3m", 0, [modify, go("3f")]], ["3f", 2, []], ["e3", 2, []]]),
        )
        .process(
            2,
            &json!([
                ["2s", 1, [go("2w")]],
                ["2w", 0, [{ "type": "api_callback", "is_sync": true }, go("2f")]],
                ["2f", 2, []],
            ]),
        )
        .app()
        .await;
    let one = create(&app, 1, "1", json!({ "to": "r", "n": 7 })).await;
    assert_eq!(
        data(&app, 1, &one).await,
        json!({ "to": "r", "n": 7, "__conveyor_copy_task_result__": "ok" })
    );
    let made = app.key().op(json!({ "type": "show", "obj": "task", "conv_id": 2, "ref": "r" })).await;
    assert_eq!(
        (&made["node_id"], &made["data"]),
        (
            &json!("2w"),
            &json!({ "x": 7, "__copy_conv_id__": 1, "__copy_node_id__": "c", "__copy_ref_id__": "1" })
        )
    );
    let again = create(&app, 1, "2", json!({ "to": "r", "n": 8 })).await;
    assert_eq!(place(&app, 1, &again).await, "e processed");
    assert_eq!(data(&app, 1, &again).await["__conveyor_copy_task_return_type_tag__"], "not_unical_ref");
    create(&app, 3, "3", json!({ "to": "r" })).await;
    let id = made["obj_id"].as_str().unwrap();
    assert_eq!(place(&app, 2, id).await, "2f processed");
    assert_eq!(data(&app, 2, id).await["y"], 1);
    // Nobody is there any more.
    let late = create(&app, 3, "4", json!({ "to": "r" })).await;
    let found = data(&app, 3, &late).await;
    assert_eq!(found["__conveyor_copy_task_return_type_tag__"], "not_found_task", "{found}");
}

#[tokio::test]
async fn tasks_are_taken_from_a_queue_and_counted_in_sums() {
    let take = |order: &str| {
        json!({ "type": "api_get_task", "conv_id": 2, "node_id": "2q", "order_by": order,
                "err_node_id": "e" })
    };
    let sum = json!({ "type": "api_sum", "extra": [{ "id": "total", "name": "Total", "value": "{{n}}" }] });
    let app = Convs::new()
        .process(1, &json!([["s", 1, [go("t")]], ["t", 0, [take("ASC"), go("f")]], ["f", 2, []], ["e", 2, []]]))
        .process(
            2,
            &json!([
                ["2s", 1, [go("2sum")]],
                ["2sum", 0, [sum, go("2q")]],
                ["2q", 0, [{ "type": "api_queue", "data": { "extra": "yes" }, "data_type": { "extra": "string" } }, go("2f")]],
                ["2f", 2, []],
            ]),
        )
        .process(
            3,
            &json!([
                ["3s", 1, [go("3r")]],
                ["3r", 0, [
                    { "type": "set_param",
                      "extra": { "waiting": "{{conv[2].node[2q].count}}", "total": "{{node[2sum].total}}" },
                      "extra_type": { "waiting": "number", "total": "number" } },
                    go("3f"),
                ]],
                ["3f", 2, []],
            ]),
        )
        .app()
        .await;
    let first = create(&app, 2, "a", json!({ "n": 2.5 })).await;
    create(&app, 2, "b", json!({ "n": 2 })).await;
    let seen = create(&app, 3, "c", json!({})).await;
    assert_eq!(data(&app, 3, &seen).await, json!({ "waiting": 2, "total": 4.5 }));
    let taker = create(&app, 1, "d", json!({})).await;
    assert_eq!(
        data(&app, 1, &taker).await,
        json!({ "__queue_task_id__": first, "__queue_task_data__": { "n": 2.5, "extra": "yes" } })
    );
    assert_eq!(place(&app, 2, &first).await, "2f processed");
    assert_eq!(data(&app, 2, &first).await, json!({ "n": 2.5 }));
    create(&app, 1, "e", json!({})).await;
    let empty = create(&app, 1, "f", json!({})).await;
    assert_eq!(place(&app, 1, &empty).await, "e processed");
    assert_eq!(data(&app, 1, &empty).await["__conveyor_get_task_return_description__"], "not_found_task");
}

#[tokio::test]
async fn a_state_diagram_is_changed_and_read() {
    let level = |to: &str, least: &str| {
        json!({ "type": "go_if_const", "to_node_id": to, "conditions": [
            { "param": "level", "const": least, "fun": "more", "cast": "number" } ] })
    };
    let app = Convs::new()
        .diagram(
            2,
            &json!([
                ["2s", 1, [go("low")]],
                ["low", 0, [{ "type": "api_callback" }, level("high", "10"), go("low")]],
                ["high", 0, [{ "type": "api_callback" }, go("high")]],
            ]),
        )
        .process(
            1,
            &json!([
                ["s", 1, [go("r")]],
                ["r", 0, [set("seen", "{{conv[2].ref[card].level}}", "number"), go("f")]],
                ["f", 2, []],
                ["e", 2, []],
            ]),
        )
        .app()
        .await;
    let card = create(&app, 2, "card", json!({ "level": 20 })).await;
    // Conditions are not looked at when it comes in.
    assert_eq!(place(&app, 2, &card).await, "low delayed");
    let modify = |level: i64| json!({ "type": "modify", "obj": "task", "conv_id": 2, "ref": "card", "data": { "level": level } });
    app.key().op(modify(5)).await;
    assert_eq!(place(&app, 2, &card).await, "low delayed");
    app.key().op(modify(15)).await;
    assert_eq!(place(&app, 2, &card).await, "high delayed");
    let reader = create(&app, 1, "1", json!({})).await;
    assert_eq!(data(&app, 1, &reader).await, json!({ "seen": 15 }));
}

#[tokio::test]
async fn a_crowd_is_told_of_once_and_again_when_it_has_gone() {
    let app = Convs::new()
        .process(
            1,
            &json!([
                ["s", 1, [go("w")]],
                ["w", 0, [{ "type": "api_callback" }, go("f")], [{ "type": "count", "value": 2, "esc_node_id": "alert" }]],
                ["alert", 0, [go("told")]],
                ["told", 2, []],
                ["f", 2, []],
            ]),
        )
        .app()
        .await;
    for reference in ["a", "b", "c"] {
        create(&app, 1, reference, json!({})).await;
    }
    assert_eq!(count(&app, 1, "told").await, 1);
    for reference in ["a", "b", "c"] {
        let op =
            json!({ "type": "modify", "obj": "task", "conv_id": 1, "ref": reference, "data": { "go": 1 } });
        app.key().op(op).await;
    }
    let op = json!({ "type": "list", "obj": "node", "conv_id": 1, "obj_id": "told", "limit": 10 });
    let list = app.key().op(op).await;
    let told: Vec<(&Value, &Value)> =
        list["list"].as_array().unwrap().iter().map(|task| (&task["ref"], &task["data"])).collect();
    assert_eq!(
        told,
        [(&Value::Null, &json!({ "start": "true" })), (&Value::Null, &json!({ "start": "false" }))]
    );
}

#[tokio::test]
async fn a_ring_of_copies_ends() {
    let copy = json!({ "type": "api_copy", "mode": "create", "conv_id": 1, "ref": "", "data": {}, "data_type": {},
                       "group": "all", "err_node_id": "e" });
    let app = Convs::new()
        .process(1, &json!([["s", 1, [go("c")]], ["c", 0, [copy, go("f")]], ["f", 2, [], [], { "options": { "save_task": false } }], ["e", 2, []]]))
        .app()
        .await;
    create(&app, 1, "1", json!({})).await;
    // Two nodes a task, 10,000 in all; the last one does not leave its start.
    // What is too long for one request goes on after it.
    while count(&app, 1, "f").await.as_i64().unwrap() < 5000 {
        tokio::task::yield_now().await;
    }
    assert_eq!(count(&app, 1, "f").await, 5000);
    let stopped = app
        .key()
        .op(json!({ "type": "list", "obj": "node", "conv_id": 1, "obj_id": "s", "limit": 10 }))
        .await;
    assert_eq!((&stopped["count"], &stopped["count_processing"]), (&json!(1), &json!(1)), "{stopped}");
}
