//! Aliases: names for processes, and what they are good for (sheet corezoid/api 2.7, 2.8).

use axum::body::Body;
use axum::http::Request;
use insta::assert_snapshot;
use serde_json::{Value, json};

use super::projects::{document, op, told};
use crate::support::{App, builder, seed};

/// The projects of [`document`] with start nodes, and aliases: 1 of the stage develop, 2 of the company, 3 in the trash,
/// 4 of the project.
fn aliased() -> Value {
    let mut document = document();
    let part = &mut document["corezoid"];
    part["convs"][0]["nodes"] = json!([{ "id": "s1", "live": { "obj_type": 1 } }]);
    part["convs"][3]["nodes"] = json!([{ "id": "s4", "live": { "obj_type": 1 } }]);
    part["aliases"] = json!([
        { "id": 1, "folder": 3, "title": "Pay", "short_name": "pay", "conv": 1,
          "hash": "ce48cf53644b20ee6ce6e936f271a4f893a29298", "favorite_of": [1] },
        { "id": 2, "company": "i1", "title": "Far one", "short_name": "pay", "conv": 4, "description": null },
        { "id": 3, "folder": 3, "title": "Gone", "short_name": "pay", "status": "deleted" },
        { "id": 4, "folder": 1, "title": "All stages", "short_name": "all-stages",
          "change_time": "2026-03-01T00:00:00Z" },
    ]);
    document
}

async fn world() -> App {
    App::of(builder().seed(seed(aliased()))).await
}

#[tokio::test]
async fn an_alias_is_made_changed_linked_shown_and_listed() {
    let app = App::of(builder().seed(seed(document()))).await;
    let stage = |more: Value| {
        let mut all = json!({ "company_id": "i1", "project_id": 1, "stage_id": 3 });
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        all
    };
    let package = [
        op(
            "create",
            "alias",
            &stage(json!({ "title": "Оплата", "short_name": "pay", "description": "test alias" })),
        ),
        op("show", "alias", &json!({ "obj_id": 1, "company_id": "i1" })),
        op(
            "link",
            "alias",
            &json!({ "obj_id": 1, "obj_to_id": 1, "obj_to_type": "conv", "link": true, "company_id": "i1" }),
        ),
        op("show", "alias", &json!({ "obj_id": "1" })),
        op("modify", "alias", &stage(json!({ "obj_id": 1, "short_name": "pay-2" }))),
        op(
            "modify",
            "alias",
            &json!({ "obj_id": 1, "short_name": "pay-2", "title": "Pay", "description": null }),
        ),
        // As the official client makes one: linked at once.
        op(
            "create",
            "alias",
            &stage(
                json!({ "title": "notify", "short_name": "notify", "obj_to_id": 2, "obj_to_type": "conv" }),
            ),
        ),
        op(
            "create",
            "alias",
            &json!({ "title": "Company's", "short_name": "notify", "company_id": "i1", "obj_to_id": 4 }),
        ),
        op("create", "alias", &json!({ "title": "Personal", "short_name": "notify", "company_id": null })),
        op("favorite", "alias", &json!({ "obj_id": 2, "favorite": true, "company_id": "i1" })),
        op("list", "aliases", &stage(json!({ "id": "i1", "sort": "title", "order": "asc" }))),
        op("list", "aliases", &json!({ "company_id": "i1", "location": "folder" })),
        op("list", "aliases", &json!({})),
        op(
            "link",
            "alias",
            &json!({ "obj_id": 1, "obj_to_id": 1, "obj_to_type": "conv", "link": false, "company_id": "i1" }),
        ),
        op("show", "alias", &json!({ "obj_id": 1 })),
        op("get", "object", &json!({ "obj_type": "alias", "obj_id": 1 })),
    ];
    assert_snapshot!(told(&app, &package).await);
}

