//! Tasks of processes. A process is reachable when neither it nor a folder above it is deleted.

use serde_json::{Map, Value};
use sqlx::{FromRow, SqliteConnection};

use crate::corezoid::ids::ConvId;

/// A task as it is stored.
#[derive(Debug, FromRow)]
pub(crate) struct TaskRow {
    pub(crate) id: String,
    pub(crate) node_id: String,
    pub(crate) node_prev_id: Option<String>,
    #[sqlx(rename = "ref")]
    pub(crate) reference: Option<String>,
    /// JSON object.
    pub(crate) data: String,
    pub(crate) status: String,
    /// Who changed it last.
    pub(crate) user_id: i64,
    /// Unix milliseconds.
    pub(crate) create_time: i64,
    pub(crate) change_time: i64,
}

impl TaskRow {
    /// What it carries.
    pub(crate) fn data(&self) -> Map<String, Value> {
        serde_json::from_str(&self.data).unwrap_or_default()
    }

    /// When it was made, in unix seconds.
    pub(crate) fn create_seconds(&self) -> i64 {
        self.create_time.div_euclid(1000)
    }

    /// When it was changed last, in unix seconds.
    pub(crate) fn change_seconds(&self) -> i64 {
        self.change_time.div_euclid(1000)
    }
}

/// A task to be made.
#[derive(Debug)]
pub(crate) struct NewTask<'a> {
    pub(crate) id: &'a str,
    pub(crate) conv: ConvId,
    pub(crate) reference: Option<&'a str>,
    /// A JSON object.
    pub(crate) data: &'a str,
    pub(crate) user: i64,
    /// Unix milliseconds.
    pub(crate) now: i64,
    /// The task that waits for its reply.
    pub(crate) caller: Option<&'a str>,
    /// Nodes that those which led to it have passed without waiting.
    pub(crate) hops: u32,
}

/// Puts a task into the deployed start node; false: [`hindrance`] says why not. A process that declares parameters takes
/// it only if `params` are those that its data was held against. One statement.
pub(crate) async fn insert(
    conn: &mut SqliteConnection,
    task: &NewTask<'_>,
    params: Option<&str>,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "INSERT INTO cz_task (id, conv_id, node_id, ref, data, status, user_id, create_time, change_time, moment, caller, hops,
                wake, ready)
         SELECT ?1, c.id, n.id, ?3, ?4, 'created', ?5, ?6, ?6, ?6, ?8, ?9, '\"start\"',
                (SELECT place FROM cz_next_ready)
         FROM cz_reachable_conv c JOIN cz_node n ON n.conv_id = c.id AND n.obj_type = 1 AND n.live IS NOT NULL
         WHERE c.id = ?2 AND c.status IN (1, 5, 6) AND (c.params IN ('[]', 'null') OR c.params = ?7)
         LIMIT 1
         ON CONFLICT (conv_id, ref) WHERE ref IS NOT NULL AND live DO NOTHING",
    )
    .bind(task.id)
    .bind(task.conv)
    .bind(task.reference)
    .bind(task.data)
    .bind(task.user)
    .bind(task.now)
    .bind(params)
    .bind(task.caller)
    .bind(task.hops)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Puts tasks of a file (a JSON array of `[id, ref | null, data as text]`) into the deployed start node of a process that
/// takes them. Those whose reference is taken are left out; gives how many went in. One statement.
pub(crate) async fn insert_rows(
    conn: &mut SqliteConnection,
    conv: ConvId,
    rows: &str,
    (user, now): (i64, i64),
) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(
        "INSERT INTO cz_task (id, conv_id, node_id, ref, data, status, user_id, create_time, change_time, moment, wake, ready)
         SELECT r.value ->> 0, ?1, (SELECT n.id FROM cz_node n WHERE n.conv_id = ?1 AND n.obj_type = 1 AND n.live IS NOT NULL),
                r.value ->> 1, r.value ->> 2, 'created', ?3, ?4, ?4, ?4, '\"start\"',
                (SELECT place FROM cz_next_ready) + r.key
         FROM json_each(?2) r WHERE true
         ON CONFLICT (conv_id, ref) WHERE ref IS NOT NULL AND live DO NOTHING",
    )
    .bind(conv)
    .bind(rows)
    .bind(user)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// The number of the last task that was stored; there is none: 0.
