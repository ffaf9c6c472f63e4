//! The URLs of the service: signed families, short forms with a session token, file links (sheet corezoid/api 1.1).

use std::sync::Arc;

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, Response, StatusCode, header};
use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::error::PackageError;
use super::form::{self, Input};
use super::keys::{Caller, KeyRing, Keys};
use super::op::{Family, Version};
use super::ops::people::invite;
use super::package::{self, Door};
use super::refusal::PackageRefusal;
use super::rules::inbound::Format;
use super::runner::{self, Runner};
use super::{callback, conf, signature, socket, store, sync, webhook};
use crate::kernel::base::PublicBase;
use crate::kernel::body::{self, BodyError};
use crate::kernel::db::Access;
use crate::kernel::service::{Exchange, Operation};
use crate::kernel::settings::Auth;
use crate::kernel::world::World;

/// sheet corezoid/api 1.5: the front server refuses more with 413.
const BODY_LIMIT: usize = 16 << 20;
/// Of an upload: a file of the largest size (sheet corezoid/api 1.7), and the form around it.
const UPLOAD_LIMIT: usize = (200 << 20) + (1 << 20);

/// The synchronous API has a host of its own, whose packages wait with or without a `timeout` (sheet corezoid/api 1.1,
/// 6.3). Here it is told by the first label of the host, or by a prefix of the path.
const SYNC_HOST: &str = "sync-api";
pub(super) const SYNC_PREFIX: &str = SYNC_HOST;

fn is_at_sync_host(parts: &Parts) -> bool {
    let forwarded = parts.headers.get("x-forwarded-host").or_else(|| parts.headers.get(header::HOST));
    let host = forwarded.and_then(|value| value.to_str().ok()).or_else(|| parts.uri.host());
    host.and_then(|host| host.split(['.', ':']).next()).is_some_and(|label| label == SYNC_HOST)
}

/// Login, time and signature at the end of a URL; without them a session token must tell who asks.
type Signed<'a> = Option<(&'a str, &'a str, &'a str)>;

/// What a URL stands for (sheet corezoid/api 1.1).
enum Target<'a> {
    Package { door: Door, signed: Signed<'a> },
    Direct { address: webhook::Address, format: Format },
    Invite { hash: &'a str },
    Callback { id: &'a str },
    Task { node: &'a str, task: &'a str },
    File { name: &'a str, signed: Signed<'a> },
    Watch { signed: Signed<'a> },
    Conf,
}

impl<'a> Target<'a> {
    /// `None`: there is no such URL, or not with this method.
    fn of(method: &Method, segments: &[&'a str]) -> Option<Self> {
        let (sync, segments) = match segments {
            [first, rest @ ..] if *first == SYNC_PREFIX => (true, rest),
            all => (false, all),
        };
        let door = |family, version| Some(Door { family, version: version_of(version)?, sync });
        Some(match (method, segments) {
            (&Method::POST, ["api", version, format, "public", rest @ ..]) => Self::Direct {
                address: webhook::Address::of(rest, version_of(version)?)?,
                format: Format::of(format)?,
            },
            (&Method::POST, ["api", "2", "plugins", "invite", hash]) => Self::Invite { hash },
            (&Method::POST, ["api", version, "plugins", "callback", id]) => {
                version_of(version)?;
                Self::Callback { id }
            }
            (&Method::POST, ["api", "1" | "2", "plugins", "callback", node, task]) => {
                Self::Task { node, task }
            }
            (&Method::POST, ["api", version, family, rest @ ..]) => {
                Self::Package { door: door(Family::of(family)?, version)?, signed: signed(rest)? }
            }
            (&Method::GET, ["api", version, "upload", "info", rest @ ..]) => {
                Self::Package { door: door(Family::UploadInfo, version)?, signed: signed(rest)? }
            }
            (&Method::GET | &Method::HEAD, ["user_downloads", name, rest @ ..]) => {
                Self::File { name, signed: signed(rest)? }
            }
            (&Method::GET, ["api", _, "sock_json", rest @ ..]) => Self::Watch { signed: signed(rest)? },
            (&Method::GET, ["system", "conf"]) => Self::Conf,
            _ => return None,
        })
    }

    /// What the log calls it. A package is called by its first op.
    const fn label(&self) -> &'static str {
        match self {
            Self::Package { .. } => "package",
            Self::Direct { .. } => "direct URL",
            Self::Invite { .. } => "confirm invite",
            Self::Callback { .. } => "sync callback",
            Self::Task { .. } => "task callback",
            Self::File { .. } => "download file",
            Self::Watch { .. } => "watch",
            Self::Conf => "conf",
        }
    }
}

fn signed<'a>(rest: &[&'a str]) -> Option<Signed<'a>> {
    match rest {
        [] => Some(None),
        [login, time, signature] => Some(Some((*login, *time, *signature))),
        _ => None,
    }
}

