//! What others have shared, given up (sheet r7/files 7).

use schemars::JsonSchema;
use serde::Deserialize;

use super::folder::{Site, number_of};
use super::ids;
use crate::kernel::db::Access;
use crate::r7::bind::{EntryId, entry_ids};
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::Fault;
use crate::r7::store::share;

/// `DELETE files/share`: the caller gives up what others have shared with them; their own stays as it is.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct Decline {
    #[serde(deserialize_with = "entry_ids")]
    folderids: Vec<EntryId>,
    #[serde(deserialize_with = "entry_ids")]
    fileids: Vec<EntryId>,
}

impl Endpoint for Decline {
    const ACCESS: Access = Access::Single;
    type Out = bool;

    async fn run(self, cx: &mut Cx<'_>) -> Result<bool, Fault> {
        let number = |id: &EntryId| number_of(id, Site::Elsewhere);
        let files: Vec<i64> = self.fileids.iter().map(number).collect::<Result<_, _>>()?;
        let folders: Vec<i64> = self.folderids.iter().map(number).collect::<Result<_, _>>()?;
        let caller = cx.caller()?.id;
        if !files.is_empty() || !folders.is_empty() {
            share::decline(cx.conn, &ids::json(&files), &ids::json(&folders), caller, cx.now).await?;
        }
        Ok(true)
    }
}
