//! `$.date(…)` and `$.unixtime(…)`: patterns of `%y %m %d %h %i %s`, each with `+N` or `-N` behind it
//! (sheet corezoid/engine 4.3). Pure.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use super::Clock;

/// What `$.date()` prints.
const TODAY: &str = "%y-%m-%d";

/// The present moment by a pattern; `None`: the zone is unknown, or the moment lies outside the calendar.
pub(super) fn formatted(pattern: &str, clock: &Clock<'_>) -> Option<String> {
    let pattern = if pattern.trim().is_empty() { TODAY } else { pattern };
    Some(print(pattern, shifted(pattern, local(clock)?)?))
}

/// Unix seconds: now, or the moment that a pattern describes; what it leaves out is as now, down to its smallest field.
pub(super) fn unixtime(pattern: &str, clock: &Clock<'_>) -> Option<i64> {
    let now = local(clock)?;
    if pattern.trim().is_empty() {
        return seconds(now);
    }
    let moment = shifted(pattern, now)?;
    seconds(parse(&print(pattern, moment), pattern, moment).unwrap_or(moment))
}

fn local(clock: &Clock<'_>) -> Option<DateTime> {
    let zone = match clock.zone {
        None => TimeZone::UTC,
        Some(name) => TimeZone::get(name).ok()?,
    };
    Some(zone.to_datetime(Timestamp::from_millisecond(clock.now).ok()?))
}

/// The seconds of a wall clock, taken for GMT: of `.tz(…)` those of the zone's own clock.
fn seconds(moment: DateTime) -> Option<i64> {
    TimeZone::UTC.to_timestamp(moment).ok().map(Timestamp::as_second)
}

/// The moment with every shift of the pattern applied; a field that overflows rolls over.
fn shifted(pattern: &str, now: DateTime) -> Option<DateTime> {
    let mut moment = now;
    for (field, shift) in fields(pattern) {
        let span = match field {
            'y' => Span::new().try_years(shift),
            'm' => Span::new().try_months(shift),
            'd' => Span::new().try_days(shift),
            'h' => Span::new().try_hours(shift),
            'i' => Span::new().try_minutes(shift),
            _ => Span::new().try_seconds(shift),
        };
        let span = span.ok()?;
        moment = moment.checked_add(span).ok()?;
    }
    Some(moment)
}

/// The fields of a pattern with their shifts.
fn fields(pattern: &str) -> Vec<(char, i64)> {
    let mut found = Vec::new();
    let mut rest = pattern;
    while let Some(at) = rest.find('%') {
        let Some(after) = rest.get(at + 1..) else { break };
        let mut chars = after.chars();
        match chars.next() {
            Some(field @ ('y' | 'm' | 'd' | 'h' | 'i' | 's')) => {
                let (shift, left) = shift(chars.as_str());
                found.push((field, shift));
                rest = left;
            }
            _ => rest = after,
        }
    }
    found
}

/// `+N` or `-N` at the start of a text. A sign without digits, and `-` before another field, is text.
fn shift(text: &str) -> (i64, &str) {
    let Some(sign @ ('+' | '-')) = text.chars().next() else { return (0, text) };
    let digits = &text[1..];
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    match digits[..end].parse::<i64>() {
        Ok(n) if end <= 9 => (if sign == '-' { -n } else { n }, &digits[end..]),
        _ => (0, text),
    }
}

fn print(pattern: &str, moment: DateTime) -> String {
    let mut out = String::new();
    let mut rest = pattern;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let mut chars = after.chars();
        let field = chars.next();
        let value = match field {
            Some('y') => format!("{:04}", moment.year()),
            Some('m') => format!("{:02}", moment.month()),
            Some('d') => format!("{:02}", moment.day()),
            Some('h') => format!("{:02}", moment.hour()),
            Some('i') => format!("{:02}", moment.minute()),
            Some('s') => format!("{:02}", moment.second()),
            _ => {
                out.push('%');
                rest = after;
                continue;
            }
        };
        out.push_str(&value);
        (_, rest) = shift(chars.as_str());
    }
    out.push_str(rest);
    out
}

