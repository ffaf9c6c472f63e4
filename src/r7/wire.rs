//! What an endpoint may answer, and the envelope around it (sheet r7/transport 2).

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde::ser::{SerializeMap as _, Serializer};

use super::error::Wire;

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

/// The envelope of a success.
pub(crate) struct Success<'a, T: Answer + ?Sized> {
    pub(crate) answer: &'a T,
    pub(crate) start_index: i64,
    pub(crate) paging: Paging,
    pub(crate) status_code: u16,
    /// The seeds' envelope: `status` and `response` alone.
    pub(crate) bare: bool,
}

impl<T: Answer + ?Sized> Serialize for Success<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if !self.bare {
            let count = self.answer.count();
            if count != 0 {
                map.serialize_entry("count", &count)?;
            }
            if self.start_index != 0 {
                map.serialize_entry("startIndex", &self.start_index)?;
            }
            if let Some(next) = self.paging.next_index {
                map.serialize_entry("nextIndex", &next)?;
            }
            if let Some(total) = self.paging.total {
                map.serialize_entry("total", &total)?;
            }
        }
        map.serialize_entry("status", &0)?;
        if !self.bare {
            map.serialize_entry("statusCode", &self.status_code)?;
        }
        map.serialize_entry("response", self.answer)?;
        map.end()
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
