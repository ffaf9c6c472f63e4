//! Logics and semaphors read with types: what they link to, and what is wrong with them. Unknown types pass. Pure.
//!
//! Texts are those of the sheet where it has one (corezoid/api 4.5); the rest follow the same pattern.

use serde_json::Value;

use super::flaw::Flaw;
use super::node::Object;

/// `fun` of a condition: the seed's five, and two of newer documents (sheet corezoid/engine 3.1).
const FUNS: &[&str] = &["eq", "not_eq", "more", "less", "regexp", "more_or_eq", "less_or_eq"];
/// `cast` of a condition.
const CASTS: &[&str] = &["string", "number", "boolean", "array", "object"];
/// Shortest delay that a deploy accepts, in seconds (sheet corezoid/api 1.7).
const TIMER_MIN: f64 = 30.0;

/// What a logic or a semaphor does, as far as a deploy cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Go,
    Condition,
    /// Everything that does something to the task.
    Action,
}

/// The role of a logic.
pub(crate) fn role(logic: &Object) -> Role {
    match logic.get("type").and_then(Value::as_str) {
        Some("go") => Role::Go,
        Some("go_if_const") => Role::Condition,
        _ => Role::Action,
    }
}

/// The nodes that a logic or semaphor names outright. Empty texts and `{{…}}` are no names.
pub(crate) fn links(object: &Object) -> impl Iterator<Item = (&'static str, &str)> {
    ["to_node_id", "err_node_id", "esc_node_id"].into_iter().filter_map(|key| {
        let id = object.get(key)?.as_str()?;
        (!id.is_empty() && !id.contains("{{")).then_some((key, id))
    })
}

/// What is wrong with a logic, whatever node it stands in.
pub(crate) fn mistakes(logic: &Object) -> Vec<String> {
    let mut found = Vec::new();
    match logic.get("type").and_then(Value::as_str) {
        Some("go") => required_link(logic, "to_node_id", &mut found),
        Some("go_if_const") => {
            required_link(logic, "to_node_id", &mut found);
            conditions(logic, &mut found);
        }
        Some("api") => {
            if !logic.contains_key("extra_headers") {
                found.push(required("extra_headers"));
            }
            twins(logic, "extra", "extra_type", &Flaw::ExtraTypes, &mut found);
        }
        Some("set_param") => {
            twins(logic, "extra", "extra_type", &Flaw::ExtraTypes, &mut found);
        }
        Some("api_sum") => sums(logic, &mut found),
        Some("api_rpc_reply") => {
            twins(logic, "res_data", "res_data_type", &Flaw::ReplyTypes, &mut found);
        }
        _ => {}
    }
    found
}

/// What is wrong with a semaphor.
pub(crate) fn semaphor_mistakes(semaphor: &Object) -> Vec<String> {
    let mut found = Vec::new();
    match semaphor.get("type").and_then(Value::as_str) {
        Some("time") => {
            timer(semaphor, &mut found);
            required_link(semaphor, "to_node_id", &mut found);
        }
        Some("count") => {
            if absent(semaphor, "value") {
                found.push(required("value"));
            }
            required_link(semaphor, "esc_node_id", &mut found);
        }
        _ => {}
    }
    found
}

fn required(key: &str) -> String {
    Flaw::Required(key).to_string()
}

fn not_valid(key: &str) -> String {
    Flaw::NotValid(key).to_string()
}

fn absent(object: &Object, key: &str) -> bool {
    object.get(key).is_none_or(Value::is_null)
}

fn required_link(object: &Object, key: &'static str, found: &mut Vec<String>) {
    match object.get(key) {
        None | Some(Value::Null) => found.push(required(key)),
        Some(Value::String(id)) if id.is_empty() => found.push(required(key)),
        Some(Value::String(_)) => {}
        Some(_) => found.push(not_valid(key)),
    }
}

fn conditions(logic: &Object, found: &mut Vec<String>) {
    match logic.get("conditions") {
        // sheet corezoid/engine 2.2: the v1 form keeps one condition on the logic itself.
        None if logic.contains_key("fun") => condition(logic, found),
        None | Some(Value::Null) => found.push(required("conditions")),
        // An empty list is always true; only the official client's own lint minds it.
        Some(Value::Array(list)) => {
            for item in list {
                match item.as_object() {
                    Some(item) => condition(item, found),
                    None => found.push(not_valid("conditions")),
                }
            }
        }
        Some(_) => found.push(not_valid("conditions")),
    }
}

