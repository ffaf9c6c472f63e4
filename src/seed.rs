//! Where the first content of a world comes from.

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::kernel::state::Document;

/// What a fresh world holds (`--seed`).
#[derive(Debug, Clone, Default)]
pub enum Seed {
    /// The built-in demo: a small company.
    #[default]
    Demo,
    /// Nothing but what the services always have: one admin, one API key.
    Empty,
    /// These documents, each adding to the ones before.
    Documents(Vec<Document>),
}

const DEMO: &str = include_str!("../seed-data/demo.json");
const EMPTY: &str = include_str!("../seed-data/empty.json");
/// The bodies that the demo names by `path`.
macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$((concat!("files/", $name), include_bytes!(concat!("../seed-data/files/", $name)))),*]
    };
}

#[rustfmt::skip]
static DEMO_FILES: &[(&str, &[u8])] = files![
    "beach.png", "contract.docx", "handbook.docx", "invoice.pdf", "logo.png", "mockup.png",
    "offer.docx", "prices.xlsx", "sales-plan.xlsx", "website-2024.zip",
];

impl Seed {
    /// Reads `--seed` values: `empty`, a document, or a folder of documents (`*.json`, in name order).
    ///
    /// # Errors
    /// One line that names the place.
    pub fn from_paths(paths: &[PathBuf]) -> Result<Self, String> {
        if paths.is_empty() {
            return Ok(Self::Demo);
        }
        let mut documents = Vec::new();
        for path in paths {
            if path.as_os_str() == "empty" {
                documents.push(empty());
            } else if path.is_dir() {
                for file in documents_in(path)? {
                    documents.push(Document::read(&file)?);
                }
            } else {
                documents.push(Document::read(path)?);
            }
        }
        Ok(Self::Documents(documents))
    }

    /// The documents to import, in order.
    pub(crate) fn documents(&self) -> Vec<Document> {
        match self {
            Self::Demo => {
                vec![Document { embedded: DEMO_FILES, ..built_in("built-in demo", DEMO) }]
            }
            Self::Empty => vec![empty()],
            Self::Documents(documents) => documents.clone(),
        }
    }

    /// How banner and `info` call it.
    pub(crate) fn label(&self) -> String {
        let origins: Vec<String> = self.documents().into_iter().map(|document| document.origin).collect();
        origins.join(", ")
    }
}

fn empty() -> Document {
    built_in("empty", EMPTY)
}

/// Our own documents are checked by a test; were one broken, the import would say so by its missing version.
fn built_in(origin: &str, text: &'static str) -> Document {
    Document::parse(origin, text).unwrap_or_else(|_| Document::new(origin, json!({})))
}

fn documents_in(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let wrong = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(wrong)? {
        let path = entry.map_err(wrong)?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    files.sort();
    if files.is_empty() {
        return Err(format!("{}: no *.json in this folder", folder.display()));
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_documents_are_json() {
        for text in [DEMO, EMPTY] {
            serde_json::from_str::<serde_json::Value>(text).unwrap();
        }
    }
}
