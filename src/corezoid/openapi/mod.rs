//! The OpenAPI document of the service, made on request from the op table: one schema for the request and one for the
//! answer of every (type, obj), and one path for every URL family. Pure.

mod urls;

use serde_json::{Map, Value, json};

use super::context::{OBJ_ALIAS, SHORT_NAME, short_named};
use super::error;
use super::op::{Entry, Family, entries};
use super::spec::{Field, INT, Shape, Side, TEXT, field_schema, may, object_schema};

/// What every op takes besides its own fields (sheet corezoid/api 0, "ctx").
const CONTEXT: &[Field] = &[
    may("company_id", TEXT),
    may("project_id", INT),
    may("project_short_name", TEXT),
    may("stage_id", INT),
    may("stage_short_name", TEXT),
];

/// The document. `server`: the base URL, with the world's prefix.
pub(crate) fn document(server: &str) -> Value {
    let mut paths = Map::new();
    for (family, word) in Family::WORDS {
        // sheet corezoid/api 1.1: the older API has one family.
        let versions: &[u8] = if family == Family::Json { &[2, 1] } else { &[2] };
        for version in versions {
            let base = format!("/api/{version}/{word}");
            let id = format!("{word}V{version}");
            paths.insert(format!("{base}/{{login}}/{{time}}/{{signature}}"), signed(family, &id));
            paths.insert(base, with_token(family, &id));
        }
    }
    paths.extend(urls::paths());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Corezoid",
            "description": "The ops that standin answers. A package is a list of them; each stands alone, and a \
                            refused one leaves the package's request_proc at ok.",
            "version": env!("CARGO_PKG_VERSION"),
        },
        "servers": [{ "url": server }],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "basic": { "type": "http", "scheme": "basic" },
                "session": {
                    "type": "apiKey", "in": "header", "name": "Authorization",
                    "description": "Simulator TOKEN, or Bearer with the token in base64",
                },
            },
            "parameters": parameters(),
            "schemas": schemas(),
        },
    })
}

/// The signed form of a family's URL.
fn signed(family: Family, id: &str) -> Value {
    let mut operation = package(family, id);
    operation["security"] = json!([]);
    operation["parameters"] = ["login", "time", "signature"]
        .map(|name| json!({ "$ref": format!("#/components/parameters/{name}") }))
        .to_vec()
        .into();
    json!({ "post": operation })
}

/// The short form, for a session token (sheet corezoid/api 1.3).
fn with_token(family: Family, id: &str) -> Value {
    let mut operation = package(family, &format!("{id}Session"));
    operation["security"] = json!([{ "session": [] }]);
    json!({ "post": operation })
}

fn package(family: Family, id: &str) -> Value {
    let reference = |side| json!({ "$ref": format!("#/components/schemas/{}", package_name(family, side)) });
    let mut content = json!({ "application/json": { "schema": reference(Side::Request) } });
    if family == Family::Upload {
        // One op alone: its fields as text, its file as `scheme`.
        let form = json!({ "schema": { "type": "object", "required": ["obj"] } });
        content["multipart/form-data"] = form.clone();
        content["application/x-www-form-urlencoded"] = form;
    }
    json!({
        "operationId": id,
        "requestBody": { "required": true, "content": content },
        "responses": {
            "200": answer("One answer for each op, in their order", &reference(Side::Answer)),
            "413": { "description": "The body is too big" },
        },
    })
}

fn answer(description: &str, schema: &Value) -> Value {
    json!({ "description": description, "content": { "application/json": { "schema": schema } } })
}

fn parameters() -> Value {
    let path = |name: &str, pattern: &str, description: &str| {
        json!({
            "name": name, "in": "path", "required": true, "description": description,
            "schema": { "type": "string", "pattern": pattern },
        })
    };
    json!({
        "login": path("login", "^[0-9]+$", "The login of an API key"),
        "time": path("time", r"^[0-9]+(\.[0-9]+)?$", "Unix seconds, GMT"),
        "signature": path("signature", "^[0-9A-Fa-f]{40}$", "hex(sha1(time + secret + body + secret))"),
    })
}

fn package_name(family: Family, side: Side) -> String {
    match side {
        Side::Request => format!("{}_package", family.word()),
        Side::Answer => format!("{}_package_answer", family.word()),
    }
}

/// The name of an op's schema. An op that two URL families understand differently has two.
fn name(entry: &Entry, side: Side) -> String {
    let twice =
        entries().iter().filter(|other| (other.verb, other.obj) == (entry.verb, entry.obj)).count() > 1;
    let family =
        entry.only.filter(|_| twice).map(|family| format!("_on_{}", family.word())).unwrap_or_default();
    let side = if side == Side::Request { "request" } else { "answer" };
    format!("{}_{}{family}_{side}", entry.verb, entry.obj)
}

fn schemas() -> Map<String, Value> {
    let mut schemas = Map::new();
    for entry in entries() {
        if entry.only == Some(Family::System) {
            let name = format!("{}_{}_alone", entry.verb, entry.obj);
            schemas.insert(name, object_schema(entry.answer, Side::Answer));
        }
        // A GET has its fields in the URL.
        if entry.only != Some(Family::UploadInfo) {
            schemas.insert(name(entry, Side::Request), request(entry));
        }
        schemas.insert(name(entry, Side::Answer), replies(entry));
    }
    schemas.insert("refusal".to_owned(), error::schema());
    schemas.insert("sync_result".to_owned(), urls::sync_result());
    for side in [Side::Request, Side::Answer] {
        for (family, _) in Family::WORDS {
            schemas.insert(package_name(family, side), ops(family, side));
        }
    }
    schemas
}

