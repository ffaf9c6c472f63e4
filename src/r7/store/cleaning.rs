//! Trashes that are cleaned by themselves. Their owners travel as JSON lists.

use sqlx::SqliteConnection;

use crate::kernel::time::Timestamp;

/// The oldest that lies directly in each of the trashes of `owners`, a JSON list of ids; empty trashes are left out.
pub(crate) async fn oldest(
    conn: &mut SqliteConnection,
    owners: &str,
) -> Result<Vec<(String, Timestamp)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT owner, min(updated) FROM (
            SELECT j.value AS owner, f.updated FROM json_each(?1) j
                CROSS JOIN r7_folder r ON r.parent_id IS NULL AND r.kind = 3 AND coalesce(r.owner_id, '') = j.value
                CROSS JOIN r7_file f ON f.folder_id = r.id
            UNION ALL
            SELECT j.value, d.updated FROM json_each(?1) j
                CROSS JOIN r7_folder r ON r.parent_id IS NULL AND r.kind = 3 AND coalesce(r.owner_id, '') = j.value
                CROSS JOIN r7_folder d ON d.parent_id = r.id)
         GROUP BY owner",
    )
    .bind(owners)
    .fetch_all(conn)
    .await
}

/// Erases what lies in trashes for too long, folders with all that is in them. `cutoffs`: a JSON list of
/// `[owner, last moment in ticks that is erased]`.
pub(crate) async fn erase(conn: &mut SqliteConnection, cutoffs: &str) -> Result<(), sqlx::Error> {
    sqlx::query(
        "DELETE FROM r7_file WHERE id IN (SELECT f.id FROM json_each($1) j
            CROSS JOIN r7_folder r ON r.parent_id IS NULL AND r.kind = 3 AND coalesce(r.owner_id, '') = j.value ->> 0
            CROSS JOIN r7_file f ON f.folder_id = r.id AND f.updated <= j.value ->> 1);
         DELETE FROM r7_file WHERE folder_id IN (SELECT t.folder_id FROM json_each($1) j
            CROSS JOIN r7_folder r ON r.parent_id IS NULL AND r.kind = 3 AND coalesce(r.owner_id, '') = j.value ->> 0
            CROSS JOIN r7_folder d ON d.parent_id = r.id AND d.updated <= j.value ->> 1
            CROSS JOIN r7_folder_tree t ON t.ancestor_id = d.id);
         DELETE FROM r7_folder WHERE id IN (SELECT t.folder_id FROM json_each($1) j
            CROSS JOIN r7_folder r ON r.parent_id IS NULL AND r.kind = 3 AND coalesce(r.owner_id, '') = j.value ->> 0
            CROSS JOIN r7_folder d ON d.parent_id = r.id AND d.updated <= j.value ->> 1
            CROSS JOIN r7_folder_tree t ON t.ancestor_id = d.id)",
    )
    .bind(cutoffs)
    .execute(conn)
    .await?;
    Ok(())
}
