//! What uploads, copies and merges did, by the hash that they answered; and files that wait to be uploaded by name.

use serde::Serialize;
use sqlx::{FromRow, SqliteConnection};

use super::scheme::FileRow;

/// An operation that answered with a hash.
#[derive(Debug, Serialize, FromRow)]
pub(crate) struct JobRow {
    pub(crate) hash: String,
    /// `upload`, `download`, `copy`, `merge`.
    pub(crate) action: String,
    /// `obj_scheme`, `csv_upload`.
    pub(crate) obj: String,
    /// What it worked on or in: `folder`, `conv`, `stage`, …
    pub(crate) obj_type: String,
    /// 0: the root.
    pub(crate) obj_id: i64,
    pub(crate) company_id: Option<String>,
    pub(crate) user_id: i64,
    /// Objects that went well, and that did not.
    pub(crate) ok: i64,
    pub(crate) err: i64,
    /// JSON arrays, as `upload/info` answers them.
    pub(crate) scheme: String,
    pub(crate) errors: String,
    /// Unix seconds.
    pub(crate) create_time: i64,
}

/// Stores operations.
pub(crate) async fn insert(conn: &mut SqliteConnection, jobs: &[JobRow]) -> Result<(), sqlx::Error> {
    let jobs = serde_json::to_string(jobs).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
    sqlx::query(
        "INSERT INTO cz_job (hash, action, obj, obj_type, obj_id, company_id, user_id, ok, err, scheme, errors, create_time)
         SELECT value->>'hash', value->>'action', value->>'obj', value->>'obj_type', value->>'obj_id', value->>'company_id',
                value->>'user_id', value->>'ok', value->>'err', value->>'scheme', value->>'errors', value->>'create_time'
         FROM json_each(?)",
    )
    .bind(jobs)
    .execute(conn)
    .await?;
    Ok(())
}

/// An operation by its hash.
pub(crate) async fn find(conn: &mut SqliteConnection, hash: &str) -> Result<Option<JobRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT hash, action, obj, obj_type, obj_id, company_id, user_id, ok, err, scheme, errors, create_time
         FROM cz_job WHERE hash = ?",
    )
    .bind(hash)
    .fetch_optional(conn)
    .await
}

/// Every operation, by hash.
pub(crate) async fn all(conn: &mut SqliteConnection) -> Result<Vec<JobRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT hash, action, obj, obj_type, obj_id, company_id, user_id, ok, err, scheme, errors, create_time
         FROM cz_job ORDER BY hash",
    )
    .fetch_all(conn)
    .await
}

/// Keeps a file to be named by `scheme_id`, which is its name here.
pub(crate) async fn keep_file(conn: &mut SqliteConnection, file: &FileRow) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO cz_scheme_file (id, content, create_time) VALUES (?, ?, ?)")
        .bind(&file.name)
        .bind(&file.content)
        .bind(file.create_time)
        .execute(conn)
        .await?;
    Ok(())
}

/// A file that was kept, or one behind a download link.
pub(crate) async fn file(conn: &mut SqliteConnection, id: &str) -> Result<Option<Vec<u8>>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT content FROM cz_scheme_file WHERE id = ?1 UNION ALL SELECT content FROM cz_download WHERE name = ?1",
    )
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// Every file that was kept, by id.
pub(crate) async fn files(conn: &mut SqliteConnection) -> Result<Vec<FileRow>, sqlx::Error> {
    sqlx::query_as("SELECT id AS name, content, create_time FROM cz_scheme_file ORDER BY id")
        .fetch_all(conn)
        .await
}
