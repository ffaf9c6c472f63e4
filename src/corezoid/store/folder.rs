//! Folders.

use sqlx::{FromRow, SqliteConnection};

use crate::corezoid::ids::FolderId;
use crate::corezoid::rules::change::Nullable;

/// A folder or dashboard to be made. In a folder the company is that folder's, whatever is asked for.
#[derive(Debug)]
pub(crate) struct NewFolder<'a> {
    pub(crate) folder: FolderId,
    pub(crate) company: Option<&'a str>,
    pub(crate) title: &'a str,
    pub(crate) description: Option<&'a str>,
    pub(crate) owner: i64,
    /// Unix seconds.
    pub(crate) now: i64,
}

/// Stores a folder; `None`: its parent is not present.
pub(crate) async fn insert(
    conn: &mut SqliteConnection,
    folder: &NewFolder<'_>,
) -> Result<Option<FolderId>, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO cz_folder (folder_id, company_id, title, description, owner_id, create_time, change_time)
         SELECT ?1, CASE WHEN ?1 = 0 THEN ?2 ELSE (SELECT p.company_id FROM cz_folder p WHERE p.id = ?1) END, ?3, ?4, ?5, ?6, ?6
         WHERE ?1 = 0 OR EXISTS (SELECT 1 FROM cz_folder p WHERE p.id = ?1 AND p.live)
         RETURNING id",
    )
    .bind(folder.folder)
    .bind(folder.company)
    .bind(folder.title)
    .bind(folder.description)
    .bind(folder.owner)
    .bind(folder.now)
    .fetch_optional(conn)
    .await
}

/// Changes title and description where given; false if the folder is not present.
pub(crate) async fn update(
    conn: &mut SqliteConnection,
    id: FolderId,
    title: Option<&str>,
    description: &Nullable,
    now: i64,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE cz_folder SET title = coalesce(?2, title), description = CASE WHEN ?3 THEN ?4 ELSE description END,
                change_time = CASE WHEN ?2 IS NOT NULL OR ?3 THEN ?5 ELSE change_time END
         WHERE id = ?1 AND live",
    )
    .bind(id)
    .bind(title)
    .bind(description.is_sent())
    .bind(description.text())
    .bind(now)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// A folder as a place.
#[derive(Debug, FromRow)]
pub(crate) struct Place {
    pub(crate) title: String,
    /// `folder`, `project`, `stage`.
    pub(crate) kind: String,
    pub(crate) company_id: Option<String>,
    pub(crate) parent: FolderId,
    /// `Root folder` when that is 0.
    pub(crate) parent_title: String,
    pub(crate) parent_kind: String,
}

/// A present folder; the root is none.
pub(crate) async fn place(conn: &mut SqliteConnection, id: FolderId) -> Result<Option<Place>, sqlx::Error> {
    sqlx::query_as(
        "SELECT f.title, f.kind, f.company_id, f.folder_id AS parent, coalesce(p.title, 'Root folder') AS parent_title,
                coalesce(p.kind, 'folder') AS parent_kind
         FROM cz_folder f LEFT JOIN cz_folder p ON p.id = f.folder_id WHERE f.id = ? AND f.live",
    )
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// A folder on the way from the root to another.
#[derive(Debug, FromRow)]
pub(crate) struct Step {
    pub(crate) id: FolderId,
    /// `folder`, `project`, `stage`.
    pub(crate) kind: String,
    /// Projects and stages only.
    pub(crate) short_name: Option<String>,
    /// Of a stage.
    pub(crate) immutable: bool,
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) company_id: Option<String>,
    pub(crate) owner_id: i64,
    pub(crate) owner_name: String,
    /// First API login of the owner.
    pub(crate) owner_login: String,
    /// Starred by the user who asks.
    pub(crate) favorite: bool,
}

/// The folders from the topmost one down to a present folder; empty if there is none.
pub(crate) async fn path(
    conn: &mut SqliteConnection,
    id: FolderId,
    user: i64,
) -> Result<Vec<Step>, sqlx::Error> {
    sqlx::query_as(
        "WITH RECURSIVE up (id, parent, depth) AS (
             SELECT id, folder_id, 0 FROM cz_folder WHERE id = ?1 AND live
             UNION SELECT f.id, f.folder_id, up.depth + 1 FROM up JOIN cz_folder f ON f.id = up.parent)
         SELECT f.id, f.kind, f.short_name, f.immutable, f.title, f.description, f.company_id, f.owner_id, coalesce(u.title, '') AS owner_name,
                coalesce((SELECT min(k.login) FROM cz_key k WHERE k.user_id = f.owner_id), '') || '' AS owner_login,
                EXISTS (SELECT 1 FROM cz_favorite v WHERE v.obj = f.kind AND v.obj_id = f.id AND v.user_id = ?2) AS favorite
         FROM up JOIN cz_folder f ON f.id = up.id LEFT JOIN cz_user u ON u.id = f.owner_id ORDER BY up.depth DESC",
    )
    .bind(id)
    .bind(user)
    .fetch_all(conn)
    .await
}

/// What a company is called, if it is known.
pub(crate) async fn company_title(
    conn: &mut SqliteConnection,
    company: Option<&str>,
) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar("SELECT title FROM cz_company WHERE id = ?").bind(company).fetch_optional(conn).await
}
