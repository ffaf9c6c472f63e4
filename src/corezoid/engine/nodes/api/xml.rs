//! XML bodies to send: the rules by which answers are read, the other way round (sheet corezoid/engine 6.2). Pure.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::corezoid::rules::xml;

    fn read(text: &str) -> Option<Value> {
        xml::read(text).map(Value::Object)
    }

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
