//! Work for tasks that is done between transactions: scripts, requests to other servers, stubs of databases.

use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::sync::{Notify, oneshot};

use super::{Done, Runner, drive, lock, spawn, ticker};
use crate::corezoid::engine::task::{Data, Event, Silence, Task, Wait};
use crate::corezoid::outbound::{self, Outcome, Outgoing};
use crate::corezoid::script::{self, Ran, Surroundings};
use crate::corezoid::store::run::{self as store, RunRow, Stamp};
use crate::kernel::db::Access;
use crate::kernel::world::World;

/// Scripts that are run in one go.
const SCRIPTS: usize = 32;
/// How long a request waits for the answer of this very server to one of its tasks; then the task goes on alone.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);

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
    /// What a script has written.
    lines: Vec<String>,
    /// What of it is shown nowhere.
    secrets: Vec<String>,
}

impl Job {
    pub(super) fn new(task: &Task, wait: Wait, (stamp, moment): (Stamp, i64)) -> Self {
        let data = if matches!(wait, Wait::Script { .. }) { task.data.clone() } else { Data::new() };
        Self {
            task: task.id.clone(),
            conv: task.conv,
            node: task.node.clone(),
            stamp,
            wait,
            data,
            moment,
            lines: Vec::new(),
            secrets: Vec::new(),
        }
    }

    /// The same, with values that are shown nowhere.
    pub(super) fn hiding(self, secrets: Vec<String>) -> Self {
        Self { secrets, ..self }
    }

    /// Its end.
    fn done(self, event: Event) -> Done {
        let Self { moment, task, stamp, lines, data, .. } = self;
        Done { moment, task, stamp, event, lines, before: data }
    }
}

/// Finds what was under way when the world was left: work outside is begun again, what is ready or due is looked at. False:
/// there was no work outside. In a world with nothing under way nobody has anything to do then, or it would meet the first
/// request at its tasks.
pub(super) async fn resume(world: &Arc<World>, runner: &Runner) -> Result<bool, sqlx::Error> {
    let mut unit = world.db.begin(Access::Read).await?;
    let rows = store::outside(unit.conn()).await;
    let pending = store::pending(unit.conn()).await;
    unit.rollback().await?;
    let (is_ready, due) = pending?;
    *lock(&runner.next_due) = Some(due.unwrap_or(i64::MAX));
    if is_ready {
        runner.poke();
    }
    // It takes as long as it would have, had nobody left.
    let job = |row: RunRow| {
        let task = row.task();
        row.wait().map(|wait| Job::new(&task, wait, (row.stamp(), task.changed)))
    };
    let found: Vec<Job> = rows?.into_iter().filter_map(job).collect();
    let any = !found.is_empty();
    lock(&runner.jobs).extend(found);
    Ok(any)
}

/// Does the work that waits, one after the other in the order it was asked for; false: there is none, or somebody else is
/// at it. What leaves the machine goes on in the background.
pub(super) async fn work(world: &Arc<World>, runner: &Arc<Runner>) -> Result<bool, sqlx::Error> {
    if lock(&runner.jobs).is_empty() || runner.working.swap(true, Ordering::SeqCst) {
        return Ok(false);
    }
    let _working = Working(runner);
    let scripts = next_scripts(&mut lock(&runner.jobs));
    if !scripts.is_empty() {
        for done in run_scripts(world, scripts).await {
            runner.done(done);
        }
        return Ok(true);
    }
    let Some(job) = lock(&runner.jobs).pop_front() else { return Ok(false) };
    match &job.wait {
        Wait::Http { .. } => call(world, runner, job).await,
        Wait::Db { instance, query } => {
            let found = outbound::stub(world, job.conv, &job.node, Some(instance), Some(query)).await?;
            runner.done(job.done(Event::Stub(found)));
        }
        Wait::Git => {
            let found = outbound::stub(world, job.conv, &job.node, None, None).await?;
            runner.done(job.done(Event::Stub(found)));
        }
        Wait::Nothing | Wait::Callback | Wait::Queue { .. } | Wait::Reply | Wait::Script { .. } => {}
    }
    Ok(true)
}

