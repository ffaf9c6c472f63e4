//! The server against the model: who sees what, and as what.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::tree::{Entry, Model, PEOPLE, Right, Root};
use super::{caller, start};
use crate::support::App;

const HANDLER: &str = "/Products/Files/HttpHandlers/filehandler.ashx?action=download";

fn numbers(list: &Value) -> BTreeSet<i64> {
    list.as_array().unwrap().iter().map(|entry| entry["id"].as_i64().unwrap()).collect()
}

/// Ids that the state document has of an entry's kind, with where it lies and its title.
fn stored(state: &Value, kind: &str, place: &str) -> BTreeMap<i64, (i64, String)> {
    let empty = Vec::new();
    let list = state["r7"][kind].as_array().unwrap_or(&empty);
    let entry = |entry: &Value| {
        let title = entry["title"].as_str().unwrap().to_owned();
        (entry["id"].as_i64().unwrap(), (entry[place].as_i64().unwrap(), title))
    };
    list.iter().map(entry).collect()
}

/// What the server has made that the model has no id for: files, folders.
pub(super) async fn unknown(app: &App, model: &Model) -> (Vec<i64>, Vec<i64>) {
    let state = app.state().await;
    let files = stored(&state, "files", "folder").into_keys().filter(|id| !model.files.contains_key(id));
    let folders =
        stored(&state, "folders", "parent").into_keys().filter(|id| !model.folders.contains_key(id));
    (files.collect(), folders.collect())
}

/// Every entry is in one place, and that is the model's.
pub(super) async fn places(app: &App, model: &Model) {
    let state = app.state().await;
    let folders = model.folders.iter().map(|(id, folder)| (*id, (folder.parent, folder.title.clone())));
    assert_eq!(stored(&state, "folders", "parent"), folders.collect());
    let files = model.files.iter().map(|(id, file)| (*id, (file.folder, file.title.clone())));
    assert_eq!(stored(&state, "files", "folder"), files.collect());
}

/// All that anybody can look at.
pub(super) async fn everything(app: &App, model: &Model) {
    places(app, model).await;
    for who in 0..PEOPLE.len() {
        for id in model.roots.keys().chain(model.folders.keys()) {
            folder(app, model, who, *id).await;
        }
        for id in model.files.keys() {
            file(app, model, who, *id).await;
        }
        received(app, model, who).await;
    }
    for (id, (path, on)) in &model.links {
        let status = app.anonymous().get(path).await.status();
        let open = *on && !model.trashed(Entry::File(*id));
        assert_eq!(status, if open { 200 } else { 403 }, "the link of file {id}");
    }
}

fn expected(may: bool) -> u16 {
    if may { 200 } else { 403 }
}

async fn folder(app: &App, model: &Model, who: usize, id: i64) {
    let me = caller(app, who);
    let entry = Entry::Folder(id);
    let right = model.right(who, entry);
    let label = format!("folder {id} for {}", PEOPLE[who]);
    let card = me.get(&format!("/api/2.0/files/folder/{id}")).await;
    assert_eq!(card.status(), expected(right.read), "{label}: {}", card.print());
    let (folders, files) = model.below(id);
    let own = right.full || model.root_of(entry) == Root::Trash(who);
    if right.read {
        let card = card.json()["response"].clone();
        assert_eq!(card["access"], right.access, "{label}");
        if own {
            let counts = (json!(folders.len()), json!(files.len()));
            assert_eq!((card["foldersCount"].clone(), card["filesCount"].clone()), counts, "{label}");
        }
        let favorite = model.favorites.contains(&(who, entry));
        assert_eq!(card["isFavorite"].as_bool().unwrap_or(false), favorite, "{label}: favourite");
    }
    let listing = me.get(&format!("/api/2.0/files/{id}")).await;
    let hidden = model.trashed(entry) && model.folders.contains_key(&id);
    assert_eq!(listing.status(), expected(right.read && !hidden), "{label}: {}", listing.print());
    if listing.status() == 200 {
        let content = listing.json()["response"].clone();
        let seen = |ids: Vec<i64>, entry: fn(i64) -> Entry| -> BTreeSet<i64> {
            ids.into_iter().filter(|id| model.right(who, entry(*id)).read).collect()
        };
        let (folders, files) =
            (seen(model.folders_in(id), Entry::Folder), seen(model.files_in(id), Entry::File));
        assert_eq!(numbers(&content["folders"]), folders, "{label}");
        assert_eq!(numbers(&content["files"]), files, "{label}");
        assert_eq!(content["total"], folders.len() + files.len(), "{label}");
    }
}

