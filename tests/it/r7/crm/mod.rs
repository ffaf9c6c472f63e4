//! CRM. The world of most tests: an admin, Lena who manages one private contact, Oleg who manages nothing.

mod attachments;
mod contacts;
mod delete;
mod entities;
mod filter;
mod lists;
mod post;
mod seed_000;
mod state;

use serde_json::{Value, json};

use crate::support::{App, Exchange, builder, seed};

pub(crate) const ADMIN: &str = "00000000-0000-4000-8000-000000000001";
pub(crate) const LENA: &str = "00000000-0000-4000-8000-000000000002";
pub(crate) const OLEG: &str = "00000000-0000-4000-8000-000000000003";

/// Three people and one of everything that rights tell apart. Events are for each test to add.
pub(crate) fn document(events: &Value) -> Value {
    let user = |id: &str, name: &str, token: &str, is_admin: bool| {
        json!({
            "id": id, "userName": name, "email": format!("{name}@example.org"), "password": "secret",
            "firstName": name, "lastName": "X", "isAdmin": is_admin, "tokens": [{ "token": token }],
        })
    };
    json!({
        "standin": 1,
        "r7": {
            "users": [
                user(ADMIN, "admin", "standin-admin-token", true),
                user(LENA, "lena", "lena", false),
                user(OLEG, "oleg", "oleg", false),
            ],
            "crm": {
                "contacts": [
                    { "id": 1, "firstName": "Private", "lastName": "Of Lena", "managers": [LENA] },
                    { "id": 2, "firstName": "Readable", "lastName": "By All", "shareType": 2 },
                    { "id": 3, "companyName": "Company", "shareType": 1, "about": "Sells Ducks" },
                    { "id": 4, "firstName": "Worker", "lastName": "Of Company", "shareType": 1, "company": 3 },
                    { "id": 5, "firstName": "Private", "lastName": "Of Nobody" },
                ],
                "opportunities": [
                    { "id": 1, "title": "Public", "stage": 1, "currency": "RUB", "contact": 3, "members": [3, 4] },
                    { "id": 2, "title": "Lena's", "stage": 8, "currency": "USD", "privateTo": [LENA] },
                ],
                "cases": [
                    { "id": 1, "title": "Public", "members": [2] },
                    { "id": 2, "title": "Lena's", "privateTo": [LENA] },
                ],
                "events": events,
            },
        },
    })
}

/// The world with these events.
pub(crate) async fn world(events: Value) -> App {
    App::of(builder().seed(seed(document(&events)))).await
}

/// The error's text, of a refused call.
#[track_caller]
pub(crate) fn message(exchange: &Exchange) -> String {
    let answer = exchange.json();
    assert_eq!(answer["status"], 1, "{}", exchange.print());
    answer["error"]["message"].as_str().unwrap().to_owned()
}

/// The ids of a list.
#[track_caller]
pub(crate) fn ids(exchange: &Exchange) -> Vec<i64> {
    let answer = exchange.json();
    let items = answer["response"].as_array().unwrap_or_else(|| panic!("{}", exchange.print()));
    items.iter().map(|item| item["id"].as_i64().unwrap()).collect()
}

/// The generic text of an argument exception.
pub(crate) const GENERIC: &str = "Value does not fall within the expected range.";
