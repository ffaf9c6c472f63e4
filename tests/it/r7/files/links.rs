//! External links: made, opened without a login, closed (sheet r7/files 2.6, 5.8, 7).

use serde_json::{Value, json};

use super::sharing::{LENA, people, share, world};
use super::{MY, start, upload};
use crate::support::{App, Identity, builder, seed};

const HANDLER: &str = "/Products/Files/HttpHandlers/filehandler.ashx?action=download";
const LINK: &str = "11111111-2222-3333-4444-555555555555";

async fn link(who: &Identity<'_>, id: i64, access: Value) -> String {
    let answer = who.put(&format!("/api/2.0/files/{id}/sharedlink"), json!({ "share": access })).await;
    answer.expect(200).json()["response"].as_str().unwrap().to_owned()
}

fn doc(url: &str) -> &str {
    url.split_once("doc=").unwrap().1
}

#[tokio::test]
async fn a_link_serves_a_file_to_anybody_until_it_is_switched_off() {
    let app = world().await;
    let mike = app.token("mike-token");
    let (id, other) = (upload(&mike, MY, "a.bin", "bytes").await, upload(&mike, MY, "b.bin", "x").await);
    let answer = mike.put(&format!("/api/2.0/files/{id}/sharedlink"), json!({ "share": "Read" })).await;
    insta::assert_snapshot!(answer.print());
    let url = answer.json()["response"].as_str().unwrap().to_owned();
    let path = url.strip_prefix("http://portal.test").unwrap();
    let nobody = app.anonymous();
    assert_eq!(nobody.get(path).await.expect(200).text(), "bytes");
    let card = mike.get(&format!("/api/2.0/files/file/{id}")).await.json();
    assert_eq!(card["response"]["shared"], true);
    // The signature is this file's, and nothing else opens it.
    for path in [
        format!("{HANDLER}&fileid={other}&doc={}", doc(&url)),
        format!("{HANDLER}&fileid={id}&doc={}x", doc(&url)),
        format!("{HANDLER}&fileid={id}"),
    ] {
        assert_eq!(nobody.get(&path).await.status(), 403, "{path}");
    }
    // Always the same link; None and Restrict switch it off.
    for (access, status) in [(json!(0), 403), (json!(2), 200), (json!("Restrict"), 403), (json!(1), 200)] {
        assert_eq!(link(&mike, id, access.clone()).await, url);
        assert_eq!(nobody.get(path).await.status(), status, "{access}");
    }
    // What lies in the trash is behind no link.
    start(&mike, "delete", json!({ "fileIds": [id] })).await;
    assert_eq!(nobody.get(path).await.status(), 403);
}

#[tokio::test]
async fn a_document_opens_in_the_editor_and_its_link_is_among_its_shares() {
    let app = world().await;
    let (mike, lena) = (app.token("mike-token"), app.token("lena-token"));
    let id = upload(&mike, MY, "a.docx", "x").await;
    let url = link(&mike, id, json!("Comment")).await;
    assert!(
        url.starts_with(&format!("http://portal.test/Products/Files/DocEditor.aspx?fileid={id}&doc=")),
        "{url}"
    );
    let shares = mike.get(&format!("/api/2.0/files/file/{id}/share")).await.json();
    let main = json!({ "access": 6, "sharedTo": { "id": "d77bd6af-828b-41f5-84ed-7ffe2565b13a", "shareLink": url },
        "isLocked": false, "isOwner": false });
    assert_eq!(shares["response"][0], main);
    share(&mike, &format!("file/{id}"), LENA, json!(2)).await;
    let denied =
        lena.put(&format!("/api/2.0/files/{id}/sharedlink"), json!({ "share": 2 })).await.expect(403);
    assert_eq!(
        denied.json()["error"]["message"],
        "You don't have enough permission to perform the operation"
    );
}

async fn with_links() -> App {
    let mut part = people();
    part["files"] = json!([{ "id": 5, "folder": "@my", "title": "a.bin", "text": "bytes" }]);
    part["shares"] = json!([
        { "file": 5, "to": LINK, "access": "read", "link": { "title": "For the press", "password": "knock" } },
        { "file": 5, "to": "11111111-2222-3333-4444-000000000000", "access": "read",
            "link": { "title": "Old", "expires": "2026-02-12T09:10:00.0000000Z" } },
    ]);
    App::of(builder().seed(seed(json!({ "standin": 1, "r7": part })))).await
}

