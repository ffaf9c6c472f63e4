//! `files/fileops/…` and the two DELETEs: what starts, lists and ends operations (sheet r7/files 1, 3, 4).

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use super::card::{self, File, View};
use super::ids::{FileId, FolderId};
use super::job::{DOWNLOAD, Job, ResolveWord, Target};
use super::moving;
use super::operation::{self, Operation};
use super::rules::rights::Section;
use super::rules::transfer::{self, Resolve, Transfer};
use super::trouble;
use crate::kernel::db::Access;
use crate::r7::bind::{EntryId, EnumOf, WireEnum, entry_ids, objects, wire_enum};
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::Fault;
use crate::r7::messages::Message;
use crate::r7::store;

impl WireEnum for Resolve {
    const NAMES: &'static [(&'static str, i32)] = &[("Skip", 0), ("Overwrite", 1), ("Duplicate", 2)];

    fn from_number(number: i32) -> Option<Self> {
        [Self::Skip, Self::Overwrite, Self::Duplicate].into_iter().find(|value| *value as i32 == number)
    }
}

/// A number that .NET's `Int32` holds; else the text as sent.
fn number(id: &EntryId) -> Result<i64, String> {
    match id {
        EntryId::Number(number) if i32::try_from(*number).is_ok() => Ok(*number),
        EntryId::Number(number) => Err(number.to_string()),
        EntryId::Text(text) => Err(text.clone()),
    }
}

/// Ids of files and of folders as sent in lists; the first that is no number ends the whole job.
fn numbers(files: &[EntryId], folders: &[EntryId]) -> Result<(Vec<FileId>, Vec<FolderId>), String> {
    let files = files.iter().map(|id| number(id).map(FileId)).collect::<Result<_, _>>()?;
    let folders = folders.iter().map(|id| number(id).map(FolderId)).collect::<Result<_, _>>()?;
    Ok((files, folders))
}

/// Sections that may be named where a folder's id is expected; upstream knows them only as routes (sheet r7/files 4,
/// recommended: accept them).
const NAMES: &[(&str, Section)] = &[
    ("@my", Section::My),
    ("@common", Section::Common),
    ("@trash", Section::Trash),
    ("@share", Section::Share),
    ("@projects", Section::Projects),
    ("@recent", Section::Recent),
    ("@favorites", Section::Favorites),
    ("@templates", Section::Templates),
];

fn target(id: &EntryId) -> Result<Option<Target>, String> {
    if let EntryId::Text(text) = id {
        if text.is_empty() {
            return Ok(None);
        }
        if let Some((_, section)) = NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)) {
            return Ok(Some(Target::Section(section.kind())));
        }
    }
    number(id).map(|id| Some(Target::Id(FolderId(id))))
}

/// `GET fileops`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct ListOperations {}

impl Endpoint for ListOperations {
    // One statement takes the finished ones out and reads the rest.
    const ACCESS: Access = Access::Single;
    type Out = Vec<Operation>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Self::Out, Fault> {
        operation::list(cx).await
    }
}

/// `PUT fileops/terminate`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct Terminate {}

impl Endpoint for Terminate {
    const ACCESS: Access = Access::Write;
    type Out = Vec<Operation>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Self::Out, Fault> {
        operation::terminate(cx).await
    }
}

/// `PUT fileops/markasread`: files, and folders with all that is below, are new to the caller no more.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct MarkAsRead {
    #[serde(deserialize_with = "entry_ids")]
    folderids: Vec<EntryId>,
    #[serde(deserialize_with = "entry_ids")]
    fileids: Vec<EntryId>,
}

impl Endpoint for MarkAsRead {
    const ACCESS: Access = Access::Write;
    type Out = Vec<Operation>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Self::Out, Fault> {
        if self.folderids.is_empty() && self.fileids.is_empty() {
            return operation::list(cx).await;
        }
        let job = match numbers(&self.fileids, &self.folderids) {
            Ok((files, folders)) => Job::MarkAsRead { files, folders },
            Err(id) => Job::Unreadable { id, kind: 4 },
        };
        operation::start(cx, job, true).await
    }
}

/// A file that is to be converted on its way into an archive. Nothing is ever converted here: it goes in as it is.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
struct Conversion {
    #[serde(alias = "Key")]
    key: EntryId,
}

/// `PUT fileops/bulkdownload` (sheet r7/files 5.8).
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct BulkDownload {
    #[serde(deserialize_with = "objects")]
    fileconvertids: Vec<Conversion>,
    #[serde(deserialize_with = "entry_ids")]
    fileids: Vec<EntryId>,
    #[serde(deserialize_with = "entry_ids")]
    folderids: Vec<EntryId>,
}

impl Endpoint for BulkDownload {
    const ACCESS: Access = Access::Write;
    type Out = Vec<Operation>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Self::Out, Fault> {
        let Self { fileconvertids, mut fileids, folderids } = self;
        fileids.extend(fileconvertids.into_iter().map(|conversion| conversion.key));
        if fileids.is_empty() && folderids.is_empty() {
            return Err(Fault::InvalidOperation(Message::BadRequest.into()));
        }
        let caller = cx.caller()?.id;
        if store::operation::waits(cx.conn, caller, DOWNLOAD).await? {
            return Err(Fault::InvalidOperation(Message::TooManyDownloads.into()));
        }
        let job = match numbers(&fileids, &folderids) {
            Ok((files, folders)) => Job::Download { files, folders },
            Err(id) => Job::Unreadable { id, kind: DOWNLOAD },
        };
        operation::start(cx, job, true).await
    }
}

