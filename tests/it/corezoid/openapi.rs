//! The OpenAPI document: every op has its schemas, its references lead somewhere.

use std::collections::BTreeSet;

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::App;
use crate::support::schema::{breaches, target};

async fn document(app: &App, prefix: &str) -> Value {
    let path = format!("{prefix}/_standin/openapi/corezoid.json");
    app.anonymous().get(&path).await.expect(200).json()
}

/// Every `$ref` of a value.
fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(object) => {
            found.extend(object.get("$ref").and_then(Value::as_str));
            object.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[tokio::test]
async fn every_op_has_a_schema_of_its_request_and_of_its_answer_and_no_schema_is_left_over() {
    let app = App::empty().await;
    let document = document(&app, "").await;
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let surface = app.anonymous().get("/_standin/surface").await.json();
    for call in surface["corezoid"].as_array().unwrap() {
        let (verb, obj) = (call["verb"].as_str().unwrap(), call["target"].as_str().unwrap());
        // What is asked by GET has no body.
        let paths = document["paths"].as_object().unwrap();
        let asked = paths.values().any(|item| item["get"]["operationId"] == obj);
        let sides: &[&str] = if asked { &["answer"] } else { &["request", "answer"] };
        for side in sides {
            let own = |name: &&String| {
                name.strip_prefix(&format!("{verb}_{obj}")).is_some_and(|rest| {
                    rest == format!("_{side}")
                        || (rest.starts_with("_on_") && rest.ends_with(&format!("_{side}")))
                })
            };
            assert!(schemas.keys().any(|name| own(&name)), "{verb} {obj} has no {side}");
        }
    }
    let mut used = BTreeSet::new();
    references(&document, &mut used);
    for reference in &used {
        assert!(target(&document, reference).is_object(), "{reference}");
    }
    for name in schemas.keys() {
        assert!(used.contains(format!("#/components/schemas/{name}").as_str()), "{name} is not used");
    }
}

#[tokio::test]
async fn the_document_is_openapi_and_leads_back_into_the_world() {
    let app = App::empty().await;
    let document = document(&app, "/w/other").await;
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["servers"], json!([{ "url": "http://portal.test/w/other" }]));
    let mut ids = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (verb, operation) in item.as_object().unwrap() {
            assert!(["get", "post"].contains(&verb.as_str()), "{verb} {path}");
            assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{verb} {path}");
            // A WebSocket begins with a change of protocols.
            let good = if path.contains("sock_json") { "101" } else { "200" };
            assert!(operation["responses"][good]["description"].is_string(), "{verb} {path}");
            let named: Vec<_> = operation["parameters"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|parameter| match parameter.get("$ref") {
                    Some(reference) => target(&document, reference.as_str().unwrap()),
                    None => parameter,
                })
                .filter(|parameter| parameter["in"] == "path")
                .map(|parameter| parameter["name"].as_str().unwrap())
                .collect();
            let wanted: Vec<_> = path.split(['{', '}']).skip(1).step_by(2).collect();
            assert_eq!(named, wanted, "{verb} {path}");
        }
    }
}

#[tokio::test]
async fn the_direct_url_answers_as_described() {
    let app = App::empty().await;
    let document = document(&app, "").await;
    let made = app.key().op(json!({ "type": "create", "obj": "conv", "title": "P" })).await;
    let path = format!("/api/2/json/public/{}/{}", made["obj_id"], made["hash"].as_str().unwrap());
    let operation = &document["paths"]["/api/{version}/{format}/public/{conv_id}/{hash}"]["post"];
    let schema = &operation["responses"]["200"]["content"]["application/json"]["schema"];
    for (path, outcome) in [(path.clone(), "ok"), (format!("{path}0"), "error")] {
        let answer = app.anonymous().post(&path, json!({ "a": 1 })).await.expect(200).json();
        assert_eq!(answer["ops"]["proc"], outcome);
        assert_eq!(breaches(&document, schema, &answer), [""; 0], "{answer}");
    }
}

#[tokio::test]
async fn what_is_no_op_answers_as_described_too() {
    let app = App::empty().await;
    let document = document(&app, "").await;
    let fits = |verb: &str, path: &str, answer: &Value| {
        let schema =
            &document["paths"][path][verb]["responses"]["200"]["content"]["application/json"]["schema"];
        assert!(schema.is_object(), "{verb} {path}");
        assert_eq!(breaches(&document, schema, answer), [""; 0], "{verb} {path} {answer}");
    };
    let nobody = app.anonymous();
    fits("get", "/system/conf", &nobody.get("/system/conf").await.expect(200).json());
    let late = nobody.post("/api/1/plugins/callback/404", json!({ "a": 1 })).await.expect(200).json();
    fits("post", "/api/{version}/plugins/callback/{request_id}", &late);
    let nobody_waits = nobody.post("/api/1/plugins/callback/n/t", json!({ "a": 1 })).await.expect(200).json();
    fits("post", "/api/{version}/plugins/callback/{node_id}/{task_id}", &nobody_waits);
    let invite = json!({ "type": "create", "obj": "invite", "login": "someone@example.org" });
    let url = app.key().op(invite).await["url"].as_str().unwrap().to_owned();
    let hash = url.rsplit('/').next().unwrap();
    for hash in [hash, "0000"] {
        let answer =
            nobody.post(&format!("/api/2/plugins/invite/{hash}"), json!({})).await.expect(200).json();
        fits("post", "/api/2/plugins/invite/{hash}", &answer);
    }
    let accounts = json!({ "type": "list", "obj": "accounts" });
    for body in [accounts.clone(), json!({ "ops": [accounts] }), json!({ "obj": "accounts", "limit": 0 })] {
        let answer = app.key().package("system", &body.to_string()).await.expect(200).json();
        fits("post", "/api/2/system/{login}/{time}/{signature}", &answer);
    }
    let call =
        json!({ "timeout": 1, "ops": [{ "type": "create", "obj": "task", "conv_id": 404, "data": {} }] });
    let answer = app.key().package("json", &call.to_string()).await.expect(200).json();
    fits("post", "/api/2/json/{login}/{time}/{signature}", &answer);
}

#[tokio::test]
async fn an_op_is_described_as_clients_see_it() {
    let app = App::empty().await;
    let document = document(&app, "").await;
    let shown = |at: &Value| serde_json::to_string_pretty(at).unwrap();
    let schemas = &document["components"]["schemas"];
    assert_snapshot!("create_conv", shown(&schemas["create_conv_request"]));
    assert_snapshot!("create_conv_answer", shown(&schemas["create_conv_answer"]));
    assert_snapshot!("modify_node", shown(&schemas["modify_node_request"]));
    assert_snapshot!("signed", shown(&document["paths"]["/api/2/json/{login}/{time}/{signature}"]));
}
