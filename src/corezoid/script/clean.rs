//! JavaScript's text in Rust's: half a surrogate pair is no text here, it becomes U+FFFD. Pure.

use std::borrow::Cow;

/// A JSON text whose escapes all name characters.
pub(super) fn well_formed(json: &str) -> Cow<'_, str> {
    if !json.contains("\\ud") && !json.contains("\\uD") {
        return Cow::Borrowed(json);
    }
    let mut clean = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        clean.push_str(before);
        let (taken, text) = match (unit(escape), escape.get(6..).and_then(unit)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => (12, escape.get(..12)),
            (Some(0xD800..=0xDFFF), _) => (6, Some("\\ufffd")),
            // `\\` and `\"` go together; of all others the rest stands for itself.
            _ => (2, escape.get(..2)),
        };
        clean.push_str(text.unwrap_or_default());
        rest = escape.get(taken..).unwrap_or_default();
    }
    clean.push_str(rest);
    Cow::Owned(clean)
}

/// The code unit of an escape `\uXXXX` that the text begins with.
fn unit(text: &str) -> Option<u16> {
    u16::from_str_radix(text.strip_prefix("\\u")?.get(..4)?, 16).ok()
}

/// The first `most` bytes of a text, and a mark where there was more.
pub(super) fn bounded(mut text: String, most: usize) -> String {
    if text.len() > most {
        text.truncate(text.floor_char_boundary(most));
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_pair_is_replaced_and_nothing_else() {
        for (json, clean) in [
            (r#""a""#, r#""a""#),
            (r#""\ud83d\ude00""#, r#""\ud83d\ude00""#),
            (r#""\ud83d""#, r#""\ufffd""#),
            (r#""\ude00\ud83d""#, r#""\ufffd\ufffd""#),
            (r#""\ud83d\ud83d\ude00\n""#, r#""\ufffd\ud83d\ude00\n""#),
            (r#""\\ud83d""#, r#""\\ud83d""#),
            (r#""\\\uD83D я""#, r#""\\\ufffd я""#),
            (r#"{"\udfff":"\"\udfff"}"#, r#"{"\ufffd":"\"\ufffd"}"#),
        ] {
            assert_eq!(well_formed(json), clean);
            assert!(serde_json::from_str::<serde_json::Value>(clean).is_ok(), "{clean}");
        }
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        assert_eq!(bounded("яя".to_owned(), 4), "яя");
        assert_eq!(bounded("яя".to_owned(), 3), "я…");
    }
}