/// The scripts that stand first.
fn next_scripts(jobs: &mut VecDeque<Job>) -> Vec<Job> {
    let mut scripts = Vec::new();
    while scripts.len() < SCRIPTS
        && let Some(job) = jobs.pop_front_if(|job| matches!(job.wait, Wait::Script { .. }))
    {
        scripts.push(job);
    }
    scripts
}

/// Runs scripts one after the other on a thread of their own.
async fn run_scripts(world: &World, jobs: Vec<Job>) -> Vec<Done> {
    let options = &world.settings.engine;
    let limits = script::Limits { time: options.code_millis, memory: options.code_bytes };
    let libs = world.settings.js_libs.clone();
    let seeds: Vec<u64> = jobs.iter().map(|_| u64::from_le_bytes(world.ids.bytes())).collect();
    let ran = tokio::task::spawn_blocking(move || {
        let run = |(mut job, seed): (Job, u64)| {
            let Wait::Script { lang, source } = &job.wait else { return job.done(Event::Done) };
            let around = Surroundings { now: job.moment, seed, limits, libs: libs.clone() };
            let Ran { outcome, console } = script::run(lang, source, &job.data, &around);
            job.lines = console;
            job.done(Event::Script(outcome))
        };
        jobs.into_iter().zip(seeds).map(run).collect::<Vec<_>>()
    });
    ran.await.unwrap_or_default()
}

/// Asks another server. A call that takes its time goes on in the background, and whoever waits need not.
async fn call(world: &Arc<World>, runner: &Arc<Runner>, job: Job) {
    let leaving = Arc::new(Notify::new());
    let (told, ended) = oneshot::channel();
    let asked = {
        let (world, runner, leaving) = (Arc::clone(world), Arc::downgrade(runner), Arc::clone(&leaving));
        async move {
            let _under_way = UnderWay::new(&runner);
            let outcome = {
                let Wait::Http { request } = &job.wait else { return };
                let (conv, node, task) = (job.conv, job.node.as_str(), job.task.as_str());
                let secrets = &job.secrets;
                outbound::call(&world, &Outgoing { conv, node, task, request, secrets }, &leaving).await
            };
            let Some(runner) = runner.upgrade() else { return };
            match outcome {
                Ok(Outcome { result, after }) => {
                    let took = after.max(result.as_ref().map_or(0, |response| response.took));
                    let threads =
                        if let Wait::Http { request } = &job.wait { request.max_threads } else { 1 };
                    let end = lock(&runner.lanes).end(&job.node, threads, (job.moment, took));
                    let (result, end) = match end {
                        Ok(end) => (result, end),
                        Err(end) => (Err(Silence::Expired), end),
                    };
                    let mut done = job.done(Event::Http(result));
                    done.moment = end;
                    runner.done(done);
                }
                Err(error) => tracing::error!(%error, "a call is lost until the next start: storage failed"),
            }
            // Nobody waits any more: whatever comes of it is done here.
            if told.send(()).is_err()
                && let Err(error) = drive(&world).await
            {
                tracing::error!(%error, "tasks do not run: storage failed");
            }
        }
    };
    spawn(runner, asked);
    tokio::select! {
        _ = ended => {}
        () = leaving.notified() => {}
        () = ticker::sleep(PATIENCE) => {}
    }
}

/// A call is under way, however it ends.
struct UnderWay(Weak<Runner>);

impl UnderWay {
    fn new(runner: &Weak<Runner>) -> Self {
        if let Some(runner) = runner.upgrade() {
            runner.calls.fetch_add(1, Ordering::SeqCst);
        }
        Self(Weak::clone(runner))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        if let Some(runner) = self.0.upgrade() {
            runner.calls.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

/// Somebody works; whatever ends it, the next may.
struct Working<'a>(&'a Runner);

impl Drop for Working<'_> {
    fn drop(&mut self) {
        self.0.working.store(false, Ordering::SeqCst);
    }
}
