//! Finding objects by words: `list convs`, `list dashboards`.

use serde_json::{Value, json};

use super::conv::{CONV_TYPES, escalation};
use crate::corezoid::args::Args;
use crate::corezoid::error::OpError;
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::rules::status::{SHOWN, Status};
use crate::corezoid::spec::{Field, ID, Shape, TEXT, may, need};
use crate::corezoid::store::item::Item;
use crate::corezoid::store::search::{self, Around, FoundConv, Search};
use crate::kernel::db::Access;

/// sheet corezoid/api 1.7.
const PATTERN: Shape = Shape::Text { least: 1, most: 150 };
const LIMIT: Shape = Shape::Int { least: 1, most: 100 };
const USUAL_LIMIT: i64 = 20;

/// `location`, and what it looks at (the published description): nothing of projects, the project of the request, or all
/// projects.
const LOCATIONS: &[&str] = &["folder", "stage", "project"];

fn search(args: Args<'_>) -> Result<Search, OpError> {
    let around = match args.get("location").and_then(Value::as_str) {
        Some("folder") => Around::Folders,
        Some("project") => Around::Projects,
        _ => Around::All,
    };
    Ok(Search {
        company: args.company()?,
        around,
        pattern: args.text("pattern")?,
        conv_type: None,
        owner: args.id("owner_id")?,
        limit: args.integer("limit")?.unwrap_or(USUAL_LIMIT),
    })
}

/// The same search in the project, or the stage, that the request names.
fn placed(mut search: Search, cx: &OpCx<'_>) -> Result<Search, OpError> {
    let (id, innermost) = (cx.place.project()?, cx.place.folder()?);
    if id != 0 && search.around == Around::All {
        search.around = Around::Project { id, stage: if innermost == id { 0 } else { innermost } };
    }
    Ok(search)
}

/// `list convs`.
pub(super) struct ListConvs(Search);

impl Op for ListConvs {
    const REQUEST: &'static [Field] = &[
        may("obj_type", Shape::Word(&["process", "state"])),
        may("pattern", PATTERN),
        may("limit", LIMIT),
        may("owner_id", ID),
        may("location", Shape::Word(LOCATIONS)),
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
            need("escalation_conv", TEXT),
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
        Ok(Self(Search { conv_type, ..search(args)? }))
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let user = cx.caller.user_id;
        let search = placed(self.0, cx)?;
        let found = search::convs(cx.conn, &search, user).await?;
        let line = |found: FoundConv| {
            let conv = found.item;
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
                "escalation_conv": escalation(found.escalation_conv),
                "conv_type": conv.conv_type,
                "project_id": conv.project_id,
                "project_title": found.project_title,
                "stage_id": conv.stage_id,
                "stage_title": found.stage_title,
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
        search(args).map(Self)
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let search = placed(self.0, cx)?;
        let found = search::dashboards(cx.conn, &search, cx.caller.user_id).await?;
        let line = |dashboard: Item| {
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
