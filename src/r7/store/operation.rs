//! File operations that wait, and finished ones that are still to be shown.

use serde::{Deserialize, Serialize};
use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;
use sqlx::{FromRow, Sqlite, SqliteConnection};
use uuid::Uuid;

use super::file::FileRow;
use super::folder::FolderRow;
use crate::kernel::time::Timestamp;

/// An entry of a record: one that lives, by its id, or the card that it had when it was erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Shown<Row> {
    Living(i64),
    Gone(Box<Row>),
}

/// A finished operation.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) id: Uuid,
    pub(crate) owner: Uuid,
    /// Number of a `FileOperationType` (sheet r7/files 2.10).
    pub(crate) kind: i64,
    pub(crate) finished: Timestamp,
    /// Empty: all went well.
    pub(crate) error: String,
    pub(crate) processed: i64,
    pub(crate) files: Vec<Shown<FileRow>>,
    pub(crate) folders: Vec<Shown<FolderRow>>,
}

fn json<T: Serialize>(list: &[T]) -> String {
    serde_json::to_string(list).unwrap_or_else(|_| "[]".to_owned())
}

/// Binds a record as `$8` to `$15`; without one all are NULL.
pub(super) fn bind<'q>(
    query: Query<'q, Sqlite, SqliteArguments>,
    record: Option<&Record>,
) -> Query<'q, Sqlite, SqliteArguments> {
    query
        .bind(record.map(|record| record.id.to_string()))
        .bind(record.map(|record| record.owner.to_string()))
        .bind(record.map(|record| record.kind))
        .bind(record.map(|record| record.finished))
        .bind(record.map(|record| record.error.clone()))
        .bind(record.map(|record| record.processed))
        .bind(record.map(|record| json(&record.files)))
        .bind(record.map(|record| json(&record.folders)))
}

/// A row of `r7_operation`.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct OperationRow {
    pub(crate) position: i64,
    pub(crate) id: String,
    pub(crate) owner_id: String,
    pub(crate) kind: i64,
    pub(crate) hold: bool,
    /// `None`: done.
    pub(crate) due: Option<Timestamp>,
    pub(crate) finished: Option<Timestamp>,
    pub(crate) job: Option<String>,
    pub(crate) error: String,
    pub(crate) processed: i64,
    pub(crate) files: String,
    pub(crate) folders: String,
    /// When it began, if it takes time.
    pub(crate) started: Option<Timestamp>,
    /// When its last step falls due.
    pub(crate) ends: Option<Timestamp>,
    /// Steps done.
    pub(crate) steps: i64,
}

/// When an operation that takes time begins, makes its first step, and ends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    pub(crate) started: Timestamp,
    pub(crate) due: Timestamp,
    pub(crate) ends: Timestamp,
}

/// Takes somebody's finished operations out and reads the waiting ones beside them, newest first: a finished record is
/// shown once (sheet r7/files 3.1). `except` stays untouched.
pub(crate) async fn consume(
    conn: &mut SqliteConnection,
    owner: Uuid,
    except: Option<Uuid>,
) -> Result<Vec<OperationRow>, sqlx::Error> {
    let mut rows: Vec<OperationRow> = sqlx::query_as(
        "DELETE FROM r7_operation WHERE owner_id = $1 AND due IS NULL AND id IS NOT $2
            RETURNING position, id, owner_id, kind, hold, due, finished, job, error, processed, files, folders,
                started, ends, steps;
         SELECT position, id, owner_id, kind, hold, due, finished, job, error, processed, files, folders, started, ends, steps
            FROM r7_operation WHERE owner_id = $1 AND id IS NOT $2",
    )
    .bind(owner.to_string())
    .bind(except.map(|id| id.to_string()))
    .fetch_all(conn)
    .await?;
    rows.sort_by_key(|row| std::cmp::Reverse(row.position));
    Ok(rows)
}

