//! How much there is of everything.

use sqlx::{FromRow, SqliteConnection};

/// Counts over all companies; nothing that is deleted.
#[derive(Debug, FromRow)]
pub(crate) struct Counts {
    pub(crate) companies: i64,
    pub(crate) users: i64,
    pub(crate) processes: i64,
    pub(crate) tasks: i64,
}

/// Counts everything.
pub(crate) async fn counts(conn: &mut SqliteConnection) -> Result<Counts, sqlx::Error> {
    sqlx::query_as(
        "SELECT (SELECT count(*) FROM cz_company WHERE status <> 'deleted') AS companies,
                (SELECT count(*) FROM cz_user WHERE status <> 'deleted') AS users,
                (SELECT count(*) FROM cz_conv WHERE status <> 3) AS processes,
                (SELECT count(*) FROM cz_task) AS tasks",
    )
    .fetch_one(conn)
    .await
}
