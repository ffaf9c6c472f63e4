//! `batch`: several calls in one request, one after another, each with a transaction of its own (sheet r7/transport 8).

use std::borrow::Cow;

use axum::body::Body;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};

use super::bind::{Arguments, BindError, objects};
use super::endpoint::{self, Calling, Entry, Prepared};
use super::error::Fault;
use super::openapi::{Described, Schemas};
use super::respond::{self, Shape};
use super::route::Verb;
use super::wire::{Nothing, Paging};
use crate::kernel::body;
use crate::kernel::service::{Boxed, Exchange};
use crate::kernel::settings::Profile;

/// Most calls of one batch. Upstream knows no such number; without one a single request could ask for any amount of work.
const MOST: usize = 500;

/// What a call's body is taken for if nothing is said.
const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";

/// The line of the route table for a verb.
pub(crate) const fn line(verb: Verb) -> Entry {
    Entry { verb, template: "batch", open: false, upload: false, batch: true, run, describe }
}

fn describe(schemas: &mut Schemas) -> Described {
    schemas.of_types::<Batch, Vec<Option<Answered>>>()
}

/// Several calls in one request.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
struct Batch {
    /// The calls, or a text that holds them as JSON.
    #[serde(deserialize_with = "objects")]
    #[schemars(with = "String")]
    batch: Vec<Item>,
    /// A form of `[0][relativeUrl]=…`, and a body that is nothing but the list.
    #[serde(rename = "", deserialize_with = "objects")]
    #[schemars(skip)]
    bare: Vec<Item>,
}

/// One call. `after`, `before` and `relativeMethod` are taken and not looked at (sheet r7/transport 8).
#[derive(Debug, Deserialize, Default, JsonSchema)]
#[serde(default)]
struct Item {
    relativeurl: String,
    method: String,
    name: Option<String>,
    order: i32,
    body: String,
    bodycontenttype: String,
}

/// The answer of one call.
#[derive(Serialize, JsonSchema)]
struct Answered {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    status: u16,
    headers: Map<String, Value>,
    /// The body, as a text.
    data: String,
}

/// The answer to a batch without calls: upstream's bug, an error with status 0 and no statusCode.
struct NoBatch;

impl Serialize for NoBatch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Envelope {
            status: i32,
            error: Error,
        }
        #[derive(Serialize)]
        struct Error {
            message: &'static str,
            hresult: i32,
            data: Nothing,
        }
        let error = Error { message: "no batch specified", hresult: -2_146_233_079, data: Nothing };
        Envelope { status: 0, error }.serialize(serializer)
    }
}

/// The calls in the order in which they run.
fn items(arguments: &Arguments) -> Result<Vec<Item>, Fault> {
    let mut items = match arguments.text("batch") {
        Some(text) if !text.trim().is_empty() => {
            let mut inner = Arguments::default();
            inner.push_json(format!("{{\"batch\":{text}\n}}").as_bytes())?;
            inner.bind::<Batch>()?.batch
        }
        _ => {
            let batch: Batch = arguments.bind()?;
            if batch.batch.is_empty() { batch.bare } else { batch.batch }
        }
    };
    if items.len() > MOST {
        return Err(Fault::Argument(format!("A batch holds at most {MOST} calls.").into()));
    }
    for item in items.iter().filter(|item| !item.body.is_empty() && !item.bodycontenttype.is_empty()) {
        // sheet r7/transport 8: with a body the charset is mandatory, else the whole batch fails.
        if !item.bodycontenttype.to_ascii_lowercase().contains("charset=") {
            let text = "Value cannot be null.\r\nParameter name: name";
            return Err(BindError::broken(text, -2_147_467_261).into());
        }
    }
    items.sort_by_key(|item| item.order);
    Ok(items)
}

