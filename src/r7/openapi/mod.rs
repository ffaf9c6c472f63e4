//! The OpenAPI document of the portal, made on request from the route table and the endpoints' types: for generated
//! clients and fuzzers. It describes the surface; the quirks of sheet r7/transport (suffixes, letter case, PHP-style
//! names, XML bodies) stay unsaid. Pure.

mod fails;
mod names;
mod operation;
mod schemas;

use serde_json::{Map, Value, json};

use super::routes::ROUTES;
pub(crate) use schemas::{Described, Schemas};

/// The document. `server`: the base URL, with the world's prefix.
pub(crate) fn document(server: &str) -> Value {
    let mut schemas = Schemas::new();
    let mut paths: Map<String, Value> = Map::new();
    for route in ROUTES {
        let described = (route.describe)(&mut schemas);
        let path = operation::path(route.template);
        let operation = operation::operation(route, &described, &mut schemas);
        let item = paths.entry(path).or_insert_with(|| json!({}));
        if let Some(item) = item.as_object_mut() {
            item.insert(operation::verb(route.verb).to_owned(), operation);
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "R7-Office portal",
            "description": "The calls of the portal that standin answers.",
            "version": env!("CARGO_PKG_VERSION"),
        },
        "servers": [{ "url": server }],
        "security": [{ "token": [] }, { "bearer": [] }, { "basic": [] }, { "cookie": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": operation::security_schemes(),
            "parameters": operation::list_options(),
            "responses": operation::refusals(),
            "schemas": schemas.finish(),
        },
    })
}
