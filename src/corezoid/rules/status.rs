//! The status of an object: its numbers, its words in every dialect, and what a restore makes of it. Pure.

use crate::corezoid::ids::Kind;

/// What a folder, process or dashboard is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Active,
    Paused,
    /// In the trash.
    Deleted,
    Blocked,
    Debug,
    ActiveDebug,
}

/// sheet corezoid/api 8, rows 1 and 2: the number, the word of newer answers, and the spelling of the seed's requests.
const WORDS: [(Status, i64, &str, &str); 6] = [
    (Status::Active, 1, "active", "actived"),
    (Status::Paused, 2, "paused", "paused"),
    (Status::Deleted, 3, "deleted", "deleted"),
    (Status::Blocked, 4, "blocked", "blocked"),
    (Status::Debug, 5, "debug", "debugged"),
    (Status::ActiveDebug, 6, "active_debug", "active_debug"),
];

/// Every word that a request may ask for.
pub(crate) const STATUSES: &[&str] =
    &["active", "actived", "paused", "blocked", "debug", "debugged", "active_debug"];

/// Every word of [`Status::word`].
pub(crate) const SHOWN: &[&str] = &["active", "paused", "deleted", "blocked", "debug", "active_debug"];

impl Status {
    /// The stored number.
    pub(crate) fn number(self) -> i64 {
        WORDS.iter().find(|row| row.0 == self).map_or(1, |row| row.1)
    }

    /// From the stored number.
    pub(crate) fn of_number(number: i64) -> Option<Self> {
        WORDS.iter().find(|row| row.1 == number).map(|row| row.0)
    }

    /// The word in answers.
    pub(crate) fn word(self) -> &'static str {
        WORDS.iter().find(|row| row.0 == self).map_or("active", |row| row.2)
    }

    /// The word in an export of the seed's dialect.
    pub(crate) fn seed_word(self) -> &'static str {
        WORDS.iter().find(|row| row.0 == self).map_or("actived", |row| row.3)
    }

    /// From a word of a request, in any spelling. `deleted` is no status to ask for: there is an op for it.
    pub(crate) fn asked(word: &str) -> Option<Self> {
        let row = WORDS.iter().find(|row| row.2 == word || row.3 == word)?;
        (row.0 != Self::Deleted).then_some(row.0)
    }

    /// Whether a process of this status takes new tasks; one under debug does (sheet corezoid/engine 1.4).
    pub(crate) const fn takes_tasks(self) -> bool {
        matches!(self, Self::Active | Self::Debug | Self::ActiveDebug)
    }

    /// Whether a process of this status runs the tasks that it takes; one under debug keeps them where they were made.
    pub(crate) const fn runs_tasks(self) -> bool {
        matches!(self, Self::Active | Self::ActiveDebug)
    }

    /// What an object is when it comes back from the trash: a process must be started by hand again
    /// (sheet corezoid/api 5).
    pub(crate) const fn restored(kind: Kind) -> Self {
        match kind {
            Kind::Conv | Kind::Dashboard => Self::Paused,
            Kind::Folder
            | Kind::Project
            | Kind::Stage
            | Kind::Instance
            | Kind::Alias
            | Kind::EnvVar
            | Kind::Version => Self::Active,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_that_is_offered_is_known() {
        assert!(STATUSES.iter().all(|word| Status::asked(word).is_some()));
        assert_eq!(WORDS.map(|row| row.2), SHOWN);
    }

    #[test]
    fn every_spelling_of_a_request_leads_to_its_number() {
        for (word, number) in [
            ("active", Some(1)),
            ("actived", Some(1)),
            ("paused", Some(2)),
            ("blocked", Some(4)),
            ("debug", Some(5)),
            ("debugged", Some(5)),
            ("active_debug", Some(6)),
            ("deleted", None),
            ("Active", None),
            ("", None),
        ] {
            assert_eq!(Status::asked(word).map(Status::number), number, "{word}");
        }
    }

    #[test]
    fn numbers_and_words_belong_together() {
        for (status, number, word, _) in WORDS {
            assert_eq!(Status::of_number(number), Some(status));
            assert_eq!((status.number(), status.word()), (number, word));
        }
        assert_eq!(Status::of_number(0), None);
    }

    #[test]
    fn a_paused_or_blocked_process_takes_no_tasks() {
        let taking: Vec<i64> =
            WORDS.iter().filter(|row| row.0.takes_tasks()).map(|row| row.0.number()).collect();
        assert_eq!(taking, [1, 5, 6]);
    }

    #[test]
    fn only_folders_come_back_active() {
        assert_eq!(Status::restored(Kind::Folder), Status::Active);
        assert_eq!(Status::restored(Kind::Conv), Status::Paused);
        assert_eq!(Status::restored(Kind::Dashboard), Status::Paused);
    }
}
