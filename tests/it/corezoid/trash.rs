//! Delete, restore, destroy (seed 002, "Восстановление объекта"; sheet corezoid/api 5).

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{App, builder, seed};

/// Folder 1 holds folder 2, process 1 and dashboard 1; folder 2 holds process 2.
async fn tree() -> App {
    let document = json!({
        "standin": 1,
        "corezoid": {
            "folders": [{ "id": 1, "title": "Outer" }, { "id": 2, "title": "Inner", "folder": 1 }],
            "convs": [
                { "id": 1, "title": "One", "folder": 1 },
                { "id": 2, "title": "Two", "folder": 2, "status": "debug" },
            ],
            "dashboards": [{ "id": 1, "title": "Board", "folder": 1 }],
        },
    });
    App::of(builder().seed(seed(document))).await
}

fn op(verb: &str, obj: &str, id: i64) -> Value {
    json!({ "type": verb, "obj": obj, "obj_id": id })
}

fn lines(answers: &Value) -> String {
    answers.as_array().unwrap().iter().map(|answer| format!("{answer}\n")).collect()
}

#[tokio::test]
async fn each_kind_goes_to_the_trash_comes_back_and_goes_for_good() {
    let app = tree().await;
    let mut package = Vec::new();
    for (obj, id) in [("conv", 1), ("dashboard", 1), ("folder", 2)] {
        for verb in [
            "delete", "show", "modify", "delete", "restore", "show", "restore", "destroy", "delete",
            "destroy",
        ] {
            package.push(op(verb, obj, id));
        }
        package.push(op("restore", obj, id));
    }
    let answers = app.key().ops(json!(package)).await.json()["ops"].clone();
    let mut said = String::new();
    for (op, answer) in package.iter().zip(answers.as_array().unwrap()) {
        said += &format!("op {} {}\n{answer}\n", op["type"].as_str().unwrap(), op["obj"].as_str().unwrap());
    }
    assert_snapshot!(said);
    let state = app.state().await;
    let ids = |key: &str| {
        state["corezoid"][key].as_array().unwrap().iter().map(|row| row["id"].clone()).collect::<Vec<_>>()
    };
    // Process 2 lay in folder 2.
    assert_eq!((ids("folders"), ids("convs"), ids("dashboards")), (vec![json!(1)], vec![], vec![]));
}

#[tokio::test]
async fn a_restored_process_is_paused_and_a_folder_active() {
    let app = tree().await;
    let package = json!([
        op("delete", "conv", 1),
        op("delete", "folder", 2),
        op("restore", "conv", 1),
        op("restore", "folder", 2)
    ]);
    app.key().ops(package).await;
    let state = app.state().await["corezoid"].clone();
    assert_eq!(state["convs"][0]["status"], "paused");
    // The process in the folder was never deleted itself.
    assert_eq!(state["convs"][1]["status"], "debug");
    assert_eq!(state["folders"][1].get("status"), None, "an active folder needs no word");
}

#[tokio::test]
async fn a_deleted_folder_hides_what_lies_in_it_and_brings_it_back_as_it_was() {
    let app = tree().await;
    let before = app.state().await;
    app.key().op(op("delete", "folder", 1)).await;
    let hidden = app
        .key()
        .ops(json!([
            op("show", "folder", 2),
            op("show", "conv", 2),
            op("modify", "conv", 2),
            op("delete", "conv", 2),
            op("list", "folder", 2),
            op("show", "dashboard", 1),
            { "type": "create", "obj": "conv", "folder_id": 2 },
            { "type": "list", "obj": "convs" },
            { "type": "list", "obj": "folder", "obj_id": 0 },
            // Not deleted themselves, so not in the trash.
            op("restore", "conv", 2),
            op("destroy", "folder", 2),
        ]))
        .await;
    assert_snapshot!(lines(&hidden.json()["ops"]));
    let trash =
        app.key().op(json!({ "type": "list", "obj": "folder", "obj_id": 0, "filter": "deleted" })).await;
    assert_eq!(trash["list"].as_array().unwrap().len(), 1);
    app.key().op(op("restore", "folder", 1)).await;
    assert_eq!(app.state().await, before, "the clock stands still, so not even a time differs");
    assert_eq!(app.key().op(op("show", "conv", 2)).await["status"], "debug");
}

#[tokio::test]
async fn without_its_folder_an_object_comes_back_to_the_root() {
    for gone in [vec![op("delete", "folder", 2)], vec![op("delete", "folder", 1)]] {
        let app = tree().await;
        app.key().op(op("delete", "conv", 2)).await;
        app.key().ops(json!(gone)).await;
        let restored = app.key().op(op("restore", "conv", 2)).await;
        assert_eq!(
            restored,
            json!({ "id": "", "proc": "ok", "obj": "conv", "obj_id": 2, "parent_folder_id": 0 })
        );
        assert_eq!(app.key().op(op("show", "conv", 2)).await["parent_obj_id"], 0);
    }
    let app = tree().await;
    app.key().op(op("delete", "conv", 1)).await;
    assert_eq!(app.key().op(op("restore", "conv", 1)).await["parent_folder_id"], 1, "its folder is there");
}

#[tokio::test]
async fn destroying_a_folder_takes_trashed_objects_in_it_along() {
    let app = tree().await;
    app.key()
        .ops(json!([op("delete", "conv", 2), op("delete", "folder", 2), op("delete", "folder", 1)]))
        .await;
    assert_snapshot!(app.key().op(op("destroy", "folder", 1)).await, @r#"{"id":"","proc":"ok","obj_id":1,"obj_type":"folder"}"#);
    let state = app.state().await["corezoid"].clone();
    for key in ["folders", "convs", "dashboards"] {
        assert_eq!(state[key], json!([]), "{key}");
    }
    // Ids are not used again.
    assert_eq!(app.key().op(json!({ "type": "create", "obj": "folder" })).await["obj_id"], 3);
}
