//! What answers the calls of processes in place of other servers. A stub is a JSON text, its count beside it.

use sqlx::{FromRow, SqliteConnection};

/// A stub as it is stored.
#[derive(Debug, FromRow)]
pub(crate) struct StubRow {
    pub(crate) position: i64,
    pub(crate) stub: String,
    pub(crate) used: u32,
}

/// Every stub of the world in its order. One statement.
pub(crate) async fn list(conn: &mut SqliteConnection) -> Result<Vec<StubRow>, sqlx::Error> {
    sqlx::query_as("SELECT position, stub, used FROM cz_stub ORDER BY position").fetch_all(conn).await
}

/// Adds stubs (a JSON list) after the ones there are. One statement.
pub(crate) async fn add(conn: &mut SqliteConnection, stubs: &str) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO cz_stub (position, stub, times, used)
         SELECT (SELECT coalesce(max(position) + 1, 0) FROM cz_stub) + j.key,
                json_remove(j.value, '$.used'), j.value ->> 'times', coalesce(j.value ->> 'used', 0)
         FROM json_each(?1) j",
    )
    .bind(stubs)
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets every stub.
pub(crate) async fn clear(conn: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM cz_stub").execute(conn).await?;
    Ok(())
}

/// Counts one answer of a stub that answers a limited number of times; false: it has given them all. One statement.
pub(crate) async fn claim(conn: &mut SqliteConnection, position: i64) -> Result<bool, sqlx::Error> {
    let done = sqlx::query("UPDATE cz_stub SET used = used + 1 WHERE position = ?1 AND used < times")
        .bind(position)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// The titles of nodes (a JSON list of ids), as they are deployed or else as they wait to be: id, title. One statement.
pub(crate) async fn titles(
    conn: &mut SqliteConnection,
    nodes: &str,
) -> Result<Vec<(String, String)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT n.id, coalesce(coalesce(n.live, n.draft) ->> 'title', '')
         FROM json_each(?1) j JOIN cz_node n ON n.id = j.value",
    )
    .bind(nodes)
    .fetch_all(conn)
    .await
}
