//! Values fitted to the type that a field asks for (sheet corezoid/engine 4.1). Pure.

use serde_json::{Map, Number, Value};

use crate::kernel::engine::Typing;

/// The words of `extra_type`, `data_type`, `res_data_type` and `cast`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    String,
    Number,
    Boolean,
    Array,
    Object,
}

impl Type {
    /// Every type with its word.
    const WORDS: [(Self, &'static str); 5] = [
        (Self::String, "string"),
        (Self::Number, "number"),
        (Self::Boolean, "boolean"),
        (Self::Array, "array"),
        (Self::Object, "object"),
    ];

    /// The type of a word.
    pub(crate) fn of(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|row| row.1 == word).map(|row| row.0)
    }

    /// Its word.
    pub(crate) fn word(self) -> &'static str {
        Self::WORDS.iter().find(|row| row.0 == self).map_or("string", |row| row.1)
    }

    /// The value in this type as an option has it; `None`: it does not take it.
    pub(crate) fn take(self, value: Value, typing: Typing) -> Option<Value> {
        match typing {
            Typing::Strict if self.is_of(&value) => self.fit(value),
            Typing::Strict => None,
            Typing::Text => self.fit(value),
            Typing::Loose => self.forced(&value).or_else(|| self.fit(value)),
        }
    }

    /// Whether it is the type of a value.
    fn is_of(self, value: &Value) -> bool {
        match self {
            Self::String => value.is_string(),
            Self::Number => value.is_number(),
            Self::Boolean => value.is_boolean(),
            Self::Array => value.is_array(),
            Self::Object => value.is_object(),
        }
    }

    /// What only a loose hand takes for this type: 1 for true and the other way round, a single value for a list of it.
    fn forced(self, value: &Value) -> Option<Value> {
        match (self, value) {
            (Self::Number, Value::Bool(flag)) => Some(Value::from(i32::from(*flag))),
            (Self::Boolean, Value::Number(_) | Value::String(_)) => match number(&text(value))?.as_i64()? {
                0 => Some(Value::Bool(false)),
                1 => Some(Value::Bool(true)),
                _ => None,
            },
            (Self::Array, Value::Null | Value::Array(_)) => None,
            (Self::Array, Value::String(text)) if serde_json::from_str::<Vec<Value>>(text).is_ok() => None,
            (Self::Array, single) => Some(Value::Array(vec![single.clone()])),
            _ => None,
        }
    }

    /// The value in this type; `None`: it does not fit.
    pub(crate) fn fit(self, value: Value) -> Option<Value> {
        match self {
            Self::String => Some(Value::String(text(&value))),
            Self::Number => match value {
                Value::Number(number) => Some(rounded(number)),
                Value::String(text) => number(&text).map(Value::Number),
                _ => None,
            },
            Self::Boolean => match value {
                Value::Bool(_) => Some(value),
                Value::String(text) => match text.trim() {
                    "true" => Some(Value::Bool(true)),
                    "false" => Some(Value::Bool(false)),
                    _ => None,
                },
                _ => None,
            },
            Self::Array => match value {
                Value::Array(_) => Some(value),
                Value::String(text) => serde_json::from_str::<Vec<Value>>(&text).ok().map(Value::Array),
                _ => None,
            },
            Self::Object => match value {
                Value::Object(_) => Some(value),
                Value::String(text) => {
                    serde_json::from_str::<Map<String, Value>>(&text).ok().map(Value::Object)
                }
                _ => None,
            },
        }
    }
}

/// A value as text: numbers as shortest decimals, objects and lists as JSON, null as nothing.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The same in the middle of other text, where a list leaves nothing (sheet corezoid/engine 4.1).
pub(crate) fn inserted(value: &Value) -> String {
    if value.is_array() { String::new() } else { text(value) }
}

/// A number from its text; floats keep six decimals (sheet corezoid/engine 1.4).
pub(crate) fn number(text: &str) -> Option<Number> {
    let text = text.trim();
    if let Ok(whole) = text.parse::<i64>() {
        return Some(whole.into());
    }
    let plain =
        text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e' | b'E'));
    let float = text.parse::<f64>().ok().filter(|float| plain && float.is_finite())?;
    from_float(float)
}

