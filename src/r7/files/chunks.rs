//! The page that takes uploads in chunks: `/Products/Files/ChunkedUploader.ashx` (sheet r7/files 5.2).
//!
//! Not of the API: no login (the session's id is the secret), no envelope, and a mistake is a 200 that says so. Chunks are
//! taken in the order in which they come; what a broken one left behind is dropped before the next.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use axum::http::request::Parts as Head;
use axum::http::{HeaderValue, Response, StatusCode, header};
use futures_util::StreamExt as _;
use serde::Serialize;
use tokio::sync::OwnedMutexGuard;
use uuid::Uuid;

use super::blob::{self, Parts};
use super::ids::FileId;
use super::session::{IDLE_MILLIS, Session};
use super::unread::News;
use super::{NewFile, create_of};
use crate::kernel::base::PublicBase;
use crate::kernel::body::{BodyError, Bounded};
use crate::kernel::db::Access;
use crate::kernel::time::Timestamp;
use crate::kernel::world::World;
use crate::r7::endpoint;
use crate::r7::error::Text;
use crate::r7::input::REQUEST_LIMIT;
use crate::r7::messages::Message;
use crate::r7::people::directory::{Directory, People};
use crate::r7::store;
use crate::r7::store::upload::{Put, UploadRow};

/// What a chunk or its request may come to, besides success.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    /// Said in a 200.
    #[error("{0}")]
    Said(Text),
    /// The front server's own (sheet r7/transport 9).
    #[error("request too large")]
    TooLarge,
    /// The client hung up.
    #[error("body ended early")]
    Broken,
    #[error("storage: {0}")]
    Storage(#[from] sqlx::Error),
}

impl From<Message> for Refusal {
    fn from(message: Message) -> Self {
        Self::Said(message.into())
    }
}

impl From<&'static str> for Refusal {
    fn from(text: &'static str) -> Self {
        Self::Said(text.into())
    }
}

const EXPIRED: &str =
    "Can't authorize given initiate session request or session with specified upload id already expired";
const NO_FILES: &str = "HttpRequest.Files is empty";

/// The order of fields is the wire's.
#[derive(Serialize)]
struct Reply<'a, T> {
    success: bool,
    data: Option<T>,
    message: &'a str,
}

/// The file that a last chunk made.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Made {
    id: FileId,
    folder_id: i64,
    version: i64,
    title: String,
    #[serde(rename = "provider_key")]
    provider_key: Option<String>,
    uploaded: bool,
}

fn reply<T: Serialize>(status: StatusCode, data: Option<T>) -> Response<Body> {
    write(status, &Reply { success: true, data, message: "" })
}

fn write<T: Serialize>(status: StatusCode, reply: &Reply<'_, T>) -> Response<Body> {
    let mut response = Response::new(Body::from(serde_json::to_vec(reply).unwrap_or_default()));
    *response.status_mut() = status;
    let media = HeaderValue::from_static("application/json; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, media);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private"));
    response
}

