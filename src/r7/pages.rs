//! The portal's pages outside its API that clients need: downloads of files and of archives (sheet r7/files 5.8).

use std::sync::Arc;

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use bytes::Bytes;
use uuid::Uuid;

use super::caller::{self, COOKIE};
use super::endpoint;
use super::files::ids::{self, FileId};
use super::files::rules::archive::Packing;
use super::files::rules::links::{self, Signed};
use super::files::rules::marks::Kind;
use super::files::rules::presigned::{self, Lock};
use super::files::rules::rights::{Access as Granted, Asker, DENY_DOWNLOAD, MAIN_LINK, Section};
use super::files::rules::{titles, types};
use super::files::{blob, card, chunks};
use super::people::directory::People;
use super::store;
use super::store::file::FileRow;
use crate::kernel::base::PublicBase;
use crate::kernel::db::Access;
use crate::kernel::time::Timestamp;
use crate::kernel::world::World;

/// The handler of downloads, in lower case.
const HANDLER: &str = "httphandlers/filehandler.ashx";
/// That of uploads in chunks.
const CHUNKS: &str = "chunkeduploader.ashx";

/// Answers a page; `page` is what follows `/Products/Files/`, in lower case.
pub(crate) async fn serve(
    page: &str,
    world: &Arc<World>,
    base: &PublicBase,
    parts: &Parts,
    body: Body,
) -> Response<Body> {
    if page == CHUNKS {
        return chunks::serve(world, base, parts, body).await;
    }
    if page != HANDLER || !matches!(parts.method, Method::GET | Method::HEAD) {
        return plain(StatusCode::NOT_FOUND);
    }
    match download(world, parts).await {
        Ok(response) => response,
        Err(error) => {
            tracing::error!(%error, "storage failed");
            plain(StatusCode::SERVICE_UNAVAILABLE)
        }
    }
}

fn plain(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// The query's parameters that the handler knows; names ignore case.
#[derive(Default)]
struct Query {
    action: String,
    file: Option<i64>,
    version: i64,
    token: Option<String>,
    /// Which archive; `None`: the latest.
    archive: Option<String>,
    /// Of which kind the latest is to be; empty: of the kind that the person has set.
    extension: String,
    /// Key of a link that needs no login.
    key: String,
    /// Signature of an external link.
    doc: String,
}

impl Query {
    fn read(query: &str) -> Self {
        let mut read = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match name.to_ascii_lowercase().as_str() {
                "action" => read.action = value.to_ascii_lowercase(),
                "fileid" => read.file = value.trim().parse().ok(),
                "version" => read.version = value.trim().parse().unwrap_or(0),
                "filename" => read.archive = Some(value.into_owned()).filter(|value| !value.is_empty()),
                "ext" => read.extension = value.into_owned(),
                "stream_auth" => read.key = value.into_owned(),
                "doc" => read.doc = value.into_owned(),
                COOKIE => read.token = Some(value.into_owned()),
                _ => {}
            }
        }
        read
    }
}

/// What is served.
struct Found {
    title: String,
    /// With its quotes.
    tag: String,
    size: u64,
    bytes: Bytes,
    /// Where the bytes are, if not here.
    series: Option<String>,
    /// Somebody to whom the file was new until now.
    reader: Option<(Uuid, FileId)>,
}

async fn download(world: &Arc<World>, parts: &Parts) -> Result<Response<Body>, sqlx::Error> {
    let query = Query::read(parts.uri.query().unwrap_or_default());
    if !matches!(query.action.as_str(), "download" | "view" | "stream" | "bulk") {
        return Ok(plain(StatusCode::BAD_REQUEST));
    }
    if world.take_due() {
        endpoint::run_due(world).await?;
    }
    let mut unit = world.db.begin(Access::Read).await?;
    let found = find(unit.conn(), world, parts, &query).await;
    unit.rollback().await?;
    let found = found?;
    if let Ok(Found { reader: Some((user, file)), .. }) = &found
        && parts.method != Method::HEAD
    {
        let mut unit = world.db.begin(Access::Single).await?;
        store::mark::read(unit.conn(), *user, &ids::json(&[*file]), "[]").await?;
        unit.commit(&world.ids).await?;
    }
    Ok(match found {
        Ok(found) => answer(&query, found, parts, world),
        Err(status) => plain(status),
    })
}

