//! Uploads in chunks (sheet r7/files 2.7, 5.2).

use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::{Value, json};

use super::blobs::{body, link, stored};
use super::{MY, bytes, folder, start, titles, upload, with_lena};
use crate::support::temp::TempDir;
use crate::support::{App, Exchange, Identity, builder};

const MIB: usize = 1 << 20;
const START: &str = "/api/2.0/files/2/upload/create_session";

/// Starts a session; gives the path of its address.
async fn session(who: &Identity<'_>, name: &str, size: usize) -> String {
    let answer = who.post(START, json!({ "fileName": name, "fileSize": size })).await.expect(201).json();
    address(&answer)
}

fn address(answer: &Value) -> String {
    let location = answer["response"]["data"]["location"].as_str().unwrap();
    location.strip_prefix("http://portal.test").unwrap().to_owned()
}

/// Sends a chunk as nobody: the address is the secret.
async fn chunk(app: &App, address: &str, bytes: &[u8]) -> Exchange {
    app.anonymous().upload(address, "blob", bytes).await
}

fn said(exchange: Exchange) -> String {
    let answer = exchange.expect(200).json();
    assert_eq!((&answer["success"], &answer["data"]), (&json!(false), &Value::Null));
    answer["message"].as_str().unwrap().to_owned()
}

async fn advance(app: &App, by: &str) {
    app.anonymous().post("/_standin/clock/advance", json!({ "by": by })).await.expect(200);
}

#[tokio::test]
async fn a_session_starts_takes_chunks_and_ends_with_the_file() {
    let app = App::empty().await;
    let admin = app.admin();
    let place = folder(&admin, MY, "Inbox").await;
    let path = format!("/api/2.0/files/{place}/upload/create_session");
    let started = admin.post(&path, json!({ "fileName": "Отчёт+1.TXT", "fileSize": 11 })).await;
    insta::assert_snapshot!("started", started.print());
    let address = address(&started.json());
    insta::assert_snapshot!("chunk", chunk(&app, &address, b"hello ").await.print());
    insta::assert_snapshot!("last_chunk", chunk(&app, &address, b"world").await.print());
    assert_eq!(bytes(&admin, 1).await, b"hello world");
    let card = admin.get("/api/2.0/files/file/1").await.json()["response"].clone();
    assert_eq!((&card["comment"], &card["pureContentLength"]), (&json!("Uploaded"), &json!(11)));
    assert_eq!(said(chunk(&app, &address, b"more").await), "The required file was not found");
}

#[tokio::test]
async fn the_start_is_the_same_in_xml() {
    let app = App::empty().await;
    let answer =
        app.admin().post(&format!("{START}.xml?fileName=a.txt&fileSize=3"), Value::Null).await.expect(201);
    assert_eq!(answer.header("content-type"), Some("application/json; charset=UTF-8"), "JSON was sent");
    let request = app.admin().request(Method::POST, &format!("{START}.xml?fileName=a.txt&fileSize=3"));
    insta::assert_snapshot!("started_as_xml", app.send(request.body(Body::empty()).unwrap()).await.print());
}

#[tokio::test]
async fn chunks_of_any_size_make_the_same_file_in_memory_and_in_a_database() {
    let dir = TempDir::new();
    let whole = body(3 * MIB + 333);
    for app in [App::empty().await, App::of(builder().database(dir.join("data.db"))).await] {
        for (id, size) in [(1, 10 * MIB), (2, MIB), (3, 700_001), (4, 2 * MIB + 1)] {
            let address = session(&app.admin(), "a.bin", whole.len()).await;
            let mut last = 200;
            for piece in whole.chunks(size) {
                last = chunk(&app, &address, piece).await.status();
            }
            assert_eq!(last, 201);
            assert!(bytes(&app.admin(), id).await == whole, "chunks of {size}");
        }
        app.stop().await;
    }
    // The same bytes have the same name, however they were cut: stored once.
    assert_eq!(stored(&dir).await.0, 1);
}

