//! The tasks of a node as a file (sheet corezoid/api 2.4): `download node` of the download URL.

use serde_json::{Map, Value, json};

use super::fields::missing;
use super::params;
use crate::corezoid::args::Args;
use crate::corezoid::error::OpError;
use crate::corezoid::ids::{ConvId, Kind};
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::rules::csv;
use crate::corezoid::spec::{Field, INT, Shape, TEXT, may, need};
use crate::corezoid::store::node;
use crate::corezoid::store::scheme::{self, FileRow};
use crate::corezoid::store::task::{self, TaskRow};
use crate::kernel::db::Access;

/// System columns that may stand before those of the data.
const COLUMNS: &[&str] =
    &["ref", "task_id", "status", "user_id", "create_time", "change_time", "node_prev_id"];

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Periods that end now, in seconds.
const LAST: [(&str, i64); 7] = [
    ("last10minute", 10 * MINUTE),
    ("lastHour", HOUR),
    ("last6hour", 6 * HOUR),
    ("last12hour", 12 * HOUR),
    ("last24hour", DAY),
    ("lastWeek", 7 * DAY),
    ("lastMonth", 30 * DAY),
];

/// Whole periods before the one that is under way.
const PREVIOUS: [(&str, i64); 4] = [
    ("previous_hour", HOUR),
    ("previous_day", DAY),
    ("previous_week", 7 * DAY),
    ("previous_month", 30 * DAY),
];

const SELECTS: &[&str] = &[
    "last10minute",
    "lastHour",
    "last6hour",
    "last12hour",
    "last24hour",
    "lastWeek",
    "lastMonth",
    "previous_hour",
    "previous_day",
    "previous_week",
    "previous_month",
    "custom",
    "fromTo",
];

/// Rows of a file of tasks (sheet corezoid/engine 8).
const MOST_ROWS: i64 = 50_000;

/// `download node`.
pub(super) struct DownloadNode {
    conv: ConvId,
    node: String,
    select: String,
    /// Unix seconds, of `fromTo`.
    from_to: (Option<i64>, Option<i64>),
    /// Minutes that local time is behind UTC.
    behind: i64,
    page: (i64, i64),
    columns: Vec<String>,
}

impl Op for DownloadNode {
    const REQUEST: &'static [Field] = &[
        need("obj_id", TEXT),
        need("conv_id", Shape::Ref(Kind::Conv)),
        may("select", Shape::Word(SELECTS)),
        may("start", INT),
        may("end", INT),
        may("timezone_offset", Shape::Int { least: -24 * 60, most: 24 * 60 }),
        may("offset", Shape::Int { least: 0, most: i64::MAX }),
        may("limit", Shape::Int { least: 1, most: i64::MAX }),
        may("extra_columns", Shape::List(&Shape::Word(COLUMNS))),
        may("format", Shape::Word(&["csv"])),
        may("async", Shape::Flag),
    ];
    const ANSWER: &'static [Field] = &[need("download_url", TEXT), need("statistics_id", TEXT)];
    const EDITS: bool = false;
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let columns = args.list("extra_columns")?.into_iter().flatten();
        Ok(Self {
            conv: ConvId(args.required_id("conv_id")?),
            node: args.required_text("obj_id")?,
            select: args.text("select")?.unwrap_or_else(|| "custom".to_owned()),
            from_to: (args.integer("start")?, args.integer("end")?),
            behind: args.integer("timezone_offset")?.unwrap_or(0),
            page: (
                args.integer("limit")?.unwrap_or(MOST_ROWS).min(MOST_ROWS),
                args.integer("offset")?.unwrap_or(0),
            ),
            columns: columns.filter_map(|word| word.as_str().map(str::to_owned)).collect(),
        })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let found = node::find(cx.conn, self.conv, &self.node).await?;
        found
            .ok_or_else(|| missing(self.conv.into()))?
            .ok_or(OpError::NotFound { obj: "node", id: json!(self.node) })?;
        let now = cx.now.seconds();
        let mut tasks = task::changed_in(cx.conn, &self.node, self.period(now), self.page).await?;
        params::clear(&mut tasks, self.conv, cx).await?;
        let name = format!("{}_conv_{}_{now}.csv", self.conv, self.node);
        let file = FileRow { name, content: self.table(&tasks).into_bytes(), create_time: now };
        scheme::put_file(cx.conn, &file).await?;
        Ok(Reply::new()
            .without_id()
            .with("download_url", cx.base.link(&format!("/user_downloads/{}", file.name)))
            .with("statistics_id", file.name))
    }
}

impl DownloadNode {
    /// The span of the last changes that are wanted, in unix seconds, both included.
    fn period(&self, now: i64) -> (Option<i64>, Option<i64>) {
        let length = |list: &[(&str, i64)]| list.iter().find(|row| row.0 == self.select).map(|row| row.1);
        if self.select == "fromTo" {
            return self.from_to;
        }
        if let Some(length) = length(&LAST) {
            return (Some(now - length), Some(now));
        }
        let Some(length) = length(&PREVIOUS) else { return (None, None) };
        // Periods begin where those of local time do.
        let local = now - self.behind * MINUTE;
        let begin = local.div_euclid(length) * length + self.behind * MINUTE;
        (Some(begin - length), Some(begin - 1))
    }

    /// System columns first, then a column for every key of any task, in the order they turn up.
    fn table(&self, tasks: &[TaskRow]) -> String {
        let datas: Vec<Map<String, Value>> = tasks.iter().map(TaskRow::data).collect();
        let mut keys: Map<String, Value> = Map::new();
        for key in datas.iter().flat_map(Map::keys) {
            if !keys.contains_key(key) {
                keys.insert(key.clone(), Value::Null);
            }
        }
        let names = self.columns.iter().map(String::as_str).chain(keys.keys().map(String::as_str));
        let mut text = csv::line(names);
        for (task, data) in tasks.iter().zip(&datas) {
            let system = self.columns.iter().map(|column| system(task, column));
            let own = keys.keys().map(|key| data.get(key).map(written).unwrap_or_default());
            let values: Vec<String> = system.chain(own).collect();
            text += &csv::line(values.iter().map(String::as_str));
        }
        text
    }
}

/// A text as it is, anything else as JSON.
fn written(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn system(task: &TaskRow, column: &str) -> String {
    match column {
        "ref" => task.reference.clone().unwrap_or_default(),
        "task_id" => task.id.clone(),
        "status" => task.status.clone(),
        "user_id" => task.user_id.to_string(),
        "create_time" => task.create_seconds().to_string(),
        "change_time" => task.change_seconds().to_string(),
        _ => task.node_prev_id.clone().unwrap_or_default(),
    }
}
