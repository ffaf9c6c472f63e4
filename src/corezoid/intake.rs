//! Whether a process takes a new task, wherever it comes from: an op, a direct URL, a file, another task.

use serde_json::{Map, Value};
use sqlx::SqliteConnection;

use super::error::OpError;
use super::ids::ConvId;
use super::ops::fields::missing;
use super::rules::params::{self, Misfit};
use super::rules::status::Status;
use super::rules::task::{self as rules, TooBig};
use super::store::task::{self as store, NewTask};
use crate::kernel::engine::EngineOptions;

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
            Hindered::Storage(error) => error.into(),
        }
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
    options: &EngineOptions,
) -> Result<(), Hindered> {
    measure(conn, new.conv, new.data, options).await?;
    if store::insert(conn, new, None).await? {
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
        if !misfits.is_empty() {
            return Err(Hindered::Params(misfits));
        }
        if store::insert(conn, new, Some(&found.params)).await? {
            return Ok(());
        }
    }
    Err(Hindered::NotUnical)
}
