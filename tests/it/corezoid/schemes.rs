//! Exports: dialects, folders, links, files; and graphs in state documents.

use std::io::Read as _;

use serde_json::{Value, json};

use crate::support::{App, builder, seed};

fn document() -> Value {
    json!({
        "standin": 1,
        "corezoid": {
            "companies": [{ "id": "i000000001", "title": "Demo company" }],
            "users": [{ "id": 1, "title": "API key", "company": "i000000001", "keys": [{ "login": 12345, "secret": "secret" }] }],
            "folders": [
                { "id": 1, "company": "i000000001", "title": "Платежи / all" },
                { "id": 2, "folder": 1, "title": "Inner" },
                { "id": 3, "folder": 1, "title": "Gone", "status": "deleted" },
            ],
            "convs": [
                { "id": 10, "folder": 2, "title": "Process", "status": "debug", "last_confirmed_version": 5,
                  "params": [{ "name": "amount", "type": "number", "descr": "", "flags": ["required"] }],
                  "nodes": [
                    { "id": "58134741e44b60791c00199e", "live": { "obj_type": 2, "title": "Final", "options": { "save_task": true } } },
                    { "id": "58134741e44b60791c00199f", "live": {
                        "obj_type": 0, "title": "Call", "position": [-3, 4.25],
                        "logics": [
                            { "id": "u", "type": "api_future", "chTime": 5, "nested": { "z": 1, "a": [null] } },
                            { "type": "go", "to_node_id": "58134741e44b60791c00199e" },
                        ],
                        "extra": "{ \"modeForm\":\"expand\" }",
                        "stub": { "data": {} },
                      },
                      "draft": { "version": 6, "user": 1, "time": "2020-01-01T00:00:00Z", "node": { "obj_type": 0, "title": "Renamed" } } },
                    { "id": "new", "draft": { "version": 6, "user": 1, "time": "2020-01-01T00:00:00Z", "node": { "obj_type": 3 } } },
                  ],
                  "commits": [{ "version": 5, "user": 1, "time": "2019-01-01T00:00:00Z", "nodes": [
                      { "id": "58134741e44b60791c00199e", "status": 1, "node": { "obj_type": 2, "title": "Final" } },
                  ] }],
                },
                { "id": 11, "folder": 3, "title": "In the deleted folder" },
                { "id": 12, "folder": 1, "title": "Deleted", "status": "deleted" },
            ],
            "dashboards": [{ "id": 20, "folder": 1, "title": "Board" }],
        },
    })
}

async fn app() -> App {
    App::of(builder().seed(seed(document()))).await
}

async fn export(app: &App, op: Value) -> Value {
    let answer = app.key().package("download", &json!({ "ops": [op] }).to_string()).await.expect(200).json();
    assert_eq!(answer["ops"][0]["proc"], "ok", "{answer}");
    answer["ops"][0].clone()
}

/// The path of a link, as a client of this server calls it.
fn path(answer: &Value) -> String {
    answer["download_url"].as_str().unwrap().strip_prefix("http://portal.test").unwrap().to_owned()
}

#[tokio::test]
async fn a_folder_is_exported_with_all_that_is_in_it_but_not_with_what_is_deleted() {
    let app = app().await;
    let folder = json!({ "type": "get", "obj": "obj_scheme", "obj_id": 1, "obj_type": "folder" });
    insta::assert_snapshot!(app.key().ops(json!([folder])).await.print());
}

#[tokio::test]
async fn a_dashboard_is_exported_alone() {
    let app = app().await;
    let board = json!({ "type": "get", "obj": "obj_scheme", "obj_id": "20", "obj_type": "dashboard" });
    assert_eq!(
        app.key().op(board).await.to_string(),
        concat!(
            r#"{"id":"","obj":"obj_scheme","proc":"ok","scheme":[{"obj_type":2,"obj_id":20,"parent_id":1,"title":"Board","#,
            r#""description":"","time_range":null,"grid":[],"charts_list":[]}]}"#
        )
    );
}

