//! Uploads of schemes: create, validate, and how it went (sheet corezoid/api 3.5).

use std::cell::Cell;

use serde_json::{Value, json};

use super::fields::missing;
use crate::corezoid::args::{Args, invalid};
use crate::corezoid::context::Immutables;
use crate::corezoid::error::OpError;
use crate::corezoid::ids::{FolderId, Kind, Thing};
use crate::corezoid::model::incoming::{self, Shipment};
use crate::corezoid::model::logic::Timers;
use crate::corezoid::model::planting::{self, Planted, Planting};
use crate::corezoid::model::site::{Makers, Manner, named};
use crate::corezoid::model::unpack::{self, Broken};
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::refusal::Refusal;
use crate::corezoid::spec::{Field, ID, LIST, Shape, TEXT, may, need};
use crate::corezoid::store::job::{self, JobRow};
use crate::corezoid::store::planting::{self as store, Target};
use crate::corezoid::store::scheme::FileRow;
use crate::kernel::db::Access;

pub(super) const TO_TYPES: Shape = Shape::Word(&["project", "stage", "folder"]);
/// sheet corezoid/api 1.7.
pub(super) const SHORT_NAME: Shape = Shape::Text { least: 2, most: 127 };

/// The fields of an upload; `scheme` is a file of the form, or its text.
const REQUEST: &[Field] = &[
    may("scheme_id", TEXT),
    may("folder_id", ID),
    may("obj_to_id", ID),
    may("obj_to_type", TO_TYPES),
    may("apply_mode", Shape::Flag),
    may("skip_root", Shape::Flag),
    may("with_alias", Shape::Flag),
    may("rewrite_alias", Shape::Flag),
    may("short_name", SHORT_NAME),
];

/// An object that was made: see [`Planted::entry`].
const MADE: Shape = Shape::Object(&[
    may("hash", TEXT),
    need("obj_id", ID),
    need("obj_type", TEXT),
    need("title", TEXT),
    need("description", TEXT).or_null(),
    need("old_obj_id", Shape::Json).or_null(),
    need("old_parent_id", Shape::Json).or_null(),
]);

/// The folder, project or stage that something goes into.
#[derive(Debug, Clone)]
pub(super) struct To {
    /// `None`: no kind was named, any will do.
    kind: Option<Kind>,
    folder: FolderId,
    company: Option<String>,
}

impl To {
    /// `obj_to_id` with `obj_to_type`, or `folder_id`; one of them is needed.
    pub(super) fn parse(args: Args<'_>, company: Option<String>) -> Result<Self, OpError> {
        if let Some(id) = args.id("obj_to_id")? {
            let word = args.word("obj_to_type", Kind::of)?.ok_or(OpError::Required("obj_to_type".into()))?;
            return Ok(Self { kind: Some(word), folder: FolderId(id), company });
        }
        let folder = args.id("folder_id")?.ok_or(OpError::Required("obj_to_id".into()))?;
        Ok(Self { kind: None, folder: FolderId(folder), company })
    }

    /// Whether it is named as one of this kind.
    pub(super) fn is(&self, kind: Kind) -> bool {
        self.kind == Some(kind)
    }

    /// What it is called in statistics.
    fn thing(&self) -> Thing {
        Thing { kind: self.kind.unwrap_or(Kind::Folder), id: self.folder.0 }
    }

    /// Looks whether it is there and takes edits. `shipment`: what names processes of the world.
    pub(super) async fn look(&self, shipment: &Shipment, cx: &mut OpCx<'_>) -> Result<Target, OpError> {
        let named = named(&shipment.items);
        let who = (cx.caller.user_id, cx.now.seconds(), Timers::from(&cx.world.settings.engine));
        let found = store::target(cx.conn, self.folder.0, self.company.as_deref(), &named, who).await?;
        let target = found.ok_or_else(|| missing(self.thing()))?;
        let root = self.folder == FolderId::ROOT;
        if self.kind.is_some_and(|kind| !root && target.site.kind != Some(kind)) {
            return Err(missing(self.thing()));
        }
        // sheet corezoid/api 1.6.
        if target.immutable {
            return Err(Refusal::Immutable.into());
        }
        Ok(target)
    }
}

