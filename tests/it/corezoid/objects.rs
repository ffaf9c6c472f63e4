//! Processes, folders and dashboards: create, modify, show.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::App;

const PROCESS: i64 = 1;

fn conv(more: &Value) -> Value {
    merged(json!({ "type": "create", "obj": "conv", "create_mode": "without_nodes" }), more)
}

fn merged(mut op: Value, more: &Value) -> Value {
    op.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    op
}

#[tokio::test]
async fn objects_are_made_in_folders_and_shown() {
    let app = App::empty().await;
    let package = json!([
        { "id": "a", "type": "create", "obj": "folder", "title": "Папка", "company_id": "i000000001" },
        { "id": "b", "type": "create", "obj": "folder", "title": "Inner", "description": null, "folder_id": "1" },
        { "id": "c", "type": "create", "obj": "conv", "title": "P", "description": "d", "folder_id": 2, "conv_type": "state",
          "status": "debugged", "create_mode": "without_nodes" },
        { "id": "d", "type": "create", "obj": "dashboard", "title": "D", "folder_id": 2,
          "time_range": { "select": "today", "timezone_offset": -180 },
          "grid": [{ "obj_id": "62e90d7f56167c0913003a30", "x": 0, "y": 0, "width": 4, "height": 4 }] },
        { "id": "e", "type": "show", "obj": "folder", "obj_id": 2 },
        { "id": "f", "type": "show", "obj": "folder", "obj_id": 0 },
        { "id": "g", "type": "show", "obj": "conv", "obj_id": "1" },
        { "id": "h", "type": "show", "obj": "dashboard", "obj_id": 1 },
        { "id": "i", "type": "get", "obj": "object", "obj_type": "conv", "obj_id": 1 },
    ]);
    assert_snapshot!(pretty(&app.key().ops(package).await.json()["ops"]));
}

/// One answer a line.
fn pretty(answers: &Value) -> String {
    answers.as_array().unwrap().iter().map(|answer| format!("{answer}\n")).collect()
}

#[tokio::test]
async fn everything_but_the_kind_may_be_left_out() {
    let app = App::empty().await;
    for obj in ["conv", "folder", "dashboard"] {
        assert_eq!(app.key().op(json!({ "type": "create", "obj": obj })).await["proc"], "ok");
        let shown = app.key().op(json!({ "type": "show", "obj": obj, "obj_id": 1 })).await;
        assert_eq!(shown["title"], "", "{shown}");
    }
    let conv = app.key().op(json!({ "type": "show", "obj": "conv", "obj_id": 1 })).await;
    assert_eq!((&conv["status"], &conv["conv_type"]), (&json!("active"), &json!("process")));
    assert_eq!((&conv["description"], &conv["company_id"]), (&json!(""), &Value::Null));
}

#[tokio::test]
async fn an_empty_company_is_refused_by_every_op() {
    let app = App::empty().await;
    app.key().op(conv(&json!({ "title": "P" }))).await;
    let before = app.state().await;
    for (verb, obj) in
        [("show", "conv"), ("modify", "conv"), ("delete", "conv"), ("list", "folder"), ("confirm", "commit")]
    {
        let id = if obj == "folder" { 0 } else { PROCESS };
        let op = json!({
            "type": verb, "obj": obj, "obj_id": id, "conv_id": id, "version": 1, "title": "Q", "company_id": "",
        });
        let answer = app.key().op(op).await;
        let refused = json!({
            "id": "", "proc": "error", "description": "Value is not valid", "key": "company_id", "value": "",
        });
        assert_eq!(answer, refused, "{verb} {obj}");
    }
    assert_eq!(app.state().await, before);
}