pub(crate) async fn last_number(conn: &mut SqliteConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'cz_task'), 0)")
        .fetch_one(conn)
        .await
}

/// A reachable process, as a new task finds it.
#[derive(Debug, FromRow)]
pub(crate) struct Hindrance {
    /// Of the process.
    pub(crate) status: i64,
    /// It has a deployed start node.
    pub(crate) started: bool,
    /// That node.
    pub(crate) start: Option<String>,
    /// What it declares: JSON.
    pub(crate) params: String,
    pub(crate) deploys: i64,
    /// It is a state diagram.
    pub(crate) is_state: bool,
    pub(crate) company_id: Option<String>,
}

/// What may keep a process from taking a task; `None` without the process. One with nothing against it may have the
/// reference already.
pub(crate) async fn hindrance(
    conn: &mut SqliteConnection,
    conv: ConvId,
) -> Result<Option<Hindrance>, sqlx::Error> {
    sqlx::query_as(
        "SELECT c.status, n.id IS NOT NULL AS started, n.id AS start, c.params, c.deploys, c.conv_type = 'state' AS is_state,
                c.company_id
         FROM cz_reachable_conv c LEFT JOIN cz_node n ON n.conv_id = c.id AND n.obj_type = 1 AND n.live IS NOT NULL
         WHERE c.id = ? LIMIT 1",
    )
    .bind(conv)
    .fetch_optional(conn)
    .await
}

/// Those of `wanted` (a JSON array of `[place, process, reference]`) whose reference a task under way has: their places.
pub(crate) async fn references_taken(
    conn: &mut SqliteConnection,
    wanted: &str,
) -> Result<Vec<i64>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT value ->> 0 FROM json_each(?)
         WHERE EXISTS (SELECT 1 FROM cz_task WHERE conv_id = value ->> 1 AND ref = value ->> 2 AND live)",
    )
    .bind(wanted)
    .fetch_all(conn)
    .await
}

/// A process joined with a task: without one, a row of nulls.
#[derive(FromRow)]
struct Found {
    id: Option<String>,
    node_id: Option<String>,
    node_prev_id: Option<String>,
    #[sqlx(rename = "ref")]
    reference: Option<String>,
    data: Option<String>,
    status: Option<String>,
    user_id: Option<i64>,
    create_time: Option<i64>,
    change_time: Option<i64>,
}

impl Found {
    fn read(self) -> Option<TaskRow> {
        Some(TaskRow {
            id: self.id?,
            node_id: self.node_id?,
            node_prev_id: self.node_prev_id,
            reference: self.reference,
            data: self.data?,
            status: self.status?,
            user_id: self.user_id?,
            create_time: self.create_time?,
            change_time: self.change_time?,
        })
    }
}

/// A task of a reachable process, by its id: `None` without the process, `Some(None)` without the task.
pub(crate) async fn find(
    conn: &mut SqliteConnection,
    conv: ConvId,
    id: &str,
) -> Result<Option<Option<TaskRow>>, sqlx::Error> {
    let found: Option<Found> = sqlx::query_as(
        "SELECT t.id, t.node_id, t.node_prev_id, t.ref, t.data, t.status, t.user_id, t.create_time, t.change_time
         FROM cz_reachable_conv c LEFT JOIN cz_task t ON t.id = ?2 AND t.conv_id = c.id
         WHERE c.id = ?1",
    )
    .bind(conv)
    .bind(id)
    .fetch_optional(conn)
    .await?;
    Ok(found.map(Found::read))
}

