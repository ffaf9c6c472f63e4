//! Project and stage in a request: where new objects go, what fits, and what an immutable stage refuses
//! (sheet corezoid/api 1.6, 2.8).

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::projects::{op, told, world};

#[tokio::test]
async fn a_new_object_goes_where_its_request_says() {
    let app = world().await;
    for (context, expected) in [
        (json!({ "stage_id": 3 }), 3),
        (json!({ "stage_id": "3", "project_id": 1, "folder_id": 0 }), 3),
        (json!({ "project_id": 1 }), 1),
        (json!({ "project_short_name": "test", "stage_short_name": "develop", "company_id": "i1" }), 3),
        (json!({ "project_id": 1, "stage_short_name": "develop" }), 3),
        (json!({ "project_id": 1, "stage_id": 3, "folder_id": 4 }), 4),
        (json!({ "project_id": 0, "stage_id": 0 }), 0),
    ] {
        for obj in ["folder", "conv", "dashboard"] {
            let answer = app.key().op(op("create", obj, &context)).await;
            assert_eq!(answer["folder_id"], expected, "{obj} {context}: {answer}");
        }
    }
    let inside = app.key().op(op("get", "object", &json!({ "obj_type": "conv", "obj_id": 5 }))).await;
    assert_eq!(
        (&inside["project_id"], &inside["stage_id"], &inside["company_id"]),
        (&json!(1), &json!(3), &json!("i1"))
    );
}

#[tokio::test]
async fn an_object_elsewhere_than_its_request_says_is_refused() {
    let app = world().await;
    let before = app.state().await;
    let package = [
        op("modify", "folder", &json!({ "obj_id": 4, "title": "x", "stage_id": 2 })),
        op("modify", "folder", &json!({ "obj_id": 5, "title": "x", "project_id": 1 })),
        op("show", "folder", &json!({ "obj_id": 5, "project_short_name": "test", "company_id": "i1" })),
        op("show", "folder", &json!({ "obj_id": 4, "project_id": 9 })),
        op("show", "folder", &json!({ "obj_id": 4, "project_id": 1, "stage_short_name": "none" })),
        op("show", "folder", &json!({ "obj_id": 4, "stage_short_name": "develop" })),
        op("show", "folder", &json!({ "obj_id": 4, "project_id": "one" })),
        op("show", "stage", &json!({ "obj_id": 3, "stage_id": 2 })),
        op("get", "object", &json!({ "obj_type": "conv", "obj_id": 1, "project_id": 1, "stage_id": 2 })),
        op("get", "object", &json!({ "obj_type": "conv", "obj_id": 4, "project_id": 1 })),
        op("create", "folder", &json!({ "title": "x", "stage_id": 4 })),
        op("create", "folder", &json!({ "title": "x", "stage_id": 3, "folder_id": 5 })),
        // What is not there at all is another mistake.
        op("get", "object", &json!({ "obj_type": "conv", "obj_id": 99, "project_id": 1 })),
    ];
    assert_snapshot!(told(&app, &package).await);
    assert_eq!(app.state().await, before);
}

#[tokio::test]
async fn context_that_nobody_looks_at_is_ignored() {
    let app = world().await;
    for op in [
        op("list", "projects", &json!({ "company_id": "i1", "project_id": 99 })),
        op("show", "folder", &json!({ "obj_id": 0, "stage_id": 3 })),
        op("show", "folder", &json!({ "obj_id": 4, "project_id": 1, "stage_id": 3 })),
        op("show", "folder", &json!({ "obj_id": 4, "project_id": null, "stage_id": "0" })),
    ] {
        let answer = app.key().op(op.clone()).await;
        assert_eq!(answer["proc"], "ok", "{op} {answer}");
    }
}

#[tokio::test]
async fn nothing_in_an_immutable_stage_is_edited() {
    let app = world().await;
    let before = app.state().await;
    let edits = [
        op("create", "folder", &json!({ "title": "x", "folder_id": 2 })),
        op("create", "folder", &json!({ "title": "x", "stage_id": 2 })),
        op("create", "conv", &json!({ "title": "x", "stage_id": 2, "project_id": 1 })),
        op("modify", "folder", &json!({ "obj_id": 2, "title": "x" })),
        op("link", "folder", &json!({ "obj_type": "conv", "obj_id": 3, "folder_id": 3 })),
        op("link", "folder", &json!({ "obj_type": "conv", "obj_id": 1, "folder_id": 2 })),
        op("modify", "owner", &json!({ "obj_type": "conv", "obj_id": 3, "obj_to_id": 2 })),
        op("modify", "conv", &json!({ "obj_id": 3, "title": "x" })),
        op("delete", "conv", &json!({ "obj_id": 3 })),
        op("create", "node", &json!({ "conv_id": 3, "obj_type": 0, "version": 1 })),
        op("confirm", "commit", &json!({ "conv_id": 3, "version": 1 })),
        op("confirm", "commit", &json!({ "obj_id": 3, "obj_type": "conv", "version": 1 })),
        op("delete", "commit", &json!({ "obj_id": 2, "obj_type": "stage", "version": 1 })),
        op("modify", "conv_params", &json!({ "obj_id": 3, "params": [] })),
        op("modify", "callback_hash", &json!({ "conv_id": 3 })),
    ];
    for edit in edits {
        let answer = app.key().op(edit.clone()).await;
        assert_eq!(answer["description"], "Stage is immutable", "{edit} {answer}");
    }
    assert_eq!(app.state().await, before);
}

