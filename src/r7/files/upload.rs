//! Bytes that come in: uploads and updates (sheet r7/files 5.1, 5.6).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};

use super::blob::{self, Content};
use super::card::{File, View};
use super::create::{self, Source};
use super::file::visible;
use super::folder::{Site, number_of};
use super::ids::{FileId, FolderId};
use super::rules::{titles, types, versions};
use super::setting;
use super::unread::News;
use crate::kernel::db::Access;
use crate::r7::bind::EntryId;
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::Fault;
use crate::r7::input::Part;
use crate::r7::messages::Message;
use crate::r7::store;
use crate::r7::store::file::{FileRow, Insert};
use crate::r7::store::folder::{FolderRow, Named};
use crate::r7::wire::Answer;

/// Largest file (sheet r7/files 5.1).
pub(crate) const LARGEST: i64 = 100 << 20;

/// One part: an object. Several: a list (sheet r7/files 5.1).
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub(crate) enum Uploaded {
    One(Box<File>),
    Several(Vec<File>),
}

impl Serialize for Uploaded {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::One(file) => file.serialize(serializer),
            Self::Several(files) => files.serialize(serializer),
        }
    }
}

impl Answer for Uploaded {
    fn count(&self) -> i64 {
        match self {
            Self::One(_) => 1,
            Self::Several(files) => files.count(),
        }
    }
}

/// Puts files into a folder. `update`: one of the same title gets a new version instead of a namesake.
pub(super) async fn put(
    cx: &mut Cx<'_>,
    named: Named,
    parts: Vec<Part>,
    update: bool,
) -> Result<Vec<File>, Fault> {
    let view = View::of(cx)?;
    let found = store::folder::with_path(cx.conn, named, view.caller.id).await?;
    // sheet r7/files 8: of all calls, uploads say 404.
    let folder = found.ok_or(Fault::NotFound(Message::FolderNotFound.into()))?.folder;
    if !folder.right(view.asker()).creates() {
        return Err(Fault::InvalidOperation(Message::NoRightToCreate.into()));
    }
    let mut files = Vec::with_capacity(parts.len());
    for part in parts {
        fits(&part.bytes)?;
        let row = store_part(cx, &view, &folder, &part, update).await?;
        files.push(File::new(row, &view));
    }
    Ok(files)
}

/// The file of that title in a folder, if it takes a new version: one that may not be changed, or is being edited, is left
/// alone, and a namesake appears (sheet r7/files 5.1).
pub(super) async fn updatable(
    cx: &mut Cx<'_>,
    view: &View<'_>,
    folder: FolderId,
    title: &str,
) -> Result<Option<FileRow>, Fault> {
    let old = store::file::titled(cx.conn, folder, &titles::key(title)).await?;
    Ok(old.filter(|old| old.right(view.asker()).edits() && !old.marks.is_edited(cx.now)))
}

async fn store_part(
    cx: &mut Cx<'_>,
    view: &View<'_>,
    folder: &FolderRow,
    part: &Part,
    update: bool,
) -> Result<FileRow, Fault> {
    let title = titles::of_new_file(&part.file_name);
    if update && let Some(old) = updatable(cx, view, folder.id, &title).await? {
        return replace(cx, view, old, title, &part.bytes, Message::CommentUploaded, 1).await;
    }
    // sheet r7/files 5.1: a brand-new upload has no comment.
    create::add(cx, view, folder, title, Source::Content(&part.bytes), None).await
}

/// Puts bytes over a file as its next version; `group_step` as in [`store::file::add_version`]. One round trip, and
/// one more where others may read it.
async fn replace(
    cx: &mut Cx<'_>,
    view: &View<'_>,
    old: FileRow,
    title: String,
    content: &Content,
    comment: Message,
    group_step: i64,
) -> Result<FileRow, Fault> {
    let (by, now) = (view.caller.id, cx.now);
    let body = blob::settle(cx.conn, content).await?;
    let comment = comment.say(view.language());
    let insert = Insert {
        folder: old.folder_id,
        title: &title,
        title_key: &titles::key(&title),
        sort_key: &titles::sort_key(&title),
        comment: Some(comment),
        hash: &body.hash,
        size: body.size,
        bytes: body.bytes.as_deref(),
        by,
        now,
    };
    store::file::add_version(cx.conn, old.id, &insert, group_step).await?;
    let row = FileRow {
        version: old.version + 1,
        version_group: old.version_group + group_step,
        comment: Some(comment.to_owned()),
        title,
        hash: body.hash,
        size: body.size,
        updated: now,
        updated_by: by.to_string(),
        ..old
    };
    News { directory: view.directory(), author: by, now }.of_file(cx.conn, &row).await?;
    Ok(row)
}

pub(super) fn fits(content: &Content) -> Result<(), Fault> {
    match content.size() {
        0 => Err(Fault::Failure(Message::EmptyFile.into())),
        size if size > LARGEST => Err(Fault::Failure(Message::FileTooBig.into())),
        _ => Ok(()),
    }
}

