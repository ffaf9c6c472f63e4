//! Bytes on their way into storage and out of it, a part at a time (sheet r7/files 5.1, 5.2, 5.8).
//!
//! A body of up to 1 MiB is one row. A larger one lies in parts, written as they arrive and read as they are sent, each in
//! a short transaction of its own: nobody holds a body whole, and a slow client holds no transaction. The name of a body
//! is the SHA-1 of the whole, however it was cut.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use sha1::digest::common::hazmat::{SerializableState as _, SerializedState};
use sha1::{Digest as _, Sha1};
use sqlx::SqliteConnection;

use super::{hash, ids};
use crate::kernel::db::Access;
use crate::kernel::task;
use crate::kernel::world::World;
use crate::r7::store::blob::{self, PART};

/// A body that came with a request.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    /// In memory.
    Here(Bytes),
    /// In storage, but nothing names it yet: dropped when the request ends, unless it was [settled](settle).
    Staged(Staged),
}

/// See [`Content::Staged`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Staged {
    series: String,
    size: i64,
    hash: String,
}

impl Content {
    /// In bytes.
    pub(crate) fn size(&self) -> i64 {
        match self {
            Self::Here(bytes) => size(bytes),
            Self::Staged(staged) => staged.size,
        }
    }
}

impl Default for Content {
    fn default() -> Self {
        Self::Here(Bytes::new())
    }
}

impl<B: Into<Bytes>> From<B> for Content {
    fn from(bytes: B) -> Self {
        Self::Here(bytes.into())
    }
}

fn size(bytes: &[u8]) -> i64 {
    i64::try_from(bytes.len()).unwrap_or(i64::MAX)
}

/// A body that a file's row can name.
#[derive(Debug, Clone)]
pub(crate) struct Settled {
    pub(crate) hash: String,
    pub(crate) size: i64,
    /// What the statement that names the body stores under the hash; `None`: it is there.
    pub(crate) bytes: Option<Bytes>,
}

/// Makes a body ready to be named by a row of this transaction. No statement for a small one.
pub(crate) async fn settle(conn: &mut SqliteConnection, content: &Content) -> Result<Settled, sqlx::Error> {
    match content {
        Content::Here(bytes) => {
            let (hash, size) = (hash(bytes), size(bytes));
            if bytes.len() <= PART {
                return Ok(Settled { hash, size, bytes: Some(bytes.clone()) });
            }
            blob::keep(conn, &hash, bytes).await?;
            Ok(Settled { hash, size, bytes: None })
        }
        Content::Staged(Staged { series, size, hash }) => {
            blob::adopt(conn, hash, series).await?;
            Ok(Settled { hash: hash.clone(), size: *size, bytes: None })
        }
    }
}

/// The same for a series that holds so many bytes, whose hash stands at `digest`.
pub(super) async fn settle_series(
    conn: &mut SqliteConnection,
    series: &str,
    size: i64,
    digest: Sha1,
) -> Result<Settled, sqlx::Error> {
    let hash = hex::encode(digest.finalize());
    blob::adopt(conn, &hash, series).await?;
    Ok(Settled { hash, size, bytes: None })
}

/// Where the hash of some bytes stands, in a form that can be stored and gone on from.
pub(crate) fn saved(digest: &Sha1) -> Vec<u8> {
    digest.serialize().to_vec()
}

/// The same of bytes that are here.
pub(crate) fn saved_of(bytes: &[u8]) -> Vec<u8> {
    saved(&Sha1::new_with_prefix(bytes))
}

/// Goes on from what [`saved`] gave.
pub(super) fn resumed(saved: &[u8]) -> Sha1 {
    let state = SerializedState::<Sha1>::try_from(saved).ok();
    state.and_then(|state| Sha1::deserialize(&state).ok()).unwrap_or_default()
}

/// The series that requests under way write in one world.
#[derive(Debug, Default)]
struct Live(Mutex<BTreeSet<String>>);

/// What one request has put into storage before its own transaction.
pub(crate) struct Staging {
    world: Arc<World>,
    series: Vec<String>,
}

impl Staging {
    /// For a request.
    pub(crate) fn new(world: &Arc<World>) -> Self {
        Self { world: Arc::clone(world), series: Vec::new() }
    }

    /// Begins a series.
    async fn begin(&mut self) -> Result<String, sqlx::Error> {
        let series = self.world.ids.hex::<16>();
        let live = {
            let live = self.world.part::<Live>();
            let mut live = live.0.lock().unwrap_or_else(PoisonError::into_inner);
            live.insert(series.clone());
            ids::json(&live.iter().collect::<Vec<_>>())
        };
        self.series.push(series.clone());
        let mut unit = self.world.db.begin(Access::Write).await?;
        blob::stage(unit.conn(), &series, &live).await?;
        unit.commit(&self.world.ids).await?;
        Ok(series)
    }

    /// Ends the request: what no row names by now is dropped.
    pub(crate) async fn end(self) -> Result<(), sqlx::Error> {
        if self.series.is_empty() {
            return Ok(());
        }
        let mut unit = self.world.db.begin(Access::Write).await?;
        blob::unstage(unit.conn(), &ids::json(&self.series)).await?;
        unit.commit(&self.world.ids).await?;
        let live = self.world.part::<Live>();
        let mut live = live.0.lock().unwrap_or_else(PoisonError::into_inner);
        self.series.iter().for_each(|series| {
            live.remove(series);
        });
        Ok(())
    }
}

