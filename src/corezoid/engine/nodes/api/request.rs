//! What an API Call sends (sheet corezoid/engine 6.2). Pure.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::{AREA, xml};
use crate::corezoid::engine::cast;
use crate::corezoid::engine::fault::Fault;
use crate::corezoid::engine::graph::{Api, Format};
use crate::corezoid::engine::nodes::rows::{self, Owner};
use crate::corezoid::engine::nodes::{At, Outcome};
use crate::corezoid::engine::task::{Data, Request, Task};
use crate::corezoid::engine::template::Scope;
use crate::corezoid::signature;

const OWNER: Owner<'_> = Owner { area: AREA, convert: "api_wrong_convert_param" };
/// What a query keeps as it is.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The request, or what is wrong before anything is sent.
pub(super) fn build(api: &Api, at: &At<'_>, scope: &Scope<'_>, task: &Task) -> Result<Request, Outcome> {
    let url = api.url.text(scope).map_err(|stop| OWNER.stopped("url", stop))?;
    let extra = rows::object(&api.rows, at, scope, OWNER)?;
    if !["http://", "https://"].iter().any(|scheme| url.to_ascii_lowercase().starts_with(scheme)) {
        let fault = Fault::software(AREA, "api_bad_answer", "no_scheme");
        return Err(Outcome::failed(fault.about(format!("{} {url}", method(api)))));
    }
    let mut headers = vec![("Content-Type".to_owned(), content_type(&api.content_type))];
    for row in &api.headers {
        let name = row.key.text(scope).map_err(|stop| OWNER.stopped("", stop))?;
        let value = cast::text(&rows::value(row, &name, at, scope, OWNER)?);
        headers.retain(|(known, _)| !known.eq_ignore_ascii_case(&name));
        headers.push((name, value));
    }
    // sheet corezoid/engine 1.3.
    headers.push(("X-Corezoid-TaskID".to_owned(), task.id.clone()));
    // sheet corezoid/engine 6.1: only a GET puts its parameters into the query; a HEAD has no other place for them either.
    let bodiless = matches!(api.method.as_str(), "GET" | "HEAD") && matches!(api.format, Format::Rows);
    let mut query: Vec<(String, String)> = Vec::new();
    let body = if bodiless {
        query.extend(extra.iter().map(|(key, value)| (key.clone(), cast::text(value))));
        String::new()
    } else {
        body(api, extra, at, scope, task)?
    };
    let secret = api.secret.as_ref().map(|secret| secret.text(scope)).transpose();
    let secret = secret.map_err(|stop| OWNER.stopped("api_secret_outer", stop))?.unwrap_or_default();
    if api.send_sys || matches!(api.format, Format::Conveyor) {
        let time = at.now.div_euclid(1000).to_string();
        query.push(("conv_signature".to_owned(), signature::sign(&time, &secret, body.as_bytes())));
        query.push(("conv_time".to_owned(), time));
        query.push(("conv_id".to_owned(), task.conv.to_string()));
    }
    let certificate = api.certificate.as_ref().map(|pem| pem.text(scope)).transpose();
    let certificate = certificate.map_err(|stop| OWNER.stopped("cert_pem", stop))?;
    Ok(Request {
        method: method(api).to_owned(),
        url: with_query(url, &query),
        headers,
        body,
        max_threads: api.max_threads,
        certificate: certificate.filter(|pem| !pem.trim().is_empty()),
    })
}

fn method(api: &Api) -> &str {
    if api.method.is_empty() { "POST" } else { &api.method }
}

fn content_type(kind: &str) -> String {
    match kind {
        "x-www-form-urlencoded" => "application/x-www-form-urlencoded".to_owned(),
        other => other.to_owned(),
    }
}

fn body(api: &Api, extra: Data, at: &At<'_>, scope: &Scope<'_>, task: &Task) -> Result<String, Outcome> {
    let sys = || {
        json!({
            "ref": task.reference.as_deref().unwrap_or_default(),
            "obj_id": task.id,
            "conv_id": task.conv,
            "node_id": at.node.id,
        })
    };
    match &api.format {
        Format::Raw(template) => template.text(scope).map_err(|stop| OWNER.stopped("raw_body", stop)),
        Format::Conveyor => {
            let mut op = json!({ "ref": Value::Null, "type": "data" });
            if let (Some(op), Value::Object(sys)) = (op.as_object_mut(), sys()) {
                op.extend(sys);
                op.insert("data".to_owned(), Value::Object(task.data.clone()));
                op.insert("extra".to_owned(), Value::Object(extra));
            }
            Ok(json!({ "ops": [op] }).to_string())
        }
        Format::Rows if api.content_type.contains("x-www-form-urlencoded") => {
            let pair = |(key, value): (&String, &Value)| (key.clone(), cast::text(value));
            Ok(form_urlencoded::Serializer::new(String::new()).extend_pairs(extra.iter().map(pair)).finish())
        }
        Format::Rows if api.content_type.contains("xml") => xml::written(&extra).ok_or_else(|| {
            Outcome::failed(Fault::hardware(AREA, "api_bind_error", "Error bind params to http query"))
        }),
        Format::Rows => {
            let mut body = extra;
            if api.send_sys {
                body.insert("sys".to_owned(), sys());
            }
            Ok(Value::Object(body).to_string())
        }
    }
}

fn with_query(url: String, query: &[(String, String)]) -> String {
    if query.is_empty() {
        return url;
    }
    let encode = |text: &str| utf8_percent_encode(text, QUERY).to_string();
    let pairs: Vec<_> =
        query.iter().map(|(key, value)| format!("{}={}", encode(key), encode(value))).collect();
    let (url, fragment) = url.split_once('#').map_or((url.as_str(), ""), |(url, fragment)| (url, fragment));
    let joint = if url.contains('?') { '&' } else { '?' };
    let tail = if fragment.is_empty() { String::new() } else { format!("#{fragment}") };
    format!("{url}{joint}{}{tail}", pairs.join("&"))
}
