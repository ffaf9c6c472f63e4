//! Folders and section roots.

use serde::{Deserialize, Serialize};
use sqlx::{FromRow, SqliteConnection};
use uuid::Uuid;

use super::file::{CardRow, FileRow, grants};
use crate::kernel::time::Timestamp;
use crate::r7::files::ids::FolderId;
use crate::r7::files::rules::marks::Marks;
use crate::r7::files::rules::rights::Grants;

/// A folder as its card shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FolderRow {
    pub(crate) id: FolderId,
    /// `None`: a root.
    pub(crate) parent_id: Option<FolderId>,
    /// Section of a root, 0 for all else.
    pub(crate) kind: i64,
    pub(crate) title: String,
    pub(crate) created: Timestamp,
    pub(crate) created_by: String,
    pub(crate) updated: Timestamp,
    pub(crate) updated_by: String,
    /// Of the whole subtree.
    pub(crate) files_total: i64,
    pub(crate) folders_total: i64,
    pub(crate) root_id: FolderId,
    pub(crate) root_kind: i64,
    pub(crate) root_owner: Option<String>,
    #[serde(default, skip_serializing_if = "Grants::is_empty")]
    pub(crate) grants: Grants,
    /// Everybody's marks on it. A card that outlives its folder has none.
    #[serde(skip)]
    pub(crate) marks: Marks,
}

impl FolderRow {
    /// When it changed, as its card says it.
    pub(crate) fn changed(&self) -> Timestamp {
        // sheet r7/files 2.1: never before it was made.
        self.updated.max(self.created)
    }
}

impl From<CardRow> for FolderRow {
    fn from(row: CardRow) -> Self {
        Self {
            id: FolderId(row.id),
            parent_id: row.parent_id.map(FolderId),
            kind: row.kind,
            title: row.title,
            created: row.created,
            created_by: row.created_by,
            updated: row.updated,
            updated_by: row.updated_by,
            files_total: row.files_total,
            folders_total: row.folders_total,
            root_id: FolderId(row.root_id),
            root_kind: row.root_kind,
            root_owner: row.root_owner,
            grants: grants(row.grants),
            marks: row.marks.into(),
        }
    }
}

/// A folder.
pub(crate) async fn find(
    conn: &mut SqliteConnection,
    id: FolderId,
) -> Result<Option<FolderRow>, sqlx::Error> {
    let row: Option<CardRow> =
        sqlx::query_as("SELECT * FROM r7_folder_card WHERE id = ?").bind(id).fetch_optional(conn).await?;
    Ok(row.map(FolderRow::from))
}

/// The hidden root of a module's files, by its key; made on first use.
pub(crate) async fn bunch(
    conn: &mut SqliteConnection,
    key: &str,
    by: Uuid,
    now: Timestamp,
) -> Result<FolderId, sqlx::Error> {
    let known =
        sqlx::query_scalar("SELECT id FROM r7_folder WHERE parent_id IS NULL AND kind = 2 AND bunch = ?")
            .bind(key);
    if let Some(id) = known.fetch_optional(&mut *conn).await? {
        return Ok(id);
    }
    sqlx::query_scalar(
        "INSERT INTO r7_folder (kind, bunch, title, title_key, sort_key, created, created_by, updated, updated_by)
         VALUES (2, ?1, ?1, ?1, ?1, ?2, ?3, ?2, ?3) RETURNING id",
    )
    .bind(key)
    .bind(now)
    .bind(by.to_string())
    .fetch_one(conn)
    .await
}

/// Which folder a call is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Named {
    Id(FolderId),
    /// A section: the caller's own where each person has one.
    Section(i64),
}

/// A folder and its path.
#[derive(Debug, FromRow)]
struct PathRow {
    #[sqlx(flatten)]
    card: CardRow,
    path: String,
    denials: bool,
    unread: i64,
}

