//! One batch: takes up tasks, runs them, and stores where they rest, in one transaction.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use sqlx::SqliteConnection;

use super::outside::Job;
use super::{Done, Runner, lock, step};
use crate::corezoid::engine::answer::Answered;
use crate::corezoid::engine::graph::Graph;
use crate::corezoid::engine::run::Run;
use crate::corezoid::engine::task::{Data, Event, Rest, Wait};
use crate::corezoid::engine::trace::{Step, Way, What};
use crate::corezoid::outbound::{self, Forces};
use crate::corezoid::store::batch::{self, Batch, Birth, Left};
use crate::corezoid::store::run::{self as store, RunRow, Stamp, Wake};
use crate::corezoid::store::step::{Stance, Stepped};
use crate::kernel::db::{Access, Unit};
use crate::kernel::engine::LoopStatus;
use crate::kernel::world::World;

/// Tasks of one batch.
const MOST: i64 = 100;
/// Batches between two looks for runs that are too old to keep.
const PRUNED: u64 = 1_000;

/// A batch under way.
pub(super) struct Pass<'a> {
    /// Begun for a single statement, and made wider when more are to come: most batches write nothing but what they leave.
    pub(super) unit: &'a mut Unit,
    pub(super) world: &'a World,
    pub(super) runner: &'a Runner,
    pub(super) forces: &'a Forces,
    batch: Batch,
    flows: BTreeMap<(String, i64), (i64, i64)>,
    visits: BTreeMap<(String, String), i64>,
    /// Tasks that others of the batch have changed meanwhile.
    pub(super) touched: HashSet<String>,
    /// Tasks became ready.
    pub(super) woke: bool,
    /// Nodes with count semaphors that tasks came to or left, by process.
    pub(super) crowds: BTreeSet<(i64, String)>,
    jobs: Vec<Job>,
    armed: i64,
    /// New tasks that are not stored yet, in their order; the first of them is the one that runs.
    unborn: VecDeque<Arc<RunRow>>,
    /// The `seq` of those that were stored meanwhile, by their ids.
    born: HashMap<String, i64>,
}

/// What is to be done after a batch, once it is committed.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) jobs: Vec<Job>,
    /// Tasks became ready.
    pub(super) woke: bool,
    /// The first of the timers that were armed.
    pub(super) armed: Option<i64>,
}

impl Outcome {
    /// Tells the runner.
    pub(super) fn note(self, runner: &Runner) {
        if let Some(at) = self.armed {
            runner.armed(at);
        }
        if self.woke {
            runner.poke();
        }
        lock(&runner.jobs).extend(self.jobs);
    }
}

/// Why a task is taken up.
enum Cause {
    Ready,
    Due,
    Done(Box<Done>),
}

/// What a task is taken up with.
enum Turn {
    /// In the node where it begins.
    Begin,
    /// In the node where a step has left it.
    Stand,
    Step(Box<Stepped>),
    On(Event),
    /// By work outside that has come to its end.
    Told(Box<Answered>),
}

impl Cause {
    /// What the task runs with, and at which moment; `None`: nothing moves it any more.
    fn turn(self, row: &RunRow, now: i64) -> Option<(Turn, i64)> {
        match self {
            Self::Ready => {
                let turn = match row.wake()? {
                    Wake::Start => Turn::Begin,
                    Wake::Modified { by } => Turn::On(Event::Modified { data: Data::new(), user: by }),
                    Wake::Released => Turn::On(Event::Released),
                    Wake::Overflowed(size) => Turn::On(Event::Overflowed(size)),
                    Wake::Replied(reply) => Turn::On(Event::Replied(reply)),
                    Wake::Answered(answered) => Turn::Told(answered),
                    Wake::Stand => Turn::Stand,
                    Wake::Step(step) => Turn::Step(step),
                };
                Some((turn, row.not_before(row.moment.unwrap_or(now), now)))
            }
            Self::Due => {
                let due = row.due().filter(|_| row.wake().is_none())?;
                Some((Turn::On(Event::Timer), row.not_before(due, now)))
            }
            Self::Done(done) => {
                let moment = done.moment;
                let answered = done.fits(row).then(|| done.answered()).flatten();
                answered.map(|answered| (Turn::Told(Box::new(answered)), moment))
            }
        }
    }
}

/// A running task, as far as the engine does not know it.
pub(super) struct Own {
    pub(super) company: Option<String>,
    pub(super) caller: Option<String>,
    pub(super) callee: Option<String>,
    /// Secret values that it has read: they are shown nowhere.
    pub(super) secrets: Vec<String>,
}

