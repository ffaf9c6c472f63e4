//! What moving and copying does: same titles, merging folders, what is refused (sheet r7/files 4). Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::rights::Right;
use crate::r7::files::ids::{FileId, FolderId};

/// What to do with a file whose title the destination has already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Resolve {
    #[default]
    Skip,
    Overwrite,
    Duplicate,
}

/// A file as the plan sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileNode {
    pub(crate) id: FileId,
    pub(crate) folder: FolderId,
    /// Title in the form that is compared.
    pub(crate) key: String,
    /// What the asker may do with it.
    pub(crate) right: Right,
    /// It lies in the trash.
    pub(crate) trashed: bool,
    /// Somebody has it open in the editor.
    pub(crate) edited: bool,
}

/// A folder as the plan sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FolderNode {
    pub(crate) id: FolderId,
    /// `None`: a section itself.
    pub(crate) parent: Option<FolderId>,
    pub(crate) key: String,
    /// What the asker may do with it.
    pub(crate) right: Right,
    /// It lies in the trash.
    pub(crate) trashed: bool,
}

/// Where to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Destination {
    pub(crate) id: FolderId,
    /// What the asker may do with it.
    pub(crate) right: Right,
    /// The folders above it, and itself.
    pub(crate) path: Vec<FolderId>,
}

/// A wish, and all that its outcome depends on.
#[derive(Debug)]
pub(crate) struct Transfer<'a> {
    pub(crate) copy: bool,
    pub(crate) resolve: Resolve,
    pub(crate) destination: Option<&'a Destination>,
    /// As listed, without repetitions.
    pub(crate) folders: &'a [FolderId],
    pub(crate) files: &'a [FileId],
}

/// What went wrong; only the last one is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    FileUnknown,
    FolderUnknown,
    NoRightToCreate,
    NoRightToViewFile,
    NoRightToViewFolder,
    NoRightToMoveFile,
    NoRightToMoveFolder,
    /// The file that would be overwritten may not be changed.
    NoRight,
    IntoItself,
    CopyFromTrash,
    SystemFolder,
    /// The file that would be overwritten is open in the editor.
    Edited,
}

/// A folder that is there, or one that the plan makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    Known(FolderId),
    /// Index into [`Plan::new_folders`].
    New(usize),
}

/// What is to be done, in this order: overwrites, new folders, copies, moves, removal of what ended up empty.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    /// `(target, source)`: the target gets the source's title and bytes.
    pub(crate) overwrites: Vec<(FileId, FileId)>,
    /// Sources that an overwrite used up: erased for good, not trashed.
    pub(crate) spent: Vec<FileId>,
    /// `(folder to be copied, where)`; an earlier one may be the place of a later one.
    pub(crate) new_folders: Vec<(FolderId, Place)>,
    pub(crate) file_copies: Vec<(FileId, Place)>,
    pub(crate) file_moves: Vec<(FileId, FolderId)>,
    pub(crate) folder_moves: Vec<(FolderId, FolderId)>,
    /// Folders right in the destination that others were merged into.
    pub(crate) merged: Vec<FolderId>,
    /// Folders that were merged away, children before parents.
    pub(crate) emptied: Vec<FolderId>,
    pub(crate) processed: i64,
    pub(crate) trouble: Option<Trouble>,
    /// What the record lists; copies come on top.
    pub(crate) shown_files: BTreeSet<FileId>,
    pub(crate) shown_folders: BTreeSet<FolderId>,
}

/// Every entry that the plan may touch or meet: what is listed, what the destination holds under the same titles, and
/// whatever lies below folders that are merged or copied.
#[derive(Debug, Default, Clone)]
pub(crate) struct Tree {
    pub(crate) files: BTreeMap<FileId, FileNode>,
    pub(crate) folders: BTreeMap<FolderId, FolderNode>,
    files_at: BTreeMap<FolderId, BTreeMap<String, BTreeSet<FileId>>>,
    folders_at: BTreeMap<FolderId, BTreeMap<String, BTreeSet<FolderId>>>,
}

impl Tree {
    /// Adds a file.
    pub(crate) fn add_file(&mut self, node: FileNode) {
        self.files_at.entry(node.folder).or_default().entry(node.key.clone()).or_default().insert(node.id);
        self.files.insert(node.id, node);
    }

    /// Adds a folder.
    pub(crate) fn add_folder(&mut self, node: FolderNode) {
        if let Some(parent) = node.parent {
            self.folders_at.entry(parent).or_default().entry(node.key.clone()).or_default().insert(node.id);
        }
        self.folders.insert(node.id, node);
    }

