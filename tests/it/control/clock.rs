//! The clock of a world over HTTP.

use serde_json::{Value, json};
use standin::{ClockStart, Server};

use crate::support::{App, sign_in};

async fn advance(app: &App, by: Value) -> (u16, Value) {
    let answer = app.anonymous().post("/_standin/clock/advance", json!({ "by": by })).await;
    (answer.status(), answer.json())
}

#[tokio::test]
async fn a_frozen_clock_is_advanced_in_every_form_of_duration() {
    let app = App::empty().await;
    let clock = app.anonymous().get("/_standin/clock").await.expect(200).json();
    assert_eq!(clock, json!({ "now": "2026-02-12T09:00:00Z", "mode": "frozen" }));
    for (by, now) in [
        (json!("30s"), "2026-02-12T09:00:30Z"),
        (json!("PT30S"), "2026-02-12T09:01:00Z"),
        (json!("1h 30m"), "2026-02-12T10:31:00Z"),
        (json!("250ms"), "2026-02-12T10:31:00.25Z"),
        (json!(0.75), "2026-02-12T10:31:01Z"),
        (json!(59), "2026-02-12T10:32:00Z"),
        (json!("1d"), "2026-02-13T10:32:00Z"),
        (json!("1w"), "2026-02-20T10:32:00Z"),
        (json!(0), "2026-02-20T10:32:00Z"),
    ] {
        assert_eq!(advance(&app, by.clone()).await, (200, json!({ "now": now, "mode": "frozen" })), "{by}");
    }
    for by in
        [json!("soon"), json!(-1), json!("-5s"), json!(null), json!([1]), json!(1e300), json!("1 month")]
    {
        let (status, answer) = advance(&app, by.clone()).await;
        assert_eq!(status, 400, "{by}");
        assert!(answer["error"]["message"].as_str().unwrap().starts_with("by: "), "{answer}");
    }
    let clock = app.anonymous().get("/_standin/clock").await.json();
    assert_eq!(clock["now"], "2026-02-20T10:32:00Z", "a refused advance moves nothing");
}

#[tokio::test]
async fn a_clock_is_set_frozen_and_set_free() {
    let app = App::empty().await;
    let put = async |body: Value| app.anonymous().put("/_standin/clock", body).await.expect(200).json();
    let moscow = put(json!({ "now": "2030-01-01T03:00:00+03:00" })).await;
    assert_eq!(moscow, json!({ "now": "2030-01-01T00:00:00Z", "mode": "frozen" }));
    assert_eq!(put(json!({})).await, moscow);
    let free = put(json!({ "mode": "system" })).await;
    assert_eq!(free["mode"], "system");
    assert!(free["now"].as_str().unwrap() > "2026-", "back at the machine's time");
    let running = put(json!({ "now": "2040-01-01T00:00:00Z", "mode": "system" })).await;
    assert!(running["now"].as_str().unwrap().starts_with("2040-01-01T00:00:0"), "{running}");
    let (_, later) = advance(&app, json!("1h")).await;
    assert!(later["now"].as_str().unwrap().starts_with("2040-01-01T01:00:0"), "{later}");
    let still = put(json!({ "mode": "frozen" })).await;
    assert_eq!(app.anonymous().get("/_standin/clock").await.json(), still);
    for body in
        [json!({ "now": "noon" }), json!({ "mode": "slow" }), json!({ "time": 1 }), json!([]), json!(7)]
    {
        let answer = app.anonymous().put("/_standin/clock", body.clone()).await.expect(400).json();
        assert!(answer["error"]["message"].as_str().unwrap().starts_with("body: "), "{body}: {answer}");
    }
    assert_eq!(app.anonymous().get("/_standin/clock").await.json(), still);
}

#[tokio::test]
async fn services_live_by_the_clock_of_their_world() {
    let app = App::empty().await;
    let token = sign_in(&app, "").await;
    // sheet r7/transport 6: a token lives a year.
    advance(&app, json!("364d 23h 59m 59s")).await;
    app.token(&token).get("/api/2.0/people/@self").await.expect(200);
    advance(&app, json!("1s")).await;
    app.token(&token).get("/api/2.0/people/@self").await.expect(401);
    let token = sign_in(&app, "/w/other").await;
    app.token(&token).get("/w/other/api/2.0/people/@self").await.expect(200);
}

#[tokio::test]
async fn a_clock_at_the_end_of_time_stays_there() {
    let app = App::empty().await;
    for now in ["9999-12-30T00:00:00Z", "-009999-01-03T00:00:00Z"] {
        app.anonymous().put("/_standin/clock", json!({ "now": now })).await.expect(200);
        let answer = app.anonymous().post("/_standin/clock/advance", json!({ "by": "100000w" })).await;
        assert!([200, 400].contains(&answer.status()), "{}", answer.print());
        let body = json!({ "userName": "admin@example.org", "password": "secret" });
        app.anonymous().post("/api/2.0/authentication", body).await.expect(201);
        app.anonymous().get("/_standin/state").await.expect(200);
        app.anonymous().get("/_standin/clock").await.expect(200);
    }
}

#[tokio::test]
async fn a_frozen_clock_without_a_time_stands_at_the_same_moment_for_everybody() {
    let app = App::of(Server::builder().clock(ClockStart::Frozen(None))).await;
    let clock = app.anonymous().get("/_standin/clock").await.json();
    assert_eq!(clock, json!({ "now": "2026-01-01T00:00:00Z", "mode": "frozen" }));
}
