//! What lies in a folder: `list folder`, `list folder_branch`, `list path_to_folder`.

use serde_json::{Map, Value, json};

use super::conv::CONV_TYPES;
use super::fields::{PRIVS, missing, privs};
use super::folder::ROOT_TITLE;
use super::share::{self, LIST_OBJ, SHARES};
use crate::corezoid::args::Args;
use crate::corezoid::error::OpError;
use crate::corezoid::ids::{FolderId, Kind};
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::rules::listing::{self, FILTERS, Filter, ORDERS, Order, SORTS, Sort};
use crate::corezoid::rules::status::{SHOWN, Status};
use crate::corezoid::spec::{Field, ID, OBJECT, Shape, TEXT, may, need};
use crate::corezoid::store::folder;
use crate::corezoid::store::item::{self, Item};
use crate::kernel::db::Access;

/// `sort` and `order`.
pub(super) struct Sorting {
    sort: Option<Sort>,
    order: Order,
}

impl Sorting {
    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let order = args.word("order", Order::of)?.unwrap_or(Order::Asc);
        Ok(Self { sort: args.word("sort", Sort::of)?, order })
    }

    /// The same where titles are the default (projects and stages).
    pub(super) fn by_title(args: Args<'_>) -> Result<Self, OpError> {
        let Self { sort, order } = Self::parse(args)?;
        Ok(Self { sort: sort.or(Some(Sort::Title)), order })
    }

    /// How two objects stand to each other.
    pub(super) fn compare(&self, a: &Item, b: &Item, user: i64) -> std::cmp::Ordering {
        let apply = |sort: Sort| self.order.apply(sort.compare(&facts(a, user), &facts(b, user)));
        self.sort.map_or(std::cmp::Ordering::Equal, apply)
    }
}

/// What lies in a folder, filtered and sorted.
pub(super) struct Contents {
    id: FolderId,
    company: Option<String>,
    filter: Option<Filter>,
    sorting: Sorting,
}

impl Contents {
    /// Reads what is asked for.
    pub(super) fn parse(id: FolderId, args: Args<'_>) -> Result<Self, OpError> {
        let company = args.company()?;
        Ok(Self { id, company, filter: args.word("filter", Filter::of)?, sorting: Sorting::parse(args)? })
    }

    /// The place, and the items.
    pub(super) async fn list(self, cx: &mut OpCx<'_>) -> Result<(Place, Vec<Value>), OpError> {
        let user = cx.caller.user_id;
        let place = Place::find(self.id, self.company, cx).await?;
        let company = place.company.as_deref();
        let mut items = match self.filter {
            Some(Filter::Deleted) => item::in_trash(cx.conn, company, user).await?,
            Some(filter) if filter.is_of_company() && self.id == FolderId::ROOT => {
                item::in_company(cx.conn, company, user).await?
            }
            _ => item::in_folder(cx.conn, self.id, company, user).await?,
        };
        if self.id != FolderId::ROOT {
            items.retain(|item| item.folder_id == self.id);
        }
        if let Some(filter) = self.filter {
            items.retain(|item| filter.keeps(&facts(item, user)));
        }
        let sorting = match self.filter.and_then(Filter::own_sort) {
            Some(own) if self.sorting.sort.is_none() => Sorting { sort: Some(own), order: Order::Desc },
            _ => self.sorting,
        };
        items.sort_by(|a, b| sorting.compare(a, b, user));
        Ok((place, items.into_iter().map(|item| line(item, user)).collect()))
    }
}

/// `list folder`: its objects, or with `list_obj` those it is shared with.
pub(super) struct ListFolder {
    id: FolderId,
    shares: Option<&'static str>,
    contents: Contents,
}