/// sheet corezoid/api 8, rows 8 and 9: `format` asks for the newer dialect, which is always a link.
#[tokio::test]
async fn newer_clients_get_links_to_json_and_zip() {
    let app = app().await;
    for kind in ["download", "create"] {
        let op = json!({ "type": kind, "obj": "obj_scheme", "obj_id": 10, "obj_type": "conv", "async": false, "format": "json", "with_alias": true });
        let answer = export(&app, op).await;
        let keys: Vec<_> = answer.as_object().unwrap().keys().cloned().collect();
        assert_eq!(keys, ["download_url", "obj", "proc", "statistics_id"]);
        assert_eq!(path(&answer), "/user_downloads/conv_10_1770886800000.json");
        let file = app.anonymous().get(&path(&answer)).await.expect(200).json();
        assert_eq!((&file[0]["status"], &file[0]["ref_mask"]), (&json!("debug"), &json!(true)));
        assert_eq!(file[0]["params"][0]["name"], "amount");
    }
    let zip =
        export(&app, json!({ "obj": "obj_scheme", "obj_id": 1, "obj_type": "folder", "format": "zip" }))
            .await;
    let file = app.anonymous().get(&path(&zip)).await.expect(200);
    assert_eq!(file.header("content-type"), Some("application/zip"));
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(file.body.to_vec())).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    assert_eq!(
        names,
        [
            "folder_1_1770886800000.zip/1_Платежи___all.folder/1_Платежи___all.folder.json",
            "folder_1_1770886800000.zip/1_Платежи___all.folder/2_Inner.folder/2_Inner.folder.json",
            "folder_1_1770886800000.zip/1_Платежи___all.folder/2_Inner.folder/10_Process.conv.json",
            "folder_1_1770886800000.zip/1_Платежи___all.folder/20_Board.dashboard.json",
        ]
    );
    let mut text = String::new();
    archive.by_name(&names[2]).unwrap().read_to_string(&mut text).unwrap();
    let process: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&process["obj_id"], &process["scheme"]["nodes"][0]["title"]), (&json!(10), &json!("Final")));
}

/// sheet corezoid/api 8, row 10.
#[tokio::test]
async fn download_is_a_word_of_the_download_url_only() {
    let app = app().await;
    let op = json!({ "type": "download", "obj": "obj_scheme", "obj_id": 10, "obj_type": "conv" });
    assert_eq!(app.key().op(op.clone()).await["description"], "undefined request");
    assert_eq!(export(&app, op).await["scheme"][0]["obj_id"], 10);
    let op =
        json!({ "type": "create", "obj": "obj_scheme", "obj_id": 10, "obj_type": "conv", "async": "true" });
    assert_eq!(path(&app.key().op(op).await), "/user_downloads/conv_10_1770886800.json");
}

#[tokio::test]
async fn a_link_stays_in_its_world_and_serves_what_was_exported_then() {
    let app = app().await;
    let body = json!({ "ops": [{ "obj": "obj_scheme", "obj_id": 10, "obj_type": "conv", "async": true }] })
        .to_string();
    let time = "1770886800";
    let signature = standin::sign(time, "secret", body.as_bytes());
    let request = axum::http::Request::post(format!("/w/other/api/2/download/12345/{time}/{signature}"));
    let answer = app.send(request.body(axum::body::Body::from(body)).unwrap()).await.expect(200).json();
    let link = path(&answer["ops"][0]);
    assert_eq!(link, "/w/other/user_downloads/conv_10_1770886800.json");
    let file = app.anonymous().get(&link).await.expect(200);
    assert_eq!(file.json()[0]["scheme"]["nodes"][1]["title"], "Call");
    app.anonymous().get("/user_downloads/conv_10_1770886800.json").await.expect(404);
    // A HEAD shows the same headers; another verb is none of this address.
    let head =
        app.anonymous().request(axum::http::Method::HEAD, &link).body(axum::body::Body::empty()).unwrap();
    assert_eq!(app.send(head).await.header("content-disposition"), file.header("content-disposition"));
    app.anonymous().post(&link, json!({})).await.expect(405);
}

