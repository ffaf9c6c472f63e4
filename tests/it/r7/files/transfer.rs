//! Moving, copying, restoring, the conflict check (sheet r7/files 4).

use serde_json::json;

use super::{COMMON, MY, bytes, folder, ids, start, titles, upload};
use crate::support::App;

/// `@my`: a.txt (1, "one"), folder 100 with a.txt (2, "two").
async fn two_of_a_name() -> App {
    let app = App::empty().await;
    let admin = app.admin();
    upload(&admin, MY, "a.txt", "one").await;
    folder(&admin, MY, "f").await;
    upload(&admin, 100, "A.TXT", "two").await;
    app
}

#[tokio::test]
async fn a_move_answers_with_the_file_and_its_destination() {
    let app = App::empty().await;
    let admin = app.admin();
    upload(&admin, MY, "a.txt", "one").await;
    folder(&admin, MY, "f").await;
    let body =
        json!({ "destFolderId": "100", "folderIds": [], "fileIds": ["1"], "conflictResolveType": "skip" });
    insta::assert_snapshot!(admin.put("/api/2.0/files/fileops/move", body).await.print());
}

#[tokio::test]
async fn skip_leaves_the_file_where_it_is_by_name_and_by_number() {
    for resolve in [json!("Skip"), json!(0), json!("0"), json!(null)] {
        let app = two_of_a_name().await;
        let admin = app.admin();
        let record = start(
            &admin,
            "move",
            json!({ "destFolderId": 100, "fileIds": [1], "conflictResolveType": resolve }),
        )
        .await;
        assert_eq!((&record["processed"], &record["error"]), (&json!("0"), &json!("")));
        assert_eq!((ids(&record, "files"), ids(&record, "folders")), (vec![], vec![100]));
        assert_eq!(titles(&admin, "@my").await, ["f", "a.txt"]);
    }
}

#[tokio::test]
async fn overwrite_makes_a_version_of_the_destination_and_destroys_the_source() {
    for resolve in [json!("overwrite"), json!(1), json!("1")] {
        let app = two_of_a_name().await;
        let admin = app.admin();
        let record = start(
            &admin,
            "move",
            json!({ "destFolderId": 100, "fileIds": [1], "conflictResolveType": resolve }),
        )
        .await;
        assert_eq!((ids(&record, "files"), &record["processed"]), (vec![2], &json!("1")));
        let card = admin.get("/api/2.0/files/file/2").await.json()["response"].clone();
        assert_eq!(
            (&card["version"], &card["versionGroup"], &card["comment"]),
            (&json!(2), &json!(2), &json!("Overwritten"))
        );
        assert_eq!((bytes(&admin, 2).await, &card["title"]), (b"one".to_vec(), &json!("a.txt")));
        admin.get("/api/2.0/files/file/1").await.expect(403);
        assert!(!titles(&admin, "@trash").await.contains(&"a.txt".to_owned()));
        // The first version is still there.
        let old = admin.get("/api/2.0/files/file/2?version=1").await.expect(200).json();
        assert_eq!(old["response"]["title"], "A.txt");
    }
}

#[tokio::test]
async fn duplicate_leaves_two_files_of_one_title() {
    for resolve in [json!("Duplicate"), json!(2), json!("2")] {
        let app = two_of_a_name().await;
        let admin = app.admin();
        start(&admin, "move", json!({ "destFolderId": 100, "fileIds": [1], "conflictResolveType": resolve }))
            .await;
        assert_eq!(titles(&admin, "100").await, ["a.txt", "A.txt"]);
    }
}

#[tokio::test]
async fn copies_are_new_files_and_the_originals_are_listed_too() {
    let app = two_of_a_name().await;
    let admin = app.admin();
    let body = json!({ "destFolderId": COMMON, "fileIds": [1], "folderIds": [100] });
    let answer = admin.put("/api/2.0/files/fileops/copy", body).await.expect(200).json();
    let record = answer["response"][0].clone();
    assert_eq!((&record["operation"], &record["processed"]), (&json!(1), &json!("3")));
    assert_eq!(ids(&record, "files").len(), 2);
    assert_eq!(ids(&record, "folders"), [1, 100, 101]);
    assert_eq!(titles(&admin, "@common").await, ["f", "a.txt"]);
    assert_eq!(titles(&admin, "101").await, ["A.txt"]);
    let copy = admin.get("/api/2.0/files/@common").await.json()["response"]["files"][0].clone();
    assert_eq!((&copy["comment"], &copy["version"]), (&json!("Copied"), &json!(1)));
    assert_eq!(bytes(&admin, copy["id"].as_i64().unwrap()).await, b"one");
}

