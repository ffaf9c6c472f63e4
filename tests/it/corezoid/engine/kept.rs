//! What a state document keeps of tasks on their way, beside the tasks themselves.

use serde_json::{Value, json};

use super::{Convs, control, create, go};
use crate::support::App;

async fn alerts(app: &App) -> Vec<Value> {
    let op = json!({ "type": "list", "obj": "node", "conv_id": 1, "obj_id": "al", "limit": 10 });
    let list = app.key().op(op).await["list"].clone();
    list.as_array().unwrap().iter().map(|task| task["data"]["start"].clone()).collect()
}

/// sheet corezoid/engine 2.4: one signal a crossing, in whatever world the tasks stand.
#[tokio::test]
async fn what_a_count_semaphor_has_told_goes_through_state_documents() {
    let counts = json!([
        { "type": "time", "value": 600, "dimension": "sec", "to_node_id": "f" },
        { "type": "count", "value": 9, "esc_node_id": "al" },
        { "type": "count", "value": 2, "esc_node_id": "al" },
    ]);
    let rows = json!([["s", 1, [go("d")]], ["d", 0, [], counts], ["al", 2, []], ["f", 2, []]]);
    let app = Convs::new().process(1, &rows).app().await;
    for reference in ["1", "2"] {
        create(&app, 1, reference, json!({})).await;
    }
    assert_eq!(alerts(&app).await, ["true"]);
    let state = app.state().await;
    assert_eq!(state["corezoid"]["convs"][0]["nodes"][1]["told"], json!([1]));
    let other = Convs::new().app().await;
    control(&other, "PUT", "/_standin/state", &state).await;
    assert_eq!(other.state().await, state);
    create(&other, 1, "3", json!({})).await;
    assert_eq!(alerts(&other).await, ["true"], "it was told");
    super::advance(&other, "600s").await;
    assert_eq!(alerts(&other).await, ["true", "false"]);
    assert_eq!(other.state().await["corezoid"]["convs"][0]["nodes"][1]["told"], Value::Null);
}

#[tokio::test]
async fn what_no_semaphor_can_have_told_is_refused_by_name() {
    let counts = json!([{ "type": "count", "value": 2, "esc_node_id": "f" }]);
    let app = Convs::new().app().await;
    for (position, live) in [(1, true), (0, false)] {
        let doc = json!({ "obj_type": 0, "title": "d", "logics": [], "semaphors": counts });
        let last = json!({ "id": "f", "live": { "obj_type": 2, "title": "f", "logics": [] } });
        let node = if live {
            json!({ "id": "d", "live": doc, "told": [position] })
        } else {
            json!({ "id": "d", "draft": { "version": 1, "node": doc }, "told": [position] })
        };
        let document = json!({ "standin": 1, "corezoid": { "convs": [{ "id": 1, "title": "P", "nodes": [node, last] }] } });
        let refused = app.anonymous().put("/_standin/state", document).await;
        assert_eq!(
            refused.json()["error"]["message"],
            format!(
                "body: corezoid.convs[0].nodes[0].told: the deployed node has no count semaphor {position}"
            )
        );
    }
}
