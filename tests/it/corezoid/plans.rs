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
    steps.filter(|step| ["SCAN f", "SCAN c", "SCAN d"].iter().any(|scan| step.starts_with(scan))).collect()
}

#[tokio::test]
async fn listings_cards_and_the_trash_are_found_by_index() {
    let file = source::files("src", "corezoid/store/item.rs").remove(0);
    let mut looked_at = 0;
    for (line, sql) in source::literals(&file.text) {
        if ["i.folder_id = ?1", "i.id = ?2", "i.status = 3"].iter().any(|word| sql.contains(word)) {
            assert_eq!(scans(&sql).await, Vec::<String>::new(), "{}:{line}", file.path);
            looked_at += 1;
        }
    }
    assert_eq!(looked_at, 4);
    // The check sees one that is not: a search looks at everything.
    assert_ne!(scans("SELECT i.id FROM cz_item i WHERE i.title = ?1").await, Vec::<String>::new());
}
