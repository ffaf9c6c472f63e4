//! Set Parameters (sheet corezoid/engine 3.2): all rows or none. Pure.

use super::rows::{self, Owner};
use super::{At, Outcome};
use crate::corezoid::engine::cast;
use crate::corezoid::engine::graph::Row;
use crate::corezoid::engine::path;
use crate::corezoid::engine::task::Task;
use crate::corezoid::engine::template::Scope;

const OWNER: Owner<'_> = Owner { area: "set_param", convert: "set_param_wrong_convert_param" };

/// Every row sees the data as it was on entry.
pub(super) fn act(rows: &[Row], at: &At<'_>, scope: &Scope<'_>, task: &Task) -> Outcome {
    let mut data = task.data.clone();
    for row in rows {
        match write(row, at, scope, &mut data) {
            Ok(()) => {}
            Err(outcome) => return outcome,
        }
    }
    Outcome::Done(data)
}

fn write(
    row: &Row,
    at: &At<'_>,
    scope: &Scope<'_>,
    data: &mut crate::corezoid::engine::task::Data,
) -> Result<(), Outcome> {
    let target = row.key.target(scope).map_err(|stop| OWNER.stopped("", stop))?;
    let Some(steps) = target else {
        let name = row.key.text(scope).map_err(|stop| OWNER.stopped("", stop))?;
        let value = rows::value(row, &name, at, scope, OWNER)?;
        data.insert(name, value);
        return Ok(());
    };
    let name = shown(&steps);
    let value = rows::value(row, &name, at, scope, OWNER)?;
    let text = rows::shown(&value);
    let of = row.of.map_or("string", cast::Type::word);
    // sheet corezoid/engine 3.2: written indexes end at 100; nothing can be put into what is neither object nor list.
    path::set(data, &steps, value).map_err(|_| OWNER.misfit(&name, &text, of))
}

/// A path as an error shows it: `list[2].name`.
fn shown(steps: &[path::Step]) -> String {
    let mut shown = String::new();
    for step in steps {
        match step {
            path::Step::Key(key) if shown.is_empty() => shown.push_str(key),
            path::Step::Key(key) => shown.extend([".", key]),
            path::Step::Index(index) => shown.extend(["[", &index.to_string(), "]"]),
        }
    }
    shown
}
