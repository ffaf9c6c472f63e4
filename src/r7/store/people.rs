//! Users and tokens.

use sqlx::{FromRow, SqliteConnection};
use uuid::Uuid;

use crate::kernel::service::Credential;
use crate::kernel::time::Timestamp;

/// A row of `r7_user`.
#[derive(Default, Debug, Clone, FromRow)]
pub(crate) struct UserRow {
    pub(crate) id: String,
    pub(crate) user_name: String,
    pub(crate) email: String,
    pub(crate) password: String,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) title: Option<String>,
    pub(crate) is_visitor: bool,
    pub(crate) is_admin: bool,
    pub(crate) is_owner: bool,
    pub(crate) status: i64,
    pub(crate) activation_status: i64,
    pub(crate) sex: Option<String>,
    pub(crate) birthday: Option<Timestamp>,
    pub(crate) work_from: Option<Timestamp>,
    pub(crate) location: Option<String>,
    pub(crate) notes: Option<String>,
    pub(crate) mobile_phone: Option<String>,
    pub(crate) contacts: String,
    pub(crate) culture: Option<String>,
    /// A link to a picture that lies elsewhere.
    pub(crate) avatar: Option<String>,
    pub(crate) terminated: Option<Timestamp>,
    pub(crate) lead: Option<String>,
    /// Of the picture in `r7_photo`, if there is one: neither is written with the row.
    pub(crate) photo_ending: Option<String>,
    pub(crate) photo_changed: Option<Timestamp>,
}

/// A row of `r7_token`.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct TokenRow {
    pub(crate) token: String,
    pub(crate) user_id: String,
    pub(crate) expires: Option<Timestamp>,
}

/// Every user, in the order in which they were added.
pub(crate) async fn list(conn: &mut SqliteConnection) -> Result<Vec<UserRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT u.*, p.ending AS photo_ending, p.changed AS photo_changed
         FROM r7_user u LEFT JOIN r7_photo p ON p.user_id = u.id ORDER BY u.position",
    )
    .fetch_all(conn)
    .await
}

/// Every token.
pub(crate) async fn tokens(conn: &mut SqliteConnection) -> Result<Vec<TokenRow>, sqlx::Error> {
    sqlx::query_as("SELECT token, user_id, expires FROM r7_token ORDER BY rowid").fetch_all(conn).await
}

/// Stores a user, last in order.
pub(crate) async fn insert(conn: &mut SqliteConnection, user: &UserRow) -> Result<(), sqlx::Error> {
    let query = sqlx::query(
        "INSERT INTO r7_user (id, user_name, email, password, first_name, last_name, title, is_visitor, is_admin,
                is_owner, status, activation_status, sex, birthday, work_from, location, notes, mobile_phone, contacts,
                culture, avatar, terminated, lead, position)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22,
                ?23, (SELECT coalesce(max(position) + 1, 0) FROM r7_user))",
    )
    .bind(&user.id);
    bind(query, user).execute(conn).await?;
    Ok(())
}

/// Stores all facts of a user again.
pub(crate) async fn update(conn: &mut SqliteConnection, user: &UserRow) -> Result<(), sqlx::Error> {
    let query = sqlx::query(
        "UPDATE r7_user SET user_name = ?2, email = ?3, password = ?4, first_name = ?5, last_name = ?6, title = ?7,
                is_visitor = ?8, is_admin = ?9, is_owner = ?10, status = ?11, activation_status = ?12, sex = ?13,
                birthday = ?14, work_from = ?15, location = ?16, notes = ?17, mobile_phone = ?18, contacts = ?19,
                culture = ?20, avatar = ?21, terminated = ?22, lead = ?23
         WHERE id = ?1",
    )
    .bind(&user.id);
    bind(query, user).execute(conn).await?;
    Ok(())
}

/// Binds all facts but the id.
fn bind<'q>(query: Bound<'q>, user: &'q UserRow) -> Bound<'q> {
    query
        .bind(&user.user_name)
        .bind(&user.email)
        .bind(&user.password)
        .bind(&user.first_name)
        .bind(&user.last_name)
        .bind(&user.title)
        .bind(user.is_visitor)
        .bind(user.is_admin)
        .bind(user.is_owner)
        .bind(user.status)
        .bind(user.activation_status)
        .bind(&user.sex)
        .bind(user.birthday)
        .bind(user.work_from)
        .bind(&user.location)
        .bind(&user.notes)
        .bind(&user.mobile_phone)
        .bind(&user.contacts)
        .bind(&user.culture)
        .bind(&user.avatar)
        .bind(user.terminated)
        .bind(&user.lead)
}

type Bound<'q> = sqlx::query::Query<'q, sqlx::Sqlite, <sqlx::Sqlite as sqlx::Database>::Arguments>;

/// Voids every token of these people. `people` is a JSON list of ids.
pub(crate) async fn delete_tokens(conn: &mut SqliteConnection, people: &str) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM r7_token WHERE user_id IN (SELECT value FROM json_each(?))")
        .bind(people)
        .execute(conn)
        .await?;
    Ok(())
}

/// Stores a token.
pub(crate) async fn insert_token(
    conn: &mut SqliteConnection,
    token: &str,
    user: Uuid,
    expires: Option<Timestamp>,
    permanent: bool,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO r7_token (token, user_id, expires, permanent) VALUES (?, ?, ?, ?)")
        .bind(token)
        .bind(user.to_string())
        .bind(expires)
        .bind(permanent)
        .execute(conn)
        .await?;
    Ok(())
}

/// What a client of the portal signs in with: the first admin, and a permanent token if there is one.
pub(crate) async fn credentials(conn: &mut SqliteConnection) -> Result<Vec<Credential>, sqlx::Error> {
    let admin: Option<(String, String, Option<String>)> = sqlx::query_as(
        "SELECT u.email, u.password, t.token FROM r7_user u
         LEFT JOIN r7_token t ON t.user_id = u.id AND t.permanent = 1
         ORDER BY u.is_admin DESC, u.position, t.rowid LIMIT 1",
    )
    .fetch_optional(conn)
    .await?;
    let Some((email, password, token)) = admin else { return Ok(Vec::new()) };
    let mut lines =
        vec![Credential { what: "login", value: email }, Credential { what: "password", value: password }];
    lines.extend(token.map(|value| Credential { what: "token", value }));
    Ok(lines)
}
