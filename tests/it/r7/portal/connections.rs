//! Connections: tokens are shown, and voided.

use serde_json::{Value, json};

use super::portal;
use crate::support::{App, sign_in};

const BORIS: &str = "00000000-0000-4000-8000-000000000002";
const SELF: &str = "/api/2.0/people/@self";

async fn connections(app: &App, token: &str) -> Value {
    app.token(token).get("/api/2.0/security/activeconnections").await.expect(200).json()["response"].clone()
}

async fn boris(app: &App) -> String {
    let body = json!({ "userName": "boris@example.org", "password": "secret" });
    let answer = app.anonymous().post("/api/2.0/authentication", body).await.expect(201).json();
    answer["response"]["token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_sign_in_is_a_connection_until_it_is_signed_out() {
    let app = portal().await;
    let (first, second) = (boris(&app).await, boris(&app).await);
    let seen = connections(&app, &first).await;
    assert_eq!(seen["items"].as_array().unwrap().len(), 3);
    assert_eq!(seen["items"][0]["id"], seen["loginEvent"]);
    assert_eq!(seen["items"][0]["date"], "2026-02-12T09:00:00");
    let id = &connections(&app, &second).await["loginEvent"];
    let log_out = async |token: &str| {
        let who = app.token(token);
        let answer = who.put(&format!("/api/2.0/security/activeconnections/logout/{id}"), json!({})).await;
        answer.expect(200).json()["response"].clone()
    };
    // Not a stranger's; and the second time it is gone.
    assert_eq!(log_out("guest").await, false);
    app.token(&second).get(SELF).await.expect(200);
    assert_eq!(log_out(&first).await, true);
    app.token(&second).get(SELF).await.expect(401);
    assert_eq!(log_out(&first).await, false);
}

#[tokio::test]
async fn others_are_signed_out_and_this_one_stays() {
    let app = portal().await;
    let (first, second) = (boris(&app).await, boris(&app).await);
    let caller = app.token(&first);
    let answer =
        caller.put("/api/2.0/security/activeconnections/logoutallexceptthis", json!({})).await.expect(200);
    assert_eq!(answer.json()["response"], "boris K");
    app.token(&first).get(SELF).await.expect(200);
    for gone in [second.as_str(), "boris"] {
        app.token(gone).get(SELF).await.expect(401);
    }
    app.token("guest").get(SELF).await.expect(200);
}

#[tokio::test]
async fn an_administrator_signs_somebody_out_everywhere() {
    let app = portal().await;
    let token = boris(&app).await;
    let log_out = async |token: &str| {
        let who = app.token(token);
        who.put(&format!("/api/2.0/security/activeconnections/logoutall/{BORIS}"), json!({})).await
    };
    let refused = log_out("boris").await.expect(403).json();
    assert_eq!(refused["error"]["message"], "Method not available");
    app.token(&token).get(SELF).await.expect(200);
    let done = log_out("standin-admin-token").await.expect(200);
    assert_eq!(done.text(), r#"{"status":0,"statusCode":200,"response":{}}"#);
    for gone in [token.as_str(), "boris"] {
        app.token(gone).get(SELF).await.expect(401);
    }
    // The password is still good.
    app.token(&boris(&app).await).get(SELF).await.expect(200);
}

#[tokio::test]
async fn whoever_changes_the_password_is_signed_out_first() {
    let app = portal().await;
    let token = sign_in(&app, "").await;
    let caller = app.token(&token);
    let answer = caller
        .put("/api/2.0/security/activeconnections/logoutallchangepassword", json!({}))
        .await
        .expect(200);
    let link = answer.json()["response"].as_str().unwrap().to_owned();
    assert!(link.starts_with("http://portal.test/confirm.aspx?type=PasswordChange&key="), "{link}");
    assert!(link.ends_with("&email=admin%40example.org"), "{link}");
    for gone in [token.as_str(), "standin-admin-token"] {
        app.token(gone).get(SELF).await.expect(401);
    }
}
