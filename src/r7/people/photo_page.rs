//! The page that serves people's pictures. They need no sign-in, as upstream's do not.

use axum::body::Body;
use axum::http::{HeaderValue, Method, Response, StatusCode, header};
use uuid::Uuid;

use super::rules::picture;
use crate::kernel::db::Access;
use crate::kernel::world::World;
use crate::r7::store::photo::{self, PhotoRow};

/// Answers `/storage/userPhotos/…`.
pub(crate) async fn serve(person: Uuid, world: &World, method: &Method) -> Response<Body> {
    let refuse = |status: StatusCode| {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = status;
        response
    };
    if !matches!(*method, Method::GET | Method::HEAD) {
        return refuse(StatusCode::NOT_FOUND);
    }
    match find(person, world).await {
        Ok(Some(photo)) => {
            let length = HeaderValue::from(photo.bytes.len());
            let body = if *method == Method::HEAD { Body::empty() } else { Body::from(photo.bytes) };
            let mut response = Response::new(body);
            let media = HeaderValue::from_static(picture::media(&photo.ending));
            response.headers_mut().insert(header::CONTENT_TYPE, media);
            response.headers_mut().insert(header::CONTENT_LENGTH, length);
            response
        }
        Ok(None) => refuse(StatusCode::NOT_FOUND),
        Err(error) => {
            tracing::error!(%error, "storage failed");
            refuse(StatusCode::SERVICE_UNAVAILABLE)
        }
    }
}

async fn find(person: Uuid, world: &World) -> Result<Option<PhotoRow>, sqlx::Error> {
    let mut unit = world.db.begin(Access::Read).await?;
    let found = photo::find(unit.conn(), person).await;
    unit.rollback().await?;
    found
}
