use super::*;

const ME: Uuid = Uuid::from_u128(1);
const OTHER: Uuid = Uuid::from_u128(2);
const SALES: Uuid = Uuid::from_u128(10);
const LEGAL: Uuid = Uuid::from_u128(11);

const MINE: Root = Root { section: Section::My, owner: Some(ME) };
const THEIRS: Root = Root { section: Section::My, owner: Some(OTHER) };
const COMMON: Root = Root { section: Section::Common, owner: None };

fn user() -> Asker {
    Asker { id: ME, is_admin: false, is_visitor: false, groups: Arc::new([SALES, LEGAL]) }
}

fn admin() -> Asker {
    Asker { is_admin: true, ..user() }
}

fn visitor() -> Asker {
    Asker { is_visitor: true, ..user() }
}

fn grants(list: &[(Uuid, Access, i64)]) -> Grants {
    let list = list.iter().map(|(subject, access, level)| Grant {
        subject: *subject,
        access: access.number(),
        level: *level,
    });
    Grants { list: list.collect(), section: FolderId(3) }
}

/// Of a file that somebody else has made.
fn file(root: Root, list: &[(Uuid, Access, i64)], asker: &Asker) -> Right {
    let grants = grants(list);
    of(Entry { is_file: true, root, is_root: false, created_by: OTHER, grants: &grants }, asker)
}

fn folder(root: Root, list: &[(Uuid, Access, i64)], asker: &Asker) -> Right {
    let grants = grants(list);
    of(Entry { is_file: false, root, is_root: false, created_by: OTHER, grants: &grants }, asker)
}

/// Reads, downloads, edits, deletes, shares; `access`.
fn picture(right: Right) -> (String, i32) {
    let letters = [
        (right.reads(), 'r'),
        (right.downloads(), 'd'),
        (right.edits(), 'e'),
        (right.deletes(), 'x'),
        (right.shares(), 's'),
    ];
    (letters.iter().filter(|(has, _)| *has).map(|(_, letter)| *letter).collect(), right.access())
}

#[test]
fn without_shares_the_section_decides() {
    let trash = |owner| Root { section: Section::Trash, owner: Some(owner) };
    let section = |section| Root { section, owner: None };
    for (root, asker, expected) in [
        (MINE, user(), ("rdexs", 0)),
        (MINE, visitor(), ("", 3)),
        (THEIRS, user(), ("", 3)),
        (THEIRS, admin(), ("", 3)),
        (trash(ME), user(), ("rdx", 0)),
        (trash(OTHER), admin(), ("", 3)),
        (COMMON, user(), ("rd", 2)),
        (COMMON, visitor(), ("rd", 2)),
        (COMMON, admin(), ("rdexs", 0)),
        (section(Section::Bunch), admin(), ("rdexs", 0)),
        (section(Section::Bunch), user(), ("rd", 2)),
        (section(Section::Share), admin(), ("rd", 2)),
        (section(Section::Recent), user(), ("rd", 2)),
        (section(Section::Recent), visitor(), ("", 3)),
    ] {
        let (letters, access) = picture(file(root, &[], &asker));
        assert_eq!((letters.as_str(), access), expected, "{root:?} {asker:?}");
    }
}

#[test]
fn a_share_grants_what_it_says() {
    use Access::{Comment, CustomFilter, FillForms, Read, ReadWrite, Restrict, Review};
    for (access, expected) in [
        (ReadWrite, ("rdes", 1)),
        (Read, ("rd", 2)),
        (Restrict, ("", 3)),
        (Review, ("rd", 5)),
        (Comment, ("rd", 6)),
        (FillForms, ("rd", 7)),
        (CustomFilter, ("rd", 8)),
    ] {
        let (letters, number) = picture(file(THEIRS, &[(ME, access, -1)], &user()));
        assert_eq!((letters.as_str(), number), expected, "{access:?}");
    }
    // Nobody but its administrators shares what is common, and a guest shares nothing.
    assert!(!file(COMMON, &[(ME, Access::ReadWrite, -1)], &user()).shares());
    assert!(!file(THEIRS, &[(ME, Access::ReadWrite, -1)], &visitor()).shares());
}

