//! Random lives of documents against a model: an entry is in exactly one place, counts are the tree's, bytes survive.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{MY, TRASH, bytes, folder, start, upload};
use crate::support::App;

/// One step; numbers choose among what there is.
#[derive(Debug, Clone)]
enum Step {
    Folder(usize),
    Upload(usize),
    MoveFile(usize, usize),
    MoveFolder(usize, usize),
    CopyFile(usize, usize),
    DeleteFile(usize, bool),
    DeleteFolder(usize, bool),
    EmptyTrash,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let n = 0..32_usize;
    let step = prop_oneof![
        3 => n.clone().prop_map(Step::Folder),
        4 => n.clone().prop_map(Step::Upload),
        3 => (n.clone(), n.clone()).prop_map(|(a, b)| Step::MoveFile(a, b)),
        3 => (n.clone(), n.clone()).prop_map(|(a, b)| Step::MoveFolder(a, b)),
        1 => (n.clone(), n.clone()).prop_map(|(a, b)| Step::CopyFile(a, b)),
        2 => (n.clone(), any::<bool>()).prop_map(|(a, b)| Step::DeleteFile(a, b)),
        2 => (n, any::<bool>()).prop_map(|(a, b)| Step::DeleteFolder(a, b)),
        1 => Just(Step::EmptyTrash),
    ];
    prop::collection::vec(step, 1..40)
}

#[derive(Default)]
struct Model {
    /// Folder to parent.
    folders: BTreeMap<i64, i64>,
    /// File to folder and bytes.
    files: BTreeMap<i64, (i64, String)>,
}

impl Model {
    fn above(&self, mut id: i64) -> BTreeSet<i64> {
        let mut above = BTreeSet::from([id]);
        while let Some(parent) = self.folders.get(&id) {
            above.insert(*parent);
            id = *parent;
        }
        above
    }

    fn trashed(&self, folder: i64) -> bool {
        self.above(folder).contains(&TRASH)
    }

    /// A section or folder out of the trash.
    fn place(&self, n: usize) -> i64 {
        let mut places = vec![1, MY];
        places.extend(self.folders.keys().filter(|id| !self.trashed(**id)));
        places[n % places.len()]
    }

    fn erase_folder(&mut self, id: i64) {
        let below: Vec<i64> =
            self.folders.keys().copied().filter(|below| self.above(*below).contains(&id)).collect();
        self.files.retain(|_, (folder, _)| !below.contains(folder));
        self.folders.retain(|folder, _| !below.contains(folder));
    }
}

fn pick<T: Copy>(of: impl Iterator<Item = T>, n: usize) -> Option<T> {
    let all: Vec<T> = of.collect();
    (!all.is_empty()).then(|| all[n % all.len()])
}

