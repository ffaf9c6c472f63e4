//! Snapshots in state documents, each in its process.

use std::collections::{BTreeSet, HashMap};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::SqliteConnection;

use super::convs::Conv;
use super::place::Ground;
use crate::corezoid::model::node::NodeDoc;
use crate::corezoid::store::snapshot::{self, SnapshotRow};
use crate::kernel::service::Import;
use crate::kernel::state::StateError;
use crate::kernel::time::Timestamp;

/// What was deployed in a process at some time, the oldest first.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Snapshot {
    id: i64,
    #[serde(default)]
    version: i64,
    /// Who made it; absent: the first user.
    #[serde(default)]
    user: Option<i64>,
    /// Absent: the moment of the import.
    #[serde(default)]
    time: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    title: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    nodes: Vec<Kept>,
}

/// A node as it was deployed then.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Kept {
    id: String,
    node: NodeDoc,
}

/// Adds the snapshots of processes that are stored already.
pub(super) async fn import(
    conn: &mut SqliteConnection,
    convs: &[Conv],
    ground: &Ground,
    import: &Import<'_>,
) -> Result<(), StateError> {
    let (mut rows, mut known, mut places) = (Vec::new(), BTreeSet::new(), HashMap::new());
    for (index, conv) in convs.iter().enumerate() {
        for (position, it) in conv.snapshots.iter().enumerate() {
            let path = format!("convs[{index}].snapshots[{position}]");
            if it.id < 1 || !known.insert(it.id) {
                return Err(StateError::at(
                    format!("{path}.id"),
                    format!("id {} is taken or under 1", it.id),
                ));
            }
            rows.push(SnapshotRow {
                id: it.id,
                conv_id: conv.id,
                version: it.version,
                user_id: ground.user(it.user, &format!("{path}.user"))?,
                create_time: it.time.unwrap_or(import.now).seconds(),
                title: it.title.clone(),
                nodes: serde_json::to_string(&it.nodes).unwrap_or_default(),
            });
            places.insert(it.id, format!("{path}.id"));
        }
    }
    if rows.is_empty() {
        return Ok(());
    }
    let ids = Value::from(known.into_iter().collect::<Vec<_>>()).to_string();
    if let Some(id) = snapshot::taken(conn, &ids).await?.first() {
        let path = places.remove(id).unwrap_or_default();
        return Err(StateError::at(path, format!("id {id} is taken")));
    }
    snapshot::insert_all(conn, &rows).await?;
    Ok(())
}

/// The snapshots of every process, by its id.
pub(super) async fn export(conn: &mut SqliteConnection) -> Result<HashMap<i64, Vec<Snapshot>>, sqlx::Error> {
    let mut all: HashMap<i64, Vec<Snapshot>> = HashMap::new();
    for row in snapshot::all(conn).await? {
        let nodes = serde_json::from_str(&row.nodes).map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
        all.entry(row.conv_id).or_default().push(Snapshot {
            id: row.id,
            version: row.version,
            user: Some(row.user_id),
            time: Some(Timestamp::from_seconds(row.create_time)),
            title: row.title,
            nodes,
        });
    }
    Ok(all)
}
