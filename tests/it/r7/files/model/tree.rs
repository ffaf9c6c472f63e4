//! The model's documents: what lies where, who made it, with whom it is shared, who may do what (sheet r7/files 3, 7).

use std::collections::{BTreeMap, BTreeSet};

/// Mike the admin, Lena who is in Sales, Olga.
pub(super) const PEOPLE: [&str; 3] = ["mike", "lena", "olga"];
/// Subjects of shares beside the people.
pub(super) const SALES: usize = 3;
/// See [`SALES`].
pub(super) const EVERYONE: usize = 4;

/// A section, or where an entry hangs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Root {
    Common,
    My(usize),
    Trash(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Entry {
    Folder(i64),
    File(i64),
}

#[derive(Debug, Clone)]
pub(super) struct Folder {
    pub(super) parent: i64,
    pub(super) title: String,
    pub(super) by: usize,
}

#[derive(Debug, Clone)]
pub(super) struct File {
    pub(super) folder: i64,
    pub(super) title: String,
    pub(super) by: usize,
    pub(super) versions: Vec<String>,
}

/// What somebody may do; `access` as on a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a thing that one may do")]
pub(super) struct Right {
    pub(super) read: bool,
    pub(super) edit: bool,
    pub(super) delete: bool,
    pub(super) share: bool,
    pub(super) access: i64,
    /// Everything, and everything below.
    pub(super) full: bool,
}

const NOTHING: Right =
    Right { read: false, edit: false, delete: false, share: false, access: 3, full: false };

#[derive(Debug, Clone, Default)]
pub(super) struct Model {
    pub(super) roots: BTreeMap<i64, Root>,
    pub(super) folders: BTreeMap<i64, Folder>,
    pub(super) files: BTreeMap<i64, File>,
    /// Who gets what of an entry: 1 full access, 2 reading, 3 nothing.
    pub(super) shares: BTreeMap<(Entry, usize), i64>,
    pub(super) favorites: BTreeSet<(usize, Entry)>,
    /// Addresses of links, and whether they are on.
    pub(super) links: BTreeMap<i64, (String, bool)>,
}

/// The oldest first: those that an operation has just made, whose ids are negative as yet, are the youngest.
fn by_age(ids: impl Iterator<Item = i64>) -> Vec<i64> {
    let mut ids: Vec<i64> = ids.collect();
    ids.sort_unstable_by_key(|id| (*id < 0, id.abs()));
    ids
}

impl Model {
    /// A section's id.
    pub(super) fn root(&self, root: Root) -> i64 {
        *self.roots.iter().find(|(_, known)| **known == root).unwrap().0
    }

    /// The folder and all above it, up to its section.
    pub(super) fn chain(&self, folder: i64) -> Vec<i64> {
        let mut chain = vec![folder];
        while let Some(above) = self.folders.get(chain.last().unwrap()) {
            assert!(chain.len() < 1000, "a ring of folders");
            chain.push(above.parent);
        }
        chain
    }

    fn folder_of(&self, entry: Entry) -> i64 {
        match entry {
            Entry::Folder(id) => id,
            Entry::File(id) => self.files[&id].folder,
        }
    }

    pub(super) fn root_of(&self, entry: Entry) -> Root {
        self.roots[self.chain(self.folder_of(entry)).last().unwrap()]
    }

    pub(super) fn trashed(&self, entry: Entry) -> bool {
        matches!(self.root_of(entry), Root::Trash(_))
    }

    fn author(&self, entry: Entry) -> Option<usize> {
        match entry {
            Entry::Folder(id) => self.folders.get(&id).map(|folder| folder.by),
            Entry::File(id) => Some(self.files[&id].by),
        }
    }

    /// What is shared with somebody: a file's own before all that it inherits, the person before groups before
    /// everybody, the nearest folder.
    fn granted(&self, who: usize, entry: Entry, own_only: bool) -> Option<i64> {
        let mut places: Vec<(bool, usize, Entry)> = Vec::new();
        if let Entry::File(_) = entry {
            places.push((false, 0, entry));
        }
        let is_file = !places.is_empty();
        if !(own_only && is_file) {
            let chain = self.chain(self.folder_of(entry));
            let chain = if own_only { &chain[..1] } else { &chain[..] };
            places.extend(chain.iter().enumerate().map(|(up, id)| (is_file, up, Entry::Folder(*id))));
        }
        let ranks: &[(usize, usize)] =
            if who == 1 { &[(who, 0), (SALES, 1), (EVERYONE, 2)] } else { &[(who, 0), (EVERYONE, 2)] };
        let found = places.iter().flat_map(|(inherited, up, place)| {
            ranks.iter().filter_map(move |(subject, rank)| {
                let access = *self.shares.get(&(*place, *subject))?;
                Some(((*inherited, *rank, *up), access))
            })
        });
        found.min().map(|(_, access)| access)
    }

    /// Whether somebody finds an entry among what is shared with them.
    pub(super) fn received(&self, who: usize, entry: Entry) -> bool {
        let foreign = matches!(self.root_of(entry), Root::My(owner) if owner != who);
        foreign
            && self.granted(who, entry, true).is_some_and(|access| access != 3)
            && self.right(who, entry).read
    }

    pub(super) fn right(&self, who: usize, entry: Entry) -> Right {
        let full = Right { read: true, edit: true, delete: true, share: true, access: 0, full: true };
        let is_root = matches!(entry, Entry::Folder(id) if self.roots.contains_key(&id));
        let root = self.root_of(entry);
        let default = match root {
            Root::Trash(owner) if owner == who => {
                return Right { edit: false, share: false, full: false, ..full };
            }
            Root::Trash(_) => return NOTHING,
            Root::My(owner) if owner == who => return full,
            Root::Common if who == 0 => return full,
            Root::Common => 2,
            Root::My(_) => 3,
        };
        let granted = self.granted(who, entry, false).unwrap_or(default);
        if granted == 3 {
            return NOTHING;
        }
        let author = !is_root && self.author(entry) == Some(who);
        let edit = author || granted == 1;
        let share = edit && matches!(root, Root::My(_));
        let access = if author { 0 } else { granted };
        Right { read: true, edit, delete: author, share, access, full: false }
    }

    pub(super) fn files_in(&self, folder: i64) -> Vec<i64> {
        by_age(self.files.iter().filter(|(_, file)| file.folder == folder).map(|(id, _)| *id))
    }

    pub(super) fn folders_in(&self, parent: i64) -> Vec<i64> {
        by_age(self.folders.iter().filter(|(_, folder)| folder.parent == parent).map(|(id, _)| *id))
    }

    /// Folders below a folder, and files at any depth in it.
    pub(super) fn below(&self, top: i64) -> (Vec<i64>, Vec<i64>) {
        let inside = |folder: i64| self.chain(folder).contains(&top);
        let folders = self.folders.keys().copied().filter(|id| *id != top && inside(*id)).collect();
        let files = self.files.iter().filter(|(_, file)| inside(file.folder)).map(|(id, _)| *id).collect();
        (folders, files)
    }

    /// The oldest file of that title, in any case of letters.
    pub(super) fn file_titled(&self, folder: i64, title: &str) -> Option<i64> {
        let same = |id: &i64| self.files[id].title.to_lowercase() == title.to_lowercase();
        self.files_in(folder).into_iter().find(same)
    }

    /// The oldest folder of that title.
    pub(super) fn folder_titled(&self, parent: i64, title: &str) -> Option<i64> {
        let same = |id: &i64| self.folders[id].title.to_lowercase() == title.to_lowercase();
        self.folders_in(parent).into_iter().find(same)
    }

    /// Ends an entry for good, with its shares and marks.
    pub(super) fn erase(&mut self, entry: Entry) {
        match entry {
            Entry::Folder(id) => {
                self.folders.remove(&id);
            }
            Entry::File(id) => {
                self.files.remove(&id);
                self.links.remove(&id);
            }
        }
        self.shares.retain(|(place, _), _| *place != entry);
        self.favorites.retain(|(_, place)| *place != entry);
    }

    /// Every entry beside the sections.
    pub(super) fn entries(&self) -> Vec<Entry> {
        let folders = self.folders.keys().map(|id| Entry::Folder(*id));
        folders.chain(self.files.keys().map(|id| Entry::File(*id))).collect()
    }
}