#[tokio::test]
async fn an_upsert_changes_what_is_there_and_makes_what_is_not() {
    let app = world().await;
    let package = [
        op("upsert", "alias", &json!({ "short_name": "pay", "title": "New", "company_id": "i1" })),
        op("show", "alias", &json!({ "obj_id": 2 })),
        op(
            "upsert",
            "alias",
            &json!({ "short_name": "fresh", "company_id": "i1", "obj_to_id": 4, "obj_to_type": "conv" }),
        ),
        op("show", "alias", &json!({ "obj_id": 5 })),
        op(
            "upsert",
            "alias",
            &json!({ "obj_id": 1, "short_name": "pay-2", "description": "By id", "obj_to_id": 2 }),
        ),
        op("show", "alias", &json!({ "obj_id": 1 })),
        op("upsert", "alias", &json!({ "obj_id": 404, "short_name": "made", "company_id": "i1" })),
        op("upsert", "alias", &json!({ "obj_id": 2, "short_name": "fresh", "company_id": "i1" })),
        // By id, to a process elsewhere: refused, and the new name does not stay either.
        op("upsert", "alias", &json!({ "obj_id": 1, "short_name": "pay-3", "obj_to_id": 4 })),
        op("list", "aliases", &json!({ "company_id": "i1", "sort": "short_name", "order": "asc" })),
    ];
    assert_snapshot!(told(&app, &package).await);
}

#[tokio::test]
async fn aliases_are_found_by_place_process_owner_name_star_and_trash() {
    let app = world().await;
    let ids = async |more: Value| {
        let answer = app.key().op(op("list", "aliases", &more)).await;
        answer["list"]
            .as_array()
            .map(|list| list.iter().map(|line| line["obj_id"].as_i64().unwrap()).collect())
    };
    let found: [(Value, &[i64]); 16] = [
        (json!({ "company_id": "i1" }), &[4, 1, 2]),
        (json!({ "company_id": "i1", "order": "asc" }), &[1, 2, 4]),
        (json!({ "company_id": "i1", "location": "folder" }), &[2]),
        (json!({ "company_id": "i1", "location": "stage" }), &[4, 1]),
        (json!({ "company_id": "i1", "project_id": 1, "location": "project" }), &[4, 1]),
        (json!({ "company_id": "i1", "project_id": 1, "stage_id": 3, "location": "stage" }), &[1]),
        (json!({ "company_id": "i1", "project_short_name": "test", "stage_short_name": "develop" }), &[1]),
        (json!({ "company_id": "i1", "project_id": 1, "stage_id": 2 }), &[]),
        (json!({ "company_id": "i1", "conv_id": 4 }), &[2]),
        (json!({ "company_id": "i1", "owner_id": 2 }), &[]),
        (json!({ "company_id": "i1", "pattern": "all" }), &[4]),
        (json!({ "company_id": "i1", "pattern": "stages" }), &[]),
        (json!({ "company_id": "i1", "filter": "favorites" }), &[1]),
        (json!({ "company_id": "i1", "filter": "deleted" }), &[3]),
        (json!({ "company_id": "i1", "sort": "obj_to_id", "order": "asc" }), &[4, 1, 2]),
        (json!({ "company_id": null }), &[]),
    ];
    for (asked, expected) in found {
        let answer: Option<Vec<i64>> = ids(asked.clone()).await;
        assert_eq!(answer.as_deref(), Some(expected), "{asked}");
    }
    // What its stage takes into the trash is hidden with it.
    assert_eq!(app.key().op(op("delete", "stage", &json!({ "obj_id": 3 }))).await["proc"], "ok");
    assert_eq!(ids(json!({ "company_id": "i1", "order": "asc" })).await, Some(vec![2, 4]));
    let show = op("show", "alias", &json!({ "obj_id": 1 }));
    assert_eq!(app.key().op(show.clone()).await["proc"], "obj_id_not_found");
    assert_eq!(app.key().op(op("restore", "stage", &json!({ "obj_id": 3 }))).await["proc"], "ok");
    assert_eq!(app.key().op(show).await["proc"], "ok");
}

