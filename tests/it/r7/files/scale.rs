//! What a call costs must not grow with the rest of the tree.

use sqlx::{Row as _, SqlSafeStr as _};

use crate::statements::migrated;
use crate::support::source;

/// Tables that grow with the tree, under the names that statements and views give them.
const GROWING: &[&str] = &[
    "r7_file",
    "r7_folder",
    "r7_folder_tree",
    "r7_file_version",
    "r7_blob",
    "r7_operation",
    "r7_archive",
    "r7_blob_part",
    "r7_mark",
    "r7_share",
    "r7_upload",
    "f",
    "d",
    "r",
    "t",
    "s",
    "c",
];

/// The function that a line lies in.
fn function(text: &str, line: usize) -> &str {
    let head = text.lines().take(line).filter_map(|line| line.split_once("fn ")).last();
    head.and_then(|(_, rest)| rest.split(['(', '<']).next()).unwrap_or_default()
}

#[tokio::test]
async fn no_call_reads_a_whole_table() {
    let mut conn = migrated().await;
    let mut seen = 0;
    let mut scans = Vec::new();
    for file in source::files("src/r7/store", ".rs") {
        // State documents read everything, and are meant to; so do the sum of all bytes and the farewell to a person, which
        // are rare. The CRM has a measure of its own.
        if ["document.rs", "portal.rs", "removal.rs"].iter().any(|name| file.path.ends_with(name))
            || file.path.contains("/crm/")
        {
            continue;
        }
        for (line, sql) in source::literals(&file.text) {
            if function(&file.text, line) == "all" {
                continue;
            }
            let verb = sql.split_whitespace().next().unwrap_or_default();
            if !["SELECT", "WITH", "UPDATE", "DELETE", "INSERT"].contains(&verb) || !sql.contains("r7_") {
                continue;
            }
            for statement in sql.split(';') {
                seen += 1;
                let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}")).into_sql_str();
                for row in sqlx::query(explain).fetch_all(&mut conn).await.unwrap() {
                    let step: String = row.get("detail");
                    // The cards ask whether anything is shared at all: the first row ends it. And of marks only the few unread
                    // ones are gone through, by an index of nothing else (migration 0027).
                    let known = [
                        "SCAN r7_share USING COVERING INDEX r7_share_subject",
                        "SCAN r7_mark USING COVERING INDEX r7_mark_unread",
                    ];
                    if known.contains(&step.as_str()) {
                        continue;
                    }
                    let table = step.strip_prefix("SCAN ").and_then(|rest| rest.split_whitespace().next());
                    if table.is_some_and(|table| GROWING.contains(&table)) {
                        scans.push(format!("{}:{line}: {step}\n    {statement}", file.path));
                    }
                }
            }
        }
    }
    assert!(seen > 30, "{seen} statements");
    assert!(scans.is_empty(), "\n{}", scans.join("\n"));
}
