//! Nodes: what an op stores, what it refuses, and that a refused op leaves no trace.

use serde_json::{Value, json};

use crate::support::{App, builder, seed};

/// Process 1 with a deployed start and final, empty process 2, process 3 in a deleted folder, process 4 in the trash.
async fn app() -> App {
    App::of(builder().seed(seed(json!({
        "standin": 1,
        "corezoid": {
            "folders": [{ "id": 1, "title": "Trash", "status": "deleted" }],
            "convs": [
                { "id": 1, "title": "One", "nodes": [
                    { "id": "final", "live": {
                        "obj_type": 2,
                        "title": "Final",
                        "position": [5, 6.5],
                        "extra": { "icon": "success" },
                        "options": { "save_task": true },
                    } },
                    { "id": "start", "live": {
                        "obj_type": 1, "title": "Start", "logics": [{ "type": "go", "to_node_id": "final" }],
                    } },
                ] },
                { "id": 2, "title": "Two" },
                { "id": 3, "folder": 1, "title": "Hidden", "nodes": [{ "id": "hidden", "live": { "obj_type": 0 } }] },
                { "id": 4, "title": "Deleted", "status": "deleted" },
            ],
        },
    }))))
    .await
}

fn create(conv: i64, obj_type: i64) -> Value {
    json!({ "type": "create", "obj": "node", "conv_id": conv, "obj_type": obj_type, "version": 7 })
}

fn modify(conv: i64, id: &str, obj_type: i64) -> Value {
    json!({ "type": "modify", "obj": "node", "conv_id": conv, "obj_id": id, "obj_type": obj_type, "version": 7 })
}

/// Sends an op that must fail, and gives the answer; fails if it left a trace.
async fn refused(app: &App, op: Value) -> Value {
    let before = app.state().await;
    let answer = app.key().op(op.clone()).await;
    assert_ne!(answer["proc"], "ok", "{op} {answer}");
    assert_eq!(app.state().await, before, "{op}");
    answer
}

