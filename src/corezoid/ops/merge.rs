//! Stages compared, and one merged into another (sheet corezoid/api 2.5). In both `obj_id` is the target, which changes, and
//! `obj_to_id` the source.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};

use super::fields::missing;
use super::scheme::items;
use super::upload::{finished, plant_over};
use crate::corezoid::args::{Args, integer, invalid};
use crate::corezoid::error::OpError;
use crate::corezoid::ids::{Kind, Thing};
use crate::corezoid::model::compare::{Line, Verdict, compare, is_stage, node_uuid, uuid_of};
use crate::corezoid::model::incoming::{self, Body, Incoming};
use crate::corezoid::model::planting::{Existing, Manner, Planting, named_outside};
use crate::corezoid::model::scheme::{Dialect, scheme};
use crate::corezoid::model::unpack::{self, Broken, Bundle};
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::spec::{Field, ID, LIST, OBJECT, Shape, TEXT, may, need};
use crate::corezoid::store::{commit, job, object, planting as store};
use crate::kernel::db::Access;

/// One side: a stage, or a file that was uploaded to be named later.
#[derive(Debug)]
enum Side {
    Stage(Thing),
    Scheme(String),
}

impl Side {
    fn parse(args: Args<'_>, id: &'static str, kind: &'static str) -> Result<Self, OpError> {
        match args.required_text(kind)?.as_str() {
            "stage" => Ok(Self::Stage(Thing { kind: Kind::Stage, id: args.required_id(id)? })),
            "scheme" => Ok(Self::Scheme(args.required_text(id)?)),
            other => Err(invalid(kind, &json!(other))),
        }
    }

    async fn read(&self, cx: &mut OpCx<'_>) -> Result<Vec<Incoming>, OpError> {
        let bundle = match self {
            Self::Stage(thing) => Bundle::of(scheme(&items(cx, *thing).await?, Dialect::Newer)),
            Self::Scheme(name) => unpack::unpack(&job::file(cx.conn, name).await?.ok_or(Broken)?)?,
        };
        Ok(incoming::read(bundle)?.items)
    }
}

const SIDES: Shape = Shape::Word(&["stage", "scheme"]);
const SIDE_ID: Shape = Shape::Either(&[ID, TEXT]);

/// `compare obj_scheme` on the compare URL.
pub(super) struct Compare {
    target: Side,
    source: Side,
    status: bool,
    numbers: bool,
}

impl Op for Compare {
    const REQUEST: &'static [Field] = &[
        need("obj_id", SIDE_ID),
        need("obj_type", SIDES),
        need("obj_to_id", SIDE_ID),
        need("obj_to_type", SIDES),
        may("diff_status", Shape::Flag),
        may("num_stat", Shape::Flag),
    ];
    const ANSWER: &'static [Field] = &[need("list", LIST)];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self {
            target: Side::parse(args, "obj_id", "obj_type")?,
            source: Side::parse(args, "obj_to_id", "obj_to_type")?,
            status: args.flag("diff_status")?.unwrap_or(false),
            numbers: args.flag("num_stat")?.unwrap_or(false),
        })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let (target, source) = (self.target.read(cx).await?, self.source.read(cx).await?);
        let entry = |line: &Line| compared(line, self.status, self.numbers);
        Ok(Reply::new().with("list", compare(&target, &source).iter().map(entry).collect::<Value>()))
    }
}

/// One line of a comparison: its status, its numbers, or else the difference itself.
fn compared(line: &Line, status: bool, numbers: bool) -> Value {
    let mut out = Map::new();
    let mut put = |name: &str, value: Value| drop(out.insert(name.to_owned(), value));
    put("parent_id", line.parent_id.clone());
    put("obj_id", line.obj_id.clone());
    put("title", json!(line.title));
    put("obj_type", json!(line.kind.word()));
    if numbers {
        let counts = line.counts;
        put(
            "__num_stat",
            json!({ "added": counts.added, "changed": counts.changed, "deleted": counts.deleted }),
        );
    }
    if status {
        put("__status", json!(line.verdict.word()));
    }
    if !status && !numbers {
        let part = |verdict| if line.verdict == verdict { json!(line.fields) } else { json!({}) };
        put("__added", part(Verdict::Added));
        put("__deleted", part(Verdict::Deleted));
        put("__changed", json!(line.changed));
        for (name, value) in line.fields.iter().filter(|(name, _)| *name != "title") {
            put(name, value.clone());
        }
        put("uuid", json!(line.uuid));
    }
    Value::Object(out)
}

/// `merge obj_scheme` on the merge URL.
pub(super) struct Merge {
    target: Thing,
    source: Side,
    apply: bool,
    linked: bool,
    exclude: HashSet<(Kind, i64)>,
}

