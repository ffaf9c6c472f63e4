//! Erlang terms, and how JSON looks as one: objects are lists of pairs, texts are binaries. Pure.

use std::fmt;

use serde_json::{Map, Value};

use crate::corezoid::engine::cast;

/// A term.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Term {
    Int(i64),
    Float(f64),
    Atom(String),
    Binary(String),
    List(Vec<Self>),
    Tuple(Vec<Self>),
    Map(Vec<(Self, Self)>),
}

impl Term {
    pub(super) fn truth(value: bool) -> Self {
        Self::Atom(if value { "true" } else { "false" }.to_owned())
    }

    /// JSON as a term. An empty object is `[{}]`, as Erlang's JSON libraries write it.
    pub(super) fn from_json(value: Value) -> Self {
        match value {
            Value::Null => Self::Atom("null".to_owned()),
            Value::Bool(value) => Self::truth(value),
            Value::Number(number) => {
                number.as_i64().map_or_else(|| Self::Float(number.as_f64().unwrap_or_default()), Self::Int)
            }
            Value::String(text) => Self::Binary(text),
            Value::Array(list) => Self::List(list.into_iter().map(Self::from_json).collect()),
            Value::Object(object) if object.is_empty() => Self::List(vec![Self::Tuple(Vec::new())]),
            Value::Object(object) => Self::List(
                object
                    .into_iter()
                    .map(|(key, value)| Self::Tuple(vec![Self::Binary(key), Self::from_json(value)]))
                    .collect(),
            ),
        }
    }

    /// A term as JSON: a map or a list of pairs is an object (sheet corezoid/engine 4.3).
    pub(super) fn into_json(self) -> Value {
        match self {
            Self::Int(n) => n.into(),
            Self::Float(n) => cast::from_float(n).map_or(Value::Null, Value::Number),
            Self::Atom(word) => match word.as_str() {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                "null" | "undefined" => Value::Null,
                _ => Value::String(word),
            },
            Self::Binary(text) => Value::String(text),
            Self::Tuple(terms) => Value::Array(terms.into_iter().map(Self::into_json).collect()),
            Self::Map(pairs) => object(pairs),
            Self::List(list) => match list.as_slice() {
                [Self::Tuple(empty)] if empty.is_empty() => Value::Object(Map::new()),
                [_, ..] if list.iter().all(Self::is_pair) => {
                    object(list.into_iter().filter_map(Self::into_pair).collect())
                }
                _ => Value::Array(list.into_iter().map(Self::into_json).collect()),
            },
        }
    }

    /// A tuple of a name and a value.
    fn is_pair(&self) -> bool {
        matches!(self, Self::Tuple(pair) if matches!(pair.as_slice(), [Self::Binary(_) | Self::Atom(_), _]))
    }

    fn into_pair(self) -> Option<(Self, Self)> {
        let Self::Tuple(pair) = self else { return None };
        <[Self; 2]>::try_from(pair).ok().map(|[key, value]| (key, value))
    }

    /// Where a term stands among all: numbers before atoms, then tuples, maps, lists, binaries.
    fn rank(&self) -> u8 {
        match self {
            Self::Int(_) | Self::Float(_) => 0,
            Self::Atom(_) => 1,
            Self::Tuple(_) => 2,
            Self::Map(_) => 3,
            Self::List(_) => 4,
            Self::Binary(_) => 5,
        }
    }

    /// Erlang's order of terms; `1` and `1.0` are the same.
    pub(super) fn compare(&self, other: &Self) -> std::cmp::Ordering {
        use std::cmp::Ordering;
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => a.cmp(b),
            (Self::Int(_) | Self::Float(_), Self::Int(_) | Self::Float(_)) => {
                self.float().partial_cmp(&other.float()).unwrap_or(Ordering::Equal)
            }
            (Self::Atom(a), Self::Atom(b)) | (Self::Binary(a), Self::Binary(b)) => a.cmp(b),
            (Self::Tuple(a), Self::Tuple(b)) => a.len().cmp(&b.len()).then_with(|| each(a, b)),
            (Self::List(a), Self::List(b)) => each(a, b),
            (Self::Map(a), Self::Map(b)) => a.len().cmp(&b.len()).then_with(|| {
                let pair = |(x, y): (&(Self, Self), &(Self, Self))| {
                    x.0.compare(&y.0).then_with(|| x.1.compare(&y.1))
                };
                a.iter().zip(b).map(pair).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
            }),
            _ => self.rank().cmp(&other.rank()),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "numbers of mixed kinds are compared as floats")]
    pub(super) const fn float(&self) -> f64 {
        match self {
            Self::Int(n) => *n as f64,
            Self::Float(n) => *n,
            _ => f64::NAN,
        }
    }
}

fn each(a: &[Term], b: &[Term]) -> std::cmp::Ordering {
    let order = a.iter().zip(b).map(|(a, b)| a.compare(b)).find(|order| order.is_ne());
    order.unwrap_or_else(|| a.len().cmp(&b.len()))
}

fn object(pairs: Vec<(Term, Term)>) -> Value {
    let name = |key: Term| match key {
        Term::Binary(text) | Term::Atom(text) => text,
        other => cast::text(&other.into_json()),
    };
    Value::Object(pairs.into_iter().map(|(key, value)| (name(key), value.into_json())).collect())
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, terms: &[Self]| {
            terms.iter().enumerate().try_for_each(|(index, term)| {
                let comma = if index > 0 { "," } else { "" };
                write!(f, "{comma}{term}")
            })
        };
        match self {
            Self::Int(n) => write!(f, "{n}"),
            Self::Float(n) => write!(f, "{n}"),
            Self::Atom(word) => f.write_str(word),
            Self::Binary(text) => write!(f, "<<\"{text}\">>"),
            Self::List(terms) => {
                f.write_str("[")?;
                list(f, terms)?;
                f.write_str("]")
            }
            Self::Tuple(terms) => {
                f.write_str("{")?;
                list(f, terms)?;
                f.write_str("}")
            }
            Self::Map(_) => f.write_str("#{…}"),
        }
    }
}
