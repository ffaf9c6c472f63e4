//! What is missing or of the wrong kind, for every op of the table: each field of its schema is left out once, and sent
//! once as something else.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::App;
use crate::support::schema::breaches;

/// Ops that look for their object before they look at anything else (seed 002's own example sends an id alone), or whose
/// fields depend on each other.
const OTHERWISE: &[(&str, &str)] = &[("modify", "node")];

/// Fields that an op may demand depending on the others.
const EITHER: &[&str] = &["obj_to_id", "ref"];

/// Fields that every op takes; they are checked with the object they lead to.
const SHARED: &[&str] = &[
    "type",
    "obj",
    "id",
    "company_id",
    "project_id",
    "project_short_name",
    "stage_id",
    "stage_short_name",
    "obj_short_name",
];

fn properties(schema: &Value) -> impl Iterator<Item = (&str, &Value)> {
    schema["properties"].as_object().into_iter().flatten().map(|(name, schema)| (name.as_str(), schema))
}

/// The keys that a request cannot do without; of two that may stand for each other the first.
fn required(schema: &Value) -> Vec<&str> {
    let either = schema["anyOf"][0]["required"].as_array();
    let keys = schema["required"].as_array().into_iter().chain(either).flatten();
    keys.filter_map(Value::as_str).collect()
}

/// A value that fits.
fn right(schema: &Value) -> Value {
    if let Some(value) = schema.get("const") {
        return value.clone();
    }
    if let Some(words) = schema.get("enum") {
        return words[0].clone();
    }
    if let Some(forms) = schema.get("anyOf").filter(|_| schema.get("properties").is_none()) {
        return right(&forms[0]);
    }
    let letters = || usize::try_from(schema["minLength"].as_u64().unwrap_or(1)).unwrap();
    // Of several types the first is the usual one.
    match schema["type"].as_str().or(schema["type"][0].as_str()) {
        Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or(json!(1)),
        Some("string") if schema["pattern"] == "^[0-9.]*$" => json!("1"),
        Some("string") => json!("a".repeat(letters().max(1))),
        Some("boolean") => json!(true),
        Some("array") if schema["items"]["properties"].is_object() => json!([right(&schema["items"])]),
        Some("array") => json!([]),
        Some("object") => {
            let names = required(schema);
            let fields = properties(schema).filter(|(name, _)| names.contains(name));
            Value::Object(fields.map(|(name, schema)| (name.to_owned(), right(schema))).collect())
        }
        _ => json!(1),
    }
}

/// A value that does not fit; `None` if any does.
fn wrong(schema: &Value) -> Option<Value> {
    let candidates = [json!("no such word"), json!([]), json!({}), json!(true), json!(-1)];
    // A text that is too short has a mistake of its own.
    let fits_kind = |value: &Value| value.is_string() && schema["minLength"].is_u64();
    candidates
        .into_iter()
        .find(|value| !fits_kind(value) && !breaches(&Value::Null, schema, value).is_empty())
}

/// Texts that are one letter too short or too long, with the bound that they miss and whether it is the lower one.
fn lengths(schema: &Value) -> impl Iterator<Item = (bool, usize, Value)> {
    let bound = |keyword: &str| schema[keyword].as_u64().and_then(|limit| usize::try_from(limit).ok());
    let less =
        bound("minLength").filter(|least| *least > 0).map(|least| (true, least, "1".repeat(least - 1)));
    let more = bound("maxLength").map(|most| (false, most, "1".repeat(most + 1)));
    less.into_iter().chain(more).map(|(less, limit, text)| (less, limit, Value::from(text)))
}

