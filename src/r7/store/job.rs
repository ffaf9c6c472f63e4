//! What file operations read before they start and write when they are decided: few statements, whatever their size.

use sqlx::{FromRow, SqliteConnection};
use uuid::Uuid;

use super::file::{CardRow, FileRow};
use super::folder::{FolderRow, Named};
use super::operation::Record;
use crate::kernel::time::Timestamp;
use crate::r7::files::ids::{FileId, FolderId};

/// What a job needs to know.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    /// The listed files that exist.
    pub(crate) files: Vec<FileRow>,
    /// The listed folders that exist, each with the folders above it.
    pub(crate) folders: Vec<(FolderRow, Vec<FolderId>)>,
    /// The person's trash.
    pub(crate) trash: Option<FolderRow>,
    /// Whether the person has operations to be shown.
    pub(crate) operations: bool,
    /// Where to.
    pub(crate) destination: Option<(FolderRow, Vec<FolderId>)>,
    /// Files of the destination that are titled like a listed one.
    pub(crate) file_clashes: Vec<FileRow>,
    /// Folders of the destination that are titled like a listed one.
    pub(crate) folder_clashes: Vec<FolderRow>,
    /// Those of the listed folders that hold, at any depth, a file that somebody has open.
    pub(crate) edited: Vec<FolderId>,
}

#[derive(Debug, FromRow)]
struct JobRow {
    role: String,
    #[sqlx(flatten)]
    card: CardRow,
    path: Option<String>,
    edited: bool,
}

/// Reads it. `files` and `folders` are JSON lists of ids; without a destination there are no clashes.
pub(crate) async fn load(
    conn: &mut SqliteConnection,
    files: &str,
    folders: &str,
    caller: Uuid,
    destination: Option<Named>,
    now: Timestamp,
) -> Result<Loaded, sqlx::Error> {
    let (id, kind) = match destination {
        None => (None, None),
        Some(Named::Id(id)) => (Some(id), None),
        Some(Named::Section(kind)) => (None, Some(kind)),
    };
    let rows: Vec<JobRow> = sqlx::query_as(
        "WITH destination (id) AS MATERIALIZED (SELECT coalesce(?4, (SELECT id FROM r7_folder
            WHERE parent_id IS NULL AND kind = ?5 AND (owner_id IS NULL OR owner_id = ?3))))
         SELECT 'file' AS role, c.*, NULL AS path, 0 AS edited FROM json_each(?1) j CROSS JOIN r7_file_card c ON c.id = j.value
         UNION ALL
         SELECT 'folder', c.*, (SELECT json_group_array(ancestor_id) FROM r7_folder_tree WHERE folder_id = c.id AND depth > 0),
            EXISTS (SELECT 1 FROM r7_mark m CROSS JOIN r7_file f ON f.id = m.entry_id CROSS JOIN r7_folder_tree t
                ON t.folder_id = f.folder_id AND t.ancestor_id = c.id WHERE m.kind > 3 AND m.at > ?6)
         FROM json_each(?2) j CROSS JOIN r7_folder_card c ON c.id = j.value
         UNION ALL
         SELECT 'trash', c.*, (SELECT max('y') FROM r7_operation WHERE owner_id = ?3), 0
         FROM r7_folder_card c WHERE c.parent_id IS NULL AND c.kind = 3 AND c.owner_id = ?3
         UNION ALL
         SELECT 'destination', c.*, (SELECT json_group_array(ancestor_id) FROM r7_folder_tree WHERE folder_id = c.id), 0
         FROM destination CROSS JOIN r7_folder_card c ON c.id = destination.id
         UNION ALL
         SELECT DISTINCT 'file clash', c.*, NULL, 0
         FROM destination CROSS JOIN json_each(?1) j CROSS JOIN r7_file f ON f.id = j.value
         CROSS JOIN r7_file_card c ON c.parent_id = destination.id AND c.title_key = f.title_key
         UNION ALL
         SELECT DISTINCT 'folder clash', c.*, NULL, 0
         FROM destination CROSS JOIN json_each(?2) j CROSS JOIN r7_folder f ON f.id = j.value
         CROSS JOIN r7_folder_card c ON c.parent_id = destination.id AND c.title_key = f.title_key",
    )
    .bind(files)
    .bind(folders)
    .bind(caller.to_string())
    .bind(id)
    .bind(kind)
    .bind(now)
    .fetch_all(conn)
    .await?;
    let mut loaded = Loaded::default();
    for JobRow { role, card, path, edited } in rows {
        let ids = |path: Option<String>| serde_json::from_str(&path.unwrap_or_default()).unwrap_or_default();
        match role.as_str() {
            "file" => loaded.files.push(card.into()),
            "folder" => {
                if edited {
                    loaded.edited.push(FolderId(card.id));
                }
                loaded.folders.push((card.into(), ids(path)));
            }
            "trash" => {
                loaded.operations = path.is_some();
                loaded.trash = Some(card.into());
            }
            "destination" => loaded.destination = Some((card.into(), ids(path))),
            "file clash" => loaded.file_clashes.push(card.into()),
            _ => loaded.folder_clashes.push(card.into()),
        }
    }
    Ok(loaded)
}

