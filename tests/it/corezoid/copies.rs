//! `obj_copy`: what is made, where, and what stands in the way.

use serde_json::{Value, json};

use crate::support::{App, builder, seed};

async fn app() -> App {
    let go = |to: &str| json!([{ "type": "go", "to_node_id": to }]);
    let document = json!({
        "standin": 1,
        "corezoid": {
            "companies": [{ "id": "i000000001", "title": "Demo company" }, { "id": "i000000002", "title": "Other" }],
            "users": [{ "id": 1, "title": "API key", "company": "i000000001", "keys": [{ "login": 12345, "secret": "secret" }] }],
            "folders": [
                { "id": 1, "company": "i000000001", "title": "From" },
                { "id": 2, "company": "i000000001", "title": "To" },
                { "id": 3, "company": "i000000002", "title": "Abroad" },
                { "id": 4, "folder": 1, "title": "Inner" },
            ],
            "convs": [
                { "id": 10, "folder": 1, "title": "Caller", "last_confirmed_version": 5, "nodes": [
                    { "id": "a1", "live": { "obj_type": 1, "title": "Start", "logics": go("a2") } },
                    { "id": "a2", "live": { "obj_type": 0, "title": "Call", "logics": [
                        { "type": "api_rpc", "conv_id": 11, "err_node_id": "a3" }, { "type": "go", "to_node_id": "a3" }] },
                      "draft": { "version": 6, "node": { "obj_type": 0, "title": "Waiting" } } },
                    { "id": "a3", "live": { "obj_type": 2, "title": "Final" } },
                ] },
                { "id": 11, "folder": 4, "title": "Called", "status": "paused", "conv_type": "state" },
            ],
            "dashboards": [{ "id": 20, "folder": 4, "title": "Board" }],
        },
    });
    App::of(builder().seed(seed(document))).await
}

async fn copy(app: &App, op: Value) -> Value {
    let answer = app.key().package("copy", &json!({ "ops": [op] }).to_string()).await.expect(200).json();
    assert_eq!(answer["request_proc"], "ok", "{answer}");
    answer["ops"][0].clone()
}

#[tokio::test]
async fn a_process_is_copied_as_it_is_deployed() {
    let app = app().await;
    let op = json!({ "obj": "obj_copy", "obj_type": "conv", "obj_id": 10, "obj_to_id": 2, "obj_to_type": "folder",
        "title": "Caller (Copy)", "ignore_errors": true, "async": false,
        "from_company_id": "i000000001", "to_company_id": "i000000001" });
    let answer = app.key().package("copy", &json!({ "ops": [op] }).to_string()).await;
    insta::assert_snapshot!(answer.print());
    let id = answer.json()["ops"][0]["scheme"][0]["obj_id"].clone();
    let scheme =
        app.key().op(json!({ "type": "get", "obj": "obj_scheme", "obj_type": "conv", "obj_id": id })).await;
    let nodes = &scheme["scheme"][0]["scheme"]["nodes"];
    assert_eq!(nodes[1]["title"], "Call", "drafts stay behind");
    assert_eq!(nodes[1]["condition"]["logics"][0]["conv_id"], 11, "what is not copied along is still called");
    assert_eq!(nodes[1]["condition"]["logics"][0]["err_node_id"], nodes[2]["id"]);
    assert_eq!(
        app.key().op(json!({ "type": "show", "obj": "conv", "obj_id": id })).await["parent_obj_id"],
        2
    );
}

