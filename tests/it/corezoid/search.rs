//! Objects found by words and by place (sheet corezoid/api 2.1, 2.3).

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::projects::{op, told, world};

#[tokio::test]
async fn processes_are_found_in_a_place_and_name_their_project_and_stage() {
    let app = world().await;
    let package = [op(
        "list",
        "convs",
        &json!({ "company_id": "i1", "project_id": 1, "stage_id": 3, "pattern": "one" }),
    )];
    assert_snapshot!(told(&app, &package).await);
    let titles = async |obj: &str, more: Value| {
        let mut op = op("list", obj, &json!({ "company_id": "i1" }));
        op.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = app.key().op(op).await;
        let list = answer["list"].as_array().unwrap_or_else(|| panic!("{answer}")).iter();
        list.map(|line| line["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
    };
    for (more, expected) in [
        (json!({}), "One Two Released Far"),
        (json!({ "project_id": 1 }), "One Two Released"),
        (json!({ "project_short_name": "test", "stage_short_name": "develop" }), "One Two"),
        (json!({ "project_id": 1, "stage_id": 2 }), "Released"),
        (json!({ "project_id": 1, "location": "stage" }), "One Two Released"),
        (json!({ "project_id": 1, "location": "project" }), "One Two Released"),
        (json!({ "location": "folder" }), "Far"),
        (json!({ "location": "folder", "pattern": "one" }), ""),
        (json!({ "owner_id": 2 }), ""),
        (json!({ "obj_type": "state" }), ""),
        (json!({ "limit": 1 }), "One"),
    ] {
        assert_eq!(titles("convs", more.clone()).await, expected, "{more}");
    }
    app.key().op(op("create", "dashboard", &json!({ "title": "Outside", "company_id": "i1" }))).await;
    for (more, expected) in [
        (json!({}), "Board Outside"),
        (json!({ "project_id": 1, "stage_id": 3 }), "Board"),
        (json!({ "project_id": 1, "stage_id": 2 }), ""),
        (json!({ "pattern": "side" }), "Outside"),
    ] {
        assert_eq!(titles("dashboards", more.clone()).await, expected, "{more}");
    }
    let nowhere = [
        op("list", "convs", &json!({ "project_id": 99 })),
        op("list", "dashboards", &json!({ "project_id": 1, "stage_id": 99 })),
        op("list", "convs", &json!({ "location": "cellar" })),
    ];
    assert_snapshot!(told(&app, &nowhere).await);
}

#[tokio::test]
async fn a_process_is_found_by_what_its_nodes_call() {
    let app = world().await;
    let made = app
        .key()
        .op(op("create", "node", &json!({ "conv_id": 1, "obj_type": 0, "version": 5, "title": "n" })))
        .await;
    let call = json!([
        { "type": "api", "url": "https://pay.example.org/v1/charge", "method": "POST", "extra": {}, "extra_type": {}, "extra_headers": {}, "err_node_id": "" },
        { "type": "go", "to_node_id": made["obj_id"] },
    ]);
    let node = op(
        "modify",
        "node",
        &json!({ "conv_id": 1, "obj_id": made["obj_id"], "version": 5, "obj_type": 0,
        "position": [0, 0], "extra": {}, "logics": call, "title": "n" }),
    );
    assert_eq!(app.key().op(node).await["proc"], "ok");
    let found = async || {
        let list =
            app.key().op(op("list", "convs", &json!({ "company_id": "i1", "pattern": "PAY.example" }))).await
                ["list"]
                .clone();
        list.as_array().unwrap().iter().map(|line| line["obj_id"].clone()).collect::<Vec<_>>()
    };
    assert!(found().await.is_empty(), "a draft calls nothing");
    let confirmed = app.key().op(op("confirm", "commit", &json!({ "conv_id": 1, "version": 5 }))).await;
    if confirmed["proc"] == "ok" {
        assert_eq!(found().await, [json!(1)]);
    } else {
        panic!("{confirmed}");
    }
}

#[tokio::test]
async fn the_process_that_takes_what_fails_is_set_by_create_and_modify_and_shown_as_text() {
    let app = world().await;
    let shown = async || {
        let listed =
            app.key().op(op("list", "conv", &json!({ "obj_id": 1 }))).await["escalation_conv"].clone();
        let found = app.key().op(op("list", "convs", &json!({ "company_id": "i1", "pattern": "One" }))).await;
        (listed, found["list"][0]["escalation_conv"].clone())
    };
    assert_eq!(shown().await, (json!("undefined"), json!("undefined")));
    let modify = |more: &Value| {
        let mut op = op("modify", "conv", &json!({ "obj_id": 1 }));
        op.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        op
    };
    let changed = app.key().op(modify(&json!({ "escalation_conv": "2" }))).await;
    // It is no change of status (sheet corezoid/api 9, 17).
    assert_eq!((&changed["proc"], &changed["is_changed"]), (&json!("ok"), &json!(false)));
    assert_eq!(shown().await, (json!("2"), json!("2")));
    app.key().op(modify(&json!({ "title": "One more" }))).await;
    assert_eq!(shown().await, (json!("2"), json!("2")));
    let wrong = app.key().op(modify(&json!({ "escalation_conv": "none" }))).await;
    assert_eq!(
        (&wrong["description"], &wrong["key"]),
        (&json!("Value is not valid"), &json!("escalation_conv"))
    );
}
