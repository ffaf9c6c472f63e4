//! Files in and out of state documents. A document may hold a million of them, so they go by in batches: what is held at
//! a time does not grow with their number but for their ids.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::value::RawValue;
use sqlx::SqliteConnection;

use super::export::guid;
use super::import::Importer;
use super::{File, Place, Version, body_of};
use crate::kernel::bulk::Bulk;
use crate::kernel::state::{StateError, decode, elements};
use crate::kernel::time::Timestamp;
use crate::r7::files::hash;
use crate::r7::files::rules::titles;
use crate::r7::store::blob;
use crate::r7::store::document::{self, BATCH, FileIn, VersionIn};

/// Bodies up to this size are stored many at a time.
const SMALL: usize = 4096;

/// From so many files on, indexes and counts are made once at the end instead of row by row.
const MANY: usize = 5000;

/// Tables whose indexes wait, and the triggers whose work is then done at one go by [`document::count_files`].
const TABLES: &[&str] = &["r7_file", "r7_file_version"];
const TRIGGERS: &[&str] = &["r7_file_added"];

/// Adds files, in order, to folders that are there; those without an id follow those that have one.
pub(super) async fn import(
    conn: &mut SqliteConnection,
    files: Option<&RawValue>,
    importer: &Importer<'_>,
) -> Result<(), StateError> {
    let files = elements(files).map_err(|error| error.under("files"))?;
    if files.len() < MANY {
        return add(conn, &files, importer).await;
    }
    let bulk = Bulk::start(conn, TABLES, TRIGGERS).await?;
    let outcome = add(conn, &files, importer).await;
    bulk.end(conn).await?;
    outcome?;
    Ok(document::count_files(conn).await?)
}

async fn add(
    conn: &mut SqliteConnection,
    files: &[&RawValue],
    importer: &Importer<'_>,
) -> Result<(), StateError> {
    if files.is_empty() {
        return Ok(());
    }
    let taken = document::file_ids(conn).await?.into_iter().collect();
    let mut incoming = Incoming { importer, taken, large: HashSet::new(), batch: Batch::default() };
    let mut unnamed = Vec::new();
    for (index, text) in files.iter().enumerate() {
        let file = file(text, index)?;
        if file.id.is_none() {
            unnamed.push(index);
        } else {
            incoming.take(conn, file, index).await?;
        }
    }
    for index in unnamed {
        let Some(text) = files.get(index) else { continue };
        incoming.take(conn, file(text, index)?, index).await?;
    }
    incoming.store(conn).await
}

fn file(text: &RawValue, index: usize) -> Result<File, StateError> {
    decode(text.get()).map_err(|error| error.under(&format!("files[{index}]")))
}

/// Rows on their way in, bodies before those that name them.
#[derive(Default)]
struct Batch {
    /// Hash to hex.
    bodies: BTreeMap<String, String>,
    files: Vec<FileIn>,
    versions: Vec<VersionIn>,
}

struct Incoming<'a> {
    importer: &'a Importer<'a>,
    taken: HashSet<i64>,
    /// Hashes of the large bodies that are stored.
    large: HashSet<String>,
    batch: Batch,
}

