//! What folders, processes and dashboards have in common: trash, parent. A deleted folder hides what lies in it; the
//! status of that stays as it is (sheet corezoid/api 5).

use sqlx::{FromRow, SqliteConnection};

use crate::corezoid::ids::{FolderId, Kind, Thing};
use crate::corezoid::rules::status::Status;

/// Puts a present object into the trash; false if there is none. One statement.
pub(crate) async fn delete(conn: &mut SqliteConnection, thing: Thing, now: i64) -> Result<bool, sqlx::Error> {
    let sql = match thing.kind {
        Kind::Folder | Kind::Project | Kind::Stage => {
            "WITH RECURSIVE sub (id) AS (
                 SELECT id FROM cz_folder WHERE id = ?1 AND kind = ?3 AND live
                 UNION SELECT f.id FROM sub JOIN cz_folder f ON f.folder_id = sub.id)
             UPDATE cz_folder SET live = 0, status = CASE WHEN id = ?1 THEN 3 ELSE status END,
                    change_time = CASE WHEN id = ?1 THEN ?2 ELSE change_time END
             WHERE id IN sub"
        }
        Kind::Conv => {
            "UPDATE cz_conv SET status = 3, change_time = ?2 WHERE id = ?1
             AND EXISTS (SELECT 1 FROM cz_reachable_conv r WHERE r.id = ?1)"
        }
        Kind::Dashboard => {
            "UPDATE cz_dashboard SET status = 3, change_time = ?2 WHERE id = ?1
             AND EXISTS (SELECT 1 FROM cz_reachable_dashboard r WHERE r.id = ?1)"
        }
        Kind::Instance => {
            "UPDATE cz_instance SET status = 3, change_time = ?2 WHERE id = ?1
             AND EXISTS (SELECT 1 FROM cz_reachable_instance r WHERE r.id = ?1)"
        }
        Kind::Alias => {
            "UPDATE cz_alias SET status = 3, change_time = ?2 WHERE id = ?1 AND status <> 3
             AND EXISTS (SELECT 1 FROM cz_alias_card k WHERE k.id = ?1 AND k.placed)"
        }
        Kind::Version => "UPDATE cz_version SET status = 3, change_time = ?2 WHERE id = ?1 AND status <> 3",
        // sheet corezoid/api 5: a variable knows no trash.
        Kind::EnvVar => {
            "DELETE FROM cz_env_var WHERE id = ?1
             AND EXISTS (SELECT 1 FROM cz_env_var_card k WHERE k.id = ?1 AND k.placed)"
        }
    };
    let done = sqlx::query(sql).bind(thing.id).bind(now).bind(thing.kind.word()).execute(conn).await?;
    Ok(done.rows_affected() > 0)
}

