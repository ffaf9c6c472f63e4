//! Tasks in state documents.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sqlx::SqliteConnection;

use super::convs::Conv;
use super::place::{Ground, is_zero};
use crate::corezoid::engine::task::Wait;
use crate::corezoid::model::node::{NodeDoc, NodeKind, Object};
use crate::corezoid::rules::task as rules;
use crate::corezoid::store::run::Wake;
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
    /// How the engine left it; absent: it waits for what its node waits for, a change or to be taken from a queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rest: Option<Rest>,
}

/// How the engine left a task that is under way.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct Rest {
    /// The logic of its node, from 0, that is next or that waits.
    #[serde(skip_serializing_if = "is_zero")]
    logic: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    wait: Option<Wait>,
    /// When its timer fires, unix milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<i64>,
    /// The node that its timer leads to.
    #[serde(skip_serializing_if = "Option::is_none")]
    due_to: Option<String>,
    /// How often it has come to each node without waiting.
    #[serde(skip_serializing_if = "Option::is_none")]
    visits: Option<BTreeMap<String, u32>>,
    /// How many nodes were passed without waiting.
    #[serde(skip_serializing_if = "is_zero")]
    hops: i64,
    /// The task that waits for its reply.
    #[serde(skip_serializing_if = "Option::is_none")]
    caller: Option<String>,
    /// The task whose reply it waits for.
    #[serde(skip_serializing_if = "Option::is_none")]
    callee: Option<String>,
    /// Its place among those that are to run; absent: it rests.
    #[serde(skip_serializing_if = "Option::is_none")]
    ready: Option<i64>,
    /// What it is to run with.
    #[serde(skip_serializing_if = "Option::is_none")]
    wake: Option<Wake>,
    /// When that happened, unix milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    moment: Option<i64>,
    /// `loop`: the loop guard has stopped it.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

impl Rest {
    /// What a task waits for that a document puts into a node without saying more.
    fn of_node(doc: &NodeDoc) -> Self {
        let waits = |logic: &Object| match logic.get("type").and_then(Value::as_str) {
            Some("api_callback") => Some(Wait::Callback),
            Some("api_queue") => Some(Wait::Queue { data: Map::new() }),
            _ => None,
        };
        let found = (0..).zip(&doc.logics).find_map(|(index, logic)| Some((index, waits(logic)?)));
        found.map_or_else(Self::default, |(logic, wait)| Self { logic, wait: Some(wait), ..Self::default() })
    }
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
        let nodes: HashMap<&str, &NodeDoc> = conv.nodes.iter().filter_map(super::nodes::Node::live).collect();
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
            // A task whose data was full when its error came exports more than it could be made with.
            let most =
                import.settings.engine.most_bytes(conv.conv_type.is_state()).saturating_add(rules::ERRORS);
            let data = rules::data_text(&task.data, most)
                .map_err(|error| StateError::at(format!("{path}.data"), error.to_string()))?;
            let Task { id, node, prev_node, reference, .. } = task;
            let inferred = || nodes.get(node.as_str()).map(|doc| Rest::of_node(doc)).unwrap_or_default();
            let rest = task.rest.clone().unwrap_or_else(inferred);
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
                change_time,
                rest
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
fn check(task: &Task, nodes: &HashMap<&str, &NodeDoc>, path: &str) -> Result<TaskStatus, StateError> {
    let Some(doc) = nodes.get(task.node.as_str()) else {
        let message = format!("there is no deployed node {:?} in this process", task.node);
        return Err(StateError::at(format!("{path}.node"), message));
    };
    let length = task.reference.as_ref().map_or(1, |reference| reference.chars().count());
    if !(1..=255).contains(&length) {
        return Err(StateError::at(format!("{path}.ref"), "1 to 255 characters"));
    }
    let ended = doc.obj_type == NodeKind::Final;
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
    for store::Placed { conv_id, task, rest } in store::all(conn).await? {
        let rest: Rest = serde_json::from_str(&rest).map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
        tasks.entry(conv_id).or_default().push(Task {
            rest: (rest != Rest::default()).then_some(rest),
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