/// Plants objects, unless they were refused.
pub(super) async fn plant(
    shipment: &Shipment,
    target: &Target,
    manner: &Manner,
    cx: &mut OpCx<'_>,
) -> Result<Planting, OpError> {
    let planting = grown(shipment, target, manner, cx);
    if !planting.refused {
        if shipment.items.iter().any(|item| item.kind == Kind::Stage) {
            cx.world.part::<Immutables>().note();
        }
        store::insert(cx.conn, &planting).await.map_err(taken)?;
    }
    Ok(planting)
}

/// The same over what is there: see [`store::overwrite`].
pub(super) async fn plant_over(
    shipment: &Shipment,
    target: &Target,
    manner: &Manner,
    cx: &mut OpCx<'_>,
) -> Result<Planting, OpError> {
    let planting = grown(shipment, target, manner, cx);
    if !planting.refused {
        store::overwrite(cx.conn, &planting).await.map_err(taken)?;
    }
    Ok(planting)
}

fn grown(shipment: &Shipment, target: &Target, manner: &Manner, cx: &OpCx<'_>) -> Planting {
    let (node, hash) = (|| cx.world.ids.hex::<12>(), || cx.world.ids.hex::<20>());
    planting::plant(&shipment.items, &target.site, manner, &Makers { node: &node, hash: &hash })
}

/// Works out what planting would do; draws no ids from the world.
pub(super) fn rehearse(shipment: &Shipment, target: &Target, manner: &Manner) -> Planting {
    let drawn = Cell::new(0);
    let next = || {
        drawn.set(drawn.get() + 1);
        drawn.get().to_string()
    };
    planting::plant(&shipment.items, &target.site, manner, &Makers { node: &next, hash: &next })
}

/// A stage or project may bring a short name that another one has.
fn taken(error: sqlx::Error) -> OpError {
    match &error {
        sqlx::Error::Database(source) if source.is_unique_violation() => Refusal::ShortNameTaken.into(),
        _ => error.into(),
    }
}

/// `create obj_scheme` on the upload URL: `VALIDATE` only looks.
pub(super) struct Upload<const VALIDATE: bool> {
    to: To,
    /// The file, where it came as text: its JSON, or the name of a file that the service holds.
    scheme: Option<Value>,
    scheme_id: Option<String>,
    apply: bool,
    linked: bool,
    manner: Manner,
}

impl<const VALIDATE: bool> Op for Upload<VALIDATE> {
    const REQUEST: &'static [Field] = REQUEST;
    const ANSWER: &'static [Field] = if VALIDATE { &[] } else { &[need("scheme", Shape::List(&MADE))] };
    const OTHER_ANSWERS: &'static [&'static [Field]] = if VALIDATE { &[] } else { &[&[need("hash", TEXT)]] };
    const ACCESS: Access = if VALIDATE { Access::Read } else { Access::Write };

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let linked = args.flag("async")?.unwrap_or(false);
        let short_name = args.text("short_name")?;
        let plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
        if let Some(name) = short_name.as_ref().filter(|name| !name.bytes().all(plain)) {
            return Err(invalid("short_name", &Value::from(name.clone())));
        }
        Ok(Self {
            to: To::parse(args, args.company()?)?,
            scheme: args.get("scheme").cloned(),
            scheme_id: args.text("scheme_id")?,
            apply: args.flag("apply_mode")?.unwrap_or(true),
            linked,
            manner: Manner {
                skip_root: args.flag("skip_root")?.unwrap_or(false),
                // sheet corezoid/api 3.5: an upload that nobody waits for keeps what it can and tells the rest later.
                keep_broken: linked && !VALIDATE,
                short_name,
                // sheet corezoid/api 3.5.
                aliases: args.flag("with_alias")?.unwrap_or(true),
                rewrite_aliases: args.flag("rewrite_alias")?.unwrap_or(false),
                ..Manner::default()
            },
        })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let file = self.file(cx).await?;
        let shipment = incoming::read(unpack::unpack(&file)?)?;
        let reply = Reply::new().without_id().obj_first();
        if !self.apply && !VALIDATE {
            let id = cx.ids().hex::<71>().to_uppercase();
            let file = FileRow { name: id.clone(), content: file, create_time: cx.now.seconds() };
            job::keep_file(cx.conn, &file).await?;
            return Ok(reply.with("hash", id));
        }
        let target = self.to.look(&shipment, cx).await?;
        if VALIDATE {
            let planting = rehearse(&shipment, &target, &self.manner);
            return if planting.refused { Err(OpError::Tree(planting.errors)) } else { Ok(reply) };
        }
        let planting = plant(&shipment, &target, &self.manner, cx).await?;
        if !self.linked {
            if planting.refused {
                return Err(OpError::Tree(planting.errors));
            }
            return Ok(reply.with("scheme", planting.planted.iter().map(Planted::entry).collect::<Value>()));
        }
        let hash = cx.ids().hex::<71>().to_uppercase();
        let job = finished(&hash, "upload", self.to.thing(), &planting, self.to.company.clone(), cx);
        job::insert(cx.conn, &[job]).await?;
        Ok(reply.with("hash", hash))
    }
}

