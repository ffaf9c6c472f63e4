//! What is new to whom: entries that somebody else has added, changed or shared (sheet r7/files 2.10, upstream:
//! `FileMarker`).

use std::collections::BTreeMap;

use sqlx::SqliteConnection;
use uuid::Uuid;

use super::card;
use super::ids::{self, FileId, FolderId};
use super::rules::rights::{Access, Asker, Grants, Right, Section};
use crate::kernel::time::Timestamp;
use crate::r7::people::directory::Directory;
use crate::r7::store;
use crate::r7::store::file::FileRow;
use crate::r7::store::folder::FolderRow;
use crate::r7::store::share::{Changes, EntryKey};

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

    /// Entries that have come to lie where they are. One statement for all; none where nobody else may read any.
    pub(super) async fn of_entries<'a>(
        &self,
        conn: &mut SqliteConnection,
        files: impl Iterator<Item = &'a FileRow>,
        folders: impl Iterator<Item = &'a FolderRow>,
    ) -> Result<(), sqlx::Error> {
        let askers = self.askers();
        let readers = |right: &dyn Fn(&Asker) -> Right| -> Vec<Uuid> {
            askers.iter().filter(|asker| right(asker).reads()).map(|asker| asker.id).collect()
        };
        // Most often all have the same readers: those of the folder.
        let mut told: BTreeMap<Vec<Uuid>, (Vec<FileId>, Vec<FolderId>)> = BTreeMap::new();
        for row in files.filter(|row| !is_private(row.root_kind, &row.grants)) {
            told.entry(readers(&|asker| row.right(asker))).or_default().0.push(row.id);
        }
        for row in folders.filter(|row| !is_private(row.root_kind, &row.grants)) {
            told.entry(readers(&|asker| row.right(asker))).or_default().1.push(row.id);
        }
        told.remove(&Vec::new());
        if told.is_empty() {
            return Ok(());
        }
        let groups: Vec<_> = told.iter().map(|(people, (files, folders))| (people, files, folders)).collect();
        store::mark::tell(conn, &ids::json(&groups), self.now).await
    }

    /// An entry is shared: new to those who get it, and to nobody who may not read it any more. One statement; none where
    /// no person is concerned. A folder that `is_empty` is no news.
    pub(super) async fn of_share(
        &self,
        conn: &mut SqliteConnection,
        entry: EntryKey,
        changes: &Changes,
        owner: Uuid,
        is_empty: bool,
        reads: impl Fn(&Asker) -> bool,
    ) -> Result<(), sqlx::Error> {
        let closes = |access: i32| access == Access::Restrict.number();
        let given = |asker: &Asker| {
            let subjects = asker.subjects();
            let mut granted = changes.granted.iter();
            granted.any(|(subject, access, _)| !closes(*access) && subjects.contains(subject))
        };
        let told = if is_empty {
            Vec::new()
        } else {
            self.people(|asker| asker.id != owner && given(asker) && reads(asker))
        };
        let closing =
            !changes.ended.is_empty() || changes.granted.iter().any(|(_, access, _)| closes(*access));
        if !closing && told.is_empty() {
            return Ok(());
        }
        let closed = self.people(|asker| !reads(asker));
        store::mark::share(conn, entry, &ids::json(&told), &ids::json(&closed), self.now).await
    }

    /// Everybody else who may sign in and fits.
    pub(super) fn people(&self, fits: impl Fn(&Asker) -> bool) -> Vec<Uuid> {
        self.askers().into_iter().filter(fits).map(|asker| asker.id).collect()
    }

    /// Everybody else who may sign in.
    fn askers(&self) -> Vec<Asker> {
        let others = self.directory.users.iter().filter(|user| user.is_active() && user.id != self.author);
        others.map(|user| card::asker(user, self.directory)).collect()
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
        store::mark::tell(conn, &ids::json(&[(readers, [file], [FolderId(0); 0])]), self.now).await
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