#[tokio::test]
async fn an_immutable_stage_is_read_starred_and_opened_again() {
    let app = world().await;
    for op in [
        op("show", "conv", &json!({ "obj_id": 3, "stage_id": 2 })),
        op("favorite", "conv", &json!({ "obj_id": 3, "favorite": true })),
        op("get", "obj_scheme", &json!({ "obj_type": "conv", "obj_id": 3 })),
        op("get", "obj_scheme", &json!({ "obj_type": "conv", "obj_id": 3, "format": "zip" })),
        op("create", "folder", &json!({ "title": "x", "folder_id": 3 })),
        op(
            "modify",
            "stage",
            &json!({ "obj_id": 2, "title": "p", "short_name": "production", "immutable": false }),
        ),
        op("create", "folder", &json!({ "title": "x", "folder_id": 2 })),
    ] {
        let answer = app.key().op(op.clone()).await;
        assert_eq!(answer["proc"], "ok", "{op} {answer}");
    }
}

/// A world that had no immutable stage when it was first looked at learns of the first one.
#[tokio::test]
async fn a_stage_that_becomes_immutable_is_heeded_at_once() {
    for closing in [
        op("modify", "stage", &json!({ "obj_id": 2, "title": "d", "short_name": "dd", "immutable": true })),
        op(
            "create",
            "stage",
            &json!({ "project_id": 1, "title": "d", "short_name": "de", "immutable": true }),
        ),
        op(
            "create",
            "project",
            &json!({ "title": "d", "short_name": "de", "stages": [{ "title": "dd", "immutable": "true" }] }),
        ),
    ] {
        let app = crate::support::App::empty().await;
        let first = op(
            "create",
            "project",
            &json!({ "title": "t", "short_name": "tt", "stages": [{ "title": "dev" }] }),
        );
        assert_eq!(app.key().op(first).await["proc"], "ok");
        let into = |id: i64| op("create", "folder", &json!({ "title": "x", "folder_id": id }));
        assert_eq!(app.key().op(into(2)).await["proc"], "ok");
        let answer = app.key().op(closing).await;
        let stage = answer["stages"][0].as_i64().or(answer["obj_id"].as_i64()).unwrap();
        assert_eq!(app.key().op(into(stage)).await["description"], "Stage is immutable");
        // Read anew after a reset.
        let state = app.state().await;
        assert_eq!(app.anonymous().put("/_standin/state", state).await.status(), 204);
        assert_eq!(app.key().op(into(stage)).await["description"], "Stage is immutable");
        let nowhere: Value = app.key().op(into(99)).await;
        assert_eq!(nowhere["description"], "Object folder with id 99 does not exist");
    }
}

#[tokio::test]
async fn an_object_changes_hands() {
    let app = world().await;
    let to = |obj: &str, id: i64, more: &Value| {
        let mut op = op("modify", "owner", more);
        op["obj_type"] = json!(obj);
        op["obj_id"] = json!(id);
        op
    };
    let package = [
        to("folder", 4, &json!({ "obj_to_id": 2, "save_src_privs": true })),
        to("conv", 1, &json!({ "obj_to_type": "api", "obj_to_login": "777" })),
        to("dashboard", 1, &json!({ "obj_to_id": "2" })),
        to("project", 1, &json!({ "obj_to_id": 2 })),
        to("stage", 3, &json!({ "obj_to_id": 2 })),
        op("get", "object", &json!({ "obj_type": "folder", "obj_id": 4 })),
        op("list", "folder", &json!({ "obj_id": 4, "list_obj": "group" })),
        to("folder", 4, &json!({ "obj_to_id": 99 })),
        to("folder", 4, &json!({ "obj_to_login": "nobody", "obj_to_type": "google" })),
        to("folder", 4, &json!({})),
        to("folder", 99, &json!({ "obj_to_id": 2 })),
        to("version", 1, &json!({ "obj_to_id": 2 })),
        to("user", 1, &json!({ "obj_to_id": 2 })),
        op("modify", "owner", &json!({ "obj_id": 1, "obj_to_id": 2 })),
    ];
    assert_snapshot!(told(&app, &package).await);
    let state = app.state().await["corezoid"].clone();
    let owners = |key: &str| {
        let rows = state[key].as_array().unwrap().iter();
        rows.map(|row| row["owner"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!((owners("folders"), owners("dashboards")), (vec![2, 1, 2, 2, 1], vec![2]));
    assert_eq!(owners("convs"), [2, 1, 1, 1]);
}
