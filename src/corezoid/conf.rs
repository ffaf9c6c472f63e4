//! `GET /system/conf`: where a client finds the rest of the service (sheet corezoid/api 1.1). Pure.

use serde_json::{Value, json};

use crate::kernel::base::PublicBase;

/// The public settings. Paths carry the world's prefix, so that a client that follows them stays in its world.
pub(crate) fn settings(base: &PublicBase) -> Value {
    let host = base.origin.split_once("://").map_or(base.origin.as_str(), |(_, host)| host);
    let path = |path: &str| format!("{}{path}", base.prefix);
    json!({
        "result": "ok",
        "box_solution": true,
        "type_logins": ["api"],
        "auth_providers": [],
        "web_settings": {
            "env": "standin",
            "host": {
                "site": host,
                "doc": host,
                "ws": host,
                "webhook": host,
                "auth": host,
                "single_account": host,
            },
            "path": {
                "api": path("/api/2/json"),
                "upload": path("/api/2/upload"),
                "download": path("/api/2/download"),
                "ws": path("/api/1/sock_json"),
                "webhook": path("/api/2/"),
                "compare": path("/api/2/compare"),
                "merge": path("/api/2/merge"),
            },
            "ui": { "company": true, "search": true, "default_company": "My Corezoid" },
        },
        "multitenancy": false,
        "components": [],
    })
}
