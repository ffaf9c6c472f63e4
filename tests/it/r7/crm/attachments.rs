//! Files of contacts, opportunities and cases (sheet r7/crm 3.3).

use serde_json::{Value, json};

use super::{GENERIC, ids, message, world};
use crate::support::App;

/// Makes a text file of an entity, as the admin; gives its id.
pub(crate) async fn text_file(app: &App, kind: &str, id: i64, title: &str) -> i64 {
    let body = json!({ "title": title, "content": "text" });
    let answer = app.admin().post(&format!("/api/2.0/crm/{kind}/{id}/files/text"), body).await.expect(201);
    answer.json()["response"]["id"].as_i64().unwrap()
}

#[tokio::test]
async fn the_minimal_chain_of_the_seed_works_from_an_empty_world() {
    // sheet r7/crm 3.2: person, text file, list, delete.
    let app = App::empty().await;
    let admin = app.admin();
    let person = json!({ "firstName": "Tadjeddine", "lastName": "Bachir" });
    let person = admin.post("/api/2.0/crm/contact/person", person).await.expect(201).json();
    let id = person["response"]["id"].as_i64().unwrap();
    let body = json!({ "title": "Some titile", "content": "x" });
    let file = admin.post(&format!("/api/2.0/crm/contact/{id}/files/text"), body).await.expect(201);
    insta::assert_snapshot!("text_file", file.print());
    let path = format!("/api/2.0/crm/history/filter?entityType=contact&entityId={id}");
    let list = admin.get(&path).await.expect(200);
    let event = &list.json()["response"][0];
    assert_eq!((&event["content"], &event["category"]["id"]), (&json!("Files are uploaded"), &json!(-2)));
    assert_eq!(event["files"][0]["title"], "Some titile.txt");
    admin.delete(&format!("/api/2.0/crm/history/{}", event["id"]), Value::Null).await.expect(200);
    assert_eq!(ids(&admin.get(&path).await), [0_i64; 0]);
    admin.get(&format!("/api/2.0/files/file/{}", file.json()["response"]["id"])).await.expect(403);
}

#[tokio::test]
async fn the_root_is_one_folder_that_is_made_on_first_use() {
    let app = App::empty().await;
    let first = app.admin().get("/api/2.0/crm/files/root").await.expect(200).json();
    assert!(first["response"].as_i64().is_some_and(|id| id > 0), "{first}");
    assert_eq!(app.admin().get("/api/2.0/crm/files/root.json").await.json(), first);
}

#[tokio::test]
async fn files_of_an_entity_are_those_of_its_events() {
    let app = world(json!([])).await;
    let mut made = Vec::new();
    for (kind, id) in [("contact", 4), ("opportunity", 1), ("case", 1), ("contact", 4)] {
        made.push(text_file(&app, kind, id, "a").await);
    }
    for (path, found) in [
        ("/api/2.0/crm/contact/4/files", &[made[3], made[0]][..]),
        ("/api/2.0/crm/opportunity/1/files", &[made[1]]),
        ("/api/2.0/crm/CASE/1/files", &[made[2]]),
        // A company does not include its persons; an unknown id has no files.
        ("/api/2.0/crm/contact/3/files", &[]),
        ("/api/2.0/crm/contact/99/files", &[]),
        // Rights are not looked at.
        ("/api/2.0/crm/case/2/files", &[]),
    ] {
        assert_eq!(ids(&app.token("oleg").get(path).await.expect(200)), found, "{path}");
    }
    app.admin().get("/api/2.0/crm/contact/0/files").await.expect(400);
    app.admin().get("/api/2.0/crm/task/1/files").await.expect(404);
}

#[tokio::test]
async fn attaching_makes_a_system_event_even_of_nothing() {
    let app = world(json!([])).await;
    let uploaded =
        app.admin().upload("/api/2.0/crm/contact/99/files/upload", "a.txt", b"abc").await.expect(201);
    let file = uploaded.json()["response"]["id"].as_i64().unwrap();
    // Uploaded, not attached.
    assert_eq!(ids(&app.admin().get("/api/2.0/crm/case/1/files").await), [0_i64; 0]);
    let body = json!({ "fileids": [file, 999] });
    let answer = app.admin().post("/api/2.0/crm/case/1/files", body).await;
    insta::assert_snapshot!("attached", answer.print());
    assert_eq!(ids(&app.admin().get("/api/2.0/crm/case/1/files").await), [file]);
    let empty = app.token("oleg").post("/api/2.0/crm/contact/2/files", json!({})).await.expect(201).json();
    assert_eq!(empty["response"]["files"], json!([]));
}