#[test]
fn which_of_several_shares_counts() {
    use Access::{Comment, Read, ReadWrite, Restrict};
    for (list, expected) in [
        // A file's own before its folder's, even a group's before the person's.
        (&[(ME, ReadWrite, 0), (SALES, Read, -1)][..], 2),
        // The person before groups.
        (&[(SALES, ReadWrite, -1), (ME, Read, -1)], 2),
        (&[(SALES, Read, -1), (ME, ReadWrite, -1)], 1),
        // Of groups the one that forbids most.
        (&[(SALES, ReadWrite, -1), (LEGAL, Restrict, -1)], 3),
        (&[(SALES, Comment, -1), (LEGAL, Read, -1)], 2),
        // Groups of people before the portal's own.
        (&[(EVERYONE, Restrict, -1), (LEGAL, Read, -1)], 2),
        // Somebody else's share says nothing.
        (&[(OTHER, ReadWrite, -1)], 3),
        (&[(Uuid::from_u128(12), ReadWrite, -1), (EVERYONE, Comment, -1)], 6),
        // The nearest folder.
        (&[(ME, ReadWrite, 2), (ME, Read, 1)], 2),
    ] {
        assert_eq!(file(THEIRS, list, &user()).access(), expected, "{list:?}");
    }
    // Of folders the person's share counts before a nearer one of a group, as upstream sorts.
    assert_eq!(folder(THEIRS, &[(SALES, Restrict, 0), (ME, Read, 1)], &user()).access(), 2);
    assert_eq!(folder(THEIRS, &[(ADMINS, ReadWrite, 0)], &user()).access(), 3);
    assert_eq!(folder(THEIRS, &[(ADMINS, ReadWrite, 0), (EVERYONE, Restrict, 0)], &admin()).access(), 1);
}

#[test]
fn an_author_may_do_everything_with_what_is_not_withheld() {
    let made = |list: &[(Uuid, Access, i64)], root| {
        let grants = grants(list);
        of(Entry { is_file: true, root, is_root: false, created_by: ME, grants: &grants }, &user())
    };
    assert_eq!(picture(made(&[(ME, Access::Read, 0)], THEIRS)), ("rdexs".to_owned(), 0));
    assert_eq!(picture(made(&[], COMMON)), ("rdex".to_owned(), 0));
    assert_eq!(picture(made(&[(ME, Access::Restrict, 0)], THEIRS)), (String::new(), 3));
    assert!(!made(&[], COMMON).is_full());
}

#[test]
fn the_two_marks_of_a_file() {
    use Access::{Comment, Read, ReadWrite, Restrict, Review};
    for (access, downloads) in [(Read, false), (Comment, false), (Review, true), (ReadWrite, true)] {
        let list = [(ME, access, -1), (DENY_DOWNLOAD, Restrict, -1)];
        assert_eq!(file(THEIRS, &list, &user()).downloads(), downloads, "{access:?}");
    }
    assert!(!file(THEIRS, &[(ME, ReadWrite, -1), (DENY_SHARING, Restrict, -1)], &user()).shares());
    assert_eq!(
        file(MINE, &[(DENY_DOWNLOAD, Restrict, -1), (DENY_SHARING, Restrict, -1)], &user()),
        Right::FULL
    );
    let marked = grants(&[(DENY_SHARING, Restrict, -1)]);
    assert_eq!((marked.is_shared(true), marked.has_mark(DENY_SHARING)), (false, true));
}

#[test]
fn common_itself_is_seen_by_all_whatever_is_withheld() {
    let grants = grants(&[(EVERYONE, Access::Restrict, 0)]);
    let root = Entry { is_file: false, root: COMMON, is_root: true, created_by: OTHER, grants: &grants };
    assert_eq!(of(root, &user()), Right::READ_ONLY);
    assert_eq!(of(Entry { is_root: false, ..root }, &user()), Right::NONE);
}

#[test]
fn a_parent_that_may_not_be_seen() {
    let entry = |grants, is_file| Entry { is_file, root: THEIRS, is_root: false, created_by: ME, grants };
    let own = grants(&[(ME, Access::Read, -1)]);
    assert!(!reads_parent(entry(&own, true), &user()));
    let above = grants(&[(ME, Access::Read, 0)]);
    assert!(reads_parent(entry(&above, true), &user()));
    assert!(!reads_parent(entry(&above, false), &user()));
    assert!(reads_parent(entry(&above.of_new_folder(), false), &user()));
}

#[test]
fn what_a_link_grants() {
    let linked = grants(&[(MAIN_LINK, Access::Review, -1), (ME, Access::ReadWrite, -1)]);
    assert_eq!(linked.by_link(true, MAIN_LINK), Access::Review);
    assert_eq!(linked.by_link(true, OTHER), Access::Restrict);
    assert!(linked.is_shared(true));
}

#[test]
fn numbers_of_accesses_and_sections() {
    for (access, number) in Access::ALL {
        assert_eq!((Access::from_number(*number), access.number()), (Some(*access), *number));
    }
    for (section, kind) in Section::ALL {
        assert_eq!((Section::from_kind(*kind), section.kind()), (Some(*section), *kind));
    }
    assert_eq!(Section::from_kind(4), None);
}
