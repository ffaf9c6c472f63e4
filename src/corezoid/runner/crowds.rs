//! Count semaphors: how many tasks stand in their nodes.

use std::sync::Arc;

use serde_json::json;

use super::lock;
use super::pass::Pass;
use crate::corezoid::store::count;
use crate::corezoid::store::run as store;

impl Pass<'_> {
    /// Somebody has taken tasks from a node.
    pub(super) async fn thinned(&mut self, conv: i64, node: &str) -> Result<(), sqlx::Error> {
        let Some(target) = store::target(self.unit.conn(), conv).await? else { return Ok(()) };
        let graph = self.graph(conv, target.deploys, target.is_state).await?;
        if graph.node(node).is_some_and(|node| !node.counts.is_empty()) {
            self.crowds.insert((conv, node.to_owned()));
        }
        Ok(())
    }

    /// Count semaphors: a task of its own tells when their number is reached, and when it is no more
    /// (sheet corezoid/engine 2.4).
    pub(super) async fn count_crowds(&mut self, now: i64) -> Result<(), sqlx::Error> {
        let crowds = std::mem::take(&mut self.crowds);
        if crowds.is_empty() {
            return Ok(());
        }
        let nodes: Vec<&String> = crowds.iter().map(|(_, node)| node).collect();
        let found = count::crowds(self.unit.conn(), &json!(nodes).to_string()).await?;
        for (conv, id) in &crowds {
            let (Some((standing, reached)), Some(graph)) =
                (found.get(id), lock(&self.runner.graphs).get(conv).map(|known| Arc::clone(&known.1)))
            else {
                continue;
            };
            let counts = graph.node(id).map(|node| &node.counts[..]).unwrap_or_default();
            for (position, count) in (0..).zip(counts) {
                let is = *standing >= count.value;
                if is != reached.contains(&position) {
                    count::set_reached(self.unit.conn(), id, position, is).await?;
                    let data = json!({ "start": if is { "true" } else { "false" } }).to_string();
                    let task = self.world.ids.hex::<12>();
                    count::alert(self.unit.conn(), &task, (*conv, &count.to), (&data, now)).await?;
                    self.woke = true;
                }
            }
        }
        Ok(())
    }
}
