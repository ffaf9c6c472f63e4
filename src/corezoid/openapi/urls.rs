//! The URLs that take no package of the op table: files, direct URLs, callbacks, invitations, settings, the WebSocket. Pure.

use serde_json::{Map, Value, json};

use super::answer;

/// Their paths.
pub(super) fn paths() -> Map<String, Value> {
    let all = [
        ("/user_downloads/{name}", get(&download(&[]))),
        ("/user_downloads/{name}/{login}/{time}/{signature}", get(&download(&SIGNED))),
        ("/api/2/upload/info/{login}/{time}/{signature}", get(&upload_info(&SIGNED))),
        ("/api/2/upload/info", get(&upload_info(&[]))),
        ("/api/{version}/{format}/public/{conv_id}/{hash}", post(&direct(&PROCESS))),
        (
            "/api/{version}/{format}/public/@{alias}/{project_short_name}/{stage_short_name}/{company_id}/{hash}",
            post(&direct(&ALIAS)),
        ),
        ("/api/{version}/plugins/callback/{request_id}", post(&callback())),
        ("/api/{version}/plugins/callback/{node_id}/{task_id}", post(&task_callback())),
        ("/api/2/plugins/invite/{hash}", post(&invite())),
        ("/api/1/sock_json", get(&watch(&[]))),
        ("/api/1/sock_json/{login}/{time}/{signature}", get(&watch(&SIGNED))),
        ("/system/conf", get(&conf())),
    ];
    all.into_iter().map(|(path, item)| (path.to_owned(), item)).collect()
}

const SIGNED: [&str; 3] = ["login", "time", "signature"];

fn get(operation: &Value) -> Value {
    json!({ "get": operation })
}

fn post(operation: &Value) -> Value {
    json!({ "post": operation })
}

fn path(name: &str, schema: &Value) -> Value {
    json!({ "name": name, "in": "path", "required": true, "schema": schema })
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn shared<'a>(names: &'a [&str]) -> impl Iterator<Item = Value> + 'a {
    names.iter().map(|name| json!({ "$ref": format!("#/components/parameters/{name}") }))
}

/// The name of an operation, with or without a signature in its URL; and who may call it.
fn called(name: &str, signed: &[&str], otherwise: &Value) -> (String, Value) {
    if signed.is_empty() {
        (name.to_owned(), otherwise.clone())
    } else {
        (format!("{name}_signed"), json!([]))
    }
}

fn download(signed: &[&str]) -> Value {
    let parameters: Vec<Value> = std::iter::once(path("name", &text())).chain(shared(signed)).collect();
    let (id, security) = called("download_file", signed, &json!([]));
    json!({
        "operationId": id,
        "security": security,
        "parameters": parameters,
        "responses": {
            "200": { "description": "The file behind a download_url" },
            "401": { "description": "The signature is wrong" },
            "404": { "description": "There is no such file" },
        },
    })
}

fn upload_info(signed: &[&str]) -> Value {
    let hash = json!({ "name": "hash", "in": "query", "required": true, "schema": text() });
    let parameters: Vec<Value> = shared(signed).chain([hash]).collect();
    let forms = ["get_upload_info_answer", "refusal"];
    let forms = forms.map(|name| json!({ "$ref": format!("#/components/schemas/{name}") }));
    let schema = json!({
        "type": "object",
        "properties": { "request_proc": { "const": "ok" }, "ops": { "type": "array", "items": { "anyOf": forms } } },
        "required": ["request_proc", "ops"],
    });
    // The signed form keeps the plain name: it is the one that is documented.
    let (id, security) = if signed.is_empty() {
        ("upload_info_session", json!([{ "session": [] }]))
    } else {
        ("upload_info", json!([]))
    };
    json!({
        "operationId": id,
        "security": security,
        "parameters": parameters,
        "responses": { "200": answer("How an upload went", &schema) },
    })
}

/// A direct URL: its name, and what its path says after `public`.
struct Direct {
    id: &'static str,
    address: &'static [(&'static str, &'static str)],
}

const PROCESS: Direct = Direct { id: "direct_url", address: &[("conv_id", "^[0-9]+$"), ("hash", "^.+$")] };

/// sheet corezoid/api 1.1: by the name of an alias.
const ALIAS: Direct = Direct {
    id: "alias_direct_url",
    address: &[
        ("alias", "^.+$"),
        ("project_short_name", "^.+$"),
        ("stage_short_name", "^.+$"),
        ("company_id", "^.+$"),
        ("hash", "^.+$"),
    ],
};

