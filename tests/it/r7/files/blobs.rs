//! Large bodies: stored in parts, read a part at a time (sheet r7/files 5.1, 5.8).

use std::io::{Cursor, Read as _};

use axum::body::Body;
use axum::http::{Method, Request, Response, header};
use http_body_util::BodyExt as _;
use proptest::prelude::*;
use serde_json::json;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

use super::{MY, bytes, start};
use crate::support::temp::TempDir;
use crate::support::{App, Identity, builder};

const MIB: usize = 1 << 20;

/// Bytes that say where they stand: no two parts are equal.
pub(crate) fn body(size: usize) -> Vec<u8> {
    (0..size).map(|at| (at ^ (at >> 8) ^ (at >> 16)).to_le_bytes()[0]).collect()
}

pub(crate) fn link(id: i64) -> String {
    format!("/Products/Files/HttpHandlers/filehandler.ashx?action=download&fileid={id}")
}

/// Uploads a large file as a form; gives its id.
async fn send(who: &Identity<'_>, name: &str, bytes: &[u8]) -> i64 {
    let card = who.upload("/api/2.0/files/2/upload", name, bytes).await.expect(201).json();
    assert_eq!(card["response"]["pureContentLength"], bytes.len());
    card["response"]["id"].as_i64().unwrap()
}

/// Rows of the tables that hold bytes, in a database that is closed: bodies, parts, series that nothing names.
pub(crate) async fn stored(dir: &TempDir) -> (i64, i64, i64) {
    let options = SqliteConnectOptions::new().filename(dir.join("data.db"));
    let mut conn = options.connect().await.unwrap();
    let count = "SELECT (SELECT count(*) FROM r7_blob), (SELECT count(*) FROM r7_blob_part), \
                 (SELECT count(*) FROM r7_blob_staged)";
    let counts = sqlx::query_as(count).fetch_one(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    counts
}

#[tokio::test]
async fn a_large_file_comes_back_byte_for_byte_and_survives_a_restart() {
    let dir = TempDir::new();
    let open = || async { App::of(builder().database(dir.join("data.db"))).await };
    let app = open().await;
    let large = body(3 * MIB + 17);
    let id = send(&app.admin(), "large.bin", &large).await;
    assert!(bytes(&app.admin(), id).await == large);
    app.stop().await;
    let app = open().await;
    assert!(bytes(&app.admin(), id).await == large);
    app.stop().await;
    assert_eq!(stored(&dir).await, (1, 4, 0));
}

#[tokio::test]
async fn raw_uploads_and_forms_of_several_files_go_the_same_way() {
    let app = App::empty().await;
    let admin = app.admin();
    let large = body(2 * MIB);
    let request = admin
        .request(Method::POST, "/api/2.0/files/2/upload")
        .header(header::CONTENT_DISPOSITION, "attachment; filename=raw.bin")
        .body(Body::from(large.clone()));
    app.send(request.unwrap()).await.expect(201);
    let mut form = Vec::new();
    for name in ["one", "two"] {
        let head =
            format!("--edge\r\nContent-Disposition: form-data; name=\"f\"; filename=\"{name}\"\r\n\r\n");
        form.extend_from_slice(head.as_bytes());
        form.extend_from_slice(&large[..large.len() - name.len()]);
        form.extend_from_slice(b"\r\n");
    }
    form.extend_from_slice(
        b"--edge\r\nContent-Disposition: form-data; name=\"createNewIfExist\"\r\n\r\ntrue\r\n--edge--\r\n",
    );
    let request = admin
        .request(Method::POST, "/api/2.0/files/2/upload")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
        .body(Body::from(form));
    assert_eq!(app.send(request.unwrap()).await.expect(201).json()["count"], 2);
    assert!(bytes(&admin, 1).await == large);
    assert!(bytes(&admin, 2).await == large[..large.len() - 3]);
    assert!(bytes(&admin, 3).await == large[..large.len() - 3]);
}

#[tokio::test]
async fn equal_bodies_are_stored_once_and_go_with_the_last_that_names_them() {
    let dir = TempDir::new();
    let app = App::of(builder().database(dir.join("data.db"))).await;
    let admin = app.admin();
    let large = body(MIB + 1);
    for name in ["a.bin", "b.bin"] {
        send(&admin, name, &large).await;
    }
    let refused = admin.upload("/api/2.0/files/999/upload", "c.bin", &body(2 * MIB)).await;
    refused.expect(404);
    start(&admin, "delete", json!({ "fileIds": [1], "immediately": true })).await;
    assert!(bytes(&admin, 2).await == large);
    app.stop().await;
    assert_eq!(stored(&dir).await, (1, 2, 0), "the refused upload left nothing");
    let app = App::of(builder().database(dir.join("data.db"))).await;
    start(&app.admin(), "delete", json!({ "fileIds": [2], "immediately": true })).await;
    app.stop().await;
    assert_eq!(stored(&dir).await, (0, 0, 0));
}

#[tokio::test]
async fn large_versions_and_archives_travel_in_state_documents() {
    let app = App::empty().await;
    let admin = app.admin();
    let (first, second) = (body(MIB + 5), body(2 * MIB));
    send(&admin, "a.bin", &first).await;
    let path = "/api/2.0/files/1/update";
    let request = admin.request(Method::PUT, path).body(Body::from(second.clone())).unwrap();
    app.send(request).await.expect(200);
    admin.upload("/api/2.0/files/2/upload", "small.txt", b"small").await.expect(201);
    let record = start(&admin, "bulkdownload", json!({ "fileIds": [2, 1, 2], "folderIds": [MY] })).await;
    let url = record["url"].as_str().unwrap().strip_prefix("http://portal.test").unwrap().to_owned();
    let packed = admin.get(&url).await.expect(200).body;
    let mut archive = zip::ZipArchive::new(Cursor::new(&packed)).unwrap();
    let expected = ["small.txt", "a.bin", "My documents/a.bin", "My documents/small.txt"];
    assert_eq!(archive.len(), expected.len());
    for name in expected {
        let mut entry = Vec::new();
        // Reading checks the entry's checksum.
        archive.by_name(name).unwrap().read_to_end(&mut entry).unwrap();
        assert!(entry == if name.contains("a.bin") { &second[..] } else { b"small" }, "{name}");
    }
    admin.put("/api/2.0/files/settings/downloadtargz", json!({ "set": true })).await.expect(200);
    let record = start(&admin, "bulkdownload", json!({ "fileIds": [1, 2] })).await;
    let tar_url = record["url"].as_str().unwrap().strip_prefix("http://portal.test").unwrap().to_owned();
    let tarred = admin.get(&tar_url).await.expect(200).body;
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(&tarred[..]));
    for (entry, expected) in archive.entries().unwrap().zip([&second[..], b"small"]) {
        let mut bytes = Vec::new();
        entry.unwrap().read_to_end(&mut bytes).unwrap();
        assert!(bytes == expected);
    }
    let state = app.state().await;
    let other = App::empty().await;
    other.anonymous().put("/_standin/state", state.clone()).await.expect(204);
    assert!(other.state().await == state);
    assert!(other.admin().get(&tar_url).await.expect(200).body == tarred);
    assert!(other.admin().get(&format!("{}&version=1", link(1))).await.expect(200).body == first);
    assert!(bytes(&other.admin(), 1).await == second);
    assert!(other.admin().get(&url).await.expect(200).body == packed);
}

