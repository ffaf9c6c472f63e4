//! What deleting does to a file or folder (sheet r7/files 3.2, 3.3). Pure.

use super::rights::Right;

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
}
