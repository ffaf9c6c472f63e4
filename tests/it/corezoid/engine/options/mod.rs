//! Every option of the engine: what a process comes to with its default and with another value (sheet corezoid/engine 12).

mod across;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use standin::{ClockStart, ENGINE_OPTIONS, EngineOptions, Settings};

use self::across::{call_ref, copied, copying, late_reply, modify_errors, second_reply, send_parent_data};
use super::{Convs, advance, control, count, create, data, go, place, show};
use crate::support::{App, NOW, builder, seed};

/// Option, value, what comes of it.
const TABLE: &[(&str, &str, &str)] = &[
    ("timer_unit", "auto", "10 min: 600 s, 120 min: 120 s"),
    ("timer_unit", "seconds", "10 min: 10 s, 120 min: 120 s"),
    ("timer_unit", "multiply", "10 min: 600 s, 120 min: 7200 s"),
    ("paused_tasks", "freeze", "d delayed"),
    ("paused_tasks", "run", "f processed"),
    ("loop_guard", "50", "50 rounds"),
    ("loop_guard", "3", "3 rounds"),
    ("loop_status", "processing", "a processing, not unical reference"),
    ("loop_status", "delayed", "a delayed, not unical reference"),
    ("loop_status", "canceled", "a canceled, ok"),
    ("hops", "10000", "n399 processed"),
    ("hops", "300", "n300 processing"),
    ("burst", "100000", "1023 tasks"),
    ("burst", "100", "131 tasks"),
    ("condition_types", "strict", "number is number, text is text"),
    ("condition_types", "text", "number is number, text is number, text is text"),
    (
        "condition_types",
        "loose",
        "number is number, text is number, flag is number, number is text, text is text",
    ),
    (
        "extra_types",
        "strict",
        "1 as number: 1, 1 in text: 1, text as number: error, number as text: error, object as list: error",
    ),
    (
        "extra_types",
        "text",
        "1 as number: 1, 1 in text: 1, text as number: 7, number as text: \"1\", object as list: error",
    ),
    (
        "extra_types",
        "loose",
        "1 as number: 1, 1 in text: 1, text as number: 7, number as text: \"1\", object as list: [{\"a\":1}]",
    ),
    ("self_go", "stay", "t delayed"),
    ("self_go", "restart", "w delayed"),
    ("call_ref", "none", "ref null"),
    ("call_ref", "id", "ref is its id"),
    ("late_reply", "drop", "t delayed {}"),
    ("late_reply", "merge", "t delayed {\"r\":1}"),
    ("second_reply", "first", "f processed {\"r\":1}"),
    ("second_reply", "last", "f processed {\"r\":2}"),
    ("copy_markers", "__copy_conv_id__", "__copy_conv_id__ __copy_node_id__ __copy_ref_id__ x"),
    ("copy_markers", "__copy_conv_id", "__copy_conv_id __copy_node_id __copy_ref_id x"),
    ("copy_markers", "copy_conv_id", "copy_conv_id copy_node_id copy_ref_id x"),
    ("copy_markers", "none", "x"),
    ("send_parent_data", "ignore", "without: MARKERS x, with: MARKERS x"),
    ("send_parent_data", "whole", "without: MARKERS x, with: MARKERS own x"),
    ("send_parent_data", "markers", "without: x, with: MARKERS x"),
    ("modify_errors", "copy_task", "copy_task: not_found_task"),
    ("modify_errors", "both", "copy_task: not_found_task, modify_task: not_found_task"),
    ("redirects", "never", "same host: http code 302, other host: http code 307, ring: http code 302"),
    ("redirects", "same_host", "same host: here, other host: http code 307, ring: http code 302"),
    ("redirects", "any", "same host: here, other host: there, ring: http code 302"),
    ("db_result", "root", "{\"rows\":[1]}"),
    ("db_result", "answer", "{\"answer\":{\"rows\":[1]}}"),
    ("sum_tag", "sum_wrong_convert_param", "sum_wrong_convert_param"),
    ("sum_tag", "api_sum_wrong_convert_param", "api_sum_wrong_convert_param"),
    ("db_tag", "db_call_executing_error", "db_call_executing_error"),
    ("db_tag", "db_call_fatal_error", "db_call_fatal_error"),
    ("reply_tag", "rpc_reply_wrong_convert_param", "rpc_reply_wrong_convert_param"),
    ("reply_tag", "rpc_reply_task_wrong_convert_param", "rpc_reply_task_wrong_convert_param"),
    ("callback_tag", "refuse", "error, w delayed"),
    ("callback_tag", "callback_size_overflow", "ok, e processed callback_size_overflow"),
    ("params", "check", "Param: age, Error: Key 'age' is required"),
    ("params", "skip", "ok"),
    ("timer_min", "30", "Key 'value'. 'Timer value 15 sec is less than minimum limit 30 sec'"),
    ("timer_min", "1", "ok"),
    ("task_size", "128000", "5000: ok, 200000: max 128000"),
    ("task_size", "1000", "5000: max 1000, 200000: max 1000"),
    ("task_size", "1000000", "5000: ok, 200000: ok"),
    ("state_size", "task_size", "process: ok, state: ok"),
    ("state_size", "2048", "process: ok, state: max 2048"),
    ("live_tasks", "100000", "ok ok ok"),
    ("live_tasks", "2", "ok ok Maximum quantity of tasks in one process - 2"),
    ("code_time", "1000", "f processed"),
    ("code_time", "1", "e processed code_timeout"),
    ("code_memory", "64", "f processed"),
    ("code_memory", "1", "e processed code_executing_error"),
];

