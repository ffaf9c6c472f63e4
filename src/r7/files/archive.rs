//! Archives of bulk downloads: read, packed, kept (sheet r7/files 5.8).

use std::collections::{BTreeSet, HashMap};

use jiff::tz::TimeZone;
use sqlx::SqliteConnection;

use super::card;
use super::ids::{self, FileId, FolderId};
use super::job::Run;
use super::packer::Packer;
use super::rules::archive::{self as plan, Branch, Entry, Leaf, Packing};
use super::rules::marks::Kind;
use super::sink::Sink;
use crate::kernel::time::Timestamp;
use crate::r7::messages::Message;
use crate::r7::store::archive::{self, ArchiveRow};
use crate::r7::store::blob::{self, PART};
use crate::r7::store::file::FileRow;
use crate::r7::store::folder::FolderRow;
use crate::r7::store::{job, mark};

/// Makes an archive of what the asker may read; what is unknown or somebody else's is left out, as upstream does.
///
/// Gives the number of its entries, or what to say where nothing can be read. Four statements for a small one, and one
/// more where something in it was new to the asker.
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
    // Upstream (`FileDownloadOperation`): who packs it has seen it.
    let marks = listed.iter().chain(&inside).map(|row| &row.marks);
    let mut marks = marks.chain(tops.iter().chain(&below).map(|row| &row.marks));
    if marks.any(|marks| marks.has(run.asker.id, Kind::Unread)) {
        let files: Vec<FileId> = listed.iter().map(|row| row.id).collect();
        let folders: Vec<FolderId> = tops.iter().map(|row| row.id).collect();
        mark::read(conn, run.asker.id, &ids::json(&files), &ids::json(&folders)).await?;
    }
    let branches = |rows: Vec<FolderRow>| -> Vec<Branch> {
        rows.into_iter()
            .map(|row| Branch {
                id: row.id,
                parent: row.parent_id,
                updated: row.updated,
                title: card::title(row.kind, row.title, run.language()),
            })
            .collect()
    };
    let (listed, inside) = (leaves(listed), leaves(inside));
    let (tops, below) = (branches(tops), branches(below));
    let entries = plan::plan(&listed, &tops, &below, &inside);
    let series = run.id.simple().to_string();
    let kind = Packing::of(&run.directory.files_settings(run.asker.id));
    let (size, small) = pack(conn, &entries, kind, run.zone(), &series).await?;
    // The name goes by what was asked for, not by what was found.
    let only = tops.first().filter(|_| files.is_empty() && folders.len() == 1);
    let row = ArchiveRow {
        id: run.id.to_string(),
        owner_id: run.asker.id.to_string(),
        title: plan::name(only.map(|folder| folder.title.as_str()), &day(run.now, run.zone()), kind),
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

/// Reads so many bytes of small bodies at a time.
const BATCH: i64 = 4 << 20;

/// Packs the entries; what is ready of a large archive goes to storage as it grows, as the series `series`. Gives the
/// archive's size, and its bytes where it is small.
async fn pack(
    conn: &mut SqliteConnection,
    entries: &[Entry<'_>],
    kind: Packing,
    zone: &TimeZone,
    series: &str,
) -> Result<(i64, Option<Vec<u8>>), sqlx::Error> {
    let sink = Sink::default();
    let mut archive = Packer::new(kind, sink.clone(), zone);
    let mut bodies = HashMap::new();
    for (index, entry) in entries.iter().enumerate() {
        let Some(hash) = entry.hash else {
            archive.open(entry);
            continue;
        };
        if !bodies.contains_key(hash) {
            bodies = ahead(conn, entries.get(index..).unwrap_or_default()).await?;
        }
        let Some((bytes, parts)) = bodies.get(hash) else { continue };
        archive.open(entry);
        archive.write(bytes);
        let mut at = 0;
        while let Some(parts) = parts.as_ref().filter(|_| at < entry.size) {
            // Erased bytes are nobody's here: the transaction sees one state of everything.
            let Some((_, part)) = blob::part(conn, parts, at).await?.filter(|(start, _)| *start == at) else {
                break;
            };
            at += i64::try_from(part.len()).unwrap_or(i64::MAX);
            archive.write(&part);
            sink.store(conn, series).await?;
        }
        archive.close();
        sink.store(conn, series).await?;
    }
    archive.finish();
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
