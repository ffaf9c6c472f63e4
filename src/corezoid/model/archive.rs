//! The zip of an export (sheet corezoid/api 3.3): one wrapper directory, a directory a folder, a file an object. Pure.

use std::collections::HashMap;
use std::io::{Cursor, Write as _};

use serde_json::Value;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::scheme::{Dialect, Item, entry};

/// Packs objects, each folder before what is in it. Entries carry no time of their own, so that exports repeat.
pub(crate) fn zip(items: &[Item], wrapper: &str) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let mut directories = HashMap::new();
    for item in items {
        let parent = directories.get(&item.parent).map_or(wrapper, String::as_str);
        let name = format!("{}_{}.{}", item.id, plain(&item.title), item.kind.word());
        let path = if item.kind.is_folder() {
            let directory = format!("{parent}/{name}");
            let path = format!("{directory}/{name}.json");
            directories.insert(item.id, directory);
            path
        } else {
            format!("{parent}/{name}.json")
        };
        let text: Value = entry(item, Dialect::Newer);
        // Writing into memory does not fail, and a name that is no path cannot be refused.
        let written = archive.start_file(path, options).is_ok();
        if written {
            let _ = archive.write_all(text.to_string().as_bytes());
        }
    }
    archive.finish().map(Cursor::into_inner).unwrap_or_default()
}

/// A title as part of a file name: `_` for everything that is neither letter nor digit.
fn plain(title: &str) -> String {
    title.chars().take(64).map(|c| if c.is_alphanumeric() || c == '-' { c } else { '_' }).collect()
}
