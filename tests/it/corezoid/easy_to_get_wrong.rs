//! Sheet corezoid/api 8 and 9, point by point: each is named here with the test that holds it, and those that no topic's test
//! holds stand here.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};

use super::projects::op;
use crate::support::{App, source};

/// `number | words of the sheet | test` a line.
const POINTS: &str = include_str!("fixtures/easy_to_get_wrong.txt");

/// Number, words, test.
fn points() -> impl Iterator<Item = [&'static str; 3]> {
    POINTS
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split(" | ").collect::<Vec<_>>().try_into().unwrap_or_else(|_| panic!("{line}")))
}

#[test]
fn every_point_is_held_by_a_test_that_is_there() {
    let mut tests = BTreeSet::new();
    for file in source::files("tests/it/corezoid", ".rs") {
        for test in file.text.split("test]\n").skip(1) {
            let head = test.trim_start_matches("async ").strip_prefix("fn ").unwrap_or_default();
            tests.insert(head.split('(').next().unwrap_or_default().to_owned());
        }
    }
    let lost: Vec<_> = points().filter(|[_, _, test]| !tests.contains(*test)).collect();
    assert!(lost.is_empty(), "there are no such tests: {lost:#?}");
}

#[test]
fn every_point_of_the_sheet_is_listed_in_its_own_words() {
    let sheet = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference/corezoid/api.md");
    let Ok(sheet) = std::fs::read_to_string(sheet) else { return };
    let part = |from: &str, until: &str| {
        let from = sheet.find(from).unwrap();
        let length = sheet[from..].find(until).unwrap_or(sheet.len() - from);
        &sheet[from..from + length]
    };
    let dialects = part("\n## 8. ", "\n## 9. ").lines().filter_map(|line| {
        let (number, rest) = line.strip_prefix("| ")?.split_once(" | ")?;
        Some((format!("8.{}", number.parse::<u32>().ok()?), rest.split(" | ").next()?))
    });
    let traps = part("\n## 9. ", "\n## 10. ").lines().filter_map(|line| {
        let (number, rest) = line.split_once(". ")?;
        Some((format!("9.{}", number.parse::<u32>().ok()?), rest))
    });
    let sheet: Vec<_> = dialects.chain(traps).collect();
    let ours: Vec<_> = points().collect();
    let numbers = |list: Vec<&str>| list.into_iter().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(
        numbers(sheet.iter().map(|(number, _)| number.as_str()).collect()),
        numbers(ours.iter().map(|[number, ..]| *number).collect())
    );
    for ((number, text), [_, words, _]) in sheet.iter().zip(&ours) {
        assert!(text.starts_with(words), "{number} is about something else: {text}");
    }
}

/// Makes a process, with Start and End unless it is to be empty; gives its id.
async fn conv(app: &App, more: &Value) -> Value {
    app.key().op(op("create", "conv", more)).await["obj_id"].clone()
}

/// Makes a draft of a node; gives its id.
async fn node(app: &App, conv: &Value, obj_type: i64) -> Value {
    let made =
        op("create", "node", &json!({ "conv_id": conv, "obj_type": obj_type, "version": 7, "title": "N" }));
    app.key().op(made).await["obj_id"].clone()
}

#[tokio::test]
async fn point_5_some_answers_name_another_object() {
    let app = App::empty().await;
    let key = app.key();
    let conv = conv(&app, &json!({ "title": "P" })).await;
    let made = node(&app, &conv, 0).await;
    let deleted =
        key.op(op("delete", "node", &json!({ "conv_id": conv, "obj_id": made, "version": 7 }))).await;
    assert_eq!(deleted, json!({ "id": "", "proc": "ok", "obj": "conv", "obj_id": made }));
    let params = key.op(op("modify", "conv_params", &json!({ "obj_id": conv, "params": [] }))).await;
    assert_eq!((&params["conv_id"], params.get("obj_id")), (&conv, None), "{params}");
    let board = key.op(op("create", "dashboard", &json!({ "title": "D" }))).await["obj_id"].clone();
    let chart = json!({ "dashboard_id": board, "name": "C", "obj_type": "pie", "series": [] });
    let made = key.op(op("create", "chart", &chart)).await;
    assert!(made["obj_id"].as_str().is_some_and(|id| id.len() == 24), "{made}");
    let mut change = chart.clone();
    change["obj_id"] = made["obj_id"].clone();
    let changed = key.op(op("modify", "chart", &change)).await;
    assert_eq!((&changed["chart_id"], &changed["obj_id"]), (&made["obj_id"], &board), "{changed}");
    for (obj, id) in [("conv", &conv), ("dashboard", &board)] {
        key.op(op("delete", obj, &json!({ "obj_id": id }))).await;
        let destroyed = key.op(op("destroy", obj, &json!({ "obj_id": id }))).await;
        assert_eq!(destroyed, json!({ "id": "", "proc": "ok", "obj_id": id, "obj_type": obj }));
    }
}

