//! How SQLite goes about the statements behind listings and cards: by index, so that what lies elsewhere costs nothing.

use sqlx::Row as _;

use crate::statements::migrated;
use crate::support::source;

/// The steps of a statement that walk through a whole table of objects.
async fn scans(sql: &str) -> Vec<String> {
    let mut conn = migrated().await;
    let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
    let rows = sqlx::query(explain).fetch_all(&mut conn).await.unwrap();
    let steps = rows.iter().map(|row| row.get::<String, _>("detail"));
    // An index of immutable stages alone holds nothing else.
    let steps = steps.filter(|step| !step.ends_with("cz_stage_immutable"));
    let tables = ["SCAN f", "SCAN c", "SCAN d", "SCAN e", "SCAN p", "SCAN a", "SCAN v"];
    steps
        .filter(|step| tables.iter().any(|table| step == table || step.starts_with(&format!("{table} "))))
        .collect()
}

#[tokio::test]
async fn listings_cards_and_the_trash_are_found_by_index() {
    let mut looked_at = 0;
    for name in ["item", "project", "place", "owner"] {
        let file = source::files("src", &format!("corezoid/store/{name}.rs")).remove(0);
        for (line, sql) in source::literals(&file.text).into_iter().filter(|(_, sql)| sql.contains("SELECT "))
        {
            // A search, and what is asked of a whole company, look at everything there is.
            if !sql.contains("ESCAPE") && !sql.ends_with("i.company_id IS ?1 AND i.present") {
                assert_eq!(scans(&sql).await, Vec::<String>::new(), "{}:{line}", file.path);
                looked_at += 1;
            }
        }
    }
    assert_eq!(looked_at, 19);
    // The check sees one that is not: a search looks at everything.
    assert_ne!(scans("SELECT i.id FROM cz_item i WHERE i.title = ?1").await, Vec::<String>::new());
}
