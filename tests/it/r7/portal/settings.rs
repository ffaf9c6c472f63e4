//! General settings: language and zone.

use serde_json::{Value, json};
use standin::Language;

use super::portal;
use crate::support::{App, builder};

async fn set(app: &App, lng: &str, zone: &str) -> String {
    let body = json!({ "lng": lng, "timeZoneID": zone });
    let answer = app.admin().put("/api/2.0/settings/timeandlanguage", body).await.expect(200).json();
    answer["response"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn settings_say_language_and_zone() {
    let app = App::empty().await;
    insta::assert_snapshot!("settings", app.admin().get("/api/2.0/settings").await.print());
    set(&app, "de-DE", "Newfoundland Standard Time").await;
    insta::assert_snapshot!("settings_elsewhere", app.admin().get("/api/2.0/settings.xml").await.print());
    app.anonymous().get("/api/2.0/settings").await.expect(401);
}

#[tokio::test]
async fn errors_titles_and_dates_follow_language_and_zone_at_once() {
    let app = portal().await;
    let seen = async || {
        let wrong = app.admin().get("/api/2.0/files/file/99").await.expect(403).json();
        let folder = app.admin().get("/api/2.0/files/@my").await.expect(200).json();
        let current = &folder["response"]["current"];
        [&wrong["error"]["message"], &current["title"], &current["created"]]
            .map(|text| text.as_str().unwrap().to_owned())
    };
    assert_eq!(
        seen().await,
        ["The required file was not found", "My documents", "2026-02-12T09:00:00.0000000Z"]
    );
    assert_eq!(set(&app, "ru-RU", "Russian Standard Time").await, "Settings have been successfully updated");
    assert_eq!(
        seen().await,
        ["Запрашиваемый файл не найден", "Мои документы", "2026-02-12T12:00:00.0000000+03:00"]
    );
    // Every caller, and a world of its own only.
    let wrong = app.token("boris").get("/api/2.0/files/file/99").await.expect(403).json();
    assert_eq!(wrong["error"]["message"], "Запрашиваемый файл не найден");
    let other = app.admin().get("/w/other/api/2.0/files/file/99").await.expect(403).json();
    assert_eq!(other["error"]["message"], "The required file was not found");
    assert_eq!(set(&app, "en-US", "Mars").await, "Настройки успешно обновлены");
    assert_eq!(seen().await[2], "2026-02-12T09:00:00.0000000Z");
}

#[tokio::test]
async fn a_culture_that_the_portal_does_not_offer_leaves_the_language_alone() {
    let app = App::of(builder().language(Language::Ru)).await;
    set(&app, "nb-NO", "UTC").await;
    let now = app.admin().get("/api/2.0/settings").await.json();
    assert_eq!(now["response"]["culture"], "ru-RU");
}

#[tokio::test]
async fn a_refused_change_changes_nothing() {
    let app = portal().await;
    let before = app.state().await;
    let path = "/api/2.0/settings/timeandlanguage";
    let zone = json!({ "lng": "ru-RU", "timeZoneID": "UTC" });
    for (who, body, status, message) in [
        (
            "boris",
            zone.clone(),
            500,
            "\"boris K\" access denied \"Edit Portal Settings, \". Cause: Edit Portal Settings: access denied..",
        ),
        (
            "guest",
            zone,
            500,
            "\"guest K\" access denied \"Edit Portal Settings, \". Cause: Edit Portal Settings: access denied..",
        ),
        (
            "standin-admin-token",
            json!({ "timeZoneID": "UTC" }),
            400,
            "Value cannot be null.\r\nParameter name: name",
        ),
        (
            "standin-admin-token",
            json!({ "lng": "klingon" }),
            400,
            "Culture is not supported.\r\nParameter name: name\r\nklingon is an invalid culture identifier.",
        ),
    ] {
        let answer = app.token(who).put(path, body).await.expect(status).json();
        assert_eq!(answer["error"]["message"], message, "{who}");
    }
    assert_eq!(app.state().await, before);
}

#[tokio::test]
async fn settings_travel_in_state_documents() {
    let app = App::empty().await;
    assert_eq!(app.state().await["r7"].get("portal"), None);
    set(&app, "ru-RU", "Asia/Yekaterinburg").await;
    let first = app.state().await;
    assert_eq!(first["r7"]["portal"], json!({ "language": "ru-RU", "timeZone": "Asia/Yekaterinburg" }));
    let other = App::empty().await;
    other.anonymous().put("/_standin/state", first.clone()).await.expect(204);
    assert_eq!(other.state().await, first);
    let wrong = other.admin().get("/api/2.0/files/file/99").await.expect(403).json();
    assert_eq!(wrong["error"]["message"], "Запрашиваемый файл не найден");
}

#[tokio::test]
async fn a_setting_that_cannot_be_names_its_place() {
    let app = App::empty().await;
    for (portal, message) in [
        (json!({ "language": "xx" }), "r7.portal.language: there is no culture xx"),
        (json!({ "timeZone": "Mars" }), "r7.portal.timeZone: there is no time zone Mars"),
        (json!({ "moon": 1 }), "r7.portal.moon: unknown field `moon`"),
    ] {
        let answer =
            app.anonymous().put("/_standin/state", json!({ "standin": 1, "r7": { "portal": portal } })).await;
        let text = answer.expect(400).json()["error"]["message"].as_str().unwrap().to_owned();
        assert!(text.contains(message), "{text}");
    }
    let answer: Value = app.admin().get("/api/2.0/settings").await.expect(200).json();
    assert_eq!(answer["response"]["culture"], "en-US");
}
