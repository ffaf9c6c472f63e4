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
use super::rules::inbound::Format;
use super::runner::{self, Runner};
use super::{callback, conf, package, signature, socket, store, sync, webhook};
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

/// Answers one request.
pub(crate) async fn serve(exchange: Exchange) -> Response<Body> {
    let Exchange { world, base, request } = exchange;
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    catch_up(&world, &base).await;
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let (api, signed) = match (&parts.method, segments.as_slice()) {
        (&Method::POST, ["api", version, format, "public", rest @ ..]) => {
            let (Some(version), Some(format)) = (version_of(version), Format::of(format)) else {
                return not_allowed();
            };
            let Some(address) = webhook::Address::of(rest, version) else { return not_allowed() };
            let bytes = match body::read(body, BODY_LIMIT).await {
                Ok(bytes) => bytes,
                Err(BodyError::TooLarge) => return too_large(),
                Err(BodyError::Broken) => return answer(&PackageError::Format.body()),
            };
            return match webhook::take(&address, format, &parts, &bytes, &world).await {
                Ok(body) => {
                    let mut response = answer(&body);
                    response.extensions_mut().insert(Operation("direct URL".into()));
                    response
                }
                Err(error) => {
                    tracing::error!(%error, "storage failed");
                    unavailable()
                }
            };
        }
        (&Method::POST, ["api", "2", "plugins", "invite", hash]) => {
            return confirm(hash, &world, &base).await;
        }
        (&Method::POST, ["api", "1" | "2", "plugins", "callback", node, task]) => {
            return called_back((node, task), body, &world).await;
        }
        (&Method::POST, ["api", "1" | "2", "plugins", "callback", id]) => {
            return callback(id, body, &world).await;
        }
        (&Method::POST, ["api", version, family, rest @ ..]) => {
            match (version_of(version), Family::of(family), rest) {
                (Some(version), Some(family), []) => ((family, version), None),
                (Some(version), Some(family), [login, time, signature]) => {
                    ((family, version), Some((*login, *time, *signature)))
                }
                _ => return not_allowed(),
            }
        }
        (&Method::GET | &Method::HEAD, ["user_downloads", name, rest @ ..]) => {
            return match rest {
                [] => download(&parts, name, None, &world).await,
                [login, time, signature] => {
                    download(&parts, name, Some((*login, *time, *signature)), &world).await
                }
                _ => not_allowed(),
            };
        }
        (&Method::GET, ["api", version, "upload", "info", rest @ ..]) => match (version_of(version), rest) {
            (Some(version), []) => ((Family::UploadInfo, version), None),
            (Some(version), [login, time, signature]) => {
                ((Family::UploadInfo, version), Some((*login, *time, *signature)))
            }
            _ => return not_allowed(),
        },
        (&Method::GET, ["api", _, "sock_json", rest @ ..]) => {
            let signed = match rest {
                [] => None,
                [login, time, signature] => Some((*login, *time, *signature)),
                _ => return not_allowed(),
            };
            return watch(parts.clone(), signed, world).await;
        }
        (&Method::GET, ["system", "conf"]) => return answer(&conf::settings(&base)),
        _ => return not_allowed(),
    };
    let limit = if api.0 == Family::Upload { UPLOAD_LIMIT } else { BODY_LIMIT };
    let bytes = match body::read(body, limit).await {
        Ok(bytes) => bytes,
        Err(BodyError::TooLarge) => return too_large(),
        Err(BodyError::Broken) => return answer(&PackageError::Format.body()),
    };
    let outcome = match ring(&world).await {
        Ok(ring) => match identify(&parts, signed, &bytes, &ring, &world) {
            Ok(caller) => {
                package::answer(input(&parts, &bytes, api.0).await, api, &caller, &world, &base).await
            }
            Err(error) => Ok((error.body(), "sign-in".to_owned())),
        },
        Err(error) => Err(error),
    };
    match outcome {
        Ok((body, label)) => {
            let mut response = answer(&body);
            response.extensions_mut().insert(Operation(label.into()));
            response
        }
        Err(error) => {
            tracing::error!(%error, "storage failed");
            unavailable()
        }
    }
}

