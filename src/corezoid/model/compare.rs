//! What differs between two stages (sheet corezoid/api 2.5). Objects and nodes are the same where their uuids are, wherever
//! they lie and whatever their ids: a link counts as changed only when it leads to another node. An alias is the same where
//! its short name is, and variables are not compared: every stage has values of its own. Pure.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::incoming::{Body, Incoming, key};
use super::node::{NodeDoc, Object};
use super::remap::{NodeIds, Renamed};
use crate::corezoid::ids::Kind;

/// How an object of the target stands to the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Same,
    Added,
    Changed,
    Deleted,
}

impl Verdict {
    /// `__status`.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Same => "",
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Deleted => "deleted",
        }
    }
}

/// `__num_stat`: an object that is new or gone counts once, a changed one by its fields and nodes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) added: usize,
    pub(crate) changed: usize,
    pub(crate) deleted: usize,
}

/// One object of either side.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) kind: Kind,
    pub(crate) verdict: Verdict,
    pub(crate) counts: Counts,
    /// Of the target; of an added object, that of the source.
    pub(crate) obj_id: Value,
    /// The folder of the target; that of the source where the target has none.
    pub(crate) parent_id: Value,
    pub(crate) title: String,
    pub(crate) uuid: String,
    /// What the object says now: in the source, or in the target if it is deleted.
    pub(crate) fields: Object,
    /// Fields of the source that the target says otherwise.
    pub(crate) changed: Object,
}

/// An object in a form that does not depend on its ids.
struct Sketch<'a> {
    item: &'a Incoming,
    /// See [`identity`].
    name: String,
    /// The uuid of its folder; `None`: it lies in the stage itself.
    around: Option<String>,
    fields: Object,
    nodes: Vec<(String, NodeDoc)>,
}

/// The uuid of an object; one of a file without uuids is known by its id there.
pub(crate) fn uuid_of(item: &Incoming) -> String {
    item.uuid.clone().or_else(|| key(&item.old_id)).unwrap_or_default()
}

/// What tells an object of a stage from the others of its kind there.
pub(crate) fn identity(item: &Incoming) -> String {
    match &item.body {
        Body::Alias { short_name, .. } | Body::EnvVar { short_name, .. } => short_name.clone(),
        _ => uuid_of(item),
    }
}

/// The same of a node.
pub(crate) fn node_uuid(old_id: &str, doc: &NodeDoc) -> String {
    doc.uuid.clone().unwrap_or_else(|| old_id.to_owned())
}

/// The same of a chart.
pub(crate) fn chart_uuid(chart: &Object) -> String {
    let uuid = chart.get("uuid").and_then(Value::as_str).filter(|uuid| !uuid.is_empty());
    uuid.map(str::to_owned).or_else(|| chart.get("chart_id").and_then(key)).unwrap_or_default()
}

/// Whether an item is the stage itself: the one root of its list.
pub(crate) fn is_stage(items: &[Incoming], item: &Incoming) -> bool {
    let roots = items.iter().filter(|item| item.parent.is_none() && !item.kind.is_beside()).count();
    roots == 1 && item.parent.is_none() && item.kind.is_folder()
}

fn sketches<'a>(items: &'a [Incoming], numbers: &mut HashMap<String, i64>) -> Vec<Sketch<'a>> {
    let mut renamed = Renamed::default();
    for item in items {
        let (Body::Conv { nodes, .. }, Some(id)) = (&item.body, key(&item.old_id)) else { continue };
        // Below zero there are no processes of the world.
        let next = -1 - i64::try_from(numbers.len()).unwrap_or_default();
        renamed.convs.insert(id.clone(), *numbers.entry(uuid_of(item)).or_insert(next));
        let uuids = nodes.iter().map(|node| (node.old_id.clone(), node_uuid(&node.old_id, &node.doc)));
        renamed.nodes.insert(id, uuids.collect());
    }
    let none = NodeIds::new();
    let sketch = |item: &'a Incoming| {
        let around = item.parent.and_then(|parent| items.get(parent));
        let own = key(&item.old_id).and_then(|id| renamed.nodes.get(&id)).unwrap_or(&none);
        let mut nodes = Vec::new();
        if let Body::Conv { nodes: incoming, .. } = &item.body {
            for node in incoming {
                let mut doc = node.doc.clone();
                renamed.node(&mut doc, own);
                nodes.push((node_uuid(&node.old_id, &node.doc), doc));
            }
        }
        Sketch {
            item,
            name: identity(item),
            around: around.filter(|around| !is_stage(items, around)).map(uuid_of),
            fields: fields(item, &renamed),
            nodes,
        }
    };
    let compared = |item: &&Incoming| !is_stage(items, item) && item.kind != Kind::EnvVar;
    items.iter().filter(compared).map(sketch).collect()
}