/// All that lies below some folders (a JSON list of ids), at any depth: folders and files.
pub(crate) async fn below(
    conn: &mut SqliteConnection,
    folders: &str,
) -> Result<(Vec<FolderRow>, Vec<FileRow>), sqlx::Error> {
    let rows: Vec<CardRow> = sqlx::query_as(
        "SELECT c.* FROM (SELECT DISTINCT t.folder_id FROM json_each(?1) j CROSS JOIN r7_folder_tree t
            ON t.ancestor_id = j.value AND t.depth > 0) below CROSS JOIN r7_folder_card c ON c.id = below.folder_id
         UNION ALL
         SELECT c.* FROM (SELECT DISTINCT t.folder_id FROM json_each(?1) j CROSS JOIN r7_folder_tree t
            ON t.ancestor_id = j.value) below CROSS JOIN r7_file_card c ON c.parent_id = below.folder_id",
    )
    .bind(folders)
    .fetch_all(conn)
    .await?;
    let (files, folders): (Vec<CardRow>, Vec<CardRow>) = rows.into_iter().partition(|row| row.is_file);
    Ok((folders.into_iter().map(Into::into).collect(), files.into_iter().map(Into::into).collect()))
}

/// What lies directly in the caller's trash: JSON lists of file and of folder ids.
pub(crate) async fn trashed(
    conn: &mut SqliteConnection,
    caller: Uuid,
) -> Result<(String, String), sqlx::Error> {
    sqlx::query_as(
        "SELECT (SELECT json_group_array(id) FROM r7_file WHERE folder_id = r.id),
                (SELECT json_group_array(id) FROM r7_folder WHERE parent_id = r.id)
         FROM r7_folder r WHERE r.parent_id IS NULL AND r.kind = 3 AND r.owner_id = ?
         UNION ALL SELECT '[]', '[]'",
    )
    .bind(caller.to_string())
    .fetch_one(conn)
    .await
}

/// Deletions: JSON lists of ids.
#[derive(Debug, Default)]
pub(crate) struct Deletions {
    pub(crate) trash_files: String,
    pub(crate) trash_folders: String,
    pub(crate) erase_files: String,
    pub(crate) erase_folders: String,
}

