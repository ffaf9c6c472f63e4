//! Texts with `{{…}}` and `$.name(…)` in them, read once and worked out per task (sheet corezoid/engine 4). Pure.

mod parse;

use serde_json::{Map, Value};

use super::cast;
use super::function::{self, Function};
use super::path::{self, Step};
use crate::kernel::engine::Typing;

/// Bytes of a text that is worked out: as much as the data of a task can ever be (`task_size`).
const LONGEST: usize = 16_000_000;

/// A text as it stands in a node, ready to be worked out.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Template {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq)]
enum Part {
    Text(String),
    Place(Place),
    Call(Call),
}

/// `{{…}}`.
#[derive(Debug, Clone, PartialEq)]
enum Place {
    /// Of the task's own data; every name is known.
    Fixed(Vec<Step>),
    /// The same, with names or indexes that the task brings.
    Built(Vec<Segment>),
    /// `root.x`.
    Root(String),
    /// Something outside the task, and the path into it.
    Outside(Source, Vec<Segment>),
}

/// A step of a path.
#[derive(Debug, Clone, PartialEq)]
enum Segment {
    Name(Template),
    /// What stands in brackets: digits are an index, anything else names a property.
    Bracket(Template),
}

/// What lies outside the task (sheet corezoid/engine 4.2).
#[derive(Debug, Clone, PartialEq)]
enum Source {
    Task { conv: Template, reference: Template },
    Node { conv: Option<Template>, node: Template },
    Variable(Template),
}

/// `$.name(arguments)`.
#[derive(Debug, Clone, PartialEq)]
struct Call {
    function: Function,
    arguments: Vec<Template>,
    /// `.tz('Europe/Kiev')`.
    zone: Option<String>,
    /// What it is called in a text that keeps it.
    name: &'static str,
}

/// One thing outside the task that a text asks for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Read {
    /// `conv[ID].ref[REF]`: the data of a live task of a state diagram; ID is a number or `@alias`.
    Task { conv: String, reference: String },
    /// `node[ID].what`, with or without `conv[ID].`: the number of tasks, a sum, a callback URL.
    Node { conv: Option<String>, node: String, what: String },
    /// `env_var[@name]` or `env_var[id]`.
    Variable(String),
}

/// What was found outside.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Found {
    Value(Value),
    Absent,
    /// The process is none that can be read (sheet corezoid/engine 3.2: `access_refused`).
    NoState {
        conv: String,
    },
    /// No right to read it (`access_denied`).
    Denied {
        conv: String,
        user: String,
    },
}

/// Why a text cannot be worked out.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Stop {
    /// Something outside is not known yet: read it, then try again.
    Need(Read),
    /// Something outside may not be read.
    Refused(Found),
    /// The body of a map or filter is not understood, or fails: in words for whoever wrote it.
    Broken(String),
}

/// What a text is worked out with.
pub(crate) struct Scope<'a> {
    pub(crate) data: &'a Map<String, Value>,
    pub(crate) around: &'a dyn Around,
    /// Unix milliseconds; the same for all functions of a node (sheet corezoid/engine 4.3).
    pub(crate) now: i64,
}

/// What a text can see besides the task's data.
pub(crate) trait Around {
    /// `root.x`.
    fn root(&self, name: &str) -> Option<Value>;

    /// What is known of the outside; `None`: it must be read first.
    fn outside(&self, read: &Read) -> Option<Found>;

    /// A number from 0 to 1, another at each call.
    fn random(&self) -> f64;
}

impl Template {
    /// Reads a text. Whatever is no placeholder and no call is text.
    pub(crate) fn read(text: &str) -> Self {
        Self { parts: parse::parts(text) }
    }

    /// The text, if it holds nothing else.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// How its value takes a type: the strict hand asks only of a single placeholder that what it leads to has the type;
    /// what is written in the node is text whatever it means (sheet corezoid/engine 3).
    pub(crate) fn typing(&self, typing: Typing) -> Typing {
        match self.parts.as_slice() {
            [Part::Place(_)] => typing,
            _ if typing == Typing::Strict => Typing::Text,
            _ => typing,
        }
    }

