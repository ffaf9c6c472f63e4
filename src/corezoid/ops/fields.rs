//! Fields that folders, processes and dashboards share.

use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::corezoid::args::{Args, invalid};
use crate::corezoid::context;
use crate::corezoid::error::OpError;
use crate::corezoid::ids::{FolderId, Kind, Thing};
use crate::corezoid::op::OpCx;
use crate::corezoid::refusal::Refusal;
use crate::corezoid::rules::change::Nullable;
use crate::corezoid::rules::status::{STATUSES, Status};
use crate::corezoid::spec::{DESCRIPTION, Field, Shape, TEXT, TITLE, may, need};

/// sheet corezoid/api 8, row 19: refused only above both the seed's and the newer limit, in characters.
const LONGEST_TITLE: usize = 255;
const LONGEST_DESCRIPTION: usize = 2000;

/// A title; null counts as not sent.
pub(super) fn title(args: Args<'_>) -> Result<Option<String>, OpError> {
    args.bounded_text("title", LONGEST_TITLE)
}

/// A description; null empties it.
pub(super) fn description(args: Args<'_>) -> Result<Nullable, OpError> {
    args.nullable_text("description", LONGEST_DESCRIPTION)
}

/// A status in any spelling (sheet corezoid/api 8, row 1).
pub(super) fn status(args: Args<'_>) -> Result<Option<Status>, OpError> {
    args.word("status", Status::asked)
}

/// `obj_id` of an object of this kind.
pub(super) fn target(args: Args<'_>, kind: Kind) -> Result<Thing, OpError> {
    Ok(Thing { kind, id: args.required_id("obj_id")? })
}

/// `obj_type`, when it names a kind of object that lies in folders.
pub(super) fn required_kind(args: Args<'_>) -> Result<Kind, OpError> {
    args.word("obj_type", Kind::of)?.ok_or(OpError::Required("obj_type".into()))
}

/// A JSON object or array, carried as it is.
pub(super) fn document(
    args: Args<'_>,
    key: &'static str,
    fits: impl Fn(&Value) -> bool,
) -> Result<Option<String>, OpError> {
    match args.get(key) {
        None => Ok(None),
        Some(value) if fits(value) => Ok(Some(value.to_string())),
        Some(value) => Err(invalid(key, value)),
    }
}

/// The fields of [`Given`].
pub(super) const GIVEN: &[Field] = &[
    may("title", TITLE),
    may("description", DESCRIPTION),
    may("folder_id", Shape::Ref(Kind::Folder)),
    may("status", Shape::Word(STATUSES)),
];

/// What a new folder, process or dashboard is given. Nothing of it is required (sheet corezoid/api 8, row 20).
pub(super) struct Given {
    pub(super) title: String,
    pub(super) description: Option<String>,
    /// The root stands for the stage or project of the request, if it names one: see [`Given::placed`].
    pub(super) folder: FolderId,
    pub(super) company: Option<String>,
    pub(super) status: Status,
}

impl Given {
    /// Reads the fields that all three kinds share.
    pub(super) fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self {
            title: title(args)?.unwrap_or_default(),
            description: description(args)?.over(Some(String::new())),
            folder: args.id("folder_id")?.map_or(FolderId::ROOT, FolderId),
            company: args.company()?,
            status: status(args)?.unwrap_or(Status::Active),
        })
    }

    /// The same, in the stage (or project) of the request if it names no folder.
    pub(super) fn placed(mut self, cx: &OpCx<'_>) -> Result<Self, OpError> {
        if self.folder == FolderId::ROOT {
            self.folder = FolderId(cx.place.folder()?);
        }
        Ok(self)
    }

    /// The refusal when the folder to create in is not there (sheet corezoid/api 1.6).
    pub(super) fn no_folder(&self) -> OpError {
        Refusal::NoFolder(self.folder).into()
    }
}

/// Short name of an alias, instead of `conv_id`: see [`Op::BY_ALIAS`](crate::corezoid::op::Op::BY_ALIAS).
pub(super) const OBJ_ALIAS: Field = may(context::OBJ_ALIAS, Shape::Text { least: 1, most: 255 });

/// A short name that another object of its kind has, in the same place.
pub(super) fn taken(kind: Kind) -> OpError {
    // sheet corezoid/api 1.6 has the text for variables; the others are formed after it.
    Refusal::NameTaken(kind).into()
}

/// An object that is not there.
pub(in crate::corezoid) fn missing(thing: Thing) -> OpError {
    OpError::NotFound { obj: thing.kind.word(), id: thing.wire_id() }
}

/// The words of rights.
pub(super) const RIGHTS: &[&str] = &["create", "view", "modify", "delete"];

/// What [`privs`] looks like.
pub(crate) const PRIVS: Shape =
    Shape::List(&Shape::Object(&[need("type", Shape::Word(RIGHTS)), need("list_obj", Shape::List(&TEXT))]));

/// Full rights: what every caller has on everything (sheet corezoid/api 7).
pub(crate) fn privs() -> Value {
    static FULL: LazyLock<Value> = LazyLock::new(|| {
        let all = |word: &str| json!({ "type": word, "list_obj": ["all"] });
        json!([all("create"), all("view"), all("modify"), all("delete")])
    });
    FULL.clone()
}
