//! Documents: sections, folders, files, uploads, file operations (sheet r7/files).

pub(crate) mod archive;
pub(crate) mod blob;
pub(crate) mod card;
pub(crate) mod chunks;
mod cleaning;
pub(crate) mod content;
pub(crate) mod create;
pub(crate) mod decline;
pub(crate) mod editing;
pub(crate) mod file;
pub(crate) mod fileops;
pub(crate) mod folder;
mod guarded;
pub(crate) mod ids;
pub(crate) mod insert;
pub(crate) mod job;
pub(crate) mod link;
pub(crate) mod marking;
mod moving;
pub(crate) mod operation;
mod packer;
pub(crate) mod plain;
pub(crate) mod properties;
pub(crate) mod rules;
pub(crate) mod section;
pub(crate) mod session;
pub(crate) mod setting;
pub(crate) mod share;
mod sink;
pub(crate) mod steps;
pub(crate) mod text;
pub(crate) mod tree;
pub(crate) mod trouble;
mod unread;
pub(crate) mod upload;
pub(crate) mod versions;

use sha1::{Digest as _, Sha1};
use sqlx::SqliteConnection;
use uuid::Uuid;

use super::store;
use crate::kernel::time::Timestamp;
use blob::{Content, Settled};
use ids::{FileId, FolderId};
use rules::titles;

/// Key of the CRM's hidden root (sheet r7/crm).
const CRM_BUNCH: &str = "crm/crm_common/";

/// A file to be stored.
#[derive(Debug)]
pub(crate) struct NewFile<'a> {
    pub(crate) folder: FolderId,
    /// As the client gave it; it is cleaned here (sheet r7/files 5.5).
    pub(crate) title: &'a str,
    pub(crate) bytes: &'a Content,
    /// `comment` of its history; a plain upload has none.
    pub(crate) comment: Option<&'a str>,
    pub(crate) by: Uuid,
    pub(crate) now: Timestamp,
}

/// Stores a new file in a folder that exists. One statement, if the body is small.
pub(crate) async fn create(conn: &mut SqliteConnection, file: &NewFile<'_>) -> Result<FileId, sqlx::Error> {
    let body = blob::settle(conn, file.bytes).await?;
    create_of(conn, file, &body).await
}

/// The same with a body that is settled; the file's own is not looked at.
pub(crate) async fn create_of(
    conn: &mut SqliteConnection,
    file: &NewFile<'_>,
    body: &Settled,
) -> Result<FileId, sqlx::Error> {
    let title = titles::of_new_file(file.title);
    let insert = store::file::Insert {
        folder: file.folder,
        title_key: &titles::key(&title),
        sort_key: &titles::sort_key(&title),
        title: &title,
        comment: file.comment,
        hash: &body.hash,
        size: body.size,
        bytes: body.bytes.as_deref(),
        by: file.by,
        now: file.now,
    };
    store::file::insert(conn, &insert).await
}

/// Erases files for good: rows, versions, and the bytes that nothing else names. Unknown ids are ignored.
pub(crate) async fn erase(conn: &mut SqliteConnection, ids: &[FileId]) -> Result<(), sqlx::Error> {
    store::file::erase(conn, &ids::json(ids)).await
}

/// The hidden root that holds the CRM's files (`rootFolderType` 2); made on first use. One statement once it is there.
pub(crate) async fn crm_root(
    conn: &mut SqliteConnection,
    by: Uuid,
    now: Timestamp,
) -> Result<FolderId, sqlx::Error> {
    store::folder::bunch(conn, CRM_BUNCH, by, now).await
}

/// The name under which bytes are stored.
pub(crate) fn hash(bytes: &[u8]) -> String {
    hex::encode(Sha1::digest(bytes))
}
