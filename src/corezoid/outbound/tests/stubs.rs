//! Stubs, the policy, and calls to this very server.

use serde_json::{Value, json};
use tokio::sync::Notify;

use super::*;
use crate::corezoid::outbound::control::read_stubs;
use crate::corezoid::outbound::{PATIENCE_MS, lend, stub};

#[tokio::test]
async fn the_first_stub_that_fits_answers() {
    let server = server("deny").await;
    let world = server.world("default").await.unwrap();
    put_stubs(
        &server,
        json!([
            { "process": 8, "answer": { "body": "of another process" } },
            { "method": "POST", "url": "https://bank.test/pay", "body": { "json": { "amount": 10 } },
              "answer": { "status": 201, "headers": { "X-Id": "5" }, "body": { "paid": true } }, "delay": 1500 },
            { "url": "https://bank.test/*", "answer": { "body": "else" } },
        ]),
    )
    .await;
    let paid = made(&world, &request("POST", "https://bank.test/pay?conv_id=7", "{\"amount\":10}")).await;
    assert_eq!(paid.after, 1500);
    let paid = answer(paid);
    assert_eq!((paid.status, paid.took, json_of(&paid)), (201, 1500, json!({ "paid": true })));
    let headers = [("X-Id", "5"), ("Content-Type", "application/json")];
    assert_eq!(paid.headers, headers.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let other = made(&world, &request("POST", "https://bank.test/pay", "{\"amount\":11}")).await;
    assert_eq!((other.after, answer(other).body.as_slice()), (0, &b"else"[..]));
    assert!(matches!(silence(get(&world, "https://shop.test/").await), Silence::NotAllowed(_)));
    let by: Vec<_> = calls(&server).await.iter().map(|call| call["stub"].clone()).collect();
    assert_eq!(by, [json!(1), json!(2), Value::Null]);
}

#[tokio::test]
async fn a_stub_fails_in_the_ways_of_the_network() {
    let server = server("deny").await;
    let world = server.world("default").await.unwrap();
    put_stubs(
        &server,
        json!([
            { "url": "http://a.test/timeout", "failure": "timeout" },
            { "url": "http://a.test/soon", "failure": "timeout", "delay": 100 },
            { "url": "http://a.test/refused", "failure": "refused" },
            { "url": "http://a.test/bad", "failure": "bad_body" },
            { "url": "http://a.test/late", "answer": { "body": {} }, "delay": 60_000 },
            { "url": "http://a.test/last", "answer": { "body": {} }, "delay": 59_999 },
        ]),
    )
    .await;
    for (path, after, expected) in [
        ("timeout", PATIENCE_MS, Some(Silence::Timeout)),
        ("soon", 100, Some(Silence::Timeout)),
        ("refused", 0, Some(Silence::Refused)),
        ("bad", 0, None),
        ("late", PATIENCE_MS, Some(Silence::Timeout)),
        ("last", 59_999, None),
    ] {
        let outcome = get(&world, &format!("http://a.test/{path}")).await;
        assert_eq!((outcome.after, outcome.result.as_ref().err()), (after, expected.as_ref()), "{path}");
        if path == "bad" {
            let bad = answer(outcome);
            assert!(bad.status == 200 && serde_json::from_slice::<Value>(&bad.body).is_err());
        }
    }
}

/// sheet corezoid/engine 10.4, case 72: 500 first, 200 after.
#[tokio::test]
async fn a_stub_answers_as_often_as_it_says() {
    let server = server("deny").await;
    let world = server.world("default").await.unwrap();
    let stubs = json!([
        { "answer": { "status": 500 }, "times": 2 },
        { "answer": { "body": {} }, "times": 1 },
    ]);
    put_stubs(&server, stubs.clone()).await;
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(get(&world, "http://a.test/").await.result.ok().map(|answer| answer.status));
    }
    assert_eq!(seen, [Some(500), Some(500), Some(200), None]);
    let (_, list) = control(&server, "GET", "outbound", Value::Null).await;
    assert_eq!((&list["stubs"][0]["used"], &list["stubs"][1]["used"]), (&json!(2), &json!(1)));
    let (_, state) = control(&server, "GET", "state", Value::Null).await;
    assert_eq!(state["corezoid"]["outbound"], list["stubs"], "counts are part of the world");
    put_stubs(&server, stubs.clone()).await;
    assert_eq!(answer(get(&world, "http://a.test/").await).status, 500, "a list that is put starts anew");
    assert_eq!(control(&server, "PUT", "outbound", list).await.0, 204);
    assert!(get(&world, "http://a.test/").await.result.is_err(), "unless it says that it does not");
}