/// The direct URL of a process (sheet corezoid/api 6.2): its answer has one object in `ops`.
fn direct(url: &Direct) -> Value {
    let made = json!({
        "type": "object",
        "properties": {
            "proc": { "const": "ok" },
            "obj": { "const": "task" },
            "ref": { "type": "null" },
            "obj_id": text(),
        },
        "required": ["proc", "obj", "ref", "obj_id"],
        "additionalProperties": false,
    });
    let schema = json!({
        "type": "object",
        "properties": {
            "request_proc": { "enum": ["ok", "format_error"] },
            "ops": { "anyOf": [made, { "$ref": "#/components/schemas/refusal" }, { "type": "array", "maxItems": 0 }] },
        },
        "required": ["request_proc", "ops"],
    });
    let address = url
        .address
        .iter()
        .map(|(name, pattern)| path(name, &json!({ "type": "string", "pattern": pattern })));
    let parameters: Vec<Value> = [
        path("version", &json!({ "enum": ["1", "2"] })),
        path("format", &json!({ "enum": ["json", "xml", "nvp"] })),
    ]
    .into_iter()
    .chain(address)
    .collect();
    json!({
        "operationId": url.id,
        "security": [{}, { "basic": [] }],
        "parameters": parameters,
        "requestBody": {
            "required": true,
            "description": "The data of the task, in the form that the path names",
            "content": {
                "application/json": { "schema": { "type": "object" } },
                "application/xml": { "schema": text() },
                "application/x-www-form-urlencoded": {
                    "schema": { "type": "object", "additionalProperties": text() },
                },
            },
        },
        "responses": {
            "200": answer("A task of the process was made, or why not", &schema),
            "413": { "description": "The body is too big" },
        },
    })
}

/// What stands in the place of an answer when a package waits for results (sheet corezoid/api 6.3).
pub(super) fn sync_result() -> Value {
    json!({
        "type": "object",
        "description": "In a package with a timeout: what the process posted to __callback_url",
        "properties": { "proc": { "const": "ok" }, "data": {} },
        "required": ["proc", "data"],
        "additionalProperties": false,
    })
}

/// Where a process posts the result of a package that waits (sheet corezoid/api 6.3).
fn callback() -> Value {
    let done = json!({
        "type": "object",
        "properties": { "proc": { "enum": ["ok", "error"] }, "description": text() },
        "required": ["proc"],
        "additionalProperties": false,
    });
    let schema = json!({
        "type": "object",
        "properties": {
            "request_proc": { "enum": ["ok", "format_error"] },
            "ops": { "type": "array", "items": done },
        },
        "required": ["request_proc", "ops"],
    });
    json!({
        "operationId": "sync_callback",
        "security": [],
        "parameters": [path("version", &json!({ "enum": ["1", "2"] })), path("request_id", &text())],
        "requestBody": { "required": true, "content": { "application/json": { "schema": {} } } },
        "responses": { "200": answer("Whether a request waited for it", &schema) },
    })
}

/// Where something is posted for a task that waits in a node for a callback (sheet corezoid/engine 3.7; the path is our own).
fn task_callback() -> Value {
    let changed = json!({
        "type": "object",
        "properties": { "proc": { "const": "ok" }, "obj": { "const": "task" }, "obj_id": text() },
        "required": ["proc", "obj", "obj_id"],
        "additionalProperties": false,
    });
    let schema = json!({
        "type": "object",
        "properties": {
            "request_proc": { "enum": ["ok", "format_error"] },
            "ops": { "type": "array", "items": { "anyOf": [changed, { "$ref": "#/components/schemas/refusal" }] } },
        },
        "required": ["request_proc", "ops"],
    });
    json!({
        "operationId": "task_callback",
        "security": [],
        "parameters": [
            path("version", &json!({ "enum": ["1", "2"] })),
            path("node_id", &text()),
            path("task_id", &text()),
        ],
        "requestBody": { "required": true, "content": { "application/json": { "schema": { "type": "object" } } } },
        "responses": {
            "200": answer("What was posted is in the task's data, or why not", &schema),
            "413": { "description": "The body is too big" },
        },
    })
}

/// An invitation is confirmed by whoever has its hash (sheet corezoid/api 1.1).
fn invite() -> Value {
    let confirmed = json!({
        "type": "object", "properties": { "redirect": text() }, "required": ["redirect"], "additionalProperties": false,
    });
    let refused = json!({
        "type": "object",
        "properties": {
            "request_proc": { "const": "error" },
            "ops": { "type": "array", "items": { "$ref": "#/components/schemas/refusal" } },
        },
        "required": ["request_proc", "ops"],
    });
    json!({
        "operationId": "confirm_invite",
        "security": [],
        "parameters": [path("hash", &text())],
        "responses": { "200": answer("Where to go on, or why not", &json!({ "anyOf": [confirmed, refused] })) },
    })
}

/// The WebSocket on which merges, copies and uploads are watched (sheet corezoid/api 1.1).
fn watch(signed: &[&str]) -> Value {
    let (id, security) = called("watch", signed, &json!([{ "session": [] }]));
    let parameters: Vec<Value> = shared(signed).collect();
    json!({
        "operationId": id,
        "security": security,
        "parameters": parameters,
        "responses": {
            "101": { "description": "A WebSocket. The text 0 is answered with 1; progress comes as JSON" },
            "401": { "description": "Nobody who may send packages" },
        },
    })
}

fn conf() -> Value {
    let texts = json!({ "type": "object", "additionalProperties": text() });
    let settings = json!({
        "type": "object",
        "properties": { "host": texts, "path": texts },
        "required": ["host", "path"],
    });
    let schema = json!({
        "type": "object",
        "properties": { "result": { "const": "ok" }, "web_settings": settings },
        "required": ["result", "web_settings"],
    });
    json!({
        "operationId": "conf",
        "security": [],
        "responses": { "200": answer("Where the parts of the service are", &schema) },
    })
}
