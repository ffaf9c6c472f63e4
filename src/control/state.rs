//! State documents over HTTP.

use axum::body::Body;
use axum::http::Response;

use super::respond::{decoded, empty, json_body};
use super::{ControlCall, Mistake};
use crate::kernel::state::{self, Document};

pub(super) async fn export(call: ControlCall) -> Result<Response<Body>, Mistake> {
    Ok(json_body(&call.worlds.export(&call.world).await?))
}

pub(super) async fn replace(call: ControlCall) -> Result<Response<Body>, Mistake> {
    let document = Document::new("body", decoded(call.request).await?);
    call.worlds.replace(&call.world.name, &document).await?;
    Ok(empty())
}

pub(super) fn schema(call: &ControlCall) -> Response<Body> {
    json_body(&state::schema(&call.worlds.services))
}
