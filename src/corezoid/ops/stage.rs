//! Stages: create, modify, show, list (sheet corezoid/api 2.8).

use serde_json::{Value, json};

use super::conv::CONV_TYPES;
use super::fields::{PRIVS, description, missing, taken, title};
use super::listing::{self, Contents};
use super::project::change;
use super::share;
use crate::corezoid::args::Args;
use crate::corezoid::context::Immutables;
use crate::corezoid::error::OpError;
use crate::corezoid::ids::{FolderId, Kind, Thing};
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::rules::listing::{FILTERS, ORDERS, SORTS};
use crate::corezoid::spec::{DESCRIPTION, Field, ID, NEW_ID, OBJECT, Shape, TEXT, TITLE, may, need};
use crate::corezoid::store::project::{self, Change, Name, NewProject, StageRow};
use crate::kernel::db::Access;

/// `create stage`, in the project of the request.
pub(super) struct CreateStage {
    title: String,
    short_name: String,
    description: Option<String>,
    immutable: bool,
}

impl Op for CreateStage {
    const REQUEST: &'static [Field] = &[
        need("short_name", Shape::Name),
        need("title", TITLE),
        may("description", DESCRIPTION),
        may("immutable", Shape::Flag),
    ];
    const ANSWER: &'static [Field] = &[need("obj_id", NEW_ID)];
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let named = ["project_id", "project_short_name"].iter().any(|key| args.get(key).is_some());
        if !named {
            return Err(OpError::Required("project_id".into()));
        }
        Ok(Self {
            title: title(args)?.unwrap_or_default(),
            short_name: args.required_text("short_name")?,
            description: description(args)?.over(Some(String::new())),
            immutable: args.flag("immutable")?.unwrap_or(false),
        })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let project = FolderId(cx.place.project()?);
        let new = NewProject {
            company: None,
            title: &self.title,
            short_name: &self.short_name,
            description: self.description.as_deref(),
            owner: cx.caller.user_id,
            now: cx.now.seconds(),
        };
        if self.immutable {
            cx.world.part::<Immutables>().note();
        }
        match project::insert_stage(cx.conn, project, &new, self.immutable).await? {
            Some(id) => Ok(Reply::new().with("obj_id", cx.new_id(id.0))),
            None if project::exists(cx.conn, ("project", project)).await? => Err(taken(Kind::Stage)),
            None => Err(missing(Thing { kind: Kind::Project, id: project.0 })),
        }
    }
}

/// `modify stage`. A title or short name that is not sent is lost, as with the real service (sheet corezoid/api 9, 18).
pub(super) struct ModifyStage {
    id: FolderId,
    change: Change,
}

impl Op for ModifyStage {
    const REQUEST: &'static [Field] = &[
        need("obj_id", Shape::Ref(Kind::Stage)),
        may("title", TITLE),
        may("short_name", Shape::Name),
        may("description", DESCRIPTION),
        may("immutable", Shape::Flag),
    ];
    const ANSWER: &'static [Field] = &[need("obj_id", ID)];
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let change = Change {
            title: Some(title(args)?.unwrap_or_default()),
            short_name: args.text("short_name")?.map_or(Name::Lost, Name::New),
            description: description(args)?,
            immutable: args.flag("immutable")?,
        };
        Ok(Self { id: FolderId(args.required_id("obj_id")?), change })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        if self.change.immutable == Some(true) {
            cx.world.part::<Immutables>().note();
        }
        change(Kind::Stage, self.id, &self.change, cx).await
    }
}

/// A stage as an item of a list: like any folder, with what waits for a deploy in it.
pub(super) fn line(row: StageRow, user: i64) -> Value {
    let waiting: Vec<Value> = serde_json::from_str(&row.waiting).unwrap_or_default();
    let mut versions: Vec<i64> = waiting.iter().filter_map(|conv| conv["version"].as_i64()).collect();
    versions.sort_unstable();
    versions.dedup();
    let mut line = listing::line(row.item, user);
    line["undeployed"] = json!(waiting.len());
    line["uniq_undeployed_versions"] = json!(versions.len());
    line["uniq_undeployed_versions_detail"] = json!(waiting);
    line
}

/// `show stage`.
pub(super) struct ShowStage(FolderId);

