//! Environment variables of stages (sheet corezoid/api 2.8).

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::projects::{document, op, told};
use crate::support::{App, builder, seed};

/// The projects of [`document`] with a visible and a secret variable in the stage develop.
fn with_variables() -> Value {
    let mut document = document();
    document["corezoid"]["env_vars"] = json!([
        { "id": 1, "folder": 3, "title": "Address", "short_name": "url", "value": "https://example.org" },
        { "id": 2, "folder": 3, "title": "Token", "short_name": "token", "value": "s3cret", "secret": true,
          "scopes": [{ "type": "api_call", "fields": ["cert_pem", "api_secret_outer"] }] },
    ]);
    document
}

async fn world() -> App {
    App::of(builder().seed(seed(with_variables()))).await
}

/// The stage develop, as requests name it, with more fields.
fn develop(more: &Value) -> Value {
    let mut all = json!({ "company_id": "i1", "project_id": 1, "stage_id": 3 });
    all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    all
}

#[tokio::test]
async fn variables_are_made_listed_changed_in_part_and_deleted_for_good() {
    let app = App::of(builder().seed(seed(document()))).await;
    let package = [
        op(
            "create",
            "env_var",
            &develop(
                &json!({ "env_var_type": "secret", "title": "My first variable", "short_name": "firstvar",
                "value": "test", "data_type": "raw",
                "scopes": [{ "type": "api_call", "fields": ["cert_pem", "api_secret_outer"] }] }),
            ),
        ),
        // As the official client makes one.
        op(
            "create",
            "env_var",
            &develop(
                &json!({ "data_type": "json", "title": "Конфигурация", "short_name": "cfg", "env_var_type": "visible",
                "obj_type": 0, "status": "active", "scopes": [{ "type": "*", "fields": "*" }],
                "value": "{\"retry\":{\"max\":3}}", "description": "Numbers" }),
            ),
        ),
        op("list", "env_var", &develop(&json!({}))),
        // Nothing of a secret is lost when its title changes, and no secret becomes visible.
        op(
            "modify",
            "env_var",
            &develop(
                &json!({ "obj_id": "1", "short_name": "firstvar", "title": "New title", "env_var_type": "visible" }),
            ),
        ),
        op(
            "modify",
            "env_var",
            &develop(
                &json!({ "obj_id": 2, "short_name": "config", "value": "plain text", "data_type": "raw",
                "description": null, "scopes": [] }),
            ),
        ),
        op(
            "list",
            "env_var",
            &json!({ "company_id": "i1", "project_short_name": "test", "stage_short_name": "develop" }),
        ),
        op("get", "object", &json!({ "obj_type": "env_var", "obj_id": 1 })),
        op("delete", "env_var", &json!({ "obj_id": 1, "project_id": 1, "stage_id": 3 })),
        op("delete", "env_var", &json!({ "obj_id": 1, "project_id": 1, "stage_id": 3 })),
        op("delete", "env_var", &json!({ "obj_id": 2 })),
        op("list", "env_var", &develop(&json!({}))),
    ];
    assert_snapshot!(told(&app, &package).await);
}

#[tokio::test]
async fn mistakes_about_variables_have_words_of_their_own_and_change_nothing() {
    let app = world().await;
    let before = app.state().await;
    let create = |more: Value| {
        let mut all = develop(
            &json!({ "env_var_type": "visible", "title": "Other", "short_name": "other", "value": "one",
            "scopes": [] }),
        );
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        op("create", "env_var", &all)
    };
    let modify = |more: Value| {
        let mut all = json!({ "obj_id": 1, "short_name": "url" });
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        op("modify", "env_var", &all)
    };
    let package = [
        create(json!({ "short_name": "token" })),
        create(json!({ "short_name": "TOKEN" })),
        create(json!({ "value": "ab" })),
        create(json!({ "title": "ab" })),
        create(json!({ "data_type": "json" })),
        create(json!({ "env_var_type": "hidden" })),
        create(json!({ "scopes": [{ "fields": [] }] })),
        create(json!({ "project_id": null })),
        create(json!({ "stage_id": null })),
        create(json!({ "stage_id": 404 })),
        create(json!({ "stage_id": 2 })),
        create(json!({ "company_id": "" })),
        modify(json!({ "short_name": "token" })),
        modify(json!({ "short_name": null, "title": "Other" })),
        modify(json!({ "data_type": "json" })),
        modify(json!({ "obj_id": 404 })),
        modify(json!({ "stage_id": 2, "project_id": 1 })),
        op("list", "env_var", &json!({ "company_id": "i1", "project_id": 1 })),
        op("list", "env_var", &json!({ "company_id": "i1", "project_id": 1, "stage_id": 404 })),
        op("show", "env_var", &json!({ "obj_id": 1 })),
        op("restore", "env_var", &json!({ "obj_id": 1 })),
    ];
    assert_snapshot!(told(&app, &package).await);
    assert_eq!(app.state().await, before);
}

#[tokio::test]
async fn a_name_is_free_in_every_stage() {
    let app = world().await;
    let open = op(
        "modify",
        "stage",
        &json!({ "obj_id": 2, "title": "production", "short_name": "production", "immutable": false }),
    );
    assert_eq!(app.key().op(open).await["proc"], "ok");
    let create = json!({ "env_var_type": "secret", "title": "Token", "short_name": "token", "value": "other",
        "company_id": "i1", "project_id": 1, "stage_id": 2, "scopes": [] });
    assert_eq!(app.key().op(op("create", "env_var", &create)).await["obj_id"], 3);
}

#[tokio::test]
async fn the_history_keeps_no_value() {
    let app = world().await;
    let modify = json!({ "obj_id": 2, "short_name": "token", "value": "n3w s3cret" });
    assert_eq!(app.key().op(op("modify", "env_var", &modify)).await["proc"], "ok");
    let noted = app.key().op(op("list", "history", &json!({ "limit": 10, "offset": 0 }))).await;
    assert!(noted.to_string().contains("env_var"), "{noted}");
    assert!(!noted.to_string().contains("n3w s3cret"), "{noted}");
}

#[tokio::test]
async fn variables_go_through_state_documents() {
    let app = world().await;
    let first = app.state().await;
    assert_eq!(app.anonymous().put("/_standin/state", first.clone()).await.status(), 204);
    assert_eq!(app.state().await, first);
    assert_snapshot!(serde_json::to_string_pretty(&first["corezoid"]["env_vars"]).unwrap());
    for (change, place) in [
        (json!({ "folder": 1 }), "folder: no stage"),
        (json!({ "folder": 0 }), "folder: no stage"),
        (json!({ "folder": 404 }), "folder: there is no folder 404"),
        (json!({ "short_name": "url" }), "short_name: another has this short name"),
        (json!({ "short_name": "" }), "short_name: 2 to 127"),
        (json!({ "data_type": "json" }), "value: its data_type says that it is JSON"),
        (json!({ "owner": 9 }), "owner: there is no user 9"),
        (json!({ "id": 1 }), "id: id 1 is taken"),
    ] {
        let mut document = with_variables();
        let variable = document["corezoid"]["env_vars"][1].as_object_mut().unwrap();
        variable.extend(change.as_object().unwrap().clone());
        let answer = app.anonymous().put("/_standin/state", document).await;
        assert!(
            answer.text().contains(&format!("corezoid.env_vars[1].{place}")),
            "{place}\n{}",
            answer.text()
        );
    }
    assert_eq!(app.state().await, first);
}
