//! Favourites, templates, recent files: what sets their marks, and the sections that list them (sheet r7/files 6, 7).

use schemars::JsonSchema;
use serde::Deserialize;

use super::card::View;
use super::folder::{Site, number_of};
use super::ids::{self, FileId, FolderId};
use super::rules::marks::{self, Kind};
use super::rules::pick::{self, Key, Pick};
use super::rules::rights::Section;
use super::rules::titles;
use crate::kernel::db::Access;
use crate::kernel::time::Timestamp;
use crate::r7::bind::{EntryId, entry_ids};
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::Fault;
use crate::r7::messages::Message;
use crate::r7::store;
use crate::r7::store::file::FileRow;
use crate::r7::store::folder::{FolderRow, Listing, Page};

/// The mark that a section lists.
pub(crate) fn kind_of(section: Section) -> Option<Kind> {
    Some(match section {
        Section::Favorites => Kind::Favorite,
        Section::Recent => Kind::Recent,
        Section::Templates => Kind::Template,
        _ => return None,
    })
}

/// A page of what the caller has marked and may still read; what lies in a trash is hidden (sheet r7/files 3.2).
pub(crate) async fn list(
    cx: &mut Cx<'_>,
    view: &View<'_>,
    kind: Kind,
    pick: &Pick<'_>,
    listing: &Listing<'_>,
) -> Result<Page, Fault> {
    let since = if kind == Kind::Recent { marks::oldest_visit(cx.now) } else { Timestamp(i64::MIN) };
    let (mut folders, mut files) =
        store::mark::entries(cx.conn, view.caller.id, kind.number(), since).await?;
    let trash = Section::Trash.kind();
    folders.retain(|row| {
        row.root_kind != trash
            && row.right(view.asker()).reads()
            && pick.folder(&row.title, &row.created_by, row.changed())
    });
    files.retain(|row| {
        row.root_kind != trash
            && row.right(view.asker()).reads()
            && pick.file(&row.title, &row.created_by, row.changed())
    });
    // sheet r7/files 6: recent files keep the order of visits.
    let sorted = kind != Kind::Recent;
    Ok(page(cx, folders, files, listing, sorted))
}

/// Sorts entries, if they are to be, and cuts a page.
pub(crate) fn page(
    cx: &Cx<'_>,
    mut folders: Vec<FolderRow>,
    mut files: Vec<FileRow>,
    listing: &Listing<'_>,
    sorted: bool,
) -> Page {
    if sorted {
        let compare = |left: &Key, right: &Key| pick::compare(listing.sort, listing.descending, left, right);
        folders.sort_by(|left, right| compare(&folder_key(left, cx), &folder_key(right, cx)));
        files.sort_by(|left, right| compare(&file_key(left, cx), &file_key(right, cx)));
    }
    let total = i64::try_from(folders.len() + files.len()).unwrap_or(i64::MAX);
    let start = usize::try_from(listing.start).unwrap_or(usize::MAX);
    let count = match usize::try_from(listing.count) {
        Ok(0) | Err(_) => usize::MAX,
        Ok(count) => count,
    };
    let before = folders.len();
    let folders: Vec<FolderRow> = folders.into_iter().skip(start).take(count).collect();
    let files = files
        .into_iter()
        .skip(start.saturating_sub(before))
        .take(count.saturating_sub(folders.len()))
        .collect();
    Page { folders, files, total }
}

fn author(id: &str, cx: &Cx<'_>) -> String {
    let known = uuid::Uuid::parse_str(id).ok().and_then(|id| cx.directory.user(id));
    known.map(|user| user.display_name().to_lowercase()).unwrap_or_default()
}

fn folder_key(row: &FolderRow, cx: &Cx<'_>) -> Key {
    Key {
        title: row.title.clone(),
        updated: row.updated,
        created: row.created,
        size: 0,
        author: author(&row.created_by, cx),
        id: row.id.0,
    }
}

fn file_key(row: &FileRow, cx: &Cx<'_>) -> Key {
    Key {
        title: row.title.clone(),
        updated: row.updated,
        created: row.created,
        size: row.size,
        author: author(&row.created_by, cx),
        id: row.id.0,
    }
}

