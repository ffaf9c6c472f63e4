//! The XML of every route, against a reader that knows nothing of the writer.

use serde_json::Value;

use super::examples;
use crate::support::App;

/// An element, as read.
#[derive(Debug, PartialEq)]
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    /// `<x />`, which is null or nothing, as opposed to `<x></x>`, which is the empty text.
    closed: bool,
    children: Vec<Element>,
    text: String,
}

struct Reader<'a>(&'a str);

impl Reader<'_> {
    fn eat(&mut self, text: &str) -> bool {
        let rest = self.0.strip_prefix(text);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    fn until(&mut self, ends: &[char]) -> String {
        let (before, rest) = self.0.split_at(self.0.find(ends).expect("an end"));
        self.0 = rest;
        unescape(before)
    }

    fn element(&mut self) -> Element {
        assert!(self.eat("<"), "an element is expected: {}", self.0);
        let name = self.until(&[' ', '>', '/']);
        let mut element = Element {
            name: name.clone(),
            attributes: Vec::new(),
            closed: false,
            children: Vec::new(),
            text: String::new(),
        };
        while !self.eat(">") {
            assert!(self.eat(" "), "a blank is expected: {}", self.0);
            if self.eat("/>") {
                element.closed = true;
                return element;
            }
            let key = self.until(&['=']);
            assert!(self.eat("=\""));
            element.attributes.push((key, self.until(&['"'])));
            assert!(self.eat("\""));
        }
        while !self.0.starts_with("</") {
            if self.0.starts_with('<') {
                element.children.push(self.element());
            } else {
                element.text += &self.until(&['<']);
            }
        }
        assert!(self.eat(&format!("</{name}>")), "{name} does not end: {}", self.0);
        element
    }
}

fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut pieces = text.split('&');
    out += pieces.next().unwrap();
    for piece in pieces {
        let (entity, rest) = piece.split_once(';').expect("an entity ends");
        match entity {
            "amp" => out.push('&'),
            "lt" => out.push('<'),
            "gt" => out.push('>'),
            "quot" => out.push('"'),
            code => {
                let code = code.strip_prefix("#x").expect("a known entity");
                out.push(char::from_u32(u32::from_str_radix(code, 16).unwrap()).unwrap());
            }
        }
        out += rest;
    }
    out
}

/// A name without its `_x0031_`.
fn decoded(name: &str) -> String {
    let mut out = String::new();
    let mut rest = name;
    while let Some((before, tail)) = rest.split_once("_x") {
        let code = tail.split_once('_').and_then(|(code, _)| {
            let known = matches!(code.len(), 4 | 8);
            known.then(|| u32::from_str_radix(code, 16).ok()).flatten().and_then(char::from_u32)
        });
        out += before;
        if let Some(char) = code {
            out.push(char);
            rest = tail.split_once('_').unwrap().1;
        } else {
            out += "_x";
            rest = tail;
        }
    }
    out + rest
}

/// Fails unless `element` is what the rules make of `value`.
fn compare(value: &Value, element: &Element, place: &str) {
    match value {
        Value::Null => {
            assert!(element.closed && element.attributes.is_empty(), "{place}: null is {element:?}");
        }
        Value::Bool(bool) => assert_eq!(element.text, bool.to_string(), "{place}"),
        Value::Number(number) if number.is_f64() => {
            assert_eq!(element.text.parse::<f64>().ok(), number.as_f64(), "{place}");
            assert!(!element.text.ends_with(".0"), "{place}: {}", element.text);
        }
        Value::Number(number) => assert_eq!(element.text, number.to_string(), "{place}"),
        Value::String(text) => {
            assert!(!element.closed && element.children.is_empty(), "{place}: {element:?}");
            assert_eq!(&element.text, text, "{place}");
        }
        Value::Array(items) => {
            // An array in an array: inner elements of the same name.
            let names = element.children.iter().map(|child| &child.name);
            assert!(names.clone().all(|name| *name == element.name), "{place}");
            assert_eq!(names.len(), items.len(), "{place}");
            for (item, child) in items.iter().zip(&element.children) {
                compare(item, child, &format!("{place}[]"));
            }
        }
        Value::Object(properties) => {
            let mut children = element.children.iter();
            let mut attributes = element.attributes.iter();
            for (name, value) in properties {
                let place = format!("{place}.{name}");
                if let Some(name) = name.strip_prefix('@') {
                    let (key, text) = attributes.next().unwrap_or_else(|| panic!("{place} is missing"));
                    assert_eq!(
                        (decoded(key), Some(text.as_str())),
                        (name.to_owned(), value.as_str()),
                        "{place}"
                    );
                    continue;
                }
                let single = std::slice::from_ref(value);
                for value in value.as_array().map_or(single, Vec::as_slice) {
                    let child = children.next().unwrap_or_else(|| panic!("{place} is missing"));
                    assert_eq!(&decoded(&child.name), name, "{place}");
                    compare(value, child, &place);
                }
            }
            assert_eq!((children.next(), attributes.next()), (None, None), "{place} has more than the JSON");
            assert_eq!(element.closed, element.children.is_empty(), "{place}");
            assert_eq!(element.text, "", "{place}");
        }
    }
}