#[tokio::test]
async fn a_folder_is_copied_with_all_that_is_in_it_and_points_into_itself() {
    let app = app().await;
    let op = json!({ "type": "create", "obj": "obj_copy", "obj_type": "folder", "obj_id": 1, "folder_id": 2, "title": "Second", "async": false });
    let answer = copy(&app, op).await;
    let made: Vec<_> =
        answer["scheme"].as_array().unwrap().iter().map(|made| (&made["obj_type"], &made["title"])).collect();
    let of = |kind: &str, title: &str| (json!(kind), json!(title));
    let expected = [
        of("folder", "Second"),
        of("folder", "Inner"),
        of("conv", "Called"),
        of("dashboard", "Board"),
        of("conv", "Caller"),
    ];
    assert_eq!(made, expected.iter().map(|(kind, title)| (kind, title)).collect::<Vec<_>>());
    let (called, caller) = (&answer["scheme"][2], &answer["scheme"][4]);
    let scheme = app
        .key()
        .op(json!({ "type": "get", "obj": "obj_scheme", "obj_type": "conv", "obj_id": caller["obj_id"] }))
        .await;
    assert_eq!(
        scheme["scheme"][0]["scheme"]["nodes"][1]["condition"]["logics"][0]["conv_id"],
        called["obj_id"]
    );
    let shown = app.key().op(json!({ "type": "show", "obj": "conv", "obj_id": called["obj_id"] })).await;
    assert_eq!((&shown["status"], &shown["conv_type"]), (&json!("paused"), &json!("state")));
}

#[tokio::test]
async fn a_copy_that_nobody_waits_for_answers_a_hash_and_has_statistics() {
    let app = app().await;
    let op =
        json!({ "obj": "obj_copy", "obj_type": "folder", "obj_id": 1, "folder_id": 2, "title": "Second" });
    let answer = app.key().package("copy", &json!({ "ops": [op] }).to_string()).await;
    insta::assert_snapshot!(answer.print());
    let answer = answer.json()["ops"][0].clone();
    for id in [&answer["hash"], &answer["statistics_id"]] {
        let op = json!({ "type": "get", "obj": "statistics", "action": "copy", "obj_type": "obj_scheme", "id": id });
        let line = app.key().op(op).await["data"][0].clone();
        assert_eq!(
            (&line["ok"], &line["all"], &line["obj_type"], &line["obj_id"]),
            (&json!(5), &json!(5), &json!("folder"), &json!(1))
        );
    }
    let copy = App::of(builder().seed(seed(app.state().await))).await;
    assert_eq!(copy.state().await, app.state().await);
}

#[tokio::test]
async fn a_process_does_not_go_abroad_without_those_it_calls() {
    let app = app().await;
    let before = app.state().await;
    let op = |ignore: bool| json!({ "obj": "obj_copy", "obj_type": "conv", "obj_id": 10, "folder_id": 3, "title": "C", "async": false, "ignore_errors": ignore });
    let answer = app.key().package("copy", &json!({ "ops": [op(false)] }).to_string()).await;
    insta::assert_snapshot!(answer.text());
    assert_eq!(app.state().await, before);
    let made = copy(&app, op(true)).await["scheme"][0]["obj_id"].clone();
    let list = app.key().op(json!({ "type": "list", "obj": "conv", "obj_id": made })).await;
    assert_eq!((&list["list"], &list["company_id"]), (&json!([]), &json!("i000000002")));
    assert_eq!(list["commits"]["list"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn every_wrong_copy_has_its_own_words() {
    let app = app().await;
    let before = app.state().await;
    let mut said = String::new();
    for change in [
        json!({ "obj_id": null }),
        json!({ "obj_type": null }),
        json!({ "title": null }),
        json!({ "folder_id": null }),
        json!({ "obj_type": "alias" }),
        json!({ "obj_id": 99 }),
        json!({ "folder_id": 99 }),
        json!({ "obj_to_id": 2, "obj_to_type": "stage" }),
        json!({ "obj_to_id": 2, "obj_to_type": "project" }),
        json!({ "title": "x".repeat(256) }),
        json!({ "type": "modify" }),
    ] {
        let mut op = json!({ "obj": "obj_copy", "obj_type": "conv", "obj_id": 10, "folder_id": 2, "title": "C", "async": false });
        op.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let answer = copy(&app, op).await.to_string().replace(&"x".repeat(256), "x…");
        said += &format!("{}\n{answer}\n\n", change.to_string().replace(&"x".repeat(256), "x…"));
    }
    insta::assert_snapshot!(said);
    assert_eq!(app.state().await, before);
}
