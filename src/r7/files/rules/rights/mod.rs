//! Who may do what where (sheet r7/files 7). Pure.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::r7::files::ids::FolderId;

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
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asker {
    pub(crate) id: Uuid,
    pub(crate) is_admin: bool,
    /// A guest: nothing is theirs, what they see is shared with them.
    pub(crate) is_visitor: bool,
    /// Groups of people that they are in; the portal's own groups follow from the rest.
    pub(crate) groups: Arc<[Uuid]>,
}

/// The portal's own group of administrators (sheet r7/crm 8).
pub(crate) const ADMINS: Uuid = Uuid::from_u128(0xcd84_e66b_b803_40fc_99f9_b296_9a54_a1de);
/// The portal's own group of everybody (sheet r7/crm 8).
pub(crate) const EVERYONE: Uuid = Uuid::from_u128(0xc5cc_67d1_c3e8_43c0_a3ad_3928_ae3e_5b5e);
/// The main external link of a file (sheet r7/files 2.5).
pub(crate) const MAIN_LINK: Uuid = Uuid::from_u128(0xd77b_d6af_828b_41f5_84ed_7ffe_2565_b13a);
/// Marks a file that those who may only read or comment cannot download. Ours; never on the wire.
pub(crate) const DENY_DOWNLOAD: Uuid = Uuid::from_u128(0x0d00_0000_0000_0000_0000_0000_0000_0001);
/// Marks a file that those who may edit it cannot share on. Ours; never on the wire.
pub(crate) const DENY_SHARING: Uuid = Uuid::from_u128(0x0d00_0000_0000_0000_0000_0000_0000_0002);

impl Asker {
    /// Rank of a subject for this asker: the person before their groups, those before the portal's own. All groups of
    /// people are equal (upstream: `FileSecurity.SubjectComparer`). `None`: it does not mean them.
    fn rank(&self, subject: Uuid) -> Option<u8> {
        match subject {
            subject if subject == self.id => Some(0),
            ADMINS => self.is_admin.then_some(2),
            EVERYONE => Some(3),
            subject => self.groups.contains(&subject).then_some(1),
        }
    }

    /// All that may stand for this asker in a share: the person, their groups, the portal's own.
    pub(crate) fn subjects(&self) -> Vec<Uuid> {
        let mut subjects = vec![self.id, EVERYONE];
        subjects.extend(self.groups.iter());
        subjects.extend(self.is_admin.then_some(ADMINS));
        subjects
    }

    /// Somebody who is not in the portal any more.
    pub(crate) fn stranger(id: Uuid) -> Self {
        Self { id, is_admin: false, is_visitor: false, groups: Arc::default() }
    }
}

/// `FileShare`: what a share grants (sheet r7/files 2.10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Access {
    /// On a card: full rights. In a request: no share.
    #[default]
    None,
    ReadWrite,
    Read,
    Restrict,
    Varies,
    Review,
    Comment,
    FillForms,
    CustomFilter,
}

impl Access {
    /// Every value with its number on the wire.
    pub(crate) const ALL: &'static [(Self, i32)] = &[
        (Self::None, 0),
        (Self::ReadWrite, 1),
        (Self::Read, 2),
        (Self::Restrict, 3),
        (Self::Varies, 4),
        (Self::Review, 5),
        (Self::Comment, 6),
        (Self::FillForms, 7),
        (Self::CustomFilter, 8),
    ];

    /// Its number.
    pub(crate) fn number(self) -> i32 {
        Self::ALL.iter().find(|(access, _)| *access == self).map_or(0, |(_, number)| *number)
    }

    /// From its number.
    pub(crate) fn from_number(number: i32) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == number).map(|(access, _)| *access)
    }

    /// Among equals the one that forbids most wins (upstream: `FileShareRecord.ShareComparer`, descending).
    fn strictness(self) -> u8 {
        match self {
            Self::None => 0,
            Self::ReadWrite => 1,
            Self::CustomFilter => 2,
            Self::Review => 3,
            Self::FillForms => 4,
            Self::Comment => 5,
            Self::Read => 6,
            Self::Restrict => 7,
            Self::Varies => 8,
        }
    }
}

/// A share that an entry has or inherits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Grant {
    /// A person, a group, a link, or one of the two marks of a file.
    pub(crate) subject: Uuid,
    /// Number of an [`Access`].
    pub(crate) access: i32,
    /// How far above: -1 is a file's own, 0 a folder's own or that of a file's folder, 1 the folder above that.
    pub(crate) level: i64,
}

