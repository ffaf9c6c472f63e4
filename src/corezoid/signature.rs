//! The signature of a request (sheet corezoid/api 1.2). Pure.

use sha1::{Digest as _, Sha1};
use subtle::ConstantTimeEq as _;

fn digest(time: &str, secret: &str, content: &[u8]) -> [u8; 20] {
    let mut sha = Sha1::new();
    sha.update(time.as_bytes());
    sha.update(secret.as_bytes());
    sha.update(content);
    sha.update(secret.as_bytes());
    sha.finalize().into()
}

/// `hex(sha1(TIME + SECRET + CONTENT + SECRET))`, over the bytes as they are sent (seed 002).
///
/// ```
/// let signature = standin::sign("1487321422", "s3cret", br#"{"ops":[]}"#);
/// assert_eq!(signature, "92d124c283f30c11dcb1b9762a04912510988d3b");
/// ```
#[must_use]
pub fn sign(time: &str, secret: &str, content: &[u8]) -> String {
    hex::encode(digest(time, secret, content))
}

/// Whether a signature fits; hex case does not matter, and the comparison takes the same time for every wrong one.
pub(crate) fn matches(signature: &str, time: &str, secret: &str, content: &[u8]) -> bool {
    let mut given = [0; 20];
    hex::decode_to_slice(signature, &mut given).is_ok() && given.ct_eq(&digest(time, secret, content)).into()
}

/// What the Go client signs of a multipart form (sheet corezoid/api 1.2): every `-…word…-` at the end of a line dropped with
/// that end (boundaries are such lines), the rest trimmed, then lines joined without their CRLF, except that a line
/// starting with `Content-` keeps it. A bare LF, as in a scheme that was written to be read, stays.
pub(crate) fn go_form_content(body: &[u8]) -> Vec<u8> {
    let mut text: Vec<u8> = Vec::with_capacity(body.len());
    let mut marked = lines(body).peekable();
    while let Some(line) = marked.next() {
        let ended = marked.peek().is_some();
        if let Some(before) = without_mark(line).filter(|_| ended) {
            text.extend_from_slice(before);
        } else {
            text.extend_from_slice(line);
            text.extend_from_slice(if ended { END } else { b"" });
        }
    }
    let mut content = Vec::with_capacity(text.len());
    for line in lines(text.trim_ascii()) {
        content.extend_from_slice(line);
        content.extend_from_slice(if line.starts_with(b"Content-") { END } else { b"" });
    }
    content
}

const END: &[u8] = b"\r\n";

/// What stands between the line ends of a form.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let at = text.windows(END.len()).position(|window| window == END);
        let (line, after) = at.map_or((text, None), |at| {
            let (line, after) = text.split_at(at);
            (line, after.get(END.len()..))
        });
        rest = after;
        Some(line)
    })
}

/// What stands before the dashes, the word and the dashes again that a line ends with; `None`: it ends otherwise.
fn without_mark(line: &[u8]) -> Option<&[u8]> {
    let strip = |line: &[u8], of: fn(&u8) -> bool| line.iter().rev().take_while(|byte| of(byte)).count();
    let dash = |byte: &u8| *byte == b'-';
    let word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let line = line.get(..line.len() - strip(line, dash))?;
    let words = strip(line, word);
    let line = line.get(..line.len() - words)?;
    let dashes = strip(line, dash);
    if words == 0 || dashes == 0 { None } else { line.get(..line.len() - dashes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_vectors_hold() {
        // sheet corezoid/api 1.2, vectors 2 and 3.
        for (time, secret, content, expected) in [
            ("1487321422", "s3cret", r#"{"ops":[]}"#, "92d124c283f30c11dcb1b9762a04912510988d3b"),
            ("1487321422", "s3cret", "", "84a985f1a37be973dcbf77c9d85df26484747ea1"),
            (
                "1487321422",
                "секрет",
                r#"{"ops":[{"type":"create","obj":"conv","title":"Процесс"}]}"#,
                "a8e512da03f27be06eeb92d1705ef6813248ef8f",
            ),
        ] {
            assert_eq!(sign(time, secret, content.as_bytes()), expected);
            assert!(matches(&expected.to_uppercase(), time, secret, content.as_bytes()), "hex case is free");
            assert!(!matches(expected, time, secret, format!("{content} ").as_bytes()), "every byte counts");
            assert!(!matches(&expected[1..], time, secret, content.as_bytes()));
        }
    }

    #[test]
    fn of_a_form_the_headers_and_the_bodies_are_signed() {
        let file = "Content-Disposition: form-data; name=\"scheme\"; filename=\"scheme.json\"\r\nContent-Type: application/json\r\n";
        let field = "Content-Disposition: form-data; name=\"obj\"\r\n";
        for (scheme, signed) in [
            ("[{}]", "[{}]"),
            ("", ""),
            ("[\n {\"a\": \"-\"}\n]\n", "[\n {\"a\": \"-\"}\n]\n"),
            // What the client's own patterns make of line ends inside the file.
            ("[\r\n1\r\n\r\n,2]", "[1,2]"),
            ("a--b_1--\r\n c-\r\n -d- e", "a c- -d- e"),
            ("Content-x\r\ny", "Content-x\r\ny"),
        ] {
            let form = format!("--e1\r\n{file}\r\n{scheme}\r\n--e1\r\n{field}\r\nobj_scheme\r\n--e1--\r\n");
            let expected = format!("{file}{signed}{field}obj_scheme");
            assert_eq!(String::from_utf8(go_form_content(form.as_bytes())).unwrap(), expected, "{scheme:?}");
        }
    }
}
