//! Processes and state diagrams, without their nodes.

use sqlx::{FromRow, SqliteConnection};

use crate::corezoid::ids::{ConvId, FolderId};

/// A process to be made. In a folder the company is that folder's, whatever is asked for.
#[derive(Debug)]
pub(crate) struct NewConv<'a> {
    pub(crate) folder: FolderId,
    pub(crate) company: Option<&'a str>,
    pub(crate) title: &'a str,
    pub(crate) description: Option<&'a str>,
    /// `process`, `state`, `escalation`.
    pub(crate) conv_type: &'a str,
    pub(crate) status: i64,
    pub(crate) hash: &'a str,
    pub(crate) owner: i64,
    /// Unix seconds.
    pub(crate) now: i64,
    /// 0: never deployed.
    pub(crate) confirmed: i64,
    /// The process that takes its errors.
    pub(crate) escalation: Option<i64>,
}

/// Stores a process; `None`: its folder or the process that is to take its errors is not present.
pub(crate) async fn insert(
    conn: &mut SqliteConnection,
    conv: &NewConv<'_>,
) -> Result<Option<ConvId>, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO cz_conv (folder_id, company_id, title, description, conv_type, status, hash, owner_id, create_time,
                change_time, last_confirmed_version, escalation_conv)
         SELECT ?1, CASE WHEN ?1 = 0 THEN ?2 ELSE (SELECT p.company_id FROM cz_folder p WHERE p.id = ?1) END,
                ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9, ?10, ?11
         WHERE (?1 = 0 OR EXISTS (SELECT 1 FROM cz_folder p WHERE p.id = ?1 AND p.live))
           AND (?11 IS NULL OR EXISTS (SELECT 1 FROM cz_reachable_conv e WHERE e.id = ?11))
         RETURNING id",
    )
    .bind(conv.folder)
    .bind(conv.company)
    .bind(conv.title)
    .bind(conv.description)
    .bind(conv.conv_type)
    .bind(conv.status)
    .bind(conv.hash)
    .bind(conv.owner)
    .bind(conv.now)
    .bind(conv.confirmed)
    .bind(conv.escalation)
    .fetch_optional(conn)
    .await
}

/// Stores the two deployed nodes that a new process starts with: each its id and its document.
pub(crate) async fn insert_first_nodes(
    conn: &mut SqliteConnection,
    id: ConvId,
    nodes: [(&str, &str); 2],
) -> Result<(), sqlx::Error> {
    let [first, second] = nodes;
    sqlx::query("INSERT INTO cz_node (id, conv_id, position, live) VALUES (?2, ?1, 0, ?3), (?4, ?1, 1, ?5)")
        .bind(id)
        .bind(first.0)
        .bind(first.1)
        .bind(second.0)
        .bind(second.1)
        .execute(conn)
        .await?;
    Ok(())
}

/// What a change is compared with.
#[derive(Debug, PartialEq, Eq, FromRow)]
pub(crate) struct ConvRow {
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) status: i64,
    pub(crate) escalation_conv: Option<i64>,
}

/// A present process.
pub(crate) async fn find(conn: &mut SqliteConnection, id: ConvId) -> Result<Option<ConvRow>, sqlx::Error> {
    sqlx::query_as("SELECT title, description, status, escalation_conv FROM cz_reachable_conv WHERE id = ?")
        .bind(id)
        .fetch_optional(conn)
        .await
}

/// Writes what a change has made of a process; false: the process that is to take its errors from now on is not present.
pub(crate) async fn update(
    conn: &mut SqliteConnection,
    id: ConvId,
    conv: &ConvRow,
    now: i64,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE cz_conv SET title = ?2, description = ?3, status = ?4, change_time = ?5, escalation_conv = ?6
         WHERE id = ?1 AND (?6 IS escalation_conv OR EXISTS (SELECT 1 FROM cz_reachable_conv e WHERE e.id = ?6))",
    )
    .bind(id)
    .bind(&conv.title)
    .bind(&conv.description)
    .bind(conv.status)
    .bind(now)
    .bind(conv.escalation_conv)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}
