//! Deploys (sheet corezoid/api 4): confirm, look at, drop.

use serde_json::{Value, json};

use super::fields::missing;
use super::node::{NODE_KIND, POSITION};
use crate::corezoid::args::{Args, invalid};
use crate::corezoid::error::OpError;
use crate::corezoid::ids::{ConvId, Kind, Thing};
use crate::corezoid::model::deploy;
use crate::corezoid::model::draft::Node;
use crate::corezoid::model::logic::Timers;
use crate::corezoid::model::node::{NodeDoc, Object};
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::spec::{Field, ID, INT, OBJECT, Shape, TEXT, may, need};
use crate::corezoid::store::node::Edit;
use crate::corezoid::store::{commit, node};
use crate::kernel::db::Access;
use crate::kernel::settings::Profile;

fn version(args: Args<'_>) -> Result<i64, OpError> {
    args.integer("version")?.ok_or(OpError::Required("version".into()))
}

/// The process, by `conv_id` or by `obj_id` with `obj_type: "conv"`.
fn conv(args: Args<'_>) -> Result<ConvId, OpError> {
    args.company()?;
    if let Some(id) = args.id("conv_id")? {
        return Ok(ConvId(id));
    }
    let id = args.id("obj_id")?.ok_or(OpError::Required("conv_id".into()))?;
    match args.get("obj_type") {
        None => Ok(ConvId(id)),
        Some(word) if word == "conv" => Ok(ConvId(id)),
        Some(word) => Err(invalid("obj_type", word)),
    }
}

/// What a deploy is asked of, by either name. A stage stands for what lies in it: its drafts are no part of itself.
fn named(args: Args<'_>) -> Vec<Thing> {
    let id = |key| args.id(key).ok().flatten();
    let word = args.get("obj_type").and_then(Value::as_str);
    let kind = match word.and_then(Kind::of) {
        None | Some(Kind::Conv) => Kind::Conv,
        Some(_) => Kind::Folder,
    };
    let conv = id("conv_id").map(|id| Thing { kind: Kind::Conv, id });
    conv.or_else(|| id("obj_id").map(|id| Thing { kind, id })).into_iter().collect()
}

/// `confirm commit`: what waits under a version goes live, whole or not at all.
pub(super) struct ConfirmCommit {
    conv: ConvId,
    version: i64,
}

impl Op for ConfirmCommit {
    const REQUEST: &'static [Field] = &[
        may("conv_id", Shape::Ref(Kind::Conv)),
        may("obj_id", ID),
        may("obj_type", Shape::Word(&["conv"])),
        need("version", INT),
    ];
    const ANSWER: &'static [Field] = &[
        need("conv_id", ID),
        need("version", INT),
        may("obj_id", ID),
        may("obj_type", Shape::Word(&["conv"])),
    ];
    const ACCESS: Access = Access::Write;

    fn things(args: Args<'_>) -> Vec<Thing> {
        named(args)
    }

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self { conv: conv(args)?, version: version(args)? })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let Self { conv, version } = self;
        let nodes = node::list(cx.conn, conv).await?.ok_or_else(|| missing(conv.into()))?;
        // A version under which nothing waits: ok, and nothing changes (sheet corezoid/api 4.1).
        if nodes.iter().any(|node| node.waits_for(version)) {
            let after: Vec<(&str, &NodeDoc)> =
                nodes.iter().filter_map(|node| Some((node.id.as_str(), node.confirmed(version)?))).collect();
            let errors = deploy::check(&after, Timers::from(&cx.world.settings.engine));
            if !errors.is_empty() {
                return Err(OpError::Deploy(errors));
            }
            let edit = Edit { version, user: cx.caller.user_id, now: cx.now.seconds() };
            commit::deploy(cx.conn, conv, edit).await?;
        }
        let reply = Reply::new().without_obj().with("conv_id", conv.0).with("version", version);
        // sheet corezoid/api 8, row 3: newer clients read the other two.
        Ok(match cx.world.settings.profile {
            Profile::Seed => reply,
            Profile::Upstream => reply.with("obj_id", conv.0).with("obj_type", "conv"),
        })
    }
}

/// `show commit`: what a version changes, or has changed.
pub(super) struct ShowCommit {
    conv: ConvId,
    version: i64,
}

impl Op for ShowCommit {
    const REQUEST: &'static [Field] = &[
        may("conv_id", Shape::Ref(Kind::Conv)),
        may("obj_id", ID),
        may("obj_type", Shape::Word(&["conv"])),
        need("version", INT),
    ];
    const ANSWER: &'static [Field] = &[need(
        "list",
        Shape::List(&Shape::Object(&[
            need("obj_id", TEXT),
            need("obj_type", NODE_KIND),
            need("title", TEXT),
            need("description", TEXT),
            need("logics", Shape::List(&OBJECT)),
            need("semaphors", Shape::List(&OBJECT)),
            need("position", POSITION),
            need("extra", TEXT).or_null(),
            need("status", INT),
            need("conv_id", ID),
            need("user_id", ID),
            need("create_time", ID),
        ])),
    )];
    const ACCESS: Access = Access::Read;

    fn things(args: Args<'_>) -> Vec<Thing> {
        named(args)
    }

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self { conv: conv(args)?, version: version(args)? })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let Self { conv, version } = self;
        let nodes = node::list(cx.conn, conv).await?.ok_or_else(|| missing(conv.into()))?;
        let mut list: Vec<Value> = nodes.iter().filter_map(|node| waiting(node, conv, version)).collect();
        for commit in commit::list(cx.conn, conv, Some(version)).await? {
            let changes: Vec<Object> = serde_json::from_str(&commit.nodes).unwrap_or_default();
            for change in changes {
                let doc = change.get("node").map(Value::to_string).unwrap_or_default();
                let about = json!({
                    "status": change.get("status"),
                    "conv_id": conv.0,
                    "user_id": commit.user_id,
                    "create_time": commit.create_time,
                });
                let id = change.get("id").and_then(Value::as_str).unwrap_or_default();
                list.push(entry(id, &node::decode(&doc)?, about));
            }
        }
        Ok(Reply::new().with("list", list))
    }
}

