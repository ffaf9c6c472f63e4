//! What tasks have passed: the history of one, and counts for charts (sheet corezoid/api 2.6).

use serde_json::{Value, json};

use super::fields::missing;
use crate::corezoid::args::{Args, invalid};
use crate::corezoid::engine::trace::What as Happened;
use crate::corezoid::error::OpError;
use crate::corezoid::ids::{ConvId, Kind};
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::refusal::Refusal;
use crate::corezoid::spec::{Field, ID, INT, LIST, Shape, TEXT, may, need};
use crate::corezoid::store::task;
use crate::corezoid::store::trace::{self, Span, Traced};
use crate::kernel::db::Access;
use crate::kernel::time::Timestamp;

const CONV: Field = need("conv_id", Shape::Ref(Kind::Conv));
/// Numbers of moves begin here, those of births are the tasks' own: no two entries share one.
const MOVES: i64 = 1 << 33;
/// Numbers of the steps of a run.
const STEPS: i64 = 1 << 20;

/// `list task_history`: the oldest entry first.
pub(super) struct ListHistory {
    conv: ConvId,
    id: String,
    limit: usize,
    offset: usize,
}

impl Op for ListHistory {
    const REQUEST: &'static [Field] = &[
        CONV,
        need("obj_id", TEXT),
        may("limit", Shape::Int { least: 1, most: 100 }),
        may("offset", Shape::Int { least: 0, most: i64::MAX }),
    ];
    const ANSWER: &'static [Field] = &[
        need("obj_id", TEXT),
        need("ref", TEXT).or_null(),
        need(
            "list",
            Shape::List(&Shape::Object(&[
                need("history_id", ID),
                need("conv_id", ID),
                need("node_id", TEXT),
                need("node_prev_id", TEXT).or_null(),
                need("user_id", ID),
                need("user_name", TEXT),
                need("create_time_ms", ID),
                need("status", TEXT),
                need("data", Shape::Json),
            ])),
        ),
    ];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let count = |key| -> Result<Option<usize>, OpError> {
            Ok(args.integer(key)?.and_then(|number| usize::try_from(number).ok()))
        };
        Ok(Self {
            conv: ConvId(args.required_id("conv_id")?),
            id: args.required_text("obj_id")?,
            limit: count("limit")?.unwrap_or(100),
            offset: count("offset")?.unwrap_or(0),
        })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let Some(traced) = trace::task(cx.conn, self.conv, &self.id).await? else {
            task::hindrance(cx.conn, self.conv).await?.ok_or_else(|| missing(self.conv.into()))?;
            return Err(Refusal::NoTask.into());
        };
        let entries = if traced.walked {
            walked(&trace::walks(cx.conn, &traced.task.id).await?, &traced)
        } else {
            entries(&traced, self.conv)
        };
        let list: Vec<Value> = entries.into_iter().skip(self.offset).take(self.limit).collect();
        Ok(Reply::new()
            .without_obj()
            .with("obj_id", traced.task.id)
            .with("ref", traced.task.reference)
            .with("list", list))
    }
}

/// An entry for each node that the task came to.
fn walked(walks: &[trace::Walk], traced: &Traced) -> Vec<Value> {
    let mut entries = Vec::new();
    for walk in walks {
        for (index, step) in (0..).zip(&walk.steps.0) {
            let Happened::Entered { from, .. } = &step.what else { continue };
            entries.push(json!({
                "history_id": walk.id * STEPS + index,
                "conv_id": walk.conv_id,
                "node_id": step.node,
                "node_prev_id": from,
                "user_id": walk.user_id,
                "user_name": walk.user_name,
                "create_time_ms": step.at,
                "status": if from.is_none() { "created" } else { "processing" },
                "data": null,
            }));
        }
    }
    if let Some(last) = entries.last_mut() {
        last["status"] = json!(traced.task.status);
    }
    entries
}

fn entries(traced: &Traced, conv: ConvId) -> Vec<Value> {
    let Traced { seq, user_name, task, .. } = traced;
    let entry = |id: i64, node: &str, prev: Option<&str>, at: i64, status: &str| {
        json!({
            "history_id": id,
            "conv_id": conv.0,
            "node_id": node,
            "node_prev_id": prev,
            "user_id": task.user_id,
            "user_name": user_name,
            "create_time_ms": at,
            "status": status,
            "data": null,
        })
    };
    match task.node_prev_id.as_deref() {
        None => vec![entry(*seq, &task.node_id, None, task.create_time, &task.status)],
        Some(prev) => vec![
            entry(*seq, prev, None, task.create_time, "created"),
            entry(MOVES + seq, &task.node_id, Some(prev), task.change_time, &task.status),
        ],
    }
}

