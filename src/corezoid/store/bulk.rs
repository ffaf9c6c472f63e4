//! Whole tables, in and out: what state documents read and write. Lists go in as one JSON text, in one statement each.

use serde::Serialize;
use sqlx::{FromRow, SqliteConnection};

use crate::corezoid::ids::FolderId;

/// A folder.
#[derive(Debug, Serialize, FromRow)]
pub(crate) struct FolderRow {
    pub(crate) id: i64,
    pub(crate) folder_id: FolderId,
    pub(crate) company_id: Option<String>,
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) status: i64,
    pub(crate) owner_id: i64,
    /// Unix seconds.
    pub(crate) create_time: i64,
    pub(crate) change_time: i64,
    /// `folder`, `project`, `stage`.
    pub(crate) kind: String,
    pub(crate) short_name: Option<String>,
    pub(crate) immutable: bool,
    pub(crate) uuid: Option<String>,
    /// JSON object.
    pub(crate) more: Option<String>,
}

/// A process without its nodes.
#[derive(Debug, Serialize, FromRow)]
pub(crate) struct ConvRow {
    pub(crate) id: i64,
    pub(crate) folder_id: FolderId,
    pub(crate) company_id: Option<String>,
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) status: i64,
    pub(crate) owner_id: i64,
    pub(crate) create_time: i64,
    pub(crate) change_time: i64,
    pub(crate) conv_type: String,
    /// `None`: its direct URL is switched off.
    pub(crate) hash: Option<String>,
    pub(crate) auth_user: Option<String>,
    pub(crate) auth_pass: Option<String>,
    pub(crate) escalation_conv: Option<i64>,
    /// JSON.
    pub(crate) params: String,
    pub(crate) ref_mask: bool,
    pub(crate) last_confirmed_version: i64,
    pub(crate) uuid: Option<String>,
    /// JSON object.
    pub(crate) more: Option<String>,
}

/// A dashboard.
#[derive(Debug, Serialize, FromRow)]
pub(crate) struct DashboardRow {
    pub(crate) id: i64,
    pub(crate) folder_id: FolderId,
    pub(crate) company_id: Option<String>,
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) status: i64,
    pub(crate) owner_id: i64,
    pub(crate) create_time: i64,
    pub(crate) change_time: i64,
    /// JSON.
    pub(crate) time_range: String,
    /// JSON.
    pub(crate) grid: String,
    pub(crate) uuid: Option<String>,
    /// JSON object.
    pub(crate) more: Option<String>,
}

/// A database connection.
#[derive(Debug, Serialize, FromRow)]
pub(crate) struct InstanceRow {
    pub(crate) id: i64,
    pub(crate) folder_id: FolderId,
    pub(crate) company_id: Option<String>,
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) status: i64,
    pub(crate) owner_id: i64,
    pub(crate) create_time: i64,
    pub(crate) change_time: i64,
    pub(crate) instance_type: String,
    /// JSON.
    pub(crate) data: String,
}

/// A star: kind, id, user.
#[derive(Debug, Serialize, FromRow)]
pub(crate) struct FavoriteRow {
    pub(crate) obj: String,
    pub(crate) obj_id: i64,
    pub(crate) user_id: i64,
}

/// A share: kind, id, with whom, rights (JSON).
#[derive(Debug, Serialize, FromRow)]
pub(crate) struct ShareRow {
    pub(crate) obj: String,
    pub(crate) obj_id: i64,
    pub(crate) to_obj: String,
    pub(crate) to_id: i64,
    pub(crate) privs: String,
}

fn text<T: Serialize>(rows: &[T]) -> Result<String, sqlx::Error> {
    serde_json::to_string(rows).map_err(|error| sqlx::Error::Encode(Box::new(error)))
}

/// Every folder, by id.
pub(crate) async fn folders(conn: &mut SqliteConnection) -> Result<Vec<FolderRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT id, folder_id, company_id, title, description, status, owner_id, create_time, change_time, kind,
                short_name, immutable, uuid, more
         FROM cz_folder ORDER BY id",
    )
    .fetch_all(conn)
    .await
}

/// Every process, by id.
pub(crate) async fn convs(conn: &mut SqliteConnection) -> Result<Vec<ConvRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT id, folder_id, company_id, title, description, status, owner_id, create_time, change_time, conv_type, hash,
                auth_user, auth_pass, escalation_conv, params, ref_mask, last_confirmed_version, uuid, more
         FROM cz_conv ORDER BY id",
    )
    .fetch_all(conn)
    .await
}

/// The id of every process.
pub(crate) async fn conv_ids(conn: &mut SqliteConnection) -> Result<Vec<i64>, sqlx::Error> {
    sqlx::query_scalar("SELECT id FROM cz_conv").fetch_all(conn).await
}

/// Every dashboard, by id.
pub(crate) async fn dashboards(conn: &mut SqliteConnection) -> Result<Vec<DashboardRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT id, folder_id, company_id, title, description, status, owner_id, create_time, change_time, time_range, grid,
                uuid, more
         FROM cz_dashboard ORDER BY id",
    )
    .fetch_all(conn)
    .await
}

/// Every database connection, by id.
pub(crate) async fn instances(conn: &mut SqliteConnection) -> Result<Vec<InstanceRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT id, folder_id, company_id, title, description, status, owner_id, create_time, change_time, instance_type, data
         FROM cz_instance ORDER BY id",
    )
    .fetch_all(conn)
    .await
}