#[tokio::test]
async fn a_raw_upload_takes_its_name_from_the_header() {
    let app = world(json!([])).await;
    let identity = app.admin();
    let request = identity
        .request(axum::http::Method::POST, "/api/2.0/crm/contact/1/files/upload")
        .header("content-type", "application/octet-stream")
        .header("content-disposition", "attachment; filename=\"raw.bin\"")
        .body("bytes".into())
        .unwrap();
    let answer = app.send(request).await.expect(201).json();
    assert_eq!(
        (&answer["response"]["title"], &answer["response"]["pureContentLength"]),
        (&json!("raw.bin"), &json!(5))
    );
}

#[tokio::test]
async fn mistakes_are_refused_and_change_nothing() {
    let app = world(json!([])).await;
    let file = app.admin().upload("/api/2.0/files/@my/upload", "mine.txt", b"x").await.expect(201).json();
    let foreign = json!({ "fileids": [file["response"]["id"]] });
    let in_root = text_file(&app, "contact", 3, "root").await;
    let before = app.state().await;
    let admin = app.admin();
    let oleg = app.token("oleg");
    let text = json!({ "title": "a", "content": "b" });
    for (answer, status, reason) in [
        (admin.post("/api/2.0/crm/contact/2/files", foreign).await, 400, "invalid file folder"),
        (
            admin.post("/api/2.0/crm/contact/99/files", json!({ "fileids": [in_root] })).await,
            404,
            "Not found",
        ),
        (admin.post("/api/2.0/crm/contact/0/files", json!({})).await, 400, GENERIC),
        (oleg.post("/api/2.0/crm/contact/1/files", json!({})).await, 404, "Not found"),
        (admin.post("/api/2.0/crm/contact/2/files/text", json!({ "title": "a" })).await, 400, GENERIC),
        (admin.post("/api/2.0/crm/contact/2/files/text", json!({ "content": "a" })).await, 400, GENERIC),
        (
            admin.post("/api/2.0/crm/contact/2/files/text", json!({ "title": "a", "content": "" })).await,
            500,
            "Empty file",
        ),
        (admin.post("/api/2.0/crm/case/99/files/text", text.clone()).await, 404, "Not found"),
        (oleg.post("/api/2.0/crm/case/2/files/text", text).await, 404, "Not found"),
        (admin.upload("/api/2.0/crm/case/1/files/upload", "a.txt", b"").await, 500, "Empty file"),
        (admin.post("/api/2.0/crm/case/1/files/upload", json!({})).await, 500, "Empty file"),
        (admin.delete("/api/2.0/crm/files/999", Value::Null).await, 404, "Not found"),
        (admin.delete("/api/2.0/crm/files/0", Value::Null).await, 400, GENERIC),
        (oleg.delete(&format!("/api/2.0/crm/files/{in_root}"), Value::Null).await, 403, "Access Denied"),
    ] {
        let answer = answer.expect(status);
        assert_eq!(message(&answer), reason, "{}", answer.line);
    }
    assert_eq!(app.state().await, before);
}

#[tokio::test]
async fn a_deleted_file_is_gone_for_good_and_its_event_stays() {
    let app = world(json!([])).await;
    let file = text_file(&app, "contact", 3, "a").await;
    let answer =
        app.admin().delete(&format!("/api/2.0/crm/files/{file}"), Value::Null).await.expect(200).json();
    assert_eq!(answer["response"]["title"], "a.txt");
    app.admin().get(&format!("/api/2.0/files/file/{file}")).await.expect(403);
    let list = app.admin().get("/api/2.0/crm/history/filter").await.expect(200).json();
    assert_eq!(list["response"][0]["files"], json!([]));
    app.admin().delete("/api/2.0/crm/files/1", Value::Null).await.expect(404);
}