impl Grant {
    /// For sorting: the nearest first, and of equals the one that forbids most.
    pub(crate) fn nearness(&self) -> (i64, u8) {
        let strictness = Access::from_number(self.access).map_or(0, Access::strictness);
        (self.level, u8::MAX - strictness)
    }
}

/// All that is shared at an entry and at the folders above it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Grants {
    pub(crate) list: Vec<Grant>,
    /// The section in which others find what is shared with them: stands in for a folder that they may not see.
    pub(crate) section: FolderId,
}

impl Grants {
    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// What a new file in this folder inherits.
    pub(crate) fn of_new_file(&self) -> Self {
        self.clone()
    }

    /// What a new folder in this folder inherits.
    pub(crate) fn of_new_folder(&self) -> Self {
        let list = self.list.iter().map(|grant| Grant { level: grant.level + 1, ..*grant }).collect();
        Self { list, section: self.section }
    }

    /// What the folder so many levels above inherits; 0 is the folder itself.
    pub(crate) fn above(&self, levels: i64) -> Self {
        let kept = self.list.iter().filter(|grant| grant.level >= levels);
        let list = kept.map(|grant| Grant { level: grant.level - levels, ..*grant }).collect();
        Self { list, section: self.section }
    }

    fn own(&self, is_file: bool) -> impl Iterator<Item = &Grant> {
        let level = -i64::from(is_file);
        self.list.iter().filter(move |grant| grant.level == level)
    }

    /// `shared`: has a share of its own, a link included; what is inherited does not count (sheet r7/files 2.1).
    pub(crate) fn is_shared(&self, is_file: bool) -> bool {
        self.own(is_file).any(|grant| !matches!(grant.subject, DENY_DOWNLOAD | DENY_SHARING))
    }

    /// Whether a file bears a mark, [`DENY_DOWNLOAD`] or [`DENY_SHARING`].
    pub(crate) fn has_mark(&self, mark: Uuid) -> bool {
        self.own(true).any(|grant| grant.subject == mark)
    }

    /// What is granted to the asker: a file's own shares before all that it inherits; then the person before groups
    /// before the portal's own; then the nearest folder; then the one that forbids most (upstream: `FileSecurity.Filter`).
    fn granted(&self, is_file: bool, asker: &Asker) -> Option<Access> {
        self.best(is_file, |subject| asker.rank(subject))
    }

    /// The same for anything that ranks subjects.
    fn best(&self, is_file: bool, rank: impl Fn(Uuid) -> Option<u8>) -> Option<Access> {
        let key = |grant: &Grant| {
            let access = Access::from_number(grant.access)?;
            let rank = rank(grant.subject)?;
            let inherited = is_file && grant.level >= 0;
            Some(((inherited, rank, grant.level, u8::MAX - access.strictness()), access))
        };
        self.list.iter().filter_map(key).min_by_key(|(key, _)| *key).map(|(_, access)| access)
    }

    /// What its own shares grant, without those that it inherits.
    pub(crate) fn own_access(&self, is_file: bool, asker: &Asker) -> Access {
        let own = Self { list: self.own(is_file).copied().collect(), section: self.section };
        own.granted(is_file, asker).unwrap_or(Access::Restrict)
    }

    /// What a link grants.
    pub(crate) fn by_link(&self, is_file: bool, link: Uuid) -> Access {
        self.best(is_file, |subject| (subject == link).then_some(0)).unwrap_or(Access::Restrict)
    }
}

/// An entry as the rules see it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry<'a> {
    pub(crate) is_file: bool,
    pub(crate) root: Root,
    /// It is a section itself.
    pub(crate) is_root: bool,
    pub(crate) created_by: Uuid,
    pub(crate) grants: &'a Grants,
}

/// What somebody may do with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Right {
    access: Access,
    can: u8,
}

impl Right {
    const READ: u8 = 1;
    const EDIT: u8 = 2;
    const DELETE: u8 = 4;
    const SHARE: u8 = 8;
    const DOWNLOAD: u8 = 16;
    const EVERYTHING: u8 = 32;

