//! Every mistake that an op names, op by op: with its exchange, or with the test that has it; and every text of the program and
//! of the sheet that a mistake is told in.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::LazyLock;

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::every_op::{Step, filled, send, steps, table};
use crate::support::{App, source};

static NAMED: LazyLock<String> = LazyLock::new(|| {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/corezoid/fixtures/named_errors.txt");
    std::fs::read_to_string(path).unwrap()
});

/// Where the exchanges of this file stand.
const SNAPSHOTS: &str = "tests/it/corezoid";

/// A part of the list: the op, and the lines about it.
struct Section {
    op: [&'static str; 2],
    lines: Vec<&'static str>,
}

/// The lines before the first op, and those of every op. What prepares the next op may stand at the end of the one before.
fn sections() -> (Vec<&'static str>, Vec<Section>) {
    let (mut before, mut sections) = (Vec::new(), Vec::<Section>::new());
    for line in NAMED.as_str().lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(words) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            let (verb, obj) = words.split_once(' ').unwrap_or_else(|| panic!("{line}"));
            sections.push(Section { op: [verb, obj], lines: Vec::new() });
        } else {
            sections.last_mut().map_or(&mut before, |section| &mut section.lines).push(line);
        }
    }
    (before, sections)
}

/// Whether a line is an op that is refused, not one that prepares something.
fn is_refused(line: &str) -> bool {
    !line.starts_with("see ") && !line.starts_with("none: ") && Step::of(line).name.is_none()
}

/// An op with the type that its URL family gives it.
fn words<'a>(family: &'a str, op: &'a Value) -> [&'a str; 2] {
    let implied = match family {
        "copy" | "upload" => "create",
        "system" => "list",
        other => other,
    };
    [op["type"].as_str().unwrap_or(implied), op["obj"].as_str().unwrap_or_default()]
}

#[tokio::test]
async fn every_named_mistake_is_told_word_for_word_and_changes_nothing() {
    let app = App::empty().await;
    let (before, sections) = sections();
    let (mut known, mut told, mut taken) = (BTreeMap::new(), String::new(), Vec::new());
    let prepare = async |line: &'static str, known: &mut BTreeMap<&str, Value>| {
        let Step { name, family, op } = Step::of(line);
        let op = filled(&op, known);
        let answer = send(&app, family, &op).await;
        assert_eq!(answer["proc"], "ok", "{line}\n{op}\n{answer}");
        known.insert(name.unwrap_or_else(|| panic!("{line} comes before the first op")), answer);
    };
    for line in before {
        prepare(line, &mut known).await;
    }
    let mut state = app.state().await;
    for Section { op: wanted, lines } in sections {
        writeln!(told, "\n[{} {}]", wanted[0], wanted[1]).unwrap();
        let (refused, prepared): (Vec<_>, Vec<_>) =
            lines.into_iter().partition(|line| !line.contains('{') || is_refused(line));
        for line in refused {
            if !line.contains('{') || line.starts_with("see ") {
                writeln!(told, "{line}").unwrap();
                continue;
            }
            let Step { family, op, .. } = Step::of(line);
            assert_eq!(words(family, &op), wanted, "{line}");
            let op = filled(&op, &known);
            let answer = send(&app, family, &op).await;
            let told_later = answer["proc"] == "ok" && answer["status"] == "error";
            if answer["proc"] == "ok" && !told_later {
                taken.push(format!("{family} {op}\n{answer}"));
                continue;
            }
            writeln!(told, "{family} {op}\n    {answer}").unwrap();
        }
        let after = app.state().await;
        if after != state {
            taken.push(format!("a refusal of {wanted:?} changed something"));
        }
        state = after;
        if prepared.is_empty() {
            continue;
        }
        for line in prepared {
            prepare(line, &mut known).await;
        }
        state = app.state().await;
    }
    assert!(taken.is_empty(), "not refused:\n{}", taken.join("\n"));
    assert_snapshot!(told);
}

