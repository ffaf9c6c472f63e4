//! JSON bodies: every scalar becomes text, names may repeat. Pure.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::relaxed::relax;
use super::{BindError, HRESULT_EXCEPTION};
use crate::r7::render::dotnet_float;

/// A value of a body, JSON or XML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Json {
    Null,
    Text(String),
    List(Vec<Json>),
    /// In order; a name may come twice.
    Object(Vec<(String, Json)>),
}

impl Json {
    pub(super) fn is_scalar(&self) -> bool {
        matches!(self, Self::Null | Self::Text(_))
    }
}

/// The properties of a body; `None` if it is empty or `null`.
///
/// Strict JSON first; what that refuses is read again the way Json.NET's lenient reader would take it. The depth is
/// bounded by `serde_json`.
pub(super) fn read(body: &[u8]) -> Result<Option<Vec<(String, Json)>>, BindError> {
    let text = String::from_utf8_lossy(body);
    let text = text.trim_start_matches('\u{FEFF}');
    if text.trim().is_empty() {
        return Ok(None);
    }
    let strict = serde_json::from_str(text);
    let value = strict.or_else(|error| serde_json::from_str(&relax(text)).map_err(|_| error));
    match value {
        Ok(Json::Object(properties)) => Ok(Some(properties)),
        Ok(Json::Null) => Ok(None),
        // Json.NET's own words (sheet r7/transport 4: the root must be an object).
        Ok(Json::Text(_) | Json::List(_)) => Err(BindError::arguments(
            "XmlNodeConverter can only convert JSON that begins with an object.",
            HRESULT_EXCEPTION,
        )),
        // sheet r7/transport 4: broken JSON is 400 with the reader's own text.
        Err(error) => Err(BindError::arguments(error.to_string(), HRESULT_EXCEPTION)),
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Text(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Text(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Text(value.to_string()))
    }

    // sheet r7/transport 4: JSON `10.0` counts as 10; upstream re-prints the number on its way through XML.
    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(Json::Text(dotnet_float(&format!("{value:e}"))))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(Json::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = access.next_element()? {
            values.push(value);
        }
        Ok(Json::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        let mut properties = Vec::new();
        while let Some((name, value)) = access.next_entry::<Cow<'de, str>, Json>()? {
            properties.push((name.into_owned(), value));
        }
        Ok(Json::Object(properties))
    }
}