/// A folder with the ids from its root down to it.
#[derive(Debug)]
pub(crate) struct Located {
    pub(crate) folder: FolderRow,
    pub(crate) path: Vec<FolderId>,
    /// Something below it is withheld from somebody.
    pub(crate) denials: bool,
    /// What is new to the caller in the section that it belongs to; what others have belongs to the share section.
    pub(crate) unread: i64,
}

/// A folder with the ids from its root down to it.
pub(crate) async fn with_path(
    conn: &mut SqliteConnection,
    named: Named,
    caller: Uuid,
) -> Result<Option<Located>, sqlx::Error> {
    let (id, kind) = match named {
        Named::Id(id) => (Some(id), None),
        Named::Section(kind) => (None, Some(kind)),
    };
    let row: Option<PathRow> = sqlx::query_as(
        "SELECT c.*, (SELECT json_group_array(ancestor_id) FROM
                (SELECT ancestor_id FROM r7_folder_tree WHERE folder_id = c.id ORDER BY depth DESC)) AS path,
            EXISTS (SELECT 1 FROM r7_share s CROSS JOIN r7_folder_tree t ON t.folder_id = CASE WHEN s.is_file
                THEN (SELECT folder_id FROM r7_file WHERE id = s.entry_id) ELSE s.entry_id END
                WHERE s.access = 3 AND t.ancestor_id = c.id) AS denials,
            (SELECT count(*) FROM r7_unread u WHERE u.user_id = ?3
                AND CASE WHEN c.root_kind = 6 OR c.root_kind = 5 AND c.root_owner <> ?3
                    THEN u.root_kind = 5 AND u.root_owner <> ?3 ELSE u.root_id = c.root_id END) AS unread
         FROM r7_folder_card c
         WHERE c.id = coalesce(?1, (SELECT id FROM r7_folder
            WHERE parent_id IS NULL AND kind = ?2 AND (owner_id IS NULL OR owner_id = ?3)))",
    )
    .bind(id)
    .bind(kind)
    .bind(caller.to_string())
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Located {
        folder: row.card.into(),
        path: serde_json::from_str(&row.path).unwrap_or_default(),
        denials: row.denials,
        unread: row.unread,
    }))
}

/// The folders from the root down to a folder.
pub(crate) async fn path(conn: &mut SqliteConnection, id: FolderId) -> Result<Vec<FolderRow>, sqlx::Error> {
    let rows: Vec<CardRow> = sqlx::query_as(
        "SELECT c.* FROM r7_folder_tree t CROSS JOIN r7_folder_card c ON c.id = t.ancestor_id
         WHERE t.folder_id = ? ORDER BY t.depth DESC",
    )
    .bind(id)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(FolderRow::from).collect())
}

/// The oldest folder of a folder with that title, compared by its key.
pub(crate) async fn titled(
    conn: &mut SqliteConnection,
    parent: FolderId,
    title_key: &str,
) -> Result<Option<FolderId>, sqlx::Error> {
    sqlx::query_scalar("SELECT id FROM r7_folder WHERE parent_id = ? AND title_key = ? ORDER BY id LIMIT 1")
        .bind(parent)
        .bind(title_key)
        .fetch_optional(conn)
        .await
}

/// Stores a new folder.
pub(crate) async fn insert(
    conn: &mut SqliteConnection,
    parent: FolderId,
    [title, title_key, sort_key]: [&str; 3],
    by: Uuid,
    now: Timestamp,
) -> Result<FolderId, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO r7_folder (parent_id, title, title_key, sort_key, created, created_by, updated, updated_by)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?5, ?6) RETURNING id",
    )
    .bind(parent)
    .bind(title)
    .bind(title_key)
    .bind(sort_key)
    .bind(now)
    .bind(by.to_string())
    .fetch_one(conn)
    .await
}

/// Gives a folder another title.
pub(crate) async fn rename(
    conn: &mut SqliteConnection,
    id: FolderId,
    [title, title_key, sort_key]: [&str; 3],
    by: Uuid,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE r7_folder SET title = ?, title_key = ?, sort_key = ?, updated = ?, updated_by = ? WHERE id = ?",
    )
    .bind(title)
    .bind(title_key)
    .bind(sort_key)
    .bind(now)
    .bind(by.to_string())
    .bind(id)
    .execute(conn)
    .await?;
    Ok(())
}

