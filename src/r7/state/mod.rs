//! The portal's part of a state document (contract §4).

mod crm;
mod people;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::SqliteConnection;

use crate::kernel::service::Import;
use crate::kernel::state::{StateError, decode};

/// `"r7": {…}`.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Part {
    /// Everybody in the portal. Absent in every document of a seed: one admin, `admin@example.org` / `secret`.
    users: Vec<people::User>,
    crm: crm::Crm,
}

/// JSON Schema of the part.
pub(crate) fn schema() -> Value {
    serde_json::to_value(schemars::schema_for!(Part)).unwrap_or_default()
}

/// Checks the form.
pub(crate) fn check(part: &Value) -> Result<(), StateError> {
    decode::<Part>(part).map(|_| ())
}

/// Adds a part to the database.
pub(crate) async fn import(
    conn: &mut SqliteConnection,
    part: &Value,
    import: &Import<'_>,
) -> Result<(), StateError> {
    let part: Part = decode(part)?;
    people::import(conn, &part.users, import).await?;
    crm::import(conn, &part.crm, import).await?;
    Ok(())
}

/// The part of the world's state document.
pub(crate) async fn export(conn: &mut SqliteConnection) -> Result<Value, sqlx::Error> {
    let part = Part { users: people::export(conn).await?, crm: crm::export(conn).await? };
    Ok(serde_json::to_value(part).unwrap_or_default())
}