/// The file, or the status that refuses it: 404 unknown, 403 not allowed or nobody.
async fn find(
    conn: &mut sqlx::SqliteConnection,
    world: &Arc<World>,
    parts: &Parts,
    query: &Query,
) -> Result<Result<Found, StatusCode>, sqlx::Error> {
    let directory = world.part::<People>().get(conn, &world.settings).await?;
    let now = world.clock.now();
    let identity =
        caller::identify(&parts.headers, query.token.as_deref(), &directory, now, world.settings.auth);
    if query.action == "bulk" {
        let Some(user) = identity.user else { return Ok(Err(StatusCode::FORBIDDEN)) };
        // Upstream (`CompressToArchive.GetExt`): a kind that there is not counts as none.
        let known = [Packing::Zip, Packing::TarGz];
        let kind = known.into_iter().find(|kind| kind.extension() == query.extension);
        let kind = kind.unwrap_or_else(|| Packing::of(&directory.files_settings(user.id)));
        return archive(conn, user.id, query.archive.as_deref(), kind).await;
    }
    let Some(id) = query.file.map(FileId) else { return Ok(Err(StatusCode::NOT_FOUND)) };
    let presigned = query.action == "stream";
    let lock = Lock { world: &world.name, file: id, version: query.version };
    if presigned && !presigned::opens(&query.key, lock, now) {
        return Ok(Err(StatusCode::FORBIDDEN));
    }
    let Some(row) = store::file::find(conn, id).await? else { return Ok(Err(StatusCode::NOT_FOUND)) };
    let mut reader = None;
    if !presigned {
        let asker = identity.user.map(|user| card::asker(&user, &directory));
        let may = asker.as_ref().is_some_and(|asker| row.right(asker).downloads());
        if !may && !linked(conn, &world.name, &row, query, &parts.headers, now).await? {
            return Ok(Err(StatusCode::FORBIDDEN));
        }
        let new_to = |asker: &Asker| row.marks.has(asker.id, Kind::Unread);
        reader = asker.filter(new_to).map(|asker| (asker.id, id));
    }
    let (title, version, hash, size) = if query.version > 0 && query.version != row.version {
        match store::file::version(conn, id, query.version).await? {
            Some(old) => (old.title, old.version, old.hash, old.size),
            None => return Ok(Err(StatusCode::NOT_FOUND)),
        }
    } else {
        (row.title, row.version, row.hash, row.size)
    };
    let Some(body) = store::blob::find(conn, &hash).await? else { return Ok(Err(StatusCode::NOT_FOUND)) };
    let tag = format!("\"{id}:{version}:{hash}:{size}\"");
    let size = u64::try_from(size).unwrap_or_default();
    Ok(Ok(Found { title, tag, size, bytes: body.bytes.into(), series: body.series, reader }))
}

/// Whether an external link opens a file: its signature is this file's, it is on, its time is not over, and its password
/// was given before (upstream: `FileShareLink.Check`). What lies in a trash is behind no link.
async fn linked(
    conn: &mut sqlx::SqliteConnection,
    world: &str,
    row: &FileRow,
    query: &Query,
    headers: &HeaderMap,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let Some(Signed { entry, link }) = links::read(world, &query.doc) else { return Ok(false) };
    let access = row.grants.by_link(true, link);
    let denied = row.grants.has_mark(DENY_DOWNLOAD) && matches!(access, Granted::Read | Granted::Comment);
    let trashed = row.root_kind == Section::Trash.kind();
    if entry != row.id.0 || access == Granted::Restrict || denied || trashed {
        return Ok(false);
    }
    if link == MAIN_LINK {
        return Ok(true);
    }
    let found = store::share::links(conn, &ids::json(&[link])).await?;
    let Some(found) = found.first().filter(|found| !found.is_expired(now)) else { return Ok(false) };
    Ok(match found.password.as_deref() {
        None | Some("") => true,
        Some(password) => {
            let key = links::password_key(world, link, password);
            caller::cookie_values(headers, &links::cookie_name(link)).any(|sent| sent == key)
        }
    })
}

/// Somebody's archive, by the id of the operation that made it or the latest of its kind (sheet r7/files 5.8).
async fn archive(
    conn: &mut sqlx::SqliteConnection,
    owner: Uuid,
    id: Option<&str>,
    kind: Packing,
) -> Result<Result<Found, StatusCode>, sqlx::Error> {
    let found = store::archive::find(conn, &owner.to_string(), id, kind.extension()).await?;
    Ok(match found {
        Some(row) => Ok(Found {
            title: row.title,
            tag: format!("\"{}\"", row.id),
            size: u64::try_from(row.size).unwrap_or_default(),
            bytes: row.bytes.into(),
            series: row.series,
            reader: None,
        }),
        None => Err(StatusCode::NOT_FOUND),
    })
}

