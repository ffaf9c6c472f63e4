//! Drafts and deploys: what waits, what runs, what is refused, and the history.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{App, NOW, builder, seed};

async fn app() -> App {
    App::of(builder().seed(seed(json!({
        "standin": 1,
        "corezoid": {
            "folders": [{ "id": 1, "title": "Folder" }],
            "convs": [
                { "id": 1, "folder": 1, "title": "One", "create_time": "2020-01-01T00:00:00Z", "nodes": [
                    { "id": "old", "live": { "obj_type": 2, "title": "Old" } },
                ] },
                { "id": 2, "title": "Two", "nodes": [{ "id": "abroad", "live": { "obj_type": 2 } }] },
            ],
        },
    }))))
    .await
}

async fn create(app: &App, obj_type: i64, version: i64) -> String {
    let op =
        json!({ "type": "create", "obj": "node", "conv_id": 1, "obj_type": obj_type, "version": version });
    app.key().op(op).await["obj_id"].as_str().unwrap().to_owned()
}

fn modify(id: &str, obj_type: i64, version: i64, fields: &Value) -> Value {
    let mut op = json!({
        "type": "modify", "obj": "node", "conv_id": 1, "obj_id": id, "obj_type": obj_type, "version": version,
    });
    op.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    op
}

fn confirm(version: i64) -> Value {
    json!({ "type": "confirm", "obj": "commit", "conv_id": 1, "version": version })
}

async fn list(app: &App) -> Value {
    app.key().op(json!({ "type": "list", "obj": "conv", "obj_id": 1 })).await
}

