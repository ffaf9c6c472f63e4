//! Sheet corezoid/engine 10.8: timers, queues, sums, state diagrams.

use super::*;

fn delay(value: &Value, dimension: &str) -> World {
    let timer = json!([{ "type": "time", "value": value, "dimension": dimension, "to_node_id": "F" }]);
    World::new(&json!([["S", 1, [go("D")]], ["D", 0, [], timer], ["F", 2, []]]))
}

#[test]
fn cases_125_to_130_when_a_timer_fires() {
    let now = NOW / 1000;
    for (case, value, dimension, before, after) in [
        (125, json!(30), "sec", 29, 1),
        (130, json!(86_400), "day", 86_399, 1),
        (130, json!(1800), "min", 1799, 1),
        (125, json!(2), "min", 119, 1),
        (125, json!("600"), "min", 599, 1),
        (127, json!("{{t}}"), "sec", 2, 1),
        (129, json!("$.unixtime(%y-%m-%d+1 09:00:00)"), "sec", 23 * 3600 - 1, 1),
    ] {
        let mut world = delay(&value, dimension);
        let task = world.create(&json!({ "t": now + 3 }));
        world.advance(before);
        assert_eq!(world.node(task), "D", "case {case}");
        world.advance(after);
        assert_eq!(world.node(task), "F", "case {case}");
    }
    let mut world = delay(&json!("{{t}}"), "sec");
    let task = world.create(&json!({ "t": 3 }));
    world.advance(0);
    assert_eq!(world.node(task), "F", "case 128");
}

#[test]
fn the_unit_of_a_timer_can_be_chosen() {
    use crate::kernel::engine::TimerUnit;
    for (unit, seconds) in [(TimerUnit::Auto, 60), (TimerUnit::Seconds, 60), (TimerUnit::Multiply, 3600)] {
        let mut world = delay(&json!(60), "min");
        world.options.timer_unit = unit;
        let task = world.create(&json!({}));
        world.advance(seconds - 1);
        assert_eq!(world.node(task), "D", "{unit:?}");
        world.advance(1);
        assert_eq!(world.node(task), "F", "{unit:?}");
    }
}

#[test]
fn cases_132_and_133_a_sum_lives_in_its_node() {
    let sum = json!({ "type": "api_sum", "extra": [{ "id": "1", "name": "Total", "value": "{{amount}}" }] });
    let mut world = World::new(&one(sum));
    for amount in [10, 20, -5] {
        let task = world.create(&json!({ "amount": amount }));
        assert_eq!((world.node(task), world.data(task)), ("F", json!({ "amount": amount })));
    }
    assert_eq!(world.sums, BTreeMap::from([(("A".to_owned(), "1".to_owned()), 25.0)]));
    let task = world.create(&json!({ "amount": "x" }));
    assert_eq!((world.node(task), world.tag(task, "api_sum")), ("E", json!("sum_wrong_convert_param")));
}

#[test]
fn case_134_a_condition_reads_the_number_of_tasks_in_a_node() {
    let more = json!({ "type": "go_if_const", "to_node_id": "A",
        "conditions": [{ "param": "{{node[D].count}}", "fun": "more", "const": "1", "cast": "number" }] });
    let to_d = json!({ "type": "go_if_const", "to_node_id": "D",
        "conditions": [{ "param": "park", "fun": "eq", "const": "1", "cast": "number" }] });
    let mut world = World::new(&json!([
        ["S", 1, [go("N")]],
        ["N", 0, [to_d, more, go("B")]],
        ["D", 0, []],
        ["A", 2, []],
        ["B", 2, []]
    ]));
    for (index, (data, expected)) in
        [(json!({ "park": 1 }), "D"), (json!({}), "B"), (json!({ "park": 1 }), "D"), (json!({}), "A")]
            .iter()
            .enumerate()
    {
        let task = world.add(1, Some(&format!("r{index}")), data.as_object().unwrap().clone()).unwrap();
        world.settle();
        assert_eq!(world.node(task), *expected);
    }
}

