//! Calls to this very server: they go in by its door and never touch the network.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Method, Request as HttpRequest, header};

use super::network::{Lost, answered, head, slot};
use super::{LONGEST, PATIENCE, too_big};
use crate::corezoid::engine::{Request, Response, Silence};
use crate::kernel::body::{self, BodyError};
use crate::kernel::home::Door;
use crate::kernel::outbound::Target;
use crate::kernel::world::{WORLD_HEADER, World};

/// Sends a request to this server under `path`. One that names no world stays in the one that it comes from.
pub(super) async fn send(
    door: Arc<dyn Door>,
    target: &Target,
    path: &str,
    world: &World,
    request: &Request,
) -> Result<Response, Lost> {
    let (method, mut headers): (Method, _) = head(target, request)?;
    let body = request.body.clone();
    if !body.is_empty() {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    }
    // Absent, not overwritten: who names a world means it.
    let own = HeaderValue::from_str(&world.name).map_err(|_| Silence::Unsendable)?;
    headers.entry(HeaderName::from_static(WORLD_HEADER)).or_insert(own);
    let mut sent = HttpRequest::new(Body::from(body));
    *sent.method_mut() = method;
    *sent.uri_mut() = path.parse().map_err(|_| Silence::Refused)?;
    *sent.headers_mut() = headers;
    let exchange = async {
        let _slot = slot(world).await;
        let (parts, body) = door.enter(sent).await.into_parts();
        let body = body::read(body, LONGEST).await.map_err(|error| match error {
            BodyError::TooLarge => too_big(LONGEST + 1),
            BodyError::Broken => Silence::Refused,
        })?;
        Ok(answered(parts.status.as_u16(), &parts.headers, body.to_vec()))
    };
    tokio::time::timeout(PATIENCE, exchange).await.unwrap_or(Err(Silence::Timeout)).map_err(Lost::from)
}