impl Op for Merge {
    const REQUEST: &'static [Field] = &[
        need("obj_id", ID),
        need("obj_type", Shape::Word(&["stage"])),
        need("obj_to_id", SIDE_ID),
        need("obj_to_type", SIDES),
        may("apply_mode", Shape::Flag),
        may("exclude", Shape::List(&Shape::Object(&[need("obj_id", ID), need("obj_type", TEXT)]))),
        may("async", Shape::Flag),
    ];
    const ANSWER: &'static [Field] = &[need("diff", Shape::Either(&[LIST, OBJECT]))];
    const OTHER_ANSWERS: &'static [&'static [Field]] = &[&[need("hash", TEXT)]];
    const EDITS: bool = false;
    const ACCESS: Access = Access::Write;

    fn access(args: Args<'_>) -> Access {
        match args.flag("apply_mode") {
            Ok(Some(true)) => Self::ACCESS,
            _ => Access::Read,
        }
    }

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let excluded = args.list("exclude")?.into_iter().flatten().filter_map(|entry| {
            let kind = entry.get("obj_type").and_then(Value::as_str).and_then(Kind::of)?;
            Some((kind, integer(entry.get("obj_id")?)?))
        });
        Ok(Self {
            target: Thing { kind: Kind::Stage, id: args.required_id("obj_id")? },
            source: Side::parse(args, "obj_to_id", "obj_to_type")?,
            apply: args.flag("apply_mode")?.unwrap_or(false),
            linked: args.flag("async")?.unwrap_or(true),
            exclude: excluded.collect(),
        })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let old = Side::Stage(self.target).read(cx).await?;
        // sheet corezoid/api 1.6: only what is closed to edits is merged into, and only what is deployed is merged.
        if !immutable(&old) {
            return Err(OpError::refused("You have to merge only in immutable stage"));
        }
        let new = self.source.read(cx).await?;
        if let Side::Stage(stage) = self.source
            && commit::uncommitted(cx.conn, stage).await?.is_some()
        {
            return Err(OpError::refused("You have to merge only from deployed stage"));
        }
        let new = without(new, &self.exclude);
        let lines = compare(&old, &new);
        let reply = Reply::new().obj_first();
        let kept =
            |line: &&Line| !self.exclude.contains(&(line.kind, integer(&line.obj_id).unwrap_or_default()));
        if !self.apply {
            let diff: Value = lines.iter().filter(kept).filter_map(difference).collect();
            return Ok(reply.with("diff", diff));
        }
        let (planting, company) = self.put(&old, new, cx).await?;
        for line in lines.iter().filter(kept).filter(|line| line.verdict == Verdict::Deleted) {
            let thing = Thing { kind: line.kind, id: integer(&line.obj_id).unwrap_or_default() };
            object::delete(cx.conn, thing, cx.now.seconds()).await?;
        }
        if !self.linked {
            let Thing { kind, id } = self.target;
            return Ok(reply.with("diff", json!({ "obj_id": id, "obj_type": kind.word() })));
        }
        let hash = cx.ids().hex::<71>().to_uppercase();
        let done = finished(&hash, "merge", self.target, &planting, company, cx);
        job::insert(cx.conn, &[done]).await?;
        Ok(reply.with("hash", hash))
    }
}

impl Merge {
    /// Writes the source over the target: what has the same uuid keeps its id, and so do its nodes, with their tasks.
    async fn put(
        &self,
        old: &[Incoming],
        new: Vec<Incoming>,
        cx: &mut OpCx<'_>,
    ) -> Result<(Planting, Option<String>), OpError> {
        let shipment = incoming::Shipment { items: new, ..incoming::Shipment::default() };
        let who = (cx.caller.user_id, cx.now.seconds());
        let named = named_outside(&shipment.items);
        let found = store::target(cx.conn, self.target.id, None, &named, who).await?;
        let mut target = found.ok_or_else(|| missing(self.target))?;
        target.site.existing = existing(old);
        let manner = Manner { skip_root: true, ..Manner::default() };
        let planting = plant_over(&shipment, &target, &manner, cx).await?;
        if planting.refused {
            return Err(OpError::refused("One or more processes has errors"));
        }
        Ok((planting, target.site.company))
    }
}

fn immutable(items: &[Incoming]) -> bool {
    items
        .iter()
        .any(|item| is_stage(items, item) && matches!(item.body, Body::Folder { immutable: true, .. }))
}

/// The objects that are not excluded, nor lie in one that is.
fn without(items: Vec<Incoming>, exclude: &HashSet<(Kind, i64)>) -> Vec<Incoming> {
    let (mut kept, mut places) = (Vec::with_capacity(items.len()), HashMap::new());
    for (index, mut item) in items.into_iter().enumerate() {
        let named = integer(&item.old_id).is_some_and(|id| exclude.contains(&(item.kind, id)));
        let around = item.parent.map(|parent| places.get(&parent).copied());
        if named || around == Some(None) {
            continue;
        }
        item.parent = around.flatten();
        places.insert(index, kept.len());
        kept.push(item);
    }
    kept
}

/// What the target holds, for the source to be written over.
fn existing(items: &[Incoming]) -> HashMap<(Kind, String), Vec<Existing>> {
    let mut all: HashMap<_, Vec<_>> = HashMap::new();
    for item in items.iter().rev().filter(|item| !is_stage(items, item)) {
        let nodes = match &item.body {
            Body::Conv { nodes, .. } => nodes
                .iter()
                .map(|node| ((node_uuid(&node.old_id, &node.doc), node.doc.obj_type), node.old_id.clone()))
                .collect(),
            Body::Folder { .. } | Body::Dashboard { .. } => HashMap::new(),
        };
        let id = integer(&item.old_id).unwrap_or_default();
        all.entry((item.kind, uuid_of(item))).or_default().push(Existing { id, nodes });
    }
    all
}

/// One line of a merge that is only looked at.
fn difference(line: &Line) -> Option<Value> {
    let verb = match line.verdict {
        Verdict::Same => return None,
        Verdict::Added => "create",
        Verdict::Changed => "modify",
        Verdict::Deleted => "delete",
    };
    let mut out = Map::new();
    let mut put = |name: &str, value: Value| drop(out.insert(name.to_owned(), value));
    put("type", json!(verb));
    put("obj", json!(line.kind.word()));
    put("obj_id", line.obj_id.clone());
    if line.verdict != Verdict::Deleted {
        for (name, value) in &line.fields {
            put(name, value.clone());
        }
        put("uuid", json!(line.uuid));
        put("folder_id", line.parent_id.clone());
    }
    Some(Value::Object(out))
}