impl<const VALIDATE: bool> Upload<VALIDATE> {
    /// The bytes: of the form's file, of the text in its place, or of a file that was uploaded earlier.
    async fn file(&self, cx: &mut OpCx<'_>) -> Result<Vec<u8>, OpError> {
        if let Some(file) = cx.files.get("scheme") {
            return Ok(file.to_vec());
        }
        let name = match (&self.scheme, &self.scheme_id) {
            (Some(Value::String(text)), _) if text.trim_start().starts_with(['{', '[']) => {
                return Ok(text.clone().into_bytes());
            }
            (Some(Value::String(name)), _) | (None, Some(name)) => name,
            (Some(value), _) => return Ok(value.to_string().into_bytes()),
            (None, None) => return Err(OpError::Required("scheme".into())),
        };
        job::file(cx.conn, name).await?.ok_or_else(|| Broken.into())
    }
}

/// The record of an operation that is done.
pub(super) fn finished(
    hash: &str,
    action: &str,
    thing: Thing,
    planting: &Planting,
    company: Option<String>,
    cx: &OpCx<'_>,
) -> JobRow {
    let made = if planting.refused { 0 } else { planting.planted.len().saturating_sub(planting.failed) };
    // sheet corezoid/api 3.5: what an upload tells later has four keys, in this order.
    let entry = |planted: &Planted| {
        let kind = planted.kind.word();
        json!({ "old_obj_id": planted.old_id, "obj_id": planted.id, "obj_type": kind, "title": planted.title })
    };
    let planted = planting.planted.iter().filter(|_| !planting.refused);
    JobRow {
        hash: hash.to_owned(),
        action: action.to_owned(),
        obj: "obj_scheme".to_owned(),
        obj_type: thing.kind.word().to_owned(),
        obj_id: thing.id,
        company_id: company,
        user_id: cx.caller.user_id,
        ok: i64::try_from(made).unwrap_or(i64::MAX),
        err: i64::try_from(planting.failed).unwrap_or(i64::MAX),
        scheme: planted.map(entry).collect::<Value>().to_string(),
        errors: Value::from(planting.errors.clone()).to_string(),
        create_time: cx.now.seconds(),
    }
}

/// `GET upload/info?hash=`.
pub(super) struct UploadInfo {
    hash: String,
}

impl Op for UploadInfo {
    const REQUEST: &'static [Field] = &[need("hash", TEXT)];
    const ANSWER: &'static [Field] = &[
        need("status", Shape::Word(&["success", "in_progress", "error"])),
        need("scheme", LIST),
        may("errors", LIST),
    ];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self { hash: args.required_text("hash")? })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let found = job::find(cx.conn, &self.hash).await?;
        let job = found.ok_or_else(|| OpError::NotFound { obj: "upload", id: json!(self.hash) })?;
        let list = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_else(|_| json!([]));
        let status = if job.err == 0 { "success" } else { "error" };
        // sheet corezoid/api 9.19: the answer is ok even where the upload was not.
        let reply =
            Reply::new().without_id().without_obj().with("status", status).with("scheme", list(&job.scheme));
        Ok(if job.err == 0 { reply } else { reply.with("errors", list(&job.errors)) })
    }
}
