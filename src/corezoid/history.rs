//! What was done lately, for `list history`: the last ops that changed something, with request and answer. Kept in memory,
//! so that it costs no statement, and bounded; it ends with the process and is no part of state documents.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use serde_json::{Map, Value};

use super::keys::Caller;

/// As many are kept, and as much of them.
const MOST_ENTRIES: usize = 1000;
const MOST_WEIGHT: usize = 4 << 20;
/// Of a heavier request or answer only what stands in a line is kept.
const MOST_OF_ONE: usize = 64 << 10;

/// One op that was done.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// Grows from 1.
    pub(crate) id: u64,
    /// Unix seconds.
    pub(crate) time: i64,
    pub(crate) user_id: i64,
    pub(crate) user_name: String,
    pub(crate) login: i64,
    pub(crate) request: Value,
    pub(crate) response: Value,
    weight: usize,
}

#[derive(Debug, Default)]
struct Log {
    made: u64,
    weight: usize,
    entries: VecDeque<Entry>,
}

/// The history of a world.
#[derive(Debug, Default)]
pub(crate) struct History(Mutex<Log>);

impl History {
    /// Notes ops of one package with their answers, oldest first.
    pub(crate) fn note(&self, time: i64, caller: &Caller, done: impl Iterator<Item = (Value, Value)>) {
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (request, response) in done {
            let (request, response) = (bounded(discreet(request)), bounded(response));
            let weight = weight(&request) + weight(&response);
            log.made += 1;
            log.weight += weight;
            let entry = Entry {
                id: log.made,
                time,
                user_id: caller.user_id,
                user_name: caller.title.clone(),
                login: caller.login,
                request,
                response,
                weight,
            };
            log.entries.push_back(entry);
            while log.entries.len() > MOST_ENTRIES || log.weight > MOST_WEIGHT {
                let Some(oldest) = log.entries.pop_front() else { break };
                log.weight -= oldest.weight;
            }
        }
    }

    /// Those that `keeps` keeps, newest first.
    pub(crate) fn find(&self, keeps: impl Fn(&Entry) -> bool, offset: usize, limit: usize) -> Vec<Entry> {
        let log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        log.entries.iter().rev().filter(|entry| keeps(entry)).skip(offset).take(limit).cloned().collect()
    }
}

/// A request without the value of a variable, which may be a secret.
fn discreet(mut request: Value) -> Value {
    if request["obj"] == "env_var"
        && let Some(value) = request.get_mut("value")
    {
        *value = Value::Null;
    }
    request
}

/// About as many bytes as a value takes.
fn weight(value: &Value) -> usize {
    16 + match value {
        Value::String(text) => text.len(),
        Value::Array(list) => list.iter().map(weight).sum(),
        Value::Object(fields) => fields.iter().map(|(name, value)| name.len() + weight(value)).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    }
}

/// A value that is not too heavy, or its short fields.
fn bounded(value: Value) -> Value {
    match value {
        Value::Object(fields) if fields.values().map(weight).sum::<usize>() > MOST_OF_ONE => {
            let short = |(_, value): &(String, Value)| weight(value) <= 1024;
            Value::Object(fields.into_iter().filter(short).collect::<Map<_, _>>())
        }
        value => value,
    }
}

impl Entry {
    /// A text of the request.
    pub(crate) fn word(&self, key: &str) -> &str {
        self.request[key].as_str().unwrap_or_default()
    }

    /// The kind and the id of what it was done to: the request says both, or the answer says the id of what was made.
    /// A move names what it moves in `obj_type` (sheet corezoid/api 2.2).
    pub(crate) fn object(&self, kinds: &[&str]) -> (&str, &Value) {
        let kind = Some(self.word("obj_type")).filter(|word| kinds.contains(word));
        let id = Some(&self.request["obj_id"]).filter(|id| !id.is_null());
        (kind.unwrap_or_else(|| self.word("obj")), id.unwrap_or(&self.response["obj_id"]))
    }

    /// Whether it was done to an object, or to something in it (a node of a process, a chart of a dashboard).
    pub(crate) fn is_about(&self, kind: &str, id: i64, kinds: &[&str]) -> bool {
        let is = |value: &Value| super::args::integer(value) == Some(id);
        let (own, own_id) = self.object(kinds);
        own == kind && is(own_id)
            || kind == "conv" && is(&self.request["conv_id"])
            || kind == "dashboard" && is(&self.request["dashboard_id"])
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const KINDS: &[&str] = &["conv", "folder"];

    fn caller() -> Caller {
        Caller { user_id: 1, title: "API key".to_owned(), login: 12_345, denied: false }
    }

    #[test]
    fn only_the_newest_are_kept() {
        let history = History::default();
        for _ in 0..3 {
            let ops = (0..500).map(|id| (json!({ "obj": "conv", "obj_id": id }), json!({})));
            history.note(0, &caller(), ops);
        }
        let all = history.find(|_| true, 0, usize::MAX);
        assert_eq!((all.len(), all[0].id, all[999].id), (1000, 1500, 501));
        let page: Vec<u64> = history.find(|_| true, 1, 2).iter().map(|entry| entry.id).collect();
        assert_eq!(page, [1499, 1498]);
    }

    #[test]
    fn a_heavy_op_leaves_its_short_fields_and_many_push_the_old_ones_out() {
        let history = History::default();
        let heavy = json!({ "obj": "obj_scheme", "scheme": "x".repeat(100_000) });
        history.note(0, &caller(), std::iter::once((heavy, json!({ "proc": "ok" }))));
        assert_eq!(history.find(|_| true, 0, 1)[0].request, json!({ "obj": "obj_scheme" }));
        let large = || (json!({ "obj": "conv", "title": "x".repeat(60_000) }), json!({}));
        history.note(0, &caller(), std::iter::repeat_with(large).take(200));
        let kept = history.find(|_| true, 0, usize::MAX).len();
        assert!((60..80).contains(&kept), "{kept}");
    }

    #[test]
    fn the_value_of_a_variable_is_not_kept() {
        let history = History::default();
        let op = json!({ "type": "create", "obj": "env_var", "title": "t", "value": "secret" });
        history.note(0, &caller(), std::iter::once((op, json!({ "proc": "ok" }))));
        let kept = json!({ "type": "create", "obj": "env_var", "title": "t", "value": null });
        assert_eq!(history.find(|_| true, 0, 1)[0].request, kept);
    }

    #[test]
    fn an_op_is_about_what_it_names_and_what_that_lies_in() {
        let entry = |request: Value, response: Value| {
            let history = History::default();
            history.note(0, &caller(), std::iter::once((request, response)));
            history.find(|_| true, 0, 1).remove(0)
        };
        let made = entry(json!({ "type": "create", "obj": "conv", "obj_type": 0 }), json!({ "obj_id": 7 }));
        assert!(made.is_about("conv", 7, KINDS) && !made.is_about("folder", 7, KINDS));
        let node =
            entry(json!({ "type": "delete", "obj": "node", "obj_id": "5f", "conv_id": "7" }), json!({}));
        assert!(node.is_about("conv", 7, KINDS));
        let moved =
            json!({ "type": "link", "obj": "folder", "obj_type": "conv", "obj_id": 7, "folder_id": 3 });
        let moved = entry(moved, json!({}));
        assert!(moved.is_about("conv", 7, KINDS) && !moved.is_about("folder", 7, KINDS));
    }
}
