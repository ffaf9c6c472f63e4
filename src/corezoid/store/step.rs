//! Tasks that are stepped through a process, node by node.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, SqliteConnection};

use super::run::Wake;
use crate::corezoid::engine::Data;
use crate::corezoid::ids::ConvId;

/// A step of the debugger that is to be done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Stepped {
    pub(crate) from: Stance,
    pub(crate) to: Move,
    /// What the task's data is from now on; absent: what it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) data: Option<Data>,
}

/// How a task stands in its node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Stance {
    /// It was made there and has not moved.
    New,
    /// A step has brought it there.
    Stands,
    /// Logics of the node have been run: it waits, or nothing moves it.
    Rests,
}

/// Where a step leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Move {
    /// Through the logics of the node.
    Logic,
    /// The way of the node's timer.
    Timer,
    /// Back to this node.
    Back(String),
    /// To this node.
    Goto(String),
}

/// A process, and its task if there is such a one.
#[derive(Debug, FromRow)]
#[expect(clippy::struct_excessive_bools, reason = "columns of one row")]
pub(crate) struct Debugged {
    /// Of the process.
    pub(crate) status: i64,
    pub(crate) deploys: i64,
    pub(crate) is_state: bool,
    pub(crate) node_id: Option<String>,
    pub(crate) node_prev_id: Option<String>,
    pub(crate) task_status: Option<String>,
    /// It waits for something.
    pub(crate) waits: bool,
    pub(crate) is_ready: bool,
    wake: Option<String>,
    /// Its way is noted.
    pub(crate) walked: bool,
}

impl Debugged {
    /// What the task is to run with.
    pub(crate) fn wake(&self) -> Option<Wake> {
        Wake::read(self.wake.as_deref()?)
    }
}

/// A reachable process and its task.
pub(crate) async fn find(
    conn: &mut SqliteConnection,
    conv: ConvId,
    task: &str,
) -> Result<Option<Debugged>, sqlx::Error> {
    sqlx::query_as(
        "SELECT c.status, c.deploys, c.conv_type = 'state' AS is_state, t.node_id, t.node_prev_id, t.status AS task_status,
                t.wait IS NOT NULL AS waits, t.ready IS NOT NULL AS is_ready, t.wake, coalesce(t.walked, 0) AS walked
         FROM cz_reachable_conv c LEFT JOIN cz_task t ON t.id = ?2 AND t.conv_id = c.id
         WHERE c.id = ?1",
    )
    .bind(conv)
    .bind(task)
    .fetch_optional(conn)
    .await
}

/// Lets a task make a step.
pub(crate) async fn set(
    conn: &mut SqliteConnection,
    task: &str,
    wake: &Wake,
    (user, now): (i64, i64),
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE cz_task SET wake = ?2, user_id = ?3, moment = ?4, hops = 0,
            ready = (SELECT place FROM cz_next_ready) WHERE id = ?1",
    )
    .bind(task)
    .bind(serde_json::to_string(wake).unwrap_or_default())
    .bind(user)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// A task between two steps, and the process around it.
#[derive(Debug, FromRow)]
pub(crate) struct Scene {
    pub(crate) conv_name: String,
    /// `None`: there is no such task any more.
    pub(crate) node_id: Option<String>,
    pub(crate) node_prev_id: Option<String>,
    pub(crate) data: Option<String>,
    pub(crate) status: Option<String>,
    wake: Option<String>,
    /// What the process declares: JSON.
    pub(crate) params: String,
}

impl Scene {
    /// It stands in its node as it came there.
    pub(crate) fn stands(&self) -> bool {
        self.wake.as_deref().and_then(Wake::read) == Some(Wake::Stand)
    }
}

/// How a task stands.
pub(crate) async fn scene(conn: &mut SqliteConnection, conv: i64, task: &str) -> Result<Scene, sqlx::Error> {
    sqlx::query_as(
        "SELECT c.title AS conv_name, c.params, t.node_id, t.node_prev_id, t.data, t.status, t.wake
         FROM cz_conv c LEFT JOIN cz_task t ON t.id = ?2 AND t.conv_id = c.id WHERE c.id = ?1",
    )
    .bind(conv)
    .bind(task)
    .fetch_one(conn)
    .await
}

/// What is deployed as some nodes (a JSON array of ids): id and document.
pub(crate) async fn nodes(
    conn: &mut SqliteConnection,
    conv: i64,
    ids: &str,
) -> Result<Vec<(String, String)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT id, live FROM cz_node
         WHERE id IN (SELECT value FROM json_each(?1)) AND conv_id = ?2 AND live IS NOT NULL",
    )
    .bind(ids)
    .bind(conv)
    .fetch_all(conn)
    .await
}
