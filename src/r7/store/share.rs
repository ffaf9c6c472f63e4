//! Shares of files and folders, external links among them.

use serde::Serialize;
use sqlx::{FromRow, SqliteConnection};
use uuid::Uuid;

use super::file::{CardRow, FileRow};
use super::folder::FolderRow;
use crate::kernel::time::Timestamp;

/// A file or a folder, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct EntryKey {
    pub(crate) is_file: bool,
    pub(crate) id: i64,
}

/// What is set on an entry.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    /// `(subject, number of the access, whether it is a link)`.
    pub(crate) granted: Vec<(Uuid, i32, bool)>,
    /// Subjects whose share ends; of a folder, with theirs of all that lies below it.
    pub(crate) ended: Vec<Uuid>,
}

fn json<T: Serialize>(list: &[T]) -> String {
    serde_json::to_string(list).unwrap_or_else(|_| "[]".to_owned())
}

/// Carries changes out, in one round trip. The settings of a link that is there stay.
pub(crate) async fn change(
    conn: &mut SqliteConnection,
    entry: EntryKey,
    changes: &Changes,
    by: Uuid,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "DELETE FROM r7_share WHERE subject IN (SELECT value FROM json_each($3)) AND (is_file = $1 AND entry_id = $2
            OR NOT $1 AND EXISTS (SELECT 1 FROM r7_folder_tree t WHERE t.ancestor_id = $2 AND t.folder_id =
                CASE WHEN is_file THEN (SELECT folder_id FROM r7_file WHERE id = entry_id) ELSE entry_id END));
         INSERT INTO r7_share (is_file, entry_id, subject, access, owner_id, shared, is_link)
            SELECT $1, $2, value ->> 0, value ->> 1, $4, $5, value ->> 2 FROM json_each($6) WHERE true
            ON CONFLICT DO UPDATE SET access = excluded.access, owner_id = excluded.owner_id, shared = excluded.shared",
    )
    .bind(entry.is_file)
    .bind(entry.id)
    .bind(json(&changes.ended))
    .bind(by.to_string())
    .bind(now)
    .bind(json(&changes.granted))
    .execute(conn)
    .await?;
    Ok(())
}

/// Withholds entries from the person to whom they were shared: of files and folders (JSON lists of ids) those that lie in
/// somebody else's "my" (upstream: `FileSharing.RemoveAce`). Nothing there is new to them any more.
pub(crate) async fn decline(
    conn: &mut SqliteConnection,
    files: &str,
    folders: &str,
    by: Uuid,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "DELETE FROM r7_mark WHERE user_id = $3 AND kind = 0 AND (is_file = 1 AND entry_id IN (SELECT value FROM json_each($1))
            OR CASE WHEN is_file THEN (SELECT folder_id FROM r7_file WHERE id = entry_id) ELSE entry_id END
                IN (SELECT t.folder_id FROM json_each($2) j CROSS JOIN r7_folder_tree t ON t.ancestor_id = j.value));
         INSERT INTO r7_share (is_file, entry_id, subject, access, owner_id, shared)
            SELECT is_file, id, $3, 3, $3, $4 FROM (
               SELECT c.is_file, c.id, c.root_kind, c.root_owner FROM json_each($1) j CROSS JOIN r7_file_card c ON c.id = j.value
               UNION
               SELECT c.is_file, c.id, c.root_kind, c.root_owner FROM json_each($2) j CROSS JOIN r7_folder_card c ON c.id = j.value)
            WHERE root_kind = 5 AND root_owner <> $3
            ON CONFLICT DO UPDATE SET access = 3, owner_id = $3, shared = $4",
    )
    .bind(files)
    .bind(folders)
    .bind(by.to_string())
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Entries in other people's "my" that bear a share of one of the subjects (a JSON list): folders and files.
pub(crate) async fn received(
    conn: &mut SqliteConnection,
    subjects: &str,
    me: Uuid,
) -> Result<(Vec<FolderRow>, Vec<FileRow>), sqlx::Error> {
    let rows: Vec<CardRow> = sqlx::query_as(
        "WITH shared (is_file, id) AS MATERIALIZED (SELECT DISTINCT s.is_file, s.entry_id FROM json_each(?1) j
            CROSS JOIN r7_share s ON s.subject = j.value)
         SELECT c.* FROM shared CROSS JOIN r7_folder_card c ON c.id = shared.id
         WHERE NOT shared.is_file AND c.root_kind = 5 AND c.root_owner <> ?2
         UNION ALL
         SELECT c.* FROM shared CROSS JOIN r7_file_card c ON c.id = shared.id
         WHERE shared.is_file AND c.root_kind = 5 AND c.root_owner <> ?2",
    )
    .bind(subjects)
    .bind(me.to_string())
    .fetch_all(conn)
    .await?;
    let (files, folders): (Vec<CardRow>, Vec<CardRow>) = rows.into_iter().partition(|row| row.is_file);
    Ok((folders.into_iter().map(Into::into).collect(), files.into_iter().map(Into::into).collect()))
}

