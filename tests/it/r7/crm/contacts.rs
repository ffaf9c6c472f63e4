//! Contacts (sheet r7/crm 1.2, 2.3, 4).

use serde_json::{Value, json};

use super::{GENERIC, LENA, ids, message, world};

#[tokio::test]
async fn a_person_is_made_with_an_employer_and_a_manager() {
    let app = world(json!([])).await;
    let body = json!({
        "firstName": "Ivan", "lastName": "", "jobTitle": "Director", "companyId": 3, "about": "Likes ducks",
        "managerList": [LENA],
    });
    insta::assert_snapshot!("person", app.admin().post("/api/2.0/crm/contact/person", body).await.print());
    let read = app.token("lena").get("/api/2.0/crm/contact/6").await.expect(200).json();
    assert_eq!(read["response"]["canEdit"], true);
    app.token("oleg").get("/api/2.0/crm/contact/6").await.expect(404);
}

#[tokio::test]
async fn a_company_takes_persons_in_and_skips_who_is_none() {
    let app = world(json!([])).await;
    let body = json!({ "companyName": "Ducks", "shareType": "Read", "personList": [1, 2, 3, 4, 99] });
    let answer = app.token("oleg").post("/api/2.0/crm/contact/company", body).await;
    insta::assert_snapshot!("company", answer.print());
    // 1 is not for Oleg to read, 3 is a company.
    for (id, employer) in [(1, Value::Null), (2, json!("Ducks")), (4, json!("Ducks"))] {
        let read = app.admin().get(&format!("/api/2.0/crm/contact/{id}")).await.expect(200).json();
        assert_eq!(read["response"]["company"]["displayName"], employer, "{id}");
    }
}

#[tokio::test]
async fn mistakes_are_refused_and_change_nothing() {
    let app = world(json!([])).await;
    let before = app.state().await;
    for (path, body, status, text) in [
        ("person", json!({ "lastName": "x" }), 400, GENERIC),
        ("person", json!({ "firstName": "x" }), 400, GENERIC),
        ("person", json!({ "firstName": " ", "lastName": "x" }), 400, GENERIC),
        ("person", json!({ "firstName": "x", "lastName": "x", "companyId": 99 }), 404, "Not found"),
        ("company", json!({}), 400, GENERIC),
        ("company", json!({ "companyName": " " }), 400, GENERIC),
        (
            "company",
            json!({ "companyName": "x", "shareType": "all" }),
            400,
            "Requested value 'all' was not found.",
        ),
    ] {
        let answer = app.admin().post(&format!("/api/2.0/crm/contact/{path}"), body).await.expect(status);
        assert_eq!(message(&answer), text);
    }
    for (who, id, get, delete) in [
        ("standin-admin-token", 0, 400, 400),
        ("standin-admin-token", 99, 404, 404),
        ("oleg", 1, 404, 404),
        // Readable, but not his to edit.
        ("oleg", 2, 200, 403),
    ] {
        let path = format!("/api/2.0/crm/contact/{id}");
        app.token(who).get(&path).await.expect(get);
        app.token(who).delete(&path, Value::Null).await.expect(delete);
    }
    assert_eq!(app.state().await, before);
}

#[tokio::test]
async fn lists_are_narrowed_and_show_only_what_the_caller_may_read() {
    let app = world(json!([])).await;
    for (who, query, found) in [
        ("standin-admin-token", "", &[5, 4, 3, 2, 1][..]),
        ("lena", "", &[4, 3, 2, 1]),
        ("oleg", "", &[4, 3, 2]),
        ("oleg", "contactListView=company", &[3]),
        ("oleg", "contactListView=2", &[4, 2]),
        ("oleg", "contactListView=WithOpportunity", &[4, 3]),
        ("oleg", "sortBy=displayName", &[3, 2, 4]),
        ("oleg", "sortBy=id&sortOrder=descending", &[4, 3, 2]),
        ("standin-admin-token", "isShared=true", &[4, 3, 2]),
        ("standin-admin-token", "isShared=false", &[5, 1]),
        ("standin-admin-token", "responsibleid=00000000-0000-4000-8000-000000000002", &[1]),
        ("standin-admin-token", "responsibleid=00000000-0000-0000-0000-000000000000", &[5, 4, 3, 2]),
        ("standin-admin-token", "filterValue=private+lena", &[1]),
        ("standin-admin-token", "filterValue=DUCKS", &[3]),
        ("standin-admin-token", "contactStage=0&contactType=0", &[5, 4, 3, 2, 1]),
        ("standin-admin-token", "contactStage=13", &[]),
        ("standin-admin-token", "tags=none", &[]),
        ("standin-admin-token", "fromDate=2026-02-12&toDate=2026-02-12", &[5, 4, 3, 2, 1]),
        ("standin-admin-token", "toDate=2026-02-11", &[]),
        ("standin-admin-token", "updatedSince=2026-02-11", &[5, 4, 3, 2, 1]),
        ("standin-admin-token", "updatedSince=2026-02-13", &[]),
        ("standin-admin-token", "type=company", &[3]),
        ("standin-admin-token", "type=person", &[5, 4, 2, 1]),
        ("standin-admin-token", "type=person&count=2", &[5, 4]),
        ("standin-admin-token", "count=2&startIndex=1", &[4, 3]),
    ] {
        let answer = app.token(who).get(&format!("/api/2.0/crm/contact/filter?{query}")).await.expect(200);
        assert_eq!(ids(&answer), found, "{who} {query}");
    }
    for (list, since, expected) in [
        ("case", "2026-02-13", 0),
        ("case", "2026-02-11", 1),
        ("opportunity", "2026-02-13", 0),
        ("opportunity", "2026-02-11", 1),
    ] {
        let path = format!("/api/2.0/crm/{list}/filter?updatedSince={since}");
        let answer = app.admin().get(&path).await.expect(200).json();
        let found = answer["total"].as_i64().unwrap().min(1);
        assert_eq!(found, expected, "{path}");
    }
    let answer = app.admin().get("/api/2.0/crm/contact/filter?count=2").await.expect(200).json();
    assert_eq!((&answer["total"], &answer["nextIndex"]), (&json!(5), &json!(3)));
}

#[tokio::test]
async fn a_deleted_contact_takes_its_events_and_their_files_with_it() {
    let app = world(json!([{ "id": 1, "contact": 3, "category": 20, "content": "x" }])).await;
    let file = super::attachments::text_file(&app, "contact", 3, "a.txt").await;
    let answer = app.token("oleg").delete("/api/2.0/crm/contact/3", Value::Null).await.expect(200);
    assert_eq!(answer.json()["response"]["companyName"], "Company");
    app.admin().get("/api/2.0/crm/contact/3").await.expect(404);
    app.admin().get(&format!("/api/2.0/files/file/{file}")).await.expect(403);
    assert_eq!(ids(&app.admin().get("/api/2.0/crm/history/filter").await), [0_i64; 0]);
    // sheet r7/crm 4.3: opportunities live on without it, persons lose their employer.
    let opportunity = app.admin().get("/api/2.0/crm/opportunity/1").await.expect(200).json();
    assert_eq!(opportunity["response"].get("contact"), None);
    assert_eq!(opportunity["response"]["members"][0]["id"], 4);
    let person = app.admin().get("/api/2.0/crm/contact/4").await.expect(200).json();
    assert_eq!(person["response"].get("company"), None);
}
