//! How forms are filled in: `files/{fileId}/properties`, `files/batch/properties` (sheet r7/files 1).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::card::View;
use super::file::{self, visible};
use super::ids::{self, FileId};
use super::marking::numbers;
use crate::kernel::db::Access;
use crate::r7::bind::{EntryId, entry_ids};
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::Fault;
use crate::r7::messages::Message;
use crate::r7::store;
use crate::r7::wire::Answer;

/// `{}` as long as nothing is set.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Properties {
    #[serde(skip_serializing_if = "Option::is_none")]
    form_filling: Option<FormFilling>,
}

impl Answer for Properties {}

/// Where the filled copies of a form go.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
struct FormFilling {
    collect_fill_form: bool,
    to_folder_id: String,
    to_folder_path: String,
    create_folder_title: String,
    create_file_mask: String,
}

/// The same as sent, names in lower case.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Sent {
    #[serde(alias = "formFilling")]
    formfilling: Option<SentFilling>,
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct SentFilling {
    #[serde(alias = "collectFillForm")]
    collectfillform: bool,
    #[serde(alias = "toFolderId")]
    tofolderid: String,
    #[serde(alias = "toFolderPath")]
    tofolderpath: String,
    #[serde(alias = "createFolderTitle")]
    createfoldertitle: String,
    #[serde(alias = "createFileMask")]
    createfilemask: String,
}

impl From<Sent> for Properties {
    fn from(sent: Sent) -> Self {
        let form_filling = sent.formfilling.map(|filling| FormFilling {
            collect_fill_form: filling.collectfillform,
            to_folder_id: filling.tofolderid,
            to_folder_path: filling.tofolderpath,
            create_folder_title: filling.createfoldertitle,
            create_file_mask: filling.createfilemask,
        });
        Self { form_filling }
    }
}

impl Properties {
    fn stored(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| "{}".to_owned())
    }
}

/// `GET files/{fileId}/properties`.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct GetProperties {
    fileid: EntryId,
}

impl Endpoint for GetProperties {
    const ACCESS: Access = Access::Read;
    type Out = Properties;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Properties, Fault> {
        let id = file::named(&self.fileid)?;
        let view = View::of(cx)?;
        visible(cx, &view, id).await?;
        let stored = store::setting::properties(cx.conn, id).await?;
        Ok(stored.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
    }
}

/// `PUT files/{fileId}/properties`.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct SetProperties {
    fileid: EntryId,
    fileproperties: Sent,
}

impl Endpoint for SetProperties {
    const ACCESS: Access = Access::Single;
    type Out = Properties;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Properties, Fault> {
        let id = file::named(&self.fileid)?;
        let view = View::of(cx)?;
        let (row, _) = visible(cx, &view, id).await?;
        if !row.right(view.asker()).edits() {
            return Err(Fault::InvalidOperation(Message::NoRightToEditFile.into()));
        }
        let properties = Properties::from(self.fileproperties);
        store::setting::set_properties(cx.conn, &ids::json(&[id]), &properties.stored()).await?;
        Ok(properties)
    }
}

/// `PUT files/batch/properties`: the same for several files. Those that may not be changed are passed over.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct SetPropertiesOfMany {
    #[serde(deserialize_with = "entry_ids")]
    filesid: Vec<EntryId>,
    fileproperties: Sent,
}

impl Endpoint for SetPropertiesOfMany {
    const ACCESS: Access = Access::Single;
    type Out = Vec<Properties>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Self::Out, Fault> {
        let view = View::of(cx)?;
        let ids: Vec<FileId> = numbers(&self.filesid)?.into_iter().map(FileId).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows = store::file::by_ids(cx.conn, &ids::json(&ids)).await?;
        let changed: Vec<FileId> =
            rows.iter().filter(|row| row.right(view.asker()).edits()).map(|row| row.id).collect();
        let properties = Properties::from(self.fileproperties);
        if !changed.is_empty() {
            store::setting::set_properties(cx.conn, &ids::json(&changed), &properties.stored()).await?;
        }
        Ok(changed.iter().map(|_| properties.clone()).collect())
    }
}
