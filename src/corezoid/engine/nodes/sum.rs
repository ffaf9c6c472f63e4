//! Sum: counters of a node (sheet corezoid/engine 3.9). Nothing is added to the task. Pure.

use super::Outcome;
use super::rows::Owner;
use crate::corezoid::engine::cast::{self, Type};
use crate::corezoid::engine::graph::SumRow;
use crate::corezoid::engine::task::{Ask, Event};
use crate::corezoid::engine::template::Scope;

/// No source has the tag of a value that is no number (sheet corezoid/engine 3.9).
const OWNER: Owner = Owner { area: "api_sum", convert: "sum_wrong_convert_param" };

/// Adds every row, all or none.
pub(super) fn act(rows: &[SumRow], scope: &Scope<'_>, given: Option<&Event>) -> Outcome {
    if given == Some(&Event::Done) {
        return Outcome::nothing();
    }
    let mut adds = Vec::with_capacity(rows.len());
    for row in rows {
        let value = match row.value.value(scope) {
            Ok(value) => value,
            Err(stop) => return OWNER.stopped(&row.id, stop),
        };
        let shown = value.as_ref().map_or_else(|| "null".to_owned(), cast::text);
        let number = value.and_then(|value| Type::Number.fit(value)).and_then(|number| number.as_f64());
        match number {
            Some(number) => adds.push((row.id.clone(), number)),
            None => return OWNER.misfit(&row.id, &shown, "number"),
        }
    }
    if adds.is_empty() { Outcome::nothing() } else { Outcome::ask(Ask::Sum(adds)) }
}
