//! When the trash is cleaned by itself (sheet r7/files 3.3). Pure.

use jiff::tz::TimeZone;
use jiff::{Span, ToSpan as _};

use crate::kernel::time::Timestamp;

/// No gap is longer than this many days.
const LONGEST: i64 = 100;
const TICKS_PER_DAY: i64 = 24 * 60 * 60 * 10_000_000;

fn span(gap: i64) -> Span {
    match gap {
        1 => 1.week(),
        2 => 2.weeks(),
        4 => 2.months(),
        5 => 3.months(),
        _ => 1.month(),
    }
}

/// When what was put into the trash at `trashed` is erased. `gap`: 1 a week, 2 two weeks, 3 a month, 4 two months, 5 three
/// months, by the calendar of the portal's zone.
pub(crate) fn erased_at(trashed: Timestamp, gap: i64, zone: &TimeZone) -> Timestamp {
    let Some(at) = trashed.to_jiff() else { return Timestamp(i64::MAX) };
    // Past the last year that a calendar knows it never comes.
    at.to_zoned(zone.clone())
        .checked_add(span(gap))
        .map_or(Timestamp(i64::MAX), |at| Timestamp::from_jiff(at.timestamp()))
}

/// What lies in the trash since this moment or longer is to be erased at `now`.
pub(crate) fn cutoff(now: Timestamp, gap: i64, zone: &TimeZone) -> Timestamp {
    // Months differ in length, so that there is no way back but to look: a later deletion is never erased earlier.
    let (mut due, mut kept) = (now.plus_ticks(-LONGEST * TICKS_PER_DAY), now);
    while kept.0.saturating_sub(due.0) > 1 {
        let middle = due.plus_ticks((kept.0 - due.0) / 2);
        if erased_at(middle, gap, zone) <= now { due = middle } else { kept = middle }
    }
    due
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse_rfc3339(text).unwrap()
    }

    #[test]
    fn months_are_the_calendars() {
        for (trashed, gap, erased) in [
            ("2026-02-12T09:00:00Z", 1, "2026-02-19T09:00:00Z"),
            ("2026-02-12T09:00:00Z", 2, "2026-02-26T09:00:00Z"),
            ("2026-02-12T09:00:00Z", 3, "2026-03-12T09:00:00Z"),
            ("2026-01-31T09:00:00Z", 3, "2026-02-28T09:00:00Z"),
            ("2026-02-12T09:00:00Z", 4, "2026-04-12T09:00:00Z"),
            ("2026-02-12T09:00:00Z", 5, "2026-05-12T09:00:00Z"),
        ] {
            assert_eq!(erased_at(at(trashed), gap, &TimeZone::UTC), at(erased), "{trashed} {gap}");
        }
    }

    #[test]
    fn the_cutoff_is_the_last_moment_that_is_due() {
        let moscow = TimeZone::get("Europe/Moscow").unwrap();
        for zone in [&TimeZone::UTC, &moscow] {
            for gap in 1..=5 {
                for now in ["2026-02-28T21:00:00Z", "2026-03-01T00:00:00Z", "2026-03-31T12:00:00.0000001Z"] {
                    let now = at(now);
                    let cutoff = cutoff(now, gap, zone);
                    assert!(erased_at(cutoff, gap, zone) <= now, "{gap} {now:?}");
                    assert!(erased_at(cutoff.plus_ticks(1), gap, zone) > now, "{gap} {now:?}");
                }
            }
        }
    }
}
