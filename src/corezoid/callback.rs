//! The URL of a node that waits for a callback (sheet corezoid/engine 3.7): any JSON that is posted there goes into the
//! task. `{{node[ID].public_callback_corezoid}}` gives it. No public source prints it, so its form is our own: it names
//! the node and the task that asked for it; what is posted may name another one.

use std::sync::Arc;

use serde_json::{Value, json};

use super::engine::Data;
use super::engine::nodes;
use super::error::OpError;
use super::refusal::Refusal;
use super::rules::task as rules;
use super::runner::{self, Runner};
use super::store::{run as store, task as tasks};
use crate::kernel::db::Access;
use crate::kernel::world::World;

/// The path of the callback of a node for a task.
pub(crate) fn path(node: &str, task: &str) -> String {
    format!("/api/1/plugins/callback/{node}/{task}")
}

/// Takes what is posted, and gives the whole answer; `None`: it is no JSON object.
pub(crate) async fn take(
    (node, task): (&str, &str),
    body: &[u8],
    world: &Arc<World>,
) -> Result<Option<Value>, sqlx::Error> {
    let Ok(posted) = serde_json::from_slice::<Data>(body) else { return Ok(None) };
    let mut unit = world.db.begin(Access::Write).await?;
    let outcome = change(unit.conn(), (node, task), posted, world).await;
    let answer = match outcome {
        Ok(id) => {
            unit.commit(&world.ids).await?;
            world.part::<Runner>().poke();
            runner::drive(world).await?;
            json!({ "proc": "ok", "obj": "task", "obj_id": id })
        }
        Err(error) => {
            unit.rollback().await?;
            match error {
                OpError::Storage(error) => return Err(error),
                error => Value::Object(error.fields()),
            }
        }
    };
    Ok(Some(json!({ "request_proc": "ok", "ops": [answer] })))
}

async fn change(
    conn: &mut sqlx::SqliteConnection,
    (node, task): (&str, &str),
    posted: Data,
    world: &World,
) -> Result<String, OpError> {
    let none = || OpError::from(Refusal::NoTask);
    let asker = store::by_id(conn, task).await?.ok_or_else(none)?;
    let runner = world.part::<Runner>();
    let graph = runner.graph(conn, (asker.conv_id, asker.deploys), asker.is_state).await?;
    let called = graph.node(node).and_then(|node| nodes::called_back(node, &posted));
    let called = called.ok_or(Refusal::NoCallback)?;
    let row = match called.task.filter(|id| id != task) {
        None => asker,
        Some(id) => store::by_id(conn, &id).await?.ok_or_else(none)?,
    };
    if called.is_sync && row.node_id != node {
        return Err(Refusal::NotInCallbackNode.into());
    }
    if !row.is_live() {
        return Err(none());
    }
    let task = row.task();
    let data =
        rules::data_text(&rules::merged(task.data, posted), world.settings.engine.most_bytes(row.is_state))?;
    tasks::set_data(conn, &row.id, &data, (task.user, world.clock.now().millis(), 0)).await?;
    Ok(row.id)
}