#[tokio::test]
async fn point_6_extra_is_an_object_in_requests_and_a_text_in_answers() {
    let app = App::empty().await;
    let conv = conv(&app, &json!({ "title": "P", "create_mode": "without_nodes" })).await;
    let made = node(&app, &conv, 2).await;
    let text = r#"{"modeForm":"collapse","icon":"success"}"#;
    let object: Value = serde_json::from_str(text).unwrap();
    // Sent either way, it is told as text.
    for extra in [object, json!(text)] {
        let change = json!({ "conv_id": conv, "obj_id": made, "version": 7, "obj_type": 2, "title": "End",
            "position": [1, 2], "extra": extra });
        assert_eq!(app.key().op(op("modify", "node", &change)).await["proc"], "ok");
        let waiting =
            app.key().op(op("list", "conv", &json!({ "obj_id": conv }))).await["commits"]["list"][0].clone();
        assert_eq!((&waiting["extra"], &waiting["name"]), (&json!(text), &json!("End")), "{waiting}");
        assert!(waiting["condition"].is_string() && waiting.get("title").is_none(), "{waiting}");
    }
    app.key().op(op("confirm", "commit", &json!({ "conv_id": conv, "version": 7 }))).await;
    let listed = app.key().op(op("list", "conv", &json!({ "obj_id": conv }))).await;
    assert_eq!(listed["list"][0]["extra"], text);
    let exported = op("get", "obj_scheme", &json!({ "obj_id": conv, "obj_type": "conv" }));
    assert_eq!(app.key().op(exported).await["scheme"][0]["scheme"]["nodes"][0]["extra"], text);
}

#[tokio::test]
async fn point_8_an_export_without_a_deploy_has_no_nodes() {
    let app = App::empty().await;
    let conv = conv(&app, &json!({ "title": "P", "create_mode": "without_nodes" })).await;
    node(&app, &conv, 1).await;
    let nodes = async || {
        let exported = op("get", "obj_scheme", &json!({ "obj_id": conv, "obj_type": "conv" }));
        app.key().op(exported).await["scheme"][0]["scheme"]["nodes"].as_array().unwrap().len()
    };
    assert_eq!(nodes().await, 0);
    app.key().op(op("confirm", "commit", &json!({ "conv_id": conv, "version": 7 }))).await;
    assert_eq!(nodes().await, 1);
}

#[tokio::test]
async fn point_11_ids_are_text_or_numbers_and_some_fields_null() {
    let app = App::empty().await;
    let folder =
        app.key().op(op("create", "folder", &json!({ "title": "F", "description": null, "id": 5 }))).await;
    assert_eq!((&folder["proc"], &folder["id"]), (&json!("ok"), &json!(5)));
    let id = folder["obj_id"].to_string();
    let made = json!({ "title": "P", "folder_id": id, "company_id": null, "description": null, "status": "actived" });
    let conv = app.key().op(op("create", "conv", &made)).await;
    assert_eq!((&conv["proc"], &conv["folder_id"]), (&json!("ok"), &folder["obj_id"]), "{conv}");
    let id = conv["obj_id"].to_string();
    for op in [
        op("show", "conv", &json!({ "obj_id": id })),
        op("create", "node", &json!({ "conv_id": id, "obj_type": "0", "version": "7", "title": "N" })),
        op("modify", "conv_params", &json!({ "obj_id": id, "params": [] })),
        op("create", "task", &json!({ "conv_id": id, "data": {}, "ref": null })),
    ] {
        assert_eq!(app.key().op(op.clone()).await["proc"], "ok", "{op}");
    }
    let empty = app.key().op(op("show", "conv", &json!({ "obj_id": id, "company_id": "" }))).await;
    assert_eq!((&empty["description"], &empty["key"]), (&json!("Value is not valid"), &json!("company_id")));
}

