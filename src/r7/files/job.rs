//! File operations carried out: what is read, what the rules decide, what is written (sheet r7/files 3).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;

use super::guarded;
use super::ids::{self, FileId, FolderId};
use super::moving;
use super::rules::rights::{Asker, Right, Section};
use super::rules::transfer::Resolve;
use super::rules::trash::{self, Doomed, Fate};
use super::trouble::kept;
use crate::kernel::settings::Language;
use crate::kernel::time::Timestamp;
use crate::r7::messages::Message;
use crate::r7::people::directory::Directory;
use crate::r7::store::file::FileRow;
use crate::r7::store::folder::{FolderRow, Named};
use crate::r7::store::job::{self, Deletions, Loaded};
use crate::r7::store::mark;
use crate::r7::store::operation::{Record, Shown};

/// What an operation is to do; stored as JSON while it waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "camelCase", deny_unknown_fields)]
pub(crate) enum Job {
    #[serde(rename_all = "camelCase")]
    Delete { files: Vec<FileId>, folders: Vec<FolderId>, immediately: bool },
    /// All that lies in the trash when it runs.
    EmptyTrash,
    #[serde(rename_all = "camelCase")]
    Transfer {
        copy: bool,
        files: Vec<FileId>,
        folders: Vec<FolderId>,
        /// `None`: it was none that could exist.
        destination: Option<Target>,
        resolve: ResolveWord,
    },
    #[serde(rename_all = "camelCase")]
    MarkAsRead { files: Vec<FileId>, folders: Vec<FolderId> },
    /// An archive of all that can be read of these.
    #[serde(rename_all = "camelCase")]
    Download { files: Vec<FileId>, folders: Vec<FolderId> },
    /// An id that is no number: the whole job ends (sheet r7/files 3.1).
    #[serde(rename_all = "camelCase")]
    Unreadable { id: String, kind: i64 },
}

/// Number of a bulk download among the `FileOperationType`s.
pub(crate) const DOWNLOAD: i64 = 3;

/// Where to: an id or a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Target {
    Id(FolderId),
    Section(i64),
}

/// [`Resolve`] as stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum ResolveWord {
    Skip,
    Overwrite,
    Duplicate,
}

impl From<Target> for Named {
    fn from(target: Target) -> Self {
        match target {
            Target::Id(id) => Self::Id(id),
            Target::Section(kind) => Self::Section(kind),
        }
    }
}

impl From<ResolveWord> for Resolve {
    fn from(word: ResolveWord) -> Self {
        match word {
            ResolveWord::Skip => Self::Skip,
            ResolveWord::Overwrite => Self::Overwrite,
            ResolveWord::Duplicate => Self::Duplicate,
        }
    }
}

impl Job {
    /// Number of its `FileOperationType` (sheet r7/files 2.10).
    pub(crate) fn kind(&self) -> i64 {
        match self {
            Self::Transfer { copy: false, .. } => 0,
            Self::Transfer { copy: true, .. } => 1,
            Self::Delete { .. } | Self::EmptyTrash => 2,
            Self::Download { .. } => DOWNLOAD,
            Self::MarkAsRead { .. } => 4,
            Self::Unreadable { kind, .. } => *kind,
        }
    }
}

/// Who runs a job, when, and how its record is kept.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    pub(crate) id: uuid::Uuid,
    pub(crate) asker: Asker,
    pub(crate) now: Timestamp,
    /// Everybody, for whom what is moved or copied may be new; and the portal's language and zone.
    pub(crate) directory: Arc<Directory>,
    /// Whether the finished record is stored along with the work.
    pub(crate) store: bool,
    /// Seed profile: a deleted file's folder is listed beside it, as the seeds' sample has both.
    pub(crate) list_parents: bool,
}

/// What came of a job.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) record: Record,
    /// Cards of the record, where they are known already.
    pub(crate) files: Option<Vec<FileRow>>,
    /// See `files`.
    pub(crate) folders: Vec<FolderRow>,
    /// Whether the person has older operations that are to be shown; `None`: not looked up.
    pub(crate) others: Option<bool>,
}

impl Run {
    pub(crate) fn language(&self) -> Language {
        self.directory.portal.language
    }

    /// The portal's, for the archive's name and the times in it.
    pub(crate) fn zone(&self) -> &TimeZone {
        &self.directory.portal.zone
    }

    pub(super) fn say(&self, message: Message) -> String {
        message.say(self.language()).to_owned()
    }

