//! The coverage ratchet: every route and op is called by some test, but for those that `uncovered.txt` owns up to.
//!
//! Static: it reads the sources of the tests, and their snapshots. A route counts as called where a text holds its path
//! behind a verb (`.get("/api/2.0/…")`, `Request::put("…")`, `DELETE /api/2.0/…`); an op where an object holds
//! `"type": "create"` and `"obj": "conv"`, or a text says `op create conv`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::support::App;
use crate::support::source;

const PREFIX: &str = "/api/2.0/";
const LIST: &str = "tests/it/uncovered.txt";
const HEAD: &str = "# Routes and ops that no test calls yet. This list may only shrink: `UPDATE_UNCOVERED=1 cargo test every_call_is_tested`.";

/// `(service, verb, target)` of every route and op.
async fn surface() -> Vec<(String, String, String)> {
    let surface = App::empty().await.anonymous().get("/_standin/surface").await.expect(200).json();
    let mut calls = Vec::new();
    for (service, list) in surface.as_object().unwrap() {
        for call in list.as_array().unwrap() {
            let word = |key: &str| call[key].as_str().unwrap().to_owned();
            calls.push((service.clone(), word("verb"), word("target")));
        }
    }
    calls
}

/// Texts that show what the tests call.
fn texts() -> Vec<String> {
    let mut files = source::files("tests", ".rs");
    files.extend(source::files("tests", ".snap"));
    // This file's own examples call nothing.
    files.retain(|file| file.path != "tests/it/surface.rs");
    files.into_iter().map(|file| file.text.replace("\\\"", "\"")).collect()
}

/// Verb and path of every portal request that a text shows. `{…}` of a format string stays as it is.
fn requests(text: &str) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for (at, _) in text.match_indices(PREFIX) {
        let rest = &text[at + PREFIX.len()..];
        let end = rest.find(['"', '?', '`', '\\']).unwrap_or(rest.len());
        let end = end.min(rest.find(char::is_whitespace).unwrap_or(rest.len()));
        if let Some(verb) = verb_before(&text[..at]) {
            found.insert((verb.to_owned(), rest[..end].to_owned()));
        }
    }
    found
}

/// The last verb before a path, within the same statement.
fn verb_before(text: &str) -> Option<&'static str> {
    let statement = text.rsplit([';', '}']).next()?.rsplit(PREFIX).next()?;
    let from = statement.char_indices().rev().nth(120).map_or(0, |(at, _)| at);
    let words = statement[from..].split(|char: char| !char.is_alphanumeric() && char != '_');
    words.into_iter().rev().find_map(|word| match word {
        "get" | "GET" => Some("GET"),
        "post" | "POST" | "upload" => Some("POST"),
        "put" | "PUT" => Some("PUT"),
        "delete" | "DELETE" => Some("DELETE"),
        _ => None,
    })
}

/// How many parameters a template fills to take a path; `None` if it does not take it.
fn parameters(template: &str, path: &str) -> Option<usize> {
    let path = path.trim_end_matches('/');
    let path = [".json", ".xml", ".tml"].iter().find_map(|suffix| path.strip_suffix(suffix)).unwrap_or(path);
    let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    if template.len() != path.len() {
        return None;
    }
    let mut count = 0;
    for (segment, value) in template.iter().zip(path) {
        let Some(parameter) = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else {
            if !segment.eq_ignore_ascii_case(value) {
                return None;
            }
            continue;
        };
        count += 1;
        let constraint = parameter.split_once(':').map_or("", |(_, constraint)| constraint);
        let fits = match constraint {
            _ if value.contains('{') => true,
            "" => !value.is_empty(),
            "[0-9]+" => !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()),
            words => words.trim_matches(['(', ')']).split('|').any(|word| word.eq_ignore_ascii_case(value)),
        };
        if !fits {
            return None;
        }
    }
    Some(count)
}

/// Type and obj of every op that a text shows.
fn ops(text: &str) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for (at, key) in text.match_indices("\"type\"") {
        let Some(verb) = word_after(&text[at + key.len()..]) else { continue };
        let (before, after) =
            (own_level(text[..at].chars().rev(), '{', '}'), own_level(text[at..].chars(), '}', '{'));
        let object = before.chars().rev().collect::<String>() + &after;
        let obj = object.match_indices("\"obj\"").find_map(|(at, key)| word_after(&object[at + key.len()..]));
        if let Some(obj) = obj {
            found.insert((verb.to_owned(), obj.to_owned()));
        }
    }
    for (at, mark) in text.match_indices("op ") {
        let mut words = text[at + mark.len()..].split([' ', '\n', '"']);
        if let (Some(verb), Some(obj)) = (words.next(), words.next()) {
            found.insert((verb.to_owned(), obj.to_owned()));
        }
    }
    found
}

/// What belongs to the object around a point, up to the bracket that ends it; inner objects are left out.
fn own_level(chars: impl Iterator<Item = char>, end: char, start: char) -> String {
    let mut depth = 0;
    let mut out = String::new();
    for char in chars {
        if char == end && depth == 0 {
            break;
        } else if char == start {
            depth += 1;
        } else if char == end {
            depth -= 1;
        } else if depth == 0 {
            out.push(char);
        }
    }
    out
}

