//! What the server and the control plane see of a service.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use serde_json::Value;
use sqlx::SqliteConnection;

use super::base::PublicBase;
use super::control::{ControlPath, Mistake};
use super::settings::Settings;
use super::state::StateError;
use super::world::World;

/// A boxed future: what trait objects return.
pub(crate) type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// One request on its way to a service. The world prefix is already off its URI.
pub(crate) struct Exchange {
    pub(crate) world: Arc<World>,
    pub(crate) base: PublicBase,
    pub(crate) request: Request<Body>,
}

/// Which operation answered, for the log line; services put it into the response's extensions.
#[derive(Debug, Clone)]
pub(crate) struct Operation(pub(crate) std::borrow::Cow<'static, str>);

/// One emulated call, as the tables of a service list it.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Call {
    /// HTTP verb, or the op's `type`.
    pub(crate) verb: &'static str,
    /// Route template, or the op's `obj`.
    pub(crate) target: &'static str,
}

/// One credential of the banner and of `GET /_standin/info`.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Credential {
    pub(crate) what: &'static str,
    pub(crate) value: String,
}

/// What an import may use besides the document.
pub(crate) struct Import<'a> {
    pub(crate) settings: &'a Settings,
    /// The world's present moment: the default of every time that a document leaves out.
    pub(crate) now: super::time::Timestamp,
    /// Reads a file body named by `path`; fails with a text that a person can act on.
    pub(crate) read: &'a (dyn Fn(&str) -> Result<Vec<u8>, String> + Sync),
}

/// A stand-in for one product.
pub(crate) trait Service: Send + Sync {
    /// Its name in state documents and log lines: `r7`, `corezoid`.
    fn name(&self) -> &'static str;

    /// Whether a path (without world prefix) is its own.
    fn owns(&self, path: &str) -> bool;

    /// Answers one request. Never fails: a mistake has the service's own form.
    fn call(&self, exchange: Exchange) -> Boxed<'_, Response<Body>>;

    /// The control calls of its own.
    fn control_calls(&self) -> &'static [ControlPath] {
        &[]
    }

    /// Answers a control call of its own: `path` is below the prefix of such calls and of one of the forms of
    /// [`Service::control_calls`], with one of its verbs (`HEAD` comes as `GET`).
    fn control<'a>(
        &'a self,
        path: &'a str,
        _exchange: Exchange,
    ) -> Boxed<'a, Result<Response<Body>, Mistake>> {
        let mistake = Mistake(StatusCode::NOT_FOUND, format!("no control call {path}"));
        Box::pin(async { Err(mistake) })
    }

    /// Every call it emulates, in the order of its table.
    fn surface(&self) -> Vec<Call>;

    /// The base URLs of the service, for the banner: path only.
    fn base_path(&self) -> &'static str;

    /// What makes the OpenAPI document of its calls, given the base URL; `None` if its protocol has no such document.
    fn openapi(&self) -> Option<fn(&str) -> Value> {
        None
    }

    /// What a client signs in with.
    fn credentials<'a>(
        &'a self,
        conn: &'a mut SqliteConnection,
    ) -> Boxed<'a, Result<Vec<Credential>, sqlx::Error>>;

    /// JSON Schema of its part of a state document, with `$defs` of its own.
    fn state_schema(&self) -> Value;

    /// Checks the form of its part: unknown keys, types. Dangling references show on import.
    fn check(&self, part: &str) -> Result<(), StateError>;

    /// Adds its part, a JSON text, to the database.
    fn import<'a>(
        &'a self,
        conn: &'a mut SqliteConnection,
        part: &'a str,
        import: &'a Import<'a>,
    ) -> Boxed<'a, Result<(), StateError>>;

    /// Its part of the state document, a JSON text. Importing it into an empty world gives the same document again.
    fn export<'a>(&'a self, conn: &'a mut SqliteConnection) -> Boxed<'a, Result<String, sqlx::Error>>;

    /// Its tables, children before parents: the order in which a wipe empties them.
    fn tables(&self) -> &'static [&'static str];

    /// Does what fell due by the world's clock. Called when the clock was moved; the service itself also calls it
    /// before it answers.
    fn run_due<'a>(&'a self, world: &'a Arc<World>) -> Boxed<'a, Result<(), sqlx::Error>>;

    /// The same, and waits, not for ever, for what others are at.
    fn settle<'a>(&'a self, world: &'a Arc<World>) -> Boxed<'a, Result<(), sqlx::Error>> {
        self.run_due(world)
    }
}
