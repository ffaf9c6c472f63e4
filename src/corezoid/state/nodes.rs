//! Nodes, deploys and download files in state documents.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sqlx::SqliteConnection;

use super::convs::Conv;
use super::place::{Ground, is_zero};
use crate::corezoid::model::draft::Draft;
use crate::corezoid::model::logic;
use crate::corezoid::model::node::{NodeDoc, NodeKind};
use crate::corezoid::store::code as codes;
use crate::corezoid::store::commit as commits;
use crate::corezoid::store::node as store;
use crate::corezoid::store::scheme::{self, FileRow};
use crate::kernel::service::Import;
use crate::kernel::state::StateError;
use crate::kernel::time::Timestamp;

/// A node of a process, in the order the nodes were made.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Node {
    /// 24 hex digits, or any other text that no other node has.
    id: String,
    /// What is deployed; absent: never deployed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    live: Option<NodeDoc>,
    /// What waits for a deploy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    draft: Option<Waiting>,
    /// What was loaded as its code, for the sandbox and for production.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    code: Vec<Code>,
    /// Tasks of a final node that its counter does not count any more.
    #[serde(default, skip_serializing_if = "is_zero")]
    uncounted: i64,
    /// Tasks that a final node counted and did not keep.
    #[serde(default, skip_serializing_if = "is_zero")]
    dropped: i64,
    /// What its Sum logics have added up, by the id of the row.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    sums: BTreeMap<String, f64>,
    /// Which of its count semaphors have told that their number is reached, counted from 0.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    told: BTreeSet<usize>,
}

/// Source of a Code node.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Code {
    env: CodeEnv,
    /// `js`, `erlang`.
    lang: String,
    src: String,
}

/// Where a source counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum CodeEnv {
    Sandbox,
    Production,
}

const ENVS: [(CodeEnv, &str); 2] = [(CodeEnv::Sandbox, "sandbox"), (CodeEnv::Production, "production")];

impl Node {
    /// What is deployed of it.
    pub(super) fn live(&self) -> Option<(&str, &NodeDoc)> {
        Some((self.id.as_str(), self.live.as_ref()?))
    }
}

/// A saved change that is not deployed.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Waiting {
    version: i64,
    /// Who saved it; absent: the first user.
    #[serde(default)]
    user: Option<i64>,
    /// Absent: the moment of the import.
    #[serde(default)]
    time: Option<Timestamp>,
    /// Absent: the node is to be removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    node: Option<NodeDoc>,
}

/// A deploy of the past.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Commit {
    version: i64,
    #[serde(default)]
    user: Option<i64>,
    #[serde(default)]
    time: Option<Timestamp>,
    /// What it changed.
    #[serde(default)]
    nodes: Vec<Change>,
}

/// A node that a deploy changed.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Change {
    id: String,
    /// 1 deployed, 3 removed.
    status: i64,
    node: NodeDoc,
}

/// A file behind a download link.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Download {
    /// Last part of the link.
    name: String,
    #[serde(default)]
    time: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// Bytes that are no text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base64: Option<String>,
}

impl Download {
    /// The row; `path` is where the file is named.
    pub(super) fn read(&self, path: &str, import: &Import<'_>) -> Result<FileRow, StateError> {
        let content = match (&self.text, &self.base64) {
            (Some(text), None) => text.clone().into_bytes(),
            (None, Some(text)) => STANDARD
                .decode(text)
                .map_err(|error| StateError::at(format!("{path}.base64"), error.to_string()))?,
            _ => return Err(StateError::at(path, "a file has either `text` or `base64`")),
        };
        let create_time = self.time.unwrap_or(import.now).seconds();
        Ok(FileRow { name: self.name.clone(), content, create_time })
    }

    /// The entry of a row.
    pub(super) fn of(file: FileRow) -> Self {
        let (text, base64) = match String::from_utf8(file.content) {
            Ok(text) => (Some(text), None),
            Err(error) => (None, Some(STANDARD.encode(error.as_bytes()))),
        };
        Self { name: file.name, time: Some(Timestamp::from_seconds(file.create_time)), text, base64 }
    }
}

