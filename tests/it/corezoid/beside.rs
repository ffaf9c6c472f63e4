//! Aliases and variables go along with their stage: into files and out of them, into copies and merges
//! (sheet corezoid/api 2.5, 3.1, 3.3, 3.5).

use std::io::Read as _;

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::projects::{op, told};
use crate::support::{App, builder, seed};

/// Project 1 with stages 2 (production, immutable) and 3 (develop). In develop: processes 1 and 2 (in folder 4), aliases
/// 1 and 2, two variables. Alias 3 is the company's.
fn document() -> Value {
    let start = |id: &str| json!([{ "id": id, "live": { "obj_type": 1, "title": "Start" } }]);
    json!({
        "standin": 1,
        "corezoid": {
            "companies": [{ "id": "i1", "title": "First" }],
            "users": [{ "id": 1, "title": "API key", "company": "i1", "keys": [{ "login": 12345, "secret": "secret" }] }],
            "folders": [
                { "id": 1, "title": "Test", "kind": "project", "short_name": "test", "company": "i1" },
                { "id": 2, "title": "production", "kind": "stage", "short_name": "production", "folder": 1, "immutable": true },
                { "id": 3, "title": "develop", "kind": "stage", "short_name": "develop", "folder": 1 },
                { "id": 4, "title": "Inner", "folder": 3 },
                { "id": 5, "title": "Outside", "company": "i1" },
            ],
            "convs": [
                { "id": 1, "title": "One", "folder": 3, "nodes": start("s1") },
                { "id": 2, "title": "Two", "folder": 4, "nodes": start("s2") },
            ],
            "aliases": [
                { "id": 1, "folder": 3, "title": "Pay", "short_name": "pay", "conv": 1, "description": "Takes money",
                  "hash": "ce48cf53644b20ee6ce6e936f271a4f893a29298" },
                { "id": 2, "folder": 3, "title": "Free", "short_name": "free" },
                { "id": 3, "company": "i1", "title": "Company's", "short_name": "two", "conv": 2 },
                { "id": 4, "folder": 3, "title": "Gone", "short_name": "gone", "status": "deleted" },
            ],
            "env_vars": [
                { "id": 1, "folder": 3, "title": "Configuration", "short_name": "cfg", "data_type": "json",
                  "value": "{\"max\":3}" },
                { "id": 2, "folder": 3, "title": "Token", "short_name": "token", "value": "s3cret", "secret": true,
                  "scopes": [{ "type": "api_call", "fields": ["cert_pem"] }] },
            ],
        },
    })
}

async fn world() -> App {
    App::of(builder().seed(seed(document()))).await
}

/// A file of an export.
async fn exported(app: &App, thing: (&str, i64), more: &Value) -> Vec<u8> {
    let mut op =
        op("create", "obj_scheme", &json!({ "obj_type": thing.0, "obj_id": thing.1, "async": false }));
    op.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let answer = app.key().package("download", &json!({ "ops": [op] }).to_string()).await.json();
    let link = answer["ops"][0]["download_url"].as_str().unwrap_or_else(|| panic!("{answer}"));
    app.anonymous().get(link.strip_prefix("http://portal.test").unwrap()).await.expect(200).body.to_vec()
}

/// What an archive holds of aliases and variables, by path.
fn beside(archive: &[u8]) -> Vec<(String, Value)> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(archive)).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    let mut read = |name: &String| {
        let mut text = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        (name.clone(), serde_json::from_str(&text).unwrap())
    };
    names.iter().filter(|name| name.ends_with("_.json") && name.contains("/_")).map(&mut read).collect()
}

async fn upload(app: &App, to: (&str, i64), more: &[(&str, &str)], file: &[u8]) -> Value {
    let id = to.1.to_string();
    let mut fields = vec![
        ("type", "create"),
        ("obj", "obj_scheme"),
        ("company_id", "i1"),
        ("obj_to_type", to.0),
        ("obj_to_id", &id),
    ];
    fields.extend(more);
    let answer = app.key().form(&fields, &[("scheme", "s.zip", file)]).await.expect(200).json();
    assert_eq!(answer["ops"][0]["proc"], "ok", "{answer}");
    answer["ops"][0]["scheme"].clone()
}

