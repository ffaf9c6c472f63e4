//! Stages and history categories (sheet r7/crm 3.5, 3.6).

use serde_json::{Value, json};
use standin::Language;

use super::{GENERIC, ids, message, world};
use crate::support::{App, builder};

#[tokio::test]
async fn a_fresh_portal_has_the_lists_of_the_product_in_its_language() {
    let app = App::empty().await;
    insta::assert_snapshot!("stages", app.admin().get("/api/2.0/crm/opportunity/stage").await.print());
    insta::assert_snapshot!("categories", app.admin().get("/api/2.0/crm/history/category").await.print());
    let stage = app.admin().get("/api/2.0/crm/opportunity/stage/8").await.expect(200).json();
    assert_eq!(
        (&stage["response"]["stageType"], &stage["response"]["successProbability"]),
        (&json!(1), &json!(100))
    );
    app.admin().get("/api/2.0/crm/opportunity/stage/10").await.expect(404);
    app.admin().get("/api/2.0/crm/opportunity/stage/0").await.expect(400);
    let russian = App::of(builder().language(Language::Ru)).await;
    let list = russian.admin().get("/api/2.0/crm/history/category").await.expect(200).json();
    assert_eq!(list["response"][0]["title"], "Заметка");
}

#[tokio::test]
async fn uses_are_counted() {
    let app = world(json!([{ "id": 1, "contact": 3, "category": 21, "content": "x" }])).await;
    let categories = app.admin().get("/api/2.0/crm/history/category").await.expect(200).json();
    assert_eq!(categories["response"][1]["relativeItemsCount"], 1);
    assert_eq!(categories["response"][0].get("relativeItemsCount"), None);
    let stage = app.admin().get("/api/2.0/crm/opportunity/stage/8").await.expect(200).json();
    assert_eq!(stage["response"]["relativeItemsCount"], 1);
}

#[tokio::test]
async fn a_category_is_made_changed_ordered_and_deleted() {
    let app = world(json!([])).await;
    let admin = app.admin();
    let body = json!({ "title": "Chat", "imageName": "/any/where/chat.png" });
    let made = admin.post("/api/2.0/crm/history/category", body.clone()).await;
    insta::assert_snapshot!("category", made.print());
    // sheet r7/crm 3.5: the same title gives the same id, and stores nothing.
    let before = app.state().await;
    let again = admin.post("/api/2.0/crm/history/category", body).await.expect(201).json();
    assert_eq!(again["response"]["id"], made.json()["response"]["id"]);
    assert_eq!(app.state().await, before);

    let body = json!({ "title": "Talk", "description": "d" });
    let changed = admin.put("/api/2.0/crm/history/category/24", body).await.expect(200).json();
    assert_eq!(changed["response"]["imagePath"], Value::Null);
    assert_eq!(
        (&changed["response"]["title"], &changed["response"]["sortOrder"]),
        (&json!("Talk"), &json!(5))
    );
    let icon = json!({ "imageName": "talk.png" });
    let changed = admin.put("/api/2.0/crm/history/category/24/icon", icon).await.expect(200).json();
    assert_eq!(changed["response"]["imagePath"], "/Products/CRM/App_Themes/default/images/talk.png");

    let titles = json!({ "titles": ["Talk", "Note", "Email", "Phone call", "Appointment"] });
    let ordered = admin.put("/api/2.0/crm/history/category/reorder", titles).await.expect(200);
    assert_eq!(ids(&ordered), [24, 20, 21, 22, 23]);
    // The first is 0 and so loses the key.
    assert_eq!(ordered.json()["response"][0].get("sortOrder"), None);
    assert_eq!(ids(&admin.get("/api/2.0/crm/history/category").await), [24, 20, 21, 22, 23]);

    admin.delete("/api/2.0/crm/history/category/24", Value::Null).await.expect(200);
    assert_eq!(ids(&admin.get("/api/2.0/crm/history/category").await), [20, 21, 22, 23]);
}

#[tokio::test]
async fn used_last_unknown_and_foreign_ones_are_refused() {
    let app = world(json!([{ "id": 1, "contact": 3, "category": 21, "content": "x" }])).await;
    let admin = app.admin();
    let used = "There are some history events with this category.";
    let before = app.state().await;
    let title = json!({ "title": "x", "imageName": "x" });
    let path = "/api/2.0/crm/history/category";
    for (answer, status, text) in [
        (admin.put(&format!("{path}/21"), title.clone()).await, 400, format!("Can't be edited. {used}")),
        (admin.delete(&format!("{path}/21"), Value::Null).await, 400, format!("Can't be deleted. {used}")),
        (admin.put(&format!("{path}/99"), title.clone()).await, 404, "Not found".to_owned()),
        (admin.delete(&format!("{path}/99"), Value::Null).await, 404, "Not found".to_owned()),
        (admin.delete(&format!("{path}/0"), Value::Null).await, 400, GENERIC.to_owned()),
        (admin.put(&format!("{path}/20"), json!({})).await, 400, GENERIC.to_owned()),
        (admin.put(&format!("{path}/20/icon"), json!({})).await, 400, GENERIC.to_owned()),
        (admin.post(path, json!({ "title": "x" })).await, 400, GENERIC.to_owned()),
        (admin.post(path, json!({ "imageName": "x" })).await, 400, GENERIC.to_owned()),
        (
            admin.put(&format!("{path}/reorder"), json!({ "titles": ["Nobody"] })).await,
            500,
            "Object reference not set to an instance of an object.".to_owned(),
        ),
        (app.token("lena").post(path, title.clone()).await, 403, "Access Denied".to_owned()),
        (app.token("lena").put(&format!("{path}/20"), title.clone()).await, 403, "Access Denied".to_owned()),
        (app.token("lena").delete(&format!("{path}/20"), Value::Null).await, 403, "Access Denied".to_owned()),
        (app.token("lena").put(&format!("{path}/reorder"), json!({})).await, 403, "Access Denied".to_owned()),
    ] {
        let answer = answer.expect(status);
        assert_eq!(message(&answer), text, "{}", answer.line);
    }
    // An item of another list is answered for, and stays.
    admin.delete(&format!("{path}/1"), Value::Null).await.expect(200);
    assert_eq!(app.state().await, before);
    let nothing = admin.put(&format!("{path}/reorder"), json!({})).await.expect(200).json();
    assert_eq!(nothing["response"], json!([]));

    for id in [20, 22] {
        admin.delete(&format!("{path}/{id}"), Value::Null).await.expect(200);
    }
    admin.delete("/api/2.0/crm/history/1", Value::Null).await.expect(200);
    admin.delete(&format!("{path}/21"), Value::Null).await.expect(200);
    let last = admin.delete(&format!("{path}/23"), Value::Null).await.expect(400);
    assert_eq!(message(&last), "The last history category cannot be deleted");
}
