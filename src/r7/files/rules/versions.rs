//! How the version that people see goes on, is closed and is merged (sheet r7/files 5.6). Pure.

use super::{blank, titles, types};

/// How far an update moves on the version that people see: 1, but 0 where a file that was made blank and never saved
/// gets its first content. Upstream knows it by the size alone: version 1, as large as the blank of its format.
pub(crate) fn update_step(version: i64, title: &str, size: i64) -> i64 {
    let extension = titles::extension(title);
    let blank = blank::document(types::own_format(&extension).unwrap_or(&extension));
    let untouched = blank.is_some_and(|bytes| i64::try_from(bytes.len()) == Ok(size));
    i64::from(version != 1 || !untouched)
}

/// A version by its two numbers: its own, and the one that people see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Numbered {
    pub(crate) version: i64,
    pub(crate) group: i64,
}

/// What closing or merging a version does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// Nothing: there is one group only.
    None,
    /// The last version is copied; the copy opens the next group.
    Copy,
    /// Groups move.
    Shift(Shift),
}

/// Groups that move: of versions above one, and only those over a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shift {
    pub(crate) above: i64,
    pub(crate) over: i64,
    pub(crate) by: i64,
}

impl Shift {
    /// The group of a version afterwards.
    pub(crate) fn moved(self, version: i64, group: i64) -> i64 {
        if version > self.above && group > self.over { group + self.by } else { group }
    }
}

/// What closing a version does, or with `continues` merging it with those that follow. `history` has the newest first;
/// a version of 0 and below is the newest. `None`: there is no such version.
pub(crate) fn change(history: &[Numbered], version: i64, continues: bool) -> Option<Change> {
    let last = history.first()?;
    let named = if version > 0 { history.iter().find(|one| one.version == version)? } else { last };
    Some(match continues {
        true if last.group <= 1 => Change::None,
        true => Change::Shift(Shift { above: named.version, over: named.group, by: -1 }),
        false if named == last => Change::Copy,
        false => Change::Shift(Shift { above: named.version, over: 0, by: 1 }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_blank_first_version_keeps_its_group() {
        let size = |extension: &str| i64::try_from(blank::document(extension).unwrap().len()).unwrap();
        for (version, title, size, expected) in [
            (1, "a.docx", size(".docx"), 0),
            (1, "a.DOCX", size(".docx"), 0),
            // A text as large as the blank document counts as one: only the size is looked at.
            (1, "a.txt", size(".docx"), 0),
            (1, "a.xlsx", size(".xlsx"), 0),
            (1, "a.csv", size(".xlsx"), 0),
            (1, "a.pptx", size(".pptx"), 0),
            (1, "a.pdf", size(".pdf"), 0),
            (1, "a.docx", size(".xlsx"), 1),
            (1, "a.docx", size(".docx") + 1, 1),
            (2, "a.docx", size(".docx"), 1),
            (1, "a.zip", size(".docx"), 1),
            (1, "a", size(".docx"), 1),
            (1, "a.docx", 0, 1),
        ] {
            assert_eq!(update_step(version, title, size), expected, "{version} {title} {size}");
        }
    }

    #[test]
    fn versions_are_closed_and_merged() {
        // Newest first.
        let numbered = |groups: &[i64]| -> Vec<Numbered> {
            let count = i64::try_from(groups.len()).unwrap();
            (0..count)
                .map(|at| count - at)
                .zip(groups)
                .map(|(version, group)| Numbered { version, group: *group })
                .collect()
        };
        let shift = |above, over, by| Some(Change::Shift(Shift { above, over, by }));
        for (groups, version, continues, expected) in [
            (&[1][..], 0, false, Some(Change::Copy)),
            (&[2, 1], 2, false, Some(Change::Copy)),
            (&[2, 1], -1, false, Some(Change::Copy)),
            (&[2, 1], 1, false, shift(1, 0, 1)),
            (&[2, 1], 1, true, shift(1, 1, -1)),
            (&[2, 1], 0, true, shift(2, 2, -1)),
            (&[1, 1], 1, true, Some(Change::None)),
            (&[2, 1], 3, false, None),
            (&[2, 1], 3, true, None),
            (&[], 0, false, None),
        ] {
            assert_eq!(
                change(&numbered(groups), version, continues),
                expected,
                "{groups:?} {version} {continues}"
            );
        }
        // (groups newest first, what is done, groups afterwards)
        for (groups, version, continues, after) in [
            // Closing the first of two revisions of one version makes them two versions.
            ([2, 1, 1], 1, false, [3, 2, 1]),
            ([3, 2, 1], 1, true, [2, 1, 1]),
            ([3, 2, 1], 2, true, [2, 2, 1]),
            // A revision of the same version does not move.
            ([2, 1, 1], 1, true, [1, 1, 1]),
        ] {
            let history = numbered(&groups);
            let Some(Change::Shift(shift)) = change(&history, version, continues) else {
                panic!("{groups:?}")
            };
            let moved: Vec<_> = history.iter().map(|one| shift.moved(one.version, one.group)).collect();
            assert_eq!(moved, after, "{groups:?} {version} {continues}");
        }
    }
}
