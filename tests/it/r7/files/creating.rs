//! New documents, inserted files, text and HTML (sheet r7/files 5.1, 5.3, 5.4).

use std::io::{Cursor, Read as _};

use axum::body::Body;
use axum::http::{Method, header};
use serde_json::{Value, json};

use super::{COMMON, MY, bytes, start, titles, upload, with_lena};
use crate::support::{App, Exchange, Identity, builder};

/// The card in an answer.
fn card(exchange: Exchange) -> Value {
    exchange.expect(201).json()["response"].clone()
}

fn message(exchange: &Exchange) -> Value {
    exchange.json()["error"]["message"].clone()
}

/// A raw body.
async fn post(who: &Identity<'_>, app: &App, path: &str, sent: &[u8]) -> Exchange {
    let request = who.request(Method::POST, path).header(header::CONTENT_TYPE, "application/octet-stream");
    app.send(request.body(Body::from(sent.to_vec())).unwrap()).await
}

#[tokio::test]
async fn a_new_document_is_a_blank_of_its_kind() {
    let app = App::empty().await;
    let admin = app.admin();
    insta::assert_snapshot!(
        admin.post("/api/2.0/files/@my/file", json!({ "title": "Договор" })).await.print()
    );
    insta::assert_snapshot!(
        post(&admin, &app, "/api/2.0/files/1/file.xml?title=plan.xlsx", b"").await.print()
    );
    // sheet r7/files 5.4: a known kind becomes the portal's own format, anything else a document.
    for (title, expected) in [
        ("x.txt", "x.docx"),
        ("x.doc", "x.docx"),
        ("x.csv", "x.xlsx"),
        ("x.odp", "x.pptx"),
        ("x.zip", "x.zip.docx"),
        ("x.PDF", "x.pdf"),
        ("README", "README.docx"),
        ("", "New Document.docx"),
    ] {
        let file = card(admin.post("/api/2.0/files/2/file", json!({ "title": title })).await);
        assert_eq!((&file["title"], &file["comment"]), (&json!(expected), &json!("Created")));
        let body = bytes(&admin, file["id"].as_i64().unwrap()).await;
        assert_eq!(file["pureContentLength"], body.len());
        if expected.contains(".pdf") {
            assert!(body.starts_with(b"%PDF-"));
        } else {
            let mut archive = zip::ZipArchive::new(Cursor::new(body)).unwrap();
            let mut types = String::new();
            archive.by_name("[Content_Types].xml").unwrap().read_to_string(&mut types).unwrap();
            let kind = match &expected[expected.len() - 5..] {
                ".xlsx" => "spreadsheetml.sheet.main",
                ".pptx" => "presentationml.presentation.main",
                _ => "wordprocessingml.document.main",
            };
            assert!(types.contains(kind), "{expected}");
        }
    }
}

#[tokio::test]
async fn a_foreign_extension_is_kept_on_request_and_the_file_is_empty() {
    let app = App::empty().await;
    let admin = app.admin();
    for title in ["x.txt", "x.docx", "x"] {
        let body = json!({ "title": title, "enableExternalExt": true });
        let file = card(admin.post("/api/2.0/files/2/file", body).await);
        assert_eq!((&file["title"], &file["contentLength"]), (&json!(title), &json!("0 bytes")));
        assert_eq!(file.get("pureContentLength"), None);
    }
}

#[tokio::test]
async fn a_document_begins_as_its_template() {
    let app = App::empty().await;
    let admin = app.admin();
    upload(&admin, MY, "form.txt", "fill me in").await;
    let body = json!({ "title": "filled.txt", "templateId": 1, "enableExternalExt": true });
    let file = card(admin.post("/api/2.0/files/1/file", body).await);
    assert_eq!(
        (&file["id"], &file["title"], &file["folderId"]),
        (&json!(2), &json!("filled.txt"), &json!(1))
    );
    assert_eq!(bytes(&admin, 2).await, b"fill me in");
    // The copy lives on its own.
    start(&admin, "delete", json!({ "fileIds": [1], "immediately": true })).await;
    assert_eq!(bytes(&admin, 2).await, b"fill me in");
}

#[tokio::test]
async fn a_document_for_an_unknown_or_forbidden_folder_lands_in_ones_own_section() {
    let app = with_lena().await;
    let (admin, lena) = (app.admin(), app.token("lena-token"));
    // 3: the share section, 4: the trash.
    for folder in [999, 3, 4] {
        let file = card(admin.post(&format!("/api/2.0/files/{folder}/file"), json!({ "title": "x" })).await);
        assert_eq!(file["folderId"], MY);
    }
    card(lena.post("/api/2.0/files/1/file", json!({ "title": "mine" })).await);
    assert_eq!(titles(&lena, "@my").await, ["mine.docx"]);
    assert_eq!(titles(&admin, "@common").await, [""; 0]);
    // No namesake is looked for.
    assert_eq!(titles(&admin, "@my").await, ["x.docx", "x.docx", "x.docx"]);
}

