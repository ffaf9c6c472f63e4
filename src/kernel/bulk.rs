//! Many rows at once: indexes and triggers that cost per row are taken off and made again at the end.

use sqlx::SqliteConnection;

/// Memory for pages while many rows go in, in KiB; without it, the pages of an index that is filled in no order go to
/// disk and back all the time. Then SQLite's own default again.
const ROOM: &str = "PRAGMA cache_size = -262144";
const USUAL: &str = "PRAGMA cache_size = -2000";

/// Definitions that were taken off, to be made again by [`Bulk::end`]. A rollback puts them back as well.
#[must_use]
pub(crate) struct Bulk(Vec<String>);

impl Bulk {
    /// Takes the indexes of these tables off, and these triggers. Indexes that are part of a table stay.
    pub(crate) async fn start(
        conn: &mut SqliteConnection,
        tables: &[&str],
        triggers: &[&str],
    ) -> Result<Self, sqlx::Error> {
        let list = |names: &[&str]| serde_json::to_string(names).unwrap_or_default();
        let found: Vec<(String, String, String)> = sqlx::query_as(
            "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND (
                type = 'index' AND tbl_name IN (SELECT value FROM json_each(?1))
                OR type = 'trigger' AND name IN (SELECT value FROM json_each(?2)))",
        )
        .bind(list(tables))
        .bind(list(triggers))
        .fetch_all(&mut *conn)
        .await?;
        sqlx::raw_sql(ROOM).execute(&mut *conn).await?;
        let mut drops = String::new();
        for (kind, name, _) in &found {
            drops += &["DROP ", kind, " ", name, ";"].concat();
        }
        // Names from our own migrations: nothing from outside.
        sqlx::raw_sql(sqlx::AssertSqlSafe(drops)).execute(conn).await?;
        Ok(Self(found.into_iter().map(|(_, _, sql)| sql).collect()))
    }

    /// Makes again what was taken off.
    pub(crate) async fn end(self, conn: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        // Text of our own migrations, as SQLite kept it.
        sqlx::raw_sql(sqlx::AssertSqlSafe(self.0.join(";\n"))).execute(&mut *conn).await?;
        sqlx::raw_sql(USUAL).execute(conn).await?;
        Ok(())
    }
}
