//! Contacts that take part in opportunities and cases.

use sqlx::SqliteConnection;

/// Which table `entity_id` points into (sheet r7/crm 2.8, `EntityType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entity {
    Opportunity = 1,
    Case = 7,
}

/// Adds members. `contacts` is a JSON list of ids.
pub(crate) async fn insert(
    conn: &mut SqliteConnection,
    entity: Entity,
    id: i64,
    contacts: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT OR IGNORE INTO r7_crm_member (entity_type, entity_id, contact_id) SELECT ?, ?, value FROM json_each(?)",
    )
    .bind(entity as i64)
    .bind(id)
    .bind(contacts)
    .execute(conn)
    .await?;
    Ok(())
}
