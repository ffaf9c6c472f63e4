//! New ids for what an uploaded file names: links between nodes, processes that other processes and charts point at
//! (sheet corezoid/api 3.4). What the file does not hold stays as it is, and so do `@alias` and `{{…}}`. Pure.

use std::collections::HashMap;

use serde_json::Value;

use super::incoming::key;
use super::node::{NodeDoc, Object};

/// Old node ids to new ones, of one process.
pub(crate) type NodeIds = HashMap<String, String>;

/// Every id of a file that became another.
#[derive(Debug, Default)]
pub(crate) struct Renamed {
    /// By the old id of a process.
    pub(crate) convs: HashMap<String, i64>,
    /// By the old id of a process.
    pub(crate) nodes: HashMap<String, NodeIds>,
    /// By the old id of a chart.
    pub(crate) charts: HashMap<String, String>,
}

impl Renamed {
    /// Rewrites the links of a node; `own` are the nodes of its process.
    pub(crate) fn node(&self, doc: &mut NodeDoc, own: &NodeIds) {
        for part in doc.logics.iter_mut().chain(&mut doc.semaphors) {
            for name in ["to_node_id", "err_node_id", "esc_node_id"] {
                rename(part, name, own);
            }
            self.reference(part);
        }
    }

    /// Rewrites `conv_id`, and `node_id` next to it: a logic, or a series of a chart.
    pub(crate) fn reference(&self, object: &mut Object) {
        let Some(old) = object.get("conv_id").and_then(key) else { return };
        if let Some(nodes) = self.nodes.get(&old) {
            rename(object, "node_id", nodes);
        }
        if let (Some(new), Some(value)) = (self.convs.get(&old), object.get_mut("conv_id")) {
            *value = if value.is_string() { Value::from(new.to_string()) } else { Value::from(*new) };
        }
    }

    /// Rewrites the charts that a grid names.
    pub(crate) fn grid(&self, grid: &mut Value) {
        for cell in grid.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
            rename(cell, "obj_id", &self.charts);
        }
    }
}

fn rename(object: &mut Object, name: &str, ids: &HashMap<String, String>) {
    let Some(value) = object.get_mut(name) else { return };
    if let Some(new) = key(value).and_then(|old| ids.get(&old)) {
        *value = Value::from(new.clone());
    }
}

/// The processes that a node names by number.
pub(crate) fn named_convs(doc: &NodeDoc) -> impl Iterator<Item = i64> {
    let of = |part: &Object| part.get("conv_id").and_then(crate::corezoid::args::integer);
    doc.logics.iter().filter_map(of)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::corezoid::model::node::NodeKind;

    fn ids(pairs: &[(&str, &str)]) -> NodeIds {
        pairs.iter().map(|(old, new)| ((*old).to_owned(), (*new).to_owned())).collect()
    }

    #[test]
    fn links_and_references_within_the_file_follow_and_all_others_stay() {
        let own = ids(&[("a", "A"), ("17", "B")]);
        let renamed = Renamed {
            convs: [("5".to_owned(), 50)].into(),
            nodes: [("5".to_owned(), ids(&[("q", "Q")]))].into(),
            charts: NodeIds::new(),
        };
        let mut doc = NodeDoc::new(NodeKind::Normal, String::new(), String::new());
        let objects = |list: Value| serde_json::from_value::<Vec<Object>>(list).unwrap();
        doc.logics = objects(json!([
            { "type": "api_rpc", "conv_id": 5, "err_node_id": 17, "extra": { "conv_id": 5, "to_node_id": "a" } },
            { "type": "api_get_task", "conv_id": "5", "node_id": "q" },
            { "type": "api_copy", "conv_id": 6, "node_id": "q" },
            { "type": "api_copy", "conv_id": "@alias", "err_node_id": "" },
            { "type": "api_copy", "conv_id": "{{conv}}", "err_node_id": null },
            { "type": "go", "to_node_id": "a", "node_id": "q" },
        ]));
        doc.semaphors = objects(json!([
            { "type": "time", "to_node_id": "a" }, { "type": "count", "esc_node_id": "gone" },
        ]));
        renamed.node(&mut doc, &own);
        assert_eq!(
            serde_json::to_value(&doc.logics).unwrap(),
            json!([
                { "type": "api_rpc", "conv_id": 50, "err_node_id": "B", "extra": { "conv_id": 5, "to_node_id": "a" } },
                { "type": "api_get_task", "conv_id": "50", "node_id": "Q" },
                { "type": "api_copy", "conv_id": 6, "node_id": "q" },
                { "type": "api_copy", "conv_id": "@alias", "err_node_id": "" },
                { "type": "api_copy", "conv_id": "{{conv}}", "err_node_id": null },
                { "type": "go", "to_node_id": "A", "node_id": "q" },
            ])
        );
        assert_eq!(
            serde_json::to_value(&doc.semaphors).unwrap(),
            json!([{ "type": "time", "to_node_id": "A" }, { "type": "count", "esc_node_id": "gone" }])
        );
        assert_eq!(named_convs(&doc).collect::<Vec<_>>(), [50, 50, 6]);
    }
}
