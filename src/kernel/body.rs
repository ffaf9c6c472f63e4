//! Request bodies, bounded.

use std::time::Duration;

use axum::body::{Body, HttpBody as _};
use bytes::Bytes;
use http_body_util::BodyExt as _;

/// Why a body could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyError {
    /// Longer than allowed; known from `Content-Length` before anything is read, where that is sent.
    TooLarge,
    /// The client hung up, or broke its own framing.
    Broken,
}

/// Reads a body whole, up to `limit` bytes.
pub(crate) async fn read(mut body: Body, limit: usize) -> Result<Bytes, BodyError> {
    if body.size_hint().lower() > limit as u64 {
        swallow(body);
        return Err(BodyError::TooLarge);
    }
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(limit);
    // Most bodies come in one piece, which need not be copied.
    let mut first = Bytes::new();
    let mut whole = Vec::new();
    while let Some(frame) = body.frame().await {
        // Trailers say nothing to either service.
        let Ok(chunk) = frame.map_err(|_| BodyError::Broken)?.into_data() else { continue };
        if first.len() + whole.len() + chunk.len() > limit {
            swallow(body);
            return Err(BodyError::TooLarge);
        }
        if first.is_empty() && whole.is_empty() {
            first = chunk;
            continue;
        }
        if whole.is_empty() {
            whole.reserve(announced.min(limit));
            whole.extend_from_slice(&std::mem::take(&mut first));
        }
        whole.extend_from_slice(&chunk);
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
