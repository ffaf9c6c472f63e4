//! What an API Call makes of an answer (sheet corezoid/engine 6.3, 6.4). Pure.

use std::borrow::Cow;

use base64::Engine as _;
use encoding_rs::{Encoding, UTF_8};
use serde_json::{Map, Value, json};

use super::AREA;
use crate::corezoid::engine::cast::{self, Type};
use crate::corezoid::engine::fault::Fault;
use crate::corezoid::engine::graph::{Api, Format, Row, RowValue};
use crate::corezoid::engine::nodes::Outcome;
use crate::corezoid::engine::task::{Data, Response};
use crate::corezoid::engine::template::Scope;
use crate::corezoid::rules::xml;

/// The answer as parameters of the task, or the error that it is.
pub(super) fn merged(api: &Api, answer: &Response, scope: &Scope<'_>) -> Outcome {
    let mut more = Data::new();
    if api.debug_info {
        more.insert(
            "__conveyor_api_debug__".to_owned(),
            json!({
                "http_exec_time": answer.took,
                "http_req_body_size": answer.sent,
                "http_res_code": answer.status,
                "http_res_body_size": answer.body.len(),
            }),
        );
    }
    let made =
        if matches!(api.format, Format::Conveyor) { envelope(answer) } else { plain(api, answer, scope) };
    match made {
        Ok(data) => {
            more.extend(data);
            Outcome::Merge(more)
        }
        Err(failed) => {
            let (fault, data) = *failed;
            more.extend(data);
            Outcome::Failed(vec![fault], more)
        }
    }
}

/// Parameters, or the error with what comes beside it.
type Made = Result<Data, Box<(Fault, Data)>>;

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    let found = answer.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map_or("", |(_, value)| value.as_str())
}

fn http_code(answer: &Response) -> Data {
    let mut data = Data::new();
    data.insert("__conveyor_api_return_http_code__".to_owned(), json!(answer.status));
    data
}

fn plain(api: &Api, answer: &Response, scope: &Scope<'_>) -> Made {
    let success = matches!(answer.status, 200..=202);
    let kind = header(answer, "content-type").to_ascii_lowercase();
    let text = text(answer, &kind);
    if success && kind.starts_with("image/") {
        let image = base64::engine::general_purpose::STANDARD.encode(&answer.body);
        return Ok(one("__conveyor_api_image__", Value::String(image)));
    }
    let body = if kind.contains("xml") {
        xml::read(&text).map(Value::Object)
    } else {
        serde_json::from_str::<Value>(&text).ok()
    };
    if !success {
        return Err(bad(answer, body));
    }
    let body = match body {
        Some(body) => body,
        None if needs_none(api, answer, &kind) => Value::Null,
        None => return Err(not_json(answer, &text)),
    };
    if let Some(rows) = &api.response {
        return Ok(customised(rows, answer, body, scope));
    }
    match body {
        Value::Object(body) => Ok(body),
        Value::Array(list) => Ok(one("__conveyor_api_array__", Value::Array(list))),
        Value::Null if needs_none(api, answer, &kind) => Ok(Data::new()),
        _ => Err(not_json(answer, &text)),
    }
}

/// Whether an answer is good without a body that is understood: to a HEAD, which has none (?); of status 202 where the
/// node says so (sheet corezoid/engine 6.1, `rfc_format`); to XML, if it does not say that it is XML (6.3).
fn needs_none(api: &Api, answer: &Response, kind: &str) -> bool {
    let empty = answer.body.iter().all(u8::is_ascii_whitespace);
    (empty && (api.method == "HEAD" || (api.rfc && answer.status == 202)))
        || (api.content_type.contains("xml") && !kind.contains("xml") && !kind.contains("json"))
}

fn not_json(answer: &Response, text: &str) -> Box<(Fault, Data)> {
    let fault = Fault::software(AREA, "api_no_valid_json", format!("Not valid http result json({text})"));
    Box::new((fault, http_code(answer)))
}

/// The answer to a call that has failed by its status; the JSON of an error goes into the task too
/// (sheet corezoid/engine 6.3).
fn bad(answer: &Response, body: Option<Value>) -> Box<(Fault, Data)> {
    let mut data = http_code(answer);
    if let Some(Value::Object(body)) = body {
        data.extend(body);
    }
    Box::new((Fault::software(AREA, "api_bad_answer", format!("http code {}", answer.status)), data))
}

