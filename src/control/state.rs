//! State documents over HTTP.

use axum::body::Body;
use axum::http::{Response, StatusCode};

use super::ControlCall;
use crate::kernel::control::{Mistake, bytes, empty, json_body, json_text};
use crate::kernel::state::{self, Document};

pub(super) async fn export(call: ControlCall) -> Result<Response<Body>, Mistake> {
    Ok(json_text(call.worlds.export(&call.world).await?))
}

pub(super) async fn replace(call: ControlCall) -> Result<Response<Body>, Mistake> {
    let document = Document::parse("body", bytes(call.request).await?)
        .map_err(|error| Mistake(StatusCode::BAD_REQUEST, format!("body: {error}")))?;
    call.worlds.replace(&call.world.name, &document).await?;
    Ok(empty())
}

pub(super) fn schema(call: &ControlCall) -> Response<Body> {
    json_body(&state::schema(&call.worlds.services))
}
