//! Processes that run: tasks a second, the way of one task, timers that fire together.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client::{self, Connection};
use crate::process::Program;
use crate::requests::request;

const SPAN: Duration = Duration::from_secs(2);
/// Tasks that wait for their timers.
const PARKED: usize = 100_000;
/// Tasks of one package.
const PACKAGE: usize = 100;

fn node(id: &str, kind: i64, logics: &Value, semaphors: &Value) -> Value {
    json!({ "id": id, "live": { "obj_type": kind, "title": id, "logics": logics, "semaphors": semaphors } })
}

fn go(to: &str) -> Value {
    json!({ "type": "go", "to_node_id": to })
}

/// A chain of `set_param` and conditions between start and final, so many nodes in all; finals keep nothing.
fn chain(id: i64, length: usize) -> Value {
    let name = |n: usize| format!("{id}-{n}");
    let nodes: Vec<Value> = (0..length)
        .map(|n| {
            let next = name(n + 1);
            let set = json!({ "type": "set_param", "extra": { "n": "$.math({{n}}+1)" }, "extra_type": { "n": "number" } });
            let when = json!({ "type": "go_if_const", "to_node_id": next, "conditions": [
                { "param": "n", "const": "-1", "fun": "more", "cast": "number" } ] });
            match n {
                0 => node(&name(0), 1, &json!([go(&next)]), &json!([])),
                n if n + 1 == length => {
                    let mut last = node(&name(n), 2, &json!([]), &json!([]));
                    last["live"]["options"] = json!({ "save_task": false });
                    last
                }
                n if n % 2 == 1 => node(&name(n), 0, &json!([set, go(&next)]), &json!([])),
                _ => node(&name(n), 0, &json!([when, go(&next)]), &json!([])),
            }
        })
        .collect();
    json!({ "id": id, "title": format!("Chain of {length}"), "nodes": nodes })
}

fn document() -> Value {
    let delay = json!([{ "type": "time", "value": 86_400, "dimension": "sec", "to_node_id": "f" }]);
    let wait = json!({ "id": 3, "title": "Wait a day", "nodes": [
        node("s", 1, &json!([go("d")]), &json!([])), node("d", 0, &json!([]), &delay), node("f", 2, &json!([]), &json!([])) ] });
    json!({ "standin": 1, "corezoid": { "convs": [chain(1, 5), chain(2, 12), wait] } })
}

fn create(conv: i64, tasks: usize) -> Vec<u8> {
    let op = json!({ "type": "create", "obj": "task", "conv_id": conv, "data": { "n": 1, "name": "Anna" } });
    let body = json!({ "ops": vec![op; tasks] }).to_string();
    let signature = standin::sign("1487321422", "secret", body.as_bytes());
    request("POST", &format!("/api/2/json/12345/1487321422/{signature}"), Some(&body))
}

async fn measure(program: &Program, name: &str, row: Vec<u8>, (tasks, connections): (usize, usize)) {
    client::drive(program.address, vec![row.clone()], SPAN / 10).await;
    let before = program.cpu_micros();
    let clients: Vec<_> = (0..connections)
        .map(|_| tokio::spawn(client::drive(program.address, vec![row.clone()], SPAN)))
        .collect();
    let mut times = Vec::new();
    for client in clients {
        times.extend(client.await.unwrap());
    }
    let mut figures = client::figures(times, SPAN);
    let done = figures.requests * tasks;
    figures.cpu = (program.cpu_micros() - before) / done.max(1) as f64;
    let per_second = done as f64 / SPAN.as_secs_f64();
    println!(
        "| {name} | {connections} | {per_second:.0} | {:.0} | {:.0} | {:.1} |",
        figures.p50, figures.p99, figures.cpu
    );
}

/// Gives a server its processes.
async fn fill(program: &Program) -> Connection {
    let mut connection = Connection::open(program.address).await;
    let document = document().to_string();
    let (status, answer) = connection.send(&request("PUT", "/_standin/state", Some(&document))).await;
    assert!(status < 300, "{}", String::from_utf8_lossy(&answer));
    connection
}

/// Prints what tasks cost.
pub(crate) fn report() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let start = || Program::start_with(&["--seed", "empty", "--clock", "frozen"]);
    println!(
        "\n| tasks, from create to final | conn. | tasks/s | p50 µs a request | p99 µs | CPU µs a task |"
    );
    println!("|---|---|---|---|---|---|");
    runtime.block_on(async {
        let program = start();
        fill(&program).await;
        for (name, conv, tasks) in [
            ("5 nodes, one task a request", 1, 1),
            ("12 nodes, one task a request", 2, 1),
            ("12 nodes, 100 tasks a request", 2, PACKAGE),
        ] {
            for connections in [1, 16] {
                measure(&program, name, create(conv, tasks), (tasks, connections)).await;
            }
        }
        drop(program);
        // Nothing but these tasks counts for the memory.
        let program = start();
        let mut connection = fill(&program).await;
        let package = create(3, PACKAGE);
        let timer = Instant::now();
        for _ in 0..PARKED / PACKAGE {
            let (status, _) = connection.send(&package).await;
            assert_eq!(status, 200);
        }
        let made = timer.elapsed();
        let timer = Instant::now();
        let advance = request("POST", "/_standin/clock/advance", Some(r#"{"by":"2d"}"#));
        let (status, answer) = connection.send(&advance).await;
        assert!(status < 300, "{}", String::from_utf8_lossy(&answer));
        println!(
            "\n{PARKED} tasks parked in {:.1} s; their timers fired on one advance in {:.1} s; peak memory {:.0} MB",
            made.as_secs_f64(),
            timer.elapsed().as_secs_f64(),
            program.peak()
        );
    });
}
