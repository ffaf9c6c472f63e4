//! What people have marked and set in documents, and where the editors are, in state documents.

use std::collections::HashSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sqlx::SqliteConnection;
use uuid::Uuid;

use crate::kernel::service::Import;
use crate::kernel::state::StateError;
use crate::kernel::time::Timestamp;
use crate::r7::files::rules::marks::Kind;
use crate::r7::files::rules::settings::FilesSettings;
use crate::r7::store::document;
use crate::r7::store::mark::{self, MarkRow};
use crate::r7::store::people;
use crate::r7::store::setting::{self, DocService};

/// A mark of somebody's on a file or on a folder.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Mark {
    #[schemars(with = "String")]
    user: Uuid,
    /// `unread`, `favorite`, `template`, `recent`, `editing` or `editingAlone`. Of recent files the last one here was visited
    /// last.
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    folder: Option<i64>,
    /// When it was set; of an editing, when it ends. Absent: the moment of the import.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<Timestamp>,
}

/// What somebody has set for documents; what is absent is as it is at first.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "switches of the portal's page, each on its own")]
pub(crate) struct Setting {
    #[schemars(with = "String")]
    user: Uuid,
    #[serde(default)]
    update_if_exist: bool,
    #[serde(default = "yes")]
    store_original: bool,
    /// Whether the section is shown.
    #[serde(default = "yes")]
    recent: bool,
    #[serde(default = "yes")]
    favorites: bool,
    #[serde(default = "yes")]
    templates: bool,
    #[serde(default)]
    hide_confirm_save: bool,
    #[serde(default)]
    hide_confirm_open: bool,
    #[serde(default)]
    tar_gz: bool,
    #[serde(default)]
    auto_clean_up: bool,
    /// 1 a week, 2 two weeks, 3 a month, 4 two months, 5 three months.
    #[serde(default = "month")]
    clean_up_gap: i64,
}

const fn yes() -> bool {
    true
}

const fn month() -> i64 {
    3
}

/// How a form is filled in.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Properties {
    file: i64,
    properties: Map<String, Value>,
}

/// Where the editors are.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Editors {
    url: String,
    #[serde(default)]
    url_internal: String,
    #[serde(default)]
    url_portal: String,
}

/// All of it.
#[derive(Debug, Default)]
pub(crate) struct Personal {
    pub(super) marks: Vec<Mark>,
    pub(super) settings: Vec<Setting>,
    pub(super) properties: Vec<Properties>,
    pub(super) editors: Option<Editors>,
}