/// Answers the page.
pub(crate) async fn serve(world: &Arc<World>, base: &PublicBase, head: &Head, body: Body) -> Response<Body> {
    let refusal = match answer(world, base, head, body).await {
        Ok(response) => return response,
        Err(refusal) => refusal,
    };
    let known = world.part::<People>().known();
    let language = known.map_or(world.settings.language, |directory| directory.portal.language);
    let status = match &refusal {
        Refusal::Said(text) => {
            let message = text.say(language);
            return write(StatusCode::OK, &Reply::<()> { success: false, data: None, message });
        }
        Refusal::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Refusal::Broken => StatusCode::BAD_REQUEST,
        Refusal::Storage(error) => {
            tracing::error!(%error, "storage failed");
            StatusCode::SERVICE_UNAVAILABLE
        }
    };
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

async fn answer(
    world: &Arc<World>,
    base: &PublicBase,
    head: &Head,
    body: Body,
) -> Result<Response<Body>, Refusal> {
    let (mut id, mut abort) = (None, false);
    for (name, value) in form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes()) {
        match name.to_ascii_lowercase().as_str() {
            "uid" => id = Some(value.into_owned()).filter(|id| !id.is_empty()),
            "abort" => abort = value == "true",
            _ => {}
        }
    }
    let body = Bounded::new(body, REQUEST_LIMIT).map_err(|_| Refusal::TooLarge)?;
    if world.take_due() {
        endpoint::run_due(world).await?;
    }
    let Some(id) = id else {
        body.refuse();
        return Err(EXPIRED.into());
    };
    if abort {
        session(world, &id).await?;
        let mut unit = world.db.begin(Access::Single).await?;
        store::upload::erase(unit.conn(), &id).await?;
        unit.commit(&world.ids).await?;
        return Ok(reply::<()>(StatusCode::OK, None));
    }
    let _turn = turn(world, &id).await;
    let row = match session(world, &id).await {
        Ok(row) => row,
        Err(refusal) => {
            body.refuse();
            return Err(refusal);
        }
    };
    let content_type =
        head.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let from = row.received;
    let taken = take(world, row, content_type, body).await;
    if !matches!(taken, Ok(Some(_))) {
        // What came of a chunk that does not count.
        let mut unit = world.db.begin(Access::Single).await?;
        store::blob::cut(unit.conn(), &id, from).await?;
        unit.commit(&world.ids).await?;
    }
    match taken? {
        Some((row, None)) => Ok(progress(&row, base)),
        Some((_, Some(made))) => Ok(reply(StatusCode::CREATED, Some(made))),
        // sheet r7/files 5.2: a chunk that is more than what is left is passed over.
        None => Ok(progress(&session(world, &id).await?, base)),
    }
}

/// sheet r7/files 5.2: unlike at the start, the path is the folder's id alone, as text.
fn progress(row: &UploadRow, base: &PublicBase) -> Response<Body> {
    reply(StatusCode::OK, Some(Session::new(row, [row.folder_id.to_string()], base)))
}

/// Chunks of one session come one after the other.
#[derive(Default)]
struct Turns(Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>);

async fn turn(world: &World, id: &str) -> OwnedMutexGuard<()> {
    let turn = {
        let turns = world.part::<Turns>();
        let mut turns = turns.0.lock().unwrap_or_else(PoisonError::into_inner);
        turns.retain(|_, turn| Arc::strong_count(turn) > 1);
        Arc::clone(turns.entry(id.to_owned()).or_default())
    };
    turn.lock_owned().await
}

/// The session of an id. One that has expired ends here.
async fn session(world: &World, id: &str) -> Result<UploadRow, Refusal> {
    let mut unit = world.db.begin(Access::Read).await?;
    let found = store::upload::find(unit.conn(), id).await;
    unit.rollback().await?;
    let row = found?.ok_or(Message::FileNotFound)?;
    if row.expires > world.clock.now() {
        return Ok(row);
    }
    let mut unit = world.db.begin(Access::Single).await?;
    store::upload::erase(unit.conn(), id).await?;
    unit.commit(&world.ids).await?;
    Err(EXPIRED.into())
}

/// Takes a chunk in, and ends the session with the last. `None`: the chunk was too long.
async fn take(
    world: &Arc<World>,
    mut row: UploadRow,
    content_type: &str,
    mut body: Bounded,
) -> Result<Option<(UploadRow, Option<Made>)>, Refusal> {
    let from = row.received;
    let digest = blob::resumed(&row.digest);
    let mut parts = Parts::resume(row.id.clone(), from, digest);
    // What a program that was killed half-way left behind.
    let mut unit = world.db.begin(Access::Single).await?;
    store::blob::cut(unit.conn(), &row.id, from).await?;
    unit.commit(&world.ids).await?;
    let read = chunk(world, &mut body, content_type, row.total, &mut parts).await;
    if matches!(read, Ok(true)) {
        // What follows the form is nobody's; the connection is free for the next request once it is read.
        while let Some(Ok(_)) = body.next().await {}
    }
    let failed = body.failed();
    if failed.is_some() || !matches!(read, Ok(true)) {
        body.refuse();
    }
    match failed {
        Some(BodyError::TooLarge) => return Err(Refusal::TooLarge),
        Some(BodyError::Broken) => return Err(Refusal::Broken),
        None if !read? => return Ok(None),
        None => {}
    }
    row.received = parts.end();
    if row.received == from {
        return Err(Message::EmptyFile.into());
    }
    parts.flush(world).await?;
    row.digest = blob::saved(&parts.digest);
    let now = world.clock.now();
    row.expires = now.plus_millis(IDLE_MILLIS);
    if row.total == 0 {
        row.total = row.received;
    }
    let mut unit = world.db.begin(Access::Write).await?;
    let done = advance(unit.conn(), world, &row, from, now).await;
    match done {
        Ok(made) => {
            unit.commit(&world.ids).await?;
            Ok(Some((row, made)))
        }
        Err(refusal) => {
            unit.rollback().await?;
            Err(refusal)
        }
    }
}

