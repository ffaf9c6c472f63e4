//! Folders in state documents.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;

use super::place::{
    Ground, Marks, Placed, Share, active, carried, carrying, is_active, is_no_description, is_root,
    no_description, status_word,
};
use crate::corezoid::ids::{FolderId, Kind};
use crate::corezoid::model::node::Object;
use crate::corezoid::store::bulk::{self, FolderRow};
use crate::kernel::service::Import;
use crate::kernel::state::StateError;
use crate::kernel::time::Timestamp;

/// A folder.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "the keys of the document")]
pub(crate) struct Folder {
    id: i64,
    /// The folder it lies in; absent: the root.
    #[serde(default, skip_serializing_if = "is_root")]
    folder: FolderId,
    /// Of a folder in the root; below, it is that of the folder around. Absent: the personal space.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    company: Option<String>,
    title: String,
    /// Null is kept apart from the empty text.
    #[serde(default = "no_description", skip_serializing_if = "is_no_description")]
    description: Option<String>,
    /// `active`, or `deleted`: in the trash.
    #[serde(default = "active", skip_serializing_if = "is_active")]
    status: String,
    /// A user; absent: the first.
    #[serde(default)]
    owner: Option<i64>,
    /// Absent: the moment of the import.
    #[serde(default)]
    create_time: Option<Timestamp>,
    /// Absent: when it was made.
    #[serde(default)]
    change_time: Option<Timestamp>,
    /// Absent: made from kind and id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    uuid: Option<String>,
    /// Keys of an uploaded file that nobody knows; exports give them back.
    #[serde(default, skip_serializing_if = "Object::is_empty")]
    more: Object,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    shares: Vec<Share>,
    /// Users who starred it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    favorite_of: Vec<i64>,
}

/// Adds folders, and gives what the rest of the import is checked against.
pub(super) async fn import(
    conn: &mut SqliteConnection,
    folders: &[Folder],
    import: &Import<'_>,
) -> Result<Ground, StateError> {
    let known = bulk::folders(conn).await?;
    let mut ids: BTreeSet<i64> = known.iter().map(|row| row.id).collect();
    let mut ground = Ground::read(conn, &known, import).await?;
    let mut todo: Vec<(usize, &Folder)> = folders.iter().enumerate().collect();
    let (mut rows, mut favorites, mut shares) = (Vec::with_capacity(folders.len()), Vec::new(), Vec::new());
    let listed: BTreeSet<FolderId> = folders.iter().map(|folder| FolderId(folder.id)).collect();
    // Parents first, whatever the order of the document: each round takes the folders whose parent is known by now.
    while !todo.is_empty() {
        let (ready, waiting): (Vec<_>, Vec<_>) = todo.iter().copied().partition(|(_, folder)| {
            is_root(&folder.folder)
                || ground.folders.contains_key(&folder.folder)
                || !listed.contains(&folder.folder)
        });
        if let (true, Some((index, _))) = (ready.is_empty(), waiting.first()) {
            return Err(StateError::at(format!("folders[{index}].folder"), "the folder lies in itself"));
        }
        for (index, folder) in ready {
            let path = format!("folders[{index}]");
            let placed = Placed {
                id: folder.id,
                folder: folder.folder,
                company: folder.company.as_deref(),
                owner: folder.owner,
                status: &folder.status,
                create_time: folder.create_time,
                change_time: folder.change_time,
            };
            let settled = ground.settle(&placed, &mut ids, &path)?;
            let own = (Kind::Folder, folder.id);
            favorites.extend(ground.favorites(own, &folder.favorite_of, &path)?);
            shares.extend(ground.shares(own, &folder.shares, &path)?);
            ground.folders.insert(FolderId(folder.id), (folder.folder, settled.company.clone()));
            rows.push(FolderRow {
                id: folder.id,
                folder_id: folder.folder,
                company_id: settled.company,
                title: folder.title.clone(),
                description: folder.description.clone(),
                status: settled.status,
                owner_id: settled.owner,
                create_time: settled.create_time,
                change_time: settled.change_time,
                uuid: folder.uuid.clone(),
                more: carried(&folder.more),
            });
        }
        todo = waiting;
    }
    if !rows.is_empty() {
        bulk::insert_folders(conn, &rows).await?;
        bulk::insert_favorites(conn, &favorites).await?;
        bulk::insert_shares(conn, &shares).await?;
    }
    Ok(ground)
}

/// Every folder.
pub(super) async fn export(conn: &mut SqliteConnection, marks: &Marks) -> Result<Vec<Folder>, sqlx::Error> {
    let rows = bulk::folders(conn).await?;
    let folder = |row: FolderRow| Folder {
        id: row.id,
        folder: row.folder_id,
        company: row.company_id.filter(|_| is_root(&row.folder_id)),
        title: row.title,
        description: row.description,
        status: status_word(row.status),
        owner: Some(row.owner_id),
        create_time: Some(Timestamp::from_seconds(row.create_time)),
        change_time: Some(Timestamp::from_seconds(row.change_time)),
        uuid: row.uuid,
        more: carrying(row.more.as_deref()),
        shares: marks.shares_of(Kind::Folder, row.id),
        favorite_of: marks.favorite_of(Kind::Folder, row.id),
    };
    Ok(rows.into_iter().map(folder).collect())
}
