//! Files and folders as answers show them (sheet r7/files 2.1, 2.2).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Serialize, Serializer};
use sqlx::SqliteConnection;
use uuid::Uuid;

use super::ids::{self, FileId, FolderId};
use super::rules::links::{self, Signed};
use super::rules::marks::Kind;
use super::rules::presigned::{self, Lock};
use super::rules::rights::{self, Asker, DENY_DOWNLOAD, DENY_SHARING, Right, Root, Section};
use super::rules::{size, titles, types};
use crate::kernel::base::PublicBase;
use crate::kernel::settings::{Language, Profile, Settings};
use crate::kernel::time::Timestamp;
use crate::r7::dates;
use crate::r7::endpoint::Cx;
use crate::r7::error::Fault;
use crate::r7::messages::Message;
use crate::r7::people::directory::{Directory, User};
use crate::r7::people::employee::{Employee, FullEmployee};
use crate::r7::store;
use crate::r7::store::file::FileRow;
use crate::r7::store::folder::FolderRow;
use crate::r7::wire::Answer;

/// Whom cards are drawn for, and with what.
pub(crate) struct View<'a> {
    pub(crate) caller: Arc<User>,
    directory: Arc<Directory>,
    base: &'a PublicBase,
    pub(crate) settings: &'a Settings,
    now: Timestamp,
    /// People that were drawn already: a listing shows the same few again and again.
    people: Mutex<HashMap<String, Arc<Employee>>>,
    asker: Asker,
}

/// A person as the rules of rights know them.
pub(crate) fn asker(user: &User, directory: &Directory) -> Asker {
    Asker {
        id: user.id,
        is_admin: user.is_admin(),
        is_visitor: user.row.is_visitor,
        groups: directory.groups_of(user.id).into(),
    }
}

/// The address of an external link to a file (upstream: `FileShareLink.GetLink`).
pub(crate) fn link_to_file(base: &PublicBase, title: &str, world: &str, signed: Signed) -> String {
    let (id, doc) = (signed.entry, links::sign(world, signed));
    base.link(&match types::page(&titles::extension(title)) {
        types::Page::Editor => format!("/Products/Files/DocEditor.aspx?fileid={id}&doc={doc}"),
        types::Page::Viewer => format!("/Products/Files/DocEditor.aspx?fileid={id}&action=view&doc={doc}"),
        types::Page::Preview | types::Page::Download => {
            format!("/Products/Files/HttpHandlers/filehandler.ashx?action=download&fileid={id}&doc={doc}")
        }
    })
}

/// The address of an external link to a folder.
pub(crate) fn link_to_folder(base: &PublicBase, world: &str, signed: Signed) -> String {
    base.link(&format!("/Products/Files/?folder={}#{}", links::sign(world, signed), signed.entry))
}

impl FileRow {
    fn entry(&self) -> rights::Entry<'_> {
        rights::Entry {
            is_file: true,
            root: root(self.root_kind, self.root_owner.as_deref()),
            is_root: false,
            created_by: Uuid::parse_str(&self.created_by).unwrap_or_default(),
            grants: &self.grants,
        }
    }

    /// What somebody may do with it.
    pub(crate) fn right(&self, asker: &Asker) -> Right {
        rights::of(self.entry(), asker)
    }

    /// Whether somebody may see and set its shares (upstream: `FileSharing.CanSetAccess`).
    pub(crate) fn may_share(&self, asker: &Asker) -> bool {
        let section = self.entry().root.section;
        matches!(section, Section::My | Section::Common) && self.right(asker).shares()
    }
}

