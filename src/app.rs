//! The application: the list of services, and the way of a request to one of them. The only file that names both.

use std::sync::Arc;

use axum::body::Body;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, Request, Response, StatusCode, Uri, header};

use crate::control::{self, ControlCall, mistake, world_name_mistake};
use crate::kernel::base::PublicBase;
use crate::kernel::clock::Stopwatch;
use crate::kernel::home::Door;
use crate::kernel::schema::Migration;
use crate::kernel::service::{Boxed, Exchange, Operation, Service};
use crate::kernel::task;
use crate::kernel::world::{DEFAULT, WORLD_HEADER, Worlds};
use crate::{corezoid, r7};

/// The schema, step by step. Never edit a released step.
pub(crate) static MIGRATIONS: &[Migration] = &[
    ("0001_world.sql", include_str!("../migrations/0001_world.sql")),
    ("0002_r7_people.sql", include_str!("../migrations/0002_r7_people.sql")),
    ("0003_r7_files.sql", include_str!("../migrations/0003_r7_files.sql")),
    ("0004_r7_crm.sql", include_str!("../migrations/0004_r7_crm.sql")),
    ("0005_corezoid.sql", include_str!("../migrations/0005_corezoid.sql")),
    ("0006_corezoid_graph.sql", include_str!("../migrations/0006_corezoid_graph.sql")),
    ("0007_corezoid_tasks.sql", include_str!("../migrations/0007_corezoid_tasks.sql")),
    ("0008_r7_archives.sql", include_str!("../migrations/0008_r7_archives.sql")),
    ("0012_r7_groups.sql", include_str!("../migrations/0012_r7_groups.sql")),
    ("0013_r7_profiles.sql", include_str!("../migrations/0013_r7_profiles.sql")),
    ("0014_r7_portal.sql", include_str!("../migrations/0014_r7_portal.sql")),
    ("0016_r7_shares.sql", include_str!("../migrations/0016_r7_shares.sql")),
    ("0018_r7_marks.sql", include_str!("../migrations/0018_r7_marks.sql")),
    ("0019_r7_editing.sql", include_str!("../migrations/0019_r7_editing.sql")),
    ("0022_r7_blob_parts.sql", include_str!("../migrations/0022_r7_blob_parts.sql")),
    ("0023_r7_uploads.sql", include_str!("../migrations/0023_r7_uploads.sql")),
    ("0024_r7_operation_steps.sql", include_str!("../migrations/0024_r7_operation_steps.sql")),
    ("0026_r7_cards.sql", include_str!("../migrations/0026_r7_cards.sql")),
    ("0027_r7_unread.sql", include_str!("../migrations/0027_r7_unread.sql")),
    ("0028_r7_leavers.sql", include_str!("../migrations/0028_r7_leavers.sql")),
    ("0032_corezoid_projects.sql", include_str!("../migrations/0032_corezoid_projects.sql")),
    ("0033_corezoid_instances.sql", include_str!("../migrations/0033_corezoid_instances.sql")),
    ("0034_corezoid_stage_objects.sql", include_str!("../migrations/0034_corezoid_stage_objects.sql")),
    ("0035_corezoid_versions.sql", include_str!("../migrations/0035_corezoid_versions.sql")),
    ("0036_corezoid_stage_waiting.sql", include_str!("../migrations/0036_corezoid_stage_waiting.sql")),
    ("0037_corezoid_schemes.sql", include_str!("../migrations/0037_corezoid_schemes.sql")),
    ("0040_corezoid_process_side.sql", include_str!("../migrations/0040_corezoid_process_side.sql")),
    ("0041_corezoid_code_deployed.sql", include_str!("../migrations/0041_corezoid_code_deployed.sql")),
    ("0044_corezoid_people.sql", include_str!("../migrations/0044_corezoid_people.sql")),
    ("0047_corezoid_engine.sql", include_str!("../migrations/0047_corezoid_engine.sql")),
    ("0045_corezoid_outbound.sql", include_str!("../migrations/0045_corezoid_outbound.sql")),
    ("0048_corezoid_aliases.sql", include_str!("../migrations/0048_corezoid_aliases.sql")),
    ("0053_corezoid_runner.sql", include_str!("../migrations/0053_corezoid_runner.sql")),
    ("0065_corezoid_run.sql", include_str!("../migrations/0065_corezoid_run.sql")),
];

/// The services of this program.
pub(crate) fn services() -> Arc<[Arc<dyn Service>]> {
    Arc::new([Arc::new(r7::R7) as Arc<dyn Service>, Arc::new(corezoid::Corezoid)])
}

/// What every request needs.
pub(crate) struct App {
    pub(crate) worlds: Arc<Worlds>,
    pub(crate) seed: Arc<str>,
    pub(crate) bound: String,
}

impl App {
    /// Answers one request. The work runs as a task of its own: a client that hangs up cannot stop a transaction half-way.
    pub(crate) async fn handle(self: Arc<Self>, request: Request<Body>) -> Response<Body> {
        let watch = Stopwatch::start();
        let method = request.method().clone();
        let path = request.uri().path().to_owned();
        let mut response = match task::uninterrupted(self.route(request)).await {
            Some(response) => response,
            None => {
                mistake(StatusCode::INTERNAL_SERVER_ERROR, "standin itself failed; the log has the place")
            }
        };
        let Route { service, world } = response.extensions_mut().remove().unwrap_or_default();
        if tracing::enabled!(tracing::Level::INFO) {
            let operation = response.extensions_mut().remove::<Operation>();
            let operation = operation.as_ref().map_or("-", |operation| operation.0.as_ref());
            let status = response.status().as_u16();
            let ms = watch.elapsed().as_secs_f64() * 1000.0;
            tracing::info!(
                service,
                operation,
                status,
                duration_ms = (ms * 1000.0).round() / 1000.0,
                world = world.as_ref(),
                "{method} {path}"
            );
        }
        response
    }

