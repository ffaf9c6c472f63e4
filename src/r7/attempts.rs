//! Sign-in attempts: whoever tries too often waits (sheet r7/transport 6). Kept in memory, gone with the world.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::kernel::time::Timestamp;

/// Tries within [`PERIOD_MILLIS`] that are let through.
const TRIES: usize = 5;
/// Both the time that tries count and the time that a block lasts.
const PERIOD_MILLIS: i64 = 60_000;
/// Logins remembered at most; beyond that, those whose time is over are forgotten.
const REMEMBERED: usize = 1000;

/// The attempts of a world, by login.
#[derive(Debug, Default)]
pub(crate) struct Attempts {
    logins: Mutex<HashMap<String, Record>>,
}

#[derive(Debug, Default)]
struct Record {
    tries: Vec<Timestamp>,
    blocked_until: Option<Timestamp>,
}

impl Record {
    fn is_over(&self, now: Timestamp) -> bool {
        self.blocked_until.is_none_or(|until| until <= now)
            && self.tries.iter().all(|at| at.plus_millis(PERIOD_MILLIS) <= now)
    }
}

impl Attempts {
    /// Counts a try, and says whether it may go on. The sixth within a minute may not, nor any in the minute after.
    pub(crate) fn admit(&self, login: &str, now: Timestamp) -> bool {
        let mut logins = self.logins.lock().unwrap_or_else(PoisonError::into_inner);
        if logins.len() >= REMEMBERED {
            logins.retain(|_, record| !record.is_over(now));
        }
        let record = logins.entry(login.trim().to_lowercase()).or_default();
        if record.blocked_until.is_some_and(|until| until > now) {
            return false;
        }
        record.blocked_until = None;
        record.tries.retain(|at| at.plus_millis(PERIOD_MILLIS) > now);
        record.tries.push(now);
        if record.tries.len() <= TRIES {
            return true;
        }
        record.tries.clear();
        record.blocked_until = Some(now.plus_millis(PERIOD_MILLIS));
        false
    }

    /// The try was a good one: it does not count.
    pub(crate) fn succeeded(&self, login: &str) {
        let mut logins = self.logins.lock().unwrap_or_else(PoisonError::into_inner);
        let login = login.trim().to_lowercase();
        if let Some(record) = logins.get_mut(&login) {
            record.tries.pop();
            if record.tries.is_empty() {
                logins.remove(&login);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn second(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    #[test]
    fn the_sixth_try_within_a_minute_blocks_that_login_for_a_minute() {
        let attempts = Attempts::default();
        for n in 0..5 {
            assert!(attempts.admit("a@b.ru", second(n)));
        }
        assert!(!attempts.admit(" A@B.ru ", second(5)));
        assert!(attempts.admit("other@b.ru", second(5)));
        assert!(!attempts.admit("a@b.ru", second(64)));
        assert!(attempts.admit("a@b.ru", second(65)));
    }

    #[test]
    fn old_and_successful_tries_do_not_count() {
        let attempts = Attempts::default();
        for n in 0..100 {
            assert!(attempts.admit("slow", second(n * 13)));
            assert!(attempts.admit("good", second(0)));
            attempts.succeeded("good");
        }
    }

    #[test]
    fn memory_is_bounded() {
        let attempts = Attempts::default();
        for n in 0..5000 {
            attempts.admit(&n.to_string(), second(n));
        }
        assert!(attempts.logins.lock().unwrap().len() <= REMEMBERED);
    }
}
