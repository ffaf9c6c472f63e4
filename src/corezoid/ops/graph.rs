//! `list conv`: a process with its nodes, and the drafts that wait (sheet corezoid/api 4.3).

use serde_json::{Value, json};

use super::conv::{self, CONV_TYPES};
use super::fields::{PRIVS, missing, privs};
use super::node::{NODE_KIND, POSITION};
use super::share::{self, LIST_OBJ, SHARES, list_obj};
use crate::corezoid::args::Args;
use crate::corezoid::error::OpError;
use crate::corezoid::ids::{ConvId, Kind};
use crate::corezoid::model::draft::{Draft, Node};
use crate::corezoid::model::node::NodeDoc;
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::rules::status::{SHOWN, Status};
use crate::corezoid::spec::{Field, ID, INT, OBJECT, Shape, TEXT, may, need};
use crate::corezoid::store::item;
use crate::corezoid::store::node::{self, Graph, GraphNode};
use crate::kernel::db::Access;

/// `list conv`.
pub(super) struct ListConv {
    id: ConvId,
    /// Whom it is shared with, in the place of its nodes.
    shares: Option<&'static str>,
}

impl Op for ListConv {
    const REQUEST: &'static [Field] =
        &[need("obj_id", Shape::Ref(Kind::Conv)), may("list_obj", Shape::Word(LIST_OBJ))];
    const ANSWER: &'static [Field] = &[
        need("obj_id", ID),
        need("project_id", ID),
        need("stage_id", ID),
        need("immutable", Shape::Flag),
        need("privs", PRIVS),
        need("status", Shape::Word(SHOWN)),
        need("title", TEXT),
        need("description", TEXT).or_null(),
        need("conv_type", Shape::Word(CONV_TYPES)),
        need("is_owner", Shape::Flag),
        need("owner_name", TEXT),
        need("owner_id", ID),
        need("owner_login", TEXT),
        need("list", Shape::List(&LIVE)),
        need("escalation_conv", TEXT),
        need("shared", Shape::Flag),
        need("folder_id", ID),
        need("folder_name", TEXT),
        need("change_time", ID),
        need("create_time", ID),
        need("tacts", ID),
        need("favorite", Shape::Flag),
        need("company_id", TEXT).or_null(),
        need(
            "commits",
            Shape::Object(&[
                need("version", INT),
                need("list", Shape::List(&WAITING)),
                need("size", ID),
                need("last_confirmed_version", INT),
            ]),
        ),
        need("size", ID),
        need("last_confirmed_version", INT),
    ];
    const OTHER_ANSWERS: &'static [&'static [Field]] = &[SHARES];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let id = ConvId(args.required_id("obj_id")?);
        args.company()?;
        Ok(Self { id, shares: list_obj(args)? })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        if let Some(word) = self.shares {
            return share::list(self.id.into(), word, cx).await;
        }
        let caller = cx.caller.user_id;
        let conv =
            item::find(cx.conn, self.id.into(), caller).await?.ok_or_else(|| missing(self.id.into()))?;
        let Graph { confirmed, escalation, nodes } = node::graph(cx.conn, self.id).await?;
        let live: Vec<Value> =
            nodes.iter().filter_map(|entry| Some(live(entry, entry.node.live.as_ref()?))).collect();
        let waiting: Vec<Value> =
            nodes.iter().filter_map(|entry| waiting(&entry.node, entry.nick.as_deref())).collect();
        Ok(Reply::new()
            .with("obj_id", conv.id)
            .with("project_id", conv.project_id)
            .with("stage_id", conv.stage_id)
            .with("immutable", conv.immutable)
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
            .with("escalation_conv", conv::escalation(escalation))
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

/// What [`live`] looks like.
const LIVE: Shape = Shape::Object(&[
    need("obj", Shape::Word(&["node"])),
    need("obj_id", TEXT),
    need("title", TEXT),
    need("description", TEXT),
    need("logics", Shape::List(&OBJECT)),
    need("semaphors", Shape::List(&OBJECT)),
    need("count", ID),
    need("obj_type", NODE_KIND),
    need("position", POSITION),
    need("extra", TEXT).or_null(),
    need("options", TEXT).or_null(),
]);

/// What [`waiting`] looks like.
const WAITING: Shape = Shape::Object(&[
    need("obj_id", TEXT),
    need("condition", TEXT),
    need("name", TEXT),
    need("description", TEXT),
    need("position", POSITION),
    need("extra", TEXT).or_null(),
    need("status", Shape::Word(&["actived", "deleted"])),
    need("user_id", ID),
    need("nick", TEXT),
    need("change_time", ID),
    need("type", NODE_KIND),
]);

fn live(entry: &GraphNode, doc: &NodeDoc) -> Value {
    let condition = doc.condition();
    json!({
        "obj": "node",
        "obj_id": entry.node.id,
        "title": doc.title,
        "description": doc.description,
        "logics": condition["logics"],
        "semaphors": condition["semaphors"],
        "count": entry.count,
        "obj_type": i64::from(doc.obj_type),
        "position": [doc.position.0, doc.position.1],
        "extra": doc.extra.to_value(),
        "options": doc.options.to_value(),
    })
}

/// A saved change that is not deployed: the title is `name` here, the condition a text.
fn waiting(node: &Node, nick: Option<&str>) -> Option<Value> {
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
        "nick": nick.unwrap_or_default(),
        "change_time": time,
        "type": i64::from(shown.obj_type),
    }))
}
