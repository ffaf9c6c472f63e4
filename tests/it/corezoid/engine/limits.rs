//! Limits and defaults, row by row (sheet corezoid/engine 8).

use std::path::Path;

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use standin::{ClockStart, EngineOptions, Settings};

use super::{Convs, advance, control, create, data, go, nodes, place};
use crate::corezoid::sync::{form, upload};
use crate::support::{App, NOW, builder, seed, source};

/// What the sheet calls it, and the test that holds it; or why there is none.
const ROWS: &[(&str, &str)] = &[
    ("Task size", "the_size_of_a_task_holds_wherever_data_comes_in"),
    ("Live tasks per process", "a_process_holds_no_more_tasks_than_its_limit"),
    ("ref length", "a_reference_has_255_characters_wherever_it_comes_from"),
    ("Title / description of node", "what_is_missing_or_wrong_in_an_op_is_named"),
    ("Literal timer minimum", "a_timer_under_thirty_seconds_is_refused"),
    ("Callback, Set State timer", "none: the user interface writes it into the node"),
    ("API wait", "a_call_waits_a_minute_for_its_answer"),
    ("max_threads", "a_node_has_five_threads_and_two_hundred_at_most"),
    ("Code time", "every_option_does_what_it_says"),
    ("Git Call", "none: it is not executed here"),
    ("DB timeout", "the_timeout_of_a_database_is_half_a_minute_at_most"),
    ("Loop guard", "every_option_does_what_it_says"),
    ("Array index in a written key", "what_cannot_be_written_is_said"),
    ("Count semaphor", "a_count_semaphor_counts_to_thirty_unless_it_says_another_number"),
    ("Sync API", "a_result_that_is_posted_in_time_is_the_answer"),
    ("Request rate", "none: nobody is slowed down, as the sheet advises"),
    ("CSV in / out", "a_file_of_tasks_has_fifty_thousand_rows_at_most"),
    ("Call depth, number of nodes per process", "a_process_of_ten_thousand_nodes_runs"),
];

#[test]
fn every_row_is_held_by_a_test_that_is_there() {
    let folders = ["src/corezoid", "tests/it/corezoid"];
    let texts: Vec<String> =
        folders.iter().flat_map(|folder| source::files(folder, ".rs")).map(|file| file.text).collect();
    for (row, test) in ROWS.iter().filter(|(_, test)| !test.starts_with("none: ")) {
        let head = format!("fn {test}()");
        assert!(texts.iter().any(|text| text.contains(&head)), "{row}: there is no test {test}");
    }
}

#[test]
fn every_row_of_the_sheet_is_listed() {
    let sheet = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference/corezoid/engine.md");
    let Ok(sheet) = std::fs::read_to_string(sheet) else { return };
    let from = sheet.find("\n## 8. ").unwrap();
    let until = sheet.find("\n## 9. ").unwrap();
    let rows = sheet[from..until].lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    let listed: Vec<&str> = ROWS.iter().map(|row| row.0).collect();
    assert_eq!(rows.skip(1).collect::<Vec<_>>(), listed);
}

async fn app(options: &[(&str, &str)], convs: Convs) -> App {
    let mut engine = EngineOptions::default();
    for (option, value) in options {
        engine.set(option, value).unwrap();
    }
    let settings = Settings { engine, clock: ClockStart::Frozen(Some(NOW)), ..Settings::default() };
    App::of(builder().settings(settings).seed(seed(convs.document()))).await
}

/// `s → a(logic) → f`, errors to `e`.
fn one(id: i64, mut logic: Value) -> Value {
    let name = |name: &str| format!("{id}{name}");
    logic["err_node_id"] = json!(name("e"));
    json!([
        [name("s"), 1, [go(&name("a"))]],
        [name("a"), 0, [logic, go(&name("f"))]],
        [name("f"), 2, []],
        [name("e"), 2, []]
    ])
}

/// Tasks wait here for a minute.
fn waiting(id: i64) -> Value {
    let name = |name: &str| format!("{id}{name}");
    let timer = json!([{ "type": "time", "value": 60, "dimension": "sec", "to_node_id": name("f") }]);
    json!([[name("s"), 1, [go(&name("w"))]], [name("w"), 0, [{ "type": "api_callback" }, go(&name("f"))], timer],
           [name("f"), 2, []]])
}

async fn post(app: &App, path: &str, body: String) -> String {
    let request = Request::post(path).header("content-type", "application/json");
    app.send(request.body(Body::from(body)).unwrap()).await.text().to_owned()
}

