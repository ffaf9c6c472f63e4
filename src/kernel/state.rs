//! State documents: seeds, exports and snapshots in one format (contract §4).

use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use sqlx::SqliteConnection;

use super::service::{Import, Service};
use super::settings::Settings;
use super::time::Timestamp;

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

/// Decodes a part of a document; a mistake names its path below that part.
pub(crate) fn decode<T: DeserializeOwned>(part: &Value) -> Result<T, StateError> {
    // A derived struct would take a list for its fields in order.
    if !part.is_object() {
        return Err(StateError::at("", "invalid type: an object is expected"));
    }
    serde_path_to_error::deserialize(part)
        .map_err(|error| StateError::at(error.path().to_string(), error.inner().to_string()))
}

/// A document and the place it came from.
#[derive(Debug, Clone)]
pub struct Document {
    /// Shown in messages: a path, or `built-in demo`.
    pub origin: String,
    /// The parsed text.
    pub value: Value,
    /// Folder that `path` bodies are relative to; `None`: such bodies are refused.
    pub folder: Option<PathBuf>,
    /// Bodies that travel in the program (the built-in demo).
    pub embedded: &'static [(&'static str, &'static [u8])],
}

impl Document {
    /// A document without file bodies of its own.
    #[must_use]
    pub fn new(origin: impl Into<String>, value: Value) -> Self {
        Self { origin: origin.into(), value, folder: None, embedded: &[] }
    }

    /// Reads a document from a file; `path` bodies are relative to its folder.
    ///
    /// # Errors
    /// One line that names the file, and where in it the JSON breaks.
    pub fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let value = serde_json::from_slice(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        let folder = path.parent().map(Path::to_owned);
        Ok(Self { origin: path.display().to_string(), value, folder, embedded: &[] })
    }

    fn body(&self, name: &str) -> Result<Vec<u8>, String> {
        if let Some((_, bytes)) = self.embedded.iter().find(|(known, _)| *known == name) {
            return Ok(bytes.to_vec());
        }
        let folder = self.folder.as_ref().ok_or("`path` bodies need a document that is a file")?;
        std::fs::read(folder.join(name)).map_err(|error| format!("{name}: {error}"))
    }

    /// Checks the outer form and each part's own.
    ///
    /// # Errors
    /// The first mistake with its JSON path.
    pub(crate) fn check(&self, services: &[std::sync::Arc<dyn Service>]) -> Result<(), StateError> {
        let root =
            self.value.as_object().ok_or_else(|| StateError::at("$", "a state document is an object"))?;
        match root.get("standin") {
            Some(version) if version.as_u64() == Some(1) => {}
            Some(other) => {
                return Err(StateError::at("standin", format!("version {other} is not known, only 1")));
            }
            None => {
                return Err(StateError::at(
                    "standin",
                    "missing: a state document starts with \"standin\": 1",
                ));
            }
        }
        for (key, part) in root {
            if key == "standin" {
                continue;
            }
            let service = services
                .iter()
                .find(|service| service.name() == key)
                .ok_or_else(|| StateError::at(key.clone(), "unknown key"))?;
            service.check(part).map_err(|error| error.under(key))?;
        }
        Ok(())
    }

    /// Checks, then adds every part to the database.
    pub(crate) async fn import(
        &self,
        services: &[std::sync::Arc<dyn Service>],
        conn: &mut SqliteConnection,
        settings: &Settings,
        now: Timestamp,
    ) -> Result<(), StateError> {
        self.check(services)?;
        let read = |name: &str| self.body(name);
        let import = Import { settings, now, read: &read };
        let absent = Value::Object(Map::new());
        for service in services {
            let part = self.value.get(service.name()).unwrap_or(&absent);
            service.import(conn, part, &import).await.map_err(|error| error.under(service.name()))?;
        }
        Ok(())
    }
}

/// The whole world as a document.
pub(crate) async fn export(
    services: &[std::sync::Arc<dyn Service>],
    conn: &mut SqliteConnection,
) -> Result<Value, sqlx::Error> {
    let mut root = Map::new();
    root.insert("standin".into(), json!(1));
    for service in services {
        root.insert(service.name().into(), service.export(conn).await?);
    }
    Ok(Value::Object(root))
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
