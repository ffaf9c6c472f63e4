//! Whether a process takes a new task, wherever it comes from: an op, a direct URL, a file, another task.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value};
use sqlx::SqliteConnection;

use super::error::OpError;
use super::ids::ConvId;
use super::ops::fields::missing;
use super::rules::params::{self, Misfit};
use super::rules::status::Status;
use super::rules::task::{self as rules, TooBig};
use super::store::count;
use super::store::task::{self as store, NewTask};
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
            // sheet corezoid/engine 1.4 has the tag; the words around it are ours.
            Hindered::NotStarted(conv) => {
                Self::refused(format!("not_found_main_node: process {conv} has no deployed start node"))
            }
            Hindered::Params(misfits) => Self::Params(misfits),
            Hindered::NotUnical => Self::refused("not unical reference"),
            Hindered::TooBig(size) => size.into(),
            // No source has the text.
            Hindered::Full(most) => {
                Self::refused(format!("Maximum quantity of tasks in one process - {most}"))
            }
            Hindered::Storage(error) => error.into(),
        }
    }
}

/// How many tasks are under way, as far as it is known: their number is looked at only where it could be too large.
#[derive(Debug, Default)]
pub(crate) struct Crowds {
    /// Tasks that were ever made, at most; 0: none since the start.
    made: AtomicI64,
    /// Tasks under way in a process, at most; `None`: it may have any number.
    most: Mutex<HashMap<ConvId, Option<i64>>>,
}

impl Crowds {
    /// How many more tasks a process takes, `wanted` at most. No statement while fewer tasks than `most` were ever made,
    /// one where a process may be full, one more where it seems to be.
    pub(crate) async fn room(
        &self,
        conn: &mut SqliteConnection,
        conv: ConvId,
        (wanted, most): (i64, i64),
    ) -> Result<i64, sqlx::Error> {
        let made = self.made.load(Ordering::Relaxed);
        if made.saturating_add(wanted) <= most && (made > 0 || wanted == 1) {
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

    /// A task was made under this number, and so many with it at most.
    pub(crate) fn made(&self, number: i64) {
        self.made.fetch_max(number, Ordering::Relaxed);
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
    if let Some(number) = store::insert(conn, new, None).await? {
        crowds.made(number);
        return Ok(());
    }
    let found = store::hindrance(conn, new.conv).await?.ok_or(Hindered::NoProcess(new.conv))?;
    if !Status::of_number(found.status).is_some_and(Status::takes_tasks) {
        return Err(Hindered::NotActive);
    }
    if !found.started {
        return Err(Hindered::NotStarted(new.conv));
    }
    if params::declares(&found.params) {
        let data: Map<String, Value> = serde_json::from_str(new.data).unwrap_or_default();
        let misfits = params::misfits(&found.params, &data);
        if !misfits.is_empty() && options.param_checks == ParamChecks::Check {
            return Err(Hindered::Params(misfits));
        }
        if let Some(number) = store::insert(conn, new, Some(&found.params)).await? {
            crowds.made(number);
            return Ok(());
        }
    }
    Err(Hindered::NotUnical)
}
