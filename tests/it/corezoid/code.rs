//! Code of nodes: loaded, compiled, read (sheet corezoid/api 2.7).

use std::fmt::Write as _;

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{App, builder, seed};

/// Process 1 with a deployed Code node and one that waits; 2 is in the trash.
fn document() -> Value {
    let code = |src: &str| {
        json!({ "obj_type": 0, "title": "Code", "logics": [
        { "type": "api_code", "lang": "js", "src": src, "err_node_id": "final" }, { "type": "go", "to_node_id": "final" },
    ] })
    };
    json!({ "standin": 1, "corezoid": { "convs": [
        { "id": 1, "title": "P", "nodes": [
            { "id": "final", "live": { "obj_type": 2, "title": "Final" } },
            { "id": "code", "live": code("data.live = 1;"),
              "draft": { "version": 5, "node": code("data.draft = 1;") } },
            { "id": "new", "draft": { "version": 5, "node": { "obj_type": 0 } } },
        ] },
        { "id": 2, "title": "P", "status": "deleted", "nodes": [{ "id": "gone", "live": { "obj_type": 2 } }] },
    ] } })
}

async fn app() -> App {
    App::of(builder().seed(seed(document()))).await
}

fn load(node: &str, env: &str, src: &str) -> Value {
    json!({ "type": "load", "obj": "api_code", "conv_id": 1, "node_id": node, "lang": "js", "src": src, "env": env })
}

fn compile(node: &str, lang: &str, src: &str) -> Value {
    json!({ "type": "compile", "obj": "api_code", "conv_id": 1, "node_id": node, "lang": lang, "src": src })
}

fn get(node: &str, env: &str) -> Value {
    json!({ "type": "get", "obj": "api_code", "conv_id": 1, "node_id": node, "env": env })
}

#[tokio::test]
async fn code_is_loaded_compiled_read_and_deployed() {
    let app = app().await;
    let mut text = String::new();
    for op in [
        // Nothing was loaded: what the logics say.
        get("code", "production"),
        get("code", "sandbox"),
        load("code", "sandbox", "var one = 1;\nvar two = 2;"),
        compile("code", "js", "var one = 1;\nvar two = 2;"),
        get("code", "sandbox"),
        get("code", "production"),
        load("code", "production", "data.hot = 1;"),
        get("code", "production"),
        load("new", "sandbox", "data.new = 1;"),
        get("new", "sandbox"),
        compile("code", "erlang", "-export([main/1]). main(Data) -> Data."),
        json!({ "type": "load", "obj": "api_code", "conv_id": "1", "node_id": "new", "lang": "erlang", "src": "main(" }),
        get("new", "sandbox"),
        json!({ "type": "delete", "obj": "node", "conv_id": 1, "obj_id": "new", "version": 5 }),
        json!({ "type": "confirm", "obj": "commit", "conv_id": 1, "version": 5 }),
        get("code", "production"),
        get("code", "sandbox"),
    ] {
        let answer = app.key().op(op.clone()).await;
        assert_eq!(answer["proc"], "ok", "{op} {answer}");
        write!(text, "{op}\n{answer}\n\n").unwrap();
    }
    assert_snapshot!(text);
    // It travels in state documents, and goes with its node.
    let state = app.state().await;
    assert_eq!(
        state["corezoid"]["convs"][0]["nodes"][1]["code"],
        json!([{ "env": "production", "lang": "js", "src": "var one = 1;\nvar two = 2;" }])
    );
    assert_eq!(app.anonymous().put("/_standin/state", state.clone()).await.status(), 204);
    assert_eq!(app.state().await, state);
}

#[tokio::test]
async fn refused_code_is_told_why_and_changes_nothing() {
    let app = app().await;
    let before = app.state().await;
    let mut text = String::new();
    for op in [
        compile("code", "js", "data.a = ;"),
        compile("code", "js", "var a = 1;\nif (data.a {\n}"),
        compile("code", "js", "return 1;"),
        load("code", "sandbox", "function ("),
        load("code", "staging", "1;"),
        load("code", "sandbox", ""),
        load("nobody", "sandbox", "1;"),
        compile("nobody", "js", "1;"),
        compile("code", "python", "1"),
        get("nobody", "production"),
        get("final", "production"),
        get("new", "production"),
        json!({ "type": "get", "obj": "api_code", "conv_id": 2, "node_id": "gone" }),
        json!({ "type": "load", "obj": "api_code", "conv_id": 2, "node_id": "gone", "lang": "js", "src": "1" }),
        json!({ "type": "compile", "obj": "api_code", "conv_id": 77, "node_id": "code", "lang": "js", "src": "1" }),
        json!({ "type": "load", "obj": "api_code", "node_id": "code", "lang": "js", "src": "1" }),
        json!({ "type": "load", "obj": "api_code", "conv_id": 1, "lang": "js", "src": "1" }),
        json!({ "type": "load", "obj": "api_code", "conv_id": 1, "node_id": "code", "src": "1" }),
        json!({ "type": "load", "obj": "api_code", "conv_id": 1, "node_id": "code", "lang": "js" }),
        json!({ "type": "clone", "obj": "api_code", "conv_id": 1 }),
        // Builds of Git Call nodes are not emulated (sheet 2.7).
        json!({ "type": "create", "obj": "git_call", "obj_type": "function_build", "conv_id": 1 }),
    ] {
        let answer = app.key().op(op.clone()).await;
        assert_ne!(answer["proc"], "ok", "{op} {answer}");
        write!(text, "{op}\n{answer}\n\n").unwrap();
    }
    assert_snapshot!(text);
    let long = app.key().op(compile("code", "js", &" ".repeat((1 << 20) + 1))).await;
    assert_eq!((&long["proc"], &long["key"]), (&json!("error"), &json!("src")));
    assert_eq!(app.state().await, before);
}

#[tokio::test]
async fn mistaken_code_in_a_document_names_its_place() {
    let app = app().await;
    let code = json!({ "env": "sandbox", "lang": "js", "src": "1" });
    let node = json!({ "id": "n", "live": { "obj_type": 0 }, "code": [code, code] });
    let document =
        json!({ "standin": 1, "corezoid": { "convs": [{ "id": 1, "title": "P", "nodes": [node] }] } });
    let answer = app.anonymous().put("/_standin/state", document).await;
    assert!(answer.text().contains("corezoid.convs[0].nodes[0].code[1].env"), "{}", answer.text());
}
