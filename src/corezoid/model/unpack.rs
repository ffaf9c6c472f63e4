//! An uploaded file: a JSON array of objects, one bare object, or a zip of such files (sheet corezoid/api 3.3). Pure.

use std::io::{Cursor, Read as _};

use serde_json::Value;
use zip::ZipArchive;

use super::node::Object;
use crate::corezoid::ids::Kind;

/// Bytes that a file may hold once it is unpacked (sheet corezoid/api 1.7).
pub(crate) const LARGEST: u64 = 200 << 20;
/// Files of one archive, inner ones included.
const MOST_FILES: usize = 100_000;
/// Archives inside an archive: real exports hold one (`stage_1_2.zip`).
const DEEPEST: usize = 3;

/// The file of a stage's variables, and that of its aliases (sheet corezoid/api 3.3).
pub(crate) const ENV_VARS: &str = "_ENV_VARS_.json";
pub(crate) const ALIASES: &str = "_ALIASES_.json";

/// A file that cannot be read, whatever the reason (sheet corezoid/api 4.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Invalid scheme")]
pub(crate) struct Broken;

/// One object of a file, and the directory it was found in.
#[derive(Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) object: Object,
    /// Path inside the archive, without the file's own name; empty at the top and in a JSON file.
    pub(crate) directory: String,
    /// The entry tells what its directory is: `12_Title.folder/12_Title.folder.json`.
    pub(crate) is_directory: bool,
}

/// What a file holds.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Bundle {
    pub(crate) entries: Vec<Entry>,
}

impl Bundle {
    /// The objects of an export.
    pub(crate) fn of(scheme: Value) -> Self {
        let objects = if let Value::Array(list) = scheme { list } else { Vec::new() };
        let entry = |value| match value {
            Value::Object(object) => Some(Entry { object, directory: String::new(), is_directory: false }),
            _ => None,
        };
        Self { entries: objects.into_iter().filter_map(entry).collect() }
    }
}

/// Reads a file.
pub(crate) fn unpack(bytes: &[u8]) -> Result<Bundle, Broken> {
    unpack_within(bytes, LARGEST)
}

fn unpack_within(bytes: &[u8], limit: u64) -> Result<Bundle, Broken> {
    let mut bundle = Bundle::default();
    if bytes.starts_with(b"PK") {
        let mut left = Left { bytes: limit, files: MOST_FILES };
        archive(bytes, "", 0, &mut left, &mut bundle)?;
    } else {
        add(bytes, "", "", &mut bundle)?;
    }
    if bundle.entries.is_empty() { Err(Broken) } else { Ok(bundle) }
}

/// What an archive may still cost.
struct Left {
    bytes: u64,
    files: usize,
}

fn archive(
    bytes: &[u8],
    around: &str,
    depth: usize,
    left: &mut Left,
    bundle: &mut Bundle,
) -> Result<(), Broken> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Broken)?;
    for index in 0..archive.len() {
        left.files = left.files.checked_sub(1).ok_or(Broken)?;
        let mut file = archive.by_index(index).map_err(|_| Broken)?;
        let path = plain(&String::from_utf8_lossy(file.name_raw()));
        if !stays_inside(&path) {
            return Err(Broken);
        }
        let (directory, name) = path.rsplit_once('/').unwrap_or(("", &path));
        let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
        let inner = match extension.as_deref() {
            Some("json") => false,
            Some("zip") => true,
            // Directories, and whatever else somebody packed.
            _ => continue,
        };
        let mut content = Vec::new();
        // The size that the archive claims is not believed.
        let read = (&mut file).take(left.bytes + 1).read_to_end(&mut content).map_err(|_| Broken)?;
        left.bytes = left.bytes.checked_sub(read as u64).ok_or(Broken)?;
        let directory =
            if around.is_empty() { directory.to_owned() } else { format!("{around}/{directory}") };
        if !inner {
            add(&content, &directory, name, bundle)?;
        } else if depth < DEEPEST {
            self::archive(&content, &directory, depth + 1, left, bundle)?;
        } else {
            return Err(Broken);
        }
    }
    Ok(())
}

/// One JSON file. serde's own bound on nesting (128) is the bound here.
fn add(bytes: &[u8], directory: &str, name: &str, bundle: &mut Bundle) -> Result<(), Broken> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let value: Value = serde_json::from_slice(bytes).map_err(|_| Broken)?;
    if name == ENV_VARS {
        let entry = |object| Entry { object, directory: directory.to_owned(), is_directory: false };
        bundle.entries.extend(env_vars(value)?.into_iter().map(entry));
        return Ok(());
    }
    let objects = match value {
        Value::Array(list) => list,
        bare @ Value::Object(_) => vec![bare],
        _ => return Err(Broken),
    };
    let stem = name.strip_suffix(".json").unwrap_or(name);
    let own = directory.rsplit('/').next().unwrap_or_default();
    for object in objects {
        let Value::Object(object) = object else { return Err(Broken) };
        let is_directory = !own.is_empty() && stem == own;
        bundle.entries.push(Entry { object, directory: directory.to_owned(), is_directory });
    }
    Ok(())
}