/// Runs one batch; false: there is nothing to run now.
pub(super) async fn pass(world: &Arc<World>, runner: &Runner) -> Result<bool, sqlx::Error> {
    let now = world.clock.now().millis();
    if runner.is_idle(now) {
        return Ok(false);
    }
    let forces = outbound::forces(world).await?;
    let mut unit = world.db.begin(Access::Single).await?;
    let taken = match take_up(unit.conn(), runner, world, now).await {
        Ok(taken) => taken,
        Err(error) => {
            unit.rollback().await?;
            return Err(error);
        }
    };
    let thinned = std::mem::take(&mut *lock(&runner.thinned));
    let Some((rows, more)) = taken.or_else(|| (!thinned.is_empty()).then(|| (Vec::new(), false))) else {
        unit.rollback().await?;
        return Ok(false);
    };
    let mut pass = Pass::new(&mut unit, world, runner, &forces);
    let outcome = pass.run(rows, &thinned, now).await;
    let mut done = pass.outcome();
    let stored = match outcome {
        Ok(()) => unit.commit(&world.ids).await,
        Err(error) => unit.rollback().await.and(Err(error)),
    };
    if let Err(error) = stored {
        // What was to run is still to run.
        runner.look_again();
        lock(&runner.thinned).extend(thinned);
        runner.resumed.store(false, Ordering::SeqCst);
        return Err(error);
    }
    done.woke |= more;
    done.note(runner);
    Ok(true)
}

/// The next tasks to run, and whether there may be more of them: first those that are ready, then what came back and what
/// is due, in the order of moments. `None`: there are none.
async fn take_up(
    conn: &mut SqliteConnection,
    runner: &Runner,
    world: &World,
    now: i64,
) -> Result<Option<(Vec<(RunRow, Cause)>, bool)>, sqlx::Error> {
    let paused_too = world.settings.engine.runs_paused;
    if runner.poked.swap(false, Ordering::SeqCst) {
        let rows = store::ready(conn, paused_too, MOST).await?;
        if !rows.is_empty() {
            let more = rows.len() >= usize::try_from(MOST).unwrap_or(usize::MAX);
            return Ok(Some((rows.into_iter().map(|row| (row, Cause::Ready)).collect(), more)));
        }
    }
    loop {
        let timer = *lock(&runner.next_due);
        let timer = timer.unwrap_or(i64::MIN);
        let result = {
            let mut results = lock(&runner.results);
            let first = results.waiting.first_key_value().map(|(key, _)| key.0);
            first.filter(|at| *at <= now && *at <= timer).and_then(|_| results.waiting.pop_first())
        };
        if let Some((_, done)) = result {
            let row = store::by_id(conn, &done.task).await?;
            // Whatever moved the task meanwhile, its timer most likely, was first.
            if let Some(row) = row.filter(|row| done.fits(row)) {
                return Ok(Some((vec![(row, Cause::Done(Box::new(done)))], false)));
            }
            continue;
        }
        if timer > now {
            return Ok(None);
        }
        let rows = store::due(conn, paused_too, (now, MOST)).await?;
        if rows.is_empty() {
            *lock(&runner.next_due) = Some(store::next_due(conn, now).await?.unwrap_or(i64::MAX));
            continue;
        }
        return Ok(Some((rows.into_iter().map(|row| (row, Cause::Due)).collect(), false)));
    }
}

impl<'a> Pass<'a> {
    pub(super) fn new(unit: &'a mut Unit, world: &'a World, runner: &'a Runner, forces: &'a Forces) -> Self {
        Self {
            unit,
            world,
            runner,
            forces,
            batch: Batch::default(),
            flows: BTreeMap::new(),
            visits: BTreeMap::new(),
            touched: HashSet::new(),
            woke: false,
            crowds: BTreeSet::new(),
            jobs: Vec::new(),
            armed: i64::MAX,
            unborn: VecDeque::new(),
            born: HashMap::new(),
        }
    }

    /// What is to be done once the batch is committed.
    pub(super) fn outcome(self) -> Outcome {
        let armed = Some(self.armed).filter(|at| *at < i64::MAX);
        Outcome { jobs: self.jobs, woke: self.woke, armed }
    }

    /// Runs tasks that are not stored yet. They are when one of them looks around, or when they come to rest.
    pub(super) async fn run_new(&mut self, tasks: Vec<RunRow>, now: i64) -> Result<(), sqlx::Error> {
        self.unborn = tasks.into_iter().map(Arc::new).collect();
        for row in self.unborn.clone() {
            self.run_one(row, Cause::Ready, now).await?;
        }
        self.end(now).await
    }

