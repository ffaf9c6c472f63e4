//! Sign-in, and every way of presenting a token (sheet r7/transport 6).

use axum::body::Body;
use axum::http::{Method, Request};
use base64::Engine as _;
use serde_json::{Value, json};
use standin::Auth;

use crate::support::{App, Exchange, builder};

const SELF: &str = "/api/2.0/people/@self";
const TOKEN: &str = "standin-admin-token";

async fn sign_in(app: &App, body: Value) -> Exchange {
    app.anonymous().post("/api/2.0/authentication", body).await
}

/// GET with headers.
async fn get(app: &App, path: &str, headers: &[(&str, &str)]) -> Exchange {
    let mut request = Request::builder().method(Method::GET).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    app.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn json_form_and_query_sign_in_and_the_token_works() {
    let app = App::empty().await;
    insta::assert_snapshot!(
        "signed_in",
        sign_in(&app, json!({ "userName": "admin@example.org", "password": "secret" })).await.print()
    );
    let form = Request::post("/api/2.0/authentication.json")
        .header("content-type", "application/x-www-form-urlencoded")
        .body("username=ADMIN%40example.org&password=secret".into())
        .unwrap();
    let query =
        Request::post("/api/2.0/authentication?userName=administrator&password=secret&provider=email");
    for request in [form, query.body(Body::empty()).unwrap()] {
        let answer = app.send(request).await.expect(201).json();
        let token = answer["response"]["token"].as_str().unwrap().to_owned();
        app.token(&token).get(SELF).await.expect(200);
    }
    let xml = Request::post("/api/2.0/authentication.xml")
        .header("content-type", "text/xml")
        .body("<a><userName>admin@example.org</userName><password>secret</password></a>".into())
        .unwrap();
    assert!(app.send(xml).await.expect(201).text().starts_with("<result><count>1</count><status>0</status>"));
}

#[tokio::test]
async fn a_wrong_sign_in_is_500_and_changes_nothing() {
    let app = App::empty().await;
    let before = app.state().await;
    for body in [
        json!({ "userName": "admin@example.org", "password": "Secret" }),
        json!({ "userName": "nobody@example.org", "password": "secret" }),
        json!({ "userName": "admin@example.org" }),
        json!({ "password": "secret" }),
        json!({ "userName": "admin@example.org", "password": "secret", "provider": "google" }),
        json!({}),
    ] {
        let answer = sign_in(&app, body).await.expect(500);
        assert_eq!(answer.json()["error"]["message"], "User authentication failed");
        assert_eq!(answer.json()["error"]["hresult"], -2_146_233_087);
        assert_eq!(answer.header("set-cookie"), None);
    }
    assert_eq!(app.state().await, before);
}

#[tokio::test]
async fn the_sixth_wrong_try_within_a_minute_blocks_that_login_for_a_minute() {
    let app = App::empty().await;
    let wrong = json!({ "userName": "admin@example.org", "password": "x" });
    let right = json!({ "userName": "admin@example.org", "password": "secret" });
    for _ in 0..5 {
        let answer = sign_in(&app, wrong.clone()).await.expect(500).json();
        assert_eq!(answer["error"]["message"], "User authentication failed");
    }
    for body in [&wrong, &right] {
        let answer = sign_in(&app, body.clone()).await.expect(500).json();
        assert_eq!(answer["error"]["message"], "Login Fail. Too many attempts");
    }
    // Another login of the same person, and who is signed in already, are not touched.
    sign_in(&app, json!({ "userName": "administrator", "password": "secret" })).await.expect(201);
    app.admin().get(SELF).await.expect(200);
    app.anonymous().post("/_standin/clock/advance", json!({ "by": "61s" })).await.expect(200);
    sign_in(&app, right.clone()).await.expect(201);
    // Good ones do not count.
    for _ in 0..20 {
        sign_in(&app, right.clone()).await.expect(201);
    }
}

#[tokio::test]
async fn a_token_is_taken_from_header_cookie_query_and_form() {
    let app = App::empty().await;
    let basic = |pair: &str| format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair));
    let good = basic("admin@example.org:secret");
    // A colon in the password cuts it (sheet r7/transport 6).
    let cut = basic("admin@example.org:secret:more");
    let wrong = basic("admin@example.org:x");
    for (headers, status) in [
        (vec![("authorization", TOKEN)], 200),
        (vec![("authorization", "Bearer standin-admin-token")], 200),
        // `Bearer` is a case-sensitive word and one space.
        (vec![("authorization", "bearer standin-admin-token")], 401),
        (vec![("authorization", "Bearer  standin-admin-token")], 401),
        (vec![("authorization", good.as_str())], 200),
        (vec![("authorization", cut.as_str())], 200),
        (vec![("authorization", wrong.as_str())], 401),
        (vec![("authorization", "Basic ???")], 401),
        (vec![("cookie", "a=b; asc_auth_key=standin-admin-token; c=d")], 200),
        (vec![("cookie", "asc_auth_key=standin%2Dadmin%2Dtoken")], 200),
        (vec![("cookie", "asc_auth_key=junk")], 401),
        // A good cookie rescues a bad header, not the other way round: the header goes first.
        (vec![("authorization", "junk"), ("cookie", "asc_auth_key=standin-admin-token")], 200),
        (vec![("authorization", TOKEN), ("cookie", "asc_auth_key=junk")], 200),
        (vec![], 401),
    ] {
        let answer = get(&app, SELF, &headers).await;
        assert_eq!(answer.status(), status, "{headers:?}");
    }
    for path in
        ["people/@self?asc_auth_key=standin-admin-token", "people/@self?ASC_AUTH_KEY=standin%2Dadmin%2Dtoken"]
    {
        get(&app, &format!("/api/2.0/{path}"), &[]).await.expect(200);
    }
    get(&app, "/api/2.0/people/@self?asc_auth_key=junk", &[]).await.expect(401);
    let form = Request::post("/api/2.0/crm/case")
        .header("content-type", "application/x-www-form-urlencoded")
        .body("title=x&asc_auth_key=standin-admin-token".into())
        .unwrap();
    app.send(form).await.expect(201);
}