async fn app(option: &str, value: &str, convs: Convs) -> App {
    let mut engine = EngineOptions::default();
    engine.set(option, value).unwrap();
    let settings = Settings { engine, clock: ClockStart::Frozen(Some(NOW)), ..Settings::default() };
    App::of(builder().settings(settings).seed(seed(convs.document()))).await
}

#[tokio::test]
async fn every_option_does_what_it_says() {
    let mut wrong = Vec::new();
    for (option, value, expected) in TABLE {
        let found = outcome(option, value).await;
        if found != *expected {
            wrong.push(format!("{option}={value}: {found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_option_is_tried_with_its_default_and_another_value_that_differs() {
    let mut tried: BTreeMap<&str, (BTreeSet<&str>, BTreeSet<&str>)> = BTreeMap::new();
    for (option, value, expected) in TABLE {
        let (values, outcomes) = tried.entry(option).or_default();
        values.insert(value);
        outcomes.insert(expected);
    }
    for option in ENGINE_OPTIONS {
        let (values, outcomes) = tried.remove(option.name).unwrap_or_default();
        assert!(values.contains(option.default), "{}: its default is not tried", option.name);
        assert!(outcomes.len() > 1, "{}: no other value differs", option.name);
    }
    assert!(tried.is_empty(), "no options: {tried:?}");
}

async fn outcome(option: &str, value: &str) -> String {
    match option {
        "timer_unit" => timer_unit(value).await,
        "paused_tasks" => paused_tasks(value).await,
        "loop_guard" => {
            let (app, id) = looped(option, value).await;
            format!("{} rounds", data(&app, 1, &id).await["n"])
        }
        "loop_status" => loop_status(value).await,
        "hops" => hops(value).await,
        "burst" => burst(value).await,
        "condition_types" => condition_types(value).await,
        "extra_types" => extra_types(value).await,
        "self_go" => self_go(value).await,
        "call_ref" => call_ref(value).await,
        "late_reply" => late_reply(value).await,
        "second_reply" => second_reply(value).await,
        "copy_markers" => {
            let app =
                app(option, value, Convs::new().process(1, &copying(1, false)).process(3, &taking(3))).await;
            create(&app, 1, "r", json!({ "own": 1 })).await;
            copied(&app).await
        }
        "send_parent_data" => send_parent_data(value).await,
        "modify_errors" => modify_errors(value).await,
        "redirects" => redirects(value).await,
        "db_result" => db_result(value).await,
        "sum_tag" => {
            let sum = json!({ "type": "api_sum", "extra": [{ "id": "1", "name": "n", "value": "many" }] });
            tag(option, value, sum, "api_sum").await
        }
        "db_tag" => {
            let call = json!({ "type": "db_call", "instance_id": 1, "query": "SELECT 1" });
            tag(option, value, call, "db_call").await
        }
        "reply_tag" => {
            let reply = json!({ "type": "api_rpc_reply", "mode": "key_value", "res_data": { "r": "many" },
                                "res_data_type": { "r": "number" } });
            tag(option, value, reply, "rpc_reply").await
        }
        "callback_tag" => callback_tag(value).await,
        "params" => {
            let params = json!([{ "name": "age", "type": "number", "flags": ["required", "input"] }]);
            let conv = json!({ "id": 1, "title": "P", "params": params, "nodes": super::nodes(&taking(1)) });
            let app = app(option, value, Convs::new().with(conv)).await;
            let answer =
                app.key().op(json!({ "type": "create", "obj": "task", "conv_id": 1, "data": {} })).await;
            answer["description"].as_str().unwrap_or("ok").to_owned()
        }
        "timer_min" => timer_min(value).await,
        "task_size" => {
            let app = app(option, value, Convs::new().process(1, &taking(1))).await;
            format!("5000: {}, 200000: {}", sized(&app, 1, 5_000).await, sized(&app, 1, 200_000).await)
        }
        "state_size" => {
            let app = app(option, value, Convs::new().process(1, &taking(1)).diagram(2, &taking(2))).await;
            format!("process: {}, state: {}", sized(&app, 1, 5_000).await, sized(&app, 2, 5_000).await)
        }
        "live_tasks" => live_tasks(value).await,
        "code_time" => {
            code(option, value, "let n = 0; for (let i = 0; i < 1000000; i++) n += i; data.n = n;").await
        }
        "code_memory" => code(option, value, "data.n = new Array(1000000).fill(1).length;").await,
        other => panic!("nothing tries {other}"),
    }
}

/// `s → a(logic) → f`, errors to `e`.
fn one(mut logic: Value) -> Value {
    logic["err_node_id"] = json!("e");
    json!([["s", 1, [go("a")]], ["a", 0, [logic, go("f")]], ["f", 2, []], ["e", 2, []]])
}

/// A process that takes tasks and keeps them.
fn taking(id: i64) -> Value {
    json!([[format!("{id}s"), 1, [go(&format!("{id}f"))]], [format!("{id}f"), 2, []]])
}

async fn tag(option: &str, value: &str, logic: Value, area: &str) -> String {
    let app = app(option, value, Convs::new().process(1, &one(logic))).await;
    let id = create(&app, 1, "", json!({})).await;
    assert_eq!(place(&app, 1, &id).await, "e processed");
    word(&data(&app, 1, &id).await[format!("__conveyor_{area}_return_type_tag__")])
}

fn word(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

async fn timer_unit(value: &str) -> String {
    let mut told = Vec::new();
    for span in [10, 120] {
        let timer = json!([{ "type": "time", "value": span, "dimension": "min", "to_node_id": "f" }]);
        let process = json!([["s", 1, [go("d")]], ["d", 0, [], timer], ["f", 2, []]]);
        let app = app("timer_unit", value, Convs::new().process(1, &process)).await;
        let id = create(&app, 1, "", json!({})).await;
        let mut passed = 0;
        for at in [10, 120, 600, 7200] {
            if place(&app, 1, &id).await == "d delayed" {
                advance(&app, &format!("{}s", at - passed - 1)).await;
                assert_eq!(place(&app, 1, &id).await, "d delayed", "{at}");
                advance(&app, "1s").await;
                passed = at;
            }
        }
        told.push(format!("{span} min: {passed} s"));
    }
    told.join(", ")
}

async fn paused_tasks(value: &str) -> String {
    let timer = json!([{ "type": "time", "value": 30, "dimension": "sec", "to_node_id": "f" }]);
    let process = json!([["s", 1, [go("d")]], ["d", 0, [], timer], ["f", 2, []]]);
    let app = app("paused_tasks", value, Convs::new().process(1, &process)).await;
    let id = create(&app, 1, "", json!({})).await;
    let op = json!({ "type": "modify", "obj": "conv", "obj_id": 1, "status": "paused" });
    assert_eq!(app.key().op(op).await["proc"], "ok");
    advance(&app, "30s").await;
    place(&app, 1, &id).await
}

/// A task that runs in a ring and counts its rounds.
async fn looped(option: &str, value: &str) -> (App, String) {
    let add =
        json!({ "type": "set_param", "extra": { "n": "$.math({{n}}+1)" }, "extra_type": { "n": "number" } });
    let ring = json!([["s", 1, [go("a")]], ["a", 0, [add, go("a")], [{ "type": "time", "value": 60,
                      "dimension": "sec", "to_node_id": "f" }]], ["f", 2, []]]);
    let app = app(option, value, Convs::new().process(1, &ring)).await;
    let id = create(&app, 1, "r", json!({ "n": 0 })).await;
    (app, id)
}

async fn loop_status(value: &str) -> String {
    let (app, id) = looped("loop_status", value).await;
    let stopped = place(&app, 1, &id).await;
    let op = json!({ "type": "create", "obj": "task", "conv_id": 1, "ref": "r", "data": { "n": 0 } });
    let again = app.key().op(op).await;
    let said = if again["proc"] == "ok" { "ok" } else { again["description"].as_str().unwrap() };
    let told = format!("{stopped}, {said}");
    if value == "canceled" {
        advance(&app, "60s").await;
        assert_eq!(place(&app, 1, &id).await, "a canceled", "its timer is off");
    }
    told
}

async fn hops(value: &str) -> String {
    let chain = (0..400).map(|n| match n {
        0 => json!(["n0", 1, [go("n1")]]),
        399 => json!(["n399", 2, []]),
        _ => json!([format!("n{n}"), 0, [go(&format!("n{}", n + 1))]]),
    });
    let app = app("hops", value, Convs::new().process(1, &chain.collect::<Value>())).await;
    let id = create(&app, 1, "", json!({})).await;
    place(&app, 1, &id).await
}

async fn burst(value: &str) -> String {
    let copy = json!({ "type": "api_copy", "mode": "create", "conv_id": 1, "ref": "", "group": "",
                       "data": { "d": "$.math({{d}}-1)" }, "data_type": { "d": "number" } });
    let more = json!({ "type": "go_if_const", "to_node_id": "c", "conditions": [
        { "param": "d", "fun": "more", "const": "0", "cast": "number" } ] });
    let bomb = json!([
        ["s", 1, [go("i")]],
        ["i", 0, [more, go("f")]],
        ["c", 0, [copy, copy, go("f")]],
        ["f", 2, [], [], { "options": { "save_task": false } }]
    ]);
    let app = app("burst", value, Convs::new().process(1, &bomb)).await;
    create(&app, 1, "", json!({ "d": 9 })).await;
    // What is too long for one request goes on after it.
    let under_way = |state: &Value| {
        state["corezoid"]["convs"][0]["tasks"].as_array().is_some_and(|tasks| !tasks.is_empty())
    };
    while under_way(&app.state().await) {
        tokio::task::yield_now().await;
    }
    format!("{} tasks", count(&app, 1, "f").await)
}

async fn condition_types(value: &str) -> String {
    let mut found = Vec::new();
    for (cast, constant) in [("number", "1"), ("string", "1")] {
        let held = json!({ "type": "go_if_const", "to_node_id": "y", "conditions": [
            { "param": "p", "fun": "eq", "const": constant, "cast": cast } ] });
        let process = json!([["s", 1, [go("c")]], ["c", 0, [held, go("n")]], ["y", 2, []], ["n", 2, []]]);
        let app = app("condition_types", value, Convs::new().process(1, &process)).await;
        for (name, p) in [("number", json!(1)), ("text", json!("1")), ("flag", json!(true))] {
            let p = if name == "flag" && cast == "string" { json!([1]) } else { p };
            let id = create(&app, 1, "", json!({ "p": p })).await;
            if place(&app, 1, &id).await == "y processed" {
                found.push(format!("{name} is {}", if cast == "string" { "text" } else { cast }));
            }
        }
    }
    found.join(", ")
}

async fn extra_types(value: &str) -> String {
    let mut found = Vec::new();
    for (name, text, of) in [
        ("1 as number", "{{n}}", "number"),
        ("1 in text", "1", "number"),
        ("text as number", "{{t}}", "number"),
        ("number as text", "{{n}}", "string"),
        ("object as list", "{{o}}", "array"),
    ] {
        let set = json!({ "type": "set_param", "extra": { "x": text }, "extra_type": { "x": of } });
        let app = app("extra_types", value, Convs::new().process(1, &one(set))).await;
        let id = create(&app, 1, "", json!({ "n": 1, "t": "7", "o": { "a": 1 } })).await;
        let left = data(&app, 1, &id).await;
        let told = left.get("x").map_or_else(|| "error".to_owned(), Value::to_string);
        if told == "error" {
            assert_eq!(left["__conveyor_set_param_return_type_tag__"], "set_param_wrong_convert_param");
        }
        found.push(format!("{name}: {told}"));
    }
    found.join(", ")
}

async fn self_go(value: &str) -> String {
    let timer = json!([{ "type": "time", "value": 60, "dimension": "sec", "to_node_id": "t" }]);
    let state = json!([["s", 1, [go("w")]], ["w", 0, [{ "type": "api_callback" }, go("w")], timer],
                       ["t", 0, [{ "type": "api_callback" }, go("t")]]]);
    let app = app("self_go", value, Convs::new().diagram(1, &state)).await;
    let id = create(&app, 1, "r", json!({})).await;
    advance(&app, "40s").await;
    app.key()
        .op(json!({ "type": "modify", "obj": "task", "conv_id": 1, "ref": "r", "data": { "a": 1 } }))
        .await;
    advance(&app, "40s").await;
    place(&app, 1, &id).await
}

async fn redirects(value: &str) -> String {
    let call = |url: &str| {
        json!({ "type": "api", "method": "POST", "url": url, "format": "", "content_type": "application/json",
                                   "extra": {}, "extra_type": {}, "send_sys": false })
    };
    let to = |url: &str, status: u16, location: &str| json!({ "url": url, "answer": { "status": status, "headers": { "Location": location } } });
    let stubs = json!({ "stubs": [
        to("http://a.test/1", 302, "/2"),
        { "method": "GET", "url": "http://a.test/2", "answer": { "body": { "seen": "here" } } },
        to("http://a.test/3", 307, "http://b.test/4"),
        { "method": "POST", "url": "http://b.test/4", "answer": { "body": { "seen": "there" } } },
        to("http://a.test/5", 302, "/5"),
    ] });
    let mut found = Vec::new();
    for (name, url, hops) in [
        ("same host", "http://a.test/1", 2),
        ("other host", "http://a.test/3", 2),
        ("ring", "http://a.test/5", 6),
    ] {
        let app = app("redirects", value, Convs::new().process(1, &one(call(url)))).await;
        control(&app, "PUT", "/_standin/outbound", &stubs).await;
        let id = create(&app, 1, "", json!({})).await;
        let left = data(&app, 1, &id).await;
        let failed = &left["__conveyor_api_return_description__"];
        let told = if failed.is_null() { word(&left["seen"]) } else { word(failed) };
        let calls = control(&app, "GET", "/_standin/outbound/calls", &Value::Null).await;
        let made = calls["calls"].as_array().unwrap().len();
        let follows = value == "any" || (value == "same_host" && name != "other host");
        assert_eq!(made, if follows { hops } else { 1 }, "{value} {name}: {calls}");
        found.push(format!("{name}: {told}"));
    }
    found.join(", ")
}

async fn db_result(value: &str) -> String {
    let call = json!({ "type": "db_call", "instance_id": 1, "query": "SELECT 1" });
    let app = app("db_result", value, Convs::new().process(1, &one(call))).await;
    let stubs = json!({ "stubs": [{ "call": "db_call", "data": { "rows": [1] } }] });
    control(&app, "PUT", "/_standin/outbound", &stubs).await;
    let id = create(&app, 1, "", json!({})).await;
    data(&app, 1, &id).await.to_string()
}

async fn callback_tag(value: &str) -> String {
    let process = json!([["s", 1, [go("w")]], ["w", 0, [{ "type": "api_callback", "err_node_id": "e" }, go("f")]],
                         ["f", 2, []], ["e", 2, []]]);
    let app = app("callback_tag", value, Convs::new().process(1, &process)).await;
    let id = create(&app, 1, "", json!({})).await;
    let body = json!({ "a": "x".repeat(130_000) }).to_string();
    let request =
        axum::http::Request::post(format!("/api/1/plugins/callback/w/{id}")).body(body.into()).unwrap();
    let answer = app.send(request).await.json();
    let tag = data(&app, 1, &id).await.get("__conveyor_callback_return_type_tag__").map(word);
    let rest = [Some(place(&app, 1, &id).await), tag].into_iter().flatten().collect::<Vec<_>>().join(" ");
    format!("{}, {rest}", word(&answer["ops"][0]["proc"]))
}

async fn timer_min(value: &str) -> String {
    let timer = json!([{ "type": "time", "value": 15, "dimension": "sec", "to_node_id": "f" }]);
    let process = json!([["s", 1, [go("d")]], ["d", 0, [], [{ "type": "time", "value": 60, "dimension": "sec",
                          "to_node_id": "f" }]], ["f", 2, []]]);
    let app = app("timer_min", value, Convs::new().process(1, &process)).await;
    let op = json!({ "type": "modify", "obj": "node", "conv_id": 1, "obj_id": "d", "obj_type": 0, "version": 9,
                     "logics": [], "semaphors": timer });
    assert_eq!(app.key().op(op).await["proc"], "ok");
    let answer =
        app.key().op(json!({ "type": "confirm", "obj": "commit", "conv_id": 1, "version": 9 })).await;
    if answer["proc"] == "ok" { "ok".to_owned() } else { word(&answer["errors"]["d"][0]) }
}

async fn live_tasks(value: &str) -> String {
    let process = json!([["s", 1, [go("w")]], ["w", 0, [{ "type": "api_callback" }, go("f")]], ["f", 2, []]]);
    let app = app("live_tasks", value, Convs::new().process(1, &process)).await;
    let mut told = Vec::new();
    for _ in 0..3 {
        let answer = app.key().op(json!({ "type": "create", "obj": "task", "conv_id": 1, "data": {} })).await;
        told.push(answer["description"].as_str().unwrap_or("ok").to_owned());
    }
    told.join(" ")
}

async fn sized(app: &App, conv: i64, bytes: usize) -> String {
    let op = json!({ "type": "create", "obj": "task", "conv_id": conv, "data": { "a": "x".repeat(bytes) } });
    let answer = app.key().op(op).await;
    if answer["proc"] == "ok" {
        return "ok".to_owned();
    }
    let said = answer["description"].as_str().unwrap();
    let most = said.split("Max available task size: ").nth(1).and_then(|rest| rest.split(' ').next());
    format!("max {}", most.unwrap_or(said))
}

async fn code(option: &str, value: &str, source: &str) -> String {
    let script = json!({ "type": "api_code", "lang": "js", "src": source });
    let app = app(option, value, Convs::new().process(1, &one(script))).await;
    let id = create(&app, 1, "", json!({})).await;
    let task = show(&app, 1, &id).await;
    let tag = task["data"].get("__conveyor_code_return_type_tag__").map(word);
    [Some(place(&app, 1, &id).await), tag].into_iter().flatten().collect::<Vec<_>>().join(" ")
}
