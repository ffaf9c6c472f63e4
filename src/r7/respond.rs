//! Answers as HTTP: envelope, form, headers (sheet r7/transport 2, 7).

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Response, StatusCode, header};
use serde_json::Value;

use super::caller::{self, Identity};
use super::error::{Fault, Wire};
use super::format::Format;
use super::listing::{self, ListOptions};
use super::wire::{Envelope, Failure, Paging, Payload};
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
    /// The answer in its envelope.
    pub(super) fn response(mut self, answer: &dyn Payload) -> Response<Body> {
        let Some(named) = answer.listed() else { return self.envelope(answer) };
        // sheet r7/transport 5: what an endpoint has paged itself is not filtered and paged once more.
        let paged = self.paging != Paging::default();
        let touched = plain_list::is_touched(&self.options, answer.counted());
        if self.options.contract.is_none() && (paged || !touched) {
            return self.envelope(answer);
        }
        let tree = answer.tree().unwrap_or_default();
        let mut items = if let Value::Array(items) = tree { items } else { Vec::new() };
        if paged {
            contract::pick(&mut items, &named, &self.options);
        } else {
            self.paging = plain_list::apply(&mut items, &named, &self.options);
        }
        self.envelope(&items)
    }

    /// The same for an answer that no list option touches.
    pub(super) fn envelope(&self, answer: &dyn Payload) -> Response<Body> {
        let envelope = if self.bare {
            Envelope::bare()
        } else {
            Envelope::new(answer.counted(), self.options.start_index, self.paging, self.status.as_u16())
        };
        send(self.written(&envelope, answer), self.format, self.status)
    }

    /// The whole document.
    fn written(&self, envelope: &Envelope, answer: &dyn Payload) -> Result<Vec<u8>, serde_json::Error> {
        let fields = &self.options.fields;
        if self.format == Format::Json && fields.is_empty() {
            return Ok(render::with_member(render::json(envelope)?, "response", &answer.json()?));
        }
        let mut tree = serde_json::to_value(envelope)?;
        let mut response = answer.tree()?;
        listing::trim_fields(&mut response, fields);
        tree["response"] = response;
        match self.format {
            Format::Json => render::json(&tree),
            Format::Xml => Ok(render::xml(&tree)),
        }
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

/// A document without an answer in it, in the negotiated form.
pub(super) fn body(document: &impl serde::Serialize, format: Format, status: StatusCode) -> Response<Body> {
    let text = match format {
        Format::Json => render::json(document),
        Format::Xml => serde_json::to_value(document).map(|tree| render::xml(&tree)),
    };
    send(text, format, status)
}

fn send(text: Result<Vec<u8>, serde_json::Error>, format: Format, status: StatusCode) -> Response<Body> {
    // Our own answers always serialise; were one not to, the empty body and the log would show it.
    let text = text.unwrap_or_else(|error| {
        tracing::error!(%error, "an answer could not be written");
        Vec::new()
    });
    let media = match format {
        Format::Json => "application/json; charset=UTF-8",
        Format::Xml => "text/xml; charset=UTF-8",
    };
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
    body(&Failure { wire: &wire, start_index }, format, status)
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
