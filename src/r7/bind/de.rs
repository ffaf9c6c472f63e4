//! serde's view of the tree: every field takes what it finds by upstream's conversions (sheet r7/transport 4). Pure.

use std::num::IntErrorKind;
use std::str::FromStr;

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{Deserializer, Error as _, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::tree::{Leaf, Object, Slot};
use super::types::Guid;
use super::{BindError, HRESULT_FORMAT, HRESULT_OVERFLOW};

/// All arguments, for the endpoint's struct.
pub(super) struct Root<'a>(pub(super) &'a Object);

impl<'de> Deserializer<'de> for Root<'_> {
    type Error = BindError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BindError> {
        visit_object(self.0, visitor)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, BindError> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, BindError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BindError> {
        visitor.visit_unit()
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BindError> {
        visitor.visit_some(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf seq tuple tuple_struct map struct
        enum identifier ignored_any
    }
}

fn visit_object<'de, V: Visitor<'de>>(object: &Object, visitor: V) -> Result<V::Value, BindError> {
    visitor.visit_map(MapDeserializer::new(object.iter().map(|(name, slot)| (name, Source::Slot(slot)))))
}

/// What one field, or one element of a list, is filled from.
#[derive(Clone, Copy)]
enum Source<'a> {
    /// All that came under a name.
    Slot(&'a Slot),
    /// A scalar element of a list.
    Element(&'a Leaf),
    /// The lone object of a list of one.
    Object(&'a Object),
}

impl IntoDeserializer<'_, BindError> for Source<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// The newtype name under which the first scalar is asked for, with null told apart.
pub(super) const SCALAR: &str = "standin::scalar";
/// The newtype name under which the sixteen bytes of a GUID are asked for.
pub(super) const GUID: &str = "standin::guid";
/// The newtype name under which a list without its scalars is asked for.
pub(super) const OBJECTS: &str = "standin::objects";

static NOTHING: Leaf = Leaf::Null;

impl<'a> Source<'a> {
    /// Scalars take the first value.
    fn leaf(self) -> &'a Leaf {
        match self {
            Self::Slot(slot) => slot.plain.first().unwrap_or(&NOTHING),
            Self::Element(leaf) => leaf,
            Self::Object(_) => &NOTHING,
        }
    }

    /// The text to convert; `None` where the type's default stands: null and the empty text. In a list there is no
    /// such mercy: `a=` is 400 for a list of numbers (sheet r7/transport 4).
    fn text(self) -> Option<&'a str> {
        let text = self.leaf().text();
        (!text.is_empty() || matches!(self, Self::Element(_))).then_some(text)
    }

    fn elements(self) -> Vec<Source<'a>> {
        match self {
            Self::Element(_) | Self::Object(_) => vec![self],
            Self::Slot(slot) => elements(slot),
        }
    }

    /// The properties to fill an object from. Upstream cannot tell a list of one from its only element.
    fn fields(self) -> Option<&'a Object> {
        match self {
            Self::Element(_) => None,
            Self::Object(object) => Some(object),
            Self::Slot(slot) if slot.fields.is_empty() => {
                slot.items.values().next().map(|item| &item.slot.fields).or(Some(&slot.fields))
            }
            Self::Slot(slot) => Some(&slot.fields),
        }
    }

    fn number<T: FromStr<Err = std::num::ParseIntError> + Default>(
        self,
        kind: &Kind<T>,
    ) -> Result<T, BindError> {
        self.text().map_or_else(|| Ok(T::default()), |text| int(text, kind))
    }

    fn float(self) -> Result<f64, BindError> {
        let Some(text) = self.text() else { return Ok(0.0) };
        let text = text.trim();
        // Rust also reads words such as `inf`.
        let plain = text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'-' | b'+'));
        let float = if plain { text.parse::<f64>().ok() } else { None };
        match float {
            Some(float) if float.abs() < 7.922_816_251_426_434e28 => Ok(float),
            Some(_) => Err(too_big("a Decimal")),
            None => Err(bad_number()),
        }
    }
}

/// Every value of a name: the plain ones first, then the bracketed in order of appearance; objects go by their index
/// instead, then those without one; a lone object is a list of one (sheet r7/transport 4).
fn elements(slot: &Slot) -> Vec<Source<'_>> {
    let mut elements: Vec<_> = slot.plain.iter().map(Source::Element).collect();
    let mut items: Vec<_> = slot.items.values().collect();
    if !items.iter().all(|item| item.slot.is_plain()) {
        items.sort_by_key(|item| item.index.unwrap_or(u64::MAX));
    }
    for item in items {
        if item.slot.is_plain() {
            elements.extend(item.slot.plain.iter().map(Source::Element));
        } else {
            elements.push(Source::Slot(&item.slot));
        }
    }
    if !slot.fields.is_empty() {
        elements.push(Source::Object(&slot.fields));
    }
    elements
}

/// How an integer type reads its hexadecimal form, and what .NET calls it.
struct Kind<T> {
    hex: fn(&str) -> Result<T, std::num::ParseIntError>,
    name: &'static str,
}

