//! Stages compared, and one merged into another (sheet corezoid/api 2.5). A saved version stands for the stage it was made of. In both `obj_id` is the target, which changes, and
//! `obj_to_id` the source.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};

use super::fields::missing;
use super::scheme::{Beside, items};
use super::upload::{finished, plant_over};
use super::version::contents;
use crate::corezoid::args::{Args, integer, invalid};
use crate::corezoid::error::OpError;
use crate::corezoid::ids::{Kind, Thing, VersionId};
use crate::corezoid::model::compare::{Line, Verdict, chart_uuid, compare, identity, is_stage, node_uuid};
use crate::corezoid::model::incoming::{self, Body, Incoming, key};
use crate::corezoid::model::planting::Planting;
use crate::corezoid::model::scheme::{Dialect, scheme};
use crate::corezoid::model::site::{Existing, Manner, named};
use crate::corezoid::model::unpack::{self, Broken, Bundle};
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::refusal::Refusal;
use crate::corezoid::spec::{Field, ID, LIST, OBJECT, Shape, TEXT, may, need};
use crate::corezoid::store::{commit, job, object, planting as store};
use crate::kernel::db::Access;

/// One side: a stage, a saved version of one, or a file that was uploaded to be named later.
#[derive(Debug)]
enum Side {
    Stage(Thing),
    Version(VersionId),
    Scheme(String),
}

impl Side {
    fn parse(args: Args<'_>, id: &'static str, kind: &'static str) -> Result<Self, OpError> {
        match args.required_text(kind)?.as_str() {
            "stage" => Ok(Self::Stage(Thing { kind: Kind::Stage, id: args.required_id(id)? })),
            "version" => Ok(Self::Version(VersionId(args.required_id(id)?))),
            "scheme" => Ok(Self::Scheme(args.required_text(id)?)),
            other => Err(invalid(kind, &json!(other))),
        }
    }

    async fn read(&self, cx: &mut OpCx<'_>) -> Result<Vec<Incoming>, OpError> {
        match self {
            Self::Stage(stage) => read_stage(cx, *stage).await,
            Self::Version(id) => Ok(contents(cx, *id).await?.1),
            Self::Scheme(name) => {
                let file = job::file(cx.conn, name).await?.ok_or(Broken)?;
                Ok(incoming::read(unpack::unpack(&file)?)?.items)
            }
        }
    }
}

/// What a stage has deployed.
pub(super) async fn read_stage(cx: &mut OpCx<'_>, stage: Thing) -> Result<Vec<Incoming>, OpError> {
    let bundle = Bundle::of(scheme(&items(cx, stage, Beside::All).await?, Dialect::Newer));
    Ok(incoming::read(bundle)?.items)
}

const SIDES: Shape = Shape::Word(&["stage", "version", "scheme"]);
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
    exclude: Excluded,
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
            let kind = entry.get("obj_type").and_then(Value::as_str).and_then(Kind::of_any)?;
            Some(Thing { kind, id: integer(entry.get("obj_id")?)? })
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
        let old = read_stage(cx, self.target).await?;
        // sheet corezoid/api 1.6: only what is closed to edits is merged into, and only what is deployed is merged.
        if !immutable(&old) {
            return Err(Refusal::MergeIntoOpen.into());
        }
        let new = self.source.read(cx).await?;
        if let Side::Stage(stage) = self.source
            && commit::uncommitted(cx.conn, stage).await?.is_some()
        {
            return Err(Refusal::MergeFromUndeployed.into());
        }
        let new = without(new, &self.exclude);
        let reply = Reply::new().obj_first();
        if !self.apply {
            let lines = compare(&old, &new);
            let kept = lines.iter().filter(|line| !self.exclude.contains(&target_of(line)));
            return Ok(reply.with("diff", kept.filter_map(difference).collect::<Value>()));
        }
        let (planting, company) = overlay(self.target, &old, new, &self.exclude, cx).await?;
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

/// Objects that a merge leaves as they are in both stages.
type Excluded = HashSet<Thing>;

/// Writes a source over a stage: what has the same uuid keeps its id, and so do its nodes, with their tasks; what the source
/// does not have goes to the trash. Gives what was written, and the company of the stage.
pub(super) async fn overlay(
    stage: Thing,
    old: &[Incoming],
    new: Vec<Incoming>,
    exclude: &Excluded,
    cx: &mut OpCx<'_>,
) -> Result<(Planting, Option<String>), OpError> {
    let lost = compare(old, &new).into_iter().filter(|line| line.verdict == Verdict::Deleted);
    let lost: Vec<Thing> = lost.map(|line| target_of(&line)).collect();
    let shipment = incoming::Shipment { items: new };
    let who = (cx.caller.user_id, cx.now.seconds());
    let named = named(&shipment.items);
    let found = store::target(cx.conn, stage.id, None, &named, who).await?;
    let mut target = found.ok_or_else(|| missing(stage))?;
    target.site.existing = existing(old);
    let manner = Manner { skip_root: true, aliases: true, ..Manner::default() };
    let planting = plant_over(&shipment, &target, &manner, cx).await?;
    if planting.refused {
        return Err(Refusal::BrokenProcesses.into());
    }
    for thing in lost.into_iter().filter(|thing| !exclude.contains(thing)) {
        object::delete(cx.conn, thing, cx.now.seconds()).await?;
    }
    Ok((planting, target.site.company))
}

/// The object of the target that a line speaks of; of an added one, that of the source.
fn target_of(line: &Line) -> Thing {
    Thing { kind: line.kind, id: integer(&line.obj_id).unwrap_or_default() }
}

fn immutable(items: &[Incoming]) -> bool {
    items
        .iter()
        .any(|item| is_stage(items, item) && matches!(item.body, Body::Folder { immutable: true, .. }))
}

/// The objects that are not excluded, nor lie in one that is.
fn without(items: Vec<Incoming>, exclude: &Excluded) -> Vec<Incoming> {
    let (mut kept, mut places) = (Vec::with_capacity(items.len()), HashMap::new());
    for (index, mut item) in items.into_iter().enumerate() {
        let named = integer(&item.old_id).is_some_and(|id| exclude.contains(&Thing { kind: item.kind, id }));
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
        let id = integer(&item.old_id).unwrap_or_default();
        let mut found = Existing { id, nodes: HashMap::new(), charts: HashMap::new(), conv: None };
        match &item.body {
            Body::Conv { nodes, .. } => {
                found.nodes.extend(nodes.iter().map(|node| {
                    ((node_uuid(&node.old_id, &node.doc), node.doc.obj_type), node.old_id.clone())
                }));
            }
            Body::Dashboard { charts, .. } => found.charts.extend(
                charts.iter().filter_map(|chart| Some((chart_uuid(chart), key(chart.get("chart_id")?)?))),
            ),
            Body::Alias { conv, .. } => found.conv = integer(conv),
            Body::Folder { .. } | Body::Instance { .. } | Body::EnvVar { .. } => {}
        }
        all.entry((item.kind, identity(item))).or_default().push(found);
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
