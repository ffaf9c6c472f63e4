//! State documents: seeds, exports and snapshots in one format (contract §4).

use std::path::{Path, PathBuf};

use bytes::Bytes;
use serde::Deserialize;
use serde::de::{self, DeserializeOwned, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use sqlx::SqliteConnection;

use super::service::{Import, Service};
use super::settings::Settings;
use super::time::Timestamp;
use super::tracked;

/// A mistake in a state document: where, and what.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StateError {
    /// The document says something that cannot be; `path` is a JSON path such as `r7.files[3].folder`.
    #[error("{path}: {message}")]
    Invalid {
        /// JSON path from the document's root.
        path: String,
        /// What is wrong there.
        message: String,
    },
    /// Storage failed.
    #[error("storage: {0}")]
    Storage(#[from] sqlx::Error),
}

impl StateError {
    /// A mistake at `path`.
    pub(crate) fn at(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid { path: path.into(), message: message.into() }
    }

    /// What storage said to the entry at `path`: an id that is taken, a reference that dangles. A failure that is not the
    /// document's fault stays one.
    pub(crate) fn stored(error: sqlx::Error, path: &str) -> Self {
        match &error {
            sqlx::Error::Database(database) => Self::at(path, database.message()),
            _ => error.into(),
        }
    }

    /// The same mistake seen from one level further out.
    pub(crate) fn under(self, parent: &str) -> Self {
        match self {
            Self::Invalid { path, message } if path.is_empty() || path == "." => {
                Self::Invalid { path: parent.to_owned(), message }
            }
            Self::Invalid { path, message } => Self::Invalid { path: format!("{parent}.{path}"), message },
            Self::Storage(error) => Self::Storage(error),
        }
    }
}

/// Decodes the JSON text of a part of a document; a mistake names its path below that part. What is borrowed from the
/// text (`&RawValue`) is decoded later, piece by piece: a document may be larger than what its parts take as values.
pub(crate) fn decode<'a, T: Deserialize<'a>>(part: &'a str) -> Result<T, StateError> {
    // A derived struct would take a list for its fields in order.
    if !part.trim_ascii_start().starts_with('{') {
        return Err(StateError::at("", "invalid type: an object is expected"));
    }
    // Knowing the path costs as much again, so it is looked for only where it is asked for.
    if let Ok(known) = serde_json::from_str(part) {
        return Ok(known);
    }
    let mut json = serde_json::Deserializer::from_str(part);
    // A line of the part says nothing to whoever sees the whole document.
    tracked::decode(&mut json).map_err(|wrong| StateError::at(wrong.path.to_string(), wrong.without_place()))
}

/// Decodes a value within a document, as [`decode`] does.
pub(crate) fn decode_value<T: DeserializeOwned>(value: &Value) -> Result<T, StateError> {
    if !value.is_object() {
        return Err(StateError::at("", "invalid type: an object is expected"));
    }
    tracked::decode(value).map_err(|wrong| StateError::at(wrong.path.to_string(), wrong.message))
}

/// Takes a list as its text, for [`elements`].
pub(crate) fn raw_list<'de, D: de::Deserializer<'de>>(from: D) -> Result<Option<&'de RawValue>, D::Error> {
    let list = <&RawValue>::deserialize(from)?;
    if !list.get().starts_with('[') {
        return Err(de::Error::custom("invalid type: a list is expected"));
    }
    Ok(Some(list))
}

/// The elements of a list, each as its text.
pub(crate) fn elements(list: Option<&RawValue>) -> Result<Vec<&RawValue>, StateError> {
    let text = list.map_or("[]", RawValue::get);
    serde_json::from_str(text).map_err(|error| StateError::at("", error.to_string()))
}

/// A document and the place it came from.
#[derive(Debug, Clone)]
pub struct Document {
    /// Shown in messages: a path, or `built-in demo`.
    pub origin: String,
    /// JSON, checked to be that.
    pub(crate) text: Bytes,
    /// Folder that `path` bodies are relative to; `None`: such bodies are refused.
    pub folder: Option<PathBuf>,
    /// Bodies that travel in the program (the built-in demo).
    pub embedded: &'static [(&'static str, &'static [u8])],
}

impl Document {
    /// A document without file bodies of its own.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "a document is given away: it may be large")]
    pub fn new(origin: impl Into<String>, value: Value) -> Self {
        Self { origin: origin.into(), text: value.to_string().into(), folder: None, embedded: &[] }
    }

    /// A document as text, without file bodies of its own.
    ///
    /// # Errors
    /// Where the JSON breaks.
    pub fn parse(origin: impl Into<String>, text: impl Into<Bytes>) -> Result<Self, serde_json::Error> {
        let text = text.into();
        serde_json::from_slice::<&RawValue>(&text)?;
        Ok(Self { origin: origin.into(), text, folder: None, embedded: &[] })
    }

