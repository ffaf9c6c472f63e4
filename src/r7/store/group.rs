//! Groups of people and their members.

use sqlx::{FromRow, SqliteConnection};
use uuid::Uuid;

/// A row of `r7_group`, its members packed.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct GroupRow {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) manager: Option<String>,
    /// JSON list of user ids, in the order of the users.
    pub(crate) members: String,
}

/// Every group, in the order in which they were added.
pub(crate) async fn list(conn: &mut SqliteConnection) -> Result<Vec<GroupRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT g.id, g.name, g.manager, (SELECT json_group_array(user_id) FROM
                (SELECT m.user_id FROM r7_group_member m JOIN r7_user u ON u.id = m.user_id
                 WHERE m.group_id = g.id ORDER BY u.position)) AS members
         FROM r7_group g ORDER BY g.position",
    )
    .fetch_all(conn)
    .await
}

/// Stores a group without members, last in order.
pub(crate) async fn insert(
    conn: &mut SqliteConnection,
    id: Uuid,
    name: &str,
    manager: Option<Uuid>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO r7_group (id, name, manager, position)
         VALUES (?, ?, ?, (SELECT coalesce(max(position) + 1, 0) FROM r7_group))",
    )
    .bind(id.to_string())
    .bind(name)
    .bind(manager.map(|id| id.to_string()))
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds people to a group; whoever is in it stays, and unknown ids add nobody. `members` is a JSON list of ids.
pub(crate) async fn add(conn: &mut SqliteConnection, group: Uuid, members: &str) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT OR IGNORE INTO r7_group_member (group_id, user_id)
         SELECT ?1, u.id FROM json_each(?2) j JOIN r7_user u ON u.id = j.value",
    )
    .bind(group.to_string())
    .bind(members)
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes people out of a group. `members` is a JSON list of ids.
pub(crate) async fn remove(
    conn: &mut SqliteConnection,
    group: Uuid,
    members: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "DELETE FROM r7_group_member WHERE group_id = ? AND user_id IN (SELECT value FROM json_each(?))",
    )
    .bind(group.to_string())
    .bind(members)
    .execute(conn)
    .await?;
    Ok(())
}

/// Sets name and manager of a group.
pub(crate) async fn update(
    conn: &mut SqliteConnection,
    id: Uuid,
    name: &str,
    manager: Option<Uuid>,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE r7_group SET name = ?, manager = ? WHERE id = ?")
        .bind(name)
        .bind(manager.map(|id| id.to_string()))
        .bind(id.to_string())
        .execute(conn)
        .await?;
    Ok(())
}

/// Deletes a group; its members are merely in it no more.
pub(crate) async fn delete(conn: &mut SqliteConnection, id: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM r7_group WHERE id = ?").bind(id.to_string()).execute(conn).await?;
    Ok(())
}

/// Puts a person into exactly these groups; he stays the head of those that he is in before and after. `groups` is a
/// JSON list of ids, unknown ones add nothing.
pub(crate) async fn set_departments(
    conn: &mut SqliteConnection,
    user: &str,
    groups: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE r7_group SET manager = NULL WHERE manager = $1 AND id NOT IN (SELECT value FROM json_each($2))
            AND id IN (SELECT group_id FROM r7_group_member WHERE user_id = $1);
         DELETE FROM r7_group_member WHERE user_id = $1 AND group_id NOT IN (SELECT value FROM json_each($2));
         INSERT OR IGNORE INTO r7_group_member (group_id, user_id)
            SELECT g.id, $1 FROM json_each($2) j JOIN r7_group g ON g.id = j.value",
    )
    .bind(user)
    .bind(groups)
    .execute(conn)
    .await?;
    Ok(())
}
