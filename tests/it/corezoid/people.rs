//! Users, API keys, groups, companies, invitations.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{App, builder, seed};

const COMPANY: &str = "i000000001";

/// One answer a line.
fn lines(answers: &Value) -> String {
    answers.as_array().unwrap().iter().map(|answer| format!("{answer}\n")).collect()
}

async fn make_key(app: &App, title: &str) -> (Value, i64, String) {
    let made = app
        .key()
        .op(json!({
            "type": "create", "obj": "user", "title": title, "company_id": COMPANY, "logins": [{ "type": "api" }],
        }))
        .await;
    let user = &made["users"][0];
    let login = &user["logins"][0];
    (user["obj_id"].clone(), login["obj_id"].as_i64().unwrap(), login["key"].as_str().unwrap().to_owned())
}

/// A world with a person, who cannot be made but by an invitation.
fn world() -> Value {
    json!({
        "standin": 1,
        "corezoid": {
            "companies": [{ "id": COMPANY, "title": "The Wall", "owner": 1 }],
            "users": [
                { "id": 1, "title": "Owner", "company": COMPANY, "keys": [{ "login": 12345, "secret": "secret" }] },
                { "id": 2, "title": "John Snow", "company": COMPANY, "owner": 1,
                  "logins": [{ "type": "google", "login": "john.snow@thewall.test" }] },
                { "id": 3, "title": "Shut out", "company": COMPANY, "denied": true,
                  "keys": [{ "login": 777, "secret": "other" }] },
            ],
            "groups": [
                { "id": 4, "title": "Watch", "company": COMPANY, "owner": 2, "members": [1, 2] },
                { "id": 7, "title": "Everybody", "company": COMPANY, "type": "all", "status": "not_actived" },
            ],
            "invites": [
                { "hash": "5538044124054c5cc012ae720b1416621675d496", "company": COMPANY, "type": "google",
                  "login": "aria.stark@thewall.test", "link": { "obj": "group", "id": 4 } },
            ],
            "convs": [
                { "id": 1, "title": "P", "company": COMPANY,
                  "shares": [{ "to": "group", "id": 4, "privs": [{ "type": "view", "list_obj": ["all"] }] }] },
            ],
        },
    })
}

#[tokio::test]
async fn a_new_key_signs_at_once_and_a_deleted_one_no_more() {
    let app = App::empty().await;
    let (user, login, secret) = make_key(&app, "Key").await;
    assert_eq!((secret.len(), login), (50, 12_346));
    let made = app.key_of(login, &secret).op(json!({ "type": "create", "obj": "conv", "title": "P" })).await;
    assert_eq!(made["proc"], "ok");
    // It is called by its new name as soon as it has one.
    app.key().op(json!({ "type": "modify", "obj": "user", "obj_id": user, "title": "Renamed" })).await;
    let card = app.key_of(login, &secret).op(json!({ "type": "show", "obj": "conv", "obj_id": 1 })).await;
    assert_eq!(card["owner_name"], "Renamed");

    app.key().op(json!({ "type": "delete", "obj": "user", "obj_id": user })).await;
    let refused = app.key_of(login, &secret).ops(json!([{ "type": "list", "obj": "company" }])).await;
    assert_eq!(refused.json()["ops"][0]["description"], "user not found");
    // What it owned goes to whoever made it; its number is not given out again.
    let card = app.key().op(json!({ "type": "show", "obj": "conv", "obj_id": 1 })).await;
    assert_eq!(card["owner_name"], "API key");
    assert_eq!(make_key(&app, "Next").await.1, 12_347);
    // A user who is gone can be imported again.
    let state = app.state().await;
    assert_eq!(app.anonymous().put("/_standin/state", state.clone()).await.status(), 204);
    assert_eq!(app.state().await, state);
}

