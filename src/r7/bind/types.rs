//! Argument types with conversions of their own: enumerations, GUIDs, ids of entries, optional texts. Pure.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use uuid::Uuid;

use super::de::{GUID, OBJECTS, SCALAR, parse_int};
use super::{BindError, HRESULT_ARGUMENT};

/// An enumeration that arrives by name (any case) or by number, also as text: `"skip"`, `"Skip"`, `0`, `"0"` are the
/// same (sheet r7/transport 4).
pub(crate) trait WireEnum: Sized {
    /// Upstream's names and their numbers.
    const NAMES: &'static [(&'static str, i32)];

    /// The value of a number, or of several flags together.
    fn from_number(number: i32) -> Option<Self>;
}

fn enum_from_text<T: WireEnum>(text: &str) -> Result<T, BindError> {
    let missing = |text: &str| {
        BindError::arguments(format!("Requested value '{text}' was not found."), HRESULT_ARGUMENT)
    };
    let mut number = 0;
    // sheet r7/transport 4: a comma list is flags, each by name or number; the empty text is 0.
    for piece in text.split(',').map(str::trim).filter(|_| !text.is_empty()) {
        let named = T::NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(piece));
        number |= match named {
            Some((_, number)) => *number,
            None if piece.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '-' | '+')) => {
                piece_number(piece).map_err(|error| error.unwrap_or_else(|| missing(piece)))?
            }
            None => return Err(missing(piece)),
        };
    }
    T::from_number(number).ok_or_else(|| missing(text.trim()))
}

/// A number among flags; too big a one is .NET's overflow, what is none at all (`None`) may have been a name.
fn piece_number(piece: &str) -> Result<i32, Option<BindError>> {
    piece.parse().map_err(|error: std::num::ParseIntError| {
        use std::num::IntErrorKind::{NegOverflow, PosOverflow};
        matches!(error.kind(), PosOverflow | NegOverflow).then(|| super::de::too_big("an Int32"))
    })
}

/// Reads a [`WireEnum`]; null and the empty text are number 0. For `#[serde(deserialize_with)]`.
pub(crate) fn wire_enum<'de, D: Deserializer<'de>, T: WireEnum>(deserializer: D) -> Result<T, D::Error> {
    let text = scalar(deserializer)?.unwrap_or_default();
    enum_from_text(&text).map_err(BindError::raise)
}

/// Reads an optional [`WireEnum`]; null and the empty text are none. Wants `#[serde(default)]` beside it.
pub(crate) fn wire_enum_option<'de, D: Deserializer<'de>, T: WireEnum>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    match scalar(deserializer)? {
        Some(text) if !text.is_empty() => enum_from_text(&text).map(Some).map_err(BindError::raise),
        _ => Ok(None),
    }
}

/// An optional text that tells the empty text from none: absent and null are none, `a=` is the empty text (a plain
/// `Option<String>` has none for all three). Wants `#[serde(default)]` beside it.
pub(crate) fn kept_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    scalar(deserializer)
}

/// A GUID, with or without dashes or braces; null and the empty text are the empty GUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
pub(crate) struct Guid(pub(crate) Uuid);

impl Guid {
    /// Reads .NET's forms `N`, `D`, `B` and `P`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let braced = text.strip_prefix('{').and_then(|text| text.strip_suffix('}'));
        let bare = braced.or_else(|| text.strip_prefix('(')?.strip_suffix(')')).unwrap_or(text);
        // The length keeps out the URN form, and braces within braces, which `Uuid` would take.
        if !matches!(bare.len(), 32 | 36) {
            return None;
        }
        Uuid::parse_str(bare).ok().map(Self)
    }
}

impl<'de> Deserialize<'de> for Guid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl<'de> Visitor<'de> for Bytes {
            type Value = Guid;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a GUID")
            }

            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Guid, E> {
                Uuid::from_slice(bytes).map(Guid).map_err(E::custom)
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Guid, E> {
                Guid::parse(text).ok_or_else(|| super::de::bad_guid().raise())
            }

            fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Guid, D::Error> {
                deserializer.deserialize_str(self)
            }
        }
        deserializer.deserialize_newtype_struct(GUID, Bytes)
    }
}

/// The id of a file or folder: a number, or the text of a third-party storage's entry (sheet r7/transport 3, ids).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum EntryId {
    Number(i64),
    Text(String),
}

impl Default for EntryId {
    fn default() -> Self {
        Self::Text(String::new())
    }
}

impl From<&str> for EntryId {
    fn from(text: &str) -> Self {
        parse_int(text).map_or_else(|| Self::Text(text.to_owned()), Self::Number)
    }
}

impl<'de> Deserialize<'de> for EntryId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        scalar(deserializer).map(|text| Self::from(text.unwrap_or_default().as_str()))
    }
}

/// A list of entry ids without its nulls and empty texts: Go's client sends `"folderIds":null` (sheet r7/files 0).
/// For `#[serde(default, deserialize_with)]`.
pub(crate) fn entry_ids<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<EntryId>, D::Error> {
    let ids = Vec::<Option<EntryId>>::deserialize(deserializer)?;
    Ok(ids.into_iter().flatten().collect())
}

/// A list of objects. Scalars among them, null and the empty text too, add nothing: upstream leaves out what it could
/// not bind. For `#[serde(default, deserialize_with)]`.
pub(crate) fn objects<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    struct List<T>(PhantomData<T>);
    impl<'de, T: Deserialize<'de>> Visitor<'de> for List<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list of objects")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Vec<T>, A::Error> {
            let mut list = Vec::new();
            while let Some(object) = access.next_element()? {
                list.push(object);
            }
            Ok(list)
        }

        fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<T>, D::Error> {
            Vec::deserialize(deserializer)
        }
    }
    deserializer.deserialize_newtype_struct(OBJECTS, List(PhantomData))
}

/// Any scalar as text, the first where there are several; null as none.
fn scalar<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    deserializer.deserialize_newtype_struct(SCALAR, Text)
}

struct Text;

impl<'de> Visitor<'de> for Text {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or a number")
    }

    fn visit_unit<E>(self) -> Result<Option<String>, E> {
        Ok(None)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Option<String>, E> {
        Ok(Some(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Option<String>, E> {
        Ok(Some(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Option<String>, E> {
        Ok(Some(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Option<String>, E> {
        Ok(Some(value.to_owned()))
    }
    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<String>, D::Error> {
        deserializer.deserialize_any(self)
    }
}
