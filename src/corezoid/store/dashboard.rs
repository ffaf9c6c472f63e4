//! Dashboards. Time range and grid are JSON texts, carried as given.

use sqlx::{FromRow, SqliteConnection};

use super::folder::NewFolder;
use super::item::Item;
use crate::corezoid::ids::DashboardId;
use crate::corezoid::rules::change::Nullable;

/// Stores a dashboard; `None`: its folder is not present.
pub(crate) async fn insert(
    conn: &mut SqliteConnection,
    dashboard: &NewFolder<'_>,
    time_range: &str,
    grid: &str,
) -> Result<Option<DashboardId>, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO cz_dashboard (folder_id, company_id, title, description, owner_id, create_time, change_time, time_range, grid)
         SELECT ?1, CASE WHEN ?1 = 0 THEN ?2 ELSE (SELECT p.company_id FROM cz_folder p WHERE p.id = ?1) END, ?3, ?4, ?5, ?6, ?6, ?7, ?8
         WHERE ?1 = 0 OR EXISTS (SELECT 1 FROM cz_folder p WHERE p.id = ?1 AND p.live)
         RETURNING id",
    )
    .bind(dashboard.folder)
    .bind(dashboard.company)
    .bind(dashboard.title)
    .bind(dashboard.description)
    .bind(dashboard.owner)
    .bind(dashboard.now)
    .bind(time_range)
    .bind(grid)
    .fetch_optional(conn)
    .await
}

/// What a change of a dashboard sets; `None` leaves as is.
#[derive(Debug)]
pub(crate) struct DashboardChange {
    pub(crate) title: Option<String>,
    pub(crate) description: Nullable,
    pub(crate) time_range: Option<String>,
    pub(crate) grid: Option<String>,
}

/// Applies a change; false if the dashboard is not present.
pub(crate) async fn update(
    conn: &mut SqliteConnection,
    id: DashboardId,
    change: &DashboardChange,
    now: i64,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE cz_dashboard SET title = coalesce(?2, title), description = CASE WHEN ?3 THEN ?4 ELSE description END,
                time_range = coalesce(?5, time_range), grid = coalesce(?6, grid),
                change_time = CASE WHEN ?2 IS NOT NULL OR ?3 OR ?5 IS NOT NULL OR ?6 IS NOT NULL THEN ?7 ELSE change_time END
         WHERE id = ?1
           AND EXISTS (SELECT 1 FROM cz_reachable_dashboard r WHERE r.id = ?1)",
    )
    .bind(id)
    .bind(&change.title)
    .bind(change.description.is_sent())
    .bind(change.description.text())
    .bind(&change.time_range)
    .bind(&change.grid)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// What a dashboard shows.
#[derive(Debug, FromRow)]
pub(crate) struct Card {
    #[sqlx(flatten)]
    pub(crate) item: Item,
    pub(crate) time_range: String,
    pub(crate) grid: String,
    /// JSON `[{name, obj_id, type}]`, in the order they were made.
    pub(crate) charts: String,
}

/// A present dashboard.
pub(crate) async fn card(
    conn: &mut SqliteConnection,
    id: DashboardId,
    user: i64,
) -> Result<Option<Card>, sqlx::Error> {
    sqlx::query_as(
        "SELECT i.*, EXISTS (SELECT 1 FROM cz_share s WHERE s.obj = i.obj AND s.obj_id = i.id) AS is_shared,
                EXISTS (SELECT 1 FROM cz_favorite v WHERE v.obj = i.obj AND v.obj_id = i.id AND v.user_id = ?2) AS favorite,
                d.time_range, d.grid,
                (SELECT json_group_array(json_object('name', h.name, 'obj_id', h.id, 'type', h.obj_type))
                 FROM (SELECT name, id, obj_type FROM cz_chart WHERE dashboard_id = ?1 ORDER BY seq) h) AS charts
         FROM cz_dashboard d JOIN cz_item i ON i.id = d.id WHERE d.id = ?1 AND i.id = ?1 AND i.obj = 'dashboard' AND i.present",
    )
    .bind(id)
    .bind(user)
    .fetch_optional(conn)
    .await
}
