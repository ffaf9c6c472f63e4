//! Saved versions: what a stage had deployed at some time, as a zip that can be downloaded, compared, and put into a stage
//! again (sheet corezoid/api 2.8).

use std::collections::HashSet;

use serde_json::{Value, json};

use super::fields::{PRIVS, missing, privs, taken};
use super::merge::{overlay, read_stage};
use super::scheme::{Beside, items};
use super::upload::{finished, plant};
use crate::corezoid::args::Args;
use crate::corezoid::error::OpError;
use crate::corezoid::ids::{FolderId, Kind, Thing, VersionId};
use crate::corezoid::model::archive;
use crate::corezoid::model::incoming::{self, Incoming, Shipment};
use crate::corezoid::model::logic::Timers;
use crate::corezoid::model::planting::{Planting, slug};
use crate::corezoid::model::site::{Manner, named};
use crate::corezoid::model::unpack::{self, Broken};
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::rules::change::Nullable;
use crate::corezoid::rules::listing::{ORDERS, Order};
use crate::corezoid::rules::status::Status;
use crate::corezoid::rules::version as number;
use crate::corezoid::spec::{Field, ID, NEW_ID, Shape, TEXT, may, need};
use crate::corezoid::store::scheme::FileRow;
use crate::corezoid::store::version::{self, Card, NewVersion};
use crate::corezoid::store::{job, planting as store, project, scheme};
use crate::kernel::db::Access;

const TITLE: Shape = Shape::Text { least: 3, most: 256 };
const LONGEST_TITLE: usize = 256;
const CHANGELOG: Shape = Shape::Text { least: 0, most: 5000 };
const LONGEST_CHANGELOG: usize = 5000;
/// What the files are like; there has been no other form.
const FILE_FORMAT: i64 = 1;

/// The project that a request must name, by id or short name.
fn names_project(args: Args<'_>) -> Result<(), OpError> {
    let named = ["project_id", "project_short_name"].iter().any(|key| args.get(key).is_some());
    if named { Ok(()) } else { Err(OpError::Required("project_id".into())) }
}

/// `create version`: what the stage has deployed now.
pub(super) struct CreateVersion {
    stage: Thing,
    vsn: String,
    title: Option<String>,
    changelog: String,
    /// Whether the request names the project.
    placed: Result<(), OpError>,
}

impl Op for CreateVersion {
    const REQUEST: &'static [Field] = &[
        need("vsn", Shape::Vsn),
        need("stage_from_id", Shape::Ref(Kind::Stage)),
        may("title", TITLE),
        may("changelog", CHANGELOG),
    ];
    const ANSWER: &'static [Field] = &[need("obj_id", NEW_ID), need("link", TEXT)];
    // A version of an immutable stage leaves it as it is.
    const EDITS: bool = false;
    const ACCESS: Access = Access::Write;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self {
            stage: Thing { kind: Kind::Stage, id: args.required_id("stage_from_id")? },
            vsn: args.required_text("vsn")?,
            title: args.text("title")?,
            changelog: args.text("changelog")?.unwrap_or_default(),
            placed: names_project(args),
        })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let items = items(cx, self.stage, Beside::All).await?;
        self.placed?;
        let project = FolderId(cx.place.project()?);
        let name = format!("version_{}_{}_{}.zip", self.stage.id, self.vsn, cx.now.millis());
        let new = NewVersion {
            company: items.first().and_then(|item| item.company.as_deref()),
            project,
            stage: FolderId(self.stage.id),
            vsn: &self.vsn,
            title: self.title.as_deref(),
            changelog: Some(&self.changelog),
            link: &name,
            owner: cx.caller.user_id,
            now: cx.now.seconds(),
        };
        let id = version::insert(cx.conn, &new).await?.ok_or_else(|| taken(Kind::Version))?;
        let content = archive::zip(&items, &name);
        scheme::put_file(cx.conn, &FileRow { name: name.clone(), content, create_time: cx.now.seconds() })
            .await?;
        // The published example gives the name alone, not a whole link.
        Ok(Reply::new().with("obj_id", cx.new_id(id.0)).with("link", name))
    }
}

/// `modify version`: title and changelog where they are sent; the file and its number stay.
pub(super) struct ModifyVersion {
    id: VersionId,
    title: Nullable,
    changelog: Nullable,
}