impl FolderRow {
    /// The ids of the way to it that somebody sees: from the first folder that they may, below the share section where
    /// that is no section itself (upstream: `EntryManager.GetBreadCrumbs`). `path` runs from the root to the folder.
    pub(crate) fn seen_path(&self, path: Vec<FolderId>, asker: &Asker) -> Vec<FolderId> {
        if self.right(asker).is_full() || path.len() <= 1 {
            return path;
        }
        let root = path.first().copied();
        let levels = (0..i64::try_from(path.len()).unwrap_or(i64::MAX)).rev();
        let seen = path.into_iter().zip(levels).filter(|(id, level)| {
            let grants = self.grants.above(*level);
            let entry = self.entry();
            // Whose the folders above are is not known here, and for reading does not matter.
            let above = rights::Entry { is_root: Some(*id) == root, grants: &grants, ..entry };
            rights::of(above, asker).reads()
        });
        let mut seen: Vec<FolderId> = seen.map(|(id, _)| id).collect();
        if seen.first().copied() != root && self.grants.section != FolderId(0) {
            seen.insert(0, self.grants.section);
        }
        seen
    }

    fn entry(&self) -> rights::Entry<'_> {
        rights::Entry {
            is_file: false,
            root: root(self.root_kind, self.root_owner.as_deref()),
            is_root: self.parent_id.is_none(),
            created_by: Uuid::parse_str(&self.created_by).unwrap_or_default(),
            grants: &self.grants,
        }
    }

    /// What somebody may do with it.
    pub(crate) fn right(&self, asker: &Asker) -> Right {
        rights::of(self.entry(), asker)
    }

    /// Whether somebody may see and set its shares (upstream: `FileSharing.CanSetAccess`).
    pub(crate) fn may_share(&self, asker: &Asker) -> bool {
        let section = self.entry().root.section;
        matches!(section, Section::My | Section::Common) && self.right(asker).shares()
    }
}

/// A person, shared among cards.
#[derive(Debug, Clone, JsonSchema)]
struct Person(Arc<Employee>);

impl Serialize for Person {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'a> View<'a> {
    /// For the caller of a request.
    pub(crate) fn of(cx: &Cx<'a>) -> Result<Self, Fault> {
        let caller = cx.caller()?;
        Ok(Self {
            asker: asker(&caller, &cx.directory),
            caller,
            directory: Arc::clone(&cx.directory),
            base: cx.base,
            settings: &cx.world.settings,
            now: cx.now,
            people: Mutex::default(),
        })
    }

    /// Who asks, as the rules know it.
    pub(crate) fn asker(&self) -> &Asker {
        &self.asker
    }

    /// The portal's language.
    pub(crate) fn language(&self) -> Language {
        self.directory.portal.language
    }

    /// The portal's zone.
    pub(crate) fn zone(&self) -> &TimeZone {
        &self.directory.portal.zone
    }

    /// A person's name as the portal's own pages say it: the caller is "Me".
    pub(super) fn name(&self, id: &str) -> String {
        if Uuid::parse_str(id).is_ok_and(|id| id == self.caller.id) {
            return Message::Me.say(self.language()).to_owned();
        }
        self.person(id).0.display_name.clone()
    }

    fn person(&self, id: &str) -> Person {
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = people.get(id) {
            return Person(Arc::clone(known));
        }
        let drawn = Employee::of(Uuid::parse_str(id).unwrap_or_default(), &self.directory, self.base);
        let drawn = Arc::new(drawn);
        people.insert(id.to_owned(), Arc::clone(&drawn));
        Person(drawn)
    }

    /// Everybody in the portal.
    pub(crate) fn directory(&self) -> &Directory {
        &self.directory
    }

    /// The full form of a person.
    pub(crate) fn full_person(&self, id: Uuid) -> FullEmployee {
        FullEmployee::of_id(id, &self.directory, self.base)
    }

    /// `access` of an entry with which the caller may do that.
    pub(super) fn access(&self, right: Right) -> i32 {
        match right.access() {
            // sheet r7/files 7: full rights are 0 upstream, 1 in the seeds' samples.
            0 if self.settings.profile == Profile::Seed => 1,
            access => access,
        }
    }

