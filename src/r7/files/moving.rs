//! Moves and copies: what is read, what the rules decide, what is written, who hears of it (sheet r7/files 4).

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use sqlx::SqliteConnection;

use super::ids::{self, FileId, FolderId};
use super::job::{Done, Job, Run, Target, unique};
use super::rules::rights::{Asker, Section};
use super::rules::titles;
use super::rules::transfer::{self, Destination, FileNode, FolderNode, Place, Plan, Resolve, Transfer, Tree};
use super::trouble::message;
use super::unread::News;
use crate::kernel::time::Timestamp;
use crate::r7::messages::Message;
use crate::r7::store::file::FileRow;
use crate::r7::store::folder::{FolderRow, Named};
use crate::r7::store::job::{self, Moves};
use crate::r7::store::operation::{Record, Shown};

/// Whether something stands against a move or copy as a whole.
pub(super) async fn is_refused(
    conn: &mut SqliteConnection,
    job: &Job,
    asker: &Asker,
) -> Result<bool, sqlx::Error> {
    let Job::Transfer { copy, files, folders, destination, resolve } = job else { return Ok(false) };
    // Who edits what refuses single files, never the whole: at the end of time nobody edits anything.
    let never = Timestamp(i64::MAX);
    let (tree, destination, _) = survey(conn, files, folders, *destination, *copy, asker, never).await?;
    let (resolve, destination) = ((*resolve).into(), destination.as_ref());
    let wish = Transfer { copy: *copy, resolve, destination, folders, files };
    Ok(transfer::refused(&wish, &tree).is_some())
}

fn file_node(row: &FileRow, asker: &Asker, now: Timestamp) -> FileNode {
    FileNode {
        id: row.id,
        folder: row.folder_id,
        key: titles::key(&row.title),
        right: row.right(asker),
        trashed: row.root_kind == Section::Trash.kind(),
        edited: row.marks.is_edited(now),
    }
}

fn folder_node(row: &FolderRow, asker: &Asker) -> FolderNode {
    FolderNode {
        id: row.id,
        parent: row.parent_id,
        key: titles::key(&row.title),
        right: row.right(asker),
        trashed: row.root_kind == Section::Trash.kind(),
    }
}

/// The tree that a transfer is planned on, and its destination.
pub(super) async fn survey(
    conn: &mut SqliteConnection,
    files: &[FileId],
    folders: &[FolderId],
    destination: Option<Target>,
    copy: bool,
    asker: &Asker,
    now: Timestamp,
) -> Result<(Tree, Option<Destination>, bool), sqlx::Error> {
    // Without a destination no folder has this id.
    let named = destination.map_or(Named::Id(FolderId(0)), Named::from);
    let loaded = job::load(conn, &ids::json(files), &ids::json(folders), asker.id, Some(named), now).await?;
    let mut tree = Tree::default();
    for row in loaded.files.iter().chain(&loaded.file_clashes) {
        tree.add_file(file_node(row, asker, now));
    }
    for row in loaded.folders.iter().map(|(row, _)| row).chain(&loaded.folder_clashes) {
        tree.add_folder(folder_node(row, asker));
    }
    let destination =
        loaded.destination.map(|(row, path)| Destination { id: row.id, right: row.right(asker), path });
    let wish = Transfer { copy, resolve: Resolve::Skip, destination: destination.as_ref(), folders, files };
    if transfer::refused(&wish, &tree).is_none() && transfer::needs_subtrees(&wish, &tree) {
        let tops: Vec<FolderId> =
            tree.folders.values().filter(|node| node.parent.is_some()).map(|node| node.id).collect();
        let (below, inside) = job::below(conn, &ids::json(&tops)).await?;
        for row in &below {
            tree.add_folder(folder_node(row, asker));
        }
        for row in &inside {
            tree.add_file(file_node(row, asker, now));
        }
    }
    Ok((tree, destination, loaded.operations))
}