/// Takes an object out of the trash, and gives the folder it lies in now: the old one, or the root if that is gone or
/// hidden. A project or stage stays where it was; a stage of a deleted project comes back with that. `None`: it is not in
/// the trash, or its short name is another's by now. One statement.
pub(crate) async fn restore(
    conn: &mut SqliteConnection,
    thing: Thing,
    now: i64,
) -> Result<Option<FolderId>, sqlx::Error> {
    let sql = match thing.kind {
        Kind::Project | Kind::Stage => {
            "WITH RECURSIVE top (id, live) AS (
                 SELECT f.id, f.folder_id = 0 OR EXISTS (SELECT 1 FROM cz_folder p WHERE p.id = f.folder_id AND p.live)
                 FROM cz_folder f WHERE f.id = ?1 AND f.kind = ?4 AND f.status = 3 AND NOT EXISTS (
                     SELECT 1 FROM cz_folder o WHERE o.folder_id = f.folder_id AND o.company_id IS f.company_id
                         AND o.kind = f.kind AND o.status <> 3 AND o.short_name = f.short_name)),
             sub (id) AS (
                 SELECT id FROM top UNION SELECT f.id FROM sub JOIN cz_folder f ON f.folder_id = sub.id AND f.status <> 3)
             UPDATE cz_folder SET live = (SELECT live FROM top), status = CASE WHEN id = ?1 THEN ?3 ELSE status END,
                    change_time = CASE WHEN id = ?1 THEN ?2 ELSE change_time END
             WHERE id IN sub RETURNING id, folder_id"
        }
        Kind::Folder => {
            "WITH RECURSIVE sub (id) AS (
                 SELECT id FROM cz_folder WHERE id = ?1 AND kind = ?4 AND status = 3
                 UNION SELECT f.id FROM sub JOIN cz_folder f ON f.folder_id = sub.id AND f.status <> 3)
             UPDATE cz_folder SET live = 1, status = CASE WHEN id = ?1 THEN ?3 ELSE status END,
                    change_time = CASE WHEN id = ?1 THEN ?2 ELSE change_time END,
                    folder_id = CASE WHEN id = ?1
                        THEN coalesce((SELECT p.id FROM cz_folder p WHERE p.id = cz_folder.folder_id AND p.live), 0)
                        ELSE folder_id END
             WHERE id IN sub RETURNING id, folder_id"
        }
        Kind::Conv => {
            "UPDATE cz_conv SET status = ?3, change_time = ?2,
                    folder_id = coalesce((SELECT p.id FROM cz_folder p WHERE p.id = cz_conv.folder_id AND p.live), 0)
             WHERE id = ?1 AND status = 3 RETURNING id, folder_id"
        }
        Kind::Dashboard => {
            "UPDATE cz_dashboard SET status = ?3, change_time = ?2,
                    folder_id = coalesce((SELECT p.id FROM cz_folder p WHERE p.id = cz_dashboard.folder_id AND p.live), 0)
             WHERE id = ?1 AND status = 3 RETURNING id, folder_id"
        }
        Kind::Instance => {
            "UPDATE cz_instance SET status = ?3, change_time = ?2,
                    folder_id = coalesce((SELECT p.id FROM cz_folder p WHERE p.id = cz_instance.folder_id AND p.live), 0)
             WHERE id = ?1 AND status = 3 RETURNING id, folder_id"
        }
        Kind::Version => {
            "UPDATE cz_version SET status = ?3, change_time = ?2 WHERE id = ?1 AND status = 3 AND NOT EXISTS (
                 SELECT 1 FROM cz_version o
                 WHERE o.project_id = cz_version.project_id AND o.vsn = cz_version.vsn AND o.status <> 3)
             RETURNING id, project_id"
        }
        Kind::Alias => {
            "UPDATE OR IGNORE cz_alias SET status = ?3, change_time = ?2 WHERE id = ?1 AND status = 3
             AND EXISTS (SELECT 1 FROM cz_alias_card k WHERE k.id = ?1 AND k.placed)
             RETURNING id, iif(stage_id = 0, project_id, stage_id)"
        }
        // sheet corezoid/api 5: a variable knows no trash.
        Kind::EnvVar => return Ok(None),
    };
    let rows: Vec<(i64, FolderId)> = sqlx::query_as(sql)
        .bind(thing.id)
        .bind(now)
        .bind(Status::restored(thing.kind).number())
        .bind(thing.kind.word())
        .fetch_all(conn)
        .await?;
    Ok(rows.into_iter().find(|(id, _)| *id == thing.id).map(|(_, folder)| folder))
}

