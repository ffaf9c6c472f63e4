//! Refusals that the table of the documents' mistakes passes over: of the trash, the editor, links and pictures, and the
//! words that a version bears (sheet r7/files 3.2, 5.2, 5.8, 7).

use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};
use standin::Language;

use super::super::files::{COMMON, MY, folder, start, upload};
use super::{BAD_REQUEST, EDIT, EMPTY, FILE, FORBIDDEN, Ledger, OPENED, Texts, VIEW, same};
use crate::support::Identity;

const PASSWORD: Texts = ["Incorrect password", "Неверный пароль"];
const LINK: Texts = ["The link could not be found", "Ссылка не найдена"];
const KNOCK: &str = "11111111-2222-3333-4444-555555555555";
const OLD: &str = "11111111-2222-3333-4444-000000000000";

#[tokio::test]
async fn refusals_beside_the_table_are_told_in_both_languages() {
    for (language, name) in [(Language::En, "en"), (Language::Ru, "ru")] {
        let mut ledger = Ledger::new(language);
        trash(&mut ledger).await;
        editor(&mut ledger).await;
        links(&mut ledger).await;
        chunks(&mut ledger).await;
        people(&mut ledger).await;
        insta::assert_snapshot!(format!("beside_{name}"), ledger.text);
    }
}

async fn trash(ledger: &mut Ledger) {
    let app = ledger.world().await;
    let mike = app.token("mike-token");
    let id = upload(&mike, MY, "a.docx", "x").await;
    let gone = folder(&mike, MY, "f").await;
    start(&mike, "delete", json!({ "fileIds": [id], "folderIds": [gone], "deleteAfter": true })).await;
    ledger.row("what lies in the trash");
    let update =
        mike.request(Method::PUT, &format!("/api/2.0/files/{id}/update")).body(Body::from("y")).unwrap();
    ledger.told("> y\n", &app.send(update).await, 403, EDIT);
    ledger.call(&mike, &format!("PUT files/file/{id}/history"), json!({ "version": 1 }), 403, EDIT).await;
    ledger
        .call(&mike, &format!("POST files/file/{id}/edit_session"), json!({ "fileSize": 1 }), 403, EDIT)
        .await;
    ledger.call(&mike, &format!("POST files/file/{id}/startedit"), json!({}), 403, EDIT).await;
    let texts = [
        "You are not allowed to preview the elements in the Trash",
        "Запрещено просматривать элементы корзины",
    ];
    ledger.call(&mike, &format!("GET files/file/{id}/openedit"), Value::Null, 403, texts).await;
    let share = json!({ "share": [{ "shareTo": super::super::files::sharing::LENA, "access": "Read" }] });
    ledger.call(&mike, &format!("PUT files/file/{id}/share"), share.clone(), 403, FORBIDDEN).await;
    ledger.call(&mike, &format!("PUT files/folder/{gone}/share"), share, 403, FORBIDDEN).await;
    let system = same("It is forbidden to move the System folder.");
    let body = json!({ "destFolderId": COMMON, "folderIds": [MY] });
    ledger.call(&mike, "PUT files/fileops/move", body, 200, system).await;
}