    /// The folder that a card names: the share section where the entry's own may not be seen (sheet r7/files 2.1).
    fn parent(&self, parent: FolderId, entry: rights::Entry<'_>) -> FolderId {
        let section = entry.grants.section;
        if entry.root.section != Section::My
            || entry.root.owner == Some(self.asker.id)
            || section == FolderId(0)
        {
            return parent;
        }
        if rights::reads_parent(entry, &self.asker) { parent } else { section }
    }

    /// sheet r7/files 2.1: another person's "my" shows as the share section.
    fn root_folder_type(&self, root: Root) -> i64 {
        match root.section {
            Section::My if root.owner != Some(self.caller.id) => Section::Share.kind(),
            section => section.kind(),
        }
    }

    /// The absolute link under which a file's bytes are served (sheet r7/files 2.1).
    pub(crate) fn download_url(&self, id: FileId) -> String {
        self.base.link(&format!("/Products/Files/HttpHandlers/filehandler.ashx?action=download&fileid={id}"))
    }

    /// The absolute link under which the archive of an operation is served (sheet r7/files 5.8).
    pub(crate) fn archive_url(&self, operation: &str) -> String {
        self.base
            .link(&format!("/Products/Files/HttpHandlers/filehandler.ashx?action=bulk&filename={operation}"))
    }

    /// The absolute link under which a version's bytes are served without a login (sheet r7/files 5.8).
    pub(crate) fn presigned_url(&self, id: FileId, version: i64, key: &str) -> String {
        self.base.link(&format!(
            "/Products/Files/HttpHandlers/filehandler.ashx?action=stream&fileid={id}&version={version}&stream_auth={key}"
        ))
    }

    /// The same for a row, with a key given at `now`.
    pub(crate) fn presigned(&self, world: &str, row: &FileRow, now: Timestamp) -> String {
        let lock = Lock { world, file: row.id, version: row.version };
        self.presigned_url(row.id, row.version, &presigned::key(lock, now))
    }

    fn web_url(&self, id: FileId, extension: &str) -> String {
        match types::page(extension) {
            types::Page::Preview => self.base.link(&format!("/Products/Files/#preview/{id}")),
            types::Page::Editor => self.base.link(&format!("/Products/Files/DocEditor.aspx?fileid={id}")),
            types::Page::Viewer => {
                self.base.link(&format!("/Products/Files/DocEditor.aspx?fileid={id}&action=view"))
            }
            types::Page::Download => self.download_url(id),
        }
    }
}

/// The root that a row hangs below.
fn root(kind: i64, owner: Option<&str>) -> Root {
    Root {
        section: Section::from_kind(kind).unwrap_or(Section::Common),
        owner: owner.and_then(|owner| Uuid::parse_str(owner).ok()),
    }
}

/// A file. The order of fields is the wire's.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the wire's names")]
pub(crate) struct File {
    folder_id: FolderId,
    version: i64,
    version_group: i64,
    content_length: String,
    #[serde(skip_serializing_if = "is_zero")]
    pure_content_length: i64,
    file_status: i32,
    view_url: String,
    /// Newer than the seeds' sample: absent in that profile.
    #[serde(skip_serializing_if = "Option::is_none")]
    web_url: Option<String>,
    #[serde(skip_serializing_if = "is_zero")]
    file_type: i32,
    file_exst: String,
    comment: Option<String>,
    id: FileId,
    #[serde(flatten)]
    entry: Entry,
}

/// What files and folders have in common.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Entry {
    title: String,
    access: i32,
    shared: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    deny_download: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    deny_sharing: bool,
    #[serde(skip_serializing_if = "is_zero")]
    root_folder_type: i64,
    updated_by: Person,
    created: String,
    created_by: Person,
    updated: String,
}

/// A folder. The order of fields is the wire's; `filesCount` and `foldersCount` are of the whole subtree.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Folder {
    parent_id: FolderId,
    files_count: i64,
    folders_count: i64,
    /// Only in a listing's `current`, and only if true.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_shareable: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_favorite: bool,
    id: FolderId,
    #[serde(flatten)]
    entry: Entry,
}

impl Answer for File {}
impl Answer for Folder {}

