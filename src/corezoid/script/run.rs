//! A Code node's run: data in, the script, its promises, data out.

use std::rc::Rc;
use std::time::Duration;

use rquickjs::context::EvalOptions;
use rquickjs::{Ctx, Error};
use serde_json::Value;

use super::console::Lines;
use super::machine::Machine;
use super::threads::on_a_thread;
use super::{Ran, Surroundings, console, data, fault, libs, world};
use crate::corezoid::engine::task::{Data, ScriptFault};
use crate::kernel::ids::IdGen;

/// How long a script is waited for that does not come back: its own time so many times, on a machine that is busy with
/// other things, and this.
const PATIENCE: (u32, Duration) = (3, Duration::from_secs(2));

/// Runs a Code node over a task's data. Blocks (CPU): call from `spawn_blocking`.
pub(crate) fn run(lang: &str, source: &str, data: &Data, around: &Surroundings) -> Ran {
    let ended = |fault| Ran { outcome: Err(fault), console: Vec::new() };
    match lang {
        "js" => {}
        "erl" | "erlang" => {
            let text = "Code nodes in Erlang are not executed here, write this one in JavaScript";
            return ended(ScriptFault::Failed(text.to_owned()));
        }
        other => {
            let text = format!("there is no language {other:?}, write the node in JavaScript");
            return ended(ScriptFault::Failed(text));
        }
    }
    let patience = Duration::from_millis(around.limits.time) * PATIENCE.0 + PATIENCE.1;
    let (source, data, around) = (source.to_owned(), data.clone(), around.clone());
    let lines = Lines::default();
    let written = lines.clone();
    let outcome = on_a_thread(patience, move || execute(&source, &data, &around, &written));
    Ran { outcome: outcome.unwrap_or(Err(ScriptFault::Timeout)), console: lines.take() }
}

fn execute(source: &str, data: &Data, around: &Surroundings, lines: &Lines) -> Result<Value, ScriptFault> {
    let machine =
        Machine::new(around.limits).map_err(|_| ScriptFault::Failed(fault::NO_MEMORY.to_owned()))?;
    let chance = Rc::new(IdGen::new(around.seed));
    let left = machine.context.with(|cx| {
        world::furnish(&cx, around.now, &chance)
            .and_then(|()| console::furnish(&cx, lines))
            .and_then(|()| libs::furnish(&cx, around.libs.as_deref(), &chance))
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
