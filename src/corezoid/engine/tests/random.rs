//! Any graph rests, and the same input gives the same steps.

use proptest::prelude::*;

use super::*;

const NODES: usize = 6;

fn name(index: usize) -> String {
    format!("n{index}")
}

fn action() -> impl Strategy<Value = Value> {
    let err = (0..NODES + 2).prop_map(name);
    prop_oneof![
        (0..4_u8, "[a-c]{1}").prop_map(|(n, key)| json!({ "type": "set_param",
            "extra": { key.clone(): format!("$.math({{{{a}}}}+{n})") }, "extra_type": { key: "number" } })),
        Just(json!({ "type": "set_param", "extra": { "{{l[{{a}}]}}": "{{b}}" }, "extra_type": {} })),
        Just(json!({ "type": "api_callback" })),
        Just(json!({ "type": "api_queue", "data": {}, "data_type": {} })),
        Just(json!({ "type": "api_sum", "extra": [{ "id": "s", "value": "{{a}}" }] })),
        Just(json!({ "type": "api_code", "lang": "js", "src": "" })),
        Just(json!({ "type": "api_rpc", "conv_id": 2, "extra": {}, "extra_type": {}, "group": "all" })),
        Just(json!({ "type": "api_get_task", "conv_id": 1, "node_id": "n1", "order_by": "ASC" })),
        Just(json!({ "type": "api_rpc_reply", "res_data": { "a": "{{a}}" }, "res_data_type": {} })),
        Just(json!({ "type": "api", "url": "{{a}}", "method": "GET", "extra": {}, "extra_headers": {} })),
        Just(json!({ "type": "unheard_of" })),
    ]
    .prop_flat_map(move |logic| {
        (Just(logic), prop::option::of(err.clone())).prop_map(|(mut logic, err)| {
            if let Some(err) = err {
                logic["err_node_id"] = json!(err);
            }
            logic
        })
    })
}

fn logic() -> impl Strategy<Value = Value> {
    let to = || (0..NODES + 1).prop_map(name);
    prop_oneof![
        2 => to().prop_map(|to| go(&to)),
        2 => (to(), prop_oneof!["more", "less", "eq", "regexp"], 0..4_u8).prop_map(|(to, fun, n)| json!({
            "type": "go_if_const", "to_node_id": to,
            "conditions": [{ "param": "a", "fun": fun, "const": n.to_string(), "cast": "number" }] })),
        3 => action(),
    ]
}

fn process() -> impl Strategy<Value = Value> {
    let timer = (0..100_u32, 0..NODES).prop_map(
        |(value, to)| json!([{ "type": "time", "value": value, "dimension": "sec", "to_node_id": name(to) }]),
    );
    let node = (prop::collection::vec(logic(), 0..4), prop::option::of(timer), prop::bool::weighted(0.2));
    prop::collection::vec(node, NODES).prop_map(|nodes| {
        let mut list = vec![json!(["S", 1, [go("n0")]])];
        for (index, (logics, timer, is_final)) in nodes.into_iter().enumerate() {
            list.push(if is_final {
                json!([name(index), 2, []])
            } else {
                json!([name(index), 0, logics, timer])
            });
        }
        Value::Array(list)
    })
}

fn run(nodes: &Value, data: &Value, changes: &[u8]) -> Vec<(Task, Rest)> {
    let mut world = World::new(nodes);
    world.process(2, &json!([["S", 1, [go("R")]],
        ["R", 0, [{ "type": "api_rpc_reply", "res_data": { "a": "1" }, "res_data_type": { "a": "number" } }, go("F")]], ["F", 2, []]]));
    world.scripts.extend((0..200).map(|n| Ok(json!({ "a": n }))));
    for n in 0..2 {
        world.add(1, Some(&format!("r{n}")), data.as_object().unwrap().clone()).unwrap();
    }
    world.settle();
    for change in changes {
        if let Rest::Park(Wait::Callback) = world.tasks[usize::from(change % 2)].1 {
            world.change(usize::from(change % 2), &json!({ "a": change }));
        }
        world.advance(60);
    }
    world.tasks
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn any_graph_rests_and_repeats(nodes in process(), a in 0..5_i64, changes in prop::collection::vec(any::<u8>(), 0..6)) {
        let data = json!({ "a": a, "b": "x" });
        let first = run(&nodes, &data, &changes);
        for (task, rest) in &first {
            prop_assert!(!matches!(rest, Rest::Ask(_)), "{task:?}");
        }
        prop_assert_eq!(&first, &run(&nodes, &data, &changes));
    }
}
