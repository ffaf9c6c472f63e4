//! Documents in and out in bulk, for state documents. Lists travel as JSON, so that a hundred thousand rows are a few
//! statements.

use serde::Serialize;
use sqlx::{FromRow, SqliteConnection};

use super::operation::OperationRow;
use crate::kernel::time::Timestamp;

/// A folder to be stored, or one that is.
#[derive(Debug, Clone, Serialize, FromRow)]
pub(crate) struct FolderIn {
    pub(crate) id: Option<i64>,
    pub(crate) parent_id: Option<i64>,
    pub(crate) kind: i64,
    pub(crate) owner_id: Option<String>,
    pub(crate) bunch: Option<String>,
    pub(crate) title: String,
    pub(crate) title_key: String,
    pub(crate) sort_key: String,
    pub(crate) created: i64,
    pub(crate) created_by: String,
    pub(crate) updated: i64,
    pub(crate) updated_by: String,
}

/// A file to be stored, or one that is.
#[derive(Debug, Clone, Serialize, FromRow)]
pub(crate) struct FileIn {
    pub(crate) id: Option<i64>,
    pub(crate) folder_id: i64,
    pub(crate) title: String,
    pub(crate) title_key: String,
    pub(crate) sort_key: String,
    pub(crate) version: i64,
    pub(crate) version_group: i64,
    pub(crate) comment: Option<String>,
    pub(crate) hash: String,
    pub(crate) size: i64,
    pub(crate) created: i64,
    pub(crate) created_by: String,
    pub(crate) updated: i64,
    pub(crate) updated_by: String,
}

/// An earlier version of a file.
#[derive(Debug, Clone, Serialize, FromRow)]
pub(crate) struct VersionIn {
    pub(crate) file_id: i64,
    pub(crate) version: i64,
    pub(crate) version_group: i64,
    pub(crate) title: String,
    pub(crate) comment: Option<String>,
    pub(crate) hash: String,
    pub(crate) size: i64,
    pub(crate) updated: i64,
    pub(crate) updated_by: String,
}

/// So many rows go into one statement: bounds what is held as text.
pub(crate) const BATCH: usize = 5000;

fn json<T: Serialize>(rows: &[T]) -> String {
    serde_json::to_string(rows).unwrap_or_else(|_| "[]".to_owned())
}

