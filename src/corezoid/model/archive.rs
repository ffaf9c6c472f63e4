//! The zip of an export (sheet corezoid/api 3.3): one wrapper directory, a directory a folder, a file an object; aliases and
//! variables of a place in one file each. The wrapper has the name of the file, its `.zip` too: the official client looks
//! for `conv_7_1770886800000.zip/` to take what is in it. Pure.

use std::collections::{BTreeMap, HashMap};
use std::io::{Cursor, Write as _};

use serde_json::{Map, Value};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::scheme::{Body, Dialect, Item, entry};
use super::unpack::{ALIASES, ENV_VARS};

/// Packs objects, each folder before what is in it. Entries carry no time of their own, so that exports repeat.
pub(crate) fn zip(items: &[Item], wrapper: &str) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let mut directories = HashMap::new();
    let mut aliases: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    let mut variables: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    // Writing into memory does not fail, and a name that is no path cannot be refused.
    let mut write = |path: String, text: Value| {
        if archive.start_file(path, options).is_ok() {
            let _ = archive.write_all(text.to_string().as_bytes());
        }
    };
    for item in items {
        let parent = directories.get(&item.parent).map_or(wrapper, String::as_str);
        let text = entry(item, Dialect::Newer);
        match &item.body {
            Body::Alias { .. } => aliases.entry(format!("{parent}/{ALIASES}")).or_default().push(text),
            Body::EnvVar { short_name, env_var_type, .. } => {
                let variable = variable(text, env_var_type == "secret");
                let file = variables.entry(format!("{parent}/{ENV_VARS}")).or_default();
                file.insert(short_name.clone(), variable);
            }
            Body::Folder
            | Body::Place { .. }
            | Body::Conv { .. }
            | Body::Dashboard { .. }
            | Body::Instance { .. } => {
                let name = format!("{}_{}.{}", item.id, plain(&item.title), item.kind.word());
                let path = if item.kind.is_folder() {
                    let directory = format!("{parent}/{name}");
                    let path = format!("{directory}/{name}.json");
                    directories.insert(item.id, directory);
                    path
                } else {
                    format!("{parent}/{name}.json")
                };
                write(path, text);
            }
        }
    }
    for (path, list) in aliases {
        write(path, Value::from(list));
    }
    for (path, by_name) in variables {
        write(path, Value::Object(by_name));
    }
    archive.finish().map(Cursor::into_inner).unwrap_or_default()
}

/// What the file of variables says of one, under its name. The value of a secret leaves the service in no file.
fn variable(mut text: Value, secret: bool) -> Value {
    if let Some(object) = text.as_object_mut() {
        for key in ["obj_type", "obj_id", "parent_id", "short_name"] {
            object.shift_remove(key);
        }
        if secret {
            object.insert("value".to_owned(), Value::Null);
        }
    }
    text
}

/// Bytes of a title in a file name: with id and ending it stays below what file systems take.
const LONGEST: usize = 200;

/// A title as part of a file name: `_` for spaces and for what no path or no Windows file name may hold, as in the names that
/// the official client gives the same objects.
fn plain(title: &str) -> String {
    let held = |c: char| c.is_control() || " /\\:*?\"<>|".contains(c);
    let whole: String = title.chars().map(|c| if held(c) { '_' } else { c }).collect();
    whole.get(..whole.floor_char_boundary(LONGEST)).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_keeps_whatever_a_file_name_can_hold() {
        assert_eq!(plain("Pay: A/B (v2.0), \"all\" | Оплата-1"), "Pay__A_B_(v2.0),__all____Оплата-1");
        assert_eq!(plain("a\nb\\c<d>e*f?"), "a_b_c_d_e_f_");
        assert_eq!(plain(&"я".repeat(240)), "я".repeat(100));
    }
}
