//! Calls beside sign-in that this portal has no use for (sheet r7/transport 6).

use serde_json::json;

use super::portal;

#[tokio::test]
async fn sign_in_calls_of_other_portals_are_refused_as_the_real_one_refuses() {
    let app = portal().await;
    let right =
        json!({ "userName": "boris@example.org", "password": "secret", "mobilePhone": "+79990000000" });
    let wrong = json!({ "userName": "boris@example.org", "password": "?" });
    let before = app.state().await;
    for (line, body, status, message, hresult) in [
        ("POST /api/2.0/authentication/123456", &right, 500, "User authentication failed", -2_146_233_087),
        (
            "POST /api/2.0/authentication/123456.json",
            &wrong,
            500,
            "User authentication failed",
            -2_146_233_087,
        ),
        (
            "POST /api/2.0/authentication/setphone",
            &right,
            500,
            "Attempt to access the method failed.",
            -2_146_233_072,
        ),
        ("POST /api/2.0/authentication/setphone", &wrong, 500, "User authentication failed", -2_146_233_087),
        (
            "POST /api/2.0/authentication/sendsms",
            &right,
            500,
            "Attempt to access the method failed.",
            -2_146_233_072,
        ),
        ("POST /api/2.0/authentication/login", &right, 403, "Access Denied.", -2_146_233_078),
        (
            "POST /api/2.0/authentication/register",
            &right,
            500,
            "Method is only available on personal.onlyoffice.com",
            -2_146_233_072,
        ),
    ] {
        let answer =
            app.anonymous().post(line.strip_prefix("POST ").unwrap(), body.clone()).await.expect(status);
        assert_eq!(answer.header("set-cookie"), None);
        let error = &answer.json()["error"];
        assert_eq!((&error["message"], &error["hresult"]), (&json!(message), &json!(hresult)), "{line}");
    }
    assert_eq!(app.state().await, before);
    app.anonymous().get("/api/2.0/authentication").await.expect(404);
}