#[tokio::test]
async fn every_mistake_is_a_200_in_the_handlers_words_and_changes_nothing() {
    let app = App::empty().await;
    let address = session(&app.admin(), "a.txt", 10).await;
    chunk(&app, &address, b"0123").await.expect(200);
    let before = app.state().await;
    assert_eq!(said(chunk(&app, &address, b"").await), "Empty file");
    let raw = app.anonymous().request(Method::POST, &address).body(Body::from("raw")).unwrap();
    assert_eq!(said(app.send(raw).await), "HttpRequest.Files is empty");
    let fields = Request::post(&address)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
        .body(Body::from("--edge\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nB\r\n--edge--\r\n"));
    assert_eq!(said(app.send(fields.unwrap()).await), "HttpRequest.Files is empty");
    let page = "/Products/Files/ChunkedUploader.ashx";
    for (path, text) in [
        (format!("{page}?uid=00000000000000000000000000000000"), "The required file was not found"),
        (
            page.to_owned(),
            "Can't authorize given initiate session request or session with specified upload id already expired",
        ),
    ] {
        assert_eq!(said(chunk(&app, &path, b"x").await), text);
    }
    assert_eq!(app.state().await, before);
    // More than what is left is passed over with a success.
    let over = chunk(&app, &address, b"4567890").await.expect(200).json();
    assert_eq!((&over["success"], &over["data"]["bytes_uploaded"]), (&json!(true), &json!(4)));
    assert_eq!(app.state().await, before);
    chunk(&app, &address, b"456789").await.expect(201);
    assert_eq!(bytes(&app.admin(), 1).await, b"0123456789");
}

#[tokio::test]
async fn a_session_without_a_size_is_what_its_first_chunk_brings() {
    let app = App::empty().await;
    let address = session(&app.admin(), "a.txt", 0).await;
    chunk(&app, &address, b"all of it").await.expect(201);
    assert_eq!(bytes(&app.admin(), 1).await, b"all of it");
}

