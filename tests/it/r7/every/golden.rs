//! What every route answers in the demo world, byte for byte: as JSON each route by its example, as XML each shape of an
//! answer by the first route that gives it. A new route appears here by its line in `examples.txt`.

use std::collections::{BTreeMap, BTreeSet};

use super::document::{document, operation};
use super::{Example, examples};
use crate::support::{App, Exchange};

/// The snapshot that shows an example: its module, and of the documents what it is about.
fn chapter(example: &Example) -> String {
    let path = example.path.split('?').next().unwrap();
    let mut segments = path.split('/');
    let module = segments.next().unwrap();
    match (module, segments.next()) {
        ("files", Some(section)) if section.starts_with('@') => "files_sections".to_owned(),
        ("files", Some(about @ ("file" | "fileops" | "folder" | "settings"))) => format!("files_{about}"),
        ("crm", Some(about @ ("history" | "opportunity"))) => format!("crm_{about}"),
        ("settings", Some("security")) => "settings_security".to_owned(),
        ("files" | "crm", _) => format!("{module}_other"),
        _ => module.to_owned(),
    }
}

/// What was sent, and the exchange.
fn told(example: &Example, exchange: &Exchange) -> String {
    format!("# {}\n{}\n\n", example.line, exchange.print())
}

#[tokio::test]
async fn every_route_answers_as_it_always_did() {
    let app = App::demo().await;
    let mut chapters: BTreeMap<String, String> = BTreeMap::new();
    for example in examples() {
        let exchange = example.send(&app, "").await;
        chapters.entry(chapter(&example)).or_default().push_str(&told(&example, &exchange));
    }
    for (chapter, text) in chapters {
        insta::assert_snapshot!(chapter, text);
    }
}

#[tokio::test]
async fn every_shape_of_an_answer_looks_in_xml_as_it_always_did() {
    let app = App::demo().await;
    let document = document(&app).await;
    let mut shapes = BTreeSet::new();
    let mut chapters: BTreeMap<String, String> = BTreeMap::new();
    for example in examples() {
        let operation = operation(&document, example.verb.as_str(), &example.path).unwrap();
        let exchange = example.send(&app, ".xml").await;
        let answer = &operation["responses"][exchange.status().to_string()];
        // Every refusal has the same one.
        let schema = &answer["content"]["application/json"]["schema"];
        if shapes.insert(if example.refused { "refused".to_owned() } else { schema.to_string() }) {
            chapters.entry(chapter(&example)).or_default().push_str(&told(&example, &exchange));
        }
    }
    for (chapter, text) in chapters {
        insta::assert_snapshot!(format!("xml_{chapter}"), text);
    }
}
