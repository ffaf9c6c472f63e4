//! Path tricks.

use axum::body::Body;
use axum::http::{Method, Request};

use crate::support::App;

const TRICKS: &[&str] = &[
    "..",
    "../..",
    "%2e%2e",
    "%2e%2e/%2e%2e/etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "..%5c..%5c",
    "%00",
    "a%00.xml",
    "%FF%FE",
    "%",
    "%zz",
    "%u0041",
    "/",
    "//",
    "./.",
    "files//nothing//here",
    "files/%2fetc",
    ".xml",
    ".json.xml.tml",
    "@self%20",
    "people/@self;x=1",
    "\u{202e}",
    "-1",
    "99999999999999999999999999",
    "{id}",
    "*",
    "~",
    "'%20or%201=1--",
];

/// The world without the records of operations, which refusals leave too.
async fn lasting(app: &App) -> serde_json::Value {
    let mut state = app.state().await;
    state["r7"].as_object_mut().unwrap().remove("operations");
    state
}

#[tokio::test]
async fn no_path_leads_out_or_brings_the_server_down() {
    let app = App::empty().await;
    let before = lasting(&app).await;
    let long = "a/".repeat(20_000);
    let wide = "%41".repeat(10_000);
    let roots = [
        "/api/2.0/",
        "/api/2.0/files/file/",
        "/api/2/json/",
        "/Products/Files/",
        "/user_downloads/",
        "/_standin/",
        "/w/a/",
        "/",
    ];
    for root in roots {
        for trick in TRICKS.iter().copied().chain([long.as_str(), wide.as_str()]) {
            // What no URI can hold never gets past the HTTP parser.
            let Ok(uri) = format!("{root}{trick}").parse::<axum::http::Uri>() else { continue };
            for method in [Method::GET, Method::POST, Method::DELETE, Method::PATCH] {
                let request = Request::builder().method(method.clone()).uri(uri.clone());
                let request =
                    request.header("authorization", "standin-admin-token").body(Body::empty()).unwrap();
                let answer = app.send(request).await;
                let shown: String = answer.line.chars().take(80).collect();
                let text = String::from_utf8_lossy(&answer.body);
                let fits = match answer.status() {
                    // The page for people; packages without a signature, whose refusals are 200; and operations, which
                    // say in their record that the id is none.
                    200 => {
                        uri.path().replace('/', "").is_empty()
                            || root.starts_with("/w/")
                            || root == "/api/2/json/"
                            || text.contains("Can not convert id")
                    }
                    // sheet r7/files 8: what the portal's own conversion says of a number that is none.
                    500 => text.contains("TryParse"),
                    // 403: the portal's word for a document that is not there.
                    status => matches!(status, 400 | 401 | 403 | 404 | 405),
                };
                assert!(fits, "{shown}: {}", answer.status());
                assert!(!text.contains("root:x:"), "{shown}");
            }
        }
    }
    assert!(lasting(&app).await == before, "the world has changed");
    app.admin().get("/api/2.0/people/@self").await.expect(200);
}

#[tokio::test]
async fn an_unknown_route_or_verb_is_the_portal_s_404_even_for_a_stranger() {
    let app = App::empty().await;
    for (method, path) in [
        (Method::GET, "/api/2.0"),
        (Method::GET, "/api/2.0/"),
        (Method::GET, "/api/2.0/nothing"),
        (Method::GET, "/api/2.0/authentication"),
        (Method::PATCH, "/api/2.0/authentication"),
        (Method::DELETE, "/api/2.0/authentication"),
        (Method::PUT, "/api/2.0/people/@self/more"),
        (Method::TRACE, "/api/2.0/people/@self"),
    ] {
        let request = Request::builder().method(method.clone()).uri(path).body(Body::empty()).unwrap();
        let answer = app.send(request).await.expect(404);
        let json = answer.json();
        assert_eq!((&json["status"], &json["statusCode"]), (&1.into(), &404.into()), "{method} {path}");
    }
}
