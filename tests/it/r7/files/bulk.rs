//! State documents of many files: taken in by batches, with indexes and counts made at the end.

use serde_json::{Value, json};
use sqlx::Connection as _;

use super::{MY, titles, upload};
use crate::support::{App, builder, temp::TempDir};

const FILES: i64 = 6000;

/// Two folders, one in the other, with half of the files each; the files in the inner one come without ids.
fn document() -> Value {
    let files: Vec<Value> = (1..=FILES)
        .map(|n| {
            let mut file =
                json!({ "folder": 200, "title": format!("{n}.txt"), "text": format!("body {}", n % 7) });
            if n % 2 == 0 {
                file["id"] = json!(n);
            } else {
                file["folder"] = json!(201);
            }
            file
        })
        .collect();
    json!({ "standin": 1, "r7": {
        "folders": [
            { "id": 201, "parent": 200, "title": "inner" },
            { "id": 200, "parent": "@my", "title": "outer" },
        ],
        "files": files,
    } })
}

async fn count(app: &App, folder: i64) -> Value {
    let card = app.admin().get(&format!("/api/2.0/files/folder/{folder}")).await.expect(200).json();
    card["response"]["filesCount"].clone()
}

#[tokio::test]
async fn many_files_are_counted_and_can_be_used_like_few() {
    let app = App::empty().await;
    app.anonymous().put("/_standin/state", document()).await.expect(204);
    assert_eq!(count(&app, 200).await, FILES);
    assert_eq!(count(&app, 201).await, FILES / 2);
    assert_eq!(count(&app, MY).await, FILES);
    // Ids that the document does not give follow those that it does.
    let last =
        app.admin().get(&format!("/api/2.0/files/file/{}", FILES + FILES / 2)).await.expect(200).json();
    assert_eq!(last["response"]["title"], format!("{}.txt", FILES - 1));
    // The counts go on from there.
    upload(&app.admin(), 201, "new.txt", "x").await;
    app.admin().delete("/api/2.0/files/file/2", json!({ "immediately": true })).await.expect(200);
    app.admin().delete("/api/2.0/files/file/4", json!({})).await.expect(200);
    assert_eq!(count(&app, 200).await, FILES - 1);
    assert_eq!(titles(&app.admin(), "@trash").await, ["4.txt"]);
}

#[tokio::test]
async fn many_files_come_back_as_they_went_in() {
    let app = App::empty().await;
    app.anonymous().put("/_standin/state", document()).await.expect(204);
    let state = app.state().await;
    assert_eq!(state["r7"]["files"].as_array().unwrap().len(), usize::try_from(FILES).unwrap());
    assert_eq!(state["r7"]["files"][0]["text"], "body 2");
    let other = App::empty().await;
    other.anonymous().put("/_standin/state", state.clone()).await.expect(204);
    assert_eq!(other.state().await, state);
}

#[tokio::test]
async fn a_mistake_among_many_files_is_named_by_its_place_and_changes_nothing() {
    let dir = TempDir::new();
    for app in [App::empty().await, App::of(builder().database(dir.join("a.db"))).await] {
        upload(&app.admin(), MY, "a.txt", "x").await;
        let before = app.state().await;
        for (index, key, wrong, message) in [
            (5555, "folder", json!(7777), "r7.files[5555].folder: no folder 7777"),
            (
                5556,
                "folder",
                json!([]),
                "r7.files[5556].folder: data did not match any variant of untagged enum Place",
            ),
            (5557, "id", json!(2), "r7.files[5557].id: 2 is taken, or no id"),
            (5558, "colour", json!("red"), "r7.files[5558].colour: unknown field `colour`, expected one of"),
            (
                5559,
                "base64",
                json!("!"),
                "r7.files[5559]: a body is `text`, `base64` or `path`, only one of them",
            ),
        ] {
            let mut document = document();
            document["r7"]["files"][index][key] = wrong;
            let answer = app.anonymous().put("/_standin/state", document).await.expect(400).json();
            let text = answer["error"]["message"].as_str().unwrap();
            assert!(text.contains(message), "{text}");
        }
        for (files, message) in [
            (json!({}), "r7.files: invalid type: a list is expected"),
            (json!(null), "r7.files: invalid type: a list is expected"),
            (json!([7]), "r7.files[0]: invalid type: an object is expected"),
        ] {
            let document = json!({ "standin": 1, "r7": { "files": files } });
            let answer = app.anonymous().put("/_standin/state", document).await.expect(400).json();
            let text = answer["error"]["message"].as_str().unwrap();
            assert!(text.contains(message), "{text}");
        }
        assert_eq!(app.state().await, before);
        // What the refused documents took off is there again: counts still follow.
        upload(&app.admin(), MY, "b.txt", "x").await;
        assert_eq!(count(&app, MY).await, 2);
        app.stop().await;
    }
}

#[tokio::test]
async fn a_document_of_many_files_leaves_the_schema_as_the_migrations_made_it() {
    let dir = TempDir::new();
    let (empty, full) = (dir.join("empty.db"), dir.join("full.db"));
    for (path, filled) in [(&empty, false), (&full, true)] {
        let app = App::of(builder().database(path.clone())).await;
        if filled {
            app.anonymous().put("/_standin/state", document()).await.expect(204);
        }
        app.stop().await;
    }
    let mut schemas = Vec::new();
    for path in [empty, full] {
        let mut conn = sqlx::SqliteConnection::connect(path.to_str().unwrap()).await.unwrap();
        let sql = "SELECT type, name, sql FROM sqlite_schema ORDER BY type, name";
        let rows: Vec<(String, String, Option<String>)> =
            sqlx::query_as(sql).fetch_all(&mut conn).await.unwrap();
        schemas.push(rows);
    }
    assert_eq!(schemas[0], schemas[1]);
}