/// The entry of a draft that has not been confirmed.
fn waiting(node: &Node, conv: ConvId, version: i64) -> Option<Value> {
    let draft = node.draft.as_ref().filter(|draft| draft.version == version)?;
    let doc = draft.doc.as_ref().or(node.live.as_ref())?;
    let about = json!({
        "status": if draft.doc.is_some() { 1 } else { 3 },
        "conv_id": conv.0,
        "user_id": draft.user_id,
        "create_time": draft.time,
    });
    Some(entry(&node.id, doc, about))
}

fn entry(id: &str, doc: &NodeDoc, about: Value) -> Value {
    let condition = doc.condition();
    let mut entry = json!({
        "obj_id": id,
        "obj_type": i64::from(doc.obj_type),
        "title": doc.title,
        "description": doc.description,
        "logics": condition["logics"],
        "semaphors": condition["semaphors"],
        "position": [doc.position.0, doc.position.1],
        "extra": doc.extra.to_value(),
    });
    if let (Some(entry), Value::Object(about)) = (entry.as_object_mut(), about) {
        entry.extend(about);
    }
    entry
}

/// `list commits`: the deploys of a process, the newest first.
pub(super) struct ListCommits(ConvId);

impl Op for ListCommits {
    const REQUEST: &'static [Field] =
        &[may("conv_id", Shape::Ref(Kind::Conv)), may("obj_id", ID), may("obj_type", Shape::Word(&["conv"]))];
    const ANSWER: &'static [Field] = &[need(
        "list",
        Shape::List(&Shape::Object(&[
            need("conv_id", ID),
            need("version", INT),
            need("create_time", ID),
            need("user_id", ID),
        ])),
    )];
    const ACCESS: Access = Access::Read;

    fn things(args: Args<'_>) -> Vec<Thing> {
        named(args)
    }

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        conv(args).map(Self)
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        crate::corezoid::store::conv::find(cx.conn, self.0).await?.ok_or_else(|| missing(self.0.into()))?;
        let list: Vec<Value> = commit::list(cx.conn, self.0, None)
            .await?
            .into_iter()
            .map(|commit| {
                json!({
                    "conv_id": commit.conv_id,
                    "version": commit.version,
                    "create_time": commit.create_time,
                    "user_id": commit.user_id,
                })
            })
            .collect();
        Ok(Reply::new().with("list", list))
    }
}

/// `delete commit`: the drafts of a version are dropped, in one process or below a folder.
pub(super) struct DeleteCommit {
    thing: Thing,
    version: i64,
}

impl Op for DeleteCommit {
    const REQUEST: &'static [Field] = &[
        may("conv_id", Shape::Ref(Kind::Conv)),
        may("obj_id", ID),
        may("obj_type", Shape::Word(&["conv", "folder", "project", "stage"])),
        need("version", INT),
    ];
    const ANSWER: &'static [Field] = &[
        need("obj_id", ID),
        need("obj_type", Shape::Word(&["conv", "folder", "project", "stage"])),
        need("version", INT),
    ];
    const ACCESS: Access = Access::Single;

    fn things(args: Args<'_>) -> Vec<Thing> {
        named(args)
    }

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let thing = match args.id("obj_id")? {
            None => conv(args)?.into(),
            Some(id) => {
                let word = args.get("obj_type").ok_or(OpError::Required("obj_type".into()))?;
                let kind = word.as_str().and_then(Kind::of).filter(|kind| *kind != Kind::Dashboard);
                Thing { kind: kind.ok_or_else(|| invalid("obj_type", word))?, id }
            }
        };
        Ok(Self { thing, version: version(args)? })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        drop_drafts(cx, self.thing, Some(self.version)).await?;
        Ok(Reply::new()
            .without_obj()
            .with("obj_id", self.thing.id)
            .with("obj_type", self.thing.kind.word())
            .with("version", self.version))
    }
}

/// `delete commits`: the spelling of the official client (sheet corezoid/api 8, row 27).
pub(super) struct DeleteCommits {
    conv: ConvId,
    version: Option<i64>,
}

impl Op for DeleteCommits {
    const REQUEST: &'static [Field] = &[
        may("conv_id", Shape::Ref(Kind::Conv)),
        may("obj_id", ID),
        may("obj_type", Shape::Word(&["conv"])),
        may("version", INT),
    ];
    const ANSWER: &'static [Field] = &[need("conv_id", ID), need("version", INT).or_null()];
    const ACCESS: Access = Access::Single;

    fn things(args: Args<'_>) -> Vec<Thing> {
        named(args)
    }

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self { conv: conv(args)?, version: args.integer("version")? })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        drop_drafts(cx, self.conv.into(), self.version).await?;
        Ok(Reply::new().with("conv_id", self.conv.0).with("version", self.version))
    }
}

async fn drop_drafts(cx: &mut OpCx<'_>, thing: Thing, version: Option<i64>) -> Result<(), OpError> {
    crate::corezoid::store::item::find(cx.conn, thing, cx.caller.user_id)
        .await?
        .ok_or_else(|| missing(thing))?;
    commit::drop_drafts(cx.conn, thing, version).await?;
    Ok(())
}