/// Adds it to a world whose people and entries are there already.
pub(crate) async fn import(
    conn: &mut SqliteConnection,
    personal: &Personal,
    import: &Import<'_>,
) -> Result<(), StateError> {
    let Personal { marks, settings, properties, editors } = personal;
    if let Some(editors) = editors {
        let Editors { url, url_internal, url_portal } = editors.clone();
        setting::set_doc_service(conn, &DocService { url, url_internal, url_portal }).await?;
    }
    if marks.is_empty() && settings.is_empty() && properties.is_empty() {
        return Ok(());
    }
    let people: HashSet<Uuid> =
        people::list(conn).await?.iter().filter_map(|user| Uuid::parse_str(&user.id).ok()).collect();
    let files: HashSet<i64> = document::file_ids(conn).await?.into_iter().collect();
    let folders: HashSet<i64> = document::folders(conn).await?.into_iter().filter_map(|row| row.id).collect();
    let known = |user: &Uuid, path: &str| {
        let missing = || StateError::at(format!("{path}.user"), format!("no user {user}"));
        people.contains(user).then(|| user.to_string()).ok_or_else(missing)
    };
    let mut rows = Vec::with_capacity(marks.len());
    for (index, mark) in marks.iter().enumerate() {
        let path = format!("marks[{index}]");
        let at = |key: &str, text: String| StateError::at(format!("{path}.{key}"), text);
        let kind = Kind::ALL.iter().find(|(.., name)| *name == mark.kind).map(|(_, number, _)| *number);
        let kind = kind.ok_or_else(|| at("kind", format!("no mark is called {}", mark.kind)))?;
        let (is_file, entry_id) = match (mark.file, mark.folder) {
            (Some(file), None) if files.contains(&file) => (1, file),
            (Some(file), None) => return Err(at("file", format!("no file {file}"))),
            (None, Some(folder)) if folders.contains(&folder) => (0, folder),
            (None, Some(folder)) => return Err(at("folder", format!("no folder {folder}"))),
            _ => return Err(StateError::at(path, "a mark is on a `file` or on a `folder`")),
        };
        let user_id = known(&mark.user, &path)?;
        rows.push(MarkRow { user_id, kind, is_file, entry_id, at: mark.at.unwrap_or(import.now).0 });
    }
    mark::insert(conn, &rows).await.map_err(|error| StateError::stored(error, "marks"))?;
    for (index, row) in settings.iter().enumerate() {
        let path = format!("fileSettings[{index}]");
        known(&row.user, &path)?;
        if !(1..=5).contains(&row.clean_up_gap) {
            return Err(StateError::at(format!("{path}.cleanUpGap"), "a number from 1 to 5"));
        }
        setting::put(conn, row.user, &row.into()).await.map_err(|error| StateError::stored(error, &path))?;
    }
    for (index, row) in properties.iter().enumerate() {
        let path = format!("fileProperties[{index}]");
        if !files.contains(&row.file) {
            return Err(StateError::at(format!("{path}.file"), format!("no file {}", row.file)));
        }
        let text = Value::Object(row.properties.clone()).to_string();
        setting::set_properties(conn, &format!("[{}]", row.file), &text)
            .await
            .map_err(|error| StateError::stored(error, &path))?;
    }
    Ok(())
}

impl From<&Setting> for FilesSettings {
    fn from(row: &Setting) -> Self {
        Self {
            update_if_exist: row.update_if_exist,
            store_original: row.store_original,
            recent: row.recent,
            favorites: row.favorites,
            templates: row.templates,
            hide_confirm_save: row.hide_confirm_save,
            hide_confirm_open: row.hide_confirm_open,
            tar_gz: row.tar_gz,
            auto_clean_up: row.auto_clean_up,
            clean_up_gap: row.clean_up_gap,
        }
    }
}

/// All of it, in the order in which it came.
pub(crate) async fn export(conn: &mut SqliteConnection) -> Result<Personal, sqlx::Error> {
    let guid = |text: &str| Uuid::parse_str(text).unwrap_or_default();
    let marks = mark::all(conn).await?.into_iter().map(|row| Mark {
        user: guid(&row.user_id),
        kind: Kind::ALL
            .iter()
            .find(|(_, number, _)| *number == row.kind)
            .map(|(.., name)| (*name).to_owned())
            .unwrap_or_default(),
        file: (row.is_file == 1).then_some(row.entry_id),
        folder: (row.is_file == 0).then_some(row.entry_id),
        at: Some(Timestamp(row.at)),
    });
    let marks = marks.collect();
    let settings = setting::all(conn).await?.into_iter().map(|row| Setting {
        user: guid(&row.user_id),
        update_if_exist: row.settings.update_if_exist,
        store_original: row.settings.store_original,
        recent: row.settings.recent,
        favorites: row.settings.favorites,
        templates: row.settings.templates,
        hide_confirm_save: row.settings.hide_confirm_save,
        hide_confirm_open: row.settings.hide_confirm_open,
        tar_gz: row.settings.tar_gz,
        auto_clean_up: row.settings.auto_clean_up,
        clean_up_gap: row.settings.clean_up_gap,
    });
    let settings = settings.collect();
    let properties = setting::all_properties(conn)
        .await?
        .into_iter()
        .map(|(file, text)| Properties { file, properties: serde_json::from_str(&text).unwrap_or_default() });
    let properties = properties.collect();
    let editors = setting::doc_service(conn).await?.map(|service| Editors {
        url: service.url,
        url_internal: service.url_internal,
        url_portal: service.url_portal,
    });
    Ok(Personal { marks, settings, properties, editors })
}
