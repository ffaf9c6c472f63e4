//! Stages compared and merged: what differs, what is written, what stands in the way.

use serde_json::{Value, json};

use crate::support::{App, builder, seed};

/// A project with an open and a closed stage, uploaded; the ids of both.
async fn app() -> (App, i64, i64) {
    let document = json!({
        "standin": 1,
        "corezoid": {
            "companies": [{ "id": "i000000001", "title": "Demo company" }],
            "users": [{ "id": 1, "title": "API key", "company": "i000000001", "keys": [{ "login": 12345, "secret": "secret" }] }],
        },
    });
    let app = App::of(builder().seed(seed(document))).await;
    let place = |kind: i64, id: i64, name: &str, immutable: bool| {
        json!({ "obj_type": kind, "obj_id": id, "parent_id": i64::from(id > 1), "title": name, "description": "",
            "short_name": name, "immutable": immutable })
    };
    let file =
        json!([place(5, 1, "shop", false), place(6, 2, "develop", false), place(6, 3, "production", true)]);
    let fields =
        [("type", "create"), ("obj", "obj_scheme"), ("folder_id", "0"), ("company_id", "i000000001")];
    let made = app.key().form(&fields, &[("scheme", "s", file.to_string().as_bytes())]).await.json();
    let kinds: Vec<_> =
        made["ops"][0]["scheme"].as_array().unwrap().iter().map(|made| &made["obj_type"]).collect();
    assert_eq!(kinds, ["project", "stage", "stage"]);
    let stage = |index: usize| made["ops"][0]["scheme"][index]["obj_id"].as_i64().unwrap();
    let (develop, production) = (stage(1), stage(2));
    (app, develop, production)
}

fn conv(id: i64, uuid: &str, title: &str, calls: &Value) -> Value {
    let node = |n: i64, kind: i64, title: &str, logics: Value| {
        let condition: Value = [("logics", logics), ("semaphors", json!([]))].into_iter().collect();
        json!({ "id": format!("{id}-{n}"), "obj_type": kind, "uuid": format!("{uuid}-{n}"), "title": title, "condition": condition })
    };
    let call = json!([{ "type": "api_rpc", "conv_id": calls, "err_node_id": format!("{id}-3") }, { "type": "go", "to_node_id": format!("{id}-3") }]);
    let nodes = json!([
        node(1, 1, "Start", json!([{ "type": "go", "to_node_id": format!("{id}-2") }])),
        node(2, 0, "Call", call),
        node(3, 2, "Final", json!([])),
    ]);
    json!({ "obj_type": 1, "obj_id": id, "parent_id": 1, "title": title, "uuid": uuid, "scheme": { "nodes": nodes } })
}

async fn fill(app: &App, stage: i64) -> Value {
    let file = json!([
        { "obj_type": 0, "obj_id": 1, "parent_id": 0, "title": "Payments", "uuid": "folder" },
        conv(5, "caller", "Caller", &json!(6)),
        conv(6, "called", "Called", &json!("@outside")),
        { "obj_type": 2, "obj_id": 7, "parent_id": 1, "title": "Board", "uuid": "board", "grid": [] },
    ]);
    let stage = stage.to_string();
    let fields =
        [("type", "create"), ("obj", "obj_scheme"), ("obj_to_id", stage.as_str()), ("obj_to_type", "stage")];
    let answer = app.key().form(&fields, &[("scheme", "s", file.to_string().as_bytes())]).await.json();
    assert_eq!(answer["ops"][0]["proc"], "ok", "{answer}");
    answer["ops"][0]["scheme"].clone()
}

fn between(target: i64, source: i64, more: &Value) -> String {
    let mut op = json!({ "obj": "obj_scheme", "obj_id": target, "obj_type": "stage", "obj_to_id": source,
        "obj_to_type": "stage", "company_id": "i000000001" });
    op.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({ "ops": [op] }).to_string()
}

// Every object and how it differs, as op compare obj_scheme
// says before op merge obj_scheme
async fn statuses(app: &App, target: i64, source: i64) -> Vec<String> {
    let body = between(target, source, &json!({ "type": "compare", "diff_status": true }));
    let answer = app.key().package("compare", &body).await.json();
    let list = answer["ops"][0]["list"].as_array().unwrap_or_else(|| panic!("{answer}"));
    list.iter()
        .map(|line| format!("{} {}", line["title"].as_str().unwrap(), line["__status"].as_str().unwrap()))
        .collect()
}