#[tokio::test]
async fn point_12_titles_are_measured_in_characters() {
    let app = App::empty().await;
    for (letters, proc) in [(255, "ok"), (256, "error")] {
        let title = "Ж".repeat(letters);
        let answer = app.key().op(op("create", "folder", &json!({ "title": title }))).await;
        assert_eq!(answer["proc"], proc, "{letters}");
        if proc == "error" {
            let text = "Value is not valid. Value's byte_size is more than maximum allowed: 255";
            assert_eq!((&answer["description"], &answer["key"]), (&json!(text), &json!("title")));
        }
    }
}

#[tokio::test]
async fn point_13_a_task_merges_one_level_and_is_deleted_from_its_node() {
    let app = App::empty().await;
    // Tasks of a process under its debugger rest.
    let conv = conv(&app, &json!({ "title": "P", "status": "debug" })).await;
    let of = |more: Value| {
        let mut all = json!({ "conv_id": conv });
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        all
    };
    let create =
        op("create", "task", &of(json!({ "ref": "r", "data": { "a": { "b": 1, "c": 2 }, "d": 3 } })));
    let made = app.key().op(create.clone()).await;
    assert_eq!(app.key().op(create.clone()).await["description"], "not unical reference");
    app.key().op(op("modify", "task", &of(json!({ "ref": "r", "data": { "a": { "b": 9 } } })))).await;
    let shown = app.key().op(op("show", "task", &of(json!({ "ref": "r" })))).await;
    assert_eq!(shown["data"], json!({ "a": { "b": 9 }, "d": 3 }));
    let delete =
        |node: &Value| op("delete", "task", &of(json!({ "obj_id": made["obj_id"], "node_id": node })));
    let without = op("delete", "task", &of(json!({ "obj_id": made["obj_id"] })));
    assert_eq!(app.key().op(without).await["description"], "Key 'node_id' is required");
    assert_eq!(app.key().op(delete(&json!("elsewhere"))).await["description"], "not found task");
    assert_eq!(app.key().op(delete(&shown["node_id"])).await["proc"], "ok");
    assert_eq!(app.key().op(create).await["proc"], "ok");
}

#[tokio::test]
async fn point_14_two_answers_have_forms_of_their_own() {
    let app = App::empty().await;
    let made = app.key().op(op("create", "conv", &json!({ "title": "P" }))).await;
    let path = format!("/api/2/json/public/{}/{}", made["obj_id"], made["hash"].as_str().unwrap());
    let posted = app.anonymous().post(&path, json!({ "ops": [] })).await.expect(200).json();
    assert_eq!((&posted["ops"]["proc"], &posted["ops"]["ref"]), (&json!("ok"), &Value::Null), "{posted}");
    let task = json!({ "type": "create", "obj": "task", "id": 7, "conv_id": made["obj_id"], "data": {} });
    let call = json!({ "timeout": 1, "ops": [task] }).to_string();
    let late = app.key().package("json", &call).await.expect(200).json();
    assert_eq!(late["ops"], json!([{ "proc": "error", "description": "Timeout for create task" }]));
}

#[tokio::test]
async fn point_15_a_restored_process_takes_no_tasks() {
    let app = App::empty().await;
    let conv = conv(&app, &json!({ "title": "P" })).await;
    let create = op("create", "task", &json!({ "conv_id": conv, "data": {} }));
    assert_eq!(app.key().op(create.clone()).await["proc"], "ok");
    for verb in ["delete", "restore"] {
        assert_eq!(app.key().op(op(verb, "conv", &json!({ "obj_id": conv }))).await["proc"], "ok");
    }
    let refused = app.key().op(create.clone()).await;
    assert_eq!(
        refused,
        json!({ "id": "", "proc": "conveyor_is_not_active", "description": "conveyor is not active" })
    );
    app.key().op(op("modify", "conv", &json!({ "obj_id": conv, "status": "active" }))).await;
    assert_eq!(app.key().op(create).await["proc"], "ok");
}

#[tokio::test]
async fn point_16_a_move_echoes_whatever_parent_it_is_told() {
    let app = App::empty().await;
    let mut ids = Vec::new();
    for title in ["A", "B", "C"] {
        ids.push(app.key().op(op("create", "folder", &json!({ "title": title }))).await["obj_id"].clone());
    }
    let conv = conv(&app, &json!({ "title": "P", "folder_id": ids[0] })).await;
    // It lies in A; the request says that it comes from C.
    let moved = json!({ "obj_type": "conv", "obj_id": conv, "folder_id": ids[1], "parent_id": ids[2] });
    let answer = app.key().op(op("link", "folder", &moved)).await;
    assert_eq!((&answer["from_folder"], &answer["to_folder"]), (&ids[2], &ids[1]), "{answer}");
    let shown = app.key().op(op("show", "conv", &json!({ "obj_id": conv }))).await;
    assert_eq!(shown["parent_obj_id"], ids[1]);
}

