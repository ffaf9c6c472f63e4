//! What a bulk download puts into its archive, and under which names (sheet r7/files 5.8). Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::settings::FilesSettings;
use super::titles;
use crate::kernel::time::Timestamp;
use crate::r7::files::ids::FolderId;

/// How an archive is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packing {
    Zip,
    TarGz,
}

impl Packing {
    /// What a person has chosen.
    pub(crate) fn of(settings: &FilesSettings) -> Self {
        if settings.tar_gz { Self::TarGz } else { Self::Zip }
    }

    /// The end of the archive's name.
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::Zip => ".zip",
            Self::TarGz => ".tar.gz",
        }
    }
}

/// A file to be packed.
#[derive(Debug, Clone)]
pub(crate) struct Leaf {
    pub(crate) folder: FolderId,
    pub(crate) title: String,
    /// Name of its bytes.
    pub(crate) hash: String,
    /// In bytes.
    pub(crate) size: i64,
    pub(crate) updated: Timestamp,
}

/// A folder to be packed.
#[derive(Debug, Clone)]
pub(crate) struct Branch {
    pub(crate) id: FolderId,
    pub(crate) parent: Option<FolderId>,
    pub(crate) title: String,
    pub(crate) updated: Timestamp,
}

/// An entry of the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry<'a> {
    /// With `/` between folders; an empty folder ends with one.
    pub(crate) path: String,
    /// `None`: an empty folder.
    pub(crate) hash: Option<&'a str>,
    /// In bytes.
    pub(crate) size: i64,
    pub(crate) updated: Timestamp,
}

/// Paths beyond this lose their folders (upstream's rule, in UTF-16 units).
const LONGEST: usize = 200;

/// A title as a part of a path. Titles from state documents may hold what the portal's own never do.
fn segment(title: &str) -> String {
    // A tar's names end at a zero.
    match titles::clean(title).replace('\0', "_") {
        dots if dots.is_empty() || dots == "." || dots == ".." => "_".to_owned(),
        clean => clean,
    }
}

fn shortened(path: String) -> String {
    match path.rfind('/') {
        Some(last) if path.encode_utf16().count() > LONGEST => {
            format!("LONG_FOLDER_NAME{}", path.get(last..).unwrap_or_default())
        }
        _ => path,
    }
}

/// `a.txt` as `a (1).txt`.
fn numbered(path: &str, number: usize) -> String {
    let (folders, title) = path.split_at(path.rfind('/').map_or(0, |slash| slash + 1));
    // As upstream: a dot at the very front begins no extension.
    match title.rfind('.').filter(|_| !title.starts_with('.')) {
        Some(dot) => {
            let (stem, extension) = title.split_at(dot);
            format!("{folders}{stem} ({number}){extension}")
        }
        None => format!("{folders}{title} ({number})"),
    }
}

/// Names on their way into an archive.
#[derive(Default)]
struct Names {
    taken: BTreeSet<String>,
    /// How many entries asked for a path so far.
    asked: BTreeMap<String, usize>,
}

impl Names {
    /// The path, or one with a number where it is taken.
    fn free(&mut self, path: &str) -> String {
        let asked = self.asked.entry(path.to_owned()).or_default();
        loop {
            let name = if *asked == 0 { path.to_owned() } else { numbered(path, *asked) };
            *asked += 1;
            if self.taken.insert(name.clone()) {
                return name;
            }
        }
    }
}

