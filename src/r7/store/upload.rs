//! Uploads in chunks that are under way.

use sqlx::{FromRow, SqliteConnection};

use crate::kernel::time::Timestamp;
use crate::r7::files::ids::{FileId, FolderId};

/// An upload under way.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct UploadRow {
    /// 32 hex; also the series of what has come.
    pub(crate) id: String,
    pub(crate) owner_id: String,
    pub(crate) folder_id: FolderId,
    /// The file that gets the bytes; `None`: a new one.
    pub(crate) file_id: Option<FileId>,
    /// Of a new file.
    pub(crate) title: String,
    /// The file's version stays what it is.
    pub(crate) keep_version: bool,
    /// In bytes; 0: what the first chunk brings.
    pub(crate) total: i64,
    pub(crate) received: i64,
    /// Where the SHA-1 of what has come stands.
    pub(crate) digest: Vec<u8>,
    pub(crate) created: Timestamp,
    pub(crate) expires: Timestamp,
}

/// Stores an upload; those that expired by `now` go.
pub(crate) async fn insert(
    conn: &mut SqliteConnection,
    row: &UploadRow,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "DELETE FROM r7_upload WHERE expires <= $12;
         INSERT INTO r7_upload (id, owner_id, folder_id, file_id, title, keep_version, total, received, digest, created, expires)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(&row.id)
    .bind(&row.owner_id)
    .bind(row.folder_id)
    .bind(row.file_id)
    .bind(&row.title)
    .bind(row.keep_version)
    .bind(row.total)
    .bind(row.received)
    .bind(&row.digest)
    .bind(row.created)
    .bind(row.expires)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// An upload by its id.
pub(crate) async fn find(conn: &mut SqliteConnection, id: &str) -> Result<Option<UploadRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT id, owner_id, folder_id, file_id, title, keep_version, total, received, digest, created, expires
         FROM r7_upload WHERE id = ?",
    )
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// Counts a chunk as received. `false`: the upload is gone, or stands elsewhere than at `from`.
pub(crate) async fn advance(
    conn: &mut SqliteConnection,
    row: &UploadRow,
    from: i64,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE r7_upload SET received = ?, digest = ?, expires = ? WHERE id = ? AND received = ?",
    )
    .bind(row.received)
    .bind(&row.digest)
    .bind(row.expires)
    .bind(&row.id)
    .bind(from)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Ends an upload; what has come goes, unless a body's name is on it.
pub(crate) async fn erase(conn: &mut SqliteConnection, id: &str) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM r7_upload WHERE id = ?").bind(id).execute(conn).await?;
    Ok(())
}

/// Every upload, oldest first.
pub(crate) async fn all(conn: &mut SqliteConnection) -> Result<Vec<UploadRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT id, owner_id, folder_id, file_id, title, keep_version, total, received, digest, created, expires
         FROM r7_upload ORDER BY created, id",
    )
    .fetch_all(conn)
    .await
}

/// What an upload puts into a file that is there.
#[derive(Debug)]
pub(crate) struct Put<'a> {
    pub(crate) file: FileId,
    /// No new version: the present one gets the bytes.
    pub(crate) keep_version: bool,
    pub(crate) hash: &'a str,
    pub(crate) old_hash: &'a str,
    pub(crate) size: i64,
    pub(crate) comment: &'a str,
    pub(crate) by: &'a str,
    pub(crate) now: Timestamp,
}

/// Puts a body that is stored into a file. The version rises but not its group (sheet r7/files 5.2).
pub(crate) async fn put(conn: &mut SqliteConnection, put: &Put<'_>) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO r7_file_version (file_id, version, version_group, title, comment, hash, size, updated, updated_by)
            SELECT id, version, version_group, title, comment, hash, size, updated, updated_by
            FROM r7_file WHERE id = $1 AND NOT $2;
         UPDATE r7_folder SET updated = $6, updated_by = $7 WHERE id IN (SELECT t.ancestor_id
            FROM r7_file f JOIN r7_folder_tree t ON t.folder_id = f.folder_id WHERE f.id = $1);
         UPDATE r7_file SET version = version + NOT $2, hash = $3, size = $4, comment = $5, updated = $6, updated_by = $7
            WHERE id = $1;
         DELETE FROM r7_blob WHERE hash = $8 AND NOT EXISTS (SELECT 1 FROM r7_file WHERE hash = $8)
            AND NOT EXISTS (SELECT 1 FROM r7_file_version WHERE hash = $8)",
    )
    .bind(put.file)
    .bind(put.keep_version)
    .bind(put.hash)
    .bind(put.size)
    .bind(put.comment)
    .bind(put.now)
    .bind(put.by)
    .bind(put.old_hash)
    .execute(conn)
    .await?;
    Ok(())
}