#[tokio::test]
async fn a_second_start_node_is_refused_until_the_first_is_on_its_way_out() {
    let app = app().await;
    let answer = refused(&app, create(1, 1)).await;
    assert_eq!(answer["description"], "Start node already exists in process 1");
    // A draft counts as well.
    let first = app.key().op(create(2, 1)).await;
    assert_eq!(first["proc"], "ok");
    refused(&app, create(2, 1)).await;
    // Within one package, too.
    let package = app.key().ops(json!([create(2, 1), create(2, 2), create(2, 1)])).await.json();
    let procs: Vec<_> =
        package["ops"].as_array().unwrap().iter().map(|op| op["proc"].as_str().unwrap()).collect();
    assert_eq!(procs, ["error", "ok", "error"]);
    let delete =
        json!({ "type": "delete", "obj": "node", "conv_id": 2, "obj_id": first["obj_id"], "version": 7 });
    assert_eq!(
        app.key().op(delete).await.to_string(),
        format!(r#"{{"id":"","proc":"ok","obj":"conv","obj_id":{}}}"#, first["obj_id"])
    );
    assert_eq!(app.key().op(create(2, 1)).await["proc"], "ok");
}

#[tokio::test]
async fn types_and_ids_are_taken_as_numbers_or_text() {
    let app = app().await;
    let op = json!({ "id": 5, "type": "create", "obj": "node", "conv_id": "2", "obj_type": "0", "version": "1487321422" });
    let answer = app.key().op(op).await;
    assert_eq!((&answer["id"], &answer["version"]), (&json!(5), &json!(1_487_321_422)));
    let id = answer["obj_id"].as_str().unwrap().to_owned();
    let op = json!({ "type": "modify", "obj": "node", "conv_id": "2", "obj_id": id, "obj_type": "0", "version": "8" });
    let answer = app.key().op(op).await;
    assert_eq!(answer.to_string(), format!(r#"{{"id":"","proc":"ok","conv_id":2,"obj_id":"{id}"}}"#));
}

#[tokio::test]
async fn a_missing_node_or_process_is_named() {
    let app = app().await;
    for (op, obj, id) in [
        (create(9, 0), "conv", json!(9)),
        (create(3, 0), "conv", json!(3)),
        (create(4, 0), "conv", json!(4)),
        (modify(1, "nobody", 0), "node", json!("nobody")),
        (modify(9, "final", 2), "conv", json!(9)),
        // Of another process: not in this one.
        (modify(2, "final", 2), "node", json!("final")),
        (modify(3, "hidden", 0), "conv", json!(3)),
        (json!({ "type": "delete", "obj": "node", "conv_id": 1, "obj_id": 17 }), "node", json!(17)),
        (json!({ "type": "delete", "obj": "node", "conv_id": 2, "obj_id": "final" }), "node", json!("final")),
        (json!({ "type": "show", "obj": "node", "conv_id": 2, "obj_id": "final" }), "node", json!("final")),
        (
            json!({ "type": "list", "obj": "node", "conv_id": 9, "obj_id": "final", "limit": 1 }),
            "conv",
            json!(9),
        ),
        (json!({ "type": "reset", "obj": "node", "conv_id": 1, "obj_id": "x" }), "node", json!("x")),
        (json!({ "type": "confirm", "obj": "commit", "conv_id": 9, "version": 7 }), "conv", json!(9)),
        (json!({ "type": "list", "obj": "conv", "obj_id": 9 }), "conv", json!(9)),
        (json!({ "type": "list", "obj": "commits", "conv_id": 4 }), "conv", json!(4)),
        (json!({ "type": "delete", "obj": "commits", "conv_id": 4, "version": 1 }), "conv", json!(4)),
        (
            json!({ "type": "get", "obj": "obj_scheme", "obj_id": 1, "obj_type": "folder" }),
            "folder",
            json!(1),
        ),
    ] {
        let answer = refused(&app, op.clone()).await;
        let text = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
        assert_eq!(
            answer,
            json!({
                "id": "",
                "proc": "obj_id_not_found",
                "obj": obj,
                "obj_id": id,
                "description": format!("Object {obj} with id {text} does not exist"),
            }),
            "{op}"
        );
    }
}

#[tokio::test]
async fn what_is_missing_or_wrong_in_an_op_is_named() {
    let app = app().await;
    let without = |mut op: Value, key: &str| {
        op.as_object_mut().unwrap().shift_remove(key);
        op
    };
    for (op, key) in [
        (create(2, 0), "conv_id"),
        (create(2, 0), "obj_type"),
        (create(2, 0), "version"),
        (modify(1, "final", 2), "conv_id"),
        (modify(1, "final", 2), "version"),
        (modify(1, "final", 2), "obj_type"),
        (modify(1, "final", 2), "obj_id"),
        (json!({ "type": "confirm", "obj": "commit", "version": 7 }), "conv_id"),
        (json!({ "type": "confirm", "obj": "commit", "conv_id": 1 }), "version"),
        (json!({ "type": "get", "obj": "obj_scheme", "obj_type": "conv" }), "obj_id"),
        (json!({ "type": "get", "obj": "obj_scheme", "obj_id": 1 }), "obj_type"),
    ] {
        let answer = refused(&app, without(op, key)).await;
        assert_eq!(answer["description"], format!("Key '{key}' is required"));
    }
    for (op, key, value) in [
        (create(2, 0), "conv_id", json!("two")),
        (create(2, 0), "conv_id", json!(1e30)),
        (create(2, 0), "version", json!(99_999_999_999_999_999_999.0)),
        (create(2, 0), "version", json!("99999999999999999999")),
        (create(2, 0), "version", json!({})),
        (create(2, 0), "obj_type", json!(5)),
        (create(2, 0), "title", json!([])),
        (create(2, 0), "title", json!("т".repeat(256))),
        (create(2, 0), "description", json!("d".repeat(2001))),
        (create(2, 0), "company_id", json!("")),
        (modify(1, "final", 2), "position", json!([1])),
        (modify(1, "final", 2), "extra", json!(1)),
        (modify(1, "final", 2), "logics", json!("go")),
        (modify(1, "final", 2), "semaphors", json!({})),
        (modify(1, "final", 0), "obj_type", json!(0)),
        (json!({ "type": "get", "obj": "obj_scheme", "obj_id": 1 }), "obj_type", json!("alias")),
        (
            json!({ "type": "get", "obj": "obj_scheme", "obj_id": 1, "obj_type": "conv" }),
            "async",
            json!("maybe"),
        ),
        (
            json!({ "type": "create", "obj": "obj_scheme", "obj_id": 1, "obj_type": "conv" }),
            "format",
            json!("xml"),
        ),
        (json!({ "type": "delete", "obj": "commit", "obj_id": 1, "version": 1 }), "obj_type", json!("alias")),
    ] {
        let mut op = op;
        op[key] = value.clone();
        let answer = refused(&app, op).await;
        assert_eq!((&answer["key"], &answer["value"]), (&json!(key), &value));
        assert!(answer["description"].as_str().unwrap().starts_with("Value is not valid"), "{answer}");
    }
}

/// Seed 002: "В других типах узлов создание логики запрещено".
#[tokio::test]
async fn logic_is_refused_where_it_does_not_belong() {
    let app = app().await;
    let api = json!({ "type": "api", "extra_headers": {} });
    let escalation = app.key().op(create(1, 3)).await["obj_id"].as_str().unwrap().to_owned();
    for (id, obj_type) in [("start", 1), ("final", 2), (escalation.as_str(), 3)] {
        let mut op = modify(1, id, obj_type);
        op["logics"] = json!([api]);
        let answer = refused(&app, op).await;
        assert_eq!((&answer["key"], &answer["value"]), (&json!("logics"), &api));
    }
}

#[tokio::test]
async fn a_modify_replaces_the_draft_but_keeps_place_and_look_when_they_are_not_sent() {
    let app = app().await;
    let list = async || app.key().op(json!({ "type": "list", "obj": "conv", "obj_id": 1 })).await;
    let mut op = modify(1, "final", 2);
    op["title"] = json!("Renamed");
    assert_eq!(app.key().op(op).await["proc"], "ok");
    let draft = list().await["commits"]["list"][0].clone();
    assert_eq!(
        (&draft["name"], &draft["position"], &draft["extra"]),
        (&json!("Renamed"), &json!([5, 6.5]), &json!("{\"icon\":\"success\"}"))
    );
    // Now the draft is the old value, and null is a value.
    let mut op = modify(1, "final", 2);
    op["position"] = json!([-1, 2]);
    op["extra"] = json!(null);
    op["description"] = json!("again");
    assert_eq!(app.key().op(op).await["proc"], "ok");
    let draft = list().await["commits"]["list"][0].clone();
    assert_eq!(
        (&draft["name"], &draft["description"], &draft["position"], &draft["extra"]),
        (&json!(""), &json!("again"), &json!([-1, 2]), &json!(null))
    );
    let confirm = json!({ "type": "confirm", "obj": "commit", "conv_id": 1, "version": 7 });
    assert_eq!(app.key().op(confirm).await["proc"], "ok");
    let node = list().await["list"][0].clone();
    assert_eq!(
        (&node["options"], &node["extra"], &node["position"]),
        (&json!("{\"save_task\":true}"), &json!(null), &json!([-1, 2]))
    );
}

#[tokio::test]
async fn nodes_of_one_package_point_at_each_other_in_any_order() {
    let app = app().await;
    let made = app.key().ops(json!([create(2, 1), create(2, 0), create(2, 2)])).await.json();
    let ids: Vec<&str> =
        made["ops"].as_array().unwrap().iter().map(|op| op["obj_id"].as_str().unwrap()).collect();
    let [start, middle, last] = ids.as_slice() else { panic!("{ids:?}") };
    let go = |id: &str, kind: i64, to: &str| {
        let mut op = modify(2, id, kind);
        op["logics"] = json!([{ "type": "go", "to_node_id": to }]);
        op
    };
    let package = json!([
        go(start, 1, middle),
        { "type": "confirm", "obj": "commit", "conv_id": 2, "version": 6 },
        go(middle, 0, "not made yet"),
        { "type": "confirm", "obj": "commit", "conv_id": 2, "version": 7 },
        go(middle, 0, last),
        { "type": "confirm", "obj": "commit", "conv_id": 2, "version": 7 },
    ]);
    let answer = app.key().ops(package).await.json();
    let procs: Vec<_> =
        answer["ops"].as_array().unwrap().iter().map(|op| op["proc"].as_str().unwrap()).collect();
    assert_eq!(procs, ["ok", "ok", "ok", "error", "ok", "ok"]);
    assert_eq!(answer["ops"][3]["errors"], json!({ *middle: ["referenced node does not exist"] }));
}

#[tokio::test]
async fn a_package_of_a_thousand_nodes_is_answered_in_order() {
    let app = app().await;
    let ops: Vec<Value> = (0..1000)
        .map(|n| {
            let mut op = create(2, 0);
            op["id"] = json!(n.to_string());
            op["title"] = json!(format!("Node {n}"));
            op
        })
        .collect();
    let answer = app.key().ops(json!(ops)).await.expect(200).json();
    let answers = answer["ops"].as_array().unwrap();
    assert_eq!(answers.len(), 1000);
    assert!(answers.iter().enumerate().all(|(n, op)| op["id"] == json!(n.to_string()) && op["proc"] == "ok"));
    let confirm = json!({ "type": "confirm", "obj": "commit", "conv_id": 2, "version": 7 });
    assert_eq!(app.key().op(confirm).await["proc"], "ok");
    let list = app.key().op(json!({ "type": "list", "obj": "conv", "obj_id": 2 })).await;
    let titles: Vec<_> = list["list"].as_array().unwrap().iter().map(|node| node["title"].clone()).collect();
    assert_eq!(titles, (0..1000).map(|n| json!(format!("Node {n}"))).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_node_is_shown_with_its_tasks_counted_and_found_by_its_title() {
    let app = app().await;
    let show = app.key().op(json!({ "type": "show", "obj": "node", "conv_id": 1, "obj_id": "start" })).await;
    assert_eq!(
        show.to_string(),
        r#"{"id":"","proc":"ok","obj":"node","obj_id":"start","title":"Start","description":"","logics":[{"type":"go","to_node_id":"final"}],"semaphors":[],"count":0,"obj_type":1}"#
    );
    let tasks =
        json!({ "type": "list", "obj": "node", "conv_id": 1, "obj_id": "final", "limit": 10, "sort": "ASC" });
    assert_eq!(
        app.key().op(tasks).await.to_string(),
        r#"{"id":"","proc":"ok","obj":"node","obj_id":"final","count":0,"count_created":0,"count_processing":0,"count_delayed":0,"list":[]}"#
    );
    let reset =
        app.key().op(json!({ "type": "reset", "obj": "node", "conv_id": 1, "obj_id": "final" })).await;
    assert_eq!(reset.to_string(), r#"{"id":"","proc":"ok","obj":"node","obj_id":"final"}"#);
    let found = app.key().op(json!({ "type": "list", "obj": "nodes", "pattern": "STA", "conv_id": 1 })).await;
    assert_eq!(
        found.to_string(),
        r#"{"id":"","proc":"ok","list":[{"conv_id":"1","description":"","id":"start","title":"Start","type":1,"status":1}]}"#
    );
}

#[tokio::test]
async fn broken_packages_are_format_errors_and_change_nothing() {
    let app = app().await;
    let before = app.state().await;
    let op = create(2, 0).to_string();
    let deep = format!(
        r#"{{"ops":[{{"type":"create","obj":"node","logics":{}{}}}]}}"#,
        "[".repeat(10_000),
        "]".repeat(10_000)
    );
    for body in
        [format!(r#"{{"ops":[{op}"#), deep, r#"{"ops":[{"version":1e400}]}"#.to_owned(), String::new()]
    {
        let answer = app.key().package("json", &body).await.expect(200);
        assert_eq!(answer.text(), r#"{"request_proc":"format_error","ops":[]}"#);
    }
    assert_eq!(app.state().await, before);
    // Of a key that is sent twice the last counts, as with every common parser.
    let twice = op.replacen("\"obj_type\":0", "\"obj_type\":0,\"obj_type\":2", 1);
    let answer = app.key().package("json", &format!(r#"{{"ops":[{twice}]}}"#)).await.json();
    let show = json!({ "type": "show", "obj": "node", "conv_id": 2, "obj_id": answer["ops"][0]["obj_id"] });
    assert_eq!(app.key().op(show).await["obj_type"], 2);
}
