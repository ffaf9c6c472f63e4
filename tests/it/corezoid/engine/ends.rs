//! Processes that others have written run: published samples, and those of our own demo. One task with empty data each.

use std::fmt::Write as _;

use axum::http::Request;
use serde_json::{Value, json};

use crate::support::{App, builder, seed};

fn folder() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference/corezoid/samples")
}

/// The processes of a server.
async fn processes(app: &App) -> Vec<Value> {
    app.state().await["corezoid"]["convs"].as_array().cloned().unwrap_or_default()
}

/// A value for every parameter that a process declares.
fn all_params(conv: &Value) -> Value {
    let value = |kind: &Value| match kind.as_str() {
        Some("number") => json!(1),
        Some("boolean") => json!(true),
        Some("array") => json!([]),
        Some("object") => json!({}),
        _ => json!("x"),
    };
    let params = conv["params"].as_array().into_iter().flatten();
    params
        .map(|param| (param["name"].as_str().unwrap_or_default().to_owned(), value(&param["type"])))
        .collect()
}

async fn run(app: &App, conv: &Value, data: &Value, until: &str) -> Value {
    let order = json!({ "process": conv["id"], "data": data, "until": until }).to_string();
    let request = Request::post("/_standin/corezoid/run").body(order.into()).unwrap();
    let answer = app.send(request).await;
    assert!(answer.status() == 200 || answer.status() == 400, "{}", answer.print());
    answer.json()
}

/// Whether a task goes round and round: it tries something again every half minute, and would for days.
fn tries_again(end: &Value) -> bool {
    let steps = end["trace"].as_array().into_iter().flatten();
    let entered: Vec<&Value> =
        steps.filter(|step| step["step"] == "entered").map(|step| &step["node"]).collect();
    entered.last().is_some_and(|last| entered.iter().filter(|node| *node == last).count() > 50)
}

/// Runs one task to its end: how it ended, or why it did not begin.
async fn end(app: &App, conv: &Value, data: &Value) -> Result<String, String> {
    let mut end = run(app, conv, data, "2h").await;
    if end["error"].is_null() && end["status"] != "processed" && !tries_again(&end) {
        // A task of a state diagram has no end.
        let until = if conv["conv_type"] == "state" { "3d" } else { "final" };
        end = run(app, conv, data, until).await;
    }
    if let Some(message) = end["error"]["message"].as_str() {
        return Err(message.to_owned());
    }
    let status = end["status"].as_str().unwrap();
    assert!(["processed", "delayed", "processing"].contains(&status), "{end}");
    assert!(end["data"].is_object() && end["trace"].is_array(), "{end}");
    let node = end["node"]["title"].as_str().filter(|title| !title.is_empty()).unwrap_or("(no title)");
    let left = end["data"].as_object().unwrap();
    let tag = left.iter().find(|(key, _)| key.ends_with("_return_type_tag__"));
    let tag = tag.map_or(String::new(), |(_, tag)| format!(", {}", tag.as_str().unwrap()));
    Ok(format!("{status} in {node}{tag}"))
}

/// Runs one task with empty data through each of some processes; one with all parameters where the process asks for some.
async fn ends(app: &App, convs: &[Value]) -> String {
    let mut said = String::new();
    for conv in convs {
        let title = conv["title"].as_str().unwrap_or_default();
        match end(app, conv, &json!({})).await {
            Ok(how) => writeln!(said, "  {title}: {how}").unwrap(),
            Err(why) => {
                let how = end(app, conv, &all_params(conv)).await;
                writeln!(said, "  {title}: {why}; with it: {}", how.unwrap_or_else(|why| why)).unwrap();
            }
        }
    }
    said
}

#[tokio::test]
async fn every_process_of_the_samples_comes_to_an_end_or_says_what_it_waits_for() {
    let Ok(entries) = std::fs::read_dir(folder()) else { return };
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| name != "README.md");
    names.sort();
    let mut said = String::new();
    for name in names {
        let app = App::of(builder().seed(seed(json!({ "standin": 1 })))).await;
        let bytes = std::fs::read(folder().join(&name)).unwrap();
        let fields = [("type", "create"), ("obj", "obj_scheme"), ("folder_id", "0")];
        let answer = app.key().form(&fields, &[("scheme", "sample", &bytes)]).await.expect(200).json();
        if answer["ops"][0]["proc"] != "ok" {
            continue;
        }
        let convs = processes(&app).await;
        for conv in &convs {
            let op = json!({ "type": "modify", "obj": "conv", "obj_id": conv["id"], "status": "active" });
            let set: Value = app.key().op(op).await;
            assert_eq!(set["proc"], "ok", "{name}: {set}");
        }
        writeln!(said, "{name}\n{}", ends(&app, &convs).await.trim_end()).unwrap();
    }
    insta::assert_snapshot!(said);
}

#[tokio::test]
async fn every_process_of_the_demo_comes_to_an_end_or_says_what_it_waits_for() {
    let app = App::demo().await;
    insta::assert_snapshot!(ends(&app, &processes(&app).await).await);
}