#[tokio::test]
async fn a_stub_names_a_node_by_its_title() {
    let server = server("deny").await;
    let world = server.world("default").await.unwrap();
    let (_, state) = control(&server, "GET", "state", Value::Null).await;
    let convs = state["corezoid"]["convs"].as_array().unwrap();
    let conv =
        convs.iter().find(|conv| conv["nodes"].as_array().is_some_and(|nodes| nodes.len() > 1)).unwrap();
    let (node, other) = (&conv["nodes"][0], &conv["nodes"][1]);
    let live =
        |node: &Value| if node["live"].is_null() { node["draft"].clone() } else { node["live"].clone() };
    let title = live(node)["title"].clone();
    assert_ne!(live(other)["title"], title);
    put_stubs(&server, json!([{ "node": title, "answer": { "body": {} } }])).await;
    let request = request("GET", "http://a.test/", "");
    let from = async |node: &Value| {
        let node = node["id"].as_str().unwrap();
        call(&world, &Outgoing { conv: 1, node, task: "t1", request: &request, secrets: &[] }, &Notify::new())
            .await
            .unwrap()
            .result
            .is_ok()
    };
    assert!(from(node).await && !from(other).await);
    assert_eq!(calls(&server).await[0]["title"], title);
}

#[tokio::test]
async fn databases_and_git_have_stubs_too() {
    let server = server("deny").await;
    let world = server.world("default").await.unwrap();
    put_stubs(
        &server,
        json!([
            { "call": "db_call", "instance": 3, "query": { "contains": "clients" }, "data": { "rows": [1] } },
            { "call": "git_call", "node": "n1", "data": { "built": true } },
            { "answer": {} },
        ]),
    )
    .await;
    let ask = async |node: &str, instance, query| stub(&world, 7, node, instance, query).await.unwrap();
    let data = |value: Value| value.as_object().cloned();
    let found = ask("n1", Some("3"), Some("SELECT * FROM clients")).await;
    assert_eq!(found, data(json!({ "rows": [1] })));
    assert_eq!(ask("n1", Some("4"), Some("SELECT * FROM clients")).await, None);
    assert_eq!(ask("n1", None, None).await, data(json!({ "built": true })));
    assert_eq!(ask("n2", None, None).await, None);
    let calls = calls(&server).await;
    let time = "2026-01-01T00:00:00Z";
    assert_eq!(
        calls[0],
        json!({ "time": time, "process": 7, "node": "n1", "title": null, "task": null, "call": "db_call",
                "instance": "3", "query": "SELECT * FROM clients", "stub": 0, "answered_by": "stub" })
    );
    assert_eq!((&calls[3]["call"], &calls[3]["answered_by"]), (&json!("git_call"), &json!("nobody")));
}

#[tokio::test]
async fn a_call_to_this_server_stays_in_it_and_in_its_world() {
    let server = server("deny").await;
    let port = server.address().port();
    // However the user named the server, its processes may.
    control(&server, "GET", "health", Value::Null).await;
    let ask = HttpRequest::get("/_standin/health").header("Host", "standin.compose:9000");
    server.call(ask.body(Body::empty()).unwrap()).await;
    let world = server.world("mine").await.unwrap();
    for (url, expected) in [
        (format!("http://127.0.0.1:{port}/_standin/info"), "mine"),
        (format!("http://localhost:{port}/_standin/info?x=1"), "mine"),
        (format!("http://localhost:{port}//w/other/_standin/info"), "other"),
        (format!("http://localhost:{port}/w/default/_standin/info"), "default"),
        ("http://standin.compose:9000/_standin/info".to_owned(), "mine"),
    ] {
        let outcome = get(&world, &url).await;
        assert_eq!(outcome.after, 0);
        let answer = answer(outcome);
        assert_eq!((answer.status, &json_of(&answer)["world"]), (200, &json!(expected)), "{url}");
    }
    // A webhook of the world's own, with a body.
    let put = request(
        "PUT",
        &format!("http://127.0.0.1:{port}/_standin/clock"),
        "{\"now\":\"2030-01-01T00:00:00Z\"}",
    );
    assert_eq!(json_of(&answer(made(&world, &put).await))["now"], "2030-01-01T00:00:00Z");
    assert_eq!(world.clock.now().millis(), 1_893_456_000_000);
    let (_, state) = control(&server, "GET", "worlds", Value::Null).await;
    assert_eq!(state["worlds"], json!(["default", "mine", "other"]));
    let other_port = port.wrapping_add(1);
    let away = get(&world, &format!("http://127.0.0.1:{other_port}/")).await;
    assert!(matches!(silence(away), Silence::NotAllowed(_)));
}

