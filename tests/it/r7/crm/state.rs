//! The CRM in state documents.

use serde_json::{Value, json};

use super::{LENA, document, world};
use crate::support::App;

#[tokio::test]
async fn a_used_world_comes_back_the_same() {
    let app = world(json!([
        { "id": 3, "contact": 1, "category": 20, "content": "a", "created": "2022-10-08T15:03:33.3205005Z" },
        { "id": 4, "case": 2, "contact": 3, "category": -3, "content": "{}", "createdBy": LENA },
    ]))
    .await;
    super::attachments::text_file(&app, "opportunity", 1, "a").await;
    let body = json!({ "title": "Chat", "imageName": "c.png", "description": "d" });
    app.admin().post("/api/2.0/crm/history/category", body).await.expect(201);
    let first = app.anonymous().get("/_standin/state").await.expect(200);
    let other = App::empty().await;
    other.anonymous().put("/_standin/state", first.json()).await.expect(204);
    assert_eq!(other.anonymous().get("/_standin/state").await.text(), first.text());
    for path in ["history/filter", "contact/filter", "opportunity/filter", "case/filter", "history/category"]
    {
        let path = format!("/api/2.0/crm/{path}");
        assert_eq!(other.admin().get(&path).await.text(), app.admin().get(&path).await.text());
    }
}

#[tokio::test]
async fn a_dangling_reference_names_its_place_and_changes_nothing() {
    let app = world(json!([])).await;
    let before = app.state().await;
    let good = document(&json!([{ "id": 1, "contact": 1, "category": 20, "content": "x" }]));
    for (pointer, value, path, message) in [
        ("/contacts/3/company", json!(2), "contacts[3].company", "there is no company 2"),
        ("/contacts/0/status", json!(20), "contacts[0].status", "there is no status 20"),
        ("/contacts/0/contactType", json!(13), "contacts[0].contactType", "there is no type 13"),
        ("/contacts/0/shareType", json!(3), "contacts[0].shareType", "3 is not between 0 and 2"),
        ("/contacts/1/id", json!(1), "contacts[1].id", "person 1 is there already"),
        ("/contacts/2/id", json!(1), "contacts[2].id", "a person has this id"),
        ("/contacts/2/id", json!(0), "contacts[2].id", "ids are positive"),
        (
            "/contacts/2/lastName",
            json!("x"),
            "contacts[2]",
            "a person has firstName and lastName, a company has companyName",
        ),
        ("/opportunities/0/stage", json!(99), "opportunities[0].stage", "there is no stage 99"),
        ("/opportunities/0/contact", json!(99), "opportunities[0].contact", "there is no contact 99"),
        ("/opportunities/0/members/1", json!(99), "opportunities[0].members[1]", "there is no contact 99"),
        ("/opportunities/0/currency", json!("XXX"), "opportunities[0].currency", "unknown currency XXX"),
        ("/cases/0/members/0", json!(99), "cases[0].members[0]", "there is no contact 99"),
        ("/events/0/contact", json!(99), "events[0].contact", "there is no contact 99"),
        ("/events/0/case", json!(99), "events[0].case", "there is no case 99"),
        ("/events/0/category", json!(99), "events[0].category", "there is no category 99"),
        ("/events/0/files", json!([99]), "events[0].files[0]", "there is no file 99"),
        (
            "/events/0/contact",
            Value::Null,
            "events[0]",
            "an event belongs to a contact, an opportunity or a case",
        ),
        (
            "/historyCategories",
            json!([{ "id": 1, "title": "x" }, { "id": 1, "title": "y" }]),
            "historyCategories[1].id",
            "an item of these lists has this id already",
        ),
        ("/surprise", json!(1), "surprise", "unknown field `surprise`"),
    ] {
        let mut broken = good.clone();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        let place = broken.pointer_mut(&format!("/r7/crm{parent}")).unwrap();
        match key.parse::<usize>() {
            Ok(index) => place[index] = value,
            Err(_) => place[key] = value,
        }
        let answer = app.anonymous().put("/_standin/state", broken).await;
        let text = answer.json()["error"]["message"].as_str().unwrap().to_owned();
        assert_eq!(answer.status() / 100, 4, "{text}");
        assert!(text.contains(&format!("r7.crm.{path}: {message}")), "{pointer}: {text}");
    }
    assert_eq!(app.state().await, before);
}

#[tokio::test]
async fn lists_that_a_document_leaves_out_are_those_of_a_fresh_portal() {
    let app = App::empty().await;
    let body = json!({
        "standin": 1,
        "r7": { "crm": { "historyCategories": [{ "id": 3, "title": "Lunch", "sortOrder": 1 }] } },
    });
    app.anonymous().put("/_standin/state", body).await.expect(204);
    let crm = app.state().await["r7"]["crm"].take();
    let list = |name: &str| -> Vec<(i64, String)> {
        let items = crm[name].as_array().unwrap().iter();
        items.map(|item| (item["id"].as_i64().unwrap(), item["title"].as_str().unwrap().to_owned())).collect()
    };
    assert_eq!(list("historyCategories"), [(3, "Lunch".to_owned())]);
    let tasks = list("taskCategories");
    assert_eq!(tasks.len(), 12);
    // Its usual id is taken, so Demo goes behind all others.
    assert!(tasks.contains(&(24, "Demo".to_owned())), "{tasks:?}");
    assert_eq!((list("contactStatuses").len(), list("stages").len()), (3, 9));
}

#[tokio::test]
async fn ids_of_what_is_gone_are_not_given_again_after_an_import() {
    let app = world(json!([{ "id": 9, "contact": 2, "category": 20, "content": "x" }])).await;
    app.admin().delete("/api/2.0/crm/history/9", Value::Null).await.expect(200);
    app.admin().delete("/api/2.0/crm/contact/5", Value::Null).await.expect(200);
    let first = app.anonymous().get("/_standin/state").await.expect(200);
    assert_eq!(first.json()["r7"]["crm"]["lastIds"], json!({ "contact": 5, "event": 9 }));
    let other = App::empty().await;
    other.anonymous().put("/_standin/state", first.json()).await.expect(204);
    assert_eq!(other.anonymous().get("/_standin/state").await.text(), first.text());
    let body = json!({ "contactId": 2, "content": "x", "categoryId": 20 });
    let answer = other.admin().post("/api/2.0/crm/history", body).await.expect(201).json();
    assert_eq!(answer["response"]["id"], 10);
}
