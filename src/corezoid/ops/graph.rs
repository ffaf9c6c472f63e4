//! `list conv`: a process with its nodes, and the drafts that wait (sheet corezoid/api 4.3).

use serde_json::{Value, json};

use super::fields::{missing, privs};
use crate::corezoid::args::{Args, invalid};
use crate::corezoid::error::OpError;
use crate::corezoid::ids::ConvId;
use crate::corezoid::model::draft::{Draft, Node};
use crate::corezoid::model::node::NodeDoc;
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::rules::status::Status;
use crate::corezoid::store::{item, node, user};
use crate::kernel::db::Access;

/// `list conv`.
pub(super) struct ListConv {
    id: ConvId,
    shares: Option<&'static str>,
}

impl Op for ListConv {
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let id = ConvId(args.required_id("obj_id")?);
        args.company()?;
        let shares = match args.get("list_obj") {
            None => None,
            Some(word) if word == "group" => Some("group"),
            Some(word) if word == "all" => Some("all"),
            Some(word) => return Err(invalid("list_obj", word)),
        };
        Ok(Self { id, shares })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let caller = cx.caller.user_id;
        let conv =
            item::find(cx.conn, self.id.into(), caller).await?.ok_or_else(|| missing(self.id.into()))?;
        if let Some(word) = self.shares {
            let owner = json!({
                "obj": "user",
                "obj_id": conv.owner_id,
                "login_id": conv.owner_id,
                "title": conv.owner_name,
                "privs": privs(),
                "login": conv.owner_login,
            });
            return Ok(Reply::new()
                .with("obj_id", self.id.0)
                .with("list_obj", word)
                .with("list", json!([owner])));
        }
        let nodes = node::list(cx.conn, self.id).await?.unwrap_or_default();
        let confirmed = crate::corezoid::store::conv::confirmed(cx.conn, self.id).await?;
        let users = if nodes.iter().any(|node| node.draft.is_some()) {
            user::list(cx.conn).await?
        } else {
            Vec::new()
        };
        let nick = |id: i64| users.iter().find(|user| user.id == id).map_or("", |user| user.title.as_str());
        let live: Vec<Value> =
            nodes.iter().filter_map(|node| node.live.as_ref().map(|doc| live(&node.id, doc))).collect();
        let waiting: Vec<Value> = nodes.iter().filter_map(|node| waiting(node, nick)).collect();
        Ok(Reply::new()
            .with("obj_id", conv.id)
            .with("project_id", 0)
            .with("stage_id", 0)
            .with("immutable", false)
            .with("privs", privs())
            .with("status", Status::of_number(conv.status).map(Status::word))
            .with("title", conv.title)
            .with("description", conv.description)
            .with("conv_type", conv.conv_type)
            .with("is_owner", conv.owner_id == caller)
            .with("owner_name", conv.owner_name)
            .with("owner_id", conv.owner_id)
            .with("owner_login", conv.owner_login)
            .with("list", live)
            .with("escalation_conv", "undefined")
            .with("shared", conv.is_shared)
            .with("folder_id", conv.folder_id.0)
            .with("folder_name", conv.folder_name)
            .with("change_time", conv.change_time)
            .with("create_time", conv.create_time)
            .with("tacts", 0)
            .with("favorite", conv.favorite)
            .with("company_id", conv.company_id)
            // The documents nest the last two here; clients read them at the top: both.
            .with(
                "commits",
                json!({
                    "version": conv.version.unwrap_or(0),
                    "list": waiting,
                    "size": conv.size,
                    "last_confirmed_version": confirmed,
                }),
            )
            .with("size", conv.size)
            .with("last_confirmed_version", confirmed))
    }
}

fn live(id: &str, doc: &NodeDoc) -> Value {
    let condition = doc.condition();
    json!({
        "obj": "node",
        "obj_id": id,
        "title": doc.title,
        "description": doc.description,
        "logics": condition["logics"],
        "semaphors": condition["semaphors"],
        "count": 0,
        "obj_type": i64::from(doc.obj_type),
        "position": [doc.position.0, doc.position.1],
        "extra": doc.extra.to_value(),
        "options": doc.options.to_value(),
    })
}

/// A saved change that is not deployed: the title is `name` here, the condition a text.
fn waiting<'a>(node: &Node, nick: impl Fn(i64) -> &'a str) -> Option<Value> {
    let Draft { user_id, time, doc, .. } = node.draft.as_ref()?;
    let shown = doc.as_ref().or(node.live.as_ref())?;
    Some(json!({
        "obj_id": node.id,
        "condition": shown.condition().to_string(),
        "name": shown.title,
        "description": shown.description,
        "position": [shown.position.0, shown.position.1],
        "extra": shown.extra.to_value(),
        "status": if doc.is_some() { "actived" } else { "deleted" },
        "user_id": user_id,
        "nick": nick(*user_id),
        "change_time": time,
        "type": i64::from(shown.obj_type),
    }))
}
