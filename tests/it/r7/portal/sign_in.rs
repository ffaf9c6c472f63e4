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

#[tokio::test]
async fn what_earlier_portals_had_for_signing_in_is_off_for_their_clients_too() {
    let app = portal().await;
    let (admin, boris) = (app.admin(), app.token("boris"));
    let shown = admin.get("/api/2.0/settings/sso").await.expect(200);
    insta::assert_snapshot!(shown.text(), @r#"{"count":1,"status":0,"statusCode":200,"response":{"enableSso":false,"tokenType":"SAML","validationType":"X.509","publicKey":"","issuer":"","ssoEndPoint":"","sloEndPoint":"","clientPassword":null,"clientCertificateFileName":null}}"#);
    assert_eq!(admin.get("/api/2.0/settings/SSO").await.text(), shown.text());
    let path = "/api/2.0/settings/sms";
    let off = admin.put(path, json!({ "enable": false })).await.expect(200);
    assert_eq!(off.json()["response"], false);
    let on = admin.put("/api/2.0/settings/sms", json!({ "enable": true })).await.expect(500).json();
    assert_eq!(on["error"]["message"], "Attempt to access the method failed.");
    for refused in [boris.get("/api/2.0/settings/sso").await, boris.put(path, json!({})).await] {
        assert_eq!(refused.expect(500).json()["error"]["hresult"], -2_146_233_087);
    }
}