/// What keeps a request from its answer.
enum Trouble {
    Body(BodyError),
    Storage(sqlx::Error),
}

impl From<BodyError> for Trouble {
    fn from(error: BodyError) -> Self {
        Self::Body(error)
    }
}

impl From<sqlx::Error> for Trouble {
    fn from(error: sqlx::Error) -> Self {
        Self::Storage(error)
    }
}

/// Answers one request.
pub(crate) async fn serve(exchange: Exchange) -> Response<Body> {
    let Exchange { world, base, request } = exchange;
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    catch_up(&world, &base).await;
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let Some(target) = Target::of(&parts.method, &segments) else { return not_allowed() };
    let label = target.label();
    let outcome = match target {
        Target::Package { door, signed } => {
            let sync = door.sync || is_at_sync_host(&parts);
            packaged(Door { sync, ..door }, signed, (&parts, body), &world, &base).await
        }
        Target::Direct { address, format } => direct(&address, format, (&parts, body), &world).await,
        Target::Invite { hash } => confirm(hash, &world, &base).await,
        Target::Callback { id } => callback(id, body, &world).await,
        Target::Task { node, task } => called_back((node, task), body, &world).await,
        Target::File { name, signed } => download(&parts, name, signed, &world).await,
        Target::Watch { signed } => watch(parts.clone(), signed, world).await,
        Target::Conf => Ok(answer(&conf::settings(&base))),
    };
    let mut response = outcome.unwrap_or_else(|trouble| match trouble {
        Trouble::Body(BodyError::TooLarge) => {
            plain(StatusCode::PAYLOAD_TOO_LARGE, "413 Request Entity Too Large")
        }
        Trouble::Body(BodyError::Broken) => answer(&PackageError::Format.body()),
        Trouble::Storage(error) => {
            tracing::error!(%error, "storage failed");
            plain(StatusCode::SERVICE_UNAVAILABLE, "503 Service Unavailable")
        }
    });
    if response.extensions().get::<Operation>().is_none() {
        response.extensions_mut().insert(Operation(label.into()));
    }
    response
}

/// A package of ops, or one op alone.
async fn packaged(
    door: Door,
    signed: Signed<'_>,
    (parts, body): (&Parts, Body),
    world: &Arc<World>,
    base: &PublicBase,
) -> Result<Response<Body>, Trouble> {
    let limit = if door.family == Family::Upload { UPLOAD_LIMIT } else { BODY_LIMIT };
    let bytes = body::read(body, limit).await?;
    let ring = ring(world).await?;
    let (body, label) = match identify(parts, signed, &bytes, &ring, world) {
        Ok(caller) => package::answer(input(parts, &bytes, door).await, door, &caller, world, base).await?,
        Err(error) => (Some(error.body()), "sign-in".to_owned()),
    };
    // sheet corezoid/api 6.3.
    let late = || plain(StatusCode::GATEWAY_TIMEOUT, "504 Gateway Time-out");
    let mut response = body.as_ref().map_or_else(late, answer);
    response.extensions_mut().insert(Operation(label.into()));
    Ok(response)
}

/// Whatever is posted becomes a task (sheet corezoid/api 6.2).
async fn direct(
    address: &webhook::Address,
    format: Format,
    (parts, body): (&Parts, Body),
    world: &Arc<World>,
) -> Result<Response<Body>, Trouble> {
    let bytes = body::read(body, BODY_LIMIT).await?;
    Ok(answer(&webhook::take(address, format, parts, &bytes, world).await?))
}

