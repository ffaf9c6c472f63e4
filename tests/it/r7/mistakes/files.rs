//! The mistakes of the documents, row by row (sheet r7/files 8).

use axum::body::Body;
use axum::http::{Method, header};
use serde_json::{Value, json};
use standin::{Language, Operations};

use super::super::files::sharing::people;
use super::super::files::{COMMON, MY, folder, start, upload};
use super::{
    BAD_REQUEST, CREATE, EDIT, EMPTY, FILE, FOLDER, FORBIDDEN, Ledger, RANGE, Texts, VIEW,
    compare_with_sheet, same,
};
use crate::support::{App, Identity, builder, seed};

const INT: Texts = same("Int32.TryParse(abc)");
const TOO_BIG: Texts =
    ["The maximum file size is exceeded (100 MB).", "Превышен максимальный размер файла (100 Мб)."];

/// A byte more than an upload may have.
static ZEROS: [u8; (100 << 20) + 1] = [0; (100 << 20) + 1];

/// Rows that no call of this portal comes to, or that stand in the other table.
const ELSEWHERE: &[&str] = &[
    // Only the portal's own pages lock files; its API has no such call.
    "locked",
    "unknown route or method",
];

#[tokio::test]
async fn every_row_of_the_documents_mistakes_is_told_in_both_languages() {
    for (language, name) in [(Language::En, "en"), (Language::Ru, "ru")] {
        let mut ledger = Ledger::new(language);
        unknown(&mut ledger).await;
        no_numbers(&mut ledger).await;
        rights(&mut ledger).await;
        bodies(&mut ledger).await;
        operations(&mut ledger).await;
        let header = "| Mistake | HTTP | Text en / ru |";
        compare_with_sheet("files.md", "8. Errors", header, &ledger.rows, ELSEWHERE);
        insta::assert_snapshot!(format!("files_{name}"), ledger.text);
    }
}

async fn unknown(ledger: &mut Ledger) {
    let app = ledger.world().await;
    let mike = app.token("mike-token");
    let (none, title) = (Value::Null, json!({ "title": "t" }));
    ledger.row("GET/PUT unknown file (`file/{id}`, rename, update, share link)");
    ledger.call(&mike, "GET files/file/99", none.clone(), 403, FILE).await;
    ledger.call(&mike, "PUT files/file/99", title.clone(), 403, FILE).await;
    let update = mike.request(Method::PUT, "/api/2.0/files/99/update").body(Body::from("x")).unwrap();
    ledger.told("> x\n", &app.send(update).await, 403, FILE);
    ledger.call(&mike, "PUT files/99/sharedlink", json!({ "share": "Read" }), 403, FILE).await;
    ledger.call(&mike, "GET files/file/99/presigneduri", none.clone(), 403, FILE).await;
    ledger.row("GET/PUT/POST unknown folder (`{id}`, `folder/{id}`, create in it)");
    ledger.call(&mike, "GET files/99", none.clone(), 403, FOLDER).await;
    ledger.call(&mike, "GET files/folder/99", none.clone(), 403, FOLDER).await;
    ledger.call(&mike, "GET files/folder/99/path", none.clone(), 403, FOLDER).await;
    ledger.call(&mike, "PUT files/folder/99", title.clone(), 403, FOLDER).await;
    ledger.call(&mike, "POST files/folder/99", title.clone(), 403, FOLDER).await;
    let tree = json!({ "relativePaths": ["a"] });
    ledger.call(&mike, "POST files/folders/99", tree, 403, FOLDER).await;
    ledger.row("upload, insert, text, html into unknown folder");
    ledger.upload(&mike, "/api/2.0/files/99/upload", "x", 404, FOLDER).await;
    ledger.upload(&mike, "/api/2.0/files/99/insert?title=a.txt", "x", 404, FOLDER).await;
    let text = json!({ "title": "t", "content": "c" });
    ledger.call(&mike, "POST files/99/text", text.clone(), 404, FOLDER).await;
    ledger.call(&mike, "POST files/99/html", text, 404, FOLDER).await;
    ledger.row("create_session into unknown folder; edit_session on unknown file");
    let session = json!({ "fileName": "a.txt", "fileSize": 1 });
    ledger.call(&mike, "POST files/99/upload/create_session", session, 500, FOLDER).await;
    ledger.call(&mike, "POST files/file/99/edit_session", json!({ "fileSize": 1 }), 500, FILE).await;
    ledger.row("restore (`lastVersion`) or history PUT on unknown file");
    ledger.call(&mike, "PUT files/file/99", json!({ "lastVersion": 1 }), 500, FILE).await;
    ledger.call(&mike, "PUT files/file/99/history", json!({ "version": 1 }), 500, FILE).await;
    ledger.row("GET history of unknown file");
    ledger.call(&mike, "GET files/file/99/history", none, 403, VIEW).await;
    ledger.row("delete/move unknown");
    ledger.call(&mike, "DELETE files/file/99", json!({}), 200, FILE).await;
    ledger.call(&mike, "DELETE files/folder/99", json!({}), 200, FOLDER).await;
    let to = |key: &str| json!({ "destFolderId": COMMON, key: [99] });
    ledger.call(&mike, "PUT files/fileops/move", to("fileIds"), 200, FILE).await;
    ledger.call(&mike, "PUT files/fileops/move", to("folderIds"), 200, FOLDER).await;
    let nowhere = json!({ "destFolderId": 99, "fileIds": [1] });
    ledger.call(&mike, "PUT files/fileops/copy", nowhere, 200, FOLDER).await;
}

