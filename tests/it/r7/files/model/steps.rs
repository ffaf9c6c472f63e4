//! One step of a life: what is asked of the server, and what it does to the model.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::operations::{Operation, Resolve, name_new};
use super::tree::{EVERYONE, Entry, File, Folder, Model, PEOPLE, Root, SALES};
use super::{caller, check, start};
use crate::support::{App, Exchange};

/// Who, what, and numbers that choose among what there is.
#[derive(Debug, Clone)]
pub(super) struct Step {
    who: usize,
    act: Act,
    at: usize,
    to: usize,
    word: usize,
}

#[derive(Debug, Clone, Copy)]
enum Act {
    MakeFolder,
    Upload { update: bool },
    Text,
    Chunks,
    Rename,
    Transfer { copy: bool },
    Delete { immediately: bool },
    EmptyTrash,
    Share,
    Link,
    Favorite { on: bool },
    Restore,
}

impl Arbitrary for Step {
    type Parameters = ();
    type Strategy = BoxedStrategy<Self>;

    fn arbitrary_with((): ()) -> Self::Strategy {
        let act = prop_oneof![
            6 => Just(Act::MakeFolder),
            6 => any::<bool>().prop_map(|update| Act::Upload { update }),
            2 => Just(Act::Text),
            1 => Just(Act::Chunks),
            2 => Just(Act::Rename),
            8 => any::<bool>().prop_map(|copy| Act::Transfer { copy }),
            4 => any::<bool>().prop_map(|immediately| Act::Delete { immediately }),
            1 => Just(Act::EmptyTrash),
            6 => Just(Act::Share),
            2 => Just(Act::Link),
            2 => any::<bool>().prop_map(|on| Act::Favorite { on }),
            1 => Just(Act::Restore),
        ];
        (0..PEOPLE.len(), act, 0..1000_usize, 0..1000_usize, 0..1000_usize)
            .prop_map(|(who, act, at, to, word)| Self { who, act, at, to, word })
            .boxed()
    }
}

const SUBJECTS: [&str; 5] = [
    "00000000-0000-0000-0000-00000000000a",
    "00000000-0000-0000-0000-00000000000b",
    "00000000-0000-0000-0000-00000000000c",
    "00000000-0000-0000-0000-0000000000aa",
    "c5cc67d1-c3e8-43c0-a3ad-3928ae3e5b5e",
];

fn folder_title(word: usize) -> &'static str {
    ["Data", "data", "Plans"][word % 3]
}

fn file_title(word: usize) -> &'static str {
    ["a.txt", "A.txt", "b.txt", "c.txt"][word % 4]
}

/// Mostly among what somebody may see; now and then among all.
fn pick(model: &Model, who: usize, all: &[Entry], n: usize) -> Option<Entry> {
    let seen: Vec<Entry> = all.iter().copied().filter(|entry| model.right(who, *entry).read).collect();
    let from = if n.is_multiple_of(8) || seen.is_empty() { all } else { &seen };
    (!from.is_empty()).then(|| from[n / 8 % from.len()])
}

/// A folder or section, for something to be put into.
fn place(model: &Model, who: usize, n: usize) -> i64 {
    let folders = model.roots.keys().chain(model.folders.keys());
    let all: Vec<Entry> = folders.map(|id| Entry::Folder(*id)).collect();
    match pick(model, who, &all, n) {
        Some(Entry::Folder(id)) => id,
        _ => model.root(Root::My(who)),
    }
}

/// The id of what was made; `None` and 403 where it may not be.
fn made(answer: &Exchange, may: bool) -> Option<i64> {
    assert_eq!(answer.status(), if may { 201 } else { 403 }, "{}", answer.print());
    may.then(|| answer.json()["response"]["id"].as_i64().unwrap())
}

fn done(answer: &Exchange, may: bool) -> bool {
    assert_eq!(answer.status(), if may { 200 } else { 403 }, "{}", answer.print());
    may
}

fn path(entry: Entry) -> String {
    match entry {
        Entry::Folder(id) => format!("/api/2.0/files/folder/{id}"),
        Entry::File(id) => format!("/api/2.0/files/file/{id}"),
    }
}

