//! The parameters that a process declares, and what they ask of a task that comes in (sheet corezoid/api 6.1). Pure.

use serde_json::{Map, Value};

use super::pattern::Pattern;

/// The types of a parameter.
pub(crate) const TYPES: &[&str] = &["string", "number", "boolean", "array", "object"];

/// A parameter that a task lacks or that does not fit: its name, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Misfit {
    pub(crate) name: String,
    pub(crate) error: String,
}

/// Whether declared parameters (the JSON text of a process) ask anything of a task. The statement that makes a task
/// looks for the same two texts.
pub(crate) fn declares(params: &str) -> bool {
    !matches!(params, "[]" | "null")
}

/// What of a task's data does not fit the declared parameters (a JSON text), in their order. Parameters that are not
/// declared may be there; declarations that are broken ask nothing.
pub(crate) fn misfits(params: &str, data: &Map<String, Value>) -> Vec<Misfit> {
    let declared: Vec<Map<String, Value>> = serde_json::from_str(params).unwrap_or_default();
    declared.iter().filter_map(|param| misfit(param, data)).collect()
}

fn misfit(param: &Map<String, Value>, data: &Map<String, Value>) -> Option<Misfit> {
    let name = param.get("name")?.as_str()?;
    let wrong = |error: String| Some(Misfit { name: name.to_owned(), error });
    let flag = |word: &str| {
        let flags = param.get("flags").and_then(Value::as_array);
        flags.is_some_and(|flags| flags.iter().any(|flag| flag == word))
    };
    // One that is only a result is not looked for in what comes in.
    if flag("output") && !flag("input") {
        return None;
    }
    let Some(value) = data.get(name).filter(|value| !value.is_null()) else {
        return if flag("required") { wrong(format!("Key '{name}' is required")) } else { None };
    };
    let fits = match param.get("type").and_then(Value::as_str) {
        Some("string") => value.is_string(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        _ => true,
    };
    if !fits {
        return wrong("Value is not valid".to_owned());
    }
    let text = |key: &str| param.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    // An expression that cannot be read asks nothing.
    let regex = text("regex").and_then(Pattern::read)?;
    let written = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    if regex.fits(&written) {
        return None;
    }
    wrong(text("regex_error_text").unwrap_or("Value is not valid").to_owned())
}

/// What is shown in the place of a value that is not to be kept (sheet corezoid/engine 1.4).
const CLEARED: &str = "***";

/// The data of a task that has come to a final node: parameters declared (a JSON text) as `auto-clear` are not shown any
/// more.
pub(crate) fn cleared(params: &str, mut data: Map<String, Value>) -> Map<String, Value> {
    let declared: Vec<Map<String, Value>> = serde_json::from_str(params).unwrap_or_default();
    for param in &declared {
        let flags = param.get("flags").and_then(Value::as_array).into_iter().flatten();
        let name = param.get("name").and_then(Value::as_str).unwrap_or_default();
        if flags.into_iter().any(|flag| flag == "auto-clear")
            && let Some(value) = data.get_mut(name)
        {
            *value = Value::from(CLEARED);
        }
    }
    data
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(param: &Value, data: &Value) -> Option<String> {
        let params = json!([param]).to_string();
        let found = misfits(&params, data.as_object().unwrap());
        found.into_iter().next().map(|misfit| misfit.error)
    }

    #[test]
    fn what_is_declared_so_is_shown_no_more() {
        let params = json!([
            { "name": "card", "type": "object", "flags": ["input", "auto-clear"] },
            { "name": "sum", "flags": ["input"] },
            { "name": "pin", "flags": ["auto-clear"] },
            { "name": "code" },
        ]);
        let data = json!({ "sum": 1, "card": { "number": "4111" }, "code": "a", "pan": "card" });
        let shown = |params: &str| Value::Object(cleared(params, data.as_object().unwrap().clone()));
        assert_eq!(
            shown(&params.to_string()),
            json!({ "sum": 1, "card": "***", "code": "a", "pan": "card" })
        );
        for nothing in ["[]", "null", "broken"] {
            assert_eq!(shown(nothing), data);
        }
    }

    #[test]
    fn a_required_parameter_must_come_in_unless_it_is_only_a_result() {
        let param = |flags: &Value| json!({ "name": "a", "type": "string", "flags": flags });
        let missing = Some("Key 'a' is required".to_owned());
        for (flags, expected) in [
            (json!(["required", "input"]), missing.clone()),
            (json!(["required", "input", "output"]), missing.clone()),
            (json!(["required"]), missing.clone()),
            (json!(["required", "output"]), None),
            (json!(["input"]), None),
            (json!([]), None),
        ] {
            assert_eq!(of(&param(&flags), &json!({ "b": 1 })), expected, "{flags}");
            assert_eq!(of(&param(&flags), &json!({ "a": null })), expected, "{flags}");
            assert_eq!(of(&param(&flags), &json!({ "a": "" })), None, "{flags}");
        }
    }

    #[test]
    fn a_value_has_the_declared_type() {
        let values = [
            ("string", json!("x")),
            ("number", json!(1.5)),
            ("boolean", json!(false)),
            ("array", json!([])),
            ("object", json!({})),
        ];
        for (kind, _) in &values {
            assert!(TYPES.contains(kind));
            for (of_kind, value) in &values {
                let param = json!({ "name": "a", "type": kind, "flags": ["input"] });
                let expected = (kind != of_kind).then(|| "Value is not valid".to_owned());
                assert_eq!(of(&param, &json!({ "a": value })), expected, "{kind} {value}");
            }
        }
        assert_eq!(of(&json!({ "name": "a", "type": "date" }), &json!({ "a": 1 })), None);
    }

    #[test]
    fn an_expression_is_searched_for_and_has_a_text_of_its_own() {
        let param = |regex: &str, text: &str| json!({ "name": "a", "type": "string", "flags": ["input"], "regex": regex, "regex_error_text": text });
        for (regex, value, fits) in [
            ("^380[0-9]{9}$", "380501234567", true),
            ("^380[0-9]{9}$", "x380501234567", false),
            ("380", "x380", true),
            (r"^(?!foo)\w+$", "bar", true),
            (r"^(?!foo)\w+$", "foobar", false),
            (r"^(\w)\1$", "aa", true),
            ("^[а-я]+$", "слово", true),
            ("", "anything", true),
            // It cannot be read.
            ("(", "anything", true),
            // It would run for ever.
            ("^(a|a)*?(?=b)c$", &"a".repeat(64), false),
        ] {
            let expected = (!fits).then(|| "Wrong".to_owned());
            assert_eq!(of(&param(regex, "Wrong"), &json!({ "a": value })), expected, "{regex} {value}");
        }
        assert_eq!(of(&param("x", ""), &json!({ "a": "y" })).as_deref(), Some("Value is not valid"));
        let number = json!({ "name": "a", "type": "number", "regex": "^[0-9]{2}$" });
        assert_eq!(of(&number, &json!({ "a": 12 })), None);
        assert_eq!(of(&number, &json!({ "a": 123 })).as_deref(), Some("Value is not valid"));
    }

    #[test]
    fn broken_declarations_ask_nothing() {
        for params in ["[]", "null", "{}", "[1]", r#"[{"type":"string"}]"#, r#"[{"name":1}]"#, "x"] {
            assert_eq!(misfits(params, &Map::new()), []);
        }
        assert!(!declares("[]") && !declares("null") && declares("[1]"));
    }
}
