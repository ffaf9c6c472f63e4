//! XML read as JSON: attributes are `@name`, text beside them is `#value` (sheet corezoid/engine 6.2). Pure.

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use serde_json::{Map, Value};

/// Deeper documents are refused.
const MAX_DEPTH: usize = 64;

/// An element that is being read.
struct Open {
    name: String,
    text: String,
    inner: Map<String, Value>,
}

impl Open {
    /// sheet corezoid/engine 6.2: attributes are `@name`.
    fn new(start: &BytesStart<'_>) -> Option<Self> {
        let mut inner = Map::new();
        for attribute in start.attributes() {
            let attribute = attribute.ok()?;
            let name = format!("@{}", attribute.key.0);
            inner.insert(name, attribute.normalized_value(XmlVersion::Implicit1_0).ok()?.into_owned().into());
        }
        Some(Self { name: start.name().0.to_owned(), text: String::new(), inner })
    }

    /// Text alone is the value; beside attributes or elements it is `#value`. Elements of one name become a list.
    fn close(self) -> (String, Value) {
        let Self { name, text, mut inner } = self;
        let text = text.trim();
        if inner.is_empty() {
            return (name, text.into());
        }
        if !text.is_empty() {
            inner.insert("#value".to_owned(), text.into());
        }
        (name, Value::Object(inner))
    }
}

/// The root element under its name; `None`: this is no XML.
pub(crate) fn read(text: &str) -> Option<Map<String, Value>> {
    let mut reader = Reader::from_str(text.trim_start_matches('\u{FEFF}'));
    let mut open: Vec<Open> = Vec::new();
    let mut whole = Map::new();
    loop {
        let event = reader.read_event().ok()?;
        let closed = match &event {
            Event::Start(start) => {
                if open.len() >= MAX_DEPTH {
                    return None;
                }
                open.push(Open::new(start)?);
                None
            }
            Event::Empty(start) => Some(Open::new(start)?),
            Event::End(_) => open.pop(),
            Event::Eof => break,
            // What a document type declares is never looked at.
            Event::DocType(_) => return None,
            other => {
                add_text(other, open.last_mut())?;
                None
            }
        };
        let Some((name, value)) = closed.map(Open::close) else { continue };
        match open.last_mut() {
            Some(parent) => put(&mut parent.inner, name, value),
            None if whole.is_empty() => put(&mut whole, name, value),
            None => return None,
        }
    }
    (open.is_empty() && !whole.is_empty()).then_some(whole)
}

fn put(into: &mut Map<String, Value>, name: String, value: Value) {
    match into.get_mut(&name) {
        // An element is a text or an object, so a list holds elements of this name.
        Some(Value::Array(list)) => list.push(value),
        Some(first) => *first = Value::Array(vec![first.take(), value]),
        None => drop(into.insert(name, value)),
    }
}

/// Adds text, CDATA and character references to the element they stand in.
fn add_text(event: &Event<'_>, open: Option<&mut Open>) -> Option<()> {
    let text = match event {
        Event::Text(text) => text.xml10_content().into_owned(),
        Event::CData(data) => data.xml10_content().into_owned(),
        Event::GeneralRef(reference) => match (reference.resolve_char_ref(), &**reference) {
            (Ok(Some(char)), _) => char.to_string(),
            (_, "lt") => "<".to_owned(),
            (_, "gt") => ">".to_owned(),
            (_, "amp") => "&".to_owned(),
            (_, "quot") => "\"".to_owned(),
            (_, "apos") => "'".to_owned(),
            _ => return None,
        },
        _ => return Some(()),
    };
    match open {
        Some(element) => element.text.push_str(&text),
        None if text.trim().is_empty() => {}
        None => return None,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(body: &str) -> Option<String> {
        read(body).map(|data| Value::Object(data).to_string())
    }

    #[test]
    fn elements_become_keys() {
        for (body, expected) in [
            ("<r><a>1</a><b>x</b></r>", r#"{"r":{"a":"1","b":"x"}}"#),
            ("<?xml version=\"1.0\"?>\n<r a=\"1\"><t>x</t></r>\n", r#"{"r":{"@a":"1","t":"x"}}"#),
            ("<r><t k='v'>x</t></r>", r##"{"r":{"t":{"@k":"v","#value":"x"}}}"##),
            ("<r><i>1</i><i>2</i><i/></r>", r#"{"r":{"i":["1","2",""]}}"#),
            ("<r>&lt;я&#33;<![CDATA[ & ]]></r>", r#"{"r":"<я! &"}"#),
            ("<s:r xmlns:s='u'><s:a/></s:r>", r#"{"s:r":{"@xmlns:s":"u","s:a":""}}"#),
            ("<r/>", r#"{"r":""}"#),
        ] {
            assert_eq!(of(body).as_deref(), Some(expected), "{body}");
        }
        for body in [
            "",
            "x",
            "<r>",
            "<r></s>",
            "<r/><s/>",
            "<r>&x;</r>",
            "<!DOCTYPE r [<!ENTITY x 'y'>]><r/>",
            &"<a>".repeat(65),
        ] {
            assert_eq!(of(body), None, "{body}");
        }
    }
}
