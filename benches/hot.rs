//! `cargo bench --bench hot`: the parts that every request passes, without sockets.
#![expect(clippy::unwrap_used, reason = "a bench that cannot go on should stop where it is")]

use axum::body::Body;
use axum::http::Request;
use divan::Bencher;
use serde_json::{Value, json};
use standin::{Seed, Server, hot};

fn main() {
    divan::main();
}

/// A listing of 100 files, as the portal answers it.
fn listing() -> Value {
    let person = json!({ "id": "00000000-0000-0000-0000-000000000000", "displayName": "Mike Zanyatski",
        "avatarSmall": "/skins/default/images/default_user_photo_size_32-32.png", "profileUrl": "" });
    let files: Vec<Value> = (0..100)
        .map(|id| {
            json!({ "folderId": 2, "version": 1, "versionGroup": 1, "contentLength": "12.06 KB",
                "pureContentLength": 12345, "fileStatus": 0,
                "viewUrl": format!("http://portal.test/Products/Files/HttpHandlers/filehandler.ashx?action=download&fileid={id}"),
                "fileType": 7, "fileExst": ".txt", "comment": null, "id": id, "title": format!("Отчёт {id}.txt"),
                "access": 0, "shared": false, "rootFolderType": 5, "updatedBy": person,
                "created": "2022-10-08T15:03:33.3205005Z", "createdBy": person, "updated": "2022-10-08T15:03:33.3205005Z" })
        })
        .collect();
    json!({ "count": 100, "status": 0, "statusCode": 200, "response": { "files": files, "folders": [] } })
}

#[divan::bench]
fn render_100_files_json(bencher: Bencher<'_, '_>) {
    let document = listing();
    bencher.bench(|| hot::render_json(&document));
}

#[divan::bench]
fn render_100_files_xml(bencher: Bencher<'_, '_>) {
    let document = listing();
    bencher.bench(|| hot::render_xml(&document));
}

#[divan::bench]
fn bind_move_of_10_files(bencher: Bencher<'_, '_>) {
    let body = json!({ "destFolderId": "2", "fileIds": (0..10).collect::<Vec<_>>(), "deleteAfter": true })
        .to_string();
    bencher.bench(|| hot::bind_move(body.as_bytes()));
}

#[divan::bench(args = [100, 10_000])]
fn sign_bytes(bencher: Bencher<'_, '_>, length: usize) {
    let body = vec![b'x'; length];
    bencher.bench(|| standin::sign("1487321422", "secret", &body));
}

/// A signed package of 10 ops that write nothing: signature, parsing, table, rendering.
#[divan::bench]
fn dispatch_10_ops(bencher: Bencher<'_, '_>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let server = runtime.block_on(Server::builder().seed(Seed::Empty).start()).unwrap();
    let ops: Vec<Value> =
        (0..10).map(|n| json!({ "id": n, "type": "show", "obj": "conv", "obj_id": n })).collect();
    let body = json!({ "ops": ops }).to_string();
    let signature = standin::sign("1487321422", "secret", body.as_bytes());
    let path = format!("/api/2/json/12345/1487321422/{signature}");
    bencher.bench_local(|| {
        let request = Request::post(&path).body(Body::from(body.clone())).unwrap();
        runtime.block_on(server.call(request)).status()
    });
}

/// The walk of a task through ten nodes that set a parameter or look at one: no storage, no clock.
#[divan::bench]
fn walk_10_nodes(bencher: Bencher<'_, '_>) {
    let name = |n: usize| format!("node {n}");
    let nodes: Vec<Value> = (0..12)
        .map(|n| {
            let go = json!({ "type": "go", "to_node_id": name(n + 1) });
            let set = json!({ "type": "set_param", "extra": { "n": "$.math({{n}}+1)" }, "extra_type": { "n": "number" } });
            let when = json!({ "type": "go_if_const", "to_node_id": name(n + 1), "conditions": [
                { "param": "n", "const": "-1", "fun": "more", "cast": "number" } ] });
            let (kind, logics) = match n {
                0 => (1, json!([go])),
                11 => (2, json!([])),
                n if n % 2 == 1 => (0, json!([set, go])),
                _ => (0, json!([when, go])),
            };
            json!([name(n), { "obj_type": kind, "logics": logics }])
        })
        .collect();
    let process = hot::Process::read(&Value::Array(nodes)).unwrap();
    let data = json!({ "n": 1, "name": "Anna" }).as_object().cloned().unwrap();
    assert_eq!(process.walk("node 0", &data), 12);
    bencher.counter(divan::counter::ItemsCount::new(12_u32)).bench(|| process.walk("node 0", &data));
}

/// Code nodes, from data to data, each in an engine of its own.
#[divan::bench(args = ["data.sum = data.items.reduce((sum, item) => sum + item.price, 0)",
    "data.at = new Date().toISOString()",
    "require('libs/hmac-sha256.js'); data.sign = CryptoJS.HmacSHA256(JSON.stringify(data), 'key').toString()"])]
fn run_script(bencher: Bencher<'_, '_>, source: &str) {
    let items: Vec<Value> =
        (0..10).map(|n| json!({ "id": n, "title": "a thing", "price": n * 10 })).collect();
    let data = json!({ "client": "Anna", "items": items }).as_object().cloned().unwrap();
    assert!(hot::run_script(source, &data));
    bencher.counter(divan::counter::ItemsCount::new(1_u32)).bench(|| hot::run_script(source, &data));
}