#[tokio::test]
async fn an_alias_goes_to_the_trash_comes_back_and_goes_for_good() {
    let app = world().await;
    let package = [
        op("restore", "alias", &json!({ "obj_id": 3, "company_id": "i1" })),
        op("delete", "alias", &json!({ "obj_id": 1, "company_id": "i1" })),
        op("delete", "alias", &json!({ "obj_id": 1 })),
        op("show", "alias", &json!({ "obj_id": 1 })),
        // The name is free.
        op("restore", "alias", &json!({ "obj_id": 3 })),
        op("show", "alias", &json!({ "obj_id": 3 })),
        op("restore", "alias", &json!({ "obj_id": 1 })),
        op("destroy", "alias", &json!({ "obj_id": 3 })),
        op("destroy", "alias", &json!({ "obj_id": 1 })),
        op("list", "aliases", &json!({ "company_id": "i1", "filter": "deleted" })),
        // A process that goes for good leaves its alias without one.
        op("delete", "conv", &json!({ "obj_id": 4 })),
        op("show", "alias", &json!({ "obj_id": 2 })),
        op("destroy", "conv", &json!({ "obj_id": 4 })),
        op("show", "alias", &json!({ "obj_id": 2 })),
    ];
    assert_snapshot!(told(&app, &package).await);
}

#[tokio::test]
async fn mistakes_about_aliases_have_words_of_their_own_and_change_nothing() {
    let app = world().await;
    let before = app.state().await;
    let named = |more: Value| {
        let mut all = json!({ "title": "Other", "short_name": "other", "company_id": "i1" });
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        all
    };
    let create = |more: Value| op("create", "alias", &named(more));
    let link = |alias: i64, conv: i64| {
        op(
            "link",
            "alias",
            &json!({ "obj_id": alias, "obj_to_id": conv, "obj_to_type": "conv", "link": true }),
        )
    };
    let package = [
        create(json!({ "short_name": "pay", "stage_id": 3 })),
        create(json!({ "short_name": "pay" })),
        create(json!({ "short_name": "Pay" })),
        create(json!({ "title": "ab" })),
        create(json!({ "company_id": "" })),
        create(json!({ "stage_id": 404 })),
        create(json!({ "stage_id": 2 })),
        create(json!({ "obj_to_id": 404, "obj_to_type": "conv" })),
        create(json!({ "obj_to_id": 4, "stage_id": 3 })),
        create(json!({ "obj_to_id": 1, "obj_to_type": "dashboard" })),
        op("modify", "alias", &json!({ "obj_id": 1, "title": "Other" })),
        op("modify", "alias", &json!({ "obj_id": 404, "short_name": "other" })),
        op("modify", "alias", &json!({ "obj_id": 3, "short_name": "other" })),
        op("modify", "alias", &json!({ "obj_id": 1, "short_name": "other", "stage_id": 2 })),
        link(404, 1),
        link(1, 404),
        link(1, 4),
        link(4, 4),
        op("favorite", "alias", &json!({ "obj_id": 3, "favorite": true })),
        op("list", "aliases", &json!({ "pattern": "ab" })),
        op("list", "aliases", &json!({ "project_id": 404 })),
        op("create", "callback_hash", &json!({ "alias_id": 404 })),
        op("get", "callback_hash", &json!({ "obj_type": "alias" })),
        op("get", "callback_hash", &json!({})),
        op("create", "task", &json!({ "obj_alias": "nobody", "company_id": "i1", "data": {} })),
        op("create", "task", &json!({ "obj_alias": "all-stages", "project_id": 1, "data": {} })),
        op("create", "task", &json!({ "obj_alias": 5, "data": {} })),
        op("create", "task", &json!({ "data": {} })),
    ];
    assert_snapshot!(told(&app, &package).await);
    assert_eq!(app.state().await, before);
}