#[tokio::test]
async fn every_op_of_the_table_has_its_mistakes_listed_once() {
    let app = App::empty().await;
    let listed: Vec<_> = sections().1.iter().map(|section| section.op.map(str::to_owned)).collect();
    let once: BTreeSet<_> = listed.iter().cloned().collect();
    assert_eq!(once.len(), listed.len(), "an op is listed twice");
    let table = table(&app).await;
    let missing: Vec<_> = table.difference(&once).collect();
    let strange: Vec<_> = once.difference(&table).collect();
    assert!(missing.is_empty(), "ops that fixtures/named_errors.txt says nothing of: {missing:?}");
    assert!(strange.is_empty(), "no ops: {strange:?}");
    let told = |section: &&Section| section.lines.iter().any(|line| !line.contains('{') || is_refused(line));
    let silent: Vec<_> = sections().1.iter().filter(|section| !told(section)).map(|it| it.op).collect();
    assert!(silent.is_empty(), "ops without a mistake, a pointer or a reason: {silent:?}");
}

/// The ops of the snapshots of a test with their answers.
fn exchanges(test: &str) -> Vec<(Value, Value)> {
    let ending = format!("__{test}.snap");
    let mut found = Vec::new();
    for file in source::files(SNAPSHOTS, ".snap").iter().filter(|file| file.path.ends_with(&ending)) {
        let lines: Vec<&str> = file.text.lines().collect();
        for pair in lines.windows(2) {
            let op = pair[0].find('{').and_then(|at| serde_json::from_str(&pair[0][at..]).ok());
            let answer = pair[1].strip_prefix("    ").and_then(|line| serde_json::from_str(line).ok());
            found.extend(op.zip(answer));
        }
    }
    found
}

