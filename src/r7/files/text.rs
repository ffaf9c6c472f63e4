//! Text and HTML files out of a call's arguments (sheet r7/files 5.3).

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use super::card::File;
use super::folder::{Site, number_of};
use super::ids::FolderId;
use super::rules::text;
use super::upload::put;
use crate::kernel::db::Access;
use crate::r7::bind::{EntryId, kept_text};
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::{Fault, bad_argument};
use crate::r7::input::Part;
use crate::r7::store::folder::Named;

/// What all of these calls take.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(default)]
pub(crate) struct Given {
    folderid: EntryId,
    #[serde(deserialize_with = "kept_text")]
    #[schemars(with = "Option<String>")]
    title: Option<String>,
    #[serde(deserialize_with = "kept_text")]
    #[schemars(with = "Option<String>")]
    content: Option<String>,
}

impl Given {
    fn folder(&self) -> Result<Named, Fault> {
        let id = number_of(&self.folderid, Site::Elsewhere)?;
        Ok(Named::Id(FolderId(id)))
    }

    /// `extension`: of the file; `None`: by its content.
    async fn into(
        self,
        cx: &mut Cx<'_>,
        place: Named,
        extension: Option<&'static str>,
    ) -> Result<File, Fault> {
        let title = self.title.ok_or(Fault::ArgumentNull("title"))?;
        let content = self.content.ok_or(Fault::ArgumentNull("content"))?;
        let file_name = text::titled(title, extension.unwrap_or_else(|| text::extension(&content)));
        let parts = vec![Part { file_name, bytes: content.into_bytes().into() }];
        // sheet r7/files 5.3: namesakes as in an upload into a folder.
        let update = cx.files_settings()?.update_if_exist;
        let mut files = put(cx, place, parts, update).await?;
        files.pop().ok_or_else(bad_argument)
    }
}

/// `POST files/{folderId}/text`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct CreateText(Given);

impl Endpoint for CreateText {
    const ACCESS: Access = Access::Write;
    type Out = File;

    async fn run(self, cx: &mut Cx<'_>) -> Result<File, Fault> {
        let place = self.0.folder()?;
        self.0.into(cx, place, None).await
    }
}

/// `POST files/{folderId}/html`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct CreateHtml(Given);

impl Endpoint for CreateHtml {
    const ACCESS: Access = Access::Write;
    type Out = File;

    async fn run(self, cx: &mut Cx<'_>) -> Result<File, Fault> {
        let place = self.0.folder()?;
        self.0.into(cx, place, Some(".html")).await
    }
}

/// `POST files/@my/text`, `POST files/@common/text`; `KIND` is the section's number.
#[derive(JsonSchema)]
pub(crate) struct CreateTextInSection<const KIND: i64>(Given);

// serde's derive knows no constants.
impl<'de, const KIND: i64> Deserialize<'de> for CreateTextInSection<KIND> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Given::deserialize(deserializer).map(Self)
    }
}

impl<const KIND: i64> Endpoint for CreateTextInSection<KIND> {
    const ACCESS: Access = Access::Write;
    type Out = File;

    async fn run(self, cx: &mut Cx<'_>) -> Result<File, Fault> {
        self.0.into(cx, Named::Section(KIND), None).await
    }
}

/// `POST files/@my/html`, `POST files/@common/html`.
#[derive(JsonSchema)]
pub(crate) struct CreateHtmlInSection<const KIND: i64>(Given);

impl<'de, const KIND: i64> Deserialize<'de> for CreateHtmlInSection<KIND> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Given::deserialize(deserializer).map(Self)
    }
}

impl<const KIND: i64> Endpoint for CreateHtmlInSection<KIND> {
    const ACCESS: Access = Access::Write;
    type Out = File;

    async fn run(self, cx: &mut Cx<'_>) -> Result<File, Fault> {
        self.0.into(cx, Named::Section(KIND), Some(".html")).await
    }
}
