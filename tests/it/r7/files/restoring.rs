//! Going back to a version, closing and merging versions (sheet r7/files 3.2, 5.6).

use axum::body::Body;
use axum::http::{Method, header};
use serde_json::{Value, json};

use super::{MY, bytes, folder, start, upload, with_lena};
use crate::support::{App, Exchange, Identity, builder};

/// Puts other bytes over a file.
async fn update(app: &App, id: i64, sent: &str) {
    let request = app.admin().request(Method::PUT, &format!("/api/2.0/files/{id}/update"));
    let request = request.header(header::CONTENT_TYPE, "application/octet-stream");
    app.send(request.body(Body::from(sent.to_owned())).unwrap()).await.expect(200);
}

/// Versions of a file, newest first: number, the version that people see, comment, size.
fn seen(exchange: Exchange) -> Vec<(i64, i64, Value, i64)> {
    let answer = exchange.expect(200).json();
    let list = answer["response"].as_array().unwrap();
    list.iter()
        .map(|file| {
            let number = |key: &str| file[key].as_i64().unwrap();
            (number("version"), number("versionGroup"), file["comment"].clone(), number("pureContentLength"))
        })
        .collect()
}

/// The two numbers of each version, newest first.
fn numbers(exchange: Exchange) -> Vec<(i64, i64)> {
    seen(exchange).into_iter().map(|(version, group, ..)| (version, group)).collect()
}

async fn history(who: &Identity<'_>, id: i64) -> Exchange {
    who.get(&format!("/api/2.0/files/file/{id}/history")).await
}

async fn change(who: &Identity<'_>, id: i64, body: Value) -> Exchange {
    who.put(&format!("/api/2.0/files/file/{id}/history"), body).await
}

fn message(exchange: &Exchange) -> Value {
    exchange.json()["error"]["message"].clone()
}

#[tokio::test]
async fn going_back_always_adds_a_version() {
    let app = App::empty().await;
    let admin = app.admin();
    upload(&admin, MY, "a.txt", "one").await;
    update(&app, 1, "second").await;
    app.anonymous().post("/_standin/clock/advance", json!({ "by": "90m" })).await.expect(200);
    insta::assert_snapshot!(admin.put("/api/2.0/files/file/1", json!({ "lastVersion": 1 })).await.print());
    assert_eq!(bytes(&admin, 1).await, b"one");
    // Of a version that is not there yet, the last is taken.
    admin.put("/api/2.0/files/file/1", json!({ "lastVersion": 9 })).await.expect(200);
    let restored = |day: &str| json!(format!("Restored from the revision of {day}"));
    assert_eq!(
        seen(history(&admin, 1).await),
        [
            (4, 2, restored("2/12/2026 10:30 AM"), 3),
            (3, 2, restored("2/12/2026 9:00 AM"), 3),
            (2, 2, json!("Edited"), 6),
            (1, 1, Value::Null, 3)
        ]
    );
    for (version, text) in [(1, "one"), (2, "second"), (3, "one"), (4, "one")] {
        let link = "/Products/Files/HttpHandlers/filehandler.ashx?action=download&fileid=1";
        assert_eq!(admin.get(&format!("{link}&version={version}")).await.expect(200).text(), text);
        let card = admin.get(&format!("/api/2.0/files/file/1?version={version}")).await.expect(200).json();
        assert_eq!(
            (&card["response"]["version"], &card["response"]["contentLength"]),
            (&json!(version), &json!(format!("{} bytes", text.len())))
        );
    }
}

#[tokio::test]
async fn the_only_version_of_a_file_is_restored_too() {
    // As onlyoffice_api_gem calls it.
    let app = App::empty().await;
    let admin = app.admin();
    upload(&admin, MY, "a.docx", "x").await;
    let body = json!({ "title": "b", "lastVersion": 1 });
    let card = admin.put("/api/2.0/files/file/1", body).await.expect(200).json()["response"].clone();
    assert_eq!(
        (&card["title"], &card["version"], &card["versionGroup"]),
        (&json!("b.docx"), &json!(2), &json!(1))
    );
    // Only the present version has the new title.
    let history = history(&admin, 1).await.expect(200).json();
    let titles: Vec<_> = history["response"].as_array().unwrap().iter().map(|file| &file["title"]).collect();
    assert_eq!(titles, [&json!("b.docx"), &json!("b.docx")]);
}

#[tokio::test]
async fn a_russian_portal_restores_in_russian() {
    let app = App::of(builder().language(standin::Language::Ru)).await;
    upload(&app.admin(), MY, "a.txt", "x").await;
    let answer =
        app.admin().put("/api/2.0/files/file/1", json!({ "lastVersion": 1 })).await.expect(200).json();
    assert_eq!(answer["response"]["comment"], "Восстановлена из ревизии от 12.02.2026 9:00");
}