#[tokio::test]
async fn a_merge_makes_the_closed_stage_the_same_and_keeps_what_it_knows() {
    let (app, develop, production) = app().await;
    let made = fill(&app, develop).await;
    let all = |word: &str| {
        ["Payments", "Caller", "Called", "Board"].map(|title| format!("{title} {word}")).to_vec()
    };
    assert_eq!(statuses(&app, production, develop).await, all("added"));
    let answer =
        app.key().package("merge", &between(production, develop, &json!({ "apply_mode": true }))).await;
    insta::assert_snapshot!(answer.print());
    assert_eq!(statuses(&app, production, develop).await, all(""));
    let scheme = |stage: i64| {
        let app = &app;
        async move {
            let op = json!({ "type": "get", "obj": "obj_scheme", "obj_type": "stage", "obj_id": stage });
            app.key().op(op).await["scheme"].clone()
        }
    };
    let before = scheme(production).await;
    // The called process is the one of the same stage, in both.
    let call = |scheme: &Value| {
        let find = |title: &str| {
            scheme.as_array().unwrap().iter().find(|item| item["title"] == title).unwrap().clone()
        };
        let conv = find("Caller");
        (
            conv["scheme"]["nodes"][1]["condition"]["logics"][0]["conv_id"].clone(),
            find("Called")["obj_id"].clone(),
        )
    };
    let (named, called) = call(&before);
    assert_eq!(named, called);
    // One process changes, one goes, one comes.
    let caller = made[1]["obj_id"].clone();
    app.key().op(json!({ "type": "modify", "obj": "conv", "obj_id": caller, "title": "Renamed" })).await;
    app.key().op(json!({ "type": "delete", "obj": "conv", "obj_id": made[2]["obj_id"] })).await;
    app.key()
        .op(json!({ "type": "create", "obj": "conv", "title": "New", "folder_id": made[0]["obj_id"] }))
        .await;
    let numbers =
        between(production, develop, &json!({ "type": "compare", "diff_status": true, "num_stat": true }));
    let said = app.key().package("compare", &numbers).await;
    insta::assert_snapshot!("compare_numbers", said.text());
    let whole =
        app.key().package("compare", &between(production, develop, &json!({ "type": "compare" }))).await;
    insta::assert_snapshot!("compare_whole", serde_json::to_string_pretty(&whole.json()).unwrap());
    let looked = app.key().package("merge", &between(production, develop, &json!({ "type": "merge" }))).await;
    insta::assert_snapshot!("merge_looked_at", serde_json::to_string_pretty(&looked.json()).unwrap());
    let sync = between(production, develop, &json!({ "type": "merge", "apply_mode": true, "async": false }));
    let done = app.key().package("merge", &sync).await;
    // What is renamed still calls the one in the trash.
    let refused = json!({ "proc": "error", "description": "One or more processes has errors" });
    assert_eq!(done.json()["ops"][0], refused);
    assert_eq!(scheme(production).await, before);
}

#[tokio::test]
async fn what_is_excluded_stays_as_it_is() {
    let (app, develop, production) = app().await;
    let made = fill(&app, develop).await;
    let exclude = json!([{ "obj_type": "conv", "obj_id": made[2]["obj_id"] }, { "obj_type": "dashboard", "obj_id": made[3]["obj_id"] }]);
    let body =
        between(production, develop, &json!({ "apply_mode": true, "async": false, "exclude": exclude }));
    app.key().package("merge", &body).await.expect(200);
    assert_eq!(
        statuses(&app, production, develop).await,
        ["Payments ", "Caller changed", "Called added", "Board added"]
    );
}

#[tokio::test]
async fn only_deployed_stages_are_merged_and_only_into_closed_ones() {
    let (app, develop, production) = app().await;
    let made = fill(&app, develop).await;
    let before = app.state().await;
    let merge = |target: i64, source: i64| {
        let body = between(target, source, &json!({ "apply_mode": true }));
        let app = &app;
        async move { app.key().package("merge", &body).await.json()["ops"][0].clone() }
    };
    let refused = |text: &str| json!({ "proc": "error", "description": text });
    assert_eq!(merge(develop, production).await, refused("You have to merge only in immutable stage"));
    assert_eq!(merge(999, develop).await["description"], "Object stage with id 999 does not exist");
    assert_eq!(merge(production, 999).await["description"], "Object stage with id 999 does not exist");
    assert_eq!(app.state().await, before);
    let draft = json!({ "type": "create", "obj": "node", "conv_id": made[1]["obj_id"], "obj_type": 0, "version": 1, "title": "Draft" });
    assert_eq!(app.key().op(draft).await["proc"], "ok");
    assert_eq!(merge(production, develop).await, refused("You have to merge only from deployed stage"));
    // Nobody but a merge writes into a closed stage.
    let stage = production.to_string();
    let fields =
        [("type", "create"), ("obj", "obj_scheme"), ("obj_to_id", stage.as_str()), ("obj_to_type", "stage")];
    let file = json!([conv(5, "u", "C", &json!("@a"))]).to_string();
    let answer = app.key().form(&fields, &[("scheme", "s", file.as_bytes())]).await.json();
    assert_eq!(answer["ops"][0], refused("Stage is immutable"));
    let copy = json!({ "obj": "obj_copy", "obj_type": "conv", "obj_id": made[1]["obj_id"], "obj_to_id": production, "obj_to_type": "stage", "title": "C" });
    let answer = app.key().package("copy", &json!({ "ops": [copy] }).to_string()).await.json();
    assert_eq!(answer["ops"][0], refused("Stage is immutable"));
}