async fn tag(app: &App, conv: i64, area: &str) -> String {
    let id = create(app, conv, "", json!({ "b": "x".repeat(600) })).await;
    assert_eq!(place(app, conv, &id).await, format!("{conv}e processed"));
    let left = data(app, conv, &id).await;
    left[format!("__conveyor_{area}_return_type_tag__")].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_size_of_a_task_holds_wherever_data_comes_in() {
    let more = "y".repeat(600);
    let copy = json!({ "type": "api_copy", "mode": "create", "conv_id": 1, "ref": "", "group": "all",
                       "data": { "c": more }, "data_type": { "c": "string" } });
    let modify = json!({ "type": "api_copy", "mode": "modify", "conv_id": 1, "ref": "r", "group": "all",
                         "data": { "c": more }, "data_type": { "c": "string" } });
    let call = json!({ "type": "api_rpc", "conv_id": 1, "group": "all", "extra": { "c": more }, "extra_type": { "c": "string" } });
    let set = json!({ "type": "set_param", "extra": { "c": more }, "extra_type": { "c": "string" } });
    let hash = "a".repeat(40);
    let convs = Convs::new()
        .with(json!({ "id": 1, "title": "P1", "hash": hash, "nodes": nodes(&waiting(1)) }))
        .process(2, &one(2, copy))
        .process(3, &one(3, modify))
        .process(4, &one(4, call))
        .process(5, &one(5, set));
    let app = app(&[("task_size", "1000")], convs).await;
    let said = "Max available task size: 1000 bytes";
    let large = json!({ "a": "x".repeat(2_000) });
    let waits = create(&app, 1, "r", json!({ "a": "x".repeat(600) })).await;
    let before = app.state().await;
    let op = |kind: &str, reference: &str, data: &Value| {
        json!({ "type": kind, "obj": "task", "conv_id": 1, "ref": reference, "data": data }).to_string()
    };
    let ops = |op: &str, more: &str| format!("{{{more}\"ops\":[{op}]}}");
    let signed = async |family: &str, body: String| app.key().package(family, &body).await.text().to_owned();
    let created = op("create", "new", &large);
    for (way, answer) in [
        ("create", signed("json", ops(&created, "")).await),
        ("modify", signed("json", ops(&op("modify", "r", &json!({ "b": more })), "")).await),
        ("sync API", signed("json", ops(&created, "\"timeout\":1,")).await),
        ("direct URL", post(&app, &format!("/api/1/json/public/1/{hash}"), large.to_string()).await),
        (
            "callback",
            post(&app, &format!("/api/1/plugins/callback/1w/{waits}"), json!({ "b": more }).to_string())
                .await,
        ),
        (
            "run",
            post(&app, "/_standin/corezoid/run", json!({ "process": 1, "data": large }).to_string()).await,
        ),
    ] {
        assert!(answer.contains(said), "{way}: {answer}");
    }
    let file = format!("a\n{}\nshort\n", "x".repeat(2_000));
    let answer = upload(&app, &form(&[("conv_id", "1")]), Some(file.as_bytes())).await.json();
    assert_eq!(
        (&answer["ops"][0]["ok_count"], &answer["ops"][0]["err_count"]),
        (&json!(1), &json!(1)),
        "{answer}"
    );
    for (conv, area, expected) in [
        (2, "copy_task", "copy_task_size_overflow_limit"),
        (3, "copy_task", "copy_task_size_overflow_limit"),
        (4, "rpc", "rpc_task_size_overflow"),
        (5, "set_param", "set_param_size_overflow"),
    ] {
        assert_eq!(tag(&app, conv, area).await, expected, "{conv}");
    }
    assert_eq!(data(&app, 1, &waits).await, json!({ "a": "x".repeat(600) }));
    let mut state = before;
    state["corezoid"]["convs"][0]["tasks"][0]["data"] = json!({ "a": "x".repeat(40_000) });
    let request = Request::put("/_standin/state").body(state.to_string().into()).unwrap();
    let answer = app.send(request).await;
    assert!(answer.text().contains("Your task size: 40008 bytes"), "{}", answer.print());
}

#[tokio::test]
async fn a_process_holds_no_more_tasks_than_its_limit() {
    let copy = json!({ "type": "api_copy", "mode": "create", "conv_id": 1, "ref": "", "group": "", "data": { "c": "1" },
                       "data_type": { "c": "string" } });
    let convs = Convs::new()
        .process(1, &waiting(1))
        .process(2, &waiting(2))
        .diagram(3, &waiting(3))
        .process(4, &one(4, copy));
    let app = app(&[("live_tasks", "3")], convs).await;
    let made = async |conv: i64| {
        let op = json!({ "type": "create", "obj": "task", "conv_id": conv, "data": {} });
        let answer = app.key().op(op).await;
        answer["description"].as_str().unwrap_or("ok").to_owned()
    };
    let full = "Maximum quantity of tasks in one process - 3";
    for expected in ["ok", "ok", "ok", full, full] {
        assert_eq!(made(1).await, expected);
    }
    for _ in 0..5 {
        assert_eq!(made(3).await, "ok", "a state diagram has no such limit");
    }
    assert_eq!(tag(&app, 4, "copy_task").await, "conveyor_is_not_active");
    let answer = upload(&app, &form(&[("conv_id", "2")]), Some(b"a\n1\n2\n3\n4\n5\n")).await.json();
    assert_eq!(
        (&answer["ops"][0]["ok_count"], &answer["ops"][0]["err_count"]),
        (&json!(3), &json!(2)),
        "{answer}"
    );
    assert_eq!(made(2).await, full);
    advance(&app, "60s").await;
    for conv in [1, 2] {
        assert_eq!(made(conv).await, "ok", "those that have ended do not count");
    }
}

#[tokio::test]
async fn a_reference_has_255_characters_wherever_it_comes_from() {
    let copy = json!({ "type": "api_copy", "mode": "create", "conv_id": 1, "ref": "{{r}}", "group": "", "data": { "c": "1" },
                       "data_type": { "c": "string" } });
    let app = app(&[], Convs::new().process(1, &waiting(1)).process(2, &one(2, copy))).await;
    for (length, node) in [(255, "2f processed"), (256, "2e processed")] {
        let id = create(&app, 2, "", json!({ "r": "я".repeat(length) })).await;
        assert_eq!(place(&app, 2, &id).await, node, "{length}");
        if length == 256 {
            assert_eq!(data(&app, 2, &id).await["__conveyor_copy_task_return_type_tag__"], "crash_api");
        }
    }
    let file = format!("id\n{}\n{}\n", "a".repeat(255), "b".repeat(256));
    let fields = form(&[("conv_id", "1"), ("reference_col_name", "id")]);
    let answer = upload(&app, &fields, Some(file.as_bytes())).await.json();
    assert_eq!(
        (&answer["ops"][0]["ok_count"], &answer["ops"][0]["err_count"]),
        (&json!(1), &json!(1)),
        "{answer}"
    );
    let order = json!({ "process": 1, "ref": "c".repeat(256) }).to_string();
    assert!(post(&app, "/_standin/corezoid/run", order).await.contains("ref: 1 to 255 characters"));
}

/// A call to a server that is stubbed.
fn call(more: &Value) -> Value {
    let mut logic = json!({ "type": "api", "method": "POST", "url": "http://slow.test/", "format": "", "extra": {},
                            "extra_type": {}, "content_type": "application/json", "send_sys": false });
    logic.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    logic
}

async fn ended(app: &App, conv: i64, tasks: &[String]) -> usize {
    let mut ended = 0;
    for task in tasks {
        ended += usize::from(place(app, conv, task).await == format!("{conv}f processed"));
    }
    ended
}

#[tokio::test]
async fn a_call_waits_a_minute_for_its_answer() {
    let app = app(&[], Convs::new().process(1, &one(1, call(&json!({}))))).await;
    for stub in [
        json!({ "url": "http://slow.test/", "failure": "timeout" }),
        json!({ "url": "http://slow.test/", "answer": { "body": {} }, "delay": 60_000 }),
    ] {
        control(&app, "PUT", "/_standin/outbound", &json!({ "stubs": [stub] })).await;
        let id = create(&app, 1, "", json!({})).await;
        advance(&app, "59s").await;
        assert_eq!(place(&app, 1, &id).await, "1a processing");
        advance(&app, "1s").await;
        assert_eq!(place(&app, 1, &id).await, "1e processed");
        assert_eq!(data(&app, 1, &id).await["__conveyor_api_return_description__"], "timeout");
    }
}

#[tokio::test]
async fn a_node_has_five_threads_and_two_hundred_at_most() {
    let convs = Convs::new()
        .process(1, &one(1, call(&json!({}))))
        .process(2, &one(2, call(&json!({ "max_threads": 1000 }))));
    let app = app(&[], convs).await;
    let stubs =
        json!({ "stubs": [{ "url": "http://slow.test/", "answer": { "body": {} }, "delay": 10_000 }] });
    control(&app, "PUT", "/_standin/outbound", &stubs).await;
    for (conv, threads) in [(1, 5), (2, 200)] {
        let mut tasks = Vec::new();
        for _ in 0..=threads {
            tasks.push(create(&app, conv, "", json!({})).await);
        }
        advance(&app, "10s").await;
        assert_eq!(ended(&app, conv, &tasks).await, threads, "one waits for a thread");
        advance(&app, "10s").await;
        assert_eq!(ended(&app, conv, &tasks).await, threads + 1);
    }
}

/// sheet corezoid/engine 6.4: `api_expire_query`.
#[tokio::test]
async fn a_call_that_gets_no_thread_for_a_minute_expires() {
    let app = app(&[], Convs::new().process(1, &one(1, call(&json!({ "max_threads": 1 }))))).await;
    let stubs =
        json!({ "stubs": [{ "url": "http://slow.test/", "answer": { "body": {} }, "delay": 40_000 }] });
    control(&app, "PUT", "/_standin/outbound", &stubs).await;
    let mut tasks = Vec::new();
    for _ in 0..3 {
        tasks.push(create(&app, 1, "", json!({})).await);
    }
    advance(&app, "60s").await;
    assert_eq!(place(&app, 1, &tasks[0]).await, "1f processed");
    assert_eq!(place(&app, 1, &tasks[1]).await, "1a processing");
    assert_eq!(place(&app, 1, &tasks[2]).await, "1e processed");
    let left = data(&app, 1, &tasks[2]).await;
    assert_eq!(left["__conveyor_api_return_type_tag__"], "api_expire_query");
    assert_eq!(left["__conveyor_api_return_type_error__"], "hardware");
    advance(&app, "20s").await;
    assert_eq!(place(&app, 1, &tasks[1]).await, "1f processed");
}

#[tokio::test]
async fn the_timeout_of_a_database_is_half_a_minute_at_most() {
    let app = App::empty().await;
    for (timeout, proc) in [(30_000, "ok"), (30_001, "error")] {
        let op = json!({ "type": "create", "obj": "instance", "instance_type": "db_call", "title": "DB", "data": {
            "driver": "postgres", "database": "d", "host": "h", "port": 5432, "username": "u", "password": "p",
            "ssl": false, "timeoutMs": timeout } });
        let answer = app.key().op(op).await;
        assert_eq!(answer["proc"], proc, "{answer}");
    }
}

#[tokio::test]
async fn a_count_semaphor_counts_to_thirty_unless_it_says_another_number() {
    let mut process = waiting(1);
    process[1][3].as_array_mut().unwrap().push(json!({ "type": "count", "esc_node_id": "1c" }));
    process.as_array_mut().unwrap().push(json!(["1c", 0, [go("1t")]]));
    process.as_array_mut().unwrap().push(json!(["1t", 2, []]));
    let app = app(&[], Convs::new().process(1, &process)).await;
    for number in 1..=30 {
        assert_eq!(super::count(&app, 1, "1t").await, 0, "{number}");
        create(&app, 1, "", json!({})).await;
    }
    assert_eq!(super::count(&app, 1, "1t").await, 1);
}

#[tokio::test]
async fn a_file_of_tasks_has_fifty_thousand_rows_at_most() {
    let tasks: Vec<Value> =
        (0..50_001).map(|n| json!({ "id": format!("t{n}"), "node": "1f", "data": { "n": n } })).collect();
    let conv = json!({ "id": 1, "title": "P1", "nodes": nodes(&waiting(1)), "tasks": tasks });
    let app = app(&[], Convs::new().with(conv)).await;
    for (limit, rows) in [(Value::Null, 50_000), (json!(60_000), 50_000), (json!(2), 2)] {
        let mut op = json!({ "type": "download", "obj": "node", "conv_id": 1, "obj_id": "1f", "select": "custom", "format": "csv" });
        if limit.is_number() {
            op["limit"] = limit;
        }
        let answer = app.key().package("download", &json!({ "ops": [op] }).to_string()).await.json();
        let link = answer["ops"][0]["download_url"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
        let file = app.anonymous().get(link.strip_prefix("http://portal.test").unwrap()).await;
        assert_eq!(file.expect(200).text().lines().count(), rows + 1);
    }
}
