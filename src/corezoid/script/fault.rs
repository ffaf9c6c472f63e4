//! What the engine throws, in words (sheet corezoid/engine 5: the description of a failed script is the engine's message).

use rquickjs::convert::Coerced;
use rquickjs::{Ctx, Error, String as JsString, Value};

use super::clean::{bounded, well_formed};
use crate::corezoid::engine::task::ScriptFault;

/// A script has used up its memory. No source tells how the real server words it.
pub(super) const NO_MEMORY: &str = "InternalError: out of memory";
/// Longest text of a fault, in bytes.
pub(super) const MOST_TEXT: usize = 1000;

/// The script's own mistake.
pub(super) fn failed(cx: &Ctx<'_>, error: &Error) -> ScriptFault {
    ScriptFault::Failed(words(cx, error))
}

/// What was thrown, as `String()` shows it.
pub(super) fn words(cx: &Ctx<'_>, error: &Error) -> String {
    thrown(cx, error, &cx.catch())
}

/// As [`words`], of what was caught already.
pub(super) fn thrown<'js>(cx: &Ctx<'js>, error: &Error, thrown: &Value<'js>) -> String {
    let text = match error {
        // Without memory the engine has no error to throw either, and throws this.
        Error::Exception if thrown.is_null() => None,
        Error::Exception => text(cx, thrown),
        Error::Allocation => None,
        Error::InvalidString(_) => Some("SyntaxError: Invalid or unexpected token".to_owned()),
        other => Some(format!("InternalError: {other}")),
    };
    bounded(text.map_or_else(|| NO_MEMORY.to_owned(), capital), MOST_TEXT)
}

/// V8 begins these two messages with a capital letter, and is otherwise of the same words.
fn capital(text: String) -> String {
    for (small, great) in
        [("cannot read property", "Cannot read property"), ("cannot set property", "Cannot set property")]
    {
        if let Some(rest) = text.strip_prefix("TypeError: ").and_then(|text| text.strip_prefix(small)) {
            return format!("TypeError: {great}{rest}");
        }
    }
    text
}

/// Any value as `String()` shows it; `None`: there was no memory for it, or it has no text (an object without prototype).
pub(super) fn text<'js>(cx: &Ctx<'js>, value: &Value<'js>) -> Option<String> {
    if let Some(symbol) = value.as_symbol() {
        let description =
            symbol.description().ok().and_then(|name| name.get::<Option<String>>().ok()).flatten();
        return Some(format!("Symbol({})", description.unwrap_or_default()));
    }
    let Ok(Coerced(text)) = value.get::<Coerced<JsString<'js>>>() else {
        // What was thrown on the way is of no interest.
        cx.catch();
        return None;
    };
    if let Ok(text) = text.to_string() {
        return Some(text);
    }
    let json = cx.json_stringify(text).ok().flatten()?.to_string().ok()?;
    serde_json::from_str(&well_formed(&json)).ok()
}
