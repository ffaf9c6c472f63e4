//! Aliases: create, upsert, modify, show, link, list (sheet corezoid/api 2.8).

use std::cmp::Ordering;

use serde_json::{Value, json};

use super::fields::{PRIVS, description, missing, privs, taken};
use crate::corezoid::args::Args;
use crate::corezoid::error::OpError;
use crate::corezoid::ids::{AliasId, ConvId, FolderId, Kind, Thing};
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::refusal::Refusal;
use crate::corezoid::rules::change::Nullable;
use crate::corezoid::rules::listing::{ORDERS, Order};
use crate::corezoid::spec::{DESCRIPTION, Field, ID, NEW_ID, Shape, TEXT, may, need};
use crate::corezoid::store::alias::{self, Alias, Change, NewAlias, Query};
use crate::corezoid::store::project::Changed;
use crate::kernel::db::Access;

/// sheet corezoid/api 1.7.
const TITLE: Shape = Shape::Text { least: 3, most: 255 };

/// What an alias may name: processes and state diagrams.
const TARGETS: &[&str] = &["conv"];

/// What a new alias is given.
struct Given {
    company: Option<String>,
    title: Option<String>,
    short_name: String,
    description: Nullable,
    conv: Option<ConvId>,
}

impl Given {
    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self {
            company: args.company()?,
            title: args.text("title")?,
            short_name: args.required_text("short_name")?,
            description: description(args)?,
            conv: args.id("obj_to_id")?.filter(|id| *id != 0).map(ConvId),
        })
    }

    /// Makes the alias in the place of the request; with `update` changes the one there that has its name.
    async fn store(&self, update: bool, cx: &mut OpCx<'_>) -> Result<AliasId, OpError> {
        let uuid = cx.ids().guid().to_string();
        let new = NewAlias {
            company: self.company.as_deref(),
            project: cx.place.project()?,
            stage: cx.place.stage()?,
            title: self.title.as_deref(),
            short_name: &self.short_name,
            description: &self.description,
            conv: self.conv,
            uuid: &uuid,
            owner: cx.caller.user_id,
            now: cx.now.seconds(),
        };
        if let Some(id) = alias::insert(cx.conn, &new, update).await? {
            return Ok(id);
        }
        let present = alias::obstacle(cx.conn, new.place(), self.conv).await?;
        Err(match self.conv {
            _ if !present.place => {
                let kind = if new.stage == 0 { Kind::Project } else { Kind::Stage };
                missing(Thing { kind, id: new.place() })
            }
            Some(conv) if !present.conv => missing(conv.into()),
            _ => taken(Kind::Alias),
        })
    }
}

/// `create alias`. In a stage or project it belongs to that, else to the company.
pub(super) struct CreateAlias(Given);

impl Op for CreateAlias {
    const REQUEST: &'static [Field] = &[
        need("title", TITLE),
        need("short_name", Shape::Name),
        may("description", DESCRIPTION),
        may("obj_to_id", Shape::Ref(Kind::Conv)),
        may("obj_to_type", Shape::Word(TARGETS)),
    ];
    const ANSWER: &'static [Field] = &[need("obj_id", NEW_ID)];
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Given::parse(args).map(Self)
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let id = self.0.store(false, cx).await?;
        Ok(Reply::new().with("obj_id", cx.new_id(id.0)))
    }
}

/// `upsert alias`: changes the alias of this id, else the one of this short name, else makes one.
pub(super) struct UpsertAlias {
    id: Option<AliasId>,
    given: Given,
}

impl Op for UpsertAlias {
    const REQUEST: &'static [Field] = &[
        may("obj_id", Shape::Ref(Kind::Alias)),
        may("title", TITLE),
        need("short_name", Shape::Name),
        may("description", DESCRIPTION),
        may("obj_to_id", Shape::Ref(Kind::Conv)),
        may("obj_to_type", Shape::Word(TARGETS)),
    ];
    const ANSWER: &'static [Field] = &[need("obj_id", NEW_ID)];
    const ACCESS: Access = Access::Write;

    fn access(args: Args<'_>) -> Access {
        // By its short name it is found and changed in one statement.
        if args.get("obj_id").is_some() { Self::ACCESS } else { Access::Single }
    }

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self { id: args.id("obj_id")?.map(AliasId), given: Given::parse(args)? })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let Self { id, given } = self;
        if let Some(id) = id {
            let change = Change {
                title: given.title.as_deref(),
                short_name: &given.short_name,
                description: &given.description,
            };
            match alias::update(cx.conn, id, &change, cx.now.seconds()).await? {
                Changed::Taken => return Err(taken(Kind::Alias)),
                Changed::Done => {
                    if given.conv.is_some() {
                        link(id, given.conv, cx).await?;
                    }
                    return Ok(Reply::new().with("obj_id", cx.new_id(id.0)));
                }
                Changed::Missing => {}
            }
        }
        let id = given.store(true, cx).await?;
        Ok(Reply::new().with("obj_id", cx.new_id(id.0)))
    }
}

