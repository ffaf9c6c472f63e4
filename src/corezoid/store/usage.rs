//! How much there is of everything.

use serde_json::Value;
use sqlx::{FromRow, SqliteConnection};

use crate::kernel::column::Json;

/// Counts over all companies; nothing that is deleted.
#[derive(Debug, FromRow)]
pub(crate) struct Counts {
    pub(crate) companies: i64,
    pub(crate) users: i64,
    pub(crate) processes: i64,
    pub(crate) tasks: i64,
}

/// Counts everything.
pub(crate) async fn counts(conn: &mut SqliteConnection) -> Result<Counts, sqlx::Error> {
    sqlx::query_as(
        "SELECT (SELECT count(*) FROM cz_company WHERE status <> 'deleted') AS companies,
                (SELECT count(*) FROM cz_user WHERE status <> 'deleted') AS users,
                (SELECT count(*) FROM cz_conv WHERE status <> 3) AS processes,
                (SELECT count(*) FROM cz_task) AS tasks",
    )
    .fetch_one(conn)
    .await
}

/// Who has what.
#[derive(Debug, FromRow)]
pub(crate) struct Accounts {
    /// Of all pages.
    pub(crate) total: i64,
    /// One object each, as `list accounts` shows it.
    pub(crate) accounts: Json<Vec<Value>>,
}

/// Users that were made by nobody else, oldest first, with what each owns.
pub(crate) async fn accounts(
    conn: &mut SqliteConnection,
    limit: i64,
    offset: i64,
) -> Result<Accounts, sqlx::Error> {
    sqlx::query_as(
        "WITH account (id, title) AS (
             SELECT u.id, u.title FROM cz_user u WHERE u.status <> 'deleted' AND coalesce(u.owner_id, u.id) = u.id),
         owned (id, owner_id, conv_type, nodes) AS (
             SELECT c.id, c.owner_id, c.conv_type, (SELECT group_concat(l.value ->> 'type', ' ')
                 FROM cz_node n, json_each(n.live, '$.logics') l WHERE n.conv_id = c.id)
             FROM cz_conv c WHERE c.status <> 3)
         SELECT (SELECT count(*) FROM account) AS total, coalesce(json_group_array(json_object(
             'user_id', a.id, 'user_name', a.title,
             'logins', (SELECT json_group_array(k.login) FROM (
                 SELECT login FROM cz_key WHERE user_id = a.id
                 UNION ALL SELECT login FROM cz_login WHERE user_id = a.id) k),
             'corezoid_process', (SELECT count(*) FROM owned o WHERE o.owner_id = a.id AND o.conv_type <> 'state'),
             'corezoid_diagram', (SELECT count(*) FROM owned o WHERE o.owner_id = a.id AND o.conv_type = 'state'),
             'corezoid_dashboard', (SELECT count(*) FROM cz_dashboard d WHERE d.owner_id = a.id AND d.status <> 3),
             'corezoid_sharing', (SELECT count(DISTINCT s.obj_id) FROM cz_share s JOIN owned o ON o.id = s.obj_id
                                  WHERE s.obj = 'conv' AND o.owner_id = a.id),
             'corezoid_volume', 0, 'corezoid_used', 0,
             'corezoid_alias', (SELECT count(*) FROM cz_alias l WHERE l.owner_id = a.id AND l.status <> 3),
             'corezoid_process_with_databasecall',
                 (SELECT count(*) FROM cz_instance e WHERE e.owner_id = a.id AND e.status <> 3),
             'corezoid_process_with_queue', (SELECT count(*) FROM owned o WHERE o.owner_id = a.id
                                             AND (o.nodes LIKE '%api_queue%' OR o.nodes LIKE '%api_get_task%')),
             'corezoid_process_with_gitcall',
                 (SELECT count(*) FROM owned o WHERE o.owner_id = a.id AND o.nodes LIKE '%git_call%'),
             'corezoid_api_key', (SELECT count(*) FROM cz_user u JOIN cz_key k ON k.user_id = u.id
                                  WHERE u.owner_id = a.id AND u.id <> a.id AND u.status <> 'deleted'),
             'corezoid_botplatform', 0,
             'corezoid_users_group', (SELECT count(*) FROM cz_group g WHERE g.owner_id = a.id AND g.status <> 'deleted'),
             'corezoid_project',
                 (SELECT count(*) FROM cz_folder f WHERE f.kind = 'project' AND f.owner_id = a.id AND f.status <> 3),
             'corezoid_company', (SELECT count(*) FROM cz_company m WHERE m.owner_id = a.id AND m.status <> 'deleted'),
             'corezoid_user', (SELECT count(*) FROM cz_user u JOIN cz_company m ON m.id = u.company_id
                               WHERE m.owner_id = a.id AND u.status <> 'deleted'),
             'corezoid_payments', 0)), '[]') AS accounts
         FROM (SELECT id, title FROM account ORDER BY id LIMIT ?1 + 0 OFFSET ?2 + 0) a",
    )
    .bind(limit)
    .bind(offset)
    .fetch_one(conn)
    .await
}