/// The schema of an op's request. `type` may be left out where the URL family says it.
fn request(entry: &Entry) -> Value {
    let mut schema = object_schema(entry.request, Side::Request);
    let implied = entry.only.is_some_and(|family| family.default_type() == entry.verb);
    let mut properties = Map::new();
    properties.insert("type".to_owned(), json!({ "const": entry.verb }));
    properties.insert("obj".to_owned(), json!({ "const": entry.obj }));
    properties.insert("id".to_owned(), json!({ "type": ["string", "number", "null"] }));
    properties
        .extend(CONTEXT.iter().map(|field| (field.name.to_owned(), field_schema(field, Side::Request))));
    if short_named(entry.request).is_some() {
        properties.insert(SHORT_NAME.to_owned(), field_schema(&may(SHORT_NAME, Shape::Name), Side::Request));
    }
    let mut required = if implied { vec!["obj"] } else { vec!["type", "obj"] };
    let stands_for = substitute(entry);
    let needed = entry.request.iter().filter(|field| field.required).map(|field| field.name);
    required.extend(needed.filter(|name| stands_for.is_none_or(|(key, _)| key != *name)));
    schema["required"] = json!(required);
    if let Some((key, other)) = stands_for {
        schema["anyOf"] = json!([{ "required": [key] }, { "required": [other] }]);
    }
    if let Some(own) = schema["properties"].as_object_mut() {
        properties.extend(std::mem::take(own));
        *own = properties;
    }
    schema
}

/// A required key, and the key that may be sent in its place: the name of an alias for a process, a short name for a project
/// or a stage.
fn substitute(entry: &Entry) -> Option<(&'static str, &'static str)> {
    let needs = |key| entry.request.iter().any(|field| field.name == key && field.required);
    if entry.by_alias && needs("conv_id") {
        return Some(("conv_id", OBJ_ALIAS));
    }
    (short_named(entry.request).is_some() && needs("obj_id")).then_some(("obj_id", SHORT_NAME))
}

/// The schema of an op's answers when it succeeds.
fn replies(entry: &Entry) -> Value {
    let forms = || std::iter::once(entry.answer).chain(entry.other_answers.iter().copied());
    match forms().map(|form| reply(entry, form)).collect::<Vec<_>>() {
        one if one.len() == 1 => one.into_iter().next().unwrap_or_default(),
        several => json!({ "anyOf": several }),
    }
}

fn reply(entry: &Entry, form: &[Field]) -> Value {
    let mut properties = Map::new();
    // Answers of downloads, uploads and copies have no `id`, some others no `obj` (sheet corezoid/api 9, 5 and 19).
    properties.insert("id".to_owned(), error::id_schema());
    properties.insert("proc".to_owned(), json!({ "const": "ok" }));
    properties.insert("obj".to_owned(), json!({ "const": entry.obj }));
    properties.extend(form.iter().map(|field| (field.name.to_owned(), field_schema(field, Side::Answer))));
    let mut required = vec!["proc"];
    required.extend(form.iter().filter(|field| field.required).map(|field| field.name));
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

/// A package of a family, or its answer. Every family takes every op that is not bound to another.
fn ops(family: Family, side: Side) -> Value {
    let known = entries().iter().filter(|entry| entry.only.is_none_or(|only| only == family));
    let mut forms: Vec<Value> =
        known.map(|entry| json!({ "$ref": format!("#/components/schemas/{}", name(entry, side)) })).collect();
    match side {
        Side::Request => {
            let mut package = json!({
                "type": "object",
                "properties": { "ops": { "type": "array", "items": { "anyOf": forms } } },
                "required": ["ops"],
            });
            if family == Family::Json {
                package["properties"]["timeout"] = json!({
                    "type": ["number", "string"],
                    "description": "Seconds to wait until the process posts its result to __callback_url",
                });
            }
            // sheet corezoid/api 1.1: there one op may come without `ops` around it.
            if takes_one(family) { json!({ "anyOf": [package, { "anyOf": forms }] }) } else { package }
        }
        Side::Answer => {
            if family == Family::Json {
                forms.push(json!({ "$ref": "#/components/schemas/sync_result" }));
            }
            forms.push(json!({ "$ref": "#/components/schemas/refusal" }));
            let package = json!({
                "type": "object",
                "properties": {
                    "request_proc": { "enum": ["ok", "error", "format_error"] },
                    "ops": { "type": "array", "items": { "anyOf": forms } },
                },
                "required": ["request_proc", "ops"],
            });
            // The answer to one op alone on the system URL is its fields alone.
            if family == Family::System {
                json!({ "anyOf": [package, { "$ref": "#/components/schemas/list_accounts_alone" }] })
            } else {
                package
            }
        }
    }
}

/// Whether a family takes one op without `ops` around it.
const fn takes_one(family: Family) -> bool {
    matches!(family, Family::Upload | Family::System)
}
