//! Folders that somebody may delete without being allowed everything below them: theirs, among other people's files.

use sqlx::SqliteConnection;

use super::ids::{self, FolderId};
use super::rules::rights::{Asker, Section};
use super::rules::trash::Below;
use crate::r7::store::folder::FolderRow;
use crate::r7::store::job;

/// What lies below those of the folders whose deleter may not do everything there; of others nothing needs a look.
pub(super) async fn below(
    conn: &mut SqliteConnection,
    folders: impl Iterator<Item = &FolderRow>,
    asker: &Asker,
) -> Result<Below, sqlx::Error> {
    let tops: Vec<FolderId> = folders
        .filter(|row| row.root_kind != Section::Trash.kind())
        .filter(|row| row.right(asker).deletes() && !row.right(asker).is_full())
        .map(|row| row.id)
        .collect();
    let mut below = Below::default();
    if tops.is_empty() {
        return Ok(below);
    }
    let (folders, files) = job::below(conn, &ids::json(&tops)).await?;
    for row in files {
        below.add_file(row.id, row.folder_id, row.right(asker));
    }
    for row in folders {
        if let Some(parent) = row.parent_id {
            below.add_folder(row.id, parent, row.right(asker));
        }
    }
    Ok(below)
}
