//! What lies in a folder: `list folder`, `list folder_branch`, `list path_to_folder`.

use serde_json::{Value, json};

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
use crate::corezoid::spec::{Field, ID, Shape, TEXT, may, need};
use crate::corezoid::store::folder;
use crate::corezoid::store::item::{self, Item};
use crate::kernel::db::Access;

/// `list folder`: its objects, or with `list_obj` those it is shared with.
pub(super) struct ListFolder {
    id: FolderId,
    company: Option<String>,
    shares: Option<&'static str>,
    filter: Option<Filter>,
    sort: Option<Sort>,
    order: Order,
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
        Ok(Self {
            id,
            company: args.company()?,
            shares: share::list_obj(args)?,
            filter: args.word("filter", Filter::of)?,
            sort: args.word("sort", Sort::of)?,
            order: args.word("order", Order::of)?.unwrap_or(Order::Asc),
        })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        if let Some(word) = self.shares {
            return share::list(self.id.into(), word, cx).await;
        }
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
        let sort = self.sort.or_else(|| self.filter.and_then(Filter::own_sort));
        let order = if self.sort.is_none() && sort.is_some() { Order::Desc } else { self.order };
        if let Some(sort) = sort {
            items.sort_by(|a, b| order.apply(sort.compare(&facts(a, user), &facts(b, user))));
        }
        let list: Vec<Value> = items.into_iter().map(|item| line(item, user)).collect();
        Ok(Reply::new()
            .with("obj_id", self.id.0)
            .with("parent_folder_id", place.parent.0)
            .with("parent_folder_title", place.parent_title)
            .with("list", list))
    }
}

/// A folder or the root, as the start of a listing.
struct Place {
    company: Option<String>,
    parent: FolderId,
    parent_title: String,
}

impl Place {
    /// A folder has a company of its own; the root is of the company asked for.
    async fn find(id: FolderId, company: Option<String>, cx: &mut OpCx<'_>) -> Result<Self, OpError> {
        if id == FolderId::ROOT {
            return Ok(Self { company, parent: FolderId::ROOT, parent_title: ROOT_TITLE.to_owned() });
        }
        let found = folder::place(cx.conn, id).await?.ok_or_else(|| missing(id.into()))?;
        Ok(Self { company: found.company_id, parent: found.parent, parent_title: found.parent_title })
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

/// What [`line`] looks like.
const LINE: Shape = Shape::Object(&[
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
]);

/// An item of a list, with both `obj` and `obj_type` (sheet corezoid/api 2.2).
fn line(item: Item, user: i64) -> Value {
    let mut line = json!({
        "obj": item.obj,
        "obj_type": item.obj,
        "obj_id": item.id,
        "title": item.title,
        "description": item.description,
        "create_time": item.create_time,
        "change_time": item.change_time,
        "company_id": item.company_id,
        "project_id": item.project_id,
        "stage_id": item.stage_id,
        "parent_id": item.folder_id,
        "version": item.version,
        "undeployed": item.undeployed,
        "childs": item.childs,
        "size": item.size,
        "is_shared": item.is_shared,
        "favorite": item.favorite,
        "is_owner": item.owner_id == user,
        "owner_id": item.owner_id,
        "owner_name": item.owner_name,
        "owner_login": item.owner_login,
        "owner_group_id": 0,
        "privs": privs(),
    });
    if let (Some(conv_type), Some(fields)) = (item.conv_type, line.as_object_mut()) {
        fields.insert("conv_type".to_owned(), json!(conv_type));
        fields.insert("status".to_owned(), json!(Status::of_number(item.status).map(Status::word)));
        // sheet corezoid/api 4.2: a waiting draft makes a process undeployed.
        fields.insert("is_deployed".to_owned(), json!(item.version.is_none()));
    }
    line
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
        let folders = items.into_iter().filter(|item| item.obj == "folder");
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
            json!({
                "obj_id": step.id,
                "title": step.title,
                "company_id": step.company_id,
                "privs": privs(),
                "favorite": step.favorite,
                "owner_id": step.owner_id,
                "owner_name": step.owner_name,
                "owner_login": step.owner_login,
                "type": "folder",
                "description": step.description,
            })
        }));
        Ok(Reply::new().with("list", list))
    }
}
