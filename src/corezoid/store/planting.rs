//! Imports: where objects go, and all their rows in one trip.

use std::collections::HashMap;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::{FromRow, SqliteConnection};

use crate::corezoid::ids::Kind;
use crate::corezoid::model::planting::Planting;
use crate::corezoid::model::site::{Named, Outside, Site};
use crate::corezoid::rules::status::Status;

/// The place that an import goes to.
#[derive(Debug, FromRow)]
struct Ground {
    company_id: Option<String>,
    /// NULL: the root.
    kind: Option<String>,
    present: bool,
    immutable: bool,
    last_folder: i64,
    last_conv: i64,
    last_dashboard: i64,
    last_instance: i64,
    last_alias: i64,
    last_env_var: i64,
    /// 0: none.
    project_id: i64,
    stage_id: i64,
    /// JSON `[[id, company | null, status]]`.
    outside: String,
    /// JSON object from short name to id.
    aliases: String,
    env_vars: String,
}

/// A place, and whether its stage takes no edits.
pub(crate) struct Target {
    pub(crate) site: Site,
    pub(crate) immutable: bool,
}

/// Looks at the folder, project or stage `folder` (0: the root of `company`), and at what is `named` by a file.
/// `None`: there is no such place.
pub(crate) async fn target(
    conn: &mut SqliteConnection,
    folder: i64,
    company: Option<&str>,
    named: &Named,
    (owner, now): (i64, i64),
) -> Result<Option<Target>, sqlx::Error> {
    let row: Ground = sqlx::query_as(
        "SELECT CASE WHEN ?1 = 0 THEN ?2 ELSE f.company_id END AS company_id, f.kind,
                ?1 = 0 OR coalesce(f.live, 0) AS present,
                coalesce((SELECT s.immutable FROM cz_folder s WHERE s.id = f.stage_id), 0) AS immutable,
                coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'cz_folder'), 0) AS last_folder,
                coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'cz_conv'), 0) AS last_conv,
                coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'cz_dashboard'), 0) AS last_dashboard,
                coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'cz_instance'), 0) AS last_instance,
                coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'cz_alias'), 0) AS last_alias,
                coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'cz_env_var'), 0) AS last_env_var,
                coalesce(f.project_id, 0) AS project_id, coalesce(f.stage_id, 0) AS stage_id,
                (SELECT json_group_array(json_array(c.id, c.company_id, c.status))
                 FROM json_each(?3) named JOIN cz_conv c ON c.id = named.value) AS outside,
                (SELECT json_group_object(a.short_name, a.id) FROM json_each(?4) named
                 JOIN cz_alias a ON a.stage_id = coalesce(f.stage_id, 0) AND a.project_id = coalesce(f.project_id, 0)
                     AND a.short_name = named.value AND a.status <> 3
                     AND coalesce(a.company_id, '') = coalesce(CASE WHEN ?1 = 0 THEN ?2 ELSE f.company_id END, '')) AS aliases,
                (SELECT json_group_object(e.short_name, e.id) FROM json_each(?5) named
                 JOIN cz_env_var e ON e.stage_id = f.stage_id AND e.project_id = f.project_id
                     AND e.short_name = named.value) AS env_vars
         FROM (SELECT 1) LEFT JOIN cz_folder f ON f.id = ?1",
    )
    .bind(folder)
    .bind(company)
    .bind(text(&named.convs)?)
    .bind(text(&named.aliases)?)
    .bind(text(&named.env_vars)?)
    .fetch_one(conn)
    .await?;
    if !row.present {
        return Ok(None);
    }
    let outside: Vec<(i64, Option<String>, i64)> = read(&row.outside)?;
    let known = |(id, company, status)| (id, Outside { company, status: Status::of_number(status) });
    let outside: HashMap<_, _> = outside.into_iter().map(known).collect();
    let site = Site {
        folder,
        kind: row.kind.as_deref().and_then(Kind::of),
        company: row.company_id,
        last_folder: row.last_folder,
        last_conv: row.last_conv,
        last_dashboard: row.last_dashboard,
        last_instance: row.last_instance,
        last_alias: row.last_alias,
        last_env_var: row.last_env_var,
        project: row.project_id,
        stage: row.stage_id,
        owner,
        now,
        outside,
        existing: HashMap::new(),
        aliases: read(&row.aliases)?,
        env_vars: read(&row.env_vars)?,
    };
    Ok(Some(Target { site, immutable: row.immutable }))
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, sqlx::Error> {
    serde_json::from_str(text).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

fn text<T: Serialize>(rows: &T) -> Result<String, sqlx::Error> {
    serde_json::to_string(rows).map_err(|error| sqlx::Error::Encode(Box::new(error)))
}

/// Writes an import: each folder before what is in it. One trip, and one argument: of several statements sqlx binds only
/// those arguments that every statement before has as well.
pub(crate) async fn insert(conn: &mut SqliteConnection, planting: &Planting) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO cz_folder (id, folder_id, company_id, kind, title, description, short_name, immutable, uuid, more,
                owner_id, create_time, change_time)
         SELECT value->>'id', value->>'folder_id', value->>'company_id', value->>'kind', value->>'title',
                value->>'description', value->>'short_name', value->>'immutable', value->>'uuid', value->>'more',
                value->>'owner_id', value->>'create_time', value->>'create_time'
         FROM json_each(?1, '$.folders');
         INSERT INTO cz_conv (id, folder_id, company_id, title, description, status, conv_type, params, ref_mask, hash, uuid,
                more, owner_id, create_time, change_time, last_confirmed_version)
         SELECT value->>'id', value->>'folder_id', value->>'company_id', value->>'title', value->>'description',
                value->>'status', value->>'conv_type', value->>'params', value->>'ref_mask', value->>'hash', value->>'uuid',
                value->>'more', value->>'owner_id', value->>'create_time', value->>'create_time', value->>'confirmed'
         FROM json_each(?1, '$.convs');
         INSERT INTO cz_node (id, conv_id, position, live, draft, draft_version, draft_user_id, draft_time)
         SELECT value->>'id', value->>'conv_id', value->>'position', value->>'live', value->>'draft', value->>'version',
                value->>'user', value->>'version'
         FROM json_each(?1, '$.nodes');
         INSERT INTO cz_dashboard (id, folder_id, company_id, title, description, time_range, grid, uuid, more, owner_id,
                create_time, change_time)
         SELECT value->>'id', value->>'folder_id', value->>'company_id', value->>'title', value->>'description',
                value->>'time_range', value->>'grid', value->>'uuid', value->>'more', value->>'owner_id',
                value->>'create_time', value->>'create_time'
         FROM json_each(?1, '$.dashboards');
         INSERT OR IGNORE INTO cz_chart (id, dashboard_id, name, description, obj_type, series, more)
         SELECT value->>'id', value->>'dashboard_id', value->>'name', value->>'description', value->>'obj_type',
                value->>'series', value->>'more'
         FROM json_each(?1, '$.charts');
         INSERT INTO cz_instance (id, folder_id, company_id, title, description, instance_type, data, owner_id, create_time,
                change_time)
         SELECT value->>'id', value->>'folder_id', value->>'company_id', value->>'title', value->>'description',
                value->>'instance_type', value->>'data', value->>'owner_id', value->>'create_time', value->>'create_time'
         FROM json_each(?1, '$.instances');
         INSERT INTO cz_alias (id, company_id, project_id, stage_id, title, short_name, description, obj_to_id, uuid, owner_id,
                create_time, change_time)
         SELECT value->>'id', value->>'company_id', value->>'project_id', value->>'stage_id', value->>'title',
                value->>'short_name', value->>'description', value->>'obj_to_id', value->>'uuid', value->>'owner_id',
                value->>'create_time', value->>'create_time'
         FROM json_each(?1, '$.aliases') WHERE true
         ON CONFLICT (id) DO UPDATE SET title = excluded.title, description = excluded.description,
                obj_to_id = excluded.obj_to_id, change_time = excluded.change_time;
         INSERT INTO cz_env_var (id, company_id, project_id, stage_id, env_var_type, data_type, title, short_name,
                description, value, scopes, uuid, owner_id, create_time, change_time)
         SELECT value->>'id', value->>'company_id', value->>'project_id', value->>'stage_id', value->>'env_var_type',
                value->>'data_type', value->>'title', value->>'short_name', value->>'description', value->>'value',
                value->>'scopes', value->>'uuid', value->>'owner_id', value->>'create_time', value->>'create_time'
         FROM json_each(?1, '$.env_vars')",
    )
    .bind(text(planting)?)
    .execute(conn)
    .await?;
    Ok(())
}

