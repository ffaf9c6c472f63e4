//! What an export reads, and the files it leaves.

use sqlx::{FromRow, SqliteConnection};

use crate::corezoid::ids::{Kind, Thing};

/// An object of an export; what a kind does not have is null.
#[derive(Debug, FromRow)]
pub(crate) struct ItemRow {
    /// `folder`, `conv`, `dashboard`, `instance`.
    pub(crate) obj: String,
    pub(crate) id: i64,
    pub(crate) folder_id: i64,
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) company_id: Option<String>,
    pub(crate) status: i64,
    pub(crate) conv_type: Option<String>,
    /// JSON.
    pub(crate) params: Option<String>,
    pub(crate) ref_mask: Option<bool>,
    /// JSON.
    pub(crate) time_range: Option<String>,
    /// JSON.
    pub(crate) grid: Option<String>,
    /// Of a project or a stage.
    pub(crate) short_name: Option<String>,
    pub(crate) immutable: bool,
    pub(crate) uuid: Option<String>,
    /// JSON object.
    pub(crate) more: Option<String>,
    /// Of a database connection.
    #[sqlx(default)]
    pub(crate) instance_type: Option<String>,
    /// JSON object.
    #[sqlx(default)]
    pub(crate) data: Option<String>,
}

/// The object and, for a folder, all that is in it and not deleted: folders, then processes, then dashboards, by id.
/// Empty: there is no such object.
pub(crate) async fn items(conn: &mut SqliteConnection, thing: Thing) -> Result<Vec<ItemRow>, sqlx::Error> {
    let sql = match thing.kind {
        Kind::Folder | Kind::Project | Kind::Stage => {
            "WITH RECURSIVE sub (id) AS (
                 SELECT id FROM cz_folder WHERE id = ?1 AND kind = ?2 AND live
                 UNION SELECT f.id FROM sub JOIN cz_folder f ON f.folder_id = sub.id AND f.live)
             SELECT f.kind AS obj, f.id AS id, f.folder_id, f.title, f.description, f.company_id, f.status, NULL AS conv_type,
                    NULL AS params, NULL AS ref_mask, NULL AS time_range, NULL AS grid, f.short_name, f.immutable,
                    f.uuid, f.more, 0 AS rank
             FROM sub JOIN cz_folder f USING (id)
             UNION ALL
             SELECT 'conv', c.id, c.folder_id, c.title, c.description, c.company_id, c.status, c.conv_type, c.params,
                    c.ref_mask, NULL, NULL, NULL, 0, c.uuid, c.more, 1
             FROM sub JOIN cz_conv c ON c.folder_id = sub.id AND c.status <> 3
             UNION ALL
             SELECT 'dashboard', d.id, d.folder_id, d.title, d.description, d.company_id, d.status, NULL, NULL, NULL,
                    d.time_range, d.grid, NULL, 0, d.uuid, d.more, 2
             FROM sub JOIN cz_dashboard d ON d.folder_id = sub.id AND d.status <> 3
             ORDER BY rank, id"
        }
        Kind::Conv => {
            "SELECT 'conv' AS obj, c.id, c.folder_id, c.title, c.description, c.company_id, c.status, c.conv_type,
                    c.params, c.ref_mask, NULL AS time_range, NULL AS grid, NULL AS short_name,
                    0 AS immutable, c.uuid, c.more
             FROM cz_reachable_conv c WHERE c.id = ?1"
        }
        Kind::Dashboard => {
            "SELECT 'dashboard' AS obj, d.id, d.folder_id, d.title, d.description, d.company_id, d.status,
                    NULL AS conv_type, NULL AS params, NULL AS ref_mask, d.time_range, d.grid, NULL AS short_name, 0 AS immutable,
                    d.uuid, d.more
             FROM cz_reachable_dashboard d WHERE d.id = ?1"
        }
        // Exported by itself only: no source tells that the file of a folder holds connections.
        Kind::Instance => {
            "SELECT 'instance' AS obj, e.id, e.folder_id, e.title, e.description, e.company_id, e.status, NULL AS conv_type,
                    NULL AS params, NULL AS ref_mask, NULL AS time_range, NULL AS grid, NULL AS short_name, 0 AS immutable,
                    NULL AS uuid, NULL AS more, e.instance_type, e.data
             FROM cz_reachable_instance e WHERE e.id = ?1"
        }
        Kind::Alias | Kind::EnvVar | Kind::Version => return Ok(Vec::new()),
    };
    sqlx::query_as(sql).bind(thing.id).bind(thing.kind.word()).fetch_all(conn).await
}

