//! One file: its card, and another title (sheet r7/files 1, 5.6).

use schemars::JsonSchema;
use serde::Deserialize;

use super::card::{File, View};
use super::folder::{Site, number_of};
use super::ids::FileId;
use super::rules::presigned::{self, Lock};
use super::rules::rights::Right;
use super::rules::titles;
use super::versions;
use crate::kernel::db::Access;
use crate::r7::bind::EntryId;
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::{Fault, bad_argument};
use crate::r7::messages::Message;
use crate::r7::store;
use crate::r7::store::file::FileRow;

/// The id of a file that a request names outside listings and renaming.
pub(crate) fn named(id: &EntryId) -> Result<FileId, Fault> {
    number_of(id, Site::Elsewhere).map(FileId)
}

/// A file that the caller may look at.
pub(crate) async fn visible(cx: &mut Cx<'_>, view: &View<'_>, id: FileId) -> Result<(FileRow, Right), Fault> {
    let row = store::file::find(cx.conn, id).await?;
    // sheet r7/files 0, 8: not found is 403 here.
    let row = row.ok_or(Fault::InvalidOperation(Message::FileNotFound.into()))?;
    let right = row.right(view.asker());
    if !right.reads() {
        return Err(Fault::InvalidOperation(Message::NoRightToViewFile.into()));
    }
    Ok((row, right))
}

/// `GET files/file/{fileId}`.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct GetFile {
    fileid: EntryId,
    version: i32,
}

impl Endpoint for GetFile {
    const ACCESS: Access = Access::Read;
    type Out = File;

    async fn run(self, cx: &mut Cx<'_>) -> Result<File, Fault> {
        let id = named(&self.fileid)?;
        let view = View::of(cx)?;
        let (row, _) = visible(cx, &view, id).await?;
        let row = at_version(cx, row, self.version).await?;
        Ok(File::new(row, &view))
    }
}

/// A file as it was in a version; 0 and below: as it is.
async fn at_version(cx: &mut Cx<'_>, row: FileRow, version: i32) -> Result<FileRow, Fault> {
    if version <= 0 || i64::from(version) == row.version {
        return Ok(row);
    }
    let old = store::file::version(cx.conn, row.id, i64::from(version)).await?;
    let old = old.ok_or(Fault::InvalidOperation(Message::FileNotFound.into()))?;
    Ok(row.back_to(old))
}

/// `GET files/file/{fileId}/history`: every version, newest first.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct GetHistory {
    fileid: EntryId,
}

impl Endpoint for GetHistory {
    const ACCESS: Access = Access::Read;
    type Out = Vec<File>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Self::Out, Fault> {
        let id = named(&self.fileid)?;
        let view = View::of(cx)?;
        let (row, _) = visible(cx, &view, id).await.map_err(|fault| match fault {
            // sheet r7/files 8: here, a file that is not there is one that may not be seen.
            Fault::InvalidOperation(_) => Fault::InvalidOperation(Message::NoRightToViewFile.into()),
            other => other,
        })?;
        let earlier = if row.version > 1 { store::file::versions(cx.conn, id).await? } else { Vec::new() };
        let mut files = vec![File::new(row.clone(), &view)];
        files.extend(earlier.into_iter().map(|old| File::new(row.clone().back_to(old), &view)));
        Ok(files)
    }
}

/// `GET files/file/{fileId}/presigneduri`: a link that needs no login (sheet r7/files 5.8).
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct GetPresigned {
    fileid: EntryId,
    version: i32,
}

impl Endpoint for GetPresigned {
    const ACCESS: Access = Access::Read;
    type Out = String;

    async fn run(self, cx: &mut Cx<'_>) -> Result<String, Fault> {
        let id = named(&self.fileid)?;
        let view = View::of(cx)?;
        let (row, right) = visible(cx, &view, id).await?;
        if !right.downloads() {
            return Err(Fault::InvalidOperation(Message::NoRight.into()));
        }
        let row = at_version(cx, row, self.version).await?;
        let lock = Lock { world: &cx.world.name, file: id, version: row.version };
        Ok(view.presigned_url(id, row.version, &presigned::key(lock, cx.now)))
    }
}

/// `PUT files/file/{fileId}`: another title, then back to an earlier version; each only if it is given.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct UpdateCard {
    fileid: EntryId,
    title: String,
    lastversion: i32,
}

impl Endpoint for UpdateCard {
    const ACCESS: Access = Access::Write;
    type Out = File;

    async fn run(self, cx: &mut Cx<'_>) -> Result<File, Fault> {
        // sheet r7/files 8: of what this call does, renaming says 403 to an id that is no number.
        let site = if self.title.is_empty() { Site::Elsewhere } else { Site::Listing };
        let id = FileId(number_of(&self.fileid, site)?);
        let view = View::of(cx)?;
        // sheet r7/files 5.6: an empty title is no rename.
        let mut row = if !self.title.is_empty() {
            self.rename(cx, &view, id).await?
        } else if self.lastversion > 0 {
            versions::editable(cx, &view, id).await?
        } else {
            visible(cx, &view, id).await?.0
        };
        if self.lastversion > 0 {
            row = versions::restore(cx, &view, row, i64::from(self.lastversion), 0).await?;
        }
        Ok(File::new(row, &view))
    }
}

impl UpdateCard {
    async fn rename(&self, cx: &mut Cx<'_>, view: &View<'_>, id: FileId) -> Result<FileRow, Fault> {
        let (mut row, right) = visible(cx, view, id).await?;
        if !right.edits() {
            return Err(Fault::InvalidOperation(Message::NoRightToRenameFile.into()));
        }
        // sheet r7/files 5.6: a blank one is refused.
        if self.title.trim().is_empty() {
            return Err(bad_argument());
        }
        let title = titles::of_renamed_file(&row.title, &self.title);
        if title != row.title {
            let forms = [title.as_str(), &titles::key(&title), &titles::sort_key(&title)];
            store::file::rename(cx.conn, id, forms, view.caller.id, cx.now).await?;
            (row.title, row.updated, row.updated_by) = (title, cx.now, view.caller.id.to_string());
        }
        Ok(row)
    }
}