async fn no_numbers(ledger: &mut Ledger) {
    let app = ledger.world().await;
    let mike = app.token("mike-token");
    let (none, title) = (Value::Null, json!({ "title": "t" }));
    ledger.row("non-numeric id");
    ledger.call(&mike, "GET files/abc", none.clone(), 403, INT).await;
    ledger.call(&mike, "PUT files/file/abc", title.clone(), 403, INT).await;
    let update = mike.request(Method::PUT, "/api/2.0/files/abc/update").body(Body::from("x")).unwrap();
    ledger.told("> x\n", &app.send(update).await, 403, INT);
    for call in ["GET files/file/abc", "GET files/folder/abc", "GET files/file/abc/history"] {
        ledger.call(&mike, call, none.clone(), 500, INT).await;
    }
    ledger.call(&mike, "PUT files/folder/abc", title.clone(), 500, INT).await;
    ledger.call(&mike, "POST files/folder/abc", title, 500, INT).await;
    ledger.upload(&mike, "/api/2.0/files/abc/upload", "x", 500, INT).await;
    ledger.row("same in an operation");
    let id = same("Can not convert id: abc");
    ledger.call(&mike, "DELETE files/file/abc", json!({}), 200, id).await;
    ledger.call(&mike, "DELETE files/folder/abc", json!({}), 200, id).await;
    let body = json!({ "destFolderId": COMMON, "fileIds": ["abc"] });
    ledger.call(&mike, "PUT files/fileops/move", body.clone(), 200, id).await;
    ledger.call(&mike, "PUT files/fileops/copy", body, 200, id).await;
    ledger.call(&mike, "PUT files/fileops/delete", json!({ "folderIds": ["abc"] }), 200, id).await;
    let body = json!({ "destFolderId": "abc", "fileIds": [1] });
    ledger.call(&mike, "PUT files/fileops/move", body, 200, id).await;
}

/// The section of documents that a person calls his own.
async fn own(who: &Identity<'_>) -> i64 {
    let listed = who.get("/api/2.0/files/@my?fields=current").await.expect(200).json();
    listed["response"]["current"]["id"].as_i64().unwrap()
}

