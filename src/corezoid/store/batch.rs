//! What a batch of runs leaves behind, and new tasks that wait for one.

use std::collections::HashMap;

use serde::Serialize;
use sqlx::SqliteConnection;

use super::run::RunRow;

/// Runs that are kept at most: of those the oldest go first.
const WALKS: i64 = 100_000;

/// Where a text stands in [`Batch::texts`]: its first byte, counted from 1, and its length.
type Slice = (usize, usize);

/// What is stored of a new task besides how it is left.
#[derive(Debug, Serialize)]
pub(crate) struct Birth {
    id: String,
    conv: i64,
    #[serde(rename = "ref")]
    reference: Option<String>,
    created: i64,
}

impl Birth {
    /// Of a task that is not stored yet.
    pub(crate) fn of(row: &RunRow) -> Self {
        Self {
            id: row.id.clone(),
            conv: row.conv_id,
            reference: row.reference.clone(),
            created: row.create_time,
        }
    }
}

/// How a task is left.
#[derive(Debug, Serialize)]
pub(crate) struct Left {
    /// `None`: it is new.
    pub(crate) seq: Option<i64>,
    #[serde(flatten)]
    pub(crate) birth: Option<Birth>,
    pub(crate) node: String,
    pub(crate) prev: Option<String>,
    /// A JSON object.
    pub(crate) data: Slice,
    pub(crate) status: &'static str,
    pub(crate) user: i64,
    pub(crate) changed: i64,
    pub(crate) at: usize,
    /// JSON, as text.
    pub(crate) wait: Option<String>,
    pub(crate) due: Option<i64>,
    pub(crate) due_to: Option<String>,
    pub(crate) visits: Option<String>,
    pub(crate) hops: u32,
    pub(crate) caller: Option<String>,
    pub(crate) callee: Option<String>,
    pub(crate) detail: Option<&'static str>,
    /// What it is to run with next, as JSON; it is ready then.
    pub(crate) wake: Option<&'static str>,
}

/// Everything that a batch of runs leaves.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// Long texts, one after the other: they travel to the database as they are.
    pub(crate) texts: Vec<u8>,
    pub(crate) left: Vec<Left>,
    /// Tasks that a final node does not keep: `[seq, node]`; those that were never stored have no `seq`.
    pub(crate) gone: Vec<(Option<i64>, String)>,
    /// `[task, process, user, first byte, length]` of their steps.
    pub(crate) walks: Vec<(String, i64, i64, usize, usize)>,
    /// `[node, minute, came, went]`.
    pub(crate) flows: Vec<(String, i64, i64, i64)>,
    /// `[node, way, times]`.
    pub(crate) visits: Vec<(String, String, i64)>,
}

impl Batch {
    /// Puts a value among the texts, as JSON.
    pub(crate) fn text(&mut self, value: &impl Serialize) -> Slice {
        let from = self.texts.len();
        // Writing to memory does not fail, and whatever is written here has names for keys.
        if serde_json::to_writer(&mut self.texts, value).is_err() {
            self.texts.truncate(from);
        }
        (from + 1, self.texts.len() - from)
    }
}

/// Stores what a batch leaves. One statement: it is stored whole or not at all.
pub(crate) async fn store(conn: &mut SqliteConnection, batch: Batch) -> Result<(), sqlx::Error> {
    let Batch { texts, left, gone, walks, flows, visits } = batch;
    sqlx::query("INSERT INTO cz_batch (texts, rested, gone, walks, flows, visits) VALUES (?, ?, ?, ?, ?, ?)")
        .bind(texts)
        .bind(text(&left))
        .bind(text(&gone))
        .bind(text(&walks))
        .bind(text(&flows))
        .bind(text(&visits))
        .execute(conn)
        .await?;
    Ok(())
}

/// Stores new tasks as they were made, ready to run; gives the `seq` of each by its id.
pub(crate) async fn bear<'a>(
    conn: &mut SqliteConnection,
    tasks: impl Iterator<Item = &'a RunRow>,
) -> Result<HashMap<String, i64>, sqlx::Error> {
    let row = |task: &'a RunRow| {
        let place = (&task.id, task.conv_id, &task.node_id, &task.reference);
        (place, &task.data, task.user_id, task.create_time, task.hops, &task.caller)
    };
    let rows: Vec<_> = tasks.map(row).collect();
    let stored: Vec<(String, i64)> = sqlx::query_as(
        "INSERT INTO cz_task (id, conv_id, node_id, ref, data, status, user_id, create_time, change_time, moment, hops, caller,
                wake, ready)
         SELECT value ->> '$[0][0]', value ->> '$[0][1]', value ->> '$[0][2]', value ->> '$[0][3]', value ->> 1, 'created',
                value ->> 2, value ->> 3, value ->> 3, value ->> 3, value ->> 4, value ->> 5, '\"start\"',
                (SELECT place FROM cz_next_ready) + key
         FROM json_each(?) RETURNING id, seq",
    )
    .bind(text(&rows))
    .fetch_all(conn)
    .await?;
    Ok(stored.into_iter().collect())
}

fn text(list: &impl Serialize) -> String {
    serde_json::to_string(list).unwrap_or_default()
}

/// Forgets the oldest runs.
pub(crate) async fn prune(conn: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM cz_walk WHERE id <= (SELECT max(id) FROM cz_walk) - ?")
        .bind(WALKS)
        .execute(conn)
        .await?;
    Ok(())
}
