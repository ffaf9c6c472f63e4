//! What a task's data may be, and what a change makes of it. Pure.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Bytes that errors may add to data that is full: each kind of action leaves its last one, of bounded length.
pub(crate) const ERRORS: usize = 32 << 10;

/// A task that is too big, in the words of the service.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, JsonSchema)]
#[error(
    "Your task size: {bytes} bytes, Max available task size: {most} bytes, Try to change your data or try to split your task"
)]
pub(crate) struct TooBig {
    pub(crate) bytes: usize,
    pub(crate) most: usize,
}

/// The JSON text of a task's data, if that is not longer than `most` bytes.
pub(crate) fn data_text(data: &Map<String, Value>, most: usize) -> Result<String, TooBig> {
    let text = whole_text(data);
    fits(&text, most).map(|()| text)
}

/// The JSON text of data that is still to be measured.
pub(crate) fn whole_text(data: &Map<String, Value>) -> String {
    serde_json::to_string(data).unwrap_or_default()
}

/// Whether the JSON text of data is not longer than `most` bytes.
pub(crate) fn fits(text: &str, most: usize) -> Result<(), TooBig> {
    let bytes = text.len();
    if bytes > most { Err(TooBig { bytes, most }) } else { Ok(()) }
}

/// Whether a task of this status is still under way; the column `live` of the schema says the same.
pub(crate) fn is_live(status: &str) -> bool {
    matches!(status, "created" | "processing" | "delayed")
}

/// What a change makes of data: it merges at the top level only, an inner object is replaced whole
/// (sheet corezoid/api 6.1). Null is a value like any other.
pub(crate) fn merged(mut data: Map<String, Value>, change: Map<String, Value>) -> Map<String, Value> {
    data.extend(change);
    data
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object(value: &Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn a_change_merges_the_top_level_and_replaces_what_is_inside() {
        for (data, change, expected) in [
            (json!({}), json!({}), r"{}"),
            (json!({ "a": 1, "b": 2 }), json!({ "c": 3, "a": "x" }), r#"{"a":"x","b":2,"c":3}"#),
            (json!({ "o": { "a": 1, "b": 2 } }), json!({ "o": { "a": 3 } }), r#"{"o":{"a":3}}"#),
            (json!({ "a": 1 }), json!({ "a": null }), r#"{"a":null}"#),
            (json!({ "a": [1, 2] }), json!({ "a": [] }), r#"{"a":[]}"#),
            (json!({ "a.b": 1 }), json!({ "a": { "b": 2 } }), r#"{"a.b":1,"a":{"b":2}}"#),
        ] {
            assert_eq!(Value::Object(merged(object(&data), object(&change))).to_string(), expected);
        }
    }

    #[test]
    fn data_is_measured_in_bytes_of_its_json() {
        // {"a":"…"} is 8 bytes around the text; a Cyrillic letter is two.
        const MOST: usize = 128_000;
        let of = |letter: &str, count: usize| data_text(&object(&json!({ "a": letter.repeat(count) })), MOST);
        assert_eq!(of("x", MOST - 8).map(|text| text.len()), Ok(MOST));
        assert_eq!(of("я", 64_000), Err(TooBig { bytes: 128_008, most: MOST }));
        assert_eq!(
            of("x", MOST).unwrap_err().to_string(),
            "Your task size: 128008 bytes, Max available task size: 128000 bytes, Try to change your data or try to split your task"
        );
    }
}