#[tokio::test]
async fn drafts_wait_for_their_own_version() {
    let app = app().await;
    let check = json!({ "type": "check", "obj": "obj_scheme", "obj_id": 1, "obj_type": "folder" });
    assert_eq!(app.key().op(check.clone()).await.to_string(), r#"{"id":"","proc":"ok","obj":"obj_scheme"}"#);
    let created = create(&app, 0, 20).await;
    app.key().op(modify("old", 2, 10, &json!({ "title": "New" }))).await;
    let waiting = list(&app).await;
    assert_eq!(waiting["commits"]["version"], 10, "the oldest of the waiting versions");
    assert_eq!(waiting["list"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&waiting["list"][0]["title"], &waiting["last_confirmed_version"]),
        (&json!("Old"), &json!(0))
    );
    assert_eq!(
        app.key().op(check.clone()).await.to_string(),
        r#"{"id":"","proc":"error","description":"The process with ID 1 has an uncommitted version"}"#
    );
    // Nothing waits under 30: ok, and nothing happens.
    let before = app.state().await;
    assert_eq!(app.key().op(confirm(30)).await["proc"], "ok");
    assert_eq!(app.state().await, before);

    assert_eq!(app.key().op(confirm(10)).await["proc"], "ok");
    let after = list(&app).await;
    assert_eq!((&after["list"][0]["title"], &after["commits"]["version"]), (&json!("New"), &json!(20)));
    assert_eq!(after["change_time"], NOW.seconds(), "a deploy moves the change time");
    assert_eq!(after["last_confirmed_version"], 10);
    assert_eq!(app.key().op(confirm(20)).await["proc"], "ok");
    let after = list(&app).await;
    assert_eq!(after["list"][1]["obj_id"], created);
    assert_eq!((&after["commits"]["version"], &after["commits"]["list"]), (&json!(0), &json!([])));
    assert_eq!(app.key().op(check).await["proc"], "ok");
}

#[tokio::test]
async fn the_last_writer_of_a_node_wins_whatever_the_version() {
    let app = app().await;
    app.key().op(modify("old", 2, 10, &json!({ "title": "Ten" }))).await;
    app.key().op(modify("old", 2, 20, &json!({ "title": "Twenty" }))).await;
    app.key().op(confirm(10)).await;
    assert_eq!(list(&app).await["list"][0]["title"], "Old");
    app.key().op(confirm(20)).await;
    assert_eq!(list(&app).await["list"][0]["title"], "Twenty");
}

#[tokio::test]
async fn a_draft_does_not_move_the_change_time() {
    let app = app().await;
    let before = list(&app).await["change_time"].clone();
    create(&app, 0, 10).await;
    assert_eq!(list(&app).await["change_time"], before);
}

#[tokio::test]
async fn a_deleted_node_stays_live_until_the_deploy() {
    let app = app().await;
    let delete = json!({ "type": "delete", "obj": "node", "conv_id": 1, "obj_id": "old", "version": 10 });
    assert_eq!(
        app.key().op(delete.clone()).await.to_string(),
        r#"{"id":"","proc":"ok","obj":"conv","obj_id":"old"}"#
    );
    let waiting = list(&app).await;
    assert_eq!(waiting["list"][0]["obj_id"], "old");
    assert_eq!(
        (&waiting["commits"]["list"][0]["status"], &waiting["commits"]["version"]),
        (&json!("deleted"), &json!(10))
    );
    // For whoever edits, it is gone already.
    assert_eq!(app.key().op(delete).await["proc"], "obj_id_not_found");
    assert_eq!(app.key().op(modify("old", 2, 10, &json!({}))).await["proc"], "obj_id_not_found");
    app.key().op(confirm(10)).await;
    assert_eq!(list(&app).await["list"], json!([]));
}

#[tokio::test]
async fn deleting_a_commit_drops_its_drafts_only() {
    let app = app().await;
    let before = app.state().await;
    for drop in [
        json!({ "type": "delete", "obj": "commits", "conv_id": 1, "version": 10 }),
        json!({ "type": "delete", "obj": "commit", "obj_id": 1, "obj_type": "conv", "version": 10 }),
        json!({ "type": "delete", "obj": "commit", "obj_id": 1, "obj_type": "folder", "version": 10 }),
    ] {
        create(&app, 0, 10).await;
        app.key()
            .op(json!({ "type": "delete", "obj": "node", "conv_id": 1, "obj_id": "old", "version": 10 }))
            .await;
        let other = create(&app, 0, 20).await;
        assert_eq!(app.key().op(drop.clone()).await["proc"], "ok");
        let left = list(&app).await;
        assert_eq!(left["commits"]["version"], 20, "{drop}");
        assert_eq!(left["commits"]["list"].as_array().unwrap().len(), 1);
        assert_eq!(left["commits"]["list"][0]["obj_id"], other);
        app.key().op(json!({ "type": "delete", "obj": "commits", "conv_id": 1 })).await;
        assert_eq!(app.state().await, before, "{drop}");
    }
    let drop = json!({ "type": "delete", "obj": "commit", "obj_id": 1, "obj_type": "conv", "version": 5 });
    assert_eq!(
        app.key().op(drop).await.to_string(),
        r#"{"id":"","proc":"ok","obj_id":1,"obj_type":"conv","version":5}"#
    );
}

#[tokio::test]
async fn a_broken_graph_is_not_deployed_and_every_mistake_is_named() {
    // The third and fourth: sheet corezoid/engine 10, cases 32 and 126.
    let app = app().await;
    let node = create(&app, 0, 10).await;
    for (fields, texts) in [
        (
            json!({ "logics": [{ "type": "go", "to_node_id": "gone" }] }),
            vec!["referenced node does not exist"],
        ),
        (
            json!({ "logics": [{ "type": "go", "to_node_id": "abroad" }] }),
            vec!["referenced node does not exist"],
        ),
        (
            json!({ "logics": [{ "type": "set_param", "extra": {}, "extra_type": {} }] }),
            vec!["Node must always have a logic with type go at the end"],
        ),
        (
            json!({ "semaphors": [{ "type": "time", "value": 15, "dimension": "sec", "to_node_id": "old" }] }),
            vec!["Key 'value'. 'Timer value 15 sec is less than minimum limit 30 sec'"],
        ),
        (
            json!({ "logics": [{ "type": "go_if_const" }, { "type": "go", "to_node_id": "old" }] }),
            vec!["Key 'to_node_id' is required", "Key 'conditions' is required"],
        ),
    ] {
        assert_eq!(app.key().op(modify(&node, 0, 10, &fields)).await["proc"], "ok");
        let before = app.state().await;
        assert_eq!(
            app.key().op(confirm(10)).await.to_string(),
            json!({ "id": "", "proc": "error", "errors": { &node: texts } }).to_string()
        );
        assert_eq!(app.state().await, before);
    }
    // A link out of a node that nobody touched breaks when its target goes.
    app.key().op(modify(&node, 0, 10, &json!({ "logics": [{ "type": "go", "to_node_id": "old" }] }))).await;
    assert_eq!(app.key().op(confirm(10)).await["proc"], "ok");
    app.key()
        .op(json!({ "type": "delete", "obj": "node", "conv_id": 1, "obj_id": "old", "version": 11 }))
        .await;
    let answer = app.key().op(confirm(11)).await;
    assert_eq!(answer["errors"], json!({ &node: ["referenced node does not exist"] }));
}

#[tokio::test]
async fn a_deploy_looks_at_its_own_version_only() {
    let app = app().await;
    let broken = create(&app, 0, 20).await;
    app.key()
        .op(modify(&broken, 0, 20, &json!({ "logics": [{ "type": "go", "to_node_id": "gone" }] })))
        .await;
    app.key().op(modify("old", 2, 10, &json!({ "title": "New" }))).await;
    assert_eq!(
        app.key().op(confirm(10)).await["proc"],
        "ok",
        "a broken draft of another version is no hindrance"
    );
    // And a node that only another version makes is not there to be linked to.
    let linked = create(&app, 0, 11).await;
    app.key()
        .op(modify(&linked, 0, 11, &json!({ "logics": [{ "type": "go", "to_node_id": broken }] })))
        .await;
    let answer = app.key().op(confirm(11)).await;
    assert_eq!(answer["errors"], json!({ &linked: ["referenced node does not exist"] }));
}

#[tokio::test]
async fn two_start_nodes_are_not_deployed() {
    let app = app().await;
    let first = create(&app, 1, 10).await;
    app.key().op(confirm(10)).await;
    app.key()
        .op(json!({ "type": "delete", "obj": "node", "conv_id": 1, "obj_id": first, "version": 11 }))
        .await;
    let second = create(&app, 1, 12).await;
    let text = "Process must have only one start node";
    assert_eq!(app.key().op(confirm(12)).await["errors"], json!({ &first: [text], &second: [text] }));
    assert_eq!(app.key().op(confirm(11)).await["proc"], "ok");
    assert_eq!(app.key().op(confirm(12)).await["proc"], "ok");
}

#[tokio::test]
async fn the_history_tells_what_each_version_changed() {
    let app = app().await;
    let show = json!({ "type": "show", "obj": "commit", "obj_id": 1, "obj_type": "conv", "version": 10 });
    assert_eq!(
        app.key().op(show.clone()).await.to_string(),
        r#"{"id":"","proc":"ok","obj":"commit","list":[]}"#
    );
    app.key().op(modify("old", 2, 10, &json!({ "title": "New", "extra": { "icon": "error" } }))).await;
    let expected = format!(
        concat!(
            r#"{{"id":"","proc":"ok","obj":"commit","list":[{{"obj_id":"old","obj_type":2,"title":"New","description":"","#,
            r#""logics":[],"semaphors":[],"position":[0,0],"extra":"{{\"icon\":\"error\"}}","status":1,"conv_id":1,"#,
            r#""user_id":1,"create_time":{}}}]}}"#
        ),
        NOW.seconds()
    );
    assert_eq!(app.key().op(show.clone()).await.to_string(), expected, "while it waits");
    app.key().op(confirm(10)).await;
    assert_eq!(app.key().op(show).await.to_string(), expected, "and after");
    app.key()
        .op(json!({ "type": "delete", "obj": "node", "conv_id": 1, "obj_id": "old", "version": 11 }))
        .await;
    app.key().op(confirm(11)).await;
    let removed = app.key().op(json!({ "type": "show", "obj": "commit", "conv_id": 1, "version": 11 })).await;
    assert_eq!((&removed["list"][0]["status"], &removed["list"][0]["title"]), (&json!(3), &json!("New")));
    assert_eq!(
        app.key().op(json!({ "type": "list", "obj": "commits", "conv_id": 1 })).await["list"],
        json!([
            { "conv_id": 1, "version": 11, "create_time": NOW.seconds(), "user_id": 1 },
            { "conv_id": 1, "version": 10, "create_time": NOW.seconds(), "user_id": 1 },
        ])
    );
}

#[tokio::test]
async fn a_process_lists_everything_a_client_reads() {
    let app = app().await;
    create(&app, 3, 10).await;
    insta::assert_snapshot!(
        app.key().ops(json!([{ "type": "list", "obj": "conv", "obj_id": "1" }])).await.print()
    );
    // With `list_obj` it lists whom the process is shared with; the owner is none of them.
    let list = json!({ "type": "list", "obj": "conv", "obj_id": 1, "list_obj": "group" });
    assert_eq!(app.key().op(list.clone()).await["list"], json!([]));
    let privs = json!([{ "type": "view", "list_obj": ["all"] }]);
    let link = json!({ "type": "link", "obj": "conv", "obj_id": 1, "obj_to": "user", "obj_to_id": 1, "privs": privs });
    app.key().op(link).await;
    let shares = app.key().op(list).await;
    assert_eq!(
        (&shares["list_obj"], &shares["list"][0]["obj"], &shares["list"][0]["title"]),
        (&json!("group"), &json!("user"), &json!("API key"))
    );
}

/// One step of a random life.
#[derive(Debug, Clone)]
enum Step {
    Create { version: i64 },
    Modify { node: usize, version: i64, title: u8 },
    Delete { node: usize, version: i64 },
    Confirm { version: i64 },
    Drop { version: i64 },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let version = 1..4_i64;
    let step = prop_oneof![
        version.clone().prop_map(|version| Step::Create { version }),
        (0..6_usize, version.clone(), any::<u8>()).prop_map(|(node, version, title)| Step::Modify {
            node,
            version,
            title
        }),
        (0..6_usize, version.clone()).prop_map(|(node, version)| Step::Delete { node, version }),
        version.clone().prop_map(|version| Step::Confirm { version }),
        version.prop_map(|version| Step::Drop { version }),
    ];
    proptest::collection::vec(step, 1..30)
}

/// What a node is, in as few words as possible: the live title, and the waiting version with its title (none: removal).
#[derive(Debug, Default, Clone, PartialEq)]
struct Model {
    live: Option<String>,
    draft: Option<(i64, Option<String>)>,
}

/// Plays the steps on the server and on the model, and compares what both show after each.
async fn play(steps: Vec<Step>) {
    let app = app().await;
    app.key()
        .op(json!({ "type": "delete", "obj": "node", "conv_id": 1, "obj_id": "old", "version": 1 }))
        .await;
    app.key().op(confirm(1)).await;
    let mut model = BTreeMap::<usize, (String, Model)>::new();
    let mut made = 0;
    for step in steps {
        match &step {
            Step::Create { version } => {
                let id = create(&app, 0, *version).await;
                model.insert(made, (id, Model { live: None, draft: Some((*version, Some(String::new()))) }));
                made += 1;
            }
            Step::Modify { node, version, title } => {
                let Some((id, state)) = model.get_mut(node) else { continue };
                let title = format!("title {title}");
                let answer = app.key().op(modify(id, 0, *version, &json!({ "title": title }))).await;
                let there = !matches!(state.draft, Some((_, None)));
                assert_eq!(answer["proc"] == "ok", there, "{step:?} {answer}");
                if there {
                    state.draft = Some((*version, Some(title)));
                }
            }
            Step::Delete { node, version } => {
                let Some((id, state)) = model.get_mut(node) else { continue };
                let op = json!({ "type": "delete", "obj": "node", "conv_id": 1, "obj_id": id, "version": version });
                let there = !matches!(state.draft, Some((_, None)));
                assert_eq!(app.key().op(op).await["proc"] == "ok", there, "{step:?}");
                if there {
                    state.draft = Some((*version, None));
                }
            }
            Step::Confirm { version } => {
                assert_eq!(app.key().op(confirm(*version)).await["proc"], "ok");
                for (_, state) in model.values_mut() {
                    if state.draft.as_ref().is_some_and(|(waiting, _)| waiting == version) {
                        state.live = state.draft.take().and_then(|(_, title)| title);
                    }
                }
            }
            Step::Drop { version } => {
                let op = json!({ "type": "delete", "obj": "commits", "conv_id": 1, "version": version });
                assert_eq!(app.key().op(op).await["proc"], "ok");
                for (_, state) in model.values_mut() {
                    if state.draft.as_ref().is_some_and(|(waiting, _)| waiting == version) {
                        state.draft = None;
                    }
                }
            }
        }
        // A node that neither runs nor waits is no node.
        model.retain(|_, (_, state)| state.live.is_some() || matches!(state.draft, Some((_, Some(_)))));
        let shown = list(&app).await;
        let pairs = |list: &Value, title: &str| -> Vec<(String, Value)> {
            let items = list.as_array().unwrap().iter();
            items.map(|node| (node["obj_id"].as_str().unwrap().to_owned(), node[title].clone())).collect()
        };
        let live: Vec<_> = model
            .values()
            .filter_map(|(id, state)| Some((id.clone(), json!(state.live.as_ref()?))))
            .collect();
        assert_eq!(pairs(&shown["list"], "title"), live, "{step:?}");
        let waiting: Vec<_> = model
            .values()
            .filter_map(|(id, state)| {
                let (_, title) = state.draft.as_ref()?;
                Some((id.clone(), json!(if title.is_some() { "actived" } else { "deleted" })))
            })
            .collect();
        assert_eq!(pairs(&shown["commits"]["list"], "status"), waiting, "{step:?}");
        let oldest = model.values().filter_map(|(_, state)| Some(state.draft.as_ref()?.0)).min();
        assert_eq!(shown["commits"]["version"], json!(oldest.unwrap_or(0)), "{step:?}");
    }
    // What is left travels: a world made from the export exports the same.
    let state = app.state().await;
    let copy = App::of(builder().seed(seed(state.clone()))).await;
    assert_eq!(copy.state().await, state);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn live_and_draft_follow_a_small_model(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(play(steps));
    }
}