/// The variables of a stage: a list, or an object from name to the rest. They say no `obj_type` of their own.
fn env_vars(value: Value) -> Result<Vec<Object>, Broken> {
    let variable = |name: Option<String>, value: Value| {
        let Value::Object(mut object) = value else { return Err(Broken) };
        if let (Some(name), false) = (name, object.contains_key("short_name")) {
            object.insert("short_name".to_owned(), Value::String(name));
        }
        object.insert("obj_type".to_owned(), Value::from(Kind::EnvVar.word()));
        Ok(object)
    };
    match value {
        Value::Object(by_name) => {
            by_name.into_iter().map(|(name, value)| variable(Some(name), value)).collect()
        }
        Value::Array(list) => list.into_iter().map(|value| variable(None, value)).collect(),
        _ => Err(Broken),
    }
}

/// Whether a path leads to a place below the directory that it is unpacked in.
fn stays_inside(path: &str) -> bool {
    !path.starts_with('/') && !path.contains(['\\', '\0', ':']) && path.split('/').all(|part| part != "..")
}

/// sheet corezoid/api 3.3: real archives hold names that were encoded as UTF-8 twice.
fn plain(name: &str) -> String {
    let bytes: Option<Vec<u8>> = name.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
    bytes.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_else(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use serde_json::json;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn packed(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in files {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(content).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn titles(bundle: &Bundle) -> Vec<String> {
        let title = |entry: &Entry| entry.object.get("title").and_then(Value::as_str).map(str::to_owned);
        bundle.entries.iter().map(|entry| title(entry).unwrap_or_default()).collect()
    }

    #[test]
    fn an_array_a_bare_object_and_archives_of_both_are_read() {
        let (array, bare) = (br#"[{"title":"a"},{"title":"b"}]"#, br#"{"title":"c"}"#);
        assert_eq!(titles(&unpack(array).unwrap()), ["a", "b"]);
        assert_eq!(titles(&unpack(&[b"\xEF\xBB\xBF".as_slice(), bare].concat()).unwrap()), ["c"]);
        let inner = packed(&[("7_s.stage/7_s.stage.json", br#"{"title":"s"}"#)]);
        let outer = packed(&[
            ("1_c.json", bare),
            ("readme.txt", b"?"),
            ("w/1_x.folder/1_x.folder.json", br#"{"title":"x"}"#),
            ("w/1_x.folder/_ALIASES_.json", br#"[{"title":"alias"}]"#),
            ("w/1_x.folder/_ENV_VARS_.json", br#"{"URL":{"description":"d"}}"#),
            ("w/stage_1_2.zip", &inner),
        ]);
        let bundle = unpack(&outer).unwrap();
        assert_eq!(titles(&bundle), ["c", "x", "alias", "", "s"]);
        let directories: Vec<_> =
            bundle.entries.iter().map(|entry| (entry.directory.as_str(), entry.is_directory)).collect();
        assert_eq!(
            directories,
            [
                ("", false),
                ("w/1_x.folder", true),
                ("w/1_x.folder", false),
                ("w/1_x.folder", false),
                ("w/7_s.stage", true)
            ]
        );
        let variable = json!({ "description": "d", "short_name": "URL", "obj_type": "env_var" });
        assert_eq!(Value::Object(bundle.entries[3].object.clone()), variable);
    }

    #[test]
    fn broken_files_and_names_that_leave_the_directory_are_refused() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        let nested = (0..=DEEPEST + 1).fold(b"{}".to_vec(), |inner, _| packed(&[("a.zip", &inner)]));
        for bytes in [
            b"".as_slice(),
            b"[]",
            b"7",
            b"[1]",
            b"{",
            deep.as_bytes(),
            b"PK\x03\x04 but no archive",
            &packed(&[]),
            &packed(&[("readme.txt", b"{}")]),
            &packed(&[("a.json", b"{")]),
            &packed(&[("../a.json", b"{}")]),
            &packed(&[("a/../../b.json", b"{}")]),
            &packed(&[("/a.json", b"{}")]),
            &packed(&[("c:\\a.json", b"{}")]),
            &nested,
        ] {
            assert_eq!(
                unpack(bytes),
                Err(Broken),
                "{:?}",
                String::from_utf8_lossy(&bytes[..bytes.len().min(40)])
            );
        }
    }

    #[test]
    fn an_archive_that_unpacks_to_more_than_the_limit_is_refused() {
        let object = format!("{{\"title\":\"{}\"}}", " ".repeat(100_000));
        let files = ["a.json", "b.json"].map(|name| (name, object.as_bytes()));
        let (bomb, whole) = (packed(&files), 2 * object.len() as u64);
        assert!(bomb.len() < 2000, "{} bytes", bomb.len());
        assert_eq!(unpack_within(&bomb, whole).unwrap().entries.len(), 2);
        assert_eq!(unpack_within(&bomb, whole - 1), Err(Broken));
        let inner = packed(&[("in.zip", &bomb)]);
        assert_eq!(unpack_within(&inner, whole), Err(Broken), "what is packed twice counts twice");
    }

    #[test]
    fn names_that_were_encoded_twice_are_read_once() {
        let twice = |name: &str| name.bytes().map(char::from).collect::<String>();
        assert_eq!(plain(&twice("погода.json")), "погода.json");
        for name in ["погода.json", "plain.json", "Größe.json"] {
            assert_eq!(plain(name), name);
        }
        let entry = format!("w/1_{}.folder/a.json", twice("Папка"));
        assert_eq!(unpack(&packed(&[(&entry, b"{}")])).unwrap().entries[0].directory, "w/1_Папка.folder");
    }
}
