//! The functions that a fun may call (sheet corezoid/engine 4.3). Pure.

use base64::Engine as _;
use serde_json::Value;

use super::eval::{Failure, LONGEST, fail};
use super::term::Term;
use crate::corezoid::engine::cast;

/// Calls one.
pub(super) fn call(module: &str, name: &str, arguments: Vec<Term>) -> Result<Term, Failure> {
    let unknown = format!("{module}:{name}/{} is not supported here", arguments.len());
    let found = match module {
        "erlang" => erlang(name, arguments)?,
        "proplists" => proplists(name, &arguments),
        "eutils" => eutils(name, &arguments)?,
        "base64" => base64(name, &arguments)?,
        "binary" => binary(name, &arguments)?,
        _ => None,
    };
    found.map_or_else(|| fail(unknown), Ok)
}

fn erlang(name: &str, mut arguments: Vec<Term>) -> Result<Option<Term>, Failure> {
    // JSON without arguments of its own module: some texts call these bare.
    if matches!(name, "from_json" | "to_json" | "get_value") {
        return eutils(name, &arguments);
    }
    if arguments.len() != 1 {
        return Ok(None);
    }
    let Some(only) = arguments.pop() else { return Ok(None) };
    let is = |holds: bool| Ok(Some(Term::truth(holds)));
    match (name, only) {
        ("is_integer", term) => is(matches!(term, Term::Int(_))),
        ("is_float", term) => is(matches!(term, Term::Float(_))),
        ("is_number", term) => is(matches!(term, Term::Int(_) | Term::Float(_))),
        ("is_binary", term) => is(matches!(term, Term::Binary(_))),
        ("is_list", term) => is(matches!(term, Term::List(_))),
        ("is_tuple", term) => is(matches!(term, Term::Tuple(_))),
        ("is_map", term) => is(matches!(term, Term::Map(_))),
        ("is_atom", term) => is(matches!(term, Term::Atom(_))),
        ("is_boolean", term) => is(term == Term::truth(true) || term == Term::truth(false)),
        ("hd", Term::List(list)) => {
            list.into_iter().next().map_or_else(|| fail("hd of an empty list"), |first| Ok(Some(first)))
        }
        ("tl", Term::List(mut list)) => {
            if list.is_empty() {
                return fail("tl of an empty list");
            }
            list.remove(0);
            Ok(Some(Term::List(list)))
        }
        ("length", Term::List(list)) => Ok(Some(count(list.len()))),
        ("byte_size", Term::Binary(text)) => Ok(Some(count(text.len()))),
        ("abs", Term::Int(n)) => Ok(n.checked_abs().map(Term::Int)),
        ("abs", Term::Float(n)) => Ok(Some(Term::Float(n.abs()))),
        ("round", term @ (Term::Int(_) | Term::Float(_))) => whole(term.float().round()),
        ("trunc", term @ (Term::Int(_) | Term::Float(_))) => whole(term.float().trunc()),
        ("binary_to_integer", Term::Binary(text)) => match text.parse() {
            Ok(n) => Ok(Some(Term::Int(n))),
            Err(_) => fail(format!("binary_to_integer: {text:?} is no whole number")),
        },
        ("binary_to_float", Term::Binary(text)) => match text.parse::<f64>() {
            Ok(n) if n.is_finite() => Ok(Some(Term::Float(n))),
            _ => fail(format!("binary_to_float: {text:?} is no number")),
        },
        ("integer_to_binary", Term::Int(n)) => Ok(Some(Term::Binary(n.to_string()))),
        ("float_to_binary", Term::Float(n)) => Ok(Some(Term::Binary(n.to_string()))),
        ("atom_to_binary", Term::Atom(word)) => Ok(Some(Term::Binary(word))),
        (
            "hd" | "tl" | "length" | "byte_size" | "abs" | "round" | "trunc" | "binary_to_integer"
            | "binary_to_float" | "integer_to_binary" | "float_to_binary" | "atom_to_binary",
            other,
        ) => fail(format!("{name} cannot be used with {other}")),
        _ => Ok(None),
    }
}

fn count(n: usize) -> Term {
    Term::Int(i64::try_from(n).unwrap_or(i64::MAX))
}

fn whole(n: f64) -> Result<Option<Term>, Failure> {
    let number = cast::from_float(n).and_then(|number| number.as_i64());
    number.map_or_else(|| fail("the number is too large"), |n| Ok(Some(Term::Int(n))))
}

