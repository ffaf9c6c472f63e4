//! Requests that are refused: each in the portal's own words, none with a trace (sheet r7/files 8).

use serde_json::json;

use super::{MY, folder, upload};
use crate::support::{App, Exchange};

#[tokio::test]
async fn refused_requests_leave_no_trace() {
    let app = App::empty().await;
    let admin = app.admin();
    upload(&admin, MY, "a.txt", "x").await;
    folder(&admin, MY, "f").await;
    let before = app.state().await;
    let title = json!({ "title": "t" });
    let refusals: Vec<(Exchange, u16, &str)> = vec![
        (admin.get("/api/2.0/files/file/99").await, 403, "The required file was not found"),
        // A folder's id is no file's.
        (admin.get("/api/2.0/files/file/100").await, 403, "The required file was not found"),
        (admin.get("/api/2.0/files/folder/99").await, 403, "The required folder was not found"),
        (admin.get("/api/2.0/files/folder/99/path").await, 403, "The required folder was not found"),
        (admin.get("/api/2.0/files/99").await, 403, "The required folder was not found"),
        (admin.get("/api/2.0/files/-1").await, 403, "The required folder was not found"),
        (admin.put("/api/2.0/files/file/99", title.clone()).await, 403, "The required file was not found"),
        (
            admin.put("/api/2.0/files/folder/99", title.clone()).await,
            403,
            "The required folder was not found",
        ),
        (
            admin.post("/api/2.0/files/folder/99", title.clone()).await,
            403,
            "The required folder was not found",
        ),
        (admin.get("/api/2.0/files/abc").await, 403, "Int32.TryParse(abc)"),
        (admin.put("/api/2.0/files/file/abc", title.clone()).await, 403, "Int32.TryParse(abc)"),
        (admin.get("/api/2.0/files/file/abc").await, 500, "Int32.TryParse(abc)"),
        (admin.get("/api/2.0/files/folder/@my").await, 500, "Int32.TryParse(@my)"),
        (admin.get("/api/2.0/files/file/99999999999").await, 500, "Int32.TryParse(99999999999)"),
        (
            admin.get("/api/2.0/files/file/99999999999999999999999").await,
            500,
            "Int32.TryParse(99999999999999999999999)",
        ),
        (admin.get("/api/2.0/files/file/1?version=7").await, 403, "The required file was not found"),
        (
            admin.post("/api/2.0/files/folder/2", json!({ "title": "" })).await,
            400,
            "Value does not fall within the expected range.",
        ),
        (
            admin.post("/api/2.0/files/folder/3", title.clone()).await,
            403,
            "You don't have enough permission to create",
        ),
    ];
    for (exchange, status, message) in refusals {
        let exchange = exchange.expect(status);
        assert_eq!(exchange.json()["error"]["message"], message, "{}", exchange.line);
    }
    for resolve in [json!("nonsense"), json!(7)] {
        let body = json!({ "destFolderId": 100, "fileIds": [1], "conflictResolveType": resolve });
        admin.put("/api/2.0/files/fileops/move", body).await.expect(400);
    }
    admin.delete("/api/2.0/files/file/1", json!({ "immediately": "perhaps" })).await.expect(400);
    app.anonymous().delete("/api/2.0/files/file/1", json!(null)).await.expect(401);
    assert_eq!(app.state().await, before);
}

#[tokio::test]
async fn an_id_that_is_no_number_ends_the_whole_operation() {
    // The seeds' own example request names the file `some+text`.
    let app = App::empty().await;
    let admin = app.admin();
    upload(&admin, MY, "a.txt", "x").await;
    let body = json!({ "deleteAfter": true, "immediately": true });
    let before = app.state().await;
    let answer = admin.delete("/api/2.0/files/file/some+text", body.clone()).await.expect(200).json();
    assert_eq!(answer["response"][0]["error"], "Can not convert id: some+text");
    let answer = admin.delete("/api/2.0/files/folder/x", body).await.expect(200).json();
    assert_eq!(answer["response"][0]["error"], "Can not convert id: x");
    let body = json!({ "fileIds": ["1", "x"], "immediately": true, "deleteAfter": true });
    admin.put("/api/2.0/files/fileops/delete", body).await.expect(200);
    assert_eq!(app.state().await, before);
}
