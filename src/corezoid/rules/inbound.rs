//! Bodies of the direct URL: JSON, XML and name=value pairs become the data of a task (sheet corezoid/api 6.2). Pure.

use serde_json::{Map, Value};

use super::xml;

/// What a body is written in: the word in the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
    Xml,
    Nvp,
}

impl Format {
    /// The format of a word in the path.
    pub(crate) fn of(word: &str) -> Option<Self> {
        match word {
            "json" => Some(Self::Json),
            "xml" => Some(Self::Xml),
            "nvp" => Some(Self::Nvp),
            _ => None,
        }
    }

    /// The data; `None`: the body is not in this format, or no object.
    pub(crate) fn data(self, body: &[u8]) -> Option<Map<String, Value>> {
        match self {
            Self::Json => json(body),
            Self::Xml => xml::read(std::str::from_utf8(body).ok()?),
            Self::Nvp => Some(nvp(body)),
        }
    }
}

/// An object, or the list without items that PHP makes of one without fields.
fn json(body: &[u8]) -> Option<Map<String, Value>> {
    match serde_json::from_slice(body).ok()? {
        Value::Object(data) => Some(data),
        Value::Array(items) if items.is_empty() => Some(Map::new()),
        _ => None,
    }
}

/// `a=1&b=2`, escaped as forms are. Values are texts; of a name that comes twice the last one counts.
fn nvp(body: &[u8]) -> Map<String, Value> {
    let body = body.trim_ascii();
    form_urlencoded::parse(body).map(|(name, value)| (name.into_owned(), value.into_owned().into())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(format: Format, body: &str) -> Option<String> {
        format.data(body.as_bytes()).map(|data| Value::Object(data).to_string())
    }

    #[test]
    fn json_is_taken_whole() {
        assert_eq!(of(Format::Json, " [] ").as_deref(), Some("{}"));
        for body in [r#"{"ops":[{"type":"create"}]}"#, r#"{"b":1.50,"a":{"x":[null]}}"#, "{}"] {
            let expected = body.replace("1.50", "1.5");
            assert_eq!(of(Format::Json, body), Some(expected));
        }
        for body in ["", "[]", "[{}]", "1", "\"x\"", "null", "{", "{}{}"] {
            assert_eq!(of(Format::Json, body), None, "{body}");
        }
    }

    #[test]
    fn pairs_are_texts() {
        for (body, expected) in [
            ("a=1&b=x+y%21", r#"{"a":"1","b":"x y!"}"#),
            ("a=1&a=2", r#"{"a":"2"}"#),
            ("a=%D1%8F&b=\r\n", r#"{"a":"я","b":""}"#),
            ("a", r#"{"a":""}"#),
            ("", "{}"),
        ] {
            assert_eq!(of(Format::Nvp, body).as_deref(), Some(expected), "{body}");
        }
    }
}
