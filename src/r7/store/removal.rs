//! What becomes of somebody's documents and cards when he goes.

use sqlx::SqliteConnection;
use uuid::Uuid;

use crate::kernel::time::Timestamp;
use crate::r7::files::ids::FolderId;

/// Makes "my documents" and the trash of a new person.
pub(crate) async fn make_roots(
    conn: &mut SqliteConnection,
    owner: Uuid,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO r7_folder (kind, owner_id, title, title_key, sort_key, created, created_by, updated, updated_by)
         VALUES (5, ?1, '', '', '', ?2, ?1, ?2, ?1), (3, ?1, '', '', '', ?2, ?1, ?2, ?1)",
    )
    .bind(owner.to_string())
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Erases people with all that is theirs alone: "my documents", trash, operations, archives, uploads under way. `people` is a JSON list of
/// ids. What they made elsewhere stays, and shows the lost user.
pub(crate) async fn erase(conn: &mut SqliteConnection, people: &str) -> Result<(), sqlx::Error> {
    sqlx::query(
        "DELETE FROM r7_file WHERE folder_id IN (SELECT t.folder_id FROM r7_folder r JOIN r7_folder_tree t
            ON t.ancestor_id = r.id WHERE r.parent_id IS NULL AND r.owner_id IN (SELECT value FROM json_each($1)));
         DELETE FROM r7_folder WHERE id IN (SELECT t.folder_id FROM r7_folder r JOIN r7_folder_tree t
            ON t.ancestor_id = r.id WHERE r.parent_id IS NULL AND r.owner_id IN (SELECT value FROM json_each($1)));
         DELETE FROM r7_operation WHERE owner_id IN (SELECT value FROM json_each($1));
         DELETE FROM r7_archive WHERE owner_id IN (SELECT value FROM json_each($1));
         DELETE FROM r7_upload WHERE owner_id IN (SELECT value FROM json_each($1));
         DELETE FROM r7_user WHERE id IN (SELECT value FROM json_each($1))",
    )
    .bind(people)
    .execute(conn)
    .await?;
    Ok(())
}

/// "My documents" of both, the first with how many entries it holds.
pub(crate) async fn roots(
    conn: &mut SqliteConnection,
    from: Uuid,
    to: Uuid,
) -> Result<Option<(FolderId, i64, FolderId)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT f.id, f.files_total + f.folders_total, t.id FROM r7_folder f, r7_folder t
         WHERE f.parent_id IS NULL AND f.kind = 5 AND f.owner_id = ? AND t.parent_id IS NULL AND t.kind = 5
            AND t.owner_id = ?",
    )
    .bind(from.to_string())
    .bind(to.to_string())
    .fetch_optional(conn)
    .await
}

/// Moves all that lies directly in one folder into another.
pub(crate) async fn empty_into(
    conn: &mut SqliteConnection,
    from: FolderId,
    to: FolderId,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE r7_file SET folder_id = $2 WHERE folder_id = $1;
         UPDATE r7_folder SET parent_id = $2 WHERE parent_id = $1 AND id <> $2",
    )
    .bind(from)
    .bind(to)
    .execute(conn)
    .await?;
    Ok(())
}

/// Makes somebody the author of all documents of somebody else outside the latter's trash, and puts him in his place in
/// the CRM: among the managers of contacts, responsible for opportunities, in lists of access.
pub(crate) async fn reassign(conn: &mut SqliteConnection, from: Uuid, to: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE r7_file SET created_by = $2 WHERE created_by = $1 AND folder_id NOT IN (SELECT t.folder_id
            FROM r7_folder r JOIN r7_folder_tree t ON t.ancestor_id = r.id WHERE r.parent_id IS NULL AND r.owner_id = $1);
         UPDATE r7_folder SET created_by = $2 WHERE created_by = $1 AND parent_id IS NOT NULL AND id NOT IN (SELECT
            t.folder_id FROM r7_folder r JOIN r7_folder_tree t ON t.ancestor_id = r.id
            WHERE r.parent_id IS NULL AND r.owner_id = $1);
         UPDATE r7_crm_contact SET managers = (SELECT json_group_array(DISTINCT iif(value = $1, $2, value))
            FROM json_each(managers)) WHERE $1 IN (SELECT value FROM json_each(managers));
         UPDATE r7_crm_opportunity SET responsible = $2 WHERE responsible = $1;
         UPDATE r7_crm_opportunity SET access = (SELECT json_group_array(DISTINCT iif(value = $1, $2, value))
            FROM json_each(access)) WHERE $1 IN (SELECT value FROM json_each(access));
         UPDATE r7_crm_case SET access = (SELECT json_group_array(DISTINCT iif(value = $1, $2, value))
            FROM json_each(access)) WHERE $1 IN (SELECT value FROM json_each(access))",
    )
    .bind(from.to_string())
    .bind(to.to_string())
    .execute(conn)
    .await?;
    Ok(())
}
