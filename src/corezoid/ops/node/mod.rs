//! Nodes of a process (sheet corezoid/api 2.4). Every change is a draft until its version is confirmed.

mod edit;
mod read;

pub(super) use edit::{CreateNode, DeleteNode, ModifyNode};
pub(super) use read::{ListNode, ListNodes, ResetNode, ShowNode};

use serde_json::{Value, json};

use crate::corezoid::args::Args;
use crate::corezoid::error::OpError;
use crate::corezoid::ids::{ConvId, Kind};
use crate::corezoid::spec::{Field, OBJECT, Shape, TEXT, need};

/// What a node is: 0 normal, 1 start, 2 final, 3 escalation, 4 stub.
pub(super) const NODE_KIND: Shape = Shape::Int { least: 0, most: 4 };

/// Where a node stands: x and y.
pub(super) const POSITION: Shape = Shape::List(&Shape::Number);

/// An object, or its JSON in a text (sheet corezoid/api 8, row 16).
const JSON_TEXT: Shape = Shape::Either(&[OBJECT, TEXT]);

/// The fields of [`Target`].
const TARGET: &[Field] = &[need("obj_id", TEXT), need("conv_id", Shape::Ref(Kind::Conv))];

/// A node by its ids.
struct Target {
    conv: ConvId,
    /// As it was sent.
    sent: Value,
    id: String,
}

impl Target {
    /// `obj_id` and `conv_id`; any text or number may be a node's id (sheet corezoid/api 8, row 13).
    fn of(args: Args<'_>) -> Result<Self, OpError> {
        let id = args.required_text("obj_id")?;
        let conv = ConvId(args.required_id("conv_id")?);
        args.company()?;
        Ok(Self { conv, sent: args.get("obj_id").cloned().unwrap_or_default(), id })
    }

    fn missing(self) -> OpError {
        missing(self.sent)
    }
}

fn missing(id: Value) -> OpError {
    OpError::NotFound { obj: "node", id }
}

fn no_conv(conv: ConvId) -> OpError {
    OpError::NotFound { obj: "conv", id: json!(conv.0) }
}
