//! What a folder or section holds (sheet r7/files 2.3, 6).

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::card::{File, Folder, View};
use super::folder::{Site, number_of};
use super::ids::FolderId;
use super::marking;
use super::rules::pick::Pick;
use super::rules::rights::{Asker, Section};
use super::rules::{titles, types};
use crate::kernel::db::Access;
use crate::r7::bind::{EntryId, EnumOf, Guid, WireEnum, wire_enum};
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::Fault;
use crate::r7::listing::ListOptions;
use crate::r7::messages::Message;
use crate::r7::people::directory::Directory;
use crate::r7::store::folder::{self, Listing, Located, Named, Page};
use crate::r7::wire::Answer;

/// A page of a folder. The order of fields is the wire's.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Content {
    files: Vec<File>,
    folders: Vec<Folder>,
    current: Folder,
    /// Ids from the root down to the folder.
    path_parts: Vec<FolderId>,
    start_index: i64,
    count: i64,
    /// Matches before paging.
    total: i64,
    /// Unread entries of the section that the folder belongs to.
    new: i64,
}

impl Answer for Content {
    // sheet r7/files 2.3: the envelope's count is the content's own.
    fn count(&self) -> i64 {
        self.count
    }
}

/// `filterType` (sheet r7/files 2.10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Filter(pub(crate) i32);

impl WireEnum for Filter {
    const NAMES: &'static [(&'static str, i32)] = &[
        ("None", 0),
        ("FilesOnly", 1),
        ("FoldersOnly", 2),
        ("DocumentsOnly", 3),
        ("PresentationsOnly", 4),
        ("SpreadsheetsOnly", 5),
        ("ImagesOnly", 7),
        ("ByUser", 8),
        ("ByDepartment", 9),
        ("ArchiveOnly", 10),
        ("ByExtension", 11),
        ("MediaOnly", 12),
        ("ByExtensionIncludeFolders", 13),
    ];

    fn from_number(number: i32) -> Option<Self> {
        Some(Self(number))
    }
}

/// `SortedByType` (sheet r7/files 2.10).
const ORDERS: &[(&str, i64)] = &[
    ("DateAndTime", 0),
    ("AZ", 1),
    ("Size", 2),
    ("Author", 3),
    ("Type", 4),
    ("New", 5),
    ("DateAndTimeCreation", 6),
];

/// What every listing takes besides the options of the query.
#[derive(Debug, Clone, Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct Wanted {
    pub(crate) useridorgroupid: Guid,
    #[serde(deserialize_with = "wire_enum")]
    #[schemars(with = "EnumOf<Filter>")]
    pub(crate) filtertype: Filter,
    pub(crate) extension: String,
    pub(crate) withsubfolders: bool,
}

/// The pieces of a wish that borrow from one another.
struct Texts {
    kinds: &'static [i32],
    extensions: Option<String>,
    search: Option<String>,
    ending: Option<String>,
    authors: Option<Vec<String>>,
    authors_json: Option<String>,
}

impl Texts {
    fn of(wanted: &Wanted, list: &ListOptions, directory: &Directory) -> Self {
        let kinds: &[i32] = match wanted.filtertype.0 {
            3 => &[7],
            4 => &[6],
            5 => &[5],
            7 => &[4],
            10 => &[1],
            12 => &[2, 3],
            _ => &[],
        };
        let extensions = (!kinds.is_empty())
            .then(|| serde_json::to_string(&types::extensions(kinds)).unwrap_or_else(|_| "[]".to_owned()));
        let ending = Some(titles::key(wanted.extension.trim()));
        let author = Some(wanted.useridorgroupid.0).filter(|id| !id.is_nil());
        let authors = author.map(|id| match directory.group(id) {
            Some(group) => group.members.iter().map(ToString::to_string).collect(),
            None => vec![id.to_string()],
        });
        Self {
            kinds,
            extensions,
            search: list.filter_value().map(|text| titles::key(text.trim())).filter(|text| !text.is_empty()),
            ending: ending.filter(|end| matches!(wanted.filtertype.0, 11 | 13) && !end.is_empty()),
            authors_json: authors.as_ref().map(|ids| serde_json::to_string(ids).unwrap_or_default()),
            authors,
        }
    }
}

async fn content(cx: &mut Cx<'_>, named: Named, wanted: &Wanted) -> Result<Content, Fault> {
    let view = View::of(cx)?;
    let found = folder::with_path(cx.conn, named, view.caller.id).await?;
    let found = found.ok_or(Fault::InvalidOperation(Message::FolderNotFound.into()))?;
    page(cx, &view, found, wanted).await
}

