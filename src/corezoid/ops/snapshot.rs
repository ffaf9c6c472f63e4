//! Snapshots of a process (sheet corezoid/api 2.7): what was deployed when each was made.

use serde_json::{Value, json};

use super::fields::missing;
use crate::corezoid::args::Args;
use crate::corezoid::error::OpError;
use crate::corezoid::ids::{ConvId, Kind};
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::spec::{Field, ID, INT, Shape, TEXT, TITLE, may, need};
use crate::corezoid::store::snapshot::{self, Heading};
use crate::kernel::db::Access;

const CONV: Shape = Shape::Ref(Kind::Conv);

/// `create snapshot`.
pub(super) struct CreateSnapshot {
    conv: ConvId,
    title: String,
}

impl Op for CreateSnapshot {
    const REQUEST: &'static [Field] = &[need("conv_id", CONV), may("title", TITLE)];
    const ANSWER: &'static [Field] = &[need("obj_id", ID), need("version", INT)];
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let conv = ConvId(args.required_id("conv_id")?);
        Ok(Self { conv, title: args.text("title")?.unwrap_or_default() })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let by = (cx.caller.user_id, cx.now.seconds());
        let made = snapshot::insert(cx.conn, self.conv, &self.title, by).await?;
        let (id, version) = made.ok_or_else(|| missing(self.conv.into()))?;
        Ok(Reply::new().with("obj_id", id).with("version", version))
    }
}

/// `list snapshots`: the newest first.
pub(super) struct ListSnapshots(ConvId);

impl Op for ListSnapshots {
    const REQUEST: &'static [Field] = &[need("conv_id", CONV)];
    const ANSWER: &'static [Field] = &[need(
        "list",
        Shape::List(&Shape::Object(&[
            need("obj_id", ID),
            need("version", INT),
            need("user_id", ID),
            need("user_name", TEXT),
            need("create_time", ID),
            need("title", TEXT),
        ])),
    )];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        args.required_id("conv_id").map(ConvId).map(Self)
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let found = snapshot::list(cx.conn, self.0).await?.ok_or_else(|| missing(self.0.into()))?;
        let item = |it: &Heading| {
            json!({
                "obj_id": it.id,
                "version": it.version,
                "user_id": it.user_id,
                "user_name": it.user_name,
                "create_time": it.create_time,
                "title": it.title,
            })
        };
        Ok(Reply::new().with("list", found.iter().map(item).collect::<Vec<Value>>()))
    }
}

/// `delete snapshot`.
pub(super) struct DeleteSnapshot {
    id: i64,
    conv: Option<ConvId>,
}

impl Op for DeleteSnapshot {
    const REQUEST: &'static [Field] = &[need("obj_id", ID), may("conv_id", CONV)];
    const ANSWER: &'static [Field] = &[need("obj_id", ID)];
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self { id: args.required_id("obj_id")?, conv: args.id("conv_id")?.map(ConvId) })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        if !snapshot::delete(cx.conn, self.id, self.conv).await? {
            return Err(OpError::NotFound { obj: "snapshot", id: json!(self.id) });
        }
        Ok(Reply::new().with("obj_id", self.id))
    }
}
