//! What the portal says, in both of its languages (sheet r7/files 8): every row of the table of mistakes that the other
//! files do not show in Russian, and the comments of versions.

use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};
use standin::Language;

use super::sharing::people;
use super::{COMMON, MY, folder, start, upload};
use crate::support::{App, Exchange, Identity, builder, seed};

async fn world(language: Language) -> App {
    App::of(builder().language(language).seed(seed(json!({ "standin": 1, "r7": people() })))).await
}

/// Status and text of an answer: the portal's error, or the first operation's.
fn told(answer: &Exchange) -> (u16, String) {
    let json = answer.json();
    let text = json["error"]["message"].as_str().or_else(|| json["response"][0]["error"].as_str());
    (answer.status(), text.unwrap_or_else(|| panic!("{}", answer.print())).to_owned())
}

async fn call(who: &Identity<'_>, verb: &str, path: &str, body: Value) -> Exchange {
    let path = format!("/api/2.0/files/{path}");
    match verb {
        "GET" => who.get(&path).await,
        "POST" => who.post(&path, body).await,
        "PUT" => who.put(&path, body).await,
        _ => who.delete(&path, body).await,
    }
}

const FILE: [&str; 2] = ["The required file was not found", "Запрашиваемый файл не найден"];
const FOLDER: [&str; 2] = ["The required folder was not found", "Запрашиваемая папка не найдена"];
const VIEW: [&str; 2] =
    ["You don't have enough permission to view the file", "Недостаточно прав для просмотра файла"];
const CREATE: [&str; 2] =
    ["You don't have enough permission to create", "У Вас недостаточно прав для создания"];
const EMPTY: [&str; 2] = ["Empty file", "Пустой документ"];
const RANGE: [&str; 2] = ["Value does not fall within the expected range."; 2];