fn fields(item: &Incoming, renamed: &Renamed) -> Object {
    let mut out = Object::new();
    let mut put = |name: &str, value: Value| drop(out.insert(name.to_owned(), value));
    put("title", json!(item.title));
    put("description", json!(item.description));
    match &item.body {
        Body::Folder { .. } | Body::EnvVar { .. } => {}
        Body::Instance { instance_type, data } => {
            put("instance_type", json!(instance_type));
            put("data", json!(data));
        }
        Body::Alias { short_name, conv } => {
            let target = key(conv).and_then(|old| renamed.convs.get(&old));
            put("short_name", json!(short_name));
            put("obj_to_id", target.map_or_else(|| conv.clone(), |number| json!(number)));
        }
        Body::Conv { status, conv_type, params, ref_mask, .. } => {
            put("status", json!(status.word()));
            put("params", params.clone());
            put("ref_mask", json!(ref_mask));
            put("conv_type", json!(conv_type));
        }
        Body::Dashboard { time_range, grid, charts } => {
            let charts = charts.iter().cloned().map(|mut chart| {
                for series in chart.get_mut("series").and_then(Value::as_array_mut).into_iter().flatten() {
                    if let Some(series) = series.as_object_mut() {
                        renamed.reference(series);
                    }
                }
                chart.remove("chart_id");
                Value::Object(chart)
            });
            let cells = grid.as_array().into_iter().flatten().cloned().map(|mut cell| {
                if let Some(cell) = cell.as_object_mut() {
                    cell.remove("obj_id");
                }
                cell
            });
            put("time_range", time_range.clone());
            put("grid", cells.collect());
            put("charts_list", charts.collect());
        }
    }
    out.extend(item.more.clone());
    out
}

/// Compares what lies in two stages: the objects of the source in its order, then those that only the target has.
pub(crate) fn compare(target: &[Incoming], source: &[Incoming]) -> Vec<Line> {
    let mut numbers = HashMap::new();
    let (target, source) = (sketches(target, &mut numbers), sketches(source, &mut numbers));
    let mut by_uuid: HashMap<(Kind, &str), Vec<&Sketch<'_>>> = HashMap::new();
    for sketch in target.iter().rev() {
        by_uuid.entry((sketch.item.kind, &sketch.name)).or_default().push(sketch);
    }
    let folders: HashMap<&str, &Value> = target
        .iter()
        .filter(|sketch| sketch.item.kind.is_folder())
        .map(|sketch| (sketch.name.as_str(), &sketch.item.old_id))
        .collect();
    let mut lines = Vec::new();
    for new in &source {
        let old = by_uuid.get_mut(&(new.item.kind, new.name.as_str())).and_then(Vec::pop);
        let mut line = match old {
            None => line(new, Verdict::Added, Counts { added: 1, ..Counts::default() }),
            Some(old) => {
                let (counts, changed) = difference(old, new);
                let verdict = if counts == Counts::default() { Verdict::Same } else { Verdict::Changed };
                let mut line = line(new, verdict, counts);
                line.obj_id = old.item.old_id.clone();
                line.parent_id = old.item.old_parent.clone();
                line.changed = readable(changed, new.item);
                line
            }
        };
        if let (Verdict::Added, Some(id)) =
            (line.verdict, new.around.as_deref().and_then(|around| folders.get(around)))
        {
            line.parent_id = (*id).clone();
        }
        lines.push(line);
    }
    let mut gone: Vec<_> = by_uuid.into_values().flatten().collect();
    gone.sort_by_key(|sketch| target.iter().position(|other| std::ptr::eq(*sketch, other)));
    lines.extend(
        gone.into_iter().map(|old| line(old, Verdict::Deleted, Counts { deleted: 1, ..Counts::default() })),
    );
    lines
}

fn line(sketch: &Sketch<'_>, verdict: Verdict, counts: Counts) -> Line {
    Line {
        kind: sketch.item.kind,
        verdict,
        counts,
        obj_id: sketch.item.old_id.clone(),
        parent_id: sketch.item.old_parent.clone(),
        title: sketch.item.title.clone(),
        uuid: uuid_of(sketch.item),
        fields: readable(sketch.fields.clone(), sketch.item),
        changed: Object::new(),
    }
}

/// Fields with the process that an alias names by the id it has on its side, instead of the number it is compared by.
fn readable(mut fields: Object, item: &Incoming) -> Object {
    if let (Body::Alias { conv, .. }, Some(named)) = (&item.body, fields.get_mut("obj_to_id")) {
        *named = conv.clone();
    }
    fields
}

