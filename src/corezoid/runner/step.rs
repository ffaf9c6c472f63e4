//! One step of the debugger (sheet corezoid/engine 9).

use crate::corezoid::engine::run::Run;
use crate::corezoid::engine::task::{Data, Event, Rest, Wait};
use crate::corezoid::engine::trace::Way;
use crate::corezoid::store::step::{Move, Stance, Stepped};

/// Lets a task make its step. `wait` is what it waits for.
pub(super) fn make(run: &mut Run<'_>, step: Stepped, wait: Option<Wait>) -> Rest {
    if step.from == Stance::New {
        let node = run.task.node.clone();
        run.made_in(&node);
    }
    if let Some(data) = step.data {
        run.edit(data);
    }
    match (step.to, step.from, wait) {
        (Move::Back(node), ..) => run.send(&node, Way::Back),
        (Move::Goto(node), ..) => run.send(&node, Way::Goto),
        (Move::Timer, ..) => run.fire(),
        (Move::Logic, Stance::New | Stance::Stands, _) => run.run_node(),
        // What it waits for has come: whoever steps it says so.
        (Move::Logic, Stance::Rests, Some(Wait::Callback)) => {
            let user = run.task.user;
            run.go_on(Event::Modified { data: Data::new(), user })
        }
        (Move::Logic, Stance::Rests, Some(Wait::Queue { .. })) => run.go_on(Event::Released),
        (Move::Logic, Stance::Rests, wait) => Rest::Park(wait.unwrap_or(Wait::Nothing)),
    }
}
