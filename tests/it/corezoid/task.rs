//! Tasks at rest: made, changed, shown, listed and deleted, and what keeps them from it (sheet corezoid/api 2.6, 6). Their
//! processes are under debug, where a new task stands still in the start node.

use std::fmt::Write as _;

use axum::body::Body;
use axum::http::Request;
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{App, NOW, builder, seed};

/// Start and final under ids of their own.
fn nodes(prefix: &str) -> Value {
    json!([
        { "id": format!("{prefix}final"), "live": { "obj_type": 2, "title": "Final" } },
        { "id": format!("{prefix}start"), "live": {
            "obj_type": 1, "title": "Start", "logics": [{ "type": "go", "to_node_id": format!("{prefix}final") }],
        } },
    ])
}

/// Process 1 under debug with an ended task; 2 and 5 are under debug, too; 3 paused, 4 blocked, 6 in the trash, 7 in a folder of
/// the trash, 8 never deployed, 9 with a start that only waits.
fn document() -> Value {
    let conv = |id: i64, status: &str| json!({ "id": id, "title": "P", "status": status, "nodes": nodes(&format!("{id}-")) });
    let mut convs: Vec<Value> = [(2, "debug"), (3, "paused"), (4, "blocked"), (5, "debug"), (6, "deleted")]
        .map(|(id, status)| conv(id, status))
        .to_vec();
    convs.push(json!({ "id": 7, "title": "P", "folder": 1, "nodes": nodes("7-") }));
    convs.push(json!({ "id": 8, "title": "P" }));
    let waiting = json!({ "version": 1, "node": { "obj_type": 1 } });
    convs.push(json!({ "id": 9, "title": "P", "nodes": [{ "id": "9-start", "draft": waiting }] }));
    convs.push(json!({ "id": 1, "title": "P", "status": "debug", "nodes": nodes(""), "tasks": [
        { "id": "ended", "node": "final", "prev_node": "start", "ref": "old", "data": { "n": 1 } },
    ] }));
    json!({
        "standin": 1,
        "corezoid": { "folders": [{ "id": 1, "title": "Gone", "status": "deleted" }], "convs": convs },
    })
}

async fn app() -> App {
    App::of(builder().seed(seed(document()))).await
}

fn create(conv: i64, reference: &str) -> Value {
    json!({ "type": "create", "obj": "task", "conv_id": conv, "ref": reference, "data": { "a": 1 } })
}

fn modify(conv: i64, reference: &str, data: &Value) -> Value {
    json!({ "type": "modify", "obj": "task", "conv_id": conv, "ref": reference, "data": data })
}

fn show(conv: i64, reference: &str) -> Value {
    json!({ "type": "show", "obj": "task", "conv_id": conv, "ref": reference })
}

fn delete(conv: i64, id: &Value, node: &str) -> Value {
    json!({ "type": "delete", "obj": "task", "conv_id": conv, "obj_id": id, "node_id": node })
}

fn list(conv: i64, node: &str) -> Value {
    json!({ "type": "list", "obj": "node", "conv_id": conv, "obj_id": node, "limit": 10 })
}

/// Sends an op that must succeed.
#[track_caller]
fn ok(answer: Value) -> Value {
    assert_eq!(answer["proc"], "ok", "{answer}");
    answer
}