/// Does what fell due before anybody sees the world.
async fn catch_up(world: &Arc<World>, base: &PublicBase) {
    world.part::<Runner>().reached_at(&base.link(""));
    if let Err(error) = runner::run_due(world).await {
        tracing::error!(%error, "tasks do not run: storage failed");
    }
}

/// `POST /api/2/plugins/invite/{hash}`: somebody confirms an invitation (sheet corezoid/api 1.1). The body, if any, says
/// nothing. What an unknown hash leads to is not documented.
async fn confirm(hash: &str, world: &Arc<World>, base: &PublicBase) -> Response<Body> {
    let confirmed = async {
        let mut unit = world.db.begin(Access::Write).await?;
        let confirmed = invite::confirm(unit.conn(), hash, world.clock.now().seconds()).await?;
        match confirmed {
            Some(_) => unit.commit(&world.ids).await?,
            None => unit.rollback().await?,
        }
        Ok::<_, sqlx::Error>(confirmed.is_some())
    };
    let mut response = match confirmed.await {
        Ok(true) => answer(&json!({ "redirect": format!("{}{}/", base.origin, base.prefix) })),
        Ok(false) => answer(&PackageError::Refused("Invite does not exist").body()),
        Err(error) => {
            tracing::error!(%error, "storage failed");
            unavailable()
        }
    };
    response.extensions_mut().insert(Operation("confirm invite".into()));
    response
}

/// A WebSocket, for whoever may send packages.
async fn watch(parts: Parts, signed: Option<(&str, &str, &str)>, world: Arc<World>) -> Response<Body> {
    let mut response = match ring(&world).await {
        Ok(ring) => match identify(&parts, signed, &Bytes::new(), &ring, &world) {
            Ok(_) => socket::accept(parts, world).await,
            Err(PackageError::Refused(text)) => plain(StatusCode::UNAUTHORIZED, text),
            Err(PackageError::Format | PackageError::Session) => {
                plain(StatusCode::UNAUTHORIZED, "cookie or headers are not valid")
            }
        },
        Err(error) => {
            tracing::error!(%error, "storage failed");
            unavailable()
        }
    };
    response.extensions_mut().insert(Operation("watch".into()));
    response
}

/// The package of a request.
async fn input(parts: &Parts, body: &Bytes, family: Family) -> Option<Input> {
    if family == Family::UploadInfo {
        let query = parts.uri.query().unwrap_or_default();
        let fields =
            form_urlencoded::parse(query.as_bytes()).map(|(name, value)| (name.into_owned(), value.into()));
        let mut op: Map<String, Value> = fields.collect();
        op.insert("obj".to_owned(), Value::from("upload_info"));
        return Some(Input { ops: vec![Value::Object(op)], ..Input::default() });
    }
    let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    form::read(body, content_type, family).await
}

/// Something for a task that waits for a callback.
async fn called_back(place: (&str, &str), body: Body, world: &Arc<World>) -> Response<Body> {
    let told = match body::read(body, BODY_LIMIT).await {
        Ok(bytes) => callback::take(place, &bytes, world).await,
        Err(BodyError::TooLarge) => return too_large(),
        Err(BodyError::Broken) => Ok(None),
    };
    let mut response = match told {
        Ok(told) => answer(&told.unwrap_or_else(|| PackageError::Format.body())),
        Err(error) => {
            tracing::error!(%error, "storage failed");
            unavailable()
        }
    };
    response.extensions_mut().insert(Operation("task callback".into()));
    response
}

/// The result of a request that waits (sheet corezoid/api 6.3).
async fn callback(id: &str, body: Body, world: &World) -> Response<Body> {
    let told = match body::read(body, BODY_LIMIT).await {
        Ok(bytes) => sync::result(id, &bytes, world),
        Err(BodyError::TooLarge) => return too_large(),
        Err(BodyError::Broken) => None,
    };
    let mut response = answer(&told.unwrap_or_else(|| PackageError::Format.body()));
    response.extensions_mut().insert(Operation("sync callback".into()));
    response
}