async fn editor(ledger: &mut Ledger) {
    let app = ledger.world().await;
    let (mike, lena) = (app.token("mike-token"), app.token("lena-token"));
    let mine = upload(&mike, MY, "a.docx", "a").await;
    let common = upload(&mike, COMMON, "b.docx", "b").await;
    let picture = upload(&mike, COMMON, "c.png", "c").await;
    ledger.row("the editor");
    ledger.call(&lena, "POST files/file/99/startedit", json!({}), 403, FILE).await;
    ledger.call(&lena, &format!("POST files/file/{mine}/startedit"), json!({}), 403, VIEW).await;
    ledger.call(&lena, &format!("POST files/file/{common}/startedit"), json!({}), 403, EDIT).await;
    ledger.call(&lena, &format!("GET files/file/{mine}/openedit"), Value::Null, 403, VIEW).await;
    ledger.call(&mike, "GET files/file/99/openedit", Value::Null, 403, FILE).await;
    ledger.call(&app.anonymous(), &format!("GET files/file/{mine}/openedit"), Value::Null, 403, VIEW).await;
    let format =
        ["Sorry, this file format isn't supported", "К сожалению, этот формат файла не поддерживается"];
    ledger.call(&lena, &format!("GET files/file/{picture}/openedit"), Value::Null, 403, format).await;
    // The editor's own calls tell their trouble in a success.
    let track = format!("GET files/file/{mine}/trackeditfile?docKeyForTrack=x");
    ledger.call(&mike, &track, Value::Null, 200, FORBIDDEN).await;
    let path = format!("/api/2.0/files/file/{mine}/startedit");
    mike.post(&path, json!({ "editingAlone": true })).await.expect(201);
    let twice = [
        "This document is being edited by you in another tab",
        "Этот документ редактируется Вами в другой вкладке",
    ];
    ledger.call(&mike, &format!("POST files/file/{mine}/startedit"), json!({}), 403, twice).await;
    ledger.call(&mike, &format!("PUT files/file/{mine}"), json!({ "lastVersion": 1 }), 500, OPENED).await;
    let other = folder(&mike, MY, "f").await;
    let copy = upload(&mike, other, "a.docx", "n").await;
    let body = json!({ "destFolderId": MY, "fileIds": [copy], "conflictResolveType": "Overwrite" });
    ledger.call(&mike, "PUT files/fileops/move", body, 200, OPENED).await;
}

/// What follows `doc=` in the link that a share of a file shows.
async fn doc(who: &Identity<'_>, file: i64, link: &str) -> String {
    let shares = who.get(&format!("/api/2.0/files/file/{file}/share")).await.expect(200).json();
    let shares = shares["response"].as_array().unwrap();
    let share = shares.iter().find(|share| share["sharedTo"]["id"] == link).unwrap();
    share["sharedTo"]["shareLink"].as_str().unwrap().split_once("doc=").unwrap().1.to_owned()
}

async fn links(ledger: &mut Ledger) {
    let shares = json!([
        { "file": 5, "to": KNOCK, "access": "read", "link": { "title": "For the press", "password": "knock" } },
        { "file": 5, "to": OLD, "access": "read",
            "link": { "title": "Old", "expires": "2026-02-12T08:00:00.0000000Z" } },
    ]);
    let files = json!([{ "id": 5, "folder": "@my", "title": "a.bin", "text": "bytes" }]);
    let app = ledger.world_with(json!({ "files": files, "shares": shares })).await;
    let (mike, nobody) = (app.token("mike-token"), app.anonymous());
    let (knock, old) = (doc(&mike, 5, KNOCK).await, doc(&mike, 5, OLD).await);
    ledger.row("links");
    let open = "POST files/sharedlink/password";
    let wrong = json!({ "key": knock, "passwordHash": "wrong" });
    ledger.call(&nobody, open, wrong, 400, PASSWORD).await;
    let late = ["The link has expired", "Срок действия ссылки истек"];
    ledger.call(&nobody, open, json!({ "key": old, "passwordHash": "x" }), 403, late).await;
    ledger.call(&nobody, open, json!({ "key": "x", "passwordHash": "x" }), 403, LINK).await;
    let token = |link: &str| format!("POST files/5/sharedlink/{link}/password");
    ledger.call(&mike, &token(KNOCK), json!({ "password": "wrong" }), 400, PASSWORD).await;
    ledger.call(&mike, &token(KNOCK), json!({}), 400, super::RANGE).await;
    ledger
        .call(&mike, &token("00000000-0000-0000-0000-0000000000ff"), json!({ "password": "x" }), 403, LINK)
        .await;
    ledger.call(&mike, "GET files/99/sharedlink/template", Value::Null, 403, FILE).await;
    let null = [
        "Value cannot be null.\r\nParameter name: Bad request.",
        "Value cannot be null.\r\nParameter name: Неверный запрос.",
    ];
    assert!(null.iter().zip(BAD_REQUEST).all(|(text, name)| text.ends_with(name)));
    ledger.call(&mike, "GET files/file/99/share", Value::Null, 403, null).await;
}