    /// Nothing at all.
    pub(crate) const NONE: Self = Self { access: Access::Restrict, can: 0 };
    /// Everything, whatever lies below.
    pub(crate) const FULL: Self = Self {
        access: Access::None,
        can: Self::READ | Self::EDIT | Self::DELETE | Self::SHARE | Self::DOWNLOAD | Self::EVERYTHING,
    };
    /// Look at it, but nothing else.
    pub(crate) const READ_ONLY: Self = Self { access: Access::Read, can: Self::READ | Self::DOWNLOAD };
    /// What lies in one's own trash: look at it, take it out, erase it.
    pub(crate) const TRASHED: Self =
        Self { access: Access::None, can: Self::READ | Self::DELETE | Self::DOWNLOAD };

    const fn has(self, bit: u8) -> bool {
        self.can & bit != 0
    }

    /// May see it.
    pub(crate) const fn reads(self) -> bool {
        self.has(Self::READ)
    }

    /// May fetch its bytes.
    pub(crate) const fn downloads(self) -> bool {
        self.has(Self::DOWNLOAD)
    }

    /// May put entries into it, if it is a folder.
    pub(crate) const fn creates(self) -> bool {
        self.has(Self::EDIT)
    }

    /// May change its title and bytes.
    pub(crate) const fn edits(self) -> bool {
        self.has(Self::EDIT)
    }

    /// May delete it, or move it away. Full access that was granted is not enough: one deletes what one has made, or
    /// what lies in one's own section (upstream: `FileSecurity.Filter` knows no share that lets delete).
    pub(crate) const fn deletes(self) -> bool {
        self.has(Self::DELETE)
    }

    /// May see and set with whom it is shared.
    pub(crate) const fn shares(self) -> bool {
        self.has(Self::SHARE)
    }

    /// May do everything with all that lies below, too: nothing there needs a look of its own.
    pub(crate) const fn is_full(self) -> bool {
        self.has(Self::EVERYTHING)
    }

    /// `access` of its card: 0 where everything is allowed, or to its author (sheet r7/files 7).
    pub(crate) fn access(self) -> i32 {
        self.access.number()
    }
}

/// What `asker` may do with an entry (sheet r7/files 7; upstream: `FileSecurity.Filter`, `FileSharing.CanSetAccess`).
///
/// A "my" and a trash are nobody else's, not even an admin's, unless they share.
pub(crate) fn of(entry: Entry<'_>, asker: &Asker) -> Right {
    let Entry { is_file, root, is_root, created_by, grants } = entry;
    let own = root.owner == Some(asker.id);
    let default = match root.section {
        Section::Trash if own => return Right::TRASHED,
        Section::Trash => return Right::NONE,
        Section::My if own && !asker.is_visitor => return Right::FULL,
        Section::Common | Section::Bunch if asker.is_admin => return Right::FULL,
        Section::Favorites | Section::Recent | Section::Templates if asker.is_visitor => return Right::NONE,
        Section::Bunch
        | Section::Share
        | Section::Projects
        | Section::Favorites
        | Section::Recent
        | Section::Templates => return Right::READ_ONLY,
        Section::Common => Access::Read,
        Section::My => Access::Restrict,
    };
    let granted = grants.granted(is_file, asker).unwrap_or(default);
    if granted == Access::Restrict {
        // Everybody may look at the section itself.
        return if root.section == Section::Common && is_root { Right::READ_ONLY } else { Right::NONE };
    }
    let author = created_by == asker.id && !is_root;
    let access = if author { Access::None } else { granted };
    let mut can = Right::READ;
    if author || granted == Access::ReadWrite {
        can |= Right::EDIT;
        let denied = grants.has_mark(DENY_SHARING) && access == Access::ReadWrite;
        if root.section == Section::My && !asker.is_visitor && !denied {
            can |= Right::SHARE;
        }
    }
    if author {
        can |= Right::DELETE;
    }
    if !(grants.has_mark(DENY_DOWNLOAD) && matches!(access, Access::Read | Access::Comment)) {
        can |= Right::DOWNLOAD;
    }
    Right { access, can }
}

/// Whether the folder that an entry lies in may be seen; where not, the share section stands in for it.
pub(crate) fn reads_parent(entry: Entry<'_>, asker: &Asker) -> bool {
    let grants = entry.grants.above(i64::from(!entry.is_file));
    // A parent's author is not known here, and for reading does not matter.
    let parent = Entry { is_file: false, is_root: false, created_by: Uuid::nil(), grants: &grants, ..entry };
    of(parent, asker).reads()
}

#[cfg(test)]
mod tests;
