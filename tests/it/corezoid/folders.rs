//! Listings, moves, shares, stars, searches.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{App, Identity, builder, seed};

const SEED: fn() -> Value = || {
    json!({
        "standin": 1,
        "corezoid": {
            "companies": [{ "id": "i1", "title": "First" }],
            "users": [
                { "id": 1, "title": "API key", "company": "i1", "keys": [{ "login": 12345, "secret": "secret" }] },
                { "id": 2, "title": "Second", "keys": [{ "login": 777, "secret": "other" }] },
            ],
            "folders": [
                { "id": 1, "title": "Beta", "company": "i1", "change_time": "2026-02-01T00:00:00Z" },
                { "id": 2, "title": "Inner", "folder": 1 },
                { "id": 3, "title": "alpha", "company": "i1", "change_time": "2026-02-03T00:00:00Z", "owner": 2 },
                { "id": 4, "title": "Personal" },
            ],
            "convs": [
                { "id": 10, "title": "Process", "folder": 1, "change_time": "2026-02-02T00:00:00Z",
                  "nodes": [{ "id": "n1", "draft": { "version": 5, "node": { "obj_type": 0 } } }] },
                { "id": 11, "title": "Diagram_1", "folder": 1, "conv_type": "state", "owner": 2, "description": null,
                  "shares": [{ "to": "user", "id": 1, "privs": [{ "type": "view", "list_obj": ["all"] }] }] },
                { "id": 12, "title": "Gone", "folder": 1, "status": "deleted" },
                { "id": 13, "title": "Deep", "folder": 2, "favorite_of": [1] },
            ],
            "dashboards": [{ "id": 20, "title": "Board", "folder": 1, "time_range": { "select": "online" } }],
        },
    })
};

async fn world() -> App {
    App::of(builder().seed(seed(SEED()))).await
}

/// What a listing names, in its order: `folder 1`.
async fn names(key: &Identity<'_>, more: Value) -> Vec<String> {
    let mut op = json!({ "type": "list", "obj": "folder", "obj_id": 1 });
    op.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let answer = key.op(op).await;
    assert_eq!(answer["proc"], "ok", "{answer}");
    let name = |item: &Value| {
        assert_eq!(item["obj"], item["obj_type"]);
        format!("{} {}", item["obj"].as_str().unwrap(), item["obj_id"])
    };
    answer["list"].as_array().unwrap().iter().map(name).collect()
}

#[tokio::test]
async fn a_listing_says_everything_about_its_objects() {
    let app = world().await;
    let answer = app.key().op(json!({ "type": "list", "obj": "folder", "obj_id": "1" })).await;
    let list = answer["list"].clone();
    let mut top = answer;
    top["list"] = json!(list.as_array().unwrap().len());
    assert_snapshot!(format!("{top}\n{}", lines(&list)));
}

#[tokio::test]
async fn the_root_of_each_company_is_its_own() {
    let app = world().await;
    let key = app.key();
    assert_eq!(names(&key, json!({ "obj_id": 0, "company_id": "i1" })).await, ["folder 1", "folder 3"]);
    assert_eq!(names(&key, json!({ "obj_id": 0 })).await, ["folder 4"]);
    assert_eq!(names(&key, json!({ "obj_id": 0, "company_id": null })).await, ["folder 4"]);
    assert_eq!(names(&key, json!({ "obj_id": 0, "company_id": "i2" })).await, Vec::<String>::new());
}

#[tokio::test]
async fn filters_keep_and_sorts_order() {
    let app = world().await;
    let key = app.key();
    for (more, expected) in [
        (json!({}), vec!["folder 2", "conv 10", "conv 11", "dashboard 20"]),
        (json!({ "filter": "folder" }), vec!["folder 2"]),
        (json!({ "filter": "conv" }), vec!["folder 2", "conv 10", "conv 11"]),
        (json!({ "filter": "conveyor" }), vec!["conv 10"]),
        (json!({ "filter": "dashboard" }), vec!["dashboard 20"]),
        (json!({ "filter": "instance" }), vec![]),
        (json!({ "filter": "my" }), vec!["folder 2", "conv 10", "dashboard 20"]),
        (json!({ "filter": "shared" }), vec!["conv 11"]),
        (json!({ "filter": "favorites" }), vec![]),
        (json!({ "filter": "deleted" }), vec!["conv 12"]),
        (json!({ "sort": "title" }), vec!["dashboard 20", "conv 11", "folder 2", "conv 10"]),
        (json!({ "sort": "name", "order": "desc" }), vec!["conv 10", "folder 2", "conv 11", "dashboard 20"]),
        (json!({ "sort": "date" }), vec!["conv 10", "folder 2", "conv 11", "dashboard 20"]),
        (json!({ "sort": "owner" }), vec!["folder 2", "conv 10", "dashboard 20", "conv 11"]),
        // Asked of the root, these look at the whole company.
        (json!({ "obj_id": 0, "company_id": "i1", "filter": "favorites" }), vec!["conv 13"]),
        (json!({ "obj_id": 0, "company_id": "i1", "filter": "deleted" }), vec!["conv 12"]),
        (json!({ "obj_id": 0, "company_id": "i1", "filter": "shared" }), vec!["conv 11"]),
        (
            json!({ "obj_id": 0, "company_id": "i1", "filter": "recent" }),
            vec!["folder 2", "conv 11", "conv 13", "dashboard 20", "folder 3", "conv 10", "folder 1"],
        ),
    ] {
        assert_eq!(names(&key, more.clone()).await, expected, "{more}");
    }
}