fn difference(old: &Sketch<'_>, new: &Sketch<'_>) -> (Counts, Object) {
    let (mut counts, mut changed) = (Counts::default(), Object::new());
    for (name, value) in &new.fields {
        match old.fields.get(name) {
            Some(before) if before == value => continue,
            Some(_) => counts.changed += 1,
            None => counts.added += 1,
        }
        changed.insert(name.clone(), value.clone());
    }
    counts.deleted += old.fields.keys().filter(|name| !new.fields.contains_key(*name)).count();
    counts.changed += usize::from(old.around != new.around);
    let before: HashMap<&str, &NodeDoc> = old.nodes.iter().map(|(uuid, doc)| (uuid.as_str(), doc)).collect();
    let mut nodes = Vec::new();
    for (uuid, doc) in &new.nodes {
        match before.get(uuid.as_str()) {
            Some(known) if same(known, doc) => continue,
            Some(_) => counts.changed += 1,
            None => counts.added += 1,
        }
        nodes.push(json!({ "uuid": uuid, "title": doc.title, "condition": doc.condition() }));
    }
    let kept = |uuid: &String| new.nodes.iter().any(|(other, _)| other == uuid);
    counts.deleted += old.nodes.iter().filter(|(uuid, _)| !kept(uuid)).count();
    if !nodes.is_empty() {
        changed.insert("scheme".to_owned(), json!({ "nodes": nodes }));
    }
    (counts, changed)
}

/// A uuid that is only implied on one side says nothing about the node.
fn same(old: &NodeDoc, new: &NodeDoc) -> bool {
    NodeDoc { uuid: None, ..old.clone() } == NodeDoc { uuid: None, ..new.clone() }
}

#[cfg(test)]
mod tests {
    use super::super::incoming::read;
    use super::super::unpack::Bundle;
    use super::*;

    fn stage<const N: usize>(id: i64, more: [Value; N]) -> Vec<Incoming> {
        let mut all = vec![json!({ "obj_type": 6, "obj_id": id, "parent_id": 1, "title": "Stage" })];
        all.extend(more);
        read(Bundle::of(Value::Array(all))).unwrap().items
    }

    /// A process with a start node that leads to a final one; every id counts from `id`.
    fn conv(id: i64, parent: i64, uuid: &str, title: &str, calls: i64) -> Value {
        let node = |n: i64, kind: i64, logics: Value| {
            let condition: Value = [("logics", logics), ("semaphors", json!([]))].into_iter().collect();
            json!({ "id": format!("{id}-{n}"), "obj_type": kind, "uuid": format!("{uuid}{n}"), "title": "", "condition": condition })
        };
        let call = json!([{ "type": "api_rpc", "conv_id": calls }, { "type": "go", "to_node_id": format!("{id}-2") }]);
        json!({ "obj_type": 1, "obj_id": id, "parent_id": parent, "title": title, "uuid": uuid,
            "scheme": { "nodes": [node(1, 0, call), node(2, 2, json!([]))] } })
    }

    fn said(lines: &[Line]) -> Vec<String> {
        let counts = |counts: Counts| format!("{}/{}/{}", counts.added, counts.changed, counts.deleted);
        let say = |line: &Line| {
            format!("{} {} {} {}", line.title, line.verdict.word(), line.obj_id, counts(line.counts))
        };
        lines.iter().map(say).collect()
    }

    #[test]
    fn ids_alone_are_no_difference() {
        let side = |stage_id: i64, first: i64| {
            stage(
                stage_id,
                [conv(first, stage_id, "a", "A", first + 1), conv(first + 1, stage_id, "b", "B", 7)],
            )
        };
        assert_eq!(said(&compare(&side(10, 100), &side(20, 200))), ["A  100 0/0/0", "B  101 0/0/0"]);
    }

    #[test]
    fn what_is_new_changed_and_gone_is_said_of_the_target() {
        let folder = |id: i64, parent: i64| json!({ "obj_type": 0, "obj_id": id, "parent_id": parent, "title": "F", "uuid": "f" });
        let target =
            stage(10, [folder(11, 10), conv(100, 10, "a", "A", 7), conv(101, 10, "gone", "Gone", 7)]);
        let mut moved = conv(200, 21, "a", "A", 8);
        moved["scheme"]["nodes"][1]["title"] = json!("Renamed");
        let source = stage(20, [folder(21, 20), moved, conv(201, 21, "new", "New", 7)]);
        let lines = compare(&target, &source);
        assert_eq!(
            said(&lines),
            ["F  11 0/0/0", "A changed 100 0/3/0", "New added 201 1/0/0", "Gone deleted 101 0/0/1"]
        );
        assert_eq!(lines.iter().map(|line| line.parent_id.clone()).collect::<Vec<_>>(), [10, 10, 11, 10]);
        assert_eq!(lines[1].changed["scheme"]["nodes"][1]["title"], "Renamed");
        assert!(lines[1].changed.len() == 1 && lines[0].changed.is_empty());
    }
}
