//! A task's data on its way into a script and out of it: as JSON, so that it means what `JSON.stringify` says.

use rquickjs::{Ctx, Error, Object, Value as JsValue};
use serde_json::Value;

use super::clean::{bounded, well_formed};
use super::fault::{NO_MEMORY, words};
use crate::corezoid::engine::task::{Data, ScriptFault};

/// Longest data that is taken from a script, in bytes of JSON: more than any task may hold (sheet corezoid/engine 1.4).
const MOST_BYTES: usize = 8 << 20;
/// How much of a value that is no data is shown, in bytes.
const MOST_SHOWN: usize = 100;

/// The value of the global `data`.
pub(super) fn give<'js>(cx: &Ctx<'js>, data: &Data) -> Result<JsValue<'js>, Error> {
    // A map of texts and values is always JSON.
    let json = serde_json::to_string(data).unwrap_or_default();
    cx.json_parse(json)
}

/// What the script left in the global `data`.
pub(super) fn take<'js>(cx: &Ctx<'js>, globals: &Object<'js>) -> Result<Value, ScriptFault> {
    let read = globals.get::<_, JsValue<'js>>("data").and_then(|left| {
        let json = cx.json_stringify(left)?;
        json.map(|json| json.to_string()).transpose()
    });
    let json = match read {
        Ok(json) => json.unwrap_or_else(|| "undefined".to_owned()),
        Err(error) => {
            let text = words(cx, &error);
            return Err(if text == NO_MEMORY {
                ScriptFault::Failed(text)
            } else {
                ScriptFault::Format(text)
            });
        }
    };
    if json.len() > MOST_BYTES {
        return Err(ScriptFault::Format(format!(
            "data has {} bytes, at most {MOST_BYTES} can be taken",
            json.len()
        )));
    }
    if !json.starts_with('{') {
        let text = format!("data must be an object, it is {}", bounded(json, MOST_SHOWN));
        return Err(ScriptFault::Format(text));
    }
    // Nothing but depth can be wrong with what the engine has written.
    serde_json::from_str(&well_formed(&json))
        .map_err(|error| ScriptFault::Format(format!("data is no JSON: {error}")))
}
