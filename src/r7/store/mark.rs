//! Marks on entries.

use sqlx::{FromRow, SqliteConnection};
use uuid::Uuid;

use super::file::{CardRow, FileRow};
use super::folder::FolderRow;
use crate::kernel::time::Timestamp;
use crate::r7::files::ids::FileId;

/// Sets a mark on files and folders (JSON lists of ids that exist). One that is there is set anew.
pub(crate) async fn set(
    conn: &mut SqliteConnection,
    user: Uuid,
    kind: i64,
    files: &str,
    folders: &str,
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT OR REPLACE INTO r7_mark (user_id, kind, is_file, entry_id, at)
         SELECT ?1, ?2, 1, value, ?5 FROM json_each(?3) UNION ALL SELECT ?1, ?2, 0, value, ?5 FROM json_each(?4)",
    )
    .bind(user.to_string())
    .bind(kind)
    .bind(files)
    .bind(folders)
    .bind(at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes a mark off files and folders, JSON lists of ids.
pub(crate) async fn unset(
    conn: &mut SqliteConnection,
    user: Uuid,
    kind: i64,
    files: &str,
    folders: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "DELETE FROM r7_mark WHERE user_id = ?1 AND kind = ?2
            AND ((is_file = 1 AND entry_id IN (SELECT value FROM json_each(?3)))
                OR (is_file = 0 AND entry_id IN (SELECT value FROM json_each(?4))))",
    )
    .bind(user.to_string())
    .bind(kind)
    .bind(files)
    .bind(folders)
    .execute(conn)
    .await?;
    Ok(())
}

/// Says that a person has a file open until `until`; what is over by `now` is swept away.
pub(crate) async fn open(
    conn: &mut SqliteConnection,
    user: Uuid,
    kind: i64,
    file: FileId,
    until: Timestamp,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "DELETE FROM r7_mark WHERE kind > 3 AND entry_id = $3 AND at <= $5;
         INSERT OR REPLACE INTO r7_mark (user_id, kind, is_file, entry_id, at) VALUES ($1, $2, 1, $3, $4)",
    )
    .bind(user.to_string())
    .bind(kind)
    .bind(file)
    .bind(until)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Says that a person has files (a JSON list of ids) open no more.
pub(crate) async fn close(conn: &mut SqliteConnection, user: Uuid, files: &str) -> Result<(), sqlx::Error> {
    sqlx::query(
        "DELETE FROM r7_mark WHERE user_id = ? AND kind > 3 AND entry_id IN (SELECT value FROM json_each(?))",
    )
    .bind(user.to_string())
    .bind(files)
    .execute(conn)
    .await?;
    Ok(())
}

/// Says that nobody is alone with a file any more.
pub(crate) async fn close_alone(conn: &mut SqliteConnection, file: FileId) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM r7_mark WHERE kind = 5 AND kind > 3 AND entry_id = ?")
        .bind(file)
        .execute(conn)
        .await?;
    Ok(())
}

/// The entries that a person has marked so since `since`, the latest mark first: folders and files.
pub(crate) async fn entries(
    conn: &mut SqliteConnection,
    user: Uuid,
    kind: i64,
    since: Timestamp,
) -> Result<(Vec<FolderRow>, Vec<FileRow>), sqlx::Error> {
    let rows: Vec<CardRow> = sqlx::query_as(
        "SELECT * FROM (
            SELECT c.*, m.position FROM r7_mark m CROSS JOIN r7_folder_card c ON c.id = m.entry_id
            WHERE m.user_id = ?1 AND m.kind = ?2 AND m.is_file = 0 AND m.at > ?3
            UNION ALL
            SELECT c.*, m.position FROM r7_mark m CROSS JOIN r7_file_card c ON c.id = m.entry_id
            WHERE m.user_id = ?1 AND m.kind = ?2 AND m.is_file = 1 AND m.at > ?3)
         ORDER BY position DESC",
    )
    .bind(user.to_string())
    .bind(kind)
    .bind(since)
    .fetch_all(conn)
    .await?;
    let (files, folders): (Vec<CardRow>, Vec<CardRow>) = rows.into_iter().partition(|row| row.is_file);
    Ok((folders.into_iter().map(Into::into).collect(), files.into_iter().map(Into::into).collect()))
}

/// A mark as a state document carries it.
#[derive(Debug, Clone, FromRow, serde::Serialize)]
pub(crate) struct MarkRow {
    pub(crate) user_id: String,
    pub(crate) kind: i64,
    pub(crate) is_file: i64,
    pub(crate) entry_id: i64,
    pub(crate) at: i64,
}

/// Every mark, the oldest first.
pub(crate) async fn all(conn: &mut SqliteConnection) -> Result<Vec<MarkRow>, sqlx::Error> {
    sqlx::query_as("SELECT user_id, kind, is_file, entry_id, at FROM r7_mark ORDER BY position")
        .fetch_all(conn)
        .await
}

/// Stores marks in order. Of two on one entry the later stays.
pub(crate) async fn insert(conn: &mut SqliteConnection, rows: &[MarkRow]) -> Result<(), sqlx::Error> {
    let rows = serde_json::to_string(rows).unwrap_or_else(|_| "[]".to_owned());
    sqlx::query(
        "INSERT OR REPLACE INTO r7_mark (user_id, kind, is_file, entry_id, at)
         SELECT value ->> 'user_id', value ->> 'kind', value ->> 'is_file', value ->> 'entry_id', value ->> 'at'
         FROM json_each(?) ORDER BY key",
    )
    .bind(rows)
    .execute(conn)
    .await?;
    Ok(())
}
