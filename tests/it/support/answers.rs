//! Every answer to a package is held against the OpenAPI document of the server under test.

use serde_json::{Value, json};
use tokio::sync::OnceCell;

use super::App;
use super::schema::{breaches, target};

/// The document: the same for every app of a test run.
static DOCUMENT: OnceCell<Value> = OnceCell::const_new();

async fn document() -> &'static Value {
    let read = || async {
        let app = App::empty().await;
        let document = app.anonymous().get("/_standin/openapi/corezoid.json").await.expect(200).json();
        app.stop().await;
        document
    };
    DOCUMENT.get_or_init(read).await
}

/// What a URL family takes for the `type` of an op that names none.
fn verb<'a>(op: &'a Value, family: &str) -> &'a str {
    let implied = match family {
        "download" => "download",
        "upload" | "copy" => "create",
        "compare" => "compare",
        "merge" => "merge",
        "system" => "list",
        _ => "",
    };
    // The word lives as long as the program does.
    op["type"].as_str().unwrap_or(implied)
}

/// Fails unless each answer fits the schema of its op, or that of a refusal.
pub(super) async fn check(family: &str, sent: &str, answer: &Value) {
    let Ok(sent) = serde_json::from_str::<Value>(sent) else { return };
    let Some(ops) = sent.get("ops").and_then(Value::as_array) else { return };
    let answers = answer["ops"].as_array().unwrap_or_else(|| panic!("no list of answers: {answer}"));
    // The synchronous API answers with what the process posted.
    if answer["request_proc"] != "ok" || answers.len() != ops.len() || sent.get("timeout").is_some() {
        return;
    }
    let document = document().await;
    for (op, answer) in ops.iter().zip(answers) {
        let wrong = wrong(document, family, op, answer);
        assert!(
            wrong.is_empty(),
            "an answer is not as the op describes it\nop:     {op}\nanswer: {answer}\n{}",
            wrong.join("\n")
        );
    }
}

/// What an answer breaks of its op's schema.
fn wrong(document: &Value, family: &str, op: &Value, answer: &Value) -> Vec<String> {
    let schema = if answer["proc"] == "ok" {
        let op = format!("{}_{}", verb(op, family), op["obj"].as_str().unwrap_or_default());
        let schemas = &document["components"]["schemas"];
        let own = schemas.get(format!("{op}_on_{family}_answer"));
        own.or_else(|| schemas.get(format!("{op}_answer"))).unwrap_or_else(|| panic!("{op} is not described"))
    } else {
        target(document, "#/components/schemas/refusal")
    };
    let mut found = breaches(document, schema, answer);
    // sheet corezoid/api 1.4: the id is the op's own.
    let id = op.get("id").filter(|id| !id.is_null()).cloned().unwrap_or(json!(""));
    if answer.get("id").is_some_and(|answered| *answered != id) {
        found.push(format!("$.id is not {id}"));
    }
    found
}
