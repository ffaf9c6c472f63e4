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
    (
        "response.contact.canEdit",
        "false: whoever may delete the event through its private contact may edit that",
    ),
    ("response.contact.canDelete", "false: the same"),
    ("response.files[0].fileStatus", "2: being edited; there are no editors here"),
    ("response.files[0].viewUrl", "another host: a link that serves the file's bytes"),
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
            "sections": [{ "id": 12_334, "section": "bunch", "bunch": "crm/crm_common/" }],
            "files": [{
                "id": 2_142_586_533, "folder": 12_334, "title": "Some titile.txt", "version": 3, "created": at,
                "createdBy": mike, "text": "x".repeat(12_345),
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
                    "created": at, "createdBy": mike, "files": [2_142_586_533_i64],
                }],
            },
        },
    })
}

async fn delete(path: &str) -> Exchange {
    let app = App::of(builder().profile(Profile::Seed).seed(seed(sample()))).await;
    app.admin().delete(path, Value::Null).await.expect(200)
}

/// Every leaf with its path, in order.
fn leaves(path: &str, value: &Value, found: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                leaves(&if path.is_empty() { key.clone() } else { format!("{path}.{key}") }, value, found);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                leaves(&format!("{path}[{index}]"), item, found);
            }
        }
        leaf => found.push((path.to_owned(), leaf.clone())),
    }
}

fn leaves_of(value: &Value) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    leaves("", value, &mut found);
    found
}

#[tokio::test]
async fn the_json_answer_is_the_samples_field_for_field() {
    let answer = delete("/api/2.0/crm/history/1").await;
    assert_eq!(answer.header("content-type"), Some("application/json; charset=UTF-8"));
    // Slashes are escaped, as in the sample.
    assert!(answer.text().contains(r#""viewUrl":"http:\/\/"#), "{}", answer.text());
    let (ours, theirs) = (leaves_of(&answer.json()), leaves_of(&serde_json::from_str(JSON).unwrap()));
    let paths = |leaves: &[(String, Value)]| leaves.iter().map(|(path, _)| path.clone()).collect::<Vec<_>>();
    assert_eq!(paths(&ours), paths(&theirs));
    let mut differ = Vec::new();
    for ((path, ours), (_, theirs)) in ours.iter().zip(&theirs) {
        assert_eq!(std::mem::discriminant(ours), std::mem::discriminant(theirs), "{path}");
        if ours != theirs {
            differ.push(path.as_str());
        }
    }
    let mut known: Vec<_> = DEVIATIONS.iter().map(|(path, _)| *path).collect();
    differ.sort_unstable();
    known.sort_unstable();
    assert_eq!(differ, known);
}

/// One element or text a line, as the sample prints them, without its indentation.
fn lines(xml: &str) -> Vec<String> {
    let joined: String = xml.lines().map(str::trim).collect();
    joined.replace("><", ">\n<").lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn the_xml_answer_is_the_samples_line_by_line() {
    let answer = delete("/api/2.0/crm/history/1.xml").await;
    assert_eq!(answer.header("content-type"), Some("text/xml; charset=UTF-8"));
    let (ours, theirs) = (lines(answer.text()), lines(XML));
    assert_eq!(ours.len(), theirs.len());
    let mut differ = 0;
    for (ours, theirs) in ours.iter().zip(&theirs) {
        let tag = |line: &str| line.split_inclusive('>').next().map(str::to_owned);
        assert_eq!(tag(ours), tag(theirs));
        differ += usize::from(ours != theirs);
    }
    assert_eq!(differ, DEVIATIONS.len());
}

#[tokio::test]
async fn an_accept_header_asks_for_either_form_as_the_document_does() {
    for (accept, media) in [("application/json", "application/json"), ("text/xml", "text/xml")] {
        let app = App::of(builder().profile(Profile::Seed).seed(seed(sample()))).await;
        let identity = app.admin();
        let request = identity
            .request(axum::http::Method::DELETE, "/api/2.0/crm/history/1")
            .header("content-type", "application/json")
            .header("accept", accept)
            .body(axum::body::Body::empty())
            .unwrap();
        let answer = app.send(request).await.expect(200);
        assert_eq!(answer.header("content-type"), Some(format!("{media}; charset=UTF-8").as_str()));
    }
}

#[tokio::test]
async fn the_event_and_its_file_are_gone_afterwards() {
    let app = App::of(builder().profile(Profile::Seed).seed(seed(sample()))).await;
    app.admin().delete("/api/2.0/crm/history/1", Value::Null).await.expect(200);
    app.admin().delete("/api/2.0/crm/history/1", Value::Null).await.expect(404);
    app.admin().get("/api/2.0/files/file/2142586533").await.expect(403);
    let state = app.state().await;
    assert_eq!((&state["r7"]["crm"]["events"], &state["r7"]["files"]), (&json!([]), &json!([])));
}
