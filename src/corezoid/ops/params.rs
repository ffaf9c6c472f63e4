//! The parameters that a process declares (sheet corezoid/api 2.7).

use serde_json::Value;

use super::fields::missing;
use crate::corezoid::args::Args;
use crate::corezoid::error::OpError;
use crate::corezoid::ids::{ConvId, Kind};
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::rules::params::{TYPES, cleared};
use crate::corezoid::rules::task::is_live;
use crate::corezoid::spec::{Field, ID, LIST, Shape, TEXT, may, need};
use crate::corezoid::store::direct as store;
use crate::corezoid::store::task::TaskRow;
use crate::kernel::db::Access;

/// Hides the values of tasks that have come to a final node, where their process declares so.
pub(super) async fn clear(tasks: &mut [TaskRow], conv: ConvId, cx: &mut OpCx<'_>) -> Result<(), OpError> {
    if tasks.iter().all(|task| is_live(&task.status)) {
        return Ok(());
    }
    let Some((params, _)) = store::params(cx.conn, conv).await? else { return Ok(()) };
    for task in tasks.iter_mut().filter(|task| !is_live(&task.status)) {
        task.data = Value::Object(cleared(&params, task.data())).to_string();
    }
    Ok(())
}

/// One parameter. Unknown keys are carried.
const PARAM: Shape = Shape::Object(&[
    need("name", Shape::Text { least: 1, most: usize::MAX }),
    need("type", Shape::Word(TYPES)),
    may("descr", TEXT),
    may("flags", Shape::List(&TEXT)),
    may("regex", TEXT),
    may("regex_error_text", TEXT),
]);

/// `list conv_params`. Null, which old exports carry, reads as none.
pub(super) struct ListParams(ConvId);

impl Op for ListParams {
    const REQUEST: &'static [Field] = &[need("obj_id", Shape::Ref(Kind::Conv))];
    const ANSWER: &'static [Field] =
        &[need("obj_id", ID), need("params", LIST), need("ref_mask", Shape::Flag)];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        args.required_id("obj_id").map(ConvId).map(Self)
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let (params, ref_mask) =
            store::params(cx.conn, self.0).await?.ok_or_else(|| missing(self.0.into()))?;
        let params: Vec<Value> = serde_json::from_str(&params).unwrap_or_default();
        Ok(Reply::new().with("obj_id", self.0.0).with("params", params).with("ref_mask", ref_mask))
    }
}

/// `modify conv_params`: the whole list (sheet corezoid/api 9, 18). Null is none: the official client sends it for a file
/// without `params` before every deploy. Answers `conv_id` (9, 5).
pub(super) struct ModifyParams {
    conv: ConvId,
    params: Vec<Value>,
    ref_mask: Option<bool>,
}

impl Op for ModifyParams {
    const REQUEST: &'static [Field] = &[
        need("obj_id", Shape::Ref(Kind::Conv)),
        need("params", Shape::List(&PARAM)).or_null(),
        may("ref_mask", Shape::Flag),
    ];
    const ANSWER: &'static [Field] = &[need("conv_id", ID)];
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let conv = ConvId(args.required_id("obj_id")?);
        let params = args.list("params")?.cloned().unwrap_or_default();
        Ok(Self { conv, params, ref_mask: args.flag("ref_mask")? })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let params = Value::Array(self.params).to_string();
        if !store::set_params(cx.conn, self.conv, &params, self.ref_mask, cx.now.seconds()).await? {
            return Err(missing(self.conv.into()));
        }
        Ok(Reply::new().with("conv_id", self.conv.0))
    }
}