#[tokio::test]
async fn a_task_is_made_changed_shown_and_deleted_by_the_alias_of_its_process() {
    let app = world().await;
    let stage = json!({ "obj_alias": "pay", "project_id": 1, "stage_id": 3, "ref": "a", "data": { "n": 1 } });
    let company = json!({ "obj_alias": "pay", "company_id": "i1", "ref": "b", "data": {} });
    let package = [
        op("create", "task", &stage),
        op("create", "task", &company),
        op("modify", "task", &json!({ "obj_alias": "pay", "stage_id": 3, "ref": "a", "data": { "n": 2 } })),
        op("show", "task", &json!({ "conv_id": 1, "ref": "a" })),
        op("show", "task", &json!({ "obj_alias": "pay", "company_id": "i1", "ref": "b" })),
        // An id counts more than an alias.
        op("show", "task", &json!({ "conv_id": 4, "obj_alias": "nobody", "ref": "b" })),
    ];
    assert_snapshot!(told(&app, &package).await);
    let shown = app.key().op(op("show", "task", &json!({ "conv_id": 1, "ref": "a" }))).await;
    let delete = json!({ "obj_alias": "pay", "stage_id": 3, "obj_id": shown["obj_id"], "node_id": "s1" });
    assert_eq!(app.key().op(op("delete", "task", &delete)).await["proc"], "ok");
    assert_eq!(app.state().await["corezoid"]["convs"][0].get("tasks"), None);
}

#[tokio::test]
async fn nodes_are_edited_and_read_by_the_alias_of_their_process() {
    let app = world().await;
    let stage = |more: Value| {
        let mut all = json!({ "obj_alias": "pay", "project_id": 1, "stage_id": 3, "version": 5 });
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        all
    };
    let made = app.key().op(op("create", "node", &stage(json!({ "obj_type": 0, "title": "New" })))).await;
    let change = json!({ "obj_id": made["obj_id"], "obj_type": 0, "title": "Renamed", "logics": [] });
    let changed = app.key().op(op("modify", "node", &stage(change))).await;
    assert_eq!((&changed["proc"], &changed["conv_id"]), (&json!("ok"), &json!(1)), "{changed}");
    let listed = app.key().op(op("list", "node", &stage(json!({ "obj_id": "s1", "limit": 10 })))).await;
    assert_eq!((&listed["proc"], &listed["count"]), (&json!("ok"), &json!(0)), "{listed}");
    let deleted = app.key().op(op("delete", "node", &stage(json!({ "obj_id": "s1" })))).await;
    assert_eq!(deleted["proc"], "ok", "{deleted}");
    let commits = app.key().op(op("list", "conv", &json!({ "obj_id": 1 }))).await["commits"]["list"].clone();
    let names: Vec<&Value> = commits.as_array().unwrap().iter().map(|commit| &commit["name"]).collect();
    assert!(names.contains(&&json!("Renamed")) && names.len() == 2, "{commits}");
}

