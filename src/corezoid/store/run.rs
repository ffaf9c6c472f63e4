//! Tasks on their way: which are to run, and what a run leaves.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::{FromRow, SqliteConnection};

use super::node::decode;
use super::step::Stepped;
use super::task::{Hindrance, NewTask};
use crate::corezoid::engine::answer::Answered;
use crate::corezoid::engine::graph::Graph;
use crate::corezoid::engine::task::{Due, Reply, Task, Wait};
use crate::corezoid::rules::status::Status;
use crate::corezoid::rules::task::TooBig;
use crate::kernel::column::Json;

/// What a task that is ready is to run with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Wake {
    /// It stands in the node where it begins.
    Start,
    /// Its data was changed while it waited for that; the change is made.
    Modified {
        by: i64,
    },
    /// It was taken out of its queue.
    Released,
    /// What was posted to its callback would have made it too big.
    Overflowed(TooBig),
    Replied(Reply),
    /// Work outside came to its end while its process stood still.
    Answered(Box<Answered>),
    /// A step has brought it to its node; nothing of that has been done.
    Stand,
    /// It is stepped (sheet corezoid/engine 9).
    Step(Box<Stepped>),
}

impl Wake {
    /// As a task keeps it: JSON.
    pub(crate) fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

/// A task as the runner takes it up.
#[derive(Debug, FromRow)]
pub(crate) struct RunRow {
    /// `None`: it is not stored yet.
    pub(crate) seq: Option<i64>,
    pub(crate) id: String,
    #[sqlx(rename = "ref")]
    pub(crate) reference: Option<String>,
    pub(crate) conv_id: i64,
    pub(crate) node_id: String,
    node_prev_id: Option<String>,
    pub(super) data: String,
    live: bool,
    pub(super) user_id: i64,
    pub(super) create_time: i64,
    change_time: i64,
    at: i64,
    wait: Option<String>,
    due: Option<i64>,
    due_to: Option<String>,
    visits: Option<String>,
    pub(super) hops: i64,
    pub(crate) caller: Option<String>,
    pub(crate) callee: Option<String>,
    wake: Option<String>,
    /// When it became ready, unix milliseconds.
    pub(crate) moment: Option<i64>,
    pub(crate) walked: bool,
    /// Of its process.
    pub(crate) deploys: i64,
    pub(crate) is_state: bool,
    pub(crate) company_id: Option<String>,
    /// Deleted with a folder above it, too.
    conv_status: i64,
    /// When its process was changed last, unix seconds.
    conv_changed: i64,
}

impl RunRow {
    /// A new task in the start node of its process, not stored yet.
    pub(crate) fn new(new: &NewTask<'_>, start: &str, process: &Hindrance) -> Self {
        Self {
            seq: None,
            id: new.id.to_owned(),
            reference: new.reference.map(str::to_owned),
            conv_id: new.conv.0,
            node_id: start.to_owned(),
            node_prev_id: None,
            data: new.data.to_owned(),
            live: true,
            user_id: new.user,
            create_time: new.now,
            change_time: new.now,
            at: 0,
            wait: None,
            due: None,
            due_to: None,
            visits: None,
            hops: i64::from(new.hops),
            caller: new.caller.map(str::to_owned),
            callee: None,
            wake: serde_json::to_string(&Wake::Start).ok(),
            moment: Some(new.now),
            walked: false,
            deploys: process.deploys,
            is_state: process.is_state,
            company_id: process.company_id.clone(),
            conv_status: process.status,
            // It is set going: it takes this task.
            conv_changed: 0,
        }
    }

    /// Whether its process is debugged: it goes from node to node as somebody steps it.
    pub(crate) fn is_debugged(&self) -> bool {
        self.conv_status == Status::Debug.number()
    }

    /// Whether it may go on as its process is; `paused_too`: also in one that is paused.
    pub(crate) fn may_run(&self, paused_too: bool) -> bool {
        match Status::of_number(self.conv_status) {
            Some(Status::Active | Status::Debug | Status::ActiveDebug) => true,
            Some(Status::Paused) => paused_too,
            Some(Status::Deleted | Status::Blocked) | None => false,
        }
    }

    /// A moment of its run, if it is not before its process was set going: what was due while that stood still happens when
    /// it goes on.
    pub(crate) fn not_before(&self, moment: i64, now: i64) -> i64 {
        moment.max(self.conv_changed.saturating_mul(1000)).min(now)
    }

    /// Whether it is under way.
    pub(crate) fn is_live(&self) -> bool {
        self.live
    }

    /// What it waits for.
    pub(crate) fn wait(&self) -> Option<Wait> {
        serde_json::from_str(self.wait.as_deref()?).ok()
    }

    /// Whether it rests and waits to be changed.
    pub(crate) fn waits_for_change(&self) -> bool {
        self.wake.is_none() && self.wait() == Some(Wait::Callback)
    }

