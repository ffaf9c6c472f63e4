//! `kill -9` while processes run: no task is lost, none is doubled.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::program::Program;
use crate::support::socket::{Socket, call, request};
use crate::support::temp::TempDir;

fn go(to: &str) -> Value {
    json!({ "type": "go", "to_node_id": to })
}

fn sum(id: &str) -> Value {
    json!({ "type": "api_sum", "extra": [{ "id": id, "name": id, "value": "1" }] })
}

fn nodes(rows: &Value) -> Value {
    let node = |row: &Value| {
        json!({ "id": row[0], "live": { "obj_type": row[1], "title": row[0], "logics": row[2],
            "semaphors": row.get(3).cloned().unwrap_or(json!([])) } })
    };
    rows.as_array().unwrap().iter().map(node).collect()
}

/// Process 1 counts its tasks, copies them to 2, calls 3, runs a script, calls a server, waits, and counts them again.
fn document() -> Value {
    let copy = json!({ "type": "api_copy", "mode": "create", "conv_id": 2, "ref": "c{{n}}", "data": {}, "data_type": {},
                       "group": "all", "err_node_id": "lost" });
    let rpc = json!({ "type": "api_rpc", "conv_id": 3, "extra": {}, "extra_type": {}, "group": "all", "err_node_id": "lost" });
    let code =
        json!({ "type": "api_code", "lang": "js", "src": "data.k = data.n * 2", "err_node_id": "lost" });
    let api = json!({ "type": "api", "method": "GET", "url": "http://shop.test/{{n}}", "format": "", "extra": {},
                      "extra_type": {}, "send_sys": false, "err_node_id": "lost" });
    let after = |seconds: u32, to: &str| json!([{ "type": "time", "value": seconds, "dimension": "sec", "to_node_id": to }]);
    let reply = json!({ "type": "api_rpc_reply", "mode": "key_value", "res_data": { "twice": "$.math({{n}}*2)" },
                        "res_data_type": { "twice": "number" } });
    json!({ "standin": 1, "corezoid": { "convs": [
        { "id": 1, "title": "P1", "nodes": nodes(&json!([
            ["start", 1, [go("in")]],
            ["in", 0, [sum("in"), go("copy")]],
            ["copy", 0, [copy, go("call")]],
            ["call", 0, [rpc, go("code")]],
            ["code", 0, [code, go("api")]],
            ["api", 0, [api, go("delay")]],
            ["delay", 0, [], after(60, "out")],
            ["out", 0, [sum("out"), go("final")]],
            ["final", 2, []],
            ["lost", 2, []],
        ])) },
        { "id": 2, "title": "P2", "nodes": nodes(&json!([
            ["2start", 1, [go("2sum")]], ["2sum", 0, [sum("copied"), go("2final")]], ["2final", 2, []],
        ])) },
        { "id": 3, "title": "P3", "nodes": nodes(&json!([
            ["3start", 1, [go("3delay")]],
            ["3delay", 0, [], after(30, "3reply")],
            ["3reply", 0, [sum("called"), reply, go("3final")]],
            ["3final", 2, []],
        ])) },
        { "id": 4, "title": "Counters", "nodes": nodes(&json!([
            ["4start", 1, [go("4read")]],
            ["4read", 0, [{ "type": "set_param",
                "extra": { "in": "{{node[in].in}}", "out": "{{node[out].out}}", "copied": "{{node[2sum].copied}}",
                           "called": "{{node[3reply].called}}" },
                "extra_type": { "in": "number", "out": "number", "copied": "number", "called": "number" } }, go("4final")]],
            ["4final", 2, []],
        ])) },
    ] } })
}

/// Makes tasks until the server is gone; those that it acknowledged.
fn make_tasks(address: SocketAddr, next: &AtomicUsize, acknowledged: &Mutex<BTreeSet<usize>>) {
    let mut socket = Socket::connect(address);
    loop {
        let n = next.fetch_add(1, Ordering::SeqCst);
        let op = json!({ "type": "create", "obj": "task", "conv_id": 1, "ref": n.to_string(), "data": { "n": n } });
        let body = json!({ "ops": [op] }).to_string();
        let head = format!("POST /api/2/json/12345/1/{}", standin::sign("1", "secret", body.as_bytes()));
        if socket.try_send(&request(&head, body.as_bytes())).is_err() {
            return;
        }
        let Ok(answer) = socket.try_answer(false) else { return };
        assert_eq!(answer.expect(200).json()["ops"][0]["proc"], "ok");
        acknowledged.lock().unwrap().insert(n);
    }
}

