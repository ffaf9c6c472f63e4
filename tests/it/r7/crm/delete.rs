//! `DELETE crm/history/{id}`: every row of sheet r7/crm 3.1.

use serde_json::{Value, json};

use super::{ADMIN, GENERIC, LENA, OLEG, ids, message, world};

fn event(id: i64, target: &Value, created_by: &str) -> Value {
    let mut event = json!({ "id": id, "category": 20, "content": "x", "createdBy": created_by });
    event.as_object_mut().unwrap().extend(target.as_object().unwrap().clone());
    event
}

#[tokio::test]
async fn rights_follow_the_contact_then_the_author_then_the_entity() {
    // sheet r7/crm 3.1, step 4
    for (target, author, who, status) in [
        // An admin may everything.
        (json!({ "contact": 5 }), OLEG, "standin-admin-token", 200),
        // Whoever may edit the contact: a manager, or everybody where it is shared for writing.
        (json!({ "contact": 1 }), ADMIN, "lena", 200),
        (json!({ "contact": 1 }), ADMIN, "oleg", 403),
        (json!({ "contact": 3 }), ADMIN, "oleg", 200),
        // The author, as long as they may read it.
        (json!({ "contact": 2 }), ADMIN, "oleg", 403),
        (json!({ "contact": 2 }), OLEG, "oleg", 200),
        (json!({ "contact": 5 }), OLEG, "oleg", 403),
        // With a contact the entity does not count.
        (json!({ "contact": 5, "case": 1 }), ADMIN, "oleg", 403),
        (json!({ "contact": 3, "case": 2 }), ADMIN, "oleg", 200),
        // Without one the entity decides.
        (json!({ "opportunity": 1 }), ADMIN, "oleg", 200),
        (json!({ "opportunity": 2 }), ADMIN, "oleg", 403),
        (json!({ "opportunity": 2 }), OLEG, "oleg", 403),
        (json!({ "opportunity": 2 }), ADMIN, "lena", 200),
        (json!({ "case": 1 }), ADMIN, "oleg", 200),
        (json!({ "case": 2 }), OLEG, "oleg", 403),
        (json!({ "case": 2 }), ADMIN, "lena", 200),
    ] {
        let app = world(json!([event(7, &target, author)])).await;
        let before = app.state().await;
        let answer = app.token(who).delete("/api/2.0/crm/history/7", Value::Null).await;
        assert_eq!(answer.status(), status, "{target} by {author}, {who} deletes: {}", answer.text());
        if status == 403 {
            assert_eq!(message(&answer), "Access Denied");
            assert_eq!(app.state().await, before, "{target}");
        } else {
            assert_eq!(app.state().await["r7"]["crm"]["events"], json!([]));
        }
    }
}

#[tokio::test]
async fn ids_that_lead_nowhere_are_refused() {
    let app = world(json!([event(7, &json!({ "contact": 2 }), OLEG)])).await;
    let before = app.state().await;
    for (path, status, text) in [
        ("/api/2.0/crm/history/0", 400, GENERIC),
        ("/api/2.0/crm/history/8", 404, "Not found"),
        ("/api/2.0/crm/history/99999999999", 400, "Value was either too large or too small for an Int32."),
        ("/api/2.0/crm/history/-7", 404, "Not found"),
        ("/api/2.0/crm/history/seven", 404, "Not found"),
    ] {
        let answer = app.admin().delete(path, Value::Null).await.expect(status);
        assert_eq!(message(&answer), text, "{path}");
    }
    // A path's id goes before a body's.
    app.admin().delete("/api/2.0/crm/history/8", json!({ "id": 7 })).await.expect(404);
    assert_eq!(app.state().await, before);
    // Nobody, and somebody unknown.
    app.anonymous().delete("/api/2.0/crm/history/7", Value::Null).await.expect(401);
    app.token("who").delete("/api/2.0/crm/history/7", Value::Null).await.expect(401);
    // There is no GET of one event.
    app.admin().get("/api/2.0/crm/history/7").await.expect(404);
}

#[tokio::test]
async fn a_second_delete_is_404() {
    let app = world(json!([event(7, &json!({ "contact": 2 }), OLEG)])).await;
    app.admin().delete("/api/2.0/crm/history/7", json!({})).await.expect(200);
    app.admin().delete("/api/2.0/crm/history/7", json!({})).await.expect(404);
}

