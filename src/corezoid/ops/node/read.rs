//! Show, list, search. No task has moved yet, so every counter is 0.

use serde_json::{Value, json};

use super::{Target, no_conv};
use crate::corezoid::args::Args;
use crate::corezoid::error::OpError;
use crate::corezoid::ids::ConvId;
use crate::corezoid::model::node::NodeDoc;
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::store::node;
use crate::kernel::db::Access;

/// The node as the next editor sees it: the draft over the live form (sheet corezoid/api 4.2).
async fn edited(cx: &mut OpCx<'_>, target: Target) -> Result<(String, NodeDoc), OpError> {
    let found = node::find(cx.conn, target.conv, &target.id).await?.ok_or_else(|| no_conv(target.conv))?;
    let doc = found.as_ref().and_then(|node| node.edited()).cloned();
    match doc {
        Some(doc) => Ok((target.id, doc)),
        None => Err(target.missing()),
    }
}

/// `show node`.
pub(in crate::corezoid::ops) struct ShowNode(Target);

impl Op for ShowNode {
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Target::of(args).map(Self)
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let (id, doc) = edited(cx, self.0).await?;
        let condition = doc.condition();
        Ok(Reply::new()
            .with("obj_id", id)
            .with("title", doc.title)
            .with("description", doc.description)
            .with("logics", condition["logics"].clone())
            .with("semaphors", condition["semaphors"].clone())
            .with("count", 0)
            .with("obj_type", i64::from(doc.obj_type)))
    }
}

/// `list node`: the tasks that stand in it.
pub(in crate::corezoid::ops) struct ListNode(Target);

impl Op for ListNode {
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let target = Target::of(args)?;
        args.integer("limit")?;
        args.integer("offset")?;
        args.list("filters")?;
        Ok(Self(target))
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let (id, _) = edited(cx, self.0).await?;
        Ok(Reply::new()
            .with("obj_id", id)
            .with("count", 0)
            .with("count_created", 0)
            .with("count_processing", 0)
            .with("count_delayed", 0)
            .with("list", json!([])))
    }
}

/// `reset node`: the counter of a final node starts over.
pub(in crate::corezoid::ops) struct ResetNode(Target);

impl Op for ResetNode {
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Target::of(args).map(Self)
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let (id, _) = edited(cx, self.0).await?;
        Ok(Reply::new().with("obj_id", id))
    }
}

/// `list nodes`: a search by title or id.
pub(in crate::corezoid::ops) struct ListNodes {
    pattern: String,
    conv: Option<ConvId>,
}

impl Op for ListNodes {
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let pattern = args.bounded_text("pattern", 150)?.ok_or(OpError::Required("pattern"))?;
        if pattern.is_empty() {
            let value = Value::String(pattern);
            return Err(OpError::Length { key: "pattern", value, less: true, limit: 1 });
        }
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