/// The same by reference: of several with one reference that which is under way, else the newest
/// (sheet corezoid/api 6.1).
pub(crate) async fn find_ref(
    conn: &mut SqliteConnection,
    conv: ConvId,
    reference: &str,
) -> Result<Option<Option<TaskRow>>, sqlx::Error> {
    let found: Option<Found> = sqlx::query_as(
        "SELECT t.id, t.node_id, t.node_prev_id, t.ref, t.data, t.status, t.user_id, t.create_time, t.change_time
         FROM cz_reachable_conv c LEFT JOIN cz_task t ON t.conv_id = c.id AND t.ref = ?2
         WHERE c.id = ?1
         ORDER BY t.live DESC, t.seq DESC LIMIT 1",
    )
    .bind(conv)
    .bind(reference)
    .fetch_optional(conn)
    .await?;
    Ok(found.map(Found::read))
}

/// Writes new data (a JSON object) into a task that is there; one that waits to be changed is ready then.
pub(crate) async fn set_data(
    conn: &mut SqliteConnection,
    id: &str,
    data: &str,
    (user, now, hops): (i64, i64, u32),
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE cz_task SET data = ?2, user_id = ?3,
            change_time = ?4,
            wake = CASE WHEN ready IS NULL AND wait ->> 'for' = 'callback' THEN json_object('modified', json_object('by', ?3))
                   ELSE wake END,
            hops = CASE WHEN ready IS NULL AND wait ->> 'for' = 'callback' THEN ?5 ELSE hops END,
            moment = CASE WHEN ready IS NULL AND wait ->> 'for' = 'callback' THEN ?4 ELSE moment END,
            ready = CASE WHEN ready IS NULL AND wait ->> 'for' = 'callback'
                    THEN (SELECT place FROM cz_next_ready) ELSE ready END
         WHERE id = ?1",
    )
    .bind(id)
    .bind(data)
    .bind(user)
    .bind(now)
    .bind(hops)
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes new data (a JSON object) into a task and moves nothing.
pub(crate) async fn keep_data(conn: &mut SqliteConnection, id: &str, data: &str) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE cz_task SET data = ?2 WHERE id = ?1").bind(id).bind(data).execute(conn).await?;
    Ok(())
}

/// Whether a task is under way.
pub(crate) async fn is_live(conn: &mut SqliteConnection, id: &str) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM cz_task WHERE id = ? AND live)")
        .bind(id)
        .fetch_one(conn)
        .await
}

/// Removes a task that stands in this node of a reachable process; `None`: there is none. True: a count semaphor of the
/// node has told that its number is reached. One statement.
pub(crate) async fn delete(
    conn: &mut SqliteConnection,
    conv: ConvId,
    node: &str,
    id: &str,
) -> Result<Option<bool>, sqlx::Error> {
    sqlx::query_scalar(
        "DELETE FROM cz_task WHERE id = ?3 AND node_id = ?2 AND conv_id = ?1 AND EXISTS (
            SELECT 1 FROM cz_reachable_conv c WHERE c.id = ?1)
         RETURNING EXISTS (SELECT 1 FROM cz_threshold h WHERE h.node_id = ?2)",
    )
    .bind(conv)
    .bind(node)
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// Which tasks of a node to list.
#[derive(Debug)]
pub(crate) struct Page {
    /// `None`: all.
    pub(crate) limit: Option<i64>,
    pub(crate) offset: i64,
    pub(crate) newest_first: bool,
    /// Only the one with this reference.
    pub(crate) reference: Option<String>,
}

