//! What is new to whom: entries that somebody else has added, changed or shared (sheet r7/files 2.10, upstream:
//! `FileMarker`).

use sqlx::SqliteConnection;
use uuid::Uuid;

use super::card;
use super::ids::{self, FileId};
use super::rules::rights::{Asker, Grants, Section};
use crate::kernel::time::Timestamp;
use crate::r7::people::directory::Directory;
use crate::r7::store;
use crate::r7::store::file::FileRow;
use crate::r7::store::folder::FolderRow;
use crate::r7::store::share::EntryKey;

/// Something that somebody did, for all others to hear of.
pub(super) struct News<'a> {
    pub(super) directory: &'a Directory,
    /// To whom it is no news.
    pub(super) author: Uuid,
    pub(super) now: Timestamp,
}

impl News<'_> {
    /// A file is there, or has another version. One statement; none where nobody else may read it.
    pub(super) async fn of_file(
        &self,
        conn: &mut SqliteConnection,
        row: &FileRow,
    ) -> Result<(), sqlx::Error> {
        if is_private(row.root_kind, &row.grants) {
            return Ok(());
        }
        let readers = self.people(|asker| row.right(asker).reads());
        self.tell(conn, row.id, &readers).await
    }

    /// The same of a new file, by the folder that it lies in.
    pub(super) async fn in_folder(
        &self,
        conn: &mut SqliteConnection,
        folder: &FolderRow,
        id: FileId,
    ) -> Result<(), sqlx::Error> {
        if is_private(folder.root_kind, &folder.grants) {
            return Ok(());
        }
        let readers = self.people(|asker| folder.right(asker).reads());
        self.tell(conn, id, &readers).await
    }

    /// An entry is shared: new to `told`, and to nobody who may not read it any more. One statement.
    pub(super) async fn of_share(
        &self,
        conn: &mut SqliteConnection,
        entry: EntryKey,
        told: &[Uuid],
        closed: &[Uuid],
    ) -> Result<(), sqlx::Error> {
        store::mark::share(conn, entry, &ids::json(told), &ids::json(closed), self.now).await
    }

    /// Everybody else who may sign in and fits.
    pub(super) fn people(&self, fits: impl Fn(&Asker) -> bool) -> Vec<Uuid> {
        let others = self.directory.users.iter().filter(|user| user.is_active() && user.id != self.author);
        let askers = others.map(|user| card::asker(user, self.directory));
        askers.filter(|asker| fits(asker)).map(|asker| asker.id).collect()
    }

    async fn tell(
        &self,
        conn: &mut SqliteConnection,
        file: FileId,
        readers: &[Uuid],
    ) -> Result<(), sqlx::Error> {
        if readers.is_empty() {
            return Ok(());
        }
        store::mark::tell(conn, &ids::json(readers), file, self.now).await
    }
}

/// Whether what lies there is news to nobody: a "my" of which nothing on the way is shared, and what is in no list.
fn is_private(root_kind: i64, grants: &Grants) -> bool {
    match Section::from_kind(root_kind) {
        Some(Section::Common) => false,
        Some(Section::My) => grants.is_empty(),
        _ => true,
    }
}
