//! Folders, processes, dashboards and instances in one form: what listings, searches and cards read (view `cz_item`).

use serde::{Deserialize, Deserializer};
use sqlx::{FromRow, SqliteConnection};

use crate::corezoid::ids::{FolderId, Thing};

/// An object as one user sees it. [`in_folder`] lists the fields in this order.
#[derive(Debug, FromRow, Deserialize)]
pub(crate) struct Item {
    /// `folder`, `conv`, `dashboard`, `instance`, `project`, `stage`.
    pub(crate) obj: String,
    pub(crate) id: i64,
    pub(crate) folder_id: FolderId,
    /// `Root folder` when that is 0.
    pub(crate) folder_name: String,
    /// `folder`, `project` or `stage`.
    pub(crate) folder_kind: String,
    pub(crate) company_id: Option<String>,
    /// 0: in none.
    pub(crate) project_id: i64,
    pub(crate) stage_id: i64,
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    /// Projects and stages only.
    pub(crate) short_name: Option<String>,
    /// Whether it is, or lies in, a stage that takes no edits.
    #[serde(deserialize_with = "flag")]
    pub(crate) immutable: bool,
    pub(crate) status: i64,
    /// Processes only.
    pub(crate) conv_type: Option<String>,
    /// Instances only.
    pub(crate) instance_type: Option<String>,
    /// Version of the waiting draft.
    pub(crate) version: Option<i64>,
    /// Waiting drafts: of a process 0 or 1, of a folder those directly in it.
    pub(crate) undeployed: i64,
    /// Folders directly in it.
    pub(crate) childs: i64,
    /// Objects directly in it; of a process, its deployed nodes.
    pub(crate) size: i64,
    /// Unix seconds.
    pub(crate) create_time: i64,
    pub(crate) change_time: i64,
    pub(crate) owner_id: i64,
    pub(crate) owner_name: String,
    /// First API login of the owner.
    pub(crate) owner_login: String,
    #[serde(deserialize_with = "flag")]
    pub(crate) is_shared: bool,
    /// Starred by the user who asks.
    #[serde(deserialize_with = "flag")]
    pub(crate) favorite: bool,
}

/// SQLite's 0 and 1.
fn flag<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    i64::deserialize(from).map(|flag| flag != 0)
}

/// One object that is present: neither it nor a folder above it is in the trash.
pub(crate) async fn find(
    conn: &mut SqliteConnection,
    thing: Thing,
    user: i64,
) -> Result<Option<Item>, sqlx::Error> {
    sqlx::query_as(
        "SELECT i.*, EXISTS (SELECT 1 FROM cz_share s WHERE s.obj = i.obj AND s.obj_id = i.id) AS is_shared,
                EXISTS (SELECT 1 FROM cz_favorite v WHERE v.obj = i.obj AND v.obj_id = i.id AND v.user_id = ?3) AS favorite
         FROM cz_item i WHERE i.obj = +?1 AND i.id = ?2 AND i.present",
    )
    .bind(thing.kind.word())
    .bind(thing.id)
    .bind(user)
    .fetch_optional(conn)
    .await
}

/// What lies directly in a folder and is not deleted: folders (or stages), processes, dashboards, instances, each in the
/// order they were made. `company` is the folder's own, for the root the one asked for. Projects have a list of their own.
///
/// The list comes as one JSON text: a row of so many columns costs as many allocations on one thread that are freed on
/// another, and a hundred rows of them more than the query itself.
pub(crate) async fn in_folder(
    conn: &mut SqliteConnection,
    folder: FolderId,
    company: Option<&str>,
    user: i64,
) -> Result<Vec<Item>, sqlx::Error> {
    let list: String = sqlx::query_scalar(
        "SELECT json_group_array(json_array(i.obj, i.id, i.folder_id, i.folder_name, i.folder_kind, i.company_id,
                i.project_id, i.stage_id, i.title, i.description, i.short_name, i.immutable, i.status, i.conv_type,
                i.instance_type, i.version, i.undeployed, i.childs, i.size, i.create_time, i.change_time, i.owner_id,
                i.owner_name, i.owner_login,
                EXISTS (SELECT 1 FROM cz_share s WHERE s.obj = i.obj AND s.obj_id = i.id),
                EXISTS (SELECT 1 FROM cz_favorite v WHERE v.obj = i.obj AND v.obj_id = i.id AND v.user_id = ?3)))
         FROM cz_item i WHERE i.folder_id = ?1 AND i.company_id IS ?2 AND i.status <> 3 AND i.obj <> 'project'",
    )
    .bind(folder)
    .bind(company)
    .bind(user)
    .fetch_one(conn)
    .await?;
    serde_json::from_str(&list).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

/// The trash of a company: what was deleted itself, not what lies in a deleted folder.
pub(crate) async fn in_trash(
    conn: &mut SqliteConnection,
    company: Option<&str>,
    user: i64,
) -> Result<Vec<Item>, sqlx::Error> {
    sqlx::query_as(
        "SELECT i.*, EXISTS (SELECT 1 FROM cz_share s WHERE s.obj = i.obj AND s.obj_id = i.id) AS is_shared,
                EXISTS (SELECT 1 FROM cz_favorite v WHERE v.obj = i.obj AND v.obj_id = i.id AND v.user_id = ?2) AS favorite
         FROM cz_item i WHERE i.company_id IS ?1 AND i.status = 3",
    )
    .bind(company)
    .bind(user)
    .fetch_all(conn)
    .await
}

/// Everything of a company that is present, wherever it lies.
pub(crate) async fn in_company(
    conn: &mut SqliteConnection,
    company: Option<&str>,
    user: i64,
) -> Result<Vec<Item>, sqlx::Error> {
    sqlx::query_as(
        "SELECT i.*, EXISTS (SELECT 1 FROM cz_share s WHERE s.obj = i.obj AND s.obj_id = i.id) AS is_shared,
                EXISTS (SELECT 1 FROM cz_favorite v WHERE v.obj = i.obj AND v.obj_id = i.id AND v.user_id = ?2) AS favorite
         FROM cz_item i WHERE i.company_id IS ?1 AND i.present",
    )
    .bind(company)
    .bind(user)
    .fetch_all(conn)
    .await
}
