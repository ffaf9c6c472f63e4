//! Files, their versions and bytes.

use serde::{Deserialize, Serialize};
use sqlx::{FromRow, SqliteConnection};
use uuid::Uuid;

use crate::kernel::time::Timestamp;
use crate::r7::files::ids::{FileId, FolderId};
use crate::r7::files::rules::marks::Marks;
use crate::r7::files::rules::rights::{Grant, Grants};

/// A row of the view `r7_file_card` or `r7_folder_card`: the two have the same columns.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct CardRow {
    pub(crate) is_file: bool,
    pub(crate) id: i64,
    pub(crate) parent_id: Option<i64>,
    pub(crate) kind: i64,
    pub(crate) title: String,
    pub(crate) version: i64,
    pub(crate) version_group: i64,
    pub(crate) comment: Option<String>,
    pub(crate) hash: String,
    pub(crate) size: i64,
    pub(crate) created: Timestamp,
    pub(crate) created_by: String,
    pub(crate) updated: Timestamp,
    pub(crate) updated_by: String,
    pub(crate) files_total: i64,
    pub(crate) folders_total: i64,
    pub(crate) root_id: i64,
    pub(crate) root_kind: i64,
    pub(crate) root_owner: Option<String>,
    /// What is shared at the entry and above it, as JSON; NULL: nothing anywhere.
    pub(crate) grants: Option<String>,
    pub(crate) marks: Option<String>,
}

/// [`Grants`] from the JSON of a card's column.
pub(super) fn grants(text: Option<String>) -> Grants {
    let Some(text) = text else { return Grants::default() };
    let (section, list): (Option<FolderId>, Vec<(Uuid, i32, i64)>) =
        serde_json::from_str(&text).unwrap_or_default();
    let list = list.into_iter().map(|(subject, access, level)| Grant { subject, access, level });
    Grants { list: list.collect(), section: section.unwrap_or_default() }
}

/// A file as its card shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileRow {
    pub(crate) id: FileId,
    pub(crate) folder_id: FolderId,
    pub(crate) title: String,
    pub(crate) version: i64,
    pub(crate) version_group: i64,
    pub(crate) comment: Option<String>,
    pub(crate) hash: String,
    pub(crate) size: i64,
    pub(crate) created: Timestamp,
    pub(crate) created_by: String,
    pub(crate) updated: Timestamp,
    pub(crate) updated_by: String,
    pub(crate) root_id: FolderId,
    /// Section of the root: `rootFolderType`.
    pub(crate) root_kind: i64,
    pub(crate) root_owner: Option<String>,
    #[serde(default, skip_serializing_if = "Grants::is_empty")]
    pub(crate) grants: Grants,
    /// Everybody's marks on it. A card that outlives its file has none.
    #[serde(skip)]
    pub(crate) marks: Marks,
}

impl From<CardRow> for FileRow {
    fn from(row: CardRow) -> Self {
        Self {
            id: FileId(row.id),
            folder_id: FolderId(row.parent_id.unwrap_or_default()),
            title: row.title,
            version: row.version,
            version_group: row.version_group,
            comment: row.comment,
            hash: row.hash,
            size: row.size,
            created: row.created,
            created_by: row.created_by,
            updated: row.updated,
            updated_by: row.updated_by,
            root_id: FolderId(row.root_id),
            root_kind: row.root_kind,
            root_owner: row.root_owner,
            grants: grants(row.grants),
            marks: row.marks.into(),
        }
    }
}

/// A file.
pub(crate) async fn find(conn: &mut SqliteConnection, id: FileId) -> Result<Option<FileRow>, sqlx::Error> {
    let row: Option<CardRow> =
        sqlx::query_as("SELECT * FROM r7_file_card WHERE id = ?").bind(id).fetch_optional(conn).await?;
    Ok(row.map(FileRow::from))
}

/// Files in the order of `ids`, a JSON list; unknown ones are left out.
pub(crate) async fn by_ids(conn: &mut SqliteConnection, ids: &str) -> Result<Vec<FileRow>, sqlx::Error> {
    let rows: Vec<CardRow> = sqlx::query_as(
        "SELECT c.* FROM json_each(?) j CROSS JOIN r7_file_card c ON c.id = j.value ORDER BY j.key",
    )
    .bind(ids)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(FileRow::from).collect())
}

/// What a new file is made of.
#[derive(Debug)]
pub(crate) struct Insert<'a> {
    pub(crate) folder: FolderId,
    pub(crate) title: &'a str,
    pub(crate) title_key: &'a str,
    pub(crate) sort_key: &'a str,
    pub(crate) comment: Option<&'a str>,
    pub(crate) hash: &'a str,
    /// `None`: they are stored already, under that hash.
    pub(crate) bytes: Option<&'a [u8]>,
    pub(crate) size: i64,
    pub(crate) by: Uuid,
    pub(crate) now: Timestamp,
}

/// Stores a new file, version 1. Every folder above it counts as modified (sheet r7/files 2.2).
pub(crate) async fn insert(conn: &mut SqliteConnection, file: &Insert<'_>) -> Result<FileId, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT OR IGNORE INTO r7_blob (hash, bytes) SELECT $1, $2 WHERE $2 IS NOT NULL;
         UPDATE r7_folder SET updated = $3, updated_by = $4
            WHERE id IN (SELECT ancestor_id FROM r7_folder_tree WHERE folder_id = $5);
         INSERT INTO r7_file (folder_id, title, title_key, sort_key, comment, hash, size, created, created_by, updated, updated_by)
            VALUES ($5, $6, $7, $8, $9, $1, $10, $3, $4, $3, $4) RETURNING id",
    )
    .bind(file.hash)
    .bind(file.bytes)
    .bind(file.now)
    .bind(file.by.to_string())
    .bind(file.folder)
    .bind(file.title)
    .bind(file.title_key)
    .bind(file.sort_key)
    .bind(file.comment)
    .bind(file.size)
    .fetch_one(conn)
    .await
}