async fn rights(ledger: &mut Ledger) {
    let app = ledger.world().await;
    let (mike, lena) = (app.token("mike-token"), app.token("lena-token"));
    let file = upload(&mike, COMMON, "a.docx", "x").await;
    let outer = folder(&mike, COMMON, "outer").await;
    let inner = folder(&mike, outer, "inner").await;
    let (lost_file, lost_folder) = (upload(&mike, MY, "b.docx", "x").await, folder(&mike, MY, "b").await);
    let gone = json!({ "fileIds": [lost_file], "folderIds": [lost_folder], "deleteAfter": true });
    assert_eq!(start(&mike, "delete", gone).await["error"], "");
    let hers = own(&lena).await;
    let mine = upload(&lena, hers, "c.txt", "x").await;
    let secret = upload(&mike, MY, "secret.txt", "x").await;
    let (none, title) = (Value::Null, json!({ "title": "t" }));
    let before = app.state().await["r7"]["files"].clone();
    ledger.row("list a trashed folder");
    let preview = [
        "You are not allowed to preview the elements in the Trash",
        "Запрещено просматривать элементы корзины",
    ];
    ledger.call(&mike, &format!("GET files/{lost_folder}"), none.clone(), 403, preview).await;
    ledger.row("no right to create");
    ledger.call(&lena, &format!("POST files/folder/{COMMON}"), title.clone(), 403, CREATE).await;
    ledger.upload(&lena, &format!("/api/2.0/files/{COMMON}/upload"), "x", 403, CREATE).await;
    let session = json!({ "fileName": "a.txt", "fileSize": 1 });
    let call = format!("POST files/{COMMON}/upload/create_session");
    ledger.call(&lena, &call, session, 403, CREATE).await;
    let body = json!({ "destFolderId": COMMON, "fileIds": [mine] });
    ledger.call(&lena, "PUT files/fileops/move", body, 200, CREATE).await;
    let body = json!({ "destFolderId": lost_folder, "fileIds": [secret] });
    ledger.call(&mike, "PUT files/fileops/copy", body, 200, CREATE).await;
    ledger.row("no right to delete");
    let texts =
        ["You don't have enough permission to delete the file", "Недостаточно прав для удаления файла"];
    ledger.call(&lena, &format!("DELETE files/file/{file}"), json!({}), 200, texts).await;
    let texts =
        ["You don't have enough permission to delete the folder", "Недостаточно прав для удаления папки"];
    ledger.call(&lena, &format!("DELETE files/folder/{outer}"), json!({}), 200, texts).await;
    ledger.call(&mike, &format!("DELETE files/folder/{COMMON}"), json!({}), 200, texts).await;
    ledger.row("no right to move");
    let texts = [
        "You don't have enough permission to move the file",
        "У вас недостаточно прав для перемещения этого файла",
    ];
    let body = json!({ "destFolderId": hers, "fileIds": [file] });
    ledger.call(&lena, "PUT files/fileops/move", body, 200, texts).await;
    let texts = [
        "You don't have enough permission to move the folder",
        "У вас недостаточно прав для перемещения этой папки",
    ];
    let body = json!({ "destFolderId": hers, "folderIds": [outer] });
    ledger.call(&lena, "PUT files/fileops/move", body, 200, texts).await;
    ledger.row("rename in trash");
    let texts =
        ["You don't have enough permission to rename the file", "Недостаточно прав для переименования файла"];
    ledger.call(&mike, &format!("PUT files/file/{lost_file}"), title.clone(), 403, texts).await;
    let texts = [
        "You don't have enough permission to rename the folder",
        "Недостаточно прав для переименования папки",
    ];
    ledger.call(&mike, &format!("PUT files/folder/{lost_folder}"), title, 403, texts).await;
    ledger.row("other no right");
    let read = json!({ "share": "Read" });
    ledger.call(&mike, &format!("PUT files/{lost_file}/sharedlink"), read, 403, FORBIDDEN).await;
    ledger.call(&lena, &format!("GET files/file/{file}/share"), none.clone(), 403, FORBIDDEN).await;
    ledger.call(&lena, &format!("GET files/file/{secret}"), none.clone(), 403, VIEW).await;
    let texts = [
        "You don't have enough permission to view the folder content",
        "Недостаточно прав для просмотра папки",
    ];
    ledger.call(&lena, &format!("GET files/{MY}"), none.clone(), 403, texts).await;
    ledger.call(&lena, &format!("GET files/folder/{MY}"), none, 403, texts).await;
    let body = json!({ "lastVersion": 1 });
    ledger.call(&mike, &format!("PUT files/file/{lost_file}"), body, 403, EDIT).await;
    ledger.row("into itself or below");
    let texts =
        ["You cannot copy the folder to its subfolder", "Нельзя скопировать папку в свою дочернюю папку"];
    let body = json!({ "destFolderId": inner, "folderIds": [outer] });
    ledger.call(&mike, "PUT files/fileops/move", body.clone(), 200, texts).await;
    ledger.call(&mike, "PUT files/fileops/copy", body, 200, texts).await;
    let check = format!("GET files/fileops/move?destFolderId={inner}&folderIds={outer}");
    ledger.call(&mike, &check, Value::Null, 403, texts).await;
    ledger.row("copy from trash");
    let body = json!({ "destFolderId": COMMON, "fileIds": [lost_file] });
    ledger.call(&mike, "PUT files/fileops/copy", body, 200, same("Can not copy from Trash.")).await;
    assert_eq!(app.state().await["r7"]["files"], before);
}

