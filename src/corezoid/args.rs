//! The fields of one op, read with the service's own mistakes (sheet corezoid/api 1.6, 1.7). Pure.

use serde_json::{Map, Value};

use super::error::OpError;
use super::rules::change::Nullable;

/// The fields of one op.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Args<'a>(pub(crate) &'a Map<String, Value>);

impl<'a> Args<'a> {
    /// The raw value; null counts as absent.
    pub(crate) fn get(self, key: &str) -> Option<&'a Value> {
        self.0.get(key).filter(|value| !value.is_null())
    }

    /// Whether the field was sent, null included.
    pub(crate) fn sent(self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// An integer id, as number or text of digits.
    pub(crate) fn id(self, key: &'static str) -> Result<Option<i64>, OpError> {
        let Some(value) = self.get(key) else { return Ok(None) };
        integer(value).map(Some).ok_or_else(|| invalid(key, value))
    }

    /// An integer id that must be there.
    pub(crate) fn required_id(self, key: &'static str) -> Result<i64, OpError> {
        self.id(key)?.ok_or(OpError::Required(key.into()))
    }

    /// An integer, as number or text of digits.
    pub(crate) fn integer(self, key: &'static str) -> Result<Option<i64>, OpError> {
        self.id(key)
    }

    /// A text; a number is taken for its digits (node ids, refs).
    pub(crate) fn text(self, key: &'static str) -> Result<Option<String>, OpError> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(value) => Err(invalid(key, value)),
        }
    }

    /// A text that must be there.
    pub(crate) fn required_text(self, key: &'static str) -> Result<String, OpError> {
        self.text(key)?.ok_or(OpError::Required(key.into()))
    }

    /// A text of at most `most` characters. The real service counts bytes; the seed's 240-letter Russian titles must
    /// pass (sheet corezoid/api 8, row 19).
    pub(crate) fn bounded_text(self, key: &'static str, most: usize) -> Result<Option<String>, OpError> {
        let text = self.text(key)?;
        match &text {
            Some(long) if long.chars().count() > most => Err(OpError::Length {
                key: key.into(),
                value: Value::String(long.clone()),
                less: false,
                limit: most,
            }),
            _ => Ok(text),
        }
    }

    /// A text that may be emptied.
    pub(crate) fn nullable_text(self, key: &'static str, most: usize) -> Result<Nullable, OpError> {
        if !self.sent(key) {
            return Ok(Nullable::Absent);
        }
        Ok(self.bounded_text(key, most)?.map_or(Nullable::Null, Nullable::Text))
    }

    /// One of a few words.
    pub(crate) fn word<T>(
        self,
        key: &'static str,
        of: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, OpError> {
        match self.get(key) {
            None => Ok(None),
            Some(value) => value.as_str().and_then(of).map(Some).ok_or_else(|| invalid(key, value)),
        }
    }

    /// true or false, also as text.
    pub(crate) fn flag(self, key: &'static str) -> Result<Option<bool>, OpError> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(Value::String(text)) if text == "true" => Ok(Some(true)),
            Some(Value::String(text)) if text == "false" => Ok(Some(false)),
            Some(value) => Err(invalid(key, value)),
        }
    }

    /// A list.
    pub(crate) fn list(self, key: &'static str) -> Result<Option<&'a Vec<Value>>, OpError> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::Array(list)) => Ok(Some(list)),
            Some(value) => Err(invalid(key, value)),
        }
    }

    /// The company: absent or null is the personal space; `""` is a mistake (sheet corezoid/api 9, 11).
    pub(crate) fn company(self) -> Result<Option<String>, OpError> {
        match self.get("company_id") {
            Some(Value::String(text)) if text.is_empty() => {
                Err(invalid("company_id", &Value::String(String::new())))
            }
            _ => self.text("company_id"),
        }
    }
}

/// A mistake of type or word.
pub(crate) fn invalid(key: &'static str, value: &Value) -> OpError {
    OpError::Invalid { key: key.into(), value: value.clone() }
}

/// A whole number, also as text of digits.
pub(crate) fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => {
            let digits = text.strip_prefix('-').unwrap_or(text);
            let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            plain.then(|| text.parse().ok()).flatten()
        }
        _ => None,
    }
}
