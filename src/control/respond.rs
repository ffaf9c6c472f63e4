//! Bodies of the control plane.

use axum::body::Body;
use axum::http::{Response, StatusCode, header};
use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::Mistake;
use crate::kernel::body;

/// Largest body of a control call: a state document with its files.
const LIMIT: usize = 1 << 30;

/// 200 with a JSON body.
pub(super) fn json_body(value: &impl Serialize) -> Response<Body> {
    with_status(StatusCode::OK, value)
}

/// 200 with a text that is JSON already.
pub(super) fn json_text(text: String) -> Response<Body> {
    with_text(StatusCode::OK, text.into_bytes())
}

/// 204.
pub(super) fn empty() -> Response<Body> {
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
pub(super) async fn bytes(request: axum::http::Request<Body>) -> Result<Bytes, Mistake> {
    body::read(request.into_body(), LIMIT).await.map_err(|error| match error {
        body::BodyError::TooLarge => {
            Mistake(StatusCode::PAYLOAD_TOO_LARGE, "the body is over 1 GiB".to_owned())
        }
        body::BodyError::Broken => Mistake(StatusCode::BAD_REQUEST, "the body ended early".to_owned()),
    })
}

/// The body as JSON of a known form.
pub(super) async fn decoded<T: DeserializeOwned>(request: axum::http::Request<Body>) -> Result<T, Mistake> {
    let bytes = bytes(request).await?;
    let mut json = serde_json::Deserializer::from_slice(&bytes);
    serde_path_to_error::deserialize(&mut json)
        .and_then(|value| {
            json.end().map(|()| value).map_err(|error| {
                serde_path_to_error::Error::new(serde_path_to_error::Track::new().path(), error)
            })
        })
        .map_err(|error| Mistake(StatusCode::BAD_REQUEST, format!("body: {error}")))
}