/// What a folder that is known already holds.
pub(crate) async fn page(
    cx: &mut Cx<'_>,
    view: &View<'_>,
    found: Located,
    wanted: &Wanted,
) -> Result<Content, Fault> {
    let Located { folder: current, path: path_parts, denials, unread } = found;
    let right = current.right(view.asker());
    let path_parts = current.seen_path(path_parts, view.asker());
    if !right.reads() {
        return Err(Fault::InvalidOperation(Message::NoRightToViewFolder.into()));
    }
    let section = Section::from_kind(current.root_kind);
    // sheet r7/files 3.3: of the trash only the root lists.
    if section == Some(Section::Trash) && current.parent_id.is_some() {
        return Err(Fault::InvalidOperation(Message::TrashedItemViewed.into()));
    }
    let texts = Texts::of(wanted, &cx.list, &cx.directory);
    let order = cx.list.sort_by.as_deref().and_then(|name| {
        let named =
            ORDERS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, order)| *order);
        named.or_else(|| name.parse().ok().filter(|number| (0..=6).contains(number)))
    });
    let mut listing = Listing {
        // sheet r7/files 6: ignored in the trash.
        deep: wanted.withsubfolders && section != Some(Section::Trash),
        files: wanted.filtertype.0 != 2,
        folders: matches!(wanted.filtertype.0, 0 | 2 | 8 | 9 | 13),
        search: texts.search.as_deref(),
        extensions: texts.extensions.as_deref(),
        ending: texts.ending.as_deref(),
        authors: texts.authors_json.as_deref(),
        // sheet r7/files 6: at first by date, newest first. The choice is not kept (recommended).
        sort: order.unwrap_or(0),
        descending: if order.is_some() { cx.list.descending } else { true },
        since: cx.list.since,
        count: cx.list.count,
        start: cx.list.start_index,
    };
    let picking = Pick {
        files: listing.files,
        folders: listing.folders,
        kinds: texts.kinds,
        ending: listing.ending,
        search: listing.search,
        authors: texts.authors.as_deref(),
        since: listing.since,
    };
    let page = if let Some(kind) = section.and_then(marking::kind_of) {
        marking::list(cx, view, kind, &picking, &listing).await?
    } else if section == Some(Section::Share) {
        super::share::received(cx, view, &picking, &listing).await?
    } else {
        // What is withheld from the caller is neither shown nor counted; where nothing is, storage cuts the page.
        let picked = denials && !right.is_full();
        if picked {
            (listing.start, listing.count) = (0, 0);
        }
        let mut page = folder::list(cx.conn, &current, &listing).await?;
        if picked {
            pick(&mut page, view.asker(), cx.list.start_index, cx.list.count);
        } else if page.files.is_empty() && page.folders.is_empty() && listing.start > 0 {
            // A page past the end says nothing of the total.
            (listing.start, listing.count) = (0, 1);
            page.total = folder::list(cx.conn, &current, &listing).await?.total;
        }
        page
    };
    let shareable = current.may_share(view.asker());
    let count = page.files.len() + page.folders.len();
    Ok(Content {
        files: page.files.into_iter().map(|row| File::new(row, view)).collect(),
        folders: page.folders.into_iter().map(|row| Folder::new(row, view)).collect(),
        current: Folder::new(current, view).shareable(shareable),
        path_parts,
        start_index: cx.list.start_index,
        count: i64::try_from(count).unwrap_or(i64::MAX),
        total: page.total,
        new: unread,
    })
}

/// Leaves of a whole listing what the asker may see, and of that one page.
fn pick(page: &mut Page, asker: &Asker, start: i64, count: i64) {
    page.folders.retain(|row| row.right(asker).reads());
    page.files.retain(|row| row.right(asker).reads());
    let folders = page.folders.len();
    page.total = i64::try_from(folders + page.files.len()).unwrap_or(i64::MAX);
    let start = usize::try_from(start).unwrap_or(usize::MAX);
    let count = if count == 0 { usize::MAX } else { usize::try_from(count).unwrap_or(usize::MAX) };
    let end = start.saturating_add(count);
    let mut at = 0..;
    page.folders.retain(|_| at.next().is_some_and(|at| (start..end).contains(&at)));
    let mut at = folders..;
    page.files.retain(|_| at.next().is_some_and(|at| (start..end).contains(&at)));
}

/// `GET files/{folderId}`.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct ListFolder {
    folderid: EntryId,
    useridorgroupid: Guid,
    #[serde(deserialize_with = "wire_enum")]
    #[schemars(with = "EnumOf<Filter>")]
    filtertype: Filter,
    extension: String,
    withsubfolders: bool,
}

impl Endpoint for ListFolder {
    const ACCESS: Access = Access::Read;
    type Out = Content;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Content, Fault> {
        let Self { folderid, useridorgroupid, filtertype, extension, withsubfolders } = self;
        let id = FolderId(number_of(&folderid, Site::Listing)?);
        let wanted = Wanted { useridorgroupid, filtertype, extension, withsubfolders };
        content(cx, Named::Id(id), &wanted).await
    }
}

/// `GET files/@my` and its like; `KIND` is the section's number.
#[derive(JsonSchema)]
pub(crate) struct ListSection<const KIND: i64>(Wanted);

// serde's derive knows no constants.
impl<'de, const KIND: i64> Deserialize<'de> for ListSection<KIND> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Wanted::deserialize(deserializer).map(Self)
    }
}

impl<const KIND: i64> Endpoint for ListSection<KIND> {
    const ACCESS: Access = Access::Read;
    type Out = Content;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Content, Fault> {
        content(cx, Named::Section(KIND), &self.0).await
    }
}