impl Op for ListFolder {
    const REQUEST: &'static [Field] = &[
        need("obj_id", Shape::Ref(Kind::Folder)),
        may("list_obj", Shape::Word(LIST_OBJ)),
        may("filter", Shape::Word(FILTERS)),
        may("sort", Shape::Word(SORTS)),
        may("order", Shape::Word(ORDERS)),
    ];
    const ANSWER: &'static [Field] = &[
        need("obj_id", ID),
        need("parent_folder_id", ID),
        need("parent_folder_title", TEXT),
        need("list", Shape::List(&LINE)),
    ];
    const OTHER_ANSWERS: &'static [&'static [Field]] = &[SHARES];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let id = FolderId(args.required_id("obj_id")?);
        Ok(Self { id, shares: share::list_obj(args)?, contents: Contents::parse(id, args)? })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        if let Some(word) = self.shares {
            return share::list(self.id.into(), word, cx).await;
        }
        let (place, list) = self.contents.list(cx).await?;
        Ok(Reply::new()
            .with("obj_id", self.id.0)
            .with("parent_folder_id", place.parent.0)
            .with("parent_folder_title", place.parent_title)
            .with("list", list))
    }
}

/// A folder or the root, as the start of a listing.
pub(super) struct Place {
    /// `folder`, `project`, `stage`.
    pub(super) kind: String,
    company: Option<String>,
    parent: FolderId,
    parent_title: String,
}

impl Place {
    /// A folder has a company of its own; the root is of the company asked for.
    async fn find(id: FolderId, company: Option<String>, cx: &mut OpCx<'_>) -> Result<Self, OpError> {
        if id == FolderId::ROOT {
            let (kind, parent_title) = ("folder".to_owned(), ROOT_TITLE.to_owned());
            return Ok(Self { kind, company, parent: FolderId::ROOT, parent_title });
        }
        let found = folder::place(cx.conn, id).await?.ok_or_else(|| missing(id.into()))?;
        let folder::Place { kind, company_id, parent, parent_title, .. } = found;
        Ok(Self { kind, company: company_id, parent, parent_title })
    }
}

fn facts(item: &Item, user: i64) -> listing::Facts<'_> {
    listing::Facts {
        obj: &item.obj,
        is_state: item.conv_type.as_deref() == Some("state"),
        title: &item.title,
        owner_name: &item.owner_name,
        change_time: item.change_time,
        is_owner: item.owner_id == user,
        is_shared: item.is_shared,
        favorite: item.favorite,
    }
}

/// What [`line()`] looks like; of a stage in the lists of stages, with what waits for a deploy in it.
pub(super) const LINE: Shape = Shape::Object(&[
    need("obj", TEXT),
    need("obj_type", TEXT),
    need("obj_id", ID),
    need("title", TEXT),
    need("description", TEXT).or_null(),
    need("create_time", ID),
    need("change_time", ID),
    need("company_id", TEXT).or_null(),
    need("project_id", ID),
    need("stage_id", ID),
    need("parent_id", ID),
    need("version", ID).or_null(),
    need("undeployed", ID),
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
    may("conv_type", Shape::Word(CONV_TYPES)),
    may("status", Shape::Word(SHOWN)),
    may("is_deployed", Shape::Flag),
    may("instance_type", TEXT),
    may("short_name", TEXT).or_null(),
    may("immutable", Shape::Flag),
    may("uniq_undeployed_versions", ID),
    may("uniq_undeployed_versions_detail", Shape::List(&OBJECT)),
]);

/// An item of a list, with both `obj` and `obj_type` (sheet corezoid/api 2.2). A folder may hold thousands: what the item
/// owns is moved into the line, which has its size from the start.
pub(super) fn line(item: Item, user: i64) -> Value {
    let mut line = Map::with_capacity(28);
    let mut put = |key: &str, value: Value| drop(line.insert(key.to_owned(), value));
    let kind = item.obj;
    put("obj", kind.as_str().into());
    put("obj_type", kind.as_str().into());
    put("obj_id", item.id.into());
    put("title", item.title.into());
    put("description", item.description.into());
    put("create_time", item.create_time.into());
    put("change_time", item.change_time.into());
    put("company_id", item.company_id.into());
    put("project_id", item.project_id.into());
    put("stage_id", item.stage_id.into());
    put("parent_id", item.folder_id.0.into());
    put("version", item.version.into());
    put("undeployed", item.undeployed.into());
    put("childs", item.childs.into());
    put("size", item.size.into());
    put("is_shared", item.is_shared.into());
    put("favorite", item.favorite.into());
    put("is_owner", (item.owner_id == user).into());
    put("owner_id", item.owner_id.into());
    put("owner_name", item.owner_name.into());
    put("owner_login", item.owner_login.into());
    put("owner_group_id", 0.into());
    put("privs", privs());
    match kind.as_str() {
        "conv" => {
            put("conv_type", item.conv_type.into());
            put("status", Status::of_number(item.status).map(Status::word).into());
            // sheet corezoid/api 4.2: a waiting draft makes a process undeployed.
            put("is_deployed", item.version.is_none().into());
        }
        "instance" => put("instance_type", item.instance_type.into()),
        "project" => put("short_name", item.short_name.into()),
        "stage" => {
            put("short_name", item.short_name.into());
            put("immutable", item.immutable.into());
        }
        _ => {}
    }
    Value::Object(line)
}