/// The entries: listed files, then each listed folder with all that `below` and `inside` have of it.
pub(crate) fn plan<'a>(
    files: &'a [Leaf],
    folders: &[Branch],
    below: &[Branch],
    inside: &'a [Leaf],
) -> Vec<Entry<'a>> {
    let mut names = Names::default();
    let mut entries = Vec::new();
    let leaf = |names: &mut Names, path: String, leaf: &'a Leaf| Entry {
        path: names.free(&shortened(path)),
        hash: Some(leaf.hash.as_str()),
        size: leaf.size,
        updated: leaf.updated,
    };
    for file in files {
        entries.push(leaf(&mut names, segment(&file.title), file));
    }
    let mut held: BTreeMap<FolderId, Vec<&'a Leaf>> = BTreeMap::new();
    for file in inside {
        held.entry(file.folder).or_default().push(file);
    }
    let mut nested: BTreeMap<FolderId, Vec<&Branch>> = BTreeMap::new();
    for folder in below {
        nested.entry(folder.parent.unwrap_or_default()).or_default().push(folder);
    }
    // A list, not recursion: how deep people nest folders is theirs to say. Last in, first out.
    let mut open: Vec<(String, &Branch)> =
        folders.iter().rev().map(|folder| (String::new(), folder)).collect();
    while let Some((above, folder)) = open.pop() {
        let path = format!("{above}{}/", segment(&folder.title));
        let files = held.get(&folder.id).map(Vec::as_slice).unwrap_or_default();
        let folders = nested.get(&folder.id).map(Vec::as_slice).unwrap_or_default();
        if files.is_empty() && folders.is_empty() {
            let path = shortened(path);
            // Two empty folders of one title are one in the archive.
            if names.taken.insert(path.clone()) {
                entries.push(Entry { path, hash: None, size: 0, updated: folder.updated });
            }
            continue;
        }
        for file in files {
            entries.push(leaf(&mut names, format!("{path}{}", segment(&file.title)), file));
        }
        open.extend(folders.iter().rev().map(|folder| (path.clone(), *folder)));
    }
    entries
}

/// The archive's name: the only folder's title, else the portal's with the day (`2026-02-12`).
pub(crate) fn name(only_folder: Option<&str>, today: &str, kind: Packing) -> String {
    let extension = kind.extension();
    match only_folder {
        Some(title) => format!("{}{extension}", segment(title)),
        None => format!("portal-download-{today}{extension}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(folder: i64, title: &str) -> Leaf {
        Leaf {
            folder: FolderId(folder),
            title: title.to_owned(),
            hash: title.to_owned(),
            size: 1,
            updated: Timestamp(0),
        }
    }

    fn branch(id: i64, parent: i64, title: &str) -> Branch {
        Branch {
            id: FolderId(id),
            parent: Some(FolderId(parent)),
            title: title.to_owned(),
            updated: Timestamp(0),
        }
    }

    fn paths(files: &[Leaf], folders: &[Branch], below: &[Branch], inside: &[Leaf]) -> Vec<String> {
        plan(files, folders, below, inside).into_iter().map(|entry| entry.path).collect()
    }

    #[test]
    fn equal_names_are_numbered_before_the_extension() {
        let files =
            ["a.txt", "a.txt", "a (1).txt", "a.txt", "b", "b", ".env", ".env"].map(|title| leaf(1, title));
        assert_eq!(
            paths(&files, &[], &[], &[]),
            ["a.txt", "a (1).txt", "a (1) (1).txt", "a (2).txt", "b", "b (1)", ".env", ".env (1)"]
        );
    }

    #[test]
    fn folders_keep_their_shape_and_empty_ones_stay() {
        let tops = [branch(10, 1, "v1.0"), branch(20, 1, "empty"), branch(21, 1, "empty")];
        let below = [branch(11, 10, "inner"), branch(12, 11, "deep")];
        let inside = [leaf(10, "readme"), leaf(10, "readme"), leaf(12, "x.txt")];
        assert_eq!(
            paths(&[], &tops, &below, &inside),
            ["v1.0/readme", "v1.0/readme (1)", "v1.0/inner/deep/x.txt", "empty/"]
        );
    }

    #[test]
    fn no_path_leaves_the_archive() {
        let tops = [branch(10, 1, ".."), branch(20, 1, "a/b\\c")];
        let inside = [leaf(10, "../../x"), leaf(20, "..")];
        assert_eq!(paths(&[], &tops, &[], &inside), ["_/.._.._x", "a_b_c/_"]);
    }

    #[test]
    fn a_long_path_loses_its_folders() {
        let long = "x".repeat(170);
        let tops = [branch(10, 1, &long)];
        let below = [branch(11, 10, &long)];
        assert_eq!(
            paths(&[], &tops, &below, &[leaf(11, "a.txt"), leaf(11, "a.txt")]),
            ["LONG_FOLDER_NAME/a.txt", "LONG_FOLDER_NAME/a (1).txt"]
        );
    }

    #[test]
    fn a_single_folder_lends_its_name() {
        assert_eq!(name(Some("Отчёты: 2026"), "2026-02-12", Packing::Zip), "Отчёты_ 2026.zip");
        assert_eq!(name(None, "2026-02-12", Packing::TarGz), "portal-download-2026-02-12.tar.gz");
    }
}
