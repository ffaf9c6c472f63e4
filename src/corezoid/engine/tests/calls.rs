//! Sheet corezoid/engine 10.6 and 10.7: calls, copies, modifies, callbacks.

use super::*;

fn rpc(extra: &Value, types: &Value, group: &str) -> Value {
    json!({ "type": "api_rpc", "conv_id": 2, "extra": extra, "extra_type": types, "group": group })
}

fn reply(rows: &Value, throws: Option<&str>) -> Value {
    let types: serde_json::Map<String, Value> =
        rows.as_object().unwrap().keys().map(|key| (key.clone(), json!("string"))).collect();
    json!({ "type": "api_rpc_reply", "mode": "key_value", "res_data": rows, "res_data_type": types,
        "throw_exception": throws.is_some(), "exception_reason": throws.unwrap_or_default() })
}

fn callee(logic: &Value) -> Value {
    json!([["S", 1, [go("R")]], ["R", 0, [logic, go("QF")]], ["QF", 2, []]])
}

#[test]
fn case_98_only_the_listed_parameters_travel() {
    let mut world =
        World::new(&one(rpc(&json!({ "call_param": "I" }), &json!({ "call_param": "string" }), "")));
    world.process(2, &callee(&reply(&json!({ "reply_param": "{{call_param}}!" }), None)));
    let task = world.create(&json!({ "o": 1 }));
    assert_eq!((world.node(task), world.data(task)), ("F", json!({ "o": 1, "reply_param": "I!" })));
    assert_eq!(world.node(1), "QF");
    let called = world.data(1);
    let keys: Vec<_> = called.as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, ["call_param", "__rpc_ref_id__", "__rpc_conv_id__", "__rpc_corr_id__"]);
    assert_eq!((&called["__rpc_ref_id__"], &called["__rpc_conv_id__"]), (&json!("r1"), &json!(1)));
}

#[test]
fn cases_99_100_and_104_what_is_sent_and_what_comes_back() {
    let mut world = World::new(&one(rpc(&json!({ "o": "2" }), &json!({ "o": "string" }), "all")));
    world.process(2, &callee(&json!({ "type": "api_rpc_reply", "mode": "keys", "res_data": ["a", "gone"] })));
    let task = world.create(&json!({ "o": 1, "a": 5 }));
    assert_eq!((&world.data(1)["o"], &world.data(1)["a"]), (&json!("2"), &json!(5)));
    assert_eq!((world.node(task), world.data(task)), ("F", json!({ "o": 1, "a": 5 })));
}

#[test]
fn case_101_an_exception_brings_its_parameters() {
    let mut world = World::new(&one(rpc(&json!({}), &json!({}), "all")));
    world.process(2, &callee(&reply(&json!({ "reply_param": "x" }), Some("boom"))));
    let task = world.create(&json!({}));
    assert_eq!((world.node(task), &world.data(task)["reply_param"]), ("E", &json!("x")));
    assert_eq!(
        world.error(task, "rpc_reply"),
        [json!("software"), json!("rpc_reply_exception"), json!("boom")]
    );
    assert_eq!(world.tag(task, "rpc"), "rpc_reply_exception");
    assert_eq!(world.node(1), "QF", "the called task goes on");
}

#[test]
fn cases_102_and_103_without_a_reply_the_caller_waits_for_its_timer() {
    let logics = json!([rpc(&json!({}), &json!({}), "all"), go("F")]);
    let timer = json!([{ "type": "time", "value": 60, "dimension": "sec", "to_node_id": "T" }]);
    for (semaphors, expected) in [(timer, "T"), (json!([]), "A")] {
        let mut world = World::new(&json!([
            ["S", 1, [go("A")]],
            ["A", 0, logics, semaphors],
            ["F", 2, []],
            ["T", 2, []]
        ]));
        world.process(2, &json!([["S", 1, [go("QF")]], ["QF", 2, []]]));
        let task = world.create(&json!({}));
        assert_eq!((world.node(task), &world.tasks[task].1), ("A", &Rest::Park(Wait::Reply)));
        world.advance(1_000_000);
        assert_eq!(world.node(task), expected);
    }
}

