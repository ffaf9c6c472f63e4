//! Projects: create with stages, modify, show, list; and the list of a company's projects (sheet corezoid/api 2.8).

use serde_json::{Value, json};

use super::fields::{description, missing, taken};
use super::listing::{self, Sorting};
use super::share;
use super::stage;
use crate::corezoid::args::Args;
use crate::corezoid::context::Immutables;
use crate::corezoid::error::OpError;
use crate::corezoid::ids::{FolderId, Kind, Thing};
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::rules::listing::{ORDERS, SORTS};
use crate::corezoid::spec::{DESCRIPTION, Field, ID, NEW_ID, Shape, TEXT, may, need};
use crate::corezoid::store::item;
use crate::corezoid::store::project::{self, Change, Changed, Name, NewProject};
use crate::kernel::db::Access;

/// sheet corezoid/api 1.7.
const TITLE: Shape = Shape::Text { least: 1, most: 255 };

/// `create project`. A company is no must: without one the project is in the personal space (sheet corezoid/api 1.7).
pub(super) struct CreateProject {
    company: Option<String>,
    title: String,
    short_name: String,
    description: Option<String>,
    /// Name and whether it is immutable.
    stages: Vec<(String, bool)>,
}

/// A stage of a new project: its title has to be a short name, and is one.
const STAGE: &[Field] = &[need("title", Shape::Name), may("immutable", Shape::Flag)];

impl Op for CreateProject {
    const REQUEST: &'static [Field] = &[
        need("title", TITLE),
        need("short_name", Shape::Name),
        may("description", DESCRIPTION),
        may("stages", Shape::List(&Shape::Object(STAGE))),
    ];
    const ANSWER: &'static [Field] = &[need("obj_id", NEW_ID), need("stages", Shape::List(&NEW_ID))];
    const ACCESS: Access = Access::Write;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let stage = |stage: &Value| {
            let name = stage["title"].as_str().unwrap_or_default().to_owned();
            (name, stage["immutable"] == true || stage["immutable"] == "true")
        };
        Ok(Self {
            company: args.company()?,
            title: args.required_text("title")?,
            short_name: args.required_text("short_name")?,
            description: description(args)?.over(Some(String::new())),
            stages: args.list("stages")?.into_iter().flatten().map(stage).collect(),
        })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let (owner, now) = (cx.caller.user_id, cx.now.seconds());
        let new = NewProject {
            company: self.company.as_deref(),
            title: &self.title,
            short_name: &self.short_name,
            description: self.description.as_deref(),
            owner,
            now,
        };
        let id = project::insert(cx.conn, &new).await?.ok_or_else(|| taken(Kind::Project))?;
        let mut stages = Vec::new();
        if !self.stages.is_empty() {
            if self.stages.iter().any(|(_, immutable)| *immutable) {
                cx.world.part::<Immutables>().note();
            }
            stages =
                project::insert_stages(cx.conn, id, &json!(self.stages).to_string(), (owner, now)).await?;
            if stages.len() < self.stages.len() {
                return Err(taken(Kind::Stage));
            }
        }
        let stages: Vec<Value> = stages.into_iter().map(|stage| cx.new_id(stage)).collect();
        Ok(Reply::new().with("obj_id", cx.new_id(id.0)).with("stages", stages))
    }
}

/// `modify project`: only what is sent changes.
pub(super) struct ModifyProject {
    id: FolderId,
    change: Change,
}

impl Op for ModifyProject {
    const REQUEST: &'static [Field] = &[
        need("obj_id", Shape::Ref(Kind::Project)),
        may("title", TITLE),
        may("short_name", Shape::Name),
        may("description", DESCRIPTION),
    ];
    const ANSWER: &'static [Field] = &[need("obj_id", ID)];
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let change = Change {
            title: args.text("title")?,
            short_name: args.text("short_name")?.map_or(Name::Kept, Name::New),
            description: description(args)?,
            immutable: None,
        };
        Ok(Self { id: FolderId(args.required_id("obj_id")?), change })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        change(Kind::Project, self.id, &self.change, cx).await
    }
}

/// Applies a change to a project or stage.
pub(super) async fn change(
    kind: Kind,
    id: FolderId,
    change: &Change,
    cx: &mut OpCx<'_>,
) -> Result<Reply, OpError> {
    match project::update(cx.conn, (kind.word(), id), change, cx.now.seconds()).await? {
        Changed::Done => Ok(Reply::new().with("obj_id", id.0)),
        Changed::Missing => Err(missing(Thing { kind, id: id.0 })),
        Changed::Taken => Err(taken(kind)),
    }
}

