//! Files of contacts, opportunities and cases (sheet r7/crm 3.3).

use schemars::JsonSchema;
use serde::Deserialize;

use super::answer::Lens;
use super::answer::event::Event as Answered;
use super::event::{self, Owner, denied, positive};
use super::rules::text;
use crate::kernel::db::Access;
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::{Fault, bad_argument, not_found};
use crate::r7::files::blob::Content;
use crate::r7::files::card::{self, File};
use crate::r7::files::ids::{self, FileId};
use crate::r7::files::{self, NewFile, upload};
use crate::r7::messages::Message;
use crate::r7::store;

/// `GET crm/files/root`: the id of the CRM's own folder, made on first use.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct GetRoot {}

impl Endpoint for GetRoot {
    const ACCESS: Access = Access::Single;
    type Out = i64;

    async fn run(self, cx: &mut Cx<'_>) -> Result<i64, Fault> {
        let caller = cx.caller()?;
        Ok(files::crm_root(cx.conn, caller.id, cx.now).await?.0)
    }
}

/// `GET crm/{entityType}/{id}/files`: neither existence nor rights are looked at; an unknown id has no files.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct ListFiles {
    entitytype: String,
    id: i32,
}

impl Endpoint for ListFiles {
    const ACCESS: Access = Access::Read;
    type Out = Vec<File>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Vec<File>, Fault> {
        let id = positive(self.id)?;
        let owner = Owner::named(&self.entitytype).ok_or_else(bad_argument)?;
        let lens = Lens::of(cx)?;
        let found = store::crm::event::files(cx.conn, owner.target(id)).await?;
        Ok(card::files_by_ids(cx.conn, lens.files(), &found).await?)
    }
}

/// `POST crm/{entityType}/{id}/files`: an event that holds files which are there already.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct AttachFiles {
    entitytype: String,
    id: i32,
    #[serde(default)]
    fileids: Vec<i32>,
}

impl Endpoint for AttachFiles {
    const ACCESS: Access = Access::Write;
    type Out = Answered;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Answered, Fault> {
        let id = positive(self.id)?;
        let owner = Owner::named(&self.entitytype).ok_or_else(bad_argument)?;
        let lens = Lens::of(cx)?;
        let cards = owner.readable(cx, id).await?;
        let wanted: Vec<FileId> = self.fileids.iter().map(|id| FileId((*id).into())).collect();
        if !wanted.is_empty() {
            let root = files::crm_root(cx.conn, lens.viewer.id, cx.now).await?;
            let rows = store::file::by_ids(cx.conn, &ids::json(&wanted)).await?;
            if rows.iter().any(|row| row.folder_id != root) {
                return Err(Fault::Argument("invalid file folder".into()));
            }
        }
        let event = event::attach_files(cx, owner, id, cards, &wanted).await?;
        let files = card::files_by_ids(cx.conn, lens.files(), &event.files).await?;
        Ok(Answered::single(event, files, &lens))
    }
}

/// `POST crm/{entityType}/{id}/files/text`: a new text file, attached at once.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct CreateText {
    entitytype: String,
    id: i32,
    #[serde(default, deserialize_with = "crate::r7::bind::kept_text")]
    title: Option<String>,
    #[serde(default, deserialize_with = "crate::r7::bind::kept_text")]
    content: Option<String>,
}

impl Endpoint for CreateText {
    const ACCESS: Access = Access::Write;
    type Out = File;

    async fn run(self, cx: &mut Cx<'_>) -> Result<File, Fault> {
        let (Some(title), Some(content)) = (self.title, self.content) else { return Err(bad_argument()) };
        let id = positive(self.id)?;
        let owner = Owner::named(&self.entitytype).ok_or_else(bad_argument)?;
        // sheet r7/crm 3.3: the documents module refuses an empty file, with its own text and 500.
        if content.is_empty() {
            return Err(Fault::Failure(Message::EmptyFile.into()));
        }
        let lens = Lens::of(cx)?;
        let cards = owner.readable(cx, id).await?;
        let file = store_file(cx, &text::file_name(&title, &content), &content.into_bytes().into()).await?;
        event::attach_files(cx, owner, id, cards, &[file]).await?;
        card::files_by_ids(cx.conn, lens.files(), &[file]).await?.pop().ok_or_else(not_found)
    }
}

async fn store_file(cx: &mut Cx<'_>, title: &str, bytes: &Content) -> Result<FileId, Fault> {
    let by = cx.caller()?.id;
    let folder = files::crm_root(cx.conn, by, cx.now).await?;
    let file = NewFile { folder, title, bytes, comment: None, by, now: cx.now };
    Ok(files::create(cx.conn, &file).await?)
}

/// `POST crm/{entityType}/{id}/files/upload`: stores, but does not attach; the id is not looked at.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct UploadFiles {}

impl Endpoint for UploadFiles {
    const ACCESS: Access = Access::Write;
    type Out = File;

    async fn run(self, cx: &mut Cx<'_>) -> Result<File, Fault> {
        let input = std::mem::take(&mut cx.input);
        let mut sent: Vec<(String, Content)> =
            input.parts.into_iter().map(|part| (part.file_name, part.bytes)).collect();
        if sent.is_empty()
            && let Some(name) = input.disposition.as_deref().and_then(upload::name_in)
        {
            sent.push((name, input.raw));
        }
        // sheet r7/crm 3.3, 6: nothing sent, or nothing in it, is 500 with the documents module's text.
        if sent.is_empty() || sent.iter().any(|(_, bytes)| bytes.size() == 0) {
            return Err(Fault::Failure(Message::EmptyFile.into()));
        }
        let lens = Lens::of(cx)?;
        let mut last = None;
        for (name, bytes) in &sent {
            last = Some(store_file(cx, name, bytes).await?);
        }
        let ids = last.as_slice();
        card::files_by_ids(cx.conn, lens.files(), ids).await?.pop().ok_or_else(not_found)
    }
}

/// `DELETE crm/files/{id}`: any file of the portal, for good; its events stay.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct DeleteFile {
    id: i32,
}

impl Endpoint for DeleteFile {
    const ACCESS: Access = Access::Write;
    type Out = File;

    async fn run(self, cx: &mut Cx<'_>) -> Result<File, Fault> {
        let id = FileId(positive(self.id)?);
        let lens = Lens::of(cx)?;
        let row = store::file::find(cx.conn, id).await?.ok_or_else(not_found)?;
        let me = lens.viewer.id.to_string();
        if !lens.viewer.admin && row.created_by != me && row.updated_by != me {
            return Err(denied());
        }
        files::erase(cx.conn, &[id]).await?;
        Ok(File::new(row, lens.files()))
    }
}