async fn open(app: &App, path: &str) -> Response<Body> {
    let request: Request<Body> = app.admin().request(Method::GET, path).body(Body::empty()).unwrap();
    app.server().call(request).await
}

#[tokio::test]
async fn a_download_breaks_off_when_its_bytes_are_erased() {
    let app = App::empty().await;
    send(&app.admin(), "a.bin", &body(4 * MIB)).await;
    let response = open(&app, &link(1)).await;
    assert_eq!(response.headers()[header::CONTENT_LENGTH], (4 * MIB).to_string());
    let mut answer = response.into_body();
    assert_eq!(answer.frame().await.unwrap().unwrap().into_data().unwrap().len(), MIB);
    start(&app.admin(), "delete", json!({ "fileIds": [1], "immediately": true })).await;
    let mut left = 0;
    let end = loop {
        match answer.frame().await {
            Some(Ok(frame)) => left += frame.into_data().unwrap().len(),
            end => break end,
        }
    };
    assert!(matches!(end, Some(Err(_))) && left < 3 * MIB, "{left} bytes more");
    app.admin().get("/api/2.0/files/@my").await.expect(200);
}

#[tokio::test]
async fn a_slow_download_holds_up_nobody() {
    let app = App::empty().await;
    send(&app.admin(), "a.bin", &body(3 * MIB)).await;
    let mut answer = open(&app, &link(1)).await.into_body();
    answer.frame().await.unwrap().unwrap();
    app.admin().upload("/api/2.0/files/2/upload", "b.txt", b"b").await.expect(201);
    let rest = answer.collect().await.unwrap().to_bytes();
    assert_eq!(rest.len(), 2 * MIB);
}

#[tokio::test]
async fn head_and_tags_need_no_bytes() {
    let app = App::empty().await;
    send(&app.admin(), "a.bin", &body(2 * MIB)).await;
    let request = app.admin().request(Method::HEAD, &link(1)).body(Body::empty()).unwrap();
    let head = app.send(request).await.expect(200);
    assert_eq!((head.header("content-length"), head.body.len()), (Some("2097152"), 0));
    let tag = head.header("etag").unwrap().to_owned();
    let request = app.admin().request(Method::GET, &link(1)).header(header::IF_NONE_MATCH, tag);
    assert!(app.send(request.body(Body::empty()).unwrap()).await.expect(304).body.is_empty());
}

#[tokio::test]
async fn a_large_upload_is_one_of_the_crms_too() {
    let app = App::empty().await;
    let large = body(MIB + 1);
    let card = app.admin().upload("/api/2.0/crm/contact/1/files/upload", "a.bin", &large).await.expect(201);
    let id = card.json()["response"]["id"].as_i64().unwrap();
    assert!(bytes(&app.admin(), id).await == large);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_range_is_the_slice(
        size in prop_oneof![0..100_usize, MIB - 2..MIB + 3, 2 * MIB - 2..2 * MIB + 2, 1..4 * MIB],
        ranges in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 12),
    ) {
        let size = size + 1;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(async {
            let app = App::empty().await;
            let whole = body(size);
            send(&app.admin(), "a.bin", &whole).await;
            assert!(bytes(&app.admin(), 1).await == whole);
            for (from, to) in ranges {
                // Near the edges of parts, where mistakes live, as often as anywhere.
                let edge = |index: prop::sample::Index| match index.index(3) {
                    0 => (index.index(5) * MIB + index.index(7)).saturating_sub(3).min(size - 1),
                    _ => index.index(size),
                };
                let (from, to) = (edge(from), edge(to));
                let (from, to) = (from.min(to), from.max(to));
                let request = app.admin().request(Method::GET, &link(1));
                let request = request.header(header::RANGE, format!("bytes={from}-{to}"));
                let got = app.send(request.body(Body::empty()).unwrap()).await.expect(206);
                assert_eq!(got.header("content-range").unwrap(), format!("bytes {from}-{to}/{size}"));
                assert_eq!(got.header("content-length").unwrap(), (to - from + 1).to_string());
                assert!(got.body == whole[from..=to], "{from}-{to} of {size}");
            }
        });
    }
}
