//! What an API Call makes of an answer (sheet corezoid/engine 6.3, 6.4). Pure.

use base64::Engine as _;
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
                "http_req_body_size": 0,
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
    let text = String::from_utf8_lossy(&answer.body);
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
        // The JSON of an error goes into the task too (sheet corezoid/engine 6.3).
        let mut data = http_code(answer);
        if let Some(Value::Object(body)) = body {
            data.extend(body);
        }
        let fault = Fault::software(AREA, "api_bad_answer", format!("http code {}", answer.status));
        return Err(Box::new((fault, data)));
    }
    if let Some(rows) = &api.response {
        return Ok(customised(rows, answer, body.unwrap_or(Value::Null), scope));
    }
    match body {
        Some(Value::Object(body)) => Ok(body),
        Some(Value::Array(list)) => Ok(one("__conveyor_api_array__", Value::Array(list))),
        _ => {
            let fault =
                Fault::software(AREA, "api_no_valid_json", format!("Not valid http result json({text})"));
            Err(Box::new((fault, http_code(answer))))
        }
    }
}

fn one(key: &str, value: Value) -> Data {
    let mut data = Data::new();
    data.insert(key.to_owned(), value);
    data
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
        (_, None) => json!(cast::text(&value)),
    }
}

/// The service's own envelope (sheet corezoid/engine 6.3, 6.4).
fn envelope(answer: &Response) -> Made {
    let refused =
        |tag: &'static str, text: &str| Err(Box::new((Fault::software(AREA, tag, text), Data::new())));
    let text = String::from_utf8_lossy(&answer.body);
    let Ok(body) = serde_json::from_str::<Value>(&text) else {
        let fault = Fault::software(AREA, "api_no_valid_json", format!("Not valid http result json({text})"));
        return Err(Box::new((fault, http_code(answer))));
    };
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
        (_, data) => {
            let data = data.as_object().cloned().unwrap_or_default();
            Err(Box::new((Fault::software(AREA, "api_bad_answer", "http code 500"), data)))
        }
    }
}
