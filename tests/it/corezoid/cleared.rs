//! Parameters that are shown no more once a task is in a final node (sheet corezoid/engine 1.4).

use serde_json::{Value, json};

use crate::support::{App, builder, seed};

fn document() -> Value {
    let data = json!({ "card": "4111 1111", "sum": 5 });
    let task = |id: &str, reference: &str, node: &str, status: &str| json!({ "id": id, "ref": reference, "node": node, "prev_node": "start", "status": status, "data": data });
    json!({ "standin": 1, "corezoid": { "convs": [{
        "id": 1, "title": "P",
        "params": [
            { "name": "card", "type": "string", "descr": "", "flags": ["input", "auto-clear"], "regex": "", "regex_error_text": "" },
            { "name": "sum", "type": "number", "descr": "", "flags": ["input"], "regex": "", "regex_error_text": "" },
        ],
        "nodes": [
            { "id": "start", "live": { "obj_type": 1 } },
            { "id": "wait", "live": { "obj_type": 0 } },
            { "id": "end", "live": { "obj_type": 2 } },
        ],
        "tasks": [task("t1", "live", "wait", "processing"), task("t2", "done", "end", "processed")],
    }] } })
}

#[tokio::test]
async fn a_cleared_parameter_is_hidden_from_every_view_of_a_task_that_has_ended() {
    let app = App::of(builder().seed(seed(document()))).await;
    let data = async |reference: &str| {
        let op = json!({ "type": "show", "obj": "task", "conv_id": 1, "ref": reference });
        app.key().op(op).await["data"].clone()
    };
    let (open, hidden) = (json!({ "card": "4111 1111", "sum": 5 }), json!({ "card": "***", "sum": 5 }));
    assert_eq!((data("live").await, data("done").await), (open.clone(), hidden.clone()));
    let listed = async |node: &str| {
        let op = json!({ "type": "list", "obj": "node", "conv_id": 1, "obj_id": node, "limit": 10 });
        app.key().op(op).await["list"][0]["data"].clone()
    };
    assert_eq!((listed("wait").await, listed("end").await), (open, hidden));
    let download = async |node: &str| {
        let op = json!({ "type": "download", "obj": "node", "conv_id": 1, "obj_id": node, "select": "custom", "format": "csv" });
        let answer = app.key().package("download", &json!({ "ops": [op] }).to_string()).await.json();
        let link = answer["ops"][0]["download_url"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
        app.anonymous()
            .get(link.strip_prefix("http://portal.test").unwrap())
            .await
            .expect(200)
            .text()
            .to_owned()
    };
    assert!(download("wait").await.contains("4111 1111"));
    let table = download("end").await;
    assert!(table.contains("***") && !table.contains("4111"), "{table}");
}