#[tokio::test]
async fn the_xml_of_every_route_is_its_json() {
    let app = App::demo().await;
    for example in examples() {
        let json = example.send(&app, ".json").await;
        let xml = example.send(&app, ".xml").await;
        let line = &example.line;
        assert_eq!(json.header("content-type"), Some("application/json; charset=UTF-8"), "{}", json.print());
        assert_eq!(xml.header("content-type"), Some("text/xml; charset=UTF-8"), "{}", xml.print());
        assert_eq!(json.status(), xml.status(), "{line}");
        let mut reader = Reader(xml.text());
        let root = reader.element();
        assert_eq!((root.name.as_str(), reader.0), ("result", ""), "{line}");
        let mut document = json.json();
        if example.path.starts_with("batch") {
            batch_asked_for_xml(&mut document, &root);
        }
        compare(&document, &root, line);
    }
}

/// The calls of a batch answer in the form that the batch asked for: their texts and media types differ, and only those.
fn batch_asked_for_xml(document: &mut Value, root: &Element) {
    let items = root.children.iter().filter(|child| child.name == "response");
    let calls = document["response"].as_array_mut().unwrap();
    for (call, item) in calls.iter_mut().zip(items) {
        if let Some(data) = item.children.iter().find(|child| child.name == "data") {
            call["data"] = data.text.clone().into();
            call["headers"]["content-Type"] =
                item.children.iter().find(|child| child.name == "headers").unwrap().children[0]
                    .text
                    .clone()
                    .into();
        }
    }
}

#[test]
fn the_reader_of_this_test_sees_differences() {
    let fits = |json: Value, xml: &str| {
        let root = Reader(xml).element();
        std::panic::catch_unwind(|| compare(&json, &root, "")).is_ok()
    };
    let silent = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let outcomes = [
        (
            fits(
                serde_json::json!({ "a": [1, 2], "b": [], "c": null, "d": "", "e": 10.0, "f": {} }),
                "<r><a>1</a><a>2</a><c /><d></d><e>10</e><f /></r>",
            ),
            true,
        ),
        (
            fits(
                serde_json::json!({ "a": [[1], [2]], "1&": "<&\">" }),
                "<r><a><a>1</a></a><a><a>2</a></a><_x0031__x0026_>&lt;&amp;\"&gt;</_x0031__x0026_></r>",
            ),
            true,
        ),
        (fits(serde_json::json!({ "@a": "x\"", "b": 1 }), "<r a=\"x&quot;\"><b>1</b></r>"), true),
        (fits(serde_json::json!({ "a": null }), "<r><a></a></r>"), false),
        (fits(serde_json::json!({ "a": "" }), "<r><a /></r>"), false),
        (fits(serde_json::json!({ "a": 10.0 }), "<r><a>10.0</a></r>"), false),
        (fits(serde_json::json!({ "a": [1, 2] }), "<r><a>1</a></r>"), false),
        (fits(serde_json::json!({ "a": [1] }), "<r><a>1</a><a>1</a></r>"), false),
        (fits(serde_json::json!({ "a": 1, "b": 2 }), "<r><b>2</b><a>1</a></r>"), false),
    ];
    std::panic::set_hook(silent);
    for (at, (outcome, expected)) in outcomes.into_iter().enumerate() {
        assert_eq!(outcome, expected, "case {at}");
    }
}
