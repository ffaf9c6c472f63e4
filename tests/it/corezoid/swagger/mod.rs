//! The published description of the service as a second witness: every request that it shows is sent, and the answer is
//! held against its own schema and its own example. What differs on purpose stands in `swagger_deviations.txt`, each
//! line with its reason; that list may only shrink.

mod fixtures;
mod shape;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Value, json};

use crate::support::App;
use fixtures::Fixtures;

const LIST: &str = "tests/it/corezoid/swagger_deviations.txt";

/// The description; absent where the project stands alone.
fn swagger() -> Option<Value> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference/corezoid/corezoid-swagger.json");
    Some(serde_json::from_slice(&std::fs::read(path).ok()?).unwrap())
}

/// One request that the description shows.
struct Example<'a> {
    /// Unique: the section, and the example's own name in it.
    name: String,
    family: &'a str,
    op: Value,
    /// Sent as a form, with these files.
    files: Option<Vec<String>>,
    /// The schemas that an answer may have.
    forms: Vec<Value>,
    /// The answer that is shown for it.
    answer: Option<&'a Value>,
}

/// The op of `{"ops":[op]}`, or what stands in its place.
fn only_op(package: &Value) -> &Value {
    package.get("ops").map_or(package, |ops| &ops[0])
}

/// The fields of a shown `curl --form 'name=value' …`, and those of them that are files.
fn form(curl: &str) -> (Value, Vec<String>) {
    let fields = curl.split("--form '").skip(1).filter_map(|part| part.split('\'').next()?.split_once('='));
    let op: serde_json::Map<String, Value> =
        fields.map(|(name, value)| (name.to_owned(), json!(value))).collect();
    let files = ["scheme", "from_file"].into_iter().filter(|name| op.contains_key(*name)).map(str::to_owned);
    let files = files.collect();
    (Value::Object(op), files)
}

fn examples(swagger: &Value) -> Vec<Example<'_>> {
    let mut found = Vec::new();
    let mut seen = BTreeMap::<String, usize>::new();
    for (path, item) in swagger["paths"].as_object().unwrap() {
        let operation = &item["post"];
        let Some(tag) = operation["tags"][0].as_str() else { continue };
        let family = path.split('/').nth(3).unwrap_or_default();
        let answers = &operation["responses"]["200"]["content"]["application/json"];
        let contents = operation["requestBody"]["content"].as_object();
        let requests = contents.and_then(|all| all.values().next()?["examples"].as_object());
        for (key, example) in requests.into_iter().flatten() {
            let (op, files) = match &example["value"] {
                Value::String(curl) => {
                    let (op, files) = form(curl);
                    (op, Some(files))
                }
                package => (only_op(package).clone(), None),
            };
            let name = format!("{tag} {key}");
            let count = seen.entry(name.clone()).or_default();
            *count += 1;
            let name = if *count > 1 { format!("{name} {count}") } else { name };
            let verb = op["type"].as_str().unwrap_or(key.split('_').next().unwrap());
            let shown = Some(&answers["examples"][key]["value"]).filter(|value| value.is_object());
            found.push(Example {
                name,
                family,
                forms: shape::forms(swagger, &answers["schema"], verb),
                op,
                files,
                answer: shown.map(only_op).filter(|answer| answer["proc"] != "error"),
            });
        }
    }
    found
}

/// What the answer to an example breaks of the description.
async fn deviations(app: &App, example: &Example<'_>) -> BTreeSet<String> {
    let mut fixtures = Fixtures::new(app, &example.op);
    let op = match fixtures.request().await {
        Err(lacking) => return BTreeSet::from([lacking]),
        Ok(op) => op,
    };
    let key = app.key();
    let answer = match &example.files {
        None => key.package(example.family, &json!({ "ops": [op] }).to_string()).await,
        Some(names) => {
            let mut files = Vec::new();
            for name in names {
                files.push((name.as_str(), name.as_str(), fixtures.file(name).await));
            }
            let files: Vec<_> =
                files.iter().map(|(field, name, bytes)| (*field, *name, bytes.as_slice())).collect();
            let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let fields: Vec<(&String, String)> = op
                .as_object()
                .unwrap()
                .iter()
                .filter(|(name, _)| !names.contains(name))
                .map(|(name, value)| (name, text(value)))
                .collect();
            let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            key.form(&fields, &files).await
        }
    };
    let answer = &answer.expect(200).json()["ops"][0];
    if answer["proc"] != "ok" {
        let text = answer["description"].as_str().map_or_else(|| answer.to_string(), str::to_owned);
        let text: String = text.split(|char: char| char.is_ascii_digit()).collect();
        return BTreeSet::from([format!("refused: {text}")]);
    }
    let mut found = shape::breaches(&example.forms, answer);
    if let Some(shown) = example.answer {
        shape::compare("$", shown, answer, &mut found);
    }
    found
}

/// Deviations with their reasons: `section example: deviation # reason`.
fn accepted() -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(LIST)).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    lines
        .map(|line| {
            let (what, reason) =
                line.split_once(" # ").unwrap_or_else(|| panic!("{LIST}: no reason: {line}"));
            (what.trim().to_owned(), reason.to_owned())
        })
        .collect()
}

#[tokio::test]
async fn every_request_of_the_published_description_is_answered_as_it_says() {
    let Some(swagger) = swagger() else { return };
    let app = App::empty().await;
    let examples = examples(&swagger);
    assert!(examples.len() > 190, "only {} examples were found", examples.len());
    let mut found = BTreeSet::new();
    for example in &examples {
        app.anonymous().post("/_standin/reset", Value::Null).await.expect(204);
        let deviations = deviations(&app, example).await;
        found.extend(deviations.into_iter().map(|deviation| format!("{}: {deviation}", example.name)));
    }
    let accepted = accepted();
    let new: Vec<_> = found.iter().filter(|line| !accepted.contains_key(*line)).cloned().collect();
    let gone: Vec<_> = accepted.keys().filter(|line| !found.contains(*line)).cloned().collect();
    assert!(new.is_empty(), "answers differ from the published description:\n{}", new.join("\n"));
    assert!(gone.is_empty(), "{LIST}: these lines are needed no more:\n{}", gone.join("\n"));
}
