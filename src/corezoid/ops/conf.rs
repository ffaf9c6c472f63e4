//! Settings of the installation that editors ask for (sheet corezoid/api 2.9).

use serde_json::json;

use crate::corezoid::args::Args;
use crate::corezoid::error::OpError;
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::spec::{Field, ID, Shape, TEXT, may, need};
use crate::kernel::db::Access;

/// Seconds; a deploy refuses less (sheet corezoid/api 4.5).
const LEAST_TIMER: i64 = 30;

/// `show conf`: the least timer, or what the interface is built on.
pub(super) struct ShowConf {
    timer: bool,
}

impl Op for ShowConf {
    const REQUEST: &'static [Field] = &[need("obj_type", Shape::Word(&["timer", "ui"]))];
    const ANSWER: &'static [Field] = &[
        need("obj_type", TEXT),
        may("min_value", ID),
        may("box_solution", Shape::Flag),
        may("type_logins", Shape::List(&TEXT)),
    ];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self { timer: args.required_text("obj_type")? == "timer" })
    }

    async fn run(self, _cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        // The second form says the same as `GET /system/conf`.
        Ok(if self.timer {
            Reply::new().with("obj_type", "timer").with("min_value", LEAST_TIMER)
        } else {
            Reply::new().with("obj_type", "ui").with("box_solution", true).with("type_logins", json!(["api"]))
        })
    }
}
