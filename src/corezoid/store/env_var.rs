//! Environment variables of stages (sheet corezoid/api 2.8).

use serde::Serialize;
use sqlx::{FromRow, SqliteConnection};

use super::project::Changed;
use crate::corezoid::ids::{ConvId, EnvVarId, FolderId};
use crate::corezoid::rules::change::Nullable;

/// A variable as it is listed.
#[derive(Debug, FromRow)]
pub(crate) struct Variable {
    pub(crate) id: EnvVarId,
    pub(crate) company_id: Option<String>,
    pub(crate) project_id: i64,
    pub(crate) stage_id: i64,
    /// `visible`, `secret`.
    pub(crate) env_var_type: String,
    /// `raw`, `json`.
    pub(crate) data_type: String,
    pub(crate) title: String,
    pub(crate) short_name: String,
    pub(crate) description: Option<String>,
    pub(crate) value: String,
    /// JSON list.
    pub(crate) scopes: String,
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
}

/// A variable to be made.
#[derive(Debug)]
pub(crate) struct NewEnvVar<'a> {
    pub(crate) stage: FolderId,
    pub(crate) env_var_type: &'a str,
    pub(crate) data_type: &'a str,
    pub(crate) title: &'a str,
    pub(crate) short_name: &'a str,
    pub(crate) description: Option<&'a str>,
    pub(crate) value: &'a str,
    /// JSON list.
    pub(crate) scopes: &'a str,
    pub(crate) uuid: &'a str,
    pub(crate) owner: i64,
    /// Unix seconds.
    pub(crate) now: i64,
}

/// Stores a variable; `None`: its stage is not present, or its short name is taken there.
pub(crate) async fn insert(
    conn: &mut SqliteConnection,
    variable: &NewEnvVar<'_>,
) -> Result<Option<EnvVarId>, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO cz_env_var (company_id, project_id, stage_id, env_var_type, data_type, title, short_name, description,
                value, scopes, uuid, owner_id, create_time, change_time)
         SELECT s.company_id, s.project_id, s.id, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?11
         FROM cz_folder s WHERE s.id = ?1 AND s.kind = 'stage' AND s.live ON CONFLICT DO NOTHING RETURNING id",
    )
    .bind(variable.stage)
    .bind(variable.env_var_type)
    .bind(variable.data_type)
    .bind(variable.title)
    .bind(variable.short_name)
    .bind(variable.description)
    .bind(variable.value)
    .bind(variable.scopes)
    .bind(variable.uuid)
    .bind(variable.owner)
    .bind(variable.now)
    .fetch_optional(conn)
    .await
}

/// What a change of a variable sets; `None` leaves as is. Its type never changes.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) title: Option<String>,
    pub(crate) short_name: String,
    pub(crate) description: Nullable,
    pub(crate) data_type: Option<String>,
    pub(crate) value: Option<String>,
    /// JSON list.
    pub(crate) scopes: Option<String>,
}

/// The value and the data type of a present variable.
pub(crate) async fn content(
    conn: &mut SqliteConnection,
    id: EnvVarId,
) -> Result<Option<(String, String)>, sqlx::Error> {
    sqlx::query_as("SELECT k.value, k.data_type FROM cz_env_var_card k WHERE k.id = ? AND k.placed")
        .bind(id)
        .fetch_optional(conn)
        .await
}

/// Applies a change to a variable that was found to be present. One statement.
pub(crate) async fn update(
    conn: &mut SqliteConnection,
    id: EnvVarId,
    change: &Change,
    now: i64,
) -> Result<Changed, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE OR IGNORE cz_env_var SET title = coalesce(?2, title), short_name = ?3,
                description = CASE WHEN ?4 THEN ?5 ELSE description END, data_type = coalesce(?6, data_type),
                value = coalesce(?7, value), scopes = coalesce(?8, scopes), change_time = ?9
         WHERE id = ?1",
    )
    .bind(id)
    .bind(&change.title)
    .bind(&change.short_name)
    .bind(change.description.is_sent())
    .bind(change.description.text())
    .bind(&change.data_type)
    .bind(&change.value)
    .bind(&change.scopes)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(if done.rows_affected() > 0 { Changed::Done } else { Changed::Taken })
}