/// What a listing wants.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "four answers to four questions of the query")]
pub(crate) struct Listing<'a> {
    /// Everything below, not only what lies directly in the folder.
    pub(crate) deep: bool,
    pub(crate) files: bool,
    pub(crate) folders: bool,
    /// Part of the title, as its key.
    pub(crate) search: Option<&'a str>,
    /// JSON list of extensions that files must have.
    pub(crate) extensions: Option<&'a str>,
    /// End of a file's title, as its key.
    pub(crate) ending: Option<&'a str>,
    /// JSON list of ids: who may have made an entry.
    pub(crate) authors: Option<&'a str>,
    /// What changed later than this; `None`: all.
    pub(crate) since: Option<Timestamp>,
    /// Number of a `SortedByType` (sheet r7/files 2.10).
    pub(crate) sort: i64,
    pub(crate) descending: bool,
    /// 0: no limit.
    pub(crate) count: i64,
    pub(crate) start: i64,
}

/// A page of a listing.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) folders: Vec<FolderRow>,
    pub(crate) files: Vec<FileRow>,
    /// Matches before paging.
    pub(crate) total: i64,
}

/// An entry as the listing packs it: times in ticks, the root left out because all entries share the folder's.
#[derive(Debug, Deserialize)]
struct Packed {
    is_file: i64,
    id: i64,
    parent_id: i64,
    title: String,
    version: i64,
    version_group: i64,
    comment: Option<String>,
    hash: String,
    size: i64,
    created: i64,
    created_by: String,
    updated: i64,
    updated_by: String,
    files_total: i64,
    folders_total: i64,
    grants: Option<String>,
    marks: Option<String>,
}

impl Packed {
    /// The row of the view that it was packed from.
    fn card(self, folder: &FolderRow) -> CardRow {
        CardRow {
            is_file: self.is_file == 1,
            id: self.id,
            parent_id: Some(self.parent_id),
            kind: 0,
            title: self.title,
            version: self.version,
            version_group: self.version_group,
            comment: self.comment,
            hash: self.hash,
            size: self.size,
            created: Timestamp(self.created),
            created_by: self.created_by,
            updated: Timestamp(self.updated),
            updated_by: self.updated_by,
            files_total: self.files_total,
            folders_total: self.folders_total,
            root_id: folder.root_id.0,
            root_kind: folder.root_kind,
            root_owner: folder.root_owner.clone(),
            grants: self.grants,
            marks: self.marks,
        }
    }
}