/// A file behind a link. Links work bare; a client with an API key appends login, time and the signature of an empty body
/// (sheet corezoid/api 1.2, 9.2), which then must fit.
async fn download(
    parts: &Parts,
    name: &str,
    signed: Option<(&str, &str, &str)>,
    world: &Arc<World>,
) -> Response<Body> {
    let found = async {
        if signed.is_some() {
            let ring = ring(world).await?;
            if let Err(error) = identify(parts, signed, &Bytes::new(), &ring, world) {
                return Ok(Err(error));
            }
        }
        let mut unit = world.db.begin(Access::Read).await?;
        let file = store::scheme::file(unit.conn(), name).await;
        unit.rollback().await?;
        file.map(Ok)
    };
    let outcome: Result<_, sqlx::Error> = found.await;
    let mut response = match outcome {
        Ok(Ok(Some(file))) => served(file),
        Ok(Ok(None)) => plain(StatusCode::NOT_FOUND, "404 Not Found"),
        Ok(Err(PackageError::Refused(text))) => plain(StatusCode::UNAUTHORIZED, text),
        Ok(Err(PackageError::Format | PackageError::Session)) => {
            plain(StatusCode::UNAUTHORIZED, "401 Unauthorized")
        }
        Err(error) => {
            tracing::error!(%error, "storage failed");
            unavailable()
        }
    };
    response.extensions_mut().insert(Operation("download file".into()));
    response
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
    signed: Option<(&str, &str, &str)>,
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
    let text = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    if let Some(token) = text.strip_prefix("Simulator ") {
        return ring.session(token.trim()).cloned();
    }
    // sheet corezoid/api 1.3: the Go client sends its token in base64.
    let token = text.strip_prefix("Bearer ")?.trim();
    let decoded = base64::engine::general_purpose::STANDARD.decode(token).ok();
    let decoded = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
    ring.session(token).or_else(|| ring.session(&decoded?)).cloned()
}

fn check(
    parts: &Parts,
    (login, time, given): (&str, &str, &str),
    body: &Bytes,
    ring: &KeyRing,
    world: &World,
) -> Result<Caller, PackageError> {
    let (secret, caller) = login
        .parse()
        .ok()
        .and_then(|login| ring.key(login))
        .ok_or(PackageError::Refused("user not found"))?;
    let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let boundary = content_type.and_then(|text| multer::parse_boundary(text).ok());
    let fits = signature::matches(given, time, secret, body)
        || boundary.is_some_and(|boundary| {
            signature::matches(given, time, secret, &signature::go_form_content(body, &boundary))
                || signature::matches(given, time, secret, b"")
        });
    if !fits {
        return Err(PackageError::Refused("signature is not valid"));
    }
    if let Some(skew) = world.settings.clock_skew {
        // Some clients send a fraction.
        let at = time.parse::<f64>().ok().filter(|at| at.is_finite());
        #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are far below 2^52")]
        let (now, skew) = (world.clock.now().seconds() as f64, skew as f64);
        if at.is_none_or(|at| (at - now).abs() > skew) {
            return Err(PackageError::Refused("request time is not valid"));
        }
    }
    Ok(caller.clone())
}

fn answer(body: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(body.to_string()));
    let json = HeaderValue::from_static("application/json; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

fn plain(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
    response
}

/// sheet corezoid/api 1.5.
fn not_allowed() -> Response<Body> {
    plain(StatusCode::METHOD_NOT_ALLOWED, "The specified method is not allowed against this resource")
}

fn too_large() -> Response<Body> {
    plain(StatusCode::PAYLOAD_TOO_LARGE, "413 Request Entity Too Large")
}

fn unavailable() -> Response<Body> {
    plain(StatusCode::SERVICE_UNAVAILABLE, "503 Service Unavailable")
}
