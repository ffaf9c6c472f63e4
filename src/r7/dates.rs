//! The portal's dates: seven fraction digits out, several forms in (sheet r7/transport 3, dates). Pure.

use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};

use super::bind::{BindError, BindKind};
use crate::kernel::settings::Language;
use crate::kernel::time::Timestamp;

/// What upstream prints where a wrapper builds a date from an empty value (sheet r7/transport 3).
pub(crate) const UNSET: &str = "0001-01-01T00:00:00.0000000Z";

/// `2022-10-08T15:03:33.3205005Z`, in the portal's zone; the offset is `Z` where it is zero.
///
/// Years that the portal cannot write come out as [`UNSET`].
pub(crate) fn print(at: Timestamp, zone: &TimeZone) -> String {
    written(at, zone, "Z").unwrap_or_else(|| UNSET.to_owned())
}

/// The same with a numeric offset always: Go's client reads a login's `expires` in no other form
/// (sheet r7/transport 3, client trap).
pub(crate) fn print_expires(at: Timestamp, zone: &TimeZone) -> String {
    written(at, zone, "+00:00").unwrap_or_else(|| UNSET.replace('Z', "+00:00"))
}

/// As people write it, in .NET's general form of the portal's culture: `2/12/2026 9:00 AM`, `12.02.2026 9:00`.
pub(crate) fn print_general(at: Timestamp, zone: &TimeZone, language: Language) -> String {
    let form = match language {
        Language::En => "%-m/%-d/%Y %-I:%M %p",
        Language::Ru => "%d.%m.%Y %-H:%M",
    };
    at.to_jiff().map_or_else(String::new, |at| at.to_zoned(zone.clone()).strftime(form).to_string())
}

/// An `expires` of a cookie, in the form of classic ASP.NET: `Fri, 12-Feb-2027 09:00:00 GMT`.
pub(crate) fn print_cookie(at: Timestamp) -> String {
    at.to_jiff().map_or_else(String::new, |at| at.strftime("%a, %d-%b-%Y %H:%M:%S GMT").to_string())
}

fn written(at: Timestamp, zone: &TimeZone, zero: &str) -> Option<String> {
    let instant = at.to_jiff()?;
    // .NET knows whole minutes only; the seconds of old local mean times are left out of both offset and clock.
    let minutes = zone.to_offset(instant).seconds() / 60;
    let local = Offset::from_seconds(minutes * 60).ok()?.to_datetime(instant);
    // An unset date is unset in every zone.
    if local.year() < 1 || (local.year() == 1 && local.month() == 1 && local.day() == 1) {
        return None;
    }
    let offset = if minutes == 0 {
        zero.to_owned()
    } else {
        let sign = if minutes < 0 { '-' } else { '+' };
        format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
    };
    Some(format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:07}{offset}",
        local.year(),
        local.month(),
        local.day(),
        local.hour(),
        local.minute(),
        local.second(),
        at.subsecond_ticks(),
    ))
}

/// Reads a date, or date and time with `:` or `-` between hours, minutes and seconds, 0 to 7 fraction digits, and
/// `Z`, an offset, or nothing (portal time).
///
/// Upstream takes 0, 3 or 7 fraction digits; that comes with a bug in its JSON reader, and copying one without the
/// other would refuse what upstream's clients may send (sheet r7/transport 3).
pub(crate) fn parse(text: &str, zone: &TimeZone) -> Result<Timestamp, BindError> {
    read(text, zone).ok_or_else(|| {
        // sheet r7/transport 3: texts under 7 characters are not repeated.
        let message = match text.chars().count() {
            0..7 => "invalid date time format".to_owned(),
            _ => format!("invalid date time format: {text}"),
        };
        BindError { kind: BindKind::Arguments, message, hresult: -2_147_024_809 }
    })
}

