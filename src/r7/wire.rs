//! What an endpoint may answer, and the envelope around it (sheet r7/transport 2).

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde::ser::{SerializeMap as _, Serializer};

use serde_json::Value;

use super::error::Wire;
use super::render;

/// A payload. `count` is the envelope's: items of a list, 1 for an object, the length of a string.
pub(crate) trait Answer: Serialize + JsonSchema + Send {
    /// The envelope's `count`; 0 leaves it out.
    fn count(&self) -> i64 {
        1
    }

    /// Of a plain list, which the pipeline filters, sorts and cuts (sheet r7/transport 5): what its items are called in
    /// the schema.
    fn items(&self) -> Option<Cow<'static, str>> {
        None
    }
}

impl<T: Serialize + JsonSchema + Send> Answer for Vec<T> {
    fn count(&self) -> i64 {
        i64::try_from(self.len()).unwrap_or(i64::MAX)
    }

    fn items(&self) -> Option<Cow<'static, str>> {
        Some(T::schema_name())
    }
}

impl Answer for String {
    // sheet r7/transport 2: a string answer sets `count` to its length (in UTF-16 units, as .NET counts).
    fn count(&self) -> i64 {
        i64::try_from(self.encode_utf16().count()).unwrap_or(i64::MAX)
    }
}

impl Answer for bool {}
impl Answer for i64 {}
impl Answer for f64 {}

/// Void methods and null results: `"response":{}` and no count, never null (sheet r7/transport 2).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Nothing;

impl Serialize for Nothing {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_map(Some(0))?.end()
    }
}

impl JsonSchema for Nothing {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Nothing".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object", "maxProperties": 0 })
    }
}

impl Answer for Nothing {
    fn count(&self) -> i64 {
        0
    }
}

/// A result that may be null: then it is [`Nothing`].
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Perhaps<T> {
    Some(T),
    None(Nothing),
}

impl<T> Perhaps<T> {
    pub(crate) const fn nothing() -> Self {
        Self::None(Nothing)
    }
}

impl<T: Answer> Answer for Perhaps<T> {
    fn count(&self) -> i64 {
        match self {
            Self::Some(answer) => answer.count(),
            Self::None(nothing) => nothing.count(),
        }
    }
}

/// Paging fields of the envelope; `None` is left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Paging {
    pub(crate) next_index: Option<i64>,
    pub(crate) total: Option<i64>,
}

/// An [`Answer`] without its type: what the envelope is put around.
pub(crate) trait Payload: Send {
    /// [`Answer::count`].
    fn counted(&self) -> i64;

    /// [`Answer::items`].
    fn listed(&self) -> Option<Cow<'static, str>>;

    /// Its JSON, as the portal writes it.
    fn json(&self) -> Result<Vec<u8>, serde_json::Error>;

    /// The same as a tree: for XML, and for what takes answers apart.
    fn tree(&self) -> Result<Value, serde_json::Error>;
}

impl<T: Answer> Payload for T {
    fn counted(&self) -> i64 {
        self.count()
    }

    fn listed(&self) -> Option<Cow<'static, str>> {
        self.items()
    }

    fn json(&self) -> Result<Vec<u8>, serde_json::Error> {
        render::json(self)
    }

    fn tree(&self) -> Result<Value, serde_json::Error> {
        serde_json::to_value(self)
    }
}

/// What stands in the envelope of a success before `response`, its last member.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Envelope {
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_index: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_index: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<i64>,
    status: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_code: Option<u16>,
}

impl Envelope {
    /// Around an answer that counts so much.
    pub(crate) fn new(count: i64, start_index: i64, paging: Paging, status_code: u16) -> Self {
        Self {
            count: Some(count).filter(|count| *count != 0),
            start_index: Some(start_index).filter(|start| *start != 0),
            next_index: paging.next_index,
            total: paging.total,
            status: 0,
            status_code: Some(status_code),
        }
    }

    /// The seeds' envelope: `status` and `response` alone.
    pub(crate) fn bare() -> Self {
        Self { count: None, start_index: None, next_index: None, total: None, status: 0, status_code: None }
    }
}

/// The envelope of a failure: `response` is absent, `data` is always there.
pub(crate) struct Failure<'a> {
    pub(crate) wire: &'a Wire,
    pub(crate) start_index: i64,
}

impl Serialize for Failure<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Error<'a> {
            message: &'a str,
            hresult: i32,
            data: Nothing,
        }
        let mut map = serializer.serialize_map(None)?;
        if self.start_index != 0 {
            map.serialize_entry("startIndex", &self.start_index)?;
        }
        map.serialize_entry("status", &1)?;
        map.serialize_entry("statusCode", &self.wire.status)?;
        let error = Error { message: &self.wire.message, hresult: self.wire.hresult, data: Nothing };
        map.serialize_entry("error", &error)?;
        map.end()
    }
}