/// Moves the clock on until the server is gone.
fn move_clock(address: SocketAddr) {
    let mut socket = Socket::connect(address);
    loop {
        let body = br#"{"by":"7s"}"#;
        if socket.try_send(&request("POST /_standin/clock/advance", body)).is_err()
            || socket.try_answer(false).is_err()
        {
            return;
        }
    }
}

/// The tasks of a process.
fn tasks(state: &Value, conv: i64) -> Vec<Value> {
    let convs = state["corezoid"]["convs"].as_array().unwrap();
    let conv = convs.iter().find(|found| found["id"] == conv).unwrap();
    conv["tasks"].as_array().cloned().unwrap_or_default()
}

#[test]
fn no_task_is_lost_or_doubled_by_kill_9() {
    let temp = TempDir::new();
    let path = temp.join("data.db");
    let seed = temp.write("seed.json", document().to_string());
    let args = [
        "--database",
        path.to_str().unwrap(),
        "--quiet",
        "--seed",
        seed.to_str().unwrap(),
        "--clock",
        "frozen",
    ];
    let acknowledged: Mutex<BTreeSet<usize>> = Mutex::default();
    let next = AtomicUsize::new(0);
    let mut program = Program::start(&args);
    let stubs = json!({ "stubs": [{ "url": "http://shop.test/*", "answer": { "body": { "bought": true } }, "delay": 5000 }] });
    call(program.address, "PUT /_standin/outbound", &stubs.to_string()).expect(204);
    for round in 0..6_u64 {
        let address = program.address;
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| make_tasks(address, &next, &acknowledged));
            }
            scope.spawn(|| move_clock(address));
            // By what was done, not by time alone: a busy machine makes few tasks in a second.
            let enough = 5 * (usize::try_from(round).unwrap() + 1);
            for _ in 0..6_000 {
                if acknowledged.lock().unwrap().len() >= enough {
                    break;
                }
                std::thread::sleep(Duration::from_millis(10));
            }
            std::thread::sleep(Duration::from_millis(50 + 41 * round));
            program.signal("KILL");
        });
        program.kill();
        program = Program::start(&args);
    }
    let address = program.address;
    call(address, "POST /_standin/clock/advance", r#"{"by":"1h"}"#).expect(200);
    // What the last start has found under way goes on beside the requests; whoever moves the clock finds it done.
    let state = call(address, "GET /_standin/state", "").expect(200).json();
    let counters =
        call(address, "POST /_standin/corezoid/run", r#"{"process":4}"#).expect(200).json()["data"].clone();
    let all = tasks(&state, 1);
    let mut refs = BTreeSet::new();
    for task in &all {
        assert_eq!((&task["node"], &task["status"]), (&json!("final"), &json!("processed")), "{task}");
        let n = task["data"]["n"].as_u64().unwrap();
        assert_eq!(task["data"]["bought"], true, "{task}");
        assert_eq!((&task["data"]["k"], &task["data"]["twice"]), (&json!(n * 2), &json!(n * 2)), "{task}");
        assert!(refs.insert(usize::try_from(n).unwrap()), "task {n} is there twice");
    }
    let acknowledged = acknowledged.lock().unwrap();
    assert!(acknowledged.len() > 20, "too few tasks to say anything: {}", acknowledged.len());
    let lost: Vec<_> = acknowledged.difference(&refs).collect();
    assert!(lost.is_empty(), "acknowledged, and gone: {lost:?}");
    for conv in [2, 3] {
        let mut made: BTreeMap<u64, usize> = BTreeMap::new();
        for task in tasks(&state, conv) {
            *made.entry(task["data"]["n"].as_u64().unwrap()).or_default() += 1;
        }
        assert_eq!(made.len(), all.len(), "process {conv}");
        assert!(made.values().all(|times| *times == 1), "process {conv}: {made:?}");
    }
    let n = all.len();
    assert_eq!(counters, json!({ "in": n, "out": n, "copied": n, "called": n }));
}
