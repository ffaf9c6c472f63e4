//! Work for tasks that is done between transactions: scripts, requests to other servers, stubs of databases.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::{Done, Runner, lock};
use crate::corezoid::engine::task::{Data, Event, ScriptFault, Silence, Task, Wait};
use crate::corezoid::store::run::{self as store, RunRow, Stamp};
use crate::kernel::db::Access;
use crate::kernel::world::World;

/// Work that a task waits for.
#[derive(Debug)]
pub(super) struct Job {
    task: String,
    conv: i64,
    node: String,
    stamp: Stamp,
    wait: Wait,
    /// Only a script reads it.
    data: Data,
    /// When it began, unix milliseconds.
    moment: i64,
}

impl Job {
    pub(super) fn new(task: &Task, wait: Wait, moment: i64) -> Self {
        let data = if matches!(wait, Wait::Script { .. }) { task.data.clone() } else { Data::new() };
        Self {
            task: task.id.clone(),
            conv: task.conv,
            node: task.node.clone(),
            stamp: Stamp::of(task),
            wait,
            data,
            moment,
        }
    }
}

/// Finds the work that was under way when the world was left: it is begun again.
pub(super) async fn resume(world: &Arc<World>, runner: &Runner) -> Result<(), sqlx::Error> {
    let mut unit = world.db.begin(Access::Read).await?;
    let rows = store::outside(unit.conn()).await;
    unit.rollback().await?;
    let now = world.clock.now().millis();
    let job = |row: RunRow| row.wait().map(|wait| Job::new(&row.task(), wait, now));
    lock(&runner.jobs).extend(rows?.into_iter().filter_map(job));
    Ok(())
}

/// Does the work that waits, one after the other in the order it was asked for; false: there is none, or somebody else is
/// at it. What leaves the machine goes on in the background.
pub(super) async fn work(world: &Arc<World>, runner: &Arc<Runner>) -> Result<bool, sqlx::Error> {
    if lock(&runner.jobs).is_empty() || runner.working.swap(true, Ordering::SeqCst) {
        return Ok(false);
    }
    let _working = Working(runner);
    let Some(job) = lock(&runner.jobs).pop_front() else { return Ok(false) };
    let event = match &job.wait {
        Wait::Script { .. } => Event::Script(Err(ScriptFault::Failed("no scripts yet".to_owned()))),
        Wait::Http { .. } => Event::Http(Err(Silence::NotAllowed("no calls yet".to_owned()))),
        Wait::Db { .. } | Wait::Git => Event::Stub(None),
        Wait::Nothing | Wait::Callback | Wait::Queue { .. } | Wait::Reply => return Ok(true),
    };
    runner.done(Done { moment: job.moment, task: job.task, stamp: job.stamp, event });
    let _ = world;
    Ok(true)
}

/// Somebody works; whatever ends it, the next may.
struct Working<'a>(&'a Runner);

impl Drop for Working<'_> {
    fn drop(&mut self) {
        self.0.working.store(false, Ordering::SeqCst);
    }
}
