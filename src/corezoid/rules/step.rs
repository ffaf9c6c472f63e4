//! Tasks that are stepped through a process: which way they have come, and what came of the logics of a node
//! (sheet corezoid/engine 9). Pure.

use serde_json::{Map, Value, json};

use crate::corezoid::engine::trace::{Step, Way, What};

/// A node that a task came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stop<'a> {
    /// Unix milliseconds.
    pub(crate) at: i64,
    pub(crate) from: Option<&'a str>,
    pub(crate) node: &'a str,
}

/// The nodes that lie behind a task, the one it stands in last. Who steps back, or goes to a node that lies behind, leaves
/// what came after it.
pub(crate) fn way<'a>(steps: impl IntoIterator<Item = &'a Step>) -> Vec<Stop<'a>> {
    let mut way: Vec<Stop<'a>> = Vec::new();
    for step in steps {
        let What::Entered { from, by } = &step.what else { continue };
        let returns = matches!(by, Way::Back | Way::Goto);
        if returns && let Some(position) = way.iter().rposition(|stop| stop.node == step.node) {
            way.truncate(position + 1);
        } else {
            way.push(Stop { at: step.at, from: from.as_deref(), node: &step.node });
        }
    }
    way
}

/// What happened in the node that a task was stepped through last: the one it has left, or, if it has not `moved`, the one
/// it stands in.
pub(crate) fn last_round(steps: &[Step], moved: bool) -> &[Step] {
    let mut came =
        steps.iter().enumerate().rev().filter(|(_, step)| matches!(step.what, What::Entered { .. }));
    let end = if moved { came.next().map_or(0, |(index, _)| index + 1) } else { steps.len() };
    let begin = came.next().map_or(0, |(index, _)| index);
    steps.get(begin..end).unwrap_or_default()
}

/// The logics of a node, each with what came of it: `ok`, `error`, `wait`, `false` (a condition), `not_checked`. Only the
/// first and the last of these words are published; the times are seconds.
pub(crate) fn verdicts(logics: &[Map<String, Value>], round: &[Step]) -> Value {
    // First of all it came there; that is not what the node did.
    let round = round.get(1..).unwrap_or_default();
    let begin = round.first().map_or(0, |step| step.at);
    let verdict = |index: usize| {
        round.iter().rev().find_map(|step| {
            let (logic, word) = match &step.what {
                What::Condition { logic, holds, .. } => (*logic, if *holds { "ok" } else { "false" }),
                What::Done { logic }
                | What::Stayed { by: Way::Logic(logic) }
                | What::Entered { by: Way::Logic(logic), from: Some(_) } => (*logic, "ok"),
                What::Failed { logic, .. } => (*logic, "error"),
                What::Waits { logic, .. } => (*logic, "wait"),
                _ => return None,
            };
            (logic == index).then_some((word, step.at - begin))
        })
    };
    logics.iter().enumerate().map(|(index, logic)| judged(logic, verdict(index))).collect()
}

fn judged(logic: &Map<String, Value>, verdict: Option<(&str, i64)>) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "no step takes that long")]
    let sys = verdict.map_or_else(|| json!({}), |(_, took)| json!({ "execute_time": took as f64 / 1000.0 }));
    let mut judged = Map::new();
    judged.insert("proc".to_owned(), json!(verdict.map_or("not_checked", |(word, _)| word)));
    judged.insert("sys".to_owned(), sys);
    for (key, value) in logic {
        if key == "to_node_id" {
            judged.insert("to_conv_id".to_owned(), json!(""));
        }
        judged.insert(key.clone(), value.clone());
    }
    Value::Object(judged)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn came(at: i64, from: Option<&str>, node: &str, by: Way) -> Step {
        let what = What::Entered { from: from.map(str::to_owned), by };
        Step { at, node: node.to_owned(), what, data: Map::new() }
    }

    fn did(at: i64, node: &str, what: What) -> Step {
        Step { at, node: node.to_owned(), what, data: Map::new() }
    }

    #[test]
    fn who_returns_leaves_what_lay_behind_that_node() {
        let steps = [
            came(1, None, "s", Way::Put),
            came(2, Some("s"), "a", Way::Logic(0)),
            came(3, Some("a"), "b", Way::Logic(1)),
        ];
        let nodes =
            |steps: &[Step]| way(steps).iter().map(|stop| stop.node.to_owned()).collect::<Vec<_>>().join(" ");
        assert_eq!(nodes(&steps), "s a b");
        for (last, expected) in [
            (came(4, Some("b"), "a", Way::Back), "s a"),
            (came(4, Some("b"), "s", Way::Goto), "s"),
            (came(4, Some("b"), "c", Way::Goto), "s a b c"),
            (came(4, Some("b"), "a", Way::Logic(0)), "s a b a"),
        ] {
            let steps = [&steps[..], &[last]].concat();
            assert_eq!(nodes(&steps), expected);
        }
    }

    #[test]
    fn every_logic_of_the_round_has_its_word() {
        let logics: Vec<Map<String, Value>> = ["set_param", "go_if_const", "go_if_const", "go"]
            .iter()
            .map(|kind| json!({ "type": kind, "to_node_id": "x" }).as_object().unwrap().clone())
            .collect();
        let steps = [
            came(0, None, "s", Way::Put),
            came(1000, Some("s"), "a", Way::Logic(0)),
            did(1000, "a", What::Waits { logic: 0, reason: "http".into() }),
            did(1250, "a", What::Failed { logic: 0, reason: None, tag: None, description: None }),
            did(1250, "a", What::Condition { logic: 1, holds: false, conditions: Vec::new() }),
            did(1250, "a", What::Condition { logic: 2, holds: true, conditions: Vec::new() }),
            came(1250, Some("a"), "x", Way::Logic(2)),
        ];
        let words = |steps: &[Step], moved| {
            let told = verdicts(&logics, last_round(steps, moved));
            let word = |told: &Value| format!("{} {}", told["proc"].as_str().unwrap(), told["sys"]);
            told.as_array().unwrap().iter().map(word).collect::<Vec<_>>().join(", ")
        };
        assert_eq!(
            words(&steps, true),
            r#"error {"execute_time":0.25}, false {"execute_time":0.25}, ok {"execute_time":0.25}, not_checked {}"#
        );
        assert_eq!(
            words(&steps[..3], false),
            r#"wait {"execute_time":0.0}, not_checked {}, not_checked {}, not_checked {}"#
        );
        assert_eq!(words(&[], false), "not_checked {}, not_checked {}, not_checked {}, not_checked {}");
    }
}
