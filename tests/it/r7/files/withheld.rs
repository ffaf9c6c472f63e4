//! What one may not do with an entry one may not do by way of the folder around it either (sheet r7/files 3.3, 4, 7).

use serde_json::{Value, json};

use super::sharing::{LENA, share, world};
use super::{MY, bytes, folder, start, titles, upload, with_lena};
use crate::support::{App, Identity};

/// Mike's folder, which Lena may change, and in it a folder of hers with his file.
async fn hers_with_his_file(app: &App) -> (i64, i64, i64) {
    let (mike, lena) = (app.token("mike-token"), app.token("lena-token"));
    let outer = folder(&mike, MY, "outer").await;
    share(&mike, &format!("folder/{outer}"), LENA, json!("ReadWrite")).await;
    let hers = folder(&lena, outer, "hers").await;
    (outer, hers, upload(&mike, hers, "his.txt", "his").await)
}

async fn my(who: &Identity<'_>) -> i64 {
    who.get("/api/2.0/files/@my").await.json()["response"]["current"]["id"].as_i64().unwrap()
}

fn outcome(record: &Value) -> (&str, &str) {
    (record["error"].as_str().unwrap(), record["processed"].as_str().unwrap())
}

#[tokio::test]
async fn a_folder_with_somebody_elses_file_is_not_trashed() {
    let app = world().await;
    let lena = app.token("lena-token");
    let (_, hers, _) = hers_with_his_file(&app).await;
    let before = app.state().await;
    let record = start(&lena, "delete", json!({ "folderIds": [hers], "deleteAfter": true })).await;
    assert_eq!(outcome(&record), ("You don't have enough permission to delete the file", "0"));
    assert_eq!(app.state().await, before);
}

#[tokio::test]
async fn erasing_a_folder_leaves_somebody_elses_file_and_the_folders_around_it() {
    let app = world().await;
    let (mike, lena) = (app.token("mike-token"), app.token("lena-token"));
    let (outer, hers, his) = hers_with_his_file(&app).await;
    let inner = folder(&lena, hers, "inner").await;
    upload(&lena, inner, "own.txt", "x").await;
    let body = json!({ "folderIds": [hers], "immediately": true });
    // Her file and the folder around it are gone; his file stays, and so does the folder in which it lies.
    let record = start(&lena, "delete", body).await;
    assert_eq!(outcome(&record), ("You don't have enough permission to delete the file", "2"));
    assert_eq!(titles(&mike, &outer.to_string()).await, ["hers"]);
    assert_eq!(titles(&mike, &hers.to_string()).await, ["his.txt"]);
    assert_eq!(bytes(&mike, his).await, b"his");
}

#[tokio::test]
async fn a_folder_with_somebody_elses_file_is_not_moved_away() {
    let app = world().await;
    let lena = app.token("lena-token");
    let (_, hers, _) = hers_with_his_file(&app).await;
    let mine = my(&lena).await;
    let before = app.state().await;
    let body = json!({ "folderIds": [hers], "destFolderId": mine, "deleteAfter": true });
    let record = start(&lena, "move", body).await;
    assert_eq!(outcome(&record), ("You don't have enough permission to move the file", "0"));
    assert_eq!(app.state().await, before);
    // Nor by way of a merge.
    folder(&lena, mine, "hers").await;
    let record = start(&lena, "move", json!({ "folderIds": [hers], "destFolderId": mine })).await;
    assert_eq!(outcome(&record), ("You don't have enough permission to move the file", "0"));
    assert!(titles(&lena, &hers.to_string()).await.contains(&"his.txt".to_owned()));
}

#[tokio::test]
async fn a_copy_of_a_folder_lacks_what_is_withheld() {
    let app = world().await;
    let (mike, lena) = (app.token("mike-token"), app.token("lena-token"));
    let shared = folder(&mike, MY, "shared").await;
    let secrets = folder(&mike, shared, "secrets").await;
    upload(&mike, secrets, "deep.txt", "x").await;
    let secret = upload(&mike, shared, "secret.txt", "x").await;
    upload(&mike, shared, "open.txt", "x").await;
    share(&mike, &format!("folder/{shared}"), LENA, json!("Read")).await;
    share(&mike, &format!("folder/{secrets}"), LENA, json!("Restrict")).await;
    share(&mike, &format!("file/{secret}"), LENA, json!("Restrict")).await;
    let mine = my(&lena).await;
    let body = json!({ "folderIds": [shared], "destFolderId": mine });
    let record = start(&lena, "copy", body.clone()).await;
    assert_eq!(outcome(&record), ("You don't have enough permission to view the folder content", "2"));
    let content = lena.get("/api/2.0/files/@my?withSubfolders=true").await.json()["response"].clone();
    let titles = |key: &str| -> Vec<String> {
        let entries = content[key].as_array().unwrap().iter();
        entries.map(|entry| entry["title"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(
        (titles("folders"), titles("files")),
        (vec!["shared".to_owned()], vec!["open.txt".to_owned()])
    );
    // Nor does a merge bring it.
    let before = app.state().await["r7"]["files"].clone();
    start(&lena, "copy", body).await;
    assert_eq!(app.state().await["r7"]["files"], before);
}

#[tokio::test]
async fn what_may_not_be_changed_is_not_overwritten() {
    let app = world().await;
    let (mike, lena) = (app.token("mike-token"), app.token("lena-token"));
    let shared = folder(&mike, MY, "shared").await;
    let his = upload(&mike, shared, "a.txt", "his").await;
    share(&mike, &format!("folder/{shared}"), LENA, json!("ReadWrite")).await;
    share(&mike, &format!("file/{his}"), LENA, json!("Read")).await;
    let hers = upload(&lena, my(&lena).await, "a.txt", "hers").await;
    let before = app.state().await;
    for call in ["copy", "move"] {
        let body = json!({ "fileIds": [hers], "destFolderId": shared, "conflictResolveType": "Overwrite",
            "deleteAfter": true });
        let record = start(&lena, call, body).await;
        let expected = ("You don't have enough permission to perform the operation", "0");
        assert_eq!(outcome(&record), expected, "{call}");
        assert_eq!(app.state().await, before, "{call}");
    }
}

#[tokio::test]
async fn marking_as_read_shows_nobody_elses_cards() {
    let app = with_lena().await;
    let file = upload(&app.admin(), MY, "secret.txt", "x").await;
    let made = folder(&app.admin(), MY, "Secret").await;
    let body = json!({ "fileIds": [file], "folderIds": [made] });
    let record = start(&app.token("lena-token"), "markasread", body).await;
    assert_eq!((&record["files"], &record["folders"]), (&json!([]), &json!([])));
    assert_eq!(record["processed"], "0");
}