/// The variables of a stage, in the order they were made.
pub(crate) async fn list(conn: &mut SqliteConnection, stage: FolderId) -> Result<Vec<Variable>, sqlx::Error> {
    sqlx::query_as("SELECT k.* FROM cz_env_var_card k WHERE k.stage_id = ? AND k.placed ORDER BY k.id")
        .bind(stage)
        .fetch_all(conn)
        .await
}

/// What a process reads.
#[derive(Debug, PartialEq, Eq, FromRow)]
pub(crate) struct Reading {
    pub(crate) value: String,
    /// The value is JSON, and may be read by path.
    pub(crate) is_json: bool,
    /// Only an API Call may read it.
    pub(crate) is_secret: bool,
    /// JSON list of `{type, fields}`: the nodes, and the fields of them, that may read it.
    pub(crate) scopes: String,
}

/// The variable that `@name` or an id means, seen from a process: one of its own stage. `None`: there is no such one.
pub(crate) async fn value(
    conn: &mut SqliteConnection,
    name: &str,
    from: ConvId,
) -> Result<Option<Reading>, sqlx::Error> {
    // Short names may be made of digits: only `@` tells them from ids.
    let (short_name, id) = match name.strip_prefix('@') {
        Some(short_name) => (Some(short_name), None),
        None => (None, name.parse::<i64>().ok()),
    };
    sqlx::query_as(
        "SELECT e.value, e.data_type = 'json' AS is_json, e.env_var_type = 'secret' AS is_secret, e.scopes
         FROM cz_conv c JOIN cz_folder f ON f.id = c.folder_id
         JOIN cz_env_var e ON e.stage_id = f.stage_id AND e.project_id = f.project_id
         WHERE c.id = ?1 AND f.stage_id <> 0 AND (e.short_name = ?2 OR e.id = ?3)",
    )
    .bind(from)
    .bind(short_name)
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// A variable as state documents carry it.
#[derive(Debug, Serialize, FromRow)]
pub(crate) struct EnvVarRow {
    pub(crate) id: i64,
    pub(crate) company_id: Option<String>,
    pub(crate) project_id: i64,
    pub(crate) stage_id: i64,
    pub(crate) env_var_type: String,
    pub(crate) data_type: String,
    pub(crate) title: String,
    pub(crate) short_name: String,
    pub(crate) description: Option<String>,
    pub(crate) value: String,
    /// JSON.
    pub(crate) scopes: String,
    pub(crate) uuid: String,
    pub(crate) owner_id: i64,
    pub(crate) create_time: i64,
    pub(crate) change_time: i64,
}

/// Every variable, by id.
pub(crate) async fn all(conn: &mut SqliteConnection) -> Result<Vec<EnvVarRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT id, company_id, project_id, stage_id, env_var_type, data_type, title, short_name, description, value,
                scopes, uuid, owner_id, create_time, change_time
         FROM cz_env_var ORDER BY id",
    )
    .fetch_all(conn)
    .await
}

/// Adds variables, a JSON list of [`EnvVarRow`].
pub(crate) async fn insert_all(conn: &mut SqliteConnection, rows: &str) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO cz_env_var (id, company_id, project_id, stage_id, env_var_type, data_type, title, short_name,
                description, value, scopes, uuid, owner_id, create_time, change_time)
         SELECT value->>'id', value->>'company_id', value->>'project_id', value->>'stage_id', value->>'env_var_type',
                value->>'data_type', value->>'title', value->>'short_name', value->>'description', value->>'value',
                value->>'scopes', value->>'uuid', value->>'owner_id', value->>'create_time', value->>'change_time'
         FROM json_each(?)",
    )
    .bind(rows)
    .execute(conn)
    .await?;
    Ok(())
}
