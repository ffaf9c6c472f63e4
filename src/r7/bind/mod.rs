//! Arguments of a call: gathered from route, query and body, then bound to an endpoint's fields by upstream's rules
//! (sheet r7/transport 4). Pure.

mod de;
mod json;
mod relaxed;
mod schema;
mod tree;
mod types;
mod xml;

use serde::de::DeserializeOwned;

use json::Json;
pub(crate) use schema::EnumOf;
pub(crate) use types::{EntryId, Guid, WireEnum, entry_ids, kept_text, objects, wire_enum, wire_enum_option};

/// Names to values, filled from route values, then query, then body; scalars take the first value of a name, lists
/// take all of them.
#[derive(Debug, Default, Clone)]
pub(crate) struct Arguments {
    root: tree::Object,
}

impl Arguments {
    /// Adds decoded pairs of a route, a query or a form, names in any bracket style: `a[]`, `a[0]`, `s[0][x]`, `s[0].X`,
    /// `cfg[inner][x]`, `items[][key]`.
    pub(crate) fn push_pairs(&mut self, pairs: impl IntoIterator<Item = (String, String)>) {
        for (name, value) in pairs {
            self.root.push_pair(&name, value);
        }
    }

    /// Adds the properties of a JSON body. An empty body and `null` hold nothing; what is not an object is refused.
    pub(crate) fn push_json(&mut self, body: &[u8]) -> Result<(), BindError> {
        self.root.push_properties(json::read(body)?.unwrap_or_default());
        Ok(())
    }

    /// Adds the children of the root of an XML body. Broken and empty XML is a failure of the server's
    /// (sheet r7/transport 4).
    pub(crate) fn push_xml(&mut self, body: &[u8]) -> Result<(), BindError> {
        self.root.push_properties(xml::read(body)?);
        Ok(())
    }

    /// The first scalar of that name, as text. JSON null is the empty text (sheet r7/transport 4).
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let slot = self.root.get(&name.to_ascii_lowercase())?;
        slot.plain.first().map(|leaf| leaf.text().to_owned())
    }

    /// Fills a struct whose fields are named in lower case.
    pub(crate) fn bind<T: DeserializeOwned>(&self) -> Result<T, BindError> {
        T::deserialize(de::Root(&self.root))
    }
}

/// Arguments that could not be read or converted; the text is the innermost exception's (sheet r7/transport 4).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct BindError {
    pub(crate) kind: BindKind,
    pub(crate) message: String,
    pub(crate) hresult: i32,
}

/// What a [`BindError`] is on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BindKind {
    /// 400, `Invalid arguments`.
    Arguments,
    /// 500: upstream's reader fell over.
    Broken,
}

/// .NET's number for an `ArgumentException`.
const HRESULT_ARGUMENT: i32 = -2_147_024_809;
/// .NET's number for a plain exception, Json.NET's reader errors among them.
const HRESULT_EXCEPTION: i32 = -2_146_233_088;
/// .NET's number for a `FormatException`.
const HRESULT_FORMAT: i32 = -2_146_233_033;
/// .NET's number for an `OverflowException`.
const HRESULT_OVERFLOW: i32 = -2_146_233_066;
/// .NET's number for an `XmlException`.
const HRESULT_XML: i32 = -2_146_232_000;

/// Opens and closes the `hresult` in a message that passes through serde's one way to raise an error from inside a
/// foreign `Deserializer`: a text.
const MARK: char = '\u{1}';

impl BindError {
    /// A conversion that failed: 400.
    pub(crate) fn arguments(message: impl Into<String>, hresult: i32) -> Self {
        Self { kind: BindKind::Arguments, message: message.into(), hresult }
    }

    /// A body that upstream's reader falls over: 500.
    pub(crate) fn broken(message: impl Into<String>, hresult: i32) -> Self {
        Self { kind: BindKind::Broken, message: message.into(), hresult }
    }

    /// As an error of whatever deserializer is at work; [`Arguments::bind`] gives it back with its `hresult`.
    pub(crate) fn raise<E: serde::de::Error>(self) -> E {
        E::custom(format_args!("{MARK}{}{MARK}{}", self.hresult, self.message))
    }
}

impl serde::de::Error for BindError {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        let text = message.to_string();
        let marked = text.strip_prefix(MARK).and_then(|rest| rest.split_once(MARK));
        match marked.and_then(|(number, message)| Some((number.parse().ok()?, message))) {
            Some((hresult, message)) => Self::arguments(message, hresult),
            None => Self::arguments(text, HRESULT_ARGUMENT),
        }
    }
}

#[cfg(test)]
mod tests;
