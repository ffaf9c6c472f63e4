//! What an import writes, worked out whole before anything is written: new ids, links that follow them, the rows, and
//! the tree of mistakes (sheet corezoid/api 3.4, 3.5). Pure.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::beside;
use super::compare::{chart_uuid, identity, node_uuid};
use super::deploy;
use super::flaw::Flaw;
use super::incoming::{Body, Incoming, IncomingNode, key};
use super::node::{NodeDoc, Object};
use super::remap::{NodeIds, Renamed, named_convs};
use super::rows::{AliasRow, ChartRow, ConvRow, DashboardRow, EnvVarRow, FolderRow, InstanceRow, NodeRow};
use super::site::{Makers, Manner, Site};
use crate::corezoid::ids::Kind;
use crate::corezoid::rules::status::Status;

/// An object that is to be made.
#[derive(Debug)]
pub(crate) struct Planted {
    pub(crate) kind: Kind,
    pub(crate) id: i64,
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) old_id: Value,
    pub(crate) old_parent: Value,
    /// Of a process.
    pub(crate) hash: Option<String>,
}

/// All that an import writes.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Planting {
    pub(crate) folders: Vec<FolderRow>,
    pub(crate) convs: Vec<ConvRow>,
    pub(crate) nodes: Vec<NodeRow>,
    pub(crate) dashboards: Vec<DashboardRow>,
    pub(crate) charts: Vec<ChartRow>,
    pub(crate) instances: Vec<InstanceRow>,
    pub(crate) aliases: Vec<AliasRow>,
    pub(crate) env_vars: Vec<EnvVarRow>,
    /// In the order of the file.
    #[serde(skip)]
    pub(crate) planted: Vec<Planted>,
    /// The tree of mistakes.
    #[serde(skip)]
    pub(crate) errors: Vec<Value>,
    /// Objects with mistakes.
    #[serde(skip)]
    pub(crate) failed: usize,
    /// Nothing is to be written.
    #[serde(skip)]
    pub(crate) refused: bool,
}

impl Planted {
    /// What an answer says of it: the hash first, if it is a process (sheet corezoid/api 2.5; the Go client's own example
    /// of an upload has it as well).
    pub(crate) fn entry(&self) -> Value {
        let mut entry = Map::new();
        if let Some(hash) = &self.hash {
            entry.insert("hash".to_owned(), json!(hash));
        }
        for (name, value) in [
            ("obj_id", json!(self.id)),
            ("obj_type", json!(self.kind.word())),
            ("title", json!(self.title)),
            ("description", json!(self.description)),
            ("old_obj_id", json!(self.old_id)),
            ("old_parent_id", json!(self.old_parent)),
        ] {
            entry.insert(name.to_owned(), value);
        }
        Value::Object(entry)
    }
}

/// One object with its new id, and the nodes that became of its nodes.
struct Seedling<'a> {
    item: &'a Incoming,
    /// `None`: the root that is left out, or something that lies in no folder.
    id: Option<i64>,
    nodes: Vec<(String, NodeDoc)>,
    /// Texts by the place of the node.
    mistakes: HashMap<usize, Vec<String>>,
}

