//! Documents in state documents (contract 4).

use serde_json::{Value, json};

use super::{MY, bytes, folder, start, titles, upload};
use crate::support::{App, builder, seed};

async fn of(part: Value) -> App {
    App::of(builder().seed(seed(json!({ "standin": 1, "r7": part })))).await
}

#[tokio::test]
async fn a_used_world_comes_back_whole() {
    let app = App::empty().await;
    let admin = app.admin();
    folder(&admin, MY, "f").await;
    folder(&admin, 100, "g").await;
    admin.upload("/api/2.0/files/@my/upload", "a.txt", b"one").await.expect(201);
    admin.upload("/api/2.0/files/@my/upload", "a.txt", &[0xFF, 0x00, 0x80]).await.expect(201);
    upload(&admin, 101, "b.txt", "two").await;
    upload(&admin, 101, "c.txt", "gone").await;
    start(&admin, "delete", json!({ "fileIds": [3], "immediately": true })).await;
    start(&admin, "delete", json!({ "folderIds": [101] })).await;
    let state = app.state().await;
    assert_eq!(state["r7"]["files"][0]["versions"][0]["text"], "one");
    assert_eq!((&state["r7"]["files"][0]["base64"], &state["r7"]["lastFile"]), (&json!("/wCA"), &json!(3)));
    let other = App::empty().await;
    other.anonymous().put("/_standin/state", state.clone()).await;
    assert_eq!(other.state().await, state);
    assert_eq!(titles(&other.admin(), "@trash").await, ["g"]);
    assert_eq!(bytes(&other.admin(), 1).await, [0xFF, 0x00, 0x80]);
    // An id that was used is not used again.
    assert_eq!(upload(&other.admin(), MY, "d.txt", "x").await, 4);
    let counts = other.admin().get("/api/2.0/files/folder/4").await.json();
    assert_eq!(
        (&counts["response"]["filesCount"], &counts["response"]["foldersCount"]),
        (&json!(1), &json!(1))
    );
}

#[tokio::test]
async fn places_may_be_named_and_come_in_any_order() {
    let app = of(json!({
        "folders": [
            { "id": 201, "parent": 200, "title": "inner" },
            { "id": 200, "parent": "@common", "title": "outer" },
            { "parent": "@my", "title": "loose" },
        ],
        "files": [
            { "folder": "@trash", "title": "t.txt", "text": "t" },
            { "id": 7, "folder": 201, "title": "deep.txt", "base64": "aGk=" },
            { "folder": 201, "title": "empty.txt" },
        ],
    }))
    .await;
    let admin = app.admin();
    assert_eq!(titles(&admin, "@common").await, ["outer"]);
    assert_eq!(
        (titles(&admin, "@my").await, titles(&admin, "@trash").await),
        (vec!["loose".to_owned()], vec!["t.txt".to_owned()])
    );
    assert_eq!((titles(&admin, "201").await.len(), bytes(&admin, 7).await), (2, b"hi".to_vec()));
    assert_eq!(admin.get("/api/2.0/files/folder/202").await.expect(200).json()["response"]["title"], "loose");
}

#[tokio::test]
async fn mistakes_name_their_place() {
    for (part, expected) in [
        (json!({ "files": [{ "folder": 77, "title": "a" }] }), "r7.files[0].folder: no folder 77"),
        (
            json!({ "folders": [{ "id": 100, "parent": 77, "title": "a" }] }),
            "r7.folders[0].parent: no folder 77",
        ),
        (
            json!({ "folders": [{ "id": 100, "parent": 101, "title": "a" }, { "id": 101, "parent": 100, "title": "b" }] }),
            "r7.folders[1].parent: a folder cannot lie in itself",
        ),
        (json!({ "folders": [{ "id": 2, "parent": 1, "title": "a" }] }), "r7.folders[0].id: 2 is taken"),
        (
            json!({ "folders": [{ "parent": "@nowhere", "title": "a" }] }),
            "r7.folders[0].parent: a folder's id, or @my",
        ),
        (
            json!({ "files": [{ "id": 1, "folder": 2, "title": "a" }, { "id": 1, "folder": 2, "title": "b" }] }),
            "r7.files[1].id: 1 is taken",
        ),
        (
            json!({ "files": [{ "folder": 2, "title": "a", "text": "x", "base64": "eA==" }] }),
            "r7.files[0]: a body is",
        ),
        (json!({ "files": [{ "folder": 2, "title": "a", "base64": "?" }] }), "r7.files[0].base64: "),
        (json!({ "files": [{ "folder": 2, "title": "a", "path": "x.bin" }] }), "r7.files[0].path: "),
        (json!({ "files": [{ "folder": 2, "title": "a", "size": 1 }] }), "r7.files[0].size: unknown field"),
        (
            json!({ "files": [{ "id": 1, "folder": 2, "title": "a", "versions": [{ "version": 1 }] }] }),
            "r7.files[0].versions[0].version: ",
        ),
        (json!({ "sections": [{ "id": 1, "section": "my" }] }), "r7.sections[0].owner: "),
        (
            json!({ "operations": [{ "id": "00000000-0000-0000-0000-000000000001", "owner": "00000000-0000-0000-0000-000000000001", "kind": 2 }] }),
            "r7.operations[0].due: ",
        ),
    ] {
        let app = App::empty().await;
        let before = app.state().await;
        let refused = app.anonymous().put("/_standin/state", json!({ "standin": 1, "r7": part })).await;
        assert!(refused.status() >= 400 && refused.status() < 500, "{}", refused.print());
        assert!(refused.text().contains(expected), "{expected}\n{}", refused.text());
        assert_eq!(app.state().await, before);
    }
}

#[tokio::test]
async fn a_hundred_people_keep_their_sections_apart_from_the_folders() {
    let users: Vec<Value> = (1..=100)
        .map(|n| json!({ "id": format!("00000000-0000-0000-0000-{n:012}"), "userName": format!("u{n}"),
            "email": format!("u{n}@example.org"), "password": "secret", "firstName": "U", "lastName": n.to_string(),
            "isAdmin": n == 1 }))
        .collect();
    let app = of(json!({ "users": users, "folders": [{ "id": 100, "parent": 1, "title": "f" }] })).await;
    let state = app.state().await;
    assert_eq!(state["r7"]["sections"].as_array().unwrap().len(), 8 + 2 * 99);
    app.anonymous().put("/_standin/state", state.clone()).await;
    assert_eq!(app.state().await, state);
}