fn is_zero<T: Default + PartialEq>(number: &T) -> bool {
    *number == T::default()
}

impl File {
    /// The card of a row.
    pub(crate) fn new(row: FileRow, view: &View<'_>) -> Self {
        let (entry, changed) = (row.entry(), row.changed());
        let root = entry.root;
        let (access, folder_id) =
            (view.access(rights::of(entry, &view.asker)), view.parent(row.folder_id, entry));
        let extension = titles::extension(&row.title);
        let web_url = (view.settings.profile == Profile::Upstream).then(|| view.web_url(row.id, &extension));
        Self {
            folder_id,
            version: row.version,
            version_group: row.version_group,
            content_length: size::text(row.size),
            pure_content_length: row.size,
            file_status: row.marks.status(view.caller.id, view.now),
            view_url: view.download_url(row.id),
            web_url,
            file_type: types::file_type(&extension),
            file_exst: extension,
            comment: row.comment,
            id: row.id,
            entry: Entry {
                title: row.title,
                access,
                shared: row.grants.is_shared(true),
                deny_download: row.grants.has_mark(DENY_DOWNLOAD),
                deny_sharing: row.grants.has_mark(DENY_SHARING),
                root_folder_type: view.root_folder_type(root),
                updated_by: view.person(&row.updated_by),
                created: dates::print(row.created, view.zone()),
                created_by: view.person(&row.created_by),
                // sheet r7/files 2.1: never before `created`.
                updated: dates::print(changed, view.zone()),
            },
        }
    }
}

impl Folder {
    /// The card of a row.
    pub(crate) fn new(row: FolderRow, view: &View<'_>) -> Self {
        let (entry, changed) = (row.entry(), row.changed());
        let root = entry.root;
        let access = view.access(rights::of(entry, &view.asker));
        let parent_id = row.parent_id.map(|parent| view.parent(parent, entry));
        let title = title(row.kind, row.title, view.language());
        Self {
            parent_id: parent_id.unwrap_or_default(),
            files_count: row.files_total,
            folders_count: row.folders_total,
            is_shareable: false,
            is_favorite: row.marks.has(view.caller.id, Kind::Favorite),
            id: row.id,
            entry: Entry {
                title,
                access,
                shared: row.grants.is_shared(false),
                deny_download: false,
                deny_sharing: false,
                root_folder_type: view.root_folder_type(root),
                updated_by: view.person(&row.updated_by),
                created: dates::print(row.created, view.zone()),
                created_by: view.person(&row.created_by),
                updated: dates::print(changed, view.zone()),
            },
        }
    }

    /// The same as a listing's `current`.
    pub(crate) fn shareable(mut self, shareable: bool) -> Self {
        self.is_shareable = shareable;
        self
    }
}

/// The title of a folder that is `stored` under that one. A section's is always the portal's own (sheet r7/files 5.6).
pub(crate) fn title(kind: i64, stored: String, language: Language) -> String {
    match section_title(kind) {
        Some(message) => message.say(language).to_owned(),
        None => stored,
    }
}

/// Titles of section roots (sheet r7/files 6).
fn section_title(kind: i64) -> Option<Message> {
    Some(match Section::from_kind(kind)? {
        Section::Common => Message::Common,
        Section::Trash => Message::Trash,
        Section::My => Message::MyDocuments,
        Section::Share => Message::SharedWithMe,
        Section::Projects => Message::InProjects,
        Section::Favorites => Message::Favorites,
        Section::Recent => Message::Recent,
        Section::Templates => Message::Templates,
        Section::Bunch => return None,
    })
}

/// Cards of files, in the order of `ids`; unknown ones are left out. One statement.
pub(crate) async fn files_by_ids(
    conn: &mut SqliteConnection,
    view: &View<'_>,
    ids: &[FileId],
) -> Result<Vec<File>, sqlx::Error> {
    let rows = store::file::by_ids(conn, &ids::json(ids)).await?;
    Ok(rows.into_iter().map(|row| File::new(row, view)).collect())
}