/// Requests that lack one key or have one wrong value, each with the mistake that must be named.
fn mistakes(schema: &Value) -> Vec<(String, Value, Value)> {
    let whole = right(schema);
    let mut found = Vec::new();
    let without = |at: &Value, name: &str| {
        let mut less = at.clone();
        less.as_object_mut().unwrap().shift_remove(name);
        less
    };
    let absent = |path: &str| json!({ "proc": "error", "description": format!("Key '{path}' is required") });
    for name in required(schema).into_iter().filter(|name| !SHARED.contains(name)) {
        found.push((format!("without {name}"), without(&whole, name), absent(name)));
    }
    for (name, schema) in properties(schema).filter(|(name, _)| !SHARED.contains(name)) {
        if let Some(value) = wrong(schema) {
            let mut sent = whole.clone();
            sent[name] = value.clone();
            let refusal =
                json!({ "proc": "error", "description": "Value is not valid", "key": name, "value": value });
            found.push((format!("{name} = {value}"), sent, refusal));
        }
        for (less, limit, value) in lengths(schema) {
            let mut sent = whole.clone();
            sent[name] = value.clone();
            let bound = if less { "less than minimum" } else { "more than maximum" };
            let text = format!("Value is not valid. Value's byte_size is {bound} allowed: {limit}");
            let refusal = json!({ "proc": "error", "description": text, "key": name, "value": value });
            found.push((
                format!("{name} of {} letters", if less { limit - 1 } else { limit + 1 }),
                sent,
                refusal,
            ));
        }
        // One step further down: the required keys of an object, or of a list's items.
        let list = schema.get("items").is_some();
        let inner = if list { &schema["items"] } else { schema };
        for key in required(inner) {
            let part = without(&right(inner), key);
            let mut sent = whole.clone();
            sent[name] = if list { json!([part]) } else { part };
            found.push((format!("{name} without {key}"), sent, absent(&format!("{name}.{key}"))));
        }
    }
    found
}

/// A URL family that takes an op: the usual one, or the one that it is bound to.
fn family<'a>(document: &'a Value, request: &str) -> &'a str {
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let takes = |family: &&str| {
        let package = &schemas[&format!("{family}_package")];
        // Where one op may come alone, the package is the first of the forms.
        let package = package.get("anyOf").map_or(package, |forms| &forms[0]);
        let forms = package["properties"]["ops"]["items"]["anyOf"].as_array();
        forms.unwrap().iter().any(|form| form["$ref"] == format!("#/components/schemas/{request}"))
    };
    let families = schemas.keys().filter_map(|name| name.strip_suffix("_package"));
    std::iter::once("json").chain(families).find(takes).unwrap_or_else(|| panic!("no family takes {request}"))
}

/// Every request schema of the document: name, type and obj.
fn requests(document: &Value) -> impl Iterator<Item = (&str, &Value, [Value; 2])> {
    document["components"]["schemas"].as_object().unwrap().iter().filter_map(|(name, schema)| {
        name.strip_suffix("_request")?;
        let words = ["type", "obj"].map(|key| schema["properties"][key]["const"].clone());
        Some((name.as_str(), schema, words))
    })
}

/// The answers to requests of one op, without their `id`.
async fn answers(
    app: &App,
    family: &str,
    [verb, obj]: &[Value; 2],
    sent: impl Iterator<Item = &Value>,
) -> Vec<Value> {
    let named = |sent: &Value| {
        let mut op = sent.clone();
        op["type"] = verb.clone();
        op["obj"] = obj.clone();
        op
    };
    let ops: Vec<Value> = sent.map(named).collect();
    let answer = app.key().package(family, &json!({ "ops": ops }).to_string()).await.expect(200).json();
    let bare = |answer: &Value| {
        let mut answer = answer.clone();
        answer.as_object_mut().unwrap().shift_remove("id");
        answer
    };
    answer["ops"].as_array().unwrap().iter().map(bare).collect()
}

async fn document(app: &App) -> Value {
    app.anonymous().get("/_standin/openapi/corezoid.json").await.expect(200).json()
}

