//! Database connections. How a database is reached is a JSON text, carried as given.

use serde_json::Value;
use sqlx::{FromRow, SqliteConnection};

use super::folder::NewFolder;
use super::item::Item;
use crate::corezoid::ids::InstanceId;
use crate::corezoid::rules::change::Nullable;
use crate::kernel::column::Json;

/// An instance to be made.
#[derive(Debug)]
pub(crate) struct NewInstance<'a> {
    pub(crate) place: NewFolder<'a>,
    pub(crate) instance_type: &'a str,
    /// JSON.
    pub(crate) data: &'a str,
}

/// Stores an instance; `None`: its folder is not present.
pub(crate) async fn insert(
    conn: &mut SqliteConnection,
    instance: &NewInstance<'_>,
) -> Result<Option<InstanceId>, sqlx::Error> {
    let place = &instance.place;
    sqlx::query_scalar(
        "INSERT INTO cz_instance (folder_id, company_id, title, description, owner_id, create_time, change_time,
                instance_type, data)
         SELECT ?1, CASE WHEN ?1 = 0 THEN ?2 ELSE (SELECT p.company_id FROM cz_folder p WHERE p.id = ?1) END, ?3, ?4, ?5, ?6, ?6,
                ?7, ?8
         WHERE ?1 = 0 OR EXISTS (SELECT 1 FROM cz_folder p WHERE p.id = ?1 AND p.live)
         RETURNING id",
    )
    .bind(place.folder)
    .bind(place.company)
    .bind(place.title)
    .bind(place.description)
    .bind(place.owner)
    .bind(place.now)
    .bind(instance.instance_type)
    .bind(instance.data)
    .fetch_optional(conn)
    .await
}

/// What a change of an instance sets.
#[derive(Debug)]
pub(crate) struct Change {
    /// `None` leaves as is.
    pub(crate) title: Option<String>,
    pub(crate) description: Nullable,
    pub(crate) instance_type: String,
    /// JSON.
    pub(crate) data: String,
}

/// Applies a change; false if the instance is not present.
pub(crate) async fn update(
    conn: &mut SqliteConnection,
    id: InstanceId,
    change: &Change,
    now: i64,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE cz_instance SET title = coalesce(?2, title), description = CASE WHEN ?3 THEN ?4 ELSE description END,
                instance_type = ?5, data = ?6, change_time = ?7
         WHERE id = ?1
           AND EXISTS (SELECT 1 FROM cz_reachable_instance r WHERE r.id = ?1)",
    )
    .bind(id)
    .bind(&change.title)
    .bind(change.description.is_sent())
    .bind(change.description.text())
    .bind(&change.instance_type)
    .bind(&change.data)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// What an instance shows.
#[derive(Debug, FromRow)]
pub(crate) struct Card {
    #[sqlx(flatten)]
    pub(crate) item: Item,
    pub(crate) data: Json<Value>,
}

/// A present instance.
pub(crate) async fn card(
    conn: &mut SqliteConnection,
    id: InstanceId,
    user: i64,
) -> Result<Option<Card>, sqlx::Error> {
    sqlx::query_as(
        "SELECT i.*, EXISTS (SELECT 1 FROM cz_share s WHERE s.obj = i.obj AND s.obj_id = i.id) AS is_shared,
                EXISTS (SELECT 1 FROM cz_favorite v WHERE v.obj = i.obj AND v.obj_id = i.id AND v.user_id = ?2) AS favorite,
                e.data
         FROM cz_instance e JOIN cz_item i ON i.id = e.id WHERE e.id = ?1 AND i.id = ?1 AND i.obj = 'instance' AND i.present",
    )
    .bind(id)
    .bind(user)
    .fetch_optional(conn)
    .await
}
