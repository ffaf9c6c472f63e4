//! Statements that stay prepared.
//!
//! SQLite prepares a statement anew at each execution if its planner wanted to know a bound value: of a `LIMIT`, of a
//! pattern of `LIKE`, and of `column = ?` where a partial index says `WHERE column = 'constant'`. For a long statement
//! that costs more than the execution. `+?` hides the value from the planner.

use rusqlite::fallible_iterator::FallibleIterator as _;
use rusqlite::{Batch, Connection, StatementStatus};

use crate::statements::{is_sql, stores};
use crate::support::source;

/// How often SQLite has prepared the statements of a text again after each was executed twice.
fn prepared_again(conn: &Connection, sql: &str) -> rusqlite::Result<i32> {
    let mut again = 0;
    let mut batch = Batch::new(conn, sql);
    while let Some(mut statement) = batch.next()? {
        for _ in 0..2 {
            for parameter in 1..=statement.parameter_count() {
                statement.raw_bind_parameter(parameter, 1)?;
            }
            let mut rows = statement.raw_query();
            // What the schema refuses was prepared all the same.
            while let Ok(Some(_)) = rows.next() {}
        }
        again += statement.get_status(StatementStatus::RePrepare);
    }
    Ok(again)
}

/// An empty database with the whole schema.
fn database() -> Connection {
    let conn = Connection::open_in_memory().unwrap();
    let schema = source::files("migrations", "schema.sql").remove(0);
    conn.execute_batch(&schema.text).unwrap();
    // Nothing that a statement does shall stay for the next one.
    conn.execute_batch("PRAGMA foreign_keys = ON; BEGIN").unwrap();
    conn
}

#[test]
fn no_statement_of_the_stores_is_prepared_anew_at_every_execution() {
    let conn = database();
    let mut wrong = Vec::new();
    for file in stores() {
        for (line, sql) in source::literals(&file.text).into_iter().filter(|(_, text)| is_sql(text)) {
            conn.execute_batch("SAVEPOINT one").unwrap();
            let again = prepared_again(&conn, &sql);
            conn.execute_batch("ROLLBACK TO one; RELEASE one").unwrap();
            let again = again.unwrap_or_else(|error| panic!("{}:{line}: {error}", file.path));
            if again > 0 {
                wrong.push(format!("{}:{line}: {again} times\n    {sql}", file.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{} statements:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_statement_that_shows_the_planner_a_value_would_be_seen() {
    let conn = database();
    let again = |sql| prepared_again(&conn, sql).unwrap();
    assert_eq!(again("SELECT title FROM cz_folder WHERE kind = ? AND company_id = ?"), 2);
    assert_eq!(again("SELECT title FROM cz_folder WHERE kind = +? AND company_id = ?"), 0);
    assert_eq!(again("SELECT title FROM cz_folder LIMIT ?"), 2);
    assert_eq!(again("SELECT title FROM cz_folder LIMIT ? + 0"), 0);
}