/// `POST /api/2/plugins/invite/{hash}`: somebody confirms an invitation (sheet corezoid/api 1.1). The body, if any, says
/// nothing. What an unknown hash leads to is not documented.
async fn confirm(hash: &str, world: &Arc<World>, base: &PublicBase) -> Result<Response<Body>, Trouble> {
    let mut unit = world.db.begin(Access::Write).await?;
    if invite::confirm(unit.conn(), hash, world.clock.now().seconds()).await?.is_some() {
        unit.commit(&world.ids).await?;
        return Ok(answer(&json!({ "redirect": format!("{}{}/", base.origin, base.prefix) })));
    }
    unit.rollback().await?;
    Ok(answer(&PackageError::Refused(PackageRefusal::Invite).body()))
}

/// A WebSocket, for whoever may send packages.
async fn watch(parts: Parts, signed: Signed<'_>, world: Arc<World>) -> Result<Response<Body>, Trouble> {
    let ring = ring(&world).await?;
    Ok(match identify(&parts, signed, &Bytes::new(), &ring, &world) {
        Ok(_) => socket::accept(parts, world).await,
        Err(PackageError::Refused(refusal)) => plain(StatusCode::UNAUTHORIZED, refusal.to_string()),
        Err(PackageError::Format | PackageError::Session) => {
            plain(StatusCode::UNAUTHORIZED, "cookie or headers are not valid")
        }
    })
}

/// The package of a request.
async fn input(parts: &Parts, body: &Bytes, door: Door) -> Option<Input> {
    if door.family == Family::UploadInfo {
        let query = parts.uri.query().unwrap_or_default();
        let fields =
            form_urlencoded::parse(query.as_bytes()).map(|(name, value)| (name.into_owned(), value.into()));
        let mut op: Map<String, Value> = fields.collect();
        op.insert("obj".to_owned(), Value::from("upload_info"));
        return Some(Input { ops: vec![Value::Object(op)], ..Input::default() });
    }
    let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    form::read(body, content_type, (door.family, door.version)).await
}

/// The result of a request that waits (sheet corezoid/api 6.3).
async fn callback(id: &str, body: Body, world: &World) -> Result<Response<Body>, Trouble> {
    let bytes = body::read(body, BODY_LIMIT).await?;
    Ok(answer(&sync::result(id, &bytes, world).unwrap_or_else(|| PackageError::Format.body())))
}

/// Something for a task that waits for a callback.
async fn called_back(place: (&str, &str), body: Body, world: &Arc<World>) -> Result<Response<Body>, Trouble> {
    let bytes = body::read(body, BODY_LIMIT).await?;
    let told = callback::take(place, &bytes, world).await?;
    Ok(answer(&told.unwrap_or_else(|| PackageError::Format.body())))
}

/// Does what fell due before anybody sees the world.
async fn catch_up(world: &Arc<World>, base: &PublicBase) {
    world.part::<Runner>().reached_at(&base.link(""));
    if let Err(error) = runner::run_due(world).await {
        tracing::error!(%error, "tasks do not run: storage failed");
    }
}

/// A file behind a link. Links work bare; a client with an API key appends login, time and the signature of an empty body
/// (sheet corezoid/api 1.2, 9.2), which then must fit.
async fn download(
    parts: &Parts,
    name: &str,
    signed: Signed<'_>,
    world: &Arc<World>,
) -> Result<Response<Body>, Trouble> {
    if signed.is_some() {
        let ring = ring(world).await?;
        match identify(parts, signed, &Bytes::new(), &ring, world) {
            Ok(_) => {}
            Err(PackageError::Refused(refusal)) => {
                return Ok(plain(StatusCode::UNAUTHORIZED, refusal.to_string()));
            }
            Err(PackageError::Format | PackageError::Session) => {
                return Ok(plain(StatusCode::UNAUTHORIZED, "401 Unauthorized"));
            }
        }
    }
    let mut unit = world.db.begin(Access::Read).await?;
    let file = store::scheme::file(unit.conn(), name).await;
    unit.rollback().await?;
    Ok(file?.map_or_else(|| plain(StatusCode::NOT_FOUND, "404 Not Found"), served))
}

fn served(file: store::scheme::FileRow) -> Response<Body> {
    let extension = std::path::Path::new(&file.name).extension().and_then(|extension| extension.to_str());
    let kind = match extension {
        Some("zip") => "application/zip",
        Some("csv") => "text/csv; charset=utf-8",
        _ => "application/json; charset=utf-8",
    };
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{}\"", file.name));
    let mut response = Response::new(Body::from(file.content));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(disposition) = disposition {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, disposition);
    }
    response
}

