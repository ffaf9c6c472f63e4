//! Archives of bulk downloads: read, packed, kept (sheet r7/files 5.8).

use std::collections::{BTreeSet, HashMap};
use std::io::{Cursor, Write as _};

use jiff::tz::TimeZone;
use sqlx::SqliteConnection;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::card;
use super::ids::{self, FileId, FolderId};
use super::job::Run;
use super::rules::archive::{self as plan, Branch, Entry, Leaf};
use crate::kernel::time::Timestamp;
use crate::r7::messages::Message;
use crate::r7::store::archive::{self, ArchiveRow};
use crate::r7::store::file::FileRow;
use crate::r7::store::folder::FolderRow;
use crate::r7::store::job;

/// Makes an archive of what the asker may read; what is unknown or somebody else's is left out, as upstream does.
///
/// Gives the number of its entries, or what to say where nothing can be read. Four statements at most.
pub(crate) async fn make(
    conn: &mut SqliteConnection,
    files: &[FileId],
    folders: &[FolderId],
    run: &Run,
) -> Result<Result<usize, Message>, sqlx::Error> {
    let nothing = if files.is_empty() { Message::FolderNotFound } else { Message::FileNotFound };
    let (mut listed, mut tops) = job::cards(conn, &ids::json(files), &ids::json(folders)).await?;
    listed.retain(|row| row.right(&run.asker).downloads());
    tops.retain(|row| row.right(&run.asker).reads());
    if listed.is_empty() && tops.is_empty() {
        return Ok(Err(nothing));
    }
    let (mut below, mut inside) = if tops.is_empty() {
        Default::default()
    } else {
        let ids: Vec<FolderId> = tops.iter().map(|row| row.id).collect();
        job::below(conn, &ids::json(&ids)).await?
    };
    below.retain(|row| row.right(&run.asker).reads());
    inside.retain(|row| row.right(&run.asker).downloads());
    let branches = |rows: Vec<FolderRow>| -> Vec<Branch> {
        rows.into_iter()
            .map(|row| Branch {
                id: row.id,
                parent: row.parent_id,
                updated: row.updated,
                title: card::title(row.kind, row.title, run.language),
            })
            .collect()
    };
    let (listed, inside) = (leaves(listed), leaves(inside));
    let (tops, below) = (branches(tops), branches(below));
    let entries = plan::plan(&listed, &tops, &below, &inside);
    let hashes: BTreeSet<&str> = entries.iter().filter_map(|entry| entry.hash).collect();
    let hashes = ids::json(&hashes.into_iter().collect::<Vec<_>>());
    let bodies: HashMap<String, Vec<u8>> = archive::bodies(conn, &hashes).await?.into_iter().collect();
    // The name goes by what was asked for, not by what was found.
    let only = tops.first().filter(|_| files.is_empty() && folders.len() == 1);
    let row = ArchiveRow {
        id: run.id.to_string(),
        owner_id: run.asker.id.to_string(),
        title: plan::name(only.map(|folder| folder.title.as_str()), &day(run.now, &run.zone)),
        made: run.now,
        bytes: pack(&entries, &bodies, &run.zone),
    };
    archive::insert(conn, &row).await?;
    Ok(Ok(entries.len()))
}

fn leaves(rows: Vec<FileRow>) -> Vec<Leaf> {
    rows.into_iter()
        .map(|row| Leaf { folder: row.folder_id, title: row.title, hash: row.hash, updated: row.updated })
        .collect()
}

fn day(at: Timestamp, zone: &TimeZone) -> String {
    at.to_jiff().map_or_else(String::new, |at| at.to_zoned(zone.clone()).date().to_string())
}

/// A time as a zip keeps it; outside its years (1980 to 2107) its first moment.
fn stamp(at: Timestamp, zone: &TimeZone) -> zip::DateTime {
    let local = at.to_jiff().map(|at| at.to_zoned(zone.clone()).datetime());
    local
        .and_then(|local| {
            let year = u16::try_from(local.year()).ok()?;
            let [month, day, hour, minute, second] =
                [local.month(), local.day(), local.hour(), local.minute(), local.second()]
                    .map(|part| u8::try_from(part).unwrap_or_default());
            zip::DateTime::from_date_and_time(year, month, day, hour, minute, second).ok()
        })
        .unwrap_or_default()
}

/// The archive's bytes. Entries are not compressed: it is quick, and no compressor's version shows in what repeats.
fn pack(entries: &[Entry<'_>], bodies: &HashMap<String, Vec<u8>>, zone: &TimeZone) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for entry in entries {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .last_modified_time(stamp(entry.updated, zone));
        // Writing into memory does not fail, and the plan's names are unique and short.
        match entry.hash {
            None => {
                let _ = archive.add_directory(entry.path.as_str(), options);
            }
            Some(hash) => {
                if archive.start_file(entry.path.as_str(), options).is_ok() {
                    let _ = archive.write_all(bodies.get(hash).map(Vec::as_slice).unwrap_or_default());
                }
            }
        }
    }
    archive.finish().map(Cursor::into_inner).unwrap_or_default()
}
