//! Whether a process takes a new task, wherever it comes from: an op, a direct URL, a file, another task.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value, json};
use sqlx::SqliteConnection;

use super::error::OpError;
use super::ids::ConvId;
use super::ops::fields::missing;
use super::refusal::Refusal;
use super::rules::params::{self, Misfit};
use super::rules::status::Status;
use super::rules::task::{self as rules, TooBig};
use super::store::count;
use super::store::run::RunRow;
use super::store::task::{self as store, Hindrance, NewTask};
use crate::kernel::engine::{EngineOptions, ParamChecks};
use crate::kernel::world::World;

/// Why a process does not take a task.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Hindered {
    #[error("there is no process {0}")]
    NoProcess(ConvId),
    #[error("the process takes no tasks")]
    NotActive,
    #[error("process {0} has no deployed start node")]
    NotStarted(ConvId),
    #[error("parameters do not fit")]
    Params(Vec<Misfit>),
    #[error("another task under way has the reference")]
    NotUnical,
    #[error(transparent)]
    TooBig(#[from] TooBig),
    /// As many tasks as a process may have are under way in it.
    #[error("the process is full")]
    Full(i64),
    #[error(transparent)]
    Storage(#[from] sqlx::Error),
}

impl From<Hindered> for OpError {
    fn from(hindered: Hindered) -> Self {
        match hindered {
            Hindered::NoProcess(conv) => missing(conv.into()),
            Hindered::NotActive => Self::NotActive,
            Hindered::NotStarted(conv) => Refusal::NotStarted(conv).into(),
            Hindered::Params(misfits) => Self::Params(misfits),
            Hindered::NotUnical => Refusal::NotUnical.into(),
            Hindered::TooBig(size) => size.into(),
            Hindered::Full(most) => Refusal::Full(most).into(),
            Hindered::Storage(error) => error.into(),
        }
    }
}

/// How many tasks are under way, as far as it is known: their number is looked at only where it could be too large.
#[derive(Debug, Default)]
pub(crate) struct Crowds {
    /// Tasks that were ever made, at most; 0: nobody has looked.
    made: AtomicI64,
    /// Tasks under way in a process, at most; `None`: it may have any number.
    most: Mutex<HashMap<ConvId, Option<i64>>>,
}

impl Crowds {
    /// How many more tasks a process takes, `wanted` at most: they count as made. No statement while fewer tasks than `most`
    /// were ever made (but one at the start), one where a process may be full, one more where it seems to be.
    pub(crate) async fn room(
        &self,
        conn: &mut SqliteConnection,
        conv: ConvId,
        (wanted, most): (i64, i64),
    ) -> Result<i64, sqlx::Error> {
        if self.made.load(Ordering::Relaxed) == 0 {
            self.made.fetch_max(store::last_number(conn).await?, Ordering::Relaxed);
        }
        let made = self.made.fetch_add(wanted, Ordering::Relaxed);
        if made.saturating_add(wanted) <= most {
            return Ok(wanted);
        }
        let known = self.lock().get(&conv).copied();
        match known {
            Some(None) => return Ok(wanted),
            Some(Some(under_way)) if under_way.saturating_add(wanted) <= most => {
                self.put(conv, Some(under_way.saturating_add(wanted)));
                return Ok(wanted);
            }
            _ => {}
        }
        let under_way = count::under_way(conn, conv.0, most).await?;
        let room = wanted.min(most.saturating_sub(under_way));
        if room < wanted && store::hindrance(conn, conv).await?.is_some_and(|found| found.is_state) {
            self.put(conv, None);
            return Ok(wanted);
        }
        self.put(conv, Some(under_way.saturating_add(room)));
        Ok(room)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ConvId, Option<i64>>> {
        self.most.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, conv: ConvId, most: Option<i64>) {
        self.lock().insert(conv, most);
    }
}

/// Whether a process takes data (a JSON text) of that length. No statement, unless it is longer than some process takes.
pub(crate) async fn measure(
    conn: &mut SqliteConnection,
    conv: ConvId,
    data: &str,
    options: &EngineOptions,
) -> Result<(), Hindered> {
    if [false, true].into_iter().all(|is_state| data.len() <= options.most_bytes(is_state)) {
        return Ok(());
    }
    let found = store::hindrance(conn, conv).await?.ok_or(Hindered::NoProcess(conv))?;
    Ok(rules::fits(data, options.most_bytes(found.is_state))?)
}

/// Puts a new task into its start node, ready to run. One statement; one more where it is refused or could be too big,
/// two more where the process declares parameters.
pub(crate) async fn place(
    conn: &mut SqliteConnection,
    new: &NewTask<'_>,
    world: &World,
) -> Result<(), Hindered> {
    let options = &world.settings.engine;
    measure(conn, new.conv, new.data, options).await?;
    let crowds = world.part::<Crowds>();
    if crowds.room(conn, new.conv, (1, options.live_tasks)).await? < 1 {
        return Err(Hindered::Full(options.live_tasks));
    }
    if store::insert(conn, new, None).await? {
        return Ok(());
    }
    let found = store::hindrance(conn, new.conv).await?.ok_or(Hindered::NoProcess(new.conv))?;
    judge(&found, new, options)?;
    if params::declares(&found.params) && store::insert(conn, new, Some(&found.params)).await? {
        return Ok(());
    }
    Err(Hindered::NotUnical)
}

/// Whether a process takes a task, but for its reference; gives the start node.
fn judge<'a>(
    process: &'a Hindrance,
    new: &NewTask<'_>,
    options: &EngineOptions,
) -> Result<&'a str, Hindered> {
    if !Status::of_number(process.status).is_some_and(Status::takes_tasks) {
        return Err(Hindered::NotActive);
    }
    let start = process.start.as_deref().ok_or(Hindered::NotStarted(new.conv))?;
    if params::declares(&process.params) && options.param_checks == ParamChecks::Check {
        let data: Map<String, Value> = serde_json::from_str(new.data).unwrap_or_default();
        let misfits = params::misfits(&process.params, &data);
        if !misfits.is_empty() {
            return Err(Hindered::Params(misfits));
        }
    }
    Ok(start)
}

