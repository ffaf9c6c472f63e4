//! Shares and stars.

use sqlx::{FromRow, SqliteConnection};

use crate::corezoid::ids::Thing;
use crate::kernel::column::Json;

/// Both ends of a share to be made.
#[derive(Debug, FromRow)]
pub(crate) struct Ends {
    /// Whether the object is present.
    pub(crate) present: bool,
    /// Title of the user, if there is one with that id.
    pub(crate) user: Option<String>,
    /// Title of the group, if there is one with that id.
    pub(crate) group: Option<String>,
}

/// Looks at an object, and at the user and the group with an id.
pub(crate) async fn ends(conn: &mut SqliteConnection, thing: Thing, to: i64) -> Result<Ends, sqlx::Error> {
    sqlx::query_as(
        "SELECT EXISTS (SELECT 1 FROM cz_item i WHERE i.obj = +?1 AND i.id = ?2 AND i.present)
                    OR (?1 = 'alias' AND EXISTS (SELECT 1 FROM cz_alias_card a WHERE a.id = ?2 AND a.status <> 3 AND a.placed))
                    AS present,
                (SELECT u.title FROM cz_user u WHERE u.id = ?3 AND u.status <> 'deleted') AS user,
                (SELECT g.title FROM cz_group g WHERE g.id = ?3 AND g.status <> 'deleted') AS \"group\"",
    )
    .bind(thing.kind.word())
    .bind(thing.id)
    .bind(to)
    .fetch_one(conn)
    .await
}

/// Gives rights, in the place of those given before. `privs` is JSON.
pub(crate) async fn set(
    conn: &mut SqliteConnection,
    thing: Thing,
    to_obj: &str,
    to_id: i64,
    privs: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT OR REPLACE INTO cz_share (obj, obj_id, to_obj, to_id, privs) VALUES (?, ?, ?, ?, ?)")
        .bind(thing.kind.word())
        .bind(thing.id)
        .bind(to_obj)
        .bind(to_id)
        .bind(privs)
        .execute(conn)
        .await?;
    Ok(())
}

/// Takes rights back.
pub(crate) async fn remove(
    conn: &mut SqliteConnection,
    thing: Thing,
    to_obj: &str,
    to_id: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM cz_share WHERE obj = ? AND obj_id = ? AND to_obj = ? AND to_id = ?")
        .bind(thing.kind.word())
        .bind(thing.id)
        .bind(to_obj)
        .bind(to_id)
        .execute(conn)
        .await?;
    Ok(())
}

/// Whom an object is shared with.
#[derive(Debug, FromRow)]
pub(crate) struct ShareRow {
    /// `user`, `group` or `all`.
    pub(crate) to_obj: String,
    pub(crate) to_id: i64,
    /// JSON.
    pub(crate) privs: String,
    pub(crate) title: String,
    /// First API login of a user, else its first other login; of somebody who is invited what they are invited by.
    pub(crate) login: String,
    /// Type and status of a group.
    pub(crate) group: Option<Json<(String, String)>>,
    /// Hash of the invitation, of somebody who has not confirmed it yet.
    pub(crate) invite: Option<String>,
}

#[derive(Debug, FromRow)]
struct MaybeShareRow {
    to_obj: Option<String>,
    to_id: Option<i64>,
    privs: Option<String>,
    title: String,
    login: String,
    group: Option<Json<(String, String)>>,
    invite: Option<String>,
}

/// The shares of a present object; `None`: there is no such object.
pub(crate) async fn list(
    conn: &mut SqliteConnection,
    thing: Thing,
) -> Result<Option<Vec<ShareRow>>, sqlx::Error> {
    let rows: Vec<MaybeShareRow> = sqlx::query_as(
        "SELECT s.to_obj, s.to_id, s.privs, coalesce(u.title, g.title, 'All') AS title,
                coalesce((SELECT min(k.login) || '' FROM cz_key k WHERE k.user_id = u.id),
                         (SELECT l.login FROM cz_login l WHERE l.user_id = u.id ORDER BY l.id LIMIT 1), '') AS login,
                iif(g.id IS NULL, NULL, json_array(g.type, g.status)) AS \"group\", NULL AS invite
         FROM (SELECT 1 FROM cz_item i WHERE i.obj = +?1 AND i.id = ?2 AND i.present)
         LEFT JOIN cz_share s ON s.obj = ?1 AND s.obj_id = ?2 AND (s.to_obj <> 'group'
             OR EXISTS (SELECT 1 FROM cz_group d WHERE d.id = s.to_id AND d.status <> 'deleted'))
         LEFT JOIN cz_user u ON s.to_obj = 'user' AND u.id = s.to_id
         LEFT JOIN cz_group g ON s.to_obj = 'group' AND g.id = s.to_id
         UNION ALL
         SELECT 'user', 0, v.privs, v.login, v.login, NULL, v.hash
         FROM (SELECT 1 FROM cz_item i WHERE i.obj = +?1 AND i.id = ?2 AND i.present)
         JOIN cz_invite v ON v.obj = ?1 AND v.obj_id = ?2",
    )
    .bind(thing.kind.word())
    .bind(thing.id)
    .fetch_all(conn)
    .await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let complete = |row: MaybeShareRow| {
        Some(ShareRow {
            to_obj: row.to_obj?,
            to_id: row.to_id?,
            privs: row.privs?,
            title: row.title,
            login: row.login,
            group: row.group,
            invite: row.invite,
        })
    };
    Ok(Some(rows.into_iter().filter_map(complete).collect()))
}

/// Sets or takes off a user's star.
pub(crate) async fn set_favorite(
    conn: &mut SqliteConnection,
    thing: Thing,
    user: i64,
    favorite: bool,
) -> Result<(), sqlx::Error> {
    let sql = if favorite {
        "INSERT OR IGNORE INTO cz_favorite (obj, obj_id, user_id) VALUES (?, ?, ?)"
    } else {
        "DELETE FROM cz_favorite WHERE obj = ? AND obj_id = ? AND user_id = ?"
    };
    sqlx::query(sql).bind(thing.kind.word()).bind(thing.id).bind(user).execute(conn).await?;
    Ok(())
}
