//! Operations that take time (`--operations MS`): their items are done a part at a time, evenly over the time that the whole
//! takes, so that a poll in the middle sees some done and others not, and one that is ended then has done a part.

use std::ops::Range;
use std::sync::Arc;

use sqlx::SqliteConnection;
use uuid::Uuid;

use super::card;
use super::cleaning;
use super::ids::{FileId, FolderId};
use super::job::{self, Job, Run};
use super::moving;
use super::rules::rights::Asker;
use crate::kernel::settings::Profile;
use crate::kernel::time::Timestamp;
use crate::kernel::world::World;
use crate::r7::people::directory::People;
use crate::r7::store::operation::{self, OperationRow, Record, Shown, Span};

/// No operation has more steps than these: ten thousand items are not ten thousand transactions.
const STEPS: usize = 10;

/// How many steps a job has.
fn steps(job: &Job) -> usize {
    let items = match job {
        Job::Delete { files, folders, .. }
        | Job::Transfer { files, folders, .. }
        | Job::MarkAsRead { files, folders } => files.len() + folders.len(),
        // An archive is there when it is whole.
        Job::EmptyTrash | Job::Download { .. } | Job::Unreadable { .. } => 1,
    };
    items.clamp(1, STEPS)
}

/// The moment of a step, counted from 1.
fn moment(started: Timestamp, ends: Timestamp, step: usize, steps: usize) -> Timestamp {
    let share = (i128::from(ends.0) - i128::from(started.0)) * (step as i128) / (steps.max(1) as i128);
    started.plus_ticks(i64::try_from(share).unwrap_or(i64::MAX))
}

/// When a job that starts now and takes so long makes its steps.
pub(super) fn span(job: &Job, now: Timestamp, millis: i64) -> Span {
    let ends = now.plus_millis(millis);
    Span { started: now, due: moment(now, ends, 1, steps(job)), ends }
}

/// How far on a waiting operation is by the clock: 0 when it starts, less than 100 before it is done.
pub(super) fn percent(started: Option<Timestamp>, ends: Option<Timestamp>, now: Timestamp) -> i32 {
    let (Some(started), Some(ends)) = (started, ends) else { return 0 };
    if now <= started {
        return 0;
    }
    let (gone, whole) =
        (i128::from(now.0) - i128::from(started.0), i128::from(ends.0) - i128::from(started.0));
    i32::try_from(gone * 100 / whole.max(1)).unwrap_or(99).clamp(1, 99)
}

/// The items of one step, which counts from 0: all of the job's in the order in which it takes them.
fn part(job: &Job, step: usize, steps: usize) -> Job {
    let cut = |files: &[FileId], folders: &[FolderId], folders_first: bool| {
        let items = files.len() + folders.len();
        let range = items * step / steps..items * (step + 1) / steps;
        let within = |before: usize, length: usize| -> Range<usize> {
            range.start.clamp(before, before + length) - before
                ..range.end.clamp(before, before + length) - before
        };
        let (files_at, folders_at) = if folders_first { (folders.len(), 0) } else { (0, files.len()) };
        let files = files.get(within(files_at, files.len())).unwrap_or_default().to_vec();
        let folders = folders.get(within(folders_at, folders.len())).unwrap_or_default().to_vec();
        (files, folders)
    };
    match job {
        // sheet r7/files 3.1: files before folders in delete, folders before files in move and copy.
        Job::Delete { files, folders, immediately } => {
            let (files, folders) = cut(files, folders, false);
            Job::Delete { files, folders, immediately: *immediately }
        }
        Job::MarkAsRead { files, folders } => {
            let (files, folders) = cut(files, folders, false);
            Job::MarkAsRead { files, folders }
        }
        Job::Transfer { copy, files, folders, destination, resolve } => {
            let (files, folders) = cut(files, folders, true);
            Job::Transfer { copy: *copy, files, folders, destination: *destination, resolve: *resolve }
        }
        whole => whole.clone(),
    }
}

/// Makes the steps that fell due by `now` and cleans trashes, in the order of their moments; each acts as of its moment.
///
/// Gives the moment of the next that still waits.
pub(crate) async fn run_due(
    conn: &mut SqliteConnection,
    world: &World,
    now: Timestamp,
) -> Result<Option<Timestamp>, sqlx::Error> {
    let directory = world.part::<People>().get(conn, &world.settings).await?;
    while let Some(row) = operation::due(conn, now).await? {
        let moment = row.due.unwrap_or(now);
        cleaning::clean(conn, &directory, moment).await?;
        let owner = Uuid::parse_str(&row.owner_id).unwrap_or_default();
        let run = Run {
            id: Uuid::parse_str(&row.id).unwrap_or_default(),
            asker: directory
                .user(owner)
                .map_or_else(|| Asker::stranger(owner), |user| card::asker(user, &directory)),
            now: moment,
            directory: Arc::clone(&directory),
            store: false,
            list_parents: world.settings.profile == Profile::Seed,
        };
        advance(conn, &row, &run).await?;
    }
    cleaning::clean(conn, &directory, now).await?;
    next_due(conn, world).await
}