#[tokio::test]
async fn a_refused_document_leaves_no_trace() {
    let app = with_lena().await;
    let (admin, lena) = (app.admin(), app.token("lena-token"));
    upload(&admin, MY, "secret.docx", "x").await;
    let before = app.state().await;
    for (who, path, body, status, expected) in [
        (&admin, "/api/2.0/files/abc/file", json!({}), 500, "Int32.TryParse(abc)"),
        (&admin, "/api/2.0/files/@common/file", json!({}), 500, "Int32.TryParse(@common)"),
        (&admin, "/api/2.0/files/2/file", json!({ "templateId": "abc" }), 500, "Int32.TryParse(abc)"),
        (&admin, "/api/2.0/files/2/file", json!({ "templateId": 9 }), 403, "The required file was not found"),
        (
            &lena,
            "/api/2.0/files/2/file",
            json!({ "templateId": 1 }),
            403,
            "You don't have enough permission to view the file",
        ),
        (
            &admin,
            "/api/2.0/files/2/file",
            json!({ "enableExternalExt": "maybe" }),
            400,
            "String was not recognized as a valid Boolean.",
        ),
    ] {
        let refused = who.post(path, body).await.expect(status);
        assert_eq!(message(&refused), expected, "{path}");
    }
    assert_eq!(app.state().await, before);
}

#[tokio::test]
async fn a_russian_portal_names_a_new_document_in_russian() {
    let app = App::of(builder().language(standin::Language::Ru)).await;
    let file = card(app.admin().post("/api/2.0/files/@my/file", json!({})).await);
    assert_eq!((&file["title"], &file["comment"]), (&json!("Новый документ.docx"), &json!("Создано")));
}

#[tokio::test]
async fn a_file_is_inserted_under_the_title_of_the_call() {
    let app = App::empty().await;
    let admin = app.admin();
    insta::assert_snapshot!(
        admin.upload("/api/2.0/files/@my/insert?title=Отчёт.TXT", "other.bin", b"one").await.print()
    );
    // By default a namesake stays as it is, in the sections too.
    card(
        post(&admin, &app, "/api/2.0/files/@my/insert?title=%D0%BE%D1%82%D1%87%D1%91%D1%82.txt", b"two")
            .await,
    );
    assert_eq!(titles(&admin, "@my").await, ["Отчёт.txt", "отчёт.txt"]);
    let twin = "title=%D0%BE%D1%82%D1%87%D1%91%D1%82.txt&createNewIfExist=false";
    let file = card(post(&admin, &app, &format!("/api/2.0/files/2/insert?{twin}"), b"three").await);
    assert_eq!((&file["id"], &file["version"], &file["comment"]), (&json!(1), &json!(2), &json!("Uploaded")));
    let fresh = "title=a.txt&createNewIfExist=true&keepConvertStatus=true";
    let file = card(post(&admin, &app, &format!("/api/2.0/files/@common/insert?{fresh}"), b"four").await);
    assert_eq!(file["folderId"], COMMON);
    assert_eq!(bytes(&admin, 1).await, b"three");
    assert_eq!(bytes(&admin, 2).await, b"two");
}

#[tokio::test]
async fn a_refused_insert_leaves_no_trace() {
    let app = App::empty().await;
    let admin = app.admin();
    let before = app.state().await;
    for (path, sent, status, expected) in [
        ("/api/2.0/files/999/insert?title=a.txt", "x", 404, "The required folder was not found"),
        ("/api/2.0/files/abc/insert?title=a.txt", "x", 500, "Int32.TryParse(abc)"),
        ("/api/2.0/files/3/insert?title=a.txt", "x", 403, "You don't have enough permission to create"),
        ("/api/2.0/files/@my/insert?title=a.txt", "", 500, "Empty file"),
        ("/api/2.0/files/@my/insert", "x", 400, "Value cannot be null.\r\nParameter name: title"),
        (
            "/api/2.0/files/@my/insert?title=a&createNewIfExist=x",
            "x",
            400,
            "String was not recognized as a valid Boolean.",
        ),
    ] {
        let refused = post(&admin, &app, path, sent.as_bytes()).await.expect(status);
        assert_eq!(message(&refused), expected, "{path}");
    }
    assert_eq!(app.state().await, before);
}

#[tokio::test]
async fn html_files_are_html_whatever_they_hold() {
    let app = App::empty().await;
    let admin = app.admin();
    let body = |title: &str, content: &str| json!({ "title": title, "content": content });
    insta::assert_snapshot!(
        admin.post("/api/2.0/files/2/html", body("Письмо", "просто текст")).await.print()
    );
    let own = card(admin.post("/api/2.0/files/@my/html", body("a.HTML", "<b>x</b>")).await);
    let common = card(admin.post("/api/2.0/files/@common/html", body("a.txt", "<b>x</b>")).await);
    assert_eq!((&own["title"], &common["title"]), (&json!("a.html"), &json!("a.txt.html")));
    assert_eq!((&own["folderId"], &common["folderId"]), (&json!(MY), &json!(COMMON)));
    assert_eq!(bytes(&admin, 1).await, "просто текст".as_bytes());
    let before = app.state().await;
    for (path, sent, status, expected) in [
        ("/api/2.0/files/999/html", body("a", "x"), 404, "The required folder was not found"),
        ("/api/2.0/files/abc/html", body("a", "x"), 500, "Int32.TryParse(abc)"),
        ("/api/2.0/files/4/html", body("a", "x"), 403, "You don't have enough permission to create"),
        ("/api/2.0/files/2/html", body("a", ""), 500, "Empty file"),
        (
            "/api/2.0/files/2/html",
            json!({ "content": "x" }),
            400,
            "Value cannot be null.\r\nParameter name: title",
        ),
        (
            "/api/2.0/files/2/html",
            json!({ "title": "x" }),
            400,
            "Value cannot be null.\r\nParameter name: content",
        ),
    ] {
        let refused = admin.post(path, sent).await.expect(status);
        assert_eq!(message(&refused), expected, "{path}");
    }
    assert_eq!(app.state().await, before);
}
