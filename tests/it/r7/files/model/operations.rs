//! What deleting, moving and copying do to the model (sheet r7/files 3.2, 3.3, 4).

use super::tree::{Entry, File, Folder, Model, Right, Root};

/// `conflictResolveType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resolve {
    Skip,
    Overwrite,
    Duplicate,
}

/// An operation in progress. New entries have negative ids, in the order in which they appear.
pub(super) struct Operation<'a> {
    pub(super) model: &'a mut Model,
    pub(super) who: usize,
    pub(super) copy: bool,
    pub(super) resolve: Resolve,
    pub(super) processed: usize,
    pub(super) failed: bool,
    made: i64,
}

impl<'a> Operation<'a> {
    pub(super) fn new(model: &'a mut Model, who: usize) -> Self {
        Self { model, who, copy: false, resolve: Resolve::Skip, processed: 0, failed: false, made: 0 }
    }

    fn right(&self, entry: Entry) -> Right {
        self.model.right(self.who, entry)
    }

    pub(super) fn delete(&mut self, entry: Entry, immediately: bool) {
        if !self.right(entry).delete {
            self.failed = true;
            return;
        }
        let trash = self.model.root(Root::Trash(self.who));
        match entry {
            entry if immediately || self.model.trashed(entry) => self.erase(entry),
            Entry::File(id) => {
                self.model.files.get_mut(&id).unwrap().folder = trash;
                self.processed += 1;
            }
            Entry::Folder(id) => {
                if self.model.below(id).1.iter().all(|id| self.right(Entry::File(*id)).delete) {
                    self.model.folders.get_mut(&id).unwrap().parent = trash;
                    self.processed += 1;
                } else {
                    self.failed = true;
                }
            }
        }
    }

    /// Whether it is gone; what is not keeps the folders above it.
    fn erase(&mut self, entry: Entry) {
        if !self.right(entry).delete {
            self.failed = true;
            return;
        }
        if let Entry::Folder(id) = entry {
            for file in self.model.files_in(id) {
                self.erase(Entry::File(file));
            }
            for folder in self.model.folders_in(id) {
                self.erase(Entry::Folder(folder));
            }
            if !self.model.files_in(id).is_empty() || !self.model.folders_in(id).is_empty() {
                return;
            }
        }
        self.model.erase(entry);
        self.processed += 1;
    }

    /// Moves or copies entries of one kind.
    pub(super) fn transfer(&mut self, entry: Entry, to: i64) {
        let into_itself = matches!(entry, Entry::Folder(id) if self.model.chain(to).contains(&id));
        let from_trash = self.copy && self.model.trashed(entry);
        if !self.right(Entry::Folder(to)).edit || into_itself || from_trash {
            self.failed = true;
            return;
        }
        match entry {
            Entry::File(id) => self.file(id, to),
            Entry::Folder(id) => self.folder(id, to),
        }
    }

    fn may_go(&mut self, entry: Entry) -> bool {
        let right = self.right(entry);
        let may = right.read && (self.copy || right.delete);
        self.failed |= !may;
        may
    }

    fn file(&mut self, id: i64, to: i64) {
        if !self.may_go(Entry::File(id)) {
            return;
        }
        let file = self.model.files[&id].clone();
        let target = match self.resolve {
            Resolve::Duplicate => None,
            _ => self.model.file_titled(to, &file.title),
        };
        match target {
            Some(_) if self.resolve == Resolve::Skip => {}
            Some(target) if !self.right(Entry::File(target)).edit => self.failed = true,
            Some(target) => {
                let over = self.model.files.get_mut(&target).unwrap();
                over.versions.push(file.versions.last().unwrap().clone());
                over.title = file.title;
                if !self.copy && target != id {
                    self.model.erase(Entry::File(id));
                }
                self.processed += 1;
            }
            None if self.copy => self.copy_file(&file, to),
            None => {
                self.model.files.get_mut(&id).unwrap().folder = to;
                self.processed += 1;
            }
        }
    }

    fn copy_file(&mut self, file: &File, to: i64) {
        self.made -= 1;
        let versions = vec![file.versions.last().unwrap().clone()];
        let copy = File { folder: to, title: file.title.clone(), by: self.who, versions };
        self.model.files.insert(self.made, copy);
        self.processed += 1;
    }

    fn folder(&mut self, id: i64, to: i64) {
        if !self.may_go(Entry::Folder(id)) {
            return;
        }
        let folder = self.model.folders[&id].clone();
        if folder.parent == to && !(self.copy && self.resolve == Resolve::Duplicate) {
            return;
        }
        match self.model.folder_titled(to, &folder.title) {
            Some(target) => self.merge(id, target),
            None if self.copy => self.copy_folder(id, to),
            None => {
                if self.model.below(id).1.iter().all(|id| self.right(Entry::File(*id)).delete) {
                    self.model.folders.get_mut(&id).unwrap().parent = to;
                    self.processed += 1;
                } else {
                    self.failed = true;
                }
            }
        }
    }

    fn merge(&mut self, id: i64, target: i64) {
        let (files, folders) = (self.model.files_in(id), self.model.folders_in(id));
        for file in files {
            self.file(file, target);
        }
        for folder in folders {
            self.folder(folder, target);
        }
        let empty = self.model.files_in(id).is_empty() && self.model.folders_in(id).is_empty();
        if !self.copy && id != target && empty {
            self.model.erase(Entry::Folder(id));
            self.processed += 1;
        }
    }

    fn copy_folder(&mut self, id: i64, to: i64) {
        let (files, folders) = (self.model.files_in(id), self.model.folders_in(id));
        self.made -= 1;
        let copy = self.made;
        let title = self.model.folders[&id].title.clone();
        self.model.folders.insert(copy, Folder { parent: to, title, by: self.who });
        self.processed += 1;
        for id in files {
            if self.may_go(Entry::File(id)) {
                let file = self.model.files[&id].clone();
                self.copy_file(&file, copy);
            }
        }
        for id in folders {
            if self.may_go(Entry::Folder(id)) {
                self.copy_folder(id, copy);
            }
        }
    }
}

/// Gives new entries the ids that the server gave them: both in the order in which they appeared.
pub(super) fn name_new(model: &mut Model, files: &[i64], folders: &[i64]) {
    let fresh = |all: &mut dyn Iterator<Item = i64>| -> Vec<i64> {
        let mut ids: Vec<i64> = all.filter(|id| *id < 0).collect();
        ids.sort_unstable_by_key(|id| -id);
        ids
    };
    let (new_files, new_folders) =
        (fresh(&mut model.files.keys().copied()), fresh(&mut model.folders.keys().copied()));
    assert_eq!((new_files.len(), new_folders.len()), (files.len(), folders.len()), "new entries");
    for (old, new) in new_files.iter().zip(files) {
        let file = model.files.remove(old).unwrap();
        model.files.insert(*new, file);
    }
    for (old, new) in new_folders.iter().zip(folders) {
        let folder = model.folders.remove(old).unwrap();
        model.folders.insert(*new, folder);
        for folder in model.folders.values_mut().filter(|folder| folder.parent == *old) {
            folder.parent = *new;
        }
        for file in model.files.values_mut().filter(|file| file.folder == *old) {
            file.folder = *new;
        }
    }
}
