//! Dashboards in state documents.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sqlx::SqliteConnection;

use super::charts::{self, Chart};
use super::place::{
    Ground, Marks, Placed, Share, active, carried, carrying, is_active, is_no_description, is_root,
    no_description, status_word,
};
use crate::corezoid::ids::{FolderId, Kind};
use crate::corezoid::model::node::Object;
use crate::corezoid::store::bulk::{self, DashboardRow};
use crate::kernel::state::StateError;
use crate::kernel::time::Timestamp;

/// A dashboard.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Dashboard {
    pub(super) id: i64,
    /// The folder it lies in; absent: the root.
    #[serde(default, skip_serializing_if = "is_root")]
    folder: FolderId,
    /// Of a dashboard in the root; below, it is that of the folder around. Absent: the personal space.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    company: Option<String>,
    title: String,
    /// Null is kept apart from the empty text.
    #[serde(default = "no_description", skip_serializing_if = "is_no_description")]
    description: Option<String>,
    /// `active`, `paused` (restored), `deleted` (in the trash).
    #[serde(default = "active", skip_serializing_if = "is_active")]
    status: String,
    /// `{"timezone_offset":-180,"select":"online"}`, as the API carries it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    time_range: Option<Map<String, Value>>,
    /// `[{"obj_id":"…","x":0,"y":0,"width":4,"height":4}]`, as the API carries it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    grid: Vec<Value>,
    /// A user; absent: the first.
    #[serde(default)]
    owner: Option<i64>,
    /// Absent: the moment of the import.
    #[serde(default)]
    create_time: Option<Timestamp>,
    /// Absent: when it was made.
    #[serde(default)]
    change_time: Option<Timestamp>,
    /// Absent: made from kind and id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    uuid: Option<String>,
    /// Keys of an uploaded file that nobody knows; exports give them back.
    #[serde(default, skip_serializing_if = "Object::is_empty")]
    more: Object,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    shares: Vec<Share>,
    /// Users who starred it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    favorite_of: Vec<i64>,
    /// In the order they were made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) charts: Vec<Chart>,
}

/// Adds dashboards.
pub(super) async fn import(
    conn: &mut SqliteConnection,
    dashboards: &[Dashboard],
    ground: &Ground,
) -> Result<(), StateError> {
    if dashboards.is_empty() {
        return Ok(());
    }
    let mut ids: BTreeSet<i64> = bulk::dashboards(conn).await?.iter().map(|row| row.id).collect();
    let (mut rows, mut favorites, mut shares) =
        (Vec::with_capacity(dashboards.len()), Vec::new(), Vec::new());
    for (index, dashboard) in dashboards.iter().enumerate() {
        let path = format!("dashboards[{index}]");
        let placed = Placed {
            id: dashboard.id,
            folder: dashboard.folder,
            company: dashboard.company.as_deref(),
            owner: dashboard.owner,
            status: &dashboard.status,
            create_time: dashboard.create_time,
            change_time: dashboard.change_time,
        };
        let settled = ground.settle(&placed, &mut ids, &path)?;
        let own = (Kind::Dashboard, dashboard.id);
        favorites.extend(ground.favorites(own, &dashboard.favorite_of, &path)?);
        shares.extend(ground.shares(own, &dashboard.shares, &path)?);
        rows.push(DashboardRow {
            id: dashboard.id,
            folder_id: dashboard.folder,
            company_id: settled.company,
            title: dashboard.title.clone(),
            description: dashboard.description.clone(),
            status: settled.status,
            owner_id: settled.owner,
            create_time: settled.create_time,
            change_time: settled.change_time,
            time_range: Value::from(dashboard.time_range.clone()).to_string(),
            grid: Value::from(dashboard.grid.clone()).to_string(),
            uuid: dashboard.uuid.clone(),
            more: carried(&dashboard.more),
        });
    }
    bulk::insert_dashboards(conn, &rows).await?;
    bulk::insert_favorites(conn, &favorites).await?;
    bulk::insert_shares(conn, &shares).await?;
    Ok(())
}

/// Every dashboard.
pub(super) async fn export(
    conn: &mut SqliteConnection,
    marks: &Marks,
) -> Result<Vec<Dashboard>, sqlx::Error> {
    let rows = bulk::dashboards(conn).await?;
    let mut charts = charts::export(conn).await?;
    let dashboard = |row: DashboardRow| Dashboard {
        id: row.id,
        folder: row.folder_id,
        company: row.company_id.filter(|_| is_root(&row.folder_id)),
        title: row.title,
        description: row.description,
        status: status_word(row.status),
        time_range: serde_json::from_str(&row.time_range).unwrap_or_default(),
        grid: serde_json::from_str(&row.grid).unwrap_or_default(),
        owner: Some(row.owner_id),
        create_time: Some(Timestamp::from_seconds(row.create_time)),
        change_time: Some(Timestamp::from_seconds(row.change_time)),
        uuid: row.uuid,
        more: carrying(row.more.as_deref()),
        shares: marks.shares_of(Kind::Dashboard, row.id),
        favorite_of: marks.favorite_of(Kind::Dashboard, row.id),
        charts: charts.remove(&row.id).unwrap_or_default(),
    };
    Ok(rows.into_iter().map(dashboard).collect())
}
