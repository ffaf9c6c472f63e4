//! Where objects are: their project and stage, and whether that stage takes edits.

use sqlx::{FromRow, SqliteConnection};

use crate::corezoid::ids::Thing;

/// What a request names besides the objects it works on.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    pub(crate) company: Option<String>,
    pub(crate) project: Option<i64>,
    pub(crate) project_name: Option<String>,
    pub(crate) stage: Option<i64>,
    pub(crate) stage_name: Option<String>,
}

/// A project, a stage, or an object, found.
#[derive(Debug, PartialEq, Eq, FromRow)]
pub(crate) struct Found {
    /// `project` and `stage`: those the request names. Anything else: an object.
    pub(crate) what: String,
    /// 0: in none.
    pub(crate) project_id: i64,
    pub(crate) stage_id: i64,
    /// Its stage takes no edits.
    pub(crate) immutable: bool,
}

/// Looks at what a request names, in one statement; what is not there is left out. Objects in the trash count: they are
/// restored in the same place.
pub(crate) async fn look(
    conn: &mut SqliteConnection,
    asked: &Asked,
    things: &[Thing],
) -> Result<Vec<Found>, sqlx::Error> {
    let things: Vec<_> = things.iter().map(|thing| (thing.kind.word(), thing.id)).collect();
    let things = serde_json::to_string(&things).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
    sqlx::query_as(
        "WITH project (id) AS (
             SELECT f.id FROM cz_folder f WHERE ?1 IS NOT NULL AND f.id = ?1 AND f.kind = 'project'
             UNION ALL
             SELECT f.id FROM cz_folder f
             WHERE ?1 IS NULL AND f.kind = 'project' AND f.status <> 3 AND f.short_name = ?2
               AND coalesce(f.company_id, '') = coalesce(?3, ''))
         SELECT 'project' AS what, id AS project_id, 0 AS stage_id, 0 AS immutable FROM project
         UNION ALL
         SELECT 'stage', f.project_id, f.id, f.immutable FROM cz_folder f WHERE f.id = ?4 AND f.kind = 'stage'
         UNION ALL
         SELECT 'stage', f.project_id, f.id, f.immutable FROM project JOIN cz_folder f ON f.folder_id = project.id
         WHERE ?4 IS NULL AND f.kind = 'stage' AND f.status <> 3 AND f.short_name = ?5
         UNION ALL
         SELECT 'object', coalesce(f.project_id, 0), coalesce(f.stage_id, 0), coalesce(s.immutable, 0)
         FROM (SELECT CASE j.value ->> 0
                   WHEN 'conv' THEN (SELECT c.folder_id FROM cz_conv c WHERE c.id = j.value ->> 1)
                   WHEN 'dashboard' THEN (SELECT d.folder_id FROM cz_dashboard d WHERE d.id = j.value ->> 1)
                   WHEN 'instance' THEN (SELECT e.folder_id FROM cz_instance e WHERE e.id = j.value ->> 1)
                   WHEN 'alias' THEN (SELECT iif(a.stage_id = 0, a.project_id, a.stage_id)
                                      FROM cz_alias a WHERE a.id = j.value ->> 1)
                   WHEN 'env_var' THEN (SELECT iif(e.stage_id = 0, e.project_id, e.stage_id)
                                        FROM cz_env_var e WHERE e.id = j.value ->> 1)
                   WHEN 'version' THEN (SELECT v.project_id FROM cz_version v WHERE v.id = j.value ->> 1)
                   ELSE (SELECT f.id FROM cz_folder f WHERE f.id = j.value ->> 1) END AS place
               FROM json_each(?6) j) o
         LEFT JOIN cz_folder f ON f.id = o.place LEFT JOIN cz_folder s ON s.id = f.stage_id
         WHERE o.place IS NOT NULL",
    )
    .bind(asked.project)
    .bind(&asked.project_name)
    .bind(&asked.company)
    .bind(asked.stage)
    .bind(&asked.stage_name)
    .bind(things)
    .fetch_all(conn)
    .await
}

/// A project by its short name; one of the trash if `deleted` (of several the one that was made last).
pub(crate) async fn project_named(
    conn: &mut SqliteConnection,
    company: Option<&str>,
    name: &str,
    deleted: bool,
) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT f.id FROM cz_folder f
         WHERE f.kind = 'project' AND f.company_id IS ?1 AND f.short_name = ?2 AND (f.status = 3) = ?3
         ORDER BY f.id DESC LIMIT 1",
    )
    .bind(company)
    .bind(name)
    .bind(deleted)
    .fetch_optional(conn)
    .await
}

/// The same of a stage, in the project that a request names.
pub(crate) async fn stage_named(
    conn: &mut SqliteConnection,
    asked: &Asked,
    name: &str,
    deleted: bool,
) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT f.id FROM cz_folder f
         WHERE f.kind = 'stage' AND f.short_name = ?4 AND (f.status = 3) = ?5 AND f.folder_id = coalesce(?1,
             (SELECT p.id FROM cz_folder p WHERE p.kind = 'project' AND p.status <> 3 AND p.short_name = ?2
              AND p.company_id IS ?3))
         ORDER BY f.id DESC LIMIT 1",
    )
    .bind(asked.project)
    .bind(&asked.project_name)
    .bind(&asked.company)
    .bind(name)
    .bind(deleted)
    .fetch_optional(conn)
    .await
}

/// Whether there is a stage that takes no edits.
pub(crate) async fn any_immutable(conn: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM cz_folder f WHERE f.immutable = 1)")
        .fetch_one(conn)
        .await
}