/// Carries deletions out and keeps the record, if one is to be kept. One round trip. What goes is new to nobody any more.
pub(crate) async fn delete(
    conn: &mut SqliteConnection,
    deletions: &Deletions,
    trash: FolderId,
    by: Uuid,
    now: Timestamp,
    record: Option<&Record>,
) -> Result<(), sqlx::Error> {
    let query = sqlx::query(
        "UPDATE r7_file SET folder_id = $1, updated = $2, updated_by = $3 WHERE id IN (SELECT value FROM json_each($4));
         UPDATE r7_folder SET parent_id = $1, updated = $2, updated_by = $3 WHERE id IN (SELECT value FROM json_each($5));
         DELETE FROM r7_mark WHERE kind = 0 AND is_file = 1 AND entry_id IN (SELECT value FROM json_each($4));
         DELETE FROM r7_mark WHERE kind = 0 AND $5 <> '[]'
            AND CASE WHEN is_file THEN (SELECT folder_id FROM r7_file WHERE id = entry_id) ELSE entry_id END
                IN (SELECT t.folder_id FROM json_each($5) j CROSS JOIN r7_folder_tree t ON t.ancestor_id = j.value);
         DELETE FROM r7_file WHERE id IN (SELECT value FROM json_each($6));
         DELETE FROM r7_file WHERE folder_id IN (SELECT t.folder_id FROM json_each($7) j CROSS JOIN r7_folder_tree t
            ON t.ancestor_id = j.value);
         DELETE FROM r7_folder WHERE id IN (SELECT t.folder_id FROM json_each($7) j CROSS JOIN r7_folder_tree t
            ON t.ancestor_id = j.value);
         INSERT INTO r7_operation (id, owner_id, kind, hold, finished, error, processed, files, folders)
            SELECT $8, $9, $10, 1, $11, $12, $13, $14, $15 WHERE $8 IS NOT NULL",
    )
    .bind(trash)
    .bind(now)
    .bind(by.to_string())
    .bind(&deletions.trash_files)
    .bind(&deletions.trash_folders)
    .bind(&deletions.erase_files)
    .bind(&deletions.erase_folders);
    super::operation::bind(query, record).execute(conn).await?;
    Ok(())
}

/// Moves as JSON lists of `[id, destination]`, and ids of folders that end up empty.
#[derive(Debug, Default)]
pub(crate) struct Moves {
    pub(crate) files: String,
    pub(crate) folders: String,
    pub(crate) emptied: String,
}

/// Carries moves out and keeps the record, if one is to be kept. One round trip. A moved file keeps its `updated`, a
/// moved folder gets a new one (sheet r7/files 4). What moves is new to nobody any more; whom it is news to in its new place
/// is told afterwards.
pub(crate) async fn transfer(
    conn: &mut SqliteConnection,
    moves: &Moves,
    by: Uuid,
    now: Timestamp,
    record: Option<&Record>,
) -> Result<(), sqlx::Error> {
    let query = sqlx::query(
        "UPDATE r7_file SET folder_id = j.folder FROM (SELECT value ->> 0 AS id, value ->> 1 AS folder FROM json_each($1)) j
            WHERE r7_file.id = j.id;
         UPDATE r7_folder SET parent_id = j.folder, updated = $2, updated_by = $3
            FROM (SELECT value ->> 0 AS id, value ->> 1 AS folder FROM json_each($4)) j WHERE r7_folder.id = j.id;
         DELETE FROM r7_mark WHERE kind = 0 AND is_file = 1 AND entry_id IN (SELECT value ->> 0 FROM json_each($1));
         DELETE FROM r7_mark WHERE kind = 0 AND $4 <> '[]'
            AND CASE WHEN is_file THEN (SELECT folder_id FROM r7_file WHERE id = entry_id) ELSE entry_id END
                IN (SELECT t.folder_id FROM json_each($4) j CROSS JOIN r7_folder_tree t ON t.ancestor_id = j.value ->> 0);
         DELETE FROM r7_folder WHERE id IN (SELECT value FROM json_each($5));
         INSERT INTO r7_operation (id, owner_id, kind, hold, finished, error, processed, files, folders)
            SELECT $8, $9, $10, 1, $11, $12, $13, $14, $15 WHERE $8 IS NOT NULL",
    )
    .bind(&moves.files)
    .bind(now)
    .bind(by.to_string())
    .bind(&moves.folders)
    .bind(&moves.emptied)
    // The record's numbers are the same in both statements.
    .bind(None::<i64>)
    .bind(None::<i64>);
    super::operation::bind(query, record).execute(conn).await?;
    Ok(())
}

