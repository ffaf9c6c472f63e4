//! Projects and stages (sheet corezoid/api 2.8).

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{App, builder, seed};

/// Project 1 with stages 2 (production, immutable) and 3 (develop); folder 4 and processes 1, 2 in develop.
pub(super) fn document() -> Value {
    json!({
        "standin": 1,
        "corezoid": {
            "companies": [{ "id": "i1", "title": "First" }],
            "users": [{ "id": 1, "title": "API key", "company": "i1", "keys": [{ "login": 12345, "secret": "secret" }] },
                      { "id": 2, "title": "Second", "keys": [{ "login": 777, "secret": "other" }] }],
            "folders": [
                { "id": 1, "title": "Test", "kind": "project", "short_name": "test", "company": "i1" },
                { "id": 2, "title": "production", "kind": "stage", "short_name": "production", "folder": 1, "immutable": true },
                { "id": 3, "title": "develop", "kind": "stage", "short_name": "develop", "folder": 1 },
                { "id": 4, "title": "Inner", "folder": 3 },
                { "id": 5, "title": "Outside", "company": "i1" },
            ],
            "convs": [
                { "id": 1, "title": "One", "folder": 3 },
                { "id": 2, "title": "Two", "folder": 4,
                  "nodes": [{ "id": "n1", "draft": { "version": 17, "node": { "obj_type": 0 } } }] },
                { "id": 3, "title": "Released", "folder": 2, "nodes": [{ "id": "s3", "live": { "obj_type": 1 } }] },
                { "id": 4, "title": "Far", "folder": 5 },
            ],
            "dashboards": [{ "id": 1, "title": "Board", "folder": 3 }],
        },
    })
}

pub(super) async fn world() -> App {
    App::of(builder().seed(seed(document()))).await
}

pub(super) fn op(verb: &str, obj: &str, more: &Value) -> Value {
    let mut op = json!({ "type": verb, "obj": obj });
    op.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    op
}

/// Each op before its answer.
pub(super) async fn told(app: &App, package: &[Value]) -> String {
    let answers = app.key().ops(json!(package)).await.json()["ops"].clone();
    let pairs = package.iter().zip(answers.as_array().unwrap());
    pairs.map(|(op, answer)| format!("{op}\n    {answer}\n")).collect()
}

#[tokio::test]
async fn a_project_is_made_with_its_stages_and_shown_from_every_side() {
    let app = App::empty().await;
    let company = "i000000001";
    let stages =
        json!([{ "title": "production", "immutable": true }, { "title": "develop", "immutable": false }]);
    let package = [
        op(
            "create",
            "project",
            &json!({ "title": "Проект", "short_name": "test", "company_id": company,
            "description": "", "stages": stages }),
        ),
        op("show", "project", &json!({ "obj_id": 1 })),
        op(
            "list",
            "project",
            &json!({ "obj_id": "1", "company_id": company, "id": company, "sort": "date" }),
        ),
        op(
            "list",
            "projects",
            &json!({ "obj_id": 0, "company_id": company, "id": company, "sort": "title" }),
        ),
        op("list", "projects", &json!({})),
        op("list", "folder", &json!({ "obj_id": 0, "company_id": company })),
        op("create", "stage", &json!({ "title": "New Stage", "short_name": "new-stage", "project_id": 1 })),
        op(
            "create",
            "stage",
            &json!({ "title": "Another", "short_name": "another", "project_short_name": "test",
            "company_id": company, "immutable": true, "description": null }),
        ),
        op("show", "stage", &json!({ "obj_id": 4, "project_id": 1, "company_id": company })),
        op("show", "folder", &json!({ "obj_id": 1 })),
        op("show", "folder", &json!({ "obj_id": 5 })),
        op("list", "path_to_folder", &json!({ "obj_id": 5, "company_id": company })),
        op("get", "object", &json!({ "obj_type": "stage", "obj_id": 5 })),
    ];
    assert_snapshot!(told(&app, &package).await);
}

#[tokio::test]
async fn what_lies_in_a_stage_is_listed_as_in_a_folder() {
    let app = world().await;
    let package = [
        op("list", "stage", &json!({ "obj_id": 3 })),
        op("list", "stage", &json!({ "obj_id": 3, "filter": "conveyor", "sort": "title", "order": "desc" })),
        op("list", "stage", &json!({ "obj_id": 3, "filter": "config" })),
        op("list", "stage", &json!({ "obj_id": 3, "list_obj": "uncommited" })),
        op("list", "stage", &json!({ "obj_id": 2, "list_obj": "uncommited" })),
        op("list", "stage", &json!({ "obj_id": 3, "list_obj": "group" })),
        op("show", "stage", &json!({ "obj_id": 3 })),
        op("list", "project", &json!({ "obj_id": 1 })),
        op("list", "folder_branch", &json!({ "obj_id": 1 })),
        op("show", "conv", &json!({ "obj_id": 2 })),
    ];
    assert_snapshot!(told(&app, &package).await);
    // A stage's id is a folder's id.
    let list = async |obj: &str| app.key().op(op("list", obj, &json!({ "obj_id": 3 }))).await["list"].clone();
    assert_eq!(list("folder").await, list("stage").await);
    let waiting = async |id: i64| {
        app.key().op(op("show", "stage", &json!({ "obj_id": id }))).await["undeployed"].clone()
    };
    assert_eq!((waiting(2).await, waiting(3).await), (json!(0), json!(1)));
    let check = op("check", "obj_scheme", &json!({ "obj_type": "stage", "obj_id": 3 }));
    let text = "The process with ID 2 has an uncommitted version";
    assert_eq!(app.key().op(check.clone()).await["description"], text);
    let drop = op("delete", "commit", &json!({ "obj_type": "stage", "obj_id": 3, "version": 17 }));
    assert_eq!(app.key().op(drop).await["proc"], "ok");
    assert_eq!(app.key().op(check).await["proc"], "ok");
    assert_eq!(waiting(3).await, 0);
}

