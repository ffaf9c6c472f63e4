//! The OpenAPI document: it lists every route, its references lead somewhere, and what the portal answers fits it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::examples;
use crate::support::schema::{breaches, target};
use crate::support::{App, source};

pub(super) async fn document(app: &App) -> Value {
    app.anonymous().get("/_standin/openapi/r7.json").await.expect(200).json()
}

/// Verb and path of every route, each parameter as `{}`.
fn shape(verb: &str, path: &str) -> String {
    let segments = path.split('/').map(|segment| if segment.starts_with('{') { "{}" } else { segment });
    format!("{} {}", verb.to_uppercase(), segments.collect::<Vec<_>>().join("/"))
}

#[tokio::test]
async fn every_route_is_in_the_document_and_nothing_else() {
    let app = App::empty().await;
    let (document, surface) = (document(&app).await, app.anonymous().get("/_standin/surface").await.json());
    let mut described = BTreeSet::new();
    let mut ids = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (verb, operation) in item.as_object().unwrap() {
            assert!(described.insert(shape(verb, path)), "{verb} {path} stands twice");
            assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()), "{verb} {path}");
            let named: Vec<_> = operation["parameters"]
                .as_array()
                .into_iter()
                .flatten()
                .filter(|parameter| parameter["in"] == "path")
                .map(|parameter| parameter["name"].as_str().unwrap())
                .collect();
            let wanted: Vec<_> = path.split(['{', '}']).skip(1).step_by(2).collect();
            assert_eq!(named, wanted, "{verb} {path}");
        }
    }
    let routes = surface["r7"].as_array().unwrap().iter().map(|call| {
        let (verb, target) = (call["verb"].as_str().unwrap(), call["target"].as_str().unwrap());
        shape(verb, &format!("/api/2.0/{target}"))
    });
    let routes: BTreeSet<_> = routes.collect();
    assert_eq!(described, routes);
}

/// Calls `see` with every `$ref`.
fn references(value: &Value, see: &mut impl FnMut(&str)) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                match value.as_str() {
                    Some(reference) if key == "$ref" => see(reference),
                    _ => references(value, see),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, see)),
        _ => {}
    }
}

#[tokio::test]
async fn every_reference_leads_somewhere_and_the_server_is_the_world_s() {
    let app = App::empty().await;
    let document = app.anonymous().get("/w/other/_standin/openapi/r7.json").await.expect(200).json();
    references(&document, &mut |reference| assert!(target(&document, reference).is_object()));
    assert_eq!(document["servers"], json!([{ "url": "http://portal.test/w/other" }]));
    assert_eq!(document["openapi"], "3.1.0");
    let info = app.anonymous().get("/_standin/info").await.expect(200).json();
    assert_eq!(info["services"]["r7"]["openapi"], "http://portal.test/_standin/openapi/r7.json");
    for (path, text) in
        [("openapi/r8.json", "one of: r7, corezoid"), ("openapi/r7.yaml", "openapi/SERVICE.json")]
    {
        let answer = app.anonymous().get(&format!("/_standin/{path}")).await.expect(404).json();
        assert!(answer["error"]["message"].as_str().unwrap().contains(text), "{answer}");
    }
    app.anonymous().put("/_standin/openapi/r7.json", json!({})).await.expect(405);
}

#[tokio::test]
async fn an_operation_is_described_as_clients_see_it() {
    let app = App::empty().await;
    let document = document(&app).await;
    let at = |path: &str, verb: &str| serde_json::to_string_pretty(&document["paths"][path][verb]).unwrap();
    insta::assert_snapshot!("upload", at("/api/2.0/files/{folderId}/upload", "post"));
    insta::assert_snapshot!("move", at("/api/2.0/files/fileops/move", "put"));
    insta::assert_snapshot!("list", at("/api/2.0/crm/{entityType}/{id}/files", "get"));
    insta::assert_snapshot!("sign_in", at("/api/2.0/authentication", "post"));
}

