//! Charts of dashboards, snapshots of processes, settings (sheet corezoid/api 2.3, 2.7, 2.9).

use std::fmt::Write as _;

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{App, builder, seed};

/// Dashboard 1 in a company with two charts; 2 has none, 3 is in the trash. Process 1 is deployed, 2 in the trash.
fn document() -> Value {
    json!({ "standin": 1, "corezoid": {
        "companies": [{ "id": "i1", "title": "First" }],
        "dashboards": [
            { "id": 1, "title": "D", "company": "i1", "charts": [
                { "id": "a", "name": "A", "obj_type": "pie", "series": [{ "conv_id": 1, "node_id": "start" }],
                  "more": { "sort": true } },
                { "id": "b", "name": "B" },
            ] },
            { "id": 2, "title": "D" },
            { "id": 3, "title": "D", "status": "deleted", "charts": [{ "id": "c", "name": "C" }] },
        ],
        "convs": [
            { "id": 1, "title": "P", "last_confirmed_version": 7,
              "nodes": [{ "id": "start", "live": { "obj_type": 1, "title": "Start" } },
                        { "id": "new", "draft": { "version": 8, "node": { "obj_type": 0 } } }],
              "snapshots": [{ "id": 4, "version": 6, "title": "Before" }] },
            { "id": 2, "title": "P", "status": "deleted", "snapshots": [{ "id": 5 }] },
        ],
    } })
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

fn chart(verb: &str, dashboard: i64, fields: &Value) -> Value {
    let mut op = json!({ "type": verb, "obj": "chart", "dashboard_id": dashboard });
    op.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    op
}

#[tokio::test]
async fn charts_are_made_changed_read_listed_and_deleted() {
    let app = app().await;
    let series = json!([{ "conv_id": 1, "node_id": "start", "title": "Start", "type_icon": "start",
                          "type_title": "Start node", "type": "node" }]);
    let made = app
        .key()
        .op(chart(
            "create",
            2,
            &json!({ "name": "New Chart", "description": "Chart description", "sort": true,
                                        "series": [], "obj_type": "table", "company_id": null }),
        ))
        .await;
    let id = &made["obj_id"];
    let text = told(
        &app,
        [
            chart("get", 2, &json!({ "obj_id": id })),
            chart(
                "modify",
                2,
                &json!({ "obj_id": id, "name": "Newer", "series": series, "obj_type": "funnel" }),
            ),
            chart("get", 2, &json!({ "obj_id": id })),
            chart("create", 2, &json!({ "name": "Second", "series": [], "obj_type": "pie" })),
            json!({ "type": "show", "obj": "dashboard", "obj_id": 2 }),
            json!({ "type": "get", "obj": "charts_list", "dashboard_id": 2 }),
            chart("delete", 2, &json!({ "obj_id": id })),
            json!({ "type": "get", "obj": "charts_list", "dashboard_id": 2 }),
            chart("get", 1, &json!({ "obj_id": "a", "company_id": "i1" })),
            json!({ "type": "get", "obj": "charts_list", "dashboard_id": 1 }),
        ],
    )
    .await;
    assert_snapshot!(format!("{made}\n\n{text}"));
}

#[tokio::test]
async fn what_is_no_chart_is_refused_and_changes_nothing() {
    let app = app().await;
    let before = app.state().await;
    let whole = json!({ "name": "N", "series": [], "obj_type": "table" });
    let with = |key: &str, value: Value| {
        let mut fields = whole.clone();
        fields[key] = value;
        fields
    };
    let text = told(
        &app,
        [
            chart("create", 3, &whole),
            chart("create", 77, &whole),
            json!({ "type": "create", "obj": "chart", "name": "N", "series": [], "obj_type": "table" }),
            chart("create", 1, &with("name", json!(""))),
            chart("create", 1, &with("name", json!("x".repeat(251)))),
            chart("create", 1, &with("name", Value::Null)),
            chart("create", 1, &with("series", Value::Null)),
            chart("create", 1, &with("series", json!({}))),
            chart("create", 1, &with("obj_type", json!("line"))),
            chart("modify", 1, &whole),
            chart("modify", 1, &with("obj_id", json!("c"))),
            chart("modify", 2, &with("obj_id", json!("a"))),
            chart("modify", 3, &with("obj_id", json!("c"))),
            chart("modify", 1, &json!({ "obj_id": "a", "name": "only" })),
            chart("get", 2, &json!({ "obj_id": "a" })),
            chart("get", 3, &json!({ "obj_id": "c" })),
            chart("get", 1, &json!({})),
            chart("delete", 2, &json!({ "obj_id": "a" })),
            chart("delete", 77, &json!({ "obj_id": "a" })),
            json!({ "type": "get", "obj": "charts_list", "dashboard_id": 3 }),
            json!({ "type": "get", "obj": "charts_list" }),
            chart("list", 1, &json!({})),
        ],
    )
    .await;
    assert_snapshot!(text);
    assert_eq!(app.state().await, before);
}

#[tokio::test]
async fn snapshots_keep_what_was_deployed() {
    let app = app().await;
    let snapshot = |verb: &str, fields: Value| {
        let mut op = json!({ "type": verb, "obj": if verb == "list" { "snapshots" } else { "snapshot" } });
        op.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        op
    };
    let text = told(
        &app,
        [
            snapshot("create", json!({ "conv_id": 1, "project_id": 0, "stage_id": 0, "title": "Pushed" })),
            snapshot("list", json!({ "conv_id": 1 })),
            snapshot("delete", json!({ "obj_id": 4, "conv_id": 1 })),
            snapshot("list", json!({ "conv_id": "1" })),
            snapshot("create", json!({ "conv_id": 2 })),
            snapshot("create", json!({})),
            snapshot("create", json!({ "conv_id": 1, "title": [] })),
            snapshot("list", json!({ "conv_id": 77 })),
            snapshot("list", json!({})),
            snapshot("delete", json!({ "obj_id": 5 })),
            snapshot("delete", json!({ "obj_id": 4 })),
            snapshot("delete", json!({})),
        ],
    )
    .await;
    assert_snapshot!(text);
    let state = app.state().await;
    let kept = &state["corezoid"]["convs"][0]["snapshots"][0];
    assert_eq!((&kept["nodes"][0]["id"], kept["nodes"].as_array().unwrap().len()), (&json!("start"), 1));
}

#[tokio::test]
async fn settings_are_shown() {
    let app = App::empty().await;
    let text = told(
        &app,
        [
            json!({ "type": "show", "obj": "conf", "obj_type": "timer", "conv_id": 1 }),
            json!({ "type": "show", "obj": "conf", "obj_type": "ui" }),
            json!({ "type": "show", "obj": "conf" }),
            json!({ "type": "show", "obj": "conf", "obj_type": "x" }),
        ],
    )
    .await;
    assert_snapshot!(text);
}

#[tokio::test]
async fn charts_and_snapshots_travel_in_state_documents_and_go_with_what_they_belong_to() {
    let app = app().await;
    let first = app.state().await;
    let of = |state: &Value, list: &str, index: usize, key: &str| state["corezoid"][list][index][key].clone();
    for (list, key) in [("dashboards", "charts"), ("convs", "snapshots")] {
        assert_eq!(of(&first, list, 0, key)[0]["id"], of(&document(), list, 0, key)[0]["id"]);
    }
    assert_eq!(of(&first, "dashboards", 0, "charts")[0], of(&document(), "dashboards", 0, "charts")[0]);
    assert_eq!(app.anonymous().put("/_standin/state", first.clone()).await.status(), 204);
    assert_eq!(app.state().await, first);
    let twice = json!([{ "id": "a", "name": "A" }, { "id": "a", "name": "B" }]);
    for (part, place) in [
        (
            json!({ "dashboards": [{ "id": 1, "title": "D", "charts": twice }] }),
            "corezoid.dashboards[0].charts[1].id",
        ),
        (
            json!({ "convs": [{ "id": 1, "title": "P", "snapshots": [{ "id": 1 }, { "id": 1 }] }] }),
            "corezoid.convs[0].snapshots[1].id",
        ),
        (
            json!({ "convs": [{ "id": 1, "title": "P", "snapshots": [{ "id": 1, "user": 9 }] }] }),
            "corezoid.convs[0].snapshots[0].user",
        ),
    ] {
        let answer = app.anonymous().put("/_standin/state", json!({ "standin": 1, "corezoid": part })).await;
        assert!(answer.text().contains(place), "{place}\n{}", answer.text());
    }
    assert_eq!(app.state().await, first);
    // Out of the trash for good: nothing of them is left, and their ids are free.
    for (obj, id) in [("dashboard", 3), ("conv", 2)] {
        let op = json!({ "type": "destroy", "obj": obj, "obj_id": id });
        assert_eq!(app.key().op(op).await["proc"], "ok");
    }
    let text = app.state().await["corezoid"].to_string();
    assert!(!text.contains(r#""id":"c""#) && !text.contains(r#""id":5"#), "{text}");
}

#[tokio::test]
async fn charts_go_out_with_their_dashboard_and_come_in_under_ids_of_their_own() {
    let app = app().await;
    let scheme = app
        .key()
        .op(json!({ "type": "get", "obj": "obj_scheme", "obj_id": 1, "obj_type": "dashboard" }))
        .await;
    let mut file = scheme["scheme"].clone();
    assert_eq!(
        file[0]["charts_list"],
        json!([
            { "chart_id": "a", "name": "A", "description": "", "obj_type": "pie",
              "series": [{ "conv_id": 1, "node_id": "start" }], "sort": true },
            { "chart_id": "b", "name": "B", "description": "", "obj_type": "table", "series": [] },
        ])
    );
    file[0]["grid"] = json!([{ "obj_id": "b", "x": 0, "y": 0, "width": 4, "height": 4 }]);
    file[0]["charts_list"][0]["settings"] = json!({ "unknown": 1 });
    let upload = json!({ "type": "create", "obj": "obj_scheme", "scheme": file.to_string(), "folder_id": 0 });
    let answer = app.key().package("upload", &json!({ "ops": [upload] }).to_string()).await.json();
    let id = answer["ops"][0]["scheme"][0]["obj_id"].clone();
    let shown = app.key().op(json!({ "type": "show", "obj": "dashboard", "obj_id": id })).await;
    let list = shown["chart_list"].as_array().unwrap();
    assert_eq!((&list[0]["name"], &list[1]["name"], list.len()), (&json!("A"), &json!("B"), 2));
    assert_ne!(list[1]["obj_id"], "b");
    // The grid follows.
    assert_eq!(shown["grid"][0]["obj_id"], list[1]["obj_id"]);
    let again = app
        .key()
        .op(json!({ "type": "get", "obj": "obj_scheme", "obj_id": id, "obj_type": "dashboard" }))
        .await;
    let mut first = again["scheme"][0]["charts_list"][0].clone();
    first["chart_id"] = json!("a");
    assert_eq!(first, file[0]["charts_list"][0]);
}