/// A date and a time as they were printed: `2020-01-05 02:00:00`, also `05.01.2020` or `01/05/2020` if the pattern has
/// its fields in that order, without seconds, or one of the two alone; a time alone is of the day of `moment`.
fn parse(text: &str, pattern: &str, moment: DateTime) -> Option<DateTime> {
    let (mut date, mut time) = (None, None);
    for word in text.split(|c: char| c.is_whitespace() || c == 'T').filter(|word| !word.is_empty()) {
        let numbers =
            |sign: char| word.split(sign).map(|part| part.parse().ok()).collect::<Option<Vec<i16>>>();
        if word.contains(':') {
            let found = match numbers(':')?.as_slice() {
                [hour, minute] => Time::new(i8::try_from(*hour).ok()?, i8::try_from(*minute).ok()?, 0, 0),
                [hour, minute, second] => {
                    let [hour, minute, second] = [hour, minute, second].map(|part| i8::try_from(*part));
                    Time::new(hour.ok()?, minute.ok()?, second.ok()?, 0)
                }
                _ => return None,
            };
            time = Some(found.ok().filter(|_| time.is_none())?);
        } else {
            let sign = word.chars().find(|c| matches!(c, '-' | '.' | '/'))?;
            let [first, second, third] = numbers(sign)?.try_into().ok()?;
            let month_first =
                matches!((pattern.find("%m"), pattern.find("%d")), (Some(month), Some(day)) if month < day);
            let (year, month, day) = match (word.find(sign)? == 4, month_first) {
                (true, _) => (first, second, third),
                (false, true) => (third, first, second),
                (false, false) => (third, second, first),
            };
            let found = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?);
            date = Some(found.ok().filter(|_| date.is_none())?);
        }
    }
    match (date, time) {
        (None, None) => None,
        (date, time) => Some(date.unwrap_or_else(|| moment.date()).to_datetime(time.unwrap_or_default())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_millisecond()
    }

    fn clock(text: &str) -> Clock<'static> {
        Clock { now: at(text), zone: None }
    }

    #[test]
    fn dates_are_printed_and_shifted_field_by_field() {
        for (now, pattern, expected) in [
            ("2017-08-09T00:00:00Z", "%d%m%y", "09082017"),
            ("2020-02-29T10:00:00Z", "%y-%m-%d+1 %h:%i:%s", "2020-03-01 10:00:00"),
            ("2020-01-31T23:59:30Z", "%h+1:%i", "00:59"),
            ("2020-03-01T00:00:00Z", "%y-%m-%d-1", "2020-02-29"),
            ("2020-01-05T10:20:30Z", "", "2020-01-05"),
            ("2020-01-05T10:20:30Z", "100% %h", "100% 10"),
        ] {
            assert_eq!(formatted(pattern, &clock(now)).as_deref(), Some(expected), "{pattern}");
        }
    }

    #[test]
    fn a_pattern_gives_the_seconds_of_its_moment() {
        let clock = clock("2020-01-05T10:00:00Z");
        let now = clock.now / 1000;
        assert_eq!(unixtime("", &clock), Some(now));
        assert_eq!(unixtime("%y-%m-%d %h:%i+60:%s", &clock), Some(now + 3600));
        assert_eq!(unixtime("%y-%m-%d 02:00:00", &clock), Some(1_578_189_600));
        assert_eq!(unixtime("%y-%m-%d+1 09:00:00", &clock), Some(at("2020-01-06T09:00:00Z") / 1000));
        for (pattern, moment) in [
            ("%d.%m.%y 09:00", "2020-01-05T09:00:00Z"),
            ("%m/%d/%y %h:%i", "2020-01-05T10:00:00Z"),
            ("%y-%m-%dT%h+1:30:00", "2020-01-05T11:30:00Z"),
            ("18:30", "2020-01-05T18:30:00Z"),
            ("%d+1", "2020-01-06T10:00:00Z"),
            ("2021-02-03 04:05:06", "2021-02-03T04:05:06Z"),
            ("2021-02-31", "2020-01-05T10:00:00Z"),
        ] {
            assert_eq!(unixtime(pattern, &clock), Some(at(moment) / 1000), "{pattern}");
        }
        let kiev = Clock { zone: Some("Europe/Kiev"), ..clock };
        assert_eq!(unixtime("", &kiev), Some(now + 2 * 3600));
        assert_eq!(unixtime("", &Clock { zone: Some("Nowhere/Land"), ..kiev }), None);
        assert_eq!(unixtime("%d+999999999", &Clock { zone: None, ..kiev }), None, "outside the calendar");
    }
}
