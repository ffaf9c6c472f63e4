//! The direct URL of a process: its hash, and who may post there.

use sqlx::{FromRow, SqliteConnection};

use crate::corezoid::ids::ConvId;

/// What lies behind a hash.
#[derive(Debug, FromRow)]
pub(crate) struct Door {
    pub(crate) conv: ConvId,
    /// Tasks that come in are his.
    pub(crate) owner: i64,
    /// HTTP Basic; neither: anyone may come in.
    pub(crate) user: Option<String>,
    pub(crate) pass: Option<String>,
}

/// The process of an id and its hash, in any letter case; `None`: it is not reachable, or has another hash or none.
pub(crate) async fn door(
    conn: &mut SqliteConnection,
    conv: ConvId,
    hash: &str,
) -> Result<Option<Door>, sqlx::Error> {
    sqlx::query_as(
        "SELECT c.id AS conv, c.owner_id AS owner, c.auth_user AS user, c.auth_pass AS pass FROM cz_conv c
         WHERE c.id = ?1 AND lower(c.hash) = lower(?2) AND c.status <> 3
           AND (c.folder_id = 0 OR EXISTS (SELECT 1 FROM cz_folder p WHERE p.id = c.folder_id AND p.live))",
    )
    .bind(conv)
    .bind(hash)
    .fetch_optional(conn)
    .await
}

/// The hash of a reachable process: `None` without the process, `Some(None)` if its URL is switched off.
pub(crate) async fn hash(
    conn: &mut SqliteConnection,
    conv: ConvId,
) -> Result<Option<Option<String>>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT c.hash FROM cz_conv c WHERE c.id = ?1 AND c.status <> 3
           AND (c.folder_id = 0 OR EXISTS (SELECT 1 FROM cz_folder p WHERE p.id = c.folder_id AND p.live))",
    )
    .bind(conv)
    .fetch_optional(conn)
    .await
}

/// Gives a reachable process this hash (`None`: none); with `keep` only if it has none. Gives the hash it has now, or
/// `None` without the process. One statement.
pub(crate) async fn set_hash(
    conn: &mut SqliteConnection,
    conv: ConvId,
    hash: Option<&str>,
    keep: bool,
) -> Result<Option<Option<String>>, sqlx::Error> {
    sqlx::query_scalar(
        "UPDATE cz_conv SET hash = CASE WHEN ?3 THEN coalesce(hash, ?2) ELSE ?2 END WHERE id = ?1 AND status <> 3
           AND (folder_id = 0 OR EXISTS (SELECT 1 FROM cz_folder p WHERE p.id = cz_conv.folder_id AND p.live))
         RETURNING hash",
    )
    .bind(conv)
    .bind(hash)
    .bind(keep)
    .fetch_optional(conn)
    .await
}

/// Name and password of the direct URL of a reachable process; `None` without the process.
pub(crate) async fn auth(
    conn: &mut SqliteConnection,
    conv: ConvId,
) -> Result<Option<(Option<String>, Option<String>)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT c.auth_user, c.auth_pass FROM cz_conv c WHERE c.id = ?1 AND c.status <> 3
           AND (c.folder_id = 0 OR EXISTS (SELECT 1 FROM cz_folder p WHERE p.id = c.folder_id AND p.live))",
    )
    .bind(conv)
    .fetch_optional(conn)
    .await
}

/// Sets name and password of the direct URL, or takes them off; false without the process. One statement.
pub(crate) async fn set_auth(
    conn: &mut SqliteConnection,
    conv: ConvId,
    auth: Option<(&str, &str)>,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE cz_conv SET auth_user = ?2, auth_pass = ?3 WHERE id = ?1 AND status <> 3
           AND (folder_id = 0 OR EXISTS (SELECT 1 FROM cz_folder p WHERE p.id = cz_conv.folder_id AND p.live))",
    )
    .bind(conv)
    .bind(auth.map(|auth| auth.0))
    .bind(auth.map(|auth| auth.1))
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Declared parameters (JSON) and `ref_mask` of a reachable process; `None` without the process.
pub(crate) async fn params(
    conn: &mut SqliteConnection,
    conv: ConvId,
) -> Result<Option<(String, bool)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT c.params, c.ref_mask FROM cz_conv c WHERE c.id = ?1 AND c.status <> 3
           AND (c.folder_id = 0 OR EXISTS (SELECT 1 FROM cz_folder p WHERE p.id = c.folder_id AND p.live))",
    )
    .bind(conv)
    .fetch_optional(conn)
    .await
}

/// Replaces the declared parameters (JSON), and `ref_mask` where it is given; false without the process. One statement.
pub(crate) async fn set_params(
    conn: &mut SqliteConnection,
    conv: ConvId,
    params: &str,
    ref_mask: Option<bool>,
    now: i64,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE cz_conv SET params = ?2, ref_mask = coalesce(?3, ref_mask), change_time = ?4 WHERE id = ?1 AND status <> 3
           AND (folder_id = 0 OR EXISTS (SELECT 1 FROM cz_folder p WHERE p.id = cz_conv.folder_id AND p.live))",
    )
    .bind(conv)
    .bind(params)
    .bind(ref_mask)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}
