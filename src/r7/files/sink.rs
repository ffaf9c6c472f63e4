//! Where an archive is written to: memory for what is still open, storage for what is ready.

use std::collections::BTreeMap;
use std::io::{Error, ErrorKind, Result, Seek, SeekFrom, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sqlx::SqliteConnection;

use crate::r7::store::blob::{self, PART};

/// The end of a growing archive, and corrections to what is in storage already: the writer comes back to an entry's head
/// once it knows the entry's checksum.
#[derive(Debug, Default)]
struct Open {
    /// How much is in storage, in parts of [`PART`] bytes each.
    stored: usize,
    bytes: Vec<u8>,
    /// Where the next write goes, from the very start.
    at: usize,
    /// Corrections: where, from the very start, and what.
    late: BTreeMap<usize, u8>,
}

/// Shared with the archive's writer.
#[derive(Debug, Clone, Default)]
pub(super) struct Sink(Arc<Mutex<Open>>);

impl Sink {
    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next whole part, if it is there.
    fn whole(&self) -> Option<(usize, Vec<u8>)> {
        let mut open = self.open();
        if open.bytes.len() <= PART {
            return None;
        }
        let rest = open.bytes.split_off(PART);
        let part = std::mem::replace(&mut open.bytes, rest);
        let start = open.stored;
        open.stored += part.len();
        Some((start, part))
    }

    /// Puts what is ready into storage.
    pub(super) async fn store(
        &self,
        conn: &mut SqliteConnection,
        series: &str,
    ) -> std::result::Result<(), sqlx::Error> {
        while let Some((start, part)) = self.whole() {
            blob::add_part(conn, series, number(start), part).await?;
        }
        Ok(())
    }

    /// Puts the rest into storage, and the corrections. Gives the size; what is small is given back instead of stored.
    pub(super) async fn end(
        self,
        conn: &mut SqliteConnection,
        series: &str,
    ) -> std::result::Result<(i64, Option<Vec<u8>>), sqlx::Error> {
        self.store(conn, series).await?;
        let Open { stored, bytes, late, .. } = std::mem::take(&mut *self.open());
        let size = number(stored + bytes.len());
        if stored == 0 {
            return Ok((size, Some(bytes)));
        }
        blob::add_part(conn, series, number(stored), bytes).await?;
        let mut parts: BTreeMap<usize, Vec<(usize, u8)>> = BTreeMap::new();
        for (at, byte) in late {
            parts.entry(at - at % PART).or_default().push((at % PART, byte));
        }
        for (start, corrections) in parts {
            let Some((_, mut part)) = blob::part(conn, series, number(start)).await? else { continue };
            for (at, byte) in corrections {
                if let Some(wrong) = part.get_mut(at) {
                    *wrong = byte;
                }
            }
            blob::rewrite_part(conn, series, number(start), part).await?;
        }
        Ok((size, None))
    }
}

fn number(size: usize) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        let mut open = self.open();
        let Open { stored, bytes: held, at, late } = &mut *open;
        let early = stored.saturating_sub(*at).min(bytes.len());
        let (before, within) = bytes.split_at(early);
        late.extend(before.iter().enumerate().map(|(index, byte)| (*at + index, *byte)));
        let from = (*at + early).saturating_sub(*stored);
        let over = within.len().min(held.len().saturating_sub(from));
        let (rewritten, added) = within.split_at(over);
        if let Some(place) = held.get_mut(from..from + over) {
            place.copy_from_slice(rewritten);
        }
        held.extend_from_slice(added);
        *at += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

impl Seek for Sink {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        let mut open = self.open();
        let end = open.stored + open.bytes.len();
        let at = match to {
            SeekFrom::Start(at) => usize::try_from(at).ok(),
            SeekFrom::End(by) => end.checked_add_signed(isize::try_from(by).unwrap_or(isize::MIN)),
            SeekFrom::Current(by) => open.at.checked_add_signed(isize::try_from(by).unwrap_or(isize::MIN)),
        };
        // Holes are not kept.
        let at = at.filter(|at| *at <= end).ok_or_else(|| Error::from(ErrorKind::InvalidInput))?;
        open.at = at;
        Ok(at as u64)
    }
}