/// `list folder_branch`: the folders directly in a folder, for a tree.
pub(super) struct ListBranch {
    id: FolderId,
    company: Option<String>,
}

impl Op for ListBranch {
    const REQUEST: &'static [Field] = &[need("obj_id", Shape::Ref(Kind::Folder))];
    const ANSWER: &'static [Field] = &[need("obj_id", ID), need("list", Shape::List(&LINE))];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self { id: FolderId(args.required_id("obj_id")?), company: args.company()? })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let user = cx.caller.user_id;
        let place = Place::find(self.id, self.company, cx).await?;
        let items = item::in_folder(cx.conn, self.id, place.company.as_deref(), user).await?;
        let folders = items.into_iter().filter(|item| matches!(item.obj.as_str(), "folder" | "stage"));
        let list: Vec<Value> = folders.map(|item| line(item, user)).collect();
        Ok(Reply::new().with("obj_id", self.id.0).with("list", list))
    }
}

/// `list path_to_folder`: the folders from the root down to one.
pub(super) struct ListPath {
    id: FolderId,
    company: Option<String>,
}

impl Op for ListPath {
    const REQUEST: &'static [Field] = &[need("obj_id", Shape::Ref(Kind::Folder))];
    const ANSWER: &'static [Field] = &[need(
        "list",
        Shape::List(&Shape::Object(&[
            need("obj_id", ID),
            need("title", TEXT),
            need("company_id", TEXT).or_null(),
            need("privs", PRIVS),
            need("favorite", Shape::Flag),
            need("owner_id", ID),
            need("owner_name", TEXT),
            need("owner_login", TEXT),
            may("type", Shape::Word(&["folder", "project", "stage"])),
            may("description", TEXT).or_null(),
            may("short_name", TEXT).or_null(),
            may("immutable", Shape::Flag),
        ])),
    )];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self { id: FolderId(args.required_id("obj_id")?), company: args.company()? })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let steps = folder::path(cx.conn, self.id, cx.caller.user_id).await?;
        if steps.is_empty() && self.id != FolderId::ROOT {
            return Err(missing(self.id.into()));
        }
        let company = steps.first().map_or(self.company, |step| step.company_id.clone());
        let title = folder::company_title(cx.conn, company.as_deref()).await?;
        // The first item is the company itself, which has no `type` (sheet corezoid/api 2.2).
        let mut list = vec![json!({
            "obj_id": 0,
            "title": title.unwrap_or_else(|| "My Corezoid".to_owned()),
            "company_id": company,
            "privs": [],
            "favorite": false,
            "owner_id": cx.caller.user_id,
            "owner_name": cx.caller.title,
            "owner_login": cx.caller.login.to_string(),
        })];
        list.extend(steps.into_iter().map(|step| {
            let mut line = json!({
                "obj_id": step.id,
                "title": step.title,
                "company_id": step.company_id,
                "privs": privs(),
                "favorite": step.favorite,
                "owner_id": step.owner_id,
                "owner_name": step.owner_name,
                "owner_login": step.owner_login,
                "type": step.kind,
                "description": step.description,
            });
            if let Some(short_name) = step.short_name {
                line["short_name"] = json!(short_name);
            }
            if step.kind == "stage" {
                line["immutable"] = json!(step.immutable);
            }
            line
        }));
        Ok(Reply::new().with("list", list))
    }
}
