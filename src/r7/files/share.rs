//! With whom an entry is shared: seen, set, given up (sheet r7/files 2.5, 7).

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::card::{self, View};
use super::ids::{self, FileId, FolderId};
use super::rules::links::Signed;
use super::rules::pick::Pick;
use super::rules::rights::{
    self, ADMINS, Access as Granted, Asker, DENY_DOWNLOAD, DENY_SHARING, EVERYONE, Grant, Grants, MAIN_LINK,
    Root, Section,
};
use super::rules::types;
use super::unread::News;
use crate::kernel::db::Access;
use crate::r7::bind::{EntryId, EnumOf, Guid, WireEnum, objects, wire_enum};
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::Fault;
use crate::r7::messages::Message;
use crate::r7::people::employee::FullEmployee;
use crate::r7::people::group::GroupSummary;
use crate::r7::store;
use crate::r7::store::file::FileRow;
use crate::r7::store::folder::{FolderRow, Listing, Page};
use crate::r7::store::share::{self, Changes, EntryKey, LinkRow};
use crate::r7::wire::Answer;

impl WireEnum for Granted {
    const NAMES: &'static [(&'static str, i32)] = &[
        ("None", 0),
        ("ReadWrite", 1),
        ("Read", 2),
        ("Restrict", 3),
        ("Varies", 4),
        ("Review", 5),
        ("Comment", 6),
        ("FillForms", 7),
        ("CustomFilter", 8),
    ];

    fn from_number(number: i32) -> Option<Self> {
        Granted::from_number(number)
    }
}

/// One with whom an entry is shared. The order of fields is the wire's.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Share {
    /// `FileShare`.
    access: i32,
    shared_to: SharedTo,
    is_locked: bool,
    is_owner: bool,
}

impl Answer for Share {}

/// A person, a group or a link.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
enum SharedTo {
    Link(Link),
    Group(GroupSummary),
    Person(Box<FullEmployee>),
}

/// An external link.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Link {
    id: Uuid,
    share_link: String,
}

/// A file or a folder that is to be shared.
pub(crate) struct Shareable {
    key: EntryKey,
    title: String,
    section: Option<Section>,
    /// To whom it belongs: whose "my" it lies in, else who made it.
    owner: Uuid,
    pub(crate) grants: Grants,
    /// A folder that holds nothing: to share it is no news.
    is_empty: bool,
}

impl Shareable {
    pub(super) fn file(row: FileRow) -> Self {
        Self {
            key: EntryKey { is_file: true, id: row.id.0 },
            section: Section::from_kind(row.root_kind),
            owner: owner(row.root_kind, row.root_owner.as_deref(), &row.created_by),
            title: row.title,
            grants: row.grants,
            is_empty: false,
        }
    }

    fn folder(row: FolderRow) -> Self {
        Self {
            key: EntryKey { is_file: false, id: row.id.0 },
            section: Section::from_kind(row.root_kind),
            owner: owner(row.root_kind, row.root_owner.as_deref(), &row.created_by),
            title: row.title,
            grants: row.grants,
            is_empty: row.files_total + row.folders_total == 0,
        }
    }

    /// Whether somebody may read it.
    fn is_open_to(&self, asker: &Asker) -> bool {
        let section = self.section.unwrap_or(Section::Common);
        let root = Root { section, owner: (section == Section::My).then_some(self.owner) };
        // For reading it does not matter who made it.
        let (is_file, grants) = (self.key.is_file, &self.grants);
        let entry = rights::Entry { is_file, root, is_root: false, created_by: Uuid::nil(), grants };
        rights::of(entry, asker).reads()
    }

    /// Its own share or mark, as it is after a change.
    fn set(&mut self, subject: Uuid, access: i32) {
        let level = if self.key.is_file { -1 } else { 0 };
        self.grants.list.retain(|grant| (grant.subject, grant.level) != (subject, level));
        if access != 0 {
            self.grants.list.push(Grant { subject, access, level });
        }
    }
}

fn owner(root_kind: i64, root_owner: Option<&str>, created_by: &str) -> Uuid {
    let owner = match Section::from_kind(root_kind) {
        Some(Section::My) => root_owner.unwrap_or_default(),
        _ => created_by,
    };
    Uuid::parse_str(owner).unwrap_or_default()
}

/// sheet r7/files 7: what is not there, in .NET's words for a null argument; the argument's name is a text.
fn missing(view: &View<'_>) -> Fault {
    let name = Message::BadRequest.say(view.language());
    Fault::InvalidOperation(format!("Value cannot be null.\r\nParameter name: {name}").into())
}

