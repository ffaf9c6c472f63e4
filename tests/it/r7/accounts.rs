//! Status, type, password and address of people (sheet r7/crm 5, r7/transport 6).

use serde_json::{Value, json};
use standin::Language;

use crate::support::{App, Exchange, builder};

const ANNA: &str = "7d1a0000-0000-4000-8000-000000000001";
const MIKE: &str = "7d1a0000-0000-4000-8000-000000000002";
const OLGA: &str = "7d1a0000-0000-4000-8000-000000000003";
const LENA: &str = "7d1a0000-0000-4000-8000-000000000005";
const NOBODY: &str = "00000000-0000-4000-8000-00000000000f";

async fn sign_in(app: &App, login: &str, password: &str) -> Exchange {
    let body = json!({ "userName": login, "password": password });
    app.anonymous().post("/api/2.0/authentication", body).await
}

/// One key of each person of a list answer.
fn each<'a>(answer: &'a Value, key: &str) -> Vec<&'a Value> {
    answer["response"].as_array().unwrap().iter().map(|person| &person[key]).collect()
}

#[tokio::test]
async fn whoever_is_suspended_is_locked_out_until_he_is_let_in_again() {
    let app = App::demo().await;
    let admin = app.admin();
    let all = json!({ "userIds": [MIKE, ANNA, NOBODY, MIKE] });
    let out = admin.put("/api/2.0/people/status/Terminated", all).await;
    insta::assert_snapshot!("suspended", out.print());
    app.token("standin-mike-token").get("/api/2.0/people/@self").await.expect(401);
    sign_in(&app, "mike@example.org", "secret").await.expect(500);
    let listed = admin.get("/api/2.0/people/status/2").await.json();
    assert_eq!(each(&listed, "userName"), ["mike"]);
    let back = admin.put("/api/2.0/people/status/1", json!({ "userIds": [MIKE] })).await.expect(200).json();
    assert_eq!(each(&back, "status"), [1]);
    sign_in(&app, "mike@example.org", "secret").await.expect(201);
    app.token("standin-mike-token").get("/api/2.0/people/@self").await.expect(401);
    // Nothing else is a status to set.
    let leave = admin.put("/api/2.0/people/status/LeaveOfAbsence", json!({ "userIds": [OLGA] })).await.json();
    assert_eq!(each(&leave, "status"), [1]);
    let refused =
        app.token("standin-olga-token").put("/api/2.0/people/status/2", json!({ "userIds": [LENA] })).await;
    refused.expect(500);
    admin.put("/api/2.0/people/status/zz", json!({})).await.expect(400);
}

#[tokio::test]
async fn users_become_guests_and_back_but_admins_do_not() {
    let app = App::demo().await;
    let admin = app.admin();
    let both = json!({ "userIds": [MIKE, ANNA, LENA] });
    let guests = admin.put("/api/2.0/people/type/Visitor", both.clone()).await.expect(200).json();
    assert_eq!(each(&guests, "isVisitor"), [true, false, true]);
    let users = admin.put("/api/2.0/people/type/1", both.clone()).await.expect(200).json();
    assert_eq!(each(&users, "isVisitor"), [false, false, false]);
    let none = admin.put("/api/2.0/people/type/all", both.clone()).await.expect(200).json();
    assert_eq!(each(&none, "isVisitor"), [false, false, false]);
    app.token("standin-mike-token").put("/api/2.0/people/type/Visitor", both).await.expect(500);
}

#[tokio::test]
async fn activation_is_set_by_flag_and_invitations_change_nothing() {
    let app = App::demo().await;
    let admin = app.admin();
    let ids = json!({ "userIds": [MIKE, OLGA] });
    let set = admin.put("/api/2.0/people/activationstatus/Pending", ids.clone()).await.expect(200).json();
    assert_eq!(each(&set, "activationStatus"), [2, 2]);
    let generated =
        admin.put("/api/2.0/people/activationstatus/4", json!({ "userIds": [OLGA] })).await.json();
    assert_eq!(each(&generated, "activationStatus"), [0], "that the portal made an account is not told");
    let other = app.token("standin-mike-token").put("/api/2.0/people/activationstatus/1", ids.clone()).await;
    other.expect(500);
    let before = app.state().await;
    let invited = admin.put("/api/2.0/people/invite", ids).await.expect(200).json();
    assert_eq!(each(&invited, "userName"), ["mike", "olga"]);
    assert_eq!(app.state().await, before);
}

