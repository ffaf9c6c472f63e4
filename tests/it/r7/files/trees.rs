//! Trees of folders in one call, and copies under another name (sheet r7/files 2.9, 5.4).

use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};

use super::{MY, TRASH, bytes, folder, titles, upload, with_lena};
use crate::support::{App, Exchange, Identity, builder};

fn message(exchange: &Exchange) -> Value {
    exchange.json()["error"]["message"].clone()
}

async fn make(who: &Identity<'_>, parent: i64, paths: Value) -> Exchange {
    who.post(&format!("/api/2.0/files/folders/{parent}"), json!({ "relativePaths": paths })).await
}

#[tokio::test]
async fn a_tree_of_folders_is_made_and_the_first_leaf_answers() {
    let app = App::empty().await;
    let admin = app.admin();
    insta::assert_snapshot!(
        make(&admin, MY, json!(["Отчёты/2026", "Отчёты/2025/май", "разное"])).await.print()
    );
    assert_eq!(titles(&admin, "@my").await, ["Отчёты", "разное"]);
    assert_eq!(titles(&admin, "100").await, ["2025", "2026"]);
    // What is there is used, whatever the case of its letters.
    let again = make(&admin, MY, json!(["ОТЧЁТЫ/2025/МАЙ/1"])).await.expect(201).json();
    assert_eq!((&again["response"]["title"], &again["response"]["folder_id"]), (&json!("1"), &json!(103)));
    assert_eq!(titles(&admin, "@my").await, ["Отчёты", "разное"]);
    let tree = admin.get("/api/2.0/files/folder/100").await.expect(200).json();
    assert_eq!(tree["response"]["foldersCount"], 4);
}

#[tokio::test]
async fn an_empty_piece_ends_a_path() {
    let app = App::empty().await;
    let admin = app.admin();
    for (path, expected) in
        [("", "My documents"), ("/a", "My documents"), ("a//b", "a"), ("a/ /b", "a"), ("x:y/", "x_y")]
    {
        let made = make(&admin, MY, json!([path])).await.expect(201).json();
        assert_eq!(made["response"]["title"], expected, "{path}");
    }
    assert_eq!(titles(&admin, "@my").await, ["a", "x_y"]);
}

#[tokio::test]
async fn a_raw_folder_says_who_and_when_as_people_write_it() {
    let app = App::of(builder().language(standin::Language::Ru)).await;
    let admin = app.admin();
    let request = admin.request(Method::POST, "/api/2.0/files/folders/2.xml?relativePaths=a");
    insta::assert_snapshot!(app.send(request.body(Body::empty()).unwrap()).await.print());
}

#[tokio::test]
async fn a_refused_tree_leaves_no_trace() {
    let app = with_lena().await;
    let (admin, lena, nobody) = (app.admin(), app.token("lena-token"), app.anonymous());
    let before = app.state().await;
    let create = "You don't have enough permission to create";
    let missing = "The required folder was not found";
    let range = "Value does not fall within the expected range.";
    for (who, path, paths, status, expected) in [
        (&admin, "/api/2.0/files/folders/2", json!([]), 400, range),
        (&admin, "/api/2.0/files/folders/999", json!(["a"]), 403, missing),
        (&admin, "/api/2.0/files/folders/abc", json!(["a"]), 500, "Int32.TryParse(abc)"),
        (&admin, "/api/2.0/files/folders/3", json!(["a"]), 403, create),
        (&lena, "/api/2.0/files/folders/1", json!(["a"]), 403, create),
        (&nobody, "/api/2.0/files/folders/1", json!(["a"]), 403, create),
        (&nobody, "/api/2.0/files/folders/999", json!(["a"]), 403, missing),
    ] {
        let refused = who.post(path, json!({ "relativePaths": paths })).await.expect(status);
        assert_eq!(message(&refused), expected, "{path}");
    }
    assert_eq!(message(&admin.post("/api/2.0/files/folders/2", json!({})).await.expect(400)), range);
    assert_eq!(app.state().await, before);
}

