//! Points in time as the services store them. Pure.

use jiff::fmt::temporal::DateTimePrinter;

/// A point in time: 100-nanosecond ticks since 1970-01-01T00:00:00Z.
///
/// The portal prints seven fraction digits (sheet r7/transport 3), so a tick is the unit that loses nothing;
/// Corezoid speaks of whole seconds and milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, sqlx::Type)]
#[sqlx(transparent)]
pub struct Timestamp(pub i64);

const TICKS_PER_SECOND: i64 = 10_000_000;

impl Timestamp {
    /// From unix seconds.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(TICKS_PER_SECOND))
    }

    /// From unix milliseconds.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis.saturating_mul(10_000))
    }

    /// Whole unix seconds, rounded down.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(TICKS_PER_SECOND)
    }

    /// Whole unix milliseconds, rounded down.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0.div_euclid(10_000)
    }

    /// The ticks within the second, 0 to 9,999,999.
    #[must_use]
    pub const fn subsecond_ticks(self) -> i64 {
        self.0.rem_euclid(TICKS_PER_SECOND)
    }

    /// This point moved by `ticks`.
    #[must_use]
    pub const fn plus_ticks(self, ticks: i64) -> Self {
        Self(self.0.saturating_add(ticks))
    }

    /// This point moved by `millis`.
    #[must_use]
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis.saturating_mul(10_000)))
    }

    /// As a `jiff` timestamp; `None` outside the years it knows (-9999 to 9999).
    #[must_use]
    pub fn to_jiff(self) -> Option<jiff::Timestamp> {
        let nanos = i32::try_from(self.subsecond_ticks() * 100).ok()?;
        jiff::Timestamp::new(self.seconds(), nanos).ok()
    }

    /// From a `jiff` timestamp; digits below 100 ns are cut.
    #[must_use]
    pub fn from_jiff(at: jiff::Timestamp) -> Self {
        let ticks = at.as_nanosecond().div_euclid(100);
        Self(i64::try_from(ticks).unwrap_or(i64::MAX))
    }

    /// RFC 3339 in UTC, with as many fraction digits as needed: the form of state documents and of the control API.
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        self.to_jiff().map_or_else(String::new, |at| DateTimePrinter::new().timestamp_to_string(&at))
    }

    /// Reads RFC 3339 with `Z` or an offset.
    ///
    /// # Errors
    /// The parser's own text.
    pub fn parse_rfc3339(text: &str) -> Result<Self, String> {
        text.parse::<jiff::Timestamp>().map(Self::from_jiff).map_err(|error| error.to_string())
    }
}

impl serde::Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_rfc3339())
    }
}

impl<'de> serde::Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse_rfc3339(&text).map_err(serde::de::Error::custom)
    }
}

impl schemars::JsonSchema for Timestamp {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date-time" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc3339_keeps_every_tick() {
        for text in ["2022-10-08T15:03:33.3205005Z", "2026-01-01T00:00:00Z", "1969-12-31T23:59:59.9999999Z"] {
            assert_eq!(Timestamp::parse_rfc3339(text).unwrap().to_rfc3339(), text);
        }
        assert_eq!(
            Timestamp::parse_rfc3339("2022-10-08T18:03:33+03:00").unwrap().to_rfc3339(),
            "2022-10-08T15:03:33Z"
        );
    }

    #[test]
    fn seconds_and_millis_round_down_before_1970_too() {
        assert_eq!(Timestamp(-1).seconds(), -1);
        assert_eq!(Timestamp(-1).millis(), -1);
        assert_eq!(Timestamp(-1).subsecond_ticks(), 9_999_999);
    }
}
