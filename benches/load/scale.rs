//! A tree of a thousand files next to one of a million, through the real program with a database.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client::{self, Connection, Figures};
use crate::process::Program;
use crate::requests::request;

const SPAN: Duration = Duration::from_secs(2);
const SMALL: usize = 1000;
const LARGE: usize = 1_000_000;
const FILES_A_FOLDER: usize = 100;
const FIRST: usize = 1000;
const MY: usize = 2;

/// A world of so many files, a hundred to a folder; every hundredth folder lies in "my documents", the rest in these.
fn document(empty: &Value, files: usize) -> String {
    let mut state = empty.clone();
    let folders = (0..files / FILES_A_FOLDER).map(|n| {
        let parent = if n % 100 == 0 { MY } else { FIRST + n / 100 * 100 };
        json!({ "id": FIRST + n, "parent": parent, "title": format!("Folder {n:05}") })
    });
    state["r7"]["folders"] = folders.collect();
    state["r7"]["files"] = json!("FILES");
    let list: Vec<String> = (0..files)
        .map(|n| {
            let folder = FIRST + n / FILES_A_FOLDER;
            format!(
                r#"{{"id":{},"folder":{folder},"title":"Report {n:07}.txt","created":"2026-01-02T03:04:05Z","text":"A line of text for file {n}, as long as a line is."}}"#,
                n + 1
            )
        })
        .collect();
    state.to_string().replace(r#""FILES""#, &format!("[{}]", list.join(",")))
}

/// Gives the answer and how long it took.
async fn send(program: &Program, request: &[u8]) -> (Vec<u8>, Duration) {
    let mut connection = Connection::open(program.address).await;
    let timer = Instant::now();
    let (status, answer) = connection.send(request).await;
    assert!(status < 300, "{status}: {}", String::from_utf8_lossy(&answer));
    (answer, timer.elapsed())
}

/// What is asked of both trees: in turn, in the sixth folder and the one after.
fn rows() -> Vec<(&'static str, Vec<Vec<u8>>)> {
    let (file, home) = (5 * FILES_A_FOLDER + 7, FIRST + 5);
    let go = |to: usize| {
        let body = json!({ "destFolderId": to, "fileIds": [file], "deleteAfter": true }).to_string();
        request("PUT", "/api/2.0/files/fileops/move", Some(&body))
    };
    let trash = request("DELETE", &format!("/api/2.0/files/file/{file}"), Some(r#"{"deleteAfter":true}"#));
    vec![
        ("listing of 100", vec![request("GET", &format!("/api/2.0/files/{home}"), None)]),
        ("file card", vec![request("GET", &format!("/api/2.0/files/file/{file}"), None)]),
        ("move", vec![go(home + 1), go(home)]),
        ("trash, move back (each request)", vec![trash, go(home)]),
    ]
}

async fn measure(program: &Program) -> Vec<Figures> {
    let mut all = Vec::new();
    for (_, requests) in rows() {
        client::drive(program.address, requests.clone(), SPAN / 10).await;
        // An even number of them ended there, or the next starts with what was done already: both are answered.
        let before = program.cpu_micros();
        let mut figures = client::figures(client::drive(program.address, requests, SPAN).await, SPAN);
        figures.cpu = (program.cpu_micros() - before) / figures.requests.max(1) as f64;
        all.push(figures);
    }
    all
}

/// Prints what a thousand times as many files cost: requests, import, disk, memory.
pub(crate) fn report() {
    let folder = std::env::temp_dir().join(format!("standin-scale-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let program = Program::start_with(&["--database", &path("data.db"), "--seed", "empty"]);
    let (figures, times, document) = runtime.block_on(async {
        let (empty, _) = send(&program, &request("GET", "/_standin/state", None)).await;
        let empty: Value = serde_json::from_slice(&empty).unwrap();
        let put = |files: usize| request("PUT", "/_standin/state", Some(&document(&empty, files)));
        send(&program, &put(SMALL)).await;
        let small = measure(&program).await;
        let large = put(LARGE);
        let cpu = program.cpu_micros();
        let (_, first) = send(&program, &large).await;
        let cpu = (program.cpu_micros() - cpu) / 1e6;
        println!("\nimport of {LARGE} files: {:.1} s, CPU {cpu:.1} s", first.as_secs_f64());
        let figures = (small, measure(&program).await);
        let (_, second) = send(&program, &large).await;
        (figures, (first, cpu, second), document(&empty, LARGE))
    });
    println!(
        "\n| request | {SMALL} files: p50 µs | CPU µs | {LARGE} files: p50 µs | CPU µs | ratio p50 | ratio CPU |"
    );
    println!("|---|---|---|---|---|---|---|");
    for ((name, _), (small, large)) in rows().iter().zip(figures.0.iter().zip(&figures.1)) {
        println!(
            "| {name} | {:.0} | {:.1} | {:.0} | {:.1} | {:.2} | {:.2} |",
            small.p50,
            small.cpu,
            large.p50,
            large.cpu,
            large.p50 / small.p50,
            large.cpu / small.cpu.max(0.1)
        );
    }
    let megabytes = |name: &str| std::fs::metadata(path(name)).unwrap().len() as f64 / 1e6;
    println!("\n| {LARGE} files with --database | |");
    println!("|---|---|");
    println!("| state document | {:.0} MB |", document.len() as f64 / 1e6);
    println!(
        "| PUT /_standin/state into a small world | {:.1} s (CPU {:.1} s) |",
        times.0.as_secs_f64(),
        times.1
    );
    println!("| the same over it | {:.1} s |", times.2.as_secs_f64());
    println!("| database | {:.0} MB |", megabytes("data.db"));
    println!("| memory at its highest | {:.0} MB |", program.peak());
    drop(program);
    std::fs::write(path("seed.json"), &document).unwrap();
    drop(document);
    let timer = Instant::now();
    let (database, seed) = (path("seeded.db"), path("seed.json"));
    let program = Program::start_with(&["--database", &database, "--seed", &seed]);
    println!("| start with it as --seed | {:.1} s |", timer.elapsed().as_secs_f64());
    println!("| memory at its highest | {:.0} MB |", program.peak());
    drop(program);
    let timer = Instant::now();
    drop(Program::start_with(&["--database", &path("data.db"), "--seed", "empty"]));
    println!("| start with that database | {:.0} ms |", timer.elapsed().as_secs_f64() * 1e3);
    std::fs::remove_dir_all(folder).unwrap();
}