/// An alias or a variable that goes along with an export.
#[derive(Debug, FromRow)]
pub(crate) struct BesideRow {
    /// `alias`, `env_var`.
    pub(crate) obj: String,
    pub(crate) id: i64,
    /// Its stage, else its project, else 0.
    pub(crate) parent: i64,
    pub(crate) title: String,
    pub(crate) short_name: String,
    pub(crate) description: Option<String>,
    pub(crate) company_id: Option<String>,
    pub(crate) uuid: String,
    /// Of an alias.
    pub(crate) conv: Option<i64>,
    pub(crate) conv_title: Option<String>,
    /// Of a variable.
    pub(crate) env_var_type: Option<String>,
    pub(crate) data_type: Option<String>,
    pub(crate) value: Option<String>,
    /// JSON list.
    pub(crate) scopes: Option<String>,
}

/// The aliases and variables of stages and projects (a JSON array of ids), and the aliases of processes (another), by
/// kind and id.
pub(crate) async fn beside(
    conn: &mut SqliteConnection,
    places: &str,
    convs: &str,
) -> Result<Vec<BesideRow>, sqlx::Error> {
    sqlx::query_as(
        "WITH mine (id) AS (
             SELECT a.id FROM json_each(?1) p JOIN cz_alias a ON a.stage_id = p.value AND a.stage_id <> 0
             UNION
             SELECT a.id FROM json_each(?1) p JOIN cz_alias a ON a.project_id = p.value AND a.project_id <> 0
                 AND a.stage_id = 0
             UNION
             SELECT a.id FROM json_each(?2) c JOIN cz_alias a ON a.obj_to_id = c.value AND a.obj_to_id IS NOT NULL)
         SELECT 'alias' AS obj, a.id, iif(a.stage_id = 0, a.project_id, a.stage_id) AS parent, a.title, a.short_name,
                a.description, a.company_id, a.uuid, a.obj_to_id AS conv, c.title AS conv_title, NULL AS env_var_type,
                NULL AS data_type, NULL AS value, NULL AS scopes
         FROM mine JOIN cz_alias a USING (id) LEFT JOIN cz_conv c ON c.id = a.obj_to_id WHERE a.status <> 3
         UNION ALL
         SELECT 'env_var', e.id, e.stage_id, e.title, e.short_name, e.description, e.company_id, e.uuid, NULL, NULL,
                e.env_var_type, e.data_type, e.value, e.scopes
         FROM json_each(?1) p JOIN cz_env_var e ON e.stage_id = p.value AND e.stage_id <> 0
         ORDER BY 1, 2",
    )
    .bind(places)
    .bind(convs)
    .fetch_all(conn)
    .await
}

/// A deployed node of an export.
#[derive(Debug, FromRow)]
pub(crate) struct LiveRow {
    pub(crate) conv_id: i64,
    pub(crate) id: String,
    /// JSON of a node document.
    pub(crate) live: String,
}

/// The deployed nodes of processes (a JSON array of ids), in the order they were made.
pub(crate) async fn live_nodes(
    conn: &mut SqliteConnection,
    convs: &str,
) -> Result<Vec<LiveRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT n.conv_id, n.id, n.live FROM json_each(?) wanted JOIN cz_node n ON n.conv_id = wanted.value
         WHERE n.live IS NOT NULL ORDER BY n.conv_id, n.position",
    )
    .bind(convs)
    .fetch_all(conn)
    .await
}

/// A file behind a link.
#[derive(Debug, FromRow)]
pub(crate) struct FileRow {
    pub(crate) name: String,
    pub(crate) content: Vec<u8>,
    /// Unix seconds.
    pub(crate) create_time: i64,
}

/// Stores a file; one of the same name, made in the same moment, gives way.
pub(crate) async fn put_file(conn: &mut SqliteConnection, file: &FileRow) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO cz_download (name, content, create_time) VALUES (?1, ?2, ?3)
         ON CONFLICT (name) DO UPDATE SET content = ?2, create_time = ?3",
    )
    .bind(&file.name)
    .bind(&file.content)
    .bind(file.create_time)
    .execute(conn)
    .await?;
    Ok(())
}

/// A file by name.
pub(crate) async fn file(conn: &mut SqliteConnection, name: &str) -> Result<Option<FileRow>, sqlx::Error> {
    sqlx::query_as("SELECT name, content, create_time FROM cz_download WHERE name = ?")
        .bind(name)
        .fetch_optional(conn)
        .await
}

/// The name of every file.
pub(crate) async fn file_names(conn: &mut SqliteConnection) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar("SELECT name FROM cz_download").fetch_all(conn).await
}

/// Every file, oldest first.
pub(crate) async fn files(conn: &mut SqliteConnection) -> Result<Vec<FileRow>, sqlx::Error> {
    sqlx::query_as("SELECT name, content, create_time FROM cz_download ORDER BY create_time, name")
        .fetch_all(conn)
        .await
}
