//! Two people: each has a "my" and a trash, what is common is the admin's to change (sheet r7/files 7).

use serde_json::{Value, json};

use super::{COMMON, MY, start, titles, upload, with_lena};

#[tokio::test]
async fn everybody_has_a_my_and_a_trash_of_their_own() {
    let app = with_lena().await;
    let lena = app.token("lena-token");
    let answer = lena.upload("/api/2.0/files/@my/upload", "hers.txt", b"x").await.expect(201).json();
    let id = answer["response"]["id"].clone();
    assert_eq!(answer["response"]["access"], 0);
    upload(&app.admin(), MY, "his.txt", "y").await;
    assert_eq!(
        (titles(&lena, "@my").await, titles(&app.admin(), "@my").await),
        (vec!["hers.txt".to_owned()], vec!["his.txt".to_owned()])
    );
    start(&lena, "delete", json!({ "fileIds": [id] })).await;
    assert_eq!(titles(&lena, "@trash").await, ["hers.txt"]);
    assert!(titles(&app.admin(), "@trash").await.is_empty());
}

#[tokio::test]
async fn what_is_not_theirs_stays_as_it_is() {
    let app = with_lena().await;
    upload(&app.admin(), MY, "his.txt", "y").await;
    upload(&app.admin(), COMMON, "common.txt", "z").await;
    let lena = app.token("lena-token");
    assert_eq!(titles(&lena, "@common").await, ["common.txt"]);
    let card = lena.get("/api/2.0/files/file/2").await.expect(200).json();
    assert_eq!(card["response"]["access"], 2);
    let before = app.state().await;
    for (exchange, message) in [
        (lena.get("/api/2.0/files/file/1").await, "You don't have enough permission to view the file"),
        (lena.get("/api/2.0/files/2").await, "You don't have enough permission to view the folder content"),
        (
            lena.put("/api/2.0/files/file/2", json!({ "title": "x" })).await,
            "You don't have enough permission to rename the file",
        ),
        (
            lena.post("/api/2.0/files/folder/1", json!({ "title": "x" })).await,
            "You don't have enough permission to create",
        ),
        (
            lena.upload("/api/2.0/files/@common/upload", "x", b"x").await,
            "You don't have enough permission to create",
        ),
    ] {
        assert_eq!(exchange.expect(403).json()["error"]["message"], message);
    }
    let mine: Value = lena.get("/api/2.0/files/@my").await.json()["response"]["current"]["id"].clone();
    for (call, mut body, message) in [
        ("delete", json!({ "fileIds": [1] }), "You don't have enough permission to delete the file"),
        ("delete", json!({ "fileIds": [2] }), "You don't have enough permission to delete the file"),
        (
            "move",
            json!({ "fileIds": [2], "destFolderId": mine }),
            "You don't have enough permission to move the file",
        ),
        (
            "copy",
            json!({ "fileIds": [1], "destFolderId": mine }),
            "You don't have enough permission to view the file",
        ),
    ] {
        body["deleteAfter"] = json!(true);
        let record = start(&lena, call, body).await;
        assert_eq!((&record["error"], &record["processed"]), (&json!(message), &json!("0")), "{call}");
    }
    assert_eq!(app.state().await, before);
    let record = start(&lena, "copy", json!({ "fileIds": [2], "destFolderId": mine })).await;
    assert_eq!(record["processed"], "1");
}

#[tokio::test]
async fn each_sees_their_own_operations() {
    let app = with_lena().await;
    start(&app.token("lena-token"), "delete", json!({ "fileIds": [9] })).await;
    let his = app.admin().get("/api/2.0/files/fileops").await.expect(200).json();
    assert_eq!(his["response"], json!([]));
    let hers = app.token("lena-token").get("/api/2.0/files/fileops").await.expect(200).json();
    assert_eq!(hers["response"].as_array().unwrap().len(), 1);
}
