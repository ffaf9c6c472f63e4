//! Aliases: names for processes, of a stage, of a project or of a company (sheet corezoid/api 2.8).

use serde::Serialize;
use sqlx::{FromRow, SqliteConnection};

use super::project::Changed;
use crate::corezoid::ids::{AliasId, ConvId};
use crate::corezoid::rules::change::Nullable;

/// An alias as one user sees it.
#[derive(Debug, FromRow)]
pub(crate) struct Alias {
    pub(crate) id: AliasId,
    pub(crate) company_id: Option<String>,
    /// 0: in none.
    pub(crate) project_id: i64,
    pub(crate) stage_id: i64,
    pub(crate) title: String,
    pub(crate) short_name: String,
    pub(crate) description: Option<String>,
    /// The process it names; it may be in the trash.
    pub(crate) obj_to_id: Option<ConvId>,
    pub(crate) obj_to_title: Option<String>,
    pub(crate) uuid: String,
    pub(crate) owner_id: i64,
    pub(crate) owner_name: String,
    /// First API login of the owner.
    pub(crate) owner_login: String,
    /// Unix seconds.
    pub(crate) create_time: i64,
    pub(crate) change_time: i64,
    pub(crate) project_title: Option<String>,
    pub(crate) project_short_name: Option<String>,
    pub(crate) stage_title: Option<String>,
    pub(crate) stage_short_name: Option<String>,
    /// Starred by the user who asks.
    pub(crate) favorite: bool,
}

/// An alias to be made.
#[derive(Debug)]
pub(crate) struct NewAlias<'a> {
    /// Of an alias that belongs to a company; else it is that of its stage or project.
    pub(crate) company: Option<&'a str>,
    /// 0: none.
    pub(crate) project: i64,
    pub(crate) stage: i64,
    /// `None`: the short name.
    pub(crate) title: Option<&'a str>,
    pub(crate) short_name: &'a str,
    pub(crate) description: &'a Nullable,
    pub(crate) conv: Option<ConvId>,
    pub(crate) uuid: &'a str,
    pub(crate) owner: i64,
    /// Unix seconds.
    pub(crate) now: i64,
}

impl NewAlias<'_> {
    /// The stage or the project it belongs to; 0: neither.
    pub(crate) const fn place(&self) -> i64 {
        if self.stage == 0 { self.project } else { self.stage }
    }
}

/// Stores an alias, or with `update` changes the one that has its name. `None`: its stage or its process is not present
/// (see [`obstacle`]), or its short name is taken. One statement.
pub(crate) async fn insert(
    conn: &mut SqliteConnection,
    alias: &NewAlias<'_>,
    update: bool,
) -> Result<Option<AliasId>, sqlx::Error> {
    let sql = if update {
        "INSERT INTO cz_alias (company_id, project_id, stage_id, title, short_name, description, obj_to_id, uuid, owner_id,
                create_time, change_time)
         SELECT CASE WHEN ?2 = 0 THEN ?1 ELSE p.company_id END, ?3, ?4, coalesce(?5, ?6), ?6,
                CASE WHEN ?7 THEN ?8 ELSE '' END, ?9, ?10, ?11, ?12, ?12
         FROM (SELECT 1) LEFT JOIN cz_folder p ON p.id = ?2 AND p.live
         WHERE (?2 = 0 OR p.id IS NOT NULL) AND (?9 IS NULL OR EXISTS (
             SELECT 1 FROM cz_reachable_conv c WHERE c.id = ?9))
         ON CONFLICT (stage_id, project_id, short_name, coalesce(company_id, '')) WHERE status <> 3 DO UPDATE SET
             title = coalesce(?5, title), description = CASE WHEN ?7 THEN ?8 ELSE description END,
             obj_to_id = coalesce(?9, obj_to_id), change_time = ?12
         RETURNING id"
    } else {
        "INSERT INTO cz_alias (company_id, project_id, stage_id, title, short_name, description, obj_to_id, uuid, owner_id,
                create_time, change_time)
         SELECT CASE WHEN ?2 = 0 THEN ?1 ELSE p.company_id END, ?3, ?4, coalesce(?5, ?6), ?6,
                CASE WHEN ?7 THEN ?8 ELSE '' END, ?9, ?10, ?11, ?12, ?12
         FROM (SELECT 1) LEFT JOIN cz_folder p ON p.id = ?2 AND p.live
         WHERE (?2 = 0 OR p.id IS NOT NULL) AND (?9 IS NULL OR EXISTS (
             SELECT 1 FROM cz_reachable_conv c WHERE c.id = ?9))
         ON CONFLICT DO NOTHING RETURNING id"
    };
    sqlx::query_scalar(sql)
        .bind(alias.company)
        .bind(alias.place())
        .bind(alias.project)
        .bind(alias.stage)
        .bind(alias.title)
        .bind(alias.short_name)
        .bind(alias.description.is_sent())
        .bind(alias.description.text())
        .bind(alias.conv)
        .bind(alias.uuid)
        .bind(alias.owner)
        .bind(alias.now)
        .fetch_optional(conn)
        .await
}