    /// The value: of one placeholder or call its own, with its type; else the text with everything inserted.
    /// `None`: the placeholder leads nowhere.
    pub(crate) fn value(&self, scope: &Scope<'_>) -> Result<Option<Value>, Stop> {
        match self.parts.as_slice() {
            [Part::Place(place)] => place.value(scope),
            [Part::Call(call)] => call.value(scope).map(Some),
            _ => self.text(scope).map(|text| Some(Value::String(text))),
        }
    }

    /// The text, with nothing where a placeholder leads nowhere.
    pub(crate) fn text(&self, scope: &Scope<'_>) -> Result<String, Stop> {
        if let Some(text) = self.as_text() {
            return Ok(text.to_owned());
        }
        let alone = self.parts.len() == 1;
        let mut out = String::new();
        for part in &self.parts {
            let value = match part {
                Part::Text(text) => {
                    out.push_str(text);
                    continue;
                }
                Part::Place(place) => place.value(scope)?.unwrap_or(Value::Null),
                Part::Call(call) => call.value(scope)?,
            };
            out.push_str(&if alone { cast::text(&value) } else { cast::inserted(&value) });
            if out.len() > LONGEST {
                return Err(Stop::Broken(format!("the text is longer than {LONGEST} bytes")));
            }
        }
        Ok(out)
    }

    /// The steps of a key that is a path (`{{obj.key}}`), worked out; `None`: it is no single path into the task.
    pub(crate) fn target(&self, scope: &Scope<'_>) -> Result<Option<Vec<Step>>, Stop> {
        match self.parts.as_slice() {
            [Part::Place(Place::Fixed(steps))] => Ok(Some(steps.clone())),
            [Part::Place(Place::Built(segments))] => steps(segments, scope).map(Some),
            _ => Ok(None),
        }
    }
}

fn steps(segments: &[Segment], scope: &Scope<'_>) -> Result<Vec<Step>, Stop> {
    segments
        .iter()
        .map(|segment| match segment {
            Segment::Name(name) => name.text(scope).map(Step::Key),
            Segment::Bracket(inner) => inner.text(scope).map(|text| bracket(&text)),
        })
        .collect()
}

fn bracket(text: &str) -> Step {
    text.trim().parse().map_or_else(|_| Step::Key(text.to_owned()), Step::Index)
}

impl Place {
    fn value(&self, scope: &Scope<'_>) -> Result<Option<Value>, Stop> {
        match self {
            Self::Fixed(steps) => Ok(path::get(scope.data, steps).cloned()),
            Self::Built(segments) => Ok(path::get(scope.data, &steps(segments, scope)?).cloned()),
            Self::Root(name) => Ok(scope.around.root(name)),
            Self::Outside(source, segments) => {
                let (read, segments) = source.read(segments, scope)?;
                match scope.around.outside(&read) {
                    None => Err(Stop::Need(read)),
                    Some(Found::Absent) => Ok(None),
                    Some(Found::Value(value)) => Ok(path::follow(&value, &steps(segments, scope)?).cloned()),
                    Some(refused) => Err(Stop::Refused(refused)),
                }
            }
        }
    }
}

impl Source {
    /// What is asked for, and the path that is left.
    fn read<'a>(&self, path: &'a [Segment], scope: &Scope<'_>) -> Result<(Read, &'a [Segment]), Stop> {
        Ok(match self {
            Self::Task { conv, reference } => {
                (Read::Task { conv: conv.text(scope)?, reference: reference.text(scope)? }, path)
            }
            Self::Variable(name) => (Read::Variable(name.text(scope)?), path),
            Self::Node { conv, node } => {
                let conv = conv.as_ref().map(|conv| conv.text(scope)).transpose()?;
                let (what, path) = match path.split_first() {
                    Some((Segment::Name(name) | Segment::Bracket(name), rest)) => (name.text(scope)?, rest),
                    None => (String::new(), path),
                };
                (Read::Node { conv, node: node.text(scope)?, what }, path)
            }
        })
    }
}

