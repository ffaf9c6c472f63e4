//! The switches that each person has for documents (sheet r7/files 1).

use serde_json::json;

use super::{MY, titles, with_lena};
use crate::support::App;

#[tokio::test]
async fn every_switch_answers_what_it_was_set_to() {
    let app = App::empty().await;
    let admin = app.admin();
    let body = || json!({ "set": true });
    insta::assert_snapshot!(admin.put("/api/2.0/files/updateifexist", body()).await.expect(200).print());
    for exchange in [
        admin.put("/api/2.0/files/storeoriginal", body()).await,
        admin.put("/api/2.0/files/displayRecent", body()).await,
        admin.put("/api/2.0/files/settings/favorites", body()).await,
        admin.put("/api/2.0/files/settings/templates", body()).await,
        admin.put("/api/2.0/files/hideconfirmconvert", json!({ "save": true })).await,
        admin.put("/api/2.0/files/hideconfirmconvert", json!({})).await,
    ] {
        assert_eq!(exchange.json()["response"], true, "{}", exchange.print());
    }
    let state = app.state().await;
    let mine = &state["r7"]["fileSettings"][0];
    assert_eq!((&mine["hideConfirmSave"], &mine["hideConfirmOpen"]), (&json!(true), &json!(true)));
    assert_eq!(admin.put("/api/2.0/files/storeoriginal", json!({})).await.json()["response"], false);
}

#[tokio::test]
async fn archives_and_cleaning_have_answers_of_their_own() {
    let app = App::empty().await;
    let admin = app.admin();
    let packed = admin.put("/api/2.0/files/settings/downloadtargz", json!({ "set": true })).await;
    insta::assert_snapshot!(packed.print());
    insta::assert_snapshot!(
        admin.put("/api/2.0/files/settings/downloadtargz.xml?set=false", json!(null)).await.print()
    );
    insta::assert_snapshot!(admin.get("/api/2.0/files/settings/autocleanup").await.print());
    let body = json!({ "set": true, "gap": "TwoWeeks" });
    insta::assert_snapshot!(admin.put("/api/2.0/files/settings/autocleanup", body).await.print());
    insta::assert_snapshot!(admin.get("/api/2.0/files/settings/autocleanup.xml").await.print());
    let refused = admin.put("/api/2.0/files/settings/autocleanup", json!({ "set": true, "gap": 6 })).await;
    assert_eq!(refused.status(), 400);
    let kept = admin.put("/api/2.0/files/settings/autocleanup", json!({ "set": false })).await.json();
    assert_eq!(kept["response"], json!({ "isAutoCleanUp": false, "gap": 2 }));
}

#[tokio::test]
async fn a_taken_title_follows_the_uploaders_own_switch() {
    let app = with_lena().await;
    let (admin, lena) = (app.admin(), app.token("lena-token"));
    admin.put("/api/2.0/files/updateifexist", json!({ "set": true })).await.expect(200);
    let path = format!("/api/2.0/files/{MY}/upload");
    admin.upload(&path, "a.txt", b"one").await.expect(201);
    let second = admin.upload(&path, "a.txt", b"two").await.expect(201).json();
    assert_eq!((&second["response"]["id"], &second["response"]["version"]), (&json!(1), &json!(2)));
    // What is asked for goes before what is set.
    admin.upload(&format!("{path}?createNewIfExist=true"), "a.txt", b"three").await.expect(201);
    assert_eq!(titles(&admin, "@my").await, ["a.txt", "a.txt"]);
    let hers = lena.get("/api/2.0/files/@my").await.json()["response"]["current"]["id"].clone();
    for _ in 0..2 {
        lena.upload(&format!("/api/2.0/files/{hers}/upload"), "b.txt", b"x").await.expect(201);
    }
    assert_eq!(titles(&lena, "@my").await, ["b.txt", "b.txt"]);
}

#[tokio::test]
async fn texts_and_chunked_uploads_follow_the_switch_too() {
    let app = App::empty().await;
    let admin = app.admin();
    admin.put("/api/2.0/files/updateifexist", json!({ "set": true })).await.expect(200);
    for content in ["one", "two"] {
        let body = json!({ "title": "a", "content": content });
        admin.post("/api/2.0/files/@my/text", body).await.expect(201);
    }
    let start = format!("/api/2.0/files/{MY}/upload/create_session");
    let started = admin.post(&start, json!({ "fileName": "a.txt", "fileSize": 5 })).await.expect(201).json();
    let location =
        started["response"]["data"]["location"].as_str().unwrap().replace("http://portal.test", "");
    app.anonymous().upload(&location, "blob", b"three").await.expect(201);
    let file = admin.get("/api/2.0/files/file/1").await.expect(200).json()["response"].clone();
    assert_eq!((&file["version"], &file["versionGroup"]), (&json!(3), &json!(2)));
    assert_eq!(titles(&admin, "@my").await, ["a.txt"]);
}

#[tokio::test]
async fn a_listing_by_a_group_shows_what_its_people_made() {
    let app = App::demo().await;
    let olga = app.token("standin-olga-token");
    let common = app.admin().get("/api/2.0/files/@common").await.json()["response"]["current"]["id"].clone();
    let group = "7d1a0000-0000-4000-8000-0000000000a1";
    let share = json!({ "share": [{ "shareTo": group, "access": "ReadWrite" }] });
    let made = app.admin().post(&format!("/api/2.0/files/folder/{common}"), json!({ "title": "Drop" })).await;
    let drop = made.expect(201).json()["response"]["id"].clone();
    app.admin().put(&format!("/api/2.0/files/folder/{drop}/share"), share).await.expect(200);
    let upload = format!("/api/2.0/files/{drop}/upload");
    olga.upload(&upload, "hers.txt", b"x").await.expect(201);
    app.admin().upload(&upload, "mine.txt", b"x").await.expect(201);
    let path = format!("/api/2.0/files/{drop}?userIdOrGroupId={group}");
    let listed = app.admin().get(&path).await.expect(200).json()["response"]["files"].clone();
    let titles: Vec<_> = listed.as_array().unwrap().iter().map(|file| file["title"].clone()).collect();
    assert_eq!(titles, [json!("hers.txt")]);
}