#[tokio::test]
async fn folders_of_one_title_merge_and_a_skipped_file_keeps_the_source() {
    let app = App::empty().await;
    let admin = app.admin();
    for parent in [MY, COMMON] {
        folder(&admin, parent, "Papers").await;
    }
    upload(&admin, 100, "same.txt", "mine").await;
    upload(&admin, 100, "new.txt", "new").await;
    upload(&admin, 101, "same.txt", "common").await;
    let record = start(&admin, "move", json!({ "destFolderId": "@common", "folderIds": [100] })).await;
    assert_eq!((&record["processed"], &record["error"]), (&json!("1"), &json!("")));
    assert_eq!(titles(&admin, "101").await, ["new.txt", "same.txt"]);
    assert_eq!(titles(&admin, "100").await, ["same.txt"]);
    let record = start(
        &admin,
        "move",
        json!({ "destFolderId": "@common", "folderIds": [100], "conflictResolveType": "Overwrite" }),
    )
    .await;
    assert_eq!(record["processed"], "2");
    admin.get("/api/2.0/files/folder/100").await.expect(403);
    assert_eq!(bytes(&admin, 3).await, b"mine");
}

#[tokio::test]
async fn restoring_is_moving_out_of_the_trash() {
    let app = two_of_a_name().await;
    let admin = app.admin();
    start(&admin, "delete", json!({ "folderIds": [100] })).await;
    let record = start(&admin, "move", json!({ "destFolderId": COMMON, "folderIds": [100] })).await;
    assert_eq!((&record["error"], ids(&record, "folders")), (&json!(""), vec![1, 100]));
    assert_eq!(titles(&admin, "100").await, ["A.txt"]);
    assert_eq!(admin.get("/api/2.0/files/file/2").await.json()["response"]["rootFolderType"], 1);
}

#[tokio::test]
async fn what_is_refused_changes_nothing() {
    let app = two_of_a_name().await;
    let admin = app.admin();
    folder(&admin, 100, "inner").await;
    start(&admin, "delete", json!({ "fileIds": [1], "deleteAfter": true })).await;
    let before = app.state().await;
    for (call, body, expected) in [
        (
            "move",
            json!({ "destFolderId": 101, "folderIds": [100], "fileIds": [2] }),
            "You cannot copy the folder to its subfolder",
        ),
        (
            "move",
            json!({ "destFolderId": 100, "folderIds": [100] }),
            "You cannot copy the folder to its subfolder",
        ),
        ("move", json!({ "destFolderId": 999, "fileIds": [2] }), "The required folder was not found"),
        ("move", json!({ "fileIds": [2] }), "The required folder was not found"),
        ("move", json!({ "destFolderId": "abc", "fileIds": [2] }), "Can not convert id: abc"),
        ("move", json!({ "destFolderId": COMMON, "fileIds": [999] }), "The required file was not found"),
        ("move", json!({ "destFolderId": COMMON, "fileIds": [100] }), "The required file was not found"),
        (
            "move",
            json!({ "destFolderId": COMMON, "folderIds": [2] }),
            "It is forbidden to move the System folder.",
        ),
        ("move", json!({ "destFolderId": COMMON, "fileIds": [2, "x"] }), "Can not convert id: x"),
        (
            "move",
            json!({ "destFolderId": COMMON, "fileIds": ["99999999999999999999"] }),
            "Can not convert id: 99999999999999999999",
        ),
        (
            "move",
            json!({ "destFolderId": "@share", "fileIds": [2] }),
            "You don't have enough permission to create",
        ),
        (
            "copy",
            json!({ "destFolderId": "@trash", "fileIds": [2] }),
            "You don't have enough permission to create",
        ),
        ("copy", json!({ "destFolderId": COMMON, "fileIds": [1] }), "Can not copy from Trash."),
    ] {
        let mut body = body;
        body["deleteAfter"] = json!(true);
        let record = start(&admin, call, body.clone()).await;
        assert_eq!((&record["error"], &record["processed"]), (&json!(expected), &json!("0")), "{body}");
        assert_eq!(app.state().await, before, "{body}");
    }
}

#[tokio::test]
async fn the_conflict_check_names_the_sources_that_would_collide() {
    let app = two_of_a_name().await;
    let admin = app.admin();
    upload(&admin, MY, "b.txt", "b").await;
    let clashes =
        admin.get("/api/2.0/files/fileops/move?destFolderId=100&fileIds=1&fileIds=3&fileIds=99").await;
    assert_eq!(ids(&clashes.expect(200).json(), "response"), [1]);
    let none = admin.get("/api/2.0/files/fileops/move?destFolderId=1&fileIds=1").await.expect(200).json();
    assert_eq!(none["response"], json!([]));
    for (query, message) in [
        ("destFolderId=999&fileIds=1", "The required folder was not found"),
        ("destFolderId=100&folderIds=100", "You cannot copy the folder to its subfolder"),
        ("destFolderId=4&fileIds=1", "You don't have enough permission to create"),
    ] {
        let refused = admin.get(&format!("/api/2.0/files/fileops/move?{query}")).await.expect(403).json();
        assert_eq!(refused["error"]["message"], message);
    }
}