async fn copy(who: &Identity<'_>, folder: i64, title: &str) -> Exchange {
    let body = json!({ "destFolderId": folder, "destTitle": title });
    who.post("/api/2.0/files/file/1/copyas", body).await
}

#[tokio::test]
async fn a_copy_under_another_name_is_a_new_file() {
    let app = App::empty().await;
    let admin = app.admin();
    let place = folder(&admin, MY, "copies").await;
    upload(&admin, MY, "Акт.txt", "bytes").await;
    insta::assert_snapshot!(copy(&admin, place, "Копия.TXT").await.print());
    // Another extension would be a conversion; its outcome is put in like an upload.
    let made = copy(&admin, place, "Копия.docx").await.expect(201).json()["response"].clone();
    assert_eq!(
        (&made["title"], &made["comment"], &made["version"]),
        (&json!("Копия.docx"), &Value::Null, &json!(1))
    );
    assert_eq!((bytes(&admin, 2).await, bytes(&admin, 3).await), (b"bytes".to_vec(), b"bytes".to_vec()));
    // Like new documents, a copy of the same kind lands in one's own section where the place is none.
    for nowhere in [999, TRASH] {
        let made = copy(&admin, nowhere, "x.txt").await.expect(201).json();
        assert_eq!(made["response"]["folderId"], MY);
    }
    // No namesake is touched.
    copy(&admin, MY, "Акт.txt").await.expect(201);
    assert_eq!(titles(&admin, "@my").await, ["copies", "x.txt", "x.txt", "Акт.txt", "Акт.txt"]);
}

#[tokio::test]
async fn a_refused_copy_leaves_no_trace() {
    let app = with_lena().await;
    let (admin, lena, nobody) = (app.admin(), app.token("lena-token"), app.anonymous());
    upload(&admin, MY, "a.txt", "x").await;
    admin.post("/api/2.0/files/@my/file", json!({ "title": "empty" })).await.expect(201);
    admin
        .post("/api/2.0/files/2/file", json!({ "title": "e.txt", "enableExternalExt": true }))
        .await
        .expect(201);
    let before = app.state().await;
    let unseen = "You don't have enough permission to view the file";
    let missing = "The required file was not found";
    let body = |folder: Value, title: &str| json!({ "destFolderId": folder, "destTitle": title });
    for (who, path, body, status, expected) in [
        (&admin, "/api/2.0/files/file/9/copyas", body(json!(2), "b.txt"), 403, missing),
        (&admin, "/api/2.0/files/file/abc/copyas", body(json!(2), "b.txt"), 500, "Int32.TryParse(abc)"),
        (&admin, "/api/2.0/files/file/1/copyas", body(json!("abc"), "b.txt"), 500, "Int32.TryParse(abc)"),
        (
            &admin,
            "/api/2.0/files/file/1/copyas",
            body(json!(999), "b.docx"),
            404,
            "The required folder was not found",
        ),
        (
            &admin,
            "/api/2.0/files/file/1/copyas",
            body(json!(TRASH), "b.docx"),
            403,
            "You don't have enough permission to create",
        ),
        (&admin, "/api/2.0/files/file/3/copyas", body(json!(2), "b.docx"), 500, "Empty file"),
        (
            &admin,
            "/api/2.0/files/file/1/copyas",
            body(json!(2), ""),
            400,
            "Value cannot be null.\r\nParameter name: title",
        ),
        (&lena, "/api/2.0/files/file/1/copyas", body(json!(1), "b.txt"), 403, unseen),
        (&nobody, "/api/2.0/files/file/1/copyas", body(json!(1), "b.txt"), 403, unseen),
        (&nobody, "/api/2.0/files/file/9/copyas", body(json!(1), "b.txt"), 403, missing),
    ] {
        let refused = who.post(path, body.clone()).await.expect(status);
        assert_eq!(message(&refused), expected, "{path} {body}");
    }
    assert_eq!(app.state().await, before);
}
