//! Scripts, calls of other servers, callbacks, and what the control plane shows of all that.

use axum::http::Request;
use serde_json::{Value, json};

use super::{Convs, advance, control, create, data, go, place};

fn script(source: &str) -> Value {
    json!([["s", 1, [go("c")]], ["c", 0, [{ "type": "api_code", "lang": "js", "src": source, "err_node_id": "e" }, go("f")]],
           ["f", 2, []], ["e", 2, []]])
}

fn call(url: &str) -> Value {
    json!([["s", 1, [go("c")]],
           ["c", 0, [{ "type": "api", "method": "POST", "url": url, "format": "", "content_type": "application/json",
                       "extra": { "n": "{{n}}" }, "extra_type": { "n": "number" }, "send_sys": false, "err_node_id": "e" }, go("f")]],
           ["f", 2, []], ["e", 2, []]])
}

#[tokio::test]
async fn a_script_changes_the_data_or_leaves_it() {
    let app = Convs::new()
        .process(1, &script("data.b = data.a.map(x => x * 2); delete data.a; console.log('twice');"))
        .process(2, &json!([["2s", 1, [go("2c")]], ["2c", 0, [{ "type": "api_code", "src": "while (true) {}", "err_node_id": "2e" }, go("2f")]],
                            ["2f", 2, []], ["2e", 2, []]]))
        .app()
        .await;
    let one = create(&app, 1, "1", json!({ "a": [1, 2] })).await;
    assert_eq!(place(&app, 1, &one).await, "f processed");
    assert_eq!(data(&app, 1, &one).await, json!({ "b": [2, 4] }));
    let two = create(&app, 2, "1", json!({ "a": 1 })).await;
    assert_eq!(place(&app, 2, &two).await, "2e processed");
    assert_eq!(
        data(&app, 2, &two).await,
        json!({ "a": 1, "__conveyor_code_return_type_error__": "hardware",
                "__conveyor_code_return_type_tag__": "code_timeout",
                "__conveyor_code_return_description__": "timeout for executing code" })
    );
    let trace = control(&app, "GET", &format!("/_standin/corezoid/tasks/{one}/trace"), &json!(null)).await;
    insta::assert_snapshot!(serde_json::to_string_pretty(&trace).unwrap().replace(&one, "ID"));
}

#[tokio::test]
async fn a_call_is_answered_by_a_stub_and_by_nobody_without_one() {
    let app = Convs::new().process(1, &call("http://shop.test/orders")).app().await;
    let alone = create(&app, 1, "1", json!({ "n": 1 })).await;
    assert_eq!(place(&app, 1, &alone).await, "e processed");
    let stubs = json!({ "stubs": [{ "url": "http://shop.test/*", "answer": { "body": { "order": 7 } }, "delay": 5000 }] });
    control(&app, "PUT", "/_standin/outbound", &stubs).await;
    let one = create(&app, 1, "2", json!({ "n": 1 })).await;
    assert_eq!(place(&app, 1, &one).await, "c processing");
    advance(&app, "4s").await;
    assert_eq!(place(&app, 1, &one).await, "c processing");
    advance(&app, "1s").await;
    assert_eq!(place(&app, 1, &one).await, "f processed");
    assert_eq!(data(&app, 1, &one).await["order"], 7);
}

#[tokio::test]
async fn a_process_calls_this_very_server() {
    // The webhook of process 2 makes a task; the answer of the server lands in the caller's data.
    let hash = "a".repeat(40);
    let app = Convs::new()
        .process(1, &call(&format!("http://portal.test/api/1/json/public/2/{hash}")))
        .with(json!({ "id": 2, "title": "P2", "hash": hash, "nodes": super::nodes(&json!([["2s", 1, [go("2f")]], ["2f", 2, []]])) }))
        .app()
        .await;
    let one = create(&app, 1, "1", json!({ "n": 5 })).await;
    assert_eq!(place(&app, 1, &one).await, "f processed", "{}", data(&app, 1, &one).await);
    let answer = data(&app, 1, &one).await;
    assert_eq!(answer["request_proc"], "ok", "{answer}");
    let made = answer["ops"]["obj_id"].as_str().unwrap();
    assert_eq!(place(&app, 2, made).await, "2f processed");
    assert_eq!(data(&app, 2, made).await, json!({ "n": 5 }));
}

#[tokio::test]
async fn a_run_in_one_call_tells_the_end_and_the_way() {
    let app = Convs::new()
        .process(
            1,
            &json!([
                ["s", 1, [go("c")]],
                ["c", 0, [{ "type": "api", "method": "GET", "url": "http://shop.test/{{id}}", "format": "", "extra": {},
                            "extra_type": {}, "err_node_id": "e" }, go("d")]],
                ["d", 0, [], [{ "type": "time", "value": 3, "dimension": "day", "to_node_id": "f" }]],
                ["f", 2, [], [], { "options": { "save_task": false } }],
                ["e", 2, []],
            ]),
        )
        .app()
        .await;
    let order = json!({ "process": 1, "data": { "id": 5 }, "stubs": [
        { "method": "GET", "url": "http://shop.test/5", "answer": { "body": { "name": "five" } } } ] });
    let waiting = control(&app, "POST", "/_standin/corezoid/run", &order).await;
    assert_eq!((&waiting["node"]["id"], &waiting["status"]), (&json!("d"), &json!("delayed")), "{waiting}");
    let mut order = order;
    order["until"] = json!("final");
    let ended = control(&app, "POST", "/_standin/corezoid/run", &order).await;
    let id = ended["task"].as_str().unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&ended).unwrap().replace(id, "ID"));
    // The stubs were lent for the run alone.
    let alone = create(&app, 1, "1", json!({ "id": 5 })).await;
    assert_eq!(place(&app, 1, &alone).await, "e processed");
    let coverage = control(&app, "GET", "/_standin/corezoid/processes/1/coverage", &json!(null)).await;
    insta::assert_snapshot!(serde_json::to_string_pretty(&coverage).unwrap());
}

