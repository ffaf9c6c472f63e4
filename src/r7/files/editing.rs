//! What the editors and their pages call: opening, locking while it is open, saving (sheet r7/files 1).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::card::{File, View};
use super::file::{self, visible};
use super::folder::id_of;
use super::ids::{self, FileId};
use super::rules::editing::{self, ALONE_MILLIS, SHARED_MILLIS};
use super::rules::marks::Kind;
use super::rules::rights::Section;
use super::rules::{titles, types};
use super::upload::UpdateFile;
use crate::kernel::db::Access;
use crate::kernel::settings::Language;
use crate::r7::bind::{EntryId, Guid};
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::Fault;
use crate::r7::messages::Message;
use crate::r7::store;
use crate::r7::wire::Answer;

/// `POST files/file/{fileId}/startedit`: the editor opens the file. Gives the key that the editors know it by.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct StartEdit {
    fileid: EntryId,
    editingalone: bool,
}

impl Endpoint for StartEdit {
    const ACCESS: Access = Access::Single;
    type Out = String;

    async fn run(self, cx: &mut Cx<'_>) -> Result<String, Fault> {
        let id = file::named(&self.fileid)?;
        let view = View::of(cx)?;
        let (row, _) = visible(cx, &view, id).await?;
        // An editor that wants to be alone, or meets one that is, stays out.
        if row.marks.is_edited_alone(cx.now) || (self.editingalone && row.marks.is_edited(cx.now)) {
            return Err(Fault::InvalidOperation(Message::EditedTwice.into()));
        }
        let (_, changeable) = editing::opens(&titles::extension(&row.title));
        if !row.right(view.asker()).edits() || !changeable {
            return Err(Fault::InvalidOperation(Message::NoRightToEditFile.into()));
        }
        let (kind, millis, version) = if self.editingalone {
            (Kind::EditingAlone, ALONE_MILLIS, 0)
        } else {
            (Kind::Editing, SHARED_MILLIS, row.version)
        };
        let until = cx.now.plus_millis(millis);
        store::mark::open(cx.conn, view.caller.id, kind.number(), id, until, cx.now).await?;
        Ok(editing::key(&cx.world.name, id, version))
    }
}

/// A pair of .NET: whether it worked, and what was wrong.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Tracked {
    key: bool,
    value: String,
}

impl Answer for Tracked {}

/// `GET files/file/{fileId}/trackeditfile`: the editor is still there, or has done.
///
/// Whatever is wrong is told in the answer, not by the status.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct TrackEditFile {
    fileid: EntryId,
    /// Which window; here a person has one.
    #[serde(rename = "tabid")]
    _tab: Guid,
    dockeyfortrack: String,
    isfinish: bool,
}

impl Endpoint for TrackEditFile {
    const ACCESS: Access = Access::Single;
    type Out = Tracked;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Tracked, Fault> {
        let view = View::of(cx)?;
        let told = |text: &str| Tracked { key: false, value: text.to_owned() };
        let Some(id) = id_of(&self.fileid).map(FileId) else {
            return Ok(told(Message::NoRight.say(view.language())));
        };
        if self.dockeyfortrack != editing::key(&cx.world.name, id, 0) {
            return Ok(told(Message::NoRight.say(view.language())));
        }
        let row = match visible(cx, &view, id).await {
            Ok((row, _)) => row,
            Err(Fault::InvalidOperation(text)) => return Ok(told(text.say(view.language()))),
            Err(other) => return Err(other),
        };
        let files = ids::json(&[id]);
        if self.isfinish {
            store::mark::close(cx.conn, view.caller.id, &files).await?;
        } else {
            let kind = if row.marks.has(view.caller.id, Kind::EditingAlone) {
                Kind::EditingAlone
            } else {
                Kind::Editing
            };
            if kind == Kind::Editing && !row.right(view.asker()).edits() {
                return Ok(told(Message::NoRightToEditFile.say(view.language())));
            }
            let until = cx.now.plus_millis(ALONE_MILLIS);
            store::mark::open(cx.conn, view.caller.id, kind.number(), id, until, cx.now).await?;
        }
        Ok(Tracked { key: true, value: String::new() })
    }
}

/// `PUT files/file/{fileId}/saveediting`: other bytes as the next version; whoever was alone with the file is not any
/// more.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct SaveEditing {
    fileid: EntryId,
    forcesave: bool,
}

impl Endpoint for SaveEditing {
    const ACCESS: Access = Access::Write;
    type Out = File;