    fn record(&self, kind: i64) -> Record {
        Record {
            id: self.id,
            owner: self.asker.id,
            kind,
            finished: self.now,
            error: String::new(),
            processed: 0,
            files: Vec::new(),
            folders: Vec::new(),
        }
    }
}

/// The caller's trash as a deletion: whatever is restored before its turn comes goes back there, and is not erased.
pub(crate) async fn empty_trash(conn: &mut SqliteConnection, asker: &Asker) -> Result<Job, sqlx::Error> {
    let (files, folders) = job::trashed(conn, asker.id).await?;
    Ok(Job::Delete {
        files: serde_json::from_str(&files).unwrap_or_default(),
        folders: serde_json::from_str(&folders).unwrap_or_default(),
        immediately: false,
    })
}

/// Carries a job out.
pub(crate) async fn run(conn: &mut SqliteConnection, job: &Job, run: &Run) -> Result<Done, sqlx::Error> {
    let mut record = run.record(job.kind());
    match job {
        Job::Delete { files, folders, immediately } => {
            delete(conn, files, folders, *immediately, run, record).await
        }
        Job::EmptyTrash => {
            let (files, folders) = job::trashed(conn, run.asker.id).await?;
            let files: Vec<_> = serde_json::from_str(&files).unwrap_or_default();
            let folders: Vec<_> = serde_json::from_str(&folders).unwrap_or_default();
            delete(conn, &files, &folders, true, run, record).await
        }
        Job::Transfer { .. } => moving::run(conn, job, run, record).await,
        Job::MarkAsRead { files, folders } => {
            let (files, folders) = (ids::json(files), ids::json(folders));
            mark::read(conn, run.asker.id, &files, &folders).await?;
            let (mut files, mut folders) = job::cards(conn, &files, &folders).await?;
            // The record has cards: nobody is shown what he may not see.
            files.retain(|row| row.right(&run.asker).reads());
            folders.retain(|row| row.right(&run.asker).reads());
            record.processed = count(files.len() + folders.len());
            record.files = files.iter().map(|row| Shown::Living(row.id.0)).collect();
            record.folders = folders.iter().map(|row| Shown::Living(row.id.0)).collect();
            keep(conn, run, &record).await?;
            Ok(Done { record, files: Some(files), folders, others: None })
        }
        Job::Download { files, folders } => {
            match super::archive::make(conn, &unique(files), &unique(folders), run).await? {
                Ok(entries) => record.processed = count(entries),
                Err(message) => record.error = run.say(message),
            }
            keep(conn, run, &record).await?;
            Ok(Done { record, files: Some(Vec::new()), folders: Vec::new(), others: None })
        }
        Job::Unreadable { id, .. } => {
            record.error = format!("Can not convert id: {id}");
            keep(conn, run, &record).await?;
            Ok(Done { record, files: Some(Vec::new()), folders: Vec::new(), others: None })
        }
    }
}

