//! Modules, administrators, version, start page, addresses: what is written shows in what is read.

use serde_json::{Value, json};
use standin::Language;

use super::portal;
use crate::support::{App, builder};

const CRM: &str = "6743007c-6f95-4d20-8c88-a8601ce5e76d";
const MAIL: &str = "2a923037-8b2d-487b-9a22-5ac0918acf3f";
const PEOPLE: &str = "f4d98afd-d336-4332-8778-3c6945c81ea0";
const BORIS: &str = "00000000-0000-4000-8000-000000000002";
const GUEST: &str = "00000000-0000-4000-8000-000000000003";
const ALL: &str = "00000000-0000-0000-0000-000000000000";

async fn modules(app: &App, who: &str) -> Vec<String> {
    let answer = app.token(who).get("/api/2.0/settings/security/modules").await.expect(200).json();
    let list = answer["response"].as_array().unwrap();
    list.iter().map(|module| module["id"].as_str().unwrap().to_owned()).collect()
}

async fn is_open(app: &App, who: &str, id: &str) -> Value {
    app.token(who).get(&format!("/api/2.0/settings/security/{id}")).await.expect(200).json()["response"]
        .clone()
}

#[tokio::test]
async fn a_module_is_closed_and_opened_for_everybody() {
    let app = portal().await;
    let every = ["documents", "projects", "crm", "community", "people", "talk", "calendar", "mail"];
    assert_eq!(modules(&app, "boris").await, every);
    assert_eq!(modules(&app, "guest").await, ["documents", "projects", "community", "talk", "calendar"]);
    let items = json!({ "items": [{ "key": CRM, "value": false }, { "key": MAIL, "value": "True" }] });
    insta::assert_snapshot!(
        "access",
        app.admin().put("/api/2.0/settings/security/access", items).await.print()
    );
    for who in ["boris", "standin-admin-token"] {
        assert!(!modules(&app, who).await.contains(&"crm".to_owned()));
        assert_eq!(is_open(&app, who, CRM).await, false);
        assert_eq!(is_open(&app, who, MAIL).await, true);
    }
    // Its calls are closed too, but for nobody's.
    let closed = app.admin().get("/api/2.0/crm/case/filter").await.expect(403).json();
    assert_eq!(closed["error"]["message"], "Forbidden");
    app.anonymous().get("/api/2.0/crm/case/filter").await.expect(401);
    app.admin().get("/api/2.0/files/@my").await.expect(200);
    // As a form, the way of the Ruby client.
    let form = format!("items[][key]={CRM}&items[][value]=true");
    let request = app
        .admin()
        .request(axum::http::Method::PUT, "/api/2.0/settings/security/access")
        .header("content-type", "application/x-www-form-urlencoded");
    app.send(request.body(form.into()).unwrap()).await.expect(200);
    assert_eq!(modules(&app, "boris").await, every);
    app.token("boris").get("/api/2.0/crm/case/filter").await.expect(200);
    app.token("guest").get("/api/2.0/crm/case/filter").await.expect(403);
}

#[tokio::test]
async fn modules_have_names_in_the_portals_language_and_ids_that_are_guids() {
    let app = App::of(builder().language(Language::Ru)).await;
    let list = app.admin().get("/api/2.0/settings/security/modules").await.expect(200).json();
    assert_eq!(list["response"][0], json!({ "id": "documents", "title": "Документы" }));
    let path = "/api/2.0/settings/security/access";
    for (answer, status) in [
        (app.admin().get("/api/2.0/settings/security?ids=crm").await, 500),
        (app.admin().put("/api/2.0/settings/security", json!({ "id": "crm" })).await, 500),
        (app.admin().put(path, json!({ "items": [{ "key": "crm", "value": true }] })).await, 500),
        // Where the binder reads it, it is an argument.
        (app.admin().get("/api/2.0/settings/security/crm").await, 400),
    ] {
        let error = answer.expect(status).json()["error"].clone();
        let message = "Guid should contain 32 digits with 4 dashes (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx).";
        assert_eq!((&error["message"], &error["hresult"]), (&json!(message), &json!(-2_146_233_033)));
    }
    let empty = app.admin().put("/api/2.0/settings/security", json!({})).await.expect(400).json();
    assert_eq!(empty["error"]["message"], "Value cannot be null.\r\nParameter name: id");
}

