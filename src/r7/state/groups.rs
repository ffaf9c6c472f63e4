//! Groups of people in state documents.

use std::collections::HashSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;
use uuid::Uuid;

use crate::kernel::state::StateError;
use crate::r7::store::{group, people};

/// A group of people.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Group {
    /// GUID.
    id: Uuid,
    name: String,
    /// Id of the person who heads it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    manager: Option<Uuid>,
    /// Ids of the people in it; the manager is not in it unless named here too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    members: Vec<Uuid>,
}

/// Adds groups of people who are there already.
pub(crate) async fn import(conn: &mut SqliteConnection, groups: &[Group]) -> Result<(), StateError> {
    if groups.is_empty() {
        return Ok(());
    }
    let people: HashSet<Uuid> =
        people::list(conn).await?.iter().filter_map(|row| Uuid::parse_str(&row.id).ok()).collect();
    for (index, stored) in groups.iter().enumerate() {
        let path = format!("groups[{index}]");
        let nobody = |id: &Uuid| format!("no user has the id {id}");
        if let Some(id) = stored.manager.filter(|id| !people.contains(id)) {
            return Err(StateError::at(format!("{path}.manager"), nobody(&id)));
        }
        for (place, id) in stored.members.iter().enumerate() {
            if !people.contains(id) {
                return Err(StateError::at(format!("{path}.members[{place}]"), nobody(id)));
            }
        }
        group::insert(conn, stored.id, &stored.name, stored.manager)
            .await
            .map_err(|error| StateError::stored(error, &format!("{path}.id")))?;
        let members = serde_json::to_string(&stored.members).unwrap_or_default();
        group::add(conn, stored.id, &members).await?;
    }
    Ok(())
}

/// Every group with its members.
pub(crate) async fn export(conn: &mut SqliteConnection) -> Result<Vec<Group>, sqlx::Error> {
    let rows = group::list(conn).await?;
    Ok(rows
        .into_iter()
        .map(|row| Group {
            id: Uuid::parse_str(&row.id).unwrap_or_default(),
            name: row.name,
            manager: row.manager.and_then(|id| Uuid::parse_str(&id).ok()),
            members: serde_json::from_str(&row.members).unwrap_or_default(),
        })
        .collect())
}