#[tokio::test]
async fn every_op_names_the_first_missing_key_and_then_the_first_wrong_value() {
    let app = App::empty().await;
    let before = app.state().await;
    let document = document(&app).await;
    let (mut checked, mut other, mut wrong) = (0, String::new(), Vec::new());
    for (name, schema, words) in requests(&document) {
        let mistakes = mistakes(schema);
        let sent = mistakes.iter().map(|(_, sent, _)| sent);
        let answers = answers(&app, family(&document, name), &words, sent).await;
        let otherwise = OTHERWISE.iter().any(|(verb, obj)| words == [json!(verb), json!(obj)]);
        for ((what, _, expected), answer) in mistakes.iter().zip(answers) {
            if otherwise {
                other += &format!("{name} {what}: {answer}\n");
            } else if answer != *expected {
                wrong.push(format!("{name} {what}\n  answered {answer}\n  expected {expected}"));
            }
            checked += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(checked > 200, "only {checked} mistakes were made");
    assert_snapshot!(other);
    assert_eq!(app.state().await, before);
}

#[tokio::test]
async fn every_op_on_an_object_says_which_one_is_not_there() {
    let app = App::empty().await;
    let before = app.state().await;
    let document = document(&app).await;
    let (mut checked, mut wrong) = (0, Vec::new());
    for (name, schema, words) in requests(&document) {
        let names = required(schema);
        // The first object that it cannot do without.
        let kind = properties(schema).filter(|(name, _)| names.contains(name)).find_map(|(name, schema)| {
            Some((name, schema["description"].as_str()?.strip_prefix("Id of a ")?))
        });
        let Some((key, kind)) = kind else { continue };
        let mut sent = right(schema);
        sent[key] = json!("404");
        for (name, schema) in properties(schema).filter(|(name, _)| EITHER.contains(name)) {
            sent[name] = right(schema);
        }
        let answer = &answers(&app, family(&document, name), &words, std::iter::once(&sent)).await[0];
        let text = answer["description"].as_str().unwrap_or_default();
        let deleted = words[0] == "restore" || words[0] == "destroy";
        let object = if deleted { "Deleted object" } else { "Object" };
        if text != format!("{object} {kind} with id 404 does not exist") {
            wrong.push(format!("{name}: {answer}"));
        }
        checked += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(checked > 30, "only {checked} ops were asked");
    assert_eq!(app.state().await, before);
}

#[tokio::test]
async fn mistakes_come_in_the_order_object_type_keys_values() {
    let app = App::empty().await;
    let text = async |op: Value| app.key().op(op).await["description"].clone();
    // Each op has every mistake that may still follow.
    assert_eq!(text(json!({ "type": "sing", "obj": "cloud", "favorite": "x" })).await, "bad object");
    assert_eq!(text(json!({ "type": "sing", "obj": "conv", "favorite": "x" })).await, "undefined request");
    assert_eq!(
        text(json!({ "type": "favorite", "obj": "conv", "favorite": "x" })).await,
        "Key 'obj_id' is required"
    );
    assert_eq!(
        text(json!({ "type": "favorite", "obj": "conv", "obj_id": 99, "favorite": "x" })).await,
        "Value is not valid"
    );
    assert_eq!(
        text(json!({ "type": "favorite", "obj": "conv", "obj_id": 99, "favorite": true })).await,
        "Object conv with id 99 does not exist"
    );
}

/// Values that no honest client sends.
fn hostile() -> Vec<Value> {
    let deep = (0..60).fold(json!(1), |inner, _| json!([{ "a": inner }]));
    vec![
        json!(i64::MAX),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(1e308),
        json!(-0.5),
        json!("9223372036854775807"),
        json!("99999999999999999999"),
        json!("\u{0}"),
        json!("a\u{0}b"),
        json!("'; DROP TABLE cz_conv; --"),
        json!("{\"a\":"),
        json!("\u{202e}\u{fffe}"),
        json!([null]),
        json!({ "": null }),
        deep,
    ]
}

#[tokio::test]
async fn whatever_stands_in_a_field_is_taken_or_refused_in_the_words_of_the_service() {
    let app = App::empty().await;
    let conv = json!({ "type": "create", "obj": "conv", "title": "P", "status": "debug" });
    let conv = app.key().op(conv).await["obj_id"].clone();
    let document = document(&app).await;
    let (mut checked, mut wrong) = (0, Vec::new());
    for (name, schema, words) in requests(&document) {
        let mut whole = right(schema);
        if whole.get("conv_id").is_some() {
            whole["conv_id"] = conv.clone();
        }
        let mut sent = Vec::new();
        for (field, _) in properties(schema).filter(|(field, _)| !["type", "obj"].contains(field)) {
            sent.extend(hostile().into_iter().map(|value| {
                let mut op = whole.clone();
                op[field] = value;
                op
            }));
        }
        let answers = answers(&app, family(&document, name), &words, sent.iter()).await;
        assert_eq!(answers.len(), sent.len(), "{name}");
        for (sent, answer) in sent.iter().zip(&answers) {
            let proc = answer["proc"].as_str().unwrap_or_default();
            let known = ["ok", "error", "obj_id_not_found", "conveyor_is_not_active"].contains(&proc);
            if !known || answer["description"] == "Storage is not available" {
                wrong.push(format!("{name} {sent}\n    {answer}"));
            }
            checked += 1;
        }
    }
    assert!(wrong.is_empty(), "{} of {checked}:\n{}", wrong.len(), wrong.join("\n"));
    // The world is whole: it is exported, and its export imports.
    let state = app.state().await;
    assert_eq!(app.anonymous().put("/_standin/state", state).await.status(), 204);
}
