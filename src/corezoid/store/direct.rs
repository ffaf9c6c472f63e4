//! The direct URL of a process or an alias: its hash, and who may post there.

use sqlx::{FromRow, SqliteConnection};

use crate::corezoid::ids::{ConvId, Kind, Thing};

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
        "SELECT c.id AS conv, c.owner_id AS owner, c.auth_user AS user, c.auth_pass AS pass FROM cz_reachable_conv c
         WHERE c.id = ?1 AND lower(c.hash) = lower(?2)",
    )
    .bind(conv)
    .bind(hash)
    .fetch_optional(conn)
    .await
}

/// An alias by where it is and what it is called, as its direct URL says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AliasPath {
    pub(crate) alias: String,
    /// Short names.
    pub(crate) project: String,
    pub(crate) stage: String,
    pub(crate) company: String,
}

/// The process that an alias names, by the alias's own hash; `None`: one of them is not reachable, or the hash is another.
pub(crate) async fn alias_door(
    conn: &mut SqliteConnection,
    path: &AliasPath,
    hash: &str,
) -> Result<Option<Door>, sqlx::Error> {
    sqlx::query_as(
        "SELECT c.id AS conv, c.owner_id AS owner, c.auth_user AS user, c.auth_pass AS pass
         FROM cz_folder p
         JOIN cz_folder s ON s.folder_id = p.id AND s.kind = 'stage' AND s.status <> 3 AND s.short_name = ?3 AND s.live
         JOIN cz_alias a ON a.stage_id = s.id AND a.project_id = p.id AND a.short_name = ?4 AND a.status <> 3
         JOIN cz_conv c ON c.id = a.obj_to_id AND c.status <> 3 LEFT JOIN cz_folder f ON f.id = c.folder_id
         WHERE p.kind = 'project' AND p.status <> 3 AND p.short_name = ?2 AND coalesce(p.company_id, '') = ?1
           AND lower(a.hash) = lower(?5) AND (c.folder_id = 0 OR f.live)",
    )
    .bind(&path.company)
    .bind(&path.project)
    .bind(&path.stage)
    .bind(&path.alias)
    .bind(hash)
    .fetch_optional(conn)
    .await
}

/// The hash of a reachable process or alias: `None` without the object, `Some(None)` if its URL is switched off.
pub(crate) async fn hash(
    conn: &mut SqliteConnection,
    thing: Thing,
) -> Result<Option<Option<String>>, sqlx::Error> {
    let sql = if thing.kind == Kind::Alias {
        "SELECT k.hash FROM cz_alias_card k WHERE k.id = ?1 AND k.status <> 3 AND k.placed"
    } else {
        "SELECT c.hash FROM cz_reachable_conv c WHERE c.id = ?1"
    };
    sqlx::query_scalar(sql).bind(thing.id).fetch_optional(conn).await
}

/// Gives a reachable process or alias this hash (`None`: none); with `keep` only if it has none. Gives the hash it has
/// now, or `None` without the object. One statement.
pub(crate) async fn set_hash(
    conn: &mut SqliteConnection,
    thing: Thing,
    hash: Option<&str>,
    keep: bool,
) -> Result<Option<Option<String>>, sqlx::Error> {
    let sql = if thing.kind == Kind::Alias {
        "UPDATE cz_alias SET hash = CASE WHEN ?3 THEN coalesce(hash, ?2) ELSE ?2 END WHERE id = ?1 AND status <> 3
           AND EXISTS (SELECT 1 FROM cz_alias_card k WHERE k.id = ?1 AND k.placed)
         RETURNING hash"
    } else {
        "UPDATE cz_conv SET hash = CASE WHEN ?3 THEN coalesce(hash, ?2) ELSE ?2 END WHERE id = ?1
           AND EXISTS (SELECT 1 FROM cz_reachable_conv r WHERE r.id = ?1)
         RETURNING hash"
    };
    sqlx::query_scalar(sql).bind(thing.id).bind(hash).bind(keep).fetch_optional(conn).await
}

/// Name and password of the direct URL of a reachable process; `None` without the process.
pub(crate) async fn auth(
    conn: &mut SqliteConnection,
    conv: ConvId,
) -> Result<Option<(Option<String>, Option<String>)>, sqlx::Error> {
    sqlx::query_as("SELECT c.auth_user, c.auth_pass FROM cz_reachable_conv c WHERE c.id = ?1")
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
        "UPDATE cz_conv SET auth_user = ?2, auth_pass = ?3 WHERE id = ?1
           AND EXISTS (SELECT 1 FROM cz_reachable_conv r WHERE r.id = ?1)",
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
    sqlx::query_as("SELECT c.params, c.ref_mask FROM cz_reachable_conv c WHERE c.id = ?1")
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
        "UPDATE cz_conv SET params = ?2, ref_mask = coalesce(?3, ref_mask), change_time = ?4 WHERE id = ?1
           AND EXISTS (SELECT 1 FROM cz_reachable_conv r WHERE r.id = ?1)",
    )
    .bind(conv)
    .bind(params)
    .bind(ref_mask)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}
