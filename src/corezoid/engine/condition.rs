//! Conditions of `go_if_const` (sheet corezoid/engine 3.1). Pure.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::cast::{self, Type};
use super::template::{Scope, Stop, Template};
use crate::corezoid::rules::pattern::Pattern;
use crate::kernel::engine::Typing;

/// One comparison; all of a logic must hold.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Condition {
    param: Template,
    /// Always a text in documents.
    constant: Constant,
    fun: Fun,
    cast: Type,
}

#[derive(Debug, Clone, PartialEq)]
enum Constant {
    Template(Template),
    /// A pattern without placeholders, made once; `None`: it is none.
    Pattern(Option<Pattern>),
}

/// What a comparison was of.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Compared {
    /// What the parameter was; `None`: there was none.
    pub(crate) value: Option<Value>,
    /// What it was compared with, where placeholders told; a constant stands in the node.
    pub(crate) against: Option<Value>,
    pub(crate) holds: bool,
}

/// How the two sides are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fun {
    Eq,
    NotEq,
    More,
    Less,
    MoreOrEq,
    LessOrEq,
    Regexp,
}

impl Fun {
    fn of(word: &str) -> Option<Self> {
        match word {
            "eq" => Some(Self::Eq),
            "not_eq" => Some(Self::NotEq),
            "more" => Some(Self::More),
            "less" => Some(Self::Less),
            "more_or_eq" => Some(Self::MoreOrEq),
            "less_or_eq" => Some(Self::LessOrEq),
            "regexp" => Some(Self::Regexp),
            _ => None,
        }
    }
}

impl Condition {
    /// Reads a condition; `None`: it names no known comparison.
    pub(crate) fn read(item: &Map<String, Value>) -> Option<Self> {
        let text = |key: &str| item.get(key).map(cast::text).unwrap_or_default();
        let fun = Fun::of(&text("fun"))?;
        let constant = Template::read(&text("const"));
        let constant = match (fun, constant.as_text()) {
            (Fun::Regexp, Some(pattern)) => Constant::Pattern(Pattern::read(pattern)),
            _ => Constant::Template(constant),
        };
        Some(Self {
            param: parameter(&text("param")),
            constant,
            fun,
            cast: Type::of(&text("cast")).unwrap_or(Type::String),
        })
    }

    /// Whether it holds, and of what. What is absent, and what does not take the type, fails every comparison.
    pub(crate) fn compare(&self, scope: &Scope<'_>, typing: Typing) -> Result<Compared, Stop> {
        let Some(value) = self.param.value(scope)? else { return Ok(Compared::default()) };
        let (against, holds) = match &self.constant {
            Constant::Pattern(pattern) => {
                (None, pattern.as_ref().is_some_and(|pattern| fits(pattern, &value)))
            }
            Constant::Template(template) if self.fun == Fun::Regexp => {
                let text = template.text(scope)?;
                let holds = Pattern::read(&text).is_some_and(|pattern| fits(&pattern, &value));
                (Some(Value::String(text)), holds)
            }
            Constant::Template(template) => match self.left(value.clone(), typing) {
                Some(left) => {
                    let right = template.value(scope)?;
                    let fit = right.clone().and_then(|right| self.cast.fit(right));
                    let holds = fit.is_some_and(|right| self.holds(&left, &right));
                    (right.filter(|_| template.as_text().is_none()), holds)
                }
                None => (None, false),
            },
        };
        Ok(Compared { value: Some(value), against, holds })
    }

    /// The parameter in the type that is compared: a number never equals a text (sheet corezoid/engine 11, 4), but the
    /// text of a number is taken for one; options may have it otherwise.
    fn left(&self, value: Value, typing: Typing) -> Option<Value> {
        match (self.cast, typing) {
            (Type::String, Typing::Text) => Type::String.take(value, Typing::Strict),
            (of, typing) => of.take(value, typing),
        }
    }

    fn holds(&self, left: &Value, right: &Value) -> bool {
        let ordered = || order(left, right);
        match self.fun {
            Fun::Eq => same(left, right),
            Fun::NotEq => !same(left, right),
            Fun::More => ordered().is_some_and(Ordering::is_gt),
            Fun::Less => ordered().is_some_and(Ordering::is_lt),
            Fun::MoreOrEq => ordered().is_some_and(Ordering::is_ge),
            Fun::LessOrEq => ordered().is_some_and(Ordering::is_le),
            Fun::Regexp => false,
        }
    }
}

fn fits(pattern: &Pattern, value: &Value) -> bool {
    pattern.fits(&cast::text(value))
}

/// A bare name is a path (sheet corezoid/engine 3.1); whatever holds braces or a function is a text of its own.
fn parameter(text: &str) -> Template {
    if text.contains("{{") || text.contains("$.") {
        return Template::read(text);
    }
    Template::read(&format!("{{{{{text}}}}}"))
}

/// Deep equality; the order of an object's keys does not count, nor how a number is written.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => left == right,
    }
}

