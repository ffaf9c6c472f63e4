//! Create, modify, delete: one writing statement each. Whatever it refuses, a second one finds out why. In version 1 of the
//! API a change without a version is live at once.

use serde_json::{Value, json};

use super::{JSON_TEXT, NODE_KIND, POSITION, Target, missing, no_conv};
use crate::corezoid::args::{Args, invalid};
use crate::corezoid::error::OpError;
use crate::corezoid::ids::{ConvId, Kind};
use crate::corezoid::model::node::{Change, NodeDoc, NodeKind, check_title, texts};
use crate::corezoid::op::{Op, OpCx, Reply, Version};
use crate::corezoid::ops::fields::OBJ_ALIAS;
use crate::corezoid::refusal::Refusal;
use crate::corezoid::spec::{DESCRIPTION, Field, ID, INT, OBJECT, Shape, TEXT, TITLE, may, need};
use crate::corezoid::store::commit;
use crate::corezoid::store::node::{self, Edit};
use crate::kernel::db::Access;

/// The version that a change is a draft of; `None`: null was sent, and in version 1 nothing.
type Draft = Option<i64>;

/// A change of a draft, or one that goes live at once.
fn edit(cx: &OpCx<'_>, draft: Draft) -> Result<Edit, OpError> {
    let live = || (cx.version == Version::V1).then(|| cx.now.seconds());
    let version = draft.or_else(live).ok_or(OpError::Required("version".into()))?;
    Ok(Edit { version, user: cx.caller.user_id, now: cx.now.seconds() })
}

/// Whether there is a version at all, be it null.
fn sent(args: Args<'_>) -> Result<(), OpError> {
    if args.sent("version") { Ok(()) } else { Err(OpError::Required("version".into())) }
}

fn version(args: Args<'_>) -> Result<Draft, OpError> {
    sent(args)?;
    args.integer("version")
}

/// What goes live takes more than one statement.
fn access(args: Args<'_>) -> Access {
    if args.sent("version") && args.get("version").is_none() { Access::Write } else { Access::Single }
}

/// Makes a change live that is no draft. Nothing is checked: the next change may complete what this one leaves open.
async fn settle(cx: &mut OpCx<'_>, conv: ConvId, draft: Draft, edit: Edit) -> Result<(), OpError> {
    if draft.is_none() {
        commit::deploy(cx.conn, conv, edit).await?;
    }
    Ok(())
}

/// `create node`.
pub(in crate::corezoid::ops) struct CreateNode {
    conv: ConvId,
    doc: NodeDoc,
    draft: Draft,
}

impl Op for CreateNode {
    const REQUEST: &'static [Field] = &[
        need("conv_id", Shape::Ref(Kind::Conv)),
        OBJ_ALIAS,
        need("obj_type", NODE_KIND).late(),
        need("version", INT).late(),
        may("title", TITLE).late(),
        may("description", DESCRIPTION).late(),
    ];
    const BY_ALIAS: bool = true;
    const ANSWER: &'static [Field] = &[need("obj_id", TEXT), need("version", INT)];
    const ACCESS: Access = Access::Single;

    fn access(args: Args<'_>) -> Access {
        access(args)
    }

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let conv = ConvId(args.required_id("conv_id")?);
        args.get("obj_type").ok_or(OpError::Required("obj_type".into()))?;
        sent(args)?;
        let (kind, draft) = (NodeKind::of(args)?, version(args)?);
        let (title, description) = texts(args)?;
        args.company()?;
        Ok(Self { conv, doc: NodeDoc::new(kind, title, description), draft })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        check_title(&self.doc.title, cx.world.settings.profile)?;
        let id = cx.ids().hex::<12>();
        let edit = edit(cx, self.draft)?;
        if node::insert(cx.conn, self.conv, &id, &self.doc, edit).await? {
            settle(cx, self.conv, self.draft, edit).await?;
            return Ok(Reply::new().with("obj_id", id).with("version", edit.version));
        }
        node::list(cx.conn, self.conv).await?.ok_or_else(|| no_conv(self.conv))?;
        // Seed 002: one start node a process. No text is known for the refusal.
        Err(Refusal::SecondStart(self.conv).into())
    }
}