/// Entries as the lists of a request.
fn lists(entry: Entry) -> Value {
    match entry {
        Entry::Folder(id) => json!({ "folderIds": [id] }),
        Entry::File(id) => json!({ "fileIds": [id] }),
    }
}

pub(super) async fn take(app: &App, model: &mut Model, step: &Step, serial: usize) {
    let Step { who, act, at, to, word } = *step;
    let me = caller(app, who);
    let bytes = format!("bytes {serial}");
    match act {
        Act::MakeFolder | Act::Upload { .. } | Act::Text | Act::Chunks => {
            make(app, model, step, bytes).await;
            return;
        }
        Act::EmptyTrash => {
            let trash = model.root(Root::Trash(who));
            me.put("/api/2.0/files/fileops/emptytrash", json!({})).await.expect(200);
            let (files, folders) = (model.files_in(trash), model.folders_in(trash));
            let mut operation = Operation::new(model, who);
            for entry in files.into_iter().map(Entry::File).chain(folders.into_iter().map(Entry::Folder)) {
                operation.delete(entry, true);
            }
            assert!(!operation.failed);
            return;
        }
        _ => {}
    }
    let Some(entry) = pick(model, who, &model.entries(), at) else { return };
    let right = model.right(who, entry);
    match act {
        Act::Transfer { copy } => transfer(app, model, step, entry, copy).await,
        Act::Delete { immediately } => {
            let mut body = lists(entry);
            body["immediately"] = json!(immediately);
            body["deleteAfter"] = json!(true);
            let record = start(&me, "delete", body).await;
            let mut operation = Operation::new(model, who);
            operation.delete(entry, immediately);
            compare(&record, &operation);
        }
        Act::Rename => {
            let title = if matches!(entry, Entry::File(_)) { file_title(word) } else { folder_title(word) };
            if done(&me.put(&path(entry), json!({ "title": title })).await, right.edit) {
                match entry {
                    Entry::Folder(id) => title.clone_into(&mut model.folders.get_mut(&id).unwrap().title),
                    Entry::File(id) => title.clone_into(&mut model.files.get_mut(&id).unwrap().title),
                }
            }
        }
        Act::Share => share(app, model, step, entry).await,
        Act::Link => {
            let Entry::File(id) = entry else { return };
            let on = word % 2 == 0;
            let body = json!({ "share": if on { "Read" } else { "None" } });
            let answer = me.put(&format!("/api/2.0/files/{id}/sharedlink"), body).await;
            if done(&answer, right.share && !model.trashed(entry)) {
                let url = answer.json()["response"].as_str().unwrap().to_owned();
                let doc = url.split_once("doc=").unwrap().1;
                let path = format!(
                    "/Products/Files/HttpHandlers/filehandler.ashx?action=download&fileid={id}&doc={doc}"
                );
                model.links.insert(id, (path, on));
            }
        }
        Act::Favorite { on } => {
            let answer = if on {
                me.post("/api/2.0/files/favorites", lists(entry)).await.expect(201)
            } else {
                me.delete("/api/2.0/files/favorites", lists(entry)).await.expect(200)
            };
            assert_eq!(answer.json()["response"], true);
            if !on {
                model.favorites.remove(&(who, entry));
            } else if right.read {
                model.favorites.insert((who, entry));
            }
        }
        Act::Restore => {
            let Entry::File(id) = entry else { return };
            let version = 1 + to % 4;
            let answer = me.put(&path(entry), json!({ "lastVersion": version })).await;
            if done(&answer, right.edit) {
                let versions = &mut model.files.get_mut(&id).unwrap().versions;
                let bytes = versions[version.min(versions.len()) - 1].clone();
                versions.push(bytes);
            }
        }
        _ => unreachable!("taken above"),
    }
}

