//! One route as an operation: parameters of path and query, body, answers. Pure.

use serde_json::{Map, Value, json};

use super::super::endpoint::Entry;
use super::super::route::Verb;
use super::fails::fails;
use super::names::spelled;
use super::schemas::{Described, Schemas};

/// The key of an operation in its path item.
pub(super) const fn verb(verb: Verb) -> &'static str {
    match verb {
        Verb::Get => "get",
        Verb::Post => "post",
        Verb::Put => "put",
        Verb::Delete => "delete",
    }
}

/// Name and constraint of a parameter's segment.
fn parameter(segment: &str) -> Option<(&str, &str)> {
    let inner = segment.strip_prefix('{')?.strip_suffix('}')?;
    Some(inner.split_once(':').unwrap_or((inner, "")))
}

/// `files/folder/{folderid}` as `/api/2.0/files/folder/{folderId}`.
pub(super) fn path(template: &str) -> String {
    let segments = template.split('/').map(|segment| match parameter(segment) {
        Some((name, _)) => format!("{{{}}}", spelled(name)),
        None => segment.to_owned(),
    });
    format!("/api/2.0/{}", segments.collect::<Vec<_>>().join("/"))
}

/// `getFilesFolderByFolderId`.
fn operation_id(route: &Entry) -> String {
    let mut id = verb(route.verb).to_owned();
    for segment in route.template.split('/') {
        let (by, word) = match parameter(segment) {
            Some((name, _)) => ("By", spelled(name)),
            None => ("", segment),
        };
        id += by;
        let mut start = true;
        for char in word.chars() {
            if char.is_ascii_alphanumeric() {
                id.push(if start { char.to_ascii_uppercase() } else { char });
            }
            start = !char.is_ascii_alphanumeric();
        }
    }
    id
}

/// The schema of a path's segment: its constraint, and the type of the argument that it fills.
fn segment_schema(constraint: &str, argument: Option<Value>) -> Value {
    if let Some(words) = constraint.strip_prefix('(').and_then(|words| words.strip_suffix(')')) {
        return json!({ "type": "string", "enum": words.split('|').collect::<Vec<_>>() });
    }
    let mut schema = argument.map_or_else(|| json!({ "type": ["integer", "string"] }), not_null);
    if constraint == "[0-9]+" {
        schema["minimum"] = 0.into();
        if schema["type"] != "integer" {
            schema["type"] = "integer".into();
        }
    } else if schema["type"] == "string" {
        schema["minLength"] = 1.into();
    }
    schema
}

/// The properties of nested objects under their usual names.
fn with_spelled_names(schema: &Value) -> Value {
    match schema {
        Value::Object(keywords) => {
            let keyword = |(word, value): (&String, &Value)| {
                let value = match (word.as_str(), value) {
                    ("properties", Value::Object(properties)) => Value::Object(
                        properties
                            .iter()
                            .map(|(name, schema)| (spelled(name).to_owned(), with_spelled_names(schema)))
                            .collect(),
                    ),
                    ("required", Value::Array(names)) => {
                        names.iter().filter_map(Value::as_str).map(spelled).collect()
                    }
                    _ => with_spelled_names(value),
                };
                (word.clone(), value)
            };
            Value::Object(keywords.iter().map(keyword).collect())
        }
        Value::Array(items) => items.iter().map(with_spelled_names).collect(),
        scalar => scalar.clone(),
    }
}

/// A path or a query has no null.
fn not_null(mut schema: Value) -> Value {
    if let Some(kinds) = schema.get_mut("type") {
        let left: Vec<Value> =
            kinds.as_array().into_iter().flatten().filter(|kind| *kind != "null").cloned().collect();
        match left.as_slice() {
            [] => {}
            [single] => *kinds = single.clone(),
            _ => *kinds = left.into(),
        }
    }
    if let Some(words) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        words.retain(|word| !word.is_null());
    }
    let options = schema.get("anyOf").and_then(Value::as_array);
    let mut other = options.into_iter().flatten().filter(|option| option["type"] != "null");
    match (other.next().cloned(), other.next()) {
        (Some(single), None) => single,
        _ => schema,
    }
}

