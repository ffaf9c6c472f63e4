//! Bulk downloads: the operation, the archive, its link (sheet r7/files 5.8).

use std::io::{Cursor, Read as _};

use axum::body::Body;
use axum::http::{Method, header};
use serde_json::{Value, json};
use standin::Operations;

use super::{MY, folder, start, upload, with_lena};
use crate::support::temp::TempDir;
use crate::support::{App, Identity, builder};

const LATEST: &str = "/Products/Files/HttpHandlers/filehandler.ashx?action=bulk&ext=.zip";

/// Names and texts of an archive, in its order.
fn entries(bytes: &[u8]) -> Vec<(String, String)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut entry = archive.by_index(index).unwrap();
            let mut text = String::new();
            entry.read_to_string(&mut text).unwrap();
            let name = entry.name().unwrap().into_owned();
            (name, text)
        })
        .collect()
}

/// Names, texts and sizes in blocks of a `.tar.gz`, in its order.
fn tarred(bytes: &[u8]) -> Vec<(String, String)> {
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(bytes));
    let entries = archive.entries().unwrap().map(|entry| {
        let mut entry = entry.unwrap();
        assert_eq!(entry.header().mtime().unwrap(), 1_770_886_800, "2026-02-12T09:00:00Z");
        let name = String::from_utf8(entry.path_bytes().into_owned()).unwrap();
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        (name, text)
    });
    entries.collect()
}

/// The path of a link of ours.
fn path(link: &Value) -> String {
    link.as_str().unwrap().strip_prefix("http://portal.test").unwrap().to_owned()
}

async fn latest(who: &Identity<'_>) -> Vec<(String, String)> {
    entries(&who.get(LATEST).await.expect(200).body)
}

fn pair(name: &str, text: &str) -> (String, String) {
    (name.to_owned(), text.to_owned())
}

/// `f` (100) with `x.txt` twice, an inner folder (101) with `y.txt` and an empty one (102); `a.txt` is file 1.
async fn filled() -> App {
    let app = App::empty().await;
    let admin = app.admin();
    upload(&admin, MY, "a.txt", "A").await;
    folder(&admin, MY, "Отчёты").await;
    folder(&admin, 100, "inner").await;
    folder(&admin, 100, "empty").await;
    upload(&admin, 100, "x.txt", "X").await;
    upload(&admin, 100, "x.txt", "XX").await;
    upload(&admin, 101, "y.txt", "Y").await;
    app
}

#[tokio::test]
async fn the_record_has_the_link_and_nothing_else_new() {
    let app = filled().await;
    let admin = app.admin();
    let body = json!({ "fileIds": [1], "folderIds": [100] });
    insta::assert_snapshot!(admin.put("/api/2.0/files/fileops/bulkdownload", body).await.print());
    let polled = admin.get("/api/2.0/files/fileops").await.expect(200).json()["response"].clone();
    assert_eq!((polled.as_array().unwrap().len(), &polled[0]["finished"]), (1, &json!(true)));
    let got = admin.get(&path(&polled[0]["url"])).await.expect(200);
    assert_eq!(got.header("content-type"), Some("application/zip"));
    assert_eq!(
        got.header("content-disposition"),
        Some("attachment; filename=\"portal-download-2026-02-12.zip\"")
    );
    assert_eq!(
        entries(&got.body),
        [
            pair("a.txt", "A"),
            pair("Отчёты/x.txt", "X"),
            pair("Отчёты/x (1).txt", "XX"),
            pair("Отчёты/inner/y.txt", "Y"),
            pair("Отчёты/empty/", ""),
        ]
    );
    assert_eq!(admin.get(LATEST).await.body, got.body);
}

#[tokio::test]
async fn a_single_folder_lends_the_archive_its_name() {
    let app = filled().await;
    let record = start(&app.admin(), "bulkdownload", json!({ "folderIds": [101] })).await;
    let got = app.admin().get(&path(&record["url"])).await.expect(200);
    assert_eq!(got.header("content-disposition"), Some("attachment; filename=\"inner.zip\""));
    start(&app.admin(), "bulkdownload", json!({ "folderIds": [MY] })).await;
    let got = app.admin().get(LATEST).await.expect(200);
    assert_eq!(got.header("content-disposition"), Some("attachment; filename=\"My documents.zip\""));
    assert_eq!(entries(&got.body)[0], pair("My documents/a.txt", "A"));
}

