//! Pictures of people.

use sqlx::{FromRow, SqliteConnection};
use uuid::Uuid;

use crate::kernel::time::Timestamp;

/// A row of `r7_photo`.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct PhotoRow {
    pub(crate) user_id: String,
    /// `png`, `jpeg`, `gif` or `bmp`.
    pub(crate) ending: String,
    pub(crate) changed: Timestamp,
    pub(crate) bytes: Vec<u8>,
}

/// Somebody's picture.
pub(crate) async fn find(conn: &mut SqliteConnection, user: Uuid) -> Result<Option<PhotoRow>, sqlx::Error> {
    sqlx::query_as("SELECT user_id, ending, changed, bytes FROM r7_photo WHERE user_id = ?")
        .bind(user.to_string())
        .fetch_optional(conn)
        .await
}

/// Every picture.
pub(crate) async fn all(conn: &mut SqliteConnection) -> Result<Vec<PhotoRow>, sqlx::Error> {
    sqlx::query_as("SELECT user_id, ending, changed, bytes FROM r7_photo ORDER BY user_id")
        .fetch_all(conn)
        .await
}

/// Gives somebody a picture, instead of one that he may have, be it only a link.
pub(crate) async fn set(
    conn: &mut SqliteConnection,
    user: Uuid,
    ending: &str,
    changed: Timestamp,
    bytes: &[u8],
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE r7_user SET avatar = NULL WHERE id = $1;
         INSERT OR REPLACE INTO r7_photo (user_id, ending, changed, bytes) VALUES ($1, $2, $3, $4)",
    )
    .bind(user.to_string())
    .bind(ending)
    .bind(changed)
    .bind(bytes)
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes a person's picture away, and shows the one behind `link` if there is one.
pub(crate) async fn clear(
    conn: &mut SqliteConnection,
    user: Uuid,
    link: Option<&str>,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM r7_photo WHERE user_id = $1; UPDATE r7_user SET avatar = $2 WHERE id = $1")
        .bind(user.to_string())
        .bind(link)
        .execute(conn)
        .await?;
    Ok(())
}
