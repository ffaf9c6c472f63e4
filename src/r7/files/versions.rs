//! Versions of a file: going back to one, closing and merging them (sheet r7/files 5.6).

use schemars::JsonSchema;
use serde::Deserialize;

use super::card::{File, View};
use super::file::visible;
use super::ids::FileId;
use super::rules::titles;
use super::rules::versions::{self, Change, Numbered};
use super::unread::News;
use crate::kernel::db::Access;
use crate::r7::bind::EntryId;
use crate::r7::dates;
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::{Fault, Text};
use crate::r7::messages::Message;
use crate::r7::store;
use crate::r7::store::file::{FileRow, Insert};

/// A file whose versions the caller may change; what lies in the trash cannot be edited either (sheet r7/files 3.2).
pub(super) async fn editable(cx: &mut Cx<'_>, view: &View<'_>, id: FileId) -> Result<FileRow, Fault> {
    let refused = || Fault::Security(Message::NoRightToEditFile.into());
    match visible(cx, view, id).await {
        Ok((row, right)) if right.edits() => Ok(row),
        // sheet r7/files 8: unlike elsewhere, a file that is not there is a failure.
        Err(Fault::InvalidOperation(Text::Known(Message::FileNotFound))) => Err(missing()),
        Ok(_) | Err(Fault::InvalidOperation(_)) => Err(refused()),
        Err(other) => Err(other),
    }
}

fn missing() -> Fault {
    Fault::Failure(Message::FileNotFound.into())
}

/// Makes the bytes of a version the next one, whether or not it is the last already (sheet r7/files 10.18).
/// `group_step` as in [`store::file::add_version`].
pub(super) async fn restore(
    cx: &mut Cx<'_>,
    view: &View<'_>,
    row: FileRow,
    version: i64,
    group_step: i64,
) -> Result<FileRow, Fault> {
    if row.marks.is_edited(cx.now) {
        return Err(Fault::Failure(Message::EditedFileUpdated.into()));
    }
    let from = if version >= row.version {
        row.clone()
    } else {
        let old = store::file::version(cx.conn, row.id, version).await?.ok_or_else(missing)?;
        row.clone().back_to(old)
    };
    let (by, now) = (view.caller.id, cx.now);
    let day = dates::print_general(from.updated, view.zone(), view.language());
    let comment = Message::CommentRestored.say(view.language()).replace("{0}", &day);
    let title = titles::with_extension(&row.title, &titles::extension(&from.title));
    let insert = Insert {
        folder: row.folder_id,
        title: &title,
        title_key: &titles::key(&title),
        sort_key: &titles::sort_key(&title),
        comment: Some(&comment),
        hash: &from.hash,
        bytes: None,
        size: from.size,
        by,
        now,
    };
    store::file::add_version(cx.conn, row.id, &insert, group_step).await?;
    let row = FileRow {
        version: row.version + 1,
        version_group: row.version_group + group_step,
        comment: Some(comment),
        title,
        hash: from.hash,
        size: from.size,
        updated: now,
        updated_by: by.to_string(),
        ..row
    };
    News { directory: view.directory(), author: by, now }.of_file(cx.conn, &row).await?;
    Ok(row)
}

/// `PUT files/file/{fileId}/history`: closes a version, or with `continueVersion` merges it with what follows. Without a
/// version it is the last. Answers with the history, newest first.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(default)]
pub(crate) struct ChangeHistory {
    fileid: EntryId,
    version: i32,
    continueversion: bool,
}

impl Endpoint for ChangeHistory {
    const ACCESS: Access = Access::Write;
    type Out = Vec<File>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Vec<File>, Fault> {
        let id = super::file::named(&self.fileid)?;
        let view = View::of(cx)?;
        let row = editable(cx, &view, id).await?;
        let earlier = if row.version > 1 { store::file::versions(cx.conn, id).await? } else { Vec::new() };
        let mut history = vec![row.clone()];
        history.extend(earlier.into_iter().map(|old| row.clone().back_to(old)));
        let numbers: Vec<_> =
            history.iter().map(|row| Numbered { version: row.version, group: row.version_group }).collect();
        let change = versions::change(&numbers, i64::from(self.version), self.continueversion);
        match change.ok_or_else(missing)? {
            Change::None => {}
            Change::Copy => {
                let version = row.version;
                history.insert(0, restore(cx, &view, row, version, 1).await?);
            }
            Change::Shift(shift) => {
                store::file::shift_groups(cx.conn, id, shift.above, shift.over, shift.by).await?;
                for row in &mut history {
                    row.version_group = shift.moved(row.version, row.version_group);
                }
            }
        }
        Ok(history.into_iter().map(|row| File::new(row, &view)).collect())
    }
}
