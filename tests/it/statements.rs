//! Every SQL text of the stores is prepared against a freshly migrated database: what a typed query would have caught.

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{
    ConnectOptions as _, Connection as _, Executor as _, Row as _, SqlSafeStr as _, SqliteConnection,
};

use crate::support::source;

/// An empty database with the whole schema.
pub(crate) async fn migrated() -> SqliteConnection {
    let mut conn = SqliteConnectOptions::new().in_memory(true).foreign_keys(true).connect().await.unwrap();
    let numbered = |step: &source::Source| step.path.starts_with("migrations/0");
    for step in source::files("migrations", ".sql").into_iter().filter(numbered) {
        let sql = sqlx::AssertSqlSafe(step.text);
        conn.execute(sqlx::raw_sql(sql)).await.unwrap_or_else(|error| panic!("{}: {error}", step.path));
    }
    conn
}

/// The verb of an SQL text, if it is one.
pub(crate) fn is_sql(text: &str) -> bool {
    const VERBS: &[&str] =
        &["SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "REPLACE", "CREATE", "DROP", "ALTER", "PRAGMA"];
    let first = text.split_whitespace().next().unwrap_or_default();
    VERBS.iter().any(|verb| first.eq_ignore_ascii_case(verb)) && text.split_whitespace().count() > 1
}

pub(crate) fn stores() -> Vec<source::Source> {
    source::files("src", ".rs").into_iter().filter(|file| file.path.contains("/store/")).collect()
}

#[tokio::test]
async fn every_statement_of_the_stores_fits_the_schema() {
    let mut conn = migrated().await;
    let mut wrong = Vec::new();
    for file in stores() {
        for (line, sql) in source::literals(&file.text).into_iter().filter(|(_, text)| is_sql(text)) {
            if let Err(error) = conn.prepare(sqlx::AssertSqlSafe(sql.clone()).into_sql_str()).await {
                wrong.push(format!("{}:{line}: {error}\n    {sql}", file.path));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    conn.close().await.unwrap();
}

#[tokio::test]
async fn a_misspelt_column_would_be_seen() {
    let mut conn = migrated().await;
    let literals = source::literals("fn f() { sqlx::query(\"SELECT emial FROM r7_user\"); }");
    assert!(literals.len() == 1 && is_sql(&literals[0].1), "{literals:?}");
    let sql = sqlx::AssertSqlSafe(literals[0].1.clone()).into_sql_str();
    assert!(conn.prepare(sql).await.is_err());
}

#[test]
fn every_store_file_has_statements_and_they_are_whole_texts() {
    for file in stores() {
        let code = source::production(&file.text);
        // A statement in pieces cannot be checked.
        assert!(!code.contains("concat!"), "{} puts SQL together", file.path);
        let calls: usize = ["query", "query_as", "query_scalar", "raw_sql"]
            .iter()
            .map(|word| source::lines_with(&code, word).len())
            .sum();
        let texts = source::literals(&file.text).iter().filter(|(_, text)| is_sql(text)).count();
        assert!(texts >= calls.min(1), "{}: {calls} queries, {texts} SQL texts", file.path);
    }
}

/// The names in `TABLES` of a service's store.
fn tables(service: &str) -> Vec<String> {
    let path = format!("src/{service}/store/mod.rs");
    let file = source::files("src", "mod.rs").into_iter().find(|file| file.path == path).unwrap();
    let at = file.text.find("const TABLES").unwrap();
    let list = &file.text[at..];
    source::literals(&list[..list.find(';').unwrap()]).into_iter().map(|(_, name)| name).collect()
}

#[tokio::test]
async fn every_table_is_wiped_by_its_service_children_before_parents() {
    let mut conn = migrated().await;
    let mut listed: Vec<String> = Vec::new();
    for service in ["r7", "corezoid"] {
        let tables = tables(service);
        for (index, table) in tables.iter().enumerate() {
            let parents: Vec<String> = sqlx::query_scalar("SELECT \"table\" FROM pragma_foreign_key_list(?)")
                .bind(table)
                .fetch_all(&mut conn)
                .await
                .unwrap();
            for parent in parents.iter().filter(|parent| *parent != table) {
                let parent_index = tables.iter().position(|name| name == parent);
                assert!(
                    parent_index.is_some_and(|parent| parent > index),
                    "{table} is to be emptied before {parent}"
                );
            }
        }
        listed.extend(tables);
    }
    let rows = conn
        .fetch_all("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'world'")
        .await
        .unwrap();
    let mut known: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    known.sort();
    listed.sort();
    assert_eq!(listed, known, "left: TABLES of the stores; right: the schema");
}

/// A bound value right after LIMIT or OFFSET makes SQLite prepare the statement anew at every execution, because the
/// planner looks at it (`sqlite3ExprIsInteger` marks the statement as depending on its value). `LIMIT ? + 0` does not.
#[test]
fn no_statement_hands_the_planner_a_bound_limit() {
    for file in stores() {
        for (number, line) in file.text.lines().enumerate() {
            let words: Vec<&str> = line.split_whitespace().collect();
            for three in words.windows(3) {
                let bound = matches!(three[0], "LIMIT" | "OFFSET") && three[1].starts_with(['?', '$']);
                assert!(!bound || three[2] == "+", "{}:{}: {line}", file.path, number + 1);
            }
            let last = words.windows(2).last();
            let ends_bound = last
                .is_some_and(|two| matches!(two[0], "LIMIT" | "OFFSET") && two[1].starts_with(['?', '$']));
            assert!(!ends_bound, "{}:{}: {line}", file.path, number + 1);
        }
    }
}
