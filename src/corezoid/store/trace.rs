//! The ways of tasks: what the runner has noted, and of tasks that have not run what they tell themselves: such a one came
//! into the node it was made in at its birth, and into the one it stands in at its last change.

use sqlx::{FromRow, SqliteConnection};

use super::task::TaskRow;
use crate::corezoid::engine::trace::Step;
use crate::corezoid::ids::ConvId;
use crate::kernel::column::Json;

/// A task with its number and the name of its user.
#[derive(Debug, FromRow)]
pub(crate) struct Traced {
    pub(crate) seq: i64,
    pub(crate) user_name: String,
    /// Its way is noted.
    pub(crate) walked: bool,
    #[sqlx(flatten)]
    pub(crate) task: TaskRow,
}

/// A task of a process that the caller knows to be there.
pub(crate) async fn task(
    conn: &mut SqliteConnection,
    conv: ConvId,
    id: &str,
) -> Result<Option<Traced>, sqlx::Error> {
    sqlx::query_as(
        "SELECT t.seq, coalesce(u.title, '') AS user_name, t.walked, t.id, t.node_id, t.node_prev_id, t.ref, t.data, t.status,
                t.user_id, t.create_time, t.change_time
         FROM cz_task t LEFT JOIN cz_user u ON u.id = t.user_id WHERE t.id = ?2 AND t.conv_id = ?1",
    )
    .bind(conv)
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// One run of a task.
#[derive(Debug, FromRow)]
pub(crate) struct Walk {
    pub(crate) id: i64,
    pub(crate) conv_id: i64,
    /// Who had changed the task last.
    pub(crate) user_id: i64,
    pub(crate) user_name: String,
    pub(crate) steps: Json<Vec<Step>>,
}

/// Every run of a task that is still known, the oldest first.
pub(crate) async fn walks(conn: &mut SqliteConnection, task: &str) -> Result<Vec<Walk>, sqlx::Error> {
    sqlx::query_as(
        "SELECT w.id, w.conv_id, w.user_id, coalesce(u.title, '') AS user_name, w.steps
         FROM cz_walk w LEFT JOIN cz_user u ON u.id = w.user_id WHERE w.task_id = ? ORDER BY w.id",
    )
    .bind(task)
    .fetch_all(conn)
    .await
}

/// Which span of time to count in, and in which pieces of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    /// Unix seconds, both included.
    pub(crate) start: i64,
    pub(crate) end: i64,
    /// Seconds of a piece.
    pub(crate) step: i64,
    /// Seconds that local time is behind UTC.
    pub(crate) behind: i64,
}

/// What came into a node and went out of it in one piece of time.
#[derive(Debug, FromRow)]
pub(crate) struct Flow {
    pub(crate) id: String,
    pub(crate) title: String,
    /// Begin of the piece, in seconds of local time.
    pub(crate) piece: i64,
    pub(crate) came: i64,
    pub(crate) went: i64,
}

/// Tasks that passed one node of a process, piece by piece; without any, one row with zeros. Empty: there is no such
/// node.
pub(crate) async fn of_node(
    conn: &mut SqliteConnection,
    conv: ConvId,
    node: &str,
    span: Span,
) -> Result<Vec<Flow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT n.id, coalesce(coalesce(n.live, n.draft) ->> 'title', '') AS title, coalesce(s.piece, 0) AS piece,
                coalesce(sum(s.came), 0) AS came, coalesce(sum(s.went), 0) AS went
         FROM cz_node n LEFT JOIN (
             SELECT (e.at / 1000 - ?6) / ?5 * ?5 AS piece, e.came, e.went FROM (
                 SELECT CASE WHEN t.node_prev_id IS NULL THEN t.create_time ELSE t.change_time END AS at, 1 AS came, 0 AS went
                 FROM cz_task t WHERE t.node_id = ?2 AND NOT t.walked
                 UNION ALL
                 SELECT max(f.minute * 60, ?3) * 1000, f.came, f.went FROM cz_flow f
                 WHERE f.node_id = ?2 AND f.minute BETWEEN ?3 / 60 AND ?4 / 60
                 UNION ALL
                 SELECT t.create_time, 1, 0 FROM cz_task t
                 WHERE t.node_prev_id = ?2 AND NOT t.walked AND t.node_id IN (SELECT id FROM cz_node WHERE conv_id = ?1)
                 UNION ALL
                 SELECT t.change_time, 0, 1 FROM cz_task t
                 WHERE t.node_prev_id = ?2 AND NOT t.walked AND t.node_id IN (SELECT id FROM cz_node WHERE conv_id = ?1)) e
             WHERE e.at / 1000 BETWEEN ?3 AND ?4) s ON 1
         WHERE n.id = ?2 AND n.conv_id = ?1
         GROUP BY s.piece ORDER BY s.piece",
    )
    .bind(conv)
    .bind(node)
    .bind(span.start)
    .bind(span.end)
    .bind(span.step)
    .bind(span.behind)
    .fetch_all(conn)
    .await
}

/// The same of every deployed node of a process, or of some (a JSON array of ids), each in one piece.
pub(crate) async fn of_conv(
    conn: &mut SqliteConnection,
    conv: ConvId,
    nodes: Option<&str>,
    span: Span,
) -> Result<Vec<Flow>, sqlx::Error> {
    sqlx::query_as(
        "WITH e AS MATERIALIZED (
             SELECT node_id, CASE WHEN node_prev_id IS NULL THEN create_time ELSE change_time END AS at, 1 AS came, 0 AS went
             FROM cz_task WHERE NOT walked AND node_id IN (SELECT id FROM cz_node WHERE conv_id = ?1)
             UNION ALL
             SELECT node_id, max(minute * 60, ?3) * 1000, came, went FROM cz_flow
             WHERE minute BETWEEN ?3 / 60 AND ?4 / 60 AND node_id IN (SELECT id FROM cz_node WHERE conv_id = ?1)
             UNION ALL
             SELECT node_prev_id, create_time, 1, 0 FROM cz_task
             WHERE node_prev_id IS NOT NULL AND NOT walked AND node_id IN (SELECT id FROM cz_node WHERE conv_id = ?1)
             UNION ALL
             SELECT node_prev_id, change_time, 0, 1 FROM cz_task
             WHERE node_prev_id IS NOT NULL AND NOT walked AND node_id IN (SELECT id FROM cz_node WHERE conv_id = ?1))
         SELECT n.id, coalesce(n.live ->> 'title', '') AS title, 0 AS piece,
                coalesce(sum(e.came), 0) AS came, coalesce(sum(e.went), 0) AS went
         FROM cz_node n LEFT JOIN e ON e.node_id = n.id AND e.at / 1000 BETWEEN ?3 AND ?4
         WHERE n.conv_id = ?1 AND n.live IS NOT NULL AND (?2 IS NULL OR n.id IN (SELECT value FROM json_each(?2)))
         GROUP BY n.id ORDER BY n.position",
    )
    .bind(conv)
    .bind(nodes)
    .bind(span.start)
    .bind(span.end)
    .fetch_all(conn)
    .await
}