pub(super) fn no_right() -> Fault {
    Fault::InvalidOperation(Message::NoRight.into())
}

/// A file whose shares the caller may see and set.
async fn file_to_share(cx: &mut Cx<'_>, view: &View<'_>, id: &EntryId) -> Result<Shareable, Fault> {
    let id = super::file::named(id)?;
    let row = store::file::find(cx.conn, id).await?.ok_or_else(|| missing(view))?;
    if row.may_share(view.asker()) { Ok(Shareable::file(row)) } else { Err(no_right()) }
}

/// The same for a folder.
async fn folder_to_share(cx: &mut Cx<'_>, view: &View<'_>, id: &EntryId) -> Result<Shareable, Fault> {
    let id = super::folder::named(id)?;
    let row = store::folder::find(cx.conn, id).await?.ok_or_else(|| missing(view))?;
    if row.may_share(view.asker()) { Ok(Shareable::folder(row)) } else { Err(no_right()) }
}

/// The nearest share of each subject, as upstream groups them.
fn nearest(grants: &Grants) -> Vec<Grant> {
    let mut list = grants.list.clone();
    list.sort_by_key(Grant::nearness);
    let mut seen = BTreeSet::new();
    list.retain(|grant| seen.insert(grant.subject));
    list
}

/// A line of the answer before it is put into order.
struct Line {
    name: String,
    subject: Uuid,
    is_link: bool,
    share: Share,
}

/// With whom an entry is shared: its links, then the caller, the owner, and the rest by name (sheet r7/files 7;
/// upstream: `FileSharing.GetSharedInfo`). One statement, and only where something other than people, groups and the
/// main link is among them.
async fn list(cx: &mut Cx<'_>, view: &View<'_>, entry: &Shareable) -> Result<Vec<Share>, Fault> {
    let directory = view.directory();
    let me = view.caller.id;
    let records = nearest(&entry.grants);
    let known = |id: Uuid| directory.user(id).is_some() || directory.group(id).is_some();
    let unknown: Vec<Uuid> = records
        .iter()
        .map(|grant| grant.subject)
        .filter(|id| !known(*id) && ![MAIN_LINK, DENY_DOWNLOAD, DENY_SHARING].contains(id))
        .collect();
    let links =
        if unknown.is_empty() { Vec::new() } else { share::links(cx.conn, &ids::json(&unknown)).await? };
    let mut lines = Vec::new();
    let mut main = Granted::Restrict.number();
    for grant in &records {
        if grant.subject == MAIN_LINK {
            main = grant.access;
        } else if let Some(user) = directory.user(grant.subject) {
            // A guest is never shown more than reading.
            let access = if user.row.is_visitor { grant.access.max(2) } else { grant.access };
            lines.push(person(view, grant.subject, access, entry.owner));
        } else if let Some(line) = group(view, grant.subject, grant.access, false) {
            lines.push(line);
        } else if let Some(link) = links.iter().find(|link| link.subject == grant.subject.to_string()) {
            lines.extend(extra_link(cx, entry, grant, link));
        }
    }
    if entry.key.is_file {
        let share_link = link_url(cx, entry, MAIN_LINK);
        let shared_to = SharedTo::Link(Link { id: MAIN_LINK, share_link });
        let share = Share { access: main, shared_to, is_locked: false, is_owner: false };
        lines.push(Line { name: String::new(), subject: MAIN_LINK, is_link: true, share });
    }
    if !lines.iter().any(|line| line.share.is_owner) {
        lines.push(person(view, entry.owner, Granted::ReadWrite.number(), entry.owner));
    }
    if entry.section == Some(Section::Common) {
        for (id, access, locked) in [(ADMINS, Granted::ReadWrite, true), (EVERYONE, Granted::Read, false)] {
            if !lines.iter().any(|line| line.subject == id) {
                lines.extend(group(view, id, access.number(), locked));
            }
        }
    }
    lines.sort_by_key(|line| {
        let order = match line {
            line if line.subject == MAIN_LINK => 0,
            line if line.is_link => 1,
            line if line.subject == me => 2,
            line if line.share.is_owner => 3,
            _ => 4,
        };
        (order, line.name.to_lowercase())
    });
    Ok(lines.into_iter().map(|line| line.share).collect())
}