#[test]
fn every_pointer_leads_to_an_exchange_of_its_op() {
    let mut wrong = Vec::new();
    for Section { op, lines } in sections().1 {
        for line in lines.iter().filter_map(|line| line.strip_prefix("see ")) {
            let (test, text) = line.split_once(": ").unwrap_or_else(|| panic!("{line}"));
            let fits = |(sent, answer): &(Value, Value)| {
                sent["type"] == op[0]
                    && sent["obj"] == op[1]
                    && answer.to_string().contains(&format!("\"{text}\""))
            };
            if !exchanges(test).iter().any(fits) {
                wrong.push(format!("{op:?}: no snapshot of {test} tells it {text}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every place of a text that is an earlier answer's.
fn references(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::String(text) if text.starts_with('$') => found.push(path.to_owned()),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(at, value)| references(value, &format!("{path}/{at}"), found));
        }
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| references(value, &format!("{path}/{name}"), found));
        }
        _ => {}
    }
}

#[tokio::test]
async fn every_id_in_an_op_that_names_nothing_is_told() {
    let app = App::empty().await;
    let (mut known, mut told) = (BTreeMap::new(), String::new());
    for Step { name, family, op } in steps() {
        let mut places = Vec::new();
        references(&op, "", &mut places);
        let whole = filled(&op, &known);
        let state = if places.is_empty() { Value::Null } else { app.state().await };
        // Links inside a draft may lead nowhere: a deploy minds them.
        for place in places.iter().filter(|place| !place.contains("logics") && !place.contains("semaphors")) {
            let mut sent = whole.clone();
            let id = sent.pointer_mut(place).unwrap();
            *id = if id.is_number() { json!(404) } else { json!("f".repeat(40)) };
            let answer = send(&app, family, &sent).await;
            if answer["proc"] == "ok" {
                writeln!(told, "{family} {sent}\n    is taken").unwrap();
                // Whatever it did is undone.
                assert_eq!(app.anonymous().put("/_standin/state", state.clone()).await.status(), 204);
            } else {
                writeln!(told, "{family} {sent}\n    {answer}").unwrap();
            }
        }
        if !places.is_empty() {
            assert_eq!(app.state().await, state, "a refused {op} changed something");
        }
        let answer = send(&app, family, &whole).await;
        assert_eq!(answer["proc"], "ok", "{family} {whole}\n{answer}");
        if let Some(name) = name {
            known.insert(name, answer);
        }
    }
    assert_snapshot!(told);
}

/// A text with places for values, as the parts between them.
struct Pattern(Vec<String>);

impl Pattern {
    /// From the text of a `#[error("…")]`: `{…}` is a place.
    fn of(text: &str) -> Self {
        let mut parts = vec![String::new()];
        let mut inside = false;
        for char in text.chars() {
            match char {
                '{' => inside = true,
                '}' => {
                    inside = false;
                    parts.push(String::new());
                }
                other if !inside => parts.last_mut().unwrap().push(other),
                _ => {}
            }
        }
        Self(parts)
    }

    /// Whether it has words of its own.
    fn says_something(&self) -> bool {
        self.0.iter().any(|part| !part.trim().is_empty())
    }

    fn fits(&self, text: &str) -> bool {
        let [first, rest @ ..] = self.0.as_slice() else { return false };
        let Some(mut left) = text.strip_prefix(first.as_str()) else { return false };
        let Some((last, middle)) = rest.split_last() else { return left.is_empty() };
        for part in middle {
            let Some(at) = left.find(part.as_str()) else { return false };
            left = &left[at + part.len()..];
        }
        left.ends_with(last.as_str())
    }
}

/// The files in which the words of refusals stand.
const WORDS: &[&str] = &[
    "src/corezoid/error.rs",
    "src/corezoid/refusal.rs",
    "src/corezoid/model/flaw.rs",
    "src/corezoid/model/unpack.rs",
    "src/corezoid/rules/task.rs",
];

/// Words that no client is told.
const INWARD: &[&str] = &["storage: {0}"];

/// Words of a URL that takes no ops.
#[tokio::test]
async fn a_callback_for_a_node_that_waits_for_none_is_refused_and_changes_nothing() {
    let app = App::empty().await;
    let op = |op: Value| async { app.key().op(op).await };
    let conv =
        op(json!({ "type": "create", "obj": "conv", "title": "P", "status": "debug" })).await["obj_id"]
            .clone();
    let task =
        op(json!({ "type": "create", "obj": "task", "conv_id": conv, "data": {} })).await["obj_id"].clone();
    let nodes = op(json!({ "type": "list", "obj": "conv", "obj_id": conv })).await["list"].clone();
    let text = |id: &Value| id.as_str().unwrap().to_owned();
    let state = app.state().await;
    for (node, task, refusal) in [
        (text(&nodes[0]["obj_id"]), text(&task), NO_CALLBACK),
        ("nobody".to_owned(), text(&task), NO_CALLBACK),
        (text(&nodes[0]["obj_id"]), "nobody".to_owned(), "not found task"),
    ] {
        let answer =
            app.anonymous().post(&format!("/api/1/plugins/callback/{node}/{task}"), json!({ "a": 1 })).await;
        let refused = json!({ "request_proc": "ok", "ops": [{ "proc": "error", "description": refusal }] });
        assert_eq!(answer.expect(200).json(), refused);
    }
    assert_eq!(app.state().await, state);
}

const NO_CALLBACK: &str = "No api callback logic in node";

/// The texts of the errors of a file.
fn texts() -> Vec<String> {
    let mut texts = Vec::new();
    for path in WORDS {
        let file = source::files("src/corezoid", ".rs").into_iter().find(|file| file.path == *path).unwrap();
        for part in file.text.split("#[error(").skip(1) {
            let Some(text) = part.trim_start().strip_prefix('"') else { continue };
            texts.push(text.split('"').next().unwrap().to_owned());
        }
    }
    texts.retain(|text| Pattern::of(text).says_something() && !INWARD.contains(&text.as_str()));
    texts
}

/// Every text of every answer in a snapshot, and every text that a test writes down.
fn told() -> BTreeSet<String> {
    fn collect(value: &Value, told: &mut BTreeSet<String>) {
        match value {
            Value::String(text) => drop(told.insert(text.clone())),
            Value::Array(list) => list.iter().for_each(|value| collect(value, told)),
            Value::Object(fields) => fields.values().for_each(|value| collect(value, told)),
            _ => {}
        }
    }
    let mut told = BTreeSet::new();
    for file in source::files(SNAPSHOTS, ".snap") {
        for line in file.text.lines().map(str::trim).filter(|line| line.starts_with('{')) {
            let value = serde_json::from_str::<Value>(line).unwrap_or_default();
            if value.get("proc").is_some() || value.get("request_proc").is_some() {
                collect(&value, &mut told);
            }
        }
    }
    // The lists of this file tell nothing.
    let tests =
        source::files(SNAPSHOTS, ".rs").into_iter().filter(|file| !file.path.ends_with("named_errors.rs"));
    for file in tests {
        for (_, text) in source::literals(&file.text) {
            // An answer that is written down whole has its texts between quotes.
            told.extend(text.split('"').map(str::to_owned));
            told.insert(text);
        }
    }
    told
}

#[test]
fn every_text_of_a_refusal_stands_in_an_exchange() {
    let told = told();
    let texts = texts();
    assert!(texts.len() > 40, "only {} texts were found", texts.len());
    let is_told = |text: &&String| {
        let pattern = Pattern::of(text);
        // Told by the test above.
        *text == NO_CALLBACK || told.iter().any(|told| pattern.fits(told))
    };
    let untold: Vec<_> = texts.iter().filter(|text| !is_told(text)).collect();
    assert!(untold.is_empty(), "texts that no exchange has: {untold:#?}");
}

/// Texts of the sheet that are not given, each with the reason.
const LEFT_OUT: &[(&str, &str)] = &[
    (
        "source has to be built",
        "git calls are not built: a stub answers for them (sheet corezoid/engine 3.10)",
    ),
    (r#"proc:"obj_id_not_found""#, "a word of proc; the answer that has it is told in most snapshots"),
];

/// sheet corezoid/api 1.6 and 4.5: the texts in the column of texts.
fn of_the_sheet(sheet: &str, from: &str, until: &str, column: usize) -> Vec<String> {
    let (from, until) = (sheet.find(from).unwrap(), sheet.find(until).unwrap());
    let rows =
        sheet[from..until].lines().filter(|line| line.starts_with("| ") && !line.starts_with("| Text"));
    let cells = rows.filter_map(|row| row.split(" | ").nth(column));
    cells.flat_map(|cell| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>()).collect()
}

#[test]
fn every_text_of_the_sheet_is_one_of_ours() {
    let sheet = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference/corezoid/api.md");
    let Ok(sheet) = std::fs::read_to_string(sheet) else { return };
    let mut texts = of_the_sheet(&sheet, "### 1.6 ", "### 1.7 ", 0);
    texts.extend(of_the_sheet(&sheet, "### 4.5 ", "### 4.6 ", 1));
    assert!(texts.len() > 25, "{texts:?}");
    let (told, ours) = (told(), self::texts());
    // The sheet shortens the second of two texts at its front, and leaves out ends.
    let given = |text: &String| {
        let end = text.strip_prefix("… ");
        ours.iter().any(|our| Pattern::of(our).fits(text))
            || told
                .iter()
                .any(|told| told.starts_with(text.as_str()) || end.is_some_and(|end| told.ends_with(end)))
    };
    let left_out = |text: &String| LEFT_OUT.iter().any(|(known, _)| text == known);
    let missing: Vec<_> = texts.iter().filter(|text| !given(text) && !left_out(text)).collect();
    assert!(missing.is_empty(), "{missing:#?}");
    for (text, reason) in LEFT_OUT {
        assert!(texts.iter().any(|known| known == text), "{text} is not in the sheet ({reason})");
    }
}
