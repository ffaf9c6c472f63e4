//! What deleting does to a file or folder (sheet r7/files 3.2, 3.3). Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::rights::Right;
use crate::r7::files::ids::{FileId, FolderId};

/// Where a deleted entry ends up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// In the deleter's own trash, with all that is in it.
    Trashed,
    /// Gone for good, with all that is in it.
    Erased,
}

/// Why an entry is not deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    Unknown,
    NoRight,
}

/// A file or folder that is to be deleted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Doomed {
    /// What the person may do with it.
    pub(crate) right: Right,
    /// It is a section itself.
    pub(crate) is_root: bool,
    /// It lies in the trash already.
    pub(crate) trashed: bool,
}

/// What becomes of a file or folder.
///
/// In the trash deletion is always final, whatever `immediately` says.
pub(crate) fn delete(found: Option<Doomed>, immediately: bool) -> Result<Fate, Kept> {
    let Doomed { right, is_root, trashed } = found.ok_or(Kept::Unknown)?;
    // sheet r7/files 3.3: a section itself is never deleted.
    if is_root || !right.deletes() {
        return Err(Kept::NoRight);
    }
    Ok(if immediately || trashed { Fate::Erased } else { Fate::Trashed })
}

/// What lies below folders of which not everything may be deleted by whoever deletes them, and what of it may.
#[derive(Debug, Default)]
pub(crate) struct Below {
    files: BTreeMap<FolderId, Vec<(FileId, bool)>>,
    folders: BTreeMap<FolderId, Vec<(FolderId, bool)>>,
}

/// What of a folder is erased.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Erased {
    pub(crate) files: Vec<FileId>,
    /// Children before parents; the folder itself is the last, unless something in it stays.
    pub(crate) folders: Vec<FolderId>,
    /// Something stays: a file, if it says so, else a folder.
    pub(crate) stays: Option<Stays>,
}

/// What it is that may not be deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stays {
    File,
    Folder,
}

impl Below {
    /// Adds a file of a folder.
    pub(crate) fn add_file(&mut self, id: FileId, folder: FolderId, right: Right) {
        self.files.entry(folder).or_default().push((id, right.deletes()));
    }

    /// Adds a folder of a folder.
    pub(crate) fn add_folder(&mut self, id: FolderId, parent: FolderId, right: Right) {
        self.folders.entry(parent).or_default().push((id, right.deletes()));
    }

    /// Whether every file at any depth may be deleted: else nothing of the folder goes to the trash (sheet r7/files 3.3).
    pub(crate) fn all_files_go(&self, top: FolderId) -> bool {
        let mut waiting = vec![top];
        while let Some(id) = waiting.pop() {
            if self.files.get(&id).into_iter().flatten().any(|(_, deletes)| !deletes) {
                return false;
            }
            waiting.extend(self.folders.get(&id).into_iter().flatten().map(|(id, _)| *id));
        }
        true
    }

    /// Erases what may be; what stays keeps the folders above it (sheet r7/files 3.3).
    pub(crate) fn erase(&self, top: FolderId) -> Erased {
        let mut erased = Erased::default();
        let mut kept = BTreeSet::new();
        let mut order = Vec::new();
        let mut waiting = vec![(top, None)];
        while let Some((id, parent)) = waiting.pop() {
            order.push((id, parent));
            for (file, deletes) in self.files.get(&id).into_iter().flatten() {
                if *deletes {
                    erased.files.push(*file);
                } else {
                    kept.insert(id);
                    erased.stays = Some(Stays::File);
                }
            }
            for (folder, deletes) in self.folders.get(&id).into_iter().flatten() {
                if *deletes {
                    waiting.push((*folder, Some(id)));
                } else {
                    kept.insert(id);
                    erased.stays = Some(Stays::Folder);
                }
            }
        }
        for (id, parent) in order.into_iter().rev() {
            if kept.contains(&id) {
                kept.extend(parent);
            } else {
                erased.folders.push(id);
            }
        }
        erased
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deletions() {
        let full = Doomed { right: Right::FULL, is_root: false, trashed: false };
        let trashed = Doomed { right: Right::TRASHED, trashed: true, ..full };
        // sheet r7/files 3.2, 3.3
        for (found, immediately, expected) in [
            (Some(full), false, Ok(Fate::Trashed)),
            (Some(full), true, Ok(Fate::Erased)),
            (Some(trashed), false, Ok(Fate::Erased)),
            (Some(trashed), true, Ok(Fate::Erased)),
            (Some(Doomed { is_root: true, ..full }), true, Err(Kept::NoRight)),
            (Some(Doomed { is_root: true, ..trashed }), false, Err(Kept::NoRight)),
            (Some(Doomed { right: Right::NONE, ..full }), false, Err(Kept::NoRight)),
            (Some(Doomed { right: Right::READ_ONLY, ..full }), false, Err(Kept::NoRight)),
            (None, false, Err(Kept::Unknown)),
        ] {
            assert_eq!(delete(found, immediately), expected, "{found:?} {immediately}");
        }
    }

    #[test]
    fn what_may_not_be_deleted_keeps_the_folders_above_it() {
        // 1 holds 2 and 3; 2 holds file 20, which stays; 3 holds file 30.
        let mut below = Below::default();
        below.add_folder(FolderId(2), FolderId(1), Right::FULL);
        below.add_folder(FolderId(3), FolderId(1), Right::FULL);
        below.add_file(FileId(20), FolderId(2), Right::READ_ONLY);
        below.add_file(FileId(30), FolderId(3), Right::FULL);
        assert_eq!([1, 2, 3].map(|id| below.all_files_go(FolderId(id))), [false, false, true]);
        let erased = below.erase(FolderId(1));
        assert_eq!((erased.files, erased.folders), (vec![FileId(30)], vec![FolderId(3)]));
        assert_eq!(erased.stays, Some(Stays::File));
        assert_eq!(below.erase(FolderId(3)).folders, [FolderId(3)]);
    }
}
