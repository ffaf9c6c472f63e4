//! Projects and stages: folders with a short name (sheet corezoid/api 2.8).

use sqlx::{FromRow, SqliteConnection};

use super::item::Item;
use crate::corezoid::ids::FolderId;
use crate::corezoid::rules::change::Nullable;

/// A project or stage to be made. A stage has the company of its project, whatever is asked for.
#[derive(Debug)]
pub(crate) struct NewProject<'a> {
    pub(crate) company: Option<&'a str>,
    pub(crate) title: &'a str,
    pub(crate) short_name: &'a str,
    pub(crate) description: Option<&'a str>,
    pub(crate) owner: i64,
    /// Unix seconds.
    pub(crate) now: i64,
}

/// Stores a project; `None`: its short name is taken.
pub(crate) async fn insert(
    conn: &mut SqliteConnection,
    project: &NewProject<'_>,
) -> Result<Option<FolderId>, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO cz_folder (kind, company_id, title, short_name, description, owner_id, create_time, change_time)
         VALUES ('project', ?1, ?2, ?3, ?4, ?5, ?6, ?6) ON CONFLICT DO NOTHING RETURNING id",
    )
    .bind(project.company)
    .bind(project.title)
    .bind(project.short_name)
    .bind(project.description)
    .bind(project.owner)
    .bind(project.now)
    .fetch_optional(conn)
    .await
}

/// Stores a stage; `None`: its project is not present, or its short name is taken there.
pub(crate) async fn insert_stage(
    conn: &mut SqliteConnection,
    project: FolderId,
    stage: &NewProject<'_>,
    immutable: bool,
) -> Result<Option<FolderId>, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO cz_folder (kind, folder_id, company_id, title, short_name, description, owner_id, create_time,
                change_time, immutable)
         SELECT 'stage', p.id, p.company_id, ?2, ?3, ?4, ?5, ?6, ?6, ?7
         FROM cz_folder p WHERE p.id = ?1 AND p.kind = 'project' AND p.live ON CONFLICT DO NOTHING RETURNING id",
    )
    .bind(project)
    .bind(stage.title)
    .bind(stage.short_name)
    .bind(stage.description)
    .bind(stage.owner)
    .bind(stage.now)
    .bind(immutable)
    .fetch_optional(conn)
    .await
}

/// Stores the stages that a project is made with, a JSON array of `[name, immutable]`: the name is title and short name.
/// Fewer ids than stages: a name came twice.
pub(crate) async fn insert_stages(
    conn: &mut SqliteConnection,
    project: FolderId,
    stages: &str,
    (owner, now): (i64, i64),
) -> Result<Vec<i64>, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO cz_folder (kind, folder_id, company_id, title, short_name, description, owner_id, create_time,
                change_time, immutable)
         SELECT 'stage', p.id, p.company_id, s.value ->> 0, s.value ->> 0, '', ?3, ?4, ?4, s.value ->> 1
         FROM json_each(?2) s JOIN cz_folder p ON p.id = ?1 WHERE true ORDER BY s.key
         ON CONFLICT DO NOTHING RETURNING id",
    )
    .bind(project)
    .bind(stages)
    .bind(owner)
    .bind(now)
    .fetch_all(conn)
    .await
}

/// Whether a project (or stage) is present.
pub(crate) async fn exists(
    conn: &mut SqliteConnection,
    (kind, id): (&str, FolderId),
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM cz_folder f WHERE f.id = ?1 AND f.kind = ?2 AND f.live)")
        .bind(id)
        .bind(kind)
        .fetch_one(conn)
        .await
}

/// What a change of a project or stage sets; `None` leaves as is.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) title: Option<String>,
    pub(crate) short_name: Name,
    pub(crate) description: Nullable,
    /// Stages only.
    pub(crate) immutable: Option<bool>,
}