fn run(prepared: Prepared) -> Boxed<'static, Result<Response<Body>, Fault>> {
    Box::pin(async move {
        let items = items(&prepared.arguments)?;
        if items.is_empty() {
            return Ok(respond::body(&NoBatch, prepared.format, StatusCode::OK));
        }
        let mut answers = Vec::with_capacity(items.len());
        for item in items {
            answers.push(call(&prepared, item).await);
        }
        let status = if prepared.post { StatusCode::CREATED } else { StatusCode::OK };
        let shape = Shape {
            options: prepared.list,
            paging: Paging::default(),
            format: prepared.format,
            status,
            bare: prepared.exchange.settings.profile == Profile::Seed,
        };
        let mut response = shape.envelope(&answers);
        respond::remember(&mut response, Vec::new(), &prepared.identity, &prepared.base);
        Ok(response)
    })
}

/// Makes one call in the caller's name; nothing where there is no such route.
async fn call(prepared: &Prepared, item: Item) -> Option<Answered> {
    let request = request(prepared, &item)?;
    let calling = Calling::Inside(prepared.identity.user.clone());
    let exchange = Exchange { world: prepared.exchange.clone(), base: prepared.base.clone(), request };
    let response = endpoint::serve_as(exchange, calling).await;
    let (parts, content) = response.into_parts();
    let data = body::read(content, usize::MAX).await.unwrap_or_default();
    Some(Answered {
        name: item.name,
        status: parts.status.as_u16(),
        headers: headers(&parts.headers),
        data: String::from_utf8_lossy(&data).into_owned(),
    })
}

/// The request that an item stands for; none if no route takes it.
fn request(prepared: &Prepared, item: &Item) -> Option<Request<Body>> {
    let relative = item.relativeurl.trim();
    let path = format!("/{}", relative.trim_start_matches('/'));
    let prefix = &prepared.base.prefix;
    let path = path.strip_prefix(prefix.as_str()).filter(|rest| rest.starts_with('/')).unwrap_or(&path);
    let target: PathAndQuery = escaped(path).parse().ok()?;
    let method = match item.method.trim().to_ascii_uppercase().as_str() {
        "" => Method::GET,
        word => Method::from_bytes(word.as_bytes()).ok()?,
    };
    endpoint::api_path(target.path()).filter(|path| endpoint::has_route(&method, path))?;
    let mut request = Request::new(Body::from(item.body.clone()));
    *request.method_mut() = method;
    *request.uri_mut() = target.into();
    // sheet r7/transport 8: the outer headers hold for each, but for those about the outer body.
    *request.headers_mut() = prepared.headers.clone();
    for name in [header::CONTENT_LENGTH, header::CONTENT_TYPE, header::TRANSFER_ENCODING] {
        request.headers_mut().remove(name);
    }
    if !item.body.is_empty() {
        let media = if item.bodycontenttype.is_empty() { FORM } else { item.bodycontenttype.as_str() };
        request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_str(media).ok()?);
    }
    Some(request)
}

/// A URL as a client types it: what may not stand in one raw, a blank or a Cyrillic letter, is escaped.
fn escaped(url: &str) -> Cow<'_, str> {
    const RAW: &percent_encoding::AsciiSet = &percent_encoding::CONTROLS
        .add(b' ')
        .add(b'"')
        .add(b'<')
        .add(b'>')
        .add(b'`')
        .add(b'{')
        .add(b'}')
        .add(b'|')
        .add(b'\\')
        .add(b'^')
        .add(b'#');
    percent_encoding::utf8_percent_encode(url, RAW).into()
}

/// Headers under the portal's names of properties: `content-Type` (sheet r7/transport 8).
fn headers(headers: &HeaderMap) -> Map<String, Value> {
    let mut all = Map::new();
    for name in headers.keys() {
        let values: Vec<_> = headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect();
        let mut shown = String::with_capacity(name.as_str().len());
        for char in name.as_str().chars() {
            shown.push(if shown.ends_with('-') { char.to_ascii_uppercase() } else { char });
        }
        all.insert(shown, values.join(",").into());
    }
    all
}
