//! Charts of dashboards. Series and settings are JSON texts, carried as given.

use serde::Serialize;
use sqlx::{FromRow, SqliteConnection};

use crate::corezoid::ids::DashboardId;

/// A chart.
#[derive(Debug, Clone, Serialize, FromRow)]
pub(crate) struct ChartRow {
    pub(crate) id: String,
    pub(crate) dashboard_id: DashboardId,
    pub(crate) name: String,
    pub(crate) description: String,
    /// `table`, `funnel`, `column`, `pie`.
    pub(crate) obj_type: String,
    /// JSON array.
    pub(crate) series: String,
    /// JSON object: `sort`, `uuid`, `settings`, as far as they were given.
    pub(crate) more: String,
}

/// Stores a chart; false: its dashboard is not present. One statement.
pub(crate) async fn insert(conn: &mut SqliteConnection, chart: &ChartRow) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "INSERT INTO cz_chart (id, dashboard_id, name, description, obj_type, series, more)
         SELECT ?2, d.id, ?3, ?4, ?5, ?6, ?7 FROM cz_reachable_dashboard d
         WHERE d.id = ?1",
    )
    .bind(chart.dashboard_id)
    .bind(&chart.id)
    .bind(&chart.name)
    .bind(&chart.description)
    .bind(&chart.obj_type)
    .bind(&chart.series)
    .bind(&chart.more)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Replaces a chart of a present dashboard; false if there is none. One statement.
pub(crate) async fn update(conn: &mut SqliteConnection, chart: &ChartRow) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE cz_chart SET name = ?3, description = ?4, obj_type = ?5, series = ?6, more = ?7
         WHERE id = ?2 AND dashboard_id = ?1 AND EXISTS (
            SELECT 1 FROM cz_reachable_dashboard d WHERE d.id = ?1)",
    )
    .bind(chart.dashboard_id)
    .bind(&chart.id)
    .bind(&chart.name)
    .bind(&chart.description)
    .bind(&chart.obj_type)
    .bind(&chart.series)
    .bind(&chart.more)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Removes a chart of a present dashboard; false if there is none. One statement.
pub(crate) async fn delete(
    conn: &mut SqliteConnection,
    dashboard: DashboardId,
    id: &str,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "DELETE FROM cz_chart WHERE id = ?2 AND dashboard_id = ?1 AND EXISTS (
            SELECT 1 FROM cz_reachable_dashboard d WHERE d.id = ?1)",
    )
    .bind(dashboard)
    .bind(id)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Charts of a present dashboard and its company, in the order they were made; of one id if one is named. `None` without
/// the dashboard.
pub(crate) async fn of_dashboard(
    conn: &mut SqliteConnection,
    dashboard: DashboardId,
    id: Option<&str>,
) -> Result<Option<(Option<String>, Vec<ChartRow>)>, sqlx::Error> {
    #[derive(FromRow)]
    struct Row {
        company_id: Option<String>,
        id: Option<String>,
        name: Option<String>,
        description: Option<String>,
        obj_type: Option<String>,
        series: Option<String>,
        more: Option<String>,
    }
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT d.company_id, h.id, h.name, h.description, h.obj_type, h.series, h.more
         FROM cz_reachable_dashboard d LEFT JOIN cz_chart h ON h.dashboard_id = d.id AND (?2 IS NULL OR h.id = ?2)
         WHERE d.id = ?1
         ORDER BY h.seq",
    )
    .bind(dashboard)
    .bind(id)
    .fetch_all(conn)
    .await?;
    let Some(company) = rows.first().map(|row| row.company_id.clone()) else { return Ok(None) };
    let chart = |row: Row| {
        Some(ChartRow {
            id: row.id?,
            dashboard_id: dashboard,
            name: row.name?,
            description: row.description?,
            obj_type: row.obj_type?,
            series: row.series?,
            more: row.more?,
        })
    };
    Ok(Some((company, rows.into_iter().filter_map(chart).collect())))
}

/// Charts of several dashboards (a JSON array of ids), or of every one, dashboard by dashboard in the order they were
/// made.
pub(crate) async fn of_dashboards(
    conn: &mut SqliteConnection,
    dashboards: Option<&str>,
) -> Result<Vec<ChartRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT id, dashboard_id, name, description, obj_type, series, more FROM cz_chart
         WHERE ?1 IS NULL OR dashboard_id IN (SELECT value FROM json_each(?1)) ORDER BY dashboard_id, seq",
    )
    .bind(dashboards)
    .fetch_all(conn)
    .await
}

/// Ids of `wanted` (a JSON array of texts) that are taken.
pub(crate) async fn taken(conn: &mut SqliteConnection, wanted: &str) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar("SELECT id FROM cz_chart WHERE id IN (SELECT value FROM json_each(?))")
        .bind(wanted)
        .fetch_all(conn)
        .await
}

/// Stores charts, of a document or an uploaded file.
pub(crate) async fn insert_all(conn: &mut SqliteConnection, charts: &[ChartRow]) -> Result<(), sqlx::Error> {
    let text = serde_json::to_string(charts).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
    sqlx::query(
        "INSERT INTO cz_chart (id, dashboard_id, name, description, obj_type, series, more)
         SELECT value->>'id', value->>'dashboard_id', value->>'name', value->>'description', value->>'obj_type',
                value->>'series', value->>'more'
         FROM json_each(?)",
    )
    .bind(text)
    .execute(conn)
    .await?;
    Ok(())
}