#[test]
fn case_105_a_reply_without_a_caller_does_nothing() {
    let mut world = World::new(&callee(&reply(&json!({ "r": "1" }), None)));
    let task = world.create(&json!({}));
    assert_eq!((world.node(task), world.data(task)), ("QF", json!({})));
}

#[test]
fn case_107_a_value_that_does_not_fit_is_not_sent() {
    let mut world =
        World::new(&one(rpc(&json!({ "recordId": "abc" }), &json!({ "recordId": "number" }), "")));
    world.process(2, &callee(&reply(&json!({}), None)));
    let task = world.create(&json!({}));
    assert_eq!(
        world.error(task, "rpc"),
        [
            json!("software"),
            json!("rpc_task_wrong_convert_param"),
            json!("Param: recordId, Value: abc, Try convert to: number")
        ]
    );
    assert_eq!(world.tasks.len(), 1);
}

#[test]
fn cases_108_and_109_stub_mode_is_the_type_of_the_node() {
    let is_error = json!({ "type": "go_if_const", "to_node_id": "",
        "conditions": [{ "param": "mode", "fun": "eq", "const": "error", "cast": "string" }] });
    let stub = json!({ "stub": { "logics": [
        [is_error, reply(&json!({}), Some("stub error"))],
        [reply(&json!({ "s": "ok" }), None)]
    ] } });
    for (kind, mode, node, called) in [(4, "error", "E", 1), (4, "x", "F", 1), (0, "x", "F", 2)] {
        let mut logic = rpc(&json!({ "mode": mode }), &json!({ "mode": "string" }), "");
        logic["err_node_id"] = json!("E");
        let nodes = json!([
            ["S", 1, [go("A")]],
            ["A", kind, [logic, go("F")], null, stub],
            ["F", 2, []],
            ["E", 2, []]
        ]);
        let mut world = World::new(&nodes);
        world.process(2, &callee(&reply(&json!({ "really": "1" }), None)));
        let task = world.create(&json!({}));
        assert_eq!((world.node(task), world.tasks.len()), (node, called), "{kind} {mode}");
        match (kind, mode) {
            (4, "error") => assert_eq!(world.error(task, "rpc_reply")[2], "stub error"),
            (4, _) => assert_eq!(world.data(task), json!({ "s": "ok", "__logic_stub_mode__": true })),
            _ => assert_eq!(world.data(task), json!({ "really": "1" })),
        }
    }
}

#[test]
fn a_called_process_that_is_paused_is_an_error() {
    let mut world = World::new(&one(rpc(&json!({}), &json!({}), "all")));
    world.process(2, &callee(&reply(&json!({}), None)));
    world.paused.push(2);
    let task = world.create(&json!({}));
    assert_eq!((world.node(task), world.tag(task, "rpc")), ("E", json!("rpc_task_fatal_error")));
    assert_eq!(world.data(task)["__conveyor_copy_task_result__"], "conveyor_is_not_active");
}

fn copy(mode: &str, more: &Value) -> Value {
    let mut logic = json!({ "type": "api_copy", "mode": mode, "conv_id": 2, "ref": "", "data": {}, "data_type": {}, "group": "" });
    logic.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    logic
}

fn end() -> Value {
    json!([["S", 1, [go("QF")]], ["QF", 2, []]])
}

#[test]
fn cases_110_and_111_a_copy_takes_what_it_is_given() {
    let more = json!({ "ref": "my_reference", "group": "all", "data": { "Origin": "x" }, "data_type": { "Origin": "string" } });
    let mut world = World::new(&one(copy("create", &more)));
    world.process(2, &end());
    let task = world.create(&json!({ "a": 1 }));
    assert_eq!(world.data(task), json!({ "a": 1, "__conveyor_copy_task_result__": "ok" }));
    assert_eq!(world.tasks[1].0.reference.as_deref(), Some("my_reference"));
    assert_eq!(
        world.data(1),
        json!({ "a": 1, "Origin": "x", "__copy_conv_id__": 1, "__copy_node_id__": "A", "__copy_ref_id__": "r1" })
    );
    let more = json!({ "data": { "b": "{{a}}" }, "data_type": { "b": "number" } });
    let mut world = World::new(&one(copy("create", &more)));
    world.process(2, &end());
    world.create(&json!({ "a": 1 }));
    assert_eq!((&world.data(1)["b"], &world.data(1)["a"]), (&json!(1), &Value::Null));
}