/// Why an alias, or its link, was not stored.
#[derive(Debug, FromRow)]
pub(crate) struct Obstacle {
    /// The stage or project is present, or there is none to be.
    pub(crate) place: bool,
    /// The process is present, or there is none to be.
    pub(crate) conv: bool,
}

/// Looks at the place (0: none) and the process that an alias was to have.
pub(crate) async fn obstacle(
    conn: &mut SqliteConnection,
    place: i64,
    conv: Option<ConvId>,
) -> Result<Obstacle, sqlx::Error> {
    sqlx::query_as(
        "SELECT ?1 = 0 OR EXISTS (SELECT 1 FROM cz_folder p WHERE p.id = ?1 AND p.live) AS place,
                ?2 IS NULL OR EXISTS (SELECT 1 FROM cz_item i WHERE i.obj = 'conv' AND i.id = ?2 AND i.present) AS conv",
    )
    .bind(place)
    .bind(conv)
    .fetch_one(conn)
    .await
}

/// What a change of an alias sets; `None` leaves as is.
#[derive(Debug)]
pub(crate) struct Change<'a> {
    pub(crate) title: Option<&'a str>,
    pub(crate) short_name: &'a str,
    pub(crate) description: &'a Nullable,
}

/// Applies a change to a present alias. One statement, and a second one where it is refused.
pub(crate) async fn update(
    conn: &mut SqliteConnection,
    id: AliasId,
    change: &Change<'_>,
    now: i64,
) -> Result<Changed, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE OR IGNORE cz_alias SET title = coalesce(?2, title), short_name = ?3,
                description = CASE WHEN ?4 THEN ?5 ELSE description END, change_time = ?6
         WHERE id = ?1 AND status <> 3 AND EXISTS (SELECT 1 FROM cz_alias_card k WHERE k.id = ?1 AND k.placed)",
    )
    .bind(id)
    .bind(change.title)
    .bind(change.short_name)
    .bind(change.description.is_sent())
    .bind(change.description.text())
    .bind(now)
    .execute(&mut *conn)
    .await?;
    if done.rows_affected() > 0 {
        return Ok(Changed::Done);
    }
    Ok(if exists(conn, id).await? { Changed::Taken } else { Changed::Missing })
}

/// Whether an alias is present.
pub(crate) async fn exists(conn: &mut SqliteConnection, id: AliasId) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM cz_alias_card k WHERE k.id = ? AND k.status <> 3 AND k.placed)",
    )
    .bind(id)
    .fetch_one(conn)
    .await
}

/// Links a present alias to a present process, of its stage or project if it has one; `None`: links it to nothing. False: one
/// of them is not present, or the process lies elsewhere. One statement.
pub(crate) async fn link(
    conn: &mut SqliteConnection,
    id: AliasId,
    conv: Option<ConvId>,
    now: i64,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE cz_alias SET obj_to_id = ?2, change_time = ?3
         WHERE id = ?1 AND status <> 3 AND EXISTS (SELECT 1 FROM cz_alias_card k WHERE k.id = ?1 AND k.placed)
           AND (?2 IS NULL OR EXISTS (
               SELECT 1 FROM cz_conv c LEFT JOIN cz_folder f ON f.id = c.folder_id
               WHERE c.id = ?2 AND c.status <> 3 AND (c.folder_id = 0 OR f.live)
                 AND cz_alias.stage_id IN (0, f.stage_id) AND cz_alias.project_id IN (0, f.project_id)))",
    )
    .bind(id)
    .bind(conv)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// A present alias.
pub(crate) async fn find(
    conn: &mut SqliteConnection,
    id: AliasId,
    user: i64,
) -> Result<Option<Alias>, sqlx::Error> {
    sqlx::query_as(
        "SELECT k.*, EXISTS (SELECT 1 FROM cz_favorite v WHERE v.obj = 'alias' AND v.obj_id = k.id AND v.user_id = ?2)
                    AS favorite
         FROM cz_alias_card k WHERE k.id = ?1 AND k.status <> 3 AND k.placed",
    )
    .bind(id)
    .bind(user)
    .fetch_optional(conn)
    .await
}

/// Which aliases are looked for.
#[derive(Debug, Default)]
pub(crate) struct Query {
    pub(crate) company: Option<String>,
    /// 0: wherever in the company.
    pub(crate) project: i64,
    /// 0: wherever in the project.
    pub(crate) stage: i64,
    /// Those that name this process.
    pub(crate) conv: Option<ConvId>,
    pub(crate) owner: Option<i64>,
    /// What short names begin with.
    pub(crate) prefix: Option<String>,
    /// Those of projects, or those of none.
    pub(crate) in_project: Option<bool>,
    /// Those in the trash.
    pub(crate) deleted: bool,
}

