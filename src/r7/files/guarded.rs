//! Folders that somebody may delete without being allowed everything below them: theirs, among other people's files.

use sqlx::SqliteConnection;

use super::ids::{self, FolderId};
use super::rules::rights::{Asker, Section};
use super::rules::trash::{Below, Erased, Fate, Stays};
use crate::r7::messages::Message;
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

/// What stands against deleting all of a folder, and what of it is erased all the same (sheet r7/files 3.3).
pub(super) fn withheld(below: &Below, id: FolderId, fate: Fate) -> Option<(Message, Erased)> {
    if fate == Fate::Trashed {
        return (!below.all_files_go(id)).then(|| (Message::NoRightToDeleteFile, Erased::default()));
    }
    let erased = below.erase(id);
    let message = match erased.stays? {
        Stays::File => Message::NoRightToDeleteFile,
        Stays::Folder => Message::NoRightToDeleteFolder,
    };
    Some((message, erased))
}
