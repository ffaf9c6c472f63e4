//! Who may do what where (sheet r7/files 7). Pure.

use uuid::Uuid;

/// What a section is: `rootFolderType` (sheet r7/files 2.10).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    Common,
    /// Files of a project or of the CRM.
    Bunch,
    Trash,
    My,
    Share,
    Projects,
    Favorites,
    Recent,
    Templates,
}

impl Section {
    /// Every section with its number on the wire.
    pub(crate) const ALL: &'static [(Self, i64)] = &[
        (Self::Common, 1),
        (Self::Bunch, 2),
        (Self::Trash, 3),
        (Self::My, 5),
        (Self::Share, 6),
        (Self::Projects, 8),
        (Self::Favorites, 10),
        (Self::Recent, 11),
        (Self::Templates, 12),
    ];

    /// From its number.
    pub(crate) fn from_kind(kind: i64) -> Option<Self> {
        Self::ALL.iter().find(|(_, number)| *number == kind).map(|(section, _)| *section)
    }

    /// Its number.
    pub(crate) fn kind(self) -> i64 {
        Self::ALL.iter().find(|(section, _)| *section == self).map_or(0, |(_, number)| *number)
    }
}

/// The root that an entry hangs below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Root {
    pub(crate) section: Section,
    /// Whose, where each person has one.
    pub(crate) owner: Option<Uuid>,
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Asker {
    pub(crate) id: Uuid,
    pub(crate) is_admin: bool,
}

/// What somebody may do with entries below a root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Right {
    None,
    Read,
    /// Read, and take out: the trash.
    Take,
    Full,
}

/// What `asker` may do below `root`. A "my" and a trash are nobody else's, not even an admin's.
pub(crate) fn below(root: Root, asker: Asker) -> Right {
    let own = root.owner == Some(asker.id);
    match root.section {
        Section::My if own => Right::Full,
        Section::Trash if own => Right::Take,
        Section::My | Section::Trash => Right::None,
        Section::Common | Section::Bunch if asker.is_admin => Right::Full,
        _ => Right::Read,
    }
}

/// `access` of an entry: 0 wherever the caller has full rights, 2 for what may only be read (sheet r7/files 7).
pub(crate) fn access(root: Root, asker: Asker) -> i32 {
    match below(root, asker) {
        Right::Full | Right::Take => 0,
        Right::Read => 2,
        Right::None => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights() {
        let (me, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let user = Asker { id: me, is_admin: false };
        let admin = Asker { id: me, is_admin: true };
        for (section, owner, asker, expected) in [
            (Section::My, Some(me), user, Right::Full),
            (Section::My, Some(other), user, Right::None),
            (Section::My, Some(other), admin, Right::None),
            (Section::Trash, Some(me), user, Right::Take),
            (Section::Trash, Some(other), admin, Right::None),
            (Section::Common, None, user, Right::Read),
            (Section::Common, None, admin, Right::Full),
            (Section::Bunch, None, admin, Right::Full),
            (Section::Bunch, None, user, Right::Read),
            (Section::Share, None, admin, Right::Read),
        ] {
            assert_eq!(below(Root { section, owner }, asker), expected, "{section:?} {owner:?} {asker:?}");
        }
        assert_eq!(access(Root { section: Section::Common, owner: None }, user), 2);
        assert_eq!(access(Root { section: Section::My, owner: Some(me) }, user), 0);
    }

    #[test]
    fn sections_and_their_numbers() {
        for (section, kind) in Section::ALL {
            assert_eq!((Section::from_kind(*kind), section.kind()), (Some(*section), *kind));
        }
        assert_eq!(Section::from_kind(4), None);
    }
}
