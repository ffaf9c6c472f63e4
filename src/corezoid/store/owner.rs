//! Whose an object is, of whatever kind.

use sqlx::{FromRow, SqliteConnection};

use crate::corezoid::ids::{Kind, Thing};

/// What every object has.
#[derive(Debug, FromRow)]
pub(crate) struct Card {
    pub(crate) company_id: Option<String>,
    /// 0: in none.
    pub(crate) project_id: i64,
    pub(crate) stage_id: i64,
    /// The folder it lies in, or the stage (or project) it belongs to.
    pub(crate) parent_id: i64,
    pub(crate) owner_id: i64,
    pub(crate) owner_name: String,
}

/// The card of an object; one of the trash too if asked for.
pub(crate) async fn card(
    conn: &mut SqliteConnection,
    thing: Thing,
    deleted_too: bool,
) -> Result<Option<Card>, sqlx::Error> {
    let sql = match thing.kind {
        Kind::Alias => {
            "SELECT a.company_id, a.project_id, a.stage_id, iif(a.stage_id = 0, a.project_id, a.stage_id) AS parent_id,
                    a.owner_id, coalesce(u.title, '') AS owner_name
             FROM cz_alias a LEFT JOIN cz_user u ON u.id = a.owner_id WHERE a.id = ?2 AND (?3 OR a.status <> 3)"
        }
        Kind::EnvVar => {
            "SELECT e.company_id, e.project_id, e.stage_id, iif(e.stage_id = 0, e.project_id, e.stage_id) AS parent_id,
                    e.owner_id, coalesce(u.title, '') AS owner_name
             FROM cz_env_var e LEFT JOIN cz_user u ON u.id = e.owner_id WHERE e.id = ?2"
        }
        Kind::Version => {
            "SELECT v.company_id, v.project_id, v.stage_id, v.project_id AS parent_id, v.owner_id,
                    coalesce(u.title, '') AS owner_name
             FROM cz_version v LEFT JOIN cz_user u ON u.id = v.owner_id WHERE v.id = ?2 AND (?3 OR v.status <> 3)"
        }
        _ => {
            "SELECT i.company_id, i.project_id, i.stage_id, i.folder_id AS parent_id, i.owner_id, i.owner_name
             FROM cz_item i WHERE i.obj = +?1 AND i.id = ?2 AND (?3 OR i.present)"
        }
    };
    sqlx::query_as(sql).bind(thing.kind.word()).bind(thing.id).bind(deleted_too).fetch_optional(conn).await
}

/// A user, as an owner is named.
#[derive(Debug, FromRow)]
pub(crate) struct Person {
    pub(crate) id: i64,
    pub(crate) title: String,
    /// First API login, else the first other one.
    pub(crate) login: String,
}

/// A user by id, or by a login: of an API key, or of whatever else people sign in with.
pub(crate) async fn person(
    conn: &mut SqliteConnection,
    id: Option<i64>,
    login: Option<&str>,
) -> Result<Option<Person>, sqlx::Error> {
    sqlx::query_as(
        "SELECT u.id, u.title, coalesce((SELECT min(k.login) || '' FROM cz_key k WHERE k.user_id = u.id),
                    (SELECT l.login FROM cz_login l WHERE l.user_id = u.id ORDER BY l.id LIMIT 1), '') AS login
         FROM cz_user u WHERE u.status <> 'deleted' AND u.id = coalesce(?1,
             (SELECT k.user_id FROM cz_key k WHERE k.login = CAST(?2 AS INTEGER) AND k.login || '' = ?2),
             (SELECT l.user_id FROM cz_login l WHERE l.login = ?2 ORDER BY l.id LIMIT 1))",
    )
    .bind(id)
    .bind(login)
    .fetch_optional(conn)
    .await
}

/// Gives an object to another user. The caller has found both.
pub(crate) async fn set(conn: &mut SqliteConnection, thing: Thing, user: i64) -> Result<(), sqlx::Error> {
    let sql = match thing.kind {
        Kind::Folder | Kind::Project | Kind::Stage => "UPDATE cz_folder SET owner_id = ?2 WHERE id = ?1",
        Kind::Conv => "UPDATE cz_conv SET owner_id = ?2 WHERE id = ?1",
        Kind::Dashboard => "UPDATE cz_dashboard SET owner_id = ?2 WHERE id = ?1",
        Kind::Instance => "UPDATE cz_instance SET owner_id = ?2 WHERE id = ?1",
        Kind::Alias => "UPDATE cz_alias SET owner_id = ?2 WHERE id = ?1",
        Kind::EnvVar => "UPDATE cz_env_var SET owner_id = ?2 WHERE id = ?1",
        Kind::Version => "UPDATE cz_version SET owner_id = ?2 WHERE id = ?1",
    };
    sqlx::query(sql).bind(thing.id).bind(user).execute(conn).await?;
    Ok(())
}
