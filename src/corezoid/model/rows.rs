//! The rows that an import writes: what is JSON in a column is its text. Times are unix seconds. Pure.

use serde::Serialize;

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