#[tokio::test]
async fn an_alias_has_a_direct_url_of_its_own() {
    let app = world().await;
    let hash = "ce48cf53644b20ee6ce6e936f271a4f893a29298";
    let post = async |path: &str| {
        let request = Request::post(path).body(Body::from("{\"a\":1}")).unwrap();
        app.send(request).await.expect(200).json()["ops"].clone()
    };
    let url = |name: &str, hash: &str| format!("/api/2/json/public/{name}/test/develop/i1/{hash}");
    let made = post(&url("@pay", hash)).await;
    let shown = app.key().op(op("show", "task", &json!({ "conv_id": 1, "obj_id": made["obj_id"] }))).await;
    assert_eq!(
        (&made["proc"], &made["ref"], &shown["data"]),
        (&json!("ok"), &Value::Null, &json!({ "a": 1 }))
    );
    assert_eq!(post(&url("%40pay", &hash.to_uppercase())).await["proc"], "ok");

    let own = json!({ "conv_id": 1 });
    let alias = json!({ "alias_id": 1, "obj_type": "alias", "company_id": "i1" });
    let package = [
        op("get", "callback_hash", &alias),
        op("create", "callback_hash", &json!({ "alias_id": 1, "company_id": "i1" })),
        op("get", "callback_hash", &json!({ "alias_id": 2, "obj_type": "alias" })),
        op("create", "callback_hash", &json!({ "alias_id": 2, "obj_type": "alias" })),
        op("modify", "callback_hash", &alias),
        op("delete", "callback_hash", &alias),
        op("get", "callback_hash", &alias),
        op("get", "callback_hash", &own),
    ];
    assert_snapshot!(told(&app, &package).await);
    for path in [
        url("@pay", hash),
        url("@nobody", hash),
        "/api/2/json/public/@pay/test/production/i1/".to_owned() + hash,
        "/api/2/json/public/@pay/test/develop/i2/".to_owned() + hash,
    ] {
        assert_eq!(
            post(&path).await,
            json!({ "proc": "error", "description": "hash is not valid" }),
            "{path}"
        );
    }
    // Without the sign it is no alias.
    let request = Request::post(url("pay", hash)).body(Body::empty()).unwrap();
    assert_eq!(app.send(request).await.status(), 405);
}

#[tokio::test]
async fn aliases_go_through_state_documents() {
    let app = world().await;
    let share = json!({ "obj_type": "alias", "obj_id": 1, "obj_to_id": 2, "save_src_privs": true });
    assert_eq!(app.key().op(op("modify", "owner", &share)).await["proc"], "ok");
    let first = app.state().await;
    assert_eq!(app.anonymous().put("/_standin/state", first.clone()).await.status(), 204);
    assert_eq!(app.state().await, first);
    assert_snapshot!(serde_json::to_string_pretty(&first["corezoid"]["aliases"]).unwrap());
    for (alias, place) in [
        (json!({ "id": 1, "folder": 5, "title": "abc", "short_name": "abc" }), "folder: no stage or project"),
        (
            json!({ "id": 1, "folder": 404, "title": "abc", "short_name": "abc" }),
            "folder: there is no folder 404",
        ),
        (json!({ "id": 1, "title": "abc", "short_name": "a_b" }), "short_name: 2 to 127"),
        (json!({ "id": 1, "title": "abc", "short_name": "abc", "conv": 404 }), "conv: there is no conv 404"),
        (json!({ "id": 1, "title": "abc", "short_name": "abc", "hash": "5" }), "hash: 40 hex digits"),
        (json!({ "id": 1, "title": "abc", "short_name": "abc", "owner": 9 }), "owner: there is no user 9"),
    ] {
        let mut document = document();
        document["corezoid"]["aliases"] = json!([alias]);
        let answer = app.anonymous().put("/_standin/state", document).await;
        assert!(
            answer.text().contains(&format!("corezoid.aliases[0].{place}")),
            "{place}\n{}",
            answer.text()
        );
    }
    let mut document = aliased();
    let twice = document["corezoid"]["aliases"][1].clone();
    document["corezoid"]["aliases"].as_array_mut().unwrap().push(twice);
    document["corezoid"]["aliases"][4]["id"] = json!(5);
    let answer = app.anonymous().put("/_standin/state", document).await;
    assert!(
        answer.text().contains("aliases[4].short_name: another has this short name"),
        "{}",
        answer.text()
    );
    assert_eq!(app.state().await, first);
}

#[tokio::test]
async fn what_a_deleted_user_owned_goes_to_its_heir() {
    let app = world().await;
    let give = json!({ "obj_type": "alias", "obj_id": 1, "obj_to_id": 2 });
    assert_eq!(app.key().op(op("modify", "owner", &give)).await["proc"], "ok");
    assert_eq!(app.key().op(op("delete", "user", &json!({ "obj_id": 2 }))).await["proc"], "ok");
    assert_eq!(app.key().op(op("show", "alias", &json!({ "obj_id": 1 }))).await["owner_id"], 1);
}