/// Short names of the aliases of a stage, and the processes that they name.
async fn aliases(app: &App, stage: i64) -> Vec<(String, Value)> {
    let listed = json!({ "stage_id": stage, "project_id": 1, "company_id": "i1", "sort": "short_name", "order": "asc" });
    let answer = app.key().op(op("list", "aliases", &listed)).await;
    let list = answer["list"].as_array().unwrap_or_else(|| panic!("{answer}"));
    list.iter()
        .map(|line| (line["short_name"].as_str().unwrap().to_owned(), line["obj_to_id"].clone()))
        .collect()
}

/// Names, types and values of the variables of a stage, secrets too.
async fn variables(app: &App, stage: i64) -> Vec<(String, bool, String)> {
    let state = app.state().await;
    let all = state["corezoid"]["env_vars"].as_array().unwrap().iter().filter(|row| row["folder"] == stage);
    let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
    all.map(|row| (text(row, "short_name"), row["secret"] == true, text(row, "value"))).collect()
}

fn own<const N: usize>(expected: [(&str, Value); N]) -> Vec<(String, Value)> {
    expected.into_iter().map(|(name, conv)| (name.to_owned(), conv)).collect()
}

fn kept<const N: usize>(expected: [(&str, bool, &str); N]) -> Vec<(String, bool, String)> {
    expected.into_iter().map(|(name, secret, value)| (name.to_owned(), secret, value.to_owned())).collect()
}

#[tokio::test]
async fn an_archive_holds_the_aliases_and_variables_of_its_stage_without_secrets() {
    let app = world().await;
    let files = |file: Vec<u8>| {
        let line = |(path, text): (String, Value)| format!("{path}\n    {text}\n");
        beside(&file).into_iter().map(line).collect::<String>()
    };
    let zip = json!({ "format": "zip" });
    assert_snapshot!(files(exported(&app, ("stage", 3), &zip).await));
    let paths = async |thing, more: Value| {
        let file = exported(&app, thing, &more).await;
        beside(&file).into_iter().map(|(path, _)| path).collect::<Vec<_>>()
    };
    let without = json!({ "format": "zip", "with_alias": false });
    let variables = "stage_3_1770886800000.zip/3_develop.stage/_ENV_VARS_.json";
    assert_eq!(paths(("stage", 3), without).await, [variables]);
    let project = paths(("project", 1), zip.clone()).await;
    let develop = "project_1_1770886800000.zip/1_Test.project/3_develop.stage";
    assert_eq!(project, [format!("{develop}/_ALIASES_.json"), format!("{develop}/_ENV_VARS_.json")]);
    // Of a process or a folder those aliases come along that name what is exported.
    assert_eq!(paths(("conv", 1), zip.clone()).await, ["conv_1_1770886800000.zip/_ALIASES_.json"]);
    assert_eq!(paths(("folder", 4), zip).await, ["folder_4_1770886800000.zip/_ALIASES_.json"]);
}

