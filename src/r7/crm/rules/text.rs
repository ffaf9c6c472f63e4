//! Names of the files that the CRM makes of texts (sheet r7/crm 3.3), and what is searched for words. Pure.

/// The title with its extension, unless it has that already: `.html` if the content has a tag with attributes, else
/// `.txt`.
pub(crate) fn file_name(title: &str, content: &str) -> String {
    let extension = if has_tag_with_attributes(content) { ".html" } else { ".txt" };
    if title.to_lowercase().ends_with(extension) { title.to_owned() } else { format!("{title}{extension}") }
}

/// What words are looked for in: all that an entry says, in lower case.
pub(crate) fn searched(parts: &[&str]) -> String {
    let said: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    said.join(" ").to_lowercase()
}

/// `<`, a name, white space, anything but `<`, `>`.
fn has_tag_with_attributes(content: &str) -> bool {
    content.split('<').skip(1).any(|piece| {
        let blank = piece.find(char::is_whitespace);
        let close = piece.rfind('>');
        let first = piece.find('>');
        match (blank, close, first) {
            (Some(blank), Some(close), Some(first)) => blank < close && blank < first,
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_absent_leaves_no_blank() {
        assert_eq!(searched(&["", "Lee & Sons", "", "Tea"]), "lee & sons tea");
        assert_eq!(searched(&["", ""]), "");
    }

    #[test]
    fn a_tag_with_attributes_makes_html() {
        // sheet r7/crm 3.3
        for (title, content, name) in [
            ("a", "plain", "a.txt"),
            ("a.txt", "plain", "a.txt"),
            ("a.TXT", "plain", "a.TXT"),
            ("a.html", "plain", "a.html.txt"),
            ("a", "<b>bold</b>", "a.txt"),
            ("a", "<br />", "a.html"),
            ("a", "<a href=\"x\">y</a>", "a.html"),
            ("a.html", "<a href=\"x\">y</a>", "a.html"),
            ("a", "1 < 2 and 3", "a.txt"),
            ("a", "<b> and then", "a.txt"),
            ("", "x", ".txt"),
        ] {
            assert_eq!(file_name(title, content), name, "{title} {content}");
        }
    }
}
