//! Saved versions of stages. The zip of each is a download of the name in `link`.

use serde::Serialize;
use sqlx::{FromRow, SqliteConnection};

use crate::corezoid::ids::{FolderId, VersionId};
use crate::corezoid::rules::change::Nullable;

/// A version to be made.
#[derive(Debug)]
pub(crate) struct NewVersion<'a> {
    pub(crate) company: Option<&'a str>,
    pub(crate) project: FolderId,
    pub(crate) stage: FolderId,
    pub(crate) vsn: &'a str,
    pub(crate) title: Option<&'a str>,
    pub(crate) changelog: Option<&'a str>,
    pub(crate) link: &'a str,
    pub(crate) owner: i64,
    /// Unix seconds.
    pub(crate) now: i64,
}

/// Stores a version; `None`: its project has one of this number.
pub(crate) async fn insert(
    conn: &mut SqliteConnection,
    version: &NewVersion<'_>,
) -> Result<Option<VersionId>, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO cz_version (company_id, project_id, stage_id, vsn, title, changelog, link, owner_id, create_time, change_time)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9) ON CONFLICT DO NOTHING RETURNING id",
    )
    .bind(version.company)
    .bind(version.project)
    .bind(version.stage)
    .bind(version.vsn)
    .bind(version.title)
    .bind(version.changelog)
    .bind(version.link)
    .bind(version.owner)
    .bind(version.now)
    .fetch_optional(conn)
    .await
}

/// Changes title and changelog where given; false if there is no such version, or it is in the trash.
pub(crate) async fn update(
    conn: &mut SqliteConnection,
    id: VersionId,
    title: &Nullable,
    changelog: &Nullable,
    now: i64,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE cz_version SET title = CASE WHEN ?2 THEN ?3 ELSE title END,
                changelog = CASE WHEN ?4 THEN ?5 ELSE changelog END, change_time = ?6
         WHERE id = ?1 AND status <> 3",
    )
    .bind(id)
    .bind(title.is_sent())
    .bind(title.text())
    .bind(changelog.is_sent())
    .bind(changelog.text())
    .bind(now)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// A version, with the names around it.
#[derive(Debug, FromRow)]
pub(crate) struct Card {
    pub(crate) id: VersionId,
    pub(crate) project_id: FolderId,
    pub(crate) project_title: String,
    pub(crate) stage_id: FolderId,
    /// Empty once the stage is gone.
    pub(crate) stage_title: String,
    pub(crate) vsn: String,
    pub(crate) title: Option<String>,
    pub(crate) changelog: Option<String>,
    pub(crate) link: String,
    /// 1 active, 3 in the trash.
    pub(crate) status: i64,
    pub(crate) owner_id: i64,
    pub(crate) owner_name: String,
    /// First API login of the owner.
    pub(crate) owner_login: String,
    /// Unix seconds.
    pub(crate) create_time: i64,
    pub(crate) change_time: i64,
}

/// One version, also of the trash.
pub(crate) async fn find(conn: &mut SqliteConnection, id: VersionId) -> Result<Option<Card>, sqlx::Error> {
    sqlx::query_as(
        "SELECT v.id, v.project_id, coalesce(p.title, '') AS project_title, v.stage_id, coalesce(s.title, '') AS stage_title,
                v.vsn, v.title, v.changelog, v.link, v.status, v.owner_id, coalesce(u.title, '') AS owner_name,
                coalesce((SELECT min(k.login) FROM cz_key k WHERE k.user_id = v.owner_id), '') || '' AS owner_login,
                v.create_time, v.change_time
         FROM cz_version v LEFT JOIN cz_folder p ON p.id = v.project_id LEFT JOIN cz_folder s ON s.id = v.stage_id
         LEFT JOIN cz_user u ON u.id = v.owner_id WHERE v.id = ?",
    )
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// The versions of a project, of one stage if one is named, oldest first; also those of the trash.
pub(crate) async fn of_project(
    conn: &mut SqliteConnection,
    project: FolderId,
    stage: Option<FolderId>,
) -> Result<Vec<Card>, sqlx::Error> {
    sqlx::query_as(
        "SELECT v.id, v.project_id, coalesce(p.title, '') AS project_title, v.stage_id, coalesce(s.title, '') AS stage_title,
                v.vsn, v.title, v.changelog, v.link, v.status, v.owner_id, coalesce(u.title, '') AS owner_name,
                coalesce((SELECT min(k.login) FROM cz_key k WHERE k.user_id = v.owner_id), '') || '' AS owner_login,
                v.create_time, v.change_time
         FROM cz_version v LEFT JOIN cz_folder p ON p.id = v.project_id LEFT JOIN cz_folder s ON s.id = v.stage_id
         LEFT JOIN cz_user u ON u.id = v.owner_id
         WHERE v.project_id = ?1 AND (?2 IS NULL OR v.stage_id = ?2) ORDER BY v.id",
    )
    .bind(project)
    .bind(stage)
    .fetch_all(conn)
    .await
}

/// A version as it is stored.
#[derive(Debug, Serialize, FromRow)]
pub(crate) struct VersionRow {
    pub(crate) id: VersionId,
    pub(crate) company_id: Option<String>,
    pub(crate) project_id: FolderId,
    pub(crate) stage_id: FolderId,
    pub(crate) vsn: String,
    pub(crate) title: Option<String>,
    pub(crate) changelog: Option<String>,
    pub(crate) link: String,
    pub(crate) status: i64,
    pub(crate) owner_id: i64,
    pub(crate) create_time: i64,
    pub(crate) change_time: i64,
}

/// Every version, by id.
pub(crate) async fn all(conn: &mut SqliteConnection) -> Result<Vec<VersionRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT id, company_id, project_id, stage_id, vsn, title, changelog, link, status, owner_id, create_time, change_time
         FROM cz_version ORDER BY id",
    )
    .fetch_all(conn)
    .await
}

/// Adds versions.
pub(crate) async fn insert_all(conn: &mut SqliteConnection, rows: &[VersionRow]) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO cz_version (id, company_id, project_id, stage_id, vsn, title, changelog, link, status, owner_id,
                create_time, change_time)
         SELECT value->>'id', value->>'company_id', value->>'project_id', value->>'stage_id', value->>'vsn', value->>'title',
                value->>'changelog', value->>'link', value->>'status', value->>'owner_id', value->>'create_time',
                value->>'change_time'
         FROM json_each(?)",
    )
    .bind(serde_json::to_string(rows).map_err(|error| sqlx::Error::Encode(Box::new(error)))?)
    .execute(conn)
    .await?;
    Ok(())
}
