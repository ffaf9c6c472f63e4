//! How the version that people see goes on, is closed and is merged (sheet r7/files 5.6). Pure.

use super::{blank, titles, types};

/// How far an update moves on the version that people see: 1, but 0 where a file that was made blank and never saved
/// gets its first content. Upstream knows it by the size alone: version 1, as large as the blank of its format.
pub(crate) fn update_step(version: i64, title: &str, size: i64) -> i64 {
    let extension = titles::extension(title);
    let blank = blank::document(types::own_format(&extension).unwrap_or(&extension));
    let untouched = blank.is_some_and(|bytes| i64::try_from(bytes.len()) == Ok(size));
    i64::from(version != 1 || !untouched)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_blank_first_version_keeps_its_group() {
        let size = |extension: &str| i64::try_from(blank::document(extension).unwrap().len()).unwrap();
        for (version, title, size, expected) in [
            (1, "a.docx", size(".docx"), 0),
            (1, "a.DOCX", size(".docx"), 0),
            // A text as large as the blank document counts as one: only the size is looked at.
            (1, "a.txt", size(".docx"), 0),
            (1, "a.xlsx", size(".xlsx"), 0),
            (1, "a.csv", size(".xlsx"), 0),
            (1, "a.pptx", size(".pptx"), 0),
            (1, "a.pdf", size(".pdf"), 0),
            (1, "a.docx", size(".xlsx"), 1),
            (1, "a.docx", size(".docx") + 1, 1),
            (2, "a.docx", size(".docx"), 1),
            (1, "a.zip", size(".docx"), 1),
            (1, "a", size(".docx"), 1),
            (1, "a.docx", 0, 1),
        ] {
            assert_eq!(update_step(version, title, size), expected, "{version} {title} {size}");
        }
    }
}