fn one(key: &str, value: Value) -> Data {
    let mut data = Data::new();
    data.insert(key.to_owned(), value);
    data
}

/// The body in the alphabet that its type names, or its XML declaration; UTF-8 if none does.
fn text<'a>(answer: &'a Response, kind: &str) -> Cow<'a, str> {
    let named = match kind.split_once("charset=") {
        Some((_, charset)) => charset.split(';').next().map(str::to_owned),
        None if kind.contains("xml") => declared(&answer.body),
        None => None,
    };
    let label = named.as_deref().map(|charset| charset.trim().trim_matches(['"', '\'']));
    match label.and_then(|label| Encoding::for_label(label.as_bytes())) {
        Some(encoding) if encoding != UTF_8 => encoding.decode(&answer.body).0,
        _ => String::from_utf8_lossy(&answer.body),
    }
}

/// `encoding` of an XML declaration.
fn declared(body: &[u8]) -> Option<String> {
    let head = body.get(..body.len().min(200))?;
    let head = String::from_utf8_lossy(head.strip_prefix(b"<?xml")?).into_owned();
    let (declaration, _) = head.split_once("?>")?;
    let (_, value) = declaration.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|first| matches!(first, '"' | '\''))?;
    Some(value[1..].split_once(quote)?.0.to_owned())
}

/// Only the mapped parameters; names may come from the task, values from the answer. What is absent is empty text, and
/// that is success (sheet corezoid/engine 6.3).
fn customised(rows: &[Row], answer: &Response, body: Value, scope: &Scope<'_>) -> Data {
    let headers: Map<String, Value> =
        answer.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), json!(value))).collect();
    let mut data = scope.data.clone();
    data.insert("header".to_owned(), Value::Object(headers));
    data.insert("body".to_owned(), body);
    let inner = Scope { data: &data, ..*scope };
    let mut out = Data::new();
    for row in rows {
        let Ok(name) = row.key.text(scope) else { continue };
        let value = match &row.value {
            RowValue::Constant(value) => Some(value.clone()),
            RowValue::Template(template) => template.value(&inner).ok().flatten(),
        };
        out.insert(name, value.map_or_else(|| json!(""), |value| coerced(value, row.of)));
    }
    out
}

fn coerced(value: Value, of: Option<Type>) -> Value {
    let Some(of) = of else { return value };
    match (of, of.fit(value.clone())) {
        (_, Some(fitting)) => fitting,
        // Recorded: an object that is declared a list becomes a list of it.
        (Type::Array, None) => json!([value]),
        // Nothing tells what becomes of a list that is declared an object, as new nodes declare every body: it stays (?).
        (Type::Object, None) if value.is_array() => value,
        (_, None) => json!(cast::text(&value)),
    }
}

/// The service's own envelope (sheet corezoid/engine 6.3, 6.4).
fn envelope(answer: &Response) -> Made {
    let refused =
        |tag: &'static str, text: &str| Err(Box::new((Fault::software(AREA, tag, text), Data::new())));
    let text = String::from_utf8_lossy(&answer.body);
    let body = serde_json::from_str::<Value>(&text).ok();
    if !matches!(answer.status, 200..=202) {
        // What an op of it brings counts, as its failure comes with status 500 (sheet corezoid/engine 6.3).
        let brought = body.as_ref().and_then(|body| body.pointer("/ops/0/res_data")).cloned();
        return Err(bad(answer, brought.or(body)));
    }
    let Some(body) = body else { return Err(not_json(answer, &text)) };
    if body["request_proc"] != "ok" {
        return refused(
            "api_no_request_proc",
            "Bad request_proc tag. Please fill request_proc=ok for your answer. If you want to put error use proc!=ok",
        );
    }
    let Some(op) = body["ops"].get(0) else {
        return refused("api_no_ops", "No ops. Please check documentation");
    };
    match (&op["proc"], &op["res_data"]) {
        (proc, Value::Object(data)) if proc == "ok" => Ok(data.clone()),
        (proc, Value::Null) if proc == "ok" => Ok(Data::new()),
        (proc, other) if proc == "ok" => {
            refused("api_bad_res_data", &format!("Bad res_data: {other}. Please check documentation"))
        }
        (_, data) => Err(bad(answer, Some(data.clone()))),
    }
}