async fn bodies(ledger: &mut Ledger) {
    let app = ledger.world().await;
    let mike = app.token("mike-token");
    let id = upload(&mike, MY, "a.docx", "x").await;
    let before = app.state().await["r7"]["files"].clone();
    ledger.row("empty upload, empty text");
    ledger.upload(&mike, "/api/2.0/files/@my/upload", "", 500, EMPTY).await;
    ledger.call(&mike, "POST files/@my/text", json!({ "title": "t", "content": "" }), 500, EMPTY).await;
    ledger.row("too big");
    // What is announced is refused before a byte of it is read, so these cost nothing.
    let upload = mike.request(Method::POST, "/api/2.0/files/@my/upload").body(Body::from(&ZEROS[..]));
    ledger.told("> 104857601 bytes\n", &app.send(upload.unwrap()).await, 500, TOO_BIG);
    let texts =
        ["The maximum file size is exceeded (100 GB).", "Превышен максимальный размер файла (100 Гб)."];
    let body = json!({ "fileName": "a.txt", "fileSize": (100_u64 << 30) + 1 });
    ledger.call(&mike, &format!("POST files/{MY}/upload/create_session"), body, 500, texts).await;
    ledger.row("no file in upload");
    let form = "--edge\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nB\r\n--edge--\r\n";
    let fields = mike
        .request(Method::POST, "/api/2.0/files/@my/upload")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
        .body(Body::from(form));
    ledger.told("> a=B, as a form\n", &app.send(fields.unwrap()).await, 403, same("No input files"));
    ledger.row("empty folder title; `relativePaths` empty");
    ledger.call(&mike, "POST files/folder/2", json!({ "title": "" }), 400, RANGE).await;
    ledger.call(&mike, "POST files/folders/2", json!({ "relativePaths": [] }), 400, RANGE).await;
    ledger.row("missing `title`/`content` for text");
    let missing = |name: &'static str| match name {
        "title" => same("Value cannot be null.\r\nParameter name: title"),
        _ => same("Value cannot be null.\r\nParameter name: content"),
    };
    ledger.call(&mike, "POST files/@my/text", json!({ "title": "t" }), 400, missing("content")).await;
    ledger.call(&mike, "POST files/@my/text", json!({ "content": "t" }), 400, missing("title")).await;
    ledger.call(&mike, "POST files/2/html", json!({ "title": "t" }), 400, missing("content")).await;
    ledger.row("bad enum/bool/guid/number, broken JSON");
    let body = json!({ "destFolderId": 1, "fileIds": [id], "conflictResolveType": "zz" });
    ledger
        .call(&mike, "PUT files/fileops/move", body, 400, same("Requested value 'zz' was not found."))
        .await;
    let bool = same("String was not recognized as a valid Boolean.");
    ledger.call(&mike, "DELETE files/file/1", json!({ "immediately": "1" }), 400, bool).await;
    let guid = same("Guid should contain 32 digits with 4 dashes (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx).");
    ledger.call(&mike, "GET files/@my?userIdOrGroupId=zz", Value::Null, 400, guid).await;
    let number = same("Input string was not in a correct format.");
    ledger.call(&mike, "GET files/file/1?version=zz", Value::Null, 400, number).await;
    let broken = mike
        .request(Method::POST, "/api/2.0/files/folder/2")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from("{\"title\":"));
    let exchange = app.send(broken.unwrap()).await;
    let text = exchange.json()["error"]["message"].as_str().unwrap().to_owned();
    ledger.told("> {\"title\":\n", &exchange, 400, same(text.leak()));
    assert_eq!(app.state().await["r7"]["files"], before);
}

async fn operations(ledger: &mut Ledger) {
    let app = ledger.world().await;
    let mike = app.token("mike-token");
    let id = upload(&mike, MY, "a.docx", "x").await;
    mike.post(&format!("/api/2.0/files/file/{id}/startedit"), json!({})).await.expect(201);
    ledger.row("edited file, delete");
    let texts = [
        "Cannot delete the file because it is opened for editing",
        "Невозможно удалить файл, т.к. файл открыт на редактирование",
    ];
    ledger.call(&mike, &format!("DELETE files/file/{id}"), json!({}), 200, texts).await;
    let outer = folder(&mike, MY, "outer").await;
    start(&mike, "move", json!({ "destFolderId": outer, "fileIds": [id], "deleteAfter": true })).await;
    let whole = [
        "Cannot delete the folder because one of the files is opened for editing",
        "Невозможно удалить папку, т.к. один из файлов открыт на редактирование",
    ];
    ledger.call(&mike, &format!("DELETE files/folder/{outer}"), json!({}), 200, whole).await;
    let erased = json!({ "immediately": true });
    ledger.call(&mike, &format!("DELETE files/folder/{outer}"), erased, 200, texts).await;
    ledger.row("third-party storage switched off (POST thirdparty)");
    ledger.call(&mike, "POST files/thirdparty", json!({ "providerKey": "WebDav" }), 403, CREATE).await;
    ledger.row("bulk with nothing; twice at once");
    ledger.call(&mike, "PUT files/fileops/bulkdownload", json!({}), 403, BAD_REQUEST).await;
    let document = json!({ "standin": 1, "r7": people() });
    let slow = builder().operations(Operations::After(1000)).language(ledger.language).seed(seed(document));
    let slow = App::of(slow).await;
    let mike = slow.token("mike-token");
    let id = upload(&mike, MY, "a.docx", "x").await;
    start(&mike, "bulkdownload", json!({ "fileIds": [id] })).await;
    let texts = ["Too many downloads.", "Слишком много загрузок."];
    ledger.call(&mike, "PUT files/fileops/bulkdownload", json!({ "fileIds": [id] }), 403, texts).await;
    ledger.row("terminated");
    let texts = ["The operation was canceled", "Операция отменена"];
    ledger.call(&mike, "PUT files/fileops/terminate", Value::Null, 200, texts).await;
}
