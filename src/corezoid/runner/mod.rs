//! Runs tasks: takes up those that are ready, drives the engine over them, stores where they rest, and does for them what
//! cannot be done inside a transaction. What is due by the world's clock is done in the order of its moments, each at its
//! own moment, whenever somebody looks.

mod arrivals;
mod asks;
mod burst;
pub(crate) mod control;
mod crowds;
mod lanes;
mod outside;
mod pass;
mod step;
mod ticker;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sqlx::SqliteConnection;
use tokio::task::JoinSet;

use super::engine::answer::{Answered, Outcome};
use super::engine::graph::Graph;
use super::engine::task::{Data, Event};
use super::store::run::{self as store, RunRow, Stamp};
use crate::kernel::service::Boxed;
use crate::kernel::world::World;
pub(crate) use arrivals::receive;
use burst::Burst;
use lanes::Lanes;
use outside::Job;

/// Batches that one request runs before it leaves the rest to the background.
const FUEL: u32 = 300;
/// The same when the clock was moved: whoever moved it waits for all that fell due.
const FUEL_OF_TIME: u32 = 1_000_000;
/// How often whoever waits for others looks.
const LOOK: Duration = Duration::from_millis(5);
/// Looks for as long as a request waits for a call of the network.
const LOOKS_FOR_CALLS: u32 = 400;
/// Looks for as long as it waits for batches and scripts that somebody else runs: a minute.
const LOOKS_FOR_OTHERS: u32 = 12_000;
/// Processes whose graphs are kept in memory.
const GRAPHS: usize = 1_000;

/// What the runner of a world keeps in memory. All of it can be found again in the database.
#[derive(Default)]
pub(crate) struct Runner {
    /// Somebody made or changed tasks since the last look.
    poked: AtomicBool,
    /// The tasks that waited for work outside when the world was opened are known.
    resumed: AtomicBool,
    /// One batch after the other.
    passes: Arc<tokio::sync::Mutex<()>>,
    /// Somebody does work outside.
    working: AtomicBool,
    /// By process: the number of its deploys, and what is deployed.
    graphs: Mutex<HashMap<i64, (i64, Arc<Graph>)>>,
    jobs: Mutex<VecDeque<Job>>,
    results: Mutex<Results>,
    /// When the next timer fires, unix milliseconds; `None`: nobody has looked.
    next_due: Mutex<Option<i64>>,
    ticker: Mutex<ticker::Ticker>,
    /// Batches since old runs were forgotten.
    unpruned: AtomicU64,
    /// Calls to other servers that are under way.
    calls: AtomicUsize,
    /// By node: its calls of other servers.
    lanes: Mutex<Lanes>,
    burst: Mutex<Burst>,
    /// Nodes with count semaphors that somebody has taken tasks from, by process.
    thinned: Mutex<BTreeSet<(i64, String)>>,
    /// Tasks that somebody waits for, and the end of those that were not kept.
    watched: Mutex<HashMap<String, control::Ended>>,
    background: Mutex<JoinSet<()>>,
    /// Where this server is reached, as the last request had it.
    base: Mutex<String>,
}

/// What work outside came to, by the moment at which it is known.
#[derive(Default)]
struct Results {
    waiting: BTreeMap<(i64, u64), Done>,
    made: u64,
}

/// The end of some work outside.
struct Done {
    /// Unix milliseconds.
    moment: i64,
    task: String,
    stamp: Stamp,
    event: Event,
    /// What a script has written.
    lines: Vec<String>,
    /// The data that a script was given.
    before: Data,
}

impl Done {
    /// Whether the task still rests where the work was begun for it.
    fn fits(&self, row: &RunRow) -> bool {
        row.stamp() == self.stamp && row.wake().is_none()
    }

