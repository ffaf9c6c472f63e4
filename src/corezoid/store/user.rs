//! Companies, users, keys, sessions.

use sqlx::{FromRow, SqliteConnection};

use crate::kernel::column::Json;
use crate::kernel::service::Credential;

/// A key and its holder.
#[derive(Debug, FromRow)]
pub(crate) struct KeyRow {
    pub(crate) login: i64,
    pub(crate) secret: String,
    pub(crate) user_id: i64,
    pub(crate) title: String,
    /// The holder is deleted: the key signs no more.
    pub(crate) dead: bool,
    /// The holder is blocked, or a test denies it everything.
    pub(crate) denied: bool,
}

/// A session token and its holder.
#[derive(Debug, FromRow)]
pub(crate) struct SessionRow {
    pub(crate) token: String,
    pub(crate) user_id: i64,
    pub(crate) title: String,
    pub(crate) denied: bool,
}

/// A user, deleted or not.
#[derive(Debug, FromRow)]
pub(crate) struct UserRow {
    pub(crate) id: i64,
    pub(crate) title: String,
    pub(crate) company_id: Option<String>,
    /// `actived`, `blocked`, `deleted`.
    pub(crate) status: String,
    pub(crate) denied: bool,
    pub(crate) owner_id: Option<i64>,
}

/// A company, deleted or not.
#[derive(Debug, FromRow)]
pub(crate) struct CompanyRow {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) description: String,
    /// `actived`, `blocked`, `deleted`.
    pub(crate) status: String,
    pub(crate) owner_id: Option<i64>,
    /// Unix seconds.
    pub(crate) create_time: i64,
    /// Their ids.
    pub(crate) auth_providers: Json<Vec<String>>,
}

/// A login that is no API key.
#[derive(Debug, FromRow)]
pub(crate) struct LoginRow {
    pub(crate) user_id: i64,
    #[sqlx(rename = "type")]
    pub(crate) kind: String,
    pub(crate) login: String,
}

/// Every key, oldest first.
pub(crate) async fn keys(conn: &mut SqliteConnection) -> Result<Vec<KeyRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT k.login, k.secret, k.user_id, u.title, u.status = 'deleted' AS dead, u.denied OR u.status = 'blocked' AS denied
         FROM cz_key k JOIN cz_user u ON u.id = k.user_id ORDER BY u.id, k.login",
    )
    .fetch_all(conn)
    .await
}

/// Every session token.
pub(crate) async fn sessions(conn: &mut SqliteConnection) -> Result<Vec<SessionRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT s.token, s.user_id, u.title, u.denied OR u.status = 'blocked' AS denied
         FROM cz_session s JOIN cz_user u ON u.id = s.user_id ORDER BY s.rowid",
    )
    .fetch_all(conn)
    .await
}

/// Every user.
pub(crate) async fn list(conn: &mut SqliteConnection) -> Result<Vec<UserRow>, sqlx::Error> {
    sqlx::query_as("SELECT id, title, company_id, status, denied, owner_id FROM cz_user ORDER BY id")
        .fetch_all(conn)
        .await
}

/// Every login that is no API key, oldest first.
pub(crate) async fn logins(conn: &mut SqliteConnection) -> Result<Vec<LoginRow>, sqlx::Error> {
    sqlx::query_as("SELECT user_id, type, login FROM cz_login ORDER BY id").fetch_all(conn).await
}

/// Every company.
pub(crate) async fn companies(conn: &mut SqliteConnection) -> Result<Vec<CompanyRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT id, title, description, status, owner_id, create_time, auth_providers FROM cz_company ORDER BY rowid",
    )
    .fetch_all(conn)
    .await
}

/// Stores a company.
pub(crate) async fn insert_company(conn: &mut SqliteConnection, row: &CompanyRow) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO cz_company (id, title, description, status, owner_id, create_time, auth_providers)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(&row.id)
    .bind(&row.title)
    .bind(&row.description)
    .bind(&row.status)
    .bind(row.owner_id)
    .bind(row.create_time)
    .bind(&row.auth_providers)
    .execute(conn)
    .await?;
    Ok(())
}

/// Stores a user.
pub(crate) async fn insert(conn: &mut SqliteConnection, row: &UserRow) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO cz_user (id, title, company_id, status, denied, owner_id) VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(row.id)
    .bind(&row.title)
    .bind(&row.company_id)
    .bind(&row.status)
    .bind(row.denied)
    .bind(row.owner_id)
    .execute(conn)
    .await?;
    Ok(())
}

/// Stores a key.
pub(crate) async fn insert_key(
    conn: &mut SqliteConnection,
    login: i64,
    secret: &str,
    user: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO cz_key (login, secret, user_id) VALUES (?, ?, ?)")
        .bind(login)
        .bind(secret)
        .bind(user)
        .execute(conn)
        .await?;
    Ok(())
}

/// Stores a session token.
pub(crate) async fn insert_session(
    conn: &mut SqliteConnection,
    token: &str,
    user: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO cz_session (token, user_id) VALUES (?, ?)")
        .bind(token)
        .bind(user)
        .execute(conn)
        .await?;
    Ok(())
}

/// What a client of Corezoid signs with: the first key, its company, a session token.
pub(crate) async fn credentials(conn: &mut SqliteConnection) -> Result<Vec<Credential>, sqlx::Error> {
    let first: Option<(i64, String, Option<String>, Option<String>)> = sqlx::query_as(
        "SELECT k.login, k.secret, u.company_id, s.token FROM cz_key k JOIN cz_user u ON u.id = k.user_id
         LEFT JOIN cz_session s ON s.user_id = u.id WHERE u.status <> 'deleted' ORDER BY u.id, k.login, s.rowid LIMIT 1",
    )
    .fetch_optional(conn)
    .await?;
    let Some((login, secret, company, token)) = first else { return Ok(Vec::new()) };
    let mut lines = vec![
        Credential { what: "login", value: login.to_string() },
        Credential { what: "secret", value: secret },
    ];
    lines.extend(company.map(|value| Credential { what: "company", value }));
    lines.extend(token.map(|value| Credential { what: "token", value }));
    Ok(lines)
}