/// `: "word"`.
fn word_after(text: &str) -> Option<&str> {
    let text = text.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
    let word = &text[..text.find('"')?];
    (!word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')).then_some(word)
}

/// The surface that no text calls, one line each.
fn uncovered(surface: &[(String, String, String)], texts: &[String]) -> BTreeSet<String> {
    let called: BTreeSet<_> = texts.iter().flat_map(|text| ops(text)).collect();
    let mut open: BTreeSet<String> = BTreeSet::new();
    let mut routes: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (service, verb, target) in surface {
        if service == "r7" {
            routes.entry(verb).or_default().push(target);
            open.insert(format!("{verb} {PREFIX}{target}"));
        } else if !called.contains(&(verb.clone(), target.clone())) {
            open.insert(format!("op {verb} {target}"));
        }
    }
    for (verb, path) in texts.iter().flat_map(|text| requests(text)) {
        let templates = routes.get(verb.as_str()).map_or(&[][..], Vec::as_slice);
        let taken = templates.iter().filter_map(|template| Some((parameters(template, &path)?, template)));
        // As in the real table, a template with more fixed words goes first.
        if let Some((_, template)) = taken.min_by_key(|(count, _)| *count) {
            open.remove(&format!("{verb} {PREFIX}{template}"));
        }
    }
    open
}

#[tokio::test]
async fn every_call_is_tested_but_for_those_that_are_owned_up_to() {
    let known = source::files("tests", "uncovered.txt").remove(0).text;
    let known: BTreeSet<String> =
        known.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect();
    let now = uncovered(&surface().await, &texts());
    if std::env::var_os("UPDATE_UNCOVERED").is_some() {
        let shorter: Vec<&str> = now.intersection(&known).map(String::as_str).collect();
        let path = format!("{}/{LIST}", env!("CARGO_MANIFEST_DIR"));
        std::fs::write(path, format!("{HEAD}\n{}\n", shorter.join("\n")).replace("\n\n", "\n")).unwrap();
        return;
    }
    let fresh: Vec<_> = now.difference(&known).cloned().collect();
    assert!(fresh.is_empty(), "no test calls these; write one:\n{}", fresh.join("\n"));
    let stale: Vec<_> = known.difference(&now).cloned().collect();
    assert!(stale.is_empty(), "these are tested, or gone: take them off {LIST}:\n{}", stale.join("\n"));
}

#[test]
fn requests_are_read_from_sources_and_snapshots() {
    let text = r#"
        admin.get("/api/2.0/files/@my.json?count=1").await;
        app.send(identity.request(Method::PUT, "/api/2.0/files/fileops/move")).await;
        admin.delete(&format!("/api/2.0/files/file/{id}"), json!({ "immediately": true })).await;
        POST /api/2.0/authentication
        let path = "/api/2.0/people/@self";
    "#;
    let expected = [
        ("DELETE", "files/file/{id}"),
        ("GET", "files/@my.json"),
        ("POST", "authentication"),
        ("PUT", "files/fileops/move"),
    ];
    assert_eq!(requests(text), expected.map(|(verb, path)| (verb.to_owned(), path.to_owned())).into());
}

#[test]
fn a_fixed_template_takes_a_path_before_a_parameter_does() {
    let call = |target: &str| ("r7".to_owned(), "GET".to_owned(), target.to_owned());
    let surface =
        [call("files/@my"), call("files/{folderid}"), call("crm/{id:[0-9]+}"), call("crm/{kind:(a|b)}")];
    let open = |text: &str| uncovered(&surface, &[text.to_owned()]).len();
    assert_eq!(open(""), 4);
    assert_eq!(open("GET /api/2.0/files/@MY"), 3);
    assert_eq!(open("GET /api/2.0/files/@my GET /api/2.0/files/7"), 2);
    assert_eq!(open("GET /api/2.0/crm/7 GET /api/2.0/crm/b.xml"), 2);
    assert_eq!(open("GET /api/2.0/crm/c"), 4);
}

#[test]
fn ops_are_read_from_objects_whatever_the_order_of_their_keys() {
    let text = r#"
        json!({ "type": "create", "extra": { "obj": "wrong" }, "obj": "conv" })
        {"id":"1","obj":"node","logics":[{"type":"go"}],"type":"modify"}
        "op show folder"
        {"type": kind, "obj": "task"}
    "#;
    let expected = [("create", "conv"), ("modify", "node"), ("show", "folder")];
    assert_eq!(ops(text), expected.map(|(verb, obj)| (verb.to_owned(), obj.to_owned())).into());
}

#[tokio::test]
async fn no_route_and_no_op_stands_twice_in_its_table() {
    // What these do depends on the URL family: an upload, or something else (sheet corezoid/api 2.5).
    let mut by_family = vec![("create", "obj_scheme"), ("create", "task")];
    let mut seen = BTreeSet::new();
    for (service, verb, target) in surface().await {
        if let Some(at) = by_family.iter().position(|op| *op == (verb.as_str(), target.as_str())) {
            by_family.swap_remove(at);
            continue;
        }
        // Two templates that differ in a parameter's name alone take the same paths.
        let shape: Vec<String> = target
            .split('/')
            .map(|segment| match segment.strip_prefix('{') {
                Some(parameter) => {
                    parameter.split_once(':').map_or("{}", |(_, constraint)| constraint).to_owned()
                }
                None => segment.to_ascii_lowercase(),
            })
            .collect();
        assert!(seen.insert((service, verb.clone(), shape.join("/"))), "{verb} {target} stands twice");
    }
    assert!(!seen.is_empty(), "{}", Value::Null);
}
