//! State documents over HTTP, and their schema.

use serde_json::{Value, json};

use crate::support::{App, sign_in};

/// A document that uses every key that is known here but for the services' own collections.
fn document() -> Value {
    json!({
        "standin": 1,
        "r7": { "users": [{
            "id": "00000000-0000-4000-8000-000000000001", "userName": "lena", "email": "lena@example.org",
            "password": "p", "firstName": "Lena", "lastName": "Orlova", "isAdmin": true,
            "tokens": [{ "token": "lena-token" }, { "token": "short", "expires": "2026-03-01T00:00:00Z" }],
        }] },
        "corezoid": {
            "companies": [{ "id": "i7", "title": "Seven" }],
            "users": [{ "id": 5, "title": "Key of seven", "company": "i7",
                        "keys": [{ "login": 12345, "secret": "secret" }], "sessions": ["s"] }],
        },
    })
}

#[tokio::test]
async fn a_document_that_is_put_is_the_world_and_comes_back_the_same() {
    let app = App::empty().await;
    app.anonymous().put("/_standin/state", document()).await.expect(204);
    let first = app.state().await;
    assert_eq!(first["r7"]["users"], document()["r7"]["users"]);
    assert_eq!(first["corezoid"]["users"], document()["corezoid"]["users"]);
    app.token("lena-token").get("/api/2.0/people/@self").await.expect(200);
    app.token("standin-admin-token").get("/api/2.0/people/@self").await.expect(401);
    let other = App::demo().await;
    other.anonymous().put("/_standin/state", first.clone()).await.expect(204);
    assert_eq!(other.anonymous().get("/_standin/state").await.text(), first.to_string());
}

#[tokio::test]
async fn the_demo_comes_back_the_same() {
    let app = App::demo().await;
    let first = app.anonymous().get("/_standin/state").await.expect(200);
    app.anonymous().put("/w/copy/_standin/state", first.json()).await.expect(204);
    let copy = app.anonymous().get("/w/copy/_standin/state").await.expect(200);
    assert!(copy.text() == first.text(), "the copy differs");
    app.anonymous().put("/w/copy/_standin/state", copy.json()).await.expect(204);
    assert!(app.anonymous().get("/w/copy/_standin/state").await.text() == first.text());
}

#[tokio::test]
async fn what_a_request_wrote_is_in_the_document_and_restored_from_it() {
    let app = App::empty().await;
    let token = sign_in(&app, "").await;
    let saved = app.state().await;
    app.anonymous().post("/_standin/reset", Value::Null).await.expect(204);
    app.token(&token).get("/api/2.0/people/@self").await.expect(401);
    app.anonymous().put("/_standin/state", saved.clone()).await.expect(204);
    app.token(&token).get("/api/2.0/people/@self").await.expect(200);
    assert_eq!(app.state().await, saved);
    assert_ne!(sign_in(&app, "").await, token, "ids never repeat one that the document carries");
}

#[tokio::test]
async fn a_mistake_in_a_document_names_its_path_and_changes_nothing() {
    let app = App::demo().await;
    let before = app.state().await;
    let with = |pointer: &str, value: Value| {
        let mut document = document();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        document.pointer_mut(parent).unwrap()[key] = value;
        document
    };
    for (wrong, place, why) in [
        (json!([]), "$", "object"),
        (json!({}), "standin", "missing"),
        (json!({ "standin": 3 }), "standin", "version 3"),
        (json!({ "standin": 1, "r7": [] }), "r7", "invalid type"),
        (with("/portal", json!({})), "portal", "unknown key"),
        (with("/r7/userz", json!([])), "r7.userz", "unknown field"),
        (with("/r7/users/0/shoe", json!(43)), "r7.users[0].shoe", "unknown field"),
        (with("/r7/users/0/id", json!("me")), "r7.users[0].id", "UUID"),
        (with("/r7/users/0/email", json!(7)), "r7.users[0].email", "invalid type"),
        (with("/r7/users/0/birthday", json!("May")), "r7.users[0].birthday", ""),
        (with("/r7/users/0/tokens/1/expires", json!("soon")), "r7.users[0].tokens[1].expires", ""),
        (with("/corezoid/users/0/company", json!("i9")), "corezoid.users[0]", ""),
        (
            with("/corezoid/users/0/keys/0/login", json!("x")),
            "corezoid.users[0].keys[0].login",
            "invalid type",
        ),
    ] {
        let answer = app.anonymous().put("/_standin/state", wrong).await.expect(400).json();
        let message = answer["error"]["message"].as_str().unwrap();
        assert!(
            message.starts_with(&format!("body: {place}: ")) && message.contains(why),
            "{place}: {message}"
        );
        assert_eq!(app.state().await, before, "{place}");
    }
}