    async fn run(
        &mut self,
        rows: Vec<(RunRow, Cause)>,
        thinned: &BTreeSet<(i64, String)>,
        now: i64,
    ) -> Result<(), sqlx::Error> {
        for (row, cause) in rows {
            self.run_one(Arc::new(row), cause, now).await?;
        }
        for (conv, node) in thinned {
            self.thinned(*conv, node).await?;
        }
        self.end(now).await
    }

    async fn run_one(&mut self, mut row: Arc<RunRow>, cause: Cause, now: i64) -> Result<(), sqlx::Error> {
        if self.touched.contains(&row.id) {
            // Another task of this batch has changed it since it was read.
            match store::by_id(self.unit.conn(), &row.id).await? {
                Some(fresh) => row = Arc::new(fresh),
                None => return Ok(()),
            }
        }
        match cause {
            Cause::Done(done) if !row.may_run(self.world.settings.engine.runs_paused) => {
                self.keep(&row, *done).await?;
            }
            cause => match cause.turn(&row, now) {
                Some((turn, moment)) => self.turn(&row, turn, moment).await?,
                None => self.woke = true,
            },
        }
        Ok(())
    }

    /// Stores what is left to store.
    async fn end(&mut self, now: i64) -> Result<(), sqlx::Error> {
        if !self.crowds.is_empty() {
            self.unit.widen().await?;
        }
        self.store().await?;
        self.count_crowds(now).await?;
        if self.runner.unpruned.fetch_add(1, Ordering::Relaxed) >= PRUNED {
            self.runner.unpruned.store(0, Ordering::Relaxed);
            batch::prune(self.unit.conn()).await?;
        }
        Ok(())
    }

    /// Keeps what work outside came to until the process of its task goes on (sheet corezoid/engine 1.4).
    async fn keep(&mut self, row: &RunRow, done: Done) -> Result<(), sqlx::Error> {
        let moment = done.moment;
        let Some(answered) = done.fits(row).then(|| done.answered()).flatten() else { return Ok(()) };
        let hops = row.task().hops;
        self.unit.widen().await?;
        store::wake(self.unit.conn(), &row.id, &Wake::Answered(Box::new(answered)), (hops, moment)).await
    }

    /// Runs one task until it rests.
    async fn turn(&mut self, row: &RunRow, turn: Turn, moment: i64) -> Result<(), sqlx::Error> {
        let graph = self.graph(row.conv_id, row.deploys, row.is_state).await?;
        let task = row.task();
        let (node, born) = (task.node.clone(), task.created);
        let mut own = Own {
            company: row.company_id.clone(),
            caller: row.caller.clone(),
            callee: row.callee.clone(),
            secrets: Vec::new(),
        };
        let before = if row.walked { Vec::new() } else { way_here(row, born) };
        let seed = u64::from_le_bytes(self.world.ids.bytes());
        let stamp = Stamp::new(seed);
        let options = &self.world.settings.engine;
        let mut run = Run::new(&graph, task, options, moment, seed).forcing(!self.forces.is_empty());
        if row.is_debugged() {
            run = run.stepping();
        }
        let mut rest = take_turn(&mut run, turn, row);
        while let Rest::Ask(ask) = rest {
            rest = self.answer(ask, &mut run, &mut own).await?;
        }
        let (mut task, steps) = run.finish();
        let looped = self.world.settings.engine.loop_status;
        if rest == Rest::Loop && looped == LoopStatus::Canceled {
            task.due = None;
        }
        for (conv, node) in [(row.conv_id, &node), (row.conv_id, &task.node)] {
            if graph.node(node).is_some_and(|node| !node.counts.is_empty()) {
                self.crowds.insert((conv, node.clone()));
            }
        }
        let mut steps: Vec<Step> = before.into_iter().chain(steps).collect();
        self.count(&steps);
        if !own.secrets.is_empty() {
            for step in &mut steps {
                step.mask(&own.secrets);
            }
        }
        let is_unborn = self.unborn.pop_front_if(|first| first.id == row.id).is_some();
        let seq = if is_unborn { None } else { row.seq.or_else(|| self.born.get(&row.id).copied()) };
        let (from, bytes) = self.batch.text(&steps);
        self.batch.walks.push((task.id.clone(), task.conv, task.user, from, bytes));
        let wake = matches!(rest, Rest::Stand).then_some("\"stand\"");
        let (status, wait, detail) = match rest {
            Rest::Final { keep: false } => {
                if let Some(ended) = lock(&self.runner.watched).get_mut(&task.id) {
                    *ended = Some((task.node.clone(), task.data));
                }
                self.batch.gone.push((seq, task.node));
                return Ok(());
            }
            Rest::Final { keep: true } => ("processed", None, None),
            Rest::Stand => ("processing", None, None),
            Rest::Loop => (looped.word(), None, Some("loop")),
            Rest::Park(Wait::Nothing) | Rest::Ask(_) => ("delayed", None, None),
            Rest::Park(wait @ (Wait::Callback | Wait::Queue { .. } | Wait::Reply)) => {
                ("delayed", Some(wait), None)
            }
            Rest::Park(wait) => ("processing", Some(wait), None),
        };
        if let Some(due) = &task.due {
            self.armed = self.armed.min(due.at);
        }
        if status == "processing"
            && let Some(wait) = &wait
        {
            self.jobs.push(Job::new(&task, wait.clone(), (stamp, moment)).hiding(own.secrets));
        }
        let (due, due_to) = task.due.map(|due| (due.at, due.to)).unzip();
        let data = self.batch.text(&task.data);
        self.batch.left.push(Left {
            seq,
            birth: is_unborn.then(|| Birth::of(row)),
            node: task.node,
            prev: task.prev,
            data,
            status,
            user: task.user,
            changed: task.changed,
            at: task.at,
            wait: wait.map(|wait| stamp.on(&wait)),
            due,
            due_to,
            visits: (!task.visits.is_empty())
                .then(|| serde_json::to_string(&task.visits).unwrap_or_default()),
            hops: task.hops,
            caller: own.caller,
            callee: own.callee,
            detail,
            wake,
        });
        Ok(())
    }

