//! Marks on entries.

use sqlx::{FromRow, SqliteConnection};
use uuid::Uuid;

use super::file::{CardRow, FileRow};
use super::folder::FolderRow;
use super::share::EntryKey;
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
        "DELETE FROM r7_mark WHERE user_id = ?1 AND kind = +?2
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

/// Says that a person has a file open until `until`; what is over by `now` is swept away, and the file is not new to them
/// any more.
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
         DELETE FROM r7_mark WHERE kind = 0 AND entry_id = $3 AND is_file = 1 AND user_id = $1;
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
            WHERE m.user_id = ?1 AND m.kind = +?2 AND m.is_file = 0 AND m.at > ?3
            UNION ALL
            SELECT c.*, m.position FROM r7_mark m CROSS JOIN r7_file_card c ON c.id = m.entry_id
            WHERE m.user_id = ?1 AND m.kind = +?2 AND m.is_file = 1 AND m.at > ?3)
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

/// Makes entries new to people: a JSON list of `[people, files, folders]`, each a list of ids.
pub(crate) async fn tell(conn: &mut SqliteConnection, news: &str, at: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT OR REPLACE INTO r7_mark (user_id, kind, is_file, entry_id, at)
         SELECT p.value, 0, 1, e.value, ?2 FROM json_each(?1) j CROSS JOIN json_each(j.value, '$[0]') p
            CROSS JOIN json_each(j.value, '$[1]') e
         UNION ALL
         SELECT p.value, 0, 0, e.value, ?2 FROM json_each(?1) j CROSS JOIN json_each(j.value, '$[0]') p
            CROSS JOIN json_each(j.value, '$[2]') e",
    )
    .bind(news)
    .bind(at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Makes an entry new to some people, and it and all below it to others no more (JSON lists of ids).
pub(crate) async fn share(
    conn: &mut SqliteConnection,
    entry: EntryKey,
    told: &str,
    closed: &str,
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "DELETE FROM r7_mark WHERE kind = 0 AND user_id IN (SELECT value FROM json_each($3)) AND (is_file = $1 AND entry_id = $2
            OR NOT $1 AND CASE WHEN is_file THEN (SELECT folder_id FROM r7_file WHERE id = entry_id) ELSE entry_id END
                IN (SELECT folder_id FROM r7_folder_tree WHERE ancestor_id = $2));
         INSERT OR REPLACE INTO r7_mark (user_id, kind, is_file, entry_id, at)
            SELECT value, 0, $1, $2, $5 FROM json_each($4)",
    )
    .bind(entry.is_file)
    .bind(entry.id)
    .bind(closed)
    .bind(told)
    .bind(at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Says that a person has looked at files, and at folders with all that is below (JSON lists of ids). Below the share
/// section is all that others have.
pub(crate) async fn read(
    conn: &mut SqliteConnection,
    user: Uuid,
    files: &str,
    folders: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "DELETE FROM r7_mark WHERE user_id = ?1 AND kind = 0
            AND (is_file = 1 AND entry_id IN (SELECT value FROM json_each(?2))
                OR CASE WHEN is_file THEN (SELECT folder_id FROM r7_file WHERE id = entry_id) ELSE entry_id END IN (
                    SELECT t.folder_id FROM json_each(?3) j CROSS JOIN r7_folder_tree t ON t.ancestor_id = j.value
                    UNION ALL
                    SELECT t.folder_id FROM json_each(?3) j
                    CROSS JOIN r7_folder s ON s.id = j.value AND s.parent_id IS NULL AND s.kind = 6
                    CROSS JOIN r7_folder r ON r.parent_id IS NULL AND r.kind = 5 AND r.owner_id <> ?1
                    CROSS JOIN r7_folder_tree t ON t.ancestor_id = r.id))",
    )
    .bind(user.to_string())
    .bind(files)
    .bind(folders)
    .execute(conn)
    .await?;
    Ok(())
}

/// Says that a person has opened a file: it is the latest of the recent, and not new to them any more.
pub(crate) async fn visit(
    conn: &mut SqliteConnection,
    user: Uuid,
    file: FileId,
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "DELETE FROM r7_mark WHERE kind = 0 AND entry_id = $2 AND is_file = 1 AND user_id = $1;
         INSERT OR REPLACE INTO r7_mark (user_id, kind, is_file, entry_id, at) VALUES ($1, 3, 1, $2, $3)",
    )
    .bind(user.to_string())
    .bind(file)
    .bind(at)
    .execute(conn)
    .await?;
    Ok(())
}
