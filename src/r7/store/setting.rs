//! What people have set for documents, how forms are filled in, where the editors are.

use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row as _, SqliteConnection};
use uuid::Uuid;

use crate::r7::files::ids::FileId;
use crate::r7::files::rules::settings::FilesSettings;

/// Whose choices, and which.
#[derive(Debug)]
pub(crate) struct SettingRow {
    pub(crate) user_id: String,
    pub(crate) settings: FilesSettings,
}

impl FromRow<'_, SqliteRow> for SettingRow {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            user_id: row.try_get("user_id")?,
            settings: FilesSettings {
                update_if_exist: row.try_get("update_if_exist")?,
                store_original: row.try_get("store_original")?,
                recent: row.try_get("recent")?,
                favorites: row.try_get("favorites")?,
                templates: row.try_get("templates")?,
                hide_confirm_save: row.try_get("hide_confirm_save")?,
                hide_confirm_open: row.try_get("hide_confirm_open")?,
                tar_gz: row.try_get("tar_gz")?,
                auto_clean_up: row.try_get("auto_clean_up")?,
                clean_up_gap: row.try_get("clean_up_gap")?,
            },
        })
    }
}

/// Everybody's choices, of those who have set any.
pub(crate) async fn all(conn: &mut SqliteConnection) -> Result<Vec<SettingRow>, sqlx::Error> {
    sqlx::query_as(
        "SELECT user_id, update_if_exist, store_original, recent, favorites, templates, hide_confirm_save, hide_confirm_open,
            tar_gz, auto_clean_up, clean_up_gap
         FROM r7_files_setting ORDER BY user_id",
    )
    .fetch_all(conn)
    .await
}

/// Stores a person's choices.
pub(crate) async fn put(
    conn: &mut SqliteConnection,
    user: Uuid,
    settings: &FilesSettings,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT OR REPLACE INTO r7_files_setting (user_id, update_if_exist, store_original, recent, favorites, templates,
            hide_confirm_save, hide_confirm_open, tar_gz, auto_clean_up, clean_up_gap)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(user.to_string())
    .bind(settings.update_if_exist)
    .bind(settings.store_original)
    .bind(settings.recent)
    .bind(settings.favorites)
    .bind(settings.templates)
    .bind(settings.hide_confirm_save)
    .bind(settings.hide_confirm_open)
    .bind(settings.tar_gz)
    .bind(settings.auto_clean_up)
    .bind(settings.clean_up_gap)
    .execute(conn)
    .await?;
    Ok(())
}

/// How a form is filled in, as JSON; `None`: nothing is set.
pub(crate) async fn properties(
    conn: &mut SqliteConnection,
    file: FileId,
) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar("SELECT properties FROM r7_file_property WHERE file_id = ?")
        .bind(file)
        .fetch_optional(conn)
        .await
}

/// Every file's properties, by file.
pub(crate) async fn all_properties(conn: &mut SqliteConnection) -> Result<Vec<(i64, String)>, sqlx::Error> {
    sqlx::query_as("SELECT file_id, properties FROM r7_file_property ORDER BY file_id").fetch_all(conn).await
}

/// Sets the properties of files (a JSON list of ids that exist).
pub(crate) async fn set_properties(
    conn: &mut SqliteConnection,
    files: &str,
    properties: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT OR REPLACE INTO r7_file_property (file_id, properties) SELECT value, ?2 FROM json_each(?1)",
    )
    .bind(files)
    .bind(properties)
    .execute(conn)
    .await?;
    Ok(())
}

/// Where the editors are.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub(crate) struct DocService {
    pub(crate) url: String,
    pub(crate) url_internal: String,
    pub(crate) url_portal: String,
}

/// Where the editors are; `None`: where the portal is.
pub(crate) async fn doc_service(conn: &mut SqliteConnection) -> Result<Option<DocService>, sqlx::Error> {
    sqlx::query_as("SELECT url, url_internal, url_portal FROM r7_docservice").fetch_optional(conn).await
}

/// Says where the editors are.
pub(crate) async fn set_doc_service(
    conn: &mut SqliteConnection,
    service: &DocService,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT OR REPLACE INTO r7_docservice (one, url, url_internal, url_portal) VALUES (1, ?, ?, ?)",
    )
    .bind(&service.url)
    .bind(&service.url_internal)
    .bind(&service.url_portal)
    .execute(conn)
    .await?;
    Ok(())
}
