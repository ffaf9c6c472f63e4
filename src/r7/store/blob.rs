//! Bytes: small bodies in one row, larger ones in parts.

use sqlx::{FromRow, SqliteConnection};

/// Largest part, and largest body that is kept in one row, in bytes.
pub(crate) const PART: usize = 1 << 20;

/// A body as it is stored.
#[derive(Debug, FromRow)]
pub(crate) struct BlobRow {
    /// All of it; empty where there is a series.
    pub(crate) bytes: Vec<u8>,
    /// Where its parts are.
    pub(crate) series: Option<String>,
}

/// A body by its hash.
pub(crate) async fn find(conn: &mut SqliteConnection, hash: &str) -> Result<Option<BlobRow>, sqlx::Error> {
    sqlx::query_as("SELECT bytes, series FROM r7_blob WHERE hash = ?").bind(hash).fetch_optional(conn).await
}

/// Bodies by their hashes, a JSON list.
pub(crate) async fn many(
    conn: &mut SqliteConnection,
    hashes: &str,
) -> Result<Vec<(String, Vec<u8>, Option<String>)>, sqlx::Error> {
    sqlx::query_as("SELECT hash, bytes, series FROM r7_blob WHERE hash IN (SELECT value FROM json_each(?))")
        .bind(hashes)
        .fetch_all(conn)
        .await
}

/// The part of a series that holds the byte at `at`: where it begins, and its bytes. The last part, if `at` is beyond.
pub(crate) async fn part(
    conn: &mut SqliteConnection,
    series: &str,
    at: i64,
) -> Result<Option<(i64, Vec<u8>)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT start, bytes FROM r7_blob_part WHERE series = ? AND start <= ? ORDER BY start DESC LIMIT 1",
    )
    .bind(series)
    .bind(at)
    .fetch_optional(conn)
    .await
}

/// A whole series in one piece.
pub(crate) async fn whole(conn: &mut SqliteConnection, series: &str) -> Result<Vec<u8>, sqlx::Error> {
    let mut bytes = Vec::new();
    while let Some((_, part)) =
        part(conn, series, at(&bytes)).await?.filter(|(start, _)| *start == at(&bytes))
    {
        bytes.extend_from_slice(&part);
    }
    Ok(bytes)
}

fn at(bytes: &[u8]) -> i64 {
    i64::try_from(bytes.len()).unwrap_or(i64::MAX)
}

/// Adds a part that begins at `start`.
pub(crate) async fn add_part(
    conn: &mut SqliteConnection,
    series: &str,
    start: i64,
    bytes: Vec<u8>,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO r7_blob_part (series, start, bytes) VALUES (?, ?, ?)")
        .bind(series)
        .bind(start)
        .bind(bytes)
        .execute(conn)
        .await?;
    Ok(())
}

/// Puts other bytes into a part that is there.
pub(crate) async fn rewrite_part(
    conn: &mut SqliteConnection,
    series: &str,
    start: i64,
    bytes: Vec<u8>,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE r7_blob_part SET bytes = ?3 WHERE series = ?1 AND start = ?2")
        .bind(series)
        .bind(start)
        .bind(bytes)
        .execute(conn)
        .await?;
    Ok(())
}

/// Stores a body that is here, under its hash, unless it is there.
pub(crate) async fn keep(conn: &mut SqliteConnection, hash: &str, bytes: &[u8]) -> Result<(), sqlx::Error> {
    if bytes.len() <= PART {
        sqlx::query("INSERT OR IGNORE INTO r7_blob (hash, bytes) VALUES (?, ?)")
            .bind(hash)
            .bind(bytes)
            .execute(conn)
            .await?;
        return Ok(());
    }
    // The hash names the series too: nobody else gives it such a name.
    let added = sqlx::query("INSERT OR IGNORE INTO r7_blob (hash, bytes, series) VALUES (?1, X'', ?1)")
        .bind(hash)
        .execute(&mut *conn)
        .await?;
    if added.rows_affected() > 0 {
        split(conn, hash, bytes).await?;
    }
    Ok(())
}

/// Stores bytes as the parts of a new series.
pub(crate) async fn split(
    conn: &mut SqliteConnection,
    series: &str,
    bytes: &[u8],
) -> Result<(), sqlx::Error> {
    for (index, part) in bytes.chunks(PART).enumerate() {
        add_part(conn, series, i64::try_from(index * PART).unwrap_or(i64::MAX), part.to_vec()).await?;
    }
    Ok(())
}

/// Gives a series the name of its bytes; if that body is there already, the series is one too many.
pub(crate) async fn adopt(conn: &mut SqliteConnection, hash: &str, series: &str) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT OR IGNORE INTO r7_blob (hash, bytes, series) VALUES ($1, X'', $2);
         DELETE FROM r7_blob_part WHERE series = $2 AND NOT EXISTS (SELECT 1 FROM r7_blob WHERE hash = $1 AND series = $2);
         DELETE FROM r7_blob_staged WHERE series = $2",
    )
    .bind(hash)
    .bind(series)
    .execute(conn)
    .await?;
    Ok(())
}

/// Begins a series that nothing names yet. Series that no request of `live` (a JSON list) writes were left behind by a
/// program that was killed: they go.
pub(crate) async fn stage(conn: &mut SqliteConnection, series: &str, live: &str) -> Result<(), sqlx::Error> {
    sqlx::query(
        "DELETE FROM r7_blob_part WHERE series IN (SELECT series FROM r7_blob_staged
            WHERE series NOT IN (SELECT value FROM json_each($2)));
         DELETE FROM r7_blob_staged WHERE series NOT IN (SELECT value FROM json_each($2));
         INSERT INTO r7_blob_staged (series) VALUES ($1)",
    )
    .bind(series)
    .bind(live)
    .execute(conn)
    .await?;
    Ok(())
}

/// Drops those of the series (a JSON list) that nothing has adopted.
pub(crate) async fn unstage(conn: &mut SqliteConnection, series: &str) -> Result<(), sqlx::Error> {
    sqlx::query(
        "DELETE FROM r7_blob_part WHERE series IN
            (SELECT series FROM r7_blob_staged WHERE series IN (SELECT value FROM json_each($1)));
         DELETE FROM r7_blob_staged WHERE series IN (SELECT value FROM json_each($1))",
    )
    .bind(series)
    .execute(conn)
    .await?;
    Ok(())
}

/// Drops the parts of a series from `start` on.
pub(crate) async fn cut(conn: &mut SqliteConnection, series: &str, start: i64) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM r7_blob_part WHERE series = ? AND start >= ?")
        .bind(series)
        .bind(start)
        .execute(conn)
        .await?;
    Ok(())
}