/// Every star.
pub(crate) async fn favorites(conn: &mut SqliteConnection) -> Result<Vec<FavoriteRow>, sqlx::Error> {
    sqlx::query_as("SELECT obj, obj_id, user_id FROM cz_favorite ORDER BY obj, obj_id, user_id")
        .fetch_all(conn)
        .await
}

/// Every share.
pub(crate) async fn shares(conn: &mut SqliteConnection) -> Result<Vec<ShareRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT obj, obj_id, to_obj, to_id, privs FROM cz_share ORDER BY obj, obj_id, to_obj, to_id",
    )
    .fetch_all(conn)
    .await
}

/// Adds folders, each after its parent; [`settle`] must follow.
pub(crate) async fn insert_folders(
    conn: &mut SqliteConnection,
    rows: &[FolderRow],
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO cz_folder (id, folder_id, company_id, title, description, status, owner_id, create_time, change_time,
                kind, short_name, immutable, uuid, more)
         SELECT value->>'id', value->>'folder_id', value->>'company_id', value->>'title', value->>'description',
                value->>'status', value->>'owner_id', value->>'create_time', value->>'change_time', value->>'kind',
                value->>'short_name', value->>'immutable', value->>'uuid', value->>'more'
         FROM json_each(?)",
    )
    .bind(text(rows)?)
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds processes; [`settle`] must follow.
pub(crate) async fn insert_convs(conn: &mut SqliteConnection, rows: &[ConvRow]) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO cz_conv (id, folder_id, company_id, title, description, status, owner_id, create_time, change_time,
                conv_type, hash, auth_user, auth_pass, escalation_conv, params, ref_mask, last_confirmed_version, uuid,
                more)
         SELECT value->>'id', value->>'folder_id', value->>'company_id', value->>'title', value->>'description',
                value->>'status', value->>'owner_id', value->>'create_time', value->>'change_time', value->>'conv_type',
                value->>'hash', value->>'auth_user', value->>'auth_pass', value->>'escalation_conv',
                value->>'params', value->>'ref_mask',
                value->>'last_confirmed_version', value->>'uuid', value->>'more'
         FROM json_each(?)",
    )
    .bind(text(rows)?)
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds dashboards; [`settle`] must follow.
pub(crate) async fn insert_dashboards(
    conn: &mut SqliteConnection,
    rows: &[DashboardRow],
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO cz_dashboard (id, folder_id, company_id, title, description, status, owner_id, create_time,
                change_time, time_range, grid, uuid, more)
         SELECT value->>'id', value->>'folder_id', value->>'company_id', value->>'title', value->>'description',
                value->>'status', value->>'owner_id', value->>'create_time', value->>'change_time', value->>'time_range',
                value->>'grid', value->>'uuid', value->>'more'
         FROM json_each(?)",
    )
    .bind(text(rows)?)
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds database connections; [`settle`] must follow.
pub(crate) async fn insert_instances(
    conn: &mut SqliteConnection,
    rows: &[InstanceRow],
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO cz_instance (id, folder_id, company_id, title, description, status, owner_id, create_time,
                change_time, instance_type, data)
         SELECT value->>'id', value->>'folder_id', value->>'company_id', value->>'title', value->>'description',
                value->>'status', value->>'owner_id', value->>'create_time', value->>'change_time',
                value->>'instance_type', value->>'data'
         FROM json_each(?)",
    )
    .bind(text(rows)?)
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds stars.
pub(crate) async fn insert_favorites(
    conn: &mut SqliteConnection,
    rows: &[FavoriteRow],
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT OR IGNORE INTO cz_favorite (obj, obj_id, user_id)
         SELECT value->>'obj', value->>'obj_id', value->>'user_id' FROM json_each(?)",
    )
    .bind(text(rows)?)
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds shares.
pub(crate) async fn insert_shares(conn: &mut SqliteConnection, rows: &[ShareRow]) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT OR REPLACE INTO cz_share (obj, obj_id, to_obj, to_id, privs)
         SELECT value->>'obj', value->>'obj_id', value->>'to_obj', value->>'to_id', value->>'privs' FROM json_each(?)",
    )
    .bind(text(rows)?)
    .execute(conn)
    .await?;
    Ok(())
}

/// Works out what folders say about their surroundings (`live`, the counters) after rows came in any order.
pub(crate) async fn settle(conn: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE cz_folder SET
             childs = (SELECT count(*) FROM cz_folder f WHERE f.folder_id = cz_folder.id AND f.status <> 3),
             size = (SELECT count(*) FROM cz_folder f WHERE f.folder_id = cz_folder.id AND f.status <> 3)
                  + (SELECT count(*) FROM cz_conv c WHERE c.folder_id = cz_folder.id AND c.status <> 3)
                  + (SELECT count(*) FROM cz_dashboard d WHERE d.folder_id = cz_folder.id AND d.status <> 3)
                  + (SELECT count(*) FROM cz_instance e WHERE e.folder_id = cz_folder.id AND e.status <> 3),
             undeployed = (SELECT count(*) FROM cz_conv c WHERE c.folder_id = cz_folder.id AND c.status <> 3
                           AND c.draft_version IS NOT NULL),
             live = id IN (WITH RECURSIVE up (id) AS (
                               SELECT f.id FROM cz_folder f WHERE f.folder_id = 0 AND f.status <> 3
                               UNION SELECT f.id FROM up JOIN cz_folder f ON f.folder_id = up.id AND f.status <> 3)
                           SELECT up.id FROM up)",
    )
    .execute(conn)
    .await?;
    Ok(())
}