/// The first file of the form. `false`: it is longer than what is left of `total`.
async fn chunk(
    world: &World,
    body: &mut Bounded,
    content_type: &str,
    total: i64,
    parts: &mut Parts,
) -> Result<bool, Refusal> {
    let Ok(boundary) = multer::parse_boundary(content_type) else { return Err(NO_FILES.into()) };
    let mut form = multer::Multipart::new(body, boundary);
    let broken = |_| Refusal::from(NO_FILES);
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        if field.file_name().is_none() {
            continue;
        }
        while let Some(piece) = field.chunk().await.map_err(broken)? {
            let length = i64::try_from(piece.len()).unwrap_or(i64::MAX);
            if total > 0 && parts.end().saturating_add(length) > total {
                return Ok(false);
            }
            parts.push(world, &piece).await?;
        }
        return Ok(true);
    }
    Err(NO_FILES.into())
}

/// Counts a chunk, and makes the file with the last.
async fn advance(
    conn: &mut sqlx::SqliteConnection,
    world: &World,
    row: &UploadRow,
    from: i64,
    now: Timestamp,
) -> Result<Option<Made>, Refusal> {
    if row.received < row.total {
        let counted = store::upload::advance(conn, row, from).await?;
        return if counted { Ok(None) } else { Err(Message::FileNotFound.into()) };
    }
    // Somebody may have ended the session while the chunk came in.
    if store::upload::find(conn, &row.id).await?.is_none() {
        return Err(Message::FileNotFound.into());
    }
    let directory = world.part::<People>().get(conn, &world.settings).await?;
    let made = finish(conn, row, &directory, now).await?;
    store::upload::erase(conn, &row.id).await?;
    Ok(Some(made))
}

/// Makes the file, or puts the bytes into the one that is there.
async fn finish(
    conn: &mut sqlx::SqliteConnection,
    row: &UploadRow,
    directory: &Directory,
    now: Timestamp,
) -> Result<Made, Refusal> {
    let body = blob::settle_series(conn, &row.id, row.received, blob::resumed(&row.digest)).await?;
    let comment = Message::CommentUploaded.say(directory.portal.language);
    let author = Uuid::parse_str(&row.owner_id).unwrap_or_default();
    let news = News { directory, author, now };
    let made = |id: FileId, folder_id: i64, version: i64, title: String| Made {
        id,
        folder_id,
        version,
        title,
        provider_key: None,
        uploaded: true,
    };
    let Some(id) = row.file_id else {
        let folder = store::folder::find(conn, row.folder_id).await?.ok_or(Message::FolderNotFound)?;
        let title = row.title.as_str();
        let file = NewFile {
            folder: folder.id,
            title,
            bytes: &blob::Content::default(),
            comment: Some(comment),
            by: author,
            now,
        };
        let id = create_of(conn, &file, &body).await?;
        news.in_folder(conn, &folder, id).await?;
        return Ok(made(id, folder.id.0, 1, row.title.clone()));
    };
    let old = store::file::find(conn, id).await?.ok_or(Message::FileNotFound)?;
    let put = Put {
        file: id,
        keep_version: row.keep_version,
        hash: &body.hash,
        old_hash: &old.hash,
        size: body.size,
        comment,
        by: &row.owner_id,
        now,
    };
    store::upload::put(conn, &put).await?;
    news.of_file(conn, &old).await?;
    Ok(made(id, old.folder_id.0, old.version + i64::from(!row.keep_version), old.title))
}