async fn file(app: &App, model: &Model, who: usize, id: i64) {
    let me = caller(app, who);
    let Right { read, access, .. } = model.right(who, Entry::File(id));
    let known = &model.files[&id];
    let label = format!("file {id} for {}", PEOPLE[who]);
    let card = me.get(&format!("/api/2.0/files/file/{id}")).await;
    assert_eq!(card.status(), expected(read), "{label}: {}", card.print());
    let history = me.get(&format!("/api/2.0/files/file/{id}/history")).await;
    assert_eq!(history.status(), expected(read), "{label}: {}", history.print());
    let link = me.get(&format!("/api/2.0/files/file/{id}/presigneduri")).await;
    assert_eq!(link.status(), expected(read), "{label}: {}", link.print());
    let versions = known.versions.len();
    if read {
        let card = card.json()["response"].clone();
        assert_eq!((&card["access"], &card["version"]), (&json!(access), &json!(versions)), "{label}");
        let favorite = model.favorites.contains(&(who, Entry::File(id)));
        assert_eq!(card["fileStatus"].as_i64().unwrap() & 32 != 0, favorite, "{label}: favourite");
        assert_eq!(history.json()["response"].as_array().unwrap().len(), versions, "{label}");
    }
    // One version after another would take long: the last, and one of the others.
    for version in BTreeSet::from([versions, 1 + usize::try_from(id).unwrap() % versions]) {
        let bytes = me.get(&format!("{HANDLER}&fileid={id}&version={version}")).await;
        assert_eq!(bytes.status(), expected(read), "{label}: {}", bytes.print());
        if read {
            assert_eq!(bytes.text(), known.versions[version - 1], "{label}: version {version}");
        }
    }
}

async fn received(app: &App, model: &Model, who: usize) {
    let content = caller(app, who).get("/api/2.0/files/@share").await.expect(200).json()["response"].clone();
    let mine = |entry: &Entry| model.received(who, *entry);
    let (mut folders, mut files) = (BTreeSet::new(), BTreeSet::new());
    for entry in model.entries().into_iter().filter(mine) {
        match entry {
            Entry::Folder(id) => folders.insert(id),
            Entry::File(id) => files.insert(id),
        };
    }
    let label = format!("shared with {}", PEOPLE[who]);
    assert_eq!((numbers(&content["folders"]), numbers(&content["files"])), (folders, files), "{label}");
}

/// Everybody lays hands on all that they may not see: nothing moves, nothing comes out.
pub(super) async fn thieves(app: &App, model: &Model) {
    for (who, name) in PEOPLE.iter().enumerate() {
        let me = caller(app, who);
        let hidden = |entry: &Entry| !model.right(who, *entry).read;
        let (mut folders, mut files) = (Vec::new(), Vec::new());
        for entry in model.entries().into_iter().filter(hidden) {
            match entry {
                Entry::Folder(id) => folders.push(id),
                Entry::File(id) => files.push(id),
            }
        }
        if folders.is_empty() && files.is_empty() {
            continue;
        }
        let to = model.root(Root::My(who));
        let body = json!({ "fileIds": files, "folderIds": folders, "destFolderId": to, "immediately": true,
            "conflictResolveType": "Duplicate", "deleteAfter": true });
        for call in ["copy", "move", "delete", "bulkdownload"] {
            let record = start(&me, call, body.clone()).await;
            assert_eq!(record["processed"], "0", "{call} by {name}: {record}");
            assert_ne!(record["error"], "", "{call} by {name}");
            places(app, model).await;
        }
    }
    // An archive of all files has as many as may be read.
    let all: Vec<i64> = model.files.keys().copied().collect();
    for (who, name) in PEOPLE.iter().enumerate() {
        let seen = all.iter().filter(|id| model.right(who, Entry::File(**id)).read).count();
        let body = json!({ "fileIds": all, "deleteAfter": true });
        if !all.is_empty() {
            let record = start(&caller(app, who), "bulkdownload", body).await;
            assert_eq!(record["processed"], seen.to_string(), "the archive of {name}");
        }
    }
}
