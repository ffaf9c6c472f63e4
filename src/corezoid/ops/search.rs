//! Finding objects by words: `list convs`, `list dashboards`.

use serde_json::json;

use super::conv::CONV_TYPES;
use crate::corezoid::args::Args;
use crate::corezoid::error::OpError;
use crate::corezoid::ids::Kind;
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::rules::status::{SHOWN, Status};
use crate::corezoid::spec::{Field, ID, Shape, TEXT, may, need};
use crate::corezoid::store::item::{self, Search};
use crate::kernel::db::Access;

/// sheet corezoid/api 1.7.
const PATTERN: Shape = Shape::Text { least: 1, most: 150 };
const LIMIT: Shape = Shape::Int { least: 1, most: 100 };
const USUAL_LIMIT: i64 = 20;

fn search(args: Args<'_>, kind: Kind) -> Result<Search, OpError> {
    Ok(Search {
        kind,
        company: args.company()?,
        pattern: args.text("pattern")?,
        conv_type: None,
        owner: args.id("owner_id")?,
        limit: args.integer("limit")?.unwrap_or(USUAL_LIMIT),
    })
}

/// `list convs`.
pub(super) struct ListConvs(Search);

impl Op for ListConvs {
    const REQUEST: &'static [Field] = &[
        may("obj_type", Shape::Word(&["process", "state"])),
        may("pattern", PATTERN),
        may("limit", LIMIT),
        may("owner_id", ID),
    ];
    const ANSWER: &'static [Field] = &[need(
        "list",
        Shape::List(&Shape::Object(&[
            need("obj_id", ID),
            need("obj_type", Shape::Word(&["conv"])),
            need("create_time", ID),
            need("change_time", ID),
            need("status", Shape::Word(SHOWN)),
            need("is_owner", Shape::Flag),
            need("owner_name", TEXT),
            need("owner_id", ID),
            need("title", TEXT),
            need("description", TEXT).or_null(),
            need("escalation_conv", Shape::Json),
            need("conv_type", Shape::Word(CONV_TYPES)),
            need("project_id", ID),
            need("project_title", TEXT),
            need("stage_id", ID),
            need("stage_title", TEXT),
        ])),
    )];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let word = |word: &str| ["process", "state"].into_iter().find(|known| *known == word);
        let conv_type = args.word("obj_type", word)?;
        Ok(Self(Search { conv_type, ..search(args, Kind::Conv)? }))
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let user = cx.caller.user_id;
        let found = item::search(cx.conn, &self.0, user).await?;
        let line = |conv: item::Item| {
            json!({
                "obj_id": conv.id,
                "obj_type": "conv",
                "create_time": conv.create_time,
                "change_time": conv.change_time,
                "status": Status::of_number(conv.status).map(Status::word),
                "is_owner": conv.owner_id == user,
                "owner_name": conv.owner_name,
                "owner_id": conv.owner_id,
                "title": conv.title,
                "description": conv.description,
                "escalation_conv": "undefined",
                "conv_type": conv.conv_type,
                "project_id": conv.project_id,
                "project_title": "",
                "stage_id": conv.stage_id,
                "stage_title": "",
            })
        };
        Ok(Reply::new().with("list", found.into_iter().map(line).collect::<Vec<_>>()))
    }
}

/// `list dashboards`.
pub(super) struct ListDashboards(Search);

impl Op for ListDashboards {
    const REQUEST: &'static [Field] = &[may("pattern", PATTERN), may("limit", LIMIT), may("owner_id", ID)];
    const ANSWER: &'static [Field] = &[need(
        "list",
        Shape::List(&Shape::Object(&[
            need("obj_id", ID),
            need("obj_type", Shape::Word(&["dashboards"])),
            need("company_id", TEXT).or_null(),
            need("title", TEXT),
            need("create_time", ID),
            need("change_time", ID),
            need("owner_id", ID),
        ])),
    )];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        search(args, Kind::Dashboard).map(Self)
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let found = item::search(cx.conn, &self.0, cx.caller.user_id).await?;
        let line = |dashboard: item::Item| {
            json!({
                "obj_id": dashboard.id,
                // sheet corezoid/api 2.3: in the plural.
                "obj_type": "dashboards",
                "company_id": dashboard.company_id,
                "title": dashboard.title,
                "create_time": dashboard.create_time,
                "change_time": dashboard.change_time,
                "owner_id": dashboard.owner_id,
            })
        };
        Ok(Reply::new().with("list", found.into_iter().map(line).collect::<Vec<_>>()))
    }
}