fn person(view: &View<'_>, id: Uuid, access: i32, owner: Uuid) -> Line {
    let share = Share {
        access,
        shared_to: SharedTo::Person(Box::new(view.full_person(id))),
        is_locked: id == view.caller.id,
        is_owner: id == owner,
    };
    let name = view.directory().user(id).map(|user| user.display_name()).unwrap_or_default();
    Line { name, subject: id, is_link: false, share }
}

fn group(view: &View<'_>, id: Uuid, access: i32, is_locked: bool) -> Option<Line> {
    let directory = view.directory();
    let group = directory.group(id)?;
    let shared_to = SharedTo::Group(GroupSummary::of(group, directory));
    let share = Share { access, shared_to, is_locked, is_owner: false };
    Some(Line { name: group.name.clone(), subject: id, is_link: false, share })
}

/// A link beside the main one; an expired one is shown as off, or not at all where it is to go with its time.
fn extra_link(cx: &Cx<'_>, entry: &Shareable, grant: &Grant, link: &LinkRow) -> Option<Line> {
    let expired = link.is_expired(cx.now);
    if expired && link.auto_delete {
        return None;
    }
    let share_link = link_url(cx, entry, grant.subject);
    let share = Share {
        access: if expired { Granted::Restrict.number() } else { grant.access },
        shared_to: SharedTo::Link(Link { id: grant.subject, share_link }),
        is_locked: false,
        is_owner: false,
    };
    let name = link.title.clone().unwrap_or_default();
    Some(Line { name, subject: grant.subject, is_link: true, share })
}

/// The URL of a link to an entry.
pub(super) fn link_url(cx: &Cx<'_>, entry: &Shareable, link: Uuid) -> String {
    let signed = Signed { entry: entry.key.id, link };
    if entry.key.is_file {
        card::link_to_file(cx.base, &entry.title, &cx.world.name, signed)
    } else {
        card::link_to_folder(cx.base, &cx.world.name, signed)
    }
}

/// A page of what others have shared with the caller, directly or through a group; the caller's own is not among it
/// (upstream: `FileSecurity.GetSharesForMe`). Two statements where folders are to be looked into.
pub(crate) async fn received(
    cx: &mut Cx<'_>,
    view: &View<'_>,
    pick: &Pick<'_>,
    listing: &Listing<'_>,
) -> Result<Page, Fault> {
    let asker = view.asker();
    let subjects = ids::json(&asker.subjects());
    let (mut folders, mut files) = share::received(cx.conn, &subjects, asker.id).await?;
    // What counts is the entry's own share, not what it inherits besides.
    folders.retain(|row| row.grants.own_access(false, asker) != Granted::Restrict);
    files.retain(|row| row.grants.own_access(true, asker) != Granted::Restrict);
    if listing.deep && !folders.is_empty() {
        let tops: Vec<FolderId> = folders.iter().map(|row| row.id).collect();
        let (below, inside) = store::job::below(cx.conn, &ids::json(&tops)).await?;
        let known: (BTreeSet<FolderId>, BTreeSet<FileId>) =
            (tops.into_iter().collect(), files.iter().map(|row| row.id).collect());
        folders
            .extend(below.into_iter().filter(|row| row.right(asker).reads() && !known.0.contains(&row.id)));
        files.extend(inside.into_iter().filter(|row| row.right(asker).reads() && !known.1.contains(&row.id)));
    }
    folders.retain(|row| pick.folder(&row.title, &row.created_by, row.changed()));
    files.retain(|row| pick.file(&row.title, &row.created_by, row.changed()));
    Ok(super::marking::page(cx, folders, files, listing, true))
}

/// `GET files/file/{fileId}/share`.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct GetFileShares {
    fileid: EntryId,
}

impl Endpoint for GetFileShares {
    const ACCESS: Access = Access::Read;
    type Out = Vec<Share>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Self::Out, Fault> {
        let view = View::of(cx)?;
        let entry = file_to_share(cx, &view, &self.fileid).await?;
        list(cx, &view, &entry).await
    }
}

/// `GET files/folder/{folderId}/share`.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct GetFolderShares {
    folderid: EntryId,
}

impl Endpoint for GetFolderShares {
    const ACCESS: Access = Access::Read;
    type Out = Vec<Share>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Self::Out, Fault> {
        let view = View::of(cx)?;
        let entry = folder_to_share(cx, &view, &self.folderid).await?;
        list(cx, &view, &entry).await
    }
}

