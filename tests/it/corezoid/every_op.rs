//! The whole table of ops, word for word: each succeeds at least once in a story of one company. What an op says to a missing
//! object, key or value is held for the whole table in `required`; its own mistakes stand with its topic.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::App;

const STORY: &str = include_str!("fixtures/every_op.txt");

/// A line of the story.
pub(crate) struct Step<'a> {
    /// What its answer is called in later lines.
    pub(crate) name: Option<&'a str>,
    pub(crate) family: &'a str,
    pub(crate) op: Value,
}

impl<'a> Step<'a> {
    /// From a line `name = family {…}` or `family {…}`.
    pub(crate) fn of(line: &'a str) -> Self {
        let (head, op) = line.split_at(line.find('{').unwrap_or_else(|| panic!("no op: {line}")));
        let (name, family) = match head.split_once('=') {
            Some((name, family)) => (Some(name.trim()), family.trim()),
            None => (None, head.trim()),
        };
        Self { name, family, op: serde_json::from_str(op).unwrap_or_else(|error| panic!("{line}: {error}")) }
    }
}

/// The story, step by step.
pub(crate) fn steps() -> impl Iterator<Item = Step<'static>> {
    STORY.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(Step::of)
}

/// The type and obj of every op of the table.
pub(crate) async fn table(app: &App) -> BTreeSet<[String; 2]> {
    let surface = app.anonymous().get("/_standin/surface").await.json();
    let table = surface["corezoid"].as_array().unwrap().iter();
    table.map(|call| [&call["verb"], &call["target"]].map(|word| word.as_str().unwrap().to_owned())).collect()
}

/// An op with what earlier answers say in the place of `$name/path`.
pub(crate) fn filled(value: &Value, known: &BTreeMap<&str, Value>) -> Value {
    match value {
        Value::String(text) => match text.strip_prefix('$').and_then(|text| text.split_once('/')) {
            Some((name, path)) => {
                known[name].pointer(&format!("/{path}")).unwrap_or_else(|| panic!("{text}")).clone()
            }
            None => value.clone(),
        },
        Value::Array(list) => list.iter().map(|value| filled(value, known)).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), filled(value, known))).collect()
        }
        other => other.clone(),
    }
}

/// Sends an op on its URL family, and gives its answer.
pub(crate) async fn send(app: &App, family: &str, op: &Value) -> Value {
    let answer = if family == "info" {
        let path = app.key().signed("upload/info", b"");
        app.key().get(&format!("{path}?hash={}", op["hash"].as_str().unwrap())).await
    } else {
        app.key().package(family, &json!({ "ops": [op] }).to_string()).await
    };
    answer.expect(200).json()["ops"][0].clone()
}

#[tokio::test]
async fn every_op_of_the_table_succeeds_word_for_word() {
    let app = App::empty().await;
    let (mut known, mut told, mut succeeded) = (BTreeMap::new(), String::new(), BTreeSet::new());
    for Step { name, family, op } in steps() {
        let op = filled(&op, &known);
        let answer = send(&app, family, &op).await;
        assert_eq!(answer["proc"], "ok", "{family} {op}\n{answer}");
        writeln!(told, "{family} {op}\n    {answer}").unwrap();
        succeeded
            .insert([op["type"].clone(), op["obj"].clone()].map(|word| word.as_str().unwrap().to_owned()));
        if let Some(name) = name {
            known.insert(name, answer);
        }
    }
    let table = table(&app).await;
    let untold: Vec<_> = table.difference(&succeeded).collect();
    assert!(untold.is_empty(), "ops that fixtures/every_op.txt does not tell of: {untold:?}");
    assert_snapshot!(told);
}