#[tokio::test]
async fn the_files_go_for_good_wherever_they_live_and_other_events_lose_them() {
    let app = world(json!([])).await;
    let admin = app.admin();
    let uploaded = admin.upload("/api/2.0/files/@my/upload", "mine.txt", b"mine").await.expect(201).json();
    let mine = uploaded["response"]["id"].as_i64().unwrap();
    let note = |contact: i64, files: &[i64]| json!({ "contactId": contact, "content": "x", "categoryId": 20, "fileId": files });
    let post = async |body: Value| {
        let answer = admin.post("/api/2.0/crm/history", body).await.expect(201).json();
        answer["response"]["id"].as_i64().unwrap()
    };
    let kept = super::attachments::text_file(&app, "contact", 2, "kept.txt").await;
    let (first, second) = (post(note(3, &[mine])).await, post(note(2, &[mine, kept])).await);
    let before = admin.get("/api/2.0/crm/history/category").await.json();
    assert_eq!(before["response"][0]["relativeItemsCount"], 2);

    let answer = admin.delete(&format!("/api/2.0/crm/history/{first}"), Value::Null).await.expect(200).json();
    assert_eq!(answer["response"]["files"][0]["title"], "mine.txt");
    assert_eq!(answer["response"]["canEdit"], true);

    admin.get(&format!("/api/2.0/files/file/{mine}")).await.expect(403);
    admin.get(&format!("/api/2.0/files/file/{kept}")).await.expect(200);
    let trash = admin.get("/api/2.0/files/@trash").await.expect(200).json();
    assert_eq!(trash["response"]["files"], json!([]));
    let list = admin.get("/api/2.0/crm/history/filter?entityType=contact&entityId=2").await.json();
    let event = list["response"].as_array().unwrap().iter().find(|event| event["id"] == second).unwrap();
    assert_eq!(event["files"].as_array().unwrap().len(), 1);
    assert_eq!(event["files"][0]["id"], kept);
    let gone = admin.get("/api/2.0/crm/contact/3/files").await.expect(200);
    assert_eq!(ids(&gone), [0_i64; 0]);
    let after = admin.get("/api/2.0/crm/history/category").await.json();
    assert_eq!(after["response"][0]["relativeItemsCount"], 1);
    // The target itself is untouched.
    admin.get("/api/2.0/crm/contact/3").await.expect(200);
}

#[tokio::test]
async fn somebody_elses_file_stops_the_deletion_before_anything_is_gone() {
    // sheet r7/crm 3.1, step 6: creator, last modifier, or admin; whole or not at all.
    let app = world(json!([])).await;
    let others = super::attachments::text_file(&app, "contact", 3, "others.txt").await;
    let oleg = app.token("oleg");
    let own = oleg
        .post("/api/2.0/crm/contact/3/files/text", json!({ "title": "own", "content": "x" }))
        .await
        .expect(201)
        .json()["response"]["id"]
        .as_i64()
        .unwrap();
    let body = json!({ "contactId": 3, "content": "x", "categoryId": 20, "fileId": [own, others] });
    let answer = oleg.post("/api/2.0/crm/history", body).await.expect(201).json();
    let path = format!("/api/2.0/crm/history/{}", answer["response"]["id"]);
    let before = app.state().await;
    let answer = oleg.delete(&path, Value::Null).await.expect(403);
    assert_eq!(message(&answer), "Access Denied");
    assert_eq!(app.state().await, before);
    app.admin().delete(&path, Value::Null).await.expect(200);
    app.admin().get(&format!("/api/2.0/files/file/{own}")).await.expect(403);
}

#[tokio::test]
async fn system_events_go_like_any_other() {
    let target = json!({ "contact": 2 });
    let event =
        |id: i64, category: i64| json!({ "id": id, "category": category, "content": "{}", "contact": 2 });
    let app = world(json!([event(1, -1), event(2, -2), event(3, -3)])).await;
    for id in 1..=3 {
        let answer = app.admin().delete(&format!("/api/2.0/crm/history/{id}"), Value::Null).await.expect(200);
        let category = answer.json()["response"]["category"].clone();
        let keys: Vec<_> = category.as_object().unwrap().keys().cloned().collect();
        assert_eq!(keys, ["imagePath", "title", "id"], "{target}");
    }
}

#[tokio::test]
async fn the_answer_is_the_event_as_it_was() {
    let app = world(json!([event(7, &json!({ "contact": 1, "opportunity": 1 }), LENA)])).await;
    insta::assert_snapshot!(
        "deleted",
        app.token("lena").delete("/api/2.0/crm/history/7", json!({})).await.print()
    );
    let app = world(json!([event(7, &json!({ "case": 1 }), ADMIN)])).await;
    let answer = app.admin().delete("/api/2.0/crm/history/7.xml", Value::Null).await;
    insta::assert_snapshot!("deleted_as_xml", answer.print());
}