/// Finds aliases, in the order they were made.
pub(crate) async fn list(
    conn: &mut SqliteConnection,
    query: &Query,
    user: i64,
) -> Result<Vec<Alias>, sqlx::Error> {
    sqlx::query_as(
        "WITH mine (id) AS (
             SELECT a.id FROM cz_alias a WHERE ?3 <> 0 AND a.stage_id = ?3
             UNION ALL
             SELECT a.id FROM cz_alias a WHERE ?3 = 0 AND ?2 <> 0 AND a.project_id = ?2 AND a.project_id <> 0
             UNION ALL
             SELECT a.id FROM cz_alias a WHERE ?3 = 0 AND ?2 = 0 AND a.company_id IS ?1)
         SELECT k.*, EXISTS (SELECT 1 FROM cz_favorite v WHERE v.obj = 'alias' AND v.obj_id = k.id AND v.user_id = ?9)
                    AS favorite
         FROM mine JOIN cz_alias_card k ON k.id = mine.id
         WHERE k.placed AND (k.status = 3) = ?4 AND (?5 IS NULL OR k.obj_to_id = ?5) AND (?6 IS NULL OR k.owner_id = ?6)
           AND (?7 IS NULL OR substr(k.short_name, 1, length(?7)) = ?7)
           AND (?8 IS NULL OR (k.project_id <> 0) = ?8)
         ORDER BY k.id",
    )
    .bind(&query.company)
    .bind(query.project)
    .bind(query.stage)
    .bind(query.deleted)
    .bind(query.conv)
    .bind(query.owner)
    .bind(&query.prefix)
    .bind(query.in_project)
    .bind(user)
    .fetch_all(conn)
    .await
}

/// The process that a name means, seen from a process: the alias of its stage (of its project, of its company where it
/// lies in none) that has this short name, with or without `@`. `None`: there is no such alias, or it names no present
/// process.
pub(crate) async fn target(
    conn: &mut SqliteConnection,
    name: &str,
    from: ConvId,
) -> Result<Option<ConvId>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT t.id FROM cz_conv c LEFT JOIN cz_folder f ON f.id = c.folder_id
         JOIN cz_alias a ON a.stage_id = coalesce(f.stage_id, 0) AND a.project_id = coalesce(f.project_id, 0)
             AND a.short_name = ?2 AND coalesce(a.company_id, '') = coalesce(c.company_id, '') AND a.status <> 3
         JOIN cz_conv t ON t.id = a.obj_to_id AND t.status <> 3 LEFT JOIN cz_folder g ON g.id = t.folder_id
         WHERE c.id = ?1 AND (t.folder_id = 0 OR g.live)",
    )
    .bind(from)
    .bind(name.strip_prefix('@').unwrap_or(name))
    .fetch_optional(conn)
    .await
}

/// The process that the alias of a stage, project (0: none) or company names; `None`: there is no such alias, or it names
/// nothing. Whether the process is present is not looked at.
pub(crate) async fn named(
    conn: &mut SqliteConnection,
    (project, stage, company): (i64, i64, Option<&str>),
    name: &str,
) -> Result<Option<ConvId>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT a.obj_to_id FROM cz_alias a
         WHERE a.stage_id = ?1 AND a.project_id = ?2 AND a.short_name = ?3 AND a.status <> 3 AND a.obj_to_id IS NOT NULL
           AND (a.project_id <> 0 OR coalesce(a.company_id, '') = coalesce(?4, ''))",
    )
    .bind(stage)
    .bind(project)
    .bind(name)
    .bind(company)
    .fetch_optional(conn)
    .await
}

/// An alias as state documents carry it.
#[derive(Debug, Serialize, FromRow)]
pub(crate) struct AliasRow {
    pub(crate) id: i64,
    pub(crate) company_id: Option<String>,
    pub(crate) project_id: i64,
    pub(crate) stage_id: i64,
    pub(crate) title: String,
    pub(crate) short_name: String,
    pub(crate) description: Option<String>,
    pub(crate) status: i64,
    pub(crate) obj_to_id: Option<i64>,
    pub(crate) uuid: String,
    pub(crate) owner_id: i64,
    pub(crate) create_time: i64,
    pub(crate) change_time: i64,
    /// `None`: its direct URL is switched off.
    pub(crate) hash: Option<String>,
}

/// Every alias, by id.
pub(crate) async fn all(conn: &mut SqliteConnection) -> Result<Vec<AliasRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT id, company_id, project_id, stage_id, title, short_name, description, status, obj_to_id, uuid, owner_id,
                create_time, change_time, hash
         FROM cz_alias ORDER BY id",
    )
    .fetch_all(conn)
    .await
}

/// Adds aliases, a JSON list of [`AliasRow`].
pub(crate) async fn insert_all(conn: &mut SqliteConnection, rows: &str) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO cz_alias (id, company_id, project_id, stage_id, title, short_name, description, status, obj_to_id,
                uuid, owner_id, create_time, change_time, hash)
         SELECT value->>'id', value->>'company_id', value->>'project_id', value->>'stage_id', value->>'title',
                value->>'short_name', value->>'description', value->>'status', value->>'obj_to_id', value->>'uuid',
                value->>'owner_id', value->>'create_time', value->>'change_time', value->>'hash'
         FROM json_each(?)",
    )
    .bind(rows)
    .execute(conn)
    .await?;
    Ok(())
}
