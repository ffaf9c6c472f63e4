//! Processes in bulk: large exports and imports, long packages, a folder in a crowd.

use std::io::Write as _;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client::{self, Connection};
use crate::process::Program;
use crate::requests::request;

const SPAN: Duration = Duration::from_secs(2);
const NODES: usize = 1000;
const LISTED: usize = 100;
const CROWDS: [usize; 2] = [1000, 100_000];
/// Bytes of the archive that is imported, at least.
const ARCHIVE: usize = 10 << 20;

fn signed(family: &str, body: &[u8]) -> String {
    let signature = standin::sign("1487321422", "secret", body);
    format!("/api/2/{family}/12345/1487321422/{signature}")
}

fn package(family: &str, ops: &Value) -> Vec<u8> {
    let body = json!({ "ops": ops }).to_string();
    request("POST", &signed(family, body.as_bytes()), Some(&body))
}

/// One folder of a hundred processes, one of a thousand nodes, and so many others in other folders.
fn document(crowd: usize) -> Value {
    let far = (0..=crowd / LISTED).map(|n| json!({ "id": 10 + n, "title": format!("Far {n}") }));
    let mut folders = vec![json!({ "id": 1, "title": "Listed" })];
    folders.extend(far);
    let conv =
        |id: usize, folder: usize| json!({ "id": id, "folder": folder, "title": format!("Process {id}") });
    let mut convs: Vec<Value> = (0..LISTED).map(|n| conv(2 + n, 1)).collect();
    convs.extend((0..crowd).map(|n| conv(1000 + n, 10 + n / LISTED)));
    let node = |n: usize| {
        let logics = json!([{ "type": "api_copy", "conv_id": 2, "data": { "key": "{{value}}" } }, { "type": "go", "to_node_id": format!("node {}", (n + 1) % NODES) }]);
        json!({ "id": format!("node {n}"), "live": { "obj_type": 0, "title": format!("Node {n}"), "logics": logics } })
    };
    let mut large = conv(1, 0);
    large["nodes"] = (0..NODES).map(node).collect();
    convs.push(large);
    json!({ "standin": 1, "corezoid": { "folders": folders, "convs": convs } })
}

/// An archive of processes whose code does not pack well.
fn archive() -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let mut state = 1_u64;
    let mut written = 0;
    for id in 1.. {
        let src: String = (0..64 << 10)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                char::from(b' ' + u8::try_from(state >> 58).unwrap_or_default())
            })
            .collect();
        let logics =
            json!([{ "type": "api_code", "lang": "js", "src": src }, { "type": "go", "to_node_id": "f" }]);
        let nodes = json!([{ "id": "c", "obj_type": 0, "condition": { "logics": logics } }, { "id": "f", "obj_type": 2 }]);
        let conv = json!({ "obj_type": 1, "obj_id": id, "parent_id": 0, "title": format!("P {id}"), "scheme": { "nodes": nodes } });
        zip.start_file(format!("{id}_P.conv.json"), zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(conv.to_string().as_bytes()).unwrap();
        // Six bits of a letter of eight are left.
        written += (64 << 10) * 6 / 8;
        if written > ARCHIVE {
            break;
        }
    }
    zip.finish().unwrap().into_inner()
}

fn upload(file: &[u8]) -> Vec<u8> {
    let part = |name: &str, value: &str| {
        format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let mut body = [part("obj", "obj_scheme"), part("folder_id", "0")].concat().into_bytes();
    body.extend_from_slice(
        b"--edge\r\nContent-Disposition: form-data; name=\"scheme\"; filename=\"a.zip\"\r\n\r\n",
    );
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--edge--\r\n");
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: portal.test\r\nContent-Type: multipart/form-data; boundary=edge\r\nContent-Length: {}\r\n\r\n",
        signed("upload", &body),
        body.len()
    );
    [head.as_bytes(), &body].concat()
}

async fn send(program: &Program, request: &[u8]) -> (Vec<u8>, Duration) {
    let mut connection = Connection::open(program.address).await;
    let timer = Instant::now();
    let (status, answer) = connection.send(request).await;
    assert!(status < 300, "{status}: {}", String::from_utf8_lossy(&answer));
    (answer, timer.elapsed())
}

async fn measure(program: &Program, name: &str, row: Vec<u8>) {
    client::drive(program.address, vec![row.clone()], SPAN / 10).await;
    let before = program.cpu_micros();
    let mut figures = client::figures(client::drive(program.address, vec![row], SPAN).await, SPAN);
    figures.cpu = (program.cpu_micros() - before) / figures.requests.max(1) as f64;
    println!("| {name} | {:.0} | {:.0} | {:.1} |", figures.p50, figures.p99, figures.cpu);
}

/// Prints what bulk costs.
pub(crate) fn report() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let program = Program::start_with(&["--seed", "empty"]);
    println!("\n| processes in bulk | p50 µs | p99 µs | CPU µs |");
    println!("|---|---|---|---|");
    runtime.block_on(async {
        for crowd in CROWDS {
            let document = document(crowd).to_string();
            send(&program, &request("PUT", "/_standin/state", Some(&document))).await;
            let list = package("json", &json!([{ "type": "list", "obj": "folder", "obj_id": 1 }]));
            measure(&program, &format!("list of a folder of {LISTED} among {crowd} processes"), list).await;
        }
        let export = json!([{ "obj": "obj_scheme", "obj_type": "conv", "obj_id": 1, "format": "json" }]);
        measure(&program, &format!("export of a process of {NODES} nodes"), package("download", &export))
            .await;
        let ops: Vec<Value> = (0..100)
            .map(|n| json!({ "type": "modify", "obj": "conv", "obj_id": 2 + n % LISTED, "title": "Renamed" }))
            .collect();
        measure(&program, "package of 100 ops (modify)", package("json", &json!(ops))).await;
        let file = archive();
        let (answer, time) = send(&program, &upload(&file)).await;
        let answer: Value = serde_json::from_slice(&answer).unwrap();
        let made = answer["ops"][0]["scheme"].as_array().expect("an import").len();
        let (size, ms) = (file.len() as f64 / 1e6, time.as_secs_f64() * 1e3);
        println!("\nimport of a zip of {size:.1} MB ({made} processes): {ms:.0} ms");
    });
}
