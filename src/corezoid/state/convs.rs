//! Processes and state diagrams in state documents.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};
use sqlx::SqliteConnection;

use super::nodes::{Commit, Graphs, Node};
use super::place::{
    Ground, Marks, Placed, Share, active, carried, carrying, is_active, is_no_description, is_root, is_zero,
    no_description, status_word,
};
use super::snapshots::{self, Snapshot};
use super::tasks::{self, Task};
use crate::corezoid::ids::{FolderId, Kind};
use crate::corezoid::model::node::Object;
use crate::corezoid::store::bulk::{self, ConvRow};
use crate::kernel::state::StateError;
use crate::kernel::time::Timestamp;

/// A process or state diagram.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "the keys of the document")]
pub(crate) struct Conv {
    pub(super) id: i64,
    /// The folder it lies in; absent: the root.
    #[serde(default, skip_serializing_if = "is_root")]
    folder: FolderId,
    /// Of a process in the root; below, it is that of the folder around. Absent: the personal space.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    company: Option<String>,
    title: String,
    /// Null is kept apart from the empty text.
    #[serde(default = "no_description", skip_serializing_if = "is_no_description")]
    description: Option<String>,
    #[serde(default, skip_serializing_if = "ConvType::is_process")]
    pub(super) conv_type: ConvType,
    /// `active`, `paused`, `deleted` (in the trash), `blocked`, `debug`, `active_debug`.
    #[serde(default = "active", skip_serializing_if = "is_active")]
    status: String,
    /// 40 hex digits of the direct URL; absent: made from the id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hash: Option<String>,
    /// False: the direct URL is switched off, and there is no hash.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    direct_url: bool,
    /// HTTP Basic of the direct URL; absent: anyone with the hash may post.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    auth: Option<Auth>,
    /// The process that takes its errors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    escalation_conv: Option<i64>,
    /// The declared parameters, as the API carries them; null is kept apart from the empty list.
    #[serde(default = "no_params", skip_serializing_if = "is_no_params")]
    params: Value,
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    ref_mask: bool,
    /// A user; absent: the first.
    #[serde(default)]
    owner: Option<i64>,
    /// Absent: the moment of the import.
    #[serde(default)]
    create_time: Option<Timestamp>,
    /// Absent: when it was made.
    #[serde(default)]
    change_time: Option<Timestamp>,
    /// Absent: never deployed.
    #[serde(default, skip_serializing_if = "is_zero")]
    last_confirmed_version: i64,
    /// Absent: made from kind and id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    uuid: Option<String>,
    /// Keys of an uploaded file that nobody knows; exports give them back.
    #[serde(default, skip_serializing_if = "Object::is_empty")]
    more: Object,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    shares: Vec<Share>,
    /// Users who starred it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    favorite_of: Vec<i64>,
    /// In the order they were made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) nodes: Vec<Node>,
    /// Deploys of the past, the oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) commits: Vec<Commit>,
    /// In the order they were made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) tasks: Vec<Task>,
    /// The oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) snapshots: Vec<Snapshot>,
}

/// Who may post to a direct URL.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Auth {
    user: String,
    pass: String,
}

/// What a conv is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ConvType {
    #[default]
    Process,
    State,
    Escalation,
}

const TYPES: [(ConvType, &str); 3] =
    [(ConvType::Process, "process"), (ConvType::State, "state"), (ConvType::Escalation, "escalation")];

impl ConvType {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
    fn is_process(&self) -> bool {
        *self == Self::Process
    }

    pub(super) fn is_state(self) -> bool {
        self == Self::State
    }

    fn word(self) -> &'static str {
        TYPES.iter().find(|row| row.0 == self).map_or("process", |row| row.1)
    }

    fn of(word: &str) -> Self {
        TYPES.iter().find(|row| row.1 == word).map_or(Self::Process, |row| row.0)
    }
}

fn no_params() -> Value {
    json!([])
}

fn is_no_params(params: &Value) -> bool {
    params.as_array().is_some_and(Vec::is_empty)
}

const fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
const fn is_yes(flag: &bool) -> bool {
    *flag
}

/// The same for every import of the same entry, and no one else's.
fn hash_of(id: i64) -> String {
    hex::encode(Sha1::digest(format!("direct URL of conv {id}")))
}