    /// What it came to, for the task.
    fn answered(self) -> Option<Answered> {
        let Self { event, lines, before, .. } = self;
        Outcome::of(event).map(|outcome| Answered { outcome, lines, before })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Runner {
    /// Says that tasks may be ready: after the commit somebody must [`drive`].
    pub(crate) fn poke(&self) {
        self.poked.store(true, Ordering::SeqCst);
    }

    /// The same after a process was set going again: its timers count too.
    pub(crate) fn look_again(&self) {
        *lock(&self.next_due) = None;
        self.poke();
    }

    /// The same after a task was taken from a node whose number a count semaphor has told of.
    pub(crate) fn thinned(&self, conv: i64, node: String) {
        lock(&self.thinned).insert((conv, node));
        self.poke();
    }

    /// Notes where this server is reached.
    pub(crate) fn reached_at(&self, base: &str) {
        let mut known = lock(&self.base);
        if *known != base {
            base.clone_into(&mut known);
        }
    }

    /// Keeps the end of a task for whoever waits for it, also of one that is not kept.
    pub(crate) fn watch(&self, task: &str) {
        lock(&self.watched).insert(task.to_owned(), None);
    }

    /// The end of a watched task that was not kept: its last node and its data.
    pub(crate) fn unwatch(&self, task: &str) -> Option<(String, Data)> {
        lock(&self.watched).remove(task).flatten()
    }

    /// What is deployed of a process after so many deploys: in memory, or read.
    pub(crate) async fn graph(
        &self,
        conn: &mut SqliteConnection,
        (conv, deploys): (i64, i64),
        is_state: bool,
    ) -> Result<Arc<Graph>, sqlx::Error> {
        let known = lock(&self.graphs).get(&conv).filter(|known| known.0 == deploys).cloned();
        if let Some((_, graph)) = known {
            return Ok(graph);
        }
        let graph = Arc::new(store::graph(conn, conv, is_state).await?);
        let mut graphs = lock(&self.graphs);
        if graphs.len() >= GRAPHS {
            graphs.clear();
        }
        graphs.insert(conv, (deploys, Arc::clone(&graph)));
        Ok(graph)
    }

    /// Notes what work came to, to be known at its moment.
    fn done(&self, done: Done) {
        let mut results = lock(&self.results);
        results.made += 1;
        let key = (done.moment, results.made);
        results.waiting.insert(key, done);
    }

    /// The moment of the next timer or result.
    fn next(&self) -> Option<i64> {
        let timer = lock(&self.next_due).unwrap_or(i64::MIN);
        let result = lock(&self.results).waiting.keys().next().map(|key| key.0);
        Some(result.map_or(timer, |result| result.min(timer))).filter(|at| *at < i64::MAX)
    }

    /// A timer was armed.
    fn armed(&self, at: i64) {
        let mut next = lock(&self.next_due);
        if let Some(known) = next.as_mut() {
            *known = at.min(*known);
        }
    }

    /// Nothing is ready, and nobody works for a task.
    fn is_at_rest(&self) -> bool {
        !self.poked.load(Ordering::SeqCst)
            && !self.working.load(Ordering::SeqCst)
            && self.calls.load(Ordering::SeqCst) == 0
            && lock(&self.jobs).is_empty()
    }

    /// Nothing is to be done until the clock goes on, and nobody does anything but wait for the network.
    fn waits_for_calls_only(&self, now: i64) -> bool {
        self.resumed.load(Ordering::SeqCst)
            && !self.working.load(Ordering::SeqCst)
            && lock(&self.jobs).is_empty()
            && self.is_idle(now)
            && self.passes.try_lock().is_ok()
    }

    fn is_idle(&self, now: i64) -> bool {
        !self.poked.load(Ordering::SeqCst) && self.next().is_none_or(|at| at > now)
    }
}

/// Runs everything that is ready or due, then what comes of it, until all of it rests or the rest is left to the
/// background.
pub(crate) async fn drive(world: &Arc<World>) -> Result<(), sqlx::Error> {
    let runner = world.part::<Runner>();
    if runner.is_idle(world.clock.now().millis()) && lock(&runner.jobs).is_empty() {
        if runner.is_at_rest() {
            lock(&runner.burst).end();
        }
        ticker::arm(world, &runner);
        return Ok(());
    }
    go(world, FUEL, true).await
}

/// Does what fell due; cheap when nothing did.
pub(crate) async fn run_due(world: &Arc<World>) -> Result<(), sqlx::Error> {
    let runner = world.part::<Runner>();
    let mut has_jobs = false;
    if !runner.resumed.load(Ordering::SeqCst) {
        // Whoever comes second goes on when the first has found it all.
        let _one_at_a_time = runner.passes.lock().await;
        if !runner.resumed.load(Ordering::SeqCst) {
            has_jobs = outside::resume(world, &runner).await?;
            runner.resumed.store(true, Ordering::SeqCst);
        }
    }
    if !has_jobs && runner.is_idle(world.clock.now().millis()) {
        ticker::arm(world, &runner);
        return Ok(());
    }
    go(world, FUEL_OF_TIME, has_jobs).await
}

/// Does what fell due, and waits for what others are at, so that whoever asks finds all at rest: a minute for batches and
/// scripts, and for calls of the network as long as a request has patience.
pub(crate) async fn settle(world: &Arc<World>) -> Result<(), sqlx::Error> {
    let runner = world.part::<Runner>();
    let (mut looks, mut looks_for_calls) = (0, 0);
    loop {
        run_due(world).await?;
        let calls = runner.calls.load(Ordering::SeqCst);
        if runner.waits_for_calls_only(world.clock.now().millis()) {
            if calls == 0 && runner.calls.load(Ordering::SeqCst) == 0 {
                return Ok(());
            }
            looks_for_calls += 1;
        } else {
            looks_for_calls = 0;
        }
        looks += 1;
        if looks_for_calls > LOOKS_FOR_CALLS || looks > LOOKS_FOR_OTHERS {
            return Ok(());
        }
        ticker::sleep(LOOK).await;
    }
}

/// Boxed: what it leaves to the background is itself.
fn go(world: &Arc<World>, fuel: u32, has_jobs: bool) -> Boxed<'_, Result<(), sqlx::Error>> {
    Box::pin(run_on(world, fuel, has_jobs))
}

/// Work outside is done by whoever made it necessary (`has_jobs`: before this, else by a batch of its own): a passer-by that
/// took it would let that one answer before it is done.
async fn run_on(world: &Arc<World>, mut fuel: u32, mut has_jobs: bool) -> Result<(), sqlx::Error> {
    let runner = world.part::<Runner>();
    loop {
        {
            // Somebody who has much to run runs what this one has asked for too.
            let Some(_one_at_a_time) = turn(&runner, fuel > FUEL).await else { break };
            while fuel > 0 && pass::pass(world, &runner).await? {
                fuel -= 1;
                has_jobs = true;
            }
        }
        if fuel == 0 {
            let world = Arc::clone(world);
            spawn(&runner, async move {
                if let Err(error) = drive(&world).await {
                    tracing::error!(%error, "tasks do not run: storage failed");
                }
            });
            break;
        }
        if !has_jobs || !outside::work(world, &runner).await? {
            if runner.is_at_rest() {
                lock(&runner.burst).end();
            }
            break;
        }
        fuel -= 1;
    }
    ticker::arm(world, &runner);
    Ok(())
}

/// Waits until nobody else runs batches: for ever, or as long as a request may.
async fn turn(runner: &Runner, for_ever: bool) -> Option<tokio::sync::MutexGuard<'_, ()>> {
    if for_ever {
        return Some(runner.passes.lock().await);
    }
    tokio::select! {
        turn = runner.passes.lock() => Some(turn),
        () = ticker::sleep(outside::PATIENCE) => None,
    }
}

/// Goes on in the background, as long as the world is there.
fn spawn(runner: &Runner, work: impl Future<Output = ()> + Send + 'static) {
    let mut background = lock(&runner.background);
    while background.try_join_next().is_some() {}
    background.spawn(work);
}
