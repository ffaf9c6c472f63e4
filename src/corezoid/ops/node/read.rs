//! Show, list, search.

use serde_json::{Map, Value, json};

use super::{NODE_KIND, TARGET, Target, no_conv};
use crate::corezoid::args::{Args, invalid};
use crate::corezoid::error::OpError;
use crate::corezoid::ids::{ConvId, Kind};
use crate::corezoid::model::node::NodeDoc;
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::ops::fields::OBJ_ALIAS;
use crate::corezoid::ops::params;
use crate::corezoid::spec::{Field, ID, INT, LIST, OBJECT, Shape, TEXT, may, need};
use crate::corezoid::store::node::{self, Counts};
use crate::corezoid::store::task::{self, Page, TaskRow};
use crate::kernel::db::Access;

/// The node as the next editor sees it: the draft over the live form (sheet corezoid/api 4.2).
async fn edited(cx: &mut OpCx<'_>, target: Target) -> Result<(String, NodeDoc, Counts), OpError> {
    let found = node::find(cx.conn, target.conv, &target.id).await?.ok_or_else(|| no_conv(target.conv))?;
    let shown = found.and_then(|(node, counts)| Some((node.edited()?.clone(), counts)));
    match shown {
        Some((doc, counts)) => Ok((target.id, doc, counts)),
        None => Err(target.missing()),
    }
}

/// `show node`.
pub(in crate::corezoid::ops) struct ShowNode(Target);

impl Op for ShowNode {
    const REQUEST: &'static [Field] = TARGET;
    const ANSWER: &'static [Field] = &[
        need("obj_id", TEXT),
        need("title", TEXT),
        need("description", TEXT),
        need("logics", Shape::List(&OBJECT)),
        need("semaphors", Shape::List(&OBJECT)),
        need("count", ID),
        need("obj_type", NODE_KIND),
    ];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Target::of(args).map(Self)
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let (id, doc, counts) = edited(cx, self.0).await?;
        let condition = doc.condition();
        Ok(Reply::new()
            .with("obj_id", id)
            .with("title", doc.title)
            .with("description", doc.description)
            .with("logics", condition["logics"].clone())
            .with("semaphors", condition["semaphors"].clone())
            .with("count", counts.count)
            .with("obj_type", i64::from(doc.obj_type)))
    }
}

/// `list node`: the tasks that stand in it, the oldest first unless the newest are asked for.
pub(in crate::corezoid::ops) struct ListNode {
    target: Target,
    page: Page,
}

/// `sort`: whether the newest come first.
fn newest_first(word: &str) -> Option<bool> {
    [("ASC", false), ("DESC", true)]
        .into_iter()
        .find(|(known, _)| word.eq_ignore_ascii_case(known))
        .map(|row| row.1)
}

/// The reference of `filters: [{"name":"ref","value":…,"fun":"eq"}]`; no other filter is documented.
fn wanted_ref(args: Args<'_>) -> Result<Option<String>, OpError> {
    let mut wanted = None;
    for filter in args.list("filters")?.into_iter().flatten() {
        let fields = filter.as_object().map(Args).ok_or_else(|| invalid("filters", filter))?;
        let known = fields.get("name").is_some_and(|name| name == "ref")
            && fields.get("fun").is_none_or(|fun| fun == "eq");
        if !known {
            return Err(invalid("filters", filter));
        }
        wanted = Some(fields.required_text("value")?);
    }
    Ok(wanted)
}

/// One task of the list, in the order of the documents.
fn item(task: &TaskRow) -> Value {
    let mut item = Map::new();
    item.insert("data".to_owned(), Value::Object(task.data()));
    item.insert("obj".to_owned(), json!("task"));
    item.insert("obj_id".to_owned(), json!(task.id));
    item.insert("ref".to_owned(), json!(task.reference));
    item.insert("status".to_owned(), json!(task.status));
    item.insert("user_id".to_owned(), json!(task.user_id));
    item.insert("create_time".to_owned(), json!(task.create_seconds()));
    item.insert("change_time".to_owned(), json!(task.change_seconds()));
    item.insert("node_prev_id".to_owned(), json!(task.node_prev_id));
    Value::Object(item)
}

