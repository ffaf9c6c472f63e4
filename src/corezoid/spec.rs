//! What an op takes and what it gives, as data. The pipeline checks requests by it (required keys first, then every value:
//! sheet corezoid/api 1.6), the OpenAPI document is made of it, and tests hold every answer against it. Pure.

use serde_json::{Map, Value, json};

use super::args::integer;
use super::error::OpError;
use super::ids::Kind;
use super::rules::version;

/// A field of a request or of an answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    /// In a request: its absence is a mistake. In an answer: it is always there.
    pub(crate) required: bool,
    /// In an answer: it may be null. In a request null counts as absent, except that a required field with this may be null.
    pub(crate) nullable: bool,
    /// In a request: the op itself checks it, because another mistake comes first.
    pub(crate) late: bool,
}

/// A field that must be there.
pub(crate) const fn need(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, required: true, nullable: false, late: false }
}

/// A field that may be there.
pub(crate) const fn may(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, required: false, nullable: false, late: false }
}

/// Fields that stand one list after the other; `N` is how many they are.
pub(crate) const fn joined<const N: usize>(lists: &[&[Field]]) -> [Field; N] {
    let mut all = [may("", Shape::Json); N];
    let (mut list, mut count) = (0, 0);
    while list < lists.len() {
        let mut at = 0;
        while at < lists[list].len() {
            all[count] = lists[list][at];
            (at, count) = (at + 1, count + 1);
        }
        list += 1;
    }
    if count < N {
        // Fewer fields than said: does not compile.
        all[count] = lists[list][0];
    }
    all
}

impl Field {
    /// The same field, null or not.
    pub(crate) const fn or_null(mut self) -> Self {
        self.nullable = true;
        self
    }

    /// The same field, checked by the op itself after something that comes first.
    pub(crate) const fn late(mut self) -> Self {
        self.late = true;
        self
    }
}