/// One with whom an entry is to be shared.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(super) struct Wish {
    #[serde(alias = "shareTo", alias = "ShareTo")]
    pub(super) shareto: Guid,
    #[serde(alias = "Access", deserialize_with = "wire_enum")]
    #[schemars(with = "EnumOf<Granted>")]
    pub(super) access: Granted,
}

/// What those who get a file are kept from.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(super) struct Advanced {
    #[serde(alias = "denyDownload", alias = "DenyDownload")]
    denydownload: bool,
    #[serde(alias = "denySharing", alias = "DenySharing")]
    denysharing: bool,
}

/// Sets shares, and marks of a file where those are sent (upstream: `FileSharing.SetAceObject`). One statement, and
/// one more where people are concerned: it is new to those who get it.
pub(super) async fn set(
    cx: &mut Cx<'_>,
    view: &View<'_>,
    entry: &mut Shareable,
    mut wishes: Vec<Wish>,
    advanced: Option<Advanced>,
) -> Result<(), Fault> {
    if wishes.is_empty() {
        return Ok(());
    }
    let directory = view.directory();
    // Groups and links first: of two wishes for one subject the last counts.
    wishes.sort_by_key(|wish| directory.user(wish.shareto.0).is_some());
    let common = entry.section == Some(Section::Common);
    let mut wanted: BTreeMap<Uuid, i32> = BTreeMap::new();
    for Wish { shareto: Guid(subject), access } in wishes {
        let user = directory.user(subject);
        let is_admin = subject == ADMINS || user.is_some_and(|user| user.is_admin());
        // sheet r7/files 7: the owner's own is left as it is, and in Common that of administrators.
        if subject == entry.owner || common && is_admin {
            continue;
        }
        let is_link = subject == MAIN_LINK && entry.key.is_file
            || entry.grants.list.iter().any(|grant| grant.subject == subject) && user.is_none();
        // What is neither would be gone with the list that answers: upstream forgets subjects that it does not know.
        if user.is_none() && directory.group(subject).is_none() && !is_link {
            continue;
        }
        let access = match access {
            Granted::Restrict if subject == MAIN_LINK => Granted::None,
            access => access,
        };
        wanted.insert(subject, access.number());
    }
    if let Some(advanced) = advanced
        && entry.key.is_file
        && entry.owner == view.caller.id
        && types::page(&super::rules::titles::extension(&entry.title)).is_document()
    {
        let mark = |denied: bool| if denied { Granted::Restrict.number() } else { 0 };
        wanted.insert(DENY_DOWNLOAD, mark(advanced.denydownload));
        wanted.insert(DENY_SHARING, mark(advanced.denysharing));
    }
    let mut changes = Changes::default();
    for (subject, access) in wanted {
        entry.set(subject, access);
        if access == 0 {
            changes.ended.push(subject);
        } else {
            changes.granted.push((subject, access, subject == MAIN_LINK));
        }
    }
    share::change(cx.conn, entry.key, &changes, view.caller.id, cx.now).await?;
    let news = News { directory, author: view.caller.id, now: cx.now };
    let reads = |asker: &Asker| entry.is_open_to(asker);
    news.of_share(cx.conn, entry.key, &changes, entry.owner, entry.is_empty, reads).await?;
    Ok(())
}

/// `PUT files/file/{fileId}/share`. Nobody is written to: `notify` and `sharingMessage` are taken and have no effect.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct SetFileShares {
    fileid: EntryId,
    #[serde(deserialize_with = "objects")]
    share: Vec<Wish>,
    advancedsettings: Option<Advanced>,
}

impl Endpoint for SetFileShares {
    const ACCESS: Access = Access::Write;
    type Out = Vec<Share>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Self::Out, Fault> {
        let view = View::of(cx)?;
        let mut entry = file_to_share(cx, &view, &self.fileid).await?;
        set(cx, &view, &mut entry, self.share, self.advancedsettings).await?;
        list(cx, &view, &entry).await
    }
}

/// `PUT files/folder/{folderId}/share`.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct SetFolderShares {
    folderid: EntryId,
    #[serde(deserialize_with = "objects")]
    share: Vec<Wish>,
}

impl Endpoint for SetFolderShares {
    const ACCESS: Access = Access::Write;
    type Out = Vec<Share>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Self::Out, Fault> {
        let view = View::of(cx)?;
        let mut entry = folder_to_share(cx, &view, &self.folderid).await?;
        set(cx, &view, &mut entry, self.share, None).await?;
        list(cx, &view, &entry).await
    }
}
