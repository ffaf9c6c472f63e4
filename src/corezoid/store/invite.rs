//! Invitations that wait to be confirmed.

use sqlx::{FromRow, SqliteConnection};

use crate::corezoid::ids::{Thing, UserId};

/// An invitation.
#[derive(Debug, FromRow)]
pub(crate) struct Invite {
    /// 40 hex digits.
    pub(crate) hash: String,
    pub(crate) company_id: Option<String>,
    /// `google`, `corezoid`.
    #[sqlx(rename = "type")]
    pub(crate) kind: String,
    pub(crate) login: String,
    /// `group` or a kind of object; what is shared once it is confirmed.
    pub(crate) obj: Option<String>,
    pub(crate) obj_id: Option<i64>,
    /// JSON.
    pub(crate) privs: String,
    pub(crate) owner_id: UserId,
    /// Unix seconds.
    pub(crate) create_time: i64,
}

/// Stores an invitation.
pub(crate) async fn insert(conn: &mut SqliteConnection, invite: &Invite) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO cz_invite (hash, company_id, type, login, obj, obj_id, privs, owner_id, create_time)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(&invite.hash)
    .bind(&invite.company_id)
    .bind(&invite.kind)
    .bind(&invite.login)
    .bind(&invite.obj)
    .bind(invite.obj_id)
    .bind(&invite.privs)
    .bind(invite.owner_id)
    .bind(invite.create_time)
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes an invitation out; `None`: there is none.
pub(crate) async fn take(conn: &mut SqliteConnection, hash: &str) -> Result<Option<Invite>, sqlx::Error> {
    sqlx::query_as(
        "DELETE FROM cz_invite WHERE hash = ?
         RETURNING hash, company_id, type, login, obj, obj_id, privs, owner_id, create_time",
    )
    .bind(hash)
    .fetch_optional(conn)
    .await
}

/// Takes back what was shared with a login that has not confirmed.
pub(crate) async fn remove(
    conn: &mut SqliteConnection,
    thing: Thing,
    login: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM cz_invite WHERE obj = ? AND obj_id = ? AND login = ?")
        .bind(thing.kind.word())
        .bind(thing.id)
        .bind(login)
        .execute(conn)
        .await?;
    Ok(())
}

/// Those to a company, oldest first.
pub(crate) async fn of_company(
    conn: &mut SqliteConnection,
    company: Option<&str>,
) -> Result<Vec<Invite>, sqlx::Error> {
    sqlx::query_as(
        "SELECT hash, company_id, type, login, obj, obj_id, privs, owner_id, create_time FROM cz_invite
         WHERE company_id IS ? ORDER BY rowid",
    )
    .bind(company)
    .fetch_all(conn)
    .await
}

/// Every invitation, oldest first.
pub(crate) async fn all(conn: &mut SqliteConnection) -> Result<Vec<Invite>, sqlx::Error> {
    sqlx::query_as(
        "SELECT hash, company_id, type, login, obj, obj_id, privs, owner_id, create_time FROM cz_invite ORDER BY rowid",
    )
    .fetch_all(conn)
    .await
}

/// Who signs in with this login.
pub(crate) async fn user_of(
    conn: &mut SqliteConnection,
    kind: &str,
    login: &str,
) -> Result<Option<UserId>, sqlx::Error> {
    sqlx::query_scalar("SELECT user_id FROM cz_login WHERE type = ? AND login = ?")
        .bind(kind)
        .bind(login)
        .fetch_optional(conn)
        .await
}

/// Gives a user a login.
pub(crate) async fn insert_login(
    conn: &mut SqliteConnection,
    user: UserId,
    kind: &str,
    login: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO cz_login (user_id, type, login) VALUES (?, ?, ?)")
        .bind(user)
        .bind(kind)
        .bind(login)
        .execute(conn)
        .await?;
    Ok(())
}
