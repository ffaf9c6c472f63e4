use super::*;

const MY: (Right, bool) = (Right::FULL, false);
const TRASH: (Right, bool) = (Right::TRASHED, true);

/// Folders 2 (root): 10 "a", 11 "b"; 10 holds 20 "b"; 12 "a" lies in 11.
/// Files: 1 "x" and 2 "y" in 10; 3 "x" in 11; 4 "z" in 20; 5 "x" in 12; 6 "t" in the trash, folder 4.
fn tree() -> Tree {
    let mut tree = Tree::default();
    for (id, parent, key, (right, trashed)) in [
        (2, None, "", MY),
        (4, None, "", TRASH),
        (10, Some(2), "a", MY),
        (11, Some(2), "b", MY),
        (20, Some(10), "b", MY),
        (12, Some(11), "a", MY),
    ] {
        let parent = parent.map(FolderId);
        tree.add_folder(FolderNode { id: FolderId(id), parent, key: key.into(), right, trashed });
    }
    for (id, folder, key, (right, trashed)) in [
        (1, 10, "x", MY),
        (2, 10, "y", MY),
        (3, 11, "x", MY),
        (4, 20, "z", MY),
        (5, 12, "x", MY),
        (6, 4, "t", TRASH),
    ] {
        let folder = FolderId(folder);
        tree.add_file(FileNode { id: FileId(id), folder, key: key.into(), right, trashed, edited: false });
    }
    tree
}

fn destination(id: i64, path: &[i64], (right, _): (Right, bool)) -> Destination {
    Destination { id: FolderId(id), right, path: path.iter().copied().map(FolderId).collect() }
}

fn run(copy: bool, resolve: Resolve, to: &Destination, folders: &[i64], files: &[i64]) -> Plan {
    let folders: Vec<_> = folders.iter().copied().map(FolderId).collect();
    let files: Vec<_> = files.iter().copied().map(FileId).collect();
    let transfer = Transfer { copy, resolve, destination: Some(to), folders: &folders, files: &files };
    plan(&transfer, tree())
}

fn eleven() -> Destination {
    destination(11, &[2, 11], MY)
}

#[test]
fn files_of_the_same_title_follow_the_resolve_type() {
    // sheet r7/files 4: 1 "x" meets 3 "x" in 11; 2 "y" meets nothing.
    let skipped = run(false, Resolve::Skip, &eleven(), &[], &[1, 2]);
    assert_eq!((skipped.file_moves.as_slice(), skipped.processed), (&[(FileId(2), FolderId(11))][..], 1));
    assert_eq!(skipped.trouble, None);
    let over = run(false, Resolve::Overwrite, &eleven(), &[], &[1]);
    assert_eq!((over.overwrites, over.spent), (vec![(FileId(3), FileId(1))], vec![FileId(1)]));
    assert_eq!(over.shown_files, BTreeSet::from([FileId(3)]));
    let both = run(false, Resolve::Duplicate, &eleven(), &[], &[1]);
    assert_eq!(both.file_moves, vec![(FileId(1), FolderId(11))]);
}

#[test]
fn copies_follow_it_too_and_spend_nothing() {
    let over = run(true, Resolve::Overwrite, &eleven(), &[], &[1]);
    assert_eq!((over.overwrites, over.spent), (vec![(FileId(3), FileId(1))], vec![]));
    let skipped = run(true, Resolve::Skip, &eleven(), &[], &[1]);
    assert_eq!((skipped.file_copies, skipped.processed), (vec![], 0));
    // 1 "x" and 5 "x" go to a folder without an "x": the second meets the first's copy.
    let twenty = destination(20, &[2, 10, 20], MY);
    let first = run(true, Resolve::Skip, &twenty, &[], &[1, 5]);
    assert_eq!((first.file_copies, first.processed), (vec![(FileId(1), Place::Known(FolderId(20)))], 1));
    let last = run(true, Resolve::Overwrite, &twenty, &[], &[1, 5]);
    assert_eq!(last.file_copies, vec![(FileId(5), Place::Known(FolderId(20)))]);
    let all = run(true, Resolve::Duplicate, &twenty, &[], &[1, 5]);
    assert_eq!(all.file_copies.len(), 2);
}

#[test]
fn a_move_within_its_own_folder_changes_nothing_but_may_count() {
    let ten = destination(10, &[2, 10], MY);
    let skipped = run(false, Resolve::Skip, &ten, &[], &[1]);
    assert_eq!((skipped.processed, skipped.file_moves), (0, vec![]));
    let over = run(false, Resolve::Overwrite, &ten, &[], &[1]);
    assert_eq!((over.overwrites, over.spent, over.processed), (vec![(FileId(1), FileId(1))], vec![], 1));
    let both = run(false, Resolve::Duplicate, &ten, &[], &[1]);
    assert_eq!((both.processed, both.file_moves), (1, vec![]));
    let home = destination(2, &[2], MY);
    for resolve in [Resolve::Skip, Resolve::Duplicate] {
        let plan = run(false, resolve, &home, &[10], &[]);
        assert_eq!((plan.processed, plan.folder_moves, plan.emptied), (0, vec![], vec![]));
    }
}

