//! One file under a given title (sheet r7/files 1, 5.1).

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use super::card::File;
use super::upload::{put, sent};
use crate::kernel::db::Access;
use crate::r7::bind::EntryId;
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::{Fault, bad_argument};
use crate::r7::store::folder::Named;

/// `POST files/{folderId}/insert`. `keepConvertStatus` is taken and has no effect: nothing here converts.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(default)]
pub(crate) struct Insert {
    folderid: EntryId,
    title: String,
    createnewifexist: Option<bool>,
}

impl Insert {
    async fn into(self, cx: &mut Cx<'_>, place: Named) -> Result<File, Fault> {
        let (parts, _) = sent(cx)?;
        if self.title.is_empty() {
            return Err(Fault::ArgumentNull("title"));
        }
        // The part's own name does not matter; of several parts the first is taken.
        let named = parts.into_iter().take(1).map(|mut part| {
            part.file_name.clone_from(&self.title);
            part
        });
        // sheet r7/files 5.1: absent means what the person has set.
        let update = !self.createnewifexist.unwrap_or(!cx.files_settings()?.update_if_exist);
        let mut files = put(cx, place, named.collect(), update).await?;
        files.pop().ok_or_else(bad_argument)
    }
}

impl Endpoint for Insert {
    const ACCESS: Access = Access::Write;
    type Out = File;

    async fn run(self, cx: &mut Cx<'_>) -> Result<File, Fault> {
        let id = super::folder::named(&self.folderid)?;
        self.into(cx, Named::Id(id)).await
    }
}

/// `POST files/@my/insert`, `POST files/@common/insert`: unlike uploads there, no namesake is touched by default.
#[derive(JsonSchema)]
pub(crate) struct InsertInSection<const KIND: i64>(Insert);

// serde's derive knows no constants.
impl<'de, const KIND: i64> Deserialize<'de> for InsertInSection<KIND> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Insert::deserialize(deserializer).map(Self)
    }
}

impl<const KIND: i64> Endpoint for InsertInSection<KIND> {
    const ACCESS: Access = Access::Write;
    type Out = File;

    async fn run(self, cx: &mut Cx<'_>) -> Result<File, Fault> {
        self.0.into(cx, Named::Section(KIND)).await
    }
}