#[tokio::test]
async fn blanks_in_a_token_stand_for_plus() {
    let app = App::empty().await;
    let document = json!({ "standin": 1, "r7": { "users": [{
        "id": "00000000-0000-4000-8000-000000000001", "userName": "a", "email": "a@example.org", "password": "p",
        "firstName": "A", "lastName": "B", "tokens": [{ "token": "a+b/c==" }],
    }] } });
    app.anonymous().put("/_standin/state", document).await.expect(204);
    for token in ["a+b/c==", "a b/c==", "a%2Bb%2Fc%3D%3D"] {
        app.token(token).get(SELF).await.expect(200);
    }
    // In a query a plus is a blank.
    get(&app, "/api/2.0/people/@self?asc_auth_key=a+b/c%3D%3D", &[]).await.expect(200);
}

#[tokio::test]
async fn a_refusal_is_the_bare_word_whatever_the_suffix() {
    let app = App::empty().await;
    insta::assert_snapshot!("nobody", get(&app, SELF, &[]).await.print());
    let headers = [("authorization", "junk"), ("cookie", "asc_auth_key=junk")];
    insta::assert_snapshot!(
        "somebody_unknown",
        get(&app, "/api/2.0/people/@self.xml", &headers).await.print()
    );
    // Routing comes first: an unknown path is 404 for nobody, too.
    get(&app, "/api/2.0/people/@self/x", &[]).await.expect(404);
}

#[tokio::test]
async fn a_header_sets_the_cookie_again_and_a_bad_cookie_is_taken_away() {
    let app = App::empty().await;
    let cookie = |answer: &Exchange| answer.header("set-cookie").map(str::to_owned);
    let permanent = get(&app, SELF, &[("authorization", TOKEN)]).await;
    assert_eq!(cookie(&permanent).as_deref(), Some("asc_auth_key=standin-admin-token; path=/; HttpOnly"));
    let answer =
        sign_in(&app, json!({ "userName": "administrator", "password": "secret" })).await.expect(201);
    let (token, set) =
        (answer.json()["response"]["token"].as_str().unwrap().to_owned(), cookie(&answer).unwrap());
    assert_eq!(set, format!("asc_auth_key={token}; expires=Fri, 12-Feb-2027 09:00:00 GMT; path=/; HttpOnly"));
    let again = get(&app, SELF, &[("authorization", &format!("Bearer {token}"))]).await;
    assert_eq!(cookie(&again), Some(set.clone()));
    // By cookie nothing is set.
    assert_eq!(cookie(&get(&app, SELF, &[("cookie", &format!("asc_auth_key={token}"))]).await), None);
    // Through TLS the cookie is for TLS only.
    let secure = get(&app, SELF, &[("authorization", &token), ("x-forwarded-proto", "https")]).await;
    assert_eq!(cookie(&secure), Some(format!("{set}; Secure")));
    let bad =
        get(&app, "/api/2.0/people/@self?asc_auth_key=standin-admin-token", &[("cookie", "asc_auth_key=x")]);
    let gone = "asc_auth_key=; expires=Thu, 01-Jan-1970 00:00:00 GMT; path=/; HttpOnly";
    assert_eq!(cookie(&bad.await).as_deref(), Some(gone));
    // A year later the token is nobody's.
    app.anonymous().post("/_standin/clock/advance", json!({ "by": "8760h" })).await.expect(200);
    app.token(&token).get(SELF).await.expect(401);
    app.admin().get(SELF).await.expect(200);
}

#[tokio::test]
async fn an_open_portal_takes_anybody_for_the_admin() {
    let app = App::of(builder().auth(Auth::Open)).await;
    for headers in [&[][..], &[("authorization", "junk")], &[("cookie", "asc_auth_key=junk")]] {
        let answer = get(&app, SELF, headers).await.expect(200).json();
        assert_eq!(answer["response"]["userName"], "administrator");
    }
}