#[tokio::test]
async fn who_prefers_tar_gz_gets_it_and_each_kind_has_a_latest() {
    let app = filled().await;
    let admin = app.admin();
    let body = json!({ "fileIds": [1], "folderIds": [100] });
    start(&admin, "bulkdownload", body.clone()).await;
    admin.put("/api/2.0/files/settings/downloadtargz", json!({ "set": true })).await.expect(200);
    let plain = "/Products/Files/HttpHandlers/filehandler.ashx?action=bulk";
    admin.get(plain).await.expect(404);
    let long = "д".repeat(120);
    folder(&admin, 100, &long).await;
    upload(&admin, 103, "long.txt", &"0123456789abcdef".repeat(100)).await;
    let record = start(&admin, "bulkdownload", body).await;
    assert_eq!((&record["error"], &record["processed"]), (&json!(""), &json!("6")));
    let got = admin.get(&path(&record["url"])).await.expect(200);
    assert_eq!(got.header("content-type"), Some("application/x-gzip"));
    assert_eq!(
        got.header("content-disposition"),
        Some("attachment; filename=\"portal-download-2026-02-12.tar.gz\"")
    );
    assert_eq!(
        tarred(&got.body),
        [
            pair("a.txt", "A"),
            pair("Отчёты/x.txt", "X"),
            pair("Отчёты/x (1).txt", "XX"),
            pair("Отчёты/inner/y.txt", "Y"),
            pair("Отчёты/empty/", ""),
            pair(&format!("Отчёты/{long}/long.txt"), &"0123456789abcdef".repeat(100)),
        ]
    );
    assert_eq!(admin.get(plain).await.expect(200).body, got.body);
    assert_eq!(admin.get(&format!("{plain}&ext=.tar.gz")).await.expect(200).body, got.body);
    assert_eq!(latest(&admin).await.len(), 5, "the zip of before");
    let record = start(&admin, "bulkdownload", json!({ "folderIds": [101] })).await;
    let got = admin.get(&path(&record["url"])).await.expect(200);
    assert_eq!(got.header("content-disposition"), Some("attachment; filename=\"inner.tar.gz\""));
    // The setting is each person's own, and can be taken back.
    admin.put("/api/2.0/files/settings/downloadtargz", json!({ "set": false })).await.expect(200);
    start(&admin, "bulkdownload", json!({ "fileIds": [1] })).await;
    assert_eq!(entries(&admin.get(plain).await.expect(200).body), [pair("a.txt", "A")]);
}

#[tokio::test]
async fn files_to_be_converted_go_in_as_they_are() {
    let app = filled().await;
    let convert = json!([{ "key": 1, "value": ".pdf" }, { "key": "2", "value": "" }]);
    start(&app.admin(), "bulkdownload", json!({ "fileConvertIds": convert, "fileIds": [1] })).await;
    assert_eq!(latest(&app.admin()).await, [pair("a.txt", "A"), pair("x.txt", "X")]);
}

#[tokio::test]
async fn what_cannot_be_read_is_left_out_and_nothing_at_all_is_an_error() {
    let app = with_lena().await;
    let (admin, lena) = (app.admin(), app.token("lena-token"));
    upload(&admin, 1, "common.txt", "C").await;
    upload(&admin, MY, "secret.txt", "S").await;
    let record = start(&lena, "bulkdownload", json!({ "fileIds": [2, 1, 77], "folderIds": [MY] })).await;
    assert_eq!((&record["error"], &record["processed"]), (&json!(""), &json!("1")));
    assert_eq!(latest(&lena).await, [pair("common.txt", "C")]);
    for (body, expected) in [
        (json!({ "fileIds": [2] }), "The required file was not found"),
        (json!({ "folderIds": [MY, 999] }), "The required folder was not found"),
        (json!({ "fileIds": ["abc"] }), "Can not convert id: abc"),
    ] {
        let record = start(&lena, "bulkdownload", body).await;
        assert_eq!((&record["error"], &record["url"]), (&json!(expected), &Value::Null));
    }
    // The archive of before is still the latest.
    assert_eq!(latest(&lena).await, [pair("common.txt", "C")]);
}