/// Removes an object of the trash for good, a folder with everything below it; false if it is not in the trash.
pub(crate) async fn destroy(conn: &mut SqliteConnection, thing: Thing) -> Result<bool, sqlx::Error> {
    let sql = match thing.kind {
        Kind::Folder | Kind::Project | Kind::Stage => {
            "WITH RECURSIVE sub (id) AS (
                 SELECT id FROM cz_folder WHERE id = ?1 AND kind = ?2 AND status = 3
                 UNION SELECT f.id FROM sub JOIN cz_folder f ON f.folder_id = sub.id)
             DELETE FROM cz_conv WHERE folder_id IN sub;
             WITH RECURSIVE sub (id) AS (
                 SELECT id FROM cz_folder WHERE id = ?1 AND kind = ?2 AND status = 3
                 UNION SELECT f.id FROM sub JOIN cz_folder f ON f.folder_id = sub.id)
             DELETE FROM cz_dashboard WHERE folder_id IN sub;
             WITH RECURSIVE sub (id) AS (
                 SELECT id FROM cz_folder WHERE id = ?1 AND kind = ?2 AND status = 3
                 UNION SELECT f.id FROM sub JOIN cz_folder f ON f.folder_id = sub.id)
             DELETE FROM cz_instance WHERE folder_id IN sub;
             WITH RECURSIVE sub (id) AS (
                 SELECT id FROM cz_folder WHERE id = ?1 AND kind = ?2 AND status = 3
                 UNION SELECT f.id FROM sub JOIN cz_folder f ON f.folder_id = sub.id)
             DELETE FROM cz_folder WHERE id IN sub RETURNING id"
        }
        Kind::Conv => "DELETE FROM cz_conv WHERE id = ?1 AND status = 3 RETURNING id",
        Kind::Dashboard => "DELETE FROM cz_dashboard WHERE id = ?1 AND status = 3 RETURNING id",
        Kind::Instance => "DELETE FROM cz_instance WHERE id = ?1 AND status = 3 RETURNING id",
        Kind::Alias => "DELETE FROM cz_alias WHERE id = ?1 AND status = 3 RETURNING id",
        Kind::Version => "DELETE FROM cz_version WHERE id = ?1 AND status = 3 RETURNING id",
        Kind::EnvVar => return Ok(false),
    };
    let gone: Vec<i64> =
        sqlx::query_scalar(sql).bind(thing.id).bind(thing.kind.word()).fetch_all(conn).await?;
    Ok(gone.contains(&thing.id))
}

/// Whether a project, stage or alias in the trash has a short name, or a version a number, that is another's by now.
pub(crate) async fn name_is_taken(conn: &mut SqliteConnection, thing: Thing) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM cz_folder f JOIN cz_folder o ON o.folder_id = f.folder_id
                            AND o.company_id IS f.company_id AND o.kind = f.kind AND o.status <> 3
                            AND o.short_name = f.short_name
                        WHERE f.id = ?1 AND f.kind = +?2 AND f.status = 3)
             OR EXISTS (SELECT 1 FROM cz_alias a JOIN cz_alias o ON o.stage_id = a.stage_id
                            AND o.project_id = a.project_id AND o.company_id IS a.company_id AND o.status <> 3
                            AND o.short_name = a.short_name
                        WHERE ?2 = 'alias' AND a.id = ?1 AND a.status = 3)
             OR EXISTS (SELECT 1 FROM cz_version v JOIN cz_version o ON o.project_id = v.project_id AND o.vsn = v.vsn
                            AND o.status <> 3
                        WHERE ?2 = 'version' AND v.id = ?1 AND v.status = 3)",
    )
    .bind(thing.id)
    .bind(thing.kind.word())
    .fetch_one(conn)
    .await
}

/// What a move needs to know.
#[derive(Debug, FromRow)]
pub(crate) struct Route {
    /// The folder it lies in.
    pub(crate) from_folder: FolderId,
    /// Title of the folder that the client believes it lies in, else of the one it does.
    pub(crate) from_name: String,
    /// Title of the target; `None`: that is not present.
    pub(crate) to_name: Option<String>,
    /// Company of the target; of the object's own if that is the root.
    pub(crate) to_company: Option<String>,
    /// The target is the moved folder itself or lies in it.
    pub(crate) into_itself: bool,
}

