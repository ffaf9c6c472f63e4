//! Deploys: drafts that go live, drafts that are dropped, and the history of both.

use sqlx::{FromRow, SqliteConnection};

use super::node::Edit;
use crate::corezoid::ids::{ConvId, Thing};

/// Makes the drafts of one version live, removes what they remove, and writes the history. One trip of four statements.
pub(crate) async fn deploy(conn: &mut SqliteConnection, conv: ConvId, edit: Edit) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO cz_commit (conv_id, version, user_id, create_time, nodes)
         SELECT ?1, ?2, ?3, ?4, json_group_array(json_object(
             'id', n.id, 'status', iif(n.draft_deleted, 3, 1), 'node', json(coalesce(n.draft, n.live))) ORDER BY n.position)
         FROM cz_node n WHERE n.conv_id = ?1 AND n.draft_version = ?2;
         DELETE FROM cz_node WHERE conv_id = ?1 AND draft_version = ?2 AND draft_deleted;
         UPDATE cz_node SET live = draft, draft = NULL, draft_version = NULL, draft_user_id = NULL, draft_time = NULL
         WHERE conv_id = ?1 AND draft_version = ?2;
         UPDATE cz_conv SET last_confirmed_version = ?2, change_time = ?4 WHERE id = ?1",
    )
    .bind(conv)
    .bind(edit.version)
    .bind(edit.user)
    .bind(edit.now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Drops the drafts of one version (`None`: of every version) in a process, or in every process below a folder.
/// One statement; nodes that were never deployed go with their draft.
pub(crate) async fn drop_drafts(
    conn: &mut SqliteConnection,
    thing: Thing,
    version: Option<i64>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "WITH RECURSIVE sub (id) AS (
             SELECT ?2 WHERE ?1 IN ('folder', 'project', 'stage') UNION SELECT f.id FROM sub JOIN cz_folder f ON f.folder_id = sub.id)
         UPDATE cz_node SET draft = NULL, draft_deleted = 0, draft_version = NULL, draft_user_id = NULL, draft_time = NULL
         WHERE draft_version IS NOT NULL AND (?3 IS NULL OR draft_version = ?3)
           AND conv_id IN (SELECT ?2 WHERE ?1 = 'conv'
                           UNION ALL SELECT c.id FROM sub JOIN cz_conv c ON c.folder_id = sub.id WHERE c.status <> 3)",
    )
    .bind(thing.kind.word())
    .bind(thing.id)
    .bind(version)
    .execute(conn)
    .await?;
    Ok(())
}

/// A deploy.
#[derive(Debug, FromRow)]
pub(crate) struct CommitRow {
    pub(crate) conv_id: i64,
    pub(crate) version: i64,
    pub(crate) user_id: i64,
    pub(crate) create_time: i64,
    /// JSON `[{id, status, node}]`.
    pub(crate) nodes: String,
}

/// Deploys of a process, the newest first; of one version if one is named.
pub(crate) async fn list(
    conn: &mut SqliteConnection,
    conv: ConvId,
    version: Option<i64>,
) -> Result<Vec<CommitRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT conv_id, version, user_id, create_time, nodes FROM cz_commit
         WHERE conv_id = ?1 AND (?2 IS NULL OR version = ?2) ORDER BY id DESC",
    )
    .bind(conv)
    .bind(version)
    .fetch_all(conn)
    .await
}

/// Every deploy of the world, process by process, the oldest first.
pub(crate) async fn all(conn: &mut SqliteConnection) -> Result<Vec<CommitRow>, sqlx::Error> {
    sqlx::query_as("SELECT conv_id, version, user_id, create_time, nodes FROM cz_commit ORDER BY conv_id, id")
        .fetch_all(conn)
        .await
}

/// Stores deploys of a document: a JSON array of `[conv, version, user, time, nodes]`.
pub(crate) async fn insert_all(conn: &mut SqliteConnection, commits: &str) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO cz_commit (conv_id, version, user_id, create_time, nodes)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value -> 4 FROM json_each(?)",
    )
    .bind(commits)
    .execute(conn)
    .await?;
    Ok(())
}

/// First process that waits for a deploy: itself, or any below a folder.
pub(crate) async fn uncommitted(
    conn: &mut SqliteConnection,
    thing: Thing,
) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar(
        "WITH RECURSIVE sub (id) AS (
             SELECT ?2 WHERE ?1 IN ('folder', 'project', 'stage')
             UNION SELECT f.id FROM sub JOIN cz_folder f ON f.folder_id = sub.id AND f.status <> 3)
         SELECT c.id FROM cz_conv c
         WHERE c.draft_version IS NOT NULL AND c.status <> 3
           AND ((?1 = 'conv' AND c.id = ?2) OR c.folder_id IN sub)
         ORDER BY c.id LIMIT 1",
    )
    .bind(thing.kind.word())
    .bind(thing.id)
    .fetch_optional(conn)
    .await
}
