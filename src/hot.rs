//! The inner parts that every request passes, opened for `cargo bench --bench hot`. Not an interface.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::corezoid::engine::graph::Graph;
use crate::corezoid::engine::run::Run;
use crate::corezoid::engine::task::Task;
use crate::corezoid::engine::trace::What;
use crate::corezoid::model::node::NodeDoc;
use crate::corezoid::script::{self, Surroundings};
use crate::kernel::engine::EngineOptions;
use crate::r7;

/// Writes a document as the portal's JSON.
#[must_use]
pub fn render_json(document: &Value) -> usize {
    r7::render::json(document).map_or(0, |text| text.len())
}

/// Writes a document as the portal's XML.
#[must_use]
pub fn render_xml(document: &Value) -> usize {
    r7::render::xml(document).len()
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Move {
    destfolderid: String,
    fileids: Vec<i64>,
    deleteafter: bool,
}

/// Binds the arguments of a move from a JSON body; gives how many files it names.
#[must_use]
pub fn bind_move(body: &[u8]) -> usize {
    let mut arguments = r7::bind::Arguments::default();
    let bound = arguments.push_json(body).and_then(|()| arguments.bind::<Move>());
    bound.map_or(0, |bound| bound.fileids.len() + usize::from(bound.deleteafter) + bound.destfolderid.len())
}

/// A deployed process, read once.
pub struct Process(Graph, EngineOptions);

impl Process {
    /// From nodes as state documents have them deployed: `[[id, node], …]`.
    ///
    /// # Errors
    /// A node is none.
    pub fn read(nodes: &Value) -> Result<Self, serde_json::Error> {
        let nodes: Vec<(String, NodeDoc)> = serde_json::from_value(nodes.clone())?;
        let graph = Graph::read(false, nodes.iter().map(|(id, doc)| (id.as_str(), doc)));
        Ok(Self(graph, EngineOptions::default()))
    }

    /// Walks a task from a node until it rests; how many steps that took.
    #[must_use]
    pub fn walk(&self, from: &str, data: &Map<String, Value>) -> usize {
        let task = Task {
            id: String::new(),
            reference: None,
            conv: 1,
            node: from.to_owned(),
            prev: None,
            data: data.clone(),
            user: 1,
            created: 0,
            changed: 0,
            at: 0,
            due: None,
            visits: std::collections::BTreeMap::new(),
            hops: 0,
        };
        let mut run = Run::new(&self.0, task, &self.1, 0, 1);
        let _rest = run.put(from);
        run.finish().1.iter().filter(|step| matches!(step.what, What::Entered { .. })).count()
    }
}

/// Runs a Code node's script; whether it ended well.
#[must_use]
pub fn run_script(source: &str, data: &Map<String, Value>) -> bool {
    let around = Surroundings { now: 0, seed: 1, limits: script::Limits::default(), libs: None };
    script::run("js", source, data, &around).outcome.is_ok()
}