impl Op for ModifyVersion {
    const REQUEST: &'static [Field] =
        &[need("obj_id", Shape::Ref(Kind::Version)), may("title", TITLE), may("changelog", CHANGELOG)];
    const ANSWER: &'static [Field] = &[need("obj_id", ID)];
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self {
            id: VersionId(args.required_id("obj_id")?),
            title: args.nullable_text("title", LONGEST_TITLE)?,
            changelog: args.nullable_text("changelog", LONGEST_CHANGELOG)?,
        })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        if !version::update(cx.conn, self.id, &self.title, &self.changelog, cx.now.seconds()).await? {
            return Err(missing(self.id.into()));
        }
        Ok(Reply::new().with("obj_id", self.id.0))
    }
}

/// The fields of [`card`], but for the rights that lists show.
const CARD: &[Field] = &[
    need("is_owner", Shape::Flag),
    need("owner_id", ID),
    need("owner_name", TEXT),
    need("owner_login", TEXT),
    need("obj_id", ID),
    need("obj_type", Shape::Word(&["version"])),
    need("project_id", ID),
    need("project_title", TEXT),
    need("stage_id", ID),
    need("stage_title", TEXT),
    need("vsn", Shape::Vsn),
    need("title", TEXT).or_null(),
    need("changelog", TEXT).or_null(),
    need("link", TEXT),
    need("create_time", ID),
    need("change_time", ID),
    need("user_id", ID),
    need("status", Shape::Int { least: 1, most: 3 }),
    need("file_format_vsn", ID),
    may("privs", PRIVS),
];

fn card(version: &Card, user: i64) -> Value {
    json!({
        "is_owner": version.owner_id == user,
        "owner_id": version.owner_id,
        "owner_name": version.owner_name,
        "owner_login": version.owner_login,
        "obj_id": version.id,
        "obj_type": "version",
        "project_id": version.project_id,
        "project_title": version.project_title,
        "stage_id": version.stage_id,
        "stage_title": version.stage_title,
        "vsn": version.vsn,
        "title": version.title,
        "changelog": version.changelog,
        "link": version.link,
        "create_time": version.create_time,
        "change_time": version.change_time,
        "user_id": version.owner_id,
        "status": version.status,
        "file_format_vsn": FILE_FORMAT,
    })
}

/// `get version`, also of the trash: `status` tells.
pub(super) struct GetVersion(VersionId);

impl Op for GetVersion {
    const REQUEST: &'static [Field] = &[need("obj_id", Shape::Ref(Kind::Version))];
    const ANSWER: &'static [Field] = CARD;
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        args.required_id("obj_id").map(VersionId).map(Self)
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let found = version::find(cx.conn, self.0).await?.ok_or_else(|| missing(self.0.into()))?;
        let card = card(&found, cx.caller.user_id);
        let fields = card.as_object().into_iter().flatten();
        Ok(fields.fold(Reply::new(), |reply, (key, value)| reply.with(key, value.clone())))
    }
}

/// `sort` of [`ListVersions`].
#[derive(Debug, Clone, Copy)]
enum Sort {
    Title,
    Number,
    Date,
    Status,
}

const SORT_OF_WORD: [(&str, Sort); 4] =
    [("title", Sort::Title), ("vsn", Sort::Number), ("date", Sort::Date), ("status", Sort::Status)];

impl Sort {
    fn of(word: &str) -> Option<Self> {
        SORT_OF_WORD.iter().find(|row| row.0 == word).map(|row| row.1)
    }

    fn compare(self, a: &Card, b: &Card) -> std::cmp::Ordering {
        match self {
            Self::Title => a.title.cmp(&b.title),
            Self::Number => number::compare(&a.vsn, &b.vsn),
            Self::Date => a.change_time.cmp(&b.change_time),
            Self::Status => a.status.cmp(&b.status),
        }
    }
}

/// `list versions`: those of a project, by default by number, without the trash.
pub(super) struct ListVersions {
    sort: Sort,
    order: Order,
    filter: String,
}

