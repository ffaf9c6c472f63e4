//! One folder: its card, its path, a new one in it, another title (sheet r7/files 1, 5.6).

use schemars::JsonSchema;
use serde::Deserialize;

use super::card::{Folder, View};
use super::ids::FolderId;
use super::rules::marks::Marks;
use super::rules::rights::Right;
use super::rules::titles;
use crate::kernel::db::Access;
use crate::r7::bind::EntryId;
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::{Fault, bad_argument};
use crate::r7::messages::Message;
use crate::r7::store;
use crate::r7::store::folder::FolderRow;

/// Where an id that is no number was sent; decides the status (sheet r7/files 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Site {
    /// A listing, renaming a file: 403.
    Listing,
    /// All else: 500.
    Elsewhere,
}

/// The number that an id is, if .NET's `Int32` holds it.
pub(crate) fn id_of(id: &EntryId) -> Option<i64> {
    match id {
        EntryId::Number(number) => i32::try_from(*number).is_ok().then_some(*number),
        EntryId::Text(_) => None,
    }
}

/// The number that an id is; else the fault of the place that wants one.
pub(crate) fn number_of(id: &EntryId, site: Site) -> Result<i64, Fault> {
    id_of(id).ok_or_else(|| bad_id(id, site))
}

/// The id of a folder that a request names outside listings.
pub(crate) fn named(id: &EntryId) -> Result<FolderId, Fault> {
    number_of(id, Site::Elsewhere).map(FolderId)
}

/// `Int32.TryParse(abc)` (sheet r7/files 8).
fn bad_id(id: &EntryId, site: Site) -> Fault {
    let text = match id {
        EntryId::Number(number) => number.to_string(),
        EntryId::Text(text) => text.clone(),
    };
    let text = format!("Int32.TryParse({text})").into();
    match site {
        Site::Listing => Fault::InvalidOperation(text),
        Site::Elsewhere => Fault::Failure(text),
    }
}

/// A folder that the caller may look at.
pub(crate) async fn visible(
    cx: &mut Cx<'_>,
    view: &View<'_>,
    id: &EntryId,
) -> Result<(FolderRow, Right), Fault> {
    let id = named(id)?;
    let row = store::folder::find(cx.conn, id).await?;
    // sheet r7/files 0, 8: not found is 403 here.
    let row = row.ok_or(Fault::InvalidOperation(Message::FolderNotFound.into()))?;
    let right = row.right(view.asker());
    if !right.reads() {
        return Err(Fault::InvalidOperation(Message::NoRightToViewFolder.into()));
    }
    Ok((row, right))
}

/// `GET files/folder/{folderId}`.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct GetFolder {
    folderid: EntryId,
}

impl Endpoint for GetFolder {
    const ACCESS: Access = Access::Read;
    type Out = Folder;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Folder, Fault> {
        let view = View::of(cx)?;
        let (row, _) = visible(cx, &view, &self.folderid).await?;
        Ok(Folder::new(row, &view))
    }
}

/// `GET files/folder/{folderId}/path`: from the root down to the folder.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct GetPath {
    folderid: EntryId,
}

impl Endpoint for GetPath {
    const ACCESS: Access = Access::Read;
    type Out = Vec<Folder>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Vec<Folder>, Fault> {
        let view = View::of(cx)?;
        let id = named(&self.folderid)?;
        let path = store::folder::path(cx.conn, id).await?;
        // sheet r7/files 6: upstream answers with the share section's card alone; a refusal tells more.
        let last = path.last().ok_or(Fault::InvalidOperation(Message::FolderNotFound.into()))?;
        if !last.right(view.asker()).reads() {
            return Err(Fault::InvalidOperation(Message::NoRightToViewFolder.into()));
        }
        // Of the way to what is shared with the caller only the part that they may see, below the share section.
        let section = last.grants.section;
        let mut seen: Vec<FolderRow> =
            path.into_iter().filter(|row| row.right(view.asker()).reads()).collect();
        if seen.first().is_some_and(|row| row.parent_id.is_some()) {
            let share = store::folder::find(cx.conn, section).await?;
            seen.splice(0..0, share);
        }
        Ok(seen.into_iter().map(|row| Folder::new(row, &view)).collect())
    }
}

/// `POST files/folder/{folderId}`: a new folder in that one.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct CreateFolder {
    folderid: EntryId,
    title: String,
}

impl Endpoint for CreateFolder {
    const ACCESS: Access = Access::Single;
    type Out = Folder;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Folder, Fault> {
        let view = View::of(cx)?;
        let title = titles::clean(&self.title);
        if title.is_empty() {
            return Err(bad_argument());
        }
        let (parent, right) = visible(cx, &view, &self.folderid).await?;
        if !right.creates() {
            return Err(Fault::InvalidOperation(Message::NoRightToCreate.into()));
        }
        let forms = [title.as_str(), &titles::key(&title), &titles::sort_key(&title)];
        let by = view.caller.id;
        let id = store::folder::insert(cx.conn, parent.id, forms, by, cx.now).await?;
        let row = FolderRow {
            id,
            parent_id: Some(parent.id),
            kind: 0,
            title,
            created: cx.now,
            created_by: by.to_string(),
            updated: cx.now,
            updated_by: by.to_string(),
            files_total: 0,
            folders_total: 0,
            grants: parent.grants.of_new_folder(),
            marks: Marks::default(),
            ..parent
        };
        Ok(Folder::new(row, &view))
    }
}

/// `PUT files/folder/{folderId}`: another title.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct RenameFolder {
    folderid: EntryId,
    title: String,
}

impl Endpoint for RenameFolder {
    const ACCESS: Access = Access::Single;
    type Out = Folder;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Folder, Fault> {
        let view = View::of(cx)?;
        let (mut row, right) = visible(cx, &view, &self.folderid).await?;
        if !right.edits() {
            return Err(Fault::InvalidOperation(Message::NoRightToRenameFolder.into()));
        }
        let title = titles::clean(&self.title);
        if title.is_empty() {
            return Err(bad_argument());
        }
        // sheet r7/files 5.6: a section takes the call and keeps its title.
        if row.parent_id.is_some() && title != row.title {
            let forms = [title.as_str(), &titles::key(&title), &titles::sort_key(&title)];
            store::folder::rename(cx.conn, row.id, forms, view.caller.id, cx.now).await?;
            (row.title, row.updated, row.updated_by) = (title, cx.now, view.caller.id.to_string());
        }
        Ok(Folder::new(row, &view))
    }
}
