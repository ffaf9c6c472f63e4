//! The bodies that a package may come in: `{"ops":[…]}`, and on some URLs one op alone, as a JSON object or as a form
//! with files (sheet corezoid/api 1.1, 3.5).

use std::collections::HashMap;

use bytes::Bytes;
use serde_json::{Map, Value};

use super::op::{Family, Version};

/// Fields of one form that are read.
const MOST_FIELDS: usize = 1000;

/// The files of a form, by field.
pub(crate) type Files = HashMap<String, Bytes>;

/// A package before its ops are looked up.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Input {
    pub(crate) ops: Vec<Value>,
    pub(crate) files: Files,
    /// One op that came without `ops` around it.
    pub(crate) alone: bool,
    /// `ops` was the op itself.
    pub(crate) bare: bool,
    /// `timeout` of a package: seconds to wait for results (sheet corezoid/api 6.3).
    pub(crate) timeout: Option<Value>,
}

/// Reads a body; `None`: it is none of the forms that the family takes.
pub(crate) async fn read(
    body: &Bytes,
    content_type: Option<&str>,
    (family, version): (Family, Version),
) -> Option<Input> {
    let boundary = content_type.and_then(|text| multer::parse_boundary(text).ok());
    if let (Family::Upload, Some(boundary)) = (family, boundary) {
        return multipart(body.clone(), boundary).await;
    }
    let flat = matches!(family, Family::Upload | Family::System);
    match serde_json::from_slice(body) {
        Ok(Value::Object(mut package)) => match package.get_mut("ops").map(Value::take) {
            Some(Value::Array(ops)) => {
                Some(Input { ops, timeout: timeout(&mut package), ..Input::default() })
            }
            // The Erlang client writes so, and reads an answer of that form.
            Some(op @ Value::Object(_)) if version == Version::V1 => {
                Some(Input { ops: vec![op], bare: true, timeout: timeout(&mut package), ..Input::default() })
            }
            None if flat => Some(alone(package, Files::new())),
            _ => None,
        },
        // sheet corezoid/api 3.5: the published description heads these forms so.
        Err(_) if family == Family::Upload => {
            let pairs = form_urlencoded::parse(body).take(MOST_FIELDS);
            let fields = pairs
                .map(|(name, value)| field(name.into_owned(), value.into_owned()))
                .collect::<Map<_, _>>();
            fields.contains_key("obj").then(|| alone(fields, Files::new()))
        }
        _ => None,
    }
}

fn timeout(package: &mut Map<String, Value>) -> Option<Value> {
    package.get_mut("timeout").map(Value::take).filter(|sent| !sent.is_null())
}

fn alone(fields: Map<String, Value>, files: Files) -> Input {
    Input { ops: vec![Value::Object(fields)], files, alone: true, ..Input::default() }
}

/// A form has no null: what is empty was not filled in.
fn field(name: String, value: String) -> (String, Value) {
    (name, if value.is_empty() { Value::Null } else { Value::String(value) })
}

/// A part with a file name is a file, and so is what is no text; the rest are fields.
async fn multipart(body: Bytes, boundary: String) -> Option<Input> {
    let whole = futures_util::stream::iter([Ok::<_, std::convert::Infallible>(body)]);
    let mut form = multer::Multipart::new(whole, boundary);
    let (mut fields, mut files) = (Map::new(), Files::new());
    for _ in 0..MOST_FIELDS {
        let Some(part) = form.next_field().await.ok()? else { break };
        let Some(name) = part.name().map(str::to_owned) else { continue };
        let file_name = part.file_name().map(str::to_owned);
        let content = part.bytes().await.ok()?;
        match String::from_utf8(content.to_vec()) {
            Ok(text) if file_name.is_none() => fields.extend([field(name, text)]),
            _ => {
                // Tasks are told the name of the file that they came in.
                if let (Some(file_name), "from_file") = (file_name, name.as_str()) {
                    fields.entry("file_name").or_insert(Value::String(file_name));
                }
                files.insert(name, content);
            }
        }
    }
    Some(alone(fields, files))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    async fn read_as(content_type: &str, body: &str, family: Family) -> Option<Value> {
        let api = (family, Version::V2);
        let input = read(&Bytes::from(body.to_owned()), Some(content_type), api).await?;
        let files: Map<_, _> = input
            .files
            .into_iter()
            .map(|(name, bytes)| (name, json!(String::from_utf8_lossy(&bytes))))
            .collect();
        Some(json!([input.ops, files]))
    }

    #[tokio::test]
    async fn a_package_is_a_list_of_ops_and_on_some_urls_one_op_alone() {
        let flat = r#"{"type":"upload","obj":"version","version_id":3}"#;
        let alone = json!([[{ "type": "upload", "obj": "version", "version_id": 3 }], {}]);
        for (family, body, read) in [
            (Family::Json, r#"{"ops":[{"obj":"a"}]}"#, Some(json!([[{ "obj": "a" }], {}]))),
            (Family::Upload, r#"{"ops":[{"obj":"a"}]}"#, Some(json!([[{ "obj": "a" }], {}]))),
            (Family::Upload, flat, Some(alone.clone())),
            (Family::System, flat, Some(alone)),
            (Family::Json, flat, None),
            (Family::Upload, r#"{"ops":7}"#, None),
            (Family::Upload, "[]", None),
            (Family::Json, "obj=obj_scheme", None),
            (Family::Upload, "what=ever", None),
            (
                Family::Upload,
                "obj=obj_scheme&company_id=&scheme=%5B%5D",
                Some(json!([[{ "obj": "obj_scheme", "company_id": null, "scheme": "[]" }], {}])),
            ),
        ] {
            // The content type says nothing: live clients send any (sheet corezoid/api 1.2).
            assert_eq!(read_as("text/xml", body, family).await, read, "{body}");
        }
    }

    #[tokio::test]
    async fn the_ops_of_version_1_may_be_one_op() {
        let body = Bytes::from_static(br#"{"ops":{"obj":"task"},"timeout":3}"#);
        for (version, expected) in [
            (Version::V2, None),
            (
                Version::V1,
                Some(Input {
                    ops: vec![json!({ "obj": "task" })],
                    bare: true,
                    timeout: Some(json!(3)),
                    ..Input::default()
                }),
            ),
        ] {
            assert_eq!(read(&body, None, (Family::Json, version)).await, expected);
        }
    }

    #[tokio::test]
    async fn a_form_has_fields_and_files() {
        let form = "--e\r\nContent-Disposition: form-data; name=\"obj\"\r\n\r\nobj_scheme\r\n\
            --e\r\nContent-Disposition: form-data; name=\"folder_id\"\r\n\r\n\r\n\
            --e\r\nContent-Disposition: form-data; name=\"scheme\"; filename=\"scheme.json\"\r\nContent-Type: application/json\r\n\r\n[]\r\n--e--\r\n";
        let kind = "multipart/form-data; boundary=e";
        let read = json!([[{ "obj": "obj_scheme", "folder_id": null }], { "scheme": "[]" }]);
        assert_eq!(read_as(kind, form, Family::Upload).await, Some(read));
        assert_eq!(read_as(kind, form, Family::Json).await, None);
        assert_eq!(read_as(kind, &form[..form.len() - 9], Family::Upload).await, None, "a torn form");
    }
}