#[tokio::test]
async fn point_18_some_changes_are_partial_and_some_are_whole() {
    let app = App::empty().await;
    let key = app.key();
    // Partial: what is not sent stays.
    for obj in ["folder", "conv", "dashboard"] {
        let made = key.op(op("create", obj, &json!({ "title": "Old", "description": "kept" }))).await;
        key.op(op("modify", obj, &json!({ "obj_id": made["obj_id"], "title": "New" }))).await;
        let listed = key.op(op("list", "folder", &json!({ "obj_id": 0 }))).await;
        let item = listed["list"].as_array().unwrap().iter().find(|item| item["obj_type"] == obj).unwrap();
        assert_eq!((&item["title"], &item["description"]), (&json!("New"), &json!("kept")), "{obj}");
    }
    // Whole: what is not sent is gone.
    let conv = conv(&app, &json!({ "title": "P", "create_mode": "without_nodes" })).await;
    let made = node(&app, &conv, 0).await;
    let change = |logics: Value| {
        let mut change = json!({ "conv_id": conv, "obj_id": made, "version": 7, "obj_type": 0, "title": "N",
            "position": [0, 0], "extra": {} });
        if !logics.is_null() {
            change["logics"] = logics;
        }
        op("modify", "node", &change)
    };
    let logics = async || {
        key.op(op("show", "node", &json!({ "conv_id": conv, "obj_id": made }))).await["logics"].clone()
    };
    key.op(change(json!([{ "type": "go", "to_node_id": "x" }]))).await;
    assert_eq!(logics().await, json!([{ "type": "go", "to_node_id": "x" }]));
    key.op(change(Value::Null)).await;
    assert_eq!(logics().await, json!([]));
    let params = |list: Value| op("modify", "conv_params", &json!({ "obj_id": conv, "params": list }));
    let param = |name: &str| json!({ "name": name, "type": "string", "descr": "", "flags": [], "regex": "", "regex_error_text": "" });
    key.op(params(json!([param("a"), param("b")]))).await;
    key.op(params(json!([param("c")]))).await;
    let listed = key.op(op("list", "conv_params", &json!({ "obj_id": conv }))).await;
    assert_eq!(listed["params"].as_array().unwrap().len(), 1, "{listed}");
}

#[tokio::test]
async fn point_22_there_is_one_start_node_or_none() {
    let app = App::empty().await;
    let starts = async |conv: &Value| {
        let listed = app.key().op(op("list", "conv", &json!({ "obj_id": conv }))).await;
        let list = listed["list"].as_array().unwrap().clone();
        (list.len(), list.iter().filter(|node| node["obj_type"] == 1).count())
    };
    let empty = conv(&app, &json!({ "title": "P", "create_mode": "without_nodes" })).await;
    assert_eq!(starts(&empty).await, (0, 0));
    let whole = conv(&app, &json!({ "title": "P" })).await;
    assert_eq!(starts(&whole).await, (2, 1));
    let second = op("create", "node", &json!({ "conv_id": whole, "obj_type": 1, "version": 7 }));
    assert_eq!(app.key().op(second).await["proc"], "error");
    assert_eq!(starts(&whole).await, (2, 1));
}

#[tokio::test]
async fn point_23_another_signature_is_none() {
    use sha2::Digest as _;
    let app = App::empty().await;
    let body = r#"{"ops":[{"type":"show","obj":"folder","obj_id":0}]}"#;
    let digest: [u8; 32] = sha2::Sha256::digest(format!("1secret{body}secret")).into();
    let path = format!("/api/2/json/12345/1/{}", hex::encode(digest));
    let answer = app.anonymous().post(&path, serde_json::from_str(body).unwrap()).await.expect(200).json();
    assert_eq!(answer["ops"][0]["description"], "signature is not valid");
    // The headers of that other protocol sign nobody in either.
    let request = axum::http::Request::post("/api/2/json")
        .header("x-api-login", "12345")
        .header("x-api-signature", "x");
    let answer = app.send(request.body(body.into()).unwrap()).await.expect(200).json();
    assert_eq!(answer["ops"][0]["description"], "cookie or headers are not valid");
}