#[tokio::test]
async fn a_project_is_changed_in_part_and_a_stage_as_a_whole() {
    let app = world().await;
    let package = [
        op("modify", "project", &json!({ "obj_id": 1, "title": "New" })),
        op("modify", "project", &json!({ "obj_id": 1, "short_name": "new", "description": null })),
        op("show", "project", &json!({ "obj_id": 1 })),
        op(
            "modify",
            "stage",
            &json!({ "obj_id": 3, "title": "Dev", "short_name": "dev", "immutable": true }),
        ),
        op("modify", "stage", &json!({ "obj_id": 2, "immutable": false })),
        op("list", "project", &json!({ "obj_id": 1, "sort": "date" })),
        op("favorite", "project", &json!({ "obj_id": 1, "favorite": true })),
        op(
            "link",
            "project",
            &json!({ "obj_id": 1, "obj_to": "user", "obj_to_id": 2, "privs": [{ "type": "view", "list_obj": ["all"] }] }),
        ),
        op("link", "stage", &json!({ "obj_id": 3, "obj_to": "user", "obj_to_id": 2, "privs": [] })),
        op("list", "project", &json!({ "obj_id": 1, "list_obj": "group" })),
        op("list", "projects", &json!({ "company_id": "i1" })),
    ];
    assert_snapshot!(told(&app, &package).await);
}

#[tokio::test]
async fn mistakes_about_projects_and_stages_have_the_words_of_the_service_and_change_nothing() {
    let app = world().await;
    let before = app.state().await;
    let package = [
        op("create", "project", &json!({ "short_name": "a" })),
        op("create", "project", &json!({ "title": "a" })),
        op("create", "project", &json!({ "title": "", "short_name": "ab" })),
        op("create", "project", &json!({ "title": "a", "short_name": "a" })),
        op("create", "project", &json!({ "title": "a", "short_name": "A b" })),
        op("create", "project", &json!({ "title": "a", "short_name": "test", "company_id": "i1" })),
        op(
            "create",
            "project",
            &json!({ "title": "a", "short_name": "new", "stages": [{ "title": "Dev" }] }),
        ),
        op(
            "create",
            "project",
            &json!({ "title": "a", "short_name": "new", "stages": [{ "immutable": true }] }),
        ),
        op(
            "create",
            "project",
            &json!({ "title": "a", "short_name": "new", "stages": [{ "title": "dev" }, { "title": "dev" }] }),
        ),
        op("modify", "project", &json!({ "title": "a" })),
        op("modify", "project", &json!({ "obj_id": 2, "title": "a" })),
        op("show", "project", &json!({ "obj_id": 99 })),
        op("show", "project", &json!({})),
        op("list", "project", &json!({ "obj_id": 3 })),
        op("list", "projects", &json!({ "company_id": "" })),
        op("favorite", "project", &json!({ "obj_id": 5, "favorite": true })),
        op("create", "stage", &json!({ "title": "a", "short_name": "develop" })),
        op("create", "stage", &json!({ "title": "a", "short_name": "develop", "project_id": 1 })),
        op("create", "stage", &json!({ "title": "a", "short_name": "other", "project_id": 5 })),
        op("create", "stage", &json!({ "title": "a", "short_name": "other", "project_short_name": "none" })),
        op("create", "stage", &json!({ "short_name": "other", "project_id": 1 })),
        op("modify", "stage", &json!({ "obj_id": 3, "title": "a", "short_name": "production" })),
        op("modify", "stage", &json!({ "obj_id": 4, "title": "a", "short_name": "other" })),
        op("show", "stage", &json!({ "obj_id": 1 })),
        op("list", "stage", &json!({ "obj_id": 4 })),
        op("list", "stage", &json!({ "obj_id": 99, "list_obj": "uncommited" })),
        op("list", "stage", &json!({ "obj_id": 3, "list_obj": "all" })),
        op("link", "stage", &json!({ "obj_id": 3, "obj_to": "user", "obj_to_id": 99, "privs": [] })),
        op("link", "folder", &json!({ "obj_type": "stage", "obj_id": 3, "folder_id": 5 })),
        op("restore", "project", &json!({ "obj_id": 1 })),
        op("destroy", "stage", &json!({ "obj_id": 3 })),
        op("favorite", "stage", &json!({ "obj_id": 3, "favorite": true })),
    ];
    assert_snapshot!(told(&app, &package).await);
    assert_eq!(app.state().await, before);
}