/// `modify node`. A node that does not exist is found missing before anything else is: the seed's own example of
/// `obj_id_not_found` sends nothing but `obj_id`.
pub(in crate::corezoid::ops) struct ModifyNode {
    id: String,
    sent: Value,
    rest: Result<Modify, OpError>,
}

struct Modify {
    conv: ConvId,
    draft: Draft,
    change: Change,
}

impl Modify {
    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let conv = ConvId(args.required_id("conv_id")?);
        let draft = version(args)?;
        args.company()?;
        Ok(Self { conv, draft, change: Change::of(args)? })
    }
}

impl Op for ModifyNode {
    const REQUEST: &'static [Field] = &[
        need("obj_id", TEXT),
        need("conv_id", Shape::Ref(Kind::Conv)).late(),
        OBJ_ALIAS,
        need("version", INT).late(),
        need("obj_type", NODE_KIND).late(),
        may("title", TITLE).late(),
        may("description", DESCRIPTION).late(),
        may("logics", Shape::List(&OBJECT)).late(),
        may("semaphors", Shape::List(&OBJECT)).late(),
        may("position", POSITION).late(),
        may("extra", JSON_TEXT).late(),
        may("options", JSON_TEXT).late(),
        may("stub", Shape::Json),
    ];
    const BY_ALIAS: bool = true;
    const ANSWER: &'static [Field] = &[need("conv_id", ID), need("obj_id", TEXT)];
    const ACCESS: Access = Access::Single;

    fn access(args: Args<'_>) -> Access {
        access(args)
    }

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let id = args.required_text("obj_id")?;
        Ok(Self { id, sent: args.get("obj_id").cloned().unwrap_or_default(), rest: Modify::parse(args) })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let profile = cx.world.settings.profile;
        let rest = self.rest.and_then(|rest| rest.change.check(profile).map(|()| rest));
        let Modify { conv, draft, change } = match rest {
            Ok(rest) => rest,
            Err(_) if !node::exists(cx.conn, &self.id).await? => return Err(missing(self.sent)),
            Err(mistake) => return Err(mistake),
        };
        let edit = edit(cx, draft)?;
        if node::set_draft(cx.conn, conv, &self.id, &change, edit).await? {
            settle(cx, conv, draft, edit).await?;
            // sheet corezoid/api 2.4: the answer has `obj` in version 1 only.
            let reply = if cx.version == Version::V1 { Reply::new() } else { Reply::new().without_obj() };
            return Ok(reply.with("conv_id", conv.0).with("obj_id", self.id));
        }
        let found = node::find(cx.conn, conv, &self.id).await?.ok_or_else(|| no_conv(conv))?;
        if found.is_none_or(|(node, _)| node.edited().is_none()) {
            return Err(missing(self.sent));
        }
        // sheet corezoid/engine 2.1: the type of a node cannot be changed.
        Err(invalid("obj_type", &json!(i64::from(change.doc.obj_type))))
    }
}

/// `delete node`; answers `obj: "conv"` in all documents (sheet corezoid/api 9, 5).
pub(in crate::corezoid::ops) struct DeleteNode {
    target: Target,
    version: Option<i64>,
}

impl Op for DeleteNode {
    const REQUEST: &'static [Field] =
        &[need("obj_id", TEXT), need("conv_id", Shape::Ref(Kind::Conv)), OBJ_ALIAS, may("version", INT)];
    const BY_ALIAS: bool = true;
    const ANSWER: &'static [Field] = &[need("obj", Shape::Word(&["conv"])), need("obj_id", TEXT)];
    const ACCESS: Access = Access::Single;

    fn access(args: Args<'_>) -> Access {
        access(args)
    }

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self { target: Target::of(args)?, version: args.integer("version")? })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let Self { target, version } = self;
        let live = version.is_none() && cx.version == Version::V1;
        let by = (cx.caller.user_id, cx.now.seconds());
        let named = version.or_else(|| live.then(|| cx.now.seconds()));
        if node::mark_deleted(cx.conn, target.conv, &target.id, named, by).await? {
            if live {
                let edit = edit(cx, None)?;
                settle(cx, target.conv, None, edit).await?;
            }
            return Ok(Reply::new().with_obj("conv").with("obj_id", target.id));
        }
        node::find(cx.conn, target.conv, &target.id).await?.ok_or_else(|| no_conv(target.conv))?;
        Err(target.missing())
    }
}
