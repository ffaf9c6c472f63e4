//! Route by route: who is let in with which right, and what refuses the rest (sheet r7/files 7, 8).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::sharing::{LENA, OLGA, SALES, people};
use crate::r7::every::examples;
use crate::support::{App, Exchange, builder, seed};

/// Files and folders of Mike's that the examples of routes name: 102 lies in 101, 103 and 105 in 102, the files in 103.
const FILES: [i64; 4] = [1, 3, 7, 9];
const FOLDERS: [i64; 3] = [102, 103, 105];

/// A right, who has it, and the shares that give it.
fn rights() -> Vec<(&'static str, &'static str, Vec<Value>)> {
    let of_all = |to: &str, access: &str| {
        let files = FILES.iter().map(|id| json!({ "file": id, "to": to, "access": access }));
        let folders = FOLDERS.iter().map(|id| json!({ "folder": id, "to": to, "access": access }));
        files.chain(folders).collect::<Vec<_>>()
    };
    let outer = |access: &str| json!({ "folder": 101, "to": LENA, "access": access });
    let mut restricted = of_all(LENA, "restrict");
    restricted.push(outer("read"));
    vec![
        ("none", "lena", vec![]),
        ("read", "lena", of_all(LENA, "read")),
        ("restrict", "lena", restricted),
        ("full", "lena", of_all(LENA, "readWrite")),
        ("group", "lena", of_all(SALES, "readWrite")),
        ("inherited", "lena", vec![outer("readWrite")]),
        ("visitor", "olga", of_all(OLGA, "readWrite")),
        ("owner", "mike", vec![]),
    ]
}

async fn world(shares: Vec<Value>) -> App {
    let mut part = people();
    let folders = [(101, json!("@my")), (102, json!(101)), (103, json!(102)), (105, json!(102))];
    part["folders"] =
        folders.map(|(id, parent)| json!({ "id": id, "parent": parent, "title": format!("f{id}") })).into();
    let file = |id: i64| json!({ "id": id, "folder": 103, "title": format!("{id}.docx"), "text": "x" });
    part["files"] = FILES.map(file).into();
    part["shares"] = shares.into();
    App::of(builder().seed(seed(json!({ "standin": 1, "r7": part })))).await
}

/// What came of a call, in a word: the status, and the text of a refusal or of an operation's trouble.
fn outcome(exchange: &Exchange) -> String {
    let status = exchange.status();
    let Ok(body) = serde_json::from_slice::<Value>(&exchange.body) else { return status.to_string() };
    let trouble = [&body["error"]["message"], &body["response"][0]["error"], &body["response"]["value"]];
    match trouble.into_iter().filter_map(Value::as_str).find(|text| !text.is_empty()) {
        Some(text) if text.starts_with("Value cannot be null") => format!("{status} Value cannot be null…"),
        Some(text) => format!("{status} {text}"),
        None => status.to_string(),
    }
}

/// Whether a route's template takes a path, and how many of its segments it leaves open.
fn open_segments(template: &str, path: &str) -> Option<usize> {
    let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    let fits = |(known, sent): (&&str, &&str)| known.starts_with('{') || known.eq_ignore_ascii_case(sent);
    let open = template.iter().filter(|segment| segment.starts_with('{')).count();
    (template.len() == path.len() && template.iter().zip(&path).all(fits)).then_some(open)
}

#[tokio::test]
async fn every_route_of_the_documents_lets_in_whom_it_should() {
    let surface = App::empty().await.anonymous().get("/_standin/surface").await.expect(200).json();
    let routes: Vec<(&str, &str)> = surface["r7"]
        .as_array()
        .unwrap()
        .iter()
        .map(|call| (call["verb"].as_str().unwrap(), call["target"].as_str().unwrap()))
        .filter(|(_, target)| target.starts_with("files/"))
        .collect();
    let examples: Vec<_> =
        examples().into_iter().filter(|example| example.path.starts_with("files/")).collect();
    // Of each route the first example.
    let mut lines: BTreeMap<(&str, &str), (&_, BTreeMap<String, Vec<&str>>)> = BTreeMap::new();
    for example in &examples {
        let path = example.path.split('?').next().unwrap();
        let of = routes.iter().filter(|(verb, _)| verb.eq_ignore_ascii_case(example.verb.as_str()));
        let of = of.filter_map(|route| Some((open_segments(route.1, path)?, *route))).min();
        let (_, route) = of.unwrap_or_else(|| panic!("no route for {}", example.line));
        lines.entry(route).or_insert((example, BTreeMap::new()));
    }
    let missing: Vec<_> = routes.iter().filter(|route| !lines.contains_key(*route)).collect();
    assert!(missing.is_empty(), "routes without an example: {missing:?}");
    for (right, who, shares) in rights() {
        let app = world(shares).await;
        let token = format!("{who}-token");
        for (example, outcomes) in lines.values_mut() {
            let exchange = example.send_as(&app, &token, "").await;
            outcomes.entry(outcome(&exchange)).or_default().push(right);
            let reset = app.anonymous().post("/_standin/reset", Value::Null).await;
            assert_eq!(reset.status(), 204);
        }
    }
    let mut table = String::new();
    for ((verb, target), (example, outcomes)) in &lines {
        writeln!(table, "{} {target}\n  {}", verb.to_uppercase(), example.line.trim_start_matches('!'))
            .unwrap();
        for (outcome, rights) in outcomes {
            writeln!(table, "    {outcome}: {}", rights.join(", ")).unwrap();
        }
    }
    insta::assert_snapshot!(table);
}