/// Something new in a folder.
async fn make(app: &App, model: &mut Model, step: &Step, bytes: String) {
    let Step { who, act, at, word, .. } = *step;
    let me = caller(app, who);
    let folder = place(model, who, at);
    let may = model.right(who, Entry::Folder(folder)).edit;
    let title = file_title(word);
    let at = format!("/api/2.0/files/{folder}");
    let id = match act {
        Act::MakeFolder => {
            let title = folder_title(word);
            let answer = me.post(&format!("/api/2.0/files/folder/{folder}"), json!({ "title": title })).await;
            if let Some(id) = made(&answer, may) {
                model.folders.insert(id, Folder { parent: folder, title: title.to_owned(), by: who });
            }
            return;
        }
        Act::Upload { update } => {
            let path = format!("{at}/upload?createNewIfExist={}", !update);
            let old = model.file_titled(folder, title).filter(|_| update);
            let old = old.filter(|id| model.right(who, Entry::File(*id)).edit);
            let id = made(&me.upload(&path, title, bytes.as_bytes()).await, may);
            if let (Some(id), Some(old)) = (id, old) {
                assert_eq!(id, old);
                let file = model.files.get_mut(&old).unwrap();
                title.clone_into(&mut file.title);
                file.versions.push(bytes);
                return;
            }
            id
        }
        Act::Text => {
            let body = json!({ "title": title, "content": bytes });
            made(&me.post(&format!("{at}/text"), body).await, may)
        }
        _ => {
            let body = json!({ "fileName": title, "fileSize": bytes.len() });
            let session = me.post(&format!("{at}/upload/create_session"), body).await;
            if !may {
                assert_eq!(session.status(), 403, "{}", session.print());
                return;
            }
            let session = session.expect(201).json();
            let location = session["response"]["data"]["location"].as_str().unwrap();
            let location = location.strip_prefix("http://portal.test").unwrap();
            let (first, rest) = bytes.split_at(bytes.len() / 2);
            app.anonymous().upload(location, "blob", first.as_bytes()).await.expect(200);
            let last = app.anonymous().upload(location, "blob", rest.as_bytes()).await.expect(201).json();
            last["data"]["id"].as_i64()
        }
    };
    if let Some(id) = id {
        let file = File { folder, title: title.to_owned(), by: who, versions: vec![bytes] };
        assert!(model.files.insert(id, file).is_none(), "file {id} is new");
    }
}

async fn transfer(app: &App, model: &mut Model, step: &Step, entry: Entry, copy: bool) {
    let Step { who, to, word, .. } = *step;
    let to = place(model, who, to);
    let resolve = [Resolve::Skip, Resolve::Overwrite, Resolve::Duplicate][word % 3];
    let mut body = lists(entry);
    body["destFolderId"] = json!(to);
    body["conflictResolveType"] = json!(format!("{resolve:?}"));
    body["deleteAfter"] = json!(true);
    let record = start(&caller(app, who), if copy { "copy" } else { "move" }, body).await;
    let mut operation = Operation::new(model, who);
    (operation.copy, operation.resolve) = (copy, resolve);
    operation.transfer(entry, to);
    compare(&record, &operation);
    let (files, folders) = check::unknown(app, model).await;
    name_new(model, &files, &folders);
}

fn compare(record: &Value, operation: &Operation<'_>) {
    assert_eq!(record["error"] != "", operation.failed, "{record}");
    assert_eq!(record["processed"], operation.processed.to_string(), "{record}");
}

async fn share(app: &App, model: &mut Model, step: &Step, entry: Entry) {
    let Step { who, to, word, .. } = *step;
    let subject = to % SUBJECTS.len();
    let access = [1, 2, 3, 0, 1, 2][word % 6];
    let body = json!({ "share": [{ "shareTo": SUBJECTS[subject], "access": access }] });
    let answer = caller(app, who).put(&format!("{}/share", path(entry)), body).await;
    let right = model.right(who, entry);
    if !done(&answer, right.share && !model.trashed(entry)) {
        return;
    }
    assert!(subject < SALES || [SALES, EVERYONE].contains(&subject));
    let root = model.root_of(entry);
    let owner = match (root, entry) {
        (Root::My(owner), _) => owner,
        (_, Entry::Folder(id)) => model.folders[&id].by,
        (_, Entry::File(id)) => model.files[&id].by,
    };
    // The owner keeps what they have, and in Common the admin.
    if subject == owner || root == Root::Common && subject == 0 {
        return;
    }
    if access != 0 {
        model.shares.insert((entry, subject), access);
        return;
    }
    model.shares.remove(&(entry, subject));
    if let Entry::Folder(id) = entry {
        let (folders, files) = model.below(id);
        let below = folders.into_iter().map(Entry::Folder).chain(files.into_iter().map(Entry::File));
        for place in below {
            model.shares.remove(&(place, subject));
        }
    }
}