fn read(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let mut rest = Reader(text.as_bytes());
    let date = Date::new(rest.number(4)?, rest.after(b"-")?.small()?, rest.after(b"-")?.small()?).ok()?;
    if date.year() < 1 {
        return None;
    }
    if rest.0.is_empty() {
        return local(date.at(0, 0, 0, 0), zone);
    }
    let hour = rest.after(b"T")?.small()?;
    let separator = if rest.0.first() == Some(&b'-') { b"-" } else { b":" };
    let minute = rest.after(separator)?.small()?;
    let second = rest.after(separator)?.small()?;
    let ticks = rest.fraction()?;
    let clock = DateTime::new(date.year(), date.month(), date.day(), hour, minute, second, 0).ok()?;
    let whole = match rest.0.split_first() {
        None => local(clock, zone)?,
        Some((b'Z', [])) => universal(clock, Offset::UTC)?,
        Some((sign @ (b'+' | b'-'), digits)) => {
            let mut rest = Reader(digits);
            let hours: i32 = rest.number(2)?;
            if rest.0.first() == Some(&b':') {
                rest.after(b":")?;
            }
            let minutes: i32 = rest.number(2)?;
            // .NET's own bound.
            if !rest.0.is_empty() || minutes > 59 || hours * 60 + minutes > 14 * 60 {
                return None;
            }
            let seconds = (hours * 60 + minutes) * 60;
            universal(clock, Offset::from_seconds(if *sign == b'-' { -seconds } else { seconds }).ok()?)?
        }
        Some(_) => return None,
    };
    Some(whole.plus_ticks(ticks))
}

fn universal(clock: DateTime, offset: Offset) -> Option<Timestamp> {
    offset.to_timestamp(clock).ok().map(Timestamp::from_jiff)
}

/// A portal-local time. Where clocks go back the hour counts as winter time, where they go forward the skipped hour
/// too: what .NET's `GetUtcOffset` does.
fn local(clock: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    zone.to_ambiguous_timestamp(clock).later().ok().map(Timestamp::from_jiff)
}

/// The last tick of the portal's day that `at` falls into: what a list's upper bound means (sheet r7/crm 3.4).
pub(crate) fn end_of_day(at: Timestamp, zone: &TimeZone) -> Timestamp {
    let end = at.to_jiff().and_then(|instant| instant.to_zoned(zone.clone()).end_of_day().ok());
    end.map_or(at, |end| Timestamp::from_jiff(end.timestamp()))
}

