//! What can go wrong with an op or a package, and how it looks on the wire: mapped here and nowhere else.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::model::unpack::Broken;
use super::refusal::{PackageRefusal, Refusal};
use super::rules::params::Misfit;
use super::rules::task::TooBig;
use super::script::SyntaxError;

/// A refused op. The failure is the op's alone: the package stays `ok` (sheet corezoid/api 1.4).
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpError {
    /// Unknown `obj`; decided before ids are looked at (sheet corezoid/api 1.6).
    #[error("bad object")]
    BadObject,
    /// Known `obj`, unknown `type`.
    #[error("undefined request")]
    UndefinedRequest,
    /// A required field is missing.
    #[error("Key '{0}' is required")]
    Required(Cow<'static, str>),
    /// A wrong type or word.
    #[error("Value is not valid")]
    Invalid { key: Cow<'static, str>, value: Value },
    /// A text over or under its length.
    #[error("Value is not valid. Value's byte_size is {} allowed: {limit}", if *.less { "less than minimum" } else { "more than maximum" })]
    Length { key: Cow<'static, str>, value: Value, less: bool, limit: usize },
    /// A missing object: the seed's `proc`, and the newer text (sheet corezoid/api 8, row 6).
    #[error("Object {obj} with id {} does not exist", bare(.id))]
    NotFound { obj: &'static str, id: Value },
    /// Restore or destroy of something that is not in the trash.
    #[error("Deleted object {obj} with id {} does not exist", bare(.id))]
    NotDeleted { obj: &'static str, id: Value },
    /// Validation of a deploy: node id to texts (sheet corezoid/api 4.5).
    #[error("One or more processes has errors")]
    Deploy(Map<String, Value>),
    /// Mistakes in what is to be uploaded or copied: a tree of objects (sheet corezoid/api 3.5).
    #[error("One or more processes has errors")]
    Tree(Vec<Value>),
    /// A task for a process that takes none: a `proc` of its own (sheet corezoid/api 1.6).
    #[error("conveyor is not active")]
    NotActive,
    /// Data of a task that does not fit what its process declares, parameter by parameter. The words around the name are
    /// those of the same mistake in a Copy node (sheet corezoid/engine 3.5); the first is the description.
    #[error("Param: {}, Error: {}", .0.first().map_or("", |it| &it.name), .0.first().map_or("", |it| &it.error))]
    Params(Vec<Misfit>),
    /// Any other refusal, in the words of the sheet.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Storage failed. The text never reaches a client.
    #[error("storage: {0}")]
    Storage(#[from] sqlx::Error),
}

/// An id inside a text: without the quotes of JSON.
fn bare(id: &Value) -> String {
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}

impl From<TooBig> for OpError {
    fn from(error: TooBig) -> Self {
        Refusal::TooBig(error).into()
    }
}

impl From<Broken> for OpError {
    fn from(error: Broken) -> Self {
        Refusal::Scheme(error).into()
    }
}

impl From<SyntaxError> for OpError {
    fn from(error: SyntaxError) -> Self {
        Refusal::Script(error).into()
    }
}

impl OpError {
    /// The op's answer, without `id`.
    pub(crate) fn fields(&self) -> Map<String, Value> {
        let mut fields = Map::new();
        let mut put = |key: &str, value: Value| fields.insert(key.to_owned(), value);
        match self {
            Self::NotFound { obj, id } => {
                put("proc", json!("obj_id_not_found"));
                put("obj", json!(obj));
                put("obj_id", id.clone());
                put("description", json!(self.to_string()));
            }
            Self::Invalid { key, value } | Self::Length { key, value, .. } => {
                put("proc", json!("error"));
                put("description", json!(self.to_string()));
                put("key", json!(key));
                put("value", value.clone());
            }
            Self::Deploy(errors) => {
                put("proc", json!("error"));
                put("errors", Value::Object(errors.clone()));
            }
            Self::Tree(errors) => {
                put("proc", json!("error"));
                put("errors", Value::Array(errors.clone()));
            }
            Self::Params(misfits) => {
                put("proc", json!("error"));
                put("description", json!(self.to_string()));
                let errors = misfits.iter().map(|it| (it.name.clone(), json!([it.error])));
                put("errors", Value::Object(errors.collect()));
            }
            Self::NotActive => {
                put("proc", json!("conveyor_is_not_active"));
                put("description", json!(self.to_string()));
            }
            Self::Storage(_) => {
                put("proc", json!("error"));
                put("description", json!("Storage is not available"));
            }
            _ => {
                put("proc", json!("error"));
                put("description", json!(self.to_string()));
            }
        }
        fields
    }
}

/// The JSON Schema of an answer's `id`: whatever was sent there.
pub(crate) fn id_schema() -> Value {
    json!({ "description": "What the op was sent with; empty text if with none" })
}

/// The JSON Schema of a refused op: every form that [`OpError::fields`] gives.
pub(crate) fn schema() -> Value {
    let form = |more: Value, required: &[&str]| {
        let mut properties = json!({ "id": id_schema() });
        if let (Some(properties), Value::Object(more)) = (properties.as_object_mut(), more) {
            properties.extend(more);
        }
        json!({
            "type": "object", "properties": properties, "required": required, "additionalProperties": false,
        })
    };
    let text = || json!({ "type": "string" });
    let error = || json!({ "const": "error" });
    json!({ "anyOf": [
        form(
            json!({ "proc": error(), "description": text(), "key": text(), "value": {} }),
            &["proc", "description"],
        ),
        form(
            json!({
                "proc": { "const": "obj_id_not_found" },
                "obj": text(),
                "obj_id": { "type": ["number", "string"] },
                "description": text(),
            }),
            &["proc", "obj", "obj_id", "description"],
        ),
        form(
            json!({
                "proc": error(),
                "description": text(),
                "errors": {
                    "description": "Node id, or name of a parameter, to texts",
                    "type": "object",
                    "additionalProperties": { "type": "array", "items": text() },
                },
            }),
            &["proc", "errors"],
        ),
        form(
            json!({
                "proc": error(),
                "errors": {
                    "description": "A tree: objects with errors, or with destinations that have some",
                    "type": "array",
                    "items": { "type": "object" },
                },
            }),
            &["proc", "errors"],
        ),
        form(
            json!({ "proc": { "const": "conveyor_is_not_active" }, "description": text() }),
            &["proc", "description"],
        ),
    ] })
}

/// A package of which nothing was executed (sheet corezoid/api 1.5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PackageError {
    /// Not JSON, no `ops`, or `ops` is no list.
    Format,
    /// Login, signature or time: text in an op of its own.
    Refused(PackageRefusal),
    /// A bad session token: an op error inside an `ok` package.
    Session,
}

impl PackageError {
    /// The whole answer.
    pub(crate) fn body(&self) -> Value {
        match self {
            Self::Format => json!({ "request_proc": "format_error", "ops": [] }),
            Self::Refused(refusal) => {
                let text = refusal.to_string();
                json!({ "request_proc": "error", "ops": [{ "id": "", "proc": "error", "description": text }] })
            }
            Self::Session => json!({
                "request_proc": "ok",
                "ops": [{ "id": "", "proc": "error", "description": "cookie or headers are not valid" }],
            }),
        }
    }
}