/// `PUT fileops/delete`.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct Delete {
    #[serde(deserialize_with = "entry_ids")]
    folderids: Vec<EntryId>,
    #[serde(deserialize_with = "entry_ids")]
    fileids: Vec<EntryId>,
    deleteafter: bool,
    immediately: bool,
}

impl Endpoint for Delete {
    const ACCESS: Access = Access::Write;
    type Out = Vec<Operation>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Self::Out, Fault> {
        let job = match numbers(&self.fileids, &self.folderids) {
            Ok((files, folders)) => Job::Delete { files, folders, immediately: self.immediately },
            Err(id) => Job::Unreadable { id, kind: 2 },
        };
        operation::start(cx, job, !self.deleteafter).await
    }
}

/// `DELETE files/file/{fileId}`.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct DeleteFile {
    fileid: EntryId,
    deleteafter: bool,
    immediately: bool,
}

impl Endpoint for DeleteFile {
    const ACCESS: Access = Access::Write;
    type Out = Vec<Operation>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Self::Out, Fault> {
        let Self { fileid, deleteafter, immediately } = self;
        Delete { fileids: vec![fileid], folderids: Vec::new(), deleteafter, immediately }.run(cx).await
    }
}

/// `DELETE files/folder/{folderId}`.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct DeleteFolder {
    folderid: EntryId,
    deleteafter: bool,
    immediately: bool,
}

impl Endpoint for DeleteFolder {
    const ACCESS: Access = Access::Write;
    type Out = Vec<Operation>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Self::Out, Fault> {
        let Self { folderid, deleteafter, immediately } = self;
        Delete { folderids: vec![folderid], fileids: Vec::new(), deleteafter, immediately }.run(cx).await
    }
}

/// `PUT fileops/emptytrash`: its record is always held (sheet r7/files 3.1).
#[derive(Deserialize, JsonSchema)]
pub(crate) struct EmptyTrash {}

impl Endpoint for EmptyTrash {
    const ACCESS: Access = Access::Write;
    type Out = Vec<Operation>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Self::Out, Fault> {
        operation::start(cx, Job::EmptyTrash, true).await
    }
}

/// What `PUT fileops/move` and `PUT fileops/copy` take.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct Items {
    destfolderid: EntryId,
    #[serde(deserialize_with = "entry_ids")]
    folderids: Vec<EntryId>,
    #[serde(deserialize_with = "entry_ids")]
    fileids: Vec<EntryId>,
    #[serde(deserialize_with = "wire_enum")]
    #[schemars(with = "EnumOf<Resolve>")]
    conflictresolvetype: Resolve,
    deleteafter: bool,
}

/// One of the two.
#[derive(JsonSchema)]
pub(crate) struct Transferred<const COPY: bool>(Items);

// serde's derive knows no constants.
impl<'de, const COPY: bool> Deserialize<'de> for Transferred<COPY> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Items::deserialize(deserializer).map(Self)
    }
}

/// `PUT fileops/move`.
pub(crate) type Move = Transferred<false>;
/// `PUT fileops/copy`.
pub(crate) type Copy = Transferred<true>;

impl<const COPY: bool> Endpoint for Transferred<COPY> {
    const ACCESS: Access = Access::Write;
    type Out = Vec<Operation>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Self::Out, Fault> {
        let Self(items) = self;
        // sheet r7/files 4: no items, no new operation.
        if items.folderids.is_empty() && items.fileids.is_empty() {
            return operation::list(cx).await;
        }
        let read = numbers(&items.fileids, &items.folderids)
            .and_then(|(files, folders)| Ok((files, folders, target(&items.destfolderid)?)));
        let job = match read {
            Ok((files, folders, destination)) => Job::Transfer {
                copy: COPY,
                files,
                folders,
                destination,
                resolve: match items.conflictresolvetype {
                    Resolve::Skip => ResolveWord::Skip,
                    Resolve::Overwrite => ResolveWord::Overwrite,
                    Resolve::Duplicate => ResolveWord::Duplicate,
                },
            },
            Err(id) => Job::Unreadable { id, kind: i64::from(COPY) },
        };
        operation::start(cx, job, !items.deleteafter).await
    }
}

/// `GET fileops/move`: the sources that would meet a file of the same title.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct CheckMove {
    destfolderid: EntryId,
    #[serde(deserialize_with = "entry_ids")]
    folderids: Vec<EntryId>,
    #[serde(deserialize_with = "entry_ids")]
    fileids: Vec<EntryId>,
}

impl Endpoint for CheckMove {
    const ACCESS: Access = Access::Read;
    type Out = Vec<File>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Self::Out, Fault> {
        if self.folderids.is_empty() && self.fileids.is_empty() {
            return Ok(Vec::new());
        }
        let unreadable = |id: String| Fault::InvalidOperation(format!("Can not convert id: {id}").into());
        let (files, folders) = numbers(&self.fileids, &self.folderids).map_err(unreadable)?;
        let destination = target(&self.destfolderid).map_err(unreadable)?;
        let view = View::of(cx)?;
        let asker = view.asker().clone();
        let (tree, destination, _) =
            moving::survey(cx.conn, &files, &folders, destination, false, &asker, cx.now).await?;
        let wish = Transfer {
            copy: false,
            resolve: Resolve::Skip,
            destination: destination.as_ref(),
            folders: &folders,
            files: &files,
        };
        if let Some(trouble) = transfer::refused(&wish, &tree) {
            return Err(Fault::InvalidOperation(trouble::message(trouble).into()));
        }
        let clashes = transfer::clashes(&wish, &tree);
        if clashes.is_empty() {
            return Ok(Vec::new());
        }
        Ok(card::files_by_ids(cx.conn, &view, &clashes).await?)
    }
}
