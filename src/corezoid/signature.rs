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

/// What the Go client signs of a multipart form (sheet corezoid/api 1.2): boundary lines dropped, the blank line between
/// part headers and part body removed, the text trimmed, lines joined without line ends except that a line starting with
/// `Content-` keeps its CRLF.
pub(crate) fn go_form_content(body: &[u8], boundary: &str) -> Vec<u8> {
    let text = String::from_utf8_lossy(body);
    let mark = format!("--{boundary}");
    let mut out = String::new();
    let mut in_headers = false;
    for line in text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)) {
        if line.starts_with(&mark) {
            in_headers = true;
        } else if in_headers && line.is_empty() {
            in_headers = false;
        } else {
            out.push_str(line);
            if line.starts_with("Content-") {
                out.push_str("\r\n");
            }
        }
    }
    out.trim().as_bytes().to_vec()
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
}