#[test]
fn cases_112_to_114_a_copy_that_is_refused() {
    let waiting = json!([["S", 1, [go("D")]], ["D", 0, []]]);
    let mut world = World::new(&one(copy("create", &json!({ "ref": "taken" }))));
    world.process(2, &waiting);
    world.add(2, Some("taken"), Data::new()).unwrap();
    let task = world.create(&json!({}));
    assert_eq!(
        world.error(task, "copy_task"),
        [json!("software"), json!("not_unical_ref"), json!("not unical reference")],
        "case 112"
    );
    let mut world = World::new(&one(copy("create", &json!({}))));
    world.process(2, &end());
    world.paused.push(2);
    let task = world.create(&json!({}));
    assert_eq!(
        world.error(task, "copy_task")[1..],
        [json!("conveyor_is_not_active"), json!("conveyor is not active")],
        "case 113"
    );
    let more = json!({ "data": { "n": "{{x}}" }, "data_type": { "n": "number" } });
    let mut world = World::new(&one(copy("create", &more)));
    let task = world.create(&json!({}));
    assert_eq!(
        world.error(task, "copy_task")[1..],
        [json!("copy_task_wrong_convert_param"), json!("Param: n, Value: null, Try convert to: number")],
        "case 114"
    );
}

/// `S → W(callback, timer 600 s → N) → F`.
fn waiting() -> Value {
    let timer = json!([{ "type": "time", "value": 600, "dimension": "sec", "to_node_id": "N" }]);
    json!([["S", 1, [go("W")]], ["W", 0, [{ "type": "api_callback", "is_sync": true }, go("F")], timer], ["F", 2, []], ["N", 2, []]])
}

#[test]
fn cases_115_to_118_a_modify_releases_only_what_waits_for_it() {
    let data =
        json!({ "data": { "param": "I'm from modify" }, "data_type": { "param": "string" }, "ref": "ref1" });
    let waits = json!({ "param": "I'm waiting" });
    for (case, target, is_sync, source, tag, moved) in [
        (115, waiting(), false, "F", Value::Null, "F"),
        (
            117,
            json!([["S", 1, [go("D")]], ["D", 0, []]]),
            true,
            "E",
            json!("no_api_callback_in_node_with_task"),
            "D",
        ),
        (118, json!([["S", 1, [go("D")]], ["D", 0, []]]), false, "F", Value::Null, "D"),
    ] {
        let mut logic = copy("modify", &data);
        logic["is_sync"] = json!(is_sync);
        let mut world = World::new(&one(logic));
        world.process(2, &target);
        world.add(2, Some("ref1"), waits.as_object().unwrap().clone()).unwrap();
        world.settle();
        let task = world.create(&json!({}));
        assert_eq!(
            (world.node(task), world.tag(task, "copy_task"), world.node(0)),
            (source, tag.clone(), moved),
            "case {case}"
        );
        if tag.is_null() {
            assert_eq!(world.data(0)["param"], "I'm from modify", "case {case}");
        }
    }
    let mut world = World::new(&one(copy("modify", &data)));
    world.process(2, &waiting());
    let task = world.create(&json!({}));
    assert_eq!(
        world.error(task, "copy_task")[1..],
        [json!("not_found_task"), json!("not found task")],
        "case 116"
    );
    // `not_found_task` is of Modify alone (sheet corezoid/engine 3.5).
    let mut world = World::new(&one(copy("create", &data)));
    let task = world.create(&json!({}));
    assert_eq!(
        world.error(task, "copy_task"),
        [json!("software"), json!("access_denied"), json!("user: 1, conv_id: 2")]
    );
}

#[test]
fn cases_120_and_121_a_callback_waits_for_a_modify_or_its_timer() {
    let mut world = World::new(&waiting());
    let task = world.create(&json!({ "a": 1 }));
    world.advance(100);
    world.change(task, &json!({ "b": 2 }));
    assert_eq!((world.node(task), world.data(task)), ("F", json!({ "a": 1, "b": 2 })));
    let mut world = World::new(&waiting());
    let task = world.create(&json!({}));
    world.advance(599);
    assert_eq!(world.node(task), "W");
    world.advance(1);
    assert_eq!(world.node(task), "N");
}
