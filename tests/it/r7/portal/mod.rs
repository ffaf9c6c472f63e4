//! The portal and its settings (sheet r7/transport 6).

mod connections;
mod reads;
mod security;
mod settings;
mod sign_in;

use serde_json::json;

use crate::support::{App, builder, seed};

/// An admin, an ordinary user and a guest, whose tokens are `standin-admin-token`, `boris` and `guest`.
pub(crate) async fn portal() -> App {
    let person = |id: u8, name: &str, token: &str, more: serde_json::Value| {
        let mut person = json!({
            "id": format!("00000000-0000-4000-8000-00000000000{id}"), "userName": name,
            "email": format!("{name}@example.org"), "password": "secret", "firstName": name, "lastName": "K",
            "tokens": [{ "token": token }],
        });
        person.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        person
    };
    let users = json!([
        person(1, "admin", "standin-admin-token", json!({ "isAdmin": true, "isOwner": true })),
        person(2, "boris", "boris", json!({})),
        person(3, "guest", "guest", json!({ "isVisitor": true })),
    ]);
    App::of(builder().seed(seed(json!({ "standin": 1, "r7": { "users": users } })))).await
}