#[test]
fn a_folder_without_a_namesake_moves_whole() {
    let home = destination(2, &[2], MY);
    let mut plan = run(false, Resolve::Skip, &destination(20, &[2, 10, 20], MY), &[12], &[]);
    assert_eq!((plan.folder_moves, plan.processed), (vec![(FolderId(12), FolderId(20))], 1));
    // 20 "b" meets 11 "b" at home.
    plan = run(false, Resolve::Skip, &home, &[20], &[]);
    assert_eq!(plan.file_moves, vec![(FileId(4), FolderId(11))]);
    assert_eq!((plan.emptied, plan.processed), (vec![FolderId(20)], 2));
    assert_eq!(plan.shown_folders, BTreeSet::from([FolderId(2), FolderId(11), FolderId(20)]));
}

#[test]
fn a_merged_folder_stays_if_a_file_was_skipped() {
    // 10 "a" into 11: meets 12 "a", where "x" is taken; 20 "b" inside it finds no namesake there.
    let plan = run(false, Resolve::Skip, &eleven(), &[10], &[]);
    assert_eq!(plan.file_moves, vec![(FileId(2), FolderId(12))]);
    assert_eq!(plan.folder_moves, vec![(FolderId(20), FolderId(12))]);
    assert_eq!((plan.emptied, plan.processed), (vec![], 2));
    let plan = run(false, Resolve::Overwrite, &eleven(), &[10], &[]);
    assert_eq!((plan.emptied, plan.spent), (vec![FolderId(10)], vec![FileId(1)]));
}

#[test]
fn copying_a_folder_copies_all_of_it() {
    let plan = run(true, Resolve::Skip, &destination(12, &[2, 11, 12], MY), &[10], &[]);
    assert_eq!(
        plan.new_folders,
        vec![(FolderId(10), Place::Known(FolderId(12))), (FolderId(20), Place::New(0))]
    );
    assert_eq!(
        plan.file_copies,
        vec![(FileId(1), Place::New(0)), (FileId(2), Place::New(0)), (FileId(4), Place::New(1))]
    );
    assert_eq!(plan.processed, 5);
}

#[test]
fn what_is_refused() {
    // sheet r7/files 4, checks before any item and item errors
    let share = (Right::READ_ONLY, false);
    let theirs = (Right::NONE, false);
    for (copy, to, folders, files, expected) in [
        (false, destination(20, &[2, 10, 20], MY), &[10][..], &[3][..], Trouble::IntoItself),
        (false, destination(10, &[2, 10], MY), &[10], &[], Trouble::IntoItself),
        (false, destination(4, &[4], TRASH), &[], &[1], Trouble::NoRightToCreate),
        (false, destination(3, &[3], share), &[], &[1], Trouble::NoRightToCreate),
        (true, destination(30, &[30], theirs), &[], &[1], Trouble::NoRightToCreate),
        (true, eleven(), &[], &[6], Trouble::CopyFromTrash),
        (false, eleven(), &[2], &[], Trouble::IntoItself),
        (false, eleven(), &[4], &[], Trouble::SystemFolder),
        (false, eleven(), &[99], &[], Trouble::FolderUnknown),
        (false, eleven(), &[], &[99], Trouble::FileUnknown),
    ] {
        let plan = run(copy, Resolve::Skip, &to, folders, files);
        assert_eq!((plan.trouble, plan.processed), (Some(expected), 0), "{to:?} {folders:?} {files:?}");
        assert_eq!((plan.file_moves, plan.folder_moves, plan.file_copies), (vec![], vec![], vec![]));
    }
    let restored = run(false, Resolve::Skip, &eleven(), &[], &[6, 99]);
    assert_eq!((restored.file_moves.len(), restored.trouble), (1, Some(Trouble::FileUnknown)));
}

#[test]
fn the_conflict_check_names_the_sources() {
    let to = eleven();
    let transfer = Transfer {
        copy: false,
        resolve: Resolve::Skip,
        destination: Some(&to),
        folders: &[FolderId(10)],
        files: &[FileId(1), FileId(2), FileId(99)],
    };
    // 1 "x" meets 3; in folder 10 "a", which would merge with 12 "a", it is 1 again that meets 5.
    assert_eq!(clashes(&transfer, &tree()), vec![FileId(1), FileId(1)]);
    assert!(needs_subtrees(&transfer, &tree()));
}
