//! Sixty-four clients at work in one tree, over real sockets.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use serde_json::{Value, json};
use sqlx::Connection as _;

use crate::support::socket::{Answer, Socket, request};
use crate::support::temp::TempDir;
use crate::support::{App, builder};

const CLIENTS: usize = 64;
const ROUNDS: usize = 12;
/// Folders 100 and on, all below `@my` (2) at first; `@trash` is 4.
const FOLDERS: usize = 10;
const MY: i64 = 2;
const TRASH: i64 = 4;

/// One client: a connection of its own, and files that nobody else touches.
struct Client {
    socket: Socket,
    name: String,
    dice: usize,
    /// Where each of its files must be.
    files: BTreeMap<i64, i64>,
}

impl Client {
    fn new(at: SocketAddr, index: usize) -> Self {
        let name = format!("client{index:02}");
        Self { socket: Socket::connect(at), name, dice: index * 7919 + 1, files: BTreeMap::new() }
    }

    fn roll(&mut self, below: usize) -> usize {
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.dice >> 33) % below
    }

    fn folder(&mut self) -> i64 {
        100 + i64::try_from(self.roll(FOLDERS)).unwrap()
    }

    fn file(&mut self) -> Option<(i64, i64)> {
        let index = self.roll(self.files.len().max(1));
        self.files.iter().nth(index).map(|(file, folder)| (*file, *folder))
    }

    fn send(&mut self, line: &str, body: &Value) -> Answer {
        let head = format!("{line}\nAuthorization: standin-admin-token\nContent-Type: application/json");
        self.socket.send(&request(&head, body.to_string().as_bytes()));
        self.socket.answer(false)
    }

    /// Starts an operation; gives its error.
    fn operate(&mut self, line: &str, body: &Value) -> String {
        let answer = self.send(line, body).expect(200).json();
        let own = &answer["response"][0];
        assert_eq!((&own["progress"], &own["finished"]), (&json!(100), &json!(false)), "{answer}");
        own["error"].as_str().unwrap().to_owned()
    }

    fn step(&mut self, round: usize) {
        match self.roll(6) {
            0 | 1 => {
                let (folder, title) = (self.folder(), format!("{}-{round}.txt", self.name));
                let body = json!({ "title": title, "content": format!("body of {title}") });
                let answer =
                    self.send(&format!("POST /api/2.0/files/{folder}/text"), &body).expect(201).json();
                self.files.insert(answer["response"]["id"].as_i64().unwrap(), folder);
            }
            // Also out of the trash.
            2 => {
                let Some((file, _)) = self.file() else { return };
                let folder = self.folder();
                let body = json!({ "destFolderId": folder, "fileIds": [file] });
                assert_eq!(self.operate("PUT /api/2.0/files/fileops/move", &body), "");
                self.files.insert(file, folder);
            }
            3 => {
                // What is in the trash already would be erased.
                let Some((file, _)) = self.file().filter(|(_, folder)| *folder != TRASH) else { return };
                assert_eq!(self.operate(&format!("DELETE /api/2.0/files/file/{file}"), &json!({})), "");
                self.files.insert(file, TRASH);
            }
            // Folders are everybody's.
            4 => {
                let (folder, to) = (self.folder(), [self.folder(), MY][self.roll(2)]);
                let body = json!({ "destFolderId": to, "folderIds": [folder] });
                let error = self.operate("PUT /api/2.0/files/fileops/move", &body);
                assert!(
                    ["", "You cannot copy the folder to its subfolder"].contains(&error.as_str()),
                    "{error}"
                );
            }
            _ => {
                let folder = self.folder();
                let answer =
                    self.send(&format!("GET /api/2.0/files/{folder}"), &json!({})).expect(200).json();
                let list = |key: &str| answer["response"][key].as_array().unwrap().len();
                assert_eq!(answer["response"]["total"], list("files") + list("folders"), "{answer}");
            }
        }
    }
}