/// What a change makes of a short name.
#[derive(Debug)]
pub(crate) enum Name {
    Kept,
    Lost,
    New(String),
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Changed {
    Done,
    /// There is no such object.
    Missing,
    /// Another has the short name.
    Taken,
}

/// Applies a change to a present project (or stage). One statement, and a second one where it is refused.
pub(crate) async fn update(
    conn: &mut SqliteConnection,
    (kind, id): (&str, FolderId),
    change: &Change,
    now: i64,
) -> Result<Changed, sqlx::Error> {
    let (named, name) = match &change.short_name {
        Name::Kept => (false, None),
        Name::Lost => (true, None),
        Name::New(name) => (true, Some(name)),
    };
    let done = sqlx::query(
        "UPDATE OR IGNORE cz_folder SET title = coalesce(?3, title), short_name = CASE WHEN ?4 THEN ?5 ELSE short_name END,
                description = CASE WHEN ?6 THEN ?7 ELSE description END, immutable = coalesce(?8, immutable), change_time = ?9
         WHERE id = ?1 AND kind = ?2 AND live",
    )
    .bind(id)
    .bind(kind)
    .bind(&change.title)
    .bind(named)
    .bind(name)
    .bind(change.description.is_sent())
    .bind(change.description.text())
    .bind(change.immutable)
    .bind(now)
    .execute(&mut *conn)
    .await?;
    if done.rows_affected() > 0 {
        return Ok(Changed::Done);
    }
    Ok(if exists(conn, (kind, id)).await? { Changed::Taken } else { Changed::Missing })
}

/// The projects of a company, in the order they were made.
pub(crate) async fn list(
    conn: &mut SqliteConnection,
    company: Option<&str>,
    user: i64,
) -> Result<Vec<Item>, sqlx::Error> {
    sqlx::query_as(
        "SELECT i.*, EXISTS (SELECT 1 FROM cz_share s WHERE s.obj = i.obj AND s.obj_id = i.id) AS is_shared,
                EXISTS (SELECT 1 FROM cz_favorite v WHERE v.obj = i.obj AND v.obj_id = i.id AND v.user_id = ?2) AS favorite
         FROM cz_item i WHERE i.obj = 'project' AND i.id IN (
             SELECT f.id FROM cz_folder f WHERE f.company_id IS ?1 AND f.kind = 'project' AND f.status <> 3) ORDER BY i.id",
    )
    .bind(company)
    .bind(user)
    .fetch_all(conn)
    .await
}

/// A stage, with the processes in it that wait for a deploy.
#[derive(Debug, FromRow)]
pub(crate) struct StageRow {
    #[sqlx(flatten)]
    pub(crate) item: Item,
    /// JSON `[{obj_id, obj_type, version}]`.
    pub(crate) waiting: String,
}

/// The stages of a project, in the order they were made.
pub(crate) async fn stages(
    conn: &mut SqliteConnection,
    project: FolderId,
    user: i64,
) -> Result<Vec<StageRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT i.*, EXISTS (SELECT 1 FROM cz_share s WHERE s.obj = i.obj AND s.obj_id = i.id) AS is_shared,
                EXISTS (SELECT 1 FROM cz_favorite v WHERE v.obj = i.obj AND v.obj_id = i.id AND v.user_id = ?2) AS favorite
         FROM cz_stage i WHERE i.folder_id = ?1 AND i.status <> 3 ORDER BY i.id",
    )
    .bind(project)
    .bind(user)
    .fetch_all(conn)
    .await
}

/// A present stage.
pub(crate) async fn stage(
    conn: &mut SqliteConnection,
    id: FolderId,
    user: i64,
) -> Result<Option<StageRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT i.*, EXISTS (SELECT 1 FROM cz_share s WHERE s.obj = i.obj AND s.obj_id = i.id) AS is_shared,
                EXISTS (SELECT 1 FROM cz_favorite v WHERE v.obj = i.obj AND v.obj_id = i.id AND v.user_id = ?2) AS favorite
         FROM cz_stage i WHERE i.id = ?1 AND i.present",
    )
    .bind(id)
    .bind(user)
    .fetch_optional(conn)
    .await
}

/// A process that waits for a deploy.
#[derive(Debug, FromRow)]
pub(crate) struct Waiting {
    pub(crate) id: i64,
    pub(crate) folder_id: FolderId,
    pub(crate) conv_type: String,
    pub(crate) title: String,
    pub(crate) change_time: i64,
    pub(crate) owner_id: i64,
    pub(crate) owner_name: String,
    /// First API login of the owner.
    pub(crate) owner_login: String,
}

/// The processes anywhere in a stage that wait for a deploy.
pub(crate) async fn waiting(
    conn: &mut SqliteConnection,
    stage: FolderId,
) -> Result<Vec<Waiting>, sqlx::Error> {
    sqlx::query_as(
        "SELECT c.id, c.folder_id, c.conv_type, c.title, c.change_time, c.owner_id, coalesce(u.title, '') AS owner_name,
                coalesce((SELECT min(k.login) FROM cz_key k WHERE k.user_id = c.owner_id), '') || '' AS owner_login
         FROM cz_folder p JOIN cz_conv c ON c.folder_id = p.id LEFT JOIN cz_user u ON u.id = c.owner_id
         WHERE p.stage_id = ? AND p.stage_id <> 0 AND p.live AND c.draft_version IS NOT NULL AND c.status <> 3 ORDER BY c.id",
    )
    .bind(stage)
    .fetch_all(conn)
    .await
}