/// `modify alias`: only what is sent changes, but the short name must be.
pub(super) struct ModifyAlias {
    id: AliasId,
    title: Option<String>,
    short_name: String,
    description: Nullable,
}

impl Op for ModifyAlias {
    const REQUEST: &'static [Field] = &[
        need("obj_id", Shape::Ref(Kind::Alias)),
        may("title", TITLE),
        need("short_name", Shape::Name),
        may("description", DESCRIPTION),
    ];
    const ANSWER: &'static [Field] = &[need("obj_id", ID)];
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self {
            id: AliasId(args.required_id("obj_id")?),
            title: args.text("title")?,
            short_name: args.required_text("short_name")?,
            description: description(args)?,
        })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let change = Change {
            title: self.title.as_deref(),
            short_name: &self.short_name,
            description: &self.description,
        };
        match alias::update(cx.conn, self.id, &change, cx.now.seconds()).await? {
            Changed::Done => Ok(Reply::new().with("obj_id", self.id.0)),
            Changed::Missing => Err(missing(self.id.into())),
            Changed::Taken => Err(taken(Kind::Alias)),
        }
    }
}

/// `link alias`: to a process, instead of the one it named before; or to nothing.
pub(super) struct LinkAlias {
    id: AliasId,
    conv: ConvId,
    on: bool,
}

impl Op for LinkAlias {
    const REQUEST: &'static [Field] = &[
        need("obj_id", Shape::Ref(Kind::Alias)),
        need("obj_to_id", Shape::Ref(Kind::Conv)),
        need("obj_to_type", Shape::Word(TARGETS)),
        need("link", Shape::Flag),
    ];
    const ANSWER: &'static [Field] = &[need("obj_id", ID)];
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self {
            id: AliasId(args.required_id("obj_id")?),
            conv: ConvId(args.required_id("obj_to_id")?),
            on: args.flag("link")?.ok_or(OpError::Required("link".into()))?,
        })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        link(self.id, self.on.then_some(self.conv), cx).await?;
        Ok(Reply::new().with("obj_id", self.id.0))
    }
}

/// Links an alias, and says what is in the way if it cannot be.
async fn link(id: AliasId, conv: Option<ConvId>, cx: &mut OpCx<'_>) -> Result<(), OpError> {
    if alias::link(cx.conn, id, conv, cx.now.seconds()).await? {
        return Ok(());
    }
    let Some(alias) = alias::find(cx.conn, id, cx.caller.user_id).await? else {
        return Err(missing(id.into()));
    };
    let present = alias::obstacle(cx.conn, FolderId::ROOT.0, conv).await?;
    Err(match conv {
        Some(conv) if !present.conv => missing(conv.into()),
        _ if alias.stage_id != 0 => Refusal::NotInStage.into(),
        _ => Refusal::OtherProject.into(),
    })
}

/// `show alias`.
pub(super) struct ShowAlias(AliasId);

/// An alias as it is shown and listed.
const LINE: &[Field] = &[
    need("is_favorite", Shape::Flag),
    // Only of an alias that names something.
    may("obj_to_title", TEXT),
    need("is_owner", Shape::Flag),
    need("owner_id", ID),
    need("owner_name", TEXT),
    need("owner_login", TEXT),
    need("obj_id", ID),
    need("obj_type", Shape::Word(&["alias"])),
    need("title", TEXT),
    need("description", TEXT).or_null(),
    need("short_name", TEXT),
    need("company_id", TEXT).or_null(),
    need("project_id", ID),
    may("project_short_name", TEXT).or_null(),
    may("project_title", TEXT).or_null(),
    need("stage_id", ID),
    may("stage_short_name", TEXT).or_null(),
    may("stage_title", TEXT).or_null(),
    need("obj_to_id", ID).or_null(),
    need("obj_to_type", Shape::Word(TARGETS)).or_null(),
    need("create_time", ID),
    need("change_time", ID),
    need("uuid", TEXT),
    need("privs", PRIVS),
];

fn line(alias: &Alias, user: i64) -> Value {
    let mut line = json!({
        "is_favorite": alias.favorite,
        "obj_to_title": alias.obj_to_title,
        "is_owner": alias.owner_id == user,
        "owner_id": alias.owner_id,
        "owner_name": alias.owner_name,
        "owner_login": alias.owner_login,
        "obj_id": alias.id,
        "obj_type": "alias",
        "title": alias.title,
        "description": alias.description,
        "short_name": alias.short_name,
        "company_id": alias.company_id,
        "project_id": alias.project_id,
        "project_short_name": alias.project_short_name,
        "project_title": alias.project_title,
        "stage_id": alias.stage_id,
        "stage_short_name": alias.stage_short_name,
        "stage_title": alias.stage_title,
        "obj_to_id": alias.obj_to_id,
        "obj_to_type": alias.obj_to_id.map(|_| "conv"),
        "create_time": alias.create_time,
        "change_time": alias.change_time,
        "uuid": alias.uuid,
        "privs": privs(),
    });
    if let (None, Some(line)) = (&alias.obj_to_title, line.as_object_mut()) {
        line.shift_remove("obj_to_title");
    }
    line
}