/// The files of a request: parts of a form, or the raw body under the name that its headers give.
pub(super) fn sent(cx: &mut Cx<'_>) -> Result<(Vec<Part>, bool), Fault> {
    let input = std::mem::take(&mut cx.input);
    if input.media_type.starts_with("multipart/") {
        if input.parts.is_empty() {
            return Err(Fault::InvalidOperation("No input files".into()));
        }
        let several = input.parts.len() > 1;
        let parts = input.parts.into_iter().map(|part| match part.file_name.trim() {
            "" => Part { file_name: "file".to_owned(), ..part },
            _ => part,
        });
        return Ok((parts.collect(), several));
    }
    let named = input.disposition.as_deref().and_then(name_in);
    let file_name = named.unwrap_or_else(|| format!("file{}", types::extension_of(&input.media_type)));
    Ok((vec![Part { file_name, bytes: input.raw }], false))
}

/// The file name of a `Content-Disposition`, URL-decoded (sheet r7/files 5.1).
pub(crate) fn name_in(disposition: &str) -> Option<String> {
    let mut plain = None;
    for piece in disposition.split(';').skip(1) {
        let Some((key, value)) = piece.split_once('=') else { continue };
        let value = value.trim().trim_matches('"');
        match key.trim().to_ascii_lowercase().as_str() {
            "filename*" => {
                let encoded = value.rsplit('\'').next().unwrap_or_default();
                let name = percent_encoding::percent_decode_str(encoded).decode_utf8().ok()?;
                return Some(name.into_owned()).filter(|name| !name.trim().is_empty());
            }
            "filename" => {
                plain = Some(percent_encoding::percent_decode_str(value).decode_utf8_lossy().into_owned());
            }
            _ => {}
        }
    }
    plain.filter(|name| !name.trim().is_empty())
}

fn answer(mut files: Vec<File>, several: bool) -> Uploaded {
    match (several, files.pop()) {
        (false, Some(file)) => Uploaded::One(Box::new(file)),
        (_, last) => {
            files.extend(last);
            Uploaded::Several(files)
        }
    }
}

/// `POST files/{folderId}/upload`. `keepConvertStatus` is taken and has no effect: nothing here converts.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct Upload {
    folderid: EntryId,
    createnewifexist: Option<bool>,
    storeoriginalfileflag: Option<bool>,
}

impl Endpoint for Upload {
    const ACCESS: Access = Access::Write;
    type Out = Uploaded;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Uploaded, Fault> {
        let id = super::folder::named(&self.folderid)?;
        let (parts, several) = sent(cx)?;
        // sheet r7/files 5.1: absent means what the person has set; at first a second file of the same title.
        let create = self.createnewifexist.unwrap_or(!cx.files_settings()?.update_if_exist);
        let update = !create;
        let files = put(cx, Named::Id(id), parts, update).await?;
        // sheet r7/files 5.1: it is kept as if the person had set `storeoriginal`.
        if let Some(store) = self.storeoriginalfileflag {
            setting::change(cx, |settings| settings.store_original = store).await?;
        }
        Ok(answer(files, several))
    }
}

/// `POST files/@my/upload`, `POST files/@common/upload`: a namesake gets a new version, always (sheet r7/files 5.1).
#[derive(Deserialize, JsonSchema)]
pub(crate) struct UploadToSection<const KIND: i64> {}

impl<const KIND: i64> Endpoint for UploadToSection<KIND> {
    const ACCESS: Access = Access::Write;
    type Out = Uploaded;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Uploaded, Fault> {
        let (parts, several) = sent(cx)?;
        let files = put(cx, Named::Section(KIND), parts, true).await?;
        Ok(answer(files, several))
    }
}

/// `PUT files/{fileId}/update`: other bytes under the same title, whatever the part is called. `fileExtension` and
/// `forcesave` are taken and have no effect: upstream keeps them for its editors alone.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct UpdateFile {
    fileid: EntryId,
    encrypted: bool,
}

impl UpdateFile {
    /// For another call that ends in new bytes.
    pub(crate) fn of(fileid: EntryId) -> Self {
        Self { fileid, ..Self::default() }
    }
}

impl Endpoint for UpdateFile {
    const ACCESS: Access = Access::Write;
    type Out = File;

    async fn run(self, cx: &mut Cx<'_>) -> Result<File, Fault> {
        // sheet r7/files 8: of the calls that upload, this one says 403 to an id that is no number.
        let id = FileId(number_of(&self.fileid, Site::Listing)?);
        let view = View::of(cx)?;
        let (row, right) = visible(cx, &view, id).await?;
        // sheet r7/files 3.2: what lies in the trash cannot be edited either.
        if !right.edits() {
            return Err(Fault::InvalidOperation(Message::NoRightToEditFile.into()));
        }
        let (mut parts, _) = sent(cx)?;
        let bytes = if parts.is_empty() { Content::default() } else { parts.swap_remove(0).bytes };
        fits(&bytes)?;
        let title = row.title.clone();
        let group_step = versions::update_step(row.version, &title, row.size);
        let comment = if self.encrypted { Message::CommentEncrypted } else { Message::CommentEdited };
        let row = replace(cx, &view, row, title, &bytes, comment, group_step).await?;
        Ok(File::new(row, &view))
    }
}
