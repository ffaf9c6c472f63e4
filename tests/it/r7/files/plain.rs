//! Calls whose answer hardly depends on anything (sheet r7/files 1, 2.8).

use serde_json::json;

use super::{MY, upload, with_lena};
use crate::support::App;

#[tokio::test]
async fn the_editors_address_is_the_portals_until_it_is_set() {
    let app = App::empty().await;
    let admin = app.admin();
    insta::assert_snapshot!(admin.get("/api/2.0/files/docservice").await.print());
    insta::assert_snapshot!(admin.get("/api/2.0/files/docservice?version=true").await.print());
    insta::assert_snapshot!(admin.get("/api/2.0/files/docservice.xml?version=true").await.print());
    let body = json!({ "docServiceUrl": "http://editors.test", "docServiceUrlInternal": "10.0.0.1" });
    insta::assert_snapshot!(admin.put("/api/2.0/files/docservice", body).await.print());
    let state = app.state().await;
    let other = App::empty().await;
    other.anonymous().put("/_standin/state", state.clone()).await.expect(204);
    assert_eq!(other.state().await, state);
    let address = other.admin().get("/api/2.0/files/docservice").await.json();
    assert_eq!(address["response"], "http://editors.test/web-apps/apps/api/documents/api.js");
}

#[tokio::test]
async fn only_an_administrator_moves_the_editors() {
    let app = with_lena().await;
    let refused = app.token("lena-token").put("/api/2.0/files/docservice", json!({})).await.expect(403);
    assert_eq!(
        refused.json()["error"]["message"],
        "You don't have enough permission to perform the operation"
    );
}

#[tokio::test]
async fn nothing_is_ever_converted() {
    let app = App::empty().await;
    let admin = app.admin();
    upload(&admin, MY, "a.doc", "a").await;
    insta::assert_snapshot!(admin.get("/api/2.0/files/file/1/checkconversion").await.print());
    let started = admin.put("/api/2.0/files/file/1/checkconversion", json!({ "start": true })).await;
    assert_eq!(started.expect(200).json()["response"], json!([]));
    let refused = admin.get("/api/2.0/files/file/9/checkconversion").await.expect(403).json();
    assert_eq!(refused["error"]["message"], "The required file was not found");
}

#[tokio::test]
async fn cloud_storages_are_switched_off() {
    let app = App::empty().await;
    let admin = app.admin();
    let state = app.state().await;
    for exchange in [
        admin.get("/api/2.0/files/thirdparty").await,
        admin.get("/api/2.0/files/thirdparty/common").await,
        admin.get("/api/2.0/files/thirdparty/capabilities").await,
    ] {
        assert_eq!(exchange.expect(200).json()["response"], json!([]));
    }
    let body = json!({ "url": "http://x", "login": "a", "password": "b", "providerKey": "WebDav" });
    insta::assert_snapshot!(admin.post("/api/2.0/files/thirdparty", body).await.print());
    admin.delete("/api/2.0/files/thirdparty/7", json!(null)).await.expect(403);
    assert_eq!(app.state().await, state);
}

#[tokio::test]
async fn plug_ins_are_not_connected() {
    let app = App::empty().await;
    let admin = app.admin();
    insta::assert_snapshot!(admin.get("/api/2.0/files/wordpress-info").await.print());
    for exchange in [
        admin.get("/api/2.0/files/wordpress-delete").await.expect(200),
        admin.post("/api/2.0/files/wordpress-save", json!({ "code": "x" })).await.expect(201),
        admin.get("/api/2.0/files/easybib-citation-list?source=0&data=x").await.expect(200),
        admin.get("/api/2.0/files/easybib-styles").await.expect(200),
        admin.post("/api/2.0/files/easybib-citation", json!({})).await.expect(201),
    ] {
        assert_eq!(exchange.json()["response"], json!({ "success": false }), "{}", exchange.print());
    }
    let post = admin.post("/api/2.0/files/wordpress", json!({ "title": "t" })).await.expect(201).json();
    assert_eq!(post["response"], false);
    insta::assert_snapshot!(admin.get("/api/2.0/files/easybib-styles.xml").await.print());
}

#[tokio::test]
async fn previews_are_promised_for_what_can_be_read() {
    let app = with_lena().await;
    let admin = app.admin();
    upload(&admin, MY, "a.png", "a").await;
    let body = json!({ "fileIds": [1, 9] });
    let answer = admin.post("/api/2.0/files/thumbnails", body.clone()).await;
    insta::assert_snapshot!(answer.print());
    for other in [app.token("lena-token"), app.anonymous()] {
        let answer = other.post("/api/2.0/files/thumbnails", body.clone()).await.expect(201).json();
        assert_eq!(answer["response"], json!([]));
    }
}

#[tokio::test]
async fn properties_of_forms_are_kept() {
    let app = App::empty().await;
    let admin = app.admin();
    for title in ["a.docxf", "b.docxf"] {
        upload(&admin, MY, title, "x").await;
    }
    insta::assert_snapshot!(admin.get("/api/2.0/files/1/properties").await.print());
    let filling =
        json!({ "formFilling": { "collectFillForm": true, "toFolderId": "2", "createFileMask": "{0}" } });
    let body = json!({ "fileProperties": filling });
    insta::assert_snapshot!(admin.put("/api/2.0/files/1/properties", body.clone()).await.print());
    insta::assert_snapshot!(admin.get("/api/2.0/files/1/properties.xml").await.print());
    let many = json!({ "filesId": [1, 2, 9], "fileProperties": filling });
    let answer = admin.put("/api/2.0/files/batch/properties", many).await.expect(200).json();
    assert_eq!(answer["response"].as_array().unwrap().len(), 2);
    let state = app.state().await;
    assert_eq!(state["r7"]["fileProperties"][1]["properties"]["formFilling"]["collectFillForm"], true);
    let other = App::empty().await;
    other.anonymous().put("/_standin/state", state.clone()).await.expect(204);
    assert_eq!(other.state().await, state);
    let refused = admin.put("/api/2.0/files/9/properties", body).await.expect(403).json();
    assert_eq!(refused["error"]["message"], "The required file was not found");
}
