//! Which entries a listing takes and in what order, for the lists that are put together in memory: favourites, recent
//! files, templates (sheet r7/files 6). Pure.

use std::cmp::Ordering;

use super::{titles, types};
use crate::kernel::time::Timestamp;

/// What a listing takes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pick<'a> {
    pub(crate) files: bool,
    pub(crate) folders: bool,
    /// `fileType`s; empty: all.
    pub(crate) kinds: &'a [i32],
    /// End of a file's title, as its key.
    pub(crate) ending: Option<&'a str>,
    /// Part of the title, as its key.
    pub(crate) search: Option<&'a str>,
    /// Who may have made it; `None`: anybody.
    pub(crate) authors: Option<&'a [String]>,
    /// What changed later than this; `None`: all.
    pub(crate) since: Option<Timestamp>,
}

impl Pick<'_> {
    fn either(&self, key: &str, created_by: &str, changed: Timestamp) -> bool {
        self.search.is_none_or(|part| key.contains(part))
            && self.since.is_none_or(|since| changed > since)
            && self.authors.is_none_or(|authors| authors.iter().any(|author| author == created_by))
    }

    /// Whether it takes a file that changed then for the last time.
    pub(crate) fn file(&self, title: &str, created_by: &str, changed: Timestamp) -> bool {
        let key = titles::key(title);
        self.files
            && (self.kinds.is_empty() || self.kinds.contains(&types::file_type(&titles::extension(title))))
            && self.ending.is_none_or(|ending| key.ends_with(ending))
            && self.either(&key, created_by, changed)
    }

    /// The same of a folder.
    pub(crate) fn folder(&self, title: &str, created_by: &str, changed: Timestamp) -> bool {
        self.folders && self.either(&titles::key(title), created_by, changed)
    }
}

/// What entries are ordered by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) title: String,
    pub(crate) updated: Timestamp,
    pub(crate) created: Timestamp,
    pub(crate) size: i64,
    /// First and last name in lower case.
    pub(crate) author: String,
    pub(crate) id: i64,
}

/// The order of two entries; `sort` is the number of a `SortedByType`. Ties go by title.
pub(crate) fn compare(sort: i64, descending: bool, left: &Key, right: &Key) -> Ordering {
    let titles = || titles::sort_key(&left.title).cmp(&titles::sort_key(&right.title));
    let order = match sort {
        0 | 5 => left.updated.cmp(&right.updated),
        2 => left.size.cmp(&right.size),
        3 => left.author.cmp(&right.author),
        4 => titles::extension(&left.title).cmp(&titles::extension(&right.title)),
        6 => left.created.cmp(&right.created),
        _ => titles(),
    };
    let order = if descending { order.reverse() } else { order };
    order.then_with(titles).then(left.id.cmp(&right.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn picks() {
        let authors = ["a".to_owned()];
        let all = Pick { files: true, folders: true, ..Pick::default() };
        for (pick, file, folder) in [
            (all.clone(), true, true),
            (Pick { files: false, ..all.clone() }, false, true),
            (Pick { kinds: &[7], ..all.clone() }, true, true),
            (Pick { kinds: &[5], ..all.clone() }, false, true),
            (Pick { ending: Some(".txt"), ..all.clone() }, true, true),
            (Pick { ending: Some(".md"), ..all.clone() }, false, true),
            (Pick { search: Some("план"), ..all.clone() }, true, true),
            (Pick { search: Some("x"), ..all.clone() }, true, false),
            (Pick { authors: Some(&authors), ..all.clone() }, true, false),
            (Pick { since: Some(Timestamp(5)), ..all.clone() }, true, false),
            (Pick { since: Some(Timestamp(6)), ..all.clone() }, false, false),
        ] {
            let picked = (pick.file("План.TXT", "a", Timestamp(6)), pick.folder("План", "b", Timestamp(5)));
            assert_eq!(picked, (file, folder), "{pick:?}");
        }
    }

    #[test]
    fn orders() {
        let key = |title: &str, at: i64, size: i64, author: &str, id: i64| Key {
            title: title.to_owned(),
            updated: Timestamp(at),
            created: Timestamp(-at),
            size,
            author: author.to_owned(),
            id,
        };
        let keys = [key("a10.txt", 1, 5, "y", 1), key("A9.md", 2, 5, "x", 2), key("b.md", 3, 1, "y", 3)];
        for (sort, descending, expected) in [
            (0, false, [1, 2, 3]),
            (0, true, [3, 2, 1]),
            (1, false, [2, 1, 3]),
            (1, true, [3, 1, 2]),
            (2, false, [3, 2, 1]),
            // Ties go by title whatever the direction.
            (2, true, [2, 1, 3]),
            (3, false, [2, 1, 3]),
            (4, false, [2, 3, 1]),
            (5, true, [3, 2, 1]),
            (6, false, [3, 2, 1]),
        ] {
            let mut sorted = keys.to_vec();
            sorted.sort_by(|left, right| compare(sort, descending, left, right));
            let ids: Vec<i64> = sorted.iter().map(|key| key.id).collect();
            assert_eq!(ids, expected, "{sort} {descending}");
        }
    }
}