/// Tasks that stand in a node.
pub(crate) async fn in_node(
    conn: &mut SqliteConnection,
    node: &str,
    page: &Page,
) -> Result<Vec<TaskRow>, sqlx::Error> {
    let sql = if page.newest_first {
        "SELECT id, node_id, node_prev_id, ref, data, status, user_id, create_time, change_time FROM cz_task
         WHERE seq IN (SELECT seq FROM cz_task WHERE node_id = ?1 AND (?2 IS NULL OR ref = ?2)
                       ORDER BY seq DESC LIMIT ?3 + 0 OFFSET ?4 + 0)
         ORDER BY seq DESC"
    } else {
        "SELECT id, node_id, node_prev_id, ref, data, status, user_id, create_time, change_time FROM cz_task
         WHERE seq IN (SELECT seq FROM cz_task WHERE node_id = ?1 AND (?2 IS NULL OR ref = ?2)
                       ORDER BY seq LIMIT ?3 + 0 OFFSET ?4 + 0)
         ORDER BY seq"
    };
    sqlx::query_as(sql)
        .bind(node)
        .bind(page.reference.as_deref())
        .bind(page.limit.unwrap_or(-1))
        .bind(page.offset)
        .fetch_all(conn)
        .await
}

/// Tasks that stand in a node and were changed last in a span of unix seconds, both included, the oldest first.
pub(crate) async fn changed_in(
    conn: &mut SqliteConnection,
    node: &str,
    (from, to): (Option<i64>, Option<i64>),
    (limit, offset): (i64, i64),
) -> Result<Vec<TaskRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT id, node_id, node_prev_id, ref, data, status, user_id, create_time, change_time FROM cz_task
         WHERE node_id = ?1 AND (?2 IS NULL OR change_time / 1000 >= ?2) AND (?3 IS NULL OR change_time / 1000 <= ?3)
         ORDER BY seq LIMIT ?4 + 0 OFFSET ?5 + 0",
    )
    .bind(node)
    .bind(from)
    .bind(to)
    .bind(limit)
    .bind(offset)
    .fetch_all(conn)
    .await
}

/// A task and its process, for documents.
#[derive(Debug, FromRow)]
pub(crate) struct Placed {
    pub(crate) conv_id: i64,
    #[sqlx(flatten)]
    pub(crate) task: TaskRow,
    /// How the engine left it: JSON.
    pub(crate) rest: String,
}

/// Every task of the world, process by process, the oldest first.
pub(crate) async fn all(conn: &mut SqliteConnection) -> Result<Vec<Placed>, sqlx::Error> {
    sqlx::query_as(
        "SELECT conv_id, id, node_id, node_prev_id, ref, data, status, user_id, create_time, change_time,
                json_object('logic', at, 'wait', json(wait), 'due', due, 'due_to', due_to, 'visits', json(visits),
                    'hops', hops, 'caller', caller, 'callee', callee, 'ready', ready, 'wake', json(wake), 'moment', moment,
                    'detail', detail) AS rest
         FROM cz_task ORDER BY conv_id, seq",
    )
    .fetch_all(conn)
    .await
}

/// Ids of `wanted` (a JSON array of texts) that are taken.
pub(crate) async fn taken(conn: &mut SqliteConnection, wanted: &str) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar("SELECT id FROM cz_task WHERE id IN (SELECT value FROM json_each(?))")
        .bind(wanted)
        .fetch_all(conn)
        .await
}

/// Stores tasks of a document: a JSON array of
/// `[id, conv, node, previous node | null, ref | null, data as text, status, user, create time, change time, rest]`.
pub(crate) async fn insert_all(conn: &mut SqliteConnection, tasks: &str) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO cz_task (id, conv_id, node_id, node_prev_id, ref, data, status, user_id, create_time, change_time,
                at, wait, due, due_to, visits, hops, caller, callee, ready, wake, moment, detail)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
                value ->> 8, value ->> 9, coalesce(value ->> '$[10].logic', 0), value -> '$[10].wait', value ->> '$[10].due',
                value ->> '$[10].due_to', value -> '$[10].visits', coalesce(value ->> '$[10].hops', 0),
                value ->> '$[10].caller', value ->> '$[10].callee', value ->> '$[10].ready', value -> '$[10].wake',
                value ->> '$[10].moment', value ->> '$[10].detail'
         FROM json_each(?)",
    )
    .bind(tasks)
    .execute(conn)
    .await?;
    Ok(())
}
