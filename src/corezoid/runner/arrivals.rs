//! New tasks, run in the very transaction that makes them where nothing else is to run first: most of them are never stored
//! as they were made.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::OwnedMutexGuard;

use super::Runner;
use super::pass::{Outcome, Pass};
use crate::corezoid::intake::Intake;
use crate::corezoid::outbound;
use crate::corezoid::store::batch;
use crate::kernel::db::Unit;
use crate::kernel::world::World;

/// Tasks that a request runs itself; more are left to batches.
const MOST: usize = 250;

/// What is to be done once the transaction that made the tasks is committed.
#[must_use]
pub(crate) struct Received {
    runner: Arc<Runner>,
    outcome: Outcome,
    /// Nobody else runs batches before that.
    _turn: Option<OwnedMutexGuard<()>>,
}

impl Received {
    /// The transaction is committed.
    pub(crate) fn committed(self) {
        self.outcome.note(&self.runner);
    }
}

/// Runs new tasks inside the unit that makes them, or stores them for the batches; then somebody must
/// [`drive`](super::drive).
pub(crate) async fn receive(
    world: &Arc<World>,
    unit: &mut Unit,
    mut intake: Intake,
) -> Result<Received, sqlx::Error> {
    let runner = world.part::<Runner>();
    let (may_run, tasks) = (intake.may_run(), intake.empty());
    if tasks.is_empty() {
        return Ok(Received { runner, outcome: Outcome::default(), _turn: None });
    }
    // Never waited for: whoever has it may wait for the unit.
    let turn = Arc::clone(&runner.passes).try_lock_owned().ok();
    let turn = turn.filter(|_| may_run && tasks.len() <= MOST && !runner.poked.load(Ordering::SeqCst));
    // Nor are the stubs read here: that would take the unit.
    let (Some(turn), Some(forces)) = (turn, outbound::known_forces(world)) else {
        batch::bear(unit.conn(), tasks.iter()).await?;
        let outcome = Outcome { woke: true, ..Outcome::default() };
        return Ok(Received { runner, outcome, _turn: None });
    };
    let mut pass = Pass::new(unit, world, &runner, &forces);
    pass.run_new(tasks, world.clock.now().millis()).await?;
    let outcome = pass.outcome();
    Ok(Received { runner, outcome, _turn: Some(turn) })
}