/// The value that a list of pairs, or a map, has under a key.
fn lookup(key: &Term, pairs: &Term) -> Option<Term> {
    match pairs {
        Term::Map(pairs) => pairs.iter().find(|(known, _)| known == key).map(|(_, value)| value.clone()),
        Term::List(list) => list.iter().find_map(|term| match term {
            Term::Tuple(pair) => match pair.as_slice() {
                [known, value] if known == key => Some(value.clone()),
                _ => None,
            },
            // A bare name in a property list is a flag that is set.
            bare if bare == key => Some(Term::truth(true)),
            _ => None,
        }),
        _ => None,
    }
}

fn undefined() -> Term {
    Term::Atom("undefined".to_owned())
}

fn proplists(name: &str, arguments: &[Term]) -> Option<Term> {
    match (name, arguments) {
        ("get_value", [key, list]) => Some(lookup(key, list).unwrap_or_else(undefined)),
        ("get_value", [key, list, default]) => Some(lookup(key, list).unwrap_or_else(|| default.clone())),
        ("is_defined", [key, list]) => Some(Term::truth(lookup(key, list).is_some())),
        ("delete", [key, Term::List(list)]) => {
            let other = |term: &&Term| {
                !matches!(term, Term::Tuple(pair) if pair.first() == Some(key)) && *term != key
            };
            Some(Term::List(list.iter().filter(other).cloned().collect()))
        }
        ("get_keys", [Term::List(list)]) => {
            let key = |term: &Term| match term {
                Term::Tuple(pair) => pair.first().cloned(),
                other => Some(other.clone()),
            };
            Some(Term::List(list.iter().filter_map(key).collect()))
        }
        _ => None,
    }
}

fn eutils(name: &str, arguments: &[Term]) -> Result<Option<Term>, Failure> {
    match (name, arguments) {
        ("get_value", [key, list]) => Ok(Some(lookup(key, list).unwrap_or_else(undefined))),
        ("get_value", [key, list, default]) => Ok(Some(lookup(key, list).unwrap_or_else(|| default.clone()))),
        ("from_json", [Term::Binary(text)]) => match serde_json::from_str::<Value>(text) {
            Ok(value) => Ok(Some(Term::from_json(value))),
            Err(_) => fail("from_json: this is no JSON"),
        },
        ("to_json", [term]) => Ok(Some(Term::Binary(term.clone().into_json().to_string()))),
        _ => Ok(None),
    }
}

fn base64(name: &str, arguments: &[Term]) -> Result<Option<Term>, Failure> {
    let engine = base64::engine::general_purpose::STANDARD;
    match (name, arguments) {
        ("encode", [Term::Binary(text)]) => Ok(Some(Term::Binary(engine.encode(text)))),
        ("decode", [Term::Binary(text)]) => {
            let bytes = engine.decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            bytes.map_or_else(
                || fail("base64:decode: this is no text in base64"),
                |text| Ok(Some(Term::Binary(text))),
            )
        }
        _ => Ok(None),
    }
}

fn binary(name: &str, arguments: &[Term]) -> Result<Option<Term>, Failure> {
    let everywhere = |options: &[Term]| options.contains(&Term::Atom("global".to_owned()));
    match (name, arguments) {
        ("split" | "replace", [_, Term::Binary(empty), ..]) if empty.is_empty() => {
            fail(format!("binary:{name}: the pattern is empty"))
        }
        ("split", [Term::Binary(text), Term::Binary(by)]) => Ok(Some(Term::List(
            text.splitn(2, by.as_str()).map(|part| Term::Binary(part.to_owned())).collect(),
        ))),
        ("split", [Term::Binary(text), Term::Binary(by), Term::List(options)]) => {
            let most = if everywhere(options) { usize::MAX } else { 2 };
            let parts = text.splitn(most, by.as_str()).map(|part| Term::Binary(part.to_owned()));
            Ok(Some(Term::List(parts.collect())))
        }
        ("replace", [Term::Binary(text), Term::Binary(old), Term::Binary(new), options @ ..]) => {
            let all = matches!(options, [Term::List(options)] if everywhere(options));
            if all && text.matches(old.as_str()).count().saturating_mul(new.len()) > LONGEST {
                return fail("binary:replace: the text grows too long");
            }
            let made =
                if all { text.replace(old.as_str(), new) } else { text.replacen(old.as_str(), new, 1) };
            Ok(Some(Term::Binary(made)))
        }
        _ => Ok(None),
    }
}
