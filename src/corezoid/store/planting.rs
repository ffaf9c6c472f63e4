//! Imports: where objects go, and all their rows in one trip.

use std::collections::HashMap;

use serde::Serialize;
use sqlx::{FromRow, SqliteConnection};

use crate::corezoid::ids::Kind;
use crate::corezoid::model::planting::{Outside, Planting, Site};
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
    /// JSON `[[id, company | null, status]]`.
    outside: String,
}

/// A place, and whether its stage takes no edits.
pub(crate) struct Target {
    pub(crate) site: Site,
    pub(crate) immutable: bool,
}

/// Looks at the folder, project or stage `folder` (0: the root of `company`), and at the processes `named` by a file.
/// `None`: there is no such place.
pub(crate) async fn target(
    conn: &mut SqliteConnection,
    folder: i64,
    company: Option<&str>,
    named: &[i64],
    (owner, now): (i64, i64),
) -> Result<Option<Target>, sqlx::Error> {
    let row: Ground = sqlx::query_as(
        "SELECT CASE WHEN ?1 = 0 THEN ?2 ELSE f.company_id END AS company_id, f.kind,
                ?1 = 0 OR coalesce(f.live, 0) AS present,
                coalesce((SELECT s.immutable FROM cz_folder s WHERE s.id = f.stage_id), 0) AS immutable,
                coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'cz_folder'), 0) AS last_folder,
                coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'cz_conv'), 0) AS last_conv,
                coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'cz_dashboard'), 0) AS last_dashboard,
                (SELECT json_group_array(json_array(c.id, c.company_id, c.status))
                 FROM json_each(?3) named JOIN cz_conv c ON c.id = named.value) AS outside
         FROM (SELECT 1) LEFT JOIN cz_folder f ON f.id = ?1",
    )
    .bind(folder)
    .bind(company)
    .bind(text(&named)?)
    .fetch_one(conn)
    .await?;
    if !row.present {
        return Ok(None);
    }
    let outside: Vec<(i64, Option<String>, i64)> =
        serde_json::from_str(&row.outside).map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
    let known = |(id, company, status)| (id, Outside { company, status: Status::of_number(status) });
    let outside: HashMap<_, _> = outside.into_iter().map(known).collect();
    let site = Site {
        folder,
        kind: row.kind.as_deref().and_then(Kind::of),
        company: row.company_id,
        last_folder: row.last_folder,
        last_conv: row.last_conv,
        last_dashboard: row.last_dashboard,
        owner,
        now,
        outside,
        existing: HashMap::new(),
    };
    Ok(Some(Target { site, immutable: row.immutable }))
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
         FROM json_each(?1, '$.charts')",
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
         FROM json_each(?1, '$.charts')",
    )
    .bind(text(planting)?)
    .execute(conn)
    .await?;
    Ok(())
}
