//! Service 2: Corezoid, `/api/2/json/{login}/{time}/{signature}` and its family.

mod args;
mod callback;
mod conf;
mod context;
pub(crate) mod engine;
mod error;
mod form;
mod history;
mod http;
mod ids;
mod intake;
mod keys;
pub(crate) mod model;
mod op;
mod openapi;
mod ops;
mod outbound;
mod package;
mod refusal;
mod rules;
mod runner;
pub(crate) mod script;
mod signature;
mod socket;
mod spec;
mod state;
mod store;
mod sync;
mod v1;
mod walk;
mod webhook;

use std::sync::Arc;

use axum::body::Body;
use axum::http::Response;
use serde_json::Value;
use sqlx::SqliteConnection;

use crate::kernel::control::{ControlPath, Mistake};
use crate::kernel::service::{Boxed, Call, Credential, Exchange, Import, Service};
use crate::kernel::state::StateError;
use crate::kernel::world::World;

pub use signature::sign;

/// The control calls of the service: what processes may call, and what happened to tasks.
const CONTROL_CALLS: &[ControlPath] = &[
    outbound::CONTROL_CALLS[0],
    outbound::CONTROL_CALLS[1],
    runner::control::CALLS[0],
    runner::control::CALLS[1],
    runner::control::CALLS[2],
    runner::control::CALLS[3],
];

/// The process engine's API.
pub(crate) struct Corezoid;

impl Service for Corezoid {
    fn name(&self) -> &'static str {
        "corezoid"
    }

    fn base_path(&self) -> &'static str {
        "/api/2/json/"
    }

    fn owns(&self, path: &str) -> bool {
        let path = path.strip_prefix('/').unwrap_or(path);
        let path =
            path.strip_prefix(http::SYNC_PREFIX).and_then(|rest| rest.strip_prefix('/')).unwrap_or(path);
        ["api/1/", "api/2/", "user_downloads/", "system/"].iter().any(|prefix| path.starts_with(prefix))
    }

    fn call(&self, exchange: Exchange) -> Boxed<'_, Response<Body>> {
        Box::pin(http::serve(exchange))
    }

    fn control_calls(&self) -> &'static [ControlPath] {
        CONTROL_CALLS
    }

    fn control<'a>(
        &'a self,
        path: &'a str,
        exchange: Exchange,
    ) -> Boxed<'a, Result<Response<Body>, Mistake>> {
        if path.starts_with("outbound") {
            Box::pin(outbound::control(path, exchange))
        } else {
            Box::pin(runner::control::answer(path, exchange))
        }
    }

    fn surface(&self) -> Vec<Call> {
        op::surface()
    }

    fn openapi(&self) -> Option<fn(&str) -> Value> {
        Some(openapi::document)
    }

    fn credentials<'a>(
        &'a self,
        conn: &'a mut SqliteConnection,
    ) -> Boxed<'a, Result<Vec<Credential>, sqlx::Error>> {
        Box::pin(store::user::credentials(conn))
    }

    fn state_schema(&self) -> Value {
        state::schema()
    }

    fn check(&self, part: &str) -> Result<(), StateError> {
        state::check(part)
    }

    fn import<'a>(
        &'a self,
        conn: &'a mut SqliteConnection,
        part: &'a str,
        import: &'a Import<'a>,
    ) -> Boxed<'a, Result<(), StateError>> {
        Box::pin(state::import(conn, part, import))
    }

    fn export<'a>(&'a self, conn: &'a mut SqliteConnection) -> Boxed<'a, Result<String, sqlx::Error>> {
        Box::pin(state::export(conn))
    }

    fn tables(&self) -> &'static [&'static str] {
        store::TABLES
    }

    fn run_due<'a>(&'a self, world: &'a Arc<World>) -> Boxed<'a, Result<(), sqlx::Error>> {
        Box::pin(runner::run_due(world))
    }

    fn settle<'a>(&'a self, world: &'a Arc<World>) -> Boxed<'a, Result<(), sqlx::Error>> {
        Box::pin(runner::settle(world))
    }
}