/// A float as a number: whole ones lose their point, others keep six decimals.
pub(crate) fn from_float(float: f64) -> Option<Number> {
    /// 2^53: above, whole floats are no longer exact (sheet corezoid/engine 1.4).
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let six = (float * 1e6).round() / 1e6;
    let float = if six.is_finite() { six } else { float };
    if float.fract() == 0.0 && float.abs() <= EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
        return Some((float as i64).into());
    }
    Number::from_f64(float)
}

fn rounded(number: Number) -> Value {
    match number.as_f64() {
        Some(float) if number.is_f64() => from_float(float).map_or(Value::Number(number), Value::Number),
        _ => Value::Number(number),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_type_takes_what_fits() {
        for (of, value, expected) in [
            (Type::String, json!(10), Some(json!("10"))),
            (Type::String, json!(1.5), Some(json!("1.5"))),
            (Type::String, json!(true), Some(json!("true"))),
            (Type::String, json!({ "a": [1] }), Some(json!("{\"a\":[1]}"))),
            (Type::Number, json!("150"), Some(json!(150))),
            (Type::Number, json!("-1.50"), Some(json!(-1.5))),
            (Type::Number, json!(0.123_456_789), Some(json!(0.123_457))),
            (Type::Number, json!("50.0"), Some(json!(50))),
            (Type::Number, json!("abc"), None),
            (Type::Number, json!(""), None),
            (Type::Number, json!("inf"), None),
            (Type::Number, json!(true), None),
            (Type::Boolean, json!("true"), Some(json!(true))),
            (Type::Boolean, json!(1), None),
            (Type::Array, json!("[1,2]"), Some(json!([1, 2]))),
            (Type::Array, json!({}), None),
            (Type::Object, json!("{\"id\":\"5\"}"), Some(json!({ "id": "5" }))),
            (Type::Object, json!("[]"), None),
        ] {
            assert_eq!(of.fit(value.clone()), expected, "{value} as {}", of.word());
        }
    }

    #[test]
    fn a_strict_hand_takes_less_and_a_loose_one_more() {
        for (of, value, strict, text, loose) in [
            (Type::Number, json!(10), Some(json!(10)), Some(json!(10)), Some(json!(10))),
            (Type::Number, json!("10"), None, Some(json!(10)), Some(json!(10))),
            (Type::Number, json!(true), None, None, Some(json!(1))),
            (Type::Number, json!("ten"), None, None, None),
            (Type::String, json!("a"), Some(json!("a")), Some(json!("a")), Some(json!("a"))),
            (Type::String, json!(1.5), None, Some(json!("1.5")), Some(json!("1.5"))),
            (Type::Boolean, json!("true"), None, Some(json!(true)), Some(json!(true))),
            (Type::Boolean, json!(0), None, None, Some(json!(false))),
            (Type::Boolean, json!("1"), None, None, Some(json!(true))),
            (Type::Boolean, json!(2), None, None, None),
            (Type::Array, json!([1]), Some(json!([1])), Some(json!([1])), Some(json!([1]))),
            (Type::Array, json!("[1]"), None, Some(json!([1])), Some(json!([1]))),
            (Type::Array, json!({ "a": 1 }), None, None, Some(json!([{ "a": 1 }]))),
            (Type::Array, json!(null), None, None, None),
            (Type::Object, json!("{}"), None, Some(json!({})), Some(json!({}))),
            (Type::Object, json!([]), None, None, None),
        ] {
            let took =
                [Typing::Strict, Typing::Text, Typing::Loose].map(|typing| of.take(value.clone(), typing));
            assert_eq!(took, [strict, text, loose], "{value} as {}", of.word());
        }
    }

    #[test]
    fn a_list_inside_text_leaves_nothing() {
        assert_eq!(
            (inserted(&json!([1])), inserted(&json!({ "a": 1 }))),
            (String::new(), "{\"a\":1}".to_owned())
        );
    }
}
