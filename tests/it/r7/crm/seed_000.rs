//! Seed 000, `DELETE api/2.0/crm/history/{id}`: the document's samples, field for field, in profile `seed`.

use serde_json::{Value, json};
use standin::Profile;

use crate::support::{App, Exchange, builder, seed};

const JSON: &str = include_str!("seed_000.json");
const XML: &str = include_str!("seed_000.xml");

/// Values that cannot be the sample's, and why. Everything else is equal.
const DEVIATIONS: &[(&str, &str)] = &[
    ("response.id", "0: an event has a positive id"),
    ("response.contact.id", "0: so has a contact"),
    ("response.contact.canEdit", "false: whoever may delete the event through its private contact may edit that"),
    ("response.contact.canDelete", "false: the same"),
    ("response.category.imagePath", "\"path to image\": a path below the portal's pictures"),
];

/// The sample's world: its people, contact, opportunity, category, event and file.
fn sample() -> Value {
    let at = "2022-10-08T15:03:33.3205005Z";
    let mike = "00000000-0000-0000-0000-000000000000";
    json!({
        "standin": 1,
        "r7": {
            "users": [{
                "id": mike, "userName": "mike", "email": "mike@example.org", "password": "secret",
                "firstName": "Mike", "lastName": "Zanyatski", "title": "Manager", "isAdmin": true,
                "avatar": "url to small avatar", "tokens": [{ "token": "standin-admin-token" }],
            }],
            "crm": {
                "historyCategories": [{ "id": 30, "title": "Lunch", "image": "path to image", "sortOrder": 10 }],
                "contacts": [{
                    "id": 1, "firstName": "Tadjeddine", "lastName": "Bachir", "photo": "url to foto",
                }],
                "opportunities": [{
                    "id": 123_445, "title": "Household appliances internet shop", "stage": 1, "currency": "USD",
                }],
                "events": [{
                    "id": 1, "contact": 1, "opportunity": 123_445, "category": 30,
                    "content": "Agreed to meet at lunch and discuss the client commercial offer",
                    "created": at, "createdBy": mike,
                }],
            },
        },
    })
}
