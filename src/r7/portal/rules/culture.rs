//! Cultures: what `lng` may be, and which language a culture speaks. Pure.

use crate::kernel::settings::Language;

/// The cultures that a portal offers (`web.cultures` of the real product's configuration).
const ENABLED: &[&str] = &[
    "en-US",
    "fr-FR",
    "de-DE",
    "es-ES",
    "en-GB",
    "ru-RU",
    "lv-LV",
    "pt-PT",
    "pt-BR",
    "it-IT",
    "tr-TR",
    "el-GR",
    "zh-CN",
    "pl-PL",
    "cs-CZ",
    "uk-UA",
    "vi-VN",
    "fi-FI",
    "az-Latn-AZ",
    "ko-KR",
    "ja-JP",
    "sl-SI",
    "sk-SK",
    "nl-NL",
    "es-MX",
    "de-CH",
    "bg-BG",
];

/// What a `lng` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Named {
    /// A culture that the portal offers, in its own spelling.
    Enabled(&'static str),
    /// A culture, but not one of the portal's: nothing changes, and nobody says so.
    Other,
    /// No culture.
    Unknown,
}

/// The culture of a name, in any case.
pub(crate) fn named(name: &str) -> Named {
    if let Some(known) = ENABLED.iter().find(|known| known.eq_ignore_ascii_case(name)) {
        return Named::Enabled(known);
    }
    let mut pieces = name.split('-');
    let is_language =
        |piece: &str| (2..=3).contains(&piece.len()) && piece.bytes().all(|b| b.is_ascii_alphabetic());
    let is_subtag =
        |piece: &str| (2..=8).contains(&piece.len()) && piece.bytes().all(|b| b.is_ascii_alphanumeric());
    // The empty name is .NET's invariant culture.
    if name.is_empty() || (pieces.next().is_some_and(is_language) && pieces.all(is_subtag)) {
        Named::Other
    } else {
        Named::Unknown
    }
}

/// The culture that `--language` starts the portal with.
pub(crate) const fn of(language: Language) -> &'static str {
    match language {
        Language::En => "en-US",
        Language::Ru => "ru-RU",
    }
}

/// The language in which a portal of that culture speaks: Russian, or else English, the product's fallback.
pub(crate) fn language(culture: &str) -> Language {
    if culture.eq_ignore_ascii_case("ru-RU") { Language::Ru } else { Language::En }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (name, expected) in [
            ("ru-RU", Named::Enabled("ru-RU")),
            ("RU-ru", Named::Enabled("ru-RU")),
            ("az-latn-az", Named::Enabled("az-Latn-AZ")),
            ("ru", Named::Other),
            ("nb-NO", Named::Other),
            ("", Named::Other),
            ("russian", Named::Unknown),
            ("r", Named::Unknown),
            ("ru-", Named::Unknown),
            ("ру-РУ", Named::Unknown),
        ] {
            assert_eq!(named(name), expected, "{name}");
        }
        assert_eq!(["ru-RU", "en-GB", "de-DE"].map(language), [Language::Ru, Language::En, Language::En]);
    }
}
