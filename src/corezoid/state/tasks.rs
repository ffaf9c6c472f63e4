//! Tasks in state documents.

use std::collections::{BTreeSet, HashMap};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sqlx::SqliteConnection;

use super::convs::Conv;
use super::place::Ground;
use crate::corezoid::model::node::NodeKind;
use crate::corezoid::rules::task as rules;
use crate::corezoid::store::task as store;
use crate::kernel::service::Import;
use crate::kernel::state::StateError;
use crate::kernel::time::Timestamp;

/// A task of a process, in the order the tasks were made.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Task {
    /// 24 hex digits, or any other text that no other task has.
    id: String,
    /// The deployed node it stands in.
    node: String,
    /// The node it came from, which may be gone; absent: it has not moved yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    prev_node: Option<String>,
    /// 1 to 255 characters; of the tasks under way in a process only one has it.
    #[serde(default, rename = "ref", skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    /// Absent: `processed` in a final node, `created` in any other.
    #[serde(default)]
    status: Option<TaskStatus>,
    /// Who changed it last; absent: the first user.
    #[serde(default)]
    user: Option<i64>,
    /// To the millisecond; absent: the moment of the import.
    #[serde(default)]
    create_time: Option<Timestamp>,
    /// Absent: when it was made.
    #[serde(default)]
    change_time: Option<Timestamp>,
    #[serde(default)]
    data: Map<String, Value>,
}

/// How far a task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TaskStatus {
    Created,
    Processing,
    Delayed,
    Processed,
    Canceled,
    Deleted,
}

const STATUSES: [(TaskStatus, &str); 6] = [
    (TaskStatus::Created, "created"),
    (TaskStatus::Processing, "processing"),
    (TaskStatus::Delayed, "delayed"),
    (TaskStatus::Processed, "processed"),
    (TaskStatus::Canceled, "canceled"),
    (TaskStatus::Deleted, "deleted"),
];

impl TaskStatus {
    fn word(self) -> &'static str {
        STATUSES.iter().find(|row| row.0 == self).map_or("created", |row| row.1)
    }

    fn of(word: &str) -> Option<Self> {
        STATUSES.iter().find(|row| row.1 == word).map(|row| row.0)
    }
}

/// Adds the tasks of processes whose nodes are stored already.
pub(super) async fn import(
    conn: &mut SqliteConnection,
    convs: &[Conv],
    ground: &Ground,
    import: &Import<'_>,
) -> Result<(), StateError> {
    let (mut places, mut tasks) = (HashMap::new(), Vec::new());
    for (index, conv) in convs.iter().enumerate().filter(|(_, conv)| !conv.tasks.is_empty()) {
        let nodes: HashMap<&str, NodeKind> =
            conv.nodes.iter().filter_map(super::nodes::Node::deployed).collect();
        let mut refs = BTreeSet::new();
        for (position, task) in conv.tasks.iter().enumerate() {
            let path = format!("convs[{index}].tasks[{position}]");
            if task.id.is_empty() || places.contains_key(&task.id) {
                return Err(StateError::at(
                    format!("{path}.id"),
                    format!("id {:?} is taken or empty", task.id),
                ));
            }
            let status = check(task, &nodes, &path)?;
            let reference = task.reference.as_deref().filter(|_| rules::is_live(status.word()));
            if let Some(reference) = reference.filter(|reference| !refs.insert(*reference)) {
                let message = format!("a second task under way with ref {reference:?}");
                return Err(StateError::at(format!("{path}.ref"), message));
            }
            let user = ground.user(task.user, &format!("{path}.user"))?;
            let create_time = task.create_time.unwrap_or(import.now).millis();
            let change_time = task.change_time.map_or(create_time, Timestamp::millis);
            let data = rules::data_text(&task.data)
                .map_err(|error| StateError::at(format!("{path}.data"), error.to_string()))?;
            let Task { id, node, prev_node, reference, .. } = task;
            let status = status.word();
            tasks.push(json!([
                id,
                conv.id,
                node,
                prev_node,
                reference,
                data,
                status,
                user,
                create_time,
                change_time
            ]));
            places.insert(id.clone(), format!("{path}.id"));
        }
    }
    if tasks.is_empty() {
        return Ok(());
    }
    let ids = Value::from(places.keys().cloned().collect::<Vec<_>>()).to_string();
    if let Some(id) = store::taken(conn, &ids).await?.first() {
        let path = places.remove(id).unwrap_or_default();
        return Err(StateError::at(path, format!("id {id:?} is taken")));
    }
    store::insert_all(conn, &Value::Array(tasks).to_string()).await?;
    Ok(())
}

/// Checks a task against the deployed nodes of its process, and gives its status.
fn check(task: &Task, nodes: &HashMap<&str, NodeKind>, path: &str) -> Result<TaskStatus, StateError> {
    let Some(kind) = nodes.get(task.node.as_str()) else {
        let message = format!("there is no deployed node {:?} in this process", task.node);
        return Err(StateError::at(format!("{path}.node"), message));
    };
    let length = task.reference.as_ref().map_or(1, |reference| reference.chars().count());
    if !(1..=255).contains(&length) {
        return Err(StateError::at(format!("{path}.ref"), "1 to 255 characters"));
    }
    let ended = *kind == NodeKind::Final;
    let status = task.status.unwrap_or(if ended { TaskStatus::Processed } else { TaskStatus::Created });
    if ended == rules::is_live(status.word()) {
        let message = "a task in a final node has ended, a task in any other is under way";
        return Err(StateError::at(format!("{path}.status"), message));
    }
    Ok(status)
}

/// The tasks of every process, by its id.
pub(super) async fn export(conn: &mut SqliteConnection) -> Result<HashMap<i64, Vec<Task>>, sqlx::Error> {
    let mut tasks: HashMap<i64, Vec<Task>> = HashMap::new();
    for store::Placed { conv_id, task } in store::all(conn).await? {
        tasks.entry(conv_id).or_default().push(Task {
            data: task.data(),
            id: task.id,
            node: task.node_id,
            prev_node: task.node_prev_id,
            reference: task.reference,
            status: TaskStatus::of(&task.status),
            user: Some(task.user_id),
            create_time: Some(Timestamp::from_millis(task.create_time)),
            change_time: Some(Timestamp::from_millis(task.change_time)),
        });
    }
    Ok(tasks)
}
