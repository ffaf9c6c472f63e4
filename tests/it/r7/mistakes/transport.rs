//! What every module shares: which kind of mistake has which status, text and `hresult` (sheet r7/transport 4, 7, 8).

use std::fmt::Write as _;

use axum::body::Body;
use axum::http::{Method, header};
use serde_json::{Value, json};
use standin::Language;

use super::super::files::sharing::LENA;
use super::super::files::{COMMON, MY, upload};
use super::{CREATE, FILE, FOLDER, Ledger, RANGE, Texts, compare_with_sheet, same};
use crate::support::{App, Exchange};

/// Rows that no call of this portal comes to.
const ELSEWHERE: &[&str] = &[
    // It is always paid for and active; a fault rule can answer so.
    "portal not paid, or not active (moving too: a 503 is set first, then overwritten)",
];

#[tokio::test]
async fn every_kind_of_exception_has_its_status_in_both_languages() {
    for (language, name) in [(Language::En, "en"), (Language::Ru, "ru")] {
        let mut ledger = Ledger::new(language);
        kinds(&mut ledger).await;
        let header = "| Thrown by the API method | HTTP | Reason phrase |";
        compare_with_sheet("transport.md", "7. Errors", header, &ledger.rows, ELSEWHERE);
        insta::assert_snapshot!(format!("kinds_{name}"), ledger.text);
    }
}

const CRM: &str = "6743007c-6f95-4d20-8c88-a8601ce5e76d";

async fn kinds(ledger: &mut Ledger) {
    let app = ledger.world().await;
    let (mike, lena, nobody) = (app.token("mike-token"), app.token("lena-token"), app.anonymous());
    upload(&mike, MY, "a.docx", "x").await;
    let none = Value::Null;
    ledger.row("ItemNotFoundException");
    ledger.call(&mike, "GET crm/case/99", none.clone(), 404, same("Not found")).await;
    ledger.call(&mike, "GET people/nobody", none.clone(), 404, same("User not found")).await;
    let group = format!("GET group/{LENA}");
    ledger.call(&mike, &group, none.clone(), 404, same("group not found")).await;
    ledger.call(&mike, "POST files/99/text", json!({ "title": "t", "content": "c" }), 404, FOLDER).await;
    ledger.row("ArgumentException and subclasses; failed parameter conversion");
    ledger.call(&mike, "POST files/folder/2", json!({ "title": "" }), 400, RANGE).await;
    let named = same("Value cannot be null.\r\nParameter name: title");
    ledger.call(&mike, "POST files/@my/text", json!({ "content": "c" }), 400, named).await;
    let number = same("Input string was not in a correct format.");
    ledger.call(&mike, "GET files/file/1?version=x", none.clone(), 400, number).await;
    ledger.row("broken JSON body");
    for body in ["{\"title\":", "[1]", "{\"title\" 1}"] {
        let request = mike
            .request(Method::POST, "/api/2.0/files/folder/2")
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body));
        let exchange = app.send(request.unwrap()).await;
        // The reader's own text.
        let text = exchange.json()["error"]["message"].as_str().unwrap().to_owned();
        ledger.told(&format!("> {body}\n"), &exchange, 400, same(text.leak()));
    }
    ledger.row("SecurityException");
    let session = json!({ "fileName": "a.txt", "fileSize": 1 });
    ledger.call(&lena, &format!("POST files/{COMMON}/upload/create_session"), session, 403, CREATE).await;
    let owner = json!({ "password": "long-enough-1" });
    let denied = ["Access denied", "Доступ запрещен"];
    owner_is_kept(ledger, owner, denied).await;
    ledger.row("InvalidOperationException and subclasses");
    ledger.call(&mike, "GET files/file/99", none.clone(), 403, FILE).await;
    ledger.call(&mike, "GET files/99", none.clone(), 403, FOLDER).await;
    ledger.row(
        "everything else: plain Exception, login failure, **permission demands (AuthorizingException)**, quota \
         (TenantQuotaException), billing, IP restriction, null reference, not implemented",
    );
    ledger.call(&mike, "PUT files/file/99", json!({ "lastVersion": 1 }), 500, FILE).await;
    let failed = ["User authentication failed", "Ошибка аутентификации пользователя"];
    let wrong = json!({ "userName": "mike@example.org", "password": "wrong" });
    ledger.call(&nobody, "POST authentication", wrong.clone(), 500, failed).await;
    for _ in 0..4 {
        nobody.post("/api/2.0/authentication", wrong.clone()).await.expect(500);
    }
    let blocked = same("Login Fail. Too many attempts");
    ledger.call(&nobody, "POST authentication", wrong, 500, blocked).await;
    let demand = same(
        "\"lena\" access denied \"Edit Portal Settings, \". Cause: Edit Portal Settings: access denied..",
    );
    let zone = json!({ "lng": "en-US", "timeZoneID": "UTC" });
    ledger.call(&lena, "PUT settings/timeandlanguage", zone, 500, demand).await;
    let right = json!({ "userName": "lena@example.org", "password": "secret" });
    let access = same("Attempt to access the method failed.");
    ledger.call(&nobody, "POST authentication/sendsms", right, 500, access).await;
    ledger.row("*any* exception inside an async method, in lazily evaluated list code, or in a filter");
    let session = json!({ "fileName": "a.txt", "fileSize": 1 });
    ledger.call(&mike, "POST files/99/upload/create_session", session, 500, FOLDER).await;
    ledger.row("module closed to this user");
    let shut = json!({ "items": [{ "key": CRM, "value": false }] });
    mike.put("/api/2.0/settings/security/access", shut).await.expect(200);
    ledger.call(&lena, "GET crm/case/filter", none, 403, same("Forbidden")).await;
}

