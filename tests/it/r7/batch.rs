//! `batch` (sheet r7/transport 8).

use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};

use crate::support::{App, Exchange, Identity};

const FORM: &str = "application/x-www-form-urlencoded";

async fn form(who: &Identity<'_>, app: &App, path: &str, body: &str) -> Exchange {
    let request = who.request(Method::POST, path).header("Content-Type", FORM);
    app.send(request.body(Body::from(body.to_owned())).unwrap()).await
}

/// A form whose field `batch` holds these calls, as the portal's own pages send it.
async fn batch(app: &App, calls: Value) -> Exchange {
    let text: String =
        form_urlencoded::Serializer::new(String::new()).append_pair("batch", &calls.to_string()).finish();
    form(&app.admin(), app, "/api/2.0/batch.json", &text).await
}

/// What a call of a batch answered.
fn data(answer: &Value, index: usize) -> Value {
    serde_json::from_str(answer["response"][index]["data"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn calls_run_one_after_another_and_answer_in_that_order() {
    let app = App::empty().await;
    let calls = json!([
        { "Name": "last", "RelativeUrl": "/api/2.0/files/@my?sortBy=AZ", "RelativeMethod": "POST", "order": 7 },
        { "name": "first", "relativeUrl": "api/2.0/files/folder/2", "method": "post", "body": "title=A%2fB", "order": 1 },
        { "name": "second", "relativeUrl": "/api/2.0/files/folder/2.xml", "method": "POST", "order": 1,
            "body": "{\"title\":\"C\"}", "bodyContentType": "application/json; charset=utf-8" },
        { "relativeUrl": "/api/2.0/files/file/77" , "order": 2 },
        { "name": "lost", "relativeUrl": "/api/2.0/nowhere", "order": 8 },
    ]);
    let exchange = batch(&app, calls).await.expect(201);
    let answer = exchange.json();
    assert_eq!(answer["count"], 5);
    let names: Vec<_> =
        answer["response"].as_array().unwrap().iter().map(|call| call["name"].clone()).collect();
    assert_eq!(json!(names), json!(["first", "second", null, "last", null]));
    let statuses = answer["response"].as_array().unwrap().iter().map(|call| call["status"].clone());
    assert_eq!(json!(statuses.collect::<Vec<_>>()), json!([201, 201, 403, 200, null]));
    assert_eq!(data(&answer, 0)["response"]["title"], "A_B");
    assert_eq!(data(&answer, 3)["response"]["folders"].as_array().unwrap().len(), 2);
    // A JSON body answers JSON even under `.xml` (sheet r7/transport 1).
    assert_eq!(data(&answer, 1)["response"]["title"], "C");
    assert_eq!(answer["response"][4], Value::Null);
}

#[tokio::test]
async fn an_answer_is_a_text_with_its_headers() {
    let app = App::empty().await;
    let call = json!([{ "name": "a", "relativeUrl": "api/2.0/crm/opportunity/stage/1?fields=id" }]);
    insta::assert_snapshot!(batch(&app, call.clone()).await.print());
    let request = app.admin().request(
        Method::GET,
        &format!(
            "/api/2.0/batch.xml?batch={}",
            form_urlencoded::byte_serialize(call.to_string().as_bytes()).collect::<String>()
        ),
    );
    insta::assert_snapshot!(app.send(request.body(Body::empty()).unwrap()).await.print());
}

#[tokio::test]
async fn calls_come_as_a_form_a_list_or_an_object() {
    let app = App::empty().await;
    let url = "/api/2.0/people/@self";
    let calls = json!([{ "relativeUrl": url }]);
    let encoded: String = form_urlencoded::byte_serialize(calls.to_string().as_bytes()).collect();
    let admin = app.admin();
    for exchange in [
        form(&admin, &app, "/api/2.0/batch", &format!("[0][relativeUrl]={url}")).await,
        form(&admin, &app, "/api/2.0/batch", &format!("batch={encoded}")).await,
        form(&admin, &app, &format!("/api/2.0/batch?batch={encoded}"), "").await,
        admin.post("/api/2.0/batch", calls.clone()).await,
        admin.post("/api/2.0/batch", json!({ "batch": calls })).await,
        admin.post("/api/2.0/batch", json!({ "Batch": calls.to_string() })).await,
    ] {
        let answer = exchange.expect(201).json();
        assert_eq!(data(&answer, 0)["response"]["email"], "admin@example.org", "{answer}");
    }
}

#[tokio::test]
async fn the_caller_of_a_batch_is_that_of_its_calls_however_it_signed_in() {
    let app = App::empty().await;
    let call = "[0][relativeUrl]=api/2.0/people/@self";
    let path = "/api/2.0/batch?asc_auth_key=standin-admin-token";
    let answer = form(&app.anonymous(), &app, path, call).await.expect(201).json();
    assert_eq!(answer["response"][0]["status"], 200);
    let cookie = app.anonymous().request(Method::POST, "/api/2.0/batch").header("Content-Type", FORM);
    let cookie = cookie.header("Cookie", "asc_auth_key=standin-admin-token");
    let answer = app.send(cookie.body(Body::from(call)).unwrap()).await.expect(201).json();
    assert_eq!(answer["response"][0]["status"], 200);
    assert_eq!(form(&app.anonymous(), &app, "/api/2.0/batch", call).await.text(), "Unauthorized");
}

#[tokio::test]
async fn a_batch_in_another_world_stays_there() {
    let app = App::empty().await;
    for url in ["/api/2.0/files/folder/2", "/w/a/api/2.0/files/folder/2"] {
        let calls = json!([{ "relativeUrl": url, "method": "POST", "body": "title=x" }]);
        let answer = app.admin().post("/w/a/api/2.0/batch", calls).await.expect(201).json();
        assert_eq!(answer["response"][0]["status"], 201, "{answer}");
    }
    let total = async |prefix: &str| {
        let path = format!("{prefix}/api/2.0/files/@my");
        app.admin().get(&path).await.expect(200).json()["response"]["total"].clone()
    };
    assert_eq!((total("").await, total("/w/a").await), (json!(0), json!(2)));
}

#[tokio::test]
async fn mistakes_are_answered_and_change_nothing() {
    let app = App::empty().await;
    let before = app.state().await;
    let create = "{\"relativeUrl\":\"/api/2.0/files/folder/2\",\"method\":\"POST\",\"body\":\"title=x\"}";
    let too_many = format!("batch=[{}]", vec![create; 501].join(","));
    for (body, status, text) in [
        ("", 200, "no batch specified"),
        ("batch=", 200, "no batch specified"),
        ("batch=[]", 200, "no batch specified"),
        ("batch=[1,null]", 200, "no batch specified"),
        ("batch=[{", 400, "EOF while parsing"),
        (&too_many, 400, "A batch holds at most 500 calls."),
        (
            &format!("batch=[{create},{}]", create.replace('}', ",\"bodyContentType\":\"text/plain\"}")),
            500,
            "Value cannot be null.\r\nParameter name: name",
        ),
    ] {
        let exchange = form(&app.admin(), &app, "/api/2.0/batch", body).await.expect(status);
        let message = exchange.json()["error"]["message"].as_str().unwrap().to_owned();
        assert!(message.starts_with(text), "{message}");
        assert_eq!(app.state().await, before, "{text}");
    }
    let none = form(&app.admin(), &app, "/api/2.0/batch", "").await;
    insta::assert_snapshot!(none.text(), @r#"{"status":0,"error":{"message":"no batch specified","hresult":-2146233079,"data":{}}}"#);
    let inner = json!([{ "relativeUrl": "/api/2.0/batch?batch=[]" }]);
    let answer = batch(&app, inner).await.expect(201).json();
    assert_eq!(data(&answer, 0)["error"]["message"], "A batch cannot hold a batch.");
}
