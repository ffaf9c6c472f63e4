//! The trash: what deleting does to files and folders (sheet r7/files 3.2, 3.3).

use serde_json::{Value, json};

use super::{MY, TRASH, folder, ids, start, titles, upload};
use crate::support::App;

#[tokio::test]
async fn deleting_a_file_puts_it_into_the_trash() {
    let app = App::empty().await;
    let admin = app.admin();
    upload(&admin, MY, "a.txt", "x").await;
    insta::assert_snapshot!(admin.delete("/api/2.0/files/file/1", Value::Null).await.print());
    assert_eq!(
        (titles(&admin, "@my").await, titles(&admin, "@trash").await),
        (vec![], vec!["a.txt".to_owned()])
    );
    let card = admin.get("/api/2.0/files/file/1").await.expect(200).json()["response"].clone();
    assert_eq!((card["folderId"].as_i64(), card["rootFolderType"].as_i64()), (Some(TRASH), Some(3)));
}

#[tokio::test]
async fn deleting_a_trashed_file_erases_it() {
    let app = App::empty().await;
    let admin = app.admin();
    upload(&admin, MY, "a.txt", "x").await;
    admin.delete("/api/2.0/files/file/1", Value::Null).await.expect(200);
    let again =
        admin.delete("/api/2.0/files/file/1", json!({ "Immediately": false })).await.expect(200).json();
    assert_eq!(
        (&again["response"][0]["processed"], &again["response"][0]["error"]),
        (&json!("1"), &json!(""))
    );
    admin.get("/api/2.0/files/file/1").await.expect(403);
    let gone = admin.delete("/api/2.0/files/file/1", Value::Null).await.expect(200).json();
    assert_eq!(gone["response"][0]["error"], "The required file was not found");
    assert_eq!(gone["response"][0]["processed"], "0");
    // Its bytes went with it.
    assert_eq!(app.state().await["r7"]["files"], json!([]));
}

#[tokio::test]
async fn immediately_skips_the_trash() {
    let app = App::empty().await;
    let admin = app.admin();
    upload(&admin, MY, "a.txt", "x").await;
    let record = admin.delete("/api/2.0/files/file/1", json!({ "immediately": true })).await.json();
    assert_eq!(ids(&record["response"][0], "files"), [1]);
    assert!(titles(&admin, "@trash").await.is_empty());
    admin.get("/api/2.0/files/file/1").await.expect(403);
}

#[tokio::test]
async fn a_folder_goes_to_the_trash_whole_and_is_erased_from_there() {
    let app = App::empty().await;
    let admin = app.admin();
    let outer = folder(&admin, MY, "outer").await;
    let inner = folder(&admin, outer, "inner").await;
    upload(&admin, inner, "a.txt", "x").await;
    let record = admin.delete("/api/2.0/files/folder/100", Value::Null).await.expect(200).json();
    assert_eq!(
        (&record["response"][0]["processed"], ids(&record["response"][0], "folders")),
        (&json!("1"), vec![100])
    );
    // sheet r7/files 3.3: only the trash itself lists; cards work everywhere.
    let listed = admin.get("/api/2.0/files/100").await.expect(403).json();
    assert_eq!(listed["error"]["message"], "You are not allowed to preview the elements in the Trash");
    assert_eq!(
        admin.get("/api/2.0/files/folder/101").await.expect(200).json()["response"]["rootFolderType"],
        3
    );
    let my = admin.get("/api/2.0/files/folder/2").await.json();
    assert_eq!((&my["response"]["filesCount"], &my["response"]["foldersCount"]), (&json!(0), &json!(0)));
    // Erasing walks into it: the folder, the inner one, the file.
    let record = start(&admin, "delete", json!({ "folderIds": [100] })).await;
    assert_eq!(record["processed"], "3");
    admin.get("/api/2.0/files/file/1").await.expect(403);
    admin.get("/api/2.0/files/folder/101").await.expect(403);
}

#[tokio::test]
async fn a_folder_listed_after_its_parent_is_in_the_trash_by_then_and_so_erased() {
    let app = App::empty().await;
    let admin = app.admin();
    folder(&admin, MY, "outer").await;
    folder(&admin, 100, "inner").await;
    let record = start(&admin, "delete", json!({ "folderIds": [100, 101, 100] })).await;
    assert_eq!((&record["processed"], &record["error"]), (&json!("2"), &json!("")));
    admin.get("/api/2.0/files/folder/101").await.expect(403);
    let gone = start(&admin, "delete", json!({ "folderIds": ["100", 100], "immediately": true })).await;
    assert_eq!(gone["processed"], "1");
}

#[tokio::test]
async fn emptying_the_trash_leaves_nothing_behind() {
    let app = App::empty().await;
    let admin = app.admin();
    folder(&admin, MY, "f").await;
    upload(&admin, 100, "a.txt", "x").await;
    upload(&admin, MY, "b.txt", "y").await;
    start(&admin, "delete", json!({ "folderIds": [100], "fileIds": ["2"], "deleteAfter": true })).await;
    assert_eq!(titles(&admin, "@trash").await, ["f", "b.txt"]);
    let answer = admin.put("/api/2.0/files/fileops/emptytrash", json!({})).await.expect(200).json();
    let record = answer["response"][0].clone();
    assert_eq!((&record["operation"], &record["processed"]), (&json!(2), &json!("3")));
    assert!(titles(&admin, "@trash").await.is_empty());
    let state = app.state().await;
    assert_eq!((&state["r7"]["files"], &state["r7"]["folders"]), (&json!([]), &json!([])));
}

#[tokio::test]
async fn sections_are_never_deleted() {
    let app = App::empty().await;
    let admin = app.admin();
    let before = app.state().await;
    for section in [1, 2, 3, 4, 8] {
        let body = json!({ "immediately": true, "deleteAfter": true });
        let record = admin.delete(&format!("/api/2.0/files/folder/{section}"), body).await.expect(200).json();
        assert_eq!(record["response"][0]["error"], "You don't have enough permission to delete the folder");
    }
    assert_eq!(app.state().await, before);
}

#[tokio::test]
async fn in_the_trash_nothing_is_made_or_renamed() {
    let app = App::empty().await;
    let admin = app.admin();
    upload(&admin, MY, "a.txt", "x").await;
    folder(&admin, MY, "f").await;
    start(&admin, "delete", json!({ "folderIds": [100], "fileIds": [1], "deleteAfter": true })).await;
    let before = app.state().await;
    let no = |exchange: crate::support::Exchange| exchange.expect(403).json()["error"]["message"].clone();
    let title = json!({ "title": "b" });
    assert_eq!(
        no(admin.put("/api/2.0/files/file/1", title.clone()).await),
        "You don't have enough permission to rename the file"
    );
    assert_eq!(
        no(admin.put("/api/2.0/files/folder/100", title.clone()).await),
        "You don't have enough permission to rename the folder"
    );
    for place in [TRASH, 100] {
        let create = "You don't have enough permission to create";
        assert_eq!(no(admin.post(&format!("/api/2.0/files/folder/{place}"), title.clone()).await), create);
        assert_eq!(no(admin.upload(&format!("/api/2.0/files/{place}/upload"), "b", b"x").await), create);
        let into =
            start(&admin, "move", json!({ "destFolderId": place, "fileIds": [1], "deleteAfter": true }))
                .await;
        assert_eq!(into["error"], create);
    }
    assert_eq!(app.state().await, before);
}