impl Op for ShowAlias {
    const REQUEST: &'static [Field] = &[need("obj_id", Shape::Ref(Kind::Alias))];
    const ANSWER: &'static [Field] = LINE;
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        args.required_id("obj_id").map(AliasId).map(Self)
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let user = cx.caller.user_id;
        let alias = alias::find(cx.conn, self.0, user).await?.ok_or_else(|| missing(self.0.into()))?;
        let line = line(&alias, user);
        // An alias of a company has no titles of stage and project to show; a list says null there.
        let around = ["project_short_name", "project_title", "stage_short_name", "stage_title"];
        let fields = line.as_object().into_iter().flatten();
        let fields = fields.filter(|(key, value)| !(value.is_null() && around.contains(&key.as_str())));
        Ok(fields.fold(Reply::new(), |reply, (key, value)| reply.with(key, value.clone())))
    }
}

/// The words of [`Sort`].
const SORTS: &[&str] = &["title", "name", "short_name", "owner", "date", "obj_to_id"];

/// `sort` of `list aliases`.
#[derive(Debug, Clone, Copy)]
enum Sort {
    Title,
    ShortName,
    Owner,
    /// Of the last change.
    Date,
    /// By the process that they name.
    Target,
}

impl Sort {
    fn of(word: &str) -> Option<Self> {
        match word {
            "title" | "name" => Some(Self::Title),
            "short_name" => Some(Self::ShortName),
            "owner" => Some(Self::Owner),
            "date" => Some(Self::Date),
            "obj_to_id" => Some(Self::Target),
            _ => None,
        }
    }

    fn compare(self, a: &Alias, b: &Alias) -> Ordering {
        match self {
            Self::Title => a.title.to_lowercase().cmp(&b.title.to_lowercase()),
            Self::ShortName => a.short_name.cmp(&b.short_name),
            Self::Owner => a.owner_name.to_lowercase().cmp(&b.owner_name.to_lowercase()),
            Self::Date => a.change_time.cmp(&b.change_time),
            Self::Target => a.obj_to_id.cmp(&b.obj_to_id),
        }
    }
}

/// `list aliases`: of the stage, else of the project, else of the company of the request.
pub(super) struct ListAliases {
    query: Query,
    starred: bool,
    sort: Sort,
    order: Order,
}

impl Op for ListAliases {
    const REQUEST: &'static [Field] = &[
        may("conv_id", Shape::Ref(Kind::Conv)),
        may("sort", Shape::Word(SORTS)),
        may("order", Shape::Word(ORDERS)),
        may("filter", Shape::Word(&["favorites", "deleted"])),
        may("pattern", Shape::Text { least: 3, most: 150 }),
        may("owner_id", ID),
        may("location", Shape::Word(&["folder", "stage", "project"])),
    ];
    const ANSWER: &'static [Field] = &[need("list", Shape::List(&Shape::Object(LINE)))];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let filter = args.text("filter")?;
        let query = Query {
            company: args.company()?,
            conv: args.id("conv_id")?.map(ConvId),
            owner: args.id("owner_id")?,
            prefix: args.text("pattern")?,
            // `folder` looks beside the projects, the other two in them.
            in_project: args.text("location")?.map(|word| word != "folder"),
            deleted: filter.as_deref() == Some("deleted"),
            ..Query::default()
        };
        Ok(Self {
            query,
            starred: filter.as_deref() == Some("favorites"),
            sort: args.word("sort", Sort::of)?.unwrap_or(Sort::Date),
            order: args.word("order", Order::of)?.unwrap_or(Order::Desc),
        })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let user = cx.caller.user_id;
        let query = Query { project: cx.place.project()?, stage: cx.place.stage()?, ..self.query };
        let mut aliases = alias::list(cx.conn, &query, user).await?;
        aliases.retain(|alias| alias.favorite || !self.starred);
        aliases.sort_by(|a, b| self.order.apply(self.sort.compare(a, b)));
        let list: Vec<Value> = aliases.iter().map(|alias| line(alias, user)).collect();
        Ok(Reply::new().with("list", list))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_that_is_offered_sorts() {
        assert!(SORTS.iter().all(|word| Sort::of(word).is_some()));
        assert!(Sort::of("tacts").is_none());
    }
}
