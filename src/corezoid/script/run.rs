//! A Code node's run: data in, the script, its promises, data out.

use std::cell::RefCell;
use std::rc::Rc;

use rquickjs::context::EvalOptions;
use rquickjs::{Ctx, Error};
use serde_json::Value;

use super::machine::Machine;
use super::{Ran, Surroundings, console, data, fault, world};
use crate::corezoid::engine::task::{Data, ScriptFault};
use crate::kernel::ids::IdGen;

/// Runs a Code node over a task's data. Blocks (CPU): call from `spawn_blocking`.
pub(crate) fn run(lang: &str, source: &str, data: &Data, around: &Surroundings) -> Ran {
    let lines = Rc::new(RefCell::new(Vec::new()));
    let outcome = match lang {
        "js" => execute(source, data, around, &lines),
        "erl" | "erlang" => {
            let text = "Code nodes in Erlang are not executed here, write this one in JavaScript";
            Err(ScriptFault::Failed(text.to_owned()))
        }
        other => {
            Err(ScriptFault::Failed(format!("there is no language {other:?}, write the node in JavaScript")))
        }
    };
    Ran { outcome, console: lines.take() }
}

fn execute(
    source: &str,
    data: &Data,
    around: &Surroundings,
    lines: &Rc<RefCell<Vec<String>>>,
) -> Result<Value, ScriptFault> {
    let machine =
        Machine::new(around.limits).map_err(|_| ScriptFault::Failed(fault::NO_MEMORY.to_owned()))?;
    let chance = Rc::new(IdGen::new(around.seed));
    let left = machine.context.with(|cx| {
        world::furnish(&cx, around.now, &chance)
            .and_then(|()| console::furnish(&cx, lines))
            .and_then(|()| cx.globals().set("data", data::give(&cx, data)?))
            .and_then(|()| script(&cx, source, &machine))
            .map_err(|error| fault::failed(&cx, &error))
            .and_then(|()| data::take(&cx, &cx.globals()))
    });
    // Whatever went wrong after the alarm went wrong because of it.
    if machine.expired() { Err(ScriptFault::Timeout) } else { left }
}

/// The script, in sloppy mode, and then what its promises have queued.
fn script(cx: &Ctx<'_>, source: &str, machine: &Machine) -> Result<(), Error> {
    let mut options = EvalOptions::default();
    options.strict = false;
    cx.eval_with_options::<rquickjs::Value<'_>, _>(source, options)?;
    while !machine.expired() && cx.execute_pending_job() {}
    Ok(())
}