/// What is left to read.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    /// Exactly so many digits.
    fn number<T: From<i16>>(&mut self, digits: usize) -> Option<T> {
        let (head, tail) = self.0.split_at_checked(digits)?;
        let mut value = 0_i16;
        for byte in head {
            let digit = byte.is_ascii_digit().then(|| i16::from(byte - b'0'))?;
            value = value.checked_mul(10)?.checked_add(digit)?;
        }
        self.0 = tail;
        Some(value.into())
    }

    fn small(&mut self) -> Option<i8> {
        i8::try_from(self.number::<i16>(2)?).ok()
    }

    fn after(&mut self, prefix: &[u8]) -> Option<&mut Self> {
        self.0 = self.0.strip_prefix(prefix)?;
        Some(self)
    }

    /// A dot and 1 to 7 digits, as ticks; 0 without the dot.
    fn fraction(&mut self) -> Option<i64> {
        let Some(tail) = self.0.strip_prefix(b".") else { return Some(0) };
        let count = tail.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if !(1..=7).contains(&count) {
            return None;
        }
        let (head, tail) = tail.split_at_checked(count)?;
        self.0 = tail;
        let padding = std::iter::repeat_n(&b'0', 7 - count);
        Some(head.iter().chain(padding).fold(0, |ticks, byte| ticks * 10 + i64::from(byte - b'0')))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(name: &str) -> TimeZone {
        if name == "UTC" { TimeZone::UTC } else { TimeZone::get(name).unwrap() }
    }

    #[test]
    fn printed() {
        // sheet r7/transport 3
        for (at, name, expected) in [
            (16_652_414_133_205_005, "UTC", "2022-10-08T15:03:33.3205005Z"),
            (16_652_414_135_350_950, "UTC", "2022-10-08T15:03:33.5350950Z"),
            (16_652_414_130_000_000, "UTC", "2022-10-08T15:03:33.0000000Z"),
            (16_652_414_133_205_005, "Europe/Moscow", "2022-10-08T18:03:33.3205005+03:00"),
            (16_652_414_133_205_005, "America/St_Johns", "2022-10-08T12:33:33.3205005-02:30"),
            (16_652_414_133_205_005, "Asia/Kolkata", "2022-10-08T20:33:33.3205005+05:30"),
            (-1, "UTC", "1969-12-31T23:59:59.9999999Z"),
            // Moscow's mean time before 1919 had 17 seconds; .NET drops them.
            (-28_000_000_000_000_000, "Europe/Moscow", "1881-04-09T16:43:20.0000000+02:30"),
            (-621_355_968_000_000_000, "UTC", UNSET),
            (-621_355_968_000_000_000, "Europe/Moscow", UNSET),
            (i64::MIN, "UTC", UNSET),
            (i64::MAX, "UTC", UNSET),
        ] {
            assert_eq!(print(Timestamp(at), &zone(name)), expected);
        }
    }

    #[test]
    fn expires_has_a_numeric_offset() {
        let at = Timestamp(16_652_414_133_205_005);
        assert_eq!(print_expires(at, &TimeZone::UTC), "2022-10-08T15:03:33.3205005+00:00");
        assert_eq!(print_expires(at, &zone("Europe/Moscow")), "2022-10-08T18:03:33.3205005+03:00");
        assert_eq!(print_expires(Timestamp(i64::MIN), &TimeZone::UTC), "0001-01-01T00:00:00.0000000+00:00");
    }

    #[test]
    fn accepted() {
        // sheet r7/transport 3
        for (text, name, expected) in [
            ("2022-10-08", "UTC", "2022-10-08T00:00:00Z"),
            ("2022-10-08", "Europe/Moscow", "2022-10-07T21:00:00Z"),
            ("2022-10-08T15:03:33", "UTC", "2022-10-08T15:03:33Z"),
            ("2022-10-08T15-03-33", "Europe/Moscow", "2022-10-08T12:03:33Z"),
            ("2022-10-08T15:03:33Z", "Europe/Moscow", "2022-10-08T15:03:33Z"),
            ("2022-10-08T15-03-33.320Z", "UTC", "2022-10-08T15:03:33.32Z"),
            ("2022-10-08T15:03:33.3205005Z", "UTC", "2022-10-08T15:03:33.3205005Z"),
            ("2022-10-08T15:03:33.5+03:00", "UTC", "2022-10-08T12:03:33.5Z"),
            ("2022-10-08T15-03-33-03:00", "UTC", "2022-10-08T18:03:33Z"),
            ("2022-10-08T15:03:33+0530", "UTC", "2022-10-08T09:33:33Z"),
            // Skipped and repeated hours are winter time.
            ("2022-03-27T02:30:00", "Europe/Berlin", "2022-03-27T01:30:00Z"),
            ("2022-10-30T02:30:00", "Europe/Berlin", "2022-10-30T01:30:00Z"),
            ("0001-01-01T00:00:00.0000000Z", "UTC", "0001-01-01T00:00:00Z"),
        ] {
            let parsed = parse(text, &zone(name)).map(Timestamp::to_rfc3339);
            assert_eq!(parsed.as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn refused() {
        for text in [
            "2022-10-08 15:03:33",
            "2022-10-08T15:03",
            "2022-10-08T15:03:33.",
            "2022-10-08T15:03:33.12345678Z",
            "2022-10-08T15:03-33",
            "2022-10-08T15:03:60",
            "2022-10-08T24:00:00",
            "2022-13-08",
            "2022-02-30",
            "0000-01-01",
            "2022-10-08T15:03:33z",
            "2022-10-08T15:03:33+15:00",
            "2022-10-08T15:03:33Zx",
            "10/08/2022",
            "+022-10-08",
            "завтра в обед",
        ] {
            let error = parse(text, &TimeZone::UTC).unwrap_err();
            assert_eq!(error.message, format!("invalid date time format: {text}"));
            assert_eq!((error.kind, error.hresult), (BindKind::Arguments, -2_147_024_809));
        }
        assert_eq!(parse("zz", &TimeZone::UTC).unwrap_err().message, "invalid date time format");
        assert_eq!(parse("", &TimeZone::UTC).unwrap_err().message, "invalid date time format");
    }
}
