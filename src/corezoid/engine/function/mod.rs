//! `$.name(…)`: the functions that texts of a node may call (sheet corezoid/engine 4.3). Pure.

mod arithmetic;
mod date;

use base64::Engine as _;
use serde_json::Value;
use sha1::{Digest as _, Sha1};

use super::cast::{self, Type};
use super::erlang::{self, Fun};
use super::template::Around;

/// A function, with what of its text does not depend on the task.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Function {
    Math,
    Random,
    Date,
    Unixtime,
    Hash(Hash, Form),
    Base64,
    Map(Fun),
    Filter(Fun),
    /// `$.to_number()` and its like, in raw bodies.
    To(Type),
}

/// A digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hash {
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

/// How a digest is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// A character a byte.
    Raw,
    Hex,
}

/// The one reading of the clock that a node's functions share.
pub(crate) struct Clock<'a> {
    /// Unix milliseconds.
    pub(crate) now: i64,
    /// An IANA name, of `.tz('…')`.
    pub(crate) zone: Option<&'a str>,
}

/// Every name.
const NAMES: &[&str] = &[
    "math",
    "random",
    "date",
    "unixtime",
    "md5",
    "md5_hex",
    "sha1",
    "sha1_hex",
    "sha224",
    "sha224_hex",
    "sha256",
    "sha256_hex",
    "sha384",
    "sha384_hex",
    "sha512",
    "sha512_hex",
    "base64_encode",
    "map",
    "filter",
    "to_string",
    "to_number",
    "to_boolean",
    "to_array",
    "to_object",
];

impl Function {
    /// The name, if it is one.
    pub(crate) fn name_of(text: &str) -> Option<&'static str> {
        NAMES.iter().find(|name| **name == text).copied()
    }

    /// A function and the texts of its arguments. `None`: it is called as it cannot be.
    pub(crate) fn read<'a>(name: &str, inner: &'a str) -> Option<(Self, Vec<&'a str>)> {
        let digest = |hash| {
            let form = if name.ends_with("_hex") { Form::Hex } else { Form::Raw };
            Some((Self::Hash(hash, form), vec![inner]))
        };
        match name.trim_end_matches("_hex") {
            "math" => Some((Self::Math, vec![inner])),
            "random" => {
                let arguments = if inner.trim().is_empty() { Vec::new() } else { inner.split(',').collect() };
                Some((Self::Random, arguments))
            }
            "date" => Some((Self::Date, vec![inner])),
            "unixtime" => Some((Self::Unixtime, vec![inner])),
            "md5" => digest(Hash::Md5),
            "sha1" => digest(Hash::Sha1),
            "sha224" => digest(Hash::Sha224),
            "sha256" => digest(Hash::Sha256),
            "sha384" => digest(Hash::Sha384),
            "sha512" => digest(Hash::Sha512),
            "base64_encode" => Some((Self::Base64, vec![inner])),
            "map" | "filter" => {
                // The list is what stands behind the comma after the body's own `end`.
                let end = erlang::end_of(inner)?;
                let (body, list) = (inner.get(..end)?, inner.get(end..)?.trim_start().strip_prefix(',')?);
                let fun = Fun::read(body);
                Some((if name == "map" { Self::Map(fun) } else { Self::Filter(fun) }, vec![list.trim()]))
            }
            other => Some((Self::To(Type::of(other.strip_prefix("to_")?)?), vec![inner])),
        }
    }

    /// Whether its text is bytes, a character each.
    pub(crate) fn gives_bytes(&self) -> bool {
        matches!(self, Self::Hash(_, Form::Raw))
    }

    /// The result; `None`: the arguments do not allow one. `None` among the arguments: a placeholder led nowhere.
    /// `raw`: the only argument is bytes, a character each. An error is what is wrong with the body of a map or filter, or
    /// with a value to be converted, in words for whoever wrote it.
    pub(crate) fn apply(
        &self,
        (arguments, raw): (&[Option<Value>], bool),
        clock: &Clock<'_>,
        around: &dyn Around,
    ) -> Result<Option<Value>, String> {
        let text =
            |index: usize| arguments.get(index).and_then(Option::as_ref).map(cast::text).unwrap_or_default();
        Ok(match self {
            Self::Math => arithmetic::evaluate(&text(0)).map(Value::String),
            Self::Random => random_number(arguments, around),
            Self::Date => date::formatted(&text(0), clock).map(Value::String),
            Self::Unixtime => date::unixtime(&text(0), clock).map(Value::from),
            Self::Hash(hash, form) => Some(Value::String(hash.of(&octets(&text(0), raw), *form))),
            Self::Base64 => {
                Some(Value::String(base64::engine::general_purpose::STANDARD.encode(octets(&text(0), raw))))
            }
            Self::Map(fun) => list(arguments).map(|list| fun.map(list)).transpose()?,
            Self::Filter(fun) => list(arguments).map(|list| fun.filter(list)).transpose()?,
            Self::To(of) => {
                let value = arguments.first().cloned().flatten();
                let shown = value.as_ref().map_or_else(|| "null".to_owned(), cast::text);
                let fitted = value.and_then(|value| of.fit(value));
                Some(fitted.ok_or_else(|| format!("Value: {shown}, Try convert to: {}", of.word()))?)
            }
        })
    }
}