impl Op for ShowStage {
    const REQUEST: &'static [Field] = &[need("obj_id", Shape::Ref(Kind::Stage))];
    const ANSWER: &'static [Field] = &[
        need("obj_id", ID),
        need("obj_type", TEXT),
        need("title", TEXT),
        need("short_name", TEXT).or_null(),
        need("description", TEXT).or_null(),
        need("immutable", Shape::Flag),
        need("create_time", ID),
        need("change_time", ID),
        need("company_id", TEXT).or_null(),
        need("project_id", ID),
        need("stage_id", ID),
        need("parent_id", ID),
        need("version", ID).or_null(),
        need("undeployed", ID),
        need("uniq_undeployed_versions", ID),
        need("uniq_undeployed_versions_detail", Shape::List(&OBJECT)),
        need("childs", ID),
        need("size", ID),
        need("is_shared", Shape::Flag),
        need("favorite", Shape::Flag),
        need("is_owner", Shape::Flag),
        need("owner_id", ID),
        need("owner_name", TEXT),
        need("owner_login", TEXT),
        need("owner_group_id", ID),
        need("privs", PRIVS),
        need("parent_obj_id", ID),
        need("parent_obj_type", TEXT),
    ];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        args.required_id("obj_id").map(FolderId).map(Self)
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let user = cx.caller.user_id;
        let row = project::stage(cx.conn, self.0, user).await?;
        let row = row.ok_or_else(|| missing(Thing { kind: Kind::Stage, id: self.0.0 }))?;
        let (parent, parent_kind) = (row.item.folder_id, row.item.folder_kind.clone());
        let line = line(row, user);
        let fields = line.as_object().into_iter().flatten().filter(|(key, _)| *key != "obj");
        let reply = fields.fold(Reply::new(), |reply, (key, value)| reply.with(key, value.clone()));
        Ok(reply.with("parent_obj_id", parent.0).with("parent_obj_type", parent_kind))
    }
}

/// What `list stage` lists.
enum Listed {
    Contents(Contents),
    Shares(&'static str),
    /// Processes that wait for a deploy.
    Uncommitted,
}

/// `list stage`: what lies in it, those it is shared with, or what waits for a deploy.
pub(super) struct ListStage {
    id: FolderId,
    listed: Listed,
}

const UNCOMMITTED_ANSWER: &[Field] = &[
    need("obj_id", ID),
    need("list_obj", Shape::Word(&[UNCOMMITTED])),
    need(
        "list",
        Shape::List(&Shape::Object(&[
            need("is_owner", Shape::Flag),
            need("owner_id", ID),
            need("owner_name", TEXT),
            need("owner_login", TEXT),
            need("obj_id", ID),
            need("obj_type", Shape::Word(&["conv"])),
            need("conv_type", Shape::Word(CONV_TYPES)),
            need("title", TEXT),
            need("folder_id", ID),
            need("change_time", ID),
        ])),
    ),
];

/// In the service's spelling.
const UNCOMMITTED: &str = "uncommited";

impl Op for ListStage {
    const REQUEST: &'static [Field] = &[
        need("obj_id", Shape::Ref(Kind::Stage)),
        may("list_obj", Shape::Word(&["group", "user", UNCOMMITTED])),
        may("filter", Shape::Word(FILTERS)),
        may("sort", Shape::Word(SORTS)),
        may("order", Shape::Word(ORDERS)),
    ];
    const ANSWER: &'static [Field] = &[need("obj_id", ID), need("list", Shape::List(&listing::LINE))];
    const OTHER_ANSWERS: &'static [&'static [Field]] = &[share::SHARES, UNCOMMITTED_ANSWER];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let id = FolderId(args.required_id("obj_id")?);
        let listed = match args.get("list_obj").and_then(Value::as_str) {
            Some(UNCOMMITTED) => Listed::Uncommitted,
            Some("group") => Listed::Shares("group"),
            Some(_) => Listed::Shares("user"),
            None => Listed::Contents(Contents::parse(id, args)?),
        };
        Ok(Self { id, listed })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let user = cx.caller.user_id;
        let thing = Thing { kind: Kind::Stage, id: self.id.0 };
        let reply = Reply::new().with("obj_id", self.id.0);
        match self.listed {
            Listed::Shares(word) => share::list(thing, word, cx).await,
            Listed::Contents(contents) => {
                // A place that is not there is missing as what it was asked for.
                let (place, list) = contents.list(cx).await.map_err(|error| match error {
                    OpError::NotFound { .. } => missing(thing),
                    other => other,
                })?;
                if place.kind == Kind::Stage.word() {
                    Ok(reply.with("list", list))
                } else {
                    Err(missing(thing))
                }
            }
            Listed::Uncommitted => {
                let waiting = project::waiting(cx.conn, self.id).await?;
                if waiting.is_empty() && !project::exists(cx.conn, (Kind::Stage.word(), self.id)).await? {
                    return Err(missing(thing));
                }
                let list: Vec<Value> = waiting.iter().map(|conv| uncommitted(conv, user)).collect();
                Ok(reply.with("list_obj", UNCOMMITTED).with("list", list))
            }
        }
    }
}

/// A process that waits for a deploy, as an item of a list.
fn uncommitted(conv: &project::Waiting, user: i64) -> Value {
    json!({
        "is_owner": conv.owner_id == user,
        "owner_id": conv.owner_id,
        "owner_name": conv.owner_name,
        "owner_login": conv.owner_login,
        "obj_id": conv.id,
        "obj_type": "conv",
        "conv_type": conv.conv_type,
        "title": conv.title,
        "folder_id": conv.folder_id.0,
        "change_time": conv.change_time,
    })
}
