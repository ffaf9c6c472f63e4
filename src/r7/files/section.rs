//! All sections at once, and the search through them (sheet r7/files 1, 6).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::card::{File, Folder, View};
use super::content::{Content, Filter, Wanted, page};
use super::ids::FolderId;
use super::rules::rights::Section;
use super::rules::titles;
use crate::kernel::db::Access;
use crate::r7::bind::{EnumOf, Guid, wire_enum};
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::Fault;
use crate::r7::store::folder::Located;
use crate::r7::store::search;

/// `GET files/@root`: every section with what it holds, by ascending id.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct ListRoots {
    useridorgroupid: Guid,
    #[serde(deserialize_with = "wire_enum")]
    #[schemars(with = "EnumOf<Filter>")]
    filtertype: Filter,
    extension: String,
    withsubfolders: bool,
    withouttrash: bool,
    withoutadditionalfolder: bool,
}

impl Endpoint for ListRoots {
    const ACCESS: Access = Access::Read;
    type Out = Vec<Content>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Self::Out, Fault> {
        let Self { useridorgroupid, filtertype, extension, withsubfolders, withouttrash, .. } = self;
        let wanted = Wanted { useridorgroupid, filtertype, extension, withsubfolders };
        let view = View::of(cx)?;
        let (settings, guest) = (cx.files_settings()?, view.caller.row.is_visitor);
        let additional = !self.withoutadditionalfolder && !guest;
        let mut contents = Vec::new();
        for (row, unread) in search::sections(cx.conn, view.caller.id).await? {
            let shown = match Section::from_kind(row.kind) {
                Some(Section::My) => !guest,
                Some(Section::Trash) => !withouttrash,
                Some(Section::Favorites) => additional && settings.favorites,
                Some(Section::Recent) => additional && settings.recent,
                Some(Section::Templates) => additional && settings.templates,
                Some(_) => true,
                None => false,
            };
            if shown {
                // Where anything is shared at all, something may be withheld.
                let denials = row.grants.section != FolderId(0);
                let found = Located { path: vec![row.id], folder: row, denials, unread };
                contents.push(page(cx, &view, found, &wanted).await?);
            }
        }
        Ok(contents)
    }
}

/// A file or a folder. Clients tell them apart by their members (sheet r7/files 6).
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum FileOrFolder {
    File(Box<File>),
    Folder(Box<Folder>),
}

/// `GET files/@search/{query}`: files, then folders, of "my" and of the common section.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct Search {
    query: String,
}

impl Endpoint for Search {
    const ACCESS: Access = Access::Read;
    type Out = Vec<FileOrFolder>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Self::Out, Fault> {
        let view = View::of(cx)?;
        let part = titles::key(self.query.trim());
        let (folders, files) = search::titled(cx.conn, view.caller.id, &part).await?;
        let files = files.into_iter().filter(|row| row.right(view.asker()).reads());
        let folders = folders.into_iter().filter(|row| row.right(view.asker()).reads());
        let files = files.map(|row| FileOrFolder::File(Box::new(File::new(row, &view))));
        let folders = folders.map(|row| FileOrFolder::Folder(Box::new(Folder::new(row, &view))));
        Ok(files.chain(folders).collect())
    }
}