/// Looks at a present object and where it is to go; `None`: there is no such object.
pub(crate) async fn route(
    conn: &mut SqliteConnection,
    thing: Thing,
    to: FolderId,
    said_from: Option<FolderId>,
) -> Result<Option<Route>, sqlx::Error> {
    sqlx::query_as(
        "SELECT i.folder_id AS from_folder,
                coalesce((SELECT p.title FROM cz_folder p WHERE p.id = ?4), CASE WHEN ?4 = 0 THEN 'Root folder' END,
                         i.folder_name) AS from_name,
                CASE WHEN ?3 = 0 THEN 'Root folder' ELSE (SELECT t.title FROM cz_folder t WHERE t.id = ?3 AND t.live) END
                    AS to_name,
                CASE WHEN ?3 = 0 THEN i.company_id ELSE (SELECT t.company_id FROM cz_folder t WHERE t.id = ?3) END
                    AS to_company,
                ?1 = 'folder' AND ?2 IN (
                    WITH RECURSIVE up (id, parent) AS (
                        SELECT id, folder_id FROM cz_folder WHERE id = ?3
                        UNION SELECT f.id, f.folder_id FROM up JOIN cz_folder f ON f.id = up.parent)
                    SELECT up.id FROM up) AS into_itself
         FROM cz_item i WHERE i.obj = +?1 AND i.id = ?2 AND i.present",
    )
    .bind(thing.kind.word())
    .bind(thing.id)
    .bind(to)
    .bind(said_from)
    .fetch_optional(conn)
    .await
}

/// Puts an object into another folder, with company, project and stage of that folder. The caller has checked both, and
/// that no folder goes into itself, and that it is no project or stage.
pub(crate) async fn set_folder(
    conn: &mut SqliteConnection,
    thing: Thing,
    folder: FolderId,
    company: Option<&str>,
) -> Result<(), sqlx::Error> {
    let sql = match thing.kind {
        Kind::Folder | Kind::Project | Kind::Stage => {
            "WITH RECURSIVE sub (id) AS (SELECT ?1 UNION SELECT f.id FROM sub JOIN cz_folder f ON f.folder_id = sub.id)
             UPDATE cz_conv SET company_id = ?3 WHERE company_id IS NOT ?3 AND folder_id IN sub;
             WITH RECURSIVE sub (id) AS (SELECT ?1 UNION SELECT f.id FROM sub JOIN cz_folder f ON f.folder_id = sub.id)
             UPDATE cz_dashboard SET company_id = ?3 WHERE company_id IS NOT ?3 AND folder_id IN sub;
             WITH RECURSIVE sub (id) AS (SELECT ?1 UNION SELECT f.id FROM sub JOIN cz_folder f ON f.folder_id = sub.id)
             UPDATE cz_instance SET company_id = ?3 WHERE company_id IS NOT ?3 AND folder_id IN sub;
             WITH RECURSIVE sub (id) AS (SELECT ?1 UNION SELECT f.id FROM sub JOIN cz_folder f ON f.folder_id = sub.id)
             UPDATE cz_folder SET company_id = ?3,
                 project_id = coalesce((SELECT p.project_id FROM cz_folder p WHERE p.id = ?2), 0),
                 stage_id = coalesce((SELECT p.stage_id FROM cz_folder p WHERE p.id = ?2), 0)
             WHERE id IN sub;
             UPDATE cz_folder SET folder_id = ?2 WHERE id = ?1"
        }
        Kind::Conv => "UPDATE cz_conv SET folder_id = ?2, company_id = ?3 WHERE id = ?1",
        Kind::Dashboard => "UPDATE cz_dashboard SET folder_id = ?2, company_id = ?3 WHERE id = ?1",
        Kind::Instance => "UPDATE cz_instance SET folder_id = ?2, company_id = ?3 WHERE id = ?1",
        // They lie in no folder.
        Kind::Alias | Kind::EnvVar | Kind::Version => return Ok(()),
    };
    sqlx::query(sql).bind(thing.id).bind(folder).bind(company).execute(conn).await?;
    Ok(())
}