#[tokio::test]
async fn a_stage_is_copied_into_its_project_and_compares_equal() {
    let (app, develop, _) = app().await;
    fill(&app, develop).await;
    let project = develop - 1;
    let copy = |name: &str| {
        json!({ "ops": [{ "obj": "obj_copy", "obj_type": "stage", "obj_id": develop, "obj_to_id": project,
        "obj_to_type": "project", "title": "Second", "short_name": name, "async": false }] })
        .to_string()
    };
    let answer = app.key().package("copy", &copy("second")).await.json();
    let made = answer["ops"][0]["scheme"][0].clone();
    assert_eq!((&made["obj_type"], &made["title"]), (&json!("stage"), &json!("Second")), "{answer}");
    let second = made["obj_id"].as_i64().unwrap();
    assert_eq!(statuses(&app, second, develop).await, ["Payments ", "Caller ", "Called ", "Board "]);
    let file = json!({ "type": "get", "obj": "obj_scheme", "obj_type": "stage", "obj_id": second });
    let shown = app.key().op(file).await["scheme"][0].clone();
    assert_eq!((&shown["parent_id"], &shown["title"]), (&json!(project), &json!("Second")));
    assert_eq!((&shown["short_name"], &shown["immutable"]), (&json!("second"), &json!(false)));
    let taken = app.key().package("copy", &copy("develop")).await.json();
    assert_eq!(taken["ops"][0]["proc"], "error", "{taken}");
}

#[tokio::test]
async fn ids_survive_every_further_merge_those_of_charts_too() {
    let (app, develop, production) = app().await;
    let made = fill(&app, develop).await;
    let id = |place: usize| made[place]["obj_id"].clone();
    let chart = |name: &str, conv: &Value| {
        json!({ "type": "create", "obj": "chart", "dashboard_id": id(3), "obj_type": "pie", "name": name,
            "series": [{ "conv_id": conv, "node_id": "", "title": name }] })
    };
    let first = app.key().op(chart("first", &id(1))).await["obj_id"].clone();
    let grid = json!([{ "obj_id": first, "x": 0, "y": 0, "width": 4, "height": 4 }]);
    app.key().op(json!({ "type": "modify", "obj": "dashboard", "obj_id": id(3), "grid": grid })).await;
    let merge = async || {
        let body = between(production, develop, &json!({ "apply_mode": true, "async": false }));
        let answer = app.key().package("merge", &body).await.json();
        assert_eq!(answer["ops"][0]["proc"], "ok", "{answer}");
        let op = json!({ "type": "get", "obj": "obj_scheme", "obj_type": "stage", "obj_id": production });
        app.key().op(op).await["scheme"].clone()
    };
    let ids = |scheme: &Value| {
        let mut ids = Vec::new();
        for item in scheme.as_array().unwrap() {
            ids.push(item["obj_id"].to_string());
            let inner = [(&item["scheme"]["nodes"], "id"), (&item["charts_list"], "chart_id")];
            for (list, key) in inner {
                ids.extend(list.as_array().into_iter().flatten().map(|it| it[key].to_string()));
            }
        }
        ids
    };
    let once = merge().await;
    assert_eq!(ids(&once).len(), 5 + 3 + 3 + 1, "stage, folder, two processes, dashboard; nodes; a chart");
    let board = |scheme: &Value| {
        scheme.as_array().unwrap().iter().find(|item| item["title"] == "Board").unwrap().clone()
    };
    assert_eq!(board(&once)["grid"][0]["obj_id"], board(&once)["charts_list"][0]["chart_id"]);
    assert_ne!(board(&once)["charts_list"][0]["chart_id"], first);
    assert_eq!(merge().await, once);
    // A change is taken over under the same ids; what comes anew changes nobody else's.
    app.key().op(json!({ "type": "modify", "obj": "chart", "dashboard_id": id(3), "obj_id": first, "obj_type": "table",
        "name": "renamed", "series": [] })).await;
    app.key().op(chart("second", &id(2))).await;
    let thrice = merge().await;
    let (before, after) = (ids(&once), ids(&thrice));
    assert!(before.iter().all(|id| after.contains(id)), "{before:?} {after:?}");
    assert_eq!(after.len(), before.len() + 1);
    let names: Vec<_> =
        board(&thrice)["charts_list"].as_array().unwrap().iter().map(|it| it["name"].clone()).collect();
    assert_eq!(names, ["renamed", "second"]);
    assert_eq!(board(&thrice)["grid"], board(&once)["grid"]);
}
