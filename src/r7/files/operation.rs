//! Operation records: started, finished, shown once (sheet r7/files 2.4, 3.1).

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use super::card::{File, Folder, View};
use super::ids::{self, FileId, FolderId};
use super::job::{self, DOWNLOAD, Done, Job, Run};
use super::rules::cleaning;
use super::steps;
use crate::kernel::settings::{Operations, Profile};
use crate::kernel::time::Timestamp;
use crate::r7::endpoint::Cx;
use crate::r7::error::Fault;
use crate::r7::store;
use crate::r7::store::file::FileRow;
use crate::r7::store::folder::FolderRow;
use crate::r7::store::operation::{OperationRow, Shown};

/// Finished records that nobody reads are dropped after ten minutes (sheet r7/files 3.1).
const UNREAD_MILLIS: i64 = 10 * 60 * 1000;

/// The answer of every call about operations. The order of fields is the wire's.
#[derive(Debug, Serialize, JsonSchema)]
#[expect(clippy::struct_field_names, reason = "the wire's names")]
pub(crate) struct Operation {
    id: String,
    operation: i64,
    progress: i32,
    error: String,
    /// A number as text.
    processed: String,
    finished: bool,
    /// Downloads only.
    url: Option<String>,
    files: Vec<File>,
    folders: Vec<Folder>,
}

/// A record on its way to the wire.
struct Sheet {
    id: String,
    kind: i64,
    /// In percent.
    progress: i32,
    error: String,
    processed: i64,
    finished: bool,
    /// An archive is there to be fetched.
    archive: bool,
    files: Vec<Shown<FileRow>>,
    folders: Vec<Shown<FolderRow>>,
}

impl Sheet {
    /// `None`: nobody read it for too long.
    fn of(row: OperationRow, now: Timestamp) -> Option<Self> {
        let done = row.finished.is_some();
        let progress = if done { 100 } else { steps::percent(row.started, row.ends, now) };
        if row.finished.is_some_and(|finished| finished.plus_millis(UNREAD_MILLIS) <= now) {
            return None;
        }
        Some(Self {
            id: row.id,
            kind: row.kind,
            progress,
            archive: done && row.kind == DOWNLOAD && row.error.is_empty(),
            error: row.error,
            processed: row.processed,
            finished: done,
            files: serde_json::from_str(&row.files).unwrap_or_default(),
            folders: serde_json::from_str(&row.folders).unwrap_or_default(),
        })
    }
}

/// Starts a job and answers with all operations of the caller, the new one first.
///
/// `hold`: its finished record is shown once more (`deleteAfter` was false).
pub(crate) async fn start(cx: &mut Cx<'_>, job: Job, hold: bool) -> Result<Vec<Operation>, Fault> {
    let view = View::of(cx)?;
    let id = cx.world.ids.guid();
    let asker = view.asker().clone();
    if let Operations::After(millis) = view.settings.operations {
        // What lies in the trash now, and not what is put there meanwhile.
        let job = if job == Job::EmptyTrash { job::empty_trash(cx.conn, &asker).await? } else { job };
        let span = steps::span(&job, cx.now, millis);
        let text = serde_json::to_string(&job).unwrap_or_default();
        store::operation::insert_waiting(cx.conn, id, asker.id, job.kind(), hold, span, &text).await?;
        cx.falls_due(span.due);
        return list(cx).await;
    }
    let owner = asker.id;
    let run = Run {
        id,
        asker,
        now: cx.now,
        directory: Arc::clone(&cx.directory),
        store: hold,
        list_parents: view.settings.profile == Profile::Seed,
    };
    let Done { record, files, folders, others } = job::run(cx.conn, &job, &run).await?;
    let settings = cx.files_settings()?;
    if settings.auto_clean_up && matches!(job, Job::Delete { .. }) {
        let erased = cleaning::erased_at(cx.now, settings.clean_up_gap, cx.zone());
        cx.falls_due(erased);
    }
    let mut sheets = vec![Sheet {
        id: record.id.to_string(),
        kind: record.kind,
        progress: 100,
        archive: record.kind == DOWNLOAD && record.error.is_empty(),
        error: record.error,
        processed: record.processed,
        // sheet r7/files 3.1, recommended: the seeds' picture; the next list shows it finished.
        finished: false,
        files: record.files,
        folders: record.folders,
    }];
    if others != Some(false) {
        let rows = store::operation::consume(cx.conn, owner, Some(id)).await?;
        sheets.extend(rows.into_iter().filter_map(|row| Sheet::of(row, cx.now)));
    }
    let mut known = Cards::default();
    if let Some(files) = files {
        known.files.extend(files.into_iter().map(|row| (row.id, row)));
        known.folders.extend(folders.into_iter().map(|row| (row.id, row)));
    }
    draw(cx, &view, sheets, known).await
}

