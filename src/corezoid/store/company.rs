//! Companies.

use sqlx::{FromRow, SqliteConnection};

use crate::corezoid::ids::UserId;
use crate::kernel::column::Json;

/// A company that is not deleted.
#[derive(Debug, FromRow)]
pub(crate) struct Company {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) description: String,
    /// `actived`, `blocked`.
    pub(crate) status: String,
    /// Who made it, else the first user of it; 0: it has none.
    pub(crate) owner_id: UserId,
    /// Unix seconds.
    pub(crate) create_time: i64,
    /// Their ids.
    pub(crate) auth_providers: Json<Vec<String>>,
}

/// Every company, oldest first.
pub(crate) async fn list(conn: &mut SqliteConnection) -> Result<Vec<Company>, sqlx::Error> {
    sqlx::query_as(
        "SELECT id, title, description, status,
                coalesce(owner_id, (SELECT min(u.id) FROM cz_user u WHERE u.company_id = cz_company.id), 0) AS owner_id,
                create_time, auth_providers
         FROM cz_company WHERE status <> 'deleted' ORDER BY rowid",
    )
    .fetch_all(conn)
    .await
}

/// One company.
pub(crate) async fn find(conn: &mut SqliteConnection, id: &str) -> Result<Option<Company>, sqlx::Error> {
    sqlx::query_as(
        "SELECT id, title, description, status,
                coalesce(owner_id, (SELECT min(u.id) FROM cz_user u WHERE u.company_id = cz_company.id), 0) AS owner_id,
                create_time, auth_providers
         FROM cz_company WHERE id = ? AND status <> 'deleted'",
    )
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// Writes title, description, status and providers of a company that is there.
pub(crate) async fn update(conn: &mut SqliteConnection, company: &Company) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE cz_company SET title = ?2, description = ?3, status = ?4, auth_providers = ?5 WHERE id = ?1",
    )
    .bind(&company.id)
    .bind(&company.title)
    .bind(&company.description)
    .bind(&company.status)
    .bind(&company.auth_providers)
    .execute(conn)
    .await?;
    Ok(())
}

/// Deletes a company; false: there is none. What lies in it stays.
pub(crate) async fn delete(conn: &mut SqliteConnection, id: &str) -> Result<bool, sqlx::Error> {
    let done = sqlx::query("UPDATE cz_company SET status = 'deleted' WHERE id = ? AND status <> 'deleted'")
        .bind(id)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() > 0)
}