    /// Reads a document from a file; `path` bodies are relative to its folder.
    ///
    /// # Errors
    /// One line that names the file, and where in it the JSON breaks.
    pub fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let folder = path.parent().map(Path::to_owned);
        let document = Self::parse(path.display().to_string(), text)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self { folder, ..document })
    }

    fn body(&self, name: &str) -> Result<Vec<u8>, String> {
        if let Some((_, bytes)) = self.embedded.iter().find(|(known, _)| *known == name) {
            return Ok(bytes.to_vec());
        }
        let folder = self.folder.as_ref().ok_or("`path` bodies need a document that is a file")?;
        std::fs::read(folder.join(name)).map_err(|error| format!("{name}: {error}"))
    }

    /// The parts by their service's name, after a check of the outer form and of each part's own.
    ///
    /// # Errors
    /// The first mistake with its JSON path.
    fn parts(
        &self,
        services: &[std::sync::Arc<dyn Service>],
    ) -> Result<Vec<(String, &RawValue)>, StateError> {
        let Root(parts) = serde_json::from_slice(&self.text)
            .map_err(|_| StateError::at("$", "a state document is an object"))?;
        match parts.iter().find(|(key, _)| key == "standin") {
            Some((_, version)) if version.get() == "1" => {}
            Some((_, other)) => {
                return Err(StateError::at("standin", format!("version {other} is not known, only 1")));
            }
            None => {
                return Err(StateError::at(
                    "standin",
                    "missing: a state document starts with \"standin\": 1",
                ));
            }
        }
        for (key, part) in parts.iter().filter(|(key, _)| key != "standin") {
            let service = services
                .iter()
                .find(|service| service.name() == key)
                .ok_or_else(|| StateError::at(key.clone(), "unknown key"))?;
            service.check(part.get()).map_err(|error| error.under(key))?;
        }
        Ok(parts)
    }

    /// Checks, then adds every part to the database.
    pub(crate) async fn import(
        &self,
        services: &[std::sync::Arc<dyn Service>],
        conn: &mut SqliteConnection,
        settings: &Settings,
        now: Timestamp,
    ) -> Result<(), StateError> {
        let parts = self.parts(services)?;
        let read = |name: &str| self.body(name);
        let import = Import { settings, now, read: &read };
        for service in services {
            let part = parts.iter().rfind(|(key, _)| key == service.name());
            let part = part.map_or("{}", |(_, part)| part.get());
            service.import(conn, part, &import).await.map_err(|error| error.under(service.name()))?;
        }
        Ok(())
    }
}

/// The members of a document's root in order, each as its text.
struct Root<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Root<'de> {
    fn deserialize<D: de::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Root<'de>;

            fn expecting(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                to.write_str("a state document")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Root(members))
            }
        }
        from.deserialize_map(Members)
    }
}

/// The whole world as a document: JSON text.
pub(crate) async fn export(
    services: &[std::sync::Arc<dyn Service>],
    conn: &mut SqliteConnection,
) -> Result<String, sqlx::Error> {
    let mut root = String::from("{\"standin\":1");
    for service in services {
        let part = service.export(conn).await?;
        root.reserve_exact(service.name().len() + part.len() + 5);
        for piece in [",\"", service.name(), "\":", &part] {
            root.push_str(piece);
        }
    }
    root.push('}');
    Ok(root)
}

/// JSON Schema of state documents. The definitions of each part move to the root under the service's name, because
/// their references count from there.
pub(crate) fn schema(services: &[std::sync::Arc<dyn Service>]) -> Value {
    let mut properties = Map::new();
    let mut definitions = Map::new();
    properties.insert("standin".into(), json!({ "const": 1, "description": "Version of the format." }));
    for service in services {
        let mut part = service.state_schema();
        rename_references(&mut part, service.name());
        if let Some(fields) = part.as_object_mut() {
            fields.shift_remove("$schema");
            if let Some(Value::Object(own)) = fields.shift_remove("$defs") {
                let named =
                    own.into_iter().map(|(name, schema)| (format!("{}.{name}", service.name()), schema));
                definitions.extend(named);
            }
        }
        properties.insert(service.name().into(), part);
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "standin state document",
        "type": "object",
        "required": ["standin"],
        "additionalProperties": false,
        "properties": properties,
        "$defs": definitions,
    })
}

/// Points `#/$defs/Name` at `#/$defs/service.Name`, at every depth.
fn rename_references(schema: &mut Value, service: &str) {
    match schema {
        Value::Object(fields) => {
            for (key, value) in fields {
                match value.as_str().and_then(|text| text.strip_prefix("#/$defs/")) {
                    Some(name) if key == "$ref" => {
                        *value = Value::String(format!("#/$defs/{service}.{name}"));
                    }
                    _ => rename_references(value, service),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename_references(item, service)),
        _ => {}
    }
}
