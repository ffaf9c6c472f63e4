//! The schema of a world's database: the steps that led to it, and what they come to.

use sqlx::SqliteConnection;

/// Marks a file as ours: `PRAGMA application_id` ("stnd").
pub(crate) const APPLICATION_ID: i32 = 0x7374_6E64;

/// One schema step: its file name, and its SQL.
pub(crate) type Migration = (&'static str, &'static str);

/// How a database gets its tables.
#[derive(Debug)]
pub(crate) struct Schema {
    /// What the first so many steps come to, as one script that ends with `PRAGMA user_version`; empty: none of them.
    /// It is there because SQLite reads the whole schema again for every `ALTER TABLE`.
    pub(crate) whole: &'static str,
    /// In the order they were released. A database's `user_version` tells how many of them it has.
    pub(crate) steps: &'static [Migration],
}

impl Schema {
    /// Gives a new database its tables.
    pub(crate) async fn lay(&self, conn: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        sqlx::raw_sql(self.whole).execute(&mut *conn).await?;
        self.migrate(conn).await
    }

    /// Takes the steps that a database has not taken yet.
    pub(crate) async fn migrate(&self, conn: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        let done: i64 =
            sqlx::query_scalar("SELECT user_version FROM pragma_user_version").fetch_one(&mut *conn).await?;
        let todo = self.steps.get(usize::try_from(done).unwrap_or(0)..).unwrap_or_default();
        if todo.is_empty() {
            return Ok(());
        }
        let steps: String = todo.iter().map(|(_, step)| *step).collect();
        let text = format!(
            "BEGIN IMMEDIATE; {steps}; PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {}; COMMIT",
            self.steps.len()
        );
        // Text of our own files and two integers: nothing from outside.
        sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(conn).await?;
        Ok(())
    }
}

/// The script that makes a database as this one is: every object as SQLite keeps its text, in the order they were made,
/// and every row.
#[cfg(test)]
pub(crate) async fn script(conn: &mut SqliteConnection) -> Result<String, sqlx::Error> {
    let objects: Vec<(String, String, String)> = sqlx::query_as(
        r"SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\_%' ESCAPE '\'
          ORDER BY rowid",
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut script = "BEGIN IMMEDIATE;\n".to_owned();
    for (_, _, sql) in &objects {
        script += sql;
        script += ";\n";
    }
    for (kind, table, _) in &objects {
        if kind != "table" {
            continue;
        }
        let columns: String = sqlx::query_scalar(
            "SELECT group_concat(name, ', ' ORDER BY cid) FROM pragma_table_xinfo(?) WHERE hidden = 0",
        )
        .bind(table)
        .fetch_one(&mut *conn)
        .await?;
        let values = columns.replace(", ", ") || ', ' || quote(");
        let rows = format!(
            "SELECT 'INSERT INTO {table} ({columns}) VALUES (' || quote({values}) || ');' || char(10) FROM {table}"
        );
        let rows: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(rows)).fetch_all(&mut *conn).await?;
        script.extend(rows);
    }
    let (id, version): (i64, i64) =
        sqlx::query_as("SELECT application_id, user_version FROM pragma_application_id, pragma_user_version")
            .fetch_one(&mut *conn)
            .await?;
    Ok(format!("{script}PRAGMA application_id = {id};\nPRAGMA user_version = {version};\nCOMMIT;\n"))
}
