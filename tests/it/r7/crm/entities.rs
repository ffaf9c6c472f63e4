//! Opportunities and cases (sheet r7/crm 1.3, 2.4, 4).

use serde_json::{Value, json};

use super::{ADMIN, GENERIC, LENA, OLEG, ids, message, world};

fn deal(rest: &Value) -> Value {
    let mut body = json!({ "title": "Shop", "stageId": 6, "responsibleId": OLEG, "bidCurrencyAbbr": "rub" });
    body.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    body
}

#[tokio::test]
async fn an_opportunity_is_made_with_its_contacts_its_stage_and_its_bid() {
    let app = world(json!([])).await;
    let body = deal(&json!({
        "contactId": 3, "members": [2, 99], "description": "Big", "bidType": "PerMonth", "bidValue": "1000.5",
        "perPeriodValue": 3, "successProbability": 250, "expectedCloseDate": "2026-03-01",
    }));
    insta::assert_snapshot!("opportunity", app.admin().post("/api/2.0/crm/opportunity", body).await.print());
}

#[tokio::test]
async fn an_opportunity_is_private_only_with_a_list() {
    let app = world(json!([])).await;
    for (rest, private, list) in [
        (json!({ "isPrivate": true, "accessList": [LENA] }), true, json!([LENA, ADMIN])),
        (json!({ "isPrivate": true }), false, json!([])),
        (json!({ "accessList": [LENA] }), false, json!([])),
    ] {
        let answer = app.admin().post("/api/2.0/crm/opportunity", deal(&rest)).await.expect(201).json();
        let found = &answer["response"];
        let people: Vec<_> =
            found["accessList"].as_array().unwrap().iter().map(|person| person["id"].clone()).collect();
        assert_eq!((found["isPrivate"].as_bool(), json!(people)), (Some(private), list));
        let path = format!("/api/2.0/crm/opportunity/{}", found["id"]);
        app.token("lena").get(&path).await.expect(200);
        // Its responsible may always see it.
        app.token("oleg").get(&path).await.expect(200);
    }
}

#[tokio::test]
async fn mistakes_are_refused_and_change_nothing() {
    let app = world(json!([])).await;
    let before = app.state().await;
    for (who, rest, status, text) in [
        ("oleg", json!({ "title": "" }), 400, GENERIC),
        ("oleg", json!({ "stageId": 0 }), 400, GENERIC),
        ("oleg", json!({ "stageId": 99 }), 400, "Deal milestone is not found"),
        ("oleg", json!({ "responsibleId": "" }), 400, GENERIC),
        ("oleg", json!({ "bidCurrencyAbbr": "" }), 400, GENERIC),
        ("oleg", json!({ "bidCurrencyAbbr": "XXX" }), 400, GENERIC),
        ("oleg", json!({ "bidType": 6 }), 400, "Requested value '6' was not found."),
        ("oleg", json!({ "contactId": 99 }), 400, GENERIC),
        ("oleg", json!({ "contactId": 1 }), 403, "Access Denied"),
    ] {
        let answer = app.token(who).post("/api/2.0/crm/opportunity", deal(&rest)).await.expect(status);
        assert_eq!(message(&answer), text, "{rest}");
    }
    let answer = app.admin().post("/api/2.0/crm/case", json!({ "members": [1] })).await.expect(400);
    assert_eq!(message(&answer), GENERIC);
    for (kind, id, who, get, delete) in [
        ("opportunity", 0, "standin-admin-token", 400, 400),
        ("opportunity", 99, "standin-admin-token", 404, 404),
        ("opportunity", 2, "oleg", 404, 404),
        // GET case/0 alone is 404 (sheet r7/crm 6).
        ("case", 0, "standin-admin-token", 404, 400),
        ("case", 99, "standin-admin-token", 404, 404),
        ("case", 2, "oleg", 404, 404),
    ] {
        let path = format!("/api/2.0/crm/{kind}/{id}");
        app.token(who).get(&path).await.expect(get);
        app.token(who).delete(&path, Value::Null).await.expect(delete);
    }
    assert_eq!(app.state().await, before);
}

