//! Names of the files that the CRM makes of texts and uploads (sheet r7/crm 3.3). Pure.

/// The title with its extension, unless it has that already: `.html` if the content has a tag with attributes, else
/// `.txt`.
pub(crate) fn file_name(title: &str, content: &str) -> String {
    let extension = if has_tag_with_attributes(content) { ".html" } else { ".txt" };
    if title.to_lowercase().ends_with(extension) { title.to_owned() } else { format!("{title}{extension}") }
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

/// The file name of a `Content-Disposition` header: `filename*=UTF-8''…` before `filename=…`.
pub(crate) fn disposition_name(header: &str) -> Option<String> {
    let value = |key: &str| {
        header.split(';').find_map(|piece| {
            let (name, value) = piece.split_once('=')?;
            name.trim().eq_ignore_ascii_case(key).then(|| value.trim().trim_matches('"').to_owned())
        })
    };
    let extended = value("filename*").and_then(|text| {
        let (charset, rest) = text.split_once('\'')?;
        let (_, encoded) = rest.split_once('\'')?;
        let decoded = percent_encoding::percent_decode_str(encoded).decode_utf8().ok()?;
        charset.eq_ignore_ascii_case("utf-8").then(|| decoded.into_owned())
    });
    extended.or_else(|| value("filename")).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn names_of_raw_uploads() {
        for (header, name) in [
            ("attachment; filename=\"a b.txt\"", Some("a b.txt")),
            ("attachment; FileName=a.txt", Some("a.txt")),
            ("attachment; filename=x; filename*=UTF-8''%D0%B0.txt", Some("а.txt")),
            ("attachment; filename*=koi8-r''%C1; filename=b.txt", Some("b.txt")),
            ("attachment; filename=\"\"", None),
            ("attachment", None),
        ] {
            assert_eq!(disposition_name(header).as_deref(), name, "{header}");
        }
    }
}
