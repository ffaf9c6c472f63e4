//! The life of a task: made, moved, waiting, ended.

use serde_json::json;

use super::{Convs, advance, count, create, data, go, place, show};

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