    /// What it is to run with.
    pub(crate) fn wake(&self) -> Option<Wake> {
        Wake::read(self.wake.as_deref()?)
    }

    /// When its timer fires.
    pub(crate) fn due(&self) -> Option<i64> {
        self.due
    }

    /// The stamp of its present wait.
    pub(crate) fn stamp(&self) -> Stamp {
        let stamped = self.wait.as_deref().and_then(|wait| serde_json::from_str(wait).ok());
        stamped.map_or(Stamp(0), |Stamped { stamp }| Stamp(stamp))
    }

    /// The task for the engine.
    pub(crate) fn task(&self) -> Task {
        Task {
            id: self.id.clone(),
            reference: self.reference.clone(),
            conv: self.conv_id,
            node: self.node_id.clone(),
            prev: self.node_prev_id.clone(),
            data: serde_json::from_str(&self.data).unwrap_or_default(),
            user: self.user_id,
            created: self.create_time,
            changed: self.change_time,
            at: usize::try_from(self.at).unwrap_or_default(),
            due: self.due.zip(self.due_to.clone()).map(|(at, to)| Due { at, to }),
            visits: self
                .visits
                .as_deref()
                .and_then(|text| serde_json::from_str(text).ok())
                .unwrap_or_default(),
            hops: u32::try_from(self.hops).unwrap_or_default(),
        }
    }
}

/// Tells one wait of a task from every other: the end of work outside that was begun for an earlier one comes too late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp(u64);

/// Where the stamp stands in what a task waits for; documents do not carry it.
#[derive(Deserialize)]
struct Stamped {
    #[serde(default)]
    stamp: u64,
}

impl Stamp {
    /// A new one, of a number that is not used twice.
    pub(crate) fn new(number: u64) -> Self {
        Self(number)
    }

    /// What a task waits for, stamped, as JSON.
    pub(crate) fn on(self, wait: &Wait) -> String {
        let mut wait = serde_json::to_value(wait).unwrap_or_default();
        if let Some(fields) = wait.as_object_mut() {
            fields.insert("stamp".to_owned(), self.0.into());
        }
        wait.to_string()
    }
}

/// Tasks that are ready, in their order; those of a process that is not active wait, unless `paused_too`, and those of one
/// that is debugged until they are stepped.
pub(crate) async fn ready(
    conn: &mut SqliteConnection,
    paused_too: bool,
    most: i64,
) -> Result<Vec<RunRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT * FROM cz_run WHERE ready IS NOT NULL
           AND (conv_status IN (1, 6) OR (?1 AND conv_status = 2)
                OR (conv_status = 5 AND wake NOT IN ('\"start\"', '\"stand\"')))
         ORDER BY ready LIMIT ?2 + 0",
    )
    .bind(paused_too)
    .bind(most)
    .fetch_all(conn)
    .await
}

/// Tasks whose timer has fired by `now`: the earliest, and those of the same second.
pub(crate) async fn due(
    conn: &mut SqliteConnection,
    paused_too: bool,
    (now, most): (i64, i64),
) -> Result<Vec<RunRow>, sqlx::Error> {
    sqlx::query_as(
        "WITH d AS MATERIALIZED (
            SELECT seq, due FROM cz_run
            WHERE due <= ?2 AND ready IS NULL AND (conv_status IN (1, 6) OR (?1 AND conv_status = 2))
            ORDER BY due LIMIT ?3 + 0)
         SELECT t.* FROM d JOIN cz_run t ON t.seq = d.seq
         WHERE d.due < (SELECT min(due) FROM d) + 1000
         ORDER BY t.due, t.seq",
    )
    .bind(paused_too)
    .bind(now)
    .bind(most)
    .fetch_all(conn)
    .await
}

/// When the next timer fires, unix milliseconds. Those of processes that are not active count too: they are few.
pub(crate) async fn next_due(conn: &mut SqliteConnection, after: i64) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar("SELECT min(due) FROM cz_task WHERE due > ?").bind(after).fetch_one(conn).await
}

/// A task by its id, as it is now.
pub(crate) async fn by_id(conn: &mut SqliteConnection, id: &str) -> Result<Option<RunRow>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM cz_run WHERE id = ?").bind(id).fetch_optional(conn).await
}

/// Tasks that wait for work outside, as a start finds them.
pub(crate) async fn outside(conn: &mut SqliteConnection) -> Result<Vec<RunRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT * FROM cz_run WHERE status = 'processing' AND wait IS NOT NULL AND ready IS NULL ORDER BY seq",
    )
    .fetch_all(conn)
    .await
}

/// Whether a task is ready, and when the first timer fires, unix milliseconds.
pub(crate) async fn pending(conn: &mut SqliteConnection) -> Result<(bool, Option<i64>), sqlx::Error> {
    sqlx::query_as(
        "SELECT EXISTS (SELECT 1 FROM cz_task WHERE ready IS NOT NULL), (SELECT min(due) FROM cz_task WHERE due IS NOT NULL)",
    )
    .fetch_one(conn)
    .await
}