/// A page of what a folder holds: folders first, then files, unless the new come first (sheet r7/files 6).
///
/// Cost grows with what lies in the folder, not with the rest of the tree: the closure table is entered by folder and
/// depth, and both kinds by parent. The page comes as one JSON text: a row of twenty columns costs twenty allocations on
/// one thread that are freed on another, and a hundred rows of them more than the query itself.
pub(crate) async fn list(
    conn: &mut SqliteConnection,
    folder: &FolderRow,
    listing: &Listing<'_>,
) -> Result<Page, sqlx::Error> {
    let (total, rows): (i64, String) = sqlx::query_as(
        "SELECT coalesce(max(matches), 0), json_group_array(json_array(is_file, id, parent_id, title, version, version_group,
            comment, hash, size, created, created_by, updated, updated_by, files_total, folders_total,
            '' || CASE WHEN EXISTS (SELECT 1 FROM r7_share) THEN
                (SELECT json_array((SELECT id FROM r7_folder WHERE parent_id IS NULL AND kind = 6),
                    json_group_array(json_array(subject, access, level)))
                 FROM (SELECT subject, access, -1 AS level FROM r7_share s
                    WHERE page.is_file AND s.is_file = 1 AND s.entry_id = page.id
                    UNION ALL
                    SELECT s.subject, s.access, t.depth FROM r7_folder_tree t
                    CROSS JOIN r7_share s ON s.is_file = 0 AND s.entry_id = t.ancestor_id
                    WHERE t.folder_id = CASE WHEN page.is_file THEN page.parent_id ELSE page.id END))
            END,
            (SELECT group_concat(m.kind || ' ' || m.at || ' ' || m.user_id, ',') FROM r7_mark m
                WHERE m.entry_id = page.id AND m.is_file = page.is_file)))
         FROM (SELECT *, count(*) OVER () AS matches FROM (
            SELECT 0 AS is_file, d.id, d.parent_id, d.title, d.title_key, d.sort_key, 0 AS version,
                0 AS version_group, NULL AS comment, '' AS hash, 0 AS size, d.created, d.created_by, d.updated, d.updated_by,
                d.files_total, d.folders_total
            FROM r7_folder_tree t CROSS JOIN r7_folder d ON d.parent_id = t.folder_id
            WHERE t.ancestor_id = ?1 AND t.depth <= ?2 AND ?3
            UNION ALL
            SELECT 1, f.id, f.folder_id, f.title, f.title_key, f.sort_key, f.version, f.version_group, f.comment,
                f.hash, f.size, f.created, f.created_by, f.updated, f.updated_by, 0, 0
            FROM r7_folder_tree t CROSS JOIN r7_file f ON f.folder_id = t.folder_id
            WHERE t.ancestor_id = ?1 AND t.depth <= ?2 AND ?4
                AND (?5 IS NULL OR replace(f.title_key, rtrim(f.title_key, replace(f.title_key, '.', '')), '.')
                    IN (SELECT value FROM json_each(?5)))
                AND (?6 IS NULL OR substr(f.title_key, -length(?6)) = ?6)
         )
         WHERE (?7 IS NULL OR instr(title_key, ?7) > 0) AND (?8 IS NULL OR created_by IN (SELECT value FROM json_each(?8)))
            AND (?13 IS NULL OR max(updated, created) > ?13)
         ORDER BY CASE WHEN ?10 = 5 THEN 0 ELSE is_file END,
            CASE WHEN ?9 THEN NULL ELSE CASE ?10
                WHEN 0 THEN updated WHEN 2 THEN size WHEN 5 THEN updated WHEN 6 THEN created
                WHEN 3 THEN (SELECT lower(first_name || ' ' || last_name) FROM r7_user u WHERE u.id = created_by)
                WHEN 4 THEN replace(title_key, rtrim(title_key, replace(title_key, '.', '')), '') ELSE sort_key END END,
            CASE WHEN ?9 THEN CASE ?10
                WHEN 0 THEN updated WHEN 2 THEN size WHEN 5 THEN updated WHEN 6 THEN created
                WHEN 3 THEN (SELECT lower(first_name || ' ' || last_name) FROM r7_user u WHERE u.id = created_by)
                WHEN 4 THEN replace(title_key, rtrim(title_key, replace(title_key, '.', '')), '') ELSE sort_key END END DESC,
            sort_key, id
         LIMIT ?11 + 0 OFFSET ?12 + 0) page",
    )
    .bind(folder.id)
    .bind(if listing.deep { i64::MAX } else { 0 })
    .bind(listing.folders)
    .bind(listing.files)
    .bind(listing.extensions)
    .bind(listing.ending)
    .bind(listing.search)
    .bind(listing.authors)
    .bind(listing.descending)
    .bind(listing.sort)
    .bind(if listing.count == 0 { -1 } else { listing.count })
    .bind(listing.start)
    .bind(listing.since)
    .fetch_one(conn)
    .await?;
    let rows: Vec<Packed> =
        serde_json::from_str(&rows).map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
    let mut page = Page { total, ..Page::default() };
    for row in rows {
        let card = row.card(folder);
        if card.is_file {
            page.files.push(card.into());
        } else {
            page.folders.push(card.into());
        }
    }
    Ok(page)
}