#[tokio::test]
async fn a_password_opens_a_link_and_a_cookie_keeps_it_open() {
    let app = with_links().await;
    let (mike, nobody) = (app.token("mike-token"), app.anonymous());
    let shares = mike.get("/api/2.0/files/file/5/share").await;
    insta::assert_snapshot!(shares.print());
    let url = shares.json()["response"][1]["sharedTo"]["shareLink"].as_str().unwrap().to_owned();
    let path = url.strip_prefix("http://portal.test").unwrap();
    assert_eq!(nobody.get(path).await.status(), 403);
    let wrong = json!({ "key": doc(&url), "passwordHash": "wrong" });
    let refused = nobody.post("/api/2.0/files/sharedlink/password", wrong).await;
    insta::assert_snapshot!(refused.print());
    let right = json!({ "key": doc(&url), "passwordHash": "knock" });
    let answer = nobody.post("/api/2.0/files/sharedlink/password", right).await.expect(201);
    assert_eq!(answer.json()["response"], url);
    let cookie = answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let token = mike
        .post(&format!("/api/2.0/files/5/sharedlink/{LINK}/password"), json!({ "password": "knock" }))
        .await;
    insta::assert_snapshot!(token.print());
    assert_eq!(cookie, format!("sharelink{LINK}={}", token.json()["response"]["token"].as_str().unwrap()));
    let with = |cookie: &str| {
        axum::http::Request::get(path).header("cookie", cookie).body(axum::body::Body::empty()).unwrap()
    };
    assert_eq!(app.send(with(&cookie)).await.expect(200).text(), "bytes");
    assert_eq!(app.send(with(&format!("sharelink{LINK}=no"))).await.status(), 403);
    for (body, status, text) in [
        (json!({ "password": "x" }), 400, "Incorrect password"),
        (json!({}), 400, "Value does not fall within the expected range."),
    ] {
        let answer =
            mike.post(&format!("/api/2.0/files/5/sharedlink/{LINK}/password"), body).await.expect(status);
        assert_eq!(answer.json()["error"]["message"], text);
    }
    let lost =
        mike.post(&format!("/api/2.0/files/5/sharedlink/{LENA}/password"), json!({ "password": "x" })).await;
    assert_eq!(lost.expect(403).json()["error"]["message"], "The link could not be found");
}

#[tokio::test]
async fn a_link_ends_with_its_time() {
    let app = with_links().await;
    let mike = app.token("mike-token");
    let shares = || async { mike.get("/api/2.0/files/file/5/share").await.json()["response"][2].clone() };
    let before = shares().await;
    let url = before["sharedTo"]["shareLink"].as_str().unwrap().to_owned();
    let path = url.strip_prefix("http://portal.test").unwrap();
    assert_eq!((&before["access"], app.anonymous().get(path).await.status()), (&json!(2), 200));
    app.anonymous().post("/_standin/clock/advance", json!({ "by": "10m" })).await.expect(200);
    assert_eq!((&shares().await["access"], app.anonymous().get(path).await.status()), (&json!(3), 403));
    let late = app.anonymous().post("/api/2.0/files/sharedlink/password", json!({ "key": doc(&url) })).await;
    assert_eq!(late.expect(403).json()["error"]["message"], "The link has expired");
}

#[tokio::test]
async fn a_new_link_has_a_template() {
    let app = world().await;
    let mike = app.token("mike-token");
    upload(&mike, MY, "a.docx", "x").await;
    insta::assert_snapshot!(mike.get("/api/2.0/files/1/sharedlink/template").await.print());
    insta::assert_snapshot!(mike.get("/api/2.0/files/2/sharedlink/template.xml?isFolder=true").await.print());
    let lost = mike.get("/api/2.0/files/99/sharedlink/template").await.expect(403);
    assert_eq!(lost.json()["error"]["message"], "The required file was not found");
}