/// Works an import out.
pub(crate) fn plant(items: &[Incoming], site: &Site, manner: &Manner, makers: &Makers<'_>) -> Planting {
    let roots = items.iter().filter(|item| item.parent.is_none() && !item.kind.is_beside()).count();
    let left_out =
        |item: &Incoming| manner.skip_root && roots == 1 && item.parent.is_none() && item.kind.is_folder();
    let (mut folder, mut conv, mut dashboard) = (site.last_folder, site.last_conv, site.last_dashboard);
    let mut instance = site.last_instance;
    let (mut renamed, mut existing) = (Renamed::default(), site.existing.clone());
    let mut seedlings = Vec::with_capacity(items.len());
    for item in items {
        if item.kind.is_beside() {
            seedlings.push((Seedling::of(item, None), Vec::new()));
            continue;
        }
        let counter = match item.kind {
            Kind::Conv => &mut conv,
            Kind::Dashboard => &mut dashboard,
            Kind::Instance => &mut instance,
            _ => &mut folder,
        };
        let mut old = existing.get_mut(&(item.kind, identity(item))).and_then(Vec::pop);
        let id = (!left_out(item)).then(|| {
            old.as_ref().map_or_else(
                || {
                    *counter += 1;
                    *counter
                },
                |old| old.id,
            )
        });
        let mut new_ids = Vec::new();
        if let (Body::Conv { nodes, .. }, Some(id)) = (&item.body, id) {
            let mut known = old.as_mut().map(|old| std::mem::take(&mut old.nodes)).unwrap_or_default();
            let mut node_id = |node: &IncomingNode| {
                let uuid = node_uuid(&node.old_id, &node.doc);
                known.remove(&(uuid, node.doc.obj_type)).unwrap_or_else(|| (makers.node)())
            };
            new_ids = nodes.iter().map(&mut node_id).collect();
            let mut ids = NodeIds::new();
            for (node, new) in nodes.iter().zip(&new_ids).filter(|(node, _)| !node.old_id.is_empty()) {
                ids.entry(node.old_id.clone()).or_insert_with(|| new.clone());
            }
            if let Some(old) = key(&item.old_id) {
                renamed.convs.entry(old.clone()).or_insert(id);
                renamed.nodes.entry(old).or_insert(ids);
            }
        }
        if let Body::Dashboard { charts, .. } = &item.body {
            let mut known = old.map(|old| old.charts).unwrap_or_default();
            for chart in charts {
                let Some(old) = chart.get("chart_id").and_then(key) else { continue };
                let kept = known.remove(&chart_uuid(chart));
                renamed.charts.entry(old).or_insert_with(|| kept.unwrap_or_else(makers.node));
            }
        }
        seedlings.push((Seedling::of(item, id), new_ids));
    }
    let mut seedlings: Vec<Seedling<'_>> = seedlings
        .into_iter()
        .map(|(mut seedling, new_ids)| {
            seedling.grow(new_ids, &renamed, site);
            seedling
        })
        .collect();
    rows(&mut seedlings, site, manner, makers, &renamed)
}

impl<'a> Seedling<'a> {
    fn of(item: &'a Incoming, id: Option<i64>) -> Self {
        Self { item, id, nodes: Vec::new(), mistakes: HashMap::new() }
    }

    /// Gives the nodes their ids and links, and looks whether they could be deployed.
    fn grow(&mut self, new_ids: Vec<String>, renamed: &Renamed, site: &Site) {
        let Body::Conv { nodes, .. } = &self.item.body else { return };
        let mut own = NodeIds::new();
        for (node, new) in nodes.iter().zip(&new_ids).filter(|(node, _)| !node.old_id.is_empty()) {
            own.entry(node.old_id.clone()).or_insert_with(|| new.clone());
        }
        for (node, new) in nodes.iter().zip(new_ids) {
            let mut doc = node.doc.clone();
            let elsewhere = named_convs(&doc).filter(|id| !renamed.convs.contains_key(&id.to_string()));
            let mistakes: Vec<_> = elsewhere.filter_map(|id| unreachable(site, id)).collect();
            if !mistakes.is_empty() {
                self.mistakes.insert(self.nodes.len(), mistakes);
            }
            renamed.node(&mut doc, &own);
            self.nodes.push((new, doc));
        }
        let graph: Vec<_> = self.nodes.iter().map(|(id, doc)| (id.as_str(), doc)).collect();
        let mut found = deploy::check(&graph, site.timers);
        for (place, (id, _)) in self.nodes.iter().enumerate() {
            let texts = found.remove(id).and_then(|texts| serde_json::from_value::<Vec<String>>(texts).ok());
            if let Some(texts) = texts {
                self.mistakes.entry(place).or_default().extend(texts);
            }
        }
    }

    fn is_broken(&self) -> bool {
        !self.item.mistakes.is_empty() || !self.mistakes.is_empty()
    }
}

/// Why a process outside the file cannot be named (sheet corezoid/api 1.6). One that the world does not know is no
/// mistake: `conv_id` of what is not in the file stays as it is.
fn unreachable(site: &Site, conv: i64) -> Option<String> {
    let outside = site.outside.get(&conv)?;
    if outside.company != site.company {
        return Some(Flaw::OtherCompany.to_string());
    }
    (outside.status == Some(Status::Deleted)).then(|| Flaw::NotActive.to_string())
}

