//! Sum: counters of a node (sheet corezoid/engine 3.9). Nothing is added to the task. Pure.

use super::rows::{self, Owner};
use super::{At, Outcome};
use crate::corezoid::engine::cast::Type;
use crate::corezoid::engine::graph::SumRow;
use crate::corezoid::engine::task::{Ask, Event};
use crate::corezoid::engine::template::Scope;

/// Adds every row, all or none.
pub(super) fn act(rows: &[SumRow], at: &At<'_>, scope: &Scope<'_>, given: Option<&Event>) -> Outcome {
    if given == Some(&Event::Done) {
        return Outcome::nothing();
    }
    // No source has the tag of a value that is no number (sheet corezoid/engine 3.9): the user may name it.
    let owner = Owner { area: "api_sum", convert: at.options.tags.sum.as_str() };
    let mut adds = Vec::with_capacity(rows.len());
    for row in rows {
        let value = match row.value.value(scope) {
            Ok(value) => value,
            Err(stop) => return owner.stopped(&row.id, stop),
        };
        let shown = value.as_ref().map_or_else(|| "null".to_owned(), rows::shown);
        let number = value
            .and_then(|value| Type::Number.take(value, row.value.typing(at.options.extra_types)))
            .and_then(|number| number.as_f64());
        match number {
            Some(number) => adds.push((row.id.clone(), number)),
            None => return owner.misfit(&row.id, &shown, "number"),
        }
    }
    if adds.is_empty() { Outcome::nothing() } else { Outcome::ask(Ask::Sum(adds)) }
}
