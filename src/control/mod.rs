//! The control plane under `/_standin` (contract §5): JSON, no sign-in, per world. Sees services only as the kernel does.

mod clock;
mod state;

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Method, Request, Response, StatusCode};
use serde_json::json;

use crate::kernel::base::PublicBase;
use crate::kernel::control::{ControlPath, Mistake, empty, is_of, json_body, takes};
use crate::kernel::service::{Exchange, Operation, Service};
use crate::kernel::settings::Profile;
use crate::kernel::world::{DEFAULT, World, Worlds};

pub(crate) use crate::kernel::control::{PREFIX, mistake};

/// A request to the control plane.
pub(crate) struct ControlCall {
    pub(crate) worlds: Arc<Worlds>,
    pub(crate) world: Arc<World>,
    pub(crate) base: PublicBase,
    pub(crate) seed: Arc<str>,
    pub(crate) request: Request<Body>,
}

/// The calls, for messages; matched in [`route`]. Services add their own.
const CALLS: &[ControlPath] = &[
    ("GET", "health"),
    ("GET", "info"),
    ("POST", "reset"),
    ("GET, PUT", "state"),
    ("GET", "worlds"),
    ("DELETE", "worlds/NAME"),
    ("GET, PUT", "clock"),
    ("POST", "clock/advance"),
    ("GET", "schema/state.json"),
    ("GET", "surface"),
    ("GET", "openapi/SERVICE.json"),
];

/// Answers one control call.
pub(crate) async fn answer(call: ControlCall) -> Response<Body> {
    let operation = format!("{} {}", call.request.method(), call.request.uri().path());
    let mut response = route(call).await.unwrap_or_else(|Mistake(status, text)| mistake(status, &text));
    response.extensions_mut().insert(Operation(operation.into()));
    response
}

async fn route(call: ControlCall) -> Result<Response<Body>, Mistake> {
    let path = call.request.uri().path().to_owned();
    let path = path.strip_prefix(PREFIX).unwrap_or_default().trim_matches('/');
    // Probes ask with HEAD; the server leaves the body out.
    let method = match call.request.method() {
        &Method::HEAD => Method::GET,
        other => other.clone(),
    };
    match (&method, path) {
        (&Method::GET, "health") => {
            Ok(json_body(&json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") })))
        }
        (&Method::GET, "info") => info(call).await,
        (&Method::GET, "surface") => Ok(json_body(&surface(&call.worlds))),
        (&Method::GET, _) if openapi_of(path).is_some() => openapi(&call, path),
        (&Method::POST, "reset") => {
            call.worlds.reset(&call.world.name).await?;
            Ok(empty())
        }
        (&Method::GET, "state") => state::export(call).await,
        (&Method::PUT, "state") => state::replace(call).await,
        (&Method::GET, "schema/state.json") => Ok(state::schema(&call)),
        (&Method::GET, "worlds") => Ok(json_body(&json!({ "worlds": call.worlds.names() }))),
        (&Method::DELETE, _) if path.starts_with("worlds/") => {
            let name = path.trim_start_matches("worlds/");
            if !Worlds::is_name(name) {
                return Err(Mistake(StatusCode::BAD_REQUEST, world_name_mistake(name)));
            }
            if call.worlds.drop_world(name).await? || name == DEFAULT {
                Ok(empty())
            } else {
                Err(Mistake(StatusCode::NOT_FOUND, format!("no world is named {name}")))
            }
        }
        (&Method::GET, "clock") => Ok(clock::show(&call.world)),
        (&Method::PUT, "clock") => clock::set(call).await,
        (&Method::POST, "clock/advance") => clock::advance(call).await,
        _ => {
            let services = Arc::clone(&call.worlds.services);
            let owner = services.iter().find(|service| {
                let mut own = service.control_calls().iter();
                own.any(|(verbs, template)| is_of(template, path) && takes(verbs, method.as_str()))
            });
            let Some(owner) = owner else { return Err(unknown(&services, &method, path)) };
            let ControlCall { world, base, mut request, .. } = call;
            *request.method_mut() = method;
            owner.control(path, Exchange { world, base, request }).await
        }
    }
}

fn unknown(services: &[Arc<dyn Service>], method: &Method, path: &str) -> Mistake {
    let of_services = services.iter().flat_map(|service| service.control_calls());
    let calls: Vec<_> = CALLS.iter().chain(of_services).collect();
    if let Some((verbs, _)) = calls.iter().find(|(_, template)| is_of(template, path)) {
        return Mistake(
            StatusCode::METHOD_NOT_ALLOWED,
            format!("{PREFIX}/{path} takes {verbs}, not {method}"),
        );
    }
    let calls: Vec<String> = calls.iter().map(|(verbs, path)| format!("{verbs} {path}")).collect();
    Mistake(
        StatusCode::NOT_FOUND,
        format!("no control call {method} {PREFIX}/{path}; known: {}", calls.join("; ")),
    )
}

/// The text for a name that cannot be a world's.
pub(crate) fn world_name_mistake(name: &str) -> String {
    format!("world name {name:?} is not of the form [A-Za-z0-9_-]{{1,64}}")
}

async fn info(call: ControlCall) -> Result<Response<Body>, Mistake> {
    use crate::kernel::db::Access;
    let mut services = serde_json::Map::new();
    let mut unit = call.world.db.begin(Access::Read).await?;
    for service in call.worlds.services.iter() {
        let credentials = service.credentials(unit.conn()).await?;
        let credentials: serde_json::Map<_, _> = credentials
            .into_iter()
            .map(|credential| (credential.what.to_owned(), credential.value.into()))
            .collect();
        let mut shown = json!({ "url": call.base.link(service.base_path()), "credentials": credentials });
        if service.openapi().is_some() {
            shown["openapi"] = call.base.link(&format!("{PREFIX}/openapi/{}.json", service.name())).into();
        }
        services.insert(service.name().to_owned(), shown);
    }
    unit.rollback().await?;
    let profile = match call.world.settings.profile {
        Profile::Upstream => "upstream",
        Profile::Seed => "seed",
    };
    Ok(json_body(&json!({
        "version": env!("CARGO_PKG_VERSION"),
        "world": call.world.name,
        "profile": profile,
        "seed": &*call.seed,
        "control": call.base.link(PREFIX),
        "services": services,
    })))
}

/// The service whose OpenAPI document a path names.
fn openapi_of(path: &str) -> Option<&str> {
    path.strip_prefix("openapi/")?.strip_suffix(".json")
}

fn openapi(call: &ControlCall, path: &str) -> Result<Response<Body>, Mistake> {
    let name = openapi_of(path).unwrap_or_default();
    let service = call.worlds.services.iter().find(|service| service.name() == name);
    let document = service.and_then(|service| service.openapi());
    document.map(|document| json_body(&document(&call.base.link("")))).ok_or_else(|| {
        let described: Vec<_> = call
            .worlds
            .services
            .iter()
            .filter(|service| service.openapi().is_some())
            .map(|service| service.name())
            .collect();
        let known = described.join(", ");
        Mistake(StatusCode::NOT_FOUND, format!("no OpenAPI document of {name:?}; there is one of: {known}"))
    })
}

fn surface(worlds: &Worlds) -> serde_json::Value {
    let services =
        worlds.services.iter().map(|service| (service.name().to_owned(), json!(service.surface())));
    serde_json::Value::Object(services.collect())
}
