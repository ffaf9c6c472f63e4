//! A reader of JSON Schema, as far as the OpenAPI document of the portal goes. A keyword that it does not know fails the
//! test: nothing is believed unread.

use serde_json::Value;

/// Keywords that say nothing about a value. Formats are not checked.
const REMARKS: &[&str] = &["description", "title", "format", "default"];

/// What a value breaks, each with its place; nothing if it fits. `document` is what `$ref` points into.
pub(crate) fn breaches(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    check(document, schema, value, "$", &mut found);
    found
}

/// What a `$ref` points at.
pub(crate) fn target<'a>(document: &'a Value, reference: &str) -> &'a Value {
    let pointer = reference.strip_prefix('#').unwrap_or_else(|| panic!("{reference} leads outside"));
    document.pointer(pointer).unwrap_or_else(|| panic!("{reference} leads nowhere"))
}

/// Whether a value is of that type.
fn is(value: &Value, kind: &Value) -> bool {
    match kind.as_str().unwrap() {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        other => panic!("unknown type {other}"),
    }
}

/// Whether a text has that many letters, or a list that many items.
fn counted(keyword: &str, limit: u64, value: &Value) -> bool {
    let count = match (keyword.ends_with("Length"), value) {
        (true, Value::String(text)) => text.chars().count() as u64,
        (false, Value::Array(items)) => items.len() as u64,
        _ => return true,
    };
    if keyword.starts_with("min") { count >= limit } else { count <= limit }
}

/// Whether a text matches one of the patterns that are known here: digits, short names (sheet corezoid/api 1.7), and
/// numbers of versions.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern {
        "^-?[0-9]+$" => {
            let digits = text.strip_prefix('-').unwrap_or(text);
            !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
        }
        "^[a-z0-9-]*$" => text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
        "^[0-9.]*$" => text.bytes().all(|b| b.is_ascii_digit() || b == b'.'),
        other => panic!("{other} is no pattern that is known here"),
    }
}

fn check(document: &Value, schema: &Value, value: &Value, place: &str, found: &mut Vec<String>) {
    let Some(keywords) = schema.as_object() else {
        assert!(schema.is_boolean(), "no schema: {schema}");
        return;
    };
    for (keyword, says) in keywords {
        match keyword.as_str() {
            "$ref" => check(document, target(document, says.as_str().unwrap()), value, place, found),
            "type" => {
                if !says
                    .as_array()
                    .map_or_else(|| is(value, says), |kinds| kinds.iter().any(|kind| is(value, kind)))
                {
                    found.push(format!("{place}: {value} is not of type {says}"));
                }
            }
            "const" => {
                if value != says {
                    found.push(format!("{place}: {value} is not {says}"));
                }
            }
            "enum" => {
                if !says.as_array().unwrap().contains(value) {
                    found.push(format!("{place}: {value} is none of {says}"));
                }
            }
            "minimum" => {
                if value.as_f64().is_some_and(|value| value < says.as_f64().unwrap()) {
                    found.push(format!("{place}: {value} is below {says}"));
                }
            }
            "maximum" => {
                if value.as_f64().is_some_and(|value| value > says.as_f64().unwrap()) {
                    found.push(format!("{place}: {value} is above {says}"));
                }
            }
            "pattern" => {
                if value.as_str().is_some_and(|text| !matches(says.as_str().unwrap(), text)) {
                    found.push(format!("{place}: {value} does not match {says}"));
                }
            }
            "minLength" | "maxLength" | "minItems" | "maxItems" => {
                if !counted(keyword, says.as_u64().unwrap(), value) {
                    found.push(format!("{place}: {keyword} is {says}"));
                }
            }
            "maxProperties" => {
                if value.as_object().is_some_and(|all| all.len() as u64 > says.as_u64().unwrap()) {
                    found.push(format!("{place}: more than {says} properties"));
                }
            }
            "required" => {
                for name in says.as_array().unwrap().iter().filter_map(Value::as_str) {
                    if value.is_object() && value.get(name).is_none() {
                        found.push(format!("{place}: lacks {name}"));
                    }
                }
            }
            "properties" => {
                for (name, schema) in says.as_object().unwrap() {
                    if let Some(value) = value.get(name) {
                        check(document, schema, value, &format!("{place}.{name}"), found);
                    }
                }
            }
            "additionalProperties" => {
                let known =
                    |name: &String| keywords.get("properties").is_some_and(|all| all.get(name).is_some());
                for (name, value) in value.as_object().into_iter().flatten().filter(|(name, _)| !known(name))
                {
                    if *says == Value::Bool(false) {
                        found.push(format!("{place}: {name} is unknown"));
                    } else {
                        check(document, says, value, &format!("{place}.{name}"), found);
                    }
                }
            }
            "items" => {
                for (index, value) in value.as_array().into_iter().flatten().enumerate() {
                    check(document, says, value, &format!("{place}[{index}]"), found);
                }
            }
            "allOf" => {
                for schema in says.as_array().unwrap() {
                    check(document, schema, value, place, found);
                }
            }
            "anyOf" | "oneOf" => {
                let tries = says.as_array().unwrap().iter().map(|schema| breaches(document, schema, value));
                let tries: Vec<_> = tries.collect();
                if tries.iter().all(|breaches| !breaches.is_empty()) {
                    found.push(format!("{place}: fits no form: {tries:?}"));
                }
            }
            remark => assert!(REMARKS.contains(&remark), "{place}: unread keyword {remark}"),
        }
    }
}