/// A stage in `show project`.
const SHOWN_STAGE: &[Field] =
    &[need("title", TEXT), need("obj_id", ID), need("obj_short_name", TEXT).or_null()];

/// `show project`.
pub(super) struct ShowProject(FolderId);

impl Op for ShowProject {
    const REQUEST: &'static [Field] = &[need("obj_id", Shape::Ref(Kind::Project))];
    const ANSWER: &'static [Field] = &[
        need("obj_id", ID),
        need("title", TEXT),
        need("obj_short_name", TEXT).or_null(),
        need("stages", Shape::List(&Shape::Object(SHOWN_STAGE))),
        need("parent_obj_id", ID),
        need("parent_obj_type", TEXT),
    ];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        args.required_id("obj_id").map(FolderId).map(Self)
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let user = cx.caller.user_id;
        let project = find(self.0, cx).await?;
        let stages = project::stages(cx.conn, self.0, user).await?;
        let stage = |row: project::StageRow| json!({ "title": row.item.title, "obj_id": row.item.id, "obj_short_name": row.item.short_name });
        Ok(Reply::new()
            .with("obj_id", project.id)
            .with("title", project.title)
            .with("obj_short_name", project.short_name)
            .with("stages", stages.into_iter().map(stage).collect::<Vec<_>>())
            .with("parent_obj_id", project.folder_id.0)
            .with("parent_obj_type", "folder"))
    }
}

/// A present project.
async fn find(id: FolderId, cx: &mut OpCx<'_>) -> Result<item::Item, OpError> {
    let thing = Thing { kind: Kind::Project, id: id.0 };
    item::find(cx.conn, thing, cx.caller.user_id).await?.ok_or_else(|| missing(thing))
}

/// `list project`: its stages, or with `list_obj` those it is shared with.
pub(super) struct ListProject {
    id: FolderId,
    shares: Option<&'static str>,
    sorting: Sorting,
}

impl Op for ListProject {
    const REQUEST: &'static [Field] = &[
        need("obj_id", Shape::Ref(Kind::Project)),
        may("list_obj", Shape::Word(share::LIST_OBJ)),
        may("sort", Shape::Word(SORTS)),
        may("order", Shape::Word(ORDERS)),
    ];
    const ANSWER: &'static [Field] = &[need("obj_id", ID), need("list", Shape::List(&listing::LINE))];
    const OTHER_ANSWERS: &'static [&'static [Field]] = &[share::SHARES];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self {
            id: FolderId(args.required_id("obj_id")?),
            shares: share::list_obj(args)?,
            sorting: Sorting::by_title(args)?,
        })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let user = cx.caller.user_id;
        if let Some(word) = self.shares {
            return share::list(Thing { kind: Kind::Project, id: self.id.0 }, word, cx).await;
        }
        let mut stages = project::stages(cx.conn, self.id, user).await?;
        if stages.is_empty() && !project::exists(cx.conn, ("project", self.id)).await? {
            return Err(missing(Thing { kind: Kind::Project, id: self.id.0 }));
        }
        stages.sort_by(|a, b| self.sorting.compare(&a.item, &b.item, user));
        let list: Vec<Value> = stages.into_iter().map(|row| stage::line(row, user)).collect();
        Ok(Reply::new().with("obj_id", self.id.0).with("list", list))
    }
}

/// `list projects`: those of a company, or of the personal space.
pub(super) struct ListProjects {
    company: Option<String>,
    sorting: Sorting,
}

impl Op for ListProjects {
    const REQUEST: &'static [Field] = &[may("sort", Shape::Word(SORTS)), may("order", Shape::Word(ORDERS))];
    const ANSWER: &'static [Field] = &[need("list", Shape::List(&listing::LINE))];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self { company: args.company()?, sorting: Sorting::by_title(args)? })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let user = cx.caller.user_id;
        let mut projects = project::list(cx.conn, self.company.as_deref(), user).await?;
        projects.sort_by(|a, b| self.sorting.compare(a, b, user));
        let list: Vec<Value> = projects.into_iter().map(|item| listing::line(item, user)).collect();
        Ok(Reply::new().with("list", list))
    }
}
