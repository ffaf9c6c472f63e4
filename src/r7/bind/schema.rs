//! JSON Schemas of the argument types that convert by rules of their own. Pure.

use std::borrow::Cow;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{EntryId, Guid, WireEnum};

/// Stands for a [`WireEnum`] in `#[schemars(with = "…")]`, beside its `deserialize_with`: one of its names, or a number.
pub(crate) struct EnumOf<T>(PhantomData<T>);

impl<T: WireEnum> JsonSchema for EnumOf<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Enumeration".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names = T::NAMES.iter().map(|(name, _)| serde_json::Value::from(*name));
        let numbers = T::NAMES.iter().map(|(_, number)| serde_json::Value::from(*number));
        let words: Vec<_> = names.chain(numbers).collect();
        json_schema!({ "enum": words })
    }
}

impl JsonSchema for Guid {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Guid".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "uuid" })
    }
}

impl JsonSchema for EntryId {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "EntryId".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["integer", "string"] })
    }
}