#[tokio::test]
async fn a_module_is_given_to_some() {
    let app = portal().await;
    let body = json!({ "id": CRM, "enabled": true, "subjects": [BORIS] });
    insta::assert_snapshot!("given", app.admin().put("/api/2.0/settings/security", body).await.print());
    assert_eq!(is_open(&app, "boris", CRM).await, true);
    assert_eq!(is_open(&app, "standin-admin-token", CRM).await, true);
    let nobody = json!({ "id": CRM, "enabled": true, "subjects": [GUEST] });
    app.admin().put("/api/2.0/settings/security", nobody).await.expect(200);
    assert_eq!(is_open(&app, "boris", CRM).await, false);
    // Without subjects it is everybody's, even where it was to be closed.
    let answer = app.admin().put("/api/2.0/settings/security", json!({ "id": CRM, "enabled": false })).await;
    assert_eq!(answer.expect(200).json()["response"][0]["enabled"], true);
    assert_eq!(is_open(&app, "boris", CRM).await, true);
    let all = app.admin().get("/api/2.0/settings/security").await.expect(200).json();
    assert_eq!(all["count"], 14);
    let unknown = app.admin().get(&format!("/api/2.0/settings/security?ids={ALL}")).await.expect(200).json();
    assert_eq!(unknown["response"][0]["enabled"], false);
}