/// Adds the nodes and deploys of processes that are stored already.
pub(super) async fn import(
    conn: &mut SqliteConnection,
    convs: &[Conv],
    ground: &Ground,
    import: &Import<'_>,
) -> Result<(), StateError> {
    let mut known = BTreeSet::new();
    let (mut nodes, mut history, mut code, mut places) = (Vec::new(), Vec::new(), Vec::new(), HashMap::new());
    for (index, conv) in convs.iter().enumerate() {
        let here: BTreeSet<&str> = conv.nodes.iter().map(|node| node.id.as_str()).collect();
        let mut starts = 0;
        for (position, node) in conv.nodes.iter().enumerate() {
            let path = format!("convs[{index}].nodes[{position}]");
            if node.id.is_empty() || !known.insert(node.id.clone()) {
                return Err(StateError::at(
                    format!("{path}.id"),
                    format!("id {:?} is taken or empty", node.id),
                ));
            }
            check(node, &here, &path)?;
            starts += i64::from(node.live.as_ref().is_some_and(|doc| doc.obj_type == NodeKind::Start));
            if starts > 1 {
                return Err(StateError::at(path, "a second start node: a process has one"));
            }
            places.insert(node.id.clone(), format!("{path}.id"));
            nodes.push(row(conv.id, position, node, ground, import, &path)?);
            for (number, entry) in node.code.iter().enumerate() {
                if node.code.iter().take(number).any(|before| before.env == entry.env) {
                    let message = "a node has one source for each environment";
                    return Err(StateError::at(format!("{path}.code[{number}].env"), message));
                }
                let env = ENVS.iter().find(|row| row.0 == entry.env).map(|row| row.1);
                code.push(json!([node.id, env, entry.lang, entry.src]));
            }
        }
        for (position, commit) in conv.commits.iter().enumerate() {
            let path = format!("convs[{index}].commits[{position}]");
            let user = ground.user(commit.user, &format!("{path}.user"))?;
            let time = commit.time.unwrap_or(import.now).seconds();
            if let Some(change) = commit.nodes.iter().position(|change| !matches!(change.status, 1 | 3)) {
                let path = format!("{path}.nodes[{change}].status");
                return Err(StateError::at(path, "1 (deployed) or 3 (removed)"));
            }
            history.push(json!([conv.id, commit.version, user, time, commit.nodes]));
        }
    }
    if !nodes.is_empty() {
        let ids = Value::from(places.keys().cloned().collect::<Vec<_>>()).to_string();
        if let Some(id) = store::taken(conn, &ids).await?.first() {
            let path = places.remove(id).unwrap_or_default();
            return Err(StateError::at(path, format!("id {id:?} is taken")));
        }
        store::insert_all(conn, &Value::Array(nodes).to_string()).await?;
    }
    if !code.is_empty() {
        codes::insert_all(conn, &Value::Array(code).to_string()).await?;
    }
    if !history.is_empty() {
        commits::insert_all(conn, &Value::Array(history).to_string()).await?;
    }
    Ok(())
}

/// Checks a node. What is deployed must be linked soundly; a draft may still point nowhere.
fn check(node: &Node, here: &BTreeSet<&str>, path: &str) -> Result<(), StateError> {
    let draft = node.draft.as_ref().and_then(|draft| draft.node.as_ref());
    let Some(kind) = node.live.as_ref().or(draft).map(|doc| doc.obj_type) else {
        return Err(StateError::at(path, "a node has a live form, a draft with a node, or both"));
    };
    if draft.is_some_and(|draft| draft.obj_type != kind) {
        return Err(StateError::at(
            format!("{path}.draft.node.obj_type"),
            "the type of a node never changes",
        ));
    }
    let told = node.told.iter().find(|position| **position >= counts(node.live.as_ref()));
    if let Some(position) = told {
        let message = format!("the deployed node has no count semaphor {position}");
        return Err(StateError::at(format!("{path}.told"), message));
    }
    let Some(live) = &node.live else { return Ok(()) };
    for (list, parts) in [("logics", &live.logics), ("semaphors", &live.semaphors)] {
        for (index, part) in parts.iter().enumerate() {
            if let Some((key, id)) = logic::links(part).find(|(_, id)| !here.contains(id)) {
                let path = format!("{path}.live.{list}[{index}].{key}");
                return Err(StateError::at(path, format!("there is no node {id:?} in this process")));
            }
        }
    }
    Ok(())
}

