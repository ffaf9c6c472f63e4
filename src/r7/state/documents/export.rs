//! Documents out of a world.

use serde_json::value::RawValue;
use sqlx::SqliteConnection;
use uuid::Uuid;

use super::{Documents, Folder, Operation, Place, Section, SectionName};
use crate::kernel::time::Timestamp;
use crate::r7::store::document;

/// Ids of folders that people make start after this one (sheet r7/files 6, recommended ids).
pub(super) const FIRST_FOLDERS: i64 = 99;

pub(super) fn guid(text: &str) -> Option<Uuid> {
    Uuid::parse_str(text).ok()
}

/// Everything, by id, around the files, which [`super::files::export`] gave beside `last`, the highest id of them.
pub(crate) async fn export<'a>(
    conn: &mut SqliteConnection,
    files: &'a RawValue,
    last: i64,
) -> Result<Documents<'a>, sqlx::Error> {
    let (last_folder, last_file) = document::last_ids(conn).await?;
    let mut out = Documents { files: Some(files), ..Documents::default() };
    let mut highest = FIRST_FOLDERS;
    for row in document::folders(conn).await? {
        let id = row.id.unwrap_or_default();
        highest = highest.max(id);
        let (created, updated) = (Some(Timestamp(row.created)), Some(Timestamp(row.updated)));
        let (created_by, updated_by) = (guid(&row.created_by), guid(&row.updated_by));
        match row.parent_id {
            None => out.sections.push(Section {
                id,
                section: SectionName::of(row.kind),
                owner: row.owner_id.as_deref().and_then(guid),
                bunch: row.bunch,
                created,
                created_by,
                updated,
                updated_by,
            }),
            Some(parent) => out.folders.push(Folder {
                id: Some(id),
                parent: Place::Id(parent),
                title: row.title,
                created,
                created_by,
                updated,
                updated_by,
            }),
        }
    }
    for row in document::operations(conn).await? {
        out.operations.push(Operation {
            id: guid(&row.id).unwrap_or_default(),
            owner: guid(&row.owner_id).unwrap_or_default(),
            kind: row.kind,
            hold: row.hold,
            due: row.due,
            finished: row.finished,
            job: row.job.as_deref().and_then(|text| serde_json::from_str(text).ok()),
            error: row.error,
            processed: row.processed,
            files: serde_json::from_str(&row.files).unwrap_or_default(),
            folders: serde_json::from_str(&row.folders).unwrap_or_default(),
            started: row.started,
            ends: row.ends,
            steps: row.steps,
        });
    }
    out.archives = super::archive::export(conn).await?;
    out.uploads = super::uploads::export(conn).await?;
    out.last_folder = (last_folder > highest).then_some(last_folder);
    out.last_file = (last_file > last).then_some(last_file);
    Ok(out)
}
