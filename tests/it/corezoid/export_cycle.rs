//! What was exported, uploaded and exported again is the same but for the ids: of any graphs, unknown keys included.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::support::{App, builder, seed};

/// Any JSON, not deep.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[a-zа-я\"\\\\/ ]{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map("[a-z]{1,4}", inner, 0..3)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Keys that nobody knows.
fn unknown() -> impl Strategy<Value = Map<String, Value>> {
    prop::collection::btree_map("x_[a-z]{1,4}", any_json(), 0..3).prop_map(|map| map.into_iter().collect())
}

/// Logics of a node: an action that names a process, unknown keys and all, then `go`.
fn logics(nodes: usize, convs: usize) -> impl Strategy<Value = Value> {
    (0..nodes, 0..nodes, 0..=convs, unknown(), any::<bool>()).prop_map(move |(to, error, conv, more, text)| {
        // One past the last is a process that the file does not hold.
        let id = if conv == convs { 9_999 } else { 100 + i64::try_from(conv).unwrap() };
        let mut action = json!({ "type": "api_copy", "conv_id": if text { json!(id.to_string()) } else { json!(id) },
            "err_node_id": format!("n{error}"), "node_id": format!("n{error}") });
        action.as_object_mut().unwrap().extend(more);
        json!([action, { "type": "go", "to_node_id": format!("n{to}"), "chTime": 7 }])
    })
}

/// A process of up to four nodes, in one of three folders or in none.
fn conv(index: usize, convs: usize) -> impl Strategy<Value = Value> {
    (1..5_usize).prop_flat_map(move |nodes| {
        let node = (logics(nodes, convs), unknown(), unknown(), any::<i16>(), prop::option::of("[a-zА-Я ]{0,8}"));
        (prop::collection::vec(node, nodes), unknown(), unknown(), 0..4_i64, "[a-zА-Я<& ]{0,12}").prop_map(
            move |(nodes, more, in_scheme, folder, title)| {
                let node = |(n, (logics, more, in_condition, x, title)): (usize, _)| {
                    let mut condition: Map<String, Value> =
                        [("logics".to_owned(), logics), ("semaphors".to_owned(), json!([]))].into_iter().collect();
                    condition.extend::<Map<String, Value>>(in_condition);
                    let mut node = json!({ "id": format!("n{n}"), "obj_type": 0, "title": title, "x": x, "y": 0,
                        "uuid": format!("uuid {index} {n}"), "extra": { "icon": "" } });
                    node["condition"] = Value::Object(condition);
                    node.as_object_mut().unwrap().extend::<Map<String, Value>>(more);
                    node
                };
                let nodes: Vec<Value> = nodes.into_iter().enumerate().map(node).collect();
                let mut scheme = Map::from_iter([("nodes".to_owned(), Value::from(nodes))]);
                scheme.extend(in_scheme);
                let mut conv = json!({ "obj_type": 1, "obj_id": 100 + index, "parent_id": 10 + folder, "title": title });
                conv["scheme"] = Value::Object(scheme);
                conv.as_object_mut().unwrap().extend(more);
                conv
            },
        )
    })
}

/// A file: a root, folders in it, and processes that name each other.
fn file() -> impl Strategy<Value = Value> {
    (1..4_usize).prop_flat_map(|convs| {
        let all: Vec<_> = (0..convs).map(|index| conv(index, convs).boxed()).collect();
        (all, unknown()).prop_map(|(convs, more)| {
            let mut list = vec![json!({ "obj_type": 0, "obj_id": 10, "parent_id": 0, "title": "Root" })];
            list[0].as_object_mut().unwrap().extend(more);
            for id in 11..14 {
                list.push(json!({ "obj_type": 0, "obj_id": id, "parent_id": id - 1, "title": format!("Folder {id}") }));
            }
            list.extend(convs);
            Value::from(list)
        })
    })
}

async fn upload(app: &App, file: &[u8]) -> Value {
    let fields = [("type", "create"), ("obj", "obj_scheme"), ("folder_id", "0")];
    let answer = app.key().form(&fields, &[("scheme", "s", file)]).await.expect(200).json();
    assert_eq!(answer["ops"][0]["proc"], "ok", "{answer}");
    answer["ops"][0]["scheme"][0]["obj_id"].clone()
}

async fn export(app: &App, folder: &Value, format: &str) -> Vec<u8> {
    let op = json!({ "obj": "obj_scheme", "obj_id": folder, "obj_type": "folder", "format": format });
    let answer = app.key().package("download", &json!({ "ops": [op] }).to_string()).await.expect(200).json();
    let link = answer["ops"][0]["download_url"].as_str().unwrap().to_owned();
    let path = link.split_once("portal.test").unwrap().1.to_owned();
    app.anonymous().get(&path).await.expect(200).body.to_vec()
}

/// Puts names in the place of ids.
fn walk(value: &mut Value, names: &BTreeMap<String, String>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object.iter_mut() {
                let is_id = ["obj_id", "parent_id", "id", "to_node_id", "err_node_id", "node_id", "conv_id"];
                let text = value.as_str().map(str::to_owned);
                let plain = if key == "conv_id" {
                    text.unwrap_or_else(|| value.to_string())
                } else {
                    value.to_string()
                };
                match names.get(&plain).filter(|_| is_id.contains(&key.as_str())) {
                    Some(name) => *value = json!([name, value.is_string()]),
                    None => walk(value, names),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|value| walk(value, names)),
        _ => {}
    }
}

/// The same text with every id replaced by its place among the ids.
fn without_ids(file: &Value) -> Value {
    let mut names = BTreeMap::new();
    for (place, item) in file.as_array().unwrap().iter().enumerate() {
        names.insert(item["obj_id"].to_string(), format!("object {place}"));
        for (n, node) in item["scheme"]["nodes"].as_array().into_iter().flatten().enumerate() {
            names.insert(node["id"].to_string(), format!("node {place} {n}"));
        }
    }
    let mut file = file.clone();
    // Where the whole file lies is not part of it.
    file[0]["parent_id"] = Value::Null;
    walk(&mut file, &names);
    file
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn an_export_that_is_uploaded_exports_the_same(file in file()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            // Ids of processes and of folders are counters of their own: here no two are equal.
            let far = json!({ "standin": 1, "corezoid": { "convs": [{ "id": 5000, "title": "" }] } });
            let app = App::of(builder().seed(seed(far))).await;
            let first = upload(&app, file.to_string().as_bytes()).await;
            let once = export(&app, &first, "json").await;
            let second = upload(&app, &once).await;
            let twice = export(&app, &second, "json").await;
            let archived = upload(&app, &export(&app, &first, "zip").await).await;
            let by_zip = export(&app, &archived, "json").await;
            let read = |bytes: &[u8]| without_ids(&serde_json::from_slice(bytes).unwrap());
            assert_eq!(read(&once).to_string(), read(&twice).to_string());
            assert_eq!(read(&once).to_string(), read(&by_zip).to_string());
            let copy = App::of(builder().seed(seed(app.state().await))).await;
            assert_eq!(copy.state().await, app.state().await);
            copy.stop().await;
            app.stop().await;
        });
    }
}
