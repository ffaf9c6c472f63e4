//! References and data of tasks against a small model, over random ops.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::support::{App, builder, seed};

#[derive(Debug, Clone)]
enum Step {
    Create { conv: i64, reference: u8, key: u8 },
    Modify { conv: i64, reference: u8, key: u8, value: u8 },
    Delete { conv: i64, reference: u8 },
    Pause { conv: i64, paused: bool },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let at = || (1..3_i64, 0..3_u8);
    let step = prop_oneof![
        3 => (at(), 0..3_u8).prop_map(|((conv, reference), key)| Step::Create { conv, reference, key }),
        3 => (at(), 0..3_u8, any::<u8>())
            .prop_map(|((conv, reference), key, value)| Step::Modify { conv, reference, key, value }),
        2 => at().prop_map(|(conv, reference)| Step::Delete { conv, reference }),
        1 => (1..3_i64, any::<bool>()).prop_map(|(conv, paused)| Step::Pause { conv, paused }),
    ];
    proptest::collection::vec(step, 1..30)
}

/// Of each process: whether it is paused, and its tasks in the order they were made: reference, id, data.
#[derive(Debug, Default)]
struct Process {
    paused: bool,
    tasks: Vec<(String, String, Map<String, Value>)>,
}

impl Process {
    fn at(&self, reference: u8) -> Option<usize> {
        self.tasks.iter().position(|(known, ..)| *known == reference.to_string())
    }
}

async fn play(steps: Vec<Step>) {
    let conv = |id: i64| json!({ "id": id, "title": "P", "nodes": [{ "id": format!("start{id}"), "live": { "obj_type": 1 } }] });
    let document = json!({ "standin": 1, "corezoid": { "convs": [conv(1), conv(2)] } });
    let app = App::of(builder().seed(seed(document))).await;
    let key = app.key();
    let mut model = BTreeMap::from([(1, Process::default()), (2, Process::default())]);
    for step in steps {
        match step {
            Step::Create { conv, reference, key: name } => {
                let process = model.get_mut(&conv).unwrap();
                let data = json!({ name.to_string(): "new" });
                let op = json!({ "type": "create", "obj": "task", "conv_id": conv, "ref": reference, "data": data });
                let answer = key.op(op).await;
                let expected = match (process.paused, process.at(reference)) {
                    (true, _) => "conveyor is not active",
                    (false, Some(_)) => "not unical reference",
                    (false, None) => "",
                };
                assert_eq!(answer["description"].as_str().unwrap_or_default(), expected, "{step:?} {answer}");
                if let Some(id) = answer["obj_id"].as_str() {
                    let data = data.as_object().unwrap().clone();
                    process.tasks.push((reference.to_string(), id.to_owned(), data));
                }
            }
            Step::Modify { conv, reference, key: name, value } => {
                let process = model.get_mut(&conv).unwrap();
                let data = json!({ name.to_string(): value });
                let op = json!({ "type": "modify", "obj": "task", "conv_id": conv, "ref": reference, "data": data });
                let answer = key.op(op).await;
                let found = process.at(reference);
                assert_eq!(answer["proc"] == "ok", found.is_some(), "{step:?} {answer}");
                if let Some(at) = found {
                    process.tasks[at].2.insert(name.to_string(), json!(value));
                }
            }
            Step::Delete { conv, reference } => {
                let process = model.get_mut(&conv).unwrap();
                let found = process.at(reference);
                let id = found.map_or("nobody", |at| process.tasks[at].1.as_str());
                let node = format!("start{conv}");
                let op = json!({ "type": "delete", "obj": "task", "conv_id": conv, "obj_id": id, "node_id": node });
                assert_eq!(key.op(op).await["proc"] == "ok", found.is_some(), "{step:?}");
                found.map(|at| process.tasks.remove(at));
            }
            Step::Pause { conv, paused } => {
                let status = if paused { "paused" } else { "active" };
                let op = json!({ "type": "modify", "obj": "conv", "obj_id": conv, "status": status });
                assert_eq!(key.op(op).await["proc"], "ok");
                model.get_mut(&conv).unwrap().paused = paused;
            }
        }
        for (conv, process) in &model {
            let op =
                json!({ "type": "list", "obj": "node", "conv_id": conv, "obj_id": format!("start{conv}") });
            let shown = key.op(op).await;
            let listed: Vec<(String, String, Map<String, Value>)> = shown["list"]
                .as_array()
                .unwrap()
                .iter()
                .map(|task| {
                    let text = |key: &str| task[key].as_str().unwrap().to_owned();
                    (text("ref"), text("obj_id"), task["data"].as_object().unwrap().clone())
                })
                .collect();
            assert_eq!(listed, process.tasks, "{step:?}");
            assert_eq!(shown["count"], process.tasks.len(), "{step:?}");
        }
    }
    let state = app.state().await;
    let copy = App::of(builder().seed(seed(state.clone()))).await;
    assert_eq!(copy.state().await, state);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn tasks_follow_a_small_model(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(play(steps));
    }
}