/// The same over what is there: objects and nodes whose ids are taken are overwritten, and nodes that a process of the
/// import has no more are gone. One trip, one argument.
pub(crate) async fn overwrite(conn: &mut SqliteConnection, planting: &Planting) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO cz_folder (id, folder_id, company_id, kind, title, description, short_name, immutable, uuid, more,
                owner_id, create_time, change_time)
         SELECT value->>'id', value->>'folder_id', value->>'company_id', value->>'kind', value->>'title',
                value->>'description', value->>'short_name', value->>'immutable', value->>'uuid', value->>'more',
                value->>'owner_id', value->>'create_time', value->>'create_time'
         FROM json_each(?1, '$.folders') WHERE true
         ON CONFLICT (id) DO UPDATE SET folder_id = excluded.folder_id, title = excluded.title,
                description = excluded.description, uuid = excluded.uuid, more = excluded.more,
                change_time = excluded.change_time;
         INSERT INTO cz_conv (id, folder_id, company_id, title, description, status, conv_type, params, ref_mask, hash, uuid,
                more, owner_id, create_time, change_time, last_confirmed_version)
         SELECT value->>'id', value->>'folder_id', value->>'company_id', value->>'title', value->>'description',
                value->>'status', value->>'conv_type', value->>'params', value->>'ref_mask', value->>'hash', value->>'uuid',
                value->>'more', value->>'owner_id', value->>'create_time', value->>'create_time', value->>'confirmed'
         FROM json_each(?1, '$.convs') WHERE true
         ON CONFLICT (id) DO UPDATE SET folder_id = excluded.folder_id, title = excluded.title,
                description = excluded.description, status = excluded.status, conv_type = excluded.conv_type,
                params = excluded.params, ref_mask = excluded.ref_mask, uuid = excluded.uuid, more = excluded.more,
                change_time = excluded.change_time, last_confirmed_version = excluded.last_confirmed_version;
         DELETE FROM cz_node
         WHERE conv_id IN (SELECT value->>'id' FROM json_each(?1, '$.convs'))
           AND id NOT IN (SELECT value->>'id' FROM json_each(?1, '$.nodes'));
         INSERT INTO cz_node (id, conv_id, position, live)
         SELECT value->>'id', value->>'conv_id', value->>'position', value->>'live'
         FROM json_each(?1, '$.nodes') WHERE true
         ON CONFLICT (id) DO UPDATE SET position = excluded.position, live = excluded.live, draft = NULL, draft_deleted = 0,
                draft_version = NULL, draft_user_id = NULL, draft_time = NULL;
         INSERT INTO cz_dashboard (id, folder_id, company_id, title, description, time_range, grid, uuid, more, owner_id,
                create_time, change_time)
         SELECT value->>'id', value->>'folder_id', value->>'company_id', value->>'title', value->>'description',
                value->>'time_range', value->>'grid', value->>'uuid', value->>'more', value->>'owner_id',
                value->>'create_time', value->>'create_time'
         FROM json_each(?1, '$.dashboards') WHERE true
         ON CONFLICT (id) DO UPDATE SET folder_id = excluded.folder_id, title = excluded.title,
                description = excluded.description, time_range = excluded.time_range, grid = excluded.grid,
                uuid = excluded.uuid, more = excluded.more, change_time = excluded.change_time;
         DELETE FROM cz_chart WHERE dashboard_id IN (SELECT value->>'id' FROM json_each(?1, '$.dashboards'));
         INSERT INTO cz_chart (id, dashboard_id, name, description, obj_type, series, more)
         SELECT value->>'id', value->>'dashboard_id', value->>'name', value->>'description', value->>'obj_type',
                value->>'series', value->>'more'
         FROM json_each(?1, '$.charts');
         INSERT INTO cz_instance (id, folder_id, company_id, title, description, instance_type, data, owner_id, create_time,
                change_time)
         SELECT value->>'id', value->>'folder_id', value->>'company_id', value->>'title', value->>'description',
                value->>'instance_type', value->>'data', value->>'owner_id', value->>'create_time', value->>'create_time'
         FROM json_each(?1, '$.instances');
         INSERT INTO cz_alias (id, company_id, project_id, stage_id, title, short_name, description, obj_to_id, uuid, owner_id,
                create_time, change_time)
         SELECT value->>'id', value->>'company_id', value->>'project_id', value->>'stage_id', value->>'title',
                value->>'short_name', value->>'description', value->>'obj_to_id', value->>'uuid', value->>'owner_id',
                value->>'create_time', value->>'create_time'
         FROM json_each(?1, '$.aliases') WHERE true
         ON CONFLICT (id) DO UPDATE SET title = excluded.title, description = excluded.description,
                obj_to_id = excluded.obj_to_id, change_time = excluded.change_time;
         INSERT INTO cz_env_var (id, company_id, project_id, stage_id, env_var_type, data_type, title, short_name,
                description, value, scopes, uuid, owner_id, create_time, change_time)
         SELECT value->>'id', value->>'company_id', value->>'project_id', value->>'stage_id', value->>'env_var_type',
                value->>'data_type', value->>'title', value->>'short_name', value->>'description', value->>'value',
                value->>'scopes', value->>'uuid', value->>'owner_id', value->>'create_time', value->>'create_time'
         FROM json_each(?1, '$.env_vars')",
    )
    .bind(text(planting)?)
    .execute(conn)
    .await?;
    Ok(())
}
