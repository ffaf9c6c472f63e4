//! What happened to a task, step by step: its history and its trace. Pure.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value, json};

use super::condition::{Compared, Condition};
use super::fault::Fault;
use super::task::Data;
use super::template::{Scope, Stop};
use crate::corezoid::rules::secrets::{mask, masked};
use crate::kernel::engine::Typing;

/// Longest value of a parameter that a step keeps, in bytes of its JSON.
const MOST_VALUE: usize = 2048;

/// A step: when, where and what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Step {
    /// Unix milliseconds.
    pub(crate) at: i64,
    /// The node the task stood in; of [`What::Entered`] the one it came to.
    pub(crate) node: String,
    #[serde(flatten)]
    pub(crate) what: What,
    /// What it did to the data: `{"name": {"before": …, "after": …}}`; a parameter that was not there has no `before`, one
    /// that is gone no `after`.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(crate) data: Data,
}

impl Step {
    /// Takes secret values out of what it tells of the task.
    pub(crate) fn mask(&mut self, secrets: &[String]) {
        self.data.values_mut().for_each(|value| mask(value, secrets));
        match &mut self.what {
            What::Effect { effect } => mask(effect, secrets),
            What::Failed { description, reason, .. } => {
                for text in [description, reason].into_iter().flatten() {
                    *text = masked(text, secrets);
                }
            }
            What::Condition { conditions, .. } => {
                for one in conditions {
                    [&mut one.value, &mut one.against]
                        .into_iter()
                        .flatten()
                        .for_each(|value| mask(value, secrets));
                }
            }
            What::Waits { reason: text, .. } | What::Console { line: text } | What::Nowhere { to: text } => {
                *text = masked(text, secrets);
            }
            What::Entered { .. } | What::Stayed { .. } | What::Done { .. } | What::Modified | What::Loop => {}
        }
    }
}

/// What a step was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub(crate) enum What {
    /// The task came to a node; without `from` it was made there.
    Entered {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<String>,
        by: Way,
    },
    /// A way of its node led the task back to it, where that is no move: a state that stays as it is.
    Stayed { by: Way },
    /// A `go_if_const` was looked at: as far as the first comparison that did not hold.
    Condition {
        logic: usize,
        holds: bool,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        conditions: Vec<Comparison>,
    },
    /// An action did what it does.
    Done { logic: usize },
    /// An action failed.
    Failed {
        logic: usize,
        /// What was asked for, where tag and description do not tell.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tag: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<String>,
    },
    /// The task waits, and for what.
    Waits { logic: usize, reason: String },
    /// Something outside the task that came of it.
    Effect { effect: Value },
    /// Its data was changed from outside.
    Modified,
    /// A line that a script wrote.
    Console { line: String },
    /// A link led to a node that is not there.
    Nowhere { to: String },
    /// The loop guard has stopped it.
    Loop,
}

/// One comparison of a `go_if_const`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Comparison {
    /// What the parameter was; absent: there was none.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<Value>,
    /// What it was compared with, where that was no constant.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub(crate) against: Option<Value>,
    pub(crate) holds: bool,
}

/// A value that is there, be it `null`.
fn present<'de, D: Deserializer<'de>>(of: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(of).map(Some)
}

/// Compares until one does not hold.
pub(super) fn compare(
    conditions: &[Condition],
    scope: &Scope<'_>,
    typing: Typing,
) -> Result<Vec<Comparison>, Stop> {
    let mut seen = Vec::with_capacity(conditions.len());
    for condition in conditions {
        let Compared { value, against, holds } = condition.compare(scope, typing)?;
        seen.push(Comparison {
            value: value.as_ref().map(shown),
            against: against.as_ref().map(shown),
            holds,
        });
        if !holds {
            break;
        }
    }
    Ok(seen)
}

/// What led a task to a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Way {
    /// It was made, or put there.
    Put,
    /// The logic of that index: a `go` or a condition that held.
    Logic(usize),
    /// The error branch of the logic of that index.
    Error(usize),
    Timer,
    /// It was stepped back there.
    Back,
    /// Somebody has sent it there.
    Goto,
}

