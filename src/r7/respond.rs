//! Answers as HTTP: envelope, form, headers (sheet r7/transport 2, 7).

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Response, StatusCode, header};
use serde_json::Value;

use super::caller::{self, Identity};
use super::error::{Fault, Wire};
use super::format::Format;
use super::listing::{self, ListOptions};
use super::wire::{Answer, Failure, Paging, Success};
use super::{contract, plain_list, render};
use crate::kernel::base::PublicBase;
use crate::kernel::settings::Language;

/// How an answer is put.
pub(super) struct Shape {
    pub(super) options: ListOptions,
    pub(super) paging: Paging,
    pub(super) format: Format,
    pub(super) status: StatusCode,
    /// The seeds' envelope.
    pub(super) bare: bool,
}

impl Shape {
    pub(super) fn response<T: Answer>(mut self, answer: &T) -> Response<Body> {
        let Some(named) = answer.items() else { return self.envelope(answer) };
        // sheet r7/transport 5: what an endpoint has paged itself is not filtered and paged once more.
        let paged = self.paging != Paging::default();
        let touched = plain_list::is_touched(&self.options, answer.count());
        if self.options.contract.is_none() && (paged || !touched) {
            return self.envelope(answer);
        }
        let tree = serde_json::to_value(answer).unwrap_or_default();
        let mut items = if let Value::Array(items) = tree { items } else { Vec::new() };
        if paged {
            contract::pick(&mut items, &named, &self.options);
        } else {
            self.paging = plain_list::apply(&mut items, &named, &self.options);
        }
        self.envelope(&items)
    }

    fn envelope<T: Answer>(&self, answer: &T) -> Response<Body> {
        let success = Success {
            answer,
            start_index: self.options.start_index,
            paging: self.paging,
            status_code: self.status.as_u16(),
            bare: self.bare,
        };
        body(&success, self.format, self.status, &self.options.fields)
    }
}

/// Adds the cookies of an answer: those that the call set, and what the way of signing in asks for
/// (sheet r7/transport 6: a token from a header is set as a cookie again, a bad cookie expires).
pub(super) fn remember(
    response: &mut Response<Body>,
    mut cookies: Vec<String>,
    identity: &Identity,
    base: &PublicBase,
) {
    // A call that gave out a token of its own has set the newer cookie already.
    if let Some((token, expires)) = identity.renew.as_ref().filter(|_| cookies.is_empty()) {
        cookies.push(caller::cookie(token, *expires, base.is_https()));
    } else if identity.stale_cookie {
        cookies.push(caller::no_cookie());
    }
    for cookie in cookies {
        if let Ok(value) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
}

/// A document in the negotiated form.
pub(super) fn body(
    document: &impl serde::Serialize,
    format: Format,
    status: StatusCode,
    fields: &[String],
) -> Response<Body> {
    let (text, media) = match format {
        Format::Json if fields.is_empty() => (render::json(document), "application/json; charset=UTF-8"),
        _ => {
            let mut tree = serde_json::to_value(document).unwrap_or_default();
            if let Some(response) = tree.get_mut("response").filter(|_| !fields.is_empty()) {
                listing::trim_fields(response, fields);
            }
            match format {
                Format::Json => (render::json(&tree), "application/json; charset=UTF-8"),
                Format::Xml => (Ok(render::xml(&tree)), "text/xml; charset=UTF-8"),
            }
        }
    };
    // Our own wrappers always serialise; were one not to, the empty body and the log would show it.
    let text = text.unwrap_or_else(|error| {
        tracing::error!(%error, "an answer could not be written");
        Vec::new()
    });
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    // sheet r7/transport 9.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

/// A fault in the negotiated form, and in the log.
pub(super) fn refuse(
    fault: &Fault,
    format: Format,
    start_index: i64,
    language: Language,
    parts: &Parts,
) -> Response<Body> {
    if let Fault::Storage(error) = fault {
        tracing::error!(%error, "storage failed");
    }
    if let Fault::NoCaller { challenge } = fault {
        return unauthorized(*challenge, parts);
    }
    let wire: Wire = fault.wire(language);
    let status = StatusCode::from_u16(wire.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    body(&Failure { wire: &wire, start_index }, format, status, &[])
}

/// sheet r7/transport 6: the bare word, whatever the suffix. With an `Authorization` header: a challenge.
pub(super) fn unauthorized(challenge: bool, parts: &Parts) -> Response<Body> {
    let mut response = Response::new(Body::from("Unauthorized"));
    *response.status_mut() = StatusCode::UNAUTHORIZED;
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, html);
    // sheet r7/transport 6: a bad cookie is expired in the answer.
    if caller::has_cookie(&parts.headers)
        && let Ok(value) = HeaderValue::from_str(&caller::no_cookie())
    {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    if challenge {
        let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
        if let Ok(value) = HeaderValue::from_str(&format!("Basic Realm=\"{host}\"")) {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
        }
    }
    response
}
