//! Every conformance case of sheet corezoid/engine 10 has a test that names it; every line of its section 11 has tests.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::support::source;

/// `number | source | test` a line.
const CASES: &str = include_str!("cases.txt");

/// `number | beginning of the line | tests` a line.
const PITFALLS: &str = include_str!("pitfalls.txt");

/// Number, beginning, tests.
fn pitfalls() -> impl Iterator<Item = (usize, &'static str, std::str::Split<'static, &'static str>)> {
    PITFALLS.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let [number, begin, tests] = line.split(" | ").collect::<Vec<_>>().try_into().expect(line);
        (number.parse().expect(line), begin, tests.split(", "))
    })
}

/// Number, source, test.
fn cases() -> impl Iterator<Item = (u32, &'static str, &'static str)> {
    CASES.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let [number, source, test] = line.split(" | ").collect::<Vec<_>>().try_into().expect(line);
        (number.parse().expect(line), source, test)
    })
}

/// The text of every test by its name, from its head to its end.
fn tests() -> BTreeMap<String, String> {
    let mut tests = BTreeMap::new();
    for folder in ["src/corezoid", "tests/it/corezoid"] {
        for file in source::files(folder, ".rs") {
            for part in file.text.split("\nfn ").flat_map(|part| part.split("\nasync fn ")).skip(1) {
                let Some(name) = part.split(['(', '<']).next() else { continue };
                let body = part.split("\n}\n").next().unwrap_or(part);
                tests.insert(name.to_owned(), body.to_owned());
            }
        }
    }
    tests
}

/// Numbers that a test names: `case_5_…`, `cases_5_7_and_9_…`, and in its text `case 5`, `cases 5 and 7`, and rows that
/// begin with `(5,`. A range says nothing about what lies inside.
fn named(name: &str, text: &str) -> BTreeSet<u32> {
    let mut numbers = BTreeSet::new();
    if !name.contains("_to_") && name.starts_with("case") {
        numbers.extend(name.split('_').filter_map(|word| word.parse::<u32>().ok()));
    }
    let leading = |text: &str| text.split(|c: char| !c.is_ascii_digit()).next().and_then(|n| n.parse().ok());
    for (at, word) in text.match_indices("case") {
        let rest = text[at + word.len()..].trim_start_matches('s');
        let list = rest.strip_prefix(' ').unwrap_or_default();
        let list =
            list.split(|c: char| !(c.is_ascii_digit() || " ,and".contains(c))).next().unwrap_or_default();
        numbers.extend(list.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse::<u32>().ok()));
    }
    if !text.contains("case {case}") {
        return numbers;
    }
    numbers.extend(text.match_indices('(').filter_map(|(at, _)| {
        let row = text[at + 1..].trim_start();
        leading(row).filter(|n: &u32| row[n.to_string().len()..].starts_with(','))
    }));
    numbers
}

#[test]
fn every_case_is_named_by_the_test_that_holds_it() {
    let tests = tests();
    let mut wrong = Vec::new();
    for (number, _, test) in cases() {
        match tests.get(test) {
            None => wrong.push(format!("case {number}: there is no test {test}")),
            Some(text) if !named(test, text).contains(&number) => {
                wrong.push(format!("case {number}: {test} does not name it"));
            }
            Some(_) => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_case_of_the_sheet_is_listed_with_its_source() {
    let sheet = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference/corezoid/engine.md");
    let Ok(sheet) = std::fs::read_to_string(sheet) else { return };
    let from = sheet.find("\n## 10. ").unwrap();
    let until = sheet.find("\n## 11. ").unwrap();
    let rows = sheet[from..until].lines().filter_map(|line| {
        let (number, rest) = line.strip_prefix("| ")?.split_once(" | ")?;
        let source = rest.strip_suffix(" |")?.rsplit(" | ").next()?;
        Some((number.parse::<u32>().ok()?, source))
    });
    let listed: Vec<(u32, &str)> = cases().map(|(number, source, _)| (number, source)).collect();
    assert_eq!(rows.collect::<Vec<_>>(), listed);
}

#[test]
fn every_line_of_what_is_easy_to_get_wrong_has_its_tests() {
    let sources: Vec<String> = ["src/corezoid", "tests/it/corezoid"]
        .iter()
        .flat_map(|folder| source::files(folder, ".rs"))
        .map(|file| file.text)
        .collect();
    let is_there = |name: &str| sources.iter().any(|text| text.contains(&format!("fn {name}()")));
    let missing: Vec<String> = pitfalls()
        .flat_map(|(number, _, names)| names.map(move |name| (number, name)))
        .filter(|(_, name)| !is_there(name))
        .map(|(number, name)| format!("line {number}: there is no test {name}"))
        .collect();
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    let sheet = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference/corezoid/engine.md");
    let Ok(sheet) = std::fs::read_to_string(sheet) else { return };
    let from = sheet.find("\n## 11. ").unwrap();
    let until = sheet.find("\n## 12. ").unwrap();
    let lines: Vec<(usize, &str)> = sheet[from..until]
        .lines()
        .filter_map(|line| {
            line.split_once(". ").and_then(|(number, text)| Some((number.parse().ok()?, text)))
        })
        .collect();
    let listed: Vec<(usize, &str)> = pitfalls().map(|(number, begin, _)| (number, begin)).collect();
    assert_eq!(lines.len(), listed.len());
    for ((number, text), (held, begin)) in lines.into_iter().zip(listed) {
        assert!(number == held && text.starts_with(begin), "line {number} is {text:?}, not {begin:?}");
    }
}
