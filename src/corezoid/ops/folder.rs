//! Folders: create, modify, show.

use super::fields::{GIVEN, Given, description, missing, target, title};
use crate::corezoid::args::Args;
use crate::corezoid::error::OpError;
use crate::corezoid::ids::{FolderId, Kind};
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::rules::change::Nullable;
use crate::corezoid::spec::{DESCRIPTION, Field, ID, INT, NEW_ID, Shape, TEXT, TITLE, may, need};
use crate::corezoid::store::folder::{self, NewFolder};
use crate::kernel::db::Access;

/// What the root of a company is called.
pub(super) const ROOT_TITLE: &str = "Root folder";

/// `create folder`. The answer has no hash: only a process has a direct URL (sheet corezoid/api 8, row 21).
pub(super) struct CreateFolder {
    given: Given,
}

impl Op for CreateFolder {
    const REQUEST: &'static [Field] = GIVEN;
    const ANSWER: &'static [Field] = &[need("obj_id", NEW_ID), need("folder_id", ID)];
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self { given: Given::parse(args)? })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let given = self.given.placed(cx)?;
        let new = new(&given, cx);
        let id = folder::insert(cx.conn, &new).await?.ok_or_else(|| given.no_folder())?;
        Ok(Reply::new().with("obj_id", cx.new_id(id.0)).with("folder_id", given.folder.0))
    }
}

/// The row of a new folder or dashboard.
pub(super) fn new<'a>(given: &'a Given, cx: &OpCx<'_>) -> NewFolder<'a> {
    NewFolder {
        folder: given.folder,
        company: given.company.as_deref(),
        title: &given.title,
        description: given.description.as_deref(),
        owner: cx.caller.user_id,
        now: cx.now.seconds(),
    }
}

/// `modify folder`: only what is sent changes.
pub(super) struct ModifyFolder {
    id: FolderId,
    title: Option<String>,
    description: Nullable,
}

impl Op for ModifyFolder {
    const REQUEST: &'static [Field] =
        &[need("obj_id", Shape::Ref(Kind::Folder)), may("title", TITLE), may("description", DESCRIPTION)];
    const ANSWER: &'static [Field] = &[need("obj_id", ID)];
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let id = FolderId(args.required_id("obj_id")?);
        Ok(Self { id, title: title(args)?, description: description(args)? })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let title = self.title.as_deref();
        if !folder::update(cx.conn, self.id, title, &self.description, cx.now.seconds()).await? {
            return Err(missing(self.id.into()));
        }
        Ok(Reply::new().with("obj_id", self.id.0))
    }
}

/// `show folder`.
pub(super) struct ShowFolder {
    id: FolderId,
}

/// What `obj_type` says of the root (sheet corezoid/api 2.2).
const ROOT: i64 = 1;

/// What it says of a folder, a project, a stage (sheet corezoid/api 8, row 25).
fn number(kind: &str) -> i64 {
    match kind {
        "project" => 5,
        "stage" => 10,
        _ => 0,
    }
}

impl Op for ShowFolder {
    const REQUEST: &'static [Field] = &[need("obj_id", Shape::Ref(Kind::Folder))];
    const ANSWER: &'static [Field] = &[
        need("obj_id", ID),
        need("title", TEXT),
        need("obj_type", INT),
        need("parent_obj_id", ID),
        need("parent_obj_type", TEXT),
    ];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self { id: FolderId(target(args, Kind::Folder)?.id) })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let (title, obj_type, parent, parent_kind) = if self.id == FolderId::ROOT {
            (ROOT_TITLE.to_owned(), ROOT, FolderId::ROOT, "folder".to_owned())
        } else {
            let place = folder::place(cx.conn, self.id).await?.ok_or_else(|| missing(self.id.into()))?;
            (place.title, number(&place.kind), place.parent, place.parent_kind)
        };
        Ok(Reply::new()
            .with("obj_id", self.id.0)
            .with("title", title)
            .with("obj_type", obj_type)
            .with("parent_obj_id", parent.0)
            .with("parent_obj_type", parent_kind))
    }
}