#[tokio::test]
async fn administrators_come_and_go() {
    let app = portal().await;
    let path = "/api/2.0/settings/security/administrator";
    let named = async |product: &str| {
        let list = app.admin().get(&format!("{path}/{product}")).await.expect(200).json();
        let list = list["response"].as_array().unwrap().iter();
        list.map(|person| person["displayName"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((named(ALL).await, named(PEOPLE).await), (vec!["admin K".to_owned()], vec![]));
    let people = json!({ "productid": PEOPLE, "userid": BORIS, "administrator": true });
    insta::assert_snapshot!("administrator", app.admin().put(path, people).await.print());
    assert_eq!(named(PEOPLE).await, ["boris K"]);
    assert_eq!(named(ALL).await, ["admin K", "boris K"]);
    // An administrator of People may invite, but not set anything.
    app.token("boris").get("/api/2.0/portal/users/invite/user").await.expect(200);
    app.token("boris").put("/api/2.0/settings/version", json!({ "versionId": 1 })).await.expect(500);
    let whole = json!({ "productid": ALL, "userid": BORIS, "administrator": true });
    app.admin().put(path, whole).await.expect(200);
    let me = app.token("boris").get("/api/2.0/people/@self").await.expect(200).json();
    assert_eq!(me["response"]["isAdmin"], true);
    app.token("boris").put("/api/2.0/settings/version", json!({ "versionId": 1 })).await.expect(200);
    let nothing = json!({ "productid": ALL, "userid": BORIS, "administrator": false });
    app.admin().put(path, nothing).await.expect(200);
    assert_eq!((named(ALL).await, named(PEOPLE).await), (vec!["admin K".to_owned()], vec![]));
    let query = format!("{path}?productid={PEOPLE}&userid={BORIS}");
    assert_eq!(app.admin().get(&query).await.expect(200).json()["response"]["administrator"], false);
    let guest = json!({ "productid": PEOPLE, "userid": GUEST, "administrator": true });
    let answer = app.admin().put(path, guest).await.expect(403).json();
    assert_eq!(answer["error"]["message"], "Collaborator can not be an administrator");
}

#[tokio::test]
async fn the_version_in_use_cannot_be_set_again() {
    let app = App::empty().await;
    let path = "/api/2.0/settings/version";
    let again = app.admin().put(path, json!({ "versionId": 2 })).await.expect(400).json();
    assert_eq!(again["error"]["message"], "This is current version already");
    let unknown = app.admin().put(path, json!({ "versionId": 77 })).await.expect(404).json();
    assert_eq!(unknown["error"]["message"], "Item not found");
    insta::assert_snapshot!(
        "version",
        app.admin().put("/api/2.0/settings/version", json!({ "versionId": 1 })).await.print()
    );
    assert_eq!(app.admin().get(path).await.json()["response"]["current"], 1);
    assert_eq!(app.admin().get("/api/2.0/portal").await.json()["response"]["version"], 1);
}

#[tokio::test]
async fn start_page_addresses_and_tips_are_set() {
    let app = App::empty().await;
    let page = json!({ "defaultProductID": CRM });
    insta::assert_snapshot!("page", app.admin().put("/api/2.0/settings/defaultpage", page).await.print());
    assert_eq!(app.state().await["r7"]["portal"]["defaultPage"], CRM);
    // A product that is closed is no page to start with.
    let close = json!({ "items": [{ "key": CRM, "value": false }] });
    app.admin().put("/api/2.0/settings/security/access", close).await.expect(200);
    assert_eq!(app.state().await["r7"]["portal"].get("defaultPage"), None);
    for (body, status, message) in [
        (json!({}), 400, "Value cannot be null.\r\nParameter name: g"),
        (
            json!({ "defaultProductID": "crm" }),
            500,
            "Guid should contain 32 digits with 4 dashes (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx).",
        ),
    ] {
        let answer = app.admin().put("/api/2.0/settings/defaultpage", body).await.expect(status).json();
        assert_eq!(answer["error"]["message"], message);
    }
    let ips = json!({ "ips": ["10.0.0.1", "10.0.0.2"] });
    let answer = app.admin().put("/api/2.0/settings/iprestrictions", ips).await.expect(200).json();
    assert_eq!(answer["response"], json!(["10.0.0.1", "10.0.0.2"]));
    let list = app.admin().get("/api/2.0/settings/iprestrictions").await.expect(200).json();
    assert_eq!(list["response"][1], json!({ "id": 2, "tenant": 1, "ip": "10.0.0.2" }));
    let on = app.admin().put("/api/2.0/settings/iprestrictions/settings", json!({ "enable": true })).await;
    assert_eq!(on.expect(200).json()["response"], json!({ "enable": true }));
    let tips = app.admin().put("/api/2.0/settings/tips", json!({ "show": false })).await;
    assert_eq!(tips.expect(200).json()["response"], json!({ "show": false }));
}

#[tokio::test]
async fn everything_that_was_set_comes_back_from_a_state_document() {
    let app = portal().await;
    for (path, body) in [
        ("settings/timeandlanguage", json!({ "lng": "de-DE", "timeZoneID": "FLE Standard Time" })),
        ("settings/version", json!({ "versionId": 1 })),
        ("settings/defaultpage", json!({ "defaultProductID": MAIL })),
        ("settings/security", json!({ "id": CRM, "enabled": true, "subjects": [BORIS] })),
        (
            "settings/security/administrator",
            json!({ "productid": CRM, "userid": BORIS, "administrator": true }),
        ),
        ("settings/iprestrictions", json!({ "ips": ["10.0.0.1"] })),
    ] {
        app.admin().put(&format!("/api/2.0/{path}"), body).await.expect(200);
    }
    let first = app.state().await;
    let other = App::empty().await;
    other.anonymous().put("/_standin/state", first.clone()).await.expect(204);
    assert_eq!(other.state().await, first);
    for path in ["settings", "portal", "settings/security", "settings/version"] {
        let path = format!("/api/2.0/{path}");
        assert_eq!(other.admin().get(&path).await.text(), app.admin().get(&path).await.text());
    }
    for (portal, message) in [
        (json!({ "version": 9 }), "r7.portal.version: there is no version 9"),
        (
            json!({ "administrators": { CRM: [GUEST] } }),
            "r7.portal.administrators.6743007c-6f95-4d20-8c88-a8601ce5e76d[0]: there is no user 00000000-0000-4000-8000-000000000003",
        ),
    ] {
        let document = json!({ "standin": 1, "r7": { "portal": portal } });
        let answer = other.anonymous().put("/_standin/state", document).await.expect(400).json();
        assert!(answer["error"]["message"].as_str().unwrap().contains(message), "{answer}");
    }
    assert_eq!(other.state().await, first);
}

#[tokio::test]
async fn nobody_but_an_administrator_sets_anything() {
    let app = portal().await;
    let before = app.state().await;
    for (path, body) in [
        ("settings/security", json!({ "id": CRM, "enabled": true })),
        ("settings/security/access", json!({ "items": [{ "key": CRM, "value": false }] })),
        (
            "settings/security/administrator",
            json!({ "productid": ALL, "userid": BORIS, "administrator": true }),
        ),
        ("settings/version", json!({ "versionId": 1 })),
        ("settings/defaultpage", json!({ "defaultProductID": CRM })),
        ("settings/iprestrictions", json!({ "ips": ["x"] })),
        ("settings/iprestrictions/settings", json!({ "enable": true })),
    ] {
        for who in ["boris", "guest"] {
            let answer =
                app.token(who).put(&format!("/api/2.0/{path}"), body.clone()).await.expect(500).json();
            assert!(answer["error"]["message"].as_str().unwrap().contains("access denied"), "{path}");
        }
        app.anonymous().put(&format!("/api/2.0/{path}"), body).await.expect(401);
    }
    assert_eq!(app.state().await, before);
}