/// Erases files for good, with every version and the bytes that nothing else names. `ids` is a JSON list.
pub(crate) async fn erase(conn: &mut SqliteConnection, ids: &str) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM r7_file WHERE id IN (SELECT value FROM json_each(?))")
        .bind(ids)
        .execute(conn)
        .await?;
    Ok(())
}

/// Stores bytes as the next version of a file; the present one becomes history, and every folder above counts as
/// modified. `group_step`: how far the version that people see moves on, 0 or 1 (sheet r7/files 2.1, 5.6).
pub(crate) async fn add_version(
    conn: &mut SqliteConnection,
    id: FileId,
    file: &Insert<'_>,
    group_step: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT OR IGNORE INTO r7_blob (hash, bytes) SELECT $1, $2 WHERE $2 IS NOT NULL;
         UPDATE r7_folder SET updated = $3, updated_by = $4
            WHERE id IN (SELECT ancestor_id FROM r7_folder_tree WHERE folder_id = $5);
         INSERT INTO r7_file_version (file_id, version, version_group, title, comment, hash, size, updated, updated_by)
            SELECT id, version, version_group, title, comment, hash, size, updated, updated_by FROM r7_file WHERE id = $6;
         UPDATE r7_file SET title = $7, title_key = $8, sort_key = $9, comment = $10, hash = $1, size = $11,
            version = version + 1, version_group = version_group + $12, updated = $3, updated_by = $4 WHERE id = $6",
    )
    .bind(file.hash)
    .bind(file.bytes)
    .bind(file.now)
    .bind(file.by.to_string())
    .bind(file.folder)
    .bind(id)
    .bind(file.title)
    .bind(file.title_key)
    .bind(file.sort_key)
    .bind(file.comment)
    .bind(file.size)
    .bind(group_step)
    .execute(conn)
    .await?;
    Ok(())
}

/// Moves the groups of versions above one, those over a number, by so many.
pub(crate) async fn shift_groups(
    conn: &mut SqliteConnection,
    id: FileId,
    above: i64,
    over: i64,
    by: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE r7_file SET version_group = version_group + $4 WHERE id = $1 AND version > $2 AND version_group > $3;
         UPDATE r7_file_version SET version_group = version_group + $4
            WHERE file_id = $1 AND version > $2 AND version_group > $3",
    )
    .bind(id)
    .bind(above)
    .bind(over)
    .bind(by)
    .execute(conn)
    .await?;
    Ok(())
}

/// Gives a file another title.
pub(crate) async fn rename(
    conn: &mut SqliteConnection,
    id: FileId,
    [title, title_key, sort_key]: [&str; 3],
    by: Uuid,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE r7_file SET title = ?, title_key = ?, sort_key = ?, updated = ?, updated_by = ? WHERE id = ?",
    )
    .bind(title)
    .bind(title_key)
    .bind(sort_key)
    .bind(now)
    .bind(by.to_string())
    .bind(id)
    .execute(conn)
    .await?;
    Ok(())
}

/// An earlier version of a file.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct VersionRow {
    pub(crate) version: i64,
    pub(crate) version_group: i64,
    pub(crate) title: String,
    pub(crate) comment: Option<String>,
    pub(crate) hash: String,
    pub(crate) size: i64,
    pub(crate) updated: Timestamp,
    pub(crate) updated_by: String,
}

impl FileRow {
    /// When it changed, as its card says it.
    pub(crate) fn changed(&self) -> Timestamp {
        // sheet r7/files 2.1: never before it was made.
        self.updated.max(self.created)
    }

    /// The file as it was in an earlier version.
    pub(crate) fn back_to(self, old: VersionRow) -> Self {
        Self {
            version: old.version,
            version_group: old.version_group,
            title: old.title,
            comment: old.comment,
            hash: old.hash,
            size: old.size,
            updated: old.updated,
            updated_by: old.updated_by,
            ..self
        }
    }
}

/// Every earlier version of a file, newest first.
pub(crate) async fn versions(
    conn: &mut SqliteConnection,
    id: FileId,
) -> Result<Vec<VersionRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT version, version_group, title, comment, hash, size, updated, updated_by FROM r7_file_version
         WHERE file_id = ? ORDER BY version DESC",
    )
    .bind(id)
    .fetch_all(conn)
    .await
}

/// One earlier version of a file.
pub(crate) async fn version(
    conn: &mut SqliteConnection,
    id: FileId,
    version: i64,
) -> Result<Option<VersionRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT version, version_group, title, comment, hash, size, updated, updated_by FROM r7_file_version
         WHERE file_id = ? AND version = ?",
    )
    .bind(id)
    .bind(version)
    .fetch_optional(conn)
    .await
}

/// The oldest file of a folder with that title, compared by its key.
pub(crate) async fn titled(
    conn: &mut SqliteConnection,
    folder: FolderId,
    title_key: &str,
) -> Result<Option<FileRow>, sqlx::Error> {
    let row: Option<CardRow> = sqlx::query_as(
        "SELECT * FROM r7_file_card WHERE parent_id = ? AND title_key = ? ORDER BY id LIMIT 1",
    )
    .bind(folder)
    .bind(title_key)
    .fetch_optional(conn)
    .await?;
    Ok(row.map(FileRow::from))
}
