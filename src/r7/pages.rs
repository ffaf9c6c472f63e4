//! The portal's pages outside its API that clients need: downloads (sheet r7/files 5.8).

use std::sync::Arc;

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{Response, StatusCode};

use crate::kernel::base::PublicBase;
use crate::kernel::world::World;

/// Answers a page; `page` is what follows `/Products/Files/`, in lower case.
pub(crate) async fn serve(
    _page: &str,
    _world: &Arc<World>,
    _base: &PublicBase,
    _parts: &Parts,
    _body: Body,
) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}