/// Checks a value against a schema: the keywords that the derived schemas use, no others.
fn breach(schema: &Value, root: &Value, value: &Value, path: &str) -> Option<String> {
    if schema == &json!(true) {
        return None;
    }
    if let Some(reference) = schema["$ref"].as_str() {
        let target = root.pointer(reference.trim_start_matches('#'));
        return breach(target.unwrap_or_else(|| panic!("{reference} leads nowhere")), root, value, path);
    }
    if let Some(all) = schema["anyOf"].as_array() {
        let fits = all.iter().any(|schema| breach(schema, root, value, path).is_none());
        return (!fits).then(|| format!("{path}: fits none of anyOf"));
    }
    if let Some(constant) = schema.get("const") {
        return (value != constant).then(|| format!("{path}: not {constant}"));
    }
    let is = |name: &str| match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("no JSON type is {other}"),
    };
    let fits = match &schema["type"] {
        Value::Null => true,
        Value::String(name) => is(name),
        names => names.as_array().unwrap().iter().any(|name| is(name.as_str().unwrap())),
    };
    if !fits {
        return Some(format!("{path}: {value} is not of type {}", schema["type"]));
    }
    if let Some(list) = value.as_array() {
        return list.iter().enumerate().find_map(|(n, item)| {
            let schema = schema.get("items").unwrap_or(&Value::Bool(true));
            breach(schema, root, item, &format!("{path}[{n}]"))
        });
    }
    let object = value.as_object()?;
    let required = schema["required"].as_array().into_iter().flatten();
    if let Some(missing) = required.map(|key| key.as_str().unwrap()).find(|key| !object.contains_key(*key)) {
        return Some(format!("{path}: lacks {missing}"));
    }
    object.iter().find_map(|(key, item)| match schema["properties"].get(key) {
        Some(schema) => breach(schema, root, item, &format!("{path}.{key}")),
        None => match schema.get("additionalProperties") {
            Some(Value::Bool(false)) => Some(format!("{path}.{key}: unknown key")),
            Some(schema) => breach(schema, root, item, &format!("{path}.{key}")),
            None => None,
        },
    })
}

#[tokio::test]
async fn the_served_schema_takes_our_documents_and_refuses_broken_ones() {
    let app = App::demo().await;
    let schema = app.anonymous().get("/_standin/schema/state.json").await.expect(200).json();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    let check = |document: &Value| breach(&schema, &schema, document, "$");
    for good in [app.state().await, App::empty().await.state().await, document(), json!({ "standin": 1 })] {
        assert_eq!(check(&good), None);
    }
    for (name, text) in
        [("demo", include_str!("../../../seed-data/demo.json")), ("empty", r#"{"standin":1}"#)]
    {
        assert_eq!(check(&serde_json::from_str(text).unwrap()), None, "{name}");
    }
    for (pointer, value) in [
        ("/standin", json!(2)),
        ("/other", json!({})),
        ("/r7/users/0/shoe", json!(1)),
        ("/r7/users/0/isAdmin", json!("yes")),
        ("/corezoid/users/0/keys/0/login", json!("x")),
    ] {
        let mut wrong = document();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        wrong.pointer_mut(parent).unwrap()[key] = value;
        assert!(check(&wrong).is_some(), "{pointer}");
    }
}