/// Stores folders in order: parents come before their children.
pub(crate) async fn insert_folders(
    conn: &mut SqliteConnection,
    rows: &[FolderIn],
) -> Result<(), sqlx::Error> {
    for batch in rows.chunks(BATCH) {
        sqlx::query(
            "INSERT INTO r7_folder (id, parent_id, kind, owner_id, bunch, title, title_key, sort_key,
                created, created_by, updated, updated_by)
             SELECT value ->> 'id', value ->> 'parent_id', value ->> 'kind', value ->> 'owner_id', value ->> 'bunch',
                value ->> 'title', value ->> 'title_key', value ->> 'sort_key', value ->> 'created', value ->> 'created_by',
                value ->> 'updated', value ->> 'updated_by'
             FROM json_each(?) ORDER BY key",
        )
        .bind(json(batch))
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// Stores files in order; their bytes are there already.
pub(crate) async fn insert_files(conn: &mut SqliteConnection, rows: &[FileIn]) -> Result<(), sqlx::Error> {
    for batch in rows.chunks(BATCH) {
        sqlx::query(
            "INSERT INTO r7_file (id, folder_id, title, title_key, sort_key, version, version_group, comment, hash, size,
                created, created_by, updated, updated_by)
             SELECT value ->> 'id', value ->> 'folder_id', value ->> 'title', value ->> 'title_key', value ->> 'sort_key',
                value ->> 'version', value ->> 'version_group', value ->> 'comment', value ->> 'hash', value ->> 'size',
                value ->> 'created', value ->> 'created_by', value ->> 'updated', value ->> 'updated_by'
             FROM json_each(?) ORDER BY key",
        )
        .bind(json(batch))
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// Stores earlier versions.
pub(crate) async fn insert_versions(
    conn: &mut SqliteConnection,
    rows: &[VersionIn],
) -> Result<(), sqlx::Error> {
    for batch in rows.chunks(BATCH) {
        sqlx::query(
            "INSERT INTO r7_file_version (file_id, version, version_group, title, comment, hash, size, updated, updated_by)
             SELECT value ->> 'file_id', value ->> 'version', value ->> 'version_group', value ->> 'title',
                value ->> 'comment', value ->> 'hash', value ->> 'size', value ->> 'updated', value ->> 'updated_by'
             FROM json_each(?) ORDER BY key",
        )
        .bind(json(batch))
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// Stores many small bodies: JSON pairs of hash and bytes in hex.
pub(crate) async fn insert_blobs(
    conn: &mut SqliteConnection,
    pairs: &[(String, String)],
) -> Result<(), sqlx::Error> {
    for batch in pairs.chunks(BATCH) {
        sqlx::query(
            "INSERT OR IGNORE INTO r7_blob (hash, bytes) SELECT value ->> 0, unhex(value ->> 1) FROM json_each(?)",
        )
        .bind(json(batch))
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// Every folder and section root, by id.
pub(crate) async fn folders(conn: &mut SqliteConnection) -> Result<Vec<FolderIn>, sqlx::Error> {
    sqlx::query_as(
        "SELECT id, parent_id, kind, owner_id, bunch, title, title_key, sort_key, created, created_by, updated, updated_by
         FROM r7_folder ORDER BY id",
    )
    .fetch_all(conn)
    .await
}

/// The next [`BATCH`] files after an id, by id.
pub(crate) async fn files_after(conn: &mut SqliteConnection, id: i64) -> Result<Vec<FileIn>, sqlx::Error> {
    sqlx::query_as(
        "SELECT id, folder_id, title, title_key, sort_key, version, version_group, comment, hash, size,
            created, created_by, updated, updated_by
         FROM r7_file WHERE id > ? ORDER BY id LIMIT 5000",
    )
    .bind(id)
    .fetch_all(conn)
    .await
}

/// Earlier versions of the files between two ids, by file and version.
pub(crate) async fn versions_between(
    conn: &mut SqliteConnection,
    first: i64,
    last: i64,
) -> Result<Vec<VersionIn>, sqlx::Error> {
    sqlx::query_as(
        "SELECT file_id, version, version_group, title, comment, hash, size, updated, updated_by
         FROM r7_file_version WHERE file_id BETWEEN ? AND ? ORDER BY file_id, version",
    )
    .bind(first)
    .bind(last)
    .fetch_all(conn)
    .await
}

/// Bodies of the files between two ids, present and earlier ones; where the last is a series, the body lies in its parts.
pub(crate) async fn blobs_between(
    conn: &mut SqliteConnection,
    first: i64,
    last: i64,
) -> Result<Vec<(String, Vec<u8>, Option<String>)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT b.hash, b.bytes, b.series FROM (SELECT hash FROM r7_file WHERE id BETWEEN ?1 AND ?2
            UNION SELECT hash FROM r7_file_version WHERE file_id BETWEEN ?1 AND ?2) h CROSS JOIN r7_blob b ON b.hash = h.hash",
    )
    .bind(first)
    .bind(last)
    .fetch_all(conn)
    .await
}

/// Counts the files below every folder anew.
pub(crate) async fn count_files(conn: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE r7_folder SET files_total = n.files FROM (
            SELECT t.ancestor_id AS id, sum(c.files) AS files
            FROM (SELECT folder_id, count(*) AS files FROM r7_file GROUP BY folder_id) c
            CROSS JOIN r7_folder_tree t ON t.folder_id = c.folder_id GROUP BY t.ancestor_id) n
         WHERE r7_folder.id = n.id",
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Ids of the files that exist.
pub(crate) async fn file_ids(conn: &mut SqliteConnection) -> Result<Vec<i64>, sqlx::Error> {
    sqlx::query_scalar("SELECT id FROM r7_file").fetch_all(conn).await
}

/// The last ids that were given to folders and files, also to ones that are gone.
pub(crate) async fn last_ids(conn: &mut SqliteConnection) -> Result<(i64, i64), sqlx::Error> {
    sqlx::query_as(
        "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'r7_folder'), 0),
            coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'r7_file'), 0)",
    )
    .fetch_one(conn)
    .await
}

/// Lets ids of folders and files start above these.
pub(crate) async fn raise_ids(
    conn: &mut SqliteConnection,
    folders: i64,
    files: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO sqlite_sequence (name, seq) SELECT 'r7_folder', 0
            WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'r7_folder');
         INSERT INTO sqlite_sequence (name, seq) SELECT 'r7_file', 0
            WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'r7_file');
         UPDATE sqlite_sequence SET seq = max(seq, $1) WHERE name = 'r7_folder';
         UPDATE sqlite_sequence SET seq = max(seq, $2) WHERE name = 'r7_file'",
    )
    .bind(folders)
    .bind(files)
    .execute(conn)
    .await?;
    Ok(())
}

/// An operation as a state document carries it.
#[derive(Debug)]
pub(crate) struct OperationIn<'a> {
    pub(crate) id: String,
    pub(crate) owner: String,
    pub(crate) kind: i64,
    pub(crate) hold: bool,
    pub(crate) due: Option<Timestamp>,
    pub(crate) finished: Option<Timestamp>,
    pub(crate) job: Option<String>,
    pub(crate) error: &'a str,
    pub(crate) processed: i64,
    pub(crate) files: String,
    pub(crate) folders: String,
    pub(crate) started: Option<Timestamp>,
    pub(crate) ends: Option<Timestamp>,
    pub(crate) steps: i64,
}

/// Stores an operation.
pub(crate) async fn insert_operation(
    conn: &mut SqliteConnection,
    row: &OperationIn<'_>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO r7_operation (id, owner_id, kind, hold, due, finished, job, error, processed, files, folders,
            started, ends, steps)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(&row.id)
    .bind(&row.owner)
    .bind(row.kind)
    .bind(row.hold)
    .bind(row.due)
    .bind(row.finished)
    .bind(&row.job)
    .bind(row.error)
    .bind(row.processed)
    .bind(&row.files)
    .bind(&row.folders)
    .bind(row.started)
    .bind(row.ends)
    .bind(row.steps)
    .execute(conn)
    .await?;
    Ok(())
}

/// Every operation, oldest first.
pub(crate) async fn operations(conn: &mut SqliteConnection) -> Result<Vec<OperationRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT position, id, owner_id, kind, hold, due, finished, job, error, processed, files, folders, started, ends, steps
         FROM r7_operation ORDER BY position",
    )
    .fetch_all(conn)
    .await
}