#[test]
fn cases_135_to_139_taking_from_a_queue() {
    let take = |order: &str, node: &str| {
        one(json!({ "type": "api_get_task", "conv_id": 2, "node_id": node, "order_by": order }))
    };
    let queue = json!({ "type": "api_queue", "data": { "k": "v" }, "data_type": { "k": "string" } });
    let queued = json!([["S", 1, [go("Q")]], ["Q", 0, [queue, go("QF")]], ["QF", 2, []], ["D", 0, []]]);
    for (case, order, taken, left) in [(135, "ASC", 0, 1), (136, "DESC", 1, 0)] {
        let mut world = World::new(&take(order, "Q"));
        world.process(2, &queued);
        for n in [1, 2] {
            world.add(2, Some(&n.to_string()), json!({ "n": n }).as_object().unwrap().clone()).unwrap();
        }
        world.settle();
        let task = world.create(&json!({}));
        assert_eq!((world.node(task), world.node(taken), world.node(left)), ("F", "QF", "Q"), "case {case}");
        let n = taken + 1;
        assert_eq!(
            world.data(task),
            json!({ "__queue_task_id__": format!("t{taken}"), "__queue_task_data__": { "n": n, "k": "v" } }),
            "case 137"
        );
        assert!(world.data(taken).get("k").is_none());
    }
    let mut world = World::new(&take("ASC", "Q"));
    world.process(2, &queued);
    let task = world.create(&json!({}));
    assert_eq!(
        world.error(task, "get_task"),
        [json!("software"), json!("get_task_executing_error"), json!("not_found_task")],
        "case 138"
    );
    let mut world = World::new(&take("ASC", "D"));
    world.process(2, &queued);
    let task = world.create(&json!({}));
    assert_eq!(world.tag(task, "queue"), "queue_wrong_logic", "case 139");
}

/// sheet corezoid/engine 7.2: a bad dynamic id.
#[test]
fn what_can_be_no_process_has_no_queue() {
    for (conv, shown) in [("{{to}}", "two"), ("{{gone}}", "null"), ("", "null"), ("2x", "2x")] {
        let take = json!({ "type": "api_get_task", "conv_id": conv, "node_id": "Q", "order_by": "ASC" });
        let mut world = World::new(&one(take));
        let task = world.create(&json!({ "to": "two" }));
        assert_eq!(
            world.error(task, "get_task"),
            [
                json!("software"),
                json!("get_task_wrong_convert_param"),
                json!(format!("Param: conv_id, Value: {shown}, Try convert to: number"))
            ],
            "{conv}"
        );
    }
}

fn state(conditions: bool) -> World {
    let active = json!({ "type": "go_if_const", "to_node_id": "Active",
        "conditions": [{ "param": "status", "fun": "eq", "const": "active", "cast": "string" }] });
    let callback = json!({ "type": "api_callback", "is_sync": true });
    let logics = if conditions { json!([callback, active, go("New")]) } else { json!([callback, go("New")]) };
    let timer = json!([{ "type": "time", "value": 86_400, "dimension": "day", "to_node_id": "Late" }]);
    let mut world = World::new(&json!([]));
    world.diagram(
        1,
        &json!([
            ["S", 1, [go("New")]],
            ["New", 0, logics, timer],
            ["Active", 0, [callback, go("Active")]],
            ["Late", 0, [callback, go("Late")]]
        ]),
    );
    world
}

#[test]
fn cases_140_to_143_a_state_looks_at_its_conditions_after_a_change_only() {
    let mut world = state(true);
    let task = world.create(&json!({ "status": "active" }));
    assert_eq!(world.node(task), "New", "case 140");
    world.change(task, &json!({ "status": "active" }));
    assert_eq!(world.node(task), "Active", "case 141");
    let mut world = state(true);
    let task = world.create(&json!({}));
    world.change(task, &json!({ "x": 1 }));
    assert_eq!((world.node(task), world.data(task)), ("New", json!({ "x": 1 })), "case 142");
    let mut world = state(false);
    let task = world.create(&json!({}));
    world.change(task, &json!({ "x": 1 }));
    assert_eq!(world.node(task), "New", "case 143");
}

#[test]
fn a_state_that_leads_to_itself_keeps_its_timer() {
    let mut world = state(true);
    let task = world.create(&json!({}));
    world.advance(86_000);
    world.change(task, &json!({ "x": 1 }));
    world.advance(400);
    assert_eq!(world.node(task), "Late");
}

#[test]
fn many_changes_of_a_state_are_no_loop() {
    let mut world = state(true);
    let task = world.create(&json!({}));
    for n in 0..200 {
        world.change(task, &json!({ "x": n }));
    }
    assert_eq!((world.node(task), &world.tasks[task].1), ("New", &Rest::Park(Wait::Callback)));
}