impl Incoming<'_> {
    async fn take(
        &mut self,
        conn: &mut SqliteConnection,
        file: File,
        index: usize,
    ) -> Result<(), StateError> {
        let path = || format!("files[{index}]");
        let at = |key: &str, text: String| StateError::at(format!("{}.{key}", path()), text);
        if file.title.is_empty() {
            return Err(at("title", "a file has a title".to_owned()));
        }
        if let Some(id) = file.id
            && (id <= 0 || !self.taken.insert(id))
        {
            return Err(at("id", format!("{id} is taken, or no id")));
        }
        let folder = self.importer.place(&file.folder).map_err(|text| at("folder", text))?;
        if !self.importer.known.contains_key(&folder) {
            return Err(at("folder", format!("no folder {folder}")));
        }
        let (created, created_by, updated, updated_by) =
            self.importer.stamps(file.created, file.created_by, file.updated, file.updated_by);
        let (hash, size) = self.body(conn, [&file.text, &file.base64, &file.path], path).await?;
        self.versions(conn, &file, created, &created_by, path).await?;
        self.batch.files.push(FileIn {
            id: file.id,
            folder_id: folder,
            title_key: titles::key(&file.title),
            sort_key: titles::sort_key(&file.title),
            title: file.title,
            version: file.version,
            version_group: file.version_group,
            comment: file.comment,
            hash,
            size,
            created,
            created_by,
            updated,
            updated_by,
        });
        if self.batch.files.len() >= BATCH || self.batch.versions.len() >= BATCH {
            self.store(conn).await?;
        }
        Ok(())
    }

    async fn versions(
        &mut self,
        conn: &mut SqliteConnection,
        file: &File,
        created: i64,
        created_by: &str,
        path: impl Fn() -> String,
    ) -> Result<(), StateError> {
        let mut seen = BTreeSet::new();
        for (index, old) in file.versions.iter().enumerate() {
            let path = || format!("{}.versions[{index}]", path());
            let Some(file_id) = file.id else {
                return Err(StateError::at(path(), "a file with earlier versions has an id"));
            };
            if old.version < 1 || old.version >= file.version || !seen.insert(old.version) {
                let text = "an earlier version lies between 1 and the present one, once each";
                return Err(StateError::at(format!("{}.version", path()), text));
            }
            let (hash, size) = self.body(conn, [&old.text, &old.base64, &old.path], path).await?;
            self.batch.versions.push(VersionIn {
                file_id,
                version: old.version,
                version_group: old.version_group,
                title: old.title.clone().unwrap_or_else(|| file.title.clone()),
                comment: old.comment.clone(),
                hash,
                size,
                updated: old.updated.map_or(created, |at| at.0),
                updated_by: old.updated_by.map_or_else(|| created_by.to_owned(), |id| id.to_string()),
            });
        }
        Ok(())
    }

    /// Takes the bytes that `text`, `base64` or `path` say. Gives their hash and size.
    async fn body(
        &mut self,
        conn: &mut SqliteConnection,
        [text, base64, name]: [&Option<String>; 3],
        at: impl Fn() -> String,
    ) -> Result<(String, i64), StateError> {
        let decoded;
        let bytes: &[u8] = match (text, base64, name) {
            (None, None, None) => &[],
            (Some(text), None, None) => text.as_bytes(),
            (None, Some(code), None) => {
                decoded = STANDARD
                    .decode(code)
                    .map_err(|error| StateError::at(format!("{}.base64", at()), error.to_string()))?;
                &decoded
            }
            (None, None, Some(name)) => {
                decoded = (self.importer.import.read)(name)
                    .map_err(|error| StateError::at(format!("{}.path", at()), error))?;
                &decoded
            }
            _ => return Err(StateError::at(at(), "a body is `text`, `base64` or `path`, only one of them")),
        };
        let (hash, size) = (hash(bytes), i64::try_from(bytes.len()).unwrap_or(i64::MAX));
        if bytes.len() > SMALL {
            if self.large.insert(hash.clone()) {
                blob::keep(conn, &hash, bytes).await?;
            }
        } else if !self.batch.bodies.contains_key(&hash) {
            self.batch.bodies.insert(hash.clone(), hex::encode(bytes));
        }
        Ok((hash, size))
    }

    async fn store(&mut self, conn: &mut SqliteConnection) -> Result<(), StateError> {
        let Batch { bodies, files, versions } = std::mem::take(&mut self.batch);
        document::insert_blobs(conn, &bodies.into_iter().collect::<Vec<_>>()).await?;
        let stored = |error| StateError::stored(error, "files");
        document::insert_files(conn, &files).await.map_err(stored)?;
        document::insert_versions(conn, &versions).await.map_err(stored)
    }
}

/// Every file by id, as the text of a list, and the highest of the ids.
pub(crate) async fn export(conn: &mut SqliteConnection) -> Result<(Box<RawValue>, i64), sqlx::Error> {
    let mut list = String::from("[");
    let mut last = 0;
    loop {
        let rows = document::files_after(conn, last).await?;
        let (first, Some(end)) = (last + 1, rows.last().and_then(|row| row.id)) else { break };
        last = end;
        let mut bodies: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        for (hash, bytes, series) in document::blobs_between(conn, first, last).await? {
            let bytes = match series {
                Some(series) => blob::whole(conn, &series).await?,
                None => bytes,
            };
            bodies.insert(hash, bytes);
        }
        let body = |hash: &str| bodies.get(hash).map(|bytes| body_of(bytes)).unwrap_or_default();
        let mut versions: BTreeMap<i64, Vec<Version>> = BTreeMap::new();
        for row in document::versions_between(conn, first, last).await? {
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
        for row in rows {
            let id = row.id.unwrap_or_default();
            let (text, base64) = body(&row.hash);
            let file = File {
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
            };
            if list.len() > 1 {
                list.push(',');
            }
            // Plain strings and numbers: they always have a text.
            list += &serde_json::to_string(&file).unwrap_or_default();
        }
    }
    list.push(']');
    let list = RawValue::from_string(list).map_err(|error| sqlx::Error::Decode(error.into()))?;
    Ok((list, last))
}
