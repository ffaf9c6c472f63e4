//! Groups of users.

use sqlx::{FromRow, SqliteConnection};

use crate::corezoid::ids::{ConvId, GroupId, UserId};
use crate::kernel::column::Json;

/// A group that is not deleted.
#[derive(Debug, FromRow)]
pub(crate) struct Group {
    pub(crate) id: GroupId,
    pub(crate) title: String,
    /// `admins` and others.
    #[sqlx(rename = "type")]
    pub(crate) kind: String,
    pub(crate) owner_id: UserId,
    pub(crate) owner_name: String,
    /// Unix seconds.
    pub(crate) create_time: i64,
    /// How many belong to it.
    pub(crate) size: i64,
}

/// One group.
pub(crate) async fn find(conn: &mut SqliteConnection, id: GroupId) -> Result<Option<Group>, sqlx::Error> {
    sqlx::query_as(
        "SELECT g.id, g.title, g.type, g.owner_id, coalesce(u.title, '') AS owner_name, g.create_time,
                (SELECT count(*) FROM cz_member m WHERE m.group_id = g.id) AS size
         FROM cz_group g LEFT JOIN cz_user u ON u.id = g.owner_id WHERE g.id = ? AND g.status <> 'deleted'",
    )
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// The groups of a company, oldest first; with `shared_with` those of others that this user belongs to.
pub(crate) async fn list(
    conn: &mut SqliteConnection,
    company: Option<&str>,
    shared_with: Option<UserId>,
) -> Result<Vec<Group>, sqlx::Error> {
    sqlx::query_as(
        "SELECT g.id, g.title, g.type, g.owner_id, coalesce(u.title, '') AS owner_name, g.create_time,
                (SELECT count(*) FROM cz_member m WHERE m.group_id = g.id) AS size
         FROM cz_group g LEFT JOIN cz_user u ON u.id = g.owner_id
         WHERE g.company_id IS ?1 AND g.status <> 'deleted'
           AND (?2 IS NULL OR g.owner_id <> ?2
                AND EXISTS (SELECT 1 FROM cz_member m WHERE m.group_id = g.id AND m.user_id = ?2))
         ORDER BY g.id",
    )
    .bind(company)
    .bind(shared_with)
    .fetch_all(conn)
    .await
}

/// Makes a group of kind `admins`.
pub(crate) async fn insert(
    conn: &mut SqliteConnection,
    title: &str,
    company: Option<&str>,
    owner: UserId,
    now: i64,
) -> Result<GroupId, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO cz_group (title, company_id, owner_id, create_time) VALUES (?, ?, ?, ?) RETURNING id",
    )
    .bind(title)
    .bind(company)
    .bind(owner)
    .bind(now)
    .fetch_one(conn)
    .await
}

/// Changes title and status, where they are given; false: there is no such group.
pub(crate) async fn update(
    conn: &mut SqliteConnection,
    id: GroupId,
    title: Option<&str>,
    status: Option<&str>,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE cz_group SET title = coalesce(?2, title), status = coalesce(?3, status)
         WHERE id = ?1 AND status <> 'deleted'",
    )
    .bind(id)
    .bind(title)
    .bind(status)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Brings a deleted group back; false: it is not deleted.
pub(crate) async fn restore(conn: &mut SqliteConnection, id: GroupId) -> Result<bool, sqlx::Error> {
    let done = sqlx::query("UPDATE cz_group SET status = 'actived' WHERE id = ? AND status = 'deleted'")
        .bind(id)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Adds a user to a group that is not deleted; false: there is no such group.
pub(crate) async fn add_member(
    conn: &mut SqliteConnection,
    group: GroupId,
    user: UserId,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "INSERT OR REPLACE INTO cz_member (group_id, user_id)
         SELECT g.id, ?2 FROM cz_group g WHERE g.id = ?1 AND g.status <> 'deleted'",
    )
    .bind(group)
    .bind(user)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Takes a user out of a group.
pub(crate) async fn remove_member(
    conn: &mut SqliteConnection,
    group: GroupId,
    user: UserId,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM cz_member WHERE group_id = ? AND user_id = ?")
        .bind(group)
        .bind(user)
        .execute(conn)
        .await?;
    Ok(())
}

/// A group, deleted or not.
#[derive(Debug, FromRow)]
pub(crate) struct GroupRow {
    pub(crate) id: i64,
    pub(crate) company_id: Option<String>,
    pub(crate) title: String,
    #[sqlx(rename = "type")]
    pub(crate) kind: String,
    /// `actived`, `not_actived`, `deleted`.
    pub(crate) status: String,
    pub(crate) owner_id: i64,
    /// Unix seconds.
    pub(crate) create_time: i64,
    /// Users.
    pub(crate) members: Json<Vec<i64>>,
}

/// Every group.
pub(crate) async fn all(conn: &mut SqliteConnection) -> Result<Vec<GroupRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT g.id, g.company_id, g.title, g.type, g.status, g.owner_id, g.create_time,
                (SELECT json_group_array(m.user_id) FROM cz_member m WHERE m.group_id = g.id) AS members
         FROM cz_group g ORDER BY g.id",
    )
    .fetch_all(conn)
    .await
}

/// Stores a group with its members.
pub(crate) async fn store(conn: &mut SqliteConnection, row: &GroupRow) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO cz_group (id, company_id, title, type, status, owner_id, create_time)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7);
         INSERT OR IGNORE INTO cz_member (group_id, user_id) SELECT ?1, value FROM json_each(?8)",
    )
    .bind(row.id)
    .bind(&row.company_id)
    .bind(&row.title)
    .bind(&row.kind)
    .bind(&row.status)
    .bind(row.owner_id)
    .bind(row.create_time)
    .bind(&row.members)
    .execute(conn)
    .await?;
    Ok(())
}

/// A process that a group may use.
#[derive(Debug, FromRow)]
pub(crate) struct SharedConv {
    pub(crate) id: ConvId,
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) status: i64,
}

/// The processes that are shared with a group.
pub(crate) async fn convs(
    conn: &mut SqliteConnection,
    group: GroupId,
) -> Result<Vec<SharedConv>, sqlx::Error> {
    sqlx::query_as(
        "SELECT i.id, i.title, i.description, i.status
         FROM cz_share s JOIN cz_item i ON i.obj = s.obj AND i.id = s.obj_id AND i.present
         WHERE s.to_obj = 'group' AND s.to_id = ? AND s.obj = 'conv' ORDER BY i.id",
    )
    .bind(group)
    .fetch_all(conn)
    .await
}