/// A route's operation, by verb and path after `/api/2.0/`: the one with the fewest parameters that takes it.
pub(super) fn operation<'a>(document: &'a Value, verb: &str, path: &str) -> Option<&'a Value> {
    let path = path.split('?').next().unwrap().trim_end_matches('/');
    let path = [".json", ".xml"].iter().find_map(|suffix| path.strip_suffix(suffix)).unwrap_or(path);
    let segments: Vec<_> = path.split('/').collect();
    let takes = |template: &str, operation: &Value| {
        let template: Vec<_> = template.trim_start_matches("/api/2.0/").split('/').collect();
        template.len() == segments.len()
            && template.iter().zip(&segments).all(|(known, given)| {
                let Some(name) = known.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else {
                    return known.eq_ignore_ascii_case(given);
                };
                let parameters = operation["parameters"].as_array().unwrap();
                let schema =
                    &parameters.iter().find(|parameter| parameter["name"] == name).unwrap()["schema"];
                // Without a type it is an enumeration of the binder's, whose words ignore case.
                let words = schema["enum"].as_array().filter(|_| schema["type"] == "string");
                words.is_none_or(|words| words.contains(&json!(given)))
                    && (schema["type"] != "integer" || given.bytes().all(|byte| byte.is_ascii_digit()))
            })
    };
    let verb = verb.to_lowercase();
    let found = document["paths"].as_object().unwrap().iter().filter_map(|(template, item)| {
        let operation = item.get(&verb)?;
        takes(template, operation).then_some((template.matches('{').count(), operation))
    });
    found.min_by_key(|(parameters, _)| *parameters).map(|(_, operation)| operation)
}

/// What an answer breaks of its operation's description.
fn mismatches(document: &Value, operation: &Value, status: u16, json: &Value, trimmed: bool) -> Vec<String> {
    let Some(response) = operation["responses"].get(status.to_string()) else {
        return vec![format!("{status} is not described")];
    };
    let response = response.get("$ref").map_or(response, |to| target(document, to.as_str().unwrap()));
    let mut schema = response["content"]["application/json"]["schema"].clone();
    if !trimmed {
        // Without `fields` an answer is whole: the components that lack nothing.
        whole(&mut schema);
    }
    breaches(document, &schema, json)
}

fn whole(schema: &mut Value) {
    match schema {
        Value::Object(object) => object.values_mut().for_each(whole),
        Value::Array(items) => items.iter_mut().for_each(whole),
        Value::String(text) if text.starts_with("#/components/schemas/") => {
            *text = text.trim_end_matches("Part").to_owned();
        }
        _ => {}
    }
}

#[tokio::test]
async fn every_route_has_an_example_and_answers_as_described() {
    let app = App::demo().await;
    let document = document(&app).await;
    let mut left: BTreeMap<String, String> = BTreeMap::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (verb, operation) in item.as_object().unwrap() {
            left.insert(operation["operationId"].to_string(), format!("{} {path}", verb.to_uppercase()));
        }
    }
    let mut wrong = Vec::new();
    for example in examples() {
        let found = operation(&document, example.verb.as_str(), &example.path);
        let operation = found.unwrap_or_else(|| panic!("no route takes {}", example.line));
        left.remove(&operation["operationId"].to_string());
        let answer = example.send(&app, "").await;
        let refused = answer.status() >= 400;
        if refused != example.refused {
            wrong.push(format!("{}\n{}", example.line, answer.print()));
        }
        let trimmed = example.path.contains("fields=");
        for breach in mismatches(&document, operation, answer.status(), &answer.json(), trimmed) {
            wrong.push(format!("{}: {breach}", example.line));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let left: Vec<_> = left.into_values().collect();
    assert!(
        left.is_empty(),
        "add a line to tests/it/r7/every/examples.txt for each of:\n{}",
        left.join("\n")
    );
}

/// Verb, path, status and body of the exchanges that a text shows (see `Exchange::print`).
fn exchanges(text: &str) -> Vec<(String, String, u16, Value)> {
    let mut found = Vec::new();
    let lines: Vec<_> = text.lines().map(str::trim).collect();
    for (at, line) in lines.iter().enumerate() {
        let Some((verb, path)) = line.split_once(" /api/2.0/") else { continue };
        let status = lines.get(at + 1).and_then(|line| line.split(' ').next()?.parse().ok());
        let body = lines[at..].iter().take(12).find(|line| line.starts_with("{\""));
        let body = body.and_then(|body| serde_json::from_str(body).ok());
        if let (true, Some(status), Some(body)) = (verb.chars().all(char::is_uppercase), status, body) {
            found.push((verb.to_owned(), path.to_owned(), status, body));
        }
    }
    found
}

#[tokio::test]
async fn every_golden_answer_is_as_described() {
    let app = App::empty().await;
    let document = document(&app).await;
    let mut files = source::files("tests/it/r7", ".snap");
    files.extend(source::files("tests/it/r7", ".rs"));
    let (mut checked, mut wrong) = (0, Vec::new());
    for file in &files {
        for (verb, path, status, body) in exchanges(&file.text) {
            // An error without a route, or of a batch without calls, is nobody's.
            let Some(operation) = operation(&document, &verb, &path) else { continue };
            if body.get("error").is_some() && body["status"] == 0 {
                continue;
            }
            checked += 1;
            for breach in mismatches(&document, operation, status, &body, path.contains("fields=")) {
                wrong.push(format!("{}: {verb} {path}: {breach}", file.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(checked >= 20, "only {checked} answers were found");
}
