//! Schemas and examples of the published description, as far as they can be believed.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::support::schema;

/// Keywords that say something about a value. Lengths and patterns of answers say nothing that a client relies on.
const KEYWORDS: &[&str] = &["type", "properties", "items", "allOf", "anyOf", "oneOf", "enum", "required"];

const TYPES: &[&str] = &["boolean", "string", "array", "object", "number", "integer"];

/// The schemas of answers to ops of this type in an envelope's list. They are named `OBJ-TYPE-response`.
pub(super) fn forms(swagger: &Value, envelope: &Value, verb: &str) -> Vec<Value> {
    let items = &envelope["properties"]["ops"]["items"];
    let all = items["anyOf"].as_array().or(items["oneOf"].as_array()).cloned().unwrap_or_default();
    let own = all
        .iter()
        .filter(|form| form["$ref"].as_str().is_some_and(|name| name.contains(&format!("-{verb}-response"))));
    own.map(|form| readable(swagger, form, 0)).collect()
}

/// A schema without references: what leads outside (`../../props/id.yaml`) or too deep says nothing.
fn readable(swagger: &Value, schema: &Value, depth: usize) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        let inside = reference.strip_prefix('#').and_then(|pointer| swagger.pointer(pointer));
        return inside
            .filter(|_| depth < 12)
            .map_or(json!({}), |inside| readable(swagger, inside, depth + 1));
    }
    let Some(keywords) = schema.as_object() else { return json!({}) };
    let mut out = Map::new();
    for (keyword, says) in keywords.iter().filter(|(keyword, _)| KEYWORDS.contains(&keyword.as_str())) {
        let says = match keyword.as_str() {
            "properties" => {
                let all = says.as_object().into_iter().flatten();
                Value::Object(
                    all.map(|(name, says)| (name.clone(), readable(swagger, says, depth + 1))).collect(),
                )
            }
            "items" => readable(swagger, says, depth + 1),
            "allOf" | "anyOf" | "oneOf" => {
                says.as_array().into_iter().flatten().map(|says| readable(swagger, says, depth + 1)).collect()
            }
            // Neither is `type: timestamp`.
            "type" if !TYPES.contains(&says.as_str().unwrap_or_default()) => continue,
            // `required: true` beside a property is no keyword of JSON Schema.
            "required" if !says.is_array() => continue,
            _ => says.clone(),
        };
        out.insert(keyword.clone(), says);
    }
    if schema["nullable"] == true {
        return json!({ "anyOf": [out, { "type": "null" }] });
    }
    Value::Object(out)
}

/// What an answer breaks of the form that it is nearest to.
pub(super) fn breaches(forms: &[Value], answer: &Value) -> BTreeSet<String> {
    let all = forms.iter().map(|form| schema::breaches(&Value::Null, form, answer));
    let nearest = all.min_by_key(Vec::len).unwrap_or_default();
    nearest.iter().map(|text| plain(text)).collect()
}

/// A breach without the value and the positions in lists, which say nothing new.
fn plain(text: &str) -> String {
    let (place, rest) = text.split_once(": ").unwrap_or((text, ""));
    let place: String = place.split(|char: char| char.is_ascii_digit()).collect();
    let marks = ["fits no form", "is not of type", "is none of", "is not", "lacks"];
    let what = marks.iter().find_map(|mark| rest.find(mark).map(|at| &rest[at..]));
    let what = what.map(|what| if what.starts_with("fits no form") { "fits no form" } else { what });
    format!("{place} {}", what.unwrap_or(rest))
}

/// What an example shows and an answer does not: keys that are absent, values of another kind.
pub(super) fn compare(place: &str, shown: &Value, answer: &Value, found: &mut BTreeSet<String>) {
    match (shown, answer) {
        (Value::Object(shown), Value::Object(answer)) => {
            for (key, shown) in shown {
                match answer.get(key) {
                    None => drop(found.insert(format!("{place} lacks {key}"))),
                    Some(answer) => compare(&format!("{place}.{key}"), shown, answer, found),
                }
            }
        }
        (Value::Array(shown), Value::Array(answer)) => {
            if let (Some(shown), Some(answer)) = (shown.first(), answer.first()) {
                compare(&format!("{place}[]"), shown, answer, found);
            }
        }
        (Value::Null, _) | (_, Value::Null) => {}
        _ if kind(shown) != kind(answer) => {
            found.insert(format!("{place} is {} in the example, {} here", kind(shown), kind(answer)));
        }
        _ => {}
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a flag",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
