//! Trashes that are cleaned by themselves (sheet r7/files 3.3).

use serde_json::{Value, json};
use standin::Operations;

use super::{MY, TRASH, folder, start, titles, upload, with_lena};
use crate::support::{App, Identity, builder};

async fn advance(app: &App, by: &str) {
    app.anonymous().post("/_standin/clock/advance", json!({ "by": by })).await.expect(200);
}

async fn clean_after(who: &Identity<'_>, gap: &str) {
    who.put("/api/2.0/files/settings/autocleanup", json!({ "set": true, "gap": gap })).await.expect(200);
}

/// A file, and a folder with a file in a folder, all in the trash.
async fn trashed() -> App {
    let app = App::empty().await;
    let admin = app.admin();
    upload(&admin, MY, "a.txt", "one").await;
    let outer = folder(&admin, MY, "outer").await;
    let inner = folder(&admin, outer, "inner").await;
    upload(&admin, inner, "b.txt", "two").await;
    admin.post("/api/2.0/files/favorites", json!({ "fileIds": [1, 2] })).await.expect(201);
    assert_eq!(app.state().await["r7"]["marks"].as_array().unwrap().len(), 2);
    start(&admin, "delete", json!({ "fileIds": [1], "folderIds": [outer], "deleteAfter": true })).await;
    app
}

#[tokio::test]
async fn what_lies_there_too_long_is_erased_with_all_that_is_in_it() {
    let app = trashed().await;
    let admin = app.admin();
    clean_after(&admin, "OneWeek").await;
    advance(&app, "604799s").await;
    assert_eq!(titles(&admin, "@trash").await, ["outer", "a.txt"]);
    admin.get("/api/2.0/files/folder/101").await.expect(200);
    advance(&app, "1s").await;
    assert!(titles(&admin, "@trash").await.is_empty());
    let state = app.state().await;
    assert_eq!((&state["r7"]["files"], &state["r7"]["folders"]), (&json!([]), &json!([])));
    assert_eq!(state["r7"].get("marks"), None);
    let trash = admin.get(&format!("/api/2.0/files/folder/{TRASH}")).await.json();
    let counts = (&trash["response"]["filesCount"], &trash["response"]["foldersCount"]);
    assert_eq!(counts, (&json!(0), &json!(0)));
    admin.get("/api/2.0/files/file/2").await.expect(403);
}

#[tokio::test]
async fn what_a_state_document_brings_is_cleaned_by_the_real_clock_too() {
    let app = App::of(builder().clock(standin::ClockStart::System)).await;
    let admin = app.admin();
    upload(&admin, MY, "a.txt", "x").await;
    admin.delete("/api/2.0/files/file/1", Value::Null).await.expect(200);
    clean_after(&admin, "OneWeek").await;
    let mut state = app.state().await;
    state["r7"]["files"][0]["updated"] = json!("2020-01-01T00:00:00Z");
    app.anonymous().put("/_standin/state", state).await.expect(204);
    assert!(titles(&admin, "@trash").await.is_empty());
}

#[tokio::test]
async fn nothing_is_erased_until_somebody_wants_it_and_then_at_once() {
    let app = trashed().await;
    let admin = app.admin();
    advance(&app, "1000d").await;
    assert_eq!(titles(&admin, "@trash").await, ["outer", "a.txt"]);
    clean_after(&admin, "ThreeMonths").await;
    assert!(titles(&admin, "@trash").await.is_empty());
}

#[tokio::test]
async fn each_entry_has_a_moment_of_its_own_and_each_person_a_choice() {
    let app = with_lena().await;
    let (admin, lena) = (app.admin(), app.token("lena-token"));
    clean_after(&admin, "OneMonth").await;
    let my = lena.get("/api/2.0/files/@my").await.json()["response"]["current"]["id"].as_i64().unwrap();
    let theirs = upload(&lena, my, "theirs.txt", "x").await;
    lena.delete(&format!("/api/2.0/files/file/{theirs}"), Value::Null).await.expect(200);
    for (name, wait) in [("first.txt", "10d"), ("second.txt", "1s")] {
        let id = upload(&admin, MY, name, "x").await;
        admin.delete(&format!("/api/2.0/files/file/{id}"), Value::Null).await.expect(200);
        advance(&app, wait).await;
    }
    // The first went in on 12 February: a month of the calendar later it is 12 March, 28 days on.
    advance(&app, "1555198s").await;
    assert_eq!(titles(&admin, "@trash").await, ["first.txt", "second.txt"]);
    advance(&app, "1s").await;
    assert_eq!(titles(&admin, "@trash").await, ["second.txt"]);
    advance(&app, "10d").await;
    assert!(titles(&admin, "@trash").await.is_empty());
    assert_eq!(titles(&lena, "@trash").await, ["theirs.txt"]);
}

#[tokio::test]
async fn a_restored_entry_stays() {
    let app = trashed().await;
    let admin = app.admin();
    clean_after(&admin, "TwoWeeks").await;
    start(&admin, "move", json!({ "destFolderId": MY, "fileIds": [1] })).await;
    advance(&app, "60d").await;
    assert_eq!(titles(&admin, "@my").await, ["a.txt"]);
    admin.get("/api/2.0/files/folder/100").await.expect(403);
}

#[tokio::test]
async fn operations_and_cleaning_act_in_the_order_of_their_moments() {
    let app = App::of(builder().operations(Operations::After(1000))).await;
    let admin = app.admin();
    clean_after(&admin, "OneWeek").await;
    for name in ["a.txt", "b.txt"] {
        let id = upload(&admin, MY, name, "x").await;
        admin.delete(&format!("/api/2.0/files/file/{id}"), json!({ "deleteAfter": true })).await.expect(200);
        advance(&app, "1s").await;
    }
    assert_eq!(titles(&admin, "@trash").await, ["a.txt", "b.txt"]);
    // Half a second before the first is erased both are on their way back: too late for the first.
    advance(&app, "604798s").await;
    advance(&app, "500ms").await;
    start(&admin, "move", json!({ "destFolderId": MY, "fileIds": [1, 2] })).await;
    advance(&app, "1d").await;
    assert_eq!(titles(&admin, "@my").await, ["b.txt"]);
    assert!(titles(&admin, "@trash").await.is_empty());
}