fn rows(
    seedlings: &mut [Seedling<'_>],
    site: &Site,
    manner: &Manner,
    makers: &Makers<'_>,
    renamed: &Renamed,
) -> Planting {
    let mut planting = Planting {
        failed: seedlings.iter().filter(|seedling| seedling.is_broken()).count(),
        ..Planting::default()
    };
    let refuses = |seedling: &Seedling<'_>| {
        !seedling.item.mistakes.is_empty() || (!manner.keep_broken && !seedling.mistakes.is_empty())
    };
    planting.refused = seedlings.iter().any(refuses);
    planting.errors = forest(seedlings, None, planting.refused);
    let ids: Vec<Option<i64>> = seedlings.iter().map(|seedling| seedling.id).collect();
    let mut first = true;
    for seedling in seedlings.iter_mut() {
        let item = seedling.item;
        let Some(id) = seedling.id else { continue };
        let around = item.parent.and_then(|parent| ids.get(parent).copied().flatten());
        let base = Base {
            id,
            folder_id: around.unwrap_or(site.folder),
            title: manner.title.clone().filter(|_| first).unwrap_or_else(|| item.title.clone()),
            short_name: manner.short_name.clone().filter(|_| first),
            uuid: item.uuid.clone().filter(|_| !manner.own_uuids),
            kind: kind(item, around.is_none(), site),
        };
        first = false;
        let hash = matches!(item.kind, Kind::Conv).then(|| (makers.hash)());
        planting.planted.push(Planted {
            kind: base.kind,
            id,
            title: base.title.clone(),
            description: item.description.clone(),
            old_id: item.old_id.clone(),
            old_parent: item.old_parent.clone(),
            hash: hash.clone(),
        });
        base.push(seedling, hash.unwrap_or_default(), site, renamed, &mut planting);
        if let Body::Dashboard { charts, .. } = &seedling.item.body {
            let rows = charts.iter().map(|chart| ChartRow::of(chart, id, manner, makers, renamed));
            planting.charts.extend(rows);
        }
    }
    let items: Vec<&Incoming> = seedlings.iter().map(|seedling| seedling.item).collect();
    beside::plant(&items, &ids, (site, manner, renamed), &mut planting);
    planting
}

/// A stage lies in a project and a project in the root; anywhere else each is a folder like any other.
pub(super) fn kind(item: &Incoming, is_root: bool, site: &Site) -> Kind {
    match item.kind {
        Kind::Stage if is_root && site.kind != Some(Kind::Project) => Kind::Folder,
        Kind::Project if !is_root || site.kind.is_some() => Kind::Folder,
        kind => kind,
    }
}

/// What rows of every kind share.
struct Base {
    id: i64,
    folder_id: i64,
    title: String,
    short_name: Option<String>,
    uuid: Option<String>,
    kind: Kind,
}

fn text(more: &Object) -> Option<String> {
    (!more.is_empty()).then(|| serde_json::to_string(more).unwrap_or_default())
}

impl Base {
    fn push(
        self,
        seedling: &mut Seedling<'_>,
        hash: String,
        site: &Site,
        renamed: &Renamed,
        planting: &mut Planting,
    ) {
        let Self { id, folder_id, title, short_name, uuid, kind } = self;
        let item = seedling.item;
        let (company_id, description, more) =
            (site.company.clone(), item.description.clone(), text(&item.more));
        let (owner_id, create_time) = (site.owner, site.now);
        match &item.body {
            Body::Folder { short_name: own, immutable } => {
                let placed = matches!(kind, Kind::Project | Kind::Stage);
                let short_name = short_name.or_else(|| own.clone()).or_else(|| Some(slug(&title)));
                planting.folders.push(FolderRow {
                    id,
                    folder_id,
                    company_id,
                    kind: kind.word(),
                    short_name: short_name.filter(|_| placed),
                    immutable: placed && *immutable,
                    title,
                    description,
                    uuid,
                    more,
                    owner_id,
                    create_time,
                });
            }
            Body::Conv { status, conv_type, params, ref_mask, .. } => {
                let deployed = seedling.mistakes.is_empty();
                for (position, (node, doc)) in std::mem::take(&mut seedling.nodes).into_iter().enumerate() {
                    let doc = doc.to_json();
                    let (live, draft) = if deployed { (Some(doc), None) } else { (None, Some(doc)) };
                    planting.nodes.push(NodeRow {
                        id: node,
                        conv_id: id,
                        position,
                        live,
                        draft,
                        version: (!deployed).then_some(site.now),
                        user: (!deployed).then_some(site.owner),
                    });
                }
                planting.convs.push(ConvRow {
                    id,
                    folder_id,
                    company_id,
                    title,
                    description,
                    status: status.number(),
                    conv_type,
                    params: params.to_string(),
                    ref_mask: *ref_mask,
                    hash,
                    uuid,
                    more,
                    owner_id,
                    create_time,
                    confirmed: if deployed { site.now } else { 0 },
                });
            }
            Body::Dashboard { time_range, grid, .. } => {
                let mut grid = grid.clone();
                renamed.grid(&mut grid);
                planting.dashboards.push(DashboardRow {
                    id,
                    folder_id,
                    company_id,
                    title,
                    description,
                    time_range: time_range.to_string(),
                    grid: grid.to_string(),
                    uuid,
                    more,
                    owner_id,
                    create_time,
                });
            }
            Body::Instance { instance_type, data } => planting.instances.push(InstanceRow {
                id,
                folder_id,
                company_id,
                title,
                description,
                instance_type: instance_type.clone(),
                data: serde_json::to_string(data).unwrap_or_default(),
                owner_id,
                create_time,
            }),
            // They lie in no folder: see `beside`.
            Body::Alias { .. } | Body::EnvVar { .. } => {}
        }
    }
}

