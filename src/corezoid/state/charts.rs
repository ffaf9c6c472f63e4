//! Charts in state documents, each in its dashboard.

use std::collections::{BTreeSet, HashMap};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sqlx::SqliteConnection;

use super::dashboards::Dashboard;
use crate::corezoid::ids::DashboardId;
use crate::corezoid::store::chart::{self, ChartRow};
use crate::kernel::state::StateError;

/// A chart of a dashboard, in the order the charts were made.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Chart {
    /// 24 hex digits, or any other text that no other chart has.
    id: String,
    name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    description: String,
    #[serde(default)]
    obj_type: ChartType,
    /// `[{"conv_id":1,"node_id":"…","title":"…","type":"node"}]`, as the API carries it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    series: Vec<Value>,
    /// `sort`, `uuid`, `settings`, as the API carries them.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    more: Map<String, Value>,
}

/// How a chart looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ChartType {
    #[default]
    Table,
    Funnel,
    Column,
    Pie,
}

const TYPES: [(ChartType, &str); 4] = [
    (ChartType::Table, "table"),
    (ChartType::Funnel, "funnel"),
    (ChartType::Column, "column"),
    (ChartType::Pie, "pie"),
];

/// Adds the charts of dashboards that are stored already.
pub(super) async fn import(conn: &mut SqliteConnection, dashboards: &[Dashboard]) -> Result<(), StateError> {
    let (mut rows, mut known, mut places) = (Vec::new(), BTreeSet::new(), HashMap::new());
    for (index, dashboard) in dashboards.iter().enumerate() {
        for (position, chart) in dashboard.charts.iter().enumerate() {
            let path = format!("dashboards[{index}].charts[{position}].id");
            if chart.id.is_empty() || !known.insert(chart.id.as_str()) {
                return Err(StateError::at(path, format!("id {:?} is taken or empty", chart.id)));
            }
            places.insert(chart.id.clone(), path);
            rows.push(ChartRow {
                id: chart.id.clone(),
                dashboard_id: DashboardId(dashboard.id),
                name: chart.name.clone(),
                description: chart.description.clone(),
                obj_type: TYPES
                    .iter()
                    .find(|row| row.0 == chart.obj_type)
                    .map_or("table", |row| row.1)
                    .to_owned(),
                series: Value::Array(chart.series.clone()).to_string(),
                more: Value::Object(chart.more.clone()).to_string(),
            });
        }
    }
    if rows.is_empty() {
        return Ok(());
    }
    let ids = Value::from(known.into_iter().collect::<Vec<_>>()).to_string();
    if let Some(id) = chart::taken(conn, &ids).await?.first() {
        let path = places.remove(id).unwrap_or_default();
        return Err(StateError::at(path, format!("id {id:?} is taken")));
    }
    chart::insert_all(conn, &rows).await?;
    Ok(())
}

/// The charts of every dashboard, by its id.
pub(super) async fn export(conn: &mut SqliteConnection) -> Result<HashMap<i64, Vec<Chart>>, sqlx::Error> {
    let mut charts: HashMap<i64, Vec<Chart>> = HashMap::new();
    for row in chart::of_dashboards(conn, None).await? {
        charts.entry(row.dashboard_id.0).or_default().push(Chart {
            obj_type: TYPES
                .iter()
                .find(|known| known.1 == row.obj_type)
                .map_or(ChartType::Table, |known| known.0),
            series: serde_json::from_str(&row.series).unwrap_or_default(),
            more: serde_json::from_str(&row.more).unwrap_or_default(),
            id: row.id,
            name: row.name,
            description: row.description,
        });
    }
    Ok(charts)
}
