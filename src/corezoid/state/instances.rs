//! Database connections in state documents.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sqlx::SqliteConnection;

use super::place::{
    Ground, Marks, Placed, Share, active, is_active, is_no_description, is_root, no_description, status_word,
};
use crate::corezoid::ids::{FolderId, Kind};
use crate::corezoid::store::bulk::{self, InstanceRow};
use crate::kernel::state::StateError;
use crate::kernel::time::Timestamp;

/// A database connection.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "the keys of the document")]
pub(crate) struct Instance {
    id: i64,
    /// The folder it lies in; absent: the root.
    #[serde(default, skip_serializing_if = "is_root")]
    folder: FolderId,
    /// Of an instance in the root; below, it is that of the folder around. Absent: the personal space.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    company: Option<String>,
    title: String,
    /// Null is kept apart from the empty text.
    #[serde(default = "no_description", skip_serializing_if = "is_no_description")]
    description: Option<String>,
    /// `active`, or `deleted`: in the trash.
    #[serde(default = "active", skip_serializing_if = "is_active")]
    status: String,
    instance_type: InstanceType,
    /// `{"driver":"postgres","database":"shop","host":"localhost","port":5432,…}`, as the API carries it.
    data: Map<String, Value>,
    /// A user; absent: the first.
    #[serde(default)]
    owner: Option<i64>,
    /// Absent: the moment of the import.
    #[serde(default)]
    create_time: Option<Timestamp>,
    /// Absent: when it was made.
    #[serde(default)]
    change_time: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    shares: Vec<Share>,
    /// Users who starred it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    favorite_of: Vec<i64>,
}

/// What an instance connects to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum InstanceType {
    DbCall,
}

impl InstanceType {
    const fn word(self) -> &'static str {
        match self {
            Self::DbCall => "db_call",
        }
    }
}

/// Adds instances.
pub(super) async fn import(
    conn: &mut SqliteConnection,
    instances: &[Instance],
    ground: &Ground,
) -> Result<(), StateError> {
    if instances.is_empty() {
        return Ok(());
    }
    let mut ids: BTreeSet<i64> = bulk::instances(conn).await?.iter().map(|row| row.id).collect();
    let (mut rows, mut favorites, mut shares) = (Vec::with_capacity(instances.len()), Vec::new(), Vec::new());
    for (index, instance) in instances.iter().enumerate() {
        let path = format!("instances[{index}]");
        let placed = Placed {
            id: instance.id,
            folder: instance.folder,
            company: instance.company.as_deref(),
            owner: instance.owner,
            status: &instance.status,
            create_time: instance.create_time,
            change_time: instance.change_time,
        };
        let settled = ground.settle(&placed, &mut ids, &path)?;
        let own = (Kind::Instance, instance.id);
        favorites.extend(ground.favorites(own, &instance.favorite_of, &path)?);
        shares.extend(ground.shares(own, &instance.shares, &path)?);
        rows.push(InstanceRow {
            id: instance.id,
            folder_id: instance.folder,
            company_id: settled.company,
            title: instance.title.clone(),
            description: instance.description.clone(),
            status: settled.status,
            owner_id: settled.owner,
            create_time: settled.create_time,
            change_time: settled.change_time,
            instance_type: instance.instance_type.word().to_owned(),
            data: Value::Object(instance.data.clone()).to_string(),
        });
    }
    bulk::insert_instances(conn, &rows).await?;
    bulk::insert_favorites(conn, &favorites).await?;
    bulk::insert_shares(conn, &shares).await?;
    Ok(())
}

/// Every instance.
pub(super) async fn export(conn: &mut SqliteConnection, marks: &Marks) -> Result<Vec<Instance>, sqlx::Error> {
    let instance = |row: InstanceRow| Instance {
        id: row.id,
        folder: row.folder_id,
        company: row.company_id.filter(|_| is_root(&row.folder_id)),
        title: row.title,
        description: row.description,
        status: status_word(row.status),
        instance_type: InstanceType::DbCall,
        data: serde_json::from_str(&row.data).unwrap_or_default(),
        owner: Some(row.owner_id),
        create_time: Some(Timestamp::from_seconds(row.create_time)),
        change_time: Some(Timestamp::from_seconds(row.change_time)),
        shares: marks.shares_of(Kind::Instance, row.id),
        favorite_of: marks.favorite_of(Kind::Instance, row.id),
    };
    Ok(bulk::instances(conn).await?.into_iter().map(instance).collect())
}