/// The new tasks of one request, in their order. Nothing of them is stored before the request is done: most of them run to
/// their end at once ([`runner::receive`](super::runner::receive)).
#[derive(Debug, Default)]
pub(crate) struct Intake {
    /// Processes as they are as long as the request does nothing else.
    processes: HashMap<ConvId, Arc<Hindrance>>,
    /// References of its tasks.
    references: HashSet<(ConvId, String)>,
    /// With the place of each in the request.
    tasks: Vec<(usize, RunRow)>,
    /// One of the processes does not run what it takes.
    keeps: bool,
}

impl Intake {
    /// Takes a task that stands at `place` in the request, unless its process does not. Nobody has looked yet whether a task
    /// that is stored has its reference. One statement for the first task of a process.
    pub(crate) async fn take(
        &mut self,
        conn: &mut SqliteConnection,
        new: &NewTask<'_>,
        place: usize,
        world: &World,
    ) -> Result<(), Hindered> {
        let options = &world.settings.engine;
        let process = if let Some(known) = self.processes.get(&new.conv) {
            Arc::clone(known)
        } else {
            let found = store::hindrance(conn, new.conv).await?;
            let found = Arc::new(found.ok_or(Hindered::NoProcess(new.conv))?);
            self.processes.insert(new.conv, Arc::clone(&found));
            found
        };
        rules::fits(new.data, options.most_bytes(process.is_state))?;
        let start = judge(&process, new, options)?;
        let waiting = self.tasks.iter().filter(|(_, row)| row.conv_id == new.conv.0).count();
        let most = options.live_tasks.saturating_sub(i64::try_from(waiting).unwrap_or(i64::MAX));
        if world.part::<Crowds>().room(conn, new.conv, (1, most)).await? < 1 {
            return Err(Hindered::Full(options.live_tasks));
        }
        self.keeps |= !Status::of_number(process.status).is_some_and(Status::runs_tasks);
        if let Some(reference) = new.reference
            && !self.references.insert((new.conv, reference.to_owned()))
        {
            return Err(Hindered::NotUnical);
        }
        self.tasks.push((place, RunRow::new(new, start, &process)));
        Ok(())
    }

    /// Whether it holds no tasks.
    pub(crate) fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    /// Whether all of them may run at once.
    pub(crate) fn may_run(&self) -> bool {
        !self.keeps
    }

    /// Refuses those whose reference another task under way has, and gives their places in the request. One statement where
    /// there are references.
    pub(crate) async fn refuse_taken(
        &mut self,
        conn: &mut SqliteConnection,
    ) -> Result<Vec<usize>, sqlx::Error> {
        if self.references.is_empty() {
            return Ok(Vec::new());
        }
        let wanted = self
            .tasks
            .iter()
            .filter_map(|(place, row)| Some(json!([place, row.conv_id, row.reference.as_deref()?])));
        let wanted = Value::Array(wanted.collect()).to_string();
        let taken = store::references_taken(conn, &wanted).await?;
        let taken: Vec<usize> = taken.into_iter().filter_map(|place| usize::try_from(place).ok()).collect();
        self.tasks.retain(|(place, _)| !taken.contains(place));
        Ok(taken)
    }

    /// Its tasks; it is as new then.
    pub(crate) fn empty(&mut self) -> Vec<RunRow> {
        std::mem::take(self).tasks.into_iter().map(|(_, row)| row).collect()
    }
}