/// Numbers that ids are. One that is none refuses the call (sheet r7/files 8).
pub(crate) fn numbers(sent: &[EntryId]) -> Result<Vec<i64>, Fault> {
    sent.iter().map(|id| number_of(id, Site::Elsewhere)).collect()
}

/// Entries to be marked, or not any more.
#[derive(Debug, Deserialize, Default, JsonSchema)]
#[serde(default)]
struct Entries {
    #[serde(deserialize_with = "entry_ids")]
    folderids: Vec<EntryId>,
    #[serde(deserialize_with = "entry_ids")]
    fileids: Vec<EntryId>,
}

impl Entries {
    fn ids(&self) -> Result<(Vec<FileId>, Vec<FolderId>), Fault> {
        let files = numbers(&self.fileids)?.into_iter().map(FileId).collect();
        let folders = numbers(&self.folderids)?.into_iter().map(FolderId).collect();
        Ok((files, folders))
    }

    /// Marks those that the caller may read and `fits` takes; the rest is passed over in silence, as upstream does.
    async fn mark(self, cx: &mut Cx<'_>, kind: Kind, fits: fn(&FileRow) -> bool) -> Result<bool, Fault> {
        let (view, (files, folders)) = (View::of(cx)?, self.ids()?);
        if view.caller.row.is_visitor {
            return Err(Fault::Security(Message::NoRight.into()));
        }
        if files.is_empty() && folders.is_empty() {
            return Ok(true);
        }
        let (files, folders) = store::job::cards(cx.conn, &ids::json(&files), &ids::json(&folders)).await?;
        let files: Vec<FileId> = files
            .iter()
            .filter(|row| fits(row) && row.right(view.asker()).reads())
            .map(|row| row.id)
            .collect();
        let folders: Vec<FolderId> =
            folders.iter().filter(|row| row.right(view.asker()).reads()).map(|row| row.id).collect();
        if !files.is_empty() || !folders.is_empty() {
            let (files, folders) = (ids::json(&files), ids::json(&folders));
            store::mark::set(cx.conn, view.caller.id, kind.number(), &files, &folders, cx.now).await?;
        }
        Ok(true)
    }

    async fn unmark(self, cx: &mut Cx<'_>, kind: Kind) -> Result<bool, Fault> {
        let (caller, (files, folders)) = (cx.caller()?, self.ids()?);
        let (files, folders) = (ids::json(&files), ids::json(&folders));
        store::mark::unset(cx.conn, caller.id, kind.number(), &files, &folders).await?;
        Ok(true)
    }
}

/// `POST files/favorites`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct AddFavorites(Entries);

impl Endpoint for AddFavorites {
    const ACCESS: Access = Access::Single;
    type Out = bool;

    async fn run(self, cx: &mut Cx<'_>) -> Result<bool, Fault> {
        self.0.mark(cx, Kind::Favorite, |_| true).await
    }
}

/// `DELETE files/favorites`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct RemoveFavorites(Entries);

impl Endpoint for RemoveFavorites {
    const ACCESS: Access = Access::Single;
    type Out = bool;

    async fn run(self, cx: &mut Cx<'_>) -> Result<bool, Fault> {
        self.0.unmark(cx, Kind::Favorite).await
    }
}

/// `POST files/templates`: files alone, and only of formats that can be templates.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct AddTemplates {
    #[serde(deserialize_with = "entry_ids")]
    fileids: Vec<EntryId>,
}

impl Endpoint for AddTemplates {
    const ACCESS: Access = Access::Single;
    type Out = bool;

    async fn run(self, cx: &mut Cx<'_>) -> Result<bool, Fault> {
        let entries = Entries { fileids: self.fileids, ..Entries::default() };
        let fits = |row: &FileRow| marks::is_template_format(&titles::extension(&row.title));
        entries.mark(cx, Kind::Template, fits).await
    }
}

/// `DELETE files/templates`.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct RemoveTemplates {
    #[serde(deserialize_with = "entry_ids")]
    fileids: Vec<EntryId>,
}

impl Endpoint for RemoveTemplates {
    const ACCESS: Access = Access::Single;
    type Out = bool;

    async fn run(self, cx: &mut Cx<'_>) -> Result<bool, Fault> {
        Entries { fileids: self.fileids, ..Entries::default() }.unmark(cx, Kind::Template).await
    }
}
