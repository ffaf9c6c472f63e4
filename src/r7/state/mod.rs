//! The portal's part of a state document (contract §4).

mod crm;
mod documents;
mod groups;
mod people;
mod personal;
mod portal;
mod shares;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use sqlx::SqliteConnection;

use documents::Documents;
use personal::Personal;

use crate::kernel::service::Import;
use crate::kernel::state::{StateError, decode, raw_list};
use crate::r7::portal::Choices;

/// `"r7": {…}`.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Part<'a> {
    /// Everybody in the portal. Absent in every document of a seed: one admin, `admin@example.org` / `secret`.
    users: Vec<people::User>,
    /// Groups of people. The fixed ones (everyone, admins, users, guests) are there without being named.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    groups: Vec<groups::Group>,
    /// What administrators have set.
    #[serde(skip_serializing_if = "Choices::is_empty")]
    portal: Choices,
    /// Roots of sections. Those that every portal has are made if they are absent.
    sections: Vec<documents::Section>,
    folders: Vec<documents::Folder>,
    /// Decoded one by one: a document may hold a million.
    #[serde(borrow, deserialize_with = "raw_list")]
    #[schemars(with = "Vec<documents::File>")]
    files: Option<&'a RawValue>,
    /// File operations that wait, or whose end nobody has read.
    operations: Vec<documents::Operation>,
    /// Archives of bulk downloads that can still be fetched; of each person the last ten are kept.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    archives: Vec<documents::Archive>,
    /// Uploads in chunks that are under way.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    uploads: Vec<documents::Upload>,
    /// The last id that a folder had, if it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_folder: Option<i64>,
    /// The last id that a file had, if it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_file: Option<i64>,
    /// Favourites, templates, recent visits, and who has which file open in the editor.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    marks: Vec<personal::Mark>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    file_settings: Vec<personal::Setting>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    file_properties: Vec<personal::Properties>,
    /// Where the editors are. Absent: where the portal is.
    #[serde(skip_serializing_if = "Option::is_none")]
    doc_service: Option<personal::Editors>,
    /// With whom files and folders are shared.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    shares: Vec<shares::Share>,
    /// Contacts, opportunities, cases, their lists and their history.
    crm: crm::Crm,
}

/// JSON Schema of the part.
pub(crate) fn schema() -> Value {
    serde_json::to_value(schemars::schema_for!(Part)).unwrap_or_default()
}

/// Checks the form.
pub(crate) fn check(part: &str) -> Result<(), StateError> {
    decode::<Part>(part).map(|_| ())
}

/// Adds a part to the database.
pub(crate) async fn import(
    conn: &mut SqliteConnection,
    part: &str,
    import: &Import<'_>,
) -> Result<(), StateError> {
    let part: Part = decode(part)?;
    people::import(conn, &part.users, import).await?;
    groups::import(conn, &part.groups).await?;
    portal::import(conn, &part.portal).await?;
    let documents = Documents {
        sections: part.sections,
        folders: part.folders,
        files: part.files,
        operations: part.operations,
        archives: part.archives,
        uploads: part.uploads,
        last_folder: part.last_folder,
        last_file: part.last_file,
    };
    documents::import(conn, &documents, import).await?;
    shares::import(conn, &part.shares, import).await?;
    let personal = Personal {
        marks: part.marks,
        settings: part.file_settings,
        properties: part.file_properties,
        editors: part.doc_service,
    };
    personal::import(conn, &personal, import).await?;
    crm::import(conn, &part.crm, import).await?;
    Ok(())
}

/// The part of the world's state document.
pub(crate) async fn export(conn: &mut SqliteConnection) -> Result<String, sqlx::Error> {
    let users = people::export(conn).await?;
    let groups = groups::export(conn).await?;
    let portal = portal::export(conn).await?;
    let (listed, last) = documents::export_files(conn).await?;
    let Documents { sections, folders, files, operations, archives, uploads, last_folder, last_file } =
        documents::export(conn, &listed, last).await?;
    let shares = shares::export(conn).await?;
    let crm = crm::export(conn).await?;
    let Personal { marks, settings, properties, editors } = personal::export(conn).await?;
    let part = Part {
        users,
        groups,
        portal,
        sections,
        folders,
        files,
        operations,
        archives,
        uploads,
        last_folder,
        last_file,
        shares,
        marks,
        file_settings: settings,
        file_properties: properties,
        doc_service: editors,
        crm,
    };
    // Room for the files at once: what grows by doubling would hold them three times over.
    let mut text = Vec::with_capacity(listed.get().len() + (1 << 16));
    serde_json::to_writer(&mut text, &part).map_err(|error| sqlx::Error::Decode(error.into()))?;
    String::from_utf8(text).map_err(|error| sqlx::Error::Decode(error.into()))
}
