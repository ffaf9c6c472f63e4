//! The clock of a world: the machine's time, or a time that only the control API moves.

use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::time::Timestamp;

/// Where real time comes from; injected so that tests choose it.
pub trait TimeSource: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// The machine's own clock: the only place of the program that asks the system for the time of day.
#[derive(Debug, Default)]
pub struct SystemTime;

impl TimeSource for SystemTime {
    #[expect(clippy::disallowed_methods, reason = "the one legitimate call: every Clock stands on it")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_nanos() / 100).unwrap_or(i64::MAX))
    }
}

/// Measures how long something took, for logs only; never feeds an answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stopwatch(std::time::Instant);

impl Stopwatch {
    #[expect(clippy::disallowed_methods, reason = "durations in logs are of the machine, not of a world")]
    pub(crate) fn start() -> Self {
        Self(std::time::Instant::now())
    }

    pub(crate) fn elapsed(self) -> std::time::Duration {
        self.0.elapsed()
    }
}

/// How a world's clock runs (contract §5, `GET clock`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ClockMode {
    /// Follows the machine, plus whatever it was advanced by.
    System,
    /// Stands still until it is moved.
    Frozen,
}

/// How the clock of a fresh world starts (`--clock`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ClockStart {
    /// The machine's time.
    #[default]
    System,
    /// Frozen at this moment; `None`: at 2026-01-01T00:00:00Z, the same for everybody.
    Frozen(Option<Timestamp>),
}

/// Where `--clock frozen` without a time stands: 2026-01-01T00:00:00Z, the same for everybody, so that answers repeat.
pub(crate) const FROZEN_DEFAULT: Timestamp = Timestamp::from_seconds(1_767_225_600);

#[derive(Debug, Clone, Copy)]
enum State {
    Offset(i64),
    Frozen(Timestamp),
}

impl From<ClockStart> for State {
    fn from(start: ClockStart) -> Self {
        match start {
            ClockStart::System => Self::Offset(0),
            ClockStart::Frozen(at) => Self::Frozen(at.unwrap_or(FROZEN_DEFAULT)),
        }
    }
}

/// The clock of one world.
pub(crate) struct Clock {
    source: Arc<dyn TimeSource>,
    state: Mutex<State>,
}

impl Clock {
    pub(crate) fn new(source: Arc<dyn TimeSource>, start: ClockStart) -> Self {
        Self { source, state: Mutex::new(State::from(start)) }
    }

    /// The world's present moment.
    #[must_use]
    pub(crate) fn now(&self) -> Timestamp {
        match *self.lock() {
            State::Offset(ticks) => self.source.now().plus_ticks(ticks),
            State::Frozen(at) => at,
        }
    }

    /// Whether it runs or stands.
    #[must_use]
    pub(crate) fn mode(&self) -> ClockMode {
        match *self.lock() {
            State::Offset(_) => ClockMode::System,
            State::Frozen(_) => ClockMode::Frozen,
        }
    }

    /// Sets moment and mode; what is absent stays as it is.
    pub(crate) fn set(&self, now: Option<Timestamp>, mode: Option<ClockMode>) {
        let at = now.unwrap_or_else(|| self.now());
        let mode = mode.unwrap_or_else(|| self.mode());
        *self.lock() = match mode {
            ClockMode::Frozen => State::Frozen(at),
            // Back to the machine's time, unless a moment was asked for.
            ClockMode::System if now.is_none() => State::Offset(0),
            ClockMode::System => State::Offset(at.0.saturating_sub(self.source.now().0)),
        };
    }

    /// Moves the clock forward by `ticks`.
    pub(crate) fn advance(&self, ticks: i64) {
        let mut state = self.lock();
        *state = match *state {
            State::Offset(offset) => State::Offset(offset.saturating_add(ticks)),
            State::Frozen(at) => State::Frozen(at.plus_ticks(ticks)),
        };
    }

    /// Back to how a fresh world's clock starts.
    pub(crate) fn restart(&self, start: ClockStart) {
        *self.lock() = State::from(start);
    }

    /// What a durable world stores of a clock that was moved: how far off the machine's time, or where it stands.
    pub(crate) fn saved(&self) -> (&'static str, i64) {
        match *self.lock() {
            State::Offset(ticks) => ("system", ticks),
            State::Frozen(at) => ("frozen", at.0),
        }
    }

    /// Goes on as [`Clock::saved`] said.
    pub(crate) fn restore(&self, mode: &str, ticks: i64) {
        *self.lock() = if mode == "frozen" { State::Frozen(Timestamp(ticks)) } else { State::Offset(ticks) };
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Clock").field("now", &self.now()).field("mode", &self.mode()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed;
    impl TimeSource for Fixed {
        fn now(&self) -> Timestamp {
            Timestamp(1000)
        }
    }

    #[test]
    fn a_frozen_clock_moves_only_when_told() {
        let clock = Clock::new(Arc::new(Fixed), ClockStart::Frozen(Some(Timestamp(5))));
        assert_eq!(clock.now(), Timestamp(5));
        clock.advance(7);
        assert_eq!(clock.now(), Timestamp(12));
        clock.set(None, Some(ClockMode::System));
        assert_eq!((clock.now(), clock.mode()), (Timestamp(1000), ClockMode::System));
        clock.advance(1);
        assert_eq!(clock.now(), Timestamp(1001));
        clock.set(Some(Timestamp(3)), None);
        assert_eq!((clock.now(), clock.mode()), (Timestamp(3), ClockMode::System));
        clock.set(None, Some(ClockMode::Frozen));
        assert_eq!((clock.now(), clock.mode()), (Timestamp(3), ClockMode::Frozen));
    }
}
