//! People deleted, and what was theirs passed on or erased (sheet r7/crm 5).

use serde_json::{Value, json};
use standin::Language;

use crate::support::{App, builder, seed};

const ANNA: &str = "7d1a0000-0000-4000-8000-000000000001";
const MIKE: &str = "7d1a0000-0000-4000-8000-000000000002";
const OLGA: &str = "7d1a0000-0000-4000-8000-000000000003";
const PAVEL: &str = "7d1a0000-0000-4000-8000-000000000004";
const LENA: &str = "7d1a0000-0000-4000-8000-000000000005";
const NOBODY: &str = "00000000-0000-4000-8000-00000000000f";

/// The demo with Mike suspended, who has a file and a folder in "my documents" and one file in his trash.
async fn suspended(language: Language) -> App {
    let app = App::of(builder().seed(standin::Seed::Demo).language(language)).await;
    let mike = app.token("standin-mike-token");
    let my = mike.get("/api/2.0/files/@my").await.expect(200).json();
    let my = my["response"]["current"]["id"].as_i64().unwrap();
    let folder = mike.post(&format!("/api/2.0/files/folder/{my}"), json!({ "title": "Plans" })).await;
    let folder = folder.expect(201).json();
    let folder = folder["response"]["id"].as_i64().unwrap();
    let text = json!({ "title": "inner", "content": "x" });
    mike.post(&format!("/api/2.0/files/{folder}/text"), text).await.expect(201);
    mike.post("/api/2.0/files/@my/text", json!({ "title": "outer", "content": "y" })).await.expect(201);
    let waste =
        mike.post("/api/2.0/files/@my/text", json!({ "title": "waste", "content": "z" })).await.json();
    let waste = waste["response"]["id"].as_i64().unwrap();
    mike.delete(&format!("/api/2.0/files/file/{waste}"), json!({})).await.expect(200);
    app.admin().put("/api/2.0/people/status/2", json!({ "userIds": [MIKE] })).await.expect(200);
    app
}

/// Titles of the files that a state document holds.
fn files(state: &Value) -> Vec<&str> {
    state["r7"]["files"].as_array().unwrap().iter().map(|file| file["title"].as_str().unwrap()).collect()
}

/// The world goes on as its own document.
async fn survives(app: &App) -> Value {
    let state = app.state().await;
    let copy = App::of(builder().seed(seed(state.clone()))).await;
    assert_eq!(copy.state().await, state);
    state
}

#[tokio::test]
async fn only_who_is_suspended_is_deleted_with_all_that_was_his_alone() {
    let app = suspended(Language::En).await;
    let admin = app.admin();
    let active = admin.delete(&format!("/api/2.0/people/{PAVEL}"), Value::Null).await.expect(500).json();
    assert_eq!(active["error"]["message"], "The user is not suspended");
    let gone = admin.delete(&format!("/api/2.0/people/{MIKE}"), Value::Null).await;
    insta::assert_snapshot!("deleted", gone.print());
    admin.get("/api/2.0/people/mike").await.expect(404);
    admin.delete(&format!("/api/2.0/people/{MIKE}"), Value::Null).await.expect(404);
    let state = survives(&app).await;
    for title in ["inner.txt", "outer.txt", "waste.txt"] {
        assert!(!files(&state).contains(&title), "{title}");
    }
    let owners: Vec<_> =
        state["r7"]["sections"].as_array().unwrap().iter().map(|one| &one["owner"]).collect();
    assert!(!owners.contains(&&json!(MIKE)));
    // What he made elsewhere stays, and shows the lost user.
    let folder = admin.get("/api/2.0/files/folder/101").await.expect(200).json();
    assert_eq!(folder["response"]["createdBy"]["displayName"], "Profile has been removed");
}

#[tokio::test]
async fn of_many_only_the_suspended_go_and_all_are_answered() {
    let app = suspended(Language::Ru).await;
    let ids = json!({ "userIds": [PAVEL, MIKE, ANNA, NOBODY] });
    app.token("standin-olga-token").put("/api/2.0/people/delete", ids.clone()).await.expect(500);
    let answer = app.admin().put("/api/2.0/people/delete", ids).await.expect(200).json();
    let names: Vec<_> =
        answer["response"].as_array().unwrap().iter().map(|one| &one["displayName"]).collect();
    assert_eq!(names, ["Pavel Ivanov", "Профиль удален", "Anna Petrova"]);
    let left = app.admin().get("/api/2.0/people/status/all").await.json();
    assert_eq!(left["total"], 4);
    let none = app.admin().put("/api/2.0/people/delete", json!({})).await.expect(200).json();
    assert_eq!(none["response"], json!([]));
}

