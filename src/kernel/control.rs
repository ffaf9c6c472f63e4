//! The form of control calls and of their answers (contract §5): for the control plane, and for services that own some of its
//! paths.

use axum::body::Body;
use axum::http::{Response, StatusCode, header};
use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::world::WorldError;
use super::{body, tracked};

/// First segment of every control path.
pub(crate) const PREFIX: &str = "/_standin";

/// Verbs as they are listed (`GET, PUT`), and a path below [`PREFIX`]; capitals in a segment stand for any text.
pub(crate) type ControlPath = (&'static str, &'static str);

/// What went wrong with a control call: status and text.
#[derive(Debug)]
pub(crate) struct Mistake(pub(crate) StatusCode, pub(crate) String);

impl From<WorldError> for Mistake {
    fn from(error: WorldError) -> Self {
        let status = match error {
            WorldError::Document { .. } => StatusCode::BAD_REQUEST,
            _ => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self(status, error.to_string())
    }
}

impl From<sqlx::Error> for Mistake {
    fn from(error: sqlx::Error) -> Self {
        Self(StatusCode::SERVICE_UNAVAILABLE, format!("storage: {error}"))
    }
}

/// Whether a path (below [`PREFIX`]) is of the form of `template`.
pub(crate) fn is_of(template: &str, path: &str) -> bool {
    let fits = |(form, segment): (&str, &str)| {
        let fixed = form.trim_start_matches(|letter: char| letter.is_ascii_uppercase());
        let open = fixed.len() < form.len();
        if open { segment.len() > fixed.len() && segment.ends_with(fixed) } else { form == segment }
    };
    template.split('/').count() == path.split('/').count()
        && template.split('/').zip(path.split('/')).all(fits)
}

/// Whether a list of verbs as in [`ControlPath`] names one.
pub(crate) fn takes(verbs: &str, method: &str) -> bool {
    verbs.split(", ").any(|verb| verb == method)
}

/// Largest body of a control call: a state document with its files.
const LIMIT: usize = 1 << 30;

/// 200 with a JSON body.
pub(crate) fn json_body(value: &impl Serialize) -> Response<Body> {
    with_status(StatusCode::OK, value)
}

/// 200 with a text that is JSON already.
pub(crate) fn json_text(text: String) -> Response<Body> {
    with_text(StatusCode::OK, text.into_bytes())
}

/// 204.
pub(crate) fn empty() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// `{"error":{"message":…}}`.
pub(crate) fn mistake(status: StatusCode, message: &str) -> Response<Body> {
    with_status(status, &json!({ "error": { "message": message } }))
}

fn with_status(status: StatusCode, value: &impl Serialize) -> Response<Body> {
    // Serialising our own maps and strings cannot fail; an empty body would show if it did.
    with_text(status, serde_json::to_vec(value).unwrap_or_default())
}

fn with_text(status: StatusCode, text: Vec<u8>) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    response
}

/// The whole body of a request.
pub(crate) async fn bytes(request: axum::http::Request<Body>) -> Result<Bytes, Mistake> {
    body::read(request.into_body(), LIMIT).await.map_err(|error| match error {
        body::BodyError::TooLarge => {
            Mistake(StatusCode::PAYLOAD_TOO_LARGE, "the body is over 1 GiB".to_owned())
        }
        body::BodyError::Broken => Mistake(StatusCode::BAD_REQUEST, "the body ended early".to_owned()),
    })
}

/// The body as JSON of a known form.
pub(crate) async fn decoded<T: DeserializeOwned>(request: axum::http::Request<Body>) -> Result<T, Mistake> {
    let bytes = bytes(request).await?;
    let mut json = serde_json::Deserializer::from_slice(&bytes);
    let wrong = |text: String| Mistake(StatusCode::BAD_REQUEST, format!("body: {text}"));
    let value = tracked::decode(&mut json).map_err(|error| wrong(error.to_string()))?;
    json.end().map_err(|error| wrong(error.to_string()))?;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_of_a_form_segment_by_segment() {
        for (template, path, fits) in [
            ("state", "state", true),
            ("state", "states", false),
            ("state", "", false),
            ("worlds/NAME", "worlds/a", true),
            ("worlds/NAME", "worlds/", false),
            ("worlds/NAME", "worlds/a/b", false),
            ("openapi/SERVICE.json", "openapi/one.json", true),
            ("openapi/SERVICE.json", "openapi/.json", false),
            ("openapi/SERVICE.json", "openapi/one.xml", false),
            ("things/ID/trace", "things/5/trace", true),
            ("things/ID/trace", "things/5/traces", false),
        ] {
            assert_eq!(is_of(template, path), fits, "{template} {path}");
        }
        assert!(takes("GET, PUT", "PUT") && !takes("GET, PUT", "PU") && !takes("GET", "POST"));
    }
}
