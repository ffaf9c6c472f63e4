//! Service 1: the R7-Office portal, `/api/2.0/…`.

mod attempts;
mod auth;
mod batch;
pub(crate) mod bind;
mod caller;
mod contract;
mod crm;
mod dates;
mod endpoint;
mod error;
mod files;
mod format;
mod input;
mod listing;
mod messages;
mod openapi;
mod pages;
mod people;
mod plain_list;
mod portal;
pub(crate) mod render;
mod respond;
mod route;
mod routes;
mod state;
mod store;
mod wire;

use axum::body::Body;
use axum::http::Response;
use serde_json::Value;
use sqlx::SqliteConnection;

use crate::kernel::service::{Boxed, Call, Credential, Exchange, Import, Service};
use crate::kernel::state::StateError;
use crate::kernel::world::World;

/// The portal.
pub(crate) struct R7;

/// Paths of the portal outside its API; matched without regard to case (sheet r7/files 1).
const PAGES: &str = "/products/files/";

impl Service for R7 {
    fn name(&self) -> &'static str {
        "r7"
    }

    fn base_path(&self) -> &'static str {
        "/api/2.0/"
    }

    fn owns(&self, path: &str) -> bool {
        endpoint::api_path(path).is_some()
            || page(path).is_some()
            || people::rules::picture::person(path).is_some()
    }

    fn call(&self, exchange: Exchange) -> Boxed<'_, Response<Body>> {
        Box::pin(endpoint::serve(exchange))
    }

    fn surface(&self) -> Vec<Call> {
        endpoint::surface()
    }

    fn openapi(&self) -> Option<fn(&str) -> Value> {
        Some(openapi::document)
    }

    fn credentials<'a>(
        &'a self,
        conn: &'a mut SqliteConnection,
    ) -> Boxed<'a, Result<Vec<Credential>, sqlx::Error>> {
        Box::pin(store::people::credentials(conn))
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

    fn run_due<'a>(&'a self, world: &'a std::sync::Arc<World>) -> Boxed<'a, Result<(), sqlx::Error>> {
        Box::pin(endpoint::run_due(world))
    }
}

/// What follows `/Products/Files/`, in lower case, if the path is one of the portal's pages.
fn page(path: &str) -> Option<String> {
    let head = path.get(..PAGES.len())?;
    head.eq_ignore_ascii_case(PAGES).then(|| path[PAGES.len()..].to_ascii_lowercase())
}