/// The operation of a route.
pub(super) fn operation(route: &Entry, described: &Described, schemas: &mut Schemas) -> Value {
    let mut arguments: Vec<(String, Value)> = described
        .arguments
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(name, schema)| (name.clone(), with_spelled_names(schema)))
        .collect();
    let required: Vec<&str> =
        described.arguments["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut parameters = Vec::new();
    for (name, constraint) in route.template.split('/').filter_map(parameter) {
        let place = arguments.iter().position(|(argument, _)| argument.eq_ignore_ascii_case(name));
        let argument = place.map(|place| arguments.remove(place).1);
        let schema = segment_schema(constraint, argument);
        parameters.push(json!({ "name": spelled(name), "in": "path", "required": true, "schema": schema }));
    }
    let listing = schemas.is_listing(&described.answer);
    let mut operation = Map::new();
    operation.insert("operationId".to_owned(), operation_id(route).into());
    let tag = route.template.split('/').next().unwrap_or_default();
    operation.insert("tags".to_owned(), json!([tag]));
    if let Some(text) = described.arguments.get("description") {
        operation.insert("description".to_owned(), text.clone());
    }
    let lists = route.verb == Verb::Get && listing;
    if route.verb == Verb::Get {
        for (name, schema) in arguments {
            let required = required.contains(&name.as_str());
            let schema = not_null(schema);
            parameters.push(
                json!({ "name": spelled(&name), "in": "query", "required": required, "schema": schema }),
            );
        }
        if lists {
            let taken = |name: &str| parameters.iter().any(|known| known["name"] == name);
            let options: Vec<_> = LIST_OPTIONS.iter().filter(|(name, _)| !taken(name)).collect();
            for (name, _) in options {
                parameters.push(json!({ "$ref": format!("#/components/parameters/{name}") }));
            }
        }
    } else if let Some(body) = body(route, arguments, &required) {
        operation.insert("requestBody".to_owned(), body);
    }
    if !parameters.is_empty() {
        operation.insert("parameters".to_owned(), parameters.into());
    }
    if route.open {
        operation.insert("security".to_owned(), json!([]));
    }
    let answer = if lists { schemas.trimmed(&described.answer) } else { described.answer.clone() };
    operation.insert("responses".to_owned(), responses(route, &answer));
    Value::Object(operation)
}

/// What a call takes besides its path; `None` if that is nothing.
fn body(route: &Entry, arguments: Vec<(String, Value)>, required: &[&str]) -> Option<Value> {
    if arguments.is_empty() && !route.upload {
        return None;
    }
    let mut needed = Vec::new();
    let mut properties = Map::new();
    for (name, schema) in arguments {
        if required.contains(&name.as_str()) {
            needed.push(Value::from(spelled(&name)));
        }
        properties.insert(spelled(&name).to_owned(), schema);
    }
    let object = |properties: &Map<String, Value>| {
        let mut schema = json!({ "type": "object", "properties": properties });
        if !needed.is_empty() {
            schema["required"] = needed.clone().into();
        }
        json!({ "schema": schema })
    };
    if !route.upload {
        let form = object(&properties);
        return Some(json!({
            "content": { "application/json": form, "application/x-www-form-urlencoded": form },
        }));
    }
    let mut form = properties;
    form.insert("file".to_owned(), json!({ "type": "string", "format": "binary" }));
    Some(json!({
        "content": {
            "multipart/form-data": object(&form),
            "application/octet-stream": { "schema": { "type": "string", "format": "binary" } },
        },
    }))
}