/// Files and folders below each folder, counted from the entries themselves.
fn below(folders: &BTreeMap<i64, i64>, files: &BTreeMap<i64, i64>) -> BTreeMap<i64, (i64, i64)> {
    let mut counts: BTreeMap<i64, (i64, i64)> = BTreeMap::new();
    let mut count = |from: i64, file: i64, folder: i64| {
        let mut at = Some(&from);
        for _ in 0..=FOLDERS {
            let Some(id) = at else { return };
            let counted = counts.entry(*id).or_default();
            (counted.0, counted.1) = (counted.0 + file, counted.1 + folder);
            at = folders.get(id);
        }
        panic!("{from} lies in itself");
    };
    for folder in files.values() {
        count(*folder, 1, 0);
    }
    for parent in folders.values() {
        count(*parent, 0, 1);
    }
    counts
}

async fn crowd(app: &App) {
    for n in 0..FOLDERS {
        let body = json!({ "title": format!("folder {n}") });
        app.admin().post(&format!("/api/2.0/files/folder/{MY}"), body).await.expect(201);
    }
    let at = app.server().address();
    let wanted: BTreeMap<i64, i64> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..CLIENTS)
            .map(|index| {
                scope.spawn(move || {
                    let mut client = Client::new(at, index);
                    (0..ROUNDS).for_each(|round| client.step(round));
                    client.files
                })
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert!(wanted.len() > CLIENTS, "they did upload");
    let state = app.state().await;
    let list = |key: &str| state["r7"][key].as_array().unwrap().clone();
    let mut files = BTreeMap::new();
    for file in list("files") {
        assert_eq!(file["text"], format!("body of {}", file["title"].as_str().unwrap()));
        files.insert(file["id"].as_i64().unwrap(), file["folder"].as_i64().unwrap());
    }
    assert_eq!(files, wanted, "every file is where its client put it last");
    let number = |entry: &Value, key: &str| entry[key].as_i64().unwrap();
    let folders: BTreeMap<i64, i64> =
        list("folders").iter().map(|folder| (number(folder, "id"), number(folder, "parent"))).collect();
    assert_eq!(folders.len(), FOLDERS);
    let counts = below(&folders, &files);
    for id in folders.keys().chain(&[MY, TRASH]) {
        let card = app.admin().get(&format!("/api/2.0/files/folder/{id}")).await.expect(200).json();
        let shown = (number(&card["response"], "filesCount"), number(&card["response"], "foldersCount"));
        assert_eq!(shown, counts.get(id).copied().unwrap_or_default(), "counts of {id}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_sixty_four_clients_did_in_one_tree_adds_up() {
    let app = App::empty().await;
    crowd(&app).await;
    let state = app.state().await;
    app.anonymous().put("/_standin/state", state.clone()).await.expect(204);
    assert_eq!(app.state().await, state);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_sixty_four_clients_did_in_one_tree_adds_up_in_a_file() {
    let temp = TempDir::new();
    let path = temp.join("data.db");
    let app = App::of(builder().database(path.clone())).await;
    crowd(&app).await;
    app.stop().await;
    let mut conn = sqlx::SqliteConnection::connect(path.to_str().unwrap()).await.unwrap();
    let wrong: i64 = sqlx::query_scalar(
        "WITH RECURSIVE above (folder_id, depth, ancestor_id) AS (
            SELECT id, 0, id FROM r7_folder
            UNION ALL SELECT a.folder_id, a.depth + 1, f.parent_id FROM above a JOIN r7_folder f ON f.id = a.ancestor_id
                WHERE f.parent_id IS NOT NULL)
         SELECT (SELECT count(*) FROM (SELECT * FROM above EXCEPT SELECT folder_id, depth, ancestor_id FROM r7_folder_tree))
            + (SELECT count(*) FROM (SELECT folder_id, depth, ancestor_id FROM r7_folder_tree EXCEPT SELECT * FROM above))",
    )
    .fetch_one(&mut conn)
    .await
    .unwrap();
    assert_eq!(wrong, 0, "the table of what lies below what is the tree's");
}
