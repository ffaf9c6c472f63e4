//! What tasks have passed: histories, counts, counters (sheet corezoid/api 2.6).

use std::fmt::Write as _;

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{App, NOW, builder, seed};

/// Process 1, under debug, where a new task stands still: two tasks went from start to final, at 08:10 and 08:50 of a day, and one was made at 08:59:59.5; 2 is in the trash.
fn document() -> Value {
    let went = |id: &str, from: &str, to: &str| {
        json!({ "id": id, "node": "final", "prev_node": "start", "ref": id,
                "create_time": format!("2026-02-12T{from}Z"), "change_time": format!("2026-02-12T{to}Z") })
    };
    json!({ "standin": 1, "corezoid": { "convs": [
        { "id": 1, "title": "P", "status": "debug", "nodes": [
            { "id": "final", "live": { "obj_type": 2, "title": "Final" } },
            { "id": "start", "live": { "obj_type": 1, "title": "Start", "logics": [{ "type": "go", "to_node_id": "final" }] } },
            { "id": "new", "draft": { "version": 3, "node": { "obj_type": 0 } } },
        ], "tasks": [
            went("one", "07:30:00", "08:10:00"),
            went("two", "08:20:00", "08:50:00"),
            { "id": "three", "node": "start", "create_time": "2026-02-12T08:59:59.500Z" },
        ] },
        { "id": 2, "title": "P", "status": "deleted", "nodes": [{ "id": "gone", "live": { "obj_type": 2 } }],
          "tasks": [{ "id": "four", "node": "gone" }] },
    ] } })
}

async fn app() -> App {
    App::of(builder().seed(seed(document()))).await
}

async fn told(app: &App, ops: impl IntoIterator<Item = Value>) -> String {
    let mut text = String::new();
    for op in ops {
        let answer = app.key().op(op.clone()).await;
        write!(text, "{op}\n{answer}\n\n").unwrap();
    }
    text
}

#[tokio::test]
async fn a_history_begins_where_the_task_was_made() {
    let app = app().await;
    let op = json!({ "type": "create", "obj": "task", "conv_id": 1, "ref": "r", "data": { "a": 1 } });
    let made = app.key().op(op).await;
    let history = |fields: Value| {
        let mut op = json!({ "type": "list", "obj": "task_history", "conv_id": 1 });
        op.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        op
    };
    let text = told(
        &app,
        [
            history(json!({ "obj_id": made["obj_id"] })),
            history(json!({ "obj_id": "one" })),
            history(json!({ "obj_id": "one", "limit": "1" })),
            history(json!({ "obj_id": "one", "limit": 5, "offset": 1 })),
            history(json!({ "obj_id": "nobody" })),
            history(json!({ "obj_id": "four" })),
            history(json!({ "obj_id": "one", "conv_id": 2 })),
            history(json!({ "obj_id": "one", "conv_id": 77 })),
            history(json!({})),
            history(json!({ "obj_id": "one", "limit": 101 })),
            history(json!({ "obj_id": "one", "offset": -1 })),
            json!({ "type": "list", "obj": "task_history", "obj_id": "one" }),
        ],
    )
    .await;
    assert_snapshot!(text);
}

fn stat(fields: &Value) -> Value {
    let mut op = json!({ "type": "show", "obj": "stat", "conv_id": 1, "start": NOW.seconds() - 86_400, "end": NOW.seconds(),
                         "interval": "hour", "group": "time", "node_id": "final" });
    op.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    op
}

#[tokio::test]
async fn tasks_are_counted_by_node_and_time() {
    let app = app().await;
    let text = told(
        &app,
        [
            stat(&json!({})),
            stat(&json!({ "node_id": "start" })),
            stat(&json!({ "node_id": "start", "interval": "minute" })),
            stat(&json!({ "node_id": "start", "interval": "day" })),
            stat(&json!({ "timezone_offset": -330 })),
            stat(&json!({ "timezone_offset": -180, "timestamp": true })),
            stat(&json!({ "start": NOW.seconds() - 600, "end": NOW.seconds() - 600 })),
            stat(&json!({ "start": NOW.seconds() - 599 })),
            stat(&json!({ "group": "all", "node_id": null })),
            stat(&json!({ "group": "all", "node_id": null, "node_ids": ["final", "nobody"], "dashboard_id": 7 })),
            stat(&json!({ "group": "all" })),
        ],
    )
    .await;
    assert_snapshot!(text);
}

#[tokio::test]
async fn what_cannot_be_counted_is_refused() {
    let app = app().await;
    let text = told(
        &app,
        [
            stat(&json!({ "node_id": null })),
            stat(&json!({ "node_id": "nobody" })),
            stat(&json!({ "node_id": "new" })),
            stat(&json!({ "conv_id": 2, "node_id": "gone" })),
            stat(&json!({ "conv_id": null })),
            stat(&json!({ "start": null })),
            stat(&json!({ "end": null })),
            stat(&json!({ "end": NOW.seconds() - 90_000 })),
            stat(&json!({ "interval": "week" })),
            stat(&json!({ "group": "node" })),
            stat(&json!({ "node_ids": "final" })),
        ],
    )
    .await;
    assert_snapshot!(text);
}

