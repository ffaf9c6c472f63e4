//! Documents: sections, folders, files, uploads, downloads, file operations.

mod archives;
mod blobs;
mod bulk;
mod cards;
mod chunks;
mod cleaning;
mod creating;
mod deleting;
mod downloads;
mod editing;
mod golden;
mod limits;
mod links;
mod listing;
mod marks;
mod mistakes;
mod model;
mod operations;
mod people;
mod plain;
mod restoring;
mod rights;
mod scale;
mod settings;
pub(crate) mod sharing;
mod state;
mod transfer;
mod trees;
mod unread;
mod uploads;
mod versions;
mod withheld;

use serde_json::{Value, json};

use crate::support::{App, Identity};

/// Uploads a text file; gives its id.
pub(crate) async fn upload(who: &Identity<'_>, folder: i64, name: &str, text: &str) -> i64 {
    let path = format!("/api/2.0/files/{folder}/upload");
    let answer = who.upload(&path, name, text.as_bytes()).await.expect(201).json();
    answer["response"]["id"].as_i64().unwrap()
}

/// Makes a folder; gives its id.
pub(crate) async fn folder(who: &Identity<'_>, parent: i64, title: &str) -> i64 {
    let path = format!("/api/2.0/files/folder/{parent}");
    let answer = who.post(&path, json!({ "title": title })).await.expect(201).json();
    answer["response"]["id"].as_i64().unwrap()
}

/// What a folder or section (`@my`, `@trash`, an id) lists: titles of folders, then of files, each by title.
pub(crate) async fn titles(who: &Identity<'_>, place: &str) -> Vec<String> {
    let content = who.get(&format!("/api/2.0/files/{place}?sortBy=AZ")).await.expect(200).json();
    let list = |key: &str| content["response"][key].as_array().unwrap().clone();
    let all = list("folders").into_iter().chain(list("files"));
    all.map(|entry| entry["title"].as_str().unwrap().to_owned()).collect()
}

/// Starts an operation; gives its record, the first of the answer.
pub(crate) async fn start(who: &Identity<'_>, call: &str, body: Value) -> Value {
    let answer = who.put(&format!("/api/2.0/files/fileops/{call}"), body).await.expect(200).json();
    answer["response"][0].clone()
}

/// Ids of a record's list.
pub(crate) fn ids(record: &Value, key: &str) -> Vec<i64> {
    record[key].as_array().unwrap().iter().map(|entry| entry["id"].as_i64().unwrap()).collect()
}

/// The bytes of a file, by its `viewUrl`.
pub(crate) async fn bytes(who: &Identity<'_>, id: i64) -> Vec<u8> {
    let card = who.get(&format!("/api/2.0/files/file/{id}")).await.expect(200).json();
    let url = card["response"]["viewUrl"].as_str().unwrap().to_owned();
    let path = url.strip_prefix("http://portal.test").unwrap();
    who.get(path).await.expect(200).body.to_vec()
}

/// The admin's sections in a fresh world (sheet r7/files 6).
pub(crate) const COMMON: i64 = 1;
/// See [`COMMON`].
pub(crate) const MY: i64 = 2;
/// See [`COMMON`].
pub(crate) const TRASH: i64 = 4;

/// A world with a second person, `lena`, who is no admin.
pub(crate) async fn with_lena() -> App {
    let person = |id: &str, name: &str, admin: bool, token: &str| {
        json!({ "id": id, "userName": name, "email": format!("{name}@example.org"), "password": "secret",
            "firstName": name, "lastName": "", "isAdmin": admin, "tokens": [{ "token": token }] })
    };
    let users = [
        person("00000000-0000-0000-0000-00000000000a", "mike", true, "standin-admin-token"),
        person("00000000-0000-0000-0000-00000000000b", "lena", false, "lena-token"),
    ];
    let document = json!({ "standin": 1, "r7": { "users": users } });
    App::of(crate::support::builder().seed(crate::support::seed(document))).await
}
