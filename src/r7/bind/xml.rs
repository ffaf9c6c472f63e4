//! XML bodies: the root's name is free, its children are the arguments. Entities are never expanded. Pure.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::json::Json;
use super::{BindError, HRESULT_XML};

/// Deeper bodies are refused.
const MAX_DEPTH: usize = 64;

/// An element that is being read.
#[derive(Default)]
struct Open {
    name: String,
    text: String,
    children: Vec<(String, Json)>,
}

impl Open {
    fn new(start: &BytesStart<'_>) -> Self {
        Self { name: start.local_name().as_ref().to_owned(), ..Self::default() }
    }

    /// An element with children is an object, text between them does not count; attributes never do.
    fn close(self) -> (String, Json) {
        let value = if !self.children.is_empty() {
            Json::Object(self.children)
        } else if self.text.trim().is_empty() {
            // .NET's reader drops what is nothing but white space.
            Json::Text(String::new())
        } else {
            Json::Text(self.text)
        };
        (self.name, value)
    }
}

/// The children of the root.
pub(super) fn read(body: &[u8]) -> Result<Vec<(String, Json)>, BindError> {
    let text = String::from_utf8_lossy(body);
    let mut reader = Reader::from_str(text.trim_start_matches('\u{FEFF}'));
    let mut open: Vec<Open> = Vec::new();
    let mut root: Option<Vec<(String, Json)>> = None;
    loop {
        let event = reader.read_event().map_err(|error| broken(error.to_string()))?;
        let closed = match &event {
            Event::Start(start) => {
                if open.len() >= MAX_DEPTH {
                    return Err(broken("The XML document is nested too deep."));
                }
                open.push(Open::new(start));
                None
            }
            Event::Empty(start) => Some(Open::new(start)),
            Event::End(_) => open.pop(),
            Event::Eof => break,
            // Nothing that a document type declares is ever looked at: .NET's words for the refusal.
            Event::DocType(_) => {
                return Err(broken("For security reasons DTD is prohibited in this XML document."));
            }
            other => {
                add_text(other, open.last_mut())?;
                None
            }
        };
        let Some(closed) = closed else { continue };
        match open.last_mut() {
            Some(parent) => parent.children.push(closed.close()),
            None if root.is_some() => return Err(broken("There are multiple root elements.")),
            None => root = Some(closed.children),
        }
    }
    match root {
        _ if !open.is_empty() => Err(broken("Unexpected end of file has occurred.")),
        Some(children) => Ok(children),
        None => Err(broken("Root element is missing.")),
    }
}

/// Adds text, CDATA and character references to the element they stand in.
fn add_text(event: &Event<'_>, open: Option<&mut Open>) -> Result<(), BindError> {
    let text = match event {
        Event::Text(text) => text.xml10_content().into_owned(),
        Event::CData(data) => data.xml10_content().into_owned(),
        Event::GeneralRef(reference) => match (reference.resolve_char_ref(), &**reference) {
            (Ok(Some(char)), _) => char.to_string(),
            (_, "lt") => "<".to_owned(),
            (_, "gt") => ">".to_owned(),
            (_, "amp") => "&".to_owned(),
            (_, "quot") => "\"".to_owned(),
            (_, "apos") => "'".to_owned(),
            (Ok(None), name) => return Err(broken(format!("Reference to undeclared entity '{name}'."))),
            (Err(error), _) => return Err(broken(error.to_string())),
        },
        _ => return Ok(()),
    };
    match open {
        Some(element) => element.text.push_str(&text),
        None if text.trim().is_empty() => {}
        None => return Err(broken("Data at the root level is invalid.")),
    }
    Ok(())
}

/// sheet r7/transport 4: broken or empty XML is 500, not 400.
fn broken(message: impl Into<String>) -> BindError {
    BindError::broken(message, HRESULT_XML)
}
