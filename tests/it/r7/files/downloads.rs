//! Downloads by `viewUrl` (sheet r7/files 5.8).

use axum::body::Body;
use axum::http::{Method, header};

use super::{MY, start, upload, with_lena};
use crate::support::{App, Exchange};

const LINK: &str = "/Products/Files/HttpHandlers/filehandler.ashx?action=download&fileid=1";

async fn with(app: &App, method: Method, name: header::HeaderName, value: &str) -> Exchange {
    let request = app.admin().request(method, LINK).header(name, value);
    app.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_download_carries_name_type_and_tag() {
    let app = App::empty().await;
    upload(&app.admin(), MY, "Отчёт.txt", "0123456789").await;
    insta::assert_snapshot!(app.admin().get(LINK).await.print());
    let view = app
        .admin()
        .get("/products/files/HTTPHANDLERS/FileHandler.ashx?Action=VIEW&FileId=1")
        .await
        .expect(200);
    assert!(view.header("content-disposition").unwrap().starts_with("inline; "));
    let head = with(&app, Method::HEAD, header::ACCEPT, "*/*").await.expect(200);
    assert_eq!((head.header("content-length"), head.body.len()), (Some("10"), 0));
}

#[tokio::test]
async fn tags_and_ranges_work() {
    let app = App::empty().await;
    upload(&app.admin(), MY, "a.bin", "0123456789").await;
    let tag = app.admin().get(LINK).await.header("etag").unwrap().to_owned();
    let same = with(&app, Method::GET, header::IF_NONE_MATCH, &tag).await.expect(304);
    assert!(same.body.is_empty());
    with(&app, Method::GET, header::IF_NONE_MATCH, "\"other\"").await.expect(200);
    let part = with(&app, Method::GET, header::RANGE, "bytes=2-4").await.expect(206);
    assert_eq!((part.text(), part.header("content-range")), ("234", Some("bytes 2-4/10")));
    let outside = with(&app, Method::GET, header::RANGE, "bytes=10-").await.expect(416);
    assert_eq!(outside.header("content-range"), Some("bytes */10"));
}

#[tokio::test]
async fn strangers_get_403_and_unknown_files_404() {
    let app = with_lena().await;
    upload(&app.admin(), MY, "a.txt", "x").await;
    app.anonymous().get(LINK).await.expect(403);
    app.token("lena-token").get(LINK).await.expect(403);
    app.anonymous().get(&format!("{LINK}&asc_auth_key=standin-admin-token")).await.expect(200);
    for link in [
        LINK.replace("=1", "=9"),
        LINK.replace("=1", "=x"),
        LINK.replace("fileid=1", ""),
        format!("{LINK}&version=5"),
    ] {
        app.admin().get(&link).await.expect(404);
    }
    app.admin().get(&LINK.replace("download", "nonsense")).await.expect(400);
    app.admin().get("/Products/Files/nowhere.aspx").await.expect(404);
}

#[tokio::test]
async fn a_trashed_file_is_still_served() {
    let app = App::empty().await;
    upload(&app.admin(), MY, "a.txt", "x").await;
    start(&app.admin(), "delete", serde_json::json!({ "fileIds": [1] })).await;
    app.admin().get(LINK).await.expect(200);
}