#[tokio::test]
async fn an_aborted_session_leaves_nothing() {
    let dir = TempDir::new();
    let app = App::of(builder().database(dir.join("data.db"))).await;
    let address = session(&app.admin(), "a.bin", 9 * MIB).await;
    chunk(&app, &address, &body(2 * MIB)).await.expect(200);
    let aborted = app.anonymous().post(&format!("{address}&abort=true"), Value::Null).await.expect(200);
    assert_eq!(aborted.text(), r#"{"success":true,"data":null,"message":""}"#);
    assert_eq!(said(chunk(&app, &address, b"x").await), "The required file was not found");
    let again = app.anonymous().post(&format!("{address}&abort=true"), Value::Null).await;
    assert_eq!(said(again), "The required file was not found");
    assert_eq!(titles(&app.admin(), "@my").await, [""; 0]);
    app.stop().await;
    assert_eq!(stored(&dir).await, (0, 0, 0));
}

#[tokio::test]
async fn a_session_ends_twelve_hours_after_its_last_chunk() {
    let dir = TempDir::new();
    let app = App::of(builder().database(dir.join("data.db"))).await;
    let address = session(&app.admin(), "a.bin", 9 * MIB).await;
    advance(&app, "11h").await;
    let slid = chunk(&app, &address, &body(MIB)).await.expect(200).json();
    assert_eq!(slid["data"]["expired"], "2026-02-13T08:00:00Z");
    advance(&app, "11h").await;
    chunk(&app, &address, &body(MIB)).await.expect(200);
    let other = session(&app.admin(), "b.bin", 9 * MIB).await;
    chunk(&app, &other, &body(MIB)).await.expect(200);
    advance(&app, "12h").await;
    assert_eq!(
        said(chunk(&app, &address, b"x").await),
        "Can't authorize given initiate session request or session with specified upload id already expired"
    );
    // The next session clears away all that expired.
    let last = session(&app.admin(), "c.bin", 1).await;
    chunk(&app, &last, b"c").await.expect(201);
    app.stop().await;
    assert_eq!(stored(&dir).await, (1, 1, 0));
}

#[tokio::test]
async fn a_session_survives_a_restart_and_a_state_document() {
    let dir = TempDir::new();
    let open = || async { App::of(builder().database(dir.join("data.db"))).await };
    let app = open().await;
    let whole = body(2 * MIB + 9);
    let address = session(&app.admin(), "a.bin", whole.len()).await;
    chunk(&app, &address, &whole[..MIB + 5]).await.expect(200);
    app.stop().await;
    let app = open().await;
    let state = app.state().await;
    assert_eq!(state["r7"]["uploads"].as_array().unwrap().len(), 1);
    let other = App::empty().await;
    other.anonymous().put("/_standin/state", state.clone()).await.expect(204);
    assert!(other.state().await == state);
    for app in [app, other] {
        chunk(&app, &address, &whole[MIB + 5..]).await.expect(201);
        assert!(bytes(&app.admin(), 1).await == whole);
    }
    for (key, wrong) in [
        ("id", json!("x")),
        ("owner", json!("00000000-0000-0000-0000-0000000000ff")),
        ("folder", json!(999)),
        ("file", json!(999)),
        ("base64", json!("?")),
        ("total", json!(3)),
    ] {
        let mut document = state.clone();
        document["r7"]["uploads"][0][key] = wrong;
        let refused = App::empty().await.anonymous().put("/_standin/state", document).await.expect(400);
        assert!(refused.text().contains(&format!("r7.uploads[0].{key}")), "{}", refused.text());
    }
}

#[tokio::test]
async fn two_sessions_and_two_chunks_at_once_do_not_mix() {
    let dir = TempDir::new();
    let app = App::of(builder().database(dir.join("data.db"))).await;
    let (one, two) = (body(4 * MIB), body(3 * MIB + 1));
    let (first, second) =
        (session(&app.admin(), "1", one.len()).await, session(&app.admin(), "2", two.len()).await);
    // The second chunk of the first session waits for the first.
    let (a, b, c, d) = tokio::join!(
        chunk(&app, &first, &one[..2 * MIB]),
        chunk(&app, &second, &two[..2 * MIB]),
        chunk(&app, &first, &one[..2 * MIB]),
        chunk(&app, &second, &two[..=MIB]),
    );
    let mut statuses = [a.status(), b.status(), c.status(), d.status()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 201, 201]);
    let sizes = [bytes(&app.admin(), 1).await.len(), bytes(&app.admin(), 2).await.len()];
    assert!(sizes == [one.len(), two.len()] || sizes == [two.len(), one.len()]);
    app.stop().await;
    assert_eq!(stored(&dir).await.0, 2);
}

#[tokio::test]
async fn an_edit_session_changes_the_bytes_and_keeps_the_version() {
    let dir = TempDir::new();
    let app = App::of(builder().database(dir.join("data.db"))).await;
    let admin = app.admin();
    upload(&admin, MY, "a.txt", "before").await;
    let started = admin.post("/api/2.0/files/file/1/edit_session", json!({ "fileSize": 5 })).await;
    let data = &started.expect(201).json();
    assert_eq!(data["response"]["data"]["path"], json!([MY]));
    let done = chunk(&app, &address(data), b"after").await.expect(201).json();
    assert_eq!((&done["data"]["id"], &done["data"]["version"]), (&json!(1), &json!(1)));
    assert_eq!(bytes(&admin, 1).await, b"after");
    let history = admin.get("/api/2.0/files/file/1/history").await.json()["response"].clone();
    assert_eq!((history.as_array().unwrap().len(), &history[0]["comment"]), (1, &json!("Uploaded")));
    assert_eq!(admin.get(&link(1)).await.header("etag").unwrap().split(':').nth(1), Some("1"));
    app.stop().await;
    assert_eq!(stored(&dir).await.0, 1, "the bytes of before are gone");
}