    fn take_file(&mut self, id: FileId) -> Option<FileNode> {
        let node = self.files.remove(&id)?;
        let empty = match self.files_at.get_mut(&node.folder).and_then(|keys| keys.get_mut(&node.key)) {
            Some(ids) => ids.remove(&id) && ids.is_empty(),
            None => false,
        };
        if empty && let Some(keys) = self.files_at.get_mut(&node.folder) {
            keys.remove(&node.key);
        }
        Some(node)
    }

    fn take_folder(&mut self, id: FolderId) -> Option<FolderNode> {
        let node = self.folders.remove(&id)?;
        let Some(keys) = node.parent.and_then(|parent| self.folders_at.get_mut(&parent)) else {
            return Some(node);
        };
        let empty = keys.get_mut(&node.key).is_some_and(|ids| ids.remove(&id) && ids.is_empty());
        if empty {
            keys.remove(&node.key);
        }
        Some(node)
    }

    /// The oldest file with that title.
    fn file_titled(&self, folder: FolderId, key: &str) -> Option<FileId> {
        self.files_at.get(&folder)?.get(key)?.first().copied()
    }

    /// The oldest folder with that title.
    pub(crate) fn folder_titled(&self, parent: FolderId, key: &str) -> Option<FolderId> {
        self.folders_at.get(&parent)?.get(key)?.first().copied()
    }

    fn files_in(&self, folder: FolderId) -> Vec<FileId> {
        let mut ids: Vec<FileId> =
            self.files_at.get(&folder).into_iter().flat_map(BTreeMap::values).flatten().copied().collect();
        ids.sort_unstable();
        ids
    }

    fn folders_in(&self, parent: FolderId) -> Vec<FolderId> {
        let mut ids: Vec<FolderId> =
            self.folders_at.get(&parent).into_iter().flat_map(BTreeMap::values).flatten().copied().collect();
        ids.sort_unstable();
        ids
    }
}

/// What stands against the whole transfer, before any entry is looked at (sheet r7/files 4, checks in order).
pub(crate) fn refused(transfer: &Transfer<'_>, tree: &Tree) -> Option<Trouble> {
    let Some(destination) = transfer.destination else { return Some(Trouble::FolderUnknown) };
    if !destination.right.creates() {
        return Some(Trouble::NoRightToCreate);
    }
    if transfer.folders.iter().any(|folder| destination.path.contains(folder)) {
        return Some(Trouble::IntoItself);
    }
    // sheet r7/files 3.2: only the first file counts, or without files the first folder.
    let first = match transfer.files.first() {
        Some(id) => tree.files.get(id).map(|node| node.trashed),
        None => transfer.folders.first().and_then(|id| tree.folders.get(id)).map(|node| node.trashed),
    };
    (transfer.copy && first == Some(true)).then_some(Trouble::CopyFromTrash)
}

/// Whether the plan needs to know what lies below the listed folders, and below their namesakes in the destination.
pub(crate) fn needs_subtrees(transfer: &Transfer<'_>, tree: &Tree) -> bool {
    let Some(destination) = transfer.destination else { return false };
    let mut keys = BTreeSet::new();
    transfer.folders.iter().filter_map(|id| tree.folders.get(id)).any(|node| {
        let namesake = tree.folder_titled(destination.id, &node.key).is_some_and(|other| other != node.id);
        // Who may not do everything there has each file below looked at.
        transfer.copy || namesake || !keys.insert(&node.key) || !(node.right.is_full() || node.trashed)
    })
}

/// Decides everything.
pub(crate) fn plan(transfer: &Transfer<'_>, tree: Tree) -> Plan {
    let mut planner = Planner { transfer, tree, plan: Plan::default(), copied: BTreeMap::new() };
    if let Some(destination) = transfer.destination {
        planner.plan.shown_folders.insert(destination.id);
    }
    if let Some(trouble) = refused(transfer, &planner.tree) {
        planner.plan.trouble = Some(trouble);
        return planner.plan;
    }
    if let Some(destination) = transfer.destination {
        // sheet r7/files 3.1: folders before files in move and copy.
        for id in transfer.folders {
            planner.listed_folder(*id, destination.id);
        }
        for id in transfer.files {
            planner.listed_file(*id, destination.id);
        }
    }
    planner.plan
}