/// Puts a file's title and bytes over another, as its next version (sheet r7/files 4, overwrite).
pub(crate) async fn overwrite(
    conn: &mut SqliteConnection,
    target: FileId,
    source: FileId,
    comment: &str,
    by: Uuid,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE r7_folder SET updated = $1, updated_by = $2 WHERE id IN (SELECT t.ancestor_id FROM r7_file f
            JOIN r7_folder_tree t ON t.folder_id = f.folder_id WHERE f.id = $3);
         INSERT INTO r7_file_version (file_id, version, version_group, title, comment, hash, size, updated, updated_by)
            SELECT id, version, version_group, title, comment, hash, size, updated, updated_by FROM r7_file WHERE id = $3;
         UPDATE r7_file SET version = r7_file.version + 1, version_group = r7_file.version_group + 1, comment = $5,
            updated = $1, updated_by = $2, title = s.title, title_key = s.title_key, sort_key = s.sort_key,
            hash = s.hash, size = s.size
            FROM r7_file s WHERE r7_file.id = $3 AND s.id = $4",
    )
    .bind(now)
    .bind(by.to_string())
    .bind(target)
    .bind(source)
    .bind(comment)
    .execute(conn)
    .await?;
    Ok(())
}

/// Copies files; `pairs` is a JSON list of `[file, folder]`. Gives the ids of the copies, in the order of the pairs.
pub(crate) async fn copy_files(
    conn: &mut SqliteConnection,
    pairs: &str,
    comment: &str,
    by: Uuid,
    now: Timestamp,
) -> Result<Vec<FileId>, sqlx::Error> {
    sqlx::query_scalar(
        "UPDATE r7_folder SET updated = $1, updated_by = $2 WHERE id IN (SELECT t.ancestor_id FROM json_each($3) j
            CROSS JOIN r7_folder_tree t ON t.folder_id = j.value ->> 1);
         INSERT INTO r7_file (folder_id, title, title_key, sort_key, comment, hash, size, created, created_by, updated, updated_by)
            SELECT j.value ->> 1, s.title, s.title_key, s.sort_key, $4, s.hash, s.size, $1, $2, $1, $2
            FROM json_each($3) j CROSS JOIN r7_file s ON s.id = j.value ->> 0 ORDER BY j.key RETURNING id",
    )
    .bind(now)
    .bind(by.to_string())
    .bind(pairs)
    .bind(comment)
    .fetch_all(conn)
    .await
}

/// Makes a folder titled like another.
pub(crate) async fn copy_folder(
    conn: &mut SqliteConnection,
    source: FolderId,
    parent: FolderId,
    by: Uuid,
    now: Timestamp,
) -> Result<FolderId, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO r7_folder (parent_id, title, title_key, sort_key, created, created_by, updated, updated_by)
         SELECT ?1, title, title_key, sort_key, ?2, ?3, ?2, ?3 FROM r7_folder WHERE id = ?4 RETURNING id",
    )
    .bind(parent)
    .bind(now)
    .bind(by.to_string())
    .bind(source)
    .fetch_one(conn)
    .await
}

/// Cards of files and of folders (JSON lists of ids), each kind by ascending id.
pub(crate) async fn cards(
    conn: &mut SqliteConnection,
    files: &str,
    folders: &str,
) -> Result<(Vec<FileRow>, Vec<FolderRow>), sqlx::Error> {
    let rows: Vec<CardRow> = sqlx::query_as(
        "SELECT c.* FROM (SELECT DISTINCT value FROM json_each(?1)) j CROSS JOIN r7_file_card c ON c.id = j.value
         UNION ALL
         SELECT c.* FROM (SELECT DISTINCT value FROM json_each(?2)) j CROSS JOIN r7_folder_card c ON c.id = j.value
         ORDER BY 2",
    )
    .bind(files)
    .bind(folders)
    .fetch_all(conn)
    .await?;
    let (files, folders): (Vec<CardRow>, Vec<CardRow>) = rows.into_iter().partition(|row| row.is_file);
    Ok((files.into_iter().map(Into::into).collect(), folders.into_iter().map(Into::into).collect()))
}