#[tokio::test]
async fn a_callback_url_takes_what_a_task_waits_for() {
    let app = Convs::new()
        .process(
            1,
            &json!([
                ["s", 1, [go("u")]],
                ["u", 0, [{ "type": "set_param", "extra": { "url": "{{node[w].public_callback_corezoid}}" }, "extra_type": { "url": "string" } }, go("w")]],
                ["w", 0, [{ "type": "api_callback", "is_sync": true, "obj_id_path": "order.task" }, go("f")]],
                ["f", 2, []],
            ]),
        )
        .app()
        .await;
    let (one, two) = (create(&app, 1, "1", json!({})).await, create(&app, 1, "2", json!({})).await);
    let url = data(&app, 1, &one).await["url"].as_str().unwrap().to_owned();
    let path = url.trim_start_matches("http://portal.test").to_owned();
    let post = async |body: Value| {
        let request = Request::post(path.as_str()).body(body.to_string().into()).unwrap();
        app.send(request).await.json()["ops"][0].clone()
    };
    assert_eq!(post(json!({ "paid": true })).await, json!({ "proc": "ok", "obj": "task", "obj_id": one }));
    assert_eq!(place(&app, 1, &one).await, "f processed");
    assert_eq!(data(&app, 1, &one).await["paid"], true);
    assert_eq!(
        post(json!({ "paid": 2 })).await,
        json!({ "proc": "error", "description": "task_not_in_current_sync_callback_node" })
    );
    assert_eq!(post(json!({ "order": { "task": two } })).await["obj_id"], json!(two));
    assert_eq!(place(&app, 1, &two).await, "f processed");
}

#[tokio::test]
async fn whoever_waits_for_a_process_gets_what_it_posts() {
    let answer = json!({ "type": "api", "method": "POST", "url": "{{__callback_url}}", "format": "", "send_sys": false,
                         "content_type": "application/json", "extra": { "twice": "$.math({{n}}*2)" },
                         "extra_type": { "twice": "number" }, "err_node_id": "e" });
    let app = Convs::new()
        .process(1, &json!([["s", 1, [go("a")]], ["a", 0, [answer, go("f")]], ["f", 2, []], ["e", 2, []]]))
        .app()
        .await;
    let package = json!({ "timeout": 30, "ops": [
        { "id": "1", "type": "create", "obj": "task", "conv_id": 1, "data": { "n": 21 } } ] });
    let told = app.key().package("json", &package.to_string()).await.json();
    assert_eq!(told, json!({ "request_proc": "ok", "ops": [{ "proc": "ok", "data": { "twice": 42 } }] }));
}

#[tokio::test]
async fn a_secret_reaches_the_call_and_no_record() {
    let stage = json!({ "id": 20, "kind": "stage", "title": "S", "short_name": "ss", "folder": 10 });
    let document = json!({ "standin": 1, "corezoid": {
        "folders": [{ "id": 10, "kind": "project", "title": "P", "short_name": "pp" }, stage],
        "convs": [{ "id": 1, "title": "P1", "folder": 20, "nodes": super::nodes(&json!([
            ["s", 1, [go("c")]],
            ["c", 0, [{ "type": "api", "method": "GET", "url": "http://shop.test/?key={{env_var[@key]}}", "format": "",
                        "extra": {}, "extra_type": {}, "err_node_id": "e" }, go("p")]],
            ["p", 0, [{ "type": "set_param", "extra": { "seen": "{{env_var[@key]}}" }, "extra_type": { "seen": "string" } }, go("f")]],
            ["f", 2, []],
            ["e", 2, []],
        ])) }],
        "env_vars": [{ "id": 1, "folder": 20, "secret": true, "title": "Key", "short_name": "key", "value": "hunter22" }],
        "outbound": [{ "url": "http://shop.test/?key=hunter22*", "answer": { "body": { "ok": true } } }],
    } });
    let app = crate::support::App::of(crate::support::builder().seed(crate::support::seed(document))).await;
    let one = create(&app, 1, "1", json!({})).await;
    assert_eq!(place(&app, 1, &one).await, "f processed");
    assert_eq!(data(&app, 1, &one).await, json!({ "ok": true, "seen": "" }));
    let trace = control(&app, "GET", &format!("/_standin/corezoid/tasks/{one}/trace"), &json!(null)).await;
    let calls = control(&app, "GET", "/_standin/outbound/calls", &json!(null)).await;
    for shown in [trace, calls] {
        assert!(shown.to_string().contains("key=***") && !shown.to_string().contains("hunter22"), "{shown}");
    }
}