/// How many count semaphors a deployed node has.
fn counts(live: Option<&NodeDoc>) -> usize {
    let is_count = |semaphor: &&Map<String, Value>| semaphor.get("type").is_some_and(|kind| kind == "count");
    live.map_or(0, |live| live.semaphors.iter().filter(is_count).count())
}

/// The row that the store takes.
fn row(
    conv: i64,
    position: usize,
    node: &Node,
    ground: &Ground,
    import: &Import<'_>,
    path: &str,
) -> Result<Value, StateError> {
    let live = node.live.as_ref().map(NodeDoc::to_json);
    let Some(draft) = &node.draft else {
        return Ok(json!([
            node.id,
            conv,
            position,
            live,
            null,
            0,
            null,
            null,
            null,
            node.uncounted,
            node.dropped,
            node.sums,
            node.told
        ]));
    };
    let user = ground.user(draft.user, &format!("{path}.draft.user"))?;
    let time = draft.time.unwrap_or(import.now).seconds();
    let doc = draft.node.as_ref().map(NodeDoc::to_json);
    let deleted = i64::from(doc.is_none());
    Ok(json!([
        node.id,
        conv,
        position,
        live,
        doc,
        deleted,
        draft.version,
        user,
        time,
        node.uncounted,
        node.dropped,
        node.sums,
        node.told
    ]))
}

/// The nodes and deploys of every process, by its id.
#[derive(Default)]
pub(super) struct Graphs {
    nodes: HashMap<i64, Vec<Node>>,
    commits: HashMap<i64, Vec<Commit>>,
}

impl Graphs {
    /// Reads them all.
    pub(super) async fn read(conn: &mut SqliteConnection) -> Result<Self, sqlx::Error> {
        let mut graphs = Self::default();
        let mut code = HashMap::<String, Vec<Code>>::new();
        for row in codes::all(conn).await? {
            let env = ENVS.iter().find(|known| known.1 == row.env).map_or(CodeEnv::Sandbox, |known| known.0);
            code.entry(row.node_id).or_default().push(Code { env, lang: row.lang, src: row.src });
        }
        for placed in store::all(conn).await? {
            let draft = placed.node.draft.map(|Draft { version, user_id, time, doc }| Waiting {
                version,
                user: Some(user_id),
                time: Some(Timestamp::from_seconds(time)),
                node: doc,
            });
            let code = code.remove(&placed.node.id).unwrap_or_default();
            let (uncounted, dropped, sums) = (placed.uncounted, placed.dropped, placed.sums.0);
            let live = placed.node.live;
            // What a semaphor has told that a later deploy took away is nobody's.
            let mut told = placed.told.0;
            told.retain(|position| *position < counts(live.as_ref()));
            let node = Node { id: placed.node.id, live, draft, code, uncounted, dropped, sums, told };
            graphs.nodes.entry(placed.conv).or_default().push(node);
        }
        for row in commits::all(conn).await? {
            let nodes =
                serde_json::from_str(&row.nodes).map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
            graphs.commits.entry(row.conv_id).or_default().push(Commit {
                version: row.version,
                user: Some(row.user_id),
                time: Some(Timestamp::from_seconds(row.create_time)),
                nodes,
            });
        }
        Ok(graphs)
    }

    /// Those of one process.
    pub(super) fn take(&mut self, conv: i64) -> (Vec<Node>, Vec<Commit>) {
        (self.nodes.remove(&conv).unwrap_or_default(), self.commits.remove(&conv).unwrap_or_default())
    }
}

/// Adds files.
pub(super) async fn import_downloads(
    conn: &mut SqliteConnection,
    downloads: &[Download],
    import: &Import<'_>,
) -> Result<(), StateError> {
    for (index, file) in downloads.iter().enumerate() {
        let file = file.read(&format!("downloads[{index}]"), import)?;
        scheme::put_file(conn, &file).await?;
    }
    Ok(())
}

/// Every file.
pub(super) async fn export_downloads(conn: &mut SqliteConnection) -> Result<Vec<Download>, sqlx::Error> {
    Ok(scheme::files(conn).await?.into_iter().map(Download::of).collect())
}