#[tokio::test]
async fn a_new_password_voids_the_tokens_and_the_caller_goes_on_with_a_new_one() {
    let app = App::demo().await;
    let path = format!("/api/2.0/people/{MIKE}/password");
    let mike = app.token("standin-mike-token");
    let changed =
        mike.put(&format!("/api/2.0/people/{MIKE}/password"), json!({ "password": "new secret" })).await;
    let changed = changed.expect(200);
    let cookie = changed.header("set-cookie").unwrap();
    let fresh = cookie.trim_start_matches("asc_auth_key=").split(';').next().unwrap().to_owned();
    assert_ne!(fresh, "standin-mike-token");
    mike.get("/api/2.0/people/@self").await.expect(401);
    app.token(&fresh).get("/api/2.0/people/@self").await.expect(200);
    sign_in(&app, "mike@example.org", "secret").await.expect(500);
    sign_in(&app, "mike@example.org", "new secret").await.expect(201);

    let admin = app.admin();
    let both = json!({ "password": "another one", "email": "Mike.Z@Example.org" });
    let both = admin.put(&path, both).await;
    insta::assert_snapshot!("password_and_address", both.print());
    app.token(&fresh).get("/api/2.0/people/@self").await.expect(401);
    sign_in(&app, "mike.z@example.org", "another one").await.expect(201);
    let short = admin.put(&path, json!({ "password": "short" })).await.expect(500).json();
    assert_eq!(short["error"]["message"], "Password must contain from 8 to 30 characters");
    let taken = admin.put(&path, json!({ "email": "olga@example.org" })).await.expect(500).json();
    assert_eq!(taken["error"]["message"], "User with this email is already registered");
    insta::assert_snapshot!(
        "nobodys_password",
        admin
            .put(&format!("/api/2.0/people/{NOBODY}/password"), json!({ "password": "12345678" }))
            .await
            .print()
    );
    app.token("standin-olga-token").put(&path, json!({ "password": "12345678" })).await.expect(500);
}

#[tokio::test]
async fn a_new_address_voids_the_tokens_too() {
    let app = App::demo().await;
    let admin = app.admin();
    let changed =
        admin.put(&format!("/api/2.0/people/{OLGA}/email"), json!({ "email": "O@example.org" })).await;
    assert_eq!(changed.expect(200).json()["response"]["email"], "o@example.org");
    app.token("standin-olga-token").get("/api/2.0/people/@self").await.expect(401);
    sign_in(&app, "o@example.org", "secret").await.expect(201);
    for (body, status) in [
        (json!({}), 400),
        (json!({ "email": "" }), 400),
        (json!({ "email": "x" }), 500),
        (json!({ "email": "mike@example.org" }), 500),
    ] {
        admin.put(&format!("/api/2.0/people/{OLGA}/email"), body).await.expect(status);
    }
    app.token("standin-mike-token")
        .put("/api/2.0/people/olga/email", json!({ "email": "m@x.y" }))
        .await
        .expect(500);
}

#[tokio::test]
async fn the_owner_is_changed_by_nobody_else() {
    for (language, message) in [(Language::En, "Access denied"), (Language::Ru, "Доступ запрещен")]
    {
        let app = App::of(builder().seed(standin::Seed::Demo).language(language)).await;
        let mut state = app.state().await;
        state["r7"]["users"][1]["isAdmin"] = json!(true);
        app.anonymous().put("/_standin/state", state.clone()).await.expect(204);
        let mike = app.token("standin-mike-token");
        let secret = json!({ "password": "12345678" });
        let refused = mike.put(&format!("/api/2.0/people/{ANNA}/password"), secret).await.expect(403).json();
        assert_eq!(refused["error"]["message"], message);
        mike.put("/api/2.0/people/administrator/email", json!({ "email": "a@b.c" })).await.expect(403);
        let kept =
            mike.put("/api/2.0/people/status/2", json!({ "userIds": [ANNA] })).await.expect(200).json();
        assert_eq!(each(&kept, "status"), [1]);
        assert_eq!(app.state().await, state);
    }
}

#[tokio::test]
async fn reminders_are_answered_to_everybody_and_tell_nothing() {
    for (language, known, wrong) in [
        (
            Language::En,
            "The password change instruction has been sent to mike@example.org email address.",
            "Incorrect email\r\nParameter name: email",
        ),
        (
            Language::Ru,
            "Инструкция по смене пароля отправлена на email mike@example.org.",
            "Неправильный email\r\nParameter name: email",
        ),
    ] {
        let app = App::of(builder().seed(standin::Seed::Demo).language(language)).await;
        let nobody = app.anonymous();
        let answer = nobody.post("/api/2.0/people/password", json!({ "email": "mike@example.org" })).await;
        assert_eq!(answer.expect(201).json()["response"], known);
        nobody.post("/api/2.0/people/password", json!({ "email": "nobody@example.org" })).await.expect(201);
        let refused =
            nobody.post("/api/2.0/people/password", json!({ "email": "x" })).await.expect(400).json();
        assert_eq!(refused["error"]["message"], wrong);
        let asked = app.admin().put("/api/2.0/people/self/delete", Value::Null).await.expect(200).json();
        assert!(asked["response"].as_str().unwrap().ends_with("<b>admin@example.org</b>"), "{asked}");
    }
}
