//! Snapshots of processes.

use serde::Serialize;
use sqlx::{FromRow, SqliteConnection};

use crate::corezoid::ids::ConvId;

/// A snapshot without what it holds.
#[derive(Debug, FromRow)]
pub(crate) struct Heading {
    pub(crate) id: i64,
    pub(crate) version: i64,
    pub(crate) user_id: i64,
    pub(crate) user_name: String,
    /// Unix seconds.
    pub(crate) create_time: i64,
    pub(crate) title: String,
}

/// Keeps what is deployed in a reachable process; gives id and version, or `None` without the process. One statement.
pub(crate) async fn insert(
    conn: &mut SqliteConnection,
    conv: ConvId,
    title: &str,
    (user, now): (i64, i64),
) -> Result<Option<(i64, i64)>, sqlx::Error> {
    sqlx::query_as(
        "INSERT INTO cz_snapshot (conv_id, version, user_id, create_time, title, nodes)
         SELECT c.id, c.last_confirmed_version, ?3, ?4, ?2,
                (SELECT json_group_array(json_object('id', n.id, 'node', json(n.live)))
                 FROM (SELECT id, live FROM cz_node WHERE conv_id = c.id AND live IS NOT NULL ORDER BY position) n)
         FROM cz_reachable_conv c WHERE c.id = ?1
         RETURNING id, version",
    )
    .bind(conv)
    .bind(title)
    .bind(user)
    .bind(now)
    .fetch_optional(conn)
    .await
}

/// Snapshots of a reachable process, the newest first; `None` without the process.
pub(crate) async fn list(
    conn: &mut SqliteConnection,
    conv: ConvId,
) -> Result<Option<Vec<Heading>>, sqlx::Error> {
    #[derive(FromRow)]
    struct Row {
        id: Option<i64>,
        version: Option<i64>,
        user_id: Option<i64>,
        user_name: Option<String>,
        create_time: Option<i64>,
        title: Option<String>,
    }
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT s.id, s.version, s.user_id, u.title AS user_name, s.create_time, s.title
         FROM cz_reachable_conv c LEFT JOIN cz_snapshot s ON s.conv_id = c.id LEFT JOIN cz_user u ON u.id = s.user_id
         WHERE c.id = ?1
         ORDER BY s.id DESC",
    )
    .bind(conv)
    .fetch_all(conn)
    .await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let heading = |row: Row| {
        Some(Heading {
            id: row.id?,
            version: row.version?,
            user_id: row.user_id?,
            user_name: row.user_name.unwrap_or_default(),
            create_time: row.create_time?,
            title: row.title?,
        })
    };
    Ok(Some(rows.into_iter().filter_map(heading).collect()))
}

/// Removes a snapshot of a reachable process, of any if none is named; false if there is none. One statement.
pub(crate) async fn delete(
    conn: &mut SqliteConnection,
    id: i64,
    conv: Option<ConvId>,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "DELETE FROM cz_snapshot WHERE id = ?1 AND (?2 IS NULL OR conv_id = ?2) AND EXISTS (
            SELECT 1 FROM cz_reachable_conv c WHERE c.id = cz_snapshot.conv_id)",
    )
    .bind(id)
    .bind(conv)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// A whole snapshot, for documents.
#[derive(Debug, Serialize, FromRow)]
pub(crate) struct SnapshotRow {
    pub(crate) id: i64,
    pub(crate) conv_id: i64,
    pub(crate) version: i64,
    pub(crate) user_id: i64,
    /// Unix seconds.
    pub(crate) create_time: i64,
    pub(crate) title: String,
    /// JSON `[{id, node}]`.
    pub(crate) nodes: String,
}

/// Every snapshot of the world, process by process, the oldest first.
pub(crate) async fn all(conn: &mut SqliteConnection) -> Result<Vec<SnapshotRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT id, conv_id, version, user_id, create_time, title, nodes FROM cz_snapshot ORDER BY conv_id, id",
    )
    .fetch_all(conn)
    .await
}

/// Ids of `wanted` (a JSON array of numbers) that are taken.
pub(crate) async fn taken(conn: &mut SqliteConnection, wanted: &str) -> Result<Vec<i64>, sqlx::Error> {
    sqlx::query_scalar("SELECT id FROM cz_snapshot WHERE id IN (SELECT value FROM json_each(?))")
        .bind(wanted)
        .fetch_all(conn)
        .await
}

/// Stores snapshots of a document.
pub(crate) async fn insert_all(
    conn: &mut SqliteConnection,
    snapshots: &[SnapshotRow],
) -> Result<(), sqlx::Error> {
    let text = serde_json::to_string(snapshots).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
    sqlx::query(
        "INSERT INTO cz_snapshot (id, conv_id, version, user_id, create_time, title, nodes)
         SELECT value->>'id', value->>'conv_id', value->>'version', value->>'user_id', value->>'create_time',
                value->>'title', value->>'nodes'
         FROM json_each(?)",
    )
    .bind(text)
    .execute(conn)
    .await?;
    Ok(())
}
