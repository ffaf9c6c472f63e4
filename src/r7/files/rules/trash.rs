//! What deleting does to a file or folder (sheet r7/files 3.2, 3.3). Pure.

use super::rights::{self, Asker, Right, Root, Section};

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

/// What becomes of a file or folder. `found` is the root it hangs below, and whether it is a root itself.
///
/// In the trash deletion is always final, whatever `immediately` says.
pub(crate) fn delete(found: Option<(Root, bool)>, asker: Asker, immediately: bool) -> Result<Fate, Kept> {
    let (root, is_root) = found.ok_or(Kept::Unknown)?;
    // sheet r7/files 3.3: a section itself is never deleted.
    if is_root || rights::below(root, asker) < Right::Take {
        return Err(Kept::NoRight);
    }
    Ok(if immediately || root.section == Section::Trash { Fate::Erased } else { Fate::Trashed })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn deletions() {
        let me = Uuid::from_u128(1);
        let my = Root { section: Section::My, owner: Some(me) };
        let trash = Root { section: Section::Trash, owner: Some(me) };
        let theirs = Root { section: Section::My, owner: Some(Uuid::from_u128(2)) };
        let common = Root { section: Section::Common, owner: None };
        let user = Asker { id: me, is_admin: false };
        let admin = Asker { id: me, is_admin: true };
        // sheet r7/files 3.2, 3.3
        for (found, asker, immediately, expected) in [
            (Some((my, false)), user, false, Ok(Fate::Trashed)),
            (Some((my, false)), user, true, Ok(Fate::Erased)),
            (Some((trash, false)), user, false, Ok(Fate::Erased)),
            (Some((trash, false)), user, true, Ok(Fate::Erased)),
            (Some((my, true)), admin, true, Err(Kept::NoRight)),
            (Some((trash, true)), admin, false, Err(Kept::NoRight)),
            (Some((theirs, false)), admin, false, Err(Kept::NoRight)),
            (Some((common, false)), user, false, Err(Kept::NoRight)),
            (Some((common, false)), admin, false, Ok(Fate::Trashed)),
            (None, admin, false, Err(Kept::Unknown)),
        ] {
            assert_eq!(delete(found, asker, immediately), expected, "{found:?} {immediately}");
        }
    }
}
