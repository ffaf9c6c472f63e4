//! Uploads in chunks that are under way, in state documents.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;
use uuid::Uuid;

use crate::kernel::state::StateError;
use crate::kernel::time::Timestamp;
use crate::r7::files::blob::saved_of;
use crate::r7::files::ids::{FileId, FolderId};
use crate::r7::store::upload::{self, UploadRow};
use crate::r7::store::{blob, file, folder};

/// An upload in chunks whose last has not come.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Upload {
    /// The secret of its address: 32 hex.
    id: String,
    #[schemars(with = "String")]
    owner: Uuid,
    folder: i64,
    /// The file that gets the bytes. Absent: a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<i64>,
    /// Of a new file.
    title: String,
    /// The file's version stays what it is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    keep_version: bool,
    /// In bytes; 0: what the first chunk brings.
    total: i64,
    created: Timestamp,
    expires: Timestamp,
    /// What has come.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    base64: String,
}

/// Every upload, oldest first.
pub(super) async fn export(conn: &mut SqliteConnection) -> Result<Vec<Upload>, sqlx::Error> {
    let mut uploads = Vec::new();
    for row in upload::all(conn).await? {
        let mut bytes = blob::whole(conn, &row.id).await?;
        // A chunk that is just coming in does not count yet.
        bytes.truncate(usize::try_from(row.received).unwrap_or_default());
        uploads.push(Upload {
            owner: Uuid::parse_str(&row.owner_id).unwrap_or_default(),
            folder: row.folder_id.0,
            file: row.file_id.map(|id| id.0),
            title: row.title,
            keep_version: row.keep_version,
            total: row.total,
            created: row.created,
            expires: row.expires,
            base64: STANDARD.encode(&bytes),
            id: row.id,
        });
    }
    Ok(uploads)
}

/// Adds uploads; `people` are those of the world, whose folders and files are there already.
pub(super) async fn import(
    conn: &mut SqliteConnection,
    uploads: &[Upload],
    people: &[Uuid],
) -> Result<(), StateError> {
    for (index, upload) in uploads.iter().enumerate() {
        let path = format!("uploads[{index}]");
        let at = |key: &str, text: String| StateError::at(format!("{path}.{key}"), text);
        let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if upload.id.len() != 32 || !upload.id.bytes().all(hex) {
            return Err(at("id", "an upload's id is 32 hex digits in lower case".to_owned()));
        }
        if upload::find(conn, &upload.id).await?.is_some() {
            return Err(at("id", "this id is taken".to_owned()));
        }
        if !people.contains(&upload.owner) {
            return Err(at("owner", format!("no user {}", upload.owner)));
        }
        let folder = FolderId(upload.folder);
        if folder::find(conn, folder).await?.is_none() {
            return Err(at("folder", format!("no folder {folder}")));
        }
        if let Some(id) = upload.file
            && file::find(conn, FileId(id)).await?.is_none()
        {
            return Err(at("file", format!("no file {id}")));
        }
        let bytes = STANDARD.decode(&upload.base64).map_err(|error| at("base64", error.to_string()))?;
        let received = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        if upload.total < 0 || received > 0 && received >= upload.total {
            return Err(at("total", "an upload under way has less than all of its bytes".to_owned()));
        }
        let row = UploadRow {
            id: upload.id.clone(),
            owner_id: upload.owner.to_string(),
            folder_id: folder,
            file_id: upload.file.map(FileId),
            title: upload.title.clone(),
            keep_version: upload.keep_version,
            total: upload.total,
            received,
            digest: saved_of(&bytes),
            created: upload.created,
            expires: upload.expires,
        };
        let stored = async {
            blob::split(conn, &row.id, &bytes).await?;
            upload::insert(conn, &row, Timestamp(i64::MIN)).await
        };
        stored.await.map_err(|error| StateError::stored(error, &path))?;
    }
    Ok(())
}
