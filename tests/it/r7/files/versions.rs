//! New bytes for a file, its history, and links that need no login (sheet r7/files 3.2, 5.6, 5.8).

use axum::body::Body;
use axum::http::{Method, header};
use serde_json::{Value, json};

use super::{MY, bytes, start, upload, with_lena};
use crate::support::{App, Exchange, Identity};

/// PUT of a form with one file, or of a raw body.
async fn put(app: &App, who: &Identity<'_>, path: &str, form: bool, sent: &[u8]) -> Exchange {
    let mut body = Vec::new();
    let mut request = who.request(Method::PUT, path);
    if form {
        request = request.header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
        body.extend_from_slice(
            b"--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"other.bin\"\r\n\r\n",
        );
        body.extend_from_slice(sent);
        body.extend_from_slice(b"\r\n--edge--\r\n");
    } else {
        body.extend_from_slice(sent);
    }
    app.send(request.body(Body::from(body)).unwrap()).await
}

fn message(exchange: &Exchange) -> Value {
    exchange.json()["error"]["message"].clone()
}

#[tokio::test]
async fn an_update_is_the_next_version_under_the_same_title() {
    let app = App::empty().await;
    let admin = app.admin();
    upload(&admin, MY, "Акт.txt", "one").await;
    insta::assert_snapshot!(put(&app, &admin, "/api/2.0/files/1/update", true, b"second").await.print());
    let raw = put(&app, &admin, "/api/2.0/files/1/update.json", false, b"3").await.expect(200).json();
    assert_eq!(
        (&raw["response"]["version"], &raw["response"]["versionGroup"], &raw["response"]["title"]),
        (&json!(3), &json!(3), &json!("Акт.txt"))
    );
    assert_eq!(bytes(&admin, 1).await, b"3");
    let history = admin.get("/api/2.0/files/file/1/history").await.expect(200).json();
    let list = history["response"].as_array().unwrap();
    let seen: Vec<_> = list.iter().map(|file| (&file["version"], &file["comment"])).collect();
    assert_eq!(
        seen,
        [(&json!(3), &json!("Edited")), (&json!(2), &json!("Edited")), (&json!(1), &Value::Null)]
    );
    assert_eq!((&history["count"], &list[2]["pureContentLength"]), (&json!(3), &json!(3)));
}

#[tokio::test]
async fn a_refused_update_changes_nothing() {
    let app = with_lena().await;
    let (admin, lena) = (app.admin(), app.token("lena-token"));
    upload(&admin, 1, "a.txt", "x").await;
    upload(&admin, MY, "gone.txt", "x").await;
    start(&admin, "delete", json!({ "fileIds": [2], "deleteAfter": true })).await;
    let before = app.state().await;
    let edit = "You do not have enough permissions to edit the file";
    for (who, path, sent, status, expected) in [
        (&admin, "/api/2.0/files/9/update", "x", 403, "The required file was not found"),
        (&admin, "/api/2.0/files/abc/update", "x", 403, "Int32.TryParse(abc)"),
        (&admin, "/api/2.0/files/1/update", "", 500, "Empty file"),
        (&admin, "/api/2.0/files/2/update", "x", 403, edit),
        (&lena, "/api/2.0/files/1/update", "x", 403, edit),
    ] {
        for form in [true, false] {
            let refused = put(&app, who, path, form, sent.as_bytes()).await.expect(status);
            assert_eq!(message(&refused), expected);
        }
    }
    let history = "/api/2.0/files/file/9/history";
    let unseen = "You don't have enough permission to view the file";
    assert_eq!(message(&admin.get(history).await.expect(403)), unseen);
    assert_eq!(app.state().await, before);
}

/// The path of a file's presigned link.
async fn presigned(who: &Identity<'_>, query: &str) -> String {
    let answer = who.get(&format!("/api/2.0/files/file/1/presigneduri{query}")).await.expect(200).json();
    let link = answer["response"].as_str().unwrap();
    link.strip_prefix("http://portal.test").unwrap().to_owned()
}

#[tokio::test]
async fn a_presigned_link_serves_its_version_to_anybody_for_sixteen_minutes() {
    let app = App::empty().await;
    let admin = app.admin();
    upload(&admin, MY, "a.txt", "one").await;
    insta::assert_snapshot!(admin.get("/api/2.0/files/file/1/presigneduri").await.print());
    let first = presigned(&admin, "").await;
    put(&app, &admin, "/api/2.0/files/1/update", false, b"two").await.expect(200);
    let (second, old) = (presigned(&admin, "").await, presigned(&admin, "?version=1").await);
    assert_eq!(first, old);
    assert_eq!(app.anonymous().get(&first).await.expect(200).text(), "one");
    let got = app.anonymous().get(&second).await.expect(200);
    assert_eq!((got.text(), got.header("content-type")), ("two", Some("text/plain")));
    for wrong in [
        second.replace("version=2", "version=1"),
        second.replace("fileid=1", "fileid=2"),
        second.replace("stream_auth=", "stream_auth=1"),
        second.split("&stream_auth").next().unwrap().to_owned(),
    ] {
        // Not even the owner gets in by a bad key.
        admin.get(&wrong).await.expect(403);
    }
    app.anonymous().get(&format!("/w/other{second}")).await.expect(403);
    admin.get("/api/2.0/files/file/1/presigneduri?version=7").await.expect(403);
    admin.get("/api/2.0/files/file/9/presigneduri").await.expect(403);
    for (by, status) in [("15m59s", 200), ("1s", 403)] {
        app.anonymous().post("/_standin/clock/advance", json!({ "by": by })).await.expect(200);
        app.anonymous().get(&second).await.expect(status);
    }
}

#[tokio::test]
async fn a_presigned_link_to_an_erased_file_leads_nowhere() {
    let app = App::empty().await;
    upload(&app.admin(), MY, "a.txt", "one").await;
    let link = presigned(&app.admin(), "").await;
    start(&app.admin(), "delete", json!({ "fileIds": [1] })).await;
    app.anonymous().get(&link).await.expect(200);
    start(&app.admin(), "delete", json!({ "fileIds": [1] })).await;
    app.anonymous().get(&link).await.expect(404);
}