#[tokio::test]
async fn point_24_what_the_swagger_misspells_is_taken() {
    let app = App::empty().await;
    let board = app.key().op(op("create", "dashboard", &json!({ "title": "D" }))).await["obj_id"].clone();
    let series = json!([{ "conv_id": 1, "node_id": "n", "title": 7, "type": "node" }]);
    let chart = json!({ "dashboard_id": board, "name": "C", "obj_type": "pie", "series": series });
    let chart = app.key().op(op("create", "chart", &chart)).await;
    assert_eq!(chart["proc"], "ok", "{chart}");
    for height in ["heidth", "height"] {
        let mut cell = json!({ "obj_id": chart["obj_id"], "x": 0, "y": 0, "width": 4 });
        cell[height] = json!(4);
        let changed =
            app.key().op(op("modify", "dashboard", &json!({ "obj_id": board, "grid": [cell] }))).await;
        assert_eq!(changed["proc"], "ok", "{changed}");
    }
    // A node's id is no number, whatever the description says.
    let conv = conv(&app, &json!({ "title": "P", "create_mode": "without_nodes" })).await;
    assert!(node(&app, &conv, 0).await.as_str().is_some_and(|id| id.len() == 24));
}

#[tokio::test]
async fn point_25_fields_that_nobody_knows_are_ignored() {
    let app = App::empty().await;
    let more = json!({ "title": "P", "action": "user", "include_nodes": true, "obj_type": 0, "project_id": 0, "colour": {} });
    let conv = conv(&app, &more).await;
    assert!(conv.is_number(), "{conv}");
    for op in [
        op("list", "conv", &json!({ "obj_id": conv, "include_nodes": true, "colour": [] })),
        op("create", "task", &json!({ "conv_id": conv, "data": {}, "action": "user", "obj_type": 0 })),
        op("list", "folder", &json!({ "obj_id": 0, "project_id": 99 })),
    ] {
        assert_eq!(app.key().op(op.clone()).await["proc"], "ok", "{op}");
    }
}

#[tokio::test]
async fn dialect_17_semaphors_are_read_in_both_spellings_and_written_in_one() {
    let app = App::empty().await;
    let conv = conv(&app, &json!({ "title": "P", "create_mode": "without_nodes" })).await;
    let made = node(&app, &conv, 0).await;
    let timer = json!([{ "type": "time", "value": 30, "dimension": "sec", "to_node_id": "x" }]);
    for spelling in ["semaphors", "semaphores"] {
        let mut change = json!({ "conv_id": conv, "obj_id": made, "version": 7, "obj_type": 0, "title": spelling,
            "position": [0, 0], "extra": {} });
        change[spelling] = timer.clone();
        assert_eq!(app.key().op(op("modify", "node", &change)).await["proc"], "ok");
        let shown = app.key().op(op("show", "node", &json!({ "conv_id": conv, "obj_id": made }))).await;
        assert_eq!((&shown["title"], &shown["semaphors"]), (&json!(spelling), &timer), "{shown}");
        assert_eq!(shown.get("semaphores"), None);
    }
}

#[tokio::test]
async fn dialect_21_a_new_folder_or_dashboard_names_its_folder_and_has_no_hash() {
    let app = App::empty().await;
    for obj in ["folder", "dashboard"] {
        let made = app.key().op(op("create", obj, &json!({ "title": "x" }))).await;
        assert_eq!(made, json!({ "id": "", "proc": "ok", "obj": obj, "obj_id": 1, "folder_id": 0 }));
    }
}

#[tokio::test]
async fn dialect_24_a_reference_is_text_whatever_it_was_sent_as() {
    let app = App::empty().await;
    let conv = conv(&app, &json!({ "title": "P", "status": "debug" })).await;
    let create =
        |reference: Value| op("create", "task", &json!({ "conv_id": conv, "data": {}, "ref": reference }));
    assert_eq!(app.key().op(create(json!(17))).await["ref"], "17");
    assert_eq!(app.key().op(create(json!("17"))).await["description"], "not unical reference");
    let show = |reference: Value| op("show", "task", &json!({ "conv_id": conv, "ref": reference }));
    for reference in [json!(17), json!("17")] {
        assert_eq!(app.key().op(show(reference)).await["ref"], "17");
    }
}
