//! What is counted as tasks run: sums, the tasks of a node and of a process, and the thresholds of count semaphors.

use std::collections::BTreeMap;

use sqlx::SqliteConnection;

use crate::kernel::column::Json;

/// Adds to counters of a node: `[[sum, number], …]` as JSON.
pub(crate) async fn add(conn: &mut SqliteConnection, node: &str, adds: &str) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO cz_counter (node_id, sum_id, value)
         SELECT ?1, value ->> 0, sum(CAST(value ->> 1 AS REAL)) FROM json_each(?2) GROUP BY value ->> 0
         ON CONFLICT (node_id, sum_id) DO UPDATE SET value = value + excluded.value",
    )
    .bind(node)
    .bind(adds)
    .execute(conn)
    .await?;
    Ok(())
}

/// A counter of a node.
pub(crate) async fn counter(
    conn: &mut SqliteConnection,
    node: &str,
    sum: &str,
) -> Result<Option<f64>, sqlx::Error> {
    sqlx::query_scalar("SELECT value FROM cz_counter WHERE node_id = ? AND sum_id = ?")
        .bind(node)
        .bind(sum)
        .fetch_optional(conn)
        .await
}

/// How many tasks stand in a node, as its counter counts them; `None`: there is no such node.
pub(crate) async fn count(
    conn: &mut SqliteConnection,
    conv: Option<i64>,
    node: &str,
) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT max((SELECT count(*) FROM cz_task t WHERE t.node_id = n.id) + n.dropped - n.uncounted, 0)
         FROM cz_node n WHERE n.id = ?1 AND (?2 IS NULL OR n.conv_id = ?2)",
    )
    .bind(node)
    .bind(conv)
    .fetch_optional(conn)
    .await
}

/// How many tasks are under way in a process; counted no further than `most`.
pub(crate) async fn under_way(conn: &mut SqliteConnection, conv: i64, most: i64) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT count(*) FROM (SELECT 1 FROM cz_task WHERE conv_id = ?1 AND live LIMIT ?2 + 0)",
    )
    .bind(conv)
    .bind(most)
    .fetch_one(conn)
    .await
}

/// Nodes with count semaphors: how many tasks stand in each, and which of its numbers are reached.
pub(crate) async fn crowds(
    conn: &mut SqliteConnection,
    nodes: &str,
) -> Result<BTreeMap<String, (i64, Vec<i64>)>, sqlx::Error> {
    let rows: Vec<(String, i64, Json<Vec<i64>>)> = sqlx::query_as(
        "SELECT w.value, (SELECT count(*) FROM cz_task t WHERE t.node_id = w.value),
                (SELECT json_group_array(h.position) FROM cz_threshold h WHERE h.node_id = w.value)
         FROM json_each(?) w",
    )
    .bind(nodes)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(node, count, reached)| (node, (count, reached.0))).collect())
}

/// Notes whether the number of a count semaphor is reached.
pub(crate) async fn set_reached(
    conn: &mut SqliteConnection,
    node: &str,
    position: i64,
    reached: bool,
) -> Result<(), sqlx::Error> {
    let sql = if reached {
        "INSERT OR IGNORE INTO cz_threshold (node_id, position) VALUES (?, ?)"
    } else {
        "DELETE FROM cz_threshold WHERE node_id = ? AND position = ?"
    };
    sqlx::query(sql).bind(node).bind(position).execute(conn).await?;
    Ok(())
}

/// Makes the task of a count semaphor, ready to run where it leads to; nothing if there is no such node.
pub(crate) async fn alert(
    conn: &mut SqliteConnection,
    id: &str,
    (conv, node): (i64, &str),
    (data, now): (&str, i64),
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO cz_task (id, conv_id, node_id, data, status, user_id, create_time, change_time, moment, wake, ready)
         SELECT ?1, n.conv_id, n.id, ?4, 'created', c.owner_id, ?5, ?5, ?5, '\"start\"',
                (SELECT place FROM cz_next_ready)
         FROM cz_node n JOIN cz_conv c ON c.id = n.conv_id
         WHERE n.id = ?3 AND n.conv_id = ?2 AND n.live IS NOT NULL",
    )
    .bind(id)
    .bind(conv)
    .bind(node)
    .bind(data)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}