struct Planner<'a> {
    transfer: &'a Transfer<'a>,
    tree: Tree,
    plan: Plan,
    /// Titles that copies have brought to a folder, with the index of the copy.
    copied: BTreeMap<(FolderId, String), usize>,
}

impl Planner<'_> {
    fn listed_folder(&mut self, id: FolderId, to: FolderId) {
        if !self.tree.folders.contains_key(&id) {
            self.plan.trouble = Some(Trouble::FolderUnknown);
        } else if self.folder(id, to) {
            self.plan.shown_folders.insert(id);
        }
    }

    fn listed_file(&mut self, id: FileId, to: FolderId) {
        if !self.tree.files.contains_key(&id) {
            self.plan.trouble = Some(Trouble::FileUnknown);
        } else if let Some(shown) = self.file(id, to) {
            self.plan.shown_files.insert(shown);
        }
    }

    /// What stands against taking a file along, be it listed or found in a folder.
    fn against_file(&self, node: &FileNode) -> Option<Trouble> {
        match node.right {
            right if !right.reads() => Some(Trouble::NoRightToViewFile),
            right if !self.transfer.copy && !right.deletes() => Some(Trouble::NoRightToMoveFile),
            _ => None,
        }
    }

    /// The same for a folder.
    fn against_folder(&self, node: &FolderNode) -> Option<Trouble> {
        match node.right {
            right if !right.reads() => Some(Trouble::NoRightToViewFolder),
            _ if node.parent.is_none() => Some(Trouble::SystemFolder),
            right if !self.transfer.copy && !right.deletes() => Some(Trouble::NoRightToMoveFolder),
            _ => None,
        }
    }

    /// One file; gives the file that the record shows, if anything was done.
    fn file(&mut self, id: FileId, to: FolderId) -> Option<FileId> {
        let node = self.tree.files.get(&id)?.clone();
        if let Some(trouble) = self.against_file(&node) {
            self.plan.trouble = Some(trouble);
            return None;
        }
        let here = node.folder == to;
        let clash = self.tree.file_titled(to, &node.key);
        match (clash, self.transfer.resolve) {
            (Some(_), Resolve::Skip) => None,
            // Nor is a file overwritten that may not be changed (upstream: `FileMoveCopyOperation`, `CanEdit`).
            (Some(target), Resolve::Overwrite)
                if self.tree.files.get(&target).is_some_and(|node| !node.right.edits()) =>
            {
                self.plan.trouble = Some(Trouble::NoRight);
                None
            }
            // sheet r7/files 4: what somebody has open is not overwritten.
            (Some(target), Resolve::Overwrite)
                if self.tree.files.get(&target).is_some_and(|node| node.edited) =>
            {
                self.plan.trouble = Some(Trouble::Edited);
                None
            }
            (Some(target), Resolve::Overwrite) => {
                self.plan.overwrites.push((target, id));
                self.plan.processed += 1;
                // sheet r7/files 4: overwrite by move destroys the source, unless it is the target itself.
                if !self.transfer.copy && target != id {
                    self.tree.take_file(id);
                    self.plan.spent.push(id);
                }
                Some(target)
            }
            _ if self.transfer.copy => self.copy_file(&node, to),
            _ => {
                self.plan.processed += 1;
                if !here && let Some(mut node) = self.tree.take_file(id) {
                    self.plan.file_moves.push((id, to));
                    node.folder = to;
                    self.tree.add_file(node);
                }
                Some(id)
            }
        }
    }

    /// One copy; a copy that this job made before is as good a namesake as any.
    fn copy_file(&mut self, node: &FileNode, to: FolderId) -> Option<FileId> {
        let earlier = self.copied.get(&(to, node.key.clone())).copied();
        match (earlier.and_then(|index| self.plan.file_copies.get_mut(index)), self.transfer.resolve) {
            (Some(_), Resolve::Skip) => return None,
            (Some(copy), Resolve::Overwrite) => copy.0 = node.id,
            _ => {
                self.copied.insert((to, node.key.clone()), self.plan.file_copies.len());
                self.plan.file_copies.push((node.id, Place::Known(to)));
            }
        }
        self.plan.processed += 1;
        Some(node.id)
    }

    /// One folder; gives whether it may be taken along.
    fn folder(&mut self, id: FolderId, to: FolderId) -> bool {
        let Some(node) = self.tree.folders.get(&id).cloned() else { return false };
        if let Some(trouble) = self.against_folder(&node) {
            self.plan.trouble = Some(trouble);
            return false;
        }
        // sheet r7/files 4: its parent is the destination already: nothing, unless it is to be duplicated.
        if node.parent == Some(to) && (self.transfer.resolve != Resolve::Duplicate || !self.transfer.copy) {
            return true;
        }
        match (self.tree.folder_titled(to, &node.key), self.transfer.copy) {
            (Some(target), _) => {
                if self.transfer.destination.is_some_and(|destination| destination.id == to) {
                    self.plan.merged.push(target);
                }
                self.merge(id, target);
            }
            (None, true) => self.copy_folder(id, Place::Known(to)),
            (None, false) => {
                if !self.all_files_move(id) {
                    self.plan.trouble = Some(Trouble::NoRightToMoveFile);
                    return false;
                }
                if let Some(mut node) = self.tree.take_folder(id) {
                    self.plan.folder_moves.push((id, to));
                    self.plan.processed += 1;
                    node.parent = Some(to);
                    self.tree.add_folder(node);
                }
            }
        }
        true
    }

    /// A folder that moves whole takes every file in it along: one that may not be moved keeps it where it is.
    fn all_files_move(&self, id: FolderId) -> bool {
        let mut waiting = vec![id];
        while let Some(id) = waiting.pop() {
            let mut files = self.tree.files_in(id).into_iter().filter_map(|id| self.tree.files.get(&id));
            if files.any(|file| !file.right.deletes()) {
                return false;
            }
            waiting.extend(self.tree.folders_in(id));
        }
        true
    }

    /// The resolve type never applies to a folder itself: same titles always merge (sheet r7/files 4).
    fn merge(&mut self, id: FolderId, target: FolderId) {
        // Both lists as they are now: entries that arrive while we walk are not walked again.
        let (files, folders) = (self.tree.files_in(id), self.tree.folders_in(id));
        for file in files {
            self.file(file, target);
        }
        for folder in folders {
            self.folder(folder, target);
        }
        let empty = self.tree.files_in(id).is_empty() && self.tree.folders_in(id).is_empty();
        if !self.transfer.copy && id != target && empty {
            self.tree.take_folder(id);
            self.plan.emptied.push(id);
            self.plan.processed += 1;
        }
        self.plan.shown_folders.insert(target);
    }

    /// All that is in it and may be seen, each folder before what lies in it.
    fn copy_folder(&mut self, id: FolderId, to: Place) {
        let mut waiting = vec![(id, to)];
        while let Some((id, to)) = waiting.pop() {
            let place = Place::New(self.plan.new_folders.len());
            self.plan.new_folders.push((id, to));
            self.plan.processed += 1;
            for file in self.tree.files_in(id) {
                let trouble = self.tree.files.get(&file).and_then(|node| self.against_file(node));
                if trouble.is_some() {
                    self.plan.trouble = trouble;
                } else {
                    self.plan.file_copies.push((file, place));
                    self.plan.processed += 1;
                }
            }
            for below in self.tree.folders_in(id).into_iter().rev() {
                let trouble = self.tree.folders.get(&below).and_then(|node| self.against_folder(node));
                if trouble.is_some() {
                    self.plan.trouble = trouble;
                } else {
                    waiting.push((below, place));
                }
            }
        }
    }
}

/// The listed files that would meet a file of the same title, and those inside listed folders that would be merged
/// (sheet r7/files 4, conflict check).
pub(crate) fn clashes(transfer: &Transfer<'_>, tree: &Tree) -> Vec<FileId> {
    let Some(destination) = transfer.destination else { return Vec::new() };
    let mut found = Vec::new();
    for id in transfer.files {
        let clash = tree.files.get(id).and_then(|node| tree.file_titled(destination.id, &node.key));
        found.extend(clash.map(|_| *id));
    }
    let mut pairs: Vec<(FolderId, FolderId)> =
        transfer.folders.iter().map(|id| (*id, destination.id)).collect();
    while let Some((id, to)) = pairs.pop() {
        let target = tree.folders.get(&id).and_then(|node| tree.folder_titled(to, &node.key));
        let Some(target) = target.filter(|target| *target != id) else { continue };
        found.extend(tree.files_in(id).into_iter().filter(|file| {
            tree.files.get(file).is_some_and(|node| tree.file_titled(target, &node.key).is_some())
        }));
        pairs.extend(tree.folders_in(id).into_iter().map(|below| (below, target)));
    }
    found
}

#[cfg(test)]
mod tests;
