//! Entries by a part of their title, whatever folder they lie in, and the sections.

use sqlx::{FromRow, SqliteConnection};
use uuid::Uuid;

use super::file::{CardRow, FileRow};
use super::folder::FolderRow;

/// Entries below the caller's "my" and below the common section whose title has that part (as a key): folders and
/// files, each by id.
pub(crate) async fn titled(
    conn: &mut SqliteConnection,
    caller: Uuid,
    part: &str,
) -> Result<(Vec<FolderRow>, Vec<FileRow>), sqlx::Error> {
    let rows: Vec<CardRow> = sqlx::query_as(
        "WITH found (is_file, id) AS MATERIALIZED (
            SELECT 0, d.id FROM r7_folder r CROSS JOIN r7_folder_tree t ON t.ancestor_id = r.id AND t.depth > 0
            CROSS JOIN r7_folder d ON d.id = t.folder_id
            WHERE r.parent_id IS NULL AND r.kind IN (1, 5) AND (r.owner_id IS NULL OR r.owner_id = ?1)
                AND instr(d.title_key, ?2) > 0
            UNION ALL
            SELECT 1, f.id FROM r7_folder r CROSS JOIN r7_folder_tree t ON t.ancestor_id = r.id
            CROSS JOIN r7_file f ON f.folder_id = t.folder_id
            WHERE r.parent_id IS NULL AND r.kind IN (1, 5) AND (r.owner_id IS NULL OR r.owner_id = ?1)
                AND instr(f.title_key, ?2) > 0)
         SELECT * FROM (
            SELECT c.* FROM found CROSS JOIN r7_folder_card c ON c.id = found.id WHERE found.is_file = 0
            UNION ALL
            SELECT c.* FROM found CROSS JOIN r7_file_card c ON c.id = found.id WHERE found.is_file = 1)
         ORDER BY id",
    )
    .bind(caller.to_string())
    .bind(part)
    .fetch_all(conn)
    .await?;
    let (files, folders): (Vec<CardRow>, Vec<CardRow>) = rows.into_iter().partition(|row| row.is_file);
    Ok((folders.into_iter().map(Into::into).collect(), files.into_iter().map(Into::into).collect()))
}

/// A section with the number of entries in it that are new to its caller.
#[derive(Debug, FromRow)]
struct SectionRow {
    #[sqlx(flatten)]
    card: CardRow,
    unread: i64,
}

/// The roots that a person sees: the common ones and the person's own, by id. No module's hidden root.
pub(crate) async fn sections(
    conn: &mut SqliteConnection,
    caller: Uuid,
) -> Result<Vec<(FolderRow, i64)>, sqlx::Error> {
    let rows: Vec<SectionRow> = sqlx::query_as(
        "SELECT c.*, (SELECT count(*) FROM r7_unread u WHERE u.user_id = ?1
            AND CASE WHEN c.kind = 6 THEN u.root_kind = 5 AND u.root_owner <> ?1 ELSE u.root_id = c.id END) AS unread
         FROM r7_folder_card c WHERE parent_id IS NULL AND kind <> 2 AND (owner_id IS NULL OR owner_id = ?1) ORDER BY id",
    )
    .bind(caller.to_string())
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.card.into(), row.unread)).collect())
}