/// Whether an operation of that kind of somebody's waits.
pub(crate) async fn waits(conn: &mut SqliteConnection, owner: Uuid, kind: i64) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM r7_operation WHERE owner_id = ? AND kind = ? AND due IS NOT NULL)",
    )
    .bind(owner.to_string())
    .bind(kind)
    .fetch_one(conn)
    .await
}

/// Stores an operation that waits.
pub(crate) async fn insert_waiting(
    conn: &mut SqliteConnection,
    id: Uuid,
    owner: Uuid,
    kind: i64,
    hold: bool,
    span: Span,
    job: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO r7_operation (id, owner_id, kind, hold, due, job, started, ends) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )
        .bind(id.to_string())
        .bind(owner.to_string())
        .bind(kind)
    .bind(hold)
    .bind(span.due)
    .bind(job)
    .bind(span.started)
    .bind(span.ends)
    .execute(conn)
    .await?;
    Ok(())
}

/// Stores a finished operation.
pub(crate) async fn insert_finished(conn: &mut SqliteConnection, record: &Record) -> Result<(), sqlx::Error> {
    let query = sqlx::query(
        "INSERT INTO r7_operation (id, owner_id, kind, hold, finished, error, processed, files, folders)
         SELECT $8, $9, $10, 1, $11, $12, $13, $14, $15",
    );
    let query = (1..8).fold(query, |query, _| query.bind(None::<i64>));
    bind(query, Some(record)).execute(conn).await?;
    Ok(())
}

/// The first operation with a step that fell due by `now`.
pub(crate) async fn due(
    conn: &mut SqliteConnection,
    now: Timestamp,
) -> Result<Option<OperationRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT position, id, owner_id, kind, hold, due, finished, job, error, processed, files, folders, started, ends, steps
         FROM r7_operation WHERE due <= ? ORDER BY due, position LIMIT 1",
    )
    .bind(now)
    .fetch_optional(conn)
    .await
}

/// When the next step of any operation falls due.
pub(crate) async fn next_due(conn: &mut SqliteConnection) -> Result<Option<Timestamp>, sqlx::Error> {
    sqlx::query_scalar("SELECT min(due) FROM r7_operation WHERE due IS NOT NULL").fetch_one(conn).await
}

/// Stores what a step did; the next one falls due at `due`.
pub(crate) async fn step(
    conn: &mut SqliteConnection,
    record: &Record,
    due: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE r7_operation SET due = ?, steps = steps + 1, error = ?, processed = ?, files = ?, folders = ? WHERE id = ?",
    )
    .bind(due)
    .bind(&record.error)
    .bind(record.processed)
    .bind(json(&record.files))
    .bind(json(&record.folders))
    .bind(record.id.to_string())
    .execute(conn)
    .await?;
    Ok(())
}

/// Turns a waiting operation into a finished one; one that is not held is forgotten.
pub(crate) async fn finish(
    conn: &mut SqliteConnection,
    record: &Record,
    hold: bool,
) -> Result<(), sqlx::Error> {
    let id = record.id.to_string();
    if !hold {
        sqlx::query("DELETE FROM r7_operation WHERE id = ?").bind(id).execute(conn).await?;
        return Ok(());
    }
    sqlx::query(
        "UPDATE r7_operation SET due = NULL, finished = ?, job = NULL, error = ?, processed = ?, files = ?, folders = ?
         WHERE id = ?",
    )
    .bind(record.finished)
    .bind(&record.error)
    .bind(record.processed)
    .bind(json(&record.files))
    .bind(json(&record.folders))
    .bind(id)
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends somebody's waiting operations with an error (sheet r7/files 3.1, terminate).
pub(crate) async fn cancel(
    conn: &mut SqliteConnection,
    owner: Uuid,
    error: &str,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE r7_operation SET due = NULL, finished = ?, job = NULL, error = ? WHERE owner_id = ? AND due IS NOT NULL",
    )
    .bind(now)
    .bind(error)
    .bind(owner.to_string())
    .execute(conn)
    .await?;
    Ok(())
}
