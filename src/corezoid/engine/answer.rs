//! What came from outside for a task that could not go on: it is kept until it can. Pure.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::task::{Data, Event, Response, ScriptFault, Silence};

/// The end of some work outside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answered {
    pub(crate) outcome: Outcome,
    /// What a script has written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) lines: Vec<String>,
    /// The data that a script was given.
    #[serde(default, skip_serializing_if = "Data::is_empty")]
    pub(crate) before: Data,
}

/// What it came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    Response(Response),
    Silence(Silence),
    Script(Value),
    ScriptFault(ScriptFault),
    Stub(Option<Data>),
}

impl Outcome {
    /// Of what work outside ends with; `None`: that is no such event.
    pub(crate) fn of(event: Event) -> Option<Self> {
        Some(match event {
            Event::Http(Ok(response)) => Self::Response(response),
            Event::Http(Err(silence)) => Self::Silence(silence),
            Event::Script(Ok(data)) => Self::Script(data),
            Event::Script(Err(fault)) => Self::ScriptFault(fault),
            Event::Stub(data) => Self::Stub(data),
            _ => return None,
        })
    }
}

impl Answered {
    /// The same for the engine. Where somebody has changed the data under a script, what it left alone stays as it is now:
    /// no source tells what happens to such a change; here it survives, unless the script wrote the same parameter.
    pub(crate) fn event(self, now: &Data) -> Event {
        match self.outcome {
            Outcome::Response(response) => Event::Http(Ok(response)),
            Outcome::Silence(silence) => Event::Http(Err(silence)),
            Outcome::Script(Value::Object(mut data)) => {
                for (key, value) in now {
                    if self.before.get(key) != Some(value) && data.get(key) == self.before.get(key) {
                        data.insert(key.clone(), value.clone());
                    }
                }
                Event::Script(Ok(Value::Object(data)))
            }
            Outcome::Script(other) => Event::Script(Ok(other)),
            Outcome::ScriptFault(fault) => Event::Script(Err(fault)),
            Outcome::Stub(data) => Event::Stub(data),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_change_under_a_script_survives_unless_the_script_wrote_the_same() {
        let object = |value: Value| value.as_object().cloned().unwrap();
        let before = json!({ "a": 1, "b": 1, "c": 1 });
        for (wrote, now, expected) in [
            (json!({ "a": 2, "b": 1, "c": 1 }), before.clone(), json!({ "a": 2, "b": 1, "c": 1 })),
            (
                json!({ "a": 2, "b": 1, "c": 1 }),
                json!({ "a": 1, "b": 5, "c": 1 }),
                json!({ "a": 2, "b": 5, "c": 1 }),
            ),
            (
                json!({ "a": 2, "b": 1, "c": 1 }),
                json!({ "a": 5, "b": 1, "c": 1 }),
                json!({ "a": 2, "b": 1, "c": 1 }),
            ),
            (
                json!({ "a": 1, "b": 1, "c": 1 }),
                json!({ "a": 1, "b": 1, "c": 1, "d": 4 }),
                json!({ "a": 1, "b": 1, "c": 1, "d": 4 }),
            ),
            // What the script has removed stays away, unless somebody wrote it anew.
            (json!({ "a": 1, "b": 1 }), before.clone(), json!({ "a": 1, "b": 1 })),
            (json!({ "a": 1, "b": 1 }), json!({ "a": 1, "b": 1, "c": 5 }), json!({ "a": 1, "b": 1 })),
            (json!(5), json!({ "a": 2 }), json!(5)),
        ] {
            let answered = Answered {
                outcome: Outcome::Script(wrote.clone()),
                lines: Vec::new(),
                before: object(before.clone()),
            };
            assert_eq!(
                answered.event(&object(now.clone())),
                Event::Script(Ok(expected)),
                "{wrote} over {now}"
            );
        }
    }
}
