//! What a failed action leaves in its task (sheet corezoid/engine 1.3). Pure.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Longest description, in bytes.
const MOST_DESCRIPTION: usize = 2_000;

/// Whose fault it is: the default clusters retry the one and give up at the other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Blame {
    Hardware,
    #[default]
    Software,
}

impl Blame {
    const fn word(self) -> &'static str {
        match self {
            Self::Hardware => "hardware",
            Self::Software => "software",
        }
    }
}

/// A failed action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The middle of the parameters' names: `api`, `code`, `copy_task`, …
    pub(crate) area: &'static str,
    pub(crate) blame: Blame,
    pub(crate) tag: Cow<'static, str>,
    pub(crate) description: String,
    /// For the trace alone: what was asked for, where tag and description do not tell.
    pub(crate) about: Option<String>,
}

impl Fault {
    /// A fault of the task or of what was asked.
    pub(crate) fn software(
        area: &'static str,
        tag: impl Into<Cow<'static, str>>,
        description: impl Into<String>,
    ) -> Self {
        Self { area, blame: Blame::Software, tag: tag.into(), description: description.into(), about: None }
    }

    /// A fault of the machinery, worth another try.
    pub(crate) fn hardware(
        area: &'static str,
        tag: impl Into<Cow<'static, str>>,
        description: impl Into<String>,
    ) -> Self {
        Self { area, blame: Blame::Hardware, tag: tag.into(), description: description.into(), about: None }
    }

    /// The same, and the trace tells what it was about.
    pub(crate) fn about(self, what: String) -> Self {
        Self { about: Some(what), ..self }
    }

    /// Writes the three parameters; those of an earlier failure are overwritten.
    pub(crate) fn write(&self, data: &mut Map<String, Value>) {
        let mut put = |key: &str, value: &str| {
            data.insert(format!("__conveyor_{}_return_{key}__", self.area), Value::from(value));
        };
        put("type_error", self.blame.word());
        put("type_tag", &self.tag);
        put("description", cut(&self.description));
    }
}

/// A description that a task can hold: whole answers and values are quoted in some.
fn cut(text: &str) -> &str {
    text.get(..text.floor_char_boundary(MOST_DESCRIPTION)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_fault_is_three_parameters() {
        let mut data = Map::new();
        Fault::software("set_param", "access_denied", "no").write(&mut data);
        assert_eq!(
            Value::Object(data),
            json!({
                "__conveyor_set_param_return_type_error__": "software",
                "__conveyor_set_param_return_type_tag__": "access_denied",
                "__conveyor_set_param_return_description__": "no",
            })
        );
    }
}