#[tokio::test]
async fn a_relative_path_makes_the_folders_that_are_missing() {
    let app = App::empty().await;
    let admin = app.admin();
    folder(&admin, MY, "A").await;
    for name in ["x.txt", "y.txt"] {
        let body = json!({ "fileName": name, "fileSize": 1, "relativePath": "a/b?c" });
        let started = admin.post(START, body).await.expect(201).json();
        assert_eq!(started["response"]["data"]["path"], json!([2, 100, 101]));
        chunk(&app, &address(&started), b"x").await.expect(201);
    }
    assert_eq!(titles(&admin, "100").await, ["b_c"]);
    assert_eq!(titles(&admin, "101").await, ["x.txt", "y.txt"]);
}

#[tokio::test]
async fn what_cannot_start_is_refused_with_the_status_of_each_case() {
    let app = with_lena().await;
    let (admin, lena) = (app.admin(), app.token("lena-token"));
    upload(&admin, MY, "a.txt", "a").await;
    start(&admin, "delete", json!({ "fileIds": [1] })).await;
    let before = app.state().await;
    let message = |exchange: Exchange| exchange.json()["error"]["message"].as_str().unwrap().to_owned();
    let body = |size: i64| json!({ "fileName": "a.txt", "fileSize": size });
    let create = |folder: &str| format!("/api/2.0/files/{folder}/upload/create_session");
    let edit = |file: &str| format!("/api/2.0/files/file/{file}/edit_session");
    for (who, path, size, status, text) in [
        (app.anonymous(), create("2"), 1, 403, "You don't have enough permission to perform the operation"),
        (app.admin(), create("999"), 1, 500, "The required folder was not found"),
        (app.admin(), create("abc"), 1, 500, "Int32.TryParse(abc)"),
        (app.token("lena-token"), create("1"), 1, 403, "You don't have enough permission to create"),
        (app.admin(), create("4"), 1, 403, "You don't have enough permission to create"),
        (app.admin(), create("2"), (100 << 30) + 1, 500, "The maximum file size is exceeded (100 GB)."),
        (app.admin(), edit("999"), 1, 500, "The required file was not found"),
        (app.admin(), edit("abc"), 1, 500, "Int32.TryParse(abc)"),
        (app.admin(), edit("1"), 1, 403, "You do not have enough permissions to edit the file"),
        (app.admin(), edit("1"), (100 << 30) + 1, 500, "The maximum file size is exceeded (100 GB)."),
    ] {
        assert_eq!(message(who.post(&path, body(size)).await.expect(status)), text, "{path}");
    }
    app.anonymous().post(&edit("1"), body(1)).await.expect(401);
    assert_eq!(
        message(admin.post(&create("2"), json!({ "fileSize": 1 })).await.expect(400)).lines().count(),
        2
    );
    lena.get("/api/2.0/files/@my").await.expect(200);
    assert_eq!(app.state().await, before);
}

#[tokio::test]
async fn a_file_or_folder_that_went_meanwhile_is_not_found() {
    let app = App::empty().await;
    let admin = app.admin();
    let place = folder(&admin, MY, "F").await;
    upload(&admin, MY, "a.txt", "a").await;
    let body = json!({ "fileName": "b.txt", "fileSize": 2 });
    let path = format!("/api/2.0/files/{place}/upload/create_session");
    let created = address(&admin.post(&path, body).await.expect(201).json());
    let edited =
        address(&admin.post("/api/2.0/files/file/1/edit_session", json!({ "fileSize": 2 })).await.json());
    let gone = json!({ "fileIds": [1], "folderIds": [place], "immediately": true });
    start(&admin, "delete", gone).await;
    // The session went with the folder: it is as unknown as any.
    assert_eq!(said(chunk(&app, &created, b"xx").await), "The required file was not found");
    assert_eq!(said(chunk(&app, &edited, b"xx").await), "The required file was not found");
}
