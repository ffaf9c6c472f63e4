//! Users as the API sees them: people with logins, and API keys.

use sqlx::{FromRow, SqliteConnection};

use crate::corezoid::ids::{GroupId, UserId};
use crate::kernel::column::Json;

/// A user that is not deleted.
#[derive(Debug, FromRow)]
pub(crate) struct Person {
    pub(crate) id: UserId,
    pub(crate) title: String,
    pub(crate) company_id: Option<String>,
    /// `actived`, `blocked`.
    pub(crate) status: String,
    /// Who made it; itself if nobody did.
    pub(crate) owner_id: UserId,
    pub(crate) owner_name: String,
    /// API login and secret.
    pub(crate) keys: Json<Vec<(i64, String)>>,
    /// Id, type, login.
    pub(crate) logins: Json<Vec<(i64, String, String)>>,
    /// Id, title, owner and the owner's title.
    pub(crate) groups: Json<Vec<(GroupId, String, UserId, String)>>,
}

impl Person {
    /// Whether it is an API key rather than somebody.
    pub(crate) fn is_key(&self) -> bool {
        !self.keys.0.is_empty()
    }
}

/// One user.
pub(crate) async fn find(conn: &mut SqliteConnection, id: UserId) -> Result<Option<Person>, sqlx::Error> {
    sqlx::query_as(
        "SELECT id, title, company_id, status, owner_id, owner_name, keys, logins, groups FROM cz_person WHERE id = ?",
    )
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// One user, and whether a group is there.
pub(crate) async fn find_beside(
    conn: &mut SqliteConnection,
    id: UserId,
    group: GroupId,
) -> Result<Option<(Person, bool)>, sqlx::Error> {
    #[derive(FromRow)]
    struct Row {
        #[sqlx(flatten)]
        person: Person,
        group_known: bool,
    }
    let found: Option<Row> = sqlx::query_as(
        "SELECT id, title, company_id, status, owner_id, owner_name, keys, logins, groups,
                EXISTS (SELECT 1 FROM cz_group g WHERE g.id = ?2 AND g.status <> 'deleted') AS group_known
         FROM cz_person WHERE id = ?1",
    )
    .bind(id)
    .bind(group)
    .fetch_optional(conn)
    .await?;
    Ok(found.map(|row| (row.person, row.group_known)))
}

/// The users of a company, oldest first; `None`: of the personal space.
pub(crate) async fn of_company(
    conn: &mut SqliteConnection,
    company: Option<&str>,
) -> Result<Vec<Person>, sqlx::Error> {
    sqlx::query_as(
        "SELECT id, title, company_id, status, owner_id, owner_name, keys, logins, groups FROM cz_person
         WHERE company_id IS ? ORDER BY id",
    )
    .bind(company)
    .fetch_all(conn)
    .await
}

/// The members of a group.
pub(crate) async fn of_group(
    conn: &mut SqliteConnection,
    group: GroupId,
) -> Result<Vec<Person>, sqlx::Error> {
    sqlx::query_as(
        "SELECT p.id, p.title, p.company_id, p.status, p.owner_id, p.owner_name, p.keys, p.logins, p.groups
         FROM cz_member m JOIN cz_person p ON p.id = m.user_id WHERE m.group_id = ? ORDER BY p.id",
    )
    .bind(group)
    .fetch_all(conn)
    .await
}

/// Makes a user. A company that is not known yet is made with it: objects may name any.
pub(crate) async fn insert(
    conn: &mut SqliteConnection,
    title: &str,
    company: Option<&str>,
    owner: UserId,
    now: i64,
) -> Result<UserId, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT OR IGNORE INTO cz_company (id, title, owner_id, create_time) SELECT ?2, ?2, ?3, ?4 WHERE ?2 IS NOT NULL;
         INSERT INTO cz_user (title, company_id, owner_id) VALUES (?1, ?2, ?3) RETURNING id",
    )
    .bind(title)
    .bind(company)
    .bind(owner)
    .bind(now)
    .fetch_one(conn)
    .await
}