impl Op for ListNode {
    const REQUEST: &'static [Field] = &[
        need("obj_id", TEXT),
        need("conv_id", Shape::Ref(Kind::Conv)),
        OBJ_ALIAS,
        may("limit", ID),
        may("offset", ID),
        may("sort", Shape::Word(&["ASC", "DESC", "asc", "desc"])),
        may("filters", LIST),
    ];
    const BY_ALIAS: bool = true;
    const ANSWER: &'static [Field] = &[
        need("obj_id", TEXT),
        need("count", ID),
        need("count_created", ID),
        need("count_processing", ID),
        need("count_delayed", ID),
        need(
            "list",
            Shape::List(&Shape::Object(&[
                need("data", OBJECT),
                need("obj", Shape::Word(&["task"])),
                need("obj_id", TEXT),
                need("ref", TEXT).or_null(),
                need("status", TEXT),
                need("user_id", ID),
                need("create_time", ID),
                need("change_time", ID),
                need("node_prev_id", TEXT).or_null(),
            ])),
        ),
    ];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let target = Target::of(args)?;
        // The documents require `limit`; no client suffers if it may be left out.
        let page = Page {
            limit: args.integer("limit")?,
            offset: args.integer("offset")?.unwrap_or(0),
            newest_first: args.word("sort", newest_first)?.unwrap_or(false),
            reference: wanted_ref(args)?,
        };
        Ok(Self { target, page })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let conv = self.target.conv;
        let (id, _, counts) = edited(cx, self.target).await?;
        let mut tasks =
            if counts.standing == 0 { Vec::new() } else { task::in_node(cx.conn, &id, &self.page).await? };
        params::clear(&mut tasks, conv, cx).await?;
        let list: Vec<Value> = tasks.iter().map(item).collect();
        Ok(Reply::new()
            .with("obj_id", id)
            .with("count", counts.count)
            .with("count_created", counts.created)
            .with("count_processing", counts.processing)
            .with("count_delayed", counts.delayed)
            .with("list", list))
    }
}

/// `reset node`: the counter of a final node starts over.
pub(in crate::corezoid::ops) struct ResetNode(Target);

impl Op for ResetNode {
    const REQUEST: &'static [Field] = TARGET;
    const ANSWER: &'static [Field] = &[need("obj_id", TEXT)];
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Target::of(args).map(Self)
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        if !node::reset(cx.conn, self.0.conv, &self.0.id).await? {
            node::find(cx.conn, self.0.conv, &self.0.id).await?.ok_or_else(|| no_conv(self.0.conv))?;
            return Err(self.0.missing());
        }
        Ok(Reply::new().with("obj_id", self.0.id))
    }
}

/// `list nodes`: a search by title or id.
pub(in crate::corezoid::ops) struct ListNodes {
    pattern: String,
    conv: Option<ConvId>,
}

impl Op for ListNodes {
    const REQUEST: &'static [Field] =
        &[need("pattern", Shape::Text { least: 1, most: 150 }), may("conv_id", Shape::Ref(Kind::Conv))];
    const ANSWER: &'static [Field] = &[need(
        "list",
        Shape::List(&Shape::Object(&[
            need("conv_id", TEXT),
            need("description", TEXT),
            need("id", TEXT),
            need("title", TEXT),
            need("type", NODE_KIND),
            need("status", INT),
        ])),
    )];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let pattern = args.required_text("pattern")?;
        Ok(Self { pattern: pattern.to_lowercase(), conv: args.id("conv_id")?.map(ConvId) })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let found: Vec<Value> = node::headings(cx.conn, self.conv)
            .await?
            .into_iter()
            .filter(|node| node.title.to_lowercase().contains(&self.pattern) || node.id == self.pattern)
            .map(|node| {
                json!({
                    // The documents show a text here.
                    "conv_id": node.conv_id.to_string(),
                    "description": node.description,
                    "id": node.id,
                    "title": node.title,
                    "type": node.obj_type,
                    "status": 1,
                })
            })
            .collect();
        Ok(Reply::new().without_obj().with("list", found))
    }
}