/// The owner's password is nobody else's to change, an administrator's neither.
async fn owner_is_kept(ledger: &mut Ledger, body: Value, texts: Texts) {
    let owner = json!({ "id": "00000000-0000-0000-0000-0000000000f1", "userName": "owner",
        "email": "owner@example.org", "password": "secret", "firstName": "O", "lastName": "W", "isAdmin": true,
        "isOwner": true });
    let admin = json!({ "id": "00000000-0000-0000-0000-0000000000f2", "userName": "admin",
        "email": "a@example.org", "password": "secret", "firstName": "A", "lastName": "D", "isAdmin": true,
        "tokens": [{ "token": "admin-token" }] });
    let app = ledger.world_with(json!({ "users": [owner, admin], "groups": [] })).await;
    let call = "PUT people/00000000-0000-0000-0000-0000000000f1/password";
    ledger.call(&app.token("admin-token"), call, body, 403, texts).await;
}

/// The error object without its text: `hresult` and `data`.
fn number(exchange: &Exchange) -> i64 {
    let error = exchange.json()["error"].clone();
    let keys: Vec<_> = error.as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, ["message", "hresult", "data"], "{}", exchange.print());
    error["hresult"].as_i64().unwrap()
}

#[tokio::test]
async fn every_kind_of_exception_has_its_number() {
    let app = Ledger::new(Language::En).world().await;
    let (mike, lena, nobody) = (app.token("mike-token"), app.token("lena-token"), app.anonymous());
    let null = || Value::Null;
    let right = json!({ "userName": "mike@example.org", "password": "secret" });
    for (exchange, status, hresult) in [
        // Item not found, argument, missing argument.
        (mike.get("/api/2.0/crm/case/99").await, 404, -2_147_467_259),
        (mike.post("/api/2.0/files/folder/2", json!({ "title": "" })).await, 400, -2_147_024_809),
        (mike.post("/api/2.0/files/@my/text", json!({ "content": "c" })).await, 400, -2_147_467_261),
        // Security, invalid operation, plain, authentication, demand, method access.
        (
            lena.post("/api/2.0/files/1/upload/create_session", json!({ "fileName": "a", "fileSize": 1 }))
                .await,
            403,
            -2_146_233_078,
        ),
        (mike.get("/api/2.0/files/file/99").await, 403, -2_146_233_079),
        (mike.put("/api/2.0/files/file/99", json!({ "lastVersion": 1 })).await, 500, -2_146_233_088),
        (nobody.post("/api/2.0/authentication", json!({})).await, 500, -2_146_233_087),
        (lena.get("/api/2.0/settings/iprestrictions").await, 500, -2_146_233_087),
        (nobody.post("/api/2.0/authentication/sendsms", right).await, 500, -2_146_233_072),
        // Conversions (sheet r7/transport 4).
        (mike.get("/api/2.0/files/file/1?version=x").await, 400, -2_146_233_033),
        (mike.get("/api/2.0/files/file/1?version=99999999999").await, 400, -2_146_233_066),
        (mike.put("/api/2.0/files/updateifexist", json!({ "set": 1 })).await, 400, -2_146_233_033),
        (mike.get("/api/2.0/files/@my?userIdOrGroupId=x").await, 400, -2_146_233_033),
        (mike.get("/api/2.0/files/@my?filterType=x").await, 400, -2_147_024_809),
        (
            mike.post("/api/2.0/people", json!({ "email": "a@b.c", "birthday": "2022-13-01T00:00" })).await,
            400,
            -2_147_024_809,
        ),
        // No calls in a batch (sheet r7/transport 8): a mistake with the status of a success.
        (mike.post("/api/2.0/batch", null()).await, 200, -2_146_233_079),
    ] {
        let exchange = exchange.expect(status);
        assert_eq!(number(&exchange), hresult, "{}", exchange.print());
    }
}

#[tokio::test]
async fn what_is_no_call_looks_the_same_in_both_languages() {
    let mut texts = Vec::new();
    for language in [Language::En, Language::Ru] {
        let app = Ledger::new(language).world().await;
        let mike = app.token("mike-token");
        let mut text = String::new();
        for exchange in [
            mike.get("/api/2.0/nowhere").await,
            mike.get("/api/2.0/nowhere.xml").await,
            mike.post("/api/2.0/files/file/1", json!({})).await,
            mike.get("/api/2.0/crm/case/abc").await,
            app.anonymous().get("/api/2.0/nowhere").await,
            app.anonymous().get("/api/2.0/files/@my.xml").await,
            app.token("junk").get("/api/2.0/files/@my").await,
            mike.post("/api/2.0/batch", json!({})).await,
            mike.get("/api/2.0/batch?batch=[{").await,
            in_xml(&app).await,
        ] {
            write!(text, "{}\n\n", exchange.print()).unwrap();
        }
        texts.push(text);
    }
    assert_eq!(texts[0], texts[1]);
    insta::assert_snapshot!(texts[0]);
}

/// A body of XML that is none: 500, not 400 (sheet r7/transport 4).
async fn in_xml(app: &App) -> Exchange {
    let request = app
        .token("mike-token")
        .request(Method::POST, "/api/2.0/files/folder/2.xml")
        .header(header::CONTENT_TYPE, "text/xml")
        .body(Body::from("<a><title>"));
    app.send(request.unwrap()).await
}
