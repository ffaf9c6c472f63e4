//! Every answer that only reads, in JSON and in XML.

use serde_json::json;

use super::portal;
use crate::support::App;

/// Routes of the portal and its settings, with a query where one matters.
const READS: &[&str] = &[
    "GET /api/2.0/portal",
    "GET /api/2.0/portal/userscount",
    "GET /api/2.0/portal/usedspace",
    "GET /api/2.0/portal/tariff",
    "GET /api/2.0/portal/quota",
    "GET /api/2.0/portal/quota/right",
    "GET /api/2.0/portal/tenantextra",
    "GET /api/2.0/portal/talk/unreadmessages",
    "GET /api/2.0/portal/users/00000000-0000-4000-8000-000000000002",
    "GET /api/2.0/portal/users/00000000-0000-4000-8000-00000000000f",
    "GET /api/2.0/settings/socket",
    "GET /api/2.0/settings/customnavigation/getall",
    "GET /api/2.0/portal/path?virtualPath=~/Products/Files/",
    "GET /api/2.0/portal/users/invite/user",
    "GET /api/2.0/portal/users/invite/Visitor",
    "GET /api/2.0/portal/bar/promotions",
    "GET /api/2.0/settings/quota",
    "GET /api/2.0/settings/recalculatequota",
    "GET /api/2.0/settings/checkrecalculatequota",
    "GET /api/2.0/settings/version",
    "GET /api/2.0/settings/security?ids=6743007c-6f95-4d20-8c88-a8601ce5e76d",
    "GET /api/2.0/settings/security/modules",
    "GET /api/2.0/settings/security/password",
    "GET /api/2.0/settings/security/6743007C-6F95-4D20-8C88-A8601CE5E76D",
    "GET /api/2.0/settings/security/administrator?productid=00000000-0000-0000-0000-000000000000&userid=00000000-0000-4000-8000-000000000001",
    "GET /api/2.0/settings/security/administrator/00000000-0000-0000-0000-000000000000",
    "GET /api/2.0/settings/logo",
    "GET /api/2.0/settings/whitelabel/sizes",
    "GET /api/2.0/settings/whitelabel/logos?retina=true",
    "GET /api/2.0/settings/whitelabel/logotext",
    "GET /api/2.0/settings/ssov2",
    "GET /api/2.0/settings/ssov2/default",
    "GET /api/2.0/settings/LDAP",
    "GET /api/2.0/settings/ldap/default",
    "GET /api/2.0/settings/ldap/status",
    "GET /api/2.0/settings/iprestrictions",
    "GET /api/2.0/feed/newfeedscount",
    "GET /api/2.0/feed/filter",
    "GET /api/2.0/security/activeconnections",
];

/// Those that need no token.
const OPEN: &[&str] = &[
    "GET /api/2.0/capabilities",
    "GET /api/2.0/settings/version/build",
    "GET /api/2.0/warmup/progress",
    "GET /api/2.0/warmup/restart",
    "GET /api/2.0/security/audit/types",
    "GET /api/2.0/security/audit/mappers",
];

async fn exchanges(app: &App, token: &str, lines: &[&str], suffix: &str) -> String {
    let mut text = String::new();
    for line in lines {
        let path = line.strip_prefix("GET ").unwrap();
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let path =
            if query.is_empty() { format!("{path}{suffix}") } else { format!("{path}{suffix}?{query}") };
        let answer = app.token(token).get(&path).await.expect(200);
        text += &format!("GET {path}\n{}\n\n", answer.text());
    }
    text
}

#[tokio::test]
async fn every_read_has_its_shape_in_json_and_in_xml() {
    let app = portal().await;
    app.admin().upload("/api/2.0/files/@my/upload", "a.txt", &[b'x'; 1000]).await.expect(201);
    for (name, suffix) in [("reads", ""), ("reads_as_xml", ".xml")] {
        let text = exchanges(&app, "standin-admin-token", READS, suffix).await;
        insta::assert_snapshot!(name, text);
        insta::assert_snapshot!(format!("open_{name}"), exchanges(&app, "nobody", OPEN, suffix).await);
    }
}

#[tokio::test]
async fn what_is_not_open_wants_a_token() {
    let app = portal().await;
    for line in READS {
        app.anonymous().get(line.strip_prefix("GET ").unwrap()).await.expect(401);
    }
}

#[tokio::test]
async fn what_is_the_administrators_alone_is_refused_to_others_as_the_portal_refuses() {
    let app = portal().await;
    for path in [
        "settings/recalculatequota",
        "settings/checkrecalculatequota",
        "settings/whitelabel/sizes",
        "settings/whitelabel/logos",
        "settings/ssov2",
        "settings/ldap",
        "settings/ldap/status",
        "settings/iprestrictions",
    ] {
        let answer = app.token("boris").get(&format!("/api/2.0/{path}")).await.expect(500).json();
        let message = "\"boris K\" access denied \"Edit Portal Settings, \". Cause: Edit Portal Settings: access denied..";
        assert_eq!(answer["error"]["message"], message, "{path}");
        assert_eq!(answer["error"]["hresult"], -2_146_233_087);
    }
    let answer = app.token("boris").get("/api/2.0/portal/users/invite/1").await.expect(403).json();
    assert_eq!(answer["error"]["message"], "Method not available");
}

#[tokio::test]
async fn used_space_counts_every_version_and_goes_with_the_file() {
    let app = App::empty().await;
    let used =
        async || app.admin().get("/api/2.0/settings/quota").await.json()["response"]["usedSize"].clone();
    assert_eq!(used().await, 0);
    let file =
        app.admin().upload("/api/2.0/files/@my/upload", "a.txt", &[b'x'; 1000]).await.expect(201).json();
    let id = &file["response"]["id"];
    app.admin().upload("/api/2.0/files/@my/upload", "b.txt", &[b'y'; 24]).await.expect(201);
    assert_eq!(used().await, 1024);
    app.admin()
        .delete(&format!("/api/2.0/files/file/{id}"), json!({ "immediately": true }))
        .await
        .expect(200);
    assert_eq!(used().await, 24);
}

#[tokio::test]
async fn links_are_of_the_portal() {
    let app = App::empty().await;
    for (path, link) in [
        ("", "http://portal.test/"),
        ("~/a", "http://portal.test/a"),
        ("/a", "http://portal.test/a"),
        ("a", "http://portal.test/a"),
        ("HTTPS://elsewhere.test/a", "HTTPS://elsewhere.test/a"),
    ] {
        let answer =
            app.admin().get(&format!("/api/2.0/portal/path?virtualPath={path}")).await.expect(200).json();
        assert_eq!(answer["response"], link);
    }
    let short =
        app.admin().put("/api/2.0/portal/getshortenlink", json!({ "link": "http://portal.test/a?b" })).await;
    assert_eq!(short.expect(200).json()["response"], "http://portal.test/a?b");
    let other = app.admin().get("/w/a/api/2.0/portal/users/invite/2").await.expect(200).json();
    let link = other["response"].as_str().unwrap();
    assert!(
        link.starts_with("http://portal.test/w/a/confirm.aspx?type=LinkInvite&key=1770886800000."),
        "{link}"
    );
    assert!(link.ends_with("&p=1&emplType=2"), "{link}");
    app.admin().get("/api/2.0/portal/users/invite/boss").await.expect(400);
}

#[tokio::test]
async fn news_are_read_without_a_word() {
    let app = App::empty().await;
    let answer = app.admin().put("/api/2.0/feed/read", json!({})).await.expect(200);
    assert_eq!(answer.text(), r#"{"status":0,"statusCode":200,"response":{}}"#);
}
