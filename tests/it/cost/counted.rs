//! How many statements each op and each route sends to the database, `BEGIN` and `COMMIT` included.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::corezoid::every_op::{Step, filled, send, steps};
use crate::r7::every::examples;
use crate::support::temp::TempDir;
use crate::support::{App, source};

/// Names the file that a second process of this test writes what it counted to.
const COUNTS: &str = "STANDIN_TEST_COUNTS";
const KEPT: &str = "tests/it/cost/statements.txt";
const HEAD: &str = "\
# Statements that a request sends to the database, at most, in the stories of all ops and all routes: fewer is better.
# Written by `UPDATE_COUNTS=1 cargo test --test it cost`.
";

/// Hears every statement of the process.
struct Ear;

static HEARD: Mutex<Vec<String>> = Mutex::new(Vec::new());

impl Subscriber for Ear {
    fn enabled(&self, about: &Metadata<'_>) -> bool {
        about.target() == "sqlx::query"
    }

    fn event(&self, event: &Event<'_>) {
        let mut statement = Statement::default();
        event.record(&mut statement);
        let text = if statement.whole.is_empty() { statement.summary } else { statement.whole };
        HEARD.lock().unwrap_or_else(PoisonError::into_inner).push(text);
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// The text of a statement: whole, or its summary if that is all there is.
#[derive(Default)]
struct Statement {
    summary: String,
    whole: String,
}

impl Visit for Statement {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "summary" => value.clone_into(&mut self.summary),
            "db.statement" => value.trim().clone_into(&mut self.whole),
            _ => {}
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

/// What was heard since it was last asked. A world in memory has one connection, and what is asked for last is heard last:
/// a link that leads nowhere.
async fn heard(app: &App) -> Vec<String> {
    app.anonymous().get("/user_downloads/none.json").await.expect(404);
    let mut heard = std::mem::take(&mut *HEARD.lock().unwrap_or_else(PoisonError::into_inner));
    heard
        .retain(|statement| statement != "SELECT name, content, create_time FROM cz_download WHERE name = ?");
    heard
}

/// The story of all ops, then the examples of all routes; the most that each sends, and the statements if asked for.
async fn count() -> String {
    tracing::subscriber::set_global_default(Ear).unwrap();
    let mut most: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut note = |name: String, heard: Vec<String>| {
        let known = most.entry(name).or_default();
        if known.len() < heard.len() {
            *known = heard;
        }
    };
    let app = App::empty().await;
    let mut known = BTreeMap::new();
    // The first answer also starts the server that tells how answers look.
    send(&app, "json", &json!({ "type": "list", "obj": "folder", "obj_id": 0 })).await;
    heard(&app).await;
    for Step { name, family, op } in steps() {
        let op = filled(&op, &known);
        let answer = send(&app, family, &op).await;
        let word = |key: &str| op[key].as_str().unwrap_or("-").to_owned();
        note(format!("corezoid {} {}", word("type"), word("obj")), heard(&app).await);
        if let Some(name) = name {
            known.insert(name, answer);
        }
    }
    let app = App::demo().await;
    for example in examples().iter().filter(|example| !example.refused) {
        app.anonymous().post("/_standin/reset", Value::Null).await.expect(204);
        // Whoever asks is known from here on.
        app.admin().get("/api/2.0/people/@self").await.expect(200);
        heard(&app).await;
        example.send_as(&app, "standin-admin-token", "").await;
        let line = example.path.split('?').next().unwrap_or_default();
        note(format!("r7 {} {line}", example.verb), heard(&app).await);
    }
    let with_texts = std::env::var_os("STANDIN_TEST_STATEMENTS").is_some();
    let mut told = HEAD.to_owned();
    for (name, statements) in most {
        told += &format!("{name} {}\n", statements.len());
        for statement in statements.iter().filter(|_| with_texts) {
            told += &format!("    {}\n", statement.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
    told
}

fn read(text: &str) -> BTreeMap<&str, usize> {
    let lines = text.lines().filter(|line| !line.starts_with(['#', ' ']));
    lines
        .map(|line| line.rsplit_once(' ').unwrap())
        .map(|(name, count)| (name, count.parse().unwrap()))
        .collect()
}

#[test]
fn no_op_and_no_route_asks_the_database_more_often_than_before() {
    if let Some(path) = std::env::var_os(COUNTS) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        std::fs::write(path, runtime.block_on(count())).unwrap();
        return;
    }
    // In a process of its own, where nothing else is heard.
    let folder = TempDir::new();
    let path = folder.join("counts.txt");
    let this = "cost::counted::no_op_and_no_route_asks_the_database_more_often_than_before";
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", this])
        .env(COUNTS, &path)
        .output()
        .unwrap();
    let told = std::fs::read_to_string(&path);
    let told = told.unwrap_or_else(|error| panic!("{error}\n{}", String::from_utf8_lossy(&child.stdout)));
    if std::env::var_os("UPDATE_COUNTS").is_some() {
        let kept = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(KEPT);
        std::fs::write(kept, told).unwrap();
        return;
    }
    let kept = source::files("tests/it/cost", "statements.txt").remove(0).text;
    let (before, now) = (read(&kept), read(&told));
    let of = |counts: &BTreeMap<&str, usize>, name| counts.get(name).map_or("-".to_owned(), usize::to_string);
    let names: std::collections::BTreeSet<&str> = before.keys().chain(now.keys()).copied().collect();
    let changed: Vec<String> = names
        .into_iter()
        .filter(|name| before.get(name) != now.get(name))
        .map(|name| format!("{name}: {} before, {} now", of(&before, name), of(&now, name)))
        .collect();
    assert!(
        changed.is_empty(),
        "{}\nMore is worse. What is new or has become less is written down by UPDATE_COUNTS=1 cargo test --test it cost; \
         STANDIN_TEST_STATEMENTS=1 beside it tells the statements too.",
        changed.join("\n")
    );
}
