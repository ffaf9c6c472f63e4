//! Pictures of people (sheet r7/crm 5).

use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};

use crate::support::{App, builder, seed};

const MIKE: &str = "7d1a0000-0000-4000-8000-000000000002";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\nnot much of a picture";

#[tokio::test]
async fn a_picture_is_sent_shown_everywhere_and_taken_away() {
    let app = App::demo().await;
    let mike = app.token("standin-mike-token");
    insta::assert_snapshot!("none", mike.get("/api/2.0/people/mike/photo").await.print());
    let sent = mike.upload(&format!("/api/2.0/people/{MIKE}/photo"), "me.png", PNG).await;
    insta::assert_snapshot!("sent", sent.print());
    insta::assert_snapshot!("sent_xml", mike.get("/api/2.0/people/mike/photo.xml").await.print());
    let shown = sent.json()["response"]["data"].clone();
    let me = mike.get("/api/2.0/people/@self").await.json()["response"].clone();
    assert_eq!(
        [&me["avatar"], &me["avatarMedium"], &me["avatarSmall"]],
        [&shown["big"], &shown["medium"], &shown["small"]]
    );
    for size in ["original", "small"] {
        let picture = app.anonymous().get(shown[size].as_str().unwrap()).await.expect(200);
        assert_eq!((picture.header("content-type"), &picture.body[..]), (Some("image/png"), PNG));
    }
    let cut = json!({ "tmpFile": "", "x": 1, "y": 1, "width": 9, "height": 9 });
    let cut = mike.post("/api/2.0/people/mike/photo/thumbnails", cut).await.expect(201).json();
    assert_eq!(cut["response"], shown);
    // Its own URL, as the web pages send it back, changes nothing.
    let own = json!({ "files": format!("http://portal.test{}", shown["big"].as_str().unwrap()) });
    let kept = mike.put("/api/2.0/people/mike/photo", own).await.expect(200).json();
    assert_eq!(kept["response"], shown);

    let state = app.state().await;
    let copy = App::of(builder().seed(seed(state.clone()))).await;
    assert_eq!(copy.state().await, state);
    copy.anonymous().get(shown["big"].as_str().unwrap()).await.expect(200);

    let gone = mike.delete(&format!("/api/2.0/people/{MIKE}/photo"), Value::Null).await.expect(200).json();
    assert_eq!(gone["response"]["big"], "/skins/default/images/default_user_photo_size_82-82.png");
    app.anonymous().get(shown["big"].as_str().unwrap()).await.expect(404);
}

#[tokio::test]
async fn a_picture_that_lies_elsewhere_is_linked() {
    let app = App::demo().await;
    let link = json!({ "files": "https://example.org/me.png" });
    let linked = app.admin().put(&format!("/api/2.0/people/{MIKE}/photo"), link).await.expect(200).json();
    assert_eq!(linked["response"]["retina"], "https://example.org/me.png");
    let none = app.admin().put("/api/2.0/people/mike/photo", json!({})).await.expect(200).json();
    assert_eq!(none["response"], linked["response"]);
    let sent = app.admin().upload("/api/2.0/people/mike/photo", "me.gif", b"GIF89a").await.expect(201).json();
    assert!(sent["response"]["data"]["max"].as_str().unwrap().contains("size_200-200.gif"), "{sent}");
}

#[tokio::test]
async fn what_is_no_picture_is_told_so_and_others_pictures_are_not_ours_to_change() {
    let app = App::demo().await;
    let before = app.state().await;
    for (bytes, message) in [(&b"<svg/>"[..], "Unknown image file type"), (b"", "The selected file is empty")]
    {
        let answer =
            app.admin().upload("/api/2.0/people/mike/photo", "x.png", bytes).await.expect(201).json();
        assert_eq!(answer["response"], json!({ "success": false, "data": null, "message": message }));
    }
    let olga = app.token("standin-olga-token");
    olga.upload("/api/2.0/people/mike/photo", "me.png", PNG).await.expect(500);
    olga.put("/api/2.0/people/mike/photo", json!({ "files": "http://x/y.png" })).await.expect(500);
    olga.delete("/api/2.0/people/mike/photo", Value::Null).await.expect(500);
    olga.post("/api/2.0/people/mike/photo/thumbnails", json!({})).await.expect(500);
    olga.get("/api/2.0/people/nobody/photo").await.expect(404);
    assert_eq!(app.state().await, before);
    let page = app.anonymous().request(Method::POST, &format!("/storage/userPhotos/root/{MIKE}_orig.png"));
    assert_eq!(app.send(page.body(Body::empty()).unwrap()).await.status(), 404);
}

#[tokio::test]
async fn a_picture_in_a_document_must_be_one() {
    let app = App::demo().await;
    let state = app.state().await;
    for (photo, place) in [
        (json!({ "base64": "%" }), "r7.users[0].photo.base64: "),
        (json!({ "base64": "PHN2Zy8+" }), "r7.users[0].photo.base64: neither PNG, JPEG, GIF nor BMP"),
        (json!({}), "r7.users[0].photo: missing field `base64`"),
    ] {
        let mut user = state["r7"]["users"][0].clone();
        user["photo"] = photo;
        let document = json!({ "standin": 1, "r7": { "users": [user] } });
        let refused = app.anonymous().put("/_standin/state", document).await.expect(400).json();
        assert!(refused["error"]["message"].as_str().unwrap().contains(place), "{refused}");
    }
}