impl Way {
    /// Its word where ways are counted: `logic:0`, `error:0`, `timer`, `put`.
    pub(crate) fn word(self) -> String {
        match self {
            Self::Put => "put".to_owned(),
            Self::Logic(index) => format!("logic:{index}"),
            Self::Error(index) => format!("error:{index}"),
            Self::Timer => "timer".to_owned(),
            Self::Back => "back".to_owned(),
            Self::Goto => "goto".to_owned(),
        }
    }
}

impl What {
    /// A failure, with the first of its faults.
    pub(super) fn failed(logic: usize, fault: Option<&Fault>) -> Self {
        Self::Failed {
            logic,
            reason: fault.and_then(|fault| fault.about.clone()),
            tag: fault.map(|fault| fault.tag.clone().into_owned()),
            description: fault.map(|fault| fault.description.clone()),
        }
    }
}

fn shown(value: &Value) -> Value {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        Value::String(text) if text.len() <= MOST_VALUE => value.clone(),
        Value::String(text) => json!(format!("… {} bytes", text.len())),
        other => {
            let bytes = other.to_string().len();
            if bytes <= MOST_VALUE { other.clone() } else { json!(format!("… {bytes} bytes")) }
        }
    }
}

fn change(before: Option<&Value>, after: Option<&Value>) -> Value {
    let mut change = Map::new();
    for (key, value) in [("before", before), ("after", after)] {
        if let Some(value) = value {
            change.insert(key.to_owned(), shown(value));
        }
    }
    Value::Object(change)
}

/// Puts `more` into `data`, and gives what that changed.
pub(super) fn merge(data: &mut Data, more: Data) -> Data {
    let mut changes = Map::new();
    for (key, value) in more {
        let before = data.get(&key);
        if before != Some(&value) {
            changes.insert(key.clone(), change(before, Some(&value)));
        }
        data.insert(key, value);
    }
    changes
}

/// Makes `new` the data, and gives what that changed.
pub(super) fn replace(data: &mut Data, new: Data) -> Data {
    let mut changes = Map::new();
    for (key, value) in &new {
        let before = data.get(key);
        if before != Some(value) {
            changes.insert(key.clone(), change(before, Some(value)));
        }
    }
    for (key, value) in data.iter().filter(|(key, _)| !new.contains_key(*key)) {
        changes.insert(key.clone(), change(Some(value), None));
    }
    *data = new;
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_tells_what_changed_and_no_more() {
        let object = |value: Value| value.as_object().cloned().unwrap();
        let mut data = object(json!({ "a": 1, "b": 2, "c": 3 }));
        let changes = merge(&mut data, object(json!({ "a": 1, "b": "x", "d": null })));
        assert_eq!(
            Value::Object(changes).to_string(),
            r#"{"b":{"before":2,"after":"x"},"d":{"after":null}}"#
        );
        let changes = replace(&mut data, object(json!({ "a": 1, "big": "x".repeat(3000) })));
        assert_eq!(
            Value::Object(changes).to_string(),
            r#"{"big":{"after":"… 3000 bytes"},"b":{"before":"x"},"c":{"before":3},"d":{"before":null}}"#
        );
        assert_eq!(data.len(), 2);
    }

    #[test]
    fn a_step_reads_as_it_was_written() {
        let step = Step {
            at: 5,
            node: "n".into(),
            what: What::Entered { from: Some("s".into()), by: Way::Error(2) },
            data: Map::new(),
        };
        let text = serde_json::to_string(&step).unwrap();
        assert_eq!(text, r#"{"at":5,"node":"n","step":"entered","from":"s","by":{"error":2}}"#);
        assert_eq!(serde_json::from_str::<Step>(&text).unwrap(), step);
        let absent = Comparison { value: None, against: Some(json!(1)), holds: false };
        let null = Comparison { value: Some(Value::Null), against: None, holds: true };
        let what = What::Condition { logic: 0, holds: false, conditions: vec![null, absent] };
        let text = serde_json::to_string(&what).unwrap();
        assert_eq!(
            text,
            r#"{"step":"condition","logic":0,"holds":false,"conditions":[{"value":null,"holds":true},{"against":1,"holds":false}]}"#
        );
        assert_eq!(serde_json::from_str::<What>(&text).unwrap(), what);
    }
}
