//! With a frozen clock everything repeats: the same graph, the same requests, the same state and the same traces.

use proptest::prelude::*;
use serde_json::{Value, json};
use standin::{ClockStart, EngineOptions, Settings};

use super::{Convs, advance, go};
use crate::support::{App, NOW, builder, seed};

const NODES: usize = 6;

fn name(index: usize) -> String {
    format!("n{index}")
}

fn action() -> impl Strategy<Value = Value> {
    prop_oneof![
        (0..4_u8, "[a-c]").prop_map(|(n, key)| json!({ "type": "set_param",
            "extra": { key.clone(): format!("$.math({{{{a}}}}+{n})") }, "extra_type": { key: "number" } })),
        Just(json!({ "type": "set_param", "extra": { "r": "$.random(1000)" }, "extra_type": { "r": "number" } })),
        Just(json!({ "type": "api_callback" })),
        Just(json!({ "type": "api_queue", "data": { "q": "1" }, "data_type": { "q": "number" } })),
        Just(json!({ "type": "api_sum", "extra": [{ "id": "s", "value": "{{a}}" }] })),
        Just(json!({ "type": "api_code", "lang": "js", "src": "data.a = Math.floor(Math.random() * 5); data.d = Date.now();" })),
        Just(json!({ "type": "api_rpc", "conv_id": 2, "extra": { "a": "{{a}}" }, "extra_type": {}, "group": "all" })),
        Just(json!({ "type": "api_copy", "mode": "create", "conv_id": 2, "ref": "", "data": { "a": "2" },
            "data_type": { "a": "number" }, "group": "all" })),
        Just(json!({ "type": "api_get_task", "conv_id": 1, "node_id": "n1", "order_by": "ASC" })),
        Just(json!({ "type": "api", "url": "http://x.test/{{a}}", "method": "GET", "extra": {}, "extra_type": {},
            "send_sys": true, "max_threads": 1 })),
    ]
    .prop_flat_map(|logic| {
        (Just(logic), prop::option::of((0..NODES).prop_map(name))).prop_map(|(mut logic, err)| {
            if let Some(err) = err {
                logic["err_node_id"] = json!(err);
            }
            logic
        })
    })
}

fn logic() -> impl Strategy<Value = Value> {
    let to = || (0..NODES).prop_map(name);
    prop_oneof![
        1 => to().prop_map(|to| go(&to)),
        2 => (to(), prop_oneof!["more", "less", "eq"], 0..4_u8).prop_map(|(to, fun, n)| json!({
            "type": "go_if_const", "to_node_id": to,
            "conditions": [{ "param": "a", "fun": fun, "const": n.to_string(), "cast": "number" }] })),
        4 => action(),
    ]
}

/// A start node, some nodes with a way on, and a final one.
fn process() -> impl Strategy<Value = Value> {
    let timer = prop::option::of((1..100_u32, 0..NODES)).prop_map(|timer| {
        let list = timer.map(|(value, to)| json!({ "type": "time", "value": value, "dimension": "sec", "to_node_id": name(to) }));
        Value::Array(list.into_iter().collect())
    });
    let node = (prop::collection::vec(logic(), 1..4), timer, 0..NODES);
    prop::collection::vec(node, NODES - 1).prop_map(|nodes| {
        let mut list = vec![json!(["start", 1, [go("n0")]])];
        for (index, (mut logics, timer, to)) in nodes.into_iter().enumerate() {
            logics.push(go(&name(to)));
            list.push(json!([name(index), 0, logics, timer]));
        }
        list.push(json!([name(NODES - 1), 2, []]));
        Value::Array(list)
    })
}

/// Everything that can be seen of a server that ran such tasks: its state, and the trace of each task.
async fn seen(nodes: &Value, changes: &[u8]) -> String {
    let reply =
        json!({ "type": "api_rpc_reply", "res_data": { "a": "1" }, "res_data_type": { "a": "number" } });
    let app = Convs::new()
        .process(1, nodes)
        .process(2, &json!([["2s", 1, [go("2r")]], ["2r", 0, [reply, go("2f")]], ["2f", 2, []]]));
    // A ring without waiting is long enough with this.
    let engine = EngineOptions { hops: 60, ..EngineOptions::default() };
    let settings = Settings { engine, clock: ClockStart::Frozen(Some(NOW)), ..Settings::default() };
    let app = App::of(builder().settings(settings).seed(seed(app.document()))).await;
    let stubs =
        json!({ "stubs": [{ "url": "http://x.test/*", "answer": { "body": { "a": 3 } }, "delay": 1500 }] });
    super::control(&app, "PUT", "/_standin/outbound", &stubs).await;
    for n in 0..3_u8 {
        let op = json!({ "type": "create", "obj": "task", "conv_id": 1, "ref": n.to_string(), "data": { "a": n } });
        app.key().op(op).await;
    }
    for change in changes {
        let op = json!({ "type": "modify", "obj": "task", "conv_id": 1, "ref": (change % 3).to_string(), "data": { "a": change % 5 } });
        app.key().op(op).await;
        advance(&app, "20s").await;
    }
    let state = app.state().await;
    let mut text = state.to_string();
    for conv in state["corezoid"]["convs"].as_array().unwrap() {
        for task in conv["tasks"].as_array().into_iter().flatten() {
            let path = format!("/_standin/corezoid/tasks/{}/trace", task["id"].as_str().unwrap());
            text += app.anonymous().get(&path).await.expect(200).text();
        }
    }
    text += app.anonymous().get("/_standin/outbound/calls").await.expect(200).text();
    text + app.anonymous().get("/_standin/corezoid/processes/1/coverage").await.expect(200).text()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn two_servers_do_the_same_byte_for_byte(nodes in process(), changes in prop::collection::vec(any::<u8>(), 1..5)) {
        let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let first = runtime().block_on(seen(&nodes, &changes));
        let second = runtime().block_on(seen(&nodes, &changes));
        prop_assert_eq!(first, second);
    }
}
