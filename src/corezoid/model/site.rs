//! Where an import goes, what it asks of the world there, and how it is to be done. Pure.

use std::collections::HashMap;

use super::incoming::{Body, Incoming, IncomingNode, key};
use super::node::NodeKind;
use super::remap::named_convs;
use crate::corezoid::ids::Kind;
use crate::corezoid::rules::status::Status;

/// Where the objects go, and what the rules ask about the world.
#[derive(Debug, Default)]
pub(crate) struct Site {
    /// 0: the root of the company.
    pub(crate) folder: i64,
    /// What that is: a folder, a project or a stage.
    pub(crate) kind: Option<Kind>,
    pub(crate) company: Option<String>,
    /// The project and the stage that it is or lies in; 0: none.
    pub(crate) project: i64,
    pub(crate) stage: i64,
    /// The ids that were given last.
    pub(crate) last_folder: i64,
    pub(crate) last_conv: i64,
    pub(crate) last_dashboard: i64,
    pub(crate) last_instance: i64,
    pub(crate) last_alias: i64,
    pub(crate) last_env_var: i64,
    pub(crate) owner: i64,
    /// Unix seconds.
    pub(crate) now: i64,
    /// Processes of the world that nodes of the file name.
    pub(crate) outside: HashMap<i64, Outside>,
    /// Objects of the place that objects of the file become, by uuid: the first of a list is taken last.
    pub(crate) existing: HashMap<(Kind, String), Vec<Existing>>,
    /// Aliases of the place that have names of the file, with their ids.
    pub(crate) aliases: HashMap<String, i64>,
    /// The same of variables.
    pub(crate) env_vars: HashMap<String, i64>,
}

/// An object that an import overwrites.
#[derive(Debug, Clone)]
pub(crate) struct Existing {
    pub(crate) id: i64,
    /// Ids of its nodes by uuid and type: a node never changes its type.
    pub(crate) nodes: HashMap<(String, NodeKind), String>,
    /// The process that an alias names.
    pub(crate) conv: Option<i64>,
    /// Ids of its charts by uuid.
    pub(crate) charts: HashMap<String, String>,
}

/// A process that the file names and does not hold.
#[derive(Debug, Clone)]
pub(crate) struct Outside {
    pub(crate) company: Option<String>,
    pub(crate) status: Option<Status>,
}

/// How an import goes about it.
#[derive(Debug, Default, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "independent options of a request")]
pub(crate) struct Manner {
    /// What lies in the one root of the file goes to the target itself.
    pub(crate) skip_root: bool,
    /// A process with mistakes comes undeployed; otherwise nothing comes.
    pub(crate) keep_broken: bool,
    /// Objects get uuids of their own: a copy is another thing than its original.
    pub(crate) own_uuids: bool,
    /// Aliases come along; those whose name is taken, only over the one that has it.
    pub(crate) aliases: bool,
    pub(crate) rewrite_aliases: bool,
    /// Title and short name of the first root.
    pub(crate) title: Option<String>,
    pub(crate) short_name: Option<String>,
}

/// Makes ids that are no counters.
pub(crate) struct Makers<'a> {
    pub(crate) node: &'a dyn Fn() -> String,
    pub(crate) hash: &'a dyn Fn() -> String,
}

/// What a file names of the world around it.
#[derive(Debug, Default)]
pub(crate) struct Named {
    /// Processes outside the file that its nodes name by number.
    pub(crate) convs: Vec<i64>,
    /// Short names of its aliases and of its variables.
    pub(crate) aliases: Vec<String>,
    pub(crate) env_vars: Vec<String>,
}

/// Looks what a file names.
pub(crate) fn named(items: &[Incoming]) -> Named {
    let inside: Vec<_> = convs(items).filter_map(|(item, _)| key(&item.old_id)).collect();
    let docs = convs(items).flat_map(|(_, nodes)| nodes).map(|node| &node.doc);
    let mut convs: Vec<i64> =
        docs.flat_map(named_convs).filter(|id| !inside.contains(&id.to_string())).collect();
    convs.sort_unstable();
    convs.dedup();
    let mut named = Named { convs, ..Named::default() };
    for item in items {
        match &item.body {
            Body::Alias { short_name, .. } => named.aliases.push(short_name.clone()),
            Body::EnvVar { short_name, .. } => named.env_vars.push(short_name.clone()),
            _ => {}
        }
    }
    named
}

fn convs(items: &[Incoming]) -> impl Iterator<Item = (&Incoming, &Vec<IncomingNode>)> {
    items.iter().filter_map(|item| match &item.body {
        Body::Conv { nodes, .. } => Some((item, nodes)),
        _ => None,
    })
}
