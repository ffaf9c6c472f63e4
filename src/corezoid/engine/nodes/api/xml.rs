//! XML bodies: attributes are `@name`, text is `#value` (sheet corezoid/engine 6.2, 6.3). Pure.

use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use quick_xml::{Reader, Writer};
use serde_json::{Map, Value};

use crate::corezoid::engine::cast;

/// Deepest nesting of elements.
const DEPTH: usize = 128;

/// An object with one root key as XML, with its declaration; `None`: it is no such object, or a name cannot stand in XML.
pub(super) fn written(data: &Map<String, Value>) -> Option<String> {
    let mut entries = data.iter();
    let (Some((root, value)), None) = (entries.next(), entries.next()) else { return None };
    let mut writer = Writer::new(Vec::new());
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None))).ok()?;
    element(&mut writer, root, value, 0)?;
    String::from_utf8(writer.into_inner()).ok()
}

fn element(writer: &mut Writer<Vec<u8>>, name: &str, value: &Value, depth: usize) -> Option<()> {
    let fits = name.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':'));
    if !fits || depth > DEPTH {
        return None;
    }
    if let Value::Array(list) = value {
        return list.iter().try_for_each(|value| element(writer, name, value, depth + 1));
    }
    let mut start = BytesStart::new(name);
    let empty = Map::new();
    let object = value.as_object().unwrap_or(&empty);
    for (key, value) in object {
        if let Some(attribute) = key.strip_prefix('@') {
            start.push_attribute((attribute, cast::text(value).as_str()));
        }
    }
    writer.write_event(Event::Start(start)).ok()?;
    if value.is_object() {
        for (key, value) in object {
            if key == "#value" {
                writer.write_event(Event::Text(BytesText::new(&cast::text(value)))).ok()?;
            } else if !key.starts_with('@') {
                element(writer, key, value, depth + 1)?;
            }
        }
    } else {
        writer.write_event(Event::Text(BytesText::new(&cast::text(value)))).ok()?;
    }
    writer.write_event(Event::End(BytesEnd::new(name))).ok()
}

/// XML as an object with its root as the one key; an element without attributes and children is its text. `None`: this is
/// no XML.
pub(super) fn read(text: &str) -> Option<Value> {
    let mut reader = Reader::from_str(text);
    let mut open: Vec<(String, Map<String, Value>, String)> = Vec::new();
    loop {
        let event = reader.read_event().ok()?;
        let ended = match event {
            Event::Start(start) => {
                if open.len() > DEPTH {
                    return None;
                }
                open.push(opened(&start)?);
                None
            }
            Event::Empty(start) => Some(opened(&start)?),
            Event::Text(part) => {
                if let Some((_, _, held)) = open.last_mut() {
                    held.push_str(part.as_ref());
                }
                None
            }
            Event::CData(part) => {
                if let Some((_, _, held)) = open.last_mut() {
                    held.push_str(part.as_ref());
                }
                None
            }
            Event::GeneralRef(name) => {
                if let Some((_, _, held)) = open.last_mut() {
                    let text = format!("&{};", AsRef::<str>::as_ref(&name));
                    held.push_str(&quick_xml::escape::unescape(&text).ok()?);
                }
                None
            }
            Event::End(_) => Some(open.pop()?),
            Event::Eof => return None,
            _ => None,
        };
        let Some((name, children, held)) = ended else { continue };
        let value = closed(children, &held);
        if let Some((_, parent, _)) = open.last_mut() {
            put(parent, name, value);
        } else {
            let mut root = Map::new();
            root.insert(name, value);
            return Some(Value::Object(root));
        }
    }
}

fn opened(start: &BytesStart<'_>) -> Option<(String, Map<String, Value>, String)> {
    let name = start.name().as_ref().to_owned();
    let mut children = Map::new();
    for attribute in start.attributes() {
        let attribute = attribute.ok()?;
        let key = attribute.key.as_ref().to_owned();
        children.insert(
            format!("@{key}"),
            Value::String(quick_xml::escape::unescape(&attribute.value).ok()?.into_owned()),
        );
    }
    Some((name, children, String::new()))
}

fn closed(mut children: Map<String, Value>, held: &str) -> Value {
    let text = held.trim();
    if children.is_empty() {
        return Value::String(text.to_owned());
    }
    if !text.is_empty() {
        children.insert("#value".to_owned(), Value::String(text.to_owned()));
    }
    Value::Object(children)
}

/// Elements of one name are a list.
fn put(parent: &mut Map<String, Value>, name: String, value: Value) {
    match parent.get_mut(&name) {
        None => drop(parent.insert(name, value)),
        Some(Value::Array(list)) => list.push(value),
        Some(known) => {
            let first = known.take();
            *known = Value::Array(vec![first, value]);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn xml_is_written_and_read_by_the_same_rules() {
        let value = json!({ "r": { "@a": "1 & 2", "t": ["x", "y<z"], "o": { "@k": "v", "#value": "in" } } });
        let text = written(value.as_object().unwrap()).unwrap();
        assert_eq!(
            text,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><r a=\"1 &amp; 2\"><t>x</t><t>y&lt;z</t><o k=\"v\">in</o></r>"
        );
        assert_eq!(read(&text), Some(value));
        assert_eq!(read("<r a=\"1\"><t>x</t></r>"), Some(json!({ "r": { "@a": "1", "t": "x" } })));
    }

    #[test]
    fn what_is_no_xml_is_none() {
        for text in ["", "ok", "<a><b></a>", "<a>"] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(written(json!({}).as_object().unwrap()), None);
        assert_eq!(written(json!({ "a b": 1 }).as_object().unwrap()), None);
        assert_eq!(read(&"<a>".repeat(100_000)), None);
    }
}