#[tokio::test]
async fn documents_and_cards_are_passed_on() {
    for (language, title) in [
        (Language::En, "Documents of user Mike Zanyatski"),
        (Language::Ru, "Документы пользователя Mike Zanyatski"),
    ] {
        let app = suspended(language).await;
        let admin = app.admin();
        let card = json!({
            "firstName": "C", "lastName": "D", "managerList": [MIKE, OLGA],
        });
        let card = admin.post("/api/2.0/crm/contact/person", card).await.expect(201).json();
        let card = card["response"]["id"].as_i64().unwrap();
        let start = json!({ "fromUserId": MIKE, "toUserId": OLGA });
        let started = admin.post("/api/2.0/people/reassign/start", start).await;
        if language == Language::En {
            insta::assert_snapshot!("reassigned", started.print());
        }
        let progress =
            admin.get(&format!("/api/2.0/people/reassign/progress?userId={MIKE}")).await.expect(200);
        assert_eq!(progress.json()["response"], started.json()["response"]);
        let olga = app.token("standin-olga-token");
        let mine = olga.get("/api/2.0/files/@my").await.json();
        let folders = mine["response"]["folders"].as_array().unwrap();
        let new = folders.iter().find(|folder| folder["title"] == title).unwrap();
        assert_eq!((&new["filesCount"], &new["foldersCount"]), (&json!(2), &json!(1)));
        let inside = olga.get(&format!("/api/2.0/files/{}", new["id"])).await.expect(200).json();
        assert_eq!(inside["response"]["files"][0]["createdBy"]["id"], OLGA);
        let common = admin.get("/api/2.0/files/folder/101").await.json();
        assert_eq!(common["response"]["createdBy"]["id"], OLGA);
        let state = survives(&app).await;
        let contacts = state["r7"]["crm"]["contacts"].as_array().unwrap();
        let card = contacts.iter().find(|one| one["id"] == card).unwrap();
        assert_eq!(card["managers"], json!([OLGA]));

        let stop = json!({ "userId": MIKE });
        let stopped = admin.put("/api/2.0/people/reassign/terminate", stop).await.expect(200).json();
        assert_eq!(stopped["response"], json!({}));
        let none =
            admin.get(&format!("/api/2.0/people/reassign/progress?userId={MIKE}")).await.expect(200).json();
        assert_eq!((&none["response"], none.get("count")), (&json!({}), None));
    }
}

#[tokio::test]
async fn a_profile_goes_after_it_was_passed_on_or_at_once() {
    let app = suspended(Language::En).await;
    let start = json!({ "fromUserId": MIKE, "toUserId": OLGA, "deleteProfile": true });
    app.admin().post("/api/2.0/people/reassign/start", start).await.expect(201);
    app.admin().get("/api/2.0/people/mike").await.expect(404);
    let state = survives(&app).await;
    assert!(files(&state).contains(&"inner.txt") && !files(&state).contains(&"waste.txt"));

    let app = suspended(Language::En).await;
    let removed = app.admin().post("/api/2.0/people/remove/start", json!({ "userId": MIKE })).await;
    insta::assert_snapshot!("removed", removed.print());
    let progress = app.admin().get(&format!("/api/2.0/people/remove/progress?userId={MIKE}")).await.json();
    assert_eq!(progress["response"], removed.json()["response"]);
    app.admin().put("/api/2.0/people/remove/terminate", json!({ "userId": MIKE })).await.expect(200);
    assert!(!files(&survives(&app).await).contains(&"inner.txt"));
}

#[tokio::test]
async fn who_may_not_go_or_take_over_is_refused() {
    let app = suspended(Language::En).await;
    let before = app.state().await;
    for (body, message) in [
        (json!({ "fromUserId": NOBODY, "toUserId": OLGA }), format!("User with id = {NOBODY} not found")),
        (json!({ "fromUserId": PAVEL, "toUserId": OLGA }), format!("Can not delete user with id = {PAVEL}")),
        (json!({ "fromUserId": ANNA, "toUserId": OLGA }), format!("Can not delete user with id = {ANNA}")),
        (json!({ "fromUserId": MIKE, "toUserId": NOBODY }), format!("User with id = {NOBODY} not found")),
        (
            json!({ "fromUserId": MIKE, "toUserId": LENA }),
            format!("Can not reassign data to user with id = {LENA}"),
        ),
        (
            json!({ "fromUserId": MIKE, "toUserId": MIKE }),
            format!("Can not reassign data to user with id = {MIKE}"),
        ),
    ] {
        let refused = app.admin().post("/api/2.0/people/reassign/start", body).await.expect(400).json();
        assert_eq!(refused["error"]["message"], message);
    }
    app.admin().post("/api/2.0/people/remove/start", json!({ "userId": PAVEL })).await.expect(400);
    let olga = app.token("standin-olga-token");
    olga.post("/api/2.0/people/reassign/start", json!({ "fromUserId": MIKE, "toUserId": OLGA }))
        .await
        .expect(500);
    olga.post("/api/2.0/people/remove/start", json!({ "userId": MIKE })).await.expect(500);
    olga.get("/api/2.0/people/remove/progress").await.expect(500);
    olga.delete(&format!("/api/2.0/people/{MIKE}"), Value::Null).await.expect(500);
    assert_eq!(app.state().await, before);
}