    async fn run(self, cx: &mut Cx<'_>) -> Result<File, Fault> {
        let id = file::named(&self.fileid)?;
        if !self.forcesave {
            store::mark::close_alone(cx.conn, id).await?;
        }
        UpdateFile::of(self.fileid).run(cx).await
    }
}

/// What the editor is told of the file and of its user. The order of fields is the wire's.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Configuration {
    document: Document,
    document_type: &'static str,
    editor_config: EditorConfig,
    editor_type: i32,
    editor_url: String,
    error_message: Option<&'static str>,
    #[serde(rename = "type")]
    kind: &'static str,
}

impl Answer for Configuration {}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Document {
    file_type: String,
    info: Info,
    key: String,
    permissions: Permissions,
    title: String,
    url: String,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Info {
    favorite: bool,
    owner: String,
    uploaded: String,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the wire's members")]
struct Permissions {
    change_history: bool,
    comment: bool,
    download: bool,
    edit: bool,
    fill_forms: bool,
    modify_filter: bool,
    print: bool,
    rename: bool,
    review: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct EditorConfig {
    callback_url: String,
    lang: &'static str,
    mode: &'static str,
    user: EditorUser,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct EditorUser {
    id: String,
    name: String,
}

/// `GET files/file/{fileId}/openedit`: what a page needs to show the editor. The file becomes the latest of the recent.
///
/// Open to everybody, as upstream; without a sign-in or a link it is refused by the call itself.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct OpenEdit {
    fileid: EntryId,
    version: i32,
}

impl Endpoint for OpenEdit {
    const ACCESS: Access = Access::Single;
    type Out = Configuration;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Configuration, Fault> {
        let id = file::named(&self.fileid)?;
        // sheet r7/files 1: a stranger is let in and then refused, with 403.
        cx.caller().map_err(|_| Fault::InvalidOperation(Message::NoRightToViewFile.into()))?;
        let view = View::of(cx)?;
        let (current, _) = visible(cx, &view, id).await?;
        let last = self.version <= 0 || i64::from(self.version) == current.version;
        let row = if last {
            current
        } else {
            let old = store::file::version(cx.conn, id, i64::from(self.version)).await?;
            current.back_to(old.ok_or(Fault::InvalidOperation(Message::FileNotFound.into()))?)
        };
        if row.root_kind == Section::Trash.kind() {
            return Err(Fault::InvalidOperation(Message::TrashedItemViewed.into()));
        }
        let extension = titles::extension(&row.title);
        let (opens, changeable) = editing::opens(&extension);
        if !opens {
            return Err(Fault::InvalidOperation(Message::FormatNotOpened.into()));
        }
        let alone = row.marks.is_edited_alone(cx.now);
        let edit = last && changeable && !alone && row.right(view.asker()).edits();
        let (caller, at) = (view.caller.id, cx.now);
        store::mark::visit(cx.conn, caller, id, at).await?;
        let key = editing::key(&cx.world.name, id, row.version);
        let handler = |action: &str| {
            let path = format!("/Products/Files/HttpHandlers/filehandler.ashx?action={action}&fileid={id}");
            cx.base.link(&path)
        };
        Ok(Configuration {
            document: Document {
                file_type: extension.trim_start_matches('.').to_owned(),
                info: Info {
                    favorite: row.marks.has(caller, Kind::Favorite),
                    owner: view.name(&row.created_by),
                    uploaded: crate::r7::dates::print(row.created, view.zone()),
                },
                key: key.clone(),
                permissions: Permissions {
                    change_history: edit,
                    comment: edit,
                    download: true,
                    edit,
                    fill_forms: edit,
                    modify_filter: edit,
                    print: true,
                    rename: edit,
                    review: edit,
                },
                url: view.presigned(&cx.world.name, &row, cx.now),
                title: row.title,
            },
            document_type: editing::document_type(types::file_type(&extension)),
            editor_config: EditorConfig {
                callback_url: handler("track"),
                lang: match view.language() {
                    Language::En => "en",
                    Language::Ru => "ru",
                },
                mode: if edit { "edit" } else { "view" },
                user: EditorUser { id: caller.to_string(), name: view.caller.display_name() },
            },
            editor_type: 2,
            editor_url: super::plain::editor_url(cx).await?,
            error_message: alone.then(|| Message::EditedTwice.say(view.language())),
            kind: "desktop",
        })
    }
}