#[tokio::test]
async fn a_version_is_closed_and_merged() {
    let app = App::empty().await;
    let admin = app.admin();
    upload(&admin, MY, "a.txt", "one").await;
    // The last one: a copy opens the next version that people see.
    insta::assert_snapshot!(change(&admin, 1, json!({})).await.print());
    update(&app, 1, "three").await;
    assert_eq!(numbers(history(&admin, 1).await), [(3, 3), (2, 2), (1, 1)]);
    let merged = change(&admin, 1, json!({ "version": 1, "continueVersion": true })).await;
    assert_eq!(numbers(merged), [(3, 2), (2, 1), (1, 1)]);
    let merged = change(&admin, 1, json!({ "version": 2, "continueVersion": true })).await;
    assert_eq!(numbers(merged), [(3, 1), (2, 1), (1, 1)]);
    // There is nothing left to merge.
    let merged = change(&admin, 1, json!({ "version": 1, "continueVersion": true })).await;
    assert_eq!(numbers(merged), [(3, 1), (2, 1), (1, 1)]);
    // An earlier one: what follows it goes up, and nothing is copied.
    let closed = change(&admin, 1, json!({ "version": 2 })).await;
    assert_eq!(numbers(closed), [(3, 2), (2, 1), (1, 1)]);
    assert_eq!(numbers(history(&admin, 1).await), [(3, 2), (2, 1), (1, 1)]);
    // The next update counts from there.
    update(&app, 1, "four").await;
    assert_eq!(numbers(history(&admin, 1).await)[0], (4, 3));
    assert_eq!(bytes(&admin, 1).await, b"four");
}

#[tokio::test]
async fn the_first_save_of_a_blank_document_stays_version_one() {
    let app = App::empty().await;
    let admin = app.admin();
    admin.post("/api/2.0/files/@my/file", json!({ "title": "a.docx" })).await.expect(201);
    update(&app, 1, "first words").await;
    assert_eq!(numbers(history(&admin, 1).await), [(2, 1), (1, 1)]);
    update(&app, 1, "more").await;
    assert_eq!(numbers(history(&admin, 1).await), [(3, 2), (2, 1), (1, 1)]);
}

#[tokio::test]
async fn a_refused_change_of_versions_leaves_no_trace() {
    let app = with_lena().await;
    let (admin, lena) = (app.admin(), app.token("lena-token"));
    upload(&admin, 1, "common.txt", "x").await;
    upload(&admin, MY, "gone.txt", "x").await;
    upload(&admin, MY, "own.txt", "x").await;
    start(&admin, "delete", json!({ "fileIds": [2], "deleteAfter": true })).await;
    let before = app.state().await;
    let back = json!({ "lastVersion": 1 });
    let (edit, rename) = (
        "You do not have enough permissions to edit the file",
        "You don't have enough permission to rename the file",
    );
    let missing = "The required file was not found";
    for (who, path, body, status, expected) in [
        (&admin, "/api/2.0/files/file/9", back.clone(), 500, missing),
        (&admin, "/api/2.0/files/file/9", json!({ "title": "t", "lastVersion": 1 }), 403, missing),
        (&admin, "/api/2.0/files/file/9", json!({}), 403, missing),
        (&admin, "/api/2.0/files/file/abc", back.clone(), 500, "Int32.TryParse(abc)"),
        (&admin, "/api/2.0/files/file/abc", json!({ "title": "t" }), 403, "Int32.TryParse(abc)"),
        (&admin, "/api/2.0/files/file/2", back.clone(), 403, edit),
        (&admin, "/api/2.0/files/file/2", json!({ "title": "t", "lastVersion": 1 }), 403, rename),
        (&lena, "/api/2.0/files/file/1", back.clone(), 403, edit),
        (&lena, "/api/2.0/files/file/3", back.clone(), 403, edit),
        (&admin, "/api/2.0/files/file/9/history", json!({}), 500, missing),
        (&admin, "/api/2.0/files/file/3/history", json!({ "version": 2 }), 500, missing),
        (&admin, "/api/2.0/files/file/abc/history", json!({}), 500, "Int32.TryParse(abc)"),
        (&admin, "/api/2.0/files/file/2/history", json!({}), 403, edit),
        (&lena, "/api/2.0/files/file/1/history", json!({ "continueVersion": true }), 403, edit),
        (&lena, "/api/2.0/files/file/3/history", json!({}), 403, edit),
    ] {
        let refused = who.put(path, body.clone()).await.expect(status);
        assert_eq!(message(&refused), expected, "{path} {body}");
    }
    assert_eq!(app.state().await, before);
    // The same in the portal's other language.
    let app = App::of(builder().language(standin::Language::Ru)).await;
    let refused = app.admin().put("/api/2.0/files/file/9", back).await.expect(500);
    assert_eq!(message(&refused), "Запрашиваемый файл не найден");
    upload(&app.admin(), MY, "gone.txt", "x").await;
    start(&app.admin(), "delete", json!({ "fileIds": [1], "deleteAfter": true })).await;
    let refused = change(&app.admin(), 1, json!({})).await.expect(403);
    assert_eq!(message(&refused), "Недостаточно прав для редактирования файла");
}