#[tokio::test]
async fn every_spelling_of_a_status_is_understood_and_answered_in_one() {
    let app = App::empty().await;
    for (index, (word, shown)) in [
        ("actived", "active"),
        ("active", "active"),
        ("paused", "paused"),
        ("debugged", "debug"),
        ("debug", "debug"),
        ("blocked", "blocked"),
    ]
    .into_iter()
    .enumerate()
    {
        app.key().op(conv(&json!({ "status": word }))).await;
        let conv = app.key().op(json!({ "type": "show", "obj": "conv", "obj_id": index + 1 })).await;
        assert_eq!(conv["status"], shown, "{word}");
    }
}

#[tokio::test]
async fn a_process_not_asked_to_be_empty_starts_with_two_deployed_nodes() {
    let app = App::empty().await;
    app.key().op(json!({ "type": "create", "obj": "conv", "title": "With nodes" })).await;
    app.key().op(conv(&json!({ "title": "Empty" }))).await;
    let size = async |id: i64| {
        app.key().op(json!({ "type": "show", "obj": "conv", "obj_id": id })).await["size"].clone()
    };
    assert_eq!((size(1).await, size(2).await), (json!(2), json!(0)));
}

#[tokio::test]
async fn a_change_touches_only_what_is_sent() {
    let app = App::empty().await;
    let key = app.key();
    key.op(conv(&json!({ "title": "Old", "description": "kept" }))).await;
    let modify = async |more: Value| {
        app.key().op(merged(json!({ "type": "modify", "obj": "conv", "obj_id": PROCESS }), &more)).await
    };
    assert_snapshot!(modify(json!({ "title": "New" })).await,
        @r#"{"id":"","proc":"ok","obj":"conv","obj_id":1,"new_status":1,"old_status":1,"is_changed":false}"#);
    assert_snapshot!(modify(json!({ "id": 7, "status": "paused" })).await,
        @r#"{"id":7,"proc":"ok","obj":"conv","obj_id":1,"new_status":2,"old_status":1,"is_changed":true}"#);
    let shown = key.op(json!({ "type": "show", "obj": "conv", "obj_id": PROCESS })).await;
    assert_eq!((&shown["title"], &shown["description"]), (&json!("New"), &json!("kept")));
    assert_eq!(shown["status"], "paused");
    modify(json!({ "description": null })).await;
    let shown = key.op(json!({ "type": "show", "obj": "conv", "obj_id": PROCESS })).await;
    assert_eq!((&shown["title"], &shown["description"]), (&json!("New"), &Value::Null));

    key.op(json!({ "type": "create", "obj": "folder", "title": "F", "description": "kept" })).await;
    assert_snapshot!(key.op(json!({ "type": "modify", "obj": "folder", "obj_id": 1, "title": "G" })).await,
        @r#"{"id":"","proc":"ok","obj":"folder","obj_id":1}"#);
    key.op(json!({ "type": "create", "obj": "dashboard", "title": "D", "description": "kept" })).await;
    let range = json!({ "select": "lastWeek", "timezone_offset": 0 });
    key.op(json!({ "type": "modify", "obj": "dashboard", "obj_id": 1, "time_range": range })).await;
    let shown = key.op(json!({ "type": "show", "obj": "dashboard", "obj_id": 1 })).await;
    assert_eq!((&shown["title"], &shown["time_range"], &shown["grid"]), (&json!("D"), &range, &json!([])));
    let state = app.state().await;
    assert_eq!(state["corezoid"]["folders"][0]["title"], "G");
    assert_eq!(state["corezoid"]["folders"][0]["description"], "kept");
    assert_eq!(state["corezoid"]["dashboards"][0]["description"], "kept");
}

#[tokio::test]
async fn below_the_root_an_object_has_the_company_of_its_folder() {
    let app = App::empty().await;
    app.key().op(json!({ "type": "create", "obj": "folder", "company_id": "i1" })).await;
    app.key().op(conv(&json!({ "folder_id": 1, "company_id": "i2" }))).await;
    let shown = app.key().op(json!({ "type": "show", "obj": "conv", "obj_id": 1 })).await;
    assert_eq!(shown["company_id"], "i1");
}

#[tokio::test]
async fn mistakes_have_the_words_of_the_service_and_change_nothing() {
    let app = App::empty().await;
    app.key().op(conv(&json!({ "title": "P" }))).await;
    app.key().op(json!({ "type": "create", "obj": "folder", "title": "F" })).await;
    let before = app.state().await;
    let long = "я".repeat(256);
    let wide = "я".repeat(2001);
    let refused = json!([
        { "type": "create", "obj": "conv", "folder_id": 99 },
        { "type": "create", "obj": "folder", "folder_id": "99" },
        { "type": "create", "obj": "dashboard", "folder_id": -1 },
        { "type": "create", "obj": "conv", "folder_id": 1.5 },
        { "type": "create", "obj": "conv", "company_id": "" },
        { "type": "create", "obj": "conv", "status": "deleted" },
        { "type": "create", "obj": "conv", "conv_type": "diagram" },
        { "type": "create", "obj": "conv", "title": ["T"] },
        { "type": "create", "obj": "dashboard", "time_range": "today" },
        { "type": "create", "obj": "dashboard", "time_range": { "select": "tomorrow" } },
        { "type": "create", "obj": "dashboard", "grid": [{ "obj_id": "a", "x": 0, "y": 0, "height": 4 }] },
        { "type": "modify", "obj": "conv" },
        { "type": "modify", "obj": "conv", "obj_id": 99, "title": "x" },
        { "type": "modify", "obj": "conv", "obj_id": "99" },
        { "type": "modify", "obj": "conv", "obj_id": true },
        { "type": "modify", "obj": "conv", "obj_id": 1e30 },
        { "type": "modify", "obj": "folder", "obj_id": 99, "title": "x" },
        { "type": "modify", "obj": "dashboard", "obj_id": 99, "title": "x" },
        { "type": "show", "obj": "conv", "obj_id": 99 },
        { "type": "show", "obj": "folder", "obj_id": 99 },
        { "type": "show", "obj": "dashboard", "obj_id": 99 },
        { "type": "list", "obj": "folder", "obj_id": 99 },
        { "type": "list", "obj": "folder", "obj_id": 0, "filter": "everything" },
        { "type": "list", "obj": "convs", "limit": 101 },
        { "type": "list", "obj": "convs", "pattern": "" },
        { "type": "list", "obj": "dashboard", "obj_id": 1 },
        { "type": "get", "obj": "object", "obj_id": 1 },
        { "type": "get", "obj": "object", "obj_id": 1, "obj_type": "instance" },
        { "type": "destroy", "obj": "conv", "obj_id": 1 },
        { "type": "restore", "obj": "folder", "obj_id": "1" },
        { "type": "favorite", "obj": "conv", "obj_id": 1 },
        { "type": "sing", "obj": "conv", "obj_id": 99 },
        { "type": "create", "obj": "snapshot_probe", "conv_id": 99 },
        { "obj": "conv" },
        { "type": "create" },
        {},
    ]);
    assert_snapshot!(pretty(&app.key().ops(refused).await.json()["ops"]));
    for (op, limit) in [
        (conv(&json!({ "title": long })), 255),
        (json!({ "type": "modify", "obj": "conv", "obj_id": 1, "description": wide }), 2000),
    ] {
        let answer = app.key().op(op).await;
        let text = format!("Value is not valid. Value's byte_size is more than maximum allowed: {limit}");
        assert_eq!(answer["description"], text);
    }
    assert_eq!(app.state().await, before);
}

#[tokio::test]
async fn a_russian_title_of_240_letters_passes() {
    let app = App::empty().await;
    let title = "я".repeat(240);
    app.key().op(conv(&json!({ "title": title }))).await;
    assert_eq!(app.key().op(json!({ "type": "show", "obj": "conv", "obj_id": 1 })).await["title"], title);
}