#[tokio::test]
async fn a_moved_object_lies_in_its_new_folder() {
    let app = world().await;
    let key = app.key();
    let move_to = |kind: &str, id: i64, to: i64| json!({ "type": "link", "obj": "folder", "obj_type": kind, "obj_id": id, "folder_id": to, "parent_id": 3 });
    // The old parent is what the client says, even if it is wrong.
    assert_snapshot!(key.op(move_to("conv", 10, 2)).await, @r#"{"id":"","proc":"ok","obj_type":"conv","obj_id":10,"obj_to_type":"folder","obj_to_id":2,"obj_to_title":"Inner","action_type":"move","from_folder":3,"to_folder":2,"from_folder_name":"alpha","to_folder_name":"Inner","user_id":1,"user_name":"API key"}"#);
    assert_eq!(names(&key, json!({ "obj_id": 2 })).await, ["conv 10", "conv 13"]);
    let home =
        json!({ "type": "link", "obj": "folder", "obj_type": "dashboard", "obj_id": "20", "folder_id": "0" });
    let answer = key.op(home).await;
    assert_eq!((&answer["from_folder"], &answer["from_folder_name"]), (&json!(1), &json!("Beta")));
    assert_eq!(answer["to_folder_name"], "Root folder");
    assert_eq!(key.op(json!({ "type": "show", "obj": "dashboard", "obj_id": 20 })).await["company_id"], "i1");
    assert_eq!(names(&key, json!({})).await, ["folder 2", "conv 11"]);
    // A folder takes what is in it along, into the other company too.
    key.op(move_to("folder", 1, 4)).await;
    for (kind, id) in [("folder", 1), ("folder", 2), ("conv", 11), ("conv", 12), ("conv", 13)] {
        let get =
            json!({ "type": "get", "obj": "object", "obj_type": kind, "obj_id": id, "is_deleted": true });
        assert_eq!(key.op(get).await["company_id"], Value::Null, "{kind} {id}");
    }
    let item = key.op(json!({ "type": "list", "obj": "folder", "obj_id": 4 })).await["list"][0].clone();
    assert_eq!((&item["obj_id"], &item["childs"], &item["size"]), (&json!(1), &json!(1), &json!(2)));
}

#[tokio::test]
async fn impossible_moves_change_nothing() {
    let app = world().await;
    let before = app.state().await;
    let link = |more: Value| {
        let mut op = json!({ "type": "link", "obj": "folder" });
        op.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        op
    };
    let answers = app
        .key()
        .ops(json!([
            link(json!({ "obj_type": "folder", "obj_id": 1, "folder_id": 2 })),
            link(json!({ "obj_type": "folder", "obj_id": 1, "folder_id": 1 })),
            link(json!({ "obj_type": "conv", "obj_id": 10, "folder_id": 99 })),
            link(json!({ "obj_type": "conv", "obj_id": 99, "folder_id": 1 })),
            link(json!({ "obj_type": "conv", "obj_id": 12, "folder_id": 2 })),
            link(json!({ "obj_type": "conv", "obj_id": 10 })),
            link(json!({ "obj_id": 10, "folder_id": 1 })),
            link(json!({ "obj_type": "project", "obj_id": 10, "folder_id": 1 })),
        ]))
        .await;
    assert_snapshot!(lines(&answers.json()["ops"]));
    assert_eq!(app.state().await, before);
}

fn lines(answers: &Value) -> String {
    answers.as_array().unwrap().iter().map(|answer| format!("{answer}\n")).collect()
}

#[tokio::test]
async fn shares_are_given_listed_and_taken_back() {
    let app = world().await;
    let key = app.key();
    let view = json!([{ "type": "view", "list_obj": ["all"] }]);
    let package = json!([
        { "id": 1, "type": "link", "obj": "folder", "obj_id": 1, "obj_to": "user", "obj_to_id": 2, "privs": view },
        { "id": 2, "type": "list", "obj": "folder", "obj_id": 1, "list_obj": "group" },
        { "id": 3, "type": "link", "obj": "folder", "obj_id": 1, "obj_to": "user", "obj_to_id": "2", "privs": [] },
        { "id": 4, "type": "list", "obj": "folder", "obj_id": 1, "list_obj": "group" },
        { "id": 5, "type": "link", "obj": "conv", "obj_id": 10, "obj_to": "all", "privs": view },
        { "id": 6, "type": "link", "obj": "dashboard", "obj_id": 20, "obj_to": "user", "obj_to_id": 1, "privs": view },
        { "id": 7, "type": "list", "obj": "dashboard", "obj_id": 20, "list_obj": "group" },
        { "id": 8, "type": "link", "obj": "conv", "obj_id": 10, "obj_to": "user", "obj_to_id": 99, "privs": view },
        { "id": 9, "type": "link", "obj": "conv", "obj_id": 10, "obj_to": "group", "obj_to_id": 1, "privs": view },
        { "id": 10, "type": "link", "obj": "conv", "obj_id": 99, "obj_to": "user", "obj_to_id": 1, "privs": view },
        { "id": 11, "type": "link", "obj": "conv", "obj_id": 10, "obj_to": "user", "obj_to_id": 1 },
        { "id": 12, "type": "link", "obj": "conv", "obj_id": 10, "obj_to": "user", "obj_to_id": 1, "privs": ["view"] },
    ]);
    assert_snapshot!(lines(&key.ops(package).await.json()["ops"]));
}

#[tokio::test]
async fn a_star_is_the_callers_own() {
    let app = world().await;
    let star = |id: i64, on: bool| json!({ "type": "favorite", "obj": "conv", "obj_id": id, "favorite": on });
    assert_snapshot!(app.key().op(star(10, true)).await, @r#"{"id":"","proc":"ok","obj":"conv","obj_id":10}"#);
    app.key().op(star(13, false)).await;
    let favorites = json!({ "obj_id": 0, "company_id": "i1", "filter": "favorites" });
    assert_eq!(names(&app.key(), favorites.clone()).await, ["conv 10"]);
    let second = app.key_of(777, "other");
    assert_eq!(names(&second, favorites).await, Vec::<String>::new());
    assert_eq!(app.key().op(star(99, true)).await["proc"], "obj_id_not_found");
    app.key().op(json!({ "type": "favorite", "obj": "folder", "obj_id": 1, "favorite": "true" })).await;
    app.key().op(json!({ "type": "favorite", "obj": "dashboard", "obj_id": 20, "favorite": true })).await;
    let favorites = json!({ "obj_id": 0, "company_id": "i1", "filter": "favorites" });
    assert_eq!(names(&app.key(), favorites).await, ["folder 1", "conv 10", "dashboard 20"]);
}

#[tokio::test]
async fn searches_look_at_title_description_and_id() {
    let app = world().await;
    let found = async |obj: &str, more: Value| {
        let mut op = json!({ "type": "list", "obj": obj, "company_id": "i1" });
        op.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = app.key().op(op).await;
        let ids = answer["list"].as_array().unwrap().iter().map(|item| item["obj_id"].as_i64().unwrap());
        ids.collect::<Vec<_>>()
    };
    assert_eq!(found("convs", json!({})).await, [10, 11, 13]);
    assert_eq!(found("convs", json!({ "pattern": "PROC" })).await, [10]);
    assert_eq!(found("convs", json!({ "pattern": "m_1" })).await, [11]);
    assert_eq!(found("convs", json!({ "pattern": "o_e" })).await, Vec::<i64>::new());
    assert_eq!(found("convs", json!({ "pattern": 13 })).await, [13]);
    assert_eq!(found("convs", json!({ "obj_type": "state" })).await, [11]);
    assert_eq!(found("convs", json!({ "owner_id": 1, "limit": 1 })).await, [10]);
    assert_eq!(found("dashboards", json!({ "pattern": "oar" })).await, [20]);
    let answer = app
        .key()
        .ops(json!([
            { "type": "list", "obj": "convs", "company_id": "i1", "pattern": "Process" },
            { "type": "list", "obj": "dashboards", "company_id": "i1" },
        ]))
        .await;
    assert_snapshot!(lines(&answer.json()["ops"]));
}

#[tokio::test]
async fn a_tree_is_walked_by_branch_and_path() {
    let app = world().await;
    let package = json!([
        { "type": "list", "obj": "folder_branch", "obj_id": 1 },
        { "type": "list", "obj": "folder_branch", "obj_id": 0 },
        { "type": "list", "obj": "path_to_folder", "obj_id": 2 },
        { "type": "list", "obj": "path_to_folder", "obj_id": 0 },
        { "type": "list", "obj": "path_to_folder", "obj_id": 99 },
    ]);
    assert_snapshot!(lines(&app.key().ops(package).await.json()["ops"]));
}