#[tokio::test]
async fn whoever_adds_a_version_has_changed_every_folder_above() {
    let app = App::empty().await;
    let admin = app.admin();
    let outer = folder(&admin, MY, "outer").await;
    let inner = folder(&admin, outer, "inner").await;
    upload(&admin, inner, "a.txt", "x").await;
    let sent =
        |path: &'static str, method: Method| admin.request(method, path).body(Body::from("x")).unwrap();
    // What adds a file or a version; then what does not (sheet r7/files 2.2).
    let calls = [
        (
            admin
                .request(Method::POST, "/api/2.0/files/101/upload?createNewIfExist=false")
                .body(Body::from("y"))
                .unwrap(),
            true,
        ),
        (sent("/api/2.0/files/101/insert?title=b.txt", Method::POST), true),
        (sent("/api/2.0/files/1/update", Method::PUT), true),
        (sent("/api/2.0/files/101/text?title=c&content=d", Method::POST), true),
        (sent("/api/2.0/files/101/html?title=c&content=d", Method::POST), true),
        (sent("/api/2.0/files/101/file?title=c", Method::POST), true),
        (sent("/api/2.0/files/file/1/copyas?destFolderId=101&destTitle=e.txt", Method::POST), true),
        (sent("/api/2.0/files/file/1?lastVersion=1", Method::PUT), true),
        (sent("/api/2.0/files/file/1/history", Method::PUT), true),
        (sent("/api/2.0/files/file/1/history?version=1", Method::PUT), false),
        (sent("/api/2.0/files/file/1/history?version=1&continueVersion=true", Method::PUT), false),
        (sent("/api/2.0/files/file/1?title=f", Method::PUT), false),
        (sent("/api/2.0/files/folder/101?title=f", Method::POST), false),
        (sent("/api/2.0/files/folders/101?relativePaths=g/h", Method::POST), false),
    ];
    let mut last = "2026-02-12T09:00:00.0000000Z".to_owned();
    for (request, changes) in calls {
        app.anonymous().post("/_standin/clock/advance", json!({ "by": "1m" })).await.expect(200);
        let line = format!("{} {}", request.method(), request.uri());
        let answer = app.send(request).await;
        assert!(answer.status() < 300, "{}", answer.print());
        for id in [MY, outer, inner] {
            let card = admin.get(&format!("/api/2.0/files/folder/{id}")).await.expect(200).json();
            let updated = card["response"]["updated"].as_str().unwrap().to_owned();
            assert_eq!(updated != last, changes, "{line}: {id}");
            if id == inner {
                last = updated;
            }
        }
    }
}

#[tokio::test]
async fn closed_and_restored_versions_travel_in_a_state_document() {
    let app = App::empty().await;
    let admin = app.admin();
    upload(&admin, MY, "a.txt", "one").await;
    update(&app, 1, "second").await;
    change(&admin, 1, json!({ "version": 1, "continueVersion": true })).await.expect(200);
    change(&admin, 1, json!({})).await.expect(200);
    admin.put("/api/2.0/files/file/1", json!({ "title": "b", "lastVersion": 1 })).await.expect(200);
    admin.post("/api/2.0/files/@my/file", json!({ "title": "blank.pptx" })).await.expect(201);
    let empty = json!({ "title": "e.txt", "enableExternalExt": true });
    admin.post("/api/2.0/files/2/file", empty).await.expect(201);
    let state = app.state().await;
    let other = App::empty().await;
    other.anonymous().put("/_standin/state", state.clone()).await.expect(204);
    assert_eq!(other.state().await, state);
    assert_eq!(seen(history(&other.admin(), 1).await), seen(history(&admin, 1).await));
    assert_eq!(numbers(history(&other.admin(), 1).await), [(4, 2), (3, 2), (2, 1), (1, 1)]);
    assert_eq!(bytes(&other.admin(), 2).await, bytes(&admin, 2).await);
}
