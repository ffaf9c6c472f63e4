//! The rows that an import writes: what is JSON in a column is its text. Times are unix seconds. Pure.

use serde::Serialize;
use serde_json::{Value, json};

use super::incoming::key;
use super::node::Object;
use super::remap::Renamed;
use super::site::{Makers, Manner};

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

/// A database connection.
#[derive(Debug, Serialize)]
pub(crate) struct InstanceRow {
    pub(crate) id: i64,
    pub(crate) folder_id: i64,
    pub(crate) company_id: Option<String>,
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) instance_type: String,
    /// JSON object.
    pub(crate) data: String,
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
    /// JSON array.
    pub(crate) series: String,
    /// JSON object.
    pub(crate) more: String,
}

/// An alias. One whose id is taken is written over.
#[derive(Debug, Serialize)]
pub(crate) struct AliasRow {
    pub(crate) id: i64,
    pub(crate) company_id: Option<String>,
    pub(crate) project_id: i64,
    pub(crate) stage_id: i64,
    pub(crate) title: String,
    pub(crate) short_name: String,
    pub(crate) description: Option<String>,
    pub(crate) obj_to_id: Option<i64>,
    pub(crate) uuid: String,
    pub(crate) owner_id: i64,
    pub(crate) create_time: i64,
}

/// A variable of a stage.
#[derive(Debug, Serialize)]
pub(crate) struct EnvVarRow {
    pub(crate) id: i64,
    pub(crate) company_id: Option<String>,
    pub(crate) project_id: i64,
    pub(crate) stage_id: i64,
    pub(crate) env_var_type: &'static str,
    pub(crate) data_type: &'static str,
    pub(crate) title: String,
    pub(crate) short_name: String,
    pub(crate) description: Option<String>,
    pub(crate) value: String,
    pub(crate) scopes: String,
    pub(crate) uuid: String,
    pub(crate) owner_id: i64,
    pub(crate) create_time: i64,
}

impl ChartRow {
    /// A chart of a file, under its new id and with series that name what came along. What is no known key is carried.
    pub(super) fn of(
        chart: &Object,
        dashboard: i64,
        manner: &Manner,
        makers: &Makers<'_>,
        renamed: &Renamed,
    ) -> Self {
        let mut more = chart.clone();
        let id = more.shift_remove("chart_id").as_ref().and_then(key);
        let mut text = |name: &str| match more.shift_remove(name) {
            Some(Value::String(text)) => text,
            _ => String::new(),
        };
        let (name, description, obj_type) = (text("name"), text("description"), text("obj_type"));
        let mut series = more.shift_remove("series").filter(Value::is_array).unwrap_or_else(|| json!([]));
        for entry in series.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
            renamed.reference(entry);
        }
        if manner.own_uuids {
            more.shift_remove("uuid");
        }
        Self {
            id: id.and_then(|old| renamed.charts.get(&old).cloned()).unwrap_or_else(|| (makers.node)()),
            dashboard_id: dashboard,
            name,
            description,
            // An unknown type has been refused before (`incoming`); a file may name none.
            obj_type: if obj_type.is_empty() { "table".to_owned() } else { obj_type },
            series: series.to_string(),
            more: Value::Object(more).to_string(),
        }
    }
}