/// What a value looks like.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shape {
    /// The id of an object of this kind: the pipeline looks whether that fits the company, project and stage of the request.
    Ref(Kind),
    /// A whole number from one bound to the other; in requests also as text of digits.
    Int { least: i64, most: i64 },
    /// Any number.
    Number,
    /// A text of so many characters; in requests a number is taken for its digits.
    Text { least: usize, most: usize },
    /// A short name: small Latin letters, digits and dashes, 2 to 127 of them (sheet corezoid/api 1.7).
    Name,
    /// The number of a version: digits and dots, 1 to 127 of them (sheet corezoid/api 2.8).
    Vsn,
    /// One of a few words.
    Word(&'static [&'static str]),
    /// true or false; in requests also as text.
    Flag,
    /// A list of values of one shape.
    List(&'static Self),
    /// An object with these fields; others are carried or ignored.
    Object(&'static [Field]),
    /// A list of nothing.
    Empty,
    /// One of several shapes.
    Either(&'static [Self]),
    /// Any JSON.
    Json,
}

const NAME_LENGTH: (usize, usize) = (2, 127);

/// Whether a text is a short name.
pub(crate) fn is_name(text: &str) -> bool {
    (NAME_LENGTH.0..=NAME_LENGTH.1).contains(&text.len()) && text.bytes().all(is_of_name)
}

const fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'
}

/// A whole number of any size.
pub(crate) const INT: Shape = Shape::Int { least: i64::MIN, most: i64::MAX };
/// An id that is a counter; 0 is the root or nothing.
pub(crate) const ID: Shape = Shape::Int { least: 0, most: i64::MAX };
/// The id of what was made: a number, in v1 its digits (sheet corezoid/api 8, row 12).
pub(crate) const NEW_ID: Shape = Shape::Either(&[ID, TEXT]);
/// A text of any length.
pub(crate) const TEXT: Shape = Shape::Text { least: 0, most: usize::MAX };
/// sheet corezoid/api 8, row 19: refused only above both the seed's and the newer limit, in characters.
pub(crate) const TITLE: Shape = Shape::Text { least: 0, most: 255 };
/// The same for descriptions.
pub(crate) const DESCRIPTION: Shape = Shape::Text { least: 0, most: 2000 };
/// Any object.
pub(crate) const OBJECT: Shape = Shape::Object(&[]);
/// The data of a task. The official PHP client writes an object without fields as a list without items.
pub(crate) const DATA: Shape = Shape::Either(&[OBJECT, Shape::Empty]);
/// Any list.
pub(crate) const LIST: Shape = Shape::List(&Shape::Json);

/// Checks a request: required keys in the order of the fields, then every value that was sent.
pub(crate) fn check(fields: &[Field], sent: &Map<String, Value>) -> Result<(), OpError> {
    check_at("", fields, sent)
}

fn check_at(path: &str, fields: &[Field], sent: &Map<String, Value>) -> Result<(), OpError> {
    let value = |field: &Field| sent.get(field.name).filter(|value| !value.is_null());
    let early = || fields.iter().filter(|field| !field.late);
    let absent = |field: &Field| value(field).is_none() && !(field.nullable && sent.contains_key(field.name));
    if let Some(absent) = early().find(|field| field.required && absent(field)) {
        return Err(OpError::Required(format!("{path}{}", absent.name).into()));
    }
    early().try_for_each(|field| match value(field) {
        Some(value) => field.shape.check(&format!("{path}{}", field.name), value),
        None => Ok(()),
    })
}

impl Shape {
    fn check(self, path: &str, value: &Value) -> Result<(), OpError> {
        let wrong = || Err(OpError::Invalid { key: path.to_owned().into(), value: value.clone() });
        let fits = match self {
            Self::Ref(_) => integer(value).is_some(),
            Self::Int { least, most } => integer(value).is_some_and(|n| (least..=most).contains(&n)),
            Self::Number => value.is_number(),
            Self::Text { least, most } => return check_text(path, value, least, most),
            Self::Name => {
                check_text(path, value, NAME_LENGTH.0, NAME_LENGTH.1)?;
                value.as_str().is_some_and(|name| name.bytes().all(is_of_name))
            }
            Self::Vsn => {
                check_text(path, value, 1, NAME_LENGTH.1)?;
                value.as_str().is_none_or(version::is_number)
            }
            Self::Word(words) => value.as_str().is_some_and(|word| words.contains(&word)),
            Self::Flag => value.is_boolean() || matches!(value.as_str(), Some("true" | "false")),
            Self::List(shape) => match value.as_array() {
                Some(list) => return list.iter().try_for_each(|value| shape.check(path, value)),
                None => false,
            },
            Self::Object(fields) => match value.as_object() {
                Some(object) => return check_at(&format!("{path}."), fields, object),
                None => false,
            },
            Self::Empty => value.as_array().is_some_and(Vec::is_empty),
            Self::Either(shapes) => shapes.iter().any(|shape| shape.check(path, value).is_ok()),
            Self::Json => true,
        };
        if fits { Ok(()) } else { wrong() }
    }

    /// Its JSON Schema. A request may write numbers and flags as text; an answer has one form.
    pub(crate) fn schema(self, side: Side) -> Value {
        let whole = || match side {
            Side::Request => json!({ "type": ["integer", "string"], "pattern": "^-?[0-9]+$" }),
            Side::Answer => json!({ "type": "integer" }),
        };
        match self {
            Self::Ref(kind) => {
                let mut schema = whole();
                schema["description"] = json!(format!("Id of a {}", kind.word()));
                schema
            }
            Self::Int { least, most } => {
                let mut schema = whole();
                if least > i64::MIN {
                    schema["minimum"] = json!(least);
                }
                if most < i64::MAX {
                    schema["maximum"] = json!(most);
                }
                schema
            }
            Self::Number => json!({ "type": "number" }),
            Self::Text { least, most } => {
                let mut schema = match side {
                    Side::Request => json!({ "type": ["string", "number"] }),
                    Side::Answer => json!({ "type": "string" }),
                };
                if least > 0 {
                    schema["minLength"] = json!(least);
                }
                if most < usize::MAX {
                    schema["maxLength"] = json!(most);
                }
                schema
            }
            Self::Name => json!({
                "type": "string",
                "pattern": "^[a-z0-9-]*$",
                "minLength": NAME_LENGTH.0,
                "maxLength": NAME_LENGTH.1,
            }),
            Self::Vsn => json!({
                "type": "string",
                "pattern": "^[0-9.]*$",
                "minLength": 1,
                "maxLength": NAME_LENGTH.1,
            }),
            Self::Word(words) => json!({ "type": "string", "enum": words }),
            Self::Flag => match side {
                Side::Request => json!({ "enum": [true, false, "true", "false"] }),
                Side::Answer => json!({ "type": "boolean" }),
            },
            Self::List(shape) => json!({ "type": "array", "items": shape.schema(side) }),
            Self::Object(fields) => object_schema(fields, side),
            Self::Empty => json!({ "type": "array", "maxItems": 0 }),
            Self::Either(shapes) => {
                json!({ "anyOf": shapes.iter().map(|shape| shape.schema(side)).collect::<Vec<_>>() })
            }
            Self::Json => json!({}),
        }
    }
}

fn check_text(path: &str, value: &Value, least: usize, most: usize) -> Result<(), OpError> {
    let key = || path.to_owned().into();
    let length = match value {
        Value::String(text) => text.chars().count(),
        Value::Number(number) => number.to_string().len(),
        _ => return Err(OpError::Invalid { key: key(), value: value.clone() }),
    };
    match length {
        short if short < least => {
            Err(OpError::Length { key: key(), value: value.clone(), less: true, limit: least })
        }
        long if long > most => {
            Err(OpError::Length { key: key(), value: value.clone(), less: false, limit: most })
        }
        _ => Ok(()),
    }
}

/// Which side of an exchange a schema describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Request,
    Answer,
}