/// Refs of a list of tasks.
fn refs(answer: &Value) -> Vec<&str> {
    answer["list"].as_array().unwrap().iter().map(|task| task["ref"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_task_rests_in_the_start_node_and_is_shown_from_every_side() {
    let app = app().await;
    let key = app.key();
    let mut text = key
        .ops(json!([
            { "id": "1a", "type": "create", "obj": "task", "conv_id": "1", "ref": "r1", "data": { "b": 1.5, "a": { "x": [null, "я"] } } },
            { "id": 2, "type": "create", "obj": "task", "conv_id": 1, "ref": 17, "data": {}, "action": "user" },
            { "type": "create", "obj": "task", "conv_id": 1, "ref": null, "data": { "a": 1 } },
            { "type": "create", "obj": "task", "conv_id": 1, "data": { "a": 2 } },
        ]))
        .await
        .print();
    for op in [
        show(1, "r1"),
        json!({ "type": "show", "obj": "task", "conv_id": "1", "ref": 17 }),
        show(1, "old"),
        list(1, "start"),
        list(1, "final"),
        json!({ "type": "show", "obj": "node", "conv_id": 1, "obj_id": "start" }),
    ] {
        let answer = key.op(op.clone()).await;
        write!(text, "\n\n{op}\n{answer}").unwrap();
    }
    assert_snapshot!(text);
    let id = key.op(show(1, "r1")).await["obj_id"].clone();
    let by_id = key.op(json!({ "type": "show", "obj": "task", "conv_id": 1, "obj_id": id })).await;
    assert_eq!(by_id, key.op(show(1, "r1")).await);
    let conv = key.op(json!({ "type": "list", "obj": "conv", "obj_id": 1 })).await;
    let counts: Vec<(&Value, &Value)> =
        conv["list"].as_array().unwrap().iter().map(|node| (&node["obj_id"], &node["count"])).collect();
    assert_eq!(counts, [(&json!("final"), &json!(1)), (&json!("start"), &json!(4))]);
}

/// The bytes that `Corezoid('12345', 'secret', '1').create_task('r1', {'a': 1})` and then `modify_task` of the Python client
/// 0.1.1 send: v1, a time with a fraction, spaces in the JSON, no content type.
#[tokio::test]
async fn the_python_client_creates_and_modifies() {
    let app = app().await;
    let mut text = String::new();
    for (time, body) in [
        (
            "1770886800.25",
            r#"{"ops": [{"ref": "r1", "type": "create", "obj": "task", "conv_id": "1", "data": {"a": 1}}]}"#,
        ),
        (
            "1770886801.0625892",
            r#"{"ops": [{"ref": "r1", "type": "modify", "obj": "task", "conv_id": "1", "data": {"b": 2}}]}"#,
        ),
    ] {
        let path = format!("/api/1/json/12345/{time}/{}", standin::sign(time, "secret", body.as_bytes()));
        let answer = app.send(Request::post(path).body(Body::from(body)).unwrap()).await;
        write!(text, "{}\n\n", answer.print()).unwrap();
    }
    assert_snapshot!(text);
    assert_eq!(app.key().op(show(1, "r1")).await["data"], json!({ "a": 1, "b": 2 }));
}

#[tokio::test]
async fn a_refused_task_has_the_words_of_the_service_and_changes_nothing() {
    let app = app().await;
    let made = ok(app.key().op(create(1, "r1")).await);
    let before = app.state().await;
    let mut text = String::new();
    for op in [
        create(1, "r1"),
        create(3, "r1"),
        create(4, "r1"),
        create(6, "r1"),
        create(7, "r1"),
        create(77, "r1"),
        create(8, "r1"),
        create(9, "r1"),
        json!({ "type": "create", "obj": "task", "data": {} }),
        json!({ "type": "create", "obj": "task", "conv_id": "one", "data": {} }),
        json!({ "type": "create", "obj": "task", "conv_id": 1 }),
        json!({ "type": "create", "obj": "task", "conv_id": 1, "data": [1] }),
        json!({ "type": "create", "obj": "task", "conv_id": 1, "data": "{}" }),
        json!({ "type": "create", "obj": "task", "conv_id": 1, "ref": "", "data": {} }),
        json!({ "type": "create", "obj": "task", "conv_id": 1, "ref": {}, "data": {} }),
        modify(1, "nobody", &json!({})),
        modify(1, "old", &json!({})),
        modify(2, "r1", &json!({})),
        modify(7, "r1", &json!({})),
        json!({ "type": "modify", "obj": "task", "conv_id": 1, "data": {} }),
        json!({ "type": "modify", "obj": "task", "conv_id": 1, "ref": "r1" }),
        json!({ "type": "modify", "obj": "task", "conv_id": 1, "ref": "old", "obj_id": made["obj_id"], "data": {} }),
        show(1, "nobody"),
        show(77, "r1"),
        json!({ "type": "show", "obj": "task", "conv_id": 2, "obj_id": made["obj_id"] }),
        json!({ "type": "show", "obj": "task", "conv_id": 1 }),
        delete(1, &made["obj_id"], "final"),
        delete(2, &made["obj_id"], "start"),
        delete(77, &made["obj_id"], "start"),
        json!({ "type": "delete", "obj": "task", "conv_id": 1, "obj_id": made["obj_id"] }),
        json!({ "type": "list", "obj": "node", "conv_id": 1, "obj_id": "start", "limit": -1 }),
        json!({ "type": "list", "obj": "node", "conv_id": 1, "obj_id": "start", "sort": "UP" }),
        json!({ "type": "list", "obj": "node", "conv_id": 1, "obj_id": "start", "filters": [{ "name": "data" }] }),
    ] {
        let answer = app.key().op(op.clone()).await;
        assert_ne!(answer["proc"], "ok", "{op} {answer}");
        write!(text, "{op}\n{answer}\n\n").unwrap();
        assert_eq!(app.state().await, before, "{op}");
    }
    assert_snapshot!(text);
}

#[tokio::test]
async fn a_reference_has_255_characters_of_any_script() {
    let app = app().await;
    let longest = "я".repeat(255);
    assert_eq!(ok(app.key().op(create(1, &longest)).await)["ref"], longest);
    let answer = app.key().op(create(1, &"я".repeat(256))).await;
    assert_eq!((&answer["key"], &answer["proc"]), (&json!("ref"), &json!("error")));
}

#[tokio::test]
async fn a_task_that_is_too_big_is_refused_as_a_whole_and_as_it_grows() {
    let app = app().await;
    let sized = |bytes: usize| json!({ "a": "x".repeat(bytes - 8) });
    let mut op = create(1, "big");
    op["data"] = sized(128_000);
    ok(app.key().op(op.clone()).await);
    op["ref"] = json!("bigger");
    op["data"] = sized(128_001);
    let before = app.state().await;
    let expected = |bytes: usize| {
        json!({
            "id": "",
            "proc": "error",
            "description": format!(
                "Your task size: {bytes} bytes, Max available task size: 128000 bytes, Try to change your data or try to split your task"
            ),
        })
    };
    assert_eq!(app.key().op(op).await, expected(128_001));
    // `,"b":1` on top.
    assert_eq!(app.key().op(modify(1, "big", &json!({ "b": 1 }))).await, expected(128_006));
    assert_eq!(app.state().await, before);
    // What replaces the big part fits.
    ok(app.key().op(modify(1, "big", &json!({ "b": 1, "a": "" }))).await);
}

#[tokio::test]
async fn a_change_merges_the_top_level_and_says_who_made_it_and_when() {
    let mut document = document();
    document["corezoid"]["users"] = json!([
        { "id": 1, "title": "First", "keys": [{ "login": 12345, "secret": "secret" }] },
        { "id": 2, "title": "Second", "keys": [{ "login": 2, "secret": "other" }] },
    ]);
    let app = App::of(builder().seed(seed(document))).await;
    let mut op = create(1, "r1");
    op["data"] = json!({ "keep": true, "inner": { "a": 1, "b": 2 } });
    let made = ok(app.key().op(op).await);
    app.anonymous().post("/_standin/clock/advance", json!({ "by": "90s" })).await.expect(200);
    let change = json!({ "type": "modify", "obj": "task", "conv_id": 1, "obj_id": made["obj_id"], "data": { "inner": { "a": null } } });
    let answer = app.key_of(2, "other").op(change).await;
    assert_eq!(
        answer.to_string(),
        format!(r#"{{"id":"","proc":"ok","obj":"task","ref":"r1","obj_id":{}}}"#, made["obj_id"])
    );
    let shown = app.key().op(show(1, "r1")).await;
    assert_eq!(shown["data"], json!({ "keep": true, "inner": { "a": null } }));
    assert_eq!(
        (&shown["user_id"], &shown["create_time"], &shown["change_time"], &shown["status"]),
        (&json!(2), &json!(NOW.seconds()), &json!(NOW.seconds() + 90), &json!("created"))
    );
}

#[tokio::test]
async fn a_reference_is_taken_in_its_process_until_its_task_has_gone_or_ended() {
    let app = app().await;
    // The task that had it has ended: it is free, and the new one hides the old one.
    let again = ok(app.key().op(create(1, "old")).await);
    let shown = app.key().op(show(1, "old")).await;
    assert_eq!((&shown["obj_id"], &shown["status"]), (&again["obj_id"], &json!("created")));
    assert_eq!(app.key().op(create(1, "old")).await["description"], "not unical reference");
    // A number is its digits.
    ok(app.key().op(create(1, "5")).await);
    let mut number = create(1, "");
    number["ref"] = json!(5);
    assert_eq!(app.key().op(number).await["description"], "not unical reference");
    // Another process, and one under debug, have references of their own.
    ok(app.key().op(create(2, "old")).await);
    ok(app.key().op(create(5, "old")).await);
    assert_eq!(
        ok(app.key().op(delete(1, &again["obj_id"], "start")).await).to_string(),
        format!(r#"{{"id":"","proc":"ok","obj":"task","obj_id":{}}}"#, again["obj_id"])
    );
    assert_eq!(app.key().op(show(1, "old")).await["obj_id"], "ended");
    ok(app.key().op(create(1, "old")).await);
    // Within one package, each op stands alone.
    let package = app.key().ops(json!([create(2, "p"), create(2, "p"), create(2, "q")])).await.json();
    let procs: Vec<&Value> = package["ops"].as_array().unwrap().iter().map(|op| &op["proc"]).collect();
    assert_eq!(procs, ["ok", "error", "ok"]);
}

#[tokio::test]
async fn the_tasks_of_a_node_are_listed_by_page_order_and_reference() {
    let app = app().await;
    for reference in ["a", "b", "c", "d"] {
        ok(app.key().op(create(1, reference)).await);
    }
    for (fields, expected) in [
        (json!({}), vec!["a", "b", "c", "d"]),
        (json!({ "limit": 2 }), vec!["a", "b"]),
        (json!({ "limit": "2", "offset": "1" }), vec!["b", "c"]),
        (json!({ "limit": 0 }), vec![]),
        (json!({ "offset": 9 }), vec![]),
        (json!({ "sort": "DESC", "limit": 3 }), vec!["d", "c", "b"]),
        (json!({ "sort": "asc", "limit": null }), vec!["a", "b", "c", "d"]),
        (json!({ "filters": [{ "name": "ref", "value": "c", "fun": "eq" }] }), vec!["c"]),
        (json!({ "filters": [{ "name": "ref", "value": 7, "fun": "eq" }] }), vec![]),
        (json!({ "filters": [] }), vec!["a", "b", "c", "d"]),
    ] {
        let mut op = list(1, "start");
        op.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        let answer = ok(app.key().op(op).await);
        assert_eq!(refs(&answer), expected, "{fields}");
        // The counters speak of the node, whatever part of it is listed.
        assert_eq!((&answer["count"], &answer["count_created"]), (&json!(4), &json!(4)));
    }
}

#[tokio::test]
async fn tasks_go_with_their_node_and_with_their_process() {
    let app = app().await;
    for conv in [1, 2] {
        ok(app.key().op(create(conv, "r")).await);
    }
    let tasks = |state: &Value| -> Vec<(i64, usize)> {
        let convs = state["corezoid"]["convs"].as_array().unwrap().iter();
        convs
            .filter_map(|conv| Some((conv["id"].as_i64().unwrap(), conv["tasks"].as_array()?.len())))
            .collect()
    };
    assert_eq!(tasks(&app.state().await), [(1, 2), (2, 1)]);
    // The node of the ended task, and the way to it, leave with the next deploy, not before.
    app.key()
        .op(json!({ "type": "modify", "obj": "node", "conv_id": 1, "obj_id": "start", "obj_type": 1, "version": 9, "logics": [] }))
        .await;
    app.key()
        .op(json!({ "type": "delete", "obj": "node", "conv_id": 1, "obj_id": "final", "version": 9 }))
        .await;
    assert_eq!(tasks(&app.state().await), [(1, 2), (2, 1)]);
    ok(app.key().op(json!({ "type": "confirm", "obj": "commit", "conv_id": 1, "version": 9 })).await);
    assert_eq!(tasks(&app.state().await), [(1, 1), (2, 1)]);
    assert_eq!(app.key().op(show(1, "old")).await["description"], "not found task");
    // In the trash a process hides its tasks; restored, it has them, and is paused.
    let conv = |verb: &str| json!({ "type": verb, "obj": "conv", "obj_id": 2 });
    ok(app.key().op(conv("delete")).await);
    assert_eq!(app.key().op(show(2, "r")).await["proc"], "obj_id_not_found");
    ok(app.key().op(conv("restore")).await);
    ok(app.key().op(show(2, "r")).await);
    assert_eq!(app.key().op(create(2, "s")).await["proc"], "conveyor_is_not_active");
    ok(app.key().op(conv("delete")).await);
    ok(app.key().op(conv("destroy")).await);
    assert_eq!(tasks(&app.state().await), [(1, 1)]);
}

#[tokio::test]
async fn tasks_travel_in_state_documents() {
    let mut document = document();
    document["corezoid"]["convs"][8]["tasks"] = json!([
        { "id": "b", "node": "start", "ref": "r", "status": "delayed", "user": 1, "create_time": "2020-01-01T00:00:00.125Z",
          "change_time": "2020-01-02T00:00:00Z", "data": { "z": 1, "a": { "n": 1.0 } } },
        { "id": "a", "node": "final", "prev_node": "gone", "ref": "r", "status": "canceled" },
    ]);
    let app = App::of(builder().seed(seed(document))).await;
    let first = app.state().await;
    assert_eq!(app.anonymous().put("/_standin/state", first.clone()).await.status(), 204);
    assert_eq!(app.state().await, first);
    let conv = first["corezoid"]["convs"].as_array().unwrap().iter().find(|conv| conv["id"] == 1).unwrap();
    assert_snapshot!(serde_json::to_string_pretty(&conv["tasks"]).unwrap());
}

#[tokio::test]
async fn a_mistaken_task_in_a_document_names_its_place() {
    let app = app().await;
    let before = app.state().await;
    let refused = [
        (
            json!([{ "id": "t", "node": "nowhere" }]),
            "tasks[0].node: there is no deployed node \"nowhere\" in this process",
        ),
        (
            json!([{ "id": "t", "node": "2-start" }]),
            "tasks[0].node: there is no deployed node \"2-start\" in this process",
        ),
        (json!([{ "id": "", "node": "start" }]), "tasks[0].id: id \"\" is taken or empty"),
        (
            json!([{ "id": "t", "node": "start" }, { "id": "t", "node": "start" }]),
            "tasks[1].id: id \"t\" is taken or empty",
        ),
        (
            json!([{ "id": "t", "node": "start", "ref": "r" }, { "id": "u", "node": "start", "ref": "r" }]),
            "tasks[1].ref: a second task under way with ref \"r\"",
        ),
        (json!([{ "id": "t", "node": "start", "ref": "" }]), "tasks[0].ref: 1 to 255 characters"),
        (
            json!([{ "id": "t", "node": "final", "status": "created" }]),
            "tasks[0].status: a task in a final node has ended, a task in any other is under way",
        ),
        (
            json!([{ "id": "t", "node": "start", "status": "processed" }]),
            "tasks[0].status: a task in a final node has ended, a task in any other is under way",
        ),
        (json!([{ "id": "t", "node": "start", "user": 9 }]), "tasks[0].user: there is no user 9"),
        (
            json!([{ "id": "t", "node": "start", "data": { "a": "x".repeat(160_800) } }]),
            "tasks[0].data: Your task size: 160808 bytes",
        ),
        (json!([{ "id": "t", "node": "start", "data": [] }]), "tasks[0].data"),
        (json!([{ "id": "t", "node": "start", "speed": 1 }]), "tasks[0]"),
    ];
    for (tasks, place) in refused {
        let mut document = document();
        document["corezoid"]["convs"][8]["tasks"] = tasks;
        let answer = app.anonymous().put("/_standin/state", document).await;
        assert!(answer.status() == 422 || answer.status() == 400, "{}", answer.print());
        let text = answer.json()["error"]["message"].as_str().unwrap().to_owned();
        assert!(text.contains(&format!("corezoid.convs[8].{place}")), "{place}\n{text}");
    }
    assert_eq!(app.state().await, before);
    // A later document may not take the id of an earlier one's task.
    let more = json!({ "standin": 1, "corezoid": { "convs": [
        { "id": 20, "title": "P", "nodes": nodes("20-"), "tasks": [{ "id": "ended", "node": "20-start" }] },
    ] } });
    let documents = [document(), more].map(|value| standin::Document::new("test", value));
    let start = builder().seed(standin::Seed::Documents(documents.to_vec())).start().await;
    let text = start.err().unwrap().to_string();
    assert!(text.contains("corezoid.convs[0].tasks[0].id: id \"ended\" is taken"), "{text}");
}
