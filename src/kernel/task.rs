//! Work that goes on when nobody waits for it any more.

/// Runs work to its end even if whoever waits for it goes away. `None` if it panicked.
#[expect(clippy::disallowed_methods, reason = "one request's work; bounded, and awaited by its connection")]
pub(crate) async fn uninterrupted<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> Option<T> {
    tokio::spawn(work).await.ok()
}
