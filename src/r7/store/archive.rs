//! Archives that bulk downloads made.

use sqlx::{FromRow, SqliteConnection};

use crate::kernel::time::Timestamp;

/// An archive.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct ArchiveRow {
    /// GUID of the operation that made it.
    pub(crate) id: String,
    pub(crate) owner_id: String,
    /// The file's name, with `.zip` or `.tar.gz`.
    pub(crate) title: String,
    pub(crate) made: Timestamp,
    /// In bytes.
    pub(crate) size: i64,
    /// The archive; empty where it lies in parts.
    pub(crate) bytes: Vec<u8>,
    /// Where its parts are.
    pub(crate) series: Option<String>,
}

/// Keeps an archive. Of each person the ten latest are kept: a long test run must not grow without end.
pub(crate) async fn insert(conn: &mut SqliteConnection, row: &ArchiveRow) -> Result<(), sqlx::Error> {
    sqlx::query(
        "DELETE FROM r7_archive WHERE position IN (SELECT position FROM r7_archive WHERE owner_id = $2
            ORDER BY position DESC LIMIT -1 OFFSET 9);
         INSERT INTO r7_archive (id, owner_id, title, made, bytes, series, size) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(&row.id)
    .bind(&row.owner_id)
    .bind(&row.title)
    .bind(row.made)
    .bind(&row.bytes)
    .bind(&row.series)
    .bind(row.size)
    .execute(conn)
    .await?;
    Ok(())
}

/// Somebody's archive by its id, or without one their latest whose name ends so.
pub(crate) async fn find(
    conn: &mut SqliteConnection,
    owner: &str,
    id: Option<&str>,
    extension: &str,
) -> Result<Option<ArchiveRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT id, owner_id, title, made, size, bytes, series FROM r7_archive
         WHERE owner_id = ?1 AND iif(?2 IS NULL, substr(title, -length(?3)) = ?3, id = ?2) ORDER BY position DESC LIMIT 1",
    )
    .bind(owner)
    .bind(id)
    .bind(extension)
    .fetch_optional(conn)
    .await
}

/// Every archive, oldest first.
pub(crate) async fn all(conn: &mut SqliteConnection) -> Result<Vec<ArchiveRow>, sqlx::Error> {
    sqlx::query_as("SELECT id, owner_id, title, made, size, bytes, series FROM r7_archive ORDER BY position")
        .fetch_all(conn)
        .await
}
