//! Folders and section roots.

use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;
use uuid::Uuid;

use super::file::CardRow;
use crate::kernel::time::Timestamp;
use crate::r7::files::ids::FolderId;

/// A folder as its card shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FolderRow {
    pub(crate) id: FolderId,
    /// `None`: a root.
    pub(crate) parent_id: Option<FolderId>,
    /// Section of a root, 0 for all else.
    pub(crate) kind: i64,
    pub(crate) title: String,
    pub(crate) created: Timestamp,
    pub(crate) created_by: String,
    pub(crate) updated: Timestamp,
    pub(crate) updated_by: String,
    /// Of the whole subtree.
    pub(crate) files_total: i64,
    pub(crate) folders_total: i64,
    pub(crate) root_id: FolderId,
    pub(crate) root_kind: i64,
    pub(crate) root_owner: Option<String>,
}

impl From<CardRow> for FolderRow {
    fn from(row: CardRow) -> Self {
        Self {
            id: FolderId(row.id),
            parent_id: row.parent_id.map(FolderId),
            kind: row.kind,
            title: row.title,
            created: row.created,
            created_by: row.created_by,
            updated: row.updated,
            updated_by: row.updated_by,
            files_total: row.files_total,
            folders_total: row.folders_total,
            root_id: FolderId(row.root_id),
            root_kind: row.root_kind,
            root_owner: row.root_owner,
        }
    }
}

/// A folder.
pub(crate) async fn find(
    conn: &mut SqliteConnection,
    id: FolderId,
) -> Result<Option<FolderRow>, sqlx::Error> {
    let row: Option<CardRow> =
        sqlx::query_as("SELECT * FROM r7_folder_card WHERE id = ?").bind(id).fetch_optional(conn).await?;
    Ok(row.map(FolderRow::from))
}

/// The hidden root of a module's files, by its key; made on first use.
pub(crate) async fn bunch(
    conn: &mut SqliteConnection,
    key: &str,
    by: Uuid,
    now: Timestamp,
) -> Result<FolderId, sqlx::Error> {
    let known =
        sqlx::query_scalar("SELECT id FROM r7_folder WHERE parent_id IS NULL AND kind = 2 AND bunch = ?")
            .bind(key);
    if let Some(id) = known.fetch_optional(&mut *conn).await? {
        return Ok(id);
    }
    sqlx::query_scalar(
        "INSERT INTO r7_folder (kind, bunch, title, title_key, sort_key, created, created_by, updated, updated_by)
         VALUES (2, ?1, ?1, ?1, ?1, ?2, ?3, ?2, ?3) RETURNING id",
    )
    .bind(key)
    .bind(now)
    .bind(by.to_string())
    .fetch_one(conn)
    .await
}
