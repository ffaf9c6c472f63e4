//! Archives of bulk downloads in state documents.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;
use uuid::Uuid;

use crate::kernel::state::StateError;
use crate::kernel::time::Timestamp;
use crate::r7::store::archive::{self, ArchiveRow};
use crate::r7::store::blob::{self, PART};

/// An archive that a bulk download made.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Archive {
    /// GUID of the operation that made it: the token of its link.
    #[schemars(with = "String")]
    id: Uuid,
    #[schemars(with = "String")]
    owner: Uuid,
    /// The file's name, with `.zip` or `.tar.gz`.
    title: String,
    made: Timestamp,
    /// The whole archive.
    base64: String,
}

/// Every archive, oldest first.
pub(super) async fn export(conn: &mut SqliteConnection) -> Result<Vec<Archive>, sqlx::Error> {
    let guid = |text: &str| Uuid::parse_str(text).unwrap_or_default();
    let mut archives = Vec::new();
    for row in archive::all(conn).await? {
        let bytes = match &row.series {
            Some(series) => blob::whole(conn, series).await?,
            None => row.bytes,
        };
        archives.push(Archive {
            id: guid(&row.id),
            owner: guid(&row.owner_id),
            title: row.title,
            made: row.made,
            base64: STANDARD.encode(&bytes),
        });
    }
    Ok(archives)
}

/// Adds archives, in order; `people` are those of the world.
pub(super) async fn import(
    conn: &mut SqliteConnection,
    archives: &[Archive],
    people: &[Uuid],
) -> Result<(), StateError> {
    for (index, archive) in archives.iter().enumerate() {
        let path = format!("archives[{index}]");
        if !people.contains(&archive.owner) {
            return Err(StateError::at(format!("{path}.owner"), format!("no user {}", archive.owner)));
        }
        let bytes = STANDARD
            .decode(&archive.base64)
            .map_err(|error| StateError::at(format!("{path}.base64"), error.to_string()))?;
        let series = (bytes.len() > PART).then(|| archive.id.simple().to_string());
        let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        let bytes = match &series {
            Some(series) => {
                let stored = blob::split(conn, series, &bytes).await;
                stored.map_err(|error| StateError::stored(error, &path))?;
                Vec::new()
            }
            None => bytes,
        };
        let row = ArchiveRow {
            id: archive.id.to_string(),
            owner_id: archive.owner.to_string(),
            title: archive.title.clone(),
            made: archive.made,
            size,
            bytes,
            series,
        };
        archive::insert(conn, &row).await.map_err(|error| StateError::stored(error, &path))?;
    }
    Ok(())
}