#[tokio::test]
async fn a_project_takes_its_stages_into_the_trash_and_back() {
    let app = world().await;
    let present = async |obj: &str, id: i64| {
        app.key().op(op("show", obj, &json!({ "obj_id": id }))).await["proc"] == "ok"
    };
    let package = [
        op("delete", "stage", &json!({ "obj_id": 2, "project_id": 1 })),
        op("delete", "project", &json!({ "obj_id": 1, "company_id": "i1" })),
        op("list", "projects", &json!({ "company_id": "i1" })),
        op("show", "stage", &json!({ "obj_id": 3 })),
        op("restore", "stage", &json!({ "obj_id": 2 })),
    ];
    assert_snapshot!(told(&app, &package).await);
    // The stage is out of the trash, but its project is not there.
    assert!(!present("stage", 2).await && !present("conv", 1).await);
    app.key().op(op("restore", "project", &json!({ "obj_id": 1 }))).await;
    assert!(present("stage", 2).await && present("stage", 3).await && present("conv", 1).await);
    let list = app.key().op(op("list", "project", &json!({ "obj_id": 1 }))).await;
    assert_eq!(list["list"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_short_name_is_free_again_once_its_holder_is_deleted() {
    let app = world().await;
    let project = json!({ "title": "Next", "short_name": "test", "company_id": "i1" });
    let stage = json!({ "title": "Next", "short_name": "develop", "project_id": 1 });
    // Another company, another project: no conflict.
    let elsewhere = op(
        "create",
        "project",
        &json!({ "title": "a", "short_name": "test", "stages": [{ "title": "develop" }] }),
    );
    assert_eq!(app.key().op(elsewhere).await["proc"], "ok");
    let package = [
        op("delete", "stage", &json!({ "obj_id": 3 })),
        op("create", "stage", &stage),
        op("restore", "stage", &json!({ "obj_id": 3 })),
        op("delete", "project", &json!({ "obj_id": 1 })),
        op("create", "project", &project),
        op("restore", "project", &json!({ "obj_id": 1 })),
        op("destroy", "project", &json!({ "obj_id": 1 })),
        op("restore", "project", &json!({ "obj_id": 1 })),
        op("delete", "project", &json!({ "obj_id": 6 })),
        op("destroy", "stage", &json!({ "obj_id": 7 })),
        op("delete", "stage", &json!({ "obj_id": 7 })),
    ];
    assert_snapshot!(told(&app, &package).await);
    let state = app.state().await["corezoid"].clone();
    let ids = |key: &str| {
        let rows = state[key].as_array().unwrap();
        rows.iter().map(|row| row["id"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!((ids("folders"), ids("convs"), ids("dashboards")), (vec![5, 6, 7, 9], vec![4], vec![]));
}

#[tokio::test]
async fn projects_and_stages_travel_in_state_documents() {
    let app = world().await;
    let first = app.state().await;
    assert_eq!(app.anonymous().put("/_standin/state", first.clone()).await.status(), 204);
    assert_eq!(app.state().await, first);
    let folders = first["corezoid"]["folders"].as_array().unwrap();
    for (expected, row) in document()["corezoid"]["folders"].as_array().unwrap().iter().zip(folders) {
        for (key, value) in expected.as_object().unwrap() {
            assert_eq!(row.get(key), Some(value), "{key} {row}");
        }
    }
    let project = json!({ "id": 9, "title": "P", "kind": "project", "short_name": "test" });
    let stage = |more: Value| {
        let mut stage = json!({ "id": 10, "title": "S", "kind": "stage", "folder": 9 });
        stage.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!([project, stage])
    };
    for (folders, place) in [
        (json!([{ "id": 9, "title": "P", "kind": "stage" }]), "[0].folder: a stage lies in a project"),
        (stage(json!({ "kind": "project" })), "[1].folder: a project lies in the root"),
        (
            stage(json!({ "kind": "folder", "short_name": "ab" })),
            "[1].short_name: only projects and stages have one",
        ),
        (stage(json!({ "kind": "folder", "immutable": true })), "[1].immutable: only stages can be"),
        (stage(json!({ "short_name": "A" })), "[1].short_name: 2 to 127 of a-z, 0-9 and -"),
        (
            stage(json!({ "kind": "project", "folder": 0, "short_name": "test" })),
            "[1].short_name: another has this short name",
        ),
        (stage(json!({ "kind": "version" })), "unknown variant"),
    ] {
        let document = json!({ "standin": 1, "corezoid": { "folders": folders } });
        let answer = app.anonymous().put("/_standin/state", document).await;
        assert!(answer.text().contains(place), "{place}\n{}", answer.print());
    }
}