async fn take(app: &App, model: &mut Model, step: &Step, serial: usize) {
    let admin = app.admin();
    let ask = |call: &'static str, body: Value| {
        let app = &app;
        async move { start(&app.admin(), call, body).await }
    };
    match *step {
        Step::Folder(n) => {
            let parent = model.place(n);
            let id = folder(&admin, parent, &format!("folder {serial}")).await;
            model.folders.insert(id, parent);
        }
        Step::Upload(n) => {
            let place = model.place(n);
            let text = format!("bytes {}", serial % 3);
            let id = upload(&admin, place, &format!("file {}.txt", serial % 4), &text).await;
            model.files.insert(id, (place, text));
        }
        Step::MoveFile(n, to) => {
            let (Some(id), to) = (pick(model.files.keys().copied(), n), model.place(to)) else { return };
            let body = json!({ "destFolderId": to, "fileIds": [id], "conflictResolveType": "Duplicate" });
            let record = ask("move", body).await;
            assert_eq!((&record["processed"], &record["error"]), (&json!("1"), &json!("")));
            model.files.get_mut(&id).unwrap().0 = to;
        }
        Step::CopyFile(n, to) => {
            let (Some(id), to) = (pick(model.files.keys().copied(), n), model.place(to)) else { return };
            let body = json!({ "destFolderId": to, "fileIds": [id], "conflictResolveType": "Duplicate" });
            let record = ask("copy", body).await;
            if model.trashed(model.files[&id].0) {
                assert_eq!(record["error"], "Can not copy from Trash.");
                return;
            }
            let copy =
                record["files"].as_array().unwrap().iter().map(|file| file["id"].as_i64().unwrap()).max();
            let text = model.files[&id].1.clone();
            model.files.insert(copy.unwrap(), (to, text));
        }
        Step::MoveFolder(n, to) => {
            let (Some(id), to) = (pick(model.folders.keys().copied(), n), model.place(to)) else { return };
            let record = ask("move", json!({ "destFolderId": to, "folderIds": [id] })).await;
            if model.above(to).contains(&id) {
                assert_eq!(record["error"], "You cannot copy the folder to its subfolder");
            } else {
                assert_eq!(record["error"], "");
                model.folders.insert(id, to);
            }
        }
        Step::DeleteFile(n, immediately) => {
            let Some(id) = pick(model.files.keys().copied(), n) else { return };
            ask("delete", json!({ "fileIds": [id], "immediately": immediately })).await;
            if immediately || model.trashed(model.files[&id].0) {
                model.files.remove(&id);
            } else {
                model.files.get_mut(&id).unwrap().0 = TRASH;
            }
        }
        Step::DeleteFolder(n, immediately) => {
            let Some(id) = pick(model.folders.keys().copied(), n) else { return };
            ask("delete", json!({ "folderIds": [id], "immediately": immediately })).await;
            if immediately || model.trashed(id) {
                model.erase_folder(id);
            } else {
                model.folders.insert(id, TRASH);
            }
        }
        Step::EmptyTrash => {
            admin.put("/api/2.0/files/fileops/emptytrash", json!({})).await.expect(200);
            let tops: Vec<i64> =
                model.folders.iter().filter(|(_, parent)| **parent == TRASH).map(|(id, _)| *id).collect();
            for id in tops {
                model.erase_folder(id);
            }
            model.files.retain(|_, (folder, _)| *folder != TRASH);
        }
    }
}

async fn check(app: &App, model: &Model) {
    let state = app.state().await;
    let number = |entry: &Value, key: &str| entry[key].as_i64().unwrap();
    let list = |key: &str| state["r7"][key].as_array().unwrap().clone();
    let folders: BTreeMap<i64, i64> =
        list("folders").iter().map(|entry| (number(entry, "id"), number(entry, "parent"))).collect();
    assert_eq!(folders, model.folders);
    let files: BTreeMap<i64, i64> =
        list("files").iter().map(|entry| (number(entry, "id"), number(entry, "folder"))).collect();
    assert_eq!(files, model.files.iter().map(|(id, (folder, _))| (*id, *folder)).collect());
    for (id, (_, text)) in &model.files {
        assert_eq!(bytes(&app.admin(), *id).await, text.as_bytes());
    }
    for id in model.folders.keys().chain(&[1, MY, TRASH]) {
        let card =
            app.admin().get(&format!("/api/2.0/files/folder/{id}")).await.expect(200).json()["response"]
                .clone();
        let below =
            model.folders.keys().filter(|below| *below != id && model.above(**below).contains(id)).count();
        let inside = model.files.values().filter(|(folder, _)| model.above(*folder).contains(id)).count();
        assert_eq!(
            (&card["foldersCount"], &card["filesCount"]),
            (&json!(below), &json!(inside)),
            "folder {id}"
        );
        let trashed = model.trashed(*id);
        assert_eq!(card["rootFolderType"] == 3, trashed, "folder {id}");
        if !trashed || *id == TRASH {
            let content =
                app.admin().get(&format!("/api/2.0/files/{id}")).await.expect(200).json()["response"].clone();
            let direct = model.folders.values().filter(|parent| *parent == id).count()
                + model.files.values().filter(|(folder, _)| folder == id).count();
            assert_eq!(content["total"], direct, "folder {id}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn documents_live_as_the_model_says(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(async {
            let app = App::empty().await;
            let mut model = Model::default();
            for (serial, step) in steps.iter().enumerate() {
                take(&app, &mut model, step, serial).await;
            }
            check(&app, &model).await;
            // A second life from the state document is the same.
            let state = app.state().await;
            app.anonymous().put("/_standin/state", state.clone()).await;
            assert_eq!(app.state().await, state);
            check(&app, &model).await;
        });
    }
}