/// A short name for a project or stage that brings none: letters, digits and dashes (sheet corezoid/api 1.7).
pub(crate) fn slug(title: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let name: String = title.chars().take(127).map(plain).collect();
    if name.len() < 2 { format!("{name}--") } else { name }
}

/// The mistakes of what lies in `parent`. What is refused has no new ids, so the tree names the file's own.
fn forest(seedlings: &[Seedling<'_>], parent: Option<usize>, refused: bool) -> Vec<Value> {
    let mut children: HashMap<Option<usize>, Vec<usize>> = HashMap::new();
    for (index, seedling) in seedlings.iter().enumerate() {
        children.entry(seedling.item.parent).or_default().push(index);
    }
    branches(seedlings, &children, parent, refused).into_iter().map(|(_, tree)| tree).collect()
}

fn branches(
    seedlings: &[Seedling<'_>],
    children: &HashMap<Option<usize>, Vec<usize>>,
    parent: Option<usize>,
    refused: bool,
) -> Vec<(usize, Value)> {
    let here = children.get(&parent).into_iter().flatten();
    here.filter_map(|index| {
        let seedling = seedlings.get(*index)?;
        let below = branches(seedlings, children, Some(*index), refused);
        seedling.tree(below, refused)
    })
    .collect()
}

impl Seedling<'_> {
    /// Its branch of the tree of mistakes, and how many texts that has; `None`: there are none.
    fn tree(&self, below: Vec<(usize, Value)>, refused: bool) -> Option<(usize, Value)> {
        let item = self.item;
        let mut out = Object::new();
        let mut put = |name: &str, value: Value| drop(out.insert(name.to_owned(), value));
        if let (Body::Conv { conv_type, .. }, true) = (&item.body, item.mistakes.is_empty()) {
            put("conv_type", json!(conv_type));
        }
        put("obj_id", if refused { item.old_id.clone() } else { json!(self.id) });
        put("obj", json!(item.kind.word()));
        put("title", json!(item.title));
        if !item.mistakes.is_empty() {
            put("errors", json!(item.mistakes));
            return Some((item.mistakes.len(), Value::Object(out)));
        }
        let destinations: Vec<(usize, Value)> = match &item.body {
            Body::Conv { nodes, .. } => nodes
                .iter()
                .zip(&self.nodes)
                .enumerate()
                .filter_map(|(place, (old, (new, doc)))| {
                    let errors = self.mistakes.get(&place)?;
                    let count = errors.len();
                    let id = if refused { &old.old_id } else { new };
                    let title = &doc.title;
                    let node = json!({ "obj_id": id, "obj": "node", "title": title, "count": count, "errors": errors });
                    Some((count, node))
                })
                .collect(),
            _ => below,
        };
        let count: usize = destinations.iter().map(|(count, _)| count).sum();
        put("count", json!(count));
        put("destinations", destinations.into_iter().map(|(_, tree)| tree).collect());
        (count > 0).then(|| (count, Value::Object(out)))
    }
}