/// Numbers by size, texts by bytes; nothing else has an order.
fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => match (a.as_i64(), b.as_i64()) {
            (Some(a), Some(b)) => Some(a.cmp(&b)),
            _ => a.as_f64()?.partial_cmp(&b.as_f64()?),
        },
        (Value::String(a), Value::String(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::corezoid::engine::template::{Around, Found, Read};

    struct Nothing;

    impl Around for Nothing {
        fn root(&self, _: &str) -> Option<Value> {
            None
        }

        fn outside(&self, _: &Read) -> Option<Found> {
            None
        }

        fn random(&self) -> f64 {
            0.0
        }
    }

    fn holds(condition: &Value, data: &Value) -> bool {
        holds_as(condition, data, Typing::Text)
    }

    fn holds_as(condition: &Value, data: &Value, typing: Typing) -> bool {
        let condition = Condition::read(condition.as_object().unwrap()).unwrap();
        let scope = Scope { data: data.as_object().unwrap(), around: &Nothing, now: 0 };
        condition.compare(&scope, typing).unwrap().holds
    }

    #[test]
    fn values_are_compared_as_the_sheet_says() {
        for (param, fun, constant, cast, data, expected) in [
            ("amount", "more", "100", "number", json!({ "amount": 150 }), true),
            ("amount", "more", "100", "number", json!({ "amount": 100 }), false),
            ("amount", "more_or_eq", "100", "number", json!({ "amount": 100 }), true),
            ("amount", "eq", "100", "number", json!({ "amount": "100" }), true),
            ("amount", "eq", "1.0", "number", json!({ "amount": 1 }), true),
            ("card", "not_eq", "", "string", json!({}), false),
            ("card", "not_eq", "", "string", json!({ "card": "" }), false),
            ("card", "not_eq", "", "string", json!({ "card": "41" }), true),
            ("Card", "eq", "41", "string", json!({ "card": "41" }), false),
            ("n", "eq", "10", "string", json!({ "n": 10 }), false),
            ("a.b", "eq", "1", "number", json!({ "a": { "b": 1 }, "a.b": 2 }), true),
            ("ab\\.new", "eq", "1", "number", json!({ "ab.new": 1 }), true),
            ("{{a}}", "eq", "{{b}}", "number", json!({ "a": 1, "b": 1 }), true),
            ("b", "eq", "true", "boolean", json!({ "b": true }), true),
            ("o", "eq", "{\"y\":[1],\"x\":1.0}", "object", json!({ "o": { "x": 1, "y": [1] } }), true),
            ("o", "eq", "{}", "object", json!({ "o": {} }), true),
            ("l", "eq", "[]", "array", json!({ "l": [1] }), false),
            ("s", "less", "b", "string", json!({ "s": "a" }), true),
            ("s", "regexp", "^a+$", "string", json!({ "s": "aaa" }), true),
            ("s", "regexp", "a", "string", json!({ "s": "xax" }), true),
            ("s", "regexp", "{{p}}", "string", json!({ "s": "12", "p": "^[0-9]+$" }), true),
            ("s", "regexp", "(", "string", json!({ "s": "(" }), false),
            ("s", "regexp", "(a{1000}){1000}", "string", json!({ "s": "a" }), false),
            ("s", "regexp", "^(?!x)a", "string", json!({ "s": "a" }), true),
            (
                "s",
                "regexp",
                "^(a+)+(?=b)$",
                "string",
                json!({ "s": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" }),
                false,
            ),
            ("n", "more", "x", "number", json!({ "n": 1 }), false),
            ("n", "eq", "1", "number", json!({ "n": null }), false),
        ] {
            let condition = json!({ "param": param, "fun": fun, "const": constant, "cast": cast });
            assert_eq!(holds(&condition, &data), expected, "{condition} {data}");
        }
    }

    #[test]
    fn an_option_says_which_parameters_a_cast_takes() {
        for (value, constant, cast, held) in [
            (json!(10), "10", "number", [true, true, true]),
            (json!("10"), "10", "number", [false, true, true]),
            (json!(true), "1", "number", [false, false, true]),
            (json!(10), "10", "string", [false, false, true]),
            (json!("10"), "10", "string", [true, true, true]),
            (json!("true"), "true", "boolean", [false, true, true]),
            (json!(1), "true", "boolean", [false, false, true]),
            (json!("[1]"), "[1]", "array", [false, true, true]),
            (json!(1), "[1]", "array", [false, false, true]),
        ] {
            let condition = json!({ "param": "a", "fun": "eq", "const": constant, "cast": cast });
            let data = json!({ "a": value });
            let found = [Typing::Strict, Typing::Text, Typing::Loose]
                .map(|typing| holds_as(&condition, &data, typing));
            assert_eq!(found, held, "{condition} {data}");
        }
    }

    #[test]
    fn an_unknown_comparison_is_none() {
        let item = json!({ "param": "a", "fun": "exists", "const": "" });
        assert_eq!(Condition::read(item.as_object().unwrap()), None);
    }
}
