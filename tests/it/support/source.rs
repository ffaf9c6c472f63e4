//! The project's own text, for tests that guard its shape.

use std::path::{Path, PathBuf};

/// A file of the project.
pub(crate) struct Source {
    /// From the project's root, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
}

/// Every file under `folder` (from the project's root) whose name ends in `ending`, in path order.
pub(crate) fn files(folder: &str, ending: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in
            std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_str().is_some_and(|path| path.ends_with(ending)) {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push(Source {
                    path: path.strip_prefix(root).unwrap().to_str().unwrap().to_owned(),
                    text,
                });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// A piece of Rust text.
enum Piece<'a> {
    Code(&'a str),
    Comment(&'a str),
    /// A string literal: its source, and what stands between the quotes.
    Text {
        source: &'a str,
        inner: &'a str,
        raw: bool,
    },
}

/// Cuts Rust text into code, comments and string literals. Nothing more of the language is understood.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let bytes = text.as_bytes();
    let (mut start, mut at) = (0, 0);
    while at < text.len() {
        let rest = &text[at..];
        let word = at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_');
        let piece = if rest.starts_with("//") {
            Some(Piece::Comment(&rest[..rest.find('\n').unwrap_or(rest.len())]))
        } else if rest.starts_with('"') {
            Some(quoted(rest))
        } else if !word && (rest.starts_with("r\"") || rest.starts_with("r#")) {
            raw(rest)
        } else {
            None
        };
        if let Some(piece) = piece {
            pieces.push(Piece::Code(&text[start..at]));
            at += match piece {
                Piece::Code(source) | Piece::Comment(source) | Piece::Text { source, .. } => source.len(),
            };
            start = at;
            pieces.push(piece);
        } else if rest.starts_with('\'') {
            at += character(rest);
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    pieces.push(Piece::Code(&text[start..]));
    pieces
}

fn quoted(rest: &str) -> Piece<'_> {
    let mut escaped = false;
    for (at, char) in rest.char_indices().skip(1) {
        match char {
            '"' if !escaped => return Piece::Text { source: &rest[..=at], inner: &rest[1..at], raw: false },
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    Piece::Text { source: rest, inner: &rest[1..], raw: false }
}

fn raw(rest: &str) -> Option<Piece<'_>> {
    let hashes = rest[1..].bytes().take_while(|byte| *byte == b'#').count();
    let open = 1 + hashes;
    if rest.as_bytes().get(open) != Some(&b'"') {
        return None;
    }
    let inner = &rest[open + 1..];
    let length = inner.find(&format!("\"{}", "#".repeat(hashes)))?;
    let source = &rest[..open + 1 + length + 1 + hashes];
    Some(Piece::Text { source, inner: &inner[..length], raw: true })
}

/// Length of a character literal, or 1 for the mark of a lifetime.
fn character(rest: &str) -> usize {
    let mut chars = rest.char_indices().skip(1);
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), Some((at, escaped))) => {
            let from = at + escaped.len_utf8();
            rest[from..].find('\'').map_or(1, |end| from + end + 1)
        }
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 1,
    }
}

/// The code alone: comments and the insides of strings are gone, lines stay where they are.
pub(crate) fn code(text: &str) -> String {
    let blank = |text: &str| "\n".repeat(text.matches('\n').count());
    pieces(text)
        .into_iter()
        .map(|piece| match piece {
            Piece::Code(code) => code.to_owned(),
            Piece::Comment(comment) => blank(comment),
            Piece::Text { source, .. } => format!("\"{}\"", blank(source)),
        })
        .collect()
}

/// The code that goes into the program: [`code`] without the tests at its end.
pub(crate) fn production(text: &str) -> String {
    let mut code = code(text);
    if let Some(at) = code.find("#[cfg(test)]\nmod ") {
        code.truncate(at);
    }
    code
}

/// Every string literal before the file's own tests: its line, and its value.
pub(crate) fn literals(text: &str) -> Vec<(usize, String)> {
    let text = text.split("#[cfg(test)]\nmod ").next().unwrap_or(text);
    let mut line = 1;
    let mut found = Vec::new();
    for piece in pieces(text) {
        let source = match piece {
            Piece::Code(source) | Piece::Comment(source) => source,
            Piece::Text { source, inner, raw } => {
                found.push((line, if raw { inner.to_owned() } else { unescape(inner) }));
                source
            }
        };
        line += source.matches('\n').count();
    }
    found
}

/// The escapes that SQL and paths need: `\n`, `\t`, quotes, and a line end that swallows what is before the next word.
fn unescape(inner: &str) -> String {
    let mut out = String::new();
    let mut chars = inner.chars().peekable();
    while let Some(char) = chars.next() {
        match (char, char == '\\') {
            (_, false) => out.push(char),
            _ => match chars.next() {
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some('\n') => while chars.next_if(|next| next.is_whitespace()).is_some() {},
                Some(other) => out.push(other),
                None => {}
            },
        }
    }
    out
}

/// Lines of `code` (from 1) where `word` stands as a word or path of its own.
pub(crate) fn lines_with(code: &str, word: &str) -> Vec<usize> {
    let part = |char: char| char.is_alphanumeric() || char == '_';
    let (first, last) = (word.starts_with(part), word.ends_with(part));
    let mut lines = Vec::new();
    for (at, _) in code.match_indices(word) {
        let before = code[..at].chars().next_back().is_some_and(part);
        let after = code[at + word.len()..].chars().next().is_some_and(part);
        if !(first && before || last && after) {
            lines.push(code[..at].matches('\n').count() + 1);
        }
    }
    lines
}

#[test]
fn comments_and_strings_are_told_from_code() {
    let text = "let a = \"x // y \\\" z\"; // axum\nlet b = r#\"q\"uo\"#; let c = '\"'; let d: &'static str = \"two \\\n   lines\";";
    let code = code(text);
    assert_eq!(code.matches('\n').count(), text.matches('\n').count());
    assert!(!code.contains("axum") && code.contains("'static"), "{code}");
    let values: Vec<_> = literals(text);
    let expected = [(1, "x // y \" z"), (2, "q\"uo"), (2, "two lines")];
    assert_eq!(values, expected.map(|(line, text)| (line, text.to_owned())));
}

#[test]
fn a_word_is_found_only_where_it_stands_alone() {
    let code = "use crate::r7;\nlet r7_user = hyper7;\nx.unwrap_or(1).unwrap();";
    assert_eq!(lines_with(code, "r7"), [1]);
    assert_eq!(lines_with(code, ".unwrap()"), [3]);
    assert_eq!(lines_with(code, "crate::r7"), [1]);
}