    /// What is deployed of a process.
    pub(super) async fn graph(
        &mut self,
        conv: i64,
        deploys: i64,
        is_state: bool,
    ) -> Result<Arc<Graph>, sqlx::Error> {
        self.runner.graph(self.unit.conn(), (conv, deploys), is_state).await
    }

    /// Stores what the batch has come to so far, so that what is read next is true.
    pub(super) async fn flush(&mut self) -> Result<(), sqlx::Error> {
        self.unit.widen().await?;
        self.store().await?;
        if !self.unborn.is_empty() {
            let unborn = std::mem::take(&mut self.unborn);
            self.born = batch::bear(self.unit.conn(), unborn.iter().map(Arc::as_ref)).await?;
        }
        Ok(())
    }

    async fn store(&mut self) -> Result<(), sqlx::Error> {
        if self.batch.walks.is_empty() {
            return Ok(());
        }
        let mut batch = std::mem::take(&mut self.batch);
        let flows = std::mem::take(&mut self.flows).into_iter();
        batch.flows = flows.map(|((node, minute), (came, went))| (node, minute, came, went)).collect();
        let visits = std::mem::take(&mut self.visits).into_iter();
        batch.visits = visits.map(|((node, way), times)| (node, way, times)).collect();
        batch::store(self.unit.conn(), batch).await
    }

    /// Counts the nodes and ways of some steps.
    fn count(&mut self, steps: &[Step]) {
        for step in steps {
            let (from, by) = match &step.what {
                What::Entered { from, by } => (from, by),
                What::Stayed { by } => {
                    *self.visits.entry((step.node.clone(), by.word())).or_default() += 1;
                    continue;
                }
                _ => continue,
            };
            let minute = step.at.div_euclid(60_000);
            self.flows.entry((step.node.clone(), minute)).or_default().0 += 1;
            *self.visits.entry((step.node.clone(), String::new())).or_default() += 1;
            if let Some(from) = from {
                self.flows.entry((from.clone(), minute)).or_default().1 += 1;
                *self.visits.entry((from.clone(), by.word())).or_default() += 1;
            }
        }
    }
}

/// Lets a task do what it was taken up for.
fn take_turn(run: &mut Run<'_>, turn: Turn, row: &RunRow) -> Rest {
    match turn {
        Turn::Begin => run.put(&row.node_id),
        Turn::Stand => run.run_node(),
        Turn::Step(step) => step::make(run, *step, row.wait()),
        Turn::On(event) => run.go_on(event),
        Turn::Told(answered) => {
            for line in &answered.lines {
                run.note(What::Console { line: line.clone() });
            }
            let event = answered.event(&run.task.data);
            run.go_on(event)
        }
    }
}

/// How a task was last moved before its way was noted: a state document has put it there.
fn way_here(row: &RunRow, born: i64) -> Vec<Step> {
    match row.wake() {
        Some(Wake::Start) => return Vec::new(),
        Some(Wake::Step(step)) if step.from == Stance::New => return Vec::new(),
        _ => {}
    }
    let step = |at, node: &str, from: Option<&str>| Step {
        at,
        node: node.to_owned(),
        what: What::Entered { from: from.map(str::to_owned), by: Way::Put },
        data: Data::new(),
    };
    let task = row.task();
    match task.prev.as_deref() {
        None => vec![step(born, &task.node, None)],
        Some(prev) => vec![step(born, prev, None), step(task.changed, &task.node, Some(prev))],
    }
}
