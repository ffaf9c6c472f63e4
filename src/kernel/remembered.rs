//! Something read from a world's database and kept in memory until a write makes it old.

use std::sync::{Arc, PoisonError, RwLock};

/// A value, and how often it was forgotten.
#[derive(Debug)]
pub(crate) struct Remembered<T> {
    state: RwLock<(u64, Option<Arc<T>>)>,
}

impl<T> Default for Remembered<T> {
    fn default() -> Self {
        Self { state: RwLock::new((0, None)) }
    }
}

impl<T> Remembered<T> {
    /// The value, if it is in memory.
    pub(crate) fn known(&self) -> Option<Arc<T>> {
        self.state.read().unwrap_or_else(PoisonError::into_inner).1.clone()
    }

    /// The value, read if need be.
    pub(crate) async fn get<E>(&self, read: impl Future<Output = Result<T, E>>) -> Result<Arc<T>, E> {
        let generation = {
            let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(known) = &state.1 {
                return Ok(Arc::clone(known));
            }
            state.0
        };
        let read = Arc::new(read.await?);
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        // Forgotten while it was read: this may be the older truth, good for one request only.
        if state.0 == generation {
            state.1 = Some(Arc::clone(&read));
        }
        Ok(read)
    }

    /// Forgets the value. To be called after the commit that made it old.
    pub(crate) fn forget(&self) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        *state = (state.0 + 1, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_was_forgotten_while_it_was_read_is_not_kept() {
        let number = Remembered::default();
        let read = async {
            number.forget();
            Ok::<_, ()>(1)
        };
        assert_eq!(number.get(read).await, Ok(Arc::new(1)));
        assert_eq!(number.known(), None);
        assert_eq!(number.get(async { Ok::<_, ()>(2) }).await, Ok(Arc::new(2)));
        assert_eq!(number.get(async { Err(()) }).await, Ok(Arc::new(2)), "known: not read again");
    }
}