/// Adds processes.
pub(super) async fn import(
    conn: &mut SqliteConnection,
    convs: &[Conv],
    ground: &Ground,
) -> Result<(), StateError> {
    if convs.is_empty() {
        return Ok(());
    }
    let mut ids: BTreeSet<i64> = bulk::convs(conn).await?.iter().map(|row| row.id).collect();
    let (mut rows, mut favorites, mut shares) = (Vec::with_capacity(convs.len()), Vec::new(), Vec::new());
    for (index, conv) in convs.iter().enumerate() {
        let path = format!("convs[{index}]");
        let placed = Placed {
            id: conv.id,
            folder: conv.folder,
            company: conv.company.as_deref(),
            owner: conv.owner,
            status: &conv.status,
            create_time: conv.create_time,
            change_time: conv.change_time,
        };
        let settled = ground.settle(&placed, &mut ids, &path)?;
        if conv
            .hash
            .as_ref()
            .is_some_and(|hash| hash.len() != 40 || !hash.bytes().all(|b| b.is_ascii_hexdigit()))
        {
            return Err(StateError::at(format!("{path}.hash"), "40 hex digits"));
        }
        if !conv.direct_url && conv.hash.is_some() {
            return Err(StateError::at(format!("{path}.hash"), "its direct URL is switched off"));
        }
        let own = (Kind::Conv, conv.id);
        favorites.extend(ground.favorites(own, &conv.favorite_of, &path)?);
        shares.extend(ground.shares(own, &conv.shares, &path)?);
        rows.push(ConvRow {
            id: conv.id,
            folder_id: conv.folder,
            company_id: settled.company,
            title: conv.title.clone(),
            description: conv.description.clone(),
            status: settled.status,
            owner_id: settled.owner,
            create_time: settled.create_time,
            change_time: settled.change_time,
            conv_type: conv.conv_type.word().to_owned(),
            hash: conv.direct_url.then(|| conv.hash.clone().unwrap_or_else(|| hash_of(conv.id))),
            auth_user: conv.auth.as_ref().map(|auth| auth.user.clone()),
            auth_pass: conv.auth.as_ref().map(|auth| auth.pass.clone()),
            escalation_conv: conv.escalation_conv,
            params: conv.params.to_string(),
            ref_mask: conv.ref_mask,
            last_confirmed_version: conv.last_confirmed_version,
            uuid: conv.uuid.clone(),
            more: carried(&conv.more),
        });
    }
    for (index, conv) in convs.iter().enumerate() {
        if let Some(other) = conv.escalation_conv.filter(|other| !ids.contains(other)) {
            let path = format!("convs[{index}].escalation_conv");
            return Err(StateError::at(path, format!("there is no conv {other}")));
        }
    }
    bulk::insert_convs(conn, &rows).await?;
    bulk::insert_favorites(conn, &favorites).await?;
    bulk::insert_shares(conn, &shares).await?;
    Ok(())
}

/// Every process.
pub(super) async fn export(conn: &mut SqliteConnection, marks: &Marks) -> Result<Vec<Conv>, sqlx::Error> {
    let rows = bulk::convs(conn).await?;
    let mut graphs = Graphs::read(conn).await?;
    let mut tasks = tasks::export(conn).await?;
    let mut snapshots = snapshots::export(conn).await?;
    let conv = |row: ConvRow| {
        let (nodes, commits) = graphs.take(row.id);
        Conv {
            id: row.id,
            folder: row.folder_id,
            company: row.company_id.filter(|_| is_root(&row.folder_id)),
            title: row.title,
            description: row.description,
            conv_type: ConvType::of(&row.conv_type),
            status: status_word(row.status),
            direct_url: row.hash.is_some(),
            hash: row.hash,
            auth: row.auth_user.zip(row.auth_pass).map(|(user, pass)| Auth { user, pass }),
            escalation_conv: row.escalation_conv,
            params: serde_json::from_str(&row.params).unwrap_or_default(),
            ref_mask: row.ref_mask,
            owner: Some(row.owner_id),
            create_time: Some(Timestamp::from_seconds(row.create_time)),
            change_time: Some(Timestamp::from_seconds(row.change_time)),
            last_confirmed_version: row.last_confirmed_version,
            uuid: row.uuid,
            more: carrying(row.more.as_deref()),
            shares: marks.shares_of(Kind::Conv, row.id),
            favorite_of: marks.favorite_of(Kind::Conv, row.id),
            nodes,
            commits,
            tasks: tasks.remove(&row.id).unwrap_or_default(),
            snapshots: snapshots.remove(&row.id).unwrap_or_default(),
        }
    };
    Ok(rows.into_iter().map(conv).collect())
}
