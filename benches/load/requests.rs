//! The rows of the table, and the world they need.

use serde_json::{Value, json};

use crate::servers::Stage;

const TOKEN: &str = "standin-admin-token";
const FILES_A_FOLDER: usize = 100;
/// As many as the most connections, so that each moves a file of its own.
const MOVERS: usize = 64;

/// One row: a name, and what each connection sends in turn.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    requests: Vec<Vec<Vec<u8>>>,
}

impl Row {
    fn same(name: &'static str, request: Vec<u8>) -> Self {
        Self { name, requests: vec![vec![request]] }
    }

    /// What the connection with that index sends in turn.
    pub(crate) fn requests(&self, index: usize) -> Vec<Vec<u8>> {
        self.requests[index % self.requests.len()].clone()
    }

    /// What standin answers to it, for the bare server to repeat.
    pub(crate) fn sample(&self, stage: &Stage) -> (u16, String, axum::body::Bytes) {
        let mut last = (0, Vec::new());
        for request in &self.requests[0] {
            last = stage.send(request);
            assert!(last.0 < 300, "{}: {}", self.name, String::from_utf8_lossy(&last.1));
        }
        (last.0, "application/json; charset=UTF-8".to_owned(), last.1.into())
    }
}

/// The world that the rows work in.
pub(crate) struct Scene {
    file: i64,
    folder: i64,
    target: i64,
    movers: Vec<i64>,
    convs: Vec<i64>,
}

pub(crate) fn request(verb: &str, path: &str, body: Option<&str>) -> Vec<u8> {
    let body = body.unwrap_or_default();
    let length = body.len();
    format!(
        "{verb} {path} HTTP/1.1\r\nHost: portal.test\r\nAuthorization: {TOKEN}\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

fn package(ops: &Value) -> Vec<u8> {
    let body = json!({ "ops": ops }).to_string();
    let signature = standin::sign("1487321422", "secret", body.as_bytes());
    request("POST", &format!("/api/2/json/12345/1487321422/{signature}"), Some(&body))
}

fn exchange(stage: &Stage, request: &[u8]) -> Value {
    let (status, body) = stage.send(request);
    let text = String::from_utf8_lossy(&body).into_owned();
    assert!(status < 300, "{status}: {text}");
    serde_json::from_str(&text).unwrap_or_default()
}

impl Scene {
    /// Makes folders, files and processes.
    pub(crate) fn set(stage: &Stage) -> Self {
        let id = |answer: Value| answer["response"]["id"].as_i64().expect("an id");
        let my = exchange(stage, &request("GET", "/api/2.0/files/@my", None));
        let my = my["response"]["current"]["id"].as_i64().unwrap();
        let folder = |title: &str| {
            let body = json!({ "title": title }).to_string();
            id(exchange(stage, &request("POST", &format!("/api/2.0/files/folder/{my}"), Some(&body))))
        };
        let file = |folder: i64, title: String| {
            let body = json!({ "title": title, "content": "A line of text for a file." }).to_string();
            id(exchange(stage, &request("POST", &format!("/api/2.0/files/{folder}/text"), Some(&body))))
        };
        let (listed, home, target) = (folder("Listed"), folder("Home"), folder("Target"));
        let files: Vec<i64> = (0..FILES_A_FOLDER).map(|n| file(listed, format!("Report {n:03}"))).collect();
        let movers = (0..MOVERS).map(|n| file(home, format!("Mover {n:02}"))).collect();
        let convs = (0..10)
            .map(|n| {
                let op = json!([{ "type": "create", "obj": "conv", "title": format!("Process {n}"), "description": "",
                    "conv_type": "process", "status": "actived", "create_mode": "without_nodes" }]);
                exchange(stage, &package(&op))["ops"][0]["obj_id"].as_i64().expect("a conv id")
            })
            .collect();
        Self { file: files[0], folder: listed, target, movers, convs }
    }

    /// A listing of 100.
    pub(crate) fn listing(&self) -> Row {
        Row::same("folder listing of 100", request("GET", &format!("/api/2.0/files/{}", self.folder), None))
    }

    /// Every row of the table.
    pub(crate) fn rows(&self) -> Vec<Row> {
        let modify =
            |conv: i64| json!({ "type": "modify", "obj": "conv", "obj_id": conv, "title": "Renamed" });
        let show = |conv: i64| json!({ "type": "show", "obj": "conv", "obj_id": conv });
        let ten: Vec<Value> = self.convs.iter().map(|conv| modify(*conv)).collect();
        let cycle = self.movers.iter().map(|file| {
            let body =
                json!({ "destFolderId": self.target, "fileIds": [file], "deleteAfter": true }).to_string();
            // A file in the trash comes back by the next move.
            vec![
                request("PUT", "/api/2.0/files/fileops/move", Some(&body)),
                request("DELETE", &format!("/api/2.0/files/file/{file}"), Some(r#"{"deleteAfter":true}"#)),
            ]
        });
        vec![
            Row::same("file card", request("GET", &format!("/api/2.0/files/file/{}", self.file), None)),
            self.listing(),
            Row::same("signed package, 1 op (show)", package(&json!([show(self.convs[0])]))),
            Row::same("signed package, 1 op (modify)", package(&json!([modify(self.convs[0])]))),
            Row::same("signed package, 10 ops (modify)", package(&json!(ten))),
            Row { name: "move + delete (each request)", requests: cycle.collect() },
        ]
    }

    /// Puts so many files into other folders, through the control API.
    pub(crate) fn crowd(stage: &Stage, files: usize) {
        let state = exchange(stage, &request("GET", "/_standin/state", None));
        let crowded = with_files(state, files);
        let (status, body) = stage.send(&request("PUT", "/_standin/state", Some(&crowded.to_string())));
        assert!(status == 204, "{status}: {}", String::from_utf8_lossy(&body));
    }
}

/// The same state with `count` more files, a hundred to a folder, copied from the first file and folder of the state.
fn with_files(mut state: Value, count: usize) -> Value {
    let r7 = &mut state["r7"];
    let highest = |list: &Value| {
        list.as_array().into_iter().flatten().filter_map(|entry| entry["id"].as_i64()).max().unwrap_or(1000)
    };
    let (mut next_folder, mut next_file) = (highest(&r7["folders"]), highest(&r7["files"]));
    let listed = |entry: &&Value| entry["title"] == "Listed";
    let folder = r7["folders"].as_array().unwrap().iter().find(listed).unwrap().clone();
    let file =
        r7["files"].as_array().unwrap().iter().find(|entry| entry["folder"] == folder["id"]).unwrap().clone();
    for n in 0..count {
        if n % 100 == 0 {
            next_folder += 1;
            let mut copy = folder.clone();
            copy["id"] = next_folder.into();
            copy["title"] = format!("Far {next_folder}").into();
            r7["folders"].as_array_mut().unwrap().push(copy);
        }
        next_file += 1;
        let mut copy = file.clone();
        copy["id"] = next_file.into();
        copy["folder"] = next_folder.into();
        r7["files"].as_array_mut().unwrap().push(copy);
    }
    // Where the document carries its counters, they follow the ids.
    state
}
