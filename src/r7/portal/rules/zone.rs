//! Time zone ids: IANA names, and those of Windows that the portal lists on a Windows server. Pure.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

/// The portal's zone under the id it was set by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Zone {
    /// `Europe/Moscow` or `Russian Standard Time`: as it was set.
    pub(crate) id: String,
    pub(crate) rules: TimeZone,
}

impl Zone {
    /// A zone by its IANA or Windows id.
    pub(crate) fn named(id: &str) -> Option<Self> {
        let windows = WINDOWS.iter().find(|(windows, _)| *windows == id);
        let rules = TimeZone::get(windows.map_or(id, |(_, iana)| iana)).ok()?;
        let id = if windows.is_some() { id } else { rules.iana_name().unwrap_or(id) };
        Some(Self { id: id.to_owned(), rules })
    }

    /// Coordinated universal time.
    pub(crate) fn utc() -> Self {
        Self { id: "UTC".to_owned(), rules: TimeZone::UTC }
    }

    /// A zone that is known already.
    pub(crate) fn of(rules: TimeZone) -> Self {
        let id = rules.iana_name().unwrap_or("UTC").to_owned();
        Self { id, rules }
    }

    /// Minutes east of Greenwich, summer time included.
    pub(crate) fn minutes_at(&self, at: Timestamp) -> i32 {
        self.rules.to_offset(at).seconds() / 60
    }

    /// What .NET's `TimeZoneInfo` says of it around `at`.
    pub(crate) fn facts(&self, at: Timestamp) -> Facts {
        // The year has both halves: whichever is not summer time is the base.
        let other = at.checked_add((24 * 182).hours()).unwrap_or(at);
        let infos = [at, other].map(|at| self.rules.to_offset_info(at));
        let base = infos.iter().find(|info| !info.dst().is_dst()).unwrap_or(&infos[0]);
        let summer = infos.iter().find(|info| info.dst().is_dst());
        let minutes = base.offset().seconds() / 60;
        let standard = base.abbreviation().to_owned();
        let display = if self.id == "UTC" {
            "UTC".to_owned()
        } else {
            let sign = if minutes < 0 { '-' } else { '+' };
            format!("(UTC{sign}{:02}:{:02}) {}", minutes.abs() / 60, minutes.abs() % 60, self.id)
        };
        Facts {
            minutes,
            display,
            daylight: summer.map_or_else(|| standard.clone(), |info| info.abbreviation().to_owned()),
            standard,
            has_summer: summer.is_some(),
        }
    }
}

/// A zone in the words of .NET's `TimeZoneInfo`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facts {
    /// Minutes east of Greenwich outside summer time.
    pub(crate) minutes: i32,
    pub(crate) display: String,
    pub(crate) standard: String,
    pub(crate) daylight: String,
    pub(crate) has_summer: bool,
}

/// Hours and minutes in the form of .NET's `TimeSpan`: `03:00:00`, `-03:30:00`.
pub(crate) fn span(minutes: i32) -> String {
    let sign = if minutes < 0 { "-" } else { "" };
    format!("{sign}{:02}:{:02}:00", minutes.abs() / 60, minutes.abs() % 60)
}