async fn chunks(ledger: &mut Ledger) {
    let app = ledger.world().await;
    let (mike, nobody) = (app.token("mike-token"), app.anonymous());
    ledger.row("chunks: an error is a 200 without an envelope");
    let session = json!({ "fileName": "a.txt", "fileSize": 3 });
    let path = format!("/api/2.0/files/{MY}/upload/create_session");
    let answer = mike.post(&path, session.clone()).await.expect(201).json();
    let location = answer["response"]["data"]["location"].as_str().unwrap().to_owned();
    let location = location.strip_prefix("http://portal.test").unwrap();
    ledger.upload(&nobody, location, "", 200, EMPTY).await;
    let unknown = "/Products/Files/ChunkedUploader.ashx?uid=00000000000000000000000000000000";
    ledger.upload(&nobody, unknown, "x", 200, FILE).await;
    let call = format!("POST files/{MY}/upload/create_session");
    ledger.call(&nobody, &call, session, 403, FORBIDDEN).await;
}

async fn people(ledger: &mut Ledger) {
    let app = ledger.world().await;
    let mike = app.token("mike-token");
    ledger.row("pictures: an error is a success that says so");
    let photo = "/api/2.0/people/mike/photo";
    ledger.upload(&mike, photo, "", 201, ["The selected file is empty", "Выбран пустой файл"]).await;
    ledger
        .upload(&mike, photo, "<svg/>", 201, ["Unknown image file type", "Неизвестный тип файла изображения"])
        .await;
    ledger.row("people");
    let person = json!({ "email": "mike@example.org", "firstname": "M", "lastname": "Z" });
    let taken =
        ["User with this email is already registered", "Пользователь с таким email уже зарегистрирован"];
    ledger.call(&mike, "POST people", person, 500, taken).await;
    let nameless = ["Incorrect firstname or lastname", "Некорректное имя или фамилия"];
    ledger.call(&mike, "POST people", json!({ "email": "a@b.c" }), 500, nameless).await;
    let short =
        ["Password must contain from 8 to 30 characters", "Пароль должен содержать от 8 до 30 символов"];
    let person = json!({ "email": "a@b.c", "firstname": "M", "lastname": "Z", "password": "1234567" });
    ledger.call(&mike, "POST people", person, 500, short).await;
    let address = ["Incorrect email\r\nParameter name: email", "Неправильный email\r\nParameter name: email"];
    ledger.call(&app.anonymous(), "POST people/password", json!({ "email": "x" }), 400, address).await;
}

#[tokio::test]
async fn a_version_says_in_the_portals_language_where_it_comes_from() {
    // sheet r7/files 8: comments, and 5.6 for what is restored.
    for (language, expected) in [
        (
            Language::En,
            [
                "Created",
                "Uploaded",
                "Restored from the revision of 2/12/2026 9:00 AM",
                "Edited",
                "Copied",
                "Overwritten",
            ],
        ),
        (
            Language::Ru,
            [
                "Создано",
                "Загружена",
                "Восстановлена из ревизии от 12.02.2026 9:00",
                "Отредактирована",
                "Скопирована",
                "Перезаписана",
            ],
        ),
    ] {
        let app = Ledger::new(language).world().await;
        let mike = app.token("mike-token");
        let comment = async |id: i64| {
            let card = mike.get(&format!("/api/2.0/files/file/{id}")).await.expect(200).json();
            card["response"]["comment"].as_str().unwrap().to_owned()
        };
        let made =
            mike.post("/api/2.0/files/@my/file", json!({ "title": "a.docx" })).await.expect(201).json();
        let id = made["response"]["id"].as_i64().unwrap();
        let mut comments = vec![comment(id).await];
        mike.upload("/api/2.0/files/@my/upload", "a.docx", b"y").await.expect(201);
        comments.push(comment(id).await);
        mike.put(&format!("/api/2.0/files/file/{id}"), json!({ "lastVersion": 1 })).await.expect(200);
        comments.push(comment(id).await);
        let save = mike.request(Method::PUT, &format!("/api/2.0/files/file/{id}/saveediting"));
        app.send(save.body(Body::from("z")).unwrap()).await.expect(200);
        comments.push(comment(id).await);
        let copies = folder(&mike, MY, "copies").await;
        let copy = json!({ "destFolderId": copies, "fileIds": [id], "conflictResolveType": "Overwrite" });
        for _ in 0..2 {
            assert_eq!(start(&mike, "copy", copy.clone()).await["error"], "");
            let listed = mike.get(&format!("/api/2.0/files/{copies}")).await.expect(200).json();
            comments.push(listed["response"]["files"][0]["comment"].as_str().unwrap().to_owned());
        }
        assert_eq!(comments, expected);
    }
}
