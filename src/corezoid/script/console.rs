//! `console`: its lines go to the trace (sheet corezoid/engine 5).

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rquickjs::function::Rest;
use rquickjs::{Ctx, Error, Function, Object, Value};

use super::clean::bounded;
use super::fault;

/// Most lines that are kept, and the longest of them, in bytes.
const MOST_LINES: usize = 100;
const MOST_TEXT: usize = 1000;

/// What a script has written so far; it can be read while the script still runs.
#[derive(Clone, Default)]
pub(super) struct Lines(Arc<Mutex<Vec<String>>>);

impl Lines {
    pub(super) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Gives the script a `console` that adds to `lines`.
pub(super) fn furnish(cx: &Ctx<'_>, lines: &Lines) -> Result<(), Error> {
    let lines = lines.clone();
    let log = Function::new(cx.clone(), move |values: Rest<Value<'_>>| {
        if lines.lock().len() == MOST_LINES {
            return;
        }
        let mut line = String::new();
        for (at, value) in values.0.into_iter().enumerate() {
            if line.len() > MOST_TEXT {
                break;
            }
            line.push_str(if at == 0 { "" } else { " " });
            line.push_str(&shown(&value));
        }
        // Writing a value may have run a script's own functions, which may have written lines.
        let mut lines = lines.lock();
        if lines.len() < MOST_LINES {
            lines.push(bounded(line, MOST_TEXT));
        }
    })?;
    let console = Object::new(cx.clone())?;
    for name in ["log", "info", "warn", "error", "debug"] {
        console.set(name, log.clone())?;
    }
    cx.globals().set("console", console)
}

/// Texts as they are, objects as JSON, all else as `String()` shows it.
fn shown(value: &Value<'_>) -> String {
    let cx = value.ctx().clone();
    if value.is_object() && !value.is_function() && !value.is_error() {
        match cx.json_stringify(value.clone()) {
            Ok(Some(json)) => return json.to_string().unwrap_or_default(),
            Ok(None) => {}
            Err(_) => {
                cx.catch();
            }
        }
    }
    fault::text(&cx, value).unwrap_or_else(|| "?".to_owned())
}