/// When the next step of an operation, or the next cleaning of a trash, falls due.
pub(crate) async fn next_due(
    conn: &mut SqliteConnection,
    world: &World,
) -> Result<Option<Timestamp>, sqlx::Error> {
    let directory = world.part::<People>().get(conn, &world.settings).await?;
    let cleaning = cleaning::next_due(conn, &directory).await?;
    Ok(operation::next_due(conn).await?.into_iter().chain(cleaning).min())
}

/// Makes one step of an operation, the last of which ends it.
async fn advance(conn: &mut SqliteConnection, row: &OperationRow, run: &Run) -> Result<(), sqlx::Error> {
    let job = row.job.as_deref().and_then(|text| serde_json::from_str(text).ok());
    // A job that cannot be read is none of ours; it ends as one that did nothing.
    let job = job.unwrap_or(Job::MarkAsRead { files: Vec::new(), folders: Vec::new() });
    let steps = if row.started.is_some() { steps(&job) } else { 1 };
    let step = usize::try_from(row.steps).unwrap_or_default();
    // What stands against the whole is looked for before its first item, and ends it there.
    let refused = steps > 1 && step == 0 && moving::is_refused(conn, &job, &run.asker).await?;
    let done = if refused || steps == 1 {
        job::run(conn, &job, run).await?
    } else {
        job::run(conn, &part(&job, step, steps), run).await?
    };
    let record = joined(row, done.record, matches!(job, Job::Transfer { .. }));
    let ends = row.ends.filter(|_| !refused && step + 1 < steps);
    match (row.started, ends) {
        (Some(started), Some(ends)) => {
            operation::step(conn, &record, moment(started, ends, step + 2, steps)).await
        }
        _ => operation::finish(conn, &record, row.hold).await,
    }
}

/// What the steps before have done, and this one; only the last error survives (sheet r7/files 2.4).
fn joined(row: &OperationRow, done: Record, by_id: bool) -> Record {
    let mut record = Record { kind: row.kind, processed: row.processed + done.processed, ..done };
    if record.error.is_empty() {
        record.error.clone_from(&row.error);
    }
    record.files = union(&row.files, record.files, by_id);
    record.folders = union(&row.folders, record.folders, by_id);
    record
}

fn union<Row: PartialEq + serde::de::DeserializeOwned>(
    before: &str,
    now: Vec<Shown<Row>>,
    by_id: bool,
) -> Vec<Shown<Row>> {
    let mut all: Vec<Shown<Row>> = serde_json::from_str(before).unwrap_or_default();
    for shown in now {
        if !all.contains(&shown) {
            all.push(shown);
        }
    }
    if by_id {
        all.sort_by_key(|shown| if let Shown::Living(id) = shown { *id } else { i64::MAX });
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delete(files: i64, folders: i64) -> Job {
        Job::Delete {
            files: (1..=files).map(FileId).collect(),
            folders: (1..=folders).map(FolderId).collect(),
            immediately: false,
        }
    }

    #[test]
    fn every_item_is_done_in_one_step_and_in_order() {
        for (files, folders) in [(0, 0), (1, 0), (3, 4), (7, 0), (0, 11), (25, 8), (1000, 1)] {
            let job = delete(files, folders);
            let steps = steps(&job);
            let (mut seen_files, mut seen_folders) = (Vec::new(), Vec::new());
            for step in 0..steps {
                let Job::Delete { files, folders, .. } = part(&job, step, steps) else { panic!("a delete") };
                assert!(seen_folders.is_empty() || files.is_empty(), "files come first");
                seen_files.extend(files);
                seen_folders.extend(folders);
            }
            assert_eq!(Job::Delete { files: seen_files, folders: seen_folders, immediately: false }, job);
        }
    }

    #[test]
    fn steps_are_spread_over_the_time_and_the_last_is_its_end() {
        let start = Timestamp(1_000_000);
        let span = span(&delete(4, 0), start, 1000);
        assert_eq!((span.due, span.ends), (start.plus_millis(250), start.plus_millis(1000)));
        assert_eq!(moment(start, span.ends, 4, 4), span.ends);
    }

    #[test]
    fn progress_is_the_share_of_the_time_and_is_100_only_when_done() {
        let (start, end) = (Timestamp(0), Timestamp(0).plus_millis(1000));
        let at = |millis| percent(Some(start), Some(end), start.plus_millis(millis));
        assert_eq!([at(0), at(1), at(500), at(999), at(1000), at(5000)], [0, 1, 50, 99, 99, 99]);
        assert_eq!(percent(None, None, end), 0);
    }
}