/// Mistakes that need nothing but an admin: verb, path after `files/`, body, status, text in English and in Russian.
fn simple() -> Vec<(&'static str, &'static str, Value, u16, [&'static str; 2])> {
    let (none, title) = (Value::Null, json!({ "title": "t" }));
    let text = json!({ "title": "t", "content": "c" });
    vec![
        ("GET", "file/99", none.clone(), 403, FILE),
        ("PUT", "file/99", title.clone(), 403, FILE),
        ("GET", "99", none.clone(), 403, FOLDER),
        ("GET", "folder/99", none.clone(), 403, FOLDER),
        ("PUT", "folder/99", title.clone(), 403, FOLDER),
        ("POST", "folder/99", title.clone(), 403, FOLDER),
        ("POST", "99/text", text.clone(), 404, FOLDER),
        ("POST", "99/html", text, 404, FOLDER),
        ("POST", "99/upload/create_session", json!({ "fileName": "a.txt", "fileSize": 1 }), 500, FOLDER),
        ("POST", "file/99/edit_session", json!({ "fileSize": 1 }), 500, FILE),
        ("PUT", "file/99", json!({ "lastVersion": 1 }), 500, FILE),
        ("PUT", "file/99/history", json!({ "version": 1 }), 500, FILE),
        ("GET", "file/99/history", none.clone(), 403, VIEW),
        ("GET", "abc", none.clone(), 403, ["Int32.TryParse(abc)"; 2]),
        ("PUT", "file/abc", title.clone(), 403, ["Int32.TryParse(abc)"; 2]),
        ("GET", "file/abc/history", none.clone(), 500, ["Int32.TryParse(abc)"; 2]),
        ("POST", "folder/abc", title, 500, ["Int32.TryParse(abc)"; 2]),
        ("DELETE", "file/abc", json!({}), 200, ["Can not convert id: abc"; 2]),
        ("DELETE", "file/99", json!({}), 200, FILE),
        ("DELETE", "folder/99", json!({}), 200, FOLDER),
        ("PUT", "fileops/move", json!({ "destFolderId": 1, "fileIds": [99] }), 200, FILE),
        ("PUT", "fileops/move", json!({ "destFolderId": 1, "folderIds": [99] }), 200, FOLDER),
        ("POST", "@my/text", json!({ "title": "t", "content": "" }), 500, EMPTY),
        ("POST", "folder/2", json!({ "title": "" }), 400, RANGE),
        ("POST", "folders/2", json!({ "relativePaths": [] }), 400, RANGE),
        (
            "POST",
            "@my/text",
            json!({ "title": "t" }),
            400,
            ["Value cannot be null.\r\nParameter name: content"; 2],
        ),
        ("PUT", "fileops/bulkdownload", json!({}), 403, ["Bad request.", "Неверный запрос."]),
        ("POST", "thirdparty", json!({ "providerKey": "WebDav" }), 403, CREATE),
    ]
}

#[tokio::test]
async fn mistakes_are_told_in_the_portals_language() {
    for (at, language) in [Language::En, Language::Ru].into_iter().enumerate() {
        let app = world(language).await;
        let mike = app.token("mike-token");
        for (verb, path, body, status, texts) in simple() {
            let answer = call(&mike, verb, path, body).await;
            assert_eq!(told(&answer), (status, texts[at].to_owned()), "{}", answer.line);
        }
        for (path, bytes, status, texts) in [
            ("99/upload", &b"x"[..], 404, FOLDER),
            ("99/insert?title=a.txt", b"x", 404, FOLDER),
            ("@my/upload", b"", 500, EMPTY),
        ] {
            let answer = mike.upload(&format!("/api/2.0/files/{path}"), "a.txt", bytes).await;
            assert_eq!(told(&answer), (status, texts[at].to_owned()), "{}", answer.line);
        }
    }
}

/// Who calls what, and how he is refused: status, English and Russian text.
type Refused<'a> = (&'a Identity<'a>, &'a str, String, Value, u16, [&'a str; 2]);

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table")]
async fn missing_rights_are_told_in_the_portals_language() {
    for (at, language) in [Language::En, Language::Ru].into_iter().enumerate() {
        let app = world(language).await;
        let (mike, lena) = (app.token("mike-token"), app.token("lena-token"));
        let file = upload(&mike, COMMON, "a.txt", "x").await;
        let outer = folder(&mike, COMMON, "outer").await;
        let inner = folder(&mike, outer, "inner").await;
        let (lost_file, lost_folder) = (upload(&mike, MY, "b.txt", "x").await, folder(&mike, MY, "b").await);
        let gone = json!({ "fileIds": [lost_file], "folderIds": [lost_folder] });
        assert_eq!(start(&mike, "delete", gone).await["error"], "");
        let hers = lena.get("/api/2.0/files/@my").await.json()["response"]["current"]["id"].clone();
        let own = upload(&lena, hers.as_i64().unwrap(), "c.txt", "x").await;
        let secret = upload(&mike, MY, "secret.txt", "x").await;
        let title = json!({ "title": "t" });
        let to_hers = |key: &str, id: i64| json!({ "destFolderId": hers, key: [id] });
        let cases: Vec<Refused<'_>> = vec![
            (
                &mike,
                "GET",
                format!("{lost_folder}"),
                Value::Null,
                403,
                [
                    "You are not allowed to preview the elements in the Trash",
                    "Запрещено просматривать элементы корзины",
                ],
            ),
            (&lena, "POST", format!("folder/{COMMON}"), title.clone(), 403, CREATE),
            (
                &lena,
                "PUT",
                "fileops/move".into(),
                json!({ "destFolderId": COMMON, "fileIds": [own] }),
                200,
                CREATE,
            ),
            (
                &lena,
                "DELETE",
                format!("file/{file}"),
                json!({}),
                200,
                [
                    "You don't have enough permission to delete the file",
                    "Недостаточно прав для удаления файла",
                ],
            ),
            (
                &lena,
                "DELETE",
                format!("folder/{outer}"),
                json!({}),
                200,
                [
                    "You don't have enough permission to delete the folder",
                    "Недостаточно прав для удаления папки",
                ],
            ),
            (
                &lena,
                "PUT",
                "fileops/move".into(),
                to_hers("fileIds", file),
                200,
                [
                    "You don't have enough permission to move the file",
                    "У вас недостаточно прав для перемещения этого файла",
                ],
            ),
            (
                &lena,
                "PUT",
                "fileops/move".into(),
                to_hers("folderIds", outer),
                200,
                [
                    "You don't have enough permission to move the folder",
                    "У вас недостаточно прав для перемещения этой папки",
                ],
            ),
            (&lena, "GET", format!("file/{secret}"), Value::Null, 403, VIEW),
            (
                &lena,
                "GET",
                format!("{MY}"),
                Value::Null,
                403,
                [
                    "You don't have enough permission to view the folder content",
                    "Недостаточно прав для просмотра содержимого папки",
                ],
            ),
            (
                &mike,
                "PUT",
                format!("file/{lost_file}"),
                title.clone(),
                403,
                [
                    "You don't have enough permission to rename the file",
                    "Недостаточно прав для переименования файла",
                ],
            ),
            (
                &mike,
                "PUT",
                format!("folder/{lost_folder}"),
                title,
                403,
                [
                    "You don't have enough permission to rename the folder",
                    "Недостаточно прав для переименования папки",
                ],
            ),
            (
                &mike,
                "PUT",
                "fileops/move".into(),
                json!({ "destFolderId": inner, "folderIds": [outer] }),
                200,
                [
                    "You cannot copy the folder to its subfolder",
                    "Нельзя скопировать папку в свою дочернюю папку",
                ],
            ),
            (
                &mike,
                "PUT",
                "fileops/copy".into(),
                json!({ "destFolderId": COMMON, "fileIds": [lost_file] }),
                200,
                ["Can not copy from Trash."; 2],
            ),
        ];
        let before = app.state().await["r7"]["files"].clone();
        for (who, verb, path, body, status, texts) in cases {
            let answer = call(who, verb, &path, body).await;
            assert_eq!(told(&answer), (status, texts[at].to_owned()), "{}", answer.line);
        }
        assert_eq!(app.state().await["r7"]["files"], before);
    }
}

#[tokio::test]
async fn versions_bear_comments_in_the_portals_language() {
    for (language, expected) in [
        (Language::En, ["Uploaded", "Copied", "Overwritten", "Edited"]),
        (Language::Ru, ["Загружена", "Скопирована", "Перезаписана", "Отредактирована"]),
    ] {
        let app = world(language).await;
        let mike = app.token("mike-token");
        let comment = async |id: i64| {
            let card = mike.get(&format!("/api/2.0/files/file/{id}")).await.expect(200).json();
            card["response"]["comment"].as_str().unwrap().to_owned()
        };
        let id = upload(&mike, MY, "a.txt", "x").await;
        // The first upload of a file has none.
        mike.upload("/api/2.0/files/@my/upload", "a.txt", b"y").await.expect(201);
        let copied = folder(&mike, MY, "copies").await;
        let copy = json!({ "destFolderId": copied, "fileIds": [id], "conflictResolveType": "Overwrite" });
        let mut comments = vec![comment(id).await];
        for _ in 0..2 {
            assert_eq!(start(&mike, "copy", copy.clone()).await["error"], "");
            let listed = mike.get(&format!("/api/2.0/files/{copied}")).await.expect(200).json();
            comments.push(listed["response"]["files"][0]["comment"].as_str().unwrap().to_owned());
        }
        let edit = mike.request(Method::PUT, &format!("/api/2.0/files/file/{id}/saveediting"));
        app.send(edit.body(Body::from("y")).unwrap()).await.expect(200);
        comments.push(comment(id).await);
        assert_eq!(comments, expected);
    }
}
