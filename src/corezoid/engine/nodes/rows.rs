//! The rows of `extra`, `data` and `res_data`: names and values worked out, each in its type. Pure.

use serde_json::Value;

use super::{At, Outcome, stopped};
use crate::corezoid::engine::cast;
use crate::corezoid::engine::fault::Fault;
use crate::corezoid::engine::graph::{Row, RowValue};
use crate::corezoid::engine::task::Data;
use crate::corezoid::engine::template::{Scope, Stop};

/// Whose rows they are: what their errors are called.
#[derive(Debug, Clone, Copy)]
pub(super) struct Owner<'a> {
    pub(super) area: &'static str,
    /// The tag of a value that does not fit its type.
    pub(super) convert: &'a str,
}

impl Owner<'_> {
    /// A value that does not fit (sheet corezoid/engine 3.2, 3.5: an absent one prints `null`).
    pub(super) fn misfit(self, param: &str, value: &str, of: &str) -> Outcome {
        let text = format!("Param: {param}, Value: {value}, Try convert to: {of}");
        Outcome::failed(Fault::software(self.area, self.convert.to_owned(), text))
    }

    /// A text that cannot be worked out.
    pub(super) fn stopped(self, param: &str, stop: Stop) -> Outcome {
        stopped(self.area, param, stop, self.convert)
    }
}

/// The value of a row in its type.
pub(super) fn value(
    row: &Row,
    name: &str,
    at: &At<'_>,
    scope: &Scope<'_>,
    owner: Owner<'_>,
) -> Result<Value, Outcome> {
    let value = match &row.value {
        RowValue::Constant(value) => Some(value.clone()),
        RowValue::Template(template) => template.value(scope).map_err(|stop| owner.stopped(name, stop))?,
    };
    let typing = row.value.typing(at.options.extra_types);
    match (value, row.of) {
        // An absent value is empty text, and fits nothing else (sheet corezoid/engine 4.1).
        (None, None | Some(cast::Type::String)) => Ok(Value::String(String::new())),
        (None, Some(of)) => Err(owner.misfit(name, "null", of.word())),
        (Some(value), None) => Ok(value),
        (Some(value), Some(of)) => {
            let shown = shown(&value);
            of.take(value, typing).ok_or_else(|| owner.misfit(name, &shown, of.word()))
        }
    }
}

/// A value as an error shows it: a null is told from an empty text.
pub(super) fn shown(value: &Value) -> String {
    if value.is_null() { "null".to_owned() } else { cast::text(value) }
}

/// All rows as one object; the names are flat.
pub(super) fn object(
    rows: &[Row],
    at: &At<'_>,
    scope: &Scope<'_>,
    owner: Owner<'_>,
) -> Result<Data, Outcome> {
    let mut data = Data::new();
    for row in rows {
        let name = row.key.text(scope).map_err(|stop| owner.stopped("", stop))?;
        let value = value(row, &name, at, scope, owner)?;
        data.insert(name, value);
    }
    Ok(data)
}