/// Takes a body in, piece by piece; what is small stays in memory.
pub(crate) struct Inlet<'a> {
    staging: &'a mut Staging,
    pieces: Vec<Bytes>,
    held: usize,
    parts: Option<Parts>,
}

impl<'a> Inlet<'a> {
    pub(crate) fn new(staging: &'a mut Staging) -> Self {
        Self { staging, pieces: Vec::new(), held: 0, parts: None }
    }

    /// In bytes, so far.
    pub(crate) fn size(&self) -> i64 {
        let held = i64::try_from(self.held).unwrap_or(i64::MAX);
        self.parts.as_ref().map_or(held, Parts::end)
    }

    /// The next piece.
    pub(crate) async fn push(&mut self, piece: Bytes) -> Result<(), sqlx::Error> {
        if let Some(parts) = &mut self.parts {
            return parts.push(&self.staging.world, &piece).await;
        }
        self.held += piece.len();
        self.pieces.push(piece);
        if self.held > PART {
            let series = self.staging.begin().await?;
            let mut parts = Parts::new(series);
            for piece in std::mem::take(&mut self.pieces) {
                parts.push(&self.staging.world, &piece).await?;
            }
            self.parts = Some(parts);
        }
        Ok(())
    }

    /// The whole body.
    pub(crate) async fn end(self) -> Result<Content, sqlx::Error> {
        let Some(mut parts) = self.parts else {
            let mut pieces = self.pieces;
            // Most bodies come in one piece, which need not be copied.
            let only = if pieces.len() == 1 { pieces.pop() } else { None };
            return Ok(Content::Here(only.unwrap_or_else(|| pieces.concat().into())));
        };
        parts.flush(&self.staging.world).await?;
        let Parts { series, start, digest, .. } = parts;
        Ok(Content::Staged(Staged { series, size: start, hash: hex::encode(digest.finalize()) }))
    }
}

/// A series that grows at its end.
pub(crate) struct Parts {
    series: String,
    /// Where the next part begins.
    start: i64,
    held: Vec<u8>,
    pub(crate) digest: Sha1,
}

impl Parts {
    /// Of an empty series.
    pub(crate) fn new(series: String) -> Self {
        Self::resume(series, 0, Sha1::new())
    }

    /// Of a series that holds so many bytes, whose hash stands at `digest`.
    pub(crate) fn resume(series: String, start: i64, digest: Sha1) -> Self {
        Self { series, start, held: Vec::new(), digest }
    }

    /// How long the series is with what is held back.
    pub(crate) fn end(&self) -> i64 {
        self.start + size(&self.held)
    }

    /// Takes a piece; writes what makes a whole part.
    pub(crate) async fn push(&mut self, world: &World, mut piece: &[u8]) -> Result<(), sqlx::Error> {
        self.digest.update(piece);
        while !piece.is_empty() {
            if self.held.capacity() == 0 {
                self.held.reserve_exact(PART);
            }
            let (now, later) = piece.split_at(piece.len().min(PART - self.held.len()));
            self.held.extend_from_slice(now);
            piece = later;
            if self.held.len() == PART {
                self.flush(world).await?;
            }
        }
        Ok(())
    }

    /// Writes what is held back, as a part of its own.
    pub(crate) async fn flush(&mut self, world: &World) -> Result<(), sqlx::Error> {
        if self.held.is_empty() {
            return Ok(());
        }
        let part = std::mem::take(&mut self.held);
        let length = size(&part);
        let mut unit = world.db.begin(Access::Single).await?;
        blob::add_part(unit.conn(), &self.series, self.start, part).await?;
        unit.commit(&world.ids).await?;
        self.start += length;
        Ok(())
    }
}

/// Why a body that is being sent ends early.
#[derive(Debug, thiserror::Error)]
enum Gone {
    #[error("the bytes were erased while they were sent")]
    Erased,
    #[error("storage: {0}")]
    Storage(#[from] sqlx::Error),
}

/// The bytes of a series from `from` up to but without `to`, read as they are sent.
///
/// If they are erased meanwhile the answer breaks off: its client has the announced length to tell by.
pub(crate) fn stream(world: Arc<World>, series: String, from: u64, to: u64) -> Body {
    let series: Arc<str> = series.into();
    let parts = stream::try_unfold(from, move |at| {
        let (world, series) = (Arc::clone(&world), Arc::clone(&series));
        async move {
            if at >= to {
                return Ok(None);
            }
            let part = task::uninterrupted(read(world, series, at)).await.unwrap_or(Err(Gone::Erased));
            let mut bytes = part?;
            bytes.truncate(usize::try_from(to - at).unwrap_or(usize::MAX));
            let next = at + bytes.len() as u64;
            Ok::<_, Gone>(Some((bytes, next)))
        }
    });
    Body::from_stream(parts)
}

/// What the part at `at` holds from there on; never empty.
async fn read(world: Arc<World>, series: Arc<str>, at: u64) -> Result<Bytes, Gone> {
    let mut unit = world.db.begin(Access::Read).await?;
    let part = blob::part(unit.conn(), &series, i64::try_from(at).unwrap_or(i64::MAX)).await;
    unit.rollback().await?;
    let (start, bytes) = part?.ok_or(Gone::Erased)?;
    let skip = usize::try_from(at).unwrap_or(usize::MAX) - usize::try_from(start).unwrap_or_default();
    let bytes = Bytes::from(bytes);
    if skip < bytes.len() { Ok(bytes.slice(skip..)) } else { Err(Gone::Erased) }
}