fn version_of(word: &str) -> Option<Version> {
    match word {
        "1" => Some(Version::V1),
        "2" => Some(Version::V2),
        _ => None,
    }
}

async fn ring(world: &Arc<World>) -> Result<Arc<KeyRing>, sqlx::Error> {
    let keys = world.part::<Keys>();
    if let Some(known) = keys.known() {
        return Ok(known);
    }
    let mut unit = world.db.begin(Access::Read).await?;
    let read = keys.get(unit.conn()).await;
    unit.rollback().await?;
    read
}

/// Nothing of the body is parsed before this has passed. No exact texts are known for these mistakes (sheet 1.5).
fn identify(
    parts: &Parts,
    signed: Signed<'_>,
    body: &Bytes,
    ring: &KeyRing,
    world: &World,
) -> Result<Caller, PackageError> {
    let open = || match world.settings.auth {
        Auth::Open => ring.first().cloned(),
        Auth::Strict => None,
    };
    match signed {
        None => session(parts, ring).or_else(open).ok_or(PackageError::Session),
        Some((login, time, given)) => {
            check(parts, (login, time, given), body, ring, world).or_else(|error| open().ok_or(error))
        }
    }
}

fn session(parts: &Parts, ring: &KeyRing) -> Option<Caller> {
    use base64::Engine as _;
    let Some(text) = parts.headers.get(header::AUTHORIZATION) else { return cookie(parts, ring) };
    let (scheme, token) = text.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    if scheme.eq_ignore_ascii_case("Simulator") {
        return ring.session(token).cloned();
    }
    // sheet corezoid/api 1.3: the Go client sends its token in base64.
    let decoded = base64::engine::general_purpose::STANDARD.decode(token).ok();
    let decoded = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
    let known = ring.session(token).or_else(|| ring.session(&decoded?)).cloned();
    known.filter(|_| scheme.eq_ignore_ascii_case("Bearer"))
}

/// Scripts that use the API as the web interface does send its session as a cookie, whose name is a matter of the
/// installation (sheet corezoid/api 1.3): any cookie will do.
fn cookie(parts: &Parts, ring: &KeyRing) -> Option<Caller> {
    let headers = parts.headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut values = headers.flat_map(|text| text.split(';')).filter_map(|pair| pair.split_once('='));
    values.find_map(|(_, value)| ring.session(value.trim().trim_matches('"'))).cloned()
}

fn check(
    parts: &Parts,
    (login, time, given): (&str, &str, &str),
    body: &Bytes,
    ring: &KeyRing,
    world: &World,
) -> Result<Caller, PackageError> {
    let (secret, caller) = ring.key(login).ok_or(PackageError::Refused(PackageRefusal::User))?;
    let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let is_form = || content_type.is_some_and(|text| multer::parse_boundary(text).is_ok());
    let fits = signature::matches(given, time, secret, body)
        || (is_form()
            && (signature::matches(given, time, secret, &signature::go_form_content(body))
                || signature::matches(given, time, secret, b"")));
    if !fits {
        return Err(PackageError::Refused(PackageRefusal::Signature));
    }
    if let Some(skew) = world.settings.clock_skew {
        // Some clients send a fraction.
        let at = time.parse::<f64>().ok().filter(|at| at.is_finite());
        #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are far below 2^52")]
        let (now, skew) = (world.clock.now().seconds() as f64, skew as f64);
        if at.is_none_or(|at| (at - now).abs() > skew) {
            return Err(PackageError::Refused(PackageRefusal::Time));
        }
    }
    Ok(caller.clone())
}

fn answer(body: &Value) -> Response<Body> {
    // A document of values has nothing that JSON cannot say. `to_string` would take twice as long.
    let mut response = Response::new(Body::from(serde_json::to_vec(body).unwrap_or_default()));
    let json = HeaderValue::from_static("application/json; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

fn plain(status: StatusCode, text: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(text.into());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
    response
}

/// sheet corezoid/api 1.5.
fn not_allowed() -> Response<Body> {
    plain(StatusCode::METHOD_NOT_ALLOWED, "The specified method is not allowed against this resource")
}