#[tokio::test]
async fn a_world_with_graphs_drafts_history_and_files_travels_whole() {
    let app = app().await;
    for format in ["json", "zip"] {
        let op = json!({ "obj": "obj_scheme", "obj_id": 1, "obj_type": "folder", "format": format });
        export(&app, op).await;
    }
    app.key().op(json!({ "type": "delete", "obj": "node", "conv_id": 10, "obj_id": "58134741e44b60791c00199f", "version": 7 })).await;
    let state = app.state().await;
    let conv = &state["corezoid"]["convs"][0];
    assert_eq!(conv["nodes"][1]["live"]["extra"], "{ \"modeForm\":\"expand\" }");
    assert_eq!(
        conv["nodes"][1]["live"]["logics"][0].to_string(),
        r#"{"id":"u","type":"api_future","chTime":5,"nested":{"z":1,"a":[null]}}"#
    );
    assert_eq!(conv["nodes"][1]["draft"]["version"], 7);
    assert_eq!(state["corezoid"]["downloads"].as_array().unwrap().len(), 2);
    let copy = App::of(builder().seed(seed(state.clone()))).await;
    assert_eq!(copy.state().await, state);
    let waiting = copy.key().op(json!({ "type": "list", "obj": "conv", "obj_id": 10 })).await;
    assert_eq!(waiting["commits"]["version"], 6);
    let commits = copy.key().op(json!({ "type": "list", "obj": "commits", "conv_id": 10 })).await;
    assert_eq!(commits["list"][0]["version"], 5);
    let file = copy.anonymous().get("/user_downloads/folder_1_1770886800000.zip").await.expect(200);
    assert_eq!(file.body, app.anonymous().get("/user_downloads/folder_1_1770886800000.zip").await.body);
}

#[tokio::test]
async fn mistakes_in_a_document_are_named_by_their_path() {
    let app = app().await;
    let before = app.state().await;
    let nodes = |nodes: Value| json!({ "convs": [{ "id": 1, "title": "", "nodes": nodes }, { "id": 2, "title": "", "nodes": [] }] });
    let go = |to: &str| json!({ "obj_type": 0, "logics": [{ "type": "go", "to_node_id": to }] });
    for (corezoid, path) in [
        (
            nodes(json!([{ "id": "a", "live": go("b") }])),
            "corezoid.convs[0].nodes[0].live.logics[0].to_node_id",
        ),
        (
            nodes(json!([{ "id": "a", "live": go("a") }, { "id": "a", "live": go("a") }])),
            "corezoid.convs[0].nodes[1].id",
        ),
        (nodes(json!([{ "id": "", "live": go("") }])), "corezoid.convs[0].nodes[0].id"),
        (nodes(json!([{ "id": "a" }])), "corezoid.convs[0].nodes[0]"),
        (
            nodes(json!([{ "id": "a", "live": { "obj_type": 7 } }])),
            "corezoid.convs[0].nodes[0].live.obj_type",
        ),
        (
            nodes(json!([{ "id": "a", "live": { "obj_type": 0, "logic": [] } }])),
            "corezoid.convs[0].nodes[0].live.logic",
        ),
        (
            nodes(
                json!([{ "id": "a", "live": { "obj_type": 0 }, "draft": { "version": 1, "node": { "obj_type": 1 } } }]),
            ),
            "corezoid.convs[0].nodes[0].draft.node.obj_type",
        ),
        (
            nodes(json!([{ "id": "a", "draft": { "version": 1, "user": 9, "node": { "obj_type": 1 } } }])),
            "corezoid.convs[0].nodes[0].draft.user",
        ),
        (
            nodes(
                json!([{ "id": "a", "live": { "obj_type": 1 } }, { "id": "b", "live": { "obj_type": 1 } }]),
            ),
            "corezoid.convs[0].nodes[1]",
        ),
        (
            json!({ "convs": [{ "id": 1, "title": "", "commits": [{ "version": 1, "user": 9 }] }] }),
            "corezoid.convs[0].commits[0].user",
        ),
        (json!({ "downloads": [{ "name": "a.json" }] }), "corezoid.downloads[0]"),
        (json!({ "downloads": [{ "name": "a.zip", "base64": "?" }] }), "corezoid.downloads[0].base64"),
    ] {
        let document = json!({ "standin": 1, "corezoid": corezoid });
        let answer = app.anonymous().put("/_standin/state", document).await;
        assert!((400..500).contains(&answer.status()), "{}", answer.print());
        let message = answer.json()["error"]["message"].as_str().unwrap().to_owned();
        assert!(message.contains(&format!("{path}: ")), "{message} names not {path}");
    }
    assert_eq!(app.state().await, before);
}