async fn keep(conn: &mut SqliteConnection, run: &Run, record: &Record) -> Result<(), sqlx::Error> {
    if run.store {
        crate::r7::store::operation::insert_finished(conn, record).await?;
    }
    Ok(())
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The list without repetitions, in order.
pub(super) fn unique<T: Copy + Ord>(ids: &[T]) -> Vec<T> {
    let mut seen = BTreeSet::new();
    ids.iter().copied().filter(|id| seen.insert(*id)).collect()
}

fn doomed(right: Right, is_root: bool, root_kind: i64) -> Doomed {
    Doomed { right, is_root, trashed: root_kind == Section::Trash.kind() }
}

/// What keeps a folder with an open file. Erasing goes file by file, and says so of the file.
fn held_open(fate: Fate) -> Message {
    if fate == Fate::Erased { Message::EditedFileDeleted } else { Message::EditedFolderDeleted }
}

async fn delete(
    conn: &mut SqliteConnection,
    files: &[FileId],
    folders: &[FolderId],
    immediately: bool,
    run: &Run,
    mut record: Record,
) -> Result<Done, sqlx::Error> {
    let (file_ids, folder_ids) = (unique(files), unique(folders));
    let (file_list, folder_list) = (ids::json(&file_ids), ids::json(&folder_ids));
    let loaded = job::load(conn, &file_list, &folder_list, run.asker.id, None, run.now).await?;
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    let Loaded { trash, operations, edited, .. } = loaded;
    let known_files: BTreeMap<FileId, FileRow> = loaded.files.into_iter().map(|row| (row.id, row)).collect();
    let known_folders: BTreeMap<FolderId, (FolderRow, Vec<FolderId>)> =
        loaded.folders.into_iter().map(|(row, path)| (row.id, (row, path))).collect();
    let Some(trash) = trash else {
        // Somebody without a trash of their own cannot delete either.
        record.error = run.say(Message::NoRightToDeleteFile);
        return Ok(Done { record, files: Some(files), folders, others: None });
    };
    let (mut trash_files, mut erase_files) = (Vec::new(), Vec::new());
    let (mut trash_folders, mut erase_folders) = (Vec::<FolderId>::new(), Vec::<FolderId>::new());
    let mut parents = BTreeSet::new();
    // sheet r7/files 3.1: files are handled before folders; a failing item does not stop the rest.
    for id in file_ids {
        let found = known_files.get(&id);
        let fate =
            trash::delete(found.map(|row| doomed(row.right(&run.asker), false, row.root_kind)), immediately);
        let (Ok(fate), Some(row)) = (fate, found) else {
            record.error = run.say(kept(fate, Message::FileNotFound, Message::NoRightToDeleteFile));
            continue;
        };
        // sheet r7/files 3.2: a file that somebody has open is not deleted.
        if row.marks.is_edited(run.now) {
            record.error = run.say(Message::EditedFileDeleted);
            continue;
        }
        parents.insert(row.folder_id);
        let mut row = row.clone();
        if fate == Fate::Trashed {
            trash_files.push(id);
            row.folder_id = trash.id;
            (row.updated, row.updated_by) = (run.now, run.asker.id.to_string());
            (row.root_id, row.root_kind, row.root_owner) = (trash.id, trash.kind, trash.root_owner.clone());
            record.files.push(Shown::Living(id.0));
        } else {
            erase_files.push(id);
            record.files.push(Shown::Gone(Box::new(row.clone())));
        }
        record.processed += 1;
        files.push(row);
    }
    let guarded = guarded::below(conn, known_folders.values().map(|(row, _)| row), &run.asker).await?;
    for id in folder_ids {
        // What an earlier folder of this job took along: gone with it, or in the trash by now.
        let above = known_folders.get(&id).map(|(_, path)| path.as_slice()).unwrap_or_default();
        let found = known_folders
            .get(&id)
            .map(|(row, _)| row)
            .filter(|_| !above.iter().any(|folder| erase_folders.contains(folder)));
        let in_trash = above.iter().any(|folder| trash_folders.contains(folder));
        let fate = trash::delete(
            found.map(|row| doomed(row.right(&run.asker), row.parent_id.is_none(), row.root_kind)),
            immediately || in_trash,
        );
        let (Ok(fate), Some(row)) = (fate, found) else {
            record.error = run.say(kept(fate, Message::FolderNotFound, Message::NoRightToDeleteFolder));
            continue;
        };
        // sheet r7/files 3.3: one file that somebody has open keeps the whole folder where it is.
        if edited.contains(&id) {
            record.error = run.say(held_open(fate));
            continue;
        }
        if let Some((message, erased)) = guarded::withheld(&guarded, id, fate) {
            record.error = run.say(message);
            record.processed += count(erased.files.len() + erased.folders.len());
            erase_files.extend(erased.files);
            erase_folders.extend(erased.folders);
            continue;
        }
        let mut row = row.clone();
        if fate == Fate::Trashed {
            trash_folders.push(id);
            record.processed += 1;
            row.parent_id = Some(trash.id);
            (row.updated, row.updated_by) = (run.now, run.asker.id.to_string());
            (row.root_id, row.root_kind, row.root_owner) = (trash.id, trash.kind, trash.root_owner.clone());
            record.folders.push(Shown::Living(id.0));
        } else {
            erase_folders.push(id);
            // sheet r7/files 3.1: erasing walks into the folder, so all that was in it counts.
            record.processed += 1 + row.files_total + row.folders_total;
            record.folders.push(Shown::Gone(Box::new(row.clone())));
        }
        folders.push(row);
    }
    let mut known = true;
    if run.list_parents && folders.is_empty() {
        record.folders.extend(parents.iter().map(|id| Shown::Living(id.0)));
        known = parents.is_empty();
    }
    let deletions = Deletions {
        trash_files: ids::json(&trash_files),
        trash_folders: ids::json(&trash_folders),
        erase_files: ids::json(&erase_files),
        erase_folders: ids::json(&erase_folders),
    };
    let stored = run.store.then_some(&record);
    job::delete(conn, &deletions, trash.id, run.asker.id, run.now, stored).await?;
    Ok(Done { record, files: known.then_some(files), folders, others: Some(operations) })
}