#[tokio::test]
async fn the_counter_of_a_final_node_starts_over() {
    let app = app().await;
    let node = |verb: &str, id: &str| json!({ "type": verb, "obj": "node", "conv_id": 1, "obj_id": id });
    let mut list = node("list", "final");
    list["limit"] = json!(1);
    let text = told(
        &app,
        [
            node("show", "final"),
            node("reset", "final"),
            node("show", "final"),
            // What it has counted is still there.
            list,
            node("reset", "start"),
            node("show", "start"),
            node("reset", "nobody"),
            json!({ "type": "reset", "obj": "node", "conv_id": 2, "obj_id": "gone" }),
            json!({ "type": "reset", "obj": "node", "conv_id": 1 }),
        ],
    )
    .await;
    assert_snapshot!(text);
    let state = app.state().await;
    assert_eq!(state["corezoid"]["convs"][0]["nodes"][0]["uncounted"], 2);
    let conv = app.key().op(json!({ "type": "list", "obj": "conv", "obj_id": 1 })).await;
    let counts: Vec<&Value> = conv["list"].as_array().unwrap().iter().map(|node| &node["count"]).collect();
    assert_eq!(counts, [0, 1]);
    assert_eq!(app.anonymous().put("/_standin/state", state.clone()).await.status(), 204);
    assert_eq!(app.state().await, state);
}

#[tokio::test]
async fn a_process_names_the_one_that_takes_its_errors() {
    let app = app().await;
    let create = |escalation: Value| {
        json!({ "type": "create", "obj": "conv", "title": "Q", "conv_type": "process", "create_mode": "without_nodes",
                "escalation_conv": escalation })
    };
    let escalation = json!({ "type": "create", "obj": "conv", "title": "E", "conv_type": "escalation" });
    let taker = app.key().op(escalation).await["obj_id"].clone();
    for (named, listed) in [
        (taker.clone(), json!(taker.to_string())),
        (json!(taker.to_string()), json!(taker.to_string())),
        (Value::Null, json!("undefined")),
    ] {
        let made = app.key().op(create(named)).await;
        let conv = app.key().op(json!({ "type": "list", "obj": "conv", "obj_id": made["obj_id"] })).await;
        assert_eq!(conv["escalation_conv"], listed);
    }
    let gone = json!({ "proc": "obj_id_not_found", "obj": "conv", "obj_id": taker, "description": format!("Object conv with id {taker} does not exist") });
    let modify = json!({ "type": "modify", "obj": "conv", "obj_id": 1, "escalation_conv": taker });
    for verb in ["delete", "destroy"] {
        assert_eq!(app.key().op(json!({ "type": verb, "obj": "conv", "obj_id": taker })).await["proc"], "ok");
        for op in [create(taker.clone()), modify.clone()] {
            let mut refused = app.key().op(op).await;
            refused.as_object_mut().unwrap().remove("id");
            assert_eq!(refused, gone, "after {verb}");
        }
    }
    let refused = app.key().op(create(json!("x"))).await;
    assert_eq!(refused["key"], "escalation_conv");
}

#[tokio::test]
async fn the_tasks_of_a_node_are_downloaded_as_a_file() {
    let app = app().await;
    for data in [json!({ "a": "x,y", "b": 1 }), json!({ "c": { "d": [null] }, "a": "\"" })] {
        let op = json!({ "type": "create", "obj": "task", "conv_id": 1, "ref": data["b"], "data": data });
        assert_eq!(app.key().op(op).await["proc"], "ok");
    }
    let mut text = String::new();
    for op in [
        json!({ "obj": "node", "obj_id": "start", "conv_id": 1, "select": "custom", "offset": 1, "limit": 5, "format": "csv",
                "extra_columns": ["ref", "status", "user_id", "create_time", "change_time", "node_prev_id"] }),
        json!({ "obj": "node", "type": "download", "obj_id": "final", "conv_id": "1", "extra_columns": ["task_id"],
                "limit": 1 }),
        json!({ "obj": "node", "obj_id": "final", "conv_id": 1, "select": "lastHour", "extra_columns": ["task_id"] }),
        json!({ "obj": "node", "obj_id": "final", "conv_id": 1, "select": "last10minute", "extra_columns": ["task_id"] }),
        json!({ "obj": "node", "obj_id": "final", "conv_id": 1, "select": "previous_hour", "extra_columns": ["task_id"] }),
        json!({ "obj": "node", "obj_id": "final", "conv_id": 1, "select": "fromTo", "start": NOW.seconds() - 3000,
                "end": NOW.seconds() - 600, "extra_columns": ["task_id"] }),
    ] {
        let answer = app.key().package("download", &json!({ "ops": [op] }).to_string()).await;
        let url = answer.json()["ops"][0]["download_url"].as_str().unwrap().to_owned();
        let file = app.anonymous().get(url.trim_start_matches("http://portal.test")).await;
        write!(text, "{op}\n{}\n{}\n\n", answer.text(), file.print()).unwrap();
    }
    for op in [
        json!({ "obj": "node", "obj_id": "nobody", "conv_id": 1 }),
        json!({ "obj": "node", "obj_id": "gone", "conv_id": 2 }),
        json!({ "obj": "node", "conv_id": 1 }),
        json!({ "obj": "node", "obj_id": "final" }),
        json!({ "obj": "node", "obj_id": "final", "conv_id": 1, "format": "xml" }),
        json!({ "obj": "node", "obj_id": "final", "conv_id": 1, "limit": 0 }),
        json!({ "obj": "node", "obj_id": "final", "conv_id": 1, "select": "ever" }),
        json!({ "obj": "node", "obj_id": "final", "conv_id": 1, "extra_columns": ["secret"] }),
    ] {
        let answer = app.key().package("download", &json!({ "ops": [op] }).to_string()).await;
        write!(text, "{op}\n{}\n\n", answer.text()).unwrap();
    }
    // A word of the download URL only.
    let other =
        app.key().op(json!({ "type": "download", "obj": "node", "obj_id": "final", "conv_id": 1 })).await;
    write!(text, "on /json\n{other}").unwrap();
    assert_snapshot!(text);
}