/// Windows ids and the zone of each one's main territory (Unicode CLDR, windowsZones, territory 001).
#[rustfmt::skip]
const WINDOWS: &[(&str, &str)] = &[
    ("Afghanistan Standard Time", "Asia/Kabul"),
    ("Alaskan Standard Time", "America/Anchorage"),
    ("Alberta Standard Time", "America/Edmonton"),
    ("Aleutian Standard Time", "America/Adak"),
    ("Altai Standard Time", "Asia/Barnaul"),
    ("Arab Standard Time", "Asia/Riyadh"),
    ("Arabian Standard Time", "Asia/Dubai"),
    ("Arabic Standard Time", "Asia/Baghdad"),
    ("Argentina Standard Time", "America/Buenos_Aires"),
    ("Astrakhan Standard Time", "Europe/Astrakhan"),
    ("Atlantic Standard Time", "America/Halifax"),
    ("AUS Central Standard Time", "Australia/Darwin"),
    ("Aus Central W. Standard Time", "Australia/Eucla"),
    ("AUS Eastern Standard Time", "Australia/Sydney"),
    ("Azerbaijan Standard Time", "Asia/Baku"),
    ("Azores Standard Time", "Atlantic/Azores"),
    ("Bahia Standard Time", "America/Bahia"),
    ("Bangladesh Standard Time", "Asia/Dhaka"),
    ("Belarus Standard Time", "Europe/Minsk"),
    ("Bougainville Standard Time", "Pacific/Bougainville"),
    ("British Columbia Standard Time", "America/Vancouver"),
    ("Canada Central Standard Time", "America/Regina"),
    ("Cape Verde Standard Time", "Atlantic/Cape_Verde"),
    ("Caucasus Standard Time", "Asia/Yerevan"),
    ("Cen. Australia Standard Time", "Australia/Adelaide"),
    ("Central America Standard Time", "America/Guatemala"),
    ("Central Asia Standard Time", "Asia/Bishkek"),
    ("Central Brazilian Standard Time", "America/Cuiaba"),
    ("Central Europe Standard Time", "Europe/Budapest"),
    ("Central European Standard Time", "Europe/Warsaw"),
    ("Central Pacific Standard Time", "Pacific/Guadalcanal"),
    ("Central Standard Time", "America/Chicago"),
    ("Central Standard Time (Mexico)", "America/Mexico_City"),
    ("Chatham Islands Standard Time", "Pacific/Chatham"),
    ("China Standard Time", "Asia/Shanghai"),
    ("Cuba Standard Time", "America/Havana"),
    ("Dateline Standard Time", "Etc/GMT+12"),
    ("E. Africa Standard Time", "Africa/Nairobi"),
    ("E. Australia Standard Time", "Australia/Brisbane"),
    ("E. Europe Standard Time", "Europe/Chisinau"),
    ("E. South America Standard Time", "America/Sao_Paulo"),
    ("Easter Island Standard Time", "Pacific/Easter"),
    ("Eastern Standard Time", "America/New_York"),
    ("Eastern Standard Time (Mexico)", "America/Cancun"),
    ("Egypt Standard Time", "Africa/Cairo"),
    ("Ekaterinburg Standard Time", "Asia/Yekaterinburg"),
    ("Fiji Standard Time", "Pacific/Fiji"),
    ("FLE Standard Time", "Europe/Kiev"),
    ("Georgian Standard Time", "Asia/Tbilisi"),
    ("GMT Standard Time", "Europe/London"),
    ("Greenland Standard Time", "America/Godthab"),
    ("Greenwich Standard Time", "Atlantic/Reykjavik"),
    ("GTB Standard Time", "Europe/Bucharest"),
    ("Haiti Standard Time", "America/Port-au-Prince"),
    ("Hawaiian Standard Time", "Pacific/Honolulu"),
    ("India Standard Time", "Asia/Calcutta"),
    ("Iran Standard Time", "Asia/Tehran"),
    ("Israel Standard Time", "Asia/Jerusalem"),
    ("Jordan Standard Time", "Asia/Amman"),
    ("Kaliningrad Standard Time", "Europe/Kaliningrad"),
    ("Korea Standard Time", "Asia/Seoul"),
    ("Libya Standard Time", "Africa/Tripoli"),
    ("Line Islands Standard Time", "Pacific/Kiritimati"),
    ("Lord Howe Standard Time", "Australia/Lord_Howe"),
    ("Magadan Standard Time", "Asia/Magadan"),
    ("Magallanes Standard Time", "America/Punta_Arenas"),
    ("Manitoba Standard Time", "America/Winnipeg"),
    ("Marquesas Standard Time", "Pacific/Marquesas"),
    ("Mauritius Standard Time", "Indian/Mauritius"),
    ("Middle East Standard Time", "Asia/Beirut"),
    ("Montevideo Standard Time", "America/Montevideo"),
    ("Morocco Standard Time", "Africa/Casablanca"),
    ("Mountain Standard Time", "America/Denver"),
    ("Mountain Standard Time (Mexico)", "America/Mazatlan"),
    ("Myanmar Standard Time", "Asia/Rangoon"),
    ("N. Central Asia Standard Time", "Asia/Novosibirsk"),
    ("Namibia Standard Time", "Africa/Windhoek"),
    ("Nepal Standard Time", "Asia/Katmandu"),
    ("New Zealand Standard Time", "Pacific/Auckland"),
    ("Newfoundland Standard Time", "America/St_Johns"),
    ("Norfolk Standard Time", "Pacific/Norfolk"),
    ("North Asia East Standard Time", "Asia/Irkutsk"),
    ("North Asia Standard Time", "Asia/Krasnoyarsk"),
    ("North Korea Standard Time", "Asia/Pyongyang"),
    ("Omsk Standard Time", "Asia/Omsk"),
    ("Pacific SA Standard Time", "America/Santiago"),
    ("Pacific Standard Time", "America/Los_Angeles"),
    ("Pacific Standard Time (Mexico)", "America/Tijuana"),
    ("Pakistan Standard Time", "Asia/Karachi"),
    ("Paraguay Standard Time", "America/Asuncion"),
    ("Qyzylorda Standard Time", "Asia/Qyzylorda"),
    ("Romance Standard Time", "Europe/Paris"),
    ("Russia Time Zone 10", "Asia/Srednekolymsk"),
    ("Russia Time Zone 11", "Asia/Kamchatka"),
    ("Russia Time Zone 3", "Europe/Samara"),
    ("Russian Standard Time", "Europe/Moscow"),
    ("SA Eastern Standard Time", "America/Cayenne"),
    ("SA Pacific Standard Time", "America/Bogota"),
    ("SA Western Standard Time", "America/La_Paz"),
    ("Saint Pierre Standard Time", "America/Miquelon"),
    ("Sakhalin Standard Time", "Asia/Sakhalin"),
    ("Samoa Standard Time", "Pacific/Apia"),
    ("Sao Tome Standard Time", "Africa/Sao_Tome"),
    ("Saratov Standard Time", "Europe/Saratov"),
    ("SE Asia Standard Time", "Asia/Bangkok"),
    ("Singapore Standard Time", "Asia/Singapore"),
    ("South Africa Standard Time", "Africa/Johannesburg"),
    ("South Sudan Standard Time", "Africa/Juba"),
    ("Sri Lanka Standard Time", "Asia/Colombo"),
    ("Sudan Standard Time", "Africa/Khartoum"),
    ("Syria Standard Time", "Asia/Damascus"),
    ("Taipei Standard Time", "Asia/Taipei"),
    ("Tasmania Standard Time", "Australia/Hobart"),
    ("Tocantins Standard Time", "America/Araguaina"),
    ("Tokyo Standard Time", "Asia/Tokyo"),
    ("Tomsk Standard Time", "Asia/Tomsk"),
    ("Tonga Standard Time", "Pacific/Tongatapu"),
    ("Transbaikal Standard Time", "Asia/Chita"),
    ("Turkey Standard Time", "Europe/Istanbul"),
    ("Turks And Caicos Standard Time", "America/Grand_Turk"),
    ("Ulaanbaatar Standard Time", "Asia/Ulaanbaatar"),
    ("US Eastern Standard Time", "America/Indianapolis"),
    ("US Mountain Standard Time", "America/Phoenix"),
    ("UTC+12", "Etc/GMT-12"),
    ("UTC+13", "Etc/GMT-13"),
    ("UTC-02", "Etc/GMT+2"),
    ("UTC-08", "Etc/GMT+8"),
    ("UTC-09", "Etc/GMT+9"),
    ("UTC-11", "Etc/GMT+11"),
    ("Venezuela Standard Time", "America/Caracas"),
    ("Vladivostok Standard Time", "Asia/Vladivostok"),
    ("Volgograd Standard Time", "Europe/Volgograd"),
    ("W. Australia Standard Time", "Australia/Perth"),
    ("W. Central Africa Standard Time", "Africa/Lagos"),
    ("W. Europe Standard Time", "Europe/Berlin"),
    ("W. Mongolia Standard Time", "Asia/Hovd"),
    ("West Asia Standard Time", "Asia/Tashkent"),
    ("West Bank Standard Time", "Asia/Hebron"),
    ("West Pacific Standard Time", "Pacific/Port_Moresby"),
    ("Yakutsk Standard Time", "Asia/Yakutsk"),
    ("Yukon Standard Time", "America/Whitehorse"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn every_windows_id_has_a_zone_that_exists() {
        for (id, iana) in WINDOWS {
            let zone = Zone::named(id).unwrap_or_else(|| panic!("{id}"));
            assert_eq!((zone.id.as_str(), zone.rules), (*id, TimeZone::get(iana).unwrap()));
        }
    }

    #[test]
    fn ids_are_iana_or_windows_and_nothing_else() {
        for (id, known) in [
            ("UTC", Some("UTC")),
            ("Europe/Moscow", Some("Europe/Moscow")),
            ("Russian Standard Time", Some("Russian Standard Time")),
            ("russian standard time", None),
            ("Moscow", None),
            ("", None),
        ] {
            assert_eq!(Zone::named(id).map(|zone| zone.id).as_deref(), known, "{id}");
        }
    }

    #[test]
    fn facts_are_those_of_the_zone_around_a_moment() {
        for (id, expected) in [
            ("UTC", (0, "UTC", "UTC", "UTC", false)),
            ("Europe/Moscow", (180, "(UTC+03:00) Europe/Moscow", "MSK", "MSK", false)),
            ("Europe/Berlin", (60, "(UTC+01:00) Europe/Berlin", "CET", "CEST", true)),
            (
                "Newfoundland Standard Time",
                (-210, "(UTC-03:30) Newfoundland Standard Time", "NST", "NDT", true),
            ),
        ] {
            for moment in ["2026-02-12T09:00:00Z", "2026-07-12T09:00:00Z"] {
                let facts = Zone::named(id).unwrap().facts(at(moment));
                let found =
                    (facts.minutes, &*facts.display, &*facts.standard, &*facts.daylight, facts.has_summer);
                assert_eq!(found, expected, "{id} {moment}");
            }
        }
        let berlin = Zone::named("Europe/Berlin").unwrap();
        assert_eq!(
            [at("2026-02-12T09:00:00Z"), at("2026-07-12T09:00:00Z")].map(|at| berlin.minutes_at(at)),
            [60, 120]
        );
        assert_eq!([180, -210, 0].map(span), ["03:00:00", "-03:30:00", "00:00:00"]);
    }
}