#[tokio::test]
async fn every_call_is_recorded_with_what_came_of_it() {
    let server = server("deny").await;
    let world = server.world("default").await.unwrap();
    put_stubs(&server, json!([{ "url": "http://a.test/x", "answer": { "body": {} }, "delay": 20 }])).await;
    made(&world, &request("POST", "http://a.test/x", "{\"a\":1}")).await;
    get(&world, "http://b.test:81/").await;
    get(&world, "http://").await;
    let calls = calls(&server).await;
    let headers = json!({ "Content-Type": "application/json", "X-Corezoid-TaskID": "t1" });
    let call = |method: &str, url: &str, body: &str| {
        json!({ "time": "2026-01-01T00:00:00Z", "process": 7, "node": "n1", "title": null, "task": "t1", "call": "api",
                "method": method, "url": url, "headers": headers, "body": body })
    };
    let ended = |mut call: Value, end: Value| {
        call.as_object_mut().unwrap().extend(end.as_object().unwrap().clone());
        call
    };
    assert_eq!(
        calls,
        [
            ended(
                call("POST", "http://a.test/x", "{\"a\":1}"),
                json!({ "stub": 0, "answered_by": "stub", "status": 200, "error": null, "took": 20 })
            ),
            ended(
                call("GET", "http://b.test:81/", ""),
                json!({ "answered_by": "policy", "status": null, "took": 0, "error":
                        "calls to b.test:81 are not allowed: stub them with PUT /_standin/outbound, or start with --outbound allow=b.test:81" })
            ),
            ended(
                call("GET", "http://", ""),
                json!({ "answered_by": "nobody", "status": null, "error": "no connection", "took": 0 })
            ),
        ]
    );
    assert_eq!(control(&server, "DELETE", "outbound/calls", Value::Null).await.0, 204);
    assert_eq!(super::calls(&server).await, Vec::<Value>::new());
}

#[tokio::test]
async fn stubs_that_are_lent_answer_first_and_go_with_whoever_lent_them() {
    let server = server("deny").await;
    let world = server.world("default").await.unwrap();
    put_stubs(&server, json!([{ "answer": { "body": "own" } }])).await;
    let stubs = |list: Value| read_stubs("stubs", list.as_array().unwrap()).unwrap();
    let said = async || String::from_utf8(answer(get(&world, "http://a.test/").await).body).unwrap();
    let once = json!([{ "node": "n1", "answer": { "body": "once" }, "times": 1 }, { "process": 8, "failure": "refused" }]);
    let lent = lend(&world, stubs(once)).unwrap();
    assert_eq!((said().await.as_str(), said().await.as_str()), ("once", "own"));
    let other = lend(&world, stubs(json!([{ "answer": { "body": "other" } }]))).unwrap();
    assert_eq!(said().await, "other", "the last comes first");
    drop(lent);
    assert_eq!(said().await, "other");
    drop(other);
    assert_eq!(said().await, "own");
    let calls = calls(&server).await;
    assert_eq!((&calls[0]["answered_by"], &calls[0]["stub"]), (&json!("lent stub"), &json!(0)));
    let wrong = read_stubs("stubs", &[json!({ "answer": {} }), json!([])]).unwrap_err();
    assert_eq!(wrong.to_string(), "stubs[1]: invalid type: an object is expected");
}

#[tokio::test]
async fn only_the_last_calls_are_kept() {
    let server = server("deny").await;
    let world = server.world("default").await.unwrap();
    for number in 0..1002 {
        get(&world, &format!("http://a.test/{number}")).await;
    }
    let listed = calls(&server).await;
    assert_eq!((listed.len(), &listed[0]["url"]), (1000, &json!("http://a.test/2")));
    assert_eq!(listed[999]["url"], "http://a.test/1001");
    let body = "x".repeat(1 << 20);
    for _ in 0..20 {
        made(&world, &request("POST", "http://a.test/big", &body)).await;
    }
    assert_eq!(calls(&server).await.len(), 15, "of 16 MB");
    control(&server, "POST", "reset", Value::Null).await;
    assert_eq!(calls(&server).await.len(), 0, "a reset forgets them");
}
