//! Many rows at once: indexes and triggers that cost per row are taken off and made again at the end.

use sqlx::SqliteConnection;

/// Memory for pages while many rows go in or out, in KiB; without it, the pages of an index that is filled in no order go
/// to disk and back all the time. Then SQLite's own default again.
const ROOM: &str = "PRAGMA cache_size = -262144";
const USUAL: &str = "PRAGMA cache_size = -2000";

/// A database of more pages than these is emptied without its indexes and triggers. In a smaller one, to make them again
/// takes longer than they do.
const LARGE: i64 = 4096;

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
        let found = sqlx::query_as(
            "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND (
                type = 'index' AND tbl_name IN (SELECT value FROM json_each(?1))
                OR type = 'trigger' AND name IN (SELECT value FROM json_each(?2)))",
        )
        .bind(json(tables))
        .bind(json(triggers))
        .fetch_all(&mut *conn)
        .await?;
        Self::take_off(conn, found).await
    }

    async fn take_off(
        conn: &mut SqliteConnection,
        found: Vec<(String, String, String)>,
    ) -> Result<Self, sqlx::Error> {
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

fn json(names: &[&str]) -> String {
    serde_json::to_string(names).unwrap_or_default()
}

/// Deletes every row of these tables, children before parents. The caller has put foreign keys off to the end.
pub(crate) async fn empty(conn: &mut SqliteConnection, tables: &[&str]) -> Result<(), sqlx::Error> {
    // All tables go, so that what triggers keep right goes too. A table that refers to itself keeps its indexes: by them
    // SQLite finds out whether a row that goes is still referred to.
    let found: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND type IN ('index', 'trigger')
            AND tbl_name IN (SELECT value FROM json_each(?1))
            AND NOT (type = 'index' AND EXISTS (SELECT 1 FROM pragma_foreign_key_list(tbl_name) WHERE \"table\" = tbl_name))
            AND (SELECT page_count FROM pragma_page_count) > ?2",
    )
    .bind(json(tables))
    .bind(LARGE)
    .fetch_all(&mut *conn)
    .await?;
    let bulk = if found.is_empty() { None } else { Some(Bulk::take_off(conn, found).await?) };
    let deletes: String = tables.iter().map(|table| ["DELETE FROM ", table, ";"].concat()).collect();
    // Names from our own static lists: nothing from outside.
    sqlx::raw_sql(sqlx::AssertSqlSafe(deletes)).execute(&mut *conn).await?;
    match bulk {
        Some(bulk) => bulk.end(conn).await,
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::db::{self, Access};
    use crate::kernel::schema::Schema;

    static SCHEMA: Schema = Schema {
        whole: "",
        steps: &[(
            "0001",
            "CREATE TABLE world (ids INTEGER NOT NULL) STRICT;
         CREATE TABLE parent (id INTEGER PRIMARY KEY, n INTEGER NOT NULL DEFAULT 0) STRICT;
         CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER NOT NULL REFERENCES parent (id),
            above INTEGER REFERENCES child (id), x TEXT) STRICT;
         CREATE INDEX child_above ON child (above);
         CREATE INDEX parent_n ON parent (n);
         CREATE TRIGGER child_gone AFTER DELETE ON child BEGIN
            UPDATE parent SET n = n - 1 WHERE id = old.parent; END;",
        )],
    };

    #[tokio::test]
    async fn a_large_database_is_emptied_and_keeps_its_indexes_and_triggers() {
        let database = db::blank(&SCHEMA, db::SMALL_PAGES).await.unwrap();
        let mut unit = database.begin(Access::Write).await.unwrap();
        let conn = unit.conn();
        let schema = "SELECT name, sql FROM sqlite_schema ORDER BY name";
        let before: Vec<(String, String)> = sqlx::query_as(schema).fetch_all(&mut *conn).await.unwrap();
        sqlx::raw_sql(
            "INSERT INTO parent (id) VALUES (1);
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000)
             INSERT INTO child SELECT i, 1, nullif(i / 2, 0), hex(zeroblob(400)) FROM n",
        )
        .execute(&mut *conn)
        .await
        .unwrap();
        let pages: i64 = sqlx::query_scalar("SELECT page_count FROM pragma_page_count")
            .fetch_one(&mut *conn)
            .await
            .unwrap();
        assert!(pages > LARGE, "{pages}");
        sqlx::raw_sql("PRAGMA defer_foreign_keys = ON").execute(&mut *conn).await.unwrap();
        empty(conn, &["child", "parent"]).await.unwrap();
        let after: Vec<(String, String)> = sqlx::query_as(schema).fetch_all(&mut *conn).await.unwrap();
        assert_eq!(before, after);
        let left: i64 =
            sqlx::query_scalar("SELECT (SELECT count(*) FROM child) + (SELECT count(*) FROM parent)")
                .fetch_one(&mut *conn)
                .await
                .unwrap();
        assert_eq!(left, 0);
        unit.rollback().await.unwrap();
    }
}