/// The JSON Schema of a field's value.
pub(crate) fn field_schema(field: &Field, side: Side) -> Value {
    let schema = field.shape.schema(side);
    let null = field.nullable || (side == Side::Request && !field.required);
    if null { or_null(schema) } else { schema }
}

/// The same schema for a value that may also be null.
fn or_null(mut schema: Value) -> Value {
    if let Some(types) = schema.get_mut("type") {
        *types = match types.take() {
            Value::Array(several) => several.into_iter().chain([json!("null")]).collect(),
            one => json!([one, "null"]),
        };
    }
    if let Some(words) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        words.push(Value::Null);
    }
    if let Some(forms) = schema.get_mut("anyOf").and_then(Value::as_array_mut) {
        forms.push(json!({ "type": "null" }));
    }
    schema
}

/// The JSON Schema of an object with these fields. A request may have more (sheet corezoid/api 9, 25); an answer has these
/// and no others, unless none is named.
pub(crate) fn object_schema(fields: &[Field], side: Side) -> Value {
    let property = |field: &Field| (field.name.to_owned(), field_schema(field, side));
    let properties: Map<String, Value> = fields.iter().map(property).collect();
    let required: Vec<_> = fields.iter().filter(|field| field.required).map(|field| field.name).collect();
    let mut schema = json!({ "type": "object", "properties": properties });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    if side == Side::Answer && !fields.is_empty() {
        schema["additionalProperties"] = json!(false);
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: &[Field] = &[
        need("obj_id", Shape::Ref(Kind::Conv)),
        may("title", TITLE),
        may("kind", Shape::Word(&["a", "b"])),
        may("limit", Shape::Int { least: 1, most: 100 }),
        may("name", Shape::Text { least: 3, most: 5 }),
        may("on", Shape::Flag),
        may("grid", Shape::List(&Shape::Object(&[need("width", INT)]))),
        may("id_or_word", Shape::Either(&[ID, Shape::Word(&["all"])])),
        may("short_name", Shape::Name),
    ];

    fn refusal(sent: &Value) -> Option<Value> {
        check(FIELDS, sent.as_object().unwrap()).err().map(|error| Value::Object(error.fields()))
    }

    #[test]
    fn required_keys_come_before_values() {
        assert_eq!(
            refusal(&json!({ "title": [] })),
            Some(json!({ "proc": "error", "description": "Key 'obj_id' is required" }))
        );
        assert_eq!(
            refusal(&json!({ "obj_id": null })),
            Some(json!({ "proc": "error", "description": "Key 'obj_id' is required" }))
        );
        assert_eq!(
            refusal(&json!({ "obj_id": 1, "grid": [{ "height": 1 }] })),
            Some(json!({ "proc": "error", "description": "Key 'grid.width' is required" }))
        );
    }

    #[test]
    fn values_are_taken_as_numbers_or_text_where_the_service_does() {
        for sent in [
            json!({ "obj_id": 1 }),
            json!({ "obj_id": "1", "title": 7, "on": "true", "limit": "20", "unknown": {} }),
            json!({ "obj_id": 1, "title": null, "grid": [{ "width": 1, "more": 2 }], "id_or_word": "all" }),
            json!({ "obj_id": 1, "short_name": "a-1" }),
        ] {
            assert_eq!(refusal(&sent), None, "{sent}");
        }
        for (key, value) in [
            ("obj_id", json!("x")),
            ("title", json!([])),
            ("kind", json!("c")),
            ("limit", json!(101)),
            ("on", json!(1)),
            ("grid", json!({})),
            ("id_or_word", json!("none")),
            ("short_name", json!("Upper")),
            ("short_name", json!("under_score")),
            ("short_name", json!(12)),
        ] {
            let mut sent = json!({ "obj_id": 1 });
            sent[key] = value.clone();
            let expected =
                json!({ "proc": "error", "description": "Value is not valid", "key": key, "value": value });
            assert_eq!(refusal(&sent), Some(expected));
        }
    }

    #[test]
    fn lengths_have_texts_of_their_own() {
        let text =
            |name: &str| refusal(&json!({ "obj_id": 1, "name": name })).unwrap()["description"].clone();
        assert_eq!(text("ab"), "Value is not valid. Value's byte_size is less than minimum allowed: 3");
        assert_eq!(text("abcdef"), "Value is not valid. Value's byte_size is more than maximum allowed: 5");
    }

    #[test]
    fn a_schema_is_strict_for_answers_and_lenient_for_requests() {
        assert_eq!(ID.schema(Side::Answer), json!({ "type": "integer", "minimum": 0 }));
        assert_eq!(
            object_schema(&[need("a", Shape::Flag), may("b", INT).or_null()], Side::Answer),
            json!({
                "type": "object",
                "properties": {
                    "a": { "type": "boolean" },
                    "b": { "type": ["integer", "null"] },
                },
                "required": ["a"],
                "additionalProperties": false,
            })
        );
        let whole = json!({ "type": ["integer", "string"], "pattern": "^-?[0-9]+$" });
        assert_eq!(INT.schema(Side::Request), whole);
        assert_eq!(Shape::Flag.schema(Side::Request), json!({ "enum": [true, false, "true", "false"] }));
        let optional = |shape| field_schema(&may("f", shape), Side::Request);
        assert_eq!(optional(Shape::Word(&["a"])), json!({ "type": ["string", "null"], "enum": ["a", null] }));
        assert_eq!(optional(Shape::Json), json!({}));
        assert_eq!(
            optional(Shape::Either(&[OBJECT, LIST])),
            json!({ "anyOf": [
                { "type": "object", "properties": {} }, { "type": "array", "items": {} }, { "type": "null" },
            ] })
        );
    }
}
