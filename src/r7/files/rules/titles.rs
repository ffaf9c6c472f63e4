//! Titles of files and folders: cleaning, extensions, comparison, order (sheet r7/files 5.5, 5.6, 6). Pure.

use std::fmt::Write as _;

/// Longest title (sheet r7/files 5.5).
const LONGEST: usize = 170;
/// A last dot past this position keeps its extension when a title is cut.
const EXTENSION_FROM: usize = 150;

/// A title as the portal stores it: trimmed, cut at 170 characters, forbidden characters replaced by `_`.
///
/// Characters are .NET's: UTF-16 units, so an emoji counts twice and becomes `__`.
pub(crate) fn clean(title: &str) -> String {
    let units: Vec<u16> = title.trim().encode_utf16().collect();
    let kept = if units.len() <= LONGEST {
        units
    } else {
        match units.iter().rposition(|unit| *unit == u16::from(b'.')).filter(|dot| *dot > EXTENSION_FROM) {
            Some(dot) => {
                let extension = &units[dot..];
                let stem = LONGEST.saturating_sub(extension.len());
                units.iter().take(stem).chain(extension).copied().collect()
            }
            None => units.into_iter().take(LONGEST).collect(),
        }
    };
    char::decode_utf16(kept)
        .flat_map(|decoded| match decoded {
            Ok(char) if u32::from(char) > 0xFFFF => ['_', '_'].into_iter().take(2),
            Ok(char) if "\t*+:\"<>?|\\/".contains(char) => ['_', '_'].into_iter().take(1),
            Ok(char) => [char, char].into_iter().take(1),
            Err(_) => ['_', '_'].into_iter().take(1),
        })
        .collect()
}

/// The extension with its dot, in lower case; empty without one.
pub(crate) fn extension(title: &str) -> String {
    raw_extension(title).to_lowercase()
}

fn raw_extension(title: &str) -> &str {
    match title.rfind('.') {
        // .NET: a dot at the very end is no extension.
        Some(dot) if dot + 1 < title.len() => title.get(dot..).unwrap_or_default(),
        _ => "",
    }
}

/// A new file's title: cleaned, its extension in lower case (sheet r7/files 5.5).
pub(crate) fn of_new_file(title: &str) -> String {
    let title = clean(title);
    with_extension(&title, &extension(&title))
}

/// A title with another extension, given with its dot.
pub(crate) fn with_extension(title: &str, extension: &str) -> String {
    let stem = title.len() - raw_extension(title).len();
    format!("{}{extension}", title.get(..stem).unwrap_or_default())
}

/// The title of a new document: its extension is made that of a format, or stays where there is none in stock; then
/// `.docx` is appended (sheet r7/files 5.4).
pub(crate) fn of_new_document(title: &str, format: Option<&str>) -> String {
    match format {
        Some(format) => of_new_file(&with_extension(title, format)),
        None => of_new_file(&format!("{title}.docx")),
    }
}

/// A renamed file's title: the extension never changes, a new one gets the old one appended (sheet r7/files 5.6).
pub(crate) fn of_renamed_file(old: &str, new: &str) -> String {
    let title = clean(new);
    let kept = extension(old);
    if extension(&title) == kept { title } else { title + &kept }
}

/// What two titles are compared by: letters' case does not matter in any script.
pub(crate) fn key(title: &str) -> String {
    title.to_lowercase()
}

/// What titles are ordered by: like [`key`], with runs of digits ordered as numbers.
pub(crate) fn sort_key(title: &str) -> String {
    let lower = title.to_lowercase();
    let mut sorted = String::with_capacity(lower.len() + 8);
    let mut rest = lower.as_str();
    while let Some(first) = rest.chars().next() {
        let digits = rest.len() - rest.trim_start_matches(|char: char| char.is_ascii_digit()).len();
        if digits == 0 {
            sorted.push(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
            continue;
        }
        let run = rest.get(..digits).unwrap_or_default().trim_start_matches('0');
        // A number is led by its length; all of it begins with a digit, so numbers stay before letters.
        let _ = write!(sorted, "{:03}", run.len().min(999));
        sorted.push_str(run);
        rest = rest.get(digits..).unwrap_or_default();
    }
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cleaned() {
        // sheet r7/files 5.5
        let long = "x".repeat(200);
        for (title, expected) in [
            ("  a.docx ", "a.docx".to_owned()),
            ("a\tb*c+d:e\"f<g>h?i|j\\k/l", "a_b_c_d_e_f_g_h_i_j_k_l".to_owned()),
            ("../../etc/passwd", ".._.._etc_passwd".to_owned()),
            ("снимок 😀.png", "снимок __.png".to_owned()),
            (&long, "x".repeat(170)),
            (&format!("{long}.docx"), format!("{}.docx", "x".repeat(165))),
            (&format!("a.{long}"), format!("a.{}", "x".repeat(168))),
            ("", String::new()),
        ] {
            assert_eq!(clean(title), expected);
        }
    }

    #[test]
    fn files() {
        for (title, expected) in
            [("A.DOCX", "A.docx"), ("README", "README"), ("a.", "a."), ("Отчёт.TXT", "Отчёт.txt")]
        {
            assert_eq!(of_new_file(title), expected);
        }
        // sheet r7/files 5.6
        for (old, new, expected) in [
            ("a.docx", "b", "b.docx"),
            ("a.docx", "b.txt", "b.txt.docx"),
            ("a.docx", "b.docx", "b.docx"),
            ("a.docx", "b.DOCX", "b.DOCX"),
            ("a", "b", "b"),
            ("a", "b.txt", "b.txt"),
            // The old extension comes back in lower case.
            ("a.DOCX", "b", "b.docx"),
            ("a.docx", "  b.docx ", "b.docx"),
            ("a.docx", "b.", "b..docx"),
        ] {
            assert_eq!(of_renamed_file(old, new), expected);
        }
        // sheet r7/files 5.4
        for (title, format, expected) in [
            ("x.txt", Some(".docx"), "x.docx"),
            ("x.csv", Some(".xlsx"), "x.xlsx"),
            ("x.y.odp", Some(".pptx"), "x.y.pptx"),
            ("x.zip", None, "x.zip.docx"),
            ("x", None, "x.docx"),
            ("a+b", None, "a_b.docx"),
        ] {
            assert_eq!(of_new_document(title, format), expected);
        }
        let long = of_new_document(&"x".repeat(200), None);
        assert!(long.len() == 170 && long.ends_with("x.docx"), "{long}");
    }

    #[test]
    fn order() {
        let mut titles = ["b", "a10", "A2", "a", "10", "9", "я", "Ё", "a02b"];
        titles.sort_by_key(|title| sort_key(title));
        assert_eq!(titles, ["9", "10", "a", "A2", "a02b", "a10", "b", "я", "Ё"]);
        assert_eq!(key("ДОГОВОР.docx"), key("договор.DOCX"));
    }
}