/// What is deployed of a process.
pub(crate) async fn graph(
    conn: &mut SqliteConnection,
    conv: i64,
    is_state: bool,
) -> Result<Graph, sqlx::Error> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT id, live FROM cz_node WHERE conv_id = ? AND live IS NOT NULL ORDER BY position",
    )
    .bind(conv)
    .fetch_all(conn)
    .await?;
    let nodes = rows
        .into_iter()
        .map(|(id, live)| Ok((id, decode(&live)?)))
        .collect::<Result<Vec<_>, sqlx::Error>>()?;
    Ok(Graph::read(is_state, nodes.iter().map(|(id, doc)| (id.as_str(), doc))))
}

/// A live task that another one asks for.
#[derive(Debug, FromRow)]
pub(crate) struct Other {
    pub(crate) id: String,
    pub(crate) node_id: String,
    pub(crate) data: Json<serde_json::Map<String, Value>>,
    wait: Option<String>,
    /// It is to run already.
    pub(crate) is_ready: bool,
}

impl Other {
    /// What it waits for.
    pub(crate) fn wait(&self) -> Option<Wait> {
        serde_json::from_str(self.wait.as_deref()?).ok()
    }
}

/// The live task of a reachable process with this reference.
pub(crate) async fn by_reference(
    conn: &mut SqliteConnection,
    conv: i64,
    reference: &str,
) -> Result<Option<Other>, sqlx::Error> {
    sqlx::query_as(
        "SELECT t.id, t.node_id, t.data, t.wait, t.ready IS NOT NULL AS is_ready
         FROM cz_task t JOIN cz_reachable_conv c ON c.id = t.conv_id
         WHERE t.conv_id = ?1 AND t.ref = ?2 AND t.live",
    )
    .bind(conv)
    .bind(reference)
    .fetch_optional(conn)
    .await
}

/// The task of a queue that is to be taken next.
pub(crate) async fn queued(
    conn: &mut SqliteConnection,
    node: &str,
    newest_first: bool,
) -> Result<Option<Other>, sqlx::Error> {
    let sql = if newest_first {
        "SELECT t.id, t.node_id, t.data, t.wait, 0 AS is_ready FROM cz_task t
         WHERE t.node_id = ? AND t.status = 'delayed' AND t.wait ->> 'for' = 'queue' AND t.ready IS NULL
         ORDER BY t.change_time DESC, t.seq DESC LIMIT 1"
    } else {
        "SELECT t.id, t.node_id, t.data, t.wait, 0 AS is_ready FROM cz_task t
         WHERE t.node_id = ? AND t.status = 'delayed' AND t.wait ->> 'for' = 'queue' AND t.ready IS NULL
         ORDER BY t.change_time, t.seq LIMIT 1"
    };
    sqlx::query_as(sql).bind(node).fetch_optional(conn).await
}

/// Makes a resting task ready.
pub(crate) async fn wake(
    conn: &mut SqliteConnection,
    id: &str,
    wake: &Wake,
    (hops, moment): (u32, i64),
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE cz_task SET wake = ?2, hops = ?3, moment = ?4,
            ready = (SELECT place FROM cz_next_ready) WHERE id = ?1",
    )
    .bind(id)
    .bind(serde_json::to_string(wake).unwrap_or_default())
    .bind(hops)
    .bind(moment)
    .execute(conn)
    .await?;
    Ok(())
}

/// Gives a caller the reply of the task it called, if it still waits for it.
pub(crate) async fn reply(
    conn: &mut SqliteConnection,
    caller: &str,
    callee: &str,
    (wake, hops, moment): (&Wake, u32, i64),
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE cz_task SET wake = ?3, hops = max(hops, ?4), moment = ?5, callee = NULL,
            ready = (SELECT place FROM cz_next_ready)
         WHERE id = ?1 AND callee = ?2 AND ready IS NULL AND wait ->> 'for' = 'reply'",
    )
    .bind(caller)
    .bind(callee)
    .bind(serde_json::to_string(wake).unwrap_or_default())
    .bind(hops)
    .bind(moment)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// A process that a task reads, calls or hands over to.
#[derive(Debug, FromRow)]
pub(crate) struct Target {
    pub(crate) company_id: Option<String>,
    pub(crate) is_state: bool,
    pub(crate) deploys: i64,
    pub(crate) owner_id: i64,
    /// It can be reached.
    pub(crate) is_there: bool,
}

/// A process by its id.
pub(crate) async fn target(conn: &mut SqliteConnection, conv: i64) -> Result<Option<Target>, sqlx::Error> {
    sqlx::query_as(
        "SELECT c.company_id, c.deploys, c.owner_id, c.conv_type = 'state' AS is_state,
                EXISTS (SELECT 1 FROM cz_reachable_conv r WHERE r.id = c.id) AS is_there
         FROM cz_conv c WHERE c.id = ?",
    )
    .bind(conv)
    .fetch_optional(conn)
    .await
}
