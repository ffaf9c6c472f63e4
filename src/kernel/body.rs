//! Request bodies, bounded.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, HttpBody as _};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use http_body_util::BodyExt as _;

/// Why a body could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BodyError {
    /// Longer than allowed; known from `Content-Length` before anything is read, where that is sent.
    #[error("too large")]
    TooLarge,
    /// The client hung up, or broke its own framing.
    #[error("ended early")]
    Broken,
}

/// What `Content-Length` says; 0 where it is not sent.
pub(crate) fn announced(body: &Body) -> u64 {
    body.size_hint().lower()
}

/// A body that is read piece by piece, up to a limit.
pub(crate) struct Bounded {
    body: Body,
    left: u64,
    failed: Option<BodyError>,
}

impl Bounded {
    /// Refuses at once what announces more than the limit.
    pub(crate) fn new(body: Body, limit: u64) -> Result<Self, BodyError> {
        if announced(&body) > limit {
            swallow(body);
            return Err(BodyError::TooLarge);
        }
        Ok(Self { body, left: limit, failed: None })
    }

    /// What ended the body before its end, if anything did.
    pub(crate) fn failed(&self) -> Option<BodyError> {
        self.failed
    }

    /// Has no use for the rest.
    pub(crate) fn refuse(self) {
        swallow(self.body);
    }
}

impl Stream for Bounded {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(error) = self.failed {
            return Poll::Ready(Some(Err(error)));
        }
        loop {
            let Some(frame) = ready!(Pin::new(&mut self.body).poll_frame(cx)) else {
                return Poll::Ready(None);
            };
            let Ok(frame) = frame else {
                self.failed = Some(BodyError::Broken);
                return Poll::Ready(Some(Err(BodyError::Broken)));
            };
            // Trailers say nothing to either service.
            let Ok(chunk) = frame.into_data() else { continue };
            let Some(left) = self.left.checked_sub(chunk.len() as u64) else {
                self.failed = Some(BodyError::TooLarge);
                return Poll::Ready(Some(Err(BodyError::TooLarge)));
            };
            self.left = left;
            return Poll::Ready(Some(Ok(chunk)));
        }
    }
}

/// Reads a body whole, up to `limit` bytes.
pub(crate) async fn read(body: Body, limit: usize) -> Result<Bytes, BodyError> {
    let length = usize::try_from(announced(&body)).unwrap_or(limit).min(limit);
    let mut body = Bounded::new(body, limit as u64)?;
    // Most bodies come in one piece, which need not be copied; a large one goes into room made at once.
    let mut first = Bytes::new();
    let mut whole = Vec::new();
    while let Some(chunk) = body.next().await {
        match chunk {
            Ok(chunk) if first.is_empty() && whole.is_empty() => first = chunk,
            Ok(chunk) => {
                if whole.is_empty() {
                    whole.reserve(length);
                    whole.extend_from_slice(&std::mem::take(&mut first));
                }
                whole.extend_from_slice(&chunk);
            }
            Err(error) => {
                body.refuse();
                return Err(error);
            }
        }
    }
    Ok(if whole.is_empty() { first } else { whole.into() })
}

/// Longest rest of a refused body that is worth reading, in bytes and in time.
const REST: usize = 256 << 20;
const PATIENCE: Duration = Duration::from_secs(5);

/// Reads the rest of a refused body and forgets it, while the refusal is on its way. Many clients send all they have
/// before they look at the answer; a connection closed under them would show them "broken pipe" instead of it.
#[expect(clippy::disallowed_methods, reason = "bounded in time; ends with its connection")]
fn swallow(mut body: Body) {
    tokio::spawn(tokio::time::timeout(PATIENCE, async move {
        let mut length = 0;
        while let Some(Ok(frame)) = body.frame().await {
            length += frame.data_ref().map_or(0, Bytes::len);
            if length > REST {
                break;
            }
        }
    }));
}
