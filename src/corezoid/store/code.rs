//! Source texts of Code nodes.

use sqlx::{FromRow, SqliteConnection};

use crate::corezoid::ids::ConvId;

/// Stores the source of a node that is in a reachable process; false if there is none. One statement.
pub(crate) async fn put(
    conn: &mut SqliteConnection,
    (conv, node): (ConvId, &str),
    env: &str,
    (lang, src): (&str, &str),
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "INSERT INTO cz_code (node_id, env, lang, src)
         SELECT n.id, ?3, ?4, ?5 FROM cz_reachable_conv c JOIN cz_node n ON n.conv_id = c.id
         WHERE c.id = ?1 AND n.id = ?2 AND NOT n.draft_deleted
         ON CONFLICT (node_id, env) DO UPDATE SET lang = excluded.lang, src = excluded.src",
    )
    .bind(conv)
    .bind(node)
    .bind(env)
    .bind(lang)
    .bind(src)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// What is known of a node's code.
#[derive(Debug, FromRow)]
pub(crate) struct CodeRow {
    /// The process has such a node.
    pub(crate) is_node: bool,
    /// What was loaded.
    pub(crate) lang: Option<String>,
    pub(crate) src: Option<String>,
    /// Documents of the node.
    pub(crate) live: Option<String>,
    pub(crate) draft: Option<String>,
}

/// The code of a node, as loaded into the sandbox or production (into production where the sandbox has none), and the
/// node's own documents; `None` without a reachable process.
pub(crate) async fn find(
    conn: &mut SqliteConnection,
    (conv, node): (ConvId, &str),
    env: &str,
) -> Result<Option<CodeRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT n.id IS NOT NULL AND NOT n.draft_deleted AS is_node, k.lang, k.src, n.live, n.draft
         FROM cz_reachable_conv c LEFT JOIN cz_node n ON n.conv_id = c.id AND n.id = ?2
              LEFT JOIN cz_code k ON k.node_id = n.id AND k.env IN (?3, 'production')
         WHERE c.id = ?1
         ORDER BY k.env = ?3 DESC LIMIT 1",
    )
    .bind(conv)
    .bind(node)
    .bind(env)
    .fetch_optional(conn)
    .await
}

/// A stored source, for documents.
#[derive(Debug, FromRow)]
pub(crate) struct Stored {
    pub(crate) node_id: String,
    pub(crate) env: String,
    pub(crate) lang: String,
    pub(crate) src: String,
}

/// Every source of the world.
pub(crate) async fn all(conn: &mut SqliteConnection) -> Result<Vec<Stored>, sqlx::Error> {
    sqlx::query_as("SELECT node_id, env, lang, src FROM cz_code ORDER BY node_id, env DESC")
        .fetch_all(conn)
        .await
}

/// Stores sources of a document: a JSON array of `[node, env, lang, src]`.
pub(crate) async fn insert_all(conn: &mut SqliteConnection, codes: &str) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO cz_code (node_id, env, lang, src)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?)",
    )
    .bind(codes)
    .execute(conn)
    .await?;
    Ok(())
}
