//! Who has a file open in the editor, for how long, and under which key (sheet r7/files 1, editor plumbing). Pure.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest as _, Sha1};

use super::types::{self, Page};
use crate::r7::files::ids::FileId;

/// An editor that is alone says every few seconds that it is still there; after so much silence it is gone.
pub(crate) const ALONE_MILLIS: i64 = 12_000;
/// A session of the editors' server is forgotten so long after its last word.
pub(crate) const SHARED_MILLIS: i64 = 60_000;

/// The key under which the editors' server knows a version of a file; 0: the key that a session is tracked by.
///
/// Of letters, digits and `_` alone, as upstream makes it of a digest.
pub(crate) fn key(world: &str, file: FileId, version: i64) -> String {
    let digest = Sha1::digest(format!("editor {world} {file} {version}").as_bytes());
    let text = STANDARD.encode(digest);
    text.chars().map(|char| if char.is_ascii_alphanumeric() { char } else { '_' }).collect()
}

/// Whether files of that extension open in the editor, and may be changed there.
pub(crate) fn opens(extension: &str) -> (bool, bool) {
    match types::page(extension) {
        Page::Editor => (true, true),
        Page::Viewer => (true, false),
        Page::Preview | Page::Download => (false, false),
    }
}

/// `documentType` of the editor's configuration, by `fileType`.
pub(crate) fn document_type(file_type: i32) -> &'static str {
    match file_type {
        5 => "cell",
        6 => "slide",
        _ => "word",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_tell_files_versions_and_worlds_apart() {
        let one = key("default", FileId(1), 2);
        assert!(
            one.len() == 28 && one.chars().all(|char| char.is_ascii_alphanumeric() || char == '_'),
            "{one}"
        );
        assert_eq!(one, key("default", FileId(1), 2));
        for other in [key("default", FileId(1), 3), key("default", FileId(2), 2), key("other", FileId(1), 2)]
        {
            assert_ne!(one, other);
        }
    }

    #[test]
    fn formats() {
        for (extension, expected) in
            [(".docx", (true, true)), (".doc", (true, false)), (".png", (false, false)), ("", (false, false))]
        {
            assert_eq!(opens(extension), expected, "{extension}");
        }
        assert_eq!([7, 5, 6].map(document_type), ["word", "cell", "slide"]);
    }
}
