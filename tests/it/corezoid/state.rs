//! Folders, processes and dashboards in state documents (contract §4).

use serde_json::{Value, json};

use crate::support::{App, builder, seed};

fn document() -> Value {
    json!({
        "standin": 1,
        "corezoid": {
            "companies": [{ "id": "i1", "title": "First" }],
            "folders": [
                // A child before its parent.
                { "id": 5, "title": "Inner", "folder": 3, "description": null },
                { "id": 3, "title": "Outer", "company": "i1", "favorite_of": [1] },
                { "id": 9, "title": "Gone", "status": "deleted" },
            ],
            "convs": [
                { "id": 4, "title": "P", "folder": 5, "status": "paused", "params": null,
                  "nodes": [{ "id": "n1", "draft": { "version": 17, "user": 1, "time": "2026-02-12T09:00:00Z",
                              "node": { "obj_type": 0, "title": "", "description": "", "logics": [], "semaphors": [],
                                        "position": [0, 0] } } }],
                  "shares": [{ "to": "user", "id": 1, "privs": [{ "type": "view", "list_obj": ["all"] }] },
                             { "to": "all", "privs": [] }] },
                { "id": 7, "title": "S", "conv_type": "state", "params": [{ "name": "a" }], "ref_mask": false,
                  "hash": "ce48cf53644b20ee6ce6e936f271a4f893a29298", "last_confirmed_version": 5,
                  "create_time": "2020-01-01T00:00:00Z" },
            ],
            "dashboards": [
                { "id": 2, "title": "D", "folder": 3, "description": "d", "time_range": { "select": "online" },
                  "grid": [{ "obj_id": "a", "x": 0, "y": 0, "width": 1, "height": 1 }] },
                { "id": 6, "title": "E" },
            ],
        },
    })
}

#[tokio::test]
async fn an_export_imports_into_the_same_world() {
    let app = App::of(builder().seed(seed(document()))).await;
    let first = app.state().await;
    assert_eq!(app.anonymous().put("/_standin/state", first.clone()).await.status(), 204);
    assert_eq!(app.state().await, first);
    let sent = document()["corezoid"].clone();
    for key in ["folders", "convs", "dashboards"] {
        let mut expected = sent[key].as_array().unwrap().clone();
        expected.sort_by_key(|row| row["id"].as_i64());
        for (expected, exported) in expected.iter().zip(first["corezoid"][key].as_array().unwrap()) {
            for (name, value) in expected.as_object().unwrap() {
                // Shares come back sorted; the second one has no id to say.
                let matches = name == "shares" || exported.get(name) == Some(value);
                assert!(matches, "{key} {name}: {exported}");
            }
        }
    }
    insta::assert_snapshot!(serde_json::to_string_pretty(&first["corezoid"]).unwrap());
}

#[tokio::test]
async fn a_later_document_adds_to_an_earlier_one() {
    let more = json!({ "standin": 1, "corezoid": { "convs": [{ "id": 1, "title": "Q", "folder": 3 }] } });
    let documents = [document(), more].map(|value| standin::Document::new("test", value));
    let app = App::of(builder().seed(standin::Seed::Documents(documents.to_vec()))).await;
    let listed = app.key().op(json!({ "type": "list", "obj": "folder", "obj_id": 3 })).await;
    let ids: Vec<&Value> = listed["list"].as_array().unwrap().iter().map(|item| &item["obj_id"]).collect();
    assert_eq!(ids, [5, 1, 2]);
    let outer =
        app.key().op(json!({ "type": "list", "obj": "folder", "obj_id": 0, "company_id": "i1" })).await;
    assert_eq!((&outer["list"][0]["childs"], &outer["list"][0]["size"]), (&json!(1), &json!(3)));
}

#[tokio::test]
async fn a_mistake_names_its_place_and_changes_nothing() {
    let app = App::of(builder().seed(seed(document()))).await;
    let before = app.state().await;
    for (part, place) in [
        (
            json!({ "folders": [{ "id": 1, "title": "a", "folder": 2 }] }),
            "corezoid.folders[0].folder: there is no folder 2",
        ),
        (
            json!({ "folders": [{ "id": 1, "title": "a" }, { "id": 1, "title": "b" }] }),
            "corezoid.folders[1].id: id 1 is taken",
        ),
        (json!({ "folders": [{ "id": 0, "title": "a" }] }), "corezoid.folders[0].id: ids start at 1"),
        (
            json!({ "folders": [{ "id": 1, "title": "a", "folder": 2 }, { "id": 2, "title": "b", "folder": 1 }] }),
            "corezoid.folders[0].folder: the folder lies in itself",
        ),
        (
            json!({ "folders": [{ "id": 1, "title": "a", "company": "i1" }],
                    "convs": [{ "id": 1, "title": "a", "folder": 1, "company": "i2" }] }),
            "corezoid.convs[0].company: its folder belongs to another company",
        ),
        (
            json!({ "convs": [{ "id": 1, "title": "a", "owner": 9 }] }),
            "corezoid.convs[0].owner: there is no user 9",
        ),
        (
            json!({ "convs": [{ "id": 1, "title": "a", "status": "asleep" }] }),
            "corezoid.convs[0].status: one of active, paused, deleted, blocked, debug, active_debug",
        ),
        (
            json!({ "convs": [{ "id": 1, "title": "a", "hash": "xyz" }] }),
            "corezoid.convs[0].hash: 40 hex digits",
        ),
        (
            json!({ "convs": [{ "id": 1, "title": "a", "favorite_of": [1, 2] }] }),
            "corezoid.convs[0].favorite_of[1]: there is no user 2",
        ),
        (
            json!({ "dashboards": [{ "id": 1, "title": "a", "shares": [{ "to": "user", "id": 2, "privs": [] }] }] }),
            "corezoid.dashboards[0].shares[0].id: there is no user 2",
        ),
        (
            json!({ "dashboards": [{ "id": 1, "title": "a", "folder": 7 }] }),
            "corezoid.dashboards[0].folder: there is no folder 7",
        ),
    ] {
        let answer = app.anonymous().put("/_standin/state", json!({ "standin": 1, "corezoid": part })).await;
        assert!(answer.status() == 422 || answer.status() == 400, "{}", answer.print());
        assert!(answer.text().contains(place), "{place}\n{}", answer.text());
    }
    assert_eq!(app.state().await, before);
}
