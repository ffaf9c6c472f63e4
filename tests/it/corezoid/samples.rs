//! Published sample files, where they lie next to the project, go in and come out again.

use serde_json::{Value, json};

use crate::support::{App, builder, seed};

fn folder() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference/corezoid/samples")
}

/// Names of the samples, in order; none where they are absent.
fn samples() -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder()) else { return Vec::new() };
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| name != "README.md");
    names.sort();
    names
}

async fn upload(app: &App, bytes: &[u8]) -> Value {
    let fields = [("type", "create"), ("obj", "obj_scheme"), ("folder_id", "0")];
    app.key().form(&fields, &[("scheme", "sample", bytes)]).await.expect(200).json()["ops"][0].clone()
}

#[tokio::test]
async fn every_sample_is_taken_or_refused_for_what_is_wrong_with_it() {
    let mut said = String::new();
    for name in samples() {
        let app = App::of(builder().seed(seed(json!({ "standin": 1 })))).await;
        let before = app.state().await;
        let answer = upload(&app, &std::fs::read(folder().join(&name)).unwrap()).await;
        let outcome = match (answer["proc"].as_str(), answer["description"].as_str()) {
            (Some("ok"), _) => format!("{} objects", answer["scheme"].as_array().unwrap().len()),
            (_, Some(text)) => text.to_owned(),
            _ => answer["errors"].to_string(),
        };
        if answer["proc"] != "ok" {
            assert_eq!(app.state().await, before, "{name}");
        }
        said += &format!("{name}: {outcome}\n");
    }
    if said.is_empty() {
        return;
    }
    insta::assert_snapshot!(said);
}
