//! The rows that an import writes: what is JSON in a column is its text. Times are unix seconds. Pure.

use serde::Serialize;
use serde_json::Value;

use super::node::Object;
use super::remap::Renamed;

/// A folder, project or stage.
#[derive(Debug, Serialize)]
pub(crate) struct FolderRow {
    pub(crate) id: i64,
    pub(crate) folder_id: i64,
    pub(crate) company_id: Option<String>,
    pub(crate) kind: &'static str,
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) short_name: Option<String>,
    pub(crate) immutable: bool,
    pub(crate) uuid: Option<String>,
    pub(crate) more: Option<String>,
    pub(crate) owner_id: i64,
    pub(crate) create_time: i64,
}

/// A process.
#[derive(Debug, Serialize)]
pub(crate) struct ConvRow {
    pub(crate) id: i64,
    pub(crate) folder_id: i64,
    pub(crate) company_id: Option<String>,
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) status: i64,
    pub(crate) conv_type: &'static str,
    pub(crate) params: String,
    pub(crate) ref_mask: bool,
    pub(crate) hash: String,
    pub(crate) uuid: Option<String>,
    pub(crate) more: Option<String>,
    pub(crate) owner_id: i64,
    pub(crate) create_time: i64,
    /// 0: its nodes wait as drafts.
    pub(crate) confirmed: i64,
}

/// A node: deployed, or a draft.
#[derive(Debug, Serialize)]
pub(crate) struct NodeRow {
    pub(crate) id: String,
    pub(crate) conv_id: i64,
    pub(crate) position: usize,
    pub(crate) live: Option<String>,
    pub(crate) draft: Option<String>,
    pub(crate) version: Option<i64>,
    pub(crate) user: Option<i64>,
}

/// A dashboard.
#[derive(Debug, Serialize)]
pub(crate) struct DashboardRow {
    pub(crate) id: i64,
    pub(crate) folder_id: i64,
    pub(crate) company_id: Option<String>,
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) time_range: String,
    pub(crate) grid: String,
    pub(crate) uuid: Option<String>,
    pub(crate) more: Option<String>,
    pub(crate) owner_id: i64,
    pub(crate) create_time: i64,
}

/// A chart of a dashboard.
#[derive(Debug, Serialize)]
pub(crate) struct ChartRow {
    pub(crate) id: String,
    pub(crate) dashboard_id: i64,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) obj_type: String,
    pub(crate) series: String,
    pub(crate) more: String,
}

/// What a chart may be (sheet corezoid/api 2.3).
pub(crate) const CHARTS: &[&str] = &["table", "funnel", "column", "pie"];

impl ChartRow {
    /// A chart of a file under its new id; its series follow the processes and nodes of the file.
    pub(crate) fn of(id: String, dashboard_id: i64, chart: &Object, renamed: &Renamed) -> Self {
        let mut chart = chart.clone();
        chart.shift_remove("chart_id");
        let mut text = |name: &str| match chart.shift_remove(name) {
            Some(Value::String(text)) => text,
            _ => String::new(),
        };
        let (name, description, obj_type) = (text("name"), text("description"), text("obj_type"));
        let mut series = chart.shift_remove("series").unwrap_or_else(|| Value::Array(Vec::new()));
        for one in series.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
            renamed.reference(one);
        }
        let more = Value::Object(chart).to_string();
        Self { id, dashboard_id, name, description, obj_type, series: series.to_string(), more }
    }
}