/// `show stat`: how many tasks came into a node and went out of it.
pub(super) struct ShowStat {
    conv: ConvId,
    span: Span,
    what: What,
    /// Moments as numbers, not as text.
    as_numbers: bool,
    /// As it was sent.
    dashboard: Value,
}

enum What {
    /// One node, piece by piece.
    Time(String),
    /// All nodes, or some (a JSON array), as a whole.
    All(Option<String>),
}

const DAY: i64 = 24 * 60 * 60;

impl Op for ShowStat {
    const REQUEST: &'static [Field] = &[
        CONV,
        need("start", INT),
        need("end", INT),
        need("interval", Shape::Word(&["minute", "hour", "day"])),
        need("group", Shape::Word(&["all", "time"])),
        may("node_id", TEXT),
        may("node_ids", Shape::List(&TEXT)),
        may("dashboard_id", INT),
        may("timezone_offset", Shape::Int { least: -24 * 60, most: 24 * 60 }),
        may("timestamp", Shape::Flag),
    ];
    const ANSWER: &'static [Field] = &[
        may("node_id", TEXT),
        may("title", TEXT),
        need("group", TEXT),
        need("conv_id", ID),
        need("dashboard_id", Shape::Json),
        need("data", LIST),
    ];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let moment = |key: &'static str| args.integer(key)?.ok_or(OpError::Required(key.into()));
        let step = match args.required_text("interval")?.as_str() {
            "minute" => 60,
            "hour" => 60 * 60,
            _ => DAY,
        };
        let behind = args.integer("timezone_offset")?.unwrap_or(0) * 60;
        let span = Span { start: moment("start")?, end: moment("end")?, step, behind };
        if span.end < span.start {
            return Err(invalid("end", &json!(span.end)));
        }
        let what = if args.required_text("group")? == "time" {
            What::Time(args.required_text("node_id")?)
        } else {
            let one = args.text("node_id")?.map(|id| json!([id]).to_string());
            What::All(args.get("node_ids").map(Value::to_string).or(one))
        };
        Ok(Self {
            conv: ConvId(args.required_id("conv_id")?),
            span,
            what,
            as_numbers: args.flag("timestamp")?.unwrap_or(false),
            dashboard: args.get("dashboard_id").cloned().unwrap_or_else(|| json!("undefined")),
        })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        task::hindrance(cx.conn, self.conv).await?.ok_or_else(|| missing(self.conv.into()))?;
        let (reply, group, data) = match &self.what {
            What::Time(node) => {
                let flows = trace::of_node(cx.conn, self.conv, node, self.span).await?;
                let title = flows.first().map(|flow| flow.title.clone());
                let title = title.ok_or(OpError::NotFound { obj: "node", id: json!(node) })?;
                let data: Vec<Value> = flows
                    .iter()
                    .filter(|flow| flow.came + flow.went > 0)
                    .map(|flow| json!({ "date": self.date(flow.piece), "in": flow.came, "out": flow.went }))
                    .collect();
                (Reply::new().with("node_id", node.as_str()).with("title", title), "time", data)
            }
            What::All(nodes) => {
                let flows = trace::of_conv(cx.conn, self.conv, nodes.as_deref(), self.span).await?;
                let row = |flow: &trace::Flow| json!({ "id": flow.id, "title": flow.title, "in": flow.came, "out": flow.went });
                (Reply::new(), "all", flows.iter().map(row).collect())
            }
        };
        Ok(reply
            .with("group", group)
            .with("conv_id", self.conv.0)
            .with("dashboard_id", self.dashboard)
            .with("data", data))
    }
}

impl ShowStat {
    /// The begin of a piece: `2022-10-28 11:00:00` of local time, or unix seconds.
    fn date(&self, piece: i64) -> Value {
        if self.as_numbers {
            return json!(piece + self.span.behind);
        }
        let text = Timestamp::from_seconds(piece).to_rfc3339();
        json!(text.trim_end_matches('Z').replacen('T', " ", 1))
    }
}