#[tokio::test]
async fn a_json_file_holds_aliases_only_where_they_are_asked_for() {
    let app = world().await;
    let types = async |more: Value| {
        let file: Value = serde_json::from_slice(&exported(&app, ("conv", 1), &more).await).unwrap();
        file.as_array().unwrap().iter().map(|item| item["obj_type"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(types(json!({ "format": "json" })).await, [1]);
    assert_eq!(types(json!({ "format": "json", "with_alias": true })).await, [1, 9]);
    let get = op("get", "obj_scheme", &json!({ "obj_type": "stage", "obj_id": 3 }));
    let inline = app.key().op(get).await["scheme"].clone();
    let types: Vec<&Value> = inline.as_array().unwrap().iter().map(|item| &item["obj_type"]).collect();
    assert_eq!(types, [6, 0, 1, 1]);
}

#[tokio::test]
async fn an_uploaded_stage_brings_its_aliases_and_variables() {
    let app = world().await;
    let file = exported(&app, ("stage", 3), &json!({ "format": "zip" })).await;
    let made = upload(&app, ("project", 1), &[("short_name", "staging")], &file).await;
    let id = |old: i64, kind: &str| {
        let found =
            made.as_array().unwrap().iter().find(|it| it["old_obj_id"] == old && it["obj_type"] == kind);
        found.unwrap()["obj_id"].as_i64().unwrap()
    };
    assert_eq!(made.as_array().unwrap().len(), 4, "stage, folder and processes: {made}");
    let stage = id(3, "stage");
    assert_eq!(aliases(&app, stage).await, own([("free", json!(null)), ("pay", json!(id(1, "conv")))]));
    assert_eq!(variables(&app, stage).await, kept([("cfg", false, "{\"max\":3}"), ("token", true, "")]));
    // The next export differs from the first in nothing but ids and what is not told.
    let again = exported(&app, ("stage", stage), &json!({ "format": "zip" })).await;
    let plain = |file: &[u8]| {
        let bare = |(_, mut text): (String, Value)| {
            for alias in text.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
                for key in ["obj_id", "parent_id", "obj_to_id"] {
                    alias.shift_remove(key);
                }
            }
            text
        };
        beside(file).into_iter().map(bare).collect::<Vec<_>>()
    };
    assert_eq!(plain(&again), plain(&file));
    // What is stored is what a state document says.
    let state = app.state().await;
    assert_eq!(app.anonymous().put("/_standin/state", state.clone()).await.status(), 204);
    assert_eq!(app.state().await, state);
}

#[tokio::test]
async fn an_alias_that_is_there_is_written_over_only_where_that_is_asked_for() {
    let app = world().await;
    let file = exported(&app, ("stage", 3), &json!({ "format": "zip" })).await;
    let root = ("skip_root", "true");
    let conv = |made: &Value| {
        made.as_array().unwrap().iter().find(|it| it["old_obj_id"] == 1).unwrap()["obj_id"].clone()
    };
    let known = own([("free", json!(null)), ("pay", json!(1))]);
    upload(&app, ("stage", 3), &[root], &file).await;
    assert_eq!(aliases(&app, 3).await, known);
    upload(&app, ("stage", 3), &[root, ("with_alias", "false"), ("rewrite_alias", "true")], &file).await;
    assert_eq!(aliases(&app, 3).await, known);
    let made = upload(&app, ("stage", 3), &[root, ("rewrite_alias", "true")], &file).await;
    assert_eq!(aliases(&app, 3).await, own([("free", json!(null)), ("pay", conv(&made))]));
    // Written over, it is the same alias: its direct URL holds.
    let hash = op("get", "callback_hash", &json!({ "obj_type": "alias", "alias_id": 1 }));
    assert_eq!(app.key().op(hash).await["callback_hash"], "ce48cf53644b20ee6ce6e936f271a4f893a29298");
    // Variables keep their values whatever comes.
    assert_eq!(variables(&app, 3).await, kept([("cfg", false, "{\"max\":3}"), ("token", true, "s3cret")]));
}

#[tokio::test]
async fn outside_of_a_stage_there_are_aliases_of_the_company_and_no_variables() {
    let app = world().await;
    let file = exported(&app, ("stage", 3), &json!({ "format": "zip" })).await;
    let made = upload(&app, ("folder", 5), &[], &file).await;
    let listed = op(
        "list",
        "aliases",
        &json!({ "company_id": "i1", "location": "folder", "sort": "short_name", "order": "asc" }),
    );
    let names = app.key().op(listed).await;
    let names: Vec<&Value> =
        names["list"].as_array().unwrap().iter().map(|line| &line["short_name"]).collect();
    assert_eq!(names, ["free", "pay", "two"]);
    let conv = made.as_array().unwrap().iter().find(|it| it["old_obj_id"] == 1).unwrap()["obj_id"].clone();
    let task =
        op("create", "task", &json!({ "obj_alias": "pay", "company_id": "i1", "data": {}, "ref": "r" }));
    assert_eq!(app.key().op(task).await["proc"], "ok");
    let shown = op("show", "task", &json!({ "conv_id": conv, "ref": "r" }));
    assert_eq!(app.key().op(shown).await["proc"], "ok");
    assert_eq!(app.state().await["corezoid"]["env_vars"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn files_that_somebody_wrote_are_taken_or_refused_whole() {
    let app = world().await;
    let conv = |id: i64| json!({ "obj_type": 1, "obj_id": id, "title": "New", "scheme": { "nodes": [] } });
    let alias = |name: &str, to: Value| json!({ "obj_type": 9, "obj_id": 1, "parent_id": 8262, "short_name": name, "obj_to_id": to, "obj_to_type": "conv" });
    let upload = async |file: Value| {
        let fields =
            [("type", "create"), ("obj", "obj_scheme"), ("obj_to_type", "stage"), ("obj_to_id", "3")];
        let file = file.to_string();
        app.key().form(&fields, &[("scheme", "s", file.as_bytes())]).await.json()["ops"][0].clone()
    };
    let before = app.state().await;
    for (file, refusal) in [
        (json!([alias("new", json!(100))]), json!({ "description": "Invalid scheme" })),
        (json!([conv(100), alias("", json!(100))]), json!({ "description": "Invalid scheme" })),
        (
            json!([conv(100), alias("Upper", json!(100))]),
            json!({ "errors": [{ "obj_id": 1, "obj": "alias", "title": "", "errors": ["Key 'short_name'. 'Value is not valid'"] }] }),
        ),
    ] {
        let answer = upload(file.clone()).await;
        for (key, value) in refusal.as_object().unwrap() {
            assert_eq!(&answer[key], value, "{file}: {answer}");
        }
        assert_eq!(app.state().await, before);
    }
    // A process that the file does not hold is one of another world; a name that comes twice counts once.
    let variable = json!({ "obj_type": "env_var", "short_name": "SPELLED_OTHERWISE", "description": "d" });
    let file = json!([
        conv(100),
        alias("stranger", json!(1)),
        alias("twin", json!("100")),
        alias("twin", json!(null)),
        variable
    ]);
    let made = upload(file).await;
    let conv = made["scheme"][0]["obj_id"].clone();
    let expected = own([("free", json!(null)), ("pay", json!(1)), ("stranger", json!(null)), ("twin", conv)]);
    assert_eq!(aliases(&app, 3).await, expected);
    let named = variables(&app, 3).await.pop().unwrap();
    assert_eq!(named, ("SPELLED_OTHERWISE".to_owned(), false, String::new()));
    let state = app.state().await;
    assert_eq!(app.anonymous().put("/_standin/state", state).await.status(), 204);
}

#[tokio::test]
async fn a_copied_stage_has_the_variables_and_if_asked_the_aliases() {
    let app = world().await;
    let copy = async |more: Value| {
        let mut op = op(
            "create",
            "obj_copy",
            &json!({ "obj_type": "stage", "obj_id": 3, "obj_to_type": "project", "obj_to_id": 1, "async": false }),
        );
        op.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = app.key().package("copy", &json!({ "ops": [op] }).to_string()).await.json();
        assert_eq!(answer["ops"][0]["proc"], "ok", "{answer}");
        answer["ops"][0]["scheme"].clone()
    };
    let plain = copy(json!({ "title": "plain", "short_name": "plain" })).await;
    let plain = plain[0]["obj_id"].as_i64().unwrap();
    let all = kept([("cfg", false, "{\"max\":3}"), ("token", true, "s3cret")]);
    assert_eq!((aliases(&app, plain).await, variables(&app, plain).await), (own([]), all.clone()));
    let whole = copy(json!({ "title": "whole", "short_name": "whole", "with_aliases": true })).await;
    let stage = whole[0]["obj_id"].as_i64().unwrap();
    let conv = whole.as_array().unwrap().iter().find(|it| it["title"] == "One").unwrap()["obj_id"].clone();
    let expected = own([("free", json!(null)), ("pay", conv)]);
    assert_eq!((aliases(&app, stage).await, variables(&app, stage).await), (expected, all));
    // Beside the original its name is taken.
    let one = json!({ "obj_type": "conv", "obj_id": 1, "obj_to_type": "stage", "obj_to_id": 3, "title": "Once more",
        "with_aliases": true });
    copy(one).await;
    assert_eq!(aliases(&app, 3).await, own([("free", json!(null)), ("pay", json!(1))]));
}

#[tokio::test]
async fn stages_are_compared_and_merged_with_their_aliases() {
    let app = world().await;
    let between = |more: &Value| {
        let mut op = json!({ "obj": "obj_scheme", "obj_id": 2, "obj_type": "stage", "obj_to_id": 3, "obj_to_type": "stage",
            "company_id": "i1" });
        op.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "ops": [op] }).to_string()
    };
    let statuses = async || {
        let answer = app.key().package("compare", &between(&json!({ "diff_status": true }))).await.json();
        let list = answer["ops"][0]["list"].as_array().unwrap_or_else(|| panic!("{answer}")).clone();
        let aliases = list.into_iter().filter(|line| line["obj_type"] == "alias");
        aliases
            .map(|line| format!("{} {}", line["title"].as_str().unwrap(), line["__status"].as_str().unwrap()))
            .collect::<Vec<_>>()
    };
    let merge = async |more: Value| {
        let mut all = json!({ "apply_mode": true, "async": false });
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = app.key().package("merge", &between(&all)).await.json();
        assert_eq!(answer["ops"][0]["proc"], "ok", "{answer}");
    };
    assert_eq!(statuses().await, ["Pay added", "Free added"]);
    let looked = app.key().package("compare", &between(&json!({}))).await.json();
    let alias =
        looked["ops"][0]["list"].as_array().unwrap().iter().find(|line| line["obj_type"] == "alias").cloned();
    assert_snapshot!(alias.unwrap());
    merge(json!({ "exclude": [{ "obj_type": "alias", "obj_id": 2 }] })).await;
    assert_eq!(statuses().await, ["Pay ", "Free added"]);
    merge(json!({})).await;
    assert_eq!(statuses().await, ["Pay ", "Free "]);
    let listed = op("list", "convs", &json!({ "company_id": "i1", "pattern": "One", "limit": 10 }));
    let convs = app.key().op(listed).await["list"].clone();
    let there = convs.as_array().unwrap().iter().find(|conv| conv["obj_id"] != 1).unwrap()["obj_id"].clone();
    assert_eq!(aliases(&app, 2).await, own([("free", json!(null)), ("pay", there.clone())]));
    let all = kept([("cfg", false, "{\"max\":3}"), ("token", true, "s3cret")]);
    assert_eq!(variables(&app, 2).await, all);

    // A change goes over, values of variables do not, and what is no more goes to the trash.
    let package = [
        op("link", "alias", &json!({ "obj_id": 1, "obj_to_id": 2, "obj_to_type": "conv", "link": true })),
        op("modify", "alias", &json!({ "obj_id": 1, "short_name": "pay", "title": "Pay more" })),
        op("delete", "alias", &json!({ "obj_id": 2 })),
        op("modify", "env_var", &json!({ "obj_id": 2, "short_name": "token", "value": "n3w" })),
    ];
    assert_eq!(told(&app, &package).await.matches("\"proc\":\"ok\"").count(), 4);
    assert_eq!(statuses().await, ["Pay more changed", "Free deleted"]);
    let before = app.state().await;
    merge(json!({ "apply_mode": false })).await;
    assert_eq!(app.state().await, before);
    merge(json!({})).await;
    assert_eq!(statuses().await, ["Pay more "]);
    let now = aliases(&app, 2).await;
    assert!(now.len() == 1 && now[0].1 != there && now[0].1 != 2, "{now:?}");
    assert_eq!(variables(&app, 2).await, all);
    let deleted = op("list", "aliases", &json!({ "stage_id": 2, "project_id": 1, "filter": "deleted" }));
    assert_eq!(app.key().op(deleted).await["list"][0]["short_name"], "free");
}