fn responses(route: &Entry, answer: &Value) -> Value {
    // sheet r7/transport 2: POST is always 201.
    let status = if route.verb == Verb::Post { "201" } else { "200" };
    let envelope = json!({
        "allOf": [
            { "$ref": "#/components/schemas/Envelope" },
            { "type": "object", "properties": { "response": answer }, "required": ["response"] },
        ],
    });
    let done = |schema: Value| {
        json!({
            "description": "Done.",
            "content": { "application/json": { "schema": schema }, "text/xml": {} },
        })
    };
    let no_batch = json!({ "$ref": "#/components/schemas/NoBatch" });
    let mut all = Map::new();
    if !route.batch {
        all.insert(status.to_owned(), done(envelope));
    } else if route.verb == Verb::Post {
        // sheet r7/transport 8: a batch without calls is 200, whatever the verb.
        all.insert("200".to_owned(), done(no_batch));
        all.insert(status.to_owned(), done(envelope));
    } else {
        all.insert(status.to_owned(), done(json!({ "anyOf": [envelope, no_batch] })));
    }
    for (status, (name, _)) in REFUSALS {
        let there = match *status {
            "401" => !route.open,
            "413" => route.verb != Verb::Get,
            "500" => fails(route.verb, route.template),
            _ => true,
        };
        if there {
            all.insert((*status).to_owned(), json!({ "$ref": format!("#/components/responses/{name}") }));
        }
    }
    Value::Object(all)
}

/// By status: the component's name, and when it comes (sheet r7/transport 7).
const REFUSALS: &[(&str, (&str, &str))] = &[
    ("400", ("BadRequest", "An argument cannot be read.")),
    ("401", ("Unauthorized", "No token, or a bad one: the bare word `Unauthorized`.")),
    ("403", ("Forbidden", "The portal refuses.")),
    ("404", ("NotFound", "There is no such thing, or no such route.")),
    ("413", ("TooLarge", "The body is too large.")),
    ("500", ("Failure", "The portal answers this call's own mistakes with 500, as the real one does.")),
];

/// The refusals, as components.
pub(super) fn refusals() -> Value {
    let all = REFUSALS.iter().map(|(status, (name, text))| {
        let content = if *status == "401" {
            json!({ "text/html": { "schema": { "type": "string" } } })
        } else {
            let schema = json!({ "$ref": "#/components/schemas/Error" });
            json!({ "application/json": { "schema": schema }, "text/xml": {} })
        };
        ((*name).to_owned(), json!({ "description": text, "content": content }))
    });
    Value::Object(all.collect())
}

/// sheet r7/transport 6, presenting the token.
pub(super) fn security_schemes() -> Value {
    json!({
        "token": {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "The token of `POST authentication`, as it is.",
        },
        "bearer": { "type": "http", "scheme": "bearer" },
        "basic": { "type": "http", "scheme": "basic", "description": "E-mail address and password." },
        "cookie": { "type": "apiKey", "in": "cookie", "name": "asc_auth_key" },
    })
}

/// sheet r7/transport 5: name and meaning of what every list takes.
const LIST_OPTIONS: &[(&str, &str)] = &[
    ("count", "Page size: 1000 if absent, and at most."),
    ("startIndex", "Rows to skip."),
    ("sortBy", "A property, dotted if nested; an unknown one changes nothing."),
    ("sortOrder", "Exactly `descending` turns the order around."),
    ("filterBy", "A property, dotted if nested."),
    ("filterOp", "How `filterValue` is compared; without regard to case but for `present`."),
    ("filterValue", "Several mean one of them. Without `filterBy`: free text in many lists."),
    ("fields", "Properties to keep of the object, or of each item."),
    ("updatedSince", "Only what changed later."),
    ("type", "Only items of that kind, where a list has several: `file`, `folder`, `person`, `company`."),
];

/// The list options, as components.
pub(super) fn list_options() -> Value {
    let all = LIST_OPTIONS.iter().map(|(name, text)| {
        let schema = match *name {
            "count" | "startIndex" => json!({ "type": "integer", "minimum": 0 }),
            "sortOrder" => json!({ "enum": ["ascending", "descending"] }),
            "filterOp" => json!({ "enum": ["equals", "contains", "startsWith", "endsWith", "present"] }),
            "filterValue" | "fields" => json!({ "type": "array", "items": { "type": "string" } }),
            "updatedSince" => json!({ "type": "string", "format": "date-time" }),
            _ => json!({ "type": "string" }),
        };
        ((*name).to_owned(), json!({ "name": name, "in": "query", "description": text, "schema": schema }))
    });
    Value::Object(all.collect())
}