impl Op for ListVersions {
    const REQUEST: &'static [Field] = &[
        may("sort", Shape::Word(&["title", "vsn", "date", "status"])),
        may("order", Shape::Word(ORDERS)),
        may("filter", Shape::Word(&["all", "deleted", "active"])),
    ];
    const ANSWER: &'static [Field] = &[need("list", Shape::List(&Shape::Object(CARD)))];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        names_project(args)?;
        Ok(Self {
            sort: args.word("sort", Sort::of)?.unwrap_or(Sort::Number),
            order: args.word("order", Order::of)?.unwrap_or(Order::Asc),
            filter: args.text("filter")?.unwrap_or_else(|| "active".to_owned()),
        })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let user = cx.caller.user_id;
        let (project, innermost) = (FolderId(cx.place.project()?), FolderId(cx.place.folder()?));
        let stage = Some(innermost).filter(|stage| *stage != project);
        let mut versions = version::of_project(cx.conn, project, stage).await?;
        if versions.is_empty() && !project::exists(cx.conn, (Kind::Project.word(), project)).await? {
            return Err(missing(Thing { kind: Kind::Project, id: project.0 }));
        }
        let deleted = |version: &Card| version.status == Status::Deleted.number();
        versions.retain(|version| match self.filter.as_str() {
            "deleted" => deleted(version),
            "all" => true,
            _ => !deleted(version),
        });
        versions.sort_by(|a, b| self.order.apply(self.sort.compare(a, b)));
        let line = |version: &Card| {
            let mut line = card(version, user);
            line["privs"] = privs();
            line
        };
        Ok(Reply::new().with("list", versions.iter().map(line).collect::<Vec<_>>()))
    }
}

/// The objects of a version that is not in the trash, and its card.
pub(super) async fn contents(cx: &mut OpCx<'_>, id: VersionId) -> Result<(Card, Vec<Incoming>), OpError> {
    let card = version::find(cx.conn, id).await?;
    let card = card.filter(|card| card.status != Status::Deleted.number());
    let card = card.ok_or_else(|| missing(id.into()))?;
    let file = job::file(cx.conn, &card.link).await?.ok_or(Broken)?;
    Ok((card, incoming::read(unpack::unpack(&file)?)?.items))
}

/// `upload version` on the upload URL: a stage becomes what the version holds. What is the same object (by uuid) keeps its
/// id, and the rest of the stage goes to the trash, as with a merge; an immutable stage takes it. With no stage named the
/// version becomes a stage of its own: what the real service does then is not documented.
pub(super) struct UploadVersion {
    id: VersionId,
    stage: Option<i64>,
    linked: bool,
}

impl Op for UploadVersion {
    const REQUEST: &'static [Field] = &[
        need("version_id", Shape::Ref(Kind::Version)),
        may("stage_to_id", Shape::Ref(Kind::Stage)),
        may("async", Shape::Flag),
    ];
    const ANSWER: &'static [Field] = &[need("stage_to_id", ID)];
    const OTHER_ANSWERS: &'static [&'static [Field]] =
        &[&[need("obj", Shape::Word(&["obj_scheme"])), need("hash", TEXT)]];
    const EDITS: bool = false;
    const ACCESS: Access = Access::Write;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self {
            id: VersionId(args.required_id("version_id")?),
            stage: args.id("stage_to_id")?,
            linked: args.flag("async")?.unwrap_or(false),
        })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let (card, new) = contents(cx, self.id).await?;
        let (stage, planting, company) = match self.stage {
            Some(id) => {
                let stage = Thing { kind: Kind::Stage, id };
                let old = read_stage(cx, stage).await?;
                let (planting, company) = overlay(stage, &old, new, &HashSet::new(), cx).await?;
                (stage, planting, company)
            }
            None => as_new_stage(&card, new, cx).await?,
        };
        let reply = Reply::new().without_id().obj_first();
        if !self.linked {
            return Ok(reply.with("stage_to_id", stage.id));
        }
        let hash = cx.ids().hex::<71>().to_uppercase();
        let done = finished(&hash, "upload", stage, &planting, company, cx);
        job::insert(cx.conn, &[done]).await?;
        Ok(reply.with_obj("obj_scheme").with("hash", hash))
    }
}

/// A version as one more stage of its project, named after its stage and its number.
async fn as_new_stage(
    card: &Card,
    items: Vec<Incoming>,
    cx: &mut OpCx<'_>,
) -> Result<(Thing, Planting, Option<String>), OpError> {
    let project = Thing { kind: Kind::Project, id: card.project_id.0 };
    let shipment = Shipment { items };
    let named = named(&shipment.items);
    let who = (cx.caller.user_id, cx.now.seconds(), Timers::from(&cx.world.settings.engine));
    let target = store::target(cx.conn, project.id, None, &named, who).await?;
    let target = target.ok_or_else(|| missing(project))?;
    let title = format!("{} {}", card.stage_title, card.vsn);
    let manner =
        Manner { short_name: Some(slug(&title)), title: Some(title), aliases: true, ..Manner::default() };
    let planting = plant(&shipment, &target, &manner, cx).await?;
    if planting.refused {
        return Err(OpError::Tree(planting.errors));
    }
    let id = planting.planted.first().map(|stage| stage.id).unwrap_or_default();
    Ok((Thing { kind: Kind::Stage, id }, planting, target.site.company))
}
