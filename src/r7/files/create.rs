//! New documents: blank ones, and copies under another name (sheet r7/files 5.4).

use schemars::JsonSchema;
use serde::Deserialize;

use super::blob::{self, Content};
use super::card::{File, View};
use super::file::visible;
use super::folder::{Site, number_of};
use super::hash;
use super::ids::{FileId, FolderId};
use super::rules::marks::Marks;
use super::rules::rights::Section;
use super::rules::{blank, titles, types};
use super::unread::News;
use crate::kernel::db::Access;
use crate::r7::bind::EntryId;
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::Fault;
use crate::r7::messages::Message;
use crate::r7::store;
use crate::r7::store::file::{FileRow, Insert};
use crate::r7::store::folder::{FolderRow, Named};

/// Where the bytes of a new file come from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source<'a> {
    Bytes(&'a [u8]),
    /// What came with a request; one statement more if it is large.
    Content(&'a Content),
    /// They are stored already, as those of another file.
    Stored {
        hash: &'a str,
        size: i64,
    },
}

/// Stores a new file in a folder that exists; `title` is clean. One statement, and one more where others may read it.
pub(super) async fn add(
    cx: &mut Cx<'_>,
    view: &View<'_>,
    folder: &FolderRow,
    title: String,
    source: Source<'_>,
    comment: Option<Message>,
) -> Result<FileRow, Fault> {
    let (by, now) = (view.caller.id, cx.now);
    let settled;
    let (digest, bytes, size) = match source {
        Source::Bytes(bytes) => (hash(bytes), Some(bytes), i64::try_from(bytes.len()).unwrap_or(i64::MAX)),
        Source::Content(content) => {
            settled = blob::settle(cx.conn, content).await?;
            (settled.hash.clone(), settled.bytes.as_deref(), settled.size)
        }
        Source::Stored { hash, size } => (hash.to_owned(), None, size),
    };
    let comment = comment.map(|comment| comment.say(view.language()));
    let insert = Insert {
        folder: folder.id,
        title: &title,
        title_key: &titles::key(&title),
        sort_key: &titles::sort_key(&title),
        comment,
        hash: &digest,
        bytes,
        size,
        by,
        now,
    };
    let id = store::file::insert(cx.conn, &insert).await?;
    let row = FileRow {
        id,
        folder_id: folder.id,
        title,
        version: 1,
        version_group: 1,
        comment: comment.map(str::to_owned),
        hash: digest,
        size,
        created: now,
        created_by: by.to_string(),
        updated: now,
        updated_by: by.to_string(),
        root_id: folder.root_id,
        root_kind: folder.root_kind,
        root_owner: folder.root_owner.clone(),
        grants: folder.grants.of_new_file(),
        marks: Marks::default(),
    };
    News { directory: view.directory(), author: by, now }.of_file(cx.conn, &row).await?;
    Ok(row)
}

/// The folder for a new document: where there is none, or none that the caller may put it into, his own section.
async fn folder(cx: &mut Cx<'_>, view: &View<'_>, id: Option<FolderId>) -> Result<FolderRow, Fault> {
    if let Some(id) = id
        && let Some(found) = store::folder::find(cx.conn, id).await?
        && found.right(view.asker()).creates()
    {
        return Ok(found);
    }
    // sheet r7/files 5.4, 10.6: silently, with 201.
    let own = Named::Section(Section::My.kind());
    let found = store::folder::with_path(cx.conn, own, view.caller.id).await?;
    // A guest has no section of their own.
    let own = found.map(|found| found.folder).filter(|folder| folder.right(view.asker()).creates());
    own.ok_or(Fault::InvalidOperation(Message::NoRightToCreate.into()))
}

/// Makes a document. `template`: whose bytes it starts with; `any_extension`: the title's stays what it is.
async fn document(
    cx: &mut Cx<'_>,
    view: &View<'_>,
    folder_id: Option<FolderId>,
    title: &str,
    template: Option<FileRow>,
    any_extension: bool,
) -> Result<File, Fault> {
    let folder = folder(cx, view, folder_id).await?;
    let default = format!("{}.docx", Message::NewDocument.say(view.language()));
    let title = if title.is_empty() { &default } else { title };
    let format = types::own_format(&titles::extension(title));
    let title =
        if any_extension { titles::of_new_file(title) } else { titles::of_new_document(title, format) };
    let source = match &template {
        Some(row) => Source::Stored { hash: &row.hash, size: row.size },
        // sheet r7/files 5.4: of a foreign format there is no blank; the file is empty.
        None if any_extension => Source::Bytes(&[]),
        None => Source::Bytes(blank::document(format.unwrap_or(".docx")).unwrap_or_default()),
    };
    let row = add(cx, view, &folder, title, source, Some(Message::CommentCreated)).await?;
    Ok(File::new(row, view))
}

/// An id that may be left out; one that is no number is a failure (sheet r7/files 8).
fn optional(id: &EntryId) -> Result<Option<i64>, Fault> {
    match id {
        EntryId::Text(text) if text.is_empty() => Ok(None),
        id => number_of(id, Site::Elsewhere).map(Some),
    }
}

/// `POST files/file/{fileId}/copyas`: a copy under another name. `toForm` is taken and has no effect.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(default)]
pub(crate) struct CopyAs {
    fileid: EntryId,
    destfolderid: EntryId,
    desttitle: String,
}

impl Endpoint for CopyAs {
    const ACCESS: Access = Access::Write;
    type Out = File;

    async fn run(self, cx: &mut Cx<'_>) -> Result<File, Fault> {
        let id = super::file::named(&self.fileid)?;
        // sheet r7/files 1: the route lets anybody in, and then says 403 instead of 401.
        let Ok(view) = View::of(cx) else {
            let known = store::file::find(cx.conn, id).await?.is_some();
            let message = if known { Message::NoRightToViewFile } else { Message::FileNotFound };
            return Err(Fault::InvalidOperation(message.into()));
        };
        let (row, _) = visible(cx, &view, id).await?;
        let destination = optional(&self.destfolderid)?.map(FolderId);
        if titles::extension(&self.desttitle) == titles::extension(&row.title) {
            return document(cx, &view, destination, &self.desttitle, Some(row), true).await;
        }
        // sheet r7/files 5.4: another extension is a conversion, whose outcome is put in as a new upload would be.
        // Nothing here converts: the bytes stay what they are.
        if row.size == 0 {
            return Err(Fault::Failure(Message::EmptyFile.into()));
        }
        if self.desttitle.is_empty() {
            return Err(Fault::ArgumentNull("title"));
        }
        let destination = match destination {
            Some(id) => id,
            None => super::folder::named(&self.destfolderid)?,
        };
        let folder = store::folder::find(cx.conn, destination).await?;
        let folder = folder.ok_or(Fault::NotFound(Message::FolderNotFound.into()))?;
        if !folder.right(view.asker()).creates() {
            return Err(Fault::InvalidOperation(Message::NoRightToCreate.into()));
        }
        let source = Source::Stored { hash: &row.hash, size: row.size };
        let title = titles::of_new_file(&self.desttitle);
        Ok(File::new(add(cx, &view, &folder, title, source, None).await?, &view))
    }
}

/// `POST files/{folderId}/file`.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(default)]
pub(crate) struct CreateFile {
    folderid: EntryId,
    title: String,
    templateid: EntryId,
    enableexternalext: bool,
}

impl Endpoint for CreateFile {
    const ACCESS: Access = Access::Write;
    type Out = File;

    async fn run(self, cx: &mut Cx<'_>) -> Result<File, Fault> {
        let folder = number_of(&self.folderid, Site::Elsewhere)?;
        let view = View::of(cx)?;
        let template = match optional(&self.templateid)? {
            Some(id) => Some(visible(cx, &view, FileId(id)).await?.0),
            None => None,
        };
        document(cx, &view, Some(FolderId(folder)), &self.title, template, self.enableexternalext).await
    }
}

/// `POST files/@my/file`.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(default)]
pub(crate) struct CreateFileInMy {
    title: String,
}

impl Endpoint for CreateFileInMy {
    const ACCESS: Access = Access::Write;
    type Out = File;

    async fn run(self, cx: &mut Cx<'_>) -> Result<File, Fault> {
        let view = View::of(cx)?;
        document(cx, &view, None, &self.title, None, false).await
    }
}
