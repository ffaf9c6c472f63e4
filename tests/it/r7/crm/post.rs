//! `POST crm/history`: every row of sheet r7/crm 3.2.

use serde_json::{Value, json};

use super::{GENERIC, LENA, message, world};
use crate::support::App;

const PATH: &str = "/api/2.0/crm/history";

#[tokio::test]
async fn a_mistake_is_400_and_changes_nothing() {
    let app = world(json!([])).await;
    let before = app.state().await;
    let note = |rest: Value| {
        let mut body = json!({ "content": "x", "categoryId": 20 });
        body.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        body
    };
    for (who, body, text) in [
        // Row 1: the type is a word for opportunity or case, or nothing.
        ("standin-admin-token", note(json!({ "entityType": "contact", "entityId": 2 })), GENERIC),
        (
            "standin-admin-token",
            note(json!({ "entityType": "person", "entityId": 2, "contactId": 2 })),
            GENERIC,
        ),
        ("standin-admin-token", note(json!({ "entityType": "junk", "contactId": 2 })), GENERIC),
        // Row 2: the contact exists and may be read.
        ("standin-admin-token", note(json!({ "contactId": 99 })), GENERIC),
        ("oleg", note(json!({ "contactId": 1 })), GENERIC),
        // Row 3: so does and may the entity.
        ("standin-admin-token", note(json!({ "entityType": "opportunity", "entityId": 99 })), GENERIC),
        ("standin-admin-token", note(json!({ "entityType": "case", "entityId": 0 })), GENERIC),
        (
            "standin-admin-token",
            note(json!({ "entityType": "case", "entityId": 99, "contactId": 2 })),
            GENERIC,
        ),
        ("oleg", note(json!({ "entityType": "opportunity", "entityId": 2 })), GENERIC),
        ("oleg", note(json!({ "entityType": "case", "entityId": 2 })), GENERIC),
        // Row 4: the category is a list item, or one of the three system categories.
        ("standin-admin-token", json!({ "content": "x", "categoryId": 99, "contactId": 2 }), GENERIC),
        ("standin-admin-token", json!({ "content": "x", "categoryId": -4, "contactId": 2 }), GENERIC),
        // Row 5: content, category and target are there; an entity without its type is refused.
        ("standin-admin-token", json!({ "categoryId": 20, "contactId": 2 }), GENERIC),
        ("standin-admin-token", note(json!({ "content": "", "contactId": 2 })), GENERIC),
        ("standin-admin-token", json!({ "content": "x", "contactId": 2 }), GENERIC),
        ("standin-admin-token", note(json!({})), GENERIC),
        ("standin-admin-token", note(json!({ "entityId": 1 })), GENERIC),
        ("standin-admin-token", note(json!({ "entityId": 1, "contactId": 2 })), GENERIC),
        ("standin-admin-token", note(json!({ "contactId": -1 })), GENERIC),
        // Row 6.
        (
            "standin-admin-token",
            note(json!({ "content": "я".repeat(65_001), "contactId": 2 })),
            "Data too long for column 'content'",
        ),
        // What cannot be read is refused by the binder.
        (
            "standin-admin-token",
            note(json!({ "contactId": "two" })),
            "Input string was not in a correct format.",
        ),
        (
            "standin-admin-token",
            note(json!({ "contactId": 2, "created": "yesterday" })),
            "invalid date time format: yesterday",
        ),
        (
            "standin-admin-token",
            note(json!({ "contactId": 2, "notifyUserList": ["lena"] })),
            "Guid should contain 32 digits with 4 dashes (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx).",
        ),
    ] {
        let answer = app.token(who).post(PATH, body.clone()).await.expect(400);
        assert_eq!(message(&answer), text, "{who} {body}");
    }
    assert_eq!(app.state().await, before);
}

#[tokio::test]
async fn an_event_of_a_contact_is_answered_with_201_and_all_its_parts() {
    let app = world(json!([])).await;
    let body = json!({ "contactId": 1, "content": "Agreed to meet", "categoryId": 20 });
    insta::assert_snapshot!("posted", app.admin().post(PATH, body).await.print());
}

#[tokio::test]
async fn contact_and_entity_may_come_together_and_every_category_is_taken() {
    let app = world(json!([])).await;
    // A task category passes as well (sheet r7/crm 3.2, row 4).
    for category in [20, 3, 13, -1, -2, -3] {
        for entity in ["opportunity", "OPPORTUNITY", "case"] {
            let body = json!({
                "contactId": 2, "entityType": entity, "entityId": 1, "content": "both", "categoryId": category,
            });
            let answer = app.token("oleg").post(PATH, body).await.expect(201).json();
            let event = &answer["response"];
            assert_eq!(event["category"]["id"], category);
            assert_eq!(event["contact"]["id"], 2);
            assert_eq!(event["entity"]["entityType"], entity.to_lowercase());
        }
    }
}

#[tokio::test]
async fn created_is_kept_and_the_longest_content_fits() {
    let app = world(json!([])).await;
    let content = "я".repeat(65_000);
    let body = json!({
        "contactId": "2", "content": content, "categoryId": "20", "created": "2022-10-08T15:03:33.3205005Z",
        "notifyUserList": [LENA],
    });
    let answer = app.token("lena").post(PATH, body).await.expect(201).json();
    assert_eq!(answer["response"]["created"], "2022-10-08T15:03:33.3205005Z");
    assert_eq!(answer["response"]["content"].as_str().unwrap().chars().count(), 65_000);
    let listed = app.admin().get("/api/2.0/crm/history/filter").await.expect(200).json();
    assert_eq!(listed["response"][0]["content"], content);
    assert_eq!(listed["response"][0]["createBy"]["id"], LENA);
}

#[tokio::test]
async fn files_are_attached_by_id_and_unknown_ones_are_dropped() {
    let app = world(json!([])).await;
    let file = super::attachments::text_file(&app, "contact", 3, "a.txt").await;
    let body = json!({ "contactId": 2, "content": "x", "categoryId": 20, "fileId": [999, file, file] });
    let answer = app.admin().post(PATH, body).await.expect(201).json();
    let files: Vec<_> =
        answer["response"]["files"].as_array().unwrap().iter().map(|file| &file["id"]).collect();
    assert_eq!(files, [file]);
}

#[tokio::test]
async fn a_form_does_as_well_as_json() {
    let app = world(json!([])).await;
    let identity = app.admin();
    let request = identity
        .request(axum::http::Method::POST, PATH)
        .header("content-type", "application/x-www-form-urlencoded")
        .body("contactid=2&content=By+form&CategoryID=20".into())
        .unwrap();
    assert_eq!(app.send(request).await.expect(201).json()["response"]["content"], "By form");
    App::empty().await.anonymous().post(PATH, json!({})).await.expect(401);
}
