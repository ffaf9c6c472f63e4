//! The portal's settings.

use sqlx::{FromRow, SqliteConnection};
use uuid::Uuid;

use crate::kernel::time::Timestamp;
use crate::r7::portal::Choices;

/// What administrators have chosen so far.
pub(crate) async fn choices(conn: &mut SqliteConnection) -> Result<Choices, sqlx::Error> {
    let text: Option<String> =
        sqlx::query_scalar("SELECT choices FROM r7_portal").fetch_optional(conn).await?;
    let choices = text.map(|text| serde_json::from_str(&text)).transpose();
    choices.map(Option::unwrap_or_default).map_err(|error| sqlx::Error::Decode(error.into()))
}

/// Stores the choices.
pub(crate) async fn set_choices(conn: &mut SqliteConnection, choices: &Choices) -> Result<(), sqlx::Error> {
    let text = serde_json::to_string(choices).map_err(|error| sqlx::Error::Encode(error.into()))?;
    sqlx::query(
        "INSERT INTO r7_portal (id, choices) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET choices = excluded.choices",
    )
    .bind(text)
    .execute(conn)
    .await?;
    Ok(())
}

/// Makes somebody an administrator of the whole portal, or no longer.
pub(crate) async fn set_admin(
    conn: &mut SqliteConnection,
    person: Uuid,
    is_admin: bool,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE r7_user SET is_admin = ? WHERE id = ?")
        .bind(is_admin)
        .bind(person.to_string())
        .execute(conn)
        .await?;
    Ok(())
}

/// Bytes that all versions of all files take.
pub(crate) async fn used_space(conn: &mut SqliteConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT (SELECT coalesce(sum(size), 0) FROM r7_file) + (SELECT coalesce(sum(size), 0) FROM r7_file_version)",
    )
    .fetch_one(conn)
    .await
}

/// A token as a connection; its row's number is the id of the sign-in.
#[derive(Debug, FromRow)]
pub(crate) struct ConnectionRow {
    pub(crate) id: i64,
    pub(crate) token: String,
    pub(crate) expires: Option<Timestamp>,
}

/// Somebody's tokens that have not expired, the newest first.
pub(crate) async fn connections(
    conn: &mut SqliteConnection,
    person: Uuid,
    now: Timestamp,
) -> Result<Vec<ConnectionRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT rowid AS id, token, expires FROM r7_token
         WHERE user_id = ? AND (expires IS NULL OR expires > ?) ORDER BY rowid DESC",
    )
    .bind(person.to_string())
    .bind(now)
    .fetch_all(conn)
    .await
}

/// Forgets a token, if it is there and of `whose` (`None`: anybody's).
pub(crate) async fn remove_connection(
    conn: &mut SqliteConnection,
    id: i64,
    whose: Option<Uuid>,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query("DELETE FROM r7_token WHERE rowid = ?1 AND (?2 IS NULL OR user_id = ?2)")
        .bind(id)
        .bind(whose.map(|id| id.to_string()))
        .execute(conn)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Forgets all tokens of somebody but for `kept`.
pub(crate) async fn remove_connections(
    conn: &mut SqliteConnection,
    person: Uuid,
    kept: Option<&str>,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM r7_token WHERE user_id = ?1 AND token IS NOT ?2")
        .bind(person.to_string())
        .bind(kept)
        .execute(conn)
        .await?;
    Ok(())
}