/// The caller's operations; finished ones are shown for the last time.
pub(crate) async fn list(cx: &mut Cx<'_>) -> Result<Vec<Operation>, Fault> {
    let view = View::of(cx)?;
    let rows = store::operation::consume(cx.conn, view.caller.id, None).await?;
    let sheets = rows.into_iter().filter_map(|row| Sheet::of(row, cx.now)).collect();
    draw(cx, &view, sheets, Cards::default()).await
}

#[derive(Default)]
struct Cards {
    files: BTreeMap<FileId, FileRow>,
    folders: BTreeMap<FolderId, FolderRow>,
}

/// Fills in the cards. Entries that are gone since are left out (sheet r7/files 2.4); one statement, if any is needed.
async fn draw(
    cx: &mut Cx<'_>,
    view: &View<'_>,
    sheets: Vec<Sheet>,
    mut known: Cards,
) -> Result<Vec<Operation>, Fault> {
    let mut wanted: (Vec<i64>, Vec<i64>) = Default::default();
    for sheet in &sheets {
        for shown in &sheet.files {
            if let Shown::Living(id) = shown
                && !known.files.contains_key(&FileId(*id))
            {
                wanted.0.push(*id);
            }
        }
        for shown in &sheet.folders {
            if let Shown::Living(id) = shown
                && !known.folders.contains_key(&FolderId(*id))
            {
                wanted.1.push(*id);
            }
        }
    }
    if !wanted.0.is_empty() || !wanted.1.is_empty() {
        let (files, folders) =
            store::job::cards(cx.conn, &ids::json(&wanted.0), &ids::json(&wanted.1)).await?;
        known.files.extend(files.into_iter().map(|row| (row.id, row)));
        known.folders.extend(folders.into_iter().map(|row| (row.id, row)));
    }
    let drawn = sheets.into_iter().map(|sheet| Operation {
        url: sheet.archive.then(|| view.archive_url(&sheet.id)),
        id: sheet.id,
        // sheet r7/files 2.4: the seeds' samples print 0 whatever the operation was.
        operation: if view.settings.profile == Profile::Seed { 0 } else { sheet.kind },
        progress: sheet.progress,
        error: sheet.error,
        processed: sheet.processed.to_string(),
        finished: sheet.finished,
        files: sheet
            .files
            .into_iter()
            .filter_map(|shown| match shown {
                Shown::Living(id) => known.files.get(&FileId(id)).cloned(),
                Shown::Gone(row) => Some(*row),
            })
            .map(|row| File::new(row, view))
            .collect(),
        folders: sheet
            .folders
            .into_iter()
            .filter_map(|shown| match shown {
                Shown::Living(id) => known.folders.get(&FolderId(id)).cloned(),
                Shown::Gone(row) => Some(*row),
            })
            .map(|row| Folder::new(row, view))
            .collect(),
    });
    Ok(drawn.collect())
}

/// Ends the caller's waiting operations (sheet r7/files 3.1).
pub(crate) async fn terminate(cx: &mut Cx<'_>) -> Result<Vec<Operation>, Fault> {
    let caller = Arc::clone(&cx.caller()?);
    let error = crate::r7::messages::Message::Canceled.say(cx.language());
    store::operation::cancel(cx.conn, caller.id, error, cx.now).await?;
    list(cx).await
}