fn condition(item: &Object, found: &mut Vec<String>) {
    // `const` may be empty, but not absent (seed 002, table of Condition).
    found.extend(["param", "const", "fun"].into_iter().filter(|key| absent(item, key)).map(required));
    for (key, words) in [("fun", FUNS), ("cast", CASTS)] {
        let word = item.get(key).filter(|value| !value.is_null());
        if word.is_some_and(|word| !word.as_str().is_some_and(|word| words.contains(&word))) {
            found.push(not_valid(key));
        }
    }
}

fn sums(logic: &Object, found: &mut Vec<String>) {
    match logic.get("extra") {
        None | Some(Value::Null) => found.push(required("extra")),
        Some(Value::Array(rows)) => {
            for row in rows {
                match row.as_object() {
                    Some(row) => {
                        found.extend(
                            ["name", "value"].into_iter().filter(|key| absent(row, key)).map(required),
                        );
                    }
                    None => found.push(not_valid("extra")),
                }
            }
        }
        Some(_) => found.push(not_valid("extra")),
    }
}

/// A map and the map of its types must have the same keys.
fn twins(logic: &Object, values: &str, types: &str, flaw: &Flaw<'_>, found: &mut Vec<String>) {
    let (Some(Value::Object(values)), Some(Value::Object(types))) = (logic.get(values), logic.get(types))
    else {
        return;
    };
    if values.len() != types.len() || values.keys().any(|key| !types.contains_key(key)) {
        found.push(flaw.to_string());
    }
}