/// Gives a user one API key for each secret, and tells their logins.
pub(crate) async fn insert_keys(
    conn: &mut SqliteConnection,
    user: UserId,
    secrets: &[String],
) -> Result<Vec<i64>, sqlx::Error> {
    let mut logins: Vec<i64> = sqlx::query_scalar(
        "INSERT INTO cz_key (login, secret, user_id) SELECT NULL, value, ?2 FROM json_each(?1) RETURNING login",
    )
    .bind(Json(secrets.to_vec()))
    .bind(user)
    .fetch_all(conn)
    .await?;
    logins.sort_unstable();
    Ok(logins)
}

/// Renames a user; gives the title it has then, or `None` if there is no such user.
pub(crate) async fn rename(
    conn: &mut SqliteConnection,
    id: UserId,
    title: Option<&str>,
) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar(
        "UPDATE cz_user SET title = coalesce(?2, title) WHERE id = ?1 AND status <> 'deleted' RETURNING title",
    )
    .bind(id)
    .bind(title)
    .fetch_optional(conn)
    .await
}

/// Blocks or unblocks a user; false: there is none.
pub(crate) async fn set_status(
    conn: &mut SqliteConnection,
    id: UserId,
    status: &str,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query("UPDATE cz_user SET status = ?2 WHERE id = ?1 AND status <> 'deleted'")
        .bind(id)
        .bind(status)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// What is left to do for a deleted user.
#[derive(Debug, FromRow)]
pub(crate) struct Gone {
    pub(crate) company_id: Option<String>,
    /// Who gets what it owned: the company's owner, else who made it, else who deletes it.
    pub(crate) heir: UserId,
}

/// Deletes a user; `None`: there is none. [`hand_over`] must follow.
pub(crate) async fn delete(
    conn: &mut SqliteConnection,
    id: UserId,
    caller: UserId,
) -> Result<Option<Gone>, sqlx::Error> {
    sqlx::query_as(
        "UPDATE cz_user SET status = 'deleted' WHERE id = ?1 AND status <> 'deleted'
         RETURNING company_id,
             coalesce((SELECT nullif(c.owner_id, ?1) FROM cz_company c WHERE c.id = cz_user.company_id),
                      nullif(owner_id, ?1), ?2) AS heir",
    )
    .bind(id)
    .bind(caller)
    .fetch_optional(conn)
    .await
}

/// Takes everything from a user that is deleted: its objects go to the heir, the rest ends.
pub(crate) async fn hand_over(
    conn: &mut SqliteConnection,
    id: UserId,
    heir: UserId,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE cz_folder SET owner_id = ?2 WHERE owner_id = ?1;
         UPDATE cz_conv SET owner_id = ?2 WHERE owner_id = ?1;
         UPDATE cz_dashboard SET owner_id = ?2 WHERE owner_id = ?1;
         UPDATE cz_instance SET owner_id = ?2 WHERE owner_id = ?1;
         UPDATE cz_alias SET owner_id = ?2 WHERE owner_id = ?1;
         UPDATE cz_env_var SET owner_id = ?2 WHERE owner_id = ?1;
         UPDATE cz_version SET owner_id = ?2 WHERE owner_id = ?1;
         UPDATE cz_group SET owner_id = ?2 WHERE owner_id = ?1;
         DELETE FROM cz_member WHERE user_id = ?1;
         DELETE FROM cz_login WHERE user_id = ?1;
         DELETE FROM cz_session WHERE user_id = ?1;
         DELETE FROM cz_favorite WHERE user_id = ?1;
         DELETE FROM cz_share WHERE to_obj = 'user' AND to_id = ?1",
    )
    .bind(id)
    .bind(heir)
    .execute(conn)
    .await?;
    Ok(())
}