/// The bytes of a text; of one that stands for bytes those.
fn octets(text: &str, raw: bool) -> Vec<u8> {
    if raw { text.chars().filter_map(|c| u8::try_from(c).ok()).collect() } else { text.as_bytes().to_vec() }
}

fn list(arguments: &[Option<Value>]) -> Option<Vec<Value>> {
    match Type::Array.fit(arguments.first()?.clone()?)? {
        Value::Array(list) => Some(list),
        _ => None,
    }
}

/// 0 gives 0, a positive bound 1 to it, a negative one it to −1; two bounds what lies between; none a fraction.
fn random_number(arguments: &[Option<Value>], around: &dyn Around) -> Option<Value> {
    let bound = |index: usize| -> Option<i64> {
        let number = cast::number(&cast::text(arguments.get(index)?.as_ref()?))?;
        #[expect(clippy::cast_possible_truncation, reason = "clamped to the service's own range")]
        number.as_i64().or_else(|| number.as_f64().map(|float| float as i64))
    };
    let between = |least: i64, most: i64| {
        let span = i128::from(most) - i128::from(least) + 1;
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            reason = "a chance needs no last digit"
        )]
        let step = (around.random() * span as f64) as i128;
        i64::try_from(i128::from(least) + step.clamp(0, span - 1)).ok().map(Value::from)
    };
    match arguments.len() {
        0 => cast::from_float(around.random()).map(Value::Number),
        1 => match bound(0)? {
            0 => Some(Value::from(0)),
            most if most > 0 => between(1, most),
            least => between(least, -1),
        },
        _ => {
            let (least, most) = (bound(0)?, bound(1)?);
            if least <= most { between(least, most) } else { between(most, least) }
        }
    }
}

impl Hash {
    fn of(self, bytes: &[u8], form: Form) -> String {
        let digest = match self {
            Self::Md5 => md5::Md5::digest(bytes).to_vec(),
            Self::Sha1 => Sha1::digest(bytes).to_vec(),
            Self::Sha224 => sha2::Sha224::digest(bytes).to_vec(),
            Self::Sha256 => sha2::Sha256::digest(bytes).to_vec(),
            Self::Sha384 => sha2::Sha384::digest(bytes).to_vec(),
            Self::Sha512 => sha2::Sha512::digest(bytes).to_vec(),
        };
        match form {
            Form::Hex => hex::encode(digest),
            Form::Raw => digest.into_iter().map(char::from).collect(),
        }
    }
}
