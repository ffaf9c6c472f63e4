//! Every row of the two tables of mistakes, in both of the portal's languages: status, text, and the exchange byte for
//! byte (sheets r7/files 8 and r7/transport 7).

mod editing;
mod files;
mod transport;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};
use standin::Language;

use super::files::sharing::people;
use crate::support::{App, Exchange, Identity, builder, seed};

/// A text in English and in Russian.
type Texts = [&'static str; 2];

/// A text that every portal says in English.
const fn same(text: &'static str) -> Texts {
    [text, text]
}

const FILE: Texts = ["The required file was not found", "Запрашиваемый файл не найден"];
const FOLDER: Texts = ["The required folder was not found", "Запрашиваемая папка не найдена"];
const CREATE: Texts = ["You don't have enough permission to create", "У Вас недостаточно прав для создания"];
const VIEW: Texts =
    ["You don't have enough permission to view the file", "Недостаточно прав для просмотра файла"];
const EDIT: Texts =
    ["You do not have enough permissions to edit the file", "Недостаточно прав для редактирования файла"];
const EMPTY: Texts = ["Empty file", "Пустой документ"];
const FORBIDDEN: Texts = [
    "You don't have enough permission to perform the operation",
    "Недостаточно прав для совершения операции",
];
const RANGE: Texts = same("Value does not fall within the expected range.");
const BAD_REQUEST: Texts = ["Bad request.", "Неверный запрос."];
const OPENED: Texts = [
    "Cannot update the file because it's opened for editing",
    "Невозможно обновить файл, т.к. файл открыт на редактирование",
];

/// The mistakes of one portal, as they come.
struct Ledger {
    language: Language,
    rows: BTreeSet<&'static str>,
    text: String,
}

impl Ledger {
    fn new(language: Language) -> Self {
        Self { language, rows: BTreeSet::new(), text: String::new() }
    }

    /// A portal in this ledger's language: Mike the admin, Lena, and the guest Olga.
    async fn world(&self) -> App {
        self.world_with(json!({})).await
    }

    /// The same with more in its state document.
    async fn world_with(&self, more: Value) -> App {
        let mut part = people();
        part.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let document = json!({ "standin": 1, "r7": part });
        App::of(builder().language(self.language).seed(seed(document))).await
    }

    /// What follows is of this row: the first cell of its line in the sheet.
    fn row(&mut self, row: &'static str) {
        self.rows.insert(row);
        writeln!(self.text, "## {row}\n").unwrap();
    }

    fn told(&mut self, sent: &str, exchange: &Exchange, status: u16, texts: Texts) {
        let printed = exchange.print();
        let expected = texts[usize::from(self.language == Language::Ru)];
        assert_eq!(
            (exchange.status(), said(&exchange.json()).as_str()),
            (status, expected),
            "{sent}{printed}"
        );
        write!(self.text, "{sent}{printed}\n\n").unwrap();
    }

    /// A call with a JSON body, or with none.
    async fn call(&mut self, who: &Identity<'_>, call: &str, body: Value, status: u16, texts: Texts) {
        let (verb, path) = call.split_once(' ').unwrap();
        let path = format!("/api/2.0/{path}");
        let sent = if body.is_null() { String::new() } else { format!("> {body}\n") };
        let exchange = match verb {
            "GET" => who.get(&path).await,
            "DELETE" => who.delete(&path, body).await,
            "PUT" => who.put(&path, body).await,
            _ => who.post(&path, body).await,
        };
        self.told(&sent, &exchange, status, texts);
    }

    /// An upload of one file to a path.
    async fn upload(&mut self, who: &Identity<'_>, path: &str, bytes: &str, status: u16, texts: Texts) {
        let exchange = who.upload(path, "a.txt", bytes.as_bytes()).await;
        self.told(&format!("> a.txt: {bytes:?}\n"), &exchange, status, texts);
    }
}

/// The text of a refusal, of an operation's trouble, or of a handler that is not enveloped.
fn said(answer: &Value) -> String {
    let places = [
        &answer["error"]["message"],
        &answer["response"][0]["error"],
        &answer["response"]["message"],
        &answer["response"]["value"],
        &answer["message"],
    ];
    places.into_iter().find_map(Value::as_str).unwrap_or_else(|| panic!("{answer}")).to_owned()
}

/// Fails if a row of the sheet's table in a section has no mistake here, save `elsewhere`. Without the sheet there is
/// nothing to compare with.
fn compare_with_sheet(sheet: &str, section: &str, header: &str, rows: &BTreeSet<&str>, elsewhere: &[&str]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference/r7").join(sheet);
    let Ok(text) = std::fs::read_to_string(path) else { return };
    let section = text.split("\n## ").find(|part| part.starts_with(section)).expect("the section");
    let table = section.split_once(header).expect("the table").1;
    let lines = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let missing: Vec<_> = lines
        .map(|line| line.trim_start_matches('|').split(" | ").next().unwrap().trim())
        .filter(|row| !rows.contains(row) && !elsewhere.contains(row))
        .collect();
    assert!(missing.is_empty(), "rows without a mistake: {missing:#?}");
}