/// The settings of a link beside the main one.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct LinkRow {
    pub(crate) subject: String,
    pub(crate) title: Option<String>,
    pub(crate) password: Option<String>,
    pub(crate) expires: Option<Timestamp>,
    pub(crate) auto_delete: bool,
}

impl LinkRow {
    /// Whether its time is over.
    pub(crate) fn is_expired(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }
}

/// Links among subjects, by their GUIDs (a JSON list).
pub(crate) async fn links(conn: &mut SqliteConnection, subjects: &str) -> Result<Vec<LinkRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT s.subject, s.title, s.password, s.expires, s.auto_delete
         FROM json_each(?) j CROSS JOIN r7_share s ON s.subject = j.value WHERE s.is_link",
    )
    .bind(subjects)
    .fetch_all(conn)
    .await
}

/// A share as a state document carries it.
#[derive(Debug, Clone, Serialize, FromRow)]
pub(crate) struct ShareRow {
    pub(crate) is_file: bool,
    pub(crate) entry_id: i64,
    pub(crate) subject: String,
    pub(crate) access: i32,
    pub(crate) owner_id: String,
    pub(crate) shared: Timestamp,
    pub(crate) is_link: bool,
    pub(crate) title: Option<String>,
    pub(crate) password: Option<String>,
    pub(crate) expires: Option<Timestamp>,
    pub(crate) auto_delete: bool,
}

/// Every share: of folders, then of files.
pub(crate) async fn all(conn: &mut SqliteConnection) -> Result<Vec<ShareRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT is_file, entry_id, subject, access, owner_id, shared, is_link, title, password, expires, auto_delete
         FROM r7_share ORDER BY is_file, entry_id, subject",
    )
    .fetch_all(conn)
    .await
}

/// A share in the form in which many are stored at once: times in ticks, yes and no as 1 and 0.
#[derive(Serialize)]
struct Packed<'a>(
    bool,
    i64,
    &'a str,
    i32,
    &'a str,
    i64,
    bool,
    Option<&'a str>,
    Option<&'a str>,
    Option<i64>,
    bool,
);

/// Stores shares; the entries that they name must be there. Gives the index of the first whose entry is not.
pub(crate) async fn insert(
    conn: &mut SqliteConnection,
    rows: &[ShareRow],
) -> Result<Option<i64>, sqlx::Error> {
    let packed: Vec<Packed<'_>> = rows
        .iter()
        .map(|row| {
            Packed(
                row.is_file,
                row.entry_id,
                &row.subject,
                row.access,
                &row.owner_id,
                row.shared.0,
                row.is_link,
                row.title.as_deref(),
                row.password.as_deref(),
                row.expires.map(|at| at.0),
                row.auto_delete,
            )
        })
        .collect();
    let text = json(&packed);
    let lost: Option<i64> = sqlx::query_scalar(
        "SELECT key FROM json_each(?) WHERE NOT CASE WHEN value ->> 0
            THEN EXISTS (SELECT 1 FROM r7_file WHERE id = value ->> 1)
            ELSE EXISTS (SELECT 1 FROM r7_folder WHERE id = value ->> 1) END
         ORDER BY key LIMIT 1",
    )
    .bind(&text)
    .fetch_optional(&mut *conn)
    .await?;
    if lost.is_some() {
        return Ok(lost);
    }
    sqlx::query(
        "INSERT INTO r7_share (is_file, entry_id, subject, access, owner_id, shared, is_link, title, password, expires,
            auto_delete)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
            value ->> 8, value ->> 9, value ->> 10 FROM json_each(?)",
    )
    .bind(&text)
    .execute(conn)
    .await?;
    Ok(None)
}
