//! Sessions of uploads in chunks: their start (sheet r7/files 2.7, 5.2). The chunks come in at a page of their own.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::blob;
use super::card::View;
use super::ids::{FileId, FolderId};
use super::rules::titles;
use super::tree::Tree;
use super::upload;
use crate::kernel::base::PublicBase;
use crate::kernel::db::Access;
use crate::kernel::time::Timestamp;
use crate::r7::bind::{EntryId, kept_text};
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::Fault;
use crate::r7::messages::Message;
use crate::r7::store;
use crate::r7::store::folder::Named;
use crate::r7::store::upload::UploadRow;
use crate::r7::wire::Answer;

/// A session without chunks ends after so long (sheet r7/files 2.7).
pub(super) const IDLE_MILLIS: i64 = 12 * 60 * 60 * 1000;

/// Largest file that comes in chunks: a stand-alone portal's own limit.
const LARGEST: i64 = 100 << 30;

/// A session. The order of fields is the wire's, and so are the names with a line in them.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Session<P> {
    id: String,
    path: P,
    created: Timestamp,
    expired: Timestamp,
    location: String,
    bytes_uploaded: i64,
    bytes_total: i64,
}

impl<P> Session<P> {
    /// `path`: ids of folders from the root down.
    pub(super) fn new(row: &UploadRow, path: P, base: &PublicBase) -> Self {
        Self {
            path,
            created: row.created,
            expired: row.expires,
            location: base.link(&format!("/Products/Files/ChunkedUploader.ashx?uid={}", row.id)),
            bytes_uploaded: row.received,
            bytes_total: row.total,
            id: row.id.clone(),
        }
    }
}

/// What both calls answer.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Started {
    success: bool,
    data: Session<Vec<FolderId>>,
}

impl Answer for Started {}

fn fits(size: i64) -> Result<(), Fault> {
    if size > LARGEST { Err(Fault::Failure(Message::ChunkedFileTooBig.into())) } else { Ok(()) }
}

/// What a session is for.
struct Target {
    folder: FolderId,
    file: Option<FileId>,
    title: String,
    keep_version: bool,
}

async fn start(
    cx: &mut Cx<'_>,
    view: &View<'_>,
    target: Target,
    size: i64,
    path: Vec<FolderId>,
) -> Result<Started, Fault> {
    let row = UploadRow {
        id: cx.world.ids.hex::<16>(),
        owner_id: view.caller.id.to_string(),
        folder_id: target.folder,
        file_id: target.file,
        title: target.title,
        keep_version: target.keep_version,
        total: size.max(0),
        received: 0,
        digest: blob::saved_of(b""),
        created: cx.now,
        expires: cx.now.plus_millis(IDLE_MILLIS),
    };
    store::upload::insert(cx.conn, &row, cx.now).await?;
    Ok(Started { success: true, data: Session::new(&row, path, cx.base) })
}

/// `POST files/{folderId}/upload/create_session`.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct CreateSession {
    folderid: EntryId,
    #[serde(deserialize_with = "kept_text")]
    filename: Option<String>,
    filesize: i64,
    relativepath: String,
}

impl Endpoint for CreateSession {
    const ACCESS: Access = Access::Write;
    type Out = Started;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Started, Fault> {
        // sheet r7/files 1, 5.2: the route lets anybody in, and then nobody without a right.
        if cx.caller().is_err() {
            return Err(Fault::Security(Message::NoRight.into()));
        }
        let view = View::of(cx)?;
        fits(self.filesize)?;
        let id = super::folder::named(&self.folderid)?;
        let found = store::folder::with_path(cx.conn, Named::Id(id), view.caller.id).await?;
        // sheet r7/files 8: here, an unknown folder is 500.
        let found = found.ok_or(Fault::Failure(Message::FolderNotFound.into()))?;
        let (folder, mut path) = (found.folder, found.path);
        if !folder.right(view.asker()).creates() {
            return Err(Fault::Security(Message::NoRightToCreate.into()));
        }
        let file_name = self.filename.ok_or(Fault::ArgumentNull("fileName"))?;
        let leaf = Tree::new(view.caller.id, cx.now).reach(cx.conn, folder.id, &self.relativepath).await?;
        if leaf != folder.id {
            let found = store::folder::with_path(cx.conn, Named::Id(leaf), view.caller.id).await?;
            path = found.map(|found| found.path).unwrap_or_default();
        }
        let title = titles::of_new_file(&file_name);
        // sheet r7/files 5.2: the person's flag alone decides between a new version and a namesake.
        let file = if cx.files_settings()?.update_if_exist {
            upload::updatable(cx, &view, leaf, &title).await?.map(|row| row.id)
        } else {
            None
        };
        let target = Target { folder: leaf, file, title, keep_version: false };
        start(cx, &view, target, self.filesize, path).await
    }
}

/// `POST files/file/{fileId}/edit_session`: the bytes change, the version stays (sheet r7/files 5.2).
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct EditSession {
    fileid: EntryId,
    filesize: i64,
}

impl Endpoint for EditSession {
    const ACCESS: Access = Access::Write;
    type Out = Started;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Started, Fault> {
        let view = View::of(cx)?;
        fits(self.filesize)?;
        let id = super::file::named(&self.fileid)?;
        // sheet r7/files 8: here, an unknown file is 500.
        let row = store::file::find(cx.conn, id).await?;
        let row = row.ok_or(Fault::Failure(Message::FileNotFound.into()))?;
        if !row.right(view.asker()).edits() {
            return Err(Fault::Security(Message::NoRightToEditFile.into()));
        }
        let found = store::folder::with_path(cx.conn, Named::Id(row.folder_id), view.caller.id).await?;
        let path = found.map(|found| found.path).unwrap_or_default();
        let target = Target { folder: row.folder_id, file: Some(id), title: row.title, keep_version: true };
        start(cx, &view, target, self.filesize, path).await
    }
}
