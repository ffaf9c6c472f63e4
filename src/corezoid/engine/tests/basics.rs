//! Sheet corezoid/engine 10.1 and the loop guard of 10.8.

use super::*;

#[test]
fn case_1_a_task_goes_from_start_to_final() {
    let mut world = World::new(&json!([["S", 1, [go("F")]], ["F", 2, []]]));
    let task = world.create(&json!({ "a": 1 }));
    assert_eq!((world.node(task), world.data(task)), ("F", json!({ "a": 1 })));
    assert_eq!(world.tasks[task].0.prev.as_deref(), Some("S"));
    assert_eq!(world.tasks[task].1, Rest::Final { keep: true });
}

#[test]
fn case_7_a_final_node_may_drop_its_tasks() {
    let options = json!({ "options": { "save_task": false } });
    let mut world = World::new(&json!([["S", 1, [go("F")]], ["F", 2, [], null, options]]));
    let task = world.create(&json!({}));
    assert_eq!(world.tasks[task].1, Rest::Final { keep: false });
}

#[test]
fn cases_144_and_145_a_ring_without_waiting_is_stopped() {
    let always = |to: &str| json!({ "type": "go_if_const", "to_node_id": to, "conditions": [] });
    let mut world =
        World::new(&json!([["S", 1, [go("A")]], ["A", 0, [always("B"), go("B")]], ["B", 0, [always("A")]]]));
    let task = world.create(&json!({}));
    assert_eq!(world.tasks[task].1, Rest::Loop);
    let code = json!({ "type": "api_code", "lang": "js", "src": "" });
    let mut world = World::new(&json!([["S", 1, [go("A")]], ["A", 0, [code, go("B")]], ["B", 0, [go("A")]]]));
    world.scripts.extend((0..1000).map(|_| Ok(json!({}))));
    let task = world.create(&json!({}));
    assert_eq!(world.tasks[task].1, Rest::Loop);
}

#[test]
fn a_loop_that_waits_is_not_cut() {
    let delay = json!([{ "type": "time", "value": 30, "dimension": "sec", "to_node_id": "A" }]);
    let mut world = World::new(&json!([["S", 1, [go("A")]], ["A", 0, [go("D")]], ["D", 0, [], delay]]));
    let task = world.create(&json!({}));
    world.advance(30 * 500);
    assert_eq!(world.tasks[task].1, Rest::Park(Wait::Nothing));
}

#[test]
fn case_147_without_an_error_node_the_next_logic_sorts_it_out() {
    let api = json!({ "type": "api", "url": "http://x", "method": "POST", "extra": {}, "extra_headers": {} });
    let tag = "__conveyor_api_return_type_tag__";
    let bad = json!({ "type": "go_if_const", "to_node_id": "A",
        "conditions": [{ "param": tag, "fun": "eq", "const": "api_bad_answer", "cast": "string" }] });
    let mut world =
        World::new(&json!([["S", 1, [go("N")]], ["N", 0, [api, bad, go("B")]], ["A", 2, []], ["B", 2, []]]));
    world.answers.push_back(Err(Silence::Refused));
    let task = world.create(&json!({}));
    assert_eq!(world.node(task), "A");
}

#[test]
fn a_link_to_nowhere_leaves_the_task_where_it_is() {
    let mut world = World::new(&json!([["S", 1, [go("gone")]]]));
    let task = world.create(&json!({}));
    assert_eq!((world.node(task), &world.tasks[task].1), ("S", &Rest::Park(Wait::Nothing)));
}
