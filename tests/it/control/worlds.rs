//! Worlds: made on first use, apart from each other, dropped.

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Value, json};

use crate::support::{App, Exchange, builder, sign_in};

async fn with_header(app: &App, path: &str, world: &str) -> Exchange {
    app.send(Request::get(path).header("X-Standin-World", world).body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_world_is_named_by_path_or_header_and_the_path_counts() {
    let app = App::empty().await;
    let name = async |exchange: Exchange| exchange.expect(200).json()["world"].as_str().unwrap().to_owned();
    assert_eq!(name(app.anonymous().get("/_standin/info").await).await, "default");
    assert_eq!(name(app.anonymous().get("/w/a-1_Z/_standin/info").await).await, "a-1_Z");
    assert_eq!(name(with_header(&app, "/_standin/info", "b").await).await, "b");
    assert_eq!(name(with_header(&app, "/w/c/_standin/info", "b").await).await, "c");
    assert_eq!(name(with_header(&app, "/_standin/info", "default").await).await, "default");
    let longest = "x".repeat(64);
    assert_eq!(name(app.anonymous().get(&format!("/w/{longest}/_standin/info")).await).await, longest);
    let worlds = app.anonymous().get("/_standin/worlds").await.expect(200).json();
    assert_eq!(worlds, json!({ "worlds": ["a-1_Z", "b", "c", "default", longest] }));
}

#[tokio::test]
async fn a_name_that_cannot_be_one_is_400_and_makes_no_world() {
    let app = App::empty().await;
    let long = "x".repeat(65);
    for name in ["", "a.b", "a%20b", "a:b", "%2e%2e", "..", "a~", "%D1%8F", &long] {
        for path in [format!("/w/{name}/_standin/info"), format!("/w/{name}/api/2.0/people/@self")] {
            let answer = app.anonymous().get(&path).await.expect(400).json();
            assert!(
                answer["error"]["message"].as_str().unwrap().contains("[A-Za-z0-9_-]{1,64}"),
                "{path}: {answer}"
            );
        }
        if !name.contains('%') {
            with_header(&app, "/_standin/info", name).await.expect(400);
        }
    }
    with_header(&app, "/api/2/json", "a b").await.expect(400);
    app.anonymous().delete("/_standin/worlds/a.b", Value::Null).await.expect(400);
    assert_eq!(app.anonymous().get("/_standin/worlds").await.json(), json!({ "worlds": ["default"] }));
}

#[tokio::test]
async fn links_keep_the_prefix_of_their_world() {
    let app = App::empty().await;
    for (exchange, base) in [
        (app.anonymous().get("/w/mine/_standin/info").await, "http://portal.test/w/mine"),
        // A link must lead back even for a client that follows it without the header.
        (with_header(&app, "/_standin/info", "mine").await, "http://portal.test/w/mine"),
        (app.anonymous().get("/_standin/info").await, "http://portal.test"),
    ] {
        let info = exchange.expect(200).json();
        assert_eq!(info["control"], format!("{base}/_standin"));
        assert_eq!(info["services"]["r7"]["url"], format!("{base}/api/2.0/"));
        assert_eq!(info["services"]["corezoid"]["url"], format!("{base}/api/2/json/"));
    }
    let request = Request::get("/w/mine/_standin/info")
        .header("X-Forwarded-Proto", "https")
        .header("X-Forwarded-Host", "outside.test");
    let info = app.send(request.body(Body::empty()).unwrap()).await.json();
    assert_eq!(info["control"], "https://outside.test/w/mine/_standin");
}

#[tokio::test]
async fn worlds_share_neither_data_nor_clock_nor_tokens() {
    let app = App::empty().await;
    // Two tokens here, one there: what the second draws, the other world has not.
    sign_in(&app, "/w/a").await;
    let token = sign_in(&app, "/w/a").await;
    sign_in(&app, "/w/b").await;
    app.token(&token).get("/w/a/api/2.0/people/@self").await.expect(200);
    app.token(&token).get("/w/b/api/2.0/people/@self").await.expect(401);
    app.token(&token).get("/api/2.0/people/@self").await.expect(401);
    app.anonymous().post("/w/a/_standin/clock/advance", json!({ "by": "1h" })).await.expect(200);
    let now = async |world: &str| {
        app.anonymous().get(&format!("{world}/_standin/clock")).await.json()["now"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(now("/w/a").await, "2026-02-12T10:00:00Z");
    assert_eq!(
        (now("/w/b").await, now("").await),
        ("2026-02-12T09:00:00Z".into(), "2026-02-12T09:00:00Z".into())
    );
    let other = app.anonymous().get("/w/b/_standin/state").await.json();
    app.anonymous().post("/w/a/_standin/reset", Value::Null).await.expect(204);
    app.token(&token).get("/w/a/api/2.0/people/@self").await.expect(401);
    assert_eq!(app.anonymous().get("/w/b/_standin/state").await.json(), other);
}

#[tokio::test]
async fn a_dropped_world_is_forgotten_and_the_default_one_is_reset() {
    let app = App::empty().await;
    let drop = async |path: &str| app.anonymous().delete(path, Value::Null).await.status();
    assert_eq!(drop("/_standin/worlds/a").await, 404);
    let token = sign_in(&app, "/w/a").await;
    assert_eq!(drop("/_standin/worlds/a").await, 204);
    assert_eq!(app.anonymous().get("/_standin/worlds").await.json(), json!({ "worlds": ["default"] }));
    app.token(&token).get("/w/a/api/2.0/people/@self").await.expect(401);

    let seeded = app.state().await;
    let token = sign_in(&app, "").await;
    assert_eq!(drop("/_standin/worlds/default").await, 204);
    app.token(&token).get("/api/2.0/people/@self").await.expect(401);
    assert_eq!(app.state().await, seeded);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_first_requests_to_one_world_make_one_world() {
    let app = std::sync::Arc::new(App::of(builder()).await);
    let calls: Vec<_> = (0..32)
        .map(|_| {
            let app = std::sync::Arc::clone(&app);
            #[expect(clippy::disallowed_methods, reason = "the point is to be many at once")]
            tokio::spawn(async move { sign_in(&app, "/w/one").await })
        })
        .collect();
    let mut tokens = std::collections::BTreeSet::new();
    for call in calls {
        tokens.insert(call.await.unwrap());
    }
    assert_eq!(tokens.len(), 32, "two worlds would have drawn the same token");
    for token in tokens {
        app.token(&token).get("/w/one/api/2.0/people/@self").await.expect(200);
    }
}

#[tokio::test]
async fn a_world_answers_under_the_prefix_as_at_the_root() {
    let app = App::empty().await;
    let admin = app.admin();
    let root = admin.get("/api/2.0/people/@self.xml").await;
    let under = admin.get("/w/x/api/2.0/people/@self.xml").await;
    assert_eq!(root.text().replace("http://portal.test/", "http://portal.test/w/x/"), under.text());
    let package = app.anonymous().request(Method::POST, "/w/x/api/2/json").body(Body::from("{")).unwrap();
    app.send(package).await.expect(200);
    app.anonymous().get("/w/x").await.expect(200);
    app.anonymous().get("/w/x/").await.expect(200);
}

#[tokio::test]
async fn slashes_in_a_row_are_one_wherever_a_client_joined_them() {
    let app = App::demo().await;
    for path in [
        "//api/2.0/files/file/7",
        "///api//2.0/files///file/7",
        "/api/2.0//files/file/7?fields=id",
        "/w/a//api/2.0/files/file/7",
        "//w/a//api/2.0//files/file/7",
    ] {
        let answer = app.admin().get(path).await.expect(200).json();
        assert_eq!(answer["response"]["id"], 7, "{path}");
    }
    app.anonymous().get("//_standin//health").await.expect(200);
    // An empty name of a world is still a mistake, and no other path's first piece.
    app.anonymous().get("/w//api/2.0/files/file/7").await.expect(400);
    let worlds = app.anonymous().get("/_standin/worlds").await.json();
    assert_eq!(worlds, serde_json::json!({ "worlds": ["a", "default"] }));
}