impl Call {
    fn value(&self, scope: &Scope<'_>) -> Result<Value, Stop> {
        let arguments =
            self.arguments.iter().map(|argument| argument.value(scope)).collect::<Result<Vec<_>, _>>()?;
        let clock = function::Clock { now: scope.now, zone: self.zone.as_deref() };
        let result = self.function.apply(&arguments, &clock, scope.around).map_err(Stop::Broken)?;
        Ok(result.unwrap_or_else(|| {
            // What cannot be worked out stays as it is, filled in: a type that is asked for then shows the mistake.
            let filled: Vec<_> =
                arguments.iter().map(|value| value.as_ref().map(cast::text).unwrap_or_default()).collect();
            Value::String(format!("$.{}({})", self.name, filled.join(",")))
        }))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_578_218_400_000; // 2020-01-05 10:00:00

    struct World;

    impl Around for World {
        fn root(&self, name: &str) -> Option<Value> {
            (name == "ref").then(|| json!("r1"))
        }

        fn outside(&self, read: &Read) -> Option<Found> {
            match read {
                Read::Task { conv, reference } => match (conv.as_str(), reference.as_str()) {
                    ("7", "menu") => Some(Found::Value(json!({ "a": 1, "m": { "b": ["x"] } }))),
                    ("7", _) => Some(Found::Absent),
                    ("8", _) => Some(Found::NoState { conv: "8".to_owned() }),
                    _ => None,
                },
                Read::Node { conv: None, node, what } if node == "n1" && what == "count" => {
                    Some(Found::Value(json!(2)))
                }
                Read::Variable(name) if name == "@cfg" => {
                    Some(Found::Value(json!({ "retry": { "max": 3 } })))
                }
                _ => None,
            }
        }

        fn random(&self) -> f64 {
            0.5
        }
    }

    fn work(text: &str, data: &Value) -> Result<Option<Value>, Stop> {
        let scope = Scope { data: data.as_object().unwrap(), around: &World, now: NOW };
        Template::read(text).value(&scope)
    }

    #[test]
    fn texts_are_worked_out() {
        for (text, data, expected) in [
            ("plain", json!({}), json!("plain")),
            ("", json!({}), json!("")),
            ("{{a}}", json!({ "a": { "b": 1 } }), json!({ "b": 1 })),
            ("{{a.b[0].c}}", json!({ "a": { "b": [{ "c": true }] } }), json!(true)),
            ("Hi {{name}}", json!({}), json!("Hi ")),
            ("{{a}}-{{b}}", json!({ "a": 1, "b": "x" }), json!("1-x")),
            ("list: {{a}}.", json!({ "a": [1] }), json!("list: .")),
            ("object: {{a}}", json!({ "a": { "b": 1 } }), json!("object: {\"b\":1}")),
            (
                "{\"id\":\"{{id}}\",\"o\":{\"x\":{{x}}}}",
                json!({ "id": "5", "x": 1 }),
                json!("{\"id\":\"5\",\"o\":{\"x\":1}}"),
            ),
            ("{{user[{{p}}]}}", json!({ "user": { "name": "Al" }, "p": "name" }), json!("Al")),
            ("{{list[{{i}}]}}", json!({ "list": [1, 2], "i": 1 }), json!(2)),
            ("{{list[$.math({{i}}+1)]}}", json!({ "list": [1, 2], "i": 0 }), json!(2)),
            (
                "{{status_{{env}}_{{id}}}}",
                json!({ "status_dev_7": "on", "env": "dev", "id": 7 }),
                json!("on"),
            ),
            ("{{a\\.b}}", json!({ "a.b": 1, "a": { "b": 2 } }), json!(1)),
            ("{{phone\\[0\\]}}", json!({ "phone[0]": 1 }), json!(1)),
            ("{{root.ref}}", json!({}), json!("r1")),
            ("$.math({{a}}+{{b}})", json!({ "a": 2, "b": 3 }), json!("5")),
            ("$.math($.math({{v}}+1)-1)", json!({ "v": 7 }), json!("7")),
            ("sum $.math(1+1)!", json!({}), json!("sum 2!")),
            ("$.math({{gone}}+3)", json!({}), json!("3")),
            ("$.math(x)", json!({}), json!("$.math(x)")),
            ("$.unknown(1)", json!({}), json!("$.unknown(1)")),
            ("$.md5_hex(100)", json!({}), json!("f899139df5e1059396431415e770c6dd")),
            ("$.sha1_hex(100)", json!({}), json!("310b86e0b62b828562fc91c7be5380a992b2786a")),
            ("$.base64_encode(hello)", json!({}), json!("aGVsbG8=")),
            ("$.unixtime()", json!({}), json!(1_578_218_400)),
            ("$.unixtime().tz('Europe/Kiev')", json!({}), json!(1_578_225_600)),
            ("$.date(%y-%m-%d+1 %h:%i:%s)", json!({}), json!("2020-01-06 10:00:00")),
            ("$.random(0)", json!({}), json!(0)),
            ("$.random(10)", json!({}), json!(6)),
            ("$.random(-10)", json!({}), json!(-5)),
            ("$.map(fun(Item) -> Item*2 end, {{a}})", json!({ "a": [1, 2, 3] }), json!([2, 4, 6])),
            ("{{conv[7].ref[menu]}}", json!({}), json!({ "a": 1, "m": { "b": ["x"] } })),
            ("{{conv[{{c}}].ref[{{r}}].m.b[0]}}", json!({ "c": 7, "r": "menu" }), json!("x")),
            ("{{node[n1].count}}", json!({}), json!(2)),
            ("{{env_var[@cfg].retry.max}}", json!({}), json!(3)),
            ("{{", json!({}), json!("{{")),
            ("{{}}", json!({}), json!("{{}}")),
            ("}} {{a", json!({ "a": 1 }), json!("}} {{a")),
            ("$.", json!({}), json!("$.")),
        ] {
            assert_eq!(work(text, &data), Ok(Some(expected)), "{text}");
        }
    }

    #[test]
    fn a_placeholder_that_leads_nowhere_has_no_value() {
        for text in ["{{a}}", "{{a.b}}", "{{conv[7].ref[none].a}}", "{{env_var[@cfg].gone}}", "{{root.gone}}"]
        {
            assert_eq!(work(text, &json!({})), Ok(None), "{text}");
        }
    }

    #[test]
    fn what_lies_outside_is_asked_for_or_refused() {
        let read = Read::Task { conv: "9".to_owned(), reference: "x".to_owned() };
        assert_eq!(work("{{conv[9].ref[x].a}}", &json!({})), Err(Stop::Need(read)));
        let refused = Found::NoState { conv: "8".to_owned() };
        assert_eq!(work("a {{conv[8].ref[x]}}", &json!({})), Err(Stop::Refused(refused)));
        assert!(matches!(work("$.map(fun(X) -> Y end, [1])", &json!({})), Err(Stop::Broken(_))));
    }

    #[test]
    fn keys_that_are_paths_are_told_from_names() {
        let data = json!({ "i": 1 });
        let scope = Scope { data: data.as_object().unwrap(), around: &World, now: NOW };
        let target = |text: &str| Template::read(text).target(&scope).unwrap();
        assert_eq!(target("obj.status"), None);
        assert_eq!(target("{{arr[2]}}"), Some(vec![Step::Key("arr".into()), Step::Index(2)]));
        assert_eq!(
            target("{{arr[{{i}}].k}}"),
            Some(vec![Step::Key("arr".into()), Step::Index(1), Step::Key("k".into())])
        );
        assert_eq!(target("x{{i}}"), None);
    }

    #[test]
    fn nesting_without_end_is_text() {
        let deep = format!("{}a{}", "{{x[".repeat(5000), "]}}".repeat(5000));
        assert!(work(&deep, &json!({})).is_ok());
        let calls = format!("{}1{}", "$.math(".repeat(5000), ")".repeat(5000));
        assert!(work(&calls, &json!({})).is_ok());
    }
}