/// Moves or copies, as the rules decide.
pub(super) async fn run(
    conn: &mut SqliteConnection,
    job: &Job,
    run: &Run,
    mut record: Record,
) -> Result<Done, sqlx::Error> {
    let Job::Transfer { copy, files, folders, destination, resolve } = job else {
        return Ok(Done { record, files: None, folders: Vec::new(), others: None });
    };
    let (files, folders) = (unique(files), unique(folders));
    let (tree, destination, operations) =
        survey(conn, &files, &folders, *destination, *copy, &run.asker, run.now).await?;
    let wish = Transfer {
        copy: *copy,
        resolve: (*resolve).into(),
        destination: destination.as_ref(),
        folders: &folders,
        files: &files,
    };
    let plan = transfer::plan(&wish, tree);
    let top = destination.map(|destination| destination.id);
    record.processed = plan.processed;
    if let Some(trouble) = plan.trouble {
        record.error = run.say(message(trouble));
    }
    let mut shown_files = plan.shown_files.clone();
    let mut shown_folders = plan.shown_folders.clone();
    let mut news = carry_out(conn, &plan, run, top, &mut shown_files, &mut shown_folders).await?;
    for emptied in &plan.emptied {
        shown_folders.remove(emptied);
    }
    record.files = shown_files.iter().map(|id| Shown::Living(id.0)).collect();
    record.folders = shown_folders.iter().map(|id| Shown::Living(id.0)).collect();
    // The last place of each entry; one that was listed twice over may have been moved twice.
    let file_moves: BTreeMap<_, _> = plan.file_moves.iter().copied().collect();
    let folder_moves: BTreeMap<_, _> = plan.folder_moves.iter().copied().collect();
    let moves = Moves {
        files: ids::json(&file_moves.into_iter().collect::<Vec<_>>()),
        folders: ids::json(&folder_moves.into_iter().collect::<Vec<_>>()),
        emptied: ids::json(&plan.emptied),
    };
    job::transfer(conn, &moves, run.asker.id, run.now, run.store.then_some(&record)).await?;
    // Upstream (`FileMoveCopyOperation`): what now lies right in the destination, and what was overwritten anywhere.
    news.files.extend(plan.file_moves.iter().filter(|(_, to)| Some(*to) == top).map(|(id, _)| *id));
    news.folders.extend(plan.folder_moves.iter().filter(|(_, to)| Some(*to) == top).map(|(id, _)| *id));
    news.folders.extend(&plan.merged);
    if news.files.is_empty() && news.folders.is_empty() {
        return Ok(Done { record, files: None, folders: Vec::new(), others: Some(operations) });
    }
    // The record's cards and those of the news in one look, as they are now.
    let (file_ids, folder_ids) = (json(&shown_files | &news.files), json(&shown_folders | &news.folders));
    let (files, folders) = job::cards(conn, &file_ids, &folder_ids).await?;
    let to_all = News { directory: &run.directory, author: run.asker.id, now: run.now };
    let told_files = files.iter().filter(|row| news.files.contains(&row.id));
    to_all.of_entries(conn, told_files, folders.iter().filter(|row| news.folders.contains(&row.id))).await?;
    Ok(Done { record, files: Some(files), folders, others: Some(operations) })
}

fn json<T: Serialize + Ord>(ids: BTreeSet<T>) -> String {
    ids::json(&ids.into_iter().collect::<Vec<_>>())
}

/// What is new where it lies.
#[derive(Debug, Default)]
struct Arrivals {
    files: BTreeSet<FileId>,
    folders: BTreeSet<FolderId>,
}

/// The parts of a plan that make something new: overwrites, new folders, copies. Gives what others are to hear of; `top`
/// is the destination.
async fn carry_out(
    conn: &mut SqliteConnection,
    plan: &Plan,
    run: &Run,
    top: Option<FolderId>,
    shown_files: &mut BTreeSet<FileId>,
    shown_folders: &mut BTreeSet<FolderId>,
) -> Result<Arrivals, sqlx::Error> {
    let (by, now) = (run.asker.id, run.now);
    let mut news = Arrivals::default();
    for (target, source) in &plan.overwrites {
        let comment = Message::CommentOverwritten.say(run.language());
        job::overwrite(conn, *target, *source, comment, by, now).await?;
        news.files.insert(*target);
    }
    if !plan.spent.is_empty() {
        super::erase(conn, &plan.spent).await?;
    }
    let mut made = Vec::new();
    let place = |made: &[FolderId], place: Place| match place {
        Place::Known(id) => Some(id),
        Place::New(index) => made.get(index).copied(),
    };
    for (source, to) in &plan.new_folders {
        let Some(parent) = place(&made, *to) else { continue };
        let id = job::copy_folder(conn, *source, parent, by, now).await?;
        if let Place::Known(to) = to {
            shown_folders.insert(id);
            news.folders.extend((Some(*to) == top).then_some(id));
        }
        made.push(id);
    }
    if !plan.file_copies.is_empty() {
        let pairs: Vec<(FileId, FolderId)> =
            plan.file_copies.iter().filter_map(|(id, to)| Some((*id, place(&made, *to)?))).collect();
        let comment = Message::CommentCopied.say(run.language());
        let copies = job::copy_files(conn, &ids::json(&pairs), comment, by, now).await?;
        // sheet r7/files 4: originals and copies both; nested ones are not listed.
        for ((source, to), copy) in plan.file_copies.iter().zip(copies) {
            if shown_files.contains(source) {
                shown_files.insert(copy);
            }
            if top.is_some_and(|top| *to == Place::Known(top)) {
                news.files.insert(copy);
            }
        }
    }
    Ok(news)
}
