//! The direct URL of a process or an alias: its hash, switched on, changed and off, and HTTP Basic before it
//! (sheet corezoid/api 2.7).

use serde_json::{Value, json};

use super::fields::missing;
use crate::corezoid::args::Args;
use crate::corezoid::error::OpError;
use crate::corezoid::ids::{AliasId, ConvId, Kind, Thing};
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::spec::{Field, ID, OBJECT, Shape, TEXT, may, need};
use crate::corezoid::store::direct as store;
use crate::kernel::db::Access;

const CONV: Field = need("conv_id", Shape::Ref(Kind::Conv));
const HASH: Shape = Shape::Text { least: 40, most: 40 };

/// Whose URL it is. A process and an alias have hashes of their own.
const WHOSE: &[Field] = &[
    may("conv_id", Shape::Ref(Kind::Conv)),
    may("alias_id", Shape::Ref(Kind::Alias)),
    may("obj_type", Shape::Word(&["conv", "alias"])),
];

fn conv(args: Args<'_>) -> Result<ConvId, OpError> {
    args.required_id("conv_id").map(ConvId)
}

/// An alias, if the request says so, or names no process but an alias (as the published `create` does).
fn whose(args: Args<'_>) -> Result<Thing, OpError> {
    let alias = args.id("alias_id")?;
    let said = args.get("obj_type").and_then(Value::as_str) == Some(Kind::Alias.word());
    match alias {
        Some(alias) if said || args.get("conv_id").is_none() => Ok(AliasId(alias).into()),
        None if said => Err(OpError::Required("alias_id".into())),
        _ => conv(args).map(Thing::from),
    }
}

/// `get callback_hash`. One that is switched off is null.
pub(super) struct GetHash(Thing);

impl Op for GetHash {
    const REQUEST: &'static [Field] = WHOSE;
    const ANSWER: &'static [Field] = &[need("callback_hash", HASH).or_null()];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        whose(args).map(Self)
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let hash = store::hash(cx.conn, self.0).await?.ok_or_else(|| missing(self.0))?;
        Ok(Reply::new().without_obj().with("callback_hash", hash))
    }
}

/// `create callback_hash`: switches the URL on. One that is on stays as it is.
pub(super) struct CreateHash(Thing);

impl Op for CreateHash {
    const REQUEST: &'static [Field] = WHOSE;
    const ANSWER: &'static [Field] = &[need("type", TEXT), need("callback_hash", HASH)];
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        whose(args).map(Self)
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let fresh = cx.ids().hex::<20>();
        let hash = store::set_hash(cx.conn, self.0, Some(&fresh), true).await?;
        let hash = hash.ok_or_else(|| missing(self.0))?;
        Ok(Reply::new().without_obj().with("type", "create").with("callback_hash", hash))
    }
}

/// `modify callback_hash`: a new hash; the old URL is dead.
pub(super) struct ModifyHash(Thing);

impl Op for ModifyHash {
    const REQUEST: &'static [Field] = WHOSE;
    const ANSWER: &'static [Field] = &[need("conv_id", ID), need("callback_hash", HASH)];
    const OTHER_ANSWERS: &'static [&'static [Field]] = &[&[need("type", TEXT), need("callback_hash", HASH)]];
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        whose(args).map(Self)
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let fresh = cx.ids().hex::<20>();
        let hash = store::set_hash(cx.conn, self.0, Some(&fresh), false).await?;
        let hash = hash.ok_or_else(|| missing(self.0))?;
        let reply = Reply::new().without_obj();
        // sheet corezoid/api 2.7: of an alias it answers what a `create` does.
        let reply = match self.0.kind {
            Kind::Alias => reply.with("type", "create"),
            _ => reply.with("conv_id", self.0.id),
        };
        Ok(reply.with("callback_hash", hash))
    }
}

/// `delete callback_hash`: switches the URL off; switched on again it has a new hash.
pub(super) struct DeleteHash(Thing);

impl Op for DeleteHash {
    const REQUEST: &'static [Field] = WHOSE;
    const ANSWER: &'static [Field] = &[need("conv_id", ID)];
    const OTHER_ANSWERS: &'static [&'static [Field]] =
        &[&[need("obj", Shape::Word(&["alias_callback_hash"])), need("type", TEXT)]];
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        whose(args).map(Self)
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        store::set_hash(cx.conn, self.0, None, false).await?.ok_or_else(|| missing(self.0))?;
        Ok(match self.0.kind {
            // sheet corezoid/api 2.7.
            Kind::Alias => Reply::new().with_obj("alias_callback_hash").with("type", "delete"),
            _ => Reply::new().without_obj().with("conv_id", self.0.id),
        })
    }
}

/// `show conv_auth`.
pub(super) struct ShowAuth(ConvId);

impl Op for ShowAuth {
    const REQUEST: &'static [Field] = &[CONV];
    const ANSWER: &'static [Field] = &[need("obj_type", TEXT), need("data", OBJECT)];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        conv(args).map(Self)
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let auth = store::auth(cx.conn, self.0).await?.ok_or_else(|| missing(self.0.into()))?;
        // Without credentials: the word that start nodes use for that (`options.type_auth`); no answer is documented.
        let (kind, data) = match auth {
            (Some(user), Some(pass)) => ("basic", json!({ "user": user, "pass": pass })),
            _ => ("no_auth", json!({})),
        };
        Ok(Reply::new().with("obj_type", kind).with("data", data))
    }
}

/// `modify conv_auth`: who posts to the direct URL must name these.
pub(super) struct ModifyAuth {
    conv: ConvId,
    user: String,
    pass: String,
}

impl Op for ModifyAuth {
    const REQUEST: &'static [Field] = &[
        CONV,
        need("obj_type", Shape::Word(&["basic"])),
        need("data", Shape::Object(&[need("user", TEXT), need("pass", TEXT)])),
    ];
    const ANSWER: &'static [Field] = &[];
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let data = args.get("data").and_then(Value::as_object).map(Args);
        let data = data.ok_or(OpError::Required("data".into()))?;
        Ok(Self { conv: conv(args)?, user: data.required_text("user")?, pass: data.required_text("pass")? })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        if !store::set_auth(cx.conn, self.conv, Some((&self.user, &self.pass))).await? {
            return Err(missing(self.conv.into()));
        }
        Ok(Reply::new())
    }
}

/// `delete conv_auth`: anyone with the hash may post again.
pub(super) struct DeleteAuth(ConvId);

impl Op for DeleteAuth {
    const REQUEST: &'static [Field] = &[CONV];
    const ANSWER: &'static [Field] = &[];
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        conv(args).map(Self)
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        if !store::set_auth(cx.conn, self.0, None).await? {
            return Err(missing(self.0.into()));
        }
        Ok(Reply::new())
    }
}
