//! The writers of archives: zip, or tar in gzip (sheet r7/files 1, `settings/downloadtargz`).
//!
//! Entries are not compressed: it is quick, and no compressor's version shows in what repeats.

use std::io::{Write as _, empty};

use flate2::write::GzEncoder;
use flate2::{Compression, GzBuilder};
use jiff::tz::TimeZone;
use tar::{Builder, EntryType, Header};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::rules::archive::{Entry, Packing};
use super::sink::Sink;
use crate::kernel::time::Timestamp;

/// A block of a tar, in bytes: every entry fills whole ones.
const BLOCK: u64 = 512;

/// An archive that grows. Writing into memory does not fail, and the plan's names are unique and short: what the writers
/// answer is not looked at.
pub(super) struct Packer {
    writer: Writer,
    /// For a zip, whose times are local ones.
    zone: TimeZone,
}

enum Writer {
    Zip(Box<ZipWriter<Sink>>),
    /// With the bytes that the open entry still lacks, its padding among them.
    TarGz(Box<Builder<GzEncoder<Sink>>>, u64),
}

impl Packer {
    pub(super) fn new(kind: Packing, sink: Sink, zone: &TimeZone) -> Self {
        let writer = match kind {
            Packing::Zip => Writer::Zip(Box::new(ZipWriter::new(sink))),
            Packing::TarGz => {
                // No time and no name in the head: equal files make equal archives.
                let gzip = GzBuilder::new().mtime(0).write(sink, Compression::none());
                Writer::TarGz(Box::new(Builder::new(gzip)), 0)
            }
        };
        Self { writer, zone: zone.clone() }
    }

    /// Opens an entry; what is written next is its bytes.
    pub(super) fn open(&mut self, entry: &Entry<'_>) {
        match &mut self.writer {
            Writer::Zip(zip) => {
                let options = SimpleFileOptions::default()
                    .compression_method(CompressionMethod::Stored)
                    .last_modified_time(stamp(entry.updated, &self.zone))
                    .large_file(entry.size >= i64::from(u32::MAX));
                let _ = match entry.hash {
                    Some(_) => zip.start_file(entry.path.as_str(), options),
                    None => zip.add_directory(entry.path.as_str(), options),
                };
            }
            Writer::TarGz(tar, rest) => {
                let size = u64::try_from(entry.size).unwrap_or_default();
                let mut header = Header::new_gnu();
                let (kind, mode) = if entry.hash.is_some() {
                    (EntryType::Regular, 0o644)
                } else {
                    (EntryType::Directory, 0o755)
                };
                header.set_entry_type(kind);
                header.set_mode(mode);
                header.set_size(size);
                header.set_mtime(u64::try_from(entry.updated.seconds()).unwrap_or_default());
                // The head alone: the bytes come in pieces, and the builder would want them at once.
                if tar.append_data(&mut header, &entry.path, empty()).is_ok() {
                    *rest = size.next_multiple_of(BLOCK);
                }
            }
        }
    }

    /// Goes on with the open entry.
    pub(super) fn write(&mut self, bytes: &[u8]) {
        match &mut self.writer {
            Writer::Zip(zip) => {
                let _ = zip.write_all(bytes);
            }
            Writer::TarGz(tar, rest) => {
                let bytes = bytes.get(..usize::try_from(*rest).unwrap_or(usize::MAX)).unwrap_or(bytes);
                let _ = tar.get_mut().write_all(bytes);
                *rest = rest.saturating_sub(bytes.len() as u64);
            }
        }
    }

    /// Closes the open entry.
    pub(super) fn close(&mut self) {
        if let Writer::TarGz(tar, rest) = &mut self.writer {
            let mut zeros = std::io::Read::take(std::io::repeat(0), std::mem::take(rest));
            let _ = std::io::copy(&mut zeros, tar.get_mut());
        }
    }

    /// Ends the archive: all of it is in the sink.
    pub(super) fn finish(self) {
        match self.writer {
            Writer::Zip(zip) => {
                let _ = zip.finish();
            }
            Writer::TarGz(tar, _) => {
                let _ = tar.into_inner().and_then(GzEncoder::finish);
            }
        }
    }
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