/// .NET's number converter: trimmed, a sign allowed, `0x10`, `&h10` and `#10` are hexadecimal.
fn int<T: FromStr<Err = std::num::ParseIntError>>(text: &str, kind: &Kind<T>) -> Result<T, BindError> {
    let text = text.trim();
    let hex = ["#", "0x", "0X", "&h", "&H"].iter().find_map(|prefix| text.strip_prefix(prefix));
    let parsed = match hex {
        Some(digits) if digits.starts_with(['+', '-']) => return Err(bad_number()),
        Some(digits) => (kind.hex)(digits),
        None => text.parse(),
    };
    parsed.map_err(|error| match error.kind() {
        IntErrorKind::PosOverflow | IntErrorKind::NegOverflow => too_big(kind.name),
        // Rust calls `-1` malformed for a type without a sign, .NET too small.
        _ if text.strip_prefix('-').is_some_and(|digits| digits.parse::<u64>().is_ok()) => too_big(kind.name),
        _ => bad_number(),
    })
}

/// The integer that a text of digits is.
pub(super) fn parse_int(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

fn bad_number() -> BindError {
    BindError::arguments("Input string was not in a correct format.", HRESULT_FORMAT)
}

pub(super) fn too_big(kind: &str) -> BindError {
    BindError::arguments(format!("Value was either too large or too small for {kind}."), HRESULT_OVERFLOW)
}

fn bad_bool() -> BindError {
    BindError::arguments("String was not recognized as a valid Boolean.", HRESULT_FORMAT)
}

pub(super) fn bad_guid() -> BindError {
    BindError::arguments(
        "Guid should contain 32 digits with 4 dashes (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx).",
        HRESULT_FORMAT,
    )
}

macro_rules! integers {
    ($($method:ident, $visit:ident, $type:ident, $name:literal;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BindError> {
            visitor.$visit(self.number(&Kind { hex: |digits| $type::from_str_radix(digits, 16), name: $name })?)
        }
    )*};
}

impl<'de> Deserializer<'de> for Source<'_> {
    type Error = BindError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BindError> {
        match self {
            Self::Slot(slot) if !slot.fields.is_empty() && slot.items.is_empty() => {
                self.deserialize_map(visitor)
            }
            Self::Slot(slot) if !slot.items.is_empty() || slot.plain.len() > 1 => {
                self.deserialize_seq(visitor)
            }
            Self::Object(_) => self.deserialize_map(visitor),
            _ => match self.leaf() {
                Leaf::Null => visitor.visit_unit(),
                Leaf::Text(text) => visitor.visit_str(text),
            },
        }
    }

    // sheet r7/transport 4: only `true` and `false`, any case; `1`, `0` and `yes` are 400.
    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BindError> {
        let Some(text) = self.text() else { return visitor.visit_bool(false) };
        match text.trim() {
            text if text.eq_ignore_ascii_case("true") => visitor.visit_bool(true),
            text if text.eq_ignore_ascii_case("false") => visitor.visit_bool(false),
            _ => Err(bad_bool()),
        }
    }

    integers! {
        deserialize_i8, visit_i8, i8, "a signed byte";
        deserialize_i16, visit_i16, i16, "an Int16";
        deserialize_i32, visit_i32, i32, "an Int32";
        deserialize_i64, visit_i64, i64, "an Int64";
        deserialize_u8, visit_u8, u8, "an unsigned byte";
        deserialize_u16, visit_u16, u16, "a UInt16";
        deserialize_u32, visit_u32, u32, "a UInt32";
        deserialize_u64, visit_u64, u64, "a UInt64";
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BindError> {
        visitor.visit_f64(self.float()?)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BindError> {
        visitor.visit_f64(self.float()?)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BindError> {
        visitor.visit_str(self.leaf().text())
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BindError> {
        visitor.visit_str(self.leaf().text())
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BindError> {
        visitor.visit_str(self.leaf().text())
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BindError> {
        visitor.visit_bytes(self.leaf().text().as_bytes())
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BindError> {
        self.deserialize_bytes(visitor)
    }

    /// sheet r7/transport 4: nullables are null for null and for the empty text.
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BindError> {
        let empty = match self {
            Self::Slot(slot) if !slot.is_plain() => false,
            Self::Slot(slot) => {
                slot.plain.first().is_none_or(|leaf| leaf.text().is_empty()) && slot.plain.len() < 2
            }
            Self::Element(leaf) => leaf.text().is_empty(),
            Self::Object(_) => false,
        };
        if empty { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BindError> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, BindError> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, BindError> {
        match name {
            SCALAR => match self.leaf() {
                Leaf::Null => visitor.visit_unit(),
                Leaf::Text(text) => visitor.visit_str(text),
            },
            GUID => {
                let guid = self
                    .text()
                    .map_or_else(|| Ok(Guid::default()), |text| Guid::parse(text).ok_or_else(bad_guid));
                visitor.visit_bytes(guid?.0.as_bytes())
            }
            OBJECTS => {
                let elements = self.elements().into_iter();
                let objects = elements.filter(|element| !matches!(element, Source::Element(_)));
                visitor.visit_seq(SeqDeserializer::new(objects))
            }
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BindError> {
        visitor.visit_seq(SeqDeserializer::new(self.elements().into_iter()))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, BindError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, BindError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BindError> {
        match self.fields() {
            Some(fields) => visit_object(fields, visitor),
            // A scalar where an object is wanted fills nothing.
            None => visit_object(&Object::default(), visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, BindError> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, BindError> {
        let text = self.leaf().text().trim();
        match variants.iter().find(|name| name.eq_ignore_ascii_case(text)) {
            Some(name) => visitor.visit_enum((*name).into_deserializer()),
            None => Err(BindError::custom(format_args!("Requested value '{text}' was not found."))),
        }
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BindError> {
        visitor.visit_str(self.leaf().text())
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, BindError> {
        visitor.visit_unit()
    }
}