#[tokio::test]
async fn opportunities_are_listed_by_stage_and_only_to_those_who_may_see_them() {
    let app = world(json!([])).await;
    let body = deal(&json!({ "stageId": 9, "actualCloseDate": "2026-01-10T12:00:00Z", "contactId": 4 }));
    app.admin().post("/api/2.0/crm/opportunity", body).await.expect(201);
    for (who, query, found) in [
        ("standin-admin-token", "", &[1, 2, 3][..]),
        ("oleg", "", &[1, 3]),
        ("oleg", "sortBy=title&sortOrder=descending", &[3, 1]),
        ("oleg", "responsibleid=00000000-0000-4000-8000-000000000003", &[3]),
        ("oleg", "opportunityStagesid=1", &[1]),
        ("oleg", "stageType=2", &[3]),
        ("oleg", "contactid=4", &[3]),
        ("oleg", "contactid=4&contactAlsoIsParticipant=true", &[1, 3]),
        ("oleg", "fromDate=2026-01-01&toDate=2026-01-10", &[3]),
        ("oleg", "fromDate=2026-01-01", &[1, 3]),
        ("oleg", "filterValue=shop", &[3]),
        ("oleg", "tags=x", &[]),
    ] {
        let answer =
            app.token(who).get(&format!("/api/2.0/crm/opportunity/filter?{query}")).await.expect(200);
        assert_eq!(ids(&answer), found, "{who} {query}");
    }
}

#[tokio::test]
async fn cases_are_made_listed_and_deleted() {
    let app = world(json!([{ "id": 1, "case": 1, "category": 20, "content": "x" }])).await;
    let body = json!({ "title": "Broken", "members": [1, 2, 99] });
    insta::assert_snapshot!("case", app.token("lena").post("/api/2.0/crm/case", body).await.print());
    for (who, query, found) in [
        ("standin-admin-token", "", &[3, 2, 1][..]),
        ("oleg", "", &[3, 1]),
        ("oleg", "contactid=2", &[3, 1]),
        ("oleg", "contactid=1", &[3]),
        ("oleg", "isClosed=true", &[]),
        ("oleg", "isClosed=false&sortBy=title&sortOrder=descending", &[1, 3]),
        ("oleg", "filterValue=BROKEN", &[3]),
    ] {
        let answer = app.token(who).get(&format!("/api/2.0/crm/case/filter?{query}")).await.expect(200);
        assert_eq!(ids(&answer), found, "{who} {query}");
    }
    let file = super::attachments::text_file(&app, "case", 1, "a.txt").await;
    let answer = app.token("oleg").delete("/api/2.0/crm/case/1", Value::Null).await.expect(200).json();
    // sheet r7/crm 4.3: members are still shown.
    assert_eq!(answer["response"]["members"][0]["id"], 2);
    app.admin().get("/api/2.0/crm/case/1").await.expect(404);
    app.admin().get(&format!("/api/2.0/files/file/{file}")).await.expect(403);
    assert_eq!(app.state().await["r7"]["crm"]["events"], json!([]));
}

#[tokio::test]
async fn a_deleted_opportunity_shows_no_members_and_no_privacy() {
    let app = world(json!([{ "id": 1, "opportunity": 1, "category": 20, "content": "x" }])).await;
    let file = super::attachments::text_file(&app, "opportunity", 1, "a.txt").await;
    for id in [1, 2] {
        let lena = app.token("lena");
        let answer =
            lena.delete(&format!("/api/2.0/crm/opportunity/{id}"), Value::Null).await.expect(200).json();
        assert_eq!(answer["response"]["members"], json!([]));
        assert_eq!(answer["response"]["isPrivate"], false);
        app.admin().get(&format!("/api/2.0/crm/opportunity/{id}")).await.expect(404);
    }
    app.admin().get(&format!("/api/2.0/files/file/{file}")).await.expect(403);
    assert_eq!(app.state().await["r7"]["crm"]["events"], json!([]));
}