fn answer(query: &Query, found: Found, parts: &Parts, world: &Arc<World>) -> Response<Body> {
    let (length, tag) = (found.size, &found.tag);
    let mut response = plain(StatusCode::OK);
    let headers = response.headers_mut();
    let mut set = |name: header::HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    set(header::ETAG, tag);
    set(header::ACCEPT_RANGES, "bytes");
    set(header::CACHE_CONTROL, "private");
    if matches(&parts.headers, header::IF_NONE_MATCH, tag) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return response;
    }
    set(header::CONTENT_TYPE, types::media_type(&titles::extension(&found.title)));
    let kind = if query.action == "view" { "inline" } else { "attachment" };
    set(header::CONTENT_DISPOSITION, &disposition(kind, &found.title));
    let range = parts.headers.get(header::RANGE).and_then(|value| value.to_str().ok());
    // A range of another version than the client holds would be glued to the wrong bytes.
    let same =
        !parts.headers.contains_key(header::IF_RANGE) || matches(&parts.headers, header::IF_RANGE, tag);
    let (status, from, to) = match range.filter(|_| same).map(|text| span(text, length)) {
        Some(Span::Bytes(from, to)) => {
            set(header::CONTENT_RANGE, &format!("bytes {from}-{}/{length}", to - 1));
            (StatusCode::PARTIAL_CONTENT, from, to)
        }
        Some(Span::Outside) => {
            set(header::CONTENT_RANGE, &format!("bytes */{length}"));
            (StatusCode::RANGE_NOT_SATISFIABLE, 0, 0)
        }
        Some(Span::Whole) | None => (StatusCode::OK, 0, length),
    };
    set(header::CONTENT_LENGTH, &(to - from).to_string());
    *response.status_mut() = status;
    if parts.method != Method::HEAD {
        *response.body_mut() = match found.series {
            Some(series) => blob::stream(Arc::clone(world), series, from, to),
            None => Body::from(piece(&found.bytes, from, to)),
        };
    }
    response
}

fn piece(bytes: &Bytes, from: u64, to: u64) -> Bytes {
    let at = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
    bytes.slice(at(from).min(at(to))..at(to))
}

/// Whether a header names this tag, or any.
fn matches(headers: &HeaderMap, name: header::HeaderName, tag: &str) -> bool {
    let values = headers.get_all(name);
    values.iter().filter_map(|value| value.to_str().ok()).flat_map(|line| line.split(',')).any(|known| {
        let known = known.trim();
        known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag
    })
}

/// `attachment; filename="a.txt"`; other than ASCII also as UTF-8 (sheet r7/files 5.8).
fn disposition(kind: &str, title: &str) -> String {
    const KEPT: &percent_encoding::AsciiSet =
        &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    let encoded = percent_encoding::utf8_percent_encode(title, KEPT);
    let clean = |char: char| char.is_ascii() && !char.is_ascii_control() && char != '"' && char != '\\';
    if title.chars().all(clean) {
        return format!("{kind}; filename=\"{title}\"");
    }
    format!("{kind}; filename=\"{encoded}\"; filename*=UTF-8''{encoded}")
}

#[derive(Debug, PartialEq, Eq)]
enum Span {
    /// From, up to but without.
    Bytes(u64, u64),
    /// No such bytes.
    Outside,
    /// Not a range that we serve: several, or other units.
    Whole,
}

fn span(text: &str, length: u64) -> Span {
    let Some(range) = text.trim().strip_prefix("bytes=") else { return Span::Whole };
    let Some((from, to)) = range.split_once('-') else { return Span::Whole };
    let number = |text: &str| text.trim().parse::<u64>().ok();
    match (number(from), number(to)) {
        (Some(from), _) if from >= length && (to.trim().is_empty() || number(to).is_some()) => Span::Outside,
        (Some(from), None) if to.trim().is_empty() => Span::Bytes(from, length),
        (Some(from), Some(to)) if from <= to => Span::Bytes(from, length.min(to.saturating_add(1))),
        (None, Some(0)) if from.trim().is_empty() => Span::Outside,
        (None, Some(_)) if from.trim().is_empty() && length == 0 => Span::Outside,
        (None, Some(last)) if from.trim().is_empty() => Span::Bytes(length.saturating_sub(last), length),
        _ => Span::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        for (text, expected) in [
            ("bytes=0-4", Span::Bytes(0, 5)),
            ("bytes=3-", Span::Bytes(3, 10)),
            ("bytes=-4", Span::Bytes(6, 10)),
            ("bytes=-40", Span::Bytes(0, 10)),
            ("bytes=8-99", Span::Bytes(8, 10)),
            ("bytes=10-", Span::Outside),
            ("bytes=-0", Span::Outside),
            ("bytes=5-2", Span::Whole),
            ("bytes=0-1,3-4", Span::Whole),
            ("items=0-1", Span::Whole),
            ("bytes=18446744073709551615-18446744073709551615", Span::Outside),
            ("bytes=99999999999999999999-", Span::Whole),
        ] {
            assert_eq!(span(text, 10), expected, "{text}");
        }
    }

    #[test]
    fn names() {
        assert_eq!(disposition("attachment", "a b.txt"), "attachment; filename=\"a b.txt\"");
        assert_eq!(
            disposition("inline", "Отчёт.txt"),
            "inline; filename=\"%D0%9E%D1%82%D1%87%D1%91%D1%82.txt\"; filename*=UTF-8''%D0%9E%D1%82%D1%87%D1%91%D1%82.txt"
        );
    }
}
