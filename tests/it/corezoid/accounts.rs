//! `list accounts` on the system URL, and what of the service is not answered at all (sheet corezoid/api 1.1, 2.9).

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::projects::{op, world};

#[tokio::test]
async fn accounts_are_listed_with_what_they_have_in_an_answer_without_a_package() {
    let app = world().await;
    for more in [json!({ "title": "Sign" }), json!({ "title": "Diagram", "conv_type": "state" })] {
        app.key().op(op("create", "conv", &more)).await;
    }
    let key =
        op("create", "user", &json!({ "title": "key", "logins": [{ "type": "api" }], "company_id": "i1" }));
    assert_eq!(app.key().op(key).await["proc"], "ok");
    let flat = json!({ "type": "list", "obj": "accounts", "limit": 500, "offset": 0 });
    let answer = app.key().package("system", &flat.to_string()).await.expect(200).json();
    assert_snapshot!(serde_json::to_string_pretty(&answer).unwrap());
    // The type is implied by the URL; a page counts itself.
    let page = app
        .key()
        .package("system", &json!({ "obj": "accounts", "limit": 1, "offset": "1" }).to_string())
        .await
        .json();
    assert_eq!(
        (&page["count"], &page["total"], &page["accounts"][0]["user_id"]),
        (&json!(1), &json!(2), &json!(2))
    );
    let beyond =
        app.key().package("system", &json!({ "obj": "accounts", "offset": 9 }).to_string()).await.json();
    assert_eq!(beyond, json!({ "count": 0, "total": 2, "accounts": [] }));
}

#[tokio::test]
async fn a_package_or_a_mistake_on_the_system_url_is_answered_as_anywhere() {
    let app = world().await;
    let send = async |body: Value| app.key().package("system", &body.to_string()).await.json();
    let package = send(json!({ "ops": [{ "id": 4, "obj": "accounts", "limit": 1 }] })).await;
    let op_answer = &package["ops"][0];
    assert_eq!(
        (&op_answer["id"], &op_answer["obj"], &op_answer["count"]),
        (&json!(4), &json!("accounts"), &json!(1))
    );
    let wrong = json!({ "request_proc": "ok", "ops": [
        { "id": "", "proc": "error", "description": "Value is not valid", "key": "limit", "value": 0 }] });
    assert_eq!(send(json!({ "obj": "accounts", "limit": 0 })).await, wrong);
    // Elsewhere there are no accounts.
    assert_eq!(app.key().op(op("list", "accounts", &json!({}))).await["description"], "undefined request");
}

#[tokio::test]
async fn what_is_not_stood_in_for_is_an_undefined_request_and_what_nobody_knows_a_bad_object() {
    let app = world().await;
    let text = async |verb: &str, obj: &str| {
        app.key().op(op(verb, obj, &json!({ "obj_id": 1 }))).await["description"].clone()
    };
    for (verb, obj) in [
        ("create", "reg"),
        ("show", "reg"),
        ("create", "git_call"),
        ("compile", "git_call"),
        ("get", "git_call"),
        ("create", "channel"),
        ("check", "bot_wizzard"),
        ("list", "users"),
    ] {
        assert_eq!(text(verb, obj).await, "undefined request", "{verb} {obj}");
    }
    assert_eq!(text("create", "regs").await, "bad object");
}
