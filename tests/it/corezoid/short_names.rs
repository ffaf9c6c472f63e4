//! Projects and stages named by their short names instead of ids (the published description of both).

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::projects::{op, told, world};

#[tokio::test]
async fn a_short_name_stands_for_the_id_in_every_op_of_projects_and_stages() {
    let app = world().await;
    let project = |verb: &str, more: &Value| {
        named(verb, "project", json!({ "obj_short_name": "test", "company_id": "i1" }), more)
    };
    let stage = |verb: &str, more: &Value| {
        named(
            verb,
            "stage",
            json!({ "obj_short_name": "develop", "project_short_name": "test", "company_id": "i1" }),
            more,
        )
    };
    let view = json!([{ "type": "view", "list_obj": ["all"] }]);
    let nothing = json!({});
    let package = [
        project("show", &nothing),
        project("modify", &json!({ "title": "Renamed" })),
        project("favorite", &json!({ "favorite": true })),
        project("link", &json!({ "obj_to": "user", "obj_to_id": 2, "privs": view })),
        project("list", &json!({ "list_obj": "group" })),
        stage("show", &nothing),
        stage("list", &json!({ "list_obj": "uncommited" })),
        stage("link", &json!({ "obj_to": "user", "obj_to_id": 2, "privs": view })),
        stage("delete", &nothing),
        stage("show", &nothing),
        stage("restore", &nothing),
        named(
            "modify",
            "stage",
            json!({ "obj_short_name": "develop", "project_id": 1 }),
            &json!({ "title": "Dev", "short_name": "dev" }),
        ),
        project("delete", &nothing),
        project("destroy", &nothing),
        project("destroy", &nothing),
    ];
    assert_snapshot!(told(&app, &package).await);
}

fn named(verb: &str, obj: &str, mut name: Value, more: &Value) -> Value {
    name.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    op(verb, obj, &name)
}

#[tokio::test]
async fn a_short_name_that_names_nothing_is_told_and_an_id_wins() {
    let app = world().await;
    let before = app.state().await;
    let package = [
        op("show", "project", &json!({ "obj_short_name": "none", "company_id": "i1" })),
        op("show", "project", &json!({ "obj_short_name": "test" })),
        op("show", "project", &json!({ "obj_short_name": "none", "obj_id": 1 })),
        op("restore", "project", &json!({ "obj_short_name": "test", "company_id": "i1" })),
        op("show", "stage", &json!({ "obj_short_name": "develop" })),
        op("show", "stage", &json!({ "obj_short_name": "none", "project_id": 1 })),
        op("show", "stage", &json!({ "obj_short_name": "develop", "project_id": 99 })),
        op("show", "stage", &json!({ "obj_short_name": ["develop"], "project_id": 1 })),
        op("show", "folder", &json!({ "obj_short_name": "develop", "project_id": 1 })),
    ];
    assert_snapshot!(told(&app, &package).await);
    assert_eq!(app.state().await, before);
}
