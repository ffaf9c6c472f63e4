//! Perl expressions that clients send: any text may come, so what it costs is bounded. Pure.

use fancy_regex::{Regex, RegexBuilder};

/// Steps of the regular expression engine before an expression counts as failed.
const MOST_STEPS: usize = 100_000;

/// An expression; two are the same when their texts are.
#[derive(Debug, Clone)]
pub(crate) struct Pattern(Regex);

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

impl Pattern {
    /// Reads an expression; `None`: it is none.
    pub(crate) fn read(text: &str) -> Option<Self> {
        RegexBuilder::new(text).backtrack_limit(MOST_STEPS).build().ok().map(Self)
    }

    /// Whether it fits somewhere in a text; not, if that takes too many steps.
    pub(crate) fn fits(&self, text: &str) -> bool {
        self.0.is_match(text).unwrap_or(false)
    }
}