#[tokio::test]
async fn a_package_may_make_a_key_beside_an_op_that_fails() {
    let app = App::empty().await;
    let package = json!([
        { "type": "create", "obj": "user", "title": "A", "logins": [{ "type": "api" }], "group_id": 9 },
        { "type": "create", "obj": "user", "title": "B", "logins": [{ "type": "api" }] },
    ]);
    let answers = app.key().ops(package).await.json();
    assert_eq!(answers["ops"][0]["description"], "Object group with id 9 does not exist");
    let login = &answers["ops"][1]["users"][0]["logins"][0];
    let key = app.key_of(login["obj_id"].as_i64().unwrap(), login["key"].as_str().unwrap());
    assert_eq!(key.op(json!({ "type": "list", "obj": "company" })).await["proc"], "ok");
    assert_eq!(app.state().await["corezoid"]["users"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn users_and_keys_are_made_shown_and_put_into_groups() {
    let app = App::of(builder().seed(seed(world()))).await;
    let package = json!([
        { "type": "create", "obj": "user", "title": "first api key", "company_id": COMPANY, "logins": [{ "type": "api" }] },
        { "type": "show", "obj": "user", "obj_id": 4, "obj_type": "company", "company_id": COMPANY },
        { "type": "show", "obj": "user", "obj_id": "2" },
        { "type": "modify", "obj": "user", "obj_id": 4, "title": "five" },
        { "type": "modify", "obj": "user", "obj_id": 4, "description": "no title" },
        { "type": "show", "obj": "api_key", "obj_id": 1 },
        { "type": "show", "obj": "company_keys", "company_id": COMPANY },
        { "type": "link", "obj": "user", "group_id": 4, "obj_id": 4, "level": 1 },
        { "type": "link", "obj": "user", "group_id": 4, "obj_id": 2, "level": "" },
        { "type": "list", "obj": "group", "obj_id": 4, "list_obj": "user" },
        { "type": "link", "obj": "user", "group_id": 4, "obj_id": 4, "level": null },
        { "type": "list", "obj": "group", "obj_id": 4, "list_obj": "user" },
        { "type": "modify", "obj": "user_status", "obj_id": 4, "status": "blocked", "blocked_reason": "test" },
        { "type": "delete", "obj": "user", "obj_id": 4, "company_id": COMPANY },
    ]);
    assert_snapshot!(lines(&app.key().ops(package).await.json()["ops"]));
}

#[tokio::test]
async fn who_works_in_a_company_is_listed_by_kind_name_and_title() {
    let app = App::of(builder().seed(seed(world()))).await;
    let list = |more: Value| {
        let mut op = json!({ "type": "list", "obj": "company_users", "company_id": COMPANY });
        op.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        op
    };
    let package = json!([
        list(json!({ "filter": "user" })),
        list(json!({ "filter": "api_key", "sort": "title", "order": "desc" })),
        list(json!({ "filter": "api_key", "sort": "title", "order": "asc", "name": "OWN" })),
        list(json!({ "filter": "group" })),
        list(json!({ "filter": "shared" })),
        list(json!({ "name": "stark" })),
        list(json!({ "filter": "user", "company_id": null })),
    ]);
    assert_snapshot!(lines(&app.key().ops(package).await.json()["ops"]));
}

#[tokio::test]
async fn groups_come_and_go_with_what_is_shared_with_them() {
    let app = App::of(builder().seed(seed(world()))).await;
    let shares = json!({ "type": "list", "obj": "conv", "obj_id": 1, "list_obj": "group" });
    let package = json!([
        { "type": "create", "obj": "group", "obj_type": "admins", "title": "test-group", "company_id": COMPANY },
        { "type": "modify", "obj": "group", "obj_id": 8, "obj_type": "admins", "title": "test-group1", "status": "actived" },
        { "type": "link", "obj": "conv", "obj_id": 1, "obj_to": "group", "obj_to_id": 8,
          "privs": [{ "type": "modify", "list_obj": ["all"] }] },
        { "type": "list", "obj": "group", "obj_id": 8, "list_obj": "conv" },
        shares,
        { "type": "delete", "obj": "group", "obj_id": 8 },
        shares,
        { "type": "restore", "obj": "group", "obj_id": 8 },
        { "type": "link", "obj": "conv", "obj_id": 1, "obj_to": "group", "obj_to_id": 4, "privs": [] },
        shares,
        { "type": "modify", "obj": "group", "obj_id": 8, "obj_type": "admins", "status": "deleted" },
        { "type": "list", "obj": "group", "obj_id": 8, "list_obj": "user" },
    ]);
    assert_snapshot!(lines(&app.key().ops(package).await.json()["ops"]));
}

#[tokio::test]
async fn companies_are_made_changed_listed_and_deleted() {
    let app = App::of(builder().seed(seed(world()))).await;
    let package = json!([
        { "type": "create", "obj": "company", "site": "www.thewall.test", "name": "Wall two", "description": "A company" },
        { "type": "create", "obj": "company", "login": "jane.doe@thewall.test", "login_type": "corezoid", "name": "Example",
          "description": "test descr", "auth_providers": ["google_saml_1"] },
        { "type": "modify", "obj": "company", "company_id": COMPANY, "status": "blocked", "blocked_reason": "The Wall",
          "name": "Renamed", "migrate_users": true, "auth_providers": ["google_saml_1"] },
        { "type": "modify", "obj": "company", "company_id": COMPANY, "description": "only this" },
        { "type": "list", "obj": "company" },
        { "type": "delete", "obj": "company", "obj_id": COMPANY },
        { "type": "modify", "obj": "company", "company_id": COMPANY },
        { "type": "delete", "obj": "company", "obj_id": COMPANY },
    ]);
    assert_snapshot!(lines(&app.key().ops(package).await.json()["ops"]));
}

#[tokio::test]
async fn somebody_who_confirms_an_invitation_gets_what_was_shared() {
    let app = App::of(builder().seed(seed(world()))).await;
    let key = app.key();
    let privs = json!([{ "type": "create", "list_obj": ["all"] }]);
    let package = json!([
        { "type": "create", "obj": "invite", "login": "user@thewall.test", "login_type": "google", "company_id": COMPANY,
          "link_to_obj": "conv", "link_to_obj_id": 1, "privs": privs },
        { "type": "link", "obj": "conv", "obj_id": 1, "obj_to": "new_user", "login": "other@thewall.test", "privs": privs },
        { "type": "list", "obj": "conv", "obj_id": 1, "list_obj": "all" },
        { "type": "link", "obj": "conv", "obj_id": 1, "obj_to": "new_user", "login": "other@thewall.test", "privs": [] },
    ]);
    let answers = key.ops(package).await.json();
    assert_snapshot!(lines(&answers["ops"]));
    let url = answers["ops"][0]["url"].as_str().unwrap();
    let path = url.strip_prefix("http://portal.test").unwrap();
    let confirmed = app.anonymous().post(path, Value::Null).await;
    let again = app.anonymous().post(path, Value::Null).await;
    assert_snapshot!(confirmed.text(), @r#"{"redirect":"http://portal.test/"}"#);
    assert_snapshot!(again.text(), @r#"{"request_proc":"error","ops":[{"id":"","proc":"error","description":"Invite does not exist"}]}"#);
    // The one of the document makes a member of a group.
    app.anonymous()
        .post("/api/2/plugins/invite/5538044124054c5cc012ae720b1416621675d496", Value::Null)
        .await
        .expect(200);
    let package = json!([
        { "type": "list", "obj": "conv", "obj_id": 1, "list_obj": "group" },
        { "type": "list", "obj": "group", "obj_id": 4, "list_obj": "user" },
        { "type": "list", "obj": "company_users", "company_id": COMPANY },
    ]);
    assert_snapshot!("after_confirming", lines(&key.ops(package).await.json()["ops"]));
    let hash = "5538044124054c5cc012ae720b1416621675d497";
    let refused = key.op(json!({ "type": "delete", "obj": "invite", "hash": hash })).await;
    assert_eq!(refused["description"], format!("Object invite with id {hash} does not exist"));
    let made = key.op(json!({ "type": "create", "obj": "invite", "login": "last@thewall.test" })).await;
    let hash = made["url"].as_str().unwrap().rsplit('/').next().unwrap();
    let gone = key.op(json!({ "type": "delete", "obj": "invite", "hash": hash })).await;
    assert_eq!(gone, json!({ "id": "", "proc": "ok" }));
}

#[tokio::test]
async fn a_denied_or_blocked_key_is_refused_everything() {
    let app = App::of(builder().seed(seed(world()))).await;
    let key = app.key_of(777, "other");
    let before = app.state().await;
    let package = json!([
        { "id": 5, "type": "create", "obj": "conv" },
        { "type": "list", "obj": "company" },
        { "type": "list", "obj": "no such thing" },
    ]);
    assert_snapshot!(lines(&key.ops(package).await.json()["ops"]), @r#"
    {"id":5,"proc":"error","description":"Access denied"}
    {"id":"","proc":"error","description":"Access denied"}
    {"id":"","proc":"error","description":"bad object"}
    "#);
    assert_eq!(app.state().await, before);
    let (user, login, secret) = make_key(&app, "Key").await;
    let key = app.key_of(login, &secret);
    for (status, proc) in [("blocked", "error"), ("actived", "ok")] {
        app.key()
            .op(json!({ "type": "modify", "obj": "user_status", "obj_id": user, "status": status }))
            .await;
        assert_eq!(key.op(json!({ "type": "list", "obj": "company" })).await["proc"], proc, "{status}");
    }
}

#[tokio::test]
async fn mistakes_about_people_have_words_of_their_own_and_change_nothing() {
    let app = App::of(builder().seed(seed(world()))).await;
    let before = app.state().await;
    let refused = json!([
        { "type": "create", "obj": "user", "title": "No login" },
        { "type": "create", "obj": "user", "title": "None", "logins": [] },
        { "type": "create", "obj": "user", "title": "Person", "logins": [{ "type": "google" }] },
        { "type": "modify", "obj": "user", "obj_id": 99, "title": "x" },
        { "type": "delete", "obj": "user", "obj_id": 99 },
        { "type": "show", "obj": "user", "obj_id": 99 },
        { "type": "show", "obj": "user", "obj_id": 1, "obj_type": "person" },
        { "type": "link", "obj": "user", "obj_id": 99, "group_id": 4, "level": 1 },
        { "type": "link", "obj": "user", "obj_id": 1, "group_id": 99, "level": 1 },
        { "type": "link", "obj": "user", "obj_id": 1, "group_id": 4, "level": 0 },
        { "type": "modify", "obj": "user_status", "obj_id": 99, "status": "blocked" },
        { "type": "modify", "obj": "user_status", "obj_id": 1, "status": "deleted" },
        { "type": "show", "obj": "api_key", "obj_id": 2 },
        { "type": "list", "obj": "company_users", "name": "ab" },
        { "type": "list", "obj": "company_users", "filter": "robots" },
        { "type": "show", "obj": "company_keys", "company_id": "" },
        { "type": "create", "obj": "group", "obj_type": "supers", "title": "test" },
        { "type": "create", "obj": "group", "obj_type": "admins", "title": "ab" },
        { "type": "modify", "obj": "group", "obj_id": 99, "obj_type": "admins", "title": "abc" },
        { "type": "list", "obj": "group", "obj_id": 99, "list_obj": "user" },
        { "type": "list", "obj": "group", "obj_id": 4 },
        { "type": "delete", "obj": "group", "obj_id": 99 },
        { "type": "restore", "obj": "group", "obj_id": 4 },
        { "type": "create", "obj": "company", "name": "No site" },
        { "type": "create", "obj": "company", "login": "a@b.test" },
        { "type": "delete", "obj": "company", "obj_id": "i9" },
        { "type": "create", "obj": "invite", "login": "a@b.test", "link_to_obj": "conv" },
        { "type": "create", "obj": "invite", "login": "a@b.test", "link_to_obj": "conv", "link_to_obj_id": 99 },
        { "type": "create", "obj": "invite", "login": "a@b.test", "link_to_obj": "group", "link_to_obj_id": 99 },
        { "type": "create", "obj": "invite", "login": "a@b.test", "login_type": "phone" },
        { "type": "delete", "obj": "invite", "hash": "short" },
        { "type": "link", "obj": "conv", "obj_id": 1, "obj_to": "group", "obj_to_id": 99, "privs": [] },
        { "type": "link", "obj": "conv", "obj_id": 1, "obj_to": "new_user", "privs": [] },
        { "type": "list", "obj": "objs", "pattern": "ab" },
        { "type": "list", "obj": "history", "obj_id": 1, "obj_type": "conv" },
        { "type": "list", "obj": "history", "obj_id": 1, "limit": 10, "offset": 0 },
    ]);
    assert_snapshot!(lines(&app.key().ops(refused).await.json()["ops"]));
    assert_eq!(app.state().await, before);
}

#[tokio::test]
async fn one_search_finds_people_companies_and_processes() {
    let app = App::of(builder().seed(seed(world()))).await;
    let search = |more: Value| {
        let mut op = json!({ "type": "list", "obj": "objs", "pattern": "wall", "company_id": COMPANY });
        op.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        op
    };
    let package = json!([
        { "type": "create", "obj": "conv", "title": "The wall", "company_id": COMPANY },
        search(json!({})),
        search(json!({ "limit": 1 })),
        search(json!({ "filter": "conv", "only_owner": true })),
        search(json!({ "filter": "user", "pattern": "OWNER", "user_type": "api" })),
        search(json!({ "filter": "user", "pattern": "owner", "user_type": "user" })),
        search(json!({ "filter": "company" })),
    ]);
    assert_snapshot!(lines(&app.key().ops(package).await.json()["ops"]));
}

#[tokio::test]
async fn what_was_done_is_remembered_with_request_and_answer() {
    let app = App::of(builder().seed(seed(world()))).await;
    let key = app.key();
    key.op(json!({ "type": "create", "obj": "folder", "title": "F", "company_id": COMPANY })).await;
    key.op(json!({ "type": "modify", "obj": "conv", "obj_id": 1, "title": "Q" })).await;
    key.op(json!({ "type": "modify", "obj": "conv", "obj_id": 99, "title": "refused" })).await;
    key.op(json!({ "type": "show", "obj": "conv", "obj_id": 1 })).await;
    key.op(json!({ "type": "create", "obj": "node", "conv_id": 1, "obj_type": 0, "version": 1 })).await;
    key.op(json!({ "type": "link", "obj": "conv", "obj_id": 1, "obj_to": "user", "obj_to_id": 2,
        "privs": [{ "type": "view", "list_obj": ["all"] }] }))
        .await;
    let package = json!([
        { "type": "list", "obj": "history", "obj_id": 1, "obj_type": "conv", "limit": 2, "offset": 1 },
        { "type": "list", "obj": "history", "list_type": "create", "list_obj": "folder", "company_id": COMPANY },
        { "type": "list", "obj": "history", "list_type": "link", "user_id": 1 },
        { "type": "list", "obj": "history", "end": 1 },
    ]);
    assert_snapshot!(lines(&key.ops(package).await.json()["ops"]));
    app.anonymous().post("/_standin/reset", Value::Null).await.expect(204);
    assert_eq!(app.key().op(json!({ "type": "list", "obj": "history" })).await["list"], json!([]));
}

#[tokio::test]
async fn counters_count_what_is_there_and_traffic_is_empty() {
    let app = App::of(builder().seed(seed(world()))).await;
    let package = json!([
        { "type": "show", "obj": "global_counters" },
        { "type": "show", "obj": "sys_stat", "obj_type": "instance" },
        { "type": "show", "obj": "sys_stat", "obj_type": "company", "interval": "hour", "start": 1, "end": 2 },
        { "type": "show", "obj": "sys_stat", "start": 1, "end": 2, "order_field": "opers", "order_by": "DESC", "conv_id": 1 },
        { "type": "show", "obj": "sys_stat", "start": 1, "end": 2, "order_field": "opers", "order_by": "DESC" },
        { "type": "show", "obj": "used_traff", "start": 1, "end": 2, "filter": "opers", "interval": "hour" },
        { "type": "show", "obj": "user_stat", "start": 1, "end": 2, "filter": "opers", "interval": "hour" },
        { "type": "show", "obj": "user_stat", "start": 1, "end": 2, "filter": "opers", "interval": "year" },
    ]);
    assert_snapshot!(lines(&app.key().ops(package).await.json()["ops"]));
}

#[tokio::test]
async fn people_go_through_state_documents_unchanged() {
    let app = App::of(builder().seed(seed(world()))).await;
    let first = app.state().await;
    assert_eq!(app.anonymous().put("/_standin/state", first.clone()).await.status(), 204);
    assert_eq!(app.state().await, first);
    let part = &first["corezoid"];
    assert_snapshot!(
        serde_json::to_string_pretty(&json!([
            part["companies"],
            part["users"],
            part["groups"],
            part["invites"],
            part["convs"][0]["shares"],
        ]))
        .unwrap()
    );
    for (part, place) in [
        (
            json!({ "companies": [{ "id": "i1", "title": "a", "owner": 9 }] }),
            "companies[0].owner: there is no user 9",
        ),
        (json!({ "users": [{ "id": 1, "title": "a", "owner": 9 }] }), "users[0].owner: there is no user 9"),
        (
            json!({ "users": [{ "id": 1, "title": "a", "logins": [{ "type": "api", "login": "x" }] }] }),
            "users[0].logins[0].type: a kind of login other than api, such as google",
        ),
        (
            json!({ "groups": [{ "id": 1, "title": "a", "members": [1, 9] }] }),
            "groups[0].members[1]: there is no user 9",
        ),
        (json!({ "groups": [{ "id": 0, "title": "a" }] }), "groups[0].id: ids start at 1"),
        (json!({ "groups": [{ "id": 1, "title": "a", "owner": 9 }] }), "groups[0].owner: there is no user 9"),
        (
            json!({ "invites": [{ "hash": "x", "type": "google", "login": "a" }] }),
            "invites[0].hash: 40 hex digits",
        ),
        (
            json!({ "convs": [{ "id": 1, "title": "a", "shares": [{ "to": "group", "id": 9, "privs": [] }] }] }),
            "convs[0].shares[0].id: there is no group 9",
        ),
    ] {
        let answer = app.anonymous().put("/_standin/state", json!({ "standin": 1, "corezoid": part })).await;
        assert!(answer.text().contains(place), "{place}\n{}", answer.text());
    }
    assert_eq!(app.state().await, first);
}

#[tokio::test]
async fn an_object_is_given_to_whoever_has_a_login() {
    let app = App::empty().await;
    let invite = json!({ "type": "create", "obj": "invite", "login": "someone@example.org" });
    let url = app.key().op(invite).await["url"].as_str().unwrap().to_owned();
    app.anonymous().post(url.strip_prefix("http://portal.test").unwrap(), json!({})).await.expect(200);
    app.key().op(json!({ "type": "create", "obj": "folder", "title": "F" })).await;
    let give = |login: &str| {
        json!({ "type": "modify", "obj": "owner", "obj_type": "folder", "obj_id": 1, "obj_to_type": "google",
            "obj_to_login": login })
    };
    let given = app.key().op(give("someone@example.org")).await;
    assert_eq!(
        (&given["proc"], &given["owner_login"]),
        (&json!("ok"), &json!("someone@example.org")),
        "{given}"
    );
    assert_eq!(app.key().op(give("12345")).await["owner_login"], "12345");
    for nobody in ["nobody@example.org", "012345", "12345x"] {
        let text = format!("Object user with id {nobody} does not exist");
        assert_eq!(app.key().op(give(nobody)).await["description"], *text);
    }
}