    async fn route(self: Arc<Self>, mut request: Request<Body>) -> Response<Body> {
        let (name, prefix) = match choose_world(&mut request) {
            Ok(chosen) => chosen,
            Err(name) => return mistake(StatusCode::BAD_REQUEST, &world_name_mistake(&name)),
        };
        let world = match self.worlds.get(&name).await {
            Ok(world) => world,
            Err(error) => return mistake(StatusCode::SERVICE_UNAVAILABLE, &error.to_string()),
        };
        let public_url = self.worlds.settings.public_url.as_deref();
        let base = PublicBase::of(request.headers(), public_url, &self.bound, prefix);
        if public_url.is_none() {
            self.worlds.home.heard(&base.origin);
        } else {
            let heard = PublicBase::of(request.headers(), None, &self.bound, String::new());
            self.worlds.home.heard(&heard.origin);
        }
        let path = request.uri().path();
        let (service, mut response) = if is_under(path, control::PREFIX) {
            let call = ControlCall {
                worlds: Arc::clone(&self.worlds),
                world,
                base,
                seed: Arc::clone(&self.seed),
                request,
            };
            ("control", control::answer(call).await)
        } else if let Some(service) = self.worlds.services.iter().find(|service| service.owns(path)) {
            (service.name(), service.call(Exchange { world, base, request }).await)
        } else {
            ("-", self.nowhere(path, &base))
        };
        response.extensions_mut().insert(Route { service, world: name.into() });
        response
    }

    /// A path of no service: a page that helps a person who opened the root, 404 for all else.
    fn nowhere(&self, path: &str, base: &PublicBase) -> Response<Body> {
        let line = |name: &str, link: &str| format!("{name:<9} {link}\n");
        let mut text = format!("standin {}\n\n", env!("CARGO_PKG_VERSION"));
        for service in self.worlds.services.iter() {
            text += &line(service.name(), &base.link(service.base_path()));
        }
        text += &line("control", &base.link(&format!("{}/info", control::PREFIX)));
        if path == "/" {
            let mut response = Response::new(Body::from(text));
            let plain = header::HeaderValue::from_static("text/plain; charset=utf-8");
            response.headers_mut().insert(header::CONTENT_TYPE, plain);
            return response;
        }
        mistake(StatusCode::NOT_FOUND, &format!("{path} belongs to no service here; see {}", base.link("/")))
    }
}

impl Door for App {
    fn enter(self: Arc<Self>, request: Request<Body>) -> Boxed<'static, Response<Body>> {
        Box::pin(self.handle(request))
    }
}

/// For the log line.
#[derive(Clone)]
struct Route {
    service: &'static str,
    world: Arc<str>,
}

impl Default for Route {
    fn default() -> Self {
        Self { service: "-", world: DEFAULT.into() }
    }
}

fn is_under(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The world's name and the prefix of its links; takes `/w/NAME` off the URI. `Err`: a name that cannot be one.
fn choose_world(request: &mut Request<Body>) -> Result<(String, String), String> {
    let path = request.uri().path();
    let plain = path.trim_start_matches('/');
    let chosen = plain.strip_prefix("w/").map(|rest| rest.split_once('/').unwrap_or((rest, "")));
    if let Some((name, rest)) = chosen {
        if !Worlds::is_name(name) {
            return Err(name.to_owned());
        }
        let (name, rest) = (name.to_owned(), merged(rest));
        set_path(request, &rest);
        let prefix = format!("/w/{name}");
        return Ok((name, prefix));
    }
    if path.contains("//") {
        let path = merged(plain);
        set_path(request, &path);
    }
    match world_header(request.headers())? {
        // Links lead back into the world even for a client that follows them without the header.
        Some(name) if name != DEFAULT => Ok((name.clone(), format!("/w/{name}"))),
        _ => Ok((DEFAULT.to_owned(), String::new())),
    }
}

/// A path whose slashes in a row are one, as the front servers of both services (nginx) make it: a client may join a base
/// URL that ends in a slash with a path that starts with one.
fn merged(path: &str) -> String {
    let mut out = String::with_capacity(path.len() + 1);
    out.push('/');
    for next in path.chars() {
        if next != '/' || !out.ends_with('/') {
            out.push(next);
        }
    }
    out
}

/// Puts another path into the URI, before the query that it has.
fn set_path(request: &mut Request<Body>, path: &str) {
    let target = match request.uri().query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    let Ok(target) = target.parse::<PathAndQuery>() else { return };
    let mut parts = request.uri().clone().into_parts();
    parts.path_and_query = Some(target);
    if let Ok(uri) = Uri::from_parts(parts) {
        *request.uri_mut() = uri;
    }
}

fn world_header(headers: &HeaderMap) -> Result<Option<String>, String> {
    let Some(value) = headers.get(WORLD_HEADER) else { return Ok(None) };
    let name = String::from_utf8_lossy(value.as_bytes()).into_owned();
    if Worlds::is_name(&name) { Ok(Some(name)) } else { Err(name) }
}
