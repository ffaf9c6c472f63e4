//! Documents out of a world.

use std::collections::HashMap;

use sqlx::SqliteConnection;
use uuid::Uuid;

use super::{Documents, File, Folder, Operation, Place, Section, SectionName, Version, body_of};
use crate::kernel::time::Timestamp;
use crate::r7::store::{blob, document, operation};

/// Ids of folders that people make start after this one (sheet r7/files 6, recommended ids).
pub(super) const FIRST_FOLDERS: i64 = 99;

fn guid(text: &str) -> Option<Uuid> {
    Uuid::parse_str(text).ok()
}

/// Everything, by id.
pub(crate) async fn export(conn: &mut SqliteConnection) -> Result<Documents, sqlx::Error> {
    let mut bodies: HashMap<String, Vec<u8>> = HashMap::new();
    for (hash, bytes, series) in document::blobs(conn).await? {
        let bytes = match series {
            Some(series) => blob::whole(conn, &series).await?,
            None => bytes,
        };
        bodies.insert(hash, bytes);
    }
    let body = |hash: &str| bodies.get(hash).map(|bytes| body_of(bytes)).unwrap_or_default();
    let mut versions: HashMap<i64, Vec<Version>> = HashMap::new();
    for row in document::versions(conn).await? {
        let (text, base64) = body(&row.hash);
        versions.entry(row.file_id).or_default().push(Version {
            version: row.version,
            version_group: row.version_group,
            title: Some(row.title),
            comment: row.comment,
            updated: Some(Timestamp(row.updated)),
            updated_by: guid(&row.updated_by),
            text,
            base64,
            path: None,
        });
    }
    let (last_folder, last_file) = document::last_ids(conn).await?;
    let mut out = Documents::default();
    let mut highest = (FIRST_FOLDERS, 0);
    for row in document::folders(conn).await? {
        let id = row.id.unwrap_or_default();
        highest.0 = highest.0.max(id);
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
    for row in document::files(conn).await? {
        let id = row.id.unwrap_or_default();
        highest.1 = highest.1.max(id);
        let (text, base64) = body(&row.hash);
        out.files.push(File {
            id: Some(id),
            folder: Place::Id(row.folder_id),
            title: row.title,
            version: row.version,
            version_group: row.version_group,
            comment: row.comment,
            created: Some(Timestamp(row.created)),
            created_by: guid(&row.created_by),
            updated: Some(Timestamp(row.updated)),
            updated_by: guid(&row.updated_by),
            text,
            base64,
            path: None,
            versions: versions.remove(&id).unwrap_or_default(),
        });
    }
    for row in operation::all(conn).await? {
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
        });
    }
    out.archives = super::archive::export(conn).await?;
    out.uploads = super::uploads::export(conn).await?;
    out.last_folder = (last_folder > highest.0).then_some(last_folder);
    out.last_file = (last_file > highest.1).then_some(last_file);
    Ok(out)
}
