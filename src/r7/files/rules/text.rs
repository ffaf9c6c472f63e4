//! What kind of text a text file holds (sheet r7/files 5.3). Pure.

/// The extension for a text: `.html` if it has a tag with blanks or attributes, such as `<a href="x">`.
///
/// Upstream's search is the pattern `<([^\s>]*)(\s[^<]*)>`: between two `<` the first blank comes before the first `>`,
/// and a `>` follows it. So `<b>` is no HTML, and `1 < 2 and 3 > 2` is.
pub(crate) fn extension(content: &str) -> &'static str {
    let html = content.split('<').skip(1).any(|piece| {
        let end = piece.find(|char: char| char == '>' || char.is_whitespace());
        end.and_then(|end| piece.get(end..)).is_some_and(|rest| !rest.starts_with('>') && rest.contains('>'))
    });
    if html { ".html" } else { ".txt" }
}

/// A title with that extension at its end, unless it is there in any case.
pub(crate) fn titled(title: String, extension: &str) -> String {
    if title.to_lowercase().ends_with(extension) { title } else { title + extension }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_html() {
        // sheet r7/files 5.3
        for (content, expected) in [
            ("", ".txt"),
            ("plain", ".txt"),
            ("<b>hi</b>", ".txt"),
            ("<br>line\nnext", ".txt"),
            ("<a href='x'>y</a>", ".html"),
            ("<br />", ".html"),
            ("<p\nclass=x>", ".html"),
            ("1 < 2 and 3 > 2", ".html"),
            ("1 < 2", ".txt"),
            ("<a <b>", ".txt"),
            ("> <x y", ".txt"),
            ("<img src=a.png alt='a > b'>", ".html"),
        ] {
            assert_eq!(extension(content), expected, "{content}");
        }
    }

    #[test]
    fn an_extension_is_appended_once() {
        for (title, expected) in
            [("a", "a.txt"), ("a.txt", "a.txt"), ("a.TXT", "a.TXT"), ("a.html", "a.html.txt"), ("", ".txt")]
        {
            assert_eq!(titled(title.to_owned(), ".txt"), expected);
        }
    }
}