/// Only a literal is measured: `{{…}}` and `$.…` are moments, known when a task comes by (sheet corezoid/engine 2.3).
fn timer(semaphor: &Object, found: &mut Vec<String>) {
    let value = match semaphor.get("value") {
        None | Some(Value::Null) => return found.push(required("value")),
        Some(Value::Number(number)) => number.as_f64(),
        Some(Value::String(text)) if text.contains("{{") || text.contains("$.") => return,
        Some(Value::String(text)) => text.trim().parse().ok(),
        Some(_) => None,
    };
    let unit = match semaphor.get("dimension").map(Value::as_str) {
        None | Some(Some("sec")) => 1.0,
        Some(Some("min")) => 60.0,
        Some(Some("hour")) => 3600.0,
        Some(Some("day")) => 86_400.0,
        Some(_) => return found.push(not_valid("dimension")),
    };
    let Some(value) = value.filter(|value: &f64| value.is_finite()) else {
        return found.push(not_valid("value"));
    };
    // The unit is only how the value is shown, unless the value cannot have been made from it (engine 2.3, `auto`).
    let seconds = if value % unit == 0.0 { value } else { value * unit };
    if seconds < TIMER_MIN {
        found.push(Flaw::ShortTimer(seconds).to_string());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(value: &Value) -> Vec<String> {
        mistakes(value.as_object().unwrap())
    }

    fn time(value: &Value, dimension: &str) -> Vec<String> {
        let semaphor = json!({ "type": "time", "value": value, "dimension": dimension, "to_node_id": "n" });
        semaphor_mistakes(semaphor.as_object().unwrap())
    }

    #[test]
    fn every_comparison_fits_every_type() {
        for fun in ["eq", "not_eq", "more", "less", "regexp"] {
            for cast in CASTS {
                let condition = json!({ "param": "p", "const": "", "fun": fun, "cast": cast });
                let logic = json!({ "type": "go_if_const", "to_node_id": "n", "conditions": [condition] });
                assert_eq!(of(&logic), [""; 0], "{fun} {cast}");
            }
        }
    }

    #[test]
    fn a_broken_condition_says_what_is_wrong() {
        let with = |condition: Value| {
            of(&json!({ "type": "go_if_const", "to_node_id": "n", "conditions": [condition] }))
        };
        assert_eq!(
            with(json!({ "param": "p", "const": "", "fun": "gt", "cast": "string" })),
            ["Key 'fun'. 'Value is not valid'"]
        );
        assert_eq!(
            with(json!({ "param": "p", "const": "", "fun": "eq", "cast": 7 })),
            ["Key 'cast'. 'Value is not valid'"]
        );
        assert_eq!(
            with(json!({ "cast": "string", "fun": "eq" })),
            ["Key 'param' is required", "Key 'const' is required"]
        );
        assert_eq!(with(json!(1)), ["Key 'conditions'. 'Value is not valid'"]);
        let with_list =
            |list: Value| of(&json!({ "type": "go_if_const", "to_node_id": "n", "conditions": list }));
        assert_eq!(with_list(json!(null)), ["Key 'conditions' is required"]);
        assert_eq!(with_list(json!([])), [""; 0]);
        let v1 = json!({ "type": "go_if_const", "to_node_id": "n", "param": "p", "fun": "eq", "const": "" });
        assert_eq!(of(&v1), [""; 0]);
    }

    #[test]
    fn a_link_must_name_a_node() {
        for logic in [json!({ "type": "go" }), json!({ "type": "go", "to_node_id": "" })] {
            assert_eq!(of(&logic), ["Key 'to_node_id' is required"]);
        }
        assert_eq!(of(&json!({ "type": "go", "to_node_id": 5 })), ["Key 'to_node_id'. 'Value is not valid'"]);
        let no_link =
            json!({ "type": "go_if_const", "conditions": [{ "param": "p", "const": "", "fun": "eq" }] });
        assert_eq!(of(&no_link), ["Key 'to_node_id' is required"]);
    }

    #[test]
    fn values_and_their_types_have_the_same_keys() {
        let api = |extra: Value, types: Value| {
            of(&json!({ "type": "api", "extra_headers": {}, "extra": extra, "extra_type": types }))
        };
        assert_eq!(api(json!({ "a": "1" }), json!({ "a": "string" })), [""; 0]);
        assert_eq!(api(json!({ "a": "1" }), json!({})), ["Wrong params in extra or extraType"]);
        assert_eq!(
            api(json!({ "a": "1" }), json!({ "b": "string" })),
            ["Wrong params in extra or extraType"]
        );
        assert_eq!(of(&json!({ "type": "api" })), ["Key 'extra_headers' is required"]);
        let reply = json!({ "type": "api_rpc_reply", "res_data": { "a": "1" }, "res_data_type": {} });
        assert_eq!(of(&reply), ["invalid value res_data or res_data_type, or both"]);
    }

    #[test]
    fn a_sum_has_rows_with_name_and_value() {
        assert_eq!(
            of(&json!({ "type": "api_sum", "extra": [{ "id": "1", "name": "n", "value": "" }] })),
            [""; 0]
        );
        assert_eq!(of(&json!({ "type": "api_sum" })), ["Key 'extra' is required"]);
        assert_eq!(of(&json!({ "type": "api_sum", "extra": {} })), ["Key 'extra'. 'Value is not valid'"]);
        assert_eq!(
            of(&json!({ "type": "api_sum", "extra": [{ "name": "n" }] })),
            ["Key 'value' is required"]
        );
    }

    #[test]
    fn a_timer_under_thirty_seconds_is_refused() {
        let less = |seconds: &str| {
            vec![format!("Key 'value'. 'Timer value {seconds} sec is less than minimum limit 30 sec'")]
        };
        assert_eq!(time(&json!(15), "sec"), less("15"));
        assert_eq!(time(&json!("29"), "sec"), less("29"));
        assert_eq!(time(&json!(0), "day"), less("0"));
        assert_eq!(time(&json!(-60), "min"), less("-60"));
        for (value, unit) in [
            (json!(30), "sec"),
            (json!(10), "min"),
            (json!(1800), "min"),
            (json!(1), "hour"),
            (json!(86_400), "day"),
        ] {
            assert_eq!(time(&value, unit), [""; 0], "{value} {unit}");
        }
        for value in ["{{delay}}", "$.unixtime(%s)"] {
            assert_eq!(time(&json!(value), "sec"), [""; 0]);
        }
        assert_eq!(time(&json!("soon"), "sec"), ["Key 'value'. 'Value is not valid'"]);
        assert_eq!(time(&json!([]), "sec"), ["Key 'value'. 'Value is not valid'"]);
        assert_eq!(time(&json!(30), "week"), ["Key 'dimension'. 'Value is not valid'"]);
        assert_eq!(time(&json!(null), "sec"), ["Key 'value' is required"]);
    }

    #[test]
    fn unknown_types_pass() {
        assert_eq!(of(&json!({ "type": "api_tomorrow", "anything": [1, 2] })), [""; 0]);
        assert_eq!(semaphor_mistakes(json!({ "type": "moon" }).as_object().unwrap()), [""; 0]);
    }
}
