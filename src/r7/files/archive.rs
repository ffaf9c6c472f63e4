//! Archives of bulk downloads: read, packed, kept (sheet r7/files 5.8).

use std::collections::{BTreeSet, HashMap};
use std::io::Write as _;

use jiff::tz::TimeZone;
use sqlx::SqliteConnection;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::card;
use super::ids::{self, FileId, FolderId};
use super::job::Run;
use super::rules::archive::{self as plan, Branch, Entry, Leaf};
use super::sink::Sink;
use crate::kernel::time::Timestamp;
use crate::r7::messages::Message;
use crate::r7::store::archive::{self, ArchiveRow};
use crate::r7::store::blob::{self, PART};
use crate::r7::store::file::FileRow;
use crate::r7::store::folder::FolderRow;
use crate::r7::store::job;

/// Makes an archive of what the asker may read; what is unknown or somebody else's is left out, as upstream does.
///
/// Gives the number of its entries, or what to say where nothing can be read. Four statements for a small one.
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
    let series = run.id.simple().to_string();
    let (size, small) = pack(conn, &entries, &run.zone, &series).await?;
    // The name goes by what was asked for, not by what was found.
    let only = tops.first().filter(|_| files.is_empty() && folders.len() == 1);
    let row = ArchiveRow {
        id: run.id.to_string(),
        owner_id: run.asker.id.to_string(),
        title: plan::name(only.map(|folder| folder.title.as_str()), &day(run.now, &run.zone)),
        made: run.now,
        size,
        series: small.is_none().then_some(series),
        bytes: small.unwrap_or_default(),
    };
    archive::insert(conn, &row).await?;
    Ok(Ok(entries.len()))
}

fn leaves(rows: Vec<FileRow>) -> Vec<Leaf> {
    rows.into_iter()
        .map(|row| Leaf {
            folder: row.folder_id,
            title: row.title,
            hash: row.hash,
            size: row.size,
            updated: row.updated,
        })
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

/// Reads so many bytes of small bodies at a time.
const BATCH: i64 = 4 << 20;

/// Packs the entries; what is ready of a large archive goes to storage as it grows, as the series `series`. Gives the
/// archive's size, and its bytes where it is small.
///
/// Entries are not compressed: it is quick, and no compressor's version shows in what repeats.
async fn pack(
    conn: &mut SqliteConnection,
    entries: &[Entry<'_>],
    zone: &TimeZone,
    series: &str,
) -> Result<(i64, Option<Vec<u8>>), sqlx::Error> {
    let sink = Sink::default();
    let mut archive = ZipWriter::new(sink.clone());
    let mut bodies = HashMap::new();
    for (index, entry) in entries.iter().enumerate() {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .last_modified_time(stamp(entry.updated, zone))
            .large_file(entry.size >= i64::from(u32::MAX));
        let Some(hash) = entry.hash else {
            // Writing into memory does not fail, and the plan's names are unique and short.
            let _ = archive.add_directory(entry.path.as_str(), options);
            continue;
        };
        if !bodies.contains_key(hash) {
            bodies = ahead(conn, entries.get(index..).unwrap_or_default()).await?;
        }
        let Some((bytes, parts)) = bodies.get(hash) else { continue };
        let _ = archive.start_file(entry.path.as_str(), options);
        let _ = archive.write_all(bytes);
        let mut at = 0;
        while let Some(parts) = parts.as_ref().filter(|_| at < entry.size) {
            // Erased bytes are nobody's here: the transaction sees one state of everything.
            let Some((_, part)) = blob::part(conn, parts, at).await?.filter(|(start, _)| *start == at) else {
                break;
            };
            at += i64::try_from(part.len()).unwrap_or(i64::MAX);
            let _ = archive.write_all(&part);
            sink.store(conn, series).await?;
        }
        sink.store(conn, series).await?;
    }
    let _ = archive.finish();
    sink.end(conn, series).await
}

type Bodies = HashMap<String, (Vec<u8>, Option<String>)>;

/// The bodies of the next entries, as many as fit into a batch.
async fn ahead(conn: &mut SqliteConnection, entries: &[Entry<'_>]) -> Result<Bodies, sqlx::Error> {
    let mut hashes = BTreeSet::new();
    let mut size = 0;
    for entry in entries {
        if let Some(hash) = entry.hash
            && hashes.insert(hash)
        {
            size += entry.size.min(i64::try_from(PART).unwrap_or(i64::MAX));
        }
        if size >= BATCH {
            break;
        }
    }
    let hashes = ids::json(&hashes.into_iter().collect::<Vec<_>>());
    let rows = blob::many(conn, &hashes).await?;
    Ok(rows.into_iter().map(|(hash, bytes, series)| (hash, (bytes, series))).collect())
}