#[tokio::test]
async fn an_archive_is_its_owners_alone() {
    let app = with_lena().await;
    upload(&app.admin(), MY, "a.txt", "A").await;
    app.admin().get(LATEST).await.expect(404);
    let record = start(&app.admin(), "bulkdownload", json!({ "fileIds": [1] })).await;
    let link = path(&record["url"]);
    app.anonymous().get(&link).await.expect(403);
    app.anonymous().get(LATEST).await.expect(403);
    app.token("lena-token").get(&link).await.expect(404);
    app.token("lena-token").get(LATEST).await.expect(404);
    app.admin().get(&format!("{link}0")).await.expect(404);
    // What was packed stays so, whatever becomes of the file.
    start(&app.admin(), "delete", json!({ "fileIds": [1], "immediately": true })).await;
    assert_eq!(entries(&app.admin().get(&link).await.expect(200).body), [pair("a.txt", "A")]);
}

#[tokio::test]
async fn nothing_to_download_is_a_bad_request_and_two_at_once_are_too_many() {
    let app = App::of(builder().operations(Operations::After(1000))).await;
    let admin = app.admin();
    upload(&admin, MY, "a.txt", "A").await;
    let call = "/api/2.0/files/fileops/bulkdownload";
    let nothing = admin.put(call, json!({ "fileIds": null, "folderIds": [] })).await.expect(403).json();
    assert_eq!(nothing["error"]["message"], "Bad request.");
    let body = || json!({ "fileIds": [1] });
    let waiting = admin.put(call, body()).await.expect(200).json()["response"][0].clone();
    assert_eq!((&waiting["url"], &waiting["progress"]), (&Value::Null, &json!(0)));
    let refused = admin.put(call, body()).await.expect(403).json();
    assert_eq!(refused["error"]["message"], "Too many downloads.");
    admin.get(LATEST).await.expect(404);
    app.anonymous().post("/_standin/clock/advance", json!({ "by": "1s" })).await.expect(200);
    assert_eq!(latest(&admin).await, [pair("a.txt", "A")]);
    let done = admin.get("/api/2.0/files/fileops").await.json()["response"][0].clone();
    assert_eq!((path(&done["url"]).is_empty(), &done["finished"]), (false, &json!(true)));
    admin.put(call, body()).await.expect(200);
    // A download that was ended leaves no archive behind.
    let ended = admin.put("/api/2.0/files/fileops/terminate", json!({})).await.json()["response"][0].clone();
    assert_eq!((&ended["error"], &ended["url"]), (&json!("The operation was canceled"), &Value::Null));
}

#[tokio::test]
async fn archives_survive_export_and_import_and_the_last_ten_are_kept() {
    let app = filled().await;
    let mut links = Vec::new();
    for _ in 0..11 {
        let record = start(&app.admin(), "bulkdownload", json!({ "fileIds": [1] })).await;
        links.push(path(&record["url"]));
    }
    let state = app.state().await;
    assert_eq!(state["r7"]["archives"].as_array().unwrap().len(), 10);
    let other = App::empty().await;
    other.anonymous().put("/_standin/state", state.clone()).await;
    assert_eq!(other.state().await, state);
    other.admin().get(&links[0]).await.expect(404);
    let got = other.admin().get(&links[1]).await.expect(200);
    assert_eq!(got.body, app.admin().get(&links[1]).await.body);
    // A dangling owner, and bytes that are none, are named.
    for (key, value, expected) in [
        ("owner", json!("00000000-0000-0000-0000-0000000000ff"), "r7.archives[0].owner: no user"),
        ("base64", json!("?"), "r7.archives[0].base64: "),
        ("id", state["r7"]["archives"][1]["id"].clone(), "r7.archives[1]: UNIQUE"),
    ] {
        let mut wrong = state.clone();
        wrong["r7"]["archives"][0][key] = value;
        let refused = other.anonymous().put("/_standin/state", wrong).await.expect(400);
        assert!(refused.text().contains(expected), "{}", refused.text());
    }
    assert_eq!(other.state().await, state);
}

#[tokio::test]
async fn the_form_of_the_pypi_clients_works_and_the_archive_outlives_a_restart() {
    let temp = TempDir::new();
    let open = || builder().database(temp.join("data.db"));
    let app = App::of(open()).await;
    upload(&app.admin(), MY, "a.txt", "A").await;
    upload(&app.admin(), MY, "b.txt", "B").await;
    let request = app
        .admin()
        .request(Method::PUT, "/api/2.0/files/fileops/bulkdownload")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    app.send(request.body(Body::from("fileIds=1&fileIds=2")).unwrap()).await.expect(200);
    app.stop().await;
    let app = App::of(open()).await;
    assert_eq!(latest(&app.admin()).await, [pair("a.txt", "A"), pair("b.txt", "B")]);
    app.stop().await;
}
