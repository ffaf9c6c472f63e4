//! What a deploy refuses (sheet corezoid/api 4.5): node id to texts. Pure.

use std::collections::HashSet;

use serde_json::Value;

use super::flaw::Flaw;
use super::logic::{self, Role};
use super::node::{NodeDoc, NodeKind, Object};

/// Checks the graph that a confirm would make live. Empty: nothing is wrong.
///
/// A process without a start node deploys: the seed only says that it cannot work. So does a node without logics, which
/// is what the seed's own start node is.
pub(crate) fn check(nodes: &[(&str, &NodeDoc)]) -> Object {
    let known: HashSet<&str> = nodes.iter().map(|(id, _)| *id).collect();
    let two_starts = nodes.iter().filter(|(_, doc)| doc.obj_type == NodeKind::Start).count() > 1;
    let mut errors = Object::new();
    for (id, doc) in nodes {
        let mut found = Vec::new();
        if two_starts && doc.obj_type == NodeKind::Start {
            found.push(Flaw::SecondStart.to_string());
        }
        shape(doc, &mut found);
        for part in &doc.logics {
            found.extend(logic::mistakes(part));
            found.extend(dangling(part, &known));
        }
        for part in &doc.semaphors {
            found.extend(logic::semaphor_mistakes(part));
            found.extend(dangling(part, &known));
        }
        if !found.is_empty() {
            errors.insert((*id).to_owned(), found.into_iter().map(Value::String).collect());
        }
    }
    errors
}

/// A node of another process is as missing as one that never was.
fn dangling(part: &Object, known: &HashSet<&str>) -> Vec<String> {
    logic::links(part).filter(|(_, id)| !known.contains(id)).map(|_| Flaw::NoNode.to_string()).collect()
}

/// One action or conditions, then `go` (sheet corezoid/engine 2.2).
fn shape(doc: &NodeDoc, found: &mut Vec<String>) {
    let Some(last) = doc.logics.last() else { return };
    if doc.obj_type == NodeKind::Final {
        found.push(Flaw::LogicInFinal.to_string());
        return;
    }
    if logic::role(last) != Role::Go {
        found.push(Flaw::NoGo.to_string());
    }
    if doc.logics.iter().filter(|part| logic::role(part) == Role::Action).count() > 1 {
        found.push(Flaw::SecondAction.to_string());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn errors(nodes: Value) -> Value {
        let nodes: Vec<(String, NodeDoc)> = serde_json::from_value(nodes).unwrap();
        let nodes: Vec<_> = nodes.iter().map(|(id, doc)| (id.as_str(), doc)).collect();
        Value::Object(check(&nodes))
    }

    #[test]
    fn a_sound_graph_passes() {
        assert_eq!(
            errors(json!([
                ["s", { "obj_type": 1, "logics": [{ "type": "go", "to_node_id": "a" }] }],
                ["a", { "obj_type": 0, "logics": [
                    { "type": "api", "err_node_id": "e", "extra_headers": {} },
                    { "type": "go", "to_node_id": "f" }
                ] }],
                ["e", { "obj_type": 3, "logics": [{ "type": "go", "to_node_id": "d" }] }],
                ["d", { "obj_type": 0, "semaphors": [
                    { "type": "time", "value": 30, "dimension": "sec", "to_node_id": "a" }
                ] }],
                ["f", { "obj_type": 2 }],
                ["lonely start of the seed", { "obj_type": 0 }]
            ])),
            json!({})
        );
    }

    #[test]
    fn every_broken_node_is_named_with_all_its_mistakes() {
        assert_eq!(
            errors(json!([
                ["s1", { "obj_type": 1 }],
                ["s2", { "obj_type": 1, "logics": [{ "type": "go", "to_node_id": "nowhere" }] }],
                ["f", { "obj_type": 2, "logics": [{ "type": "go", "to_node_id": "s1" }] }],
                ["open", { "obj_type": 0, "logics": [{ "type": "api_code" }] }],
                ["two", { "obj_type": 0, "logics": [
                    { "type": "set_param", "err_node_id": "gone" },
                    { "type": "api_rpc_reply" },
                    { "type": "go", "to_node_id": "f" }
                ] }],
                ["slow", { "obj_type": 0, "semaphors": [
                    { "type": "time", "value": 15, "dimension": "sec", "to_node_id": "f" },
                    { "type": "count", "value": 30, "esc_node_id": "gone" }
                ] }]
            ])),
            json!({
                "s1": ["Process must have only one start node"],
                "s2": ["Process must have only one start node", "referenced node does not exist"],
                "f": ["Logic is not allowed in a final node"],
                "open": ["Node must always have a logic with type go at the end"],
                "two": ["Node must have only one action logic", "referenced node does not exist"],
                "slow": [
                    "Key 'value'. 'Timer value 15 sec is less than minimum limit 30 sec'",
                    "referenced node does not exist"
                ]
            })
        );
    }

    #[test]
    fn computed_and_empty_links_are_not_looked_up() {
        assert_eq!(
            errors(json!([["a", { "obj_type": 0, "logics": [
                { "type": "api_copy", "err_node_id": "" },
                { "type": "go", "to_node_id": "{{where}}" }
            ] }]])),
            json!({})
        );
    }
}
