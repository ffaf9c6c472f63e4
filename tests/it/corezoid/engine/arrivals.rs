//! Tasks that come many at a time: they run before they are stored, and nobody can tell.

use serde_json::{Value, json};

use super::{Convs, control, go};
use crate::support::App;

/// Processes that look around, hand over, wait and end in every way, and one under debug.
async fn world() -> App {
    let copy = json!({ "type": "api_copy", "mode": "create", "conv_id": 2, "ref": "c{{n}}", "data": {}, "data_type": {},
                       "group": "all", "err_node_id": "refused" });
    let read = json!({ "type": "set_param", "extra": { "rate": "{{conv[5].ref[rate].value}}" },
                       "extra_type": { "rate": "number" }, "err_node_id": "refused" });
    let odd = json!({ "type": "go_if_const", "to_node_id": "odd", "conditions": [
        { "param": "odd", "const": "true", "fun": "eq", "cast": "boolean" }] });
    let looks = json!({ "type": "go_if_const", "to_node_id": "copy", "conditions": [
        { "param": "looks", "const": "true", "fun": "eq", "cast": "boolean" }] });
    let wait = json!([{ "type": "time", "value": 1, "dimension": "day", "to_node_id": "3f" }]);
    Convs::new()
        .process(
            1,
            &json!([
                ["s", 1, [go("if")]],
                ["if", 0, [looks, odd, go("even")]],
                ["copy", 0, [copy, go("read")]],
                ["read", 0, [read, odd, go("even")]],
                ["refused", 2, []],
                ["odd", 2, [], [], { "options": { "save_task": false } }],
                ["even", 2, []],
            ]),
        )
        .process(2, &json!([["2s", 1, [go("2f")]], ["2f", 2, []]]))
        .process(3, &json!([["3s", 1, [go("3w")]], ["3w", 0, [], wait], ["3f", 2, []]]))
        .with(json!({ "id": 4, "title": "P4", "status": "debug",
            "nodes": super::nodes(&json!([["4s", 1, [go("4f")]], ["4f", 2, []]])) }))
        .diagram(5, &json!([["5s", 1, [go("5c")]], ["5c", 0, [{ "type": "api_callback" }, go("5c")]]]))
        .with(json!({ "id": 6, "title": "P6",
            "params": [{ "name": "n", "type": "number", "descr": "", "flags": ["required"], "regex": "", "regex_error_text": "" }],
            "nodes": super::nodes(&json!([["6s", 1, [go("6f")]], ["6f", 2, []]])) }))
        .app()
        .await
}

fn create(conv: i64, reference: Option<&str>, data: &Value) -> Value {
    json!({ "type": "create", "obj": "task", "conv_id": conv, "ref": reference, "data": data })
}

/// Everything that can be seen of the tasks but their ids.
async fn seen(app: &App) -> Value {
    let mut seen = Vec::new();
    for conv in app.state().await["corezoid"]["convs"].as_array().unwrap() {
        let task = |task: &Value| json!([task["ref"], task["node"], task["status"], task["data"]]);
        let tasks: Value = conv["tasks"].as_array().into_iter().flatten().map(task).collect();
        let path = format!("/_standin/corezoid/processes/{}/coverage", conv["id"]);
        seen.push(json!([tasks, control(app, "GET", &path, &Value::Null).await]));
    }
    Value::Array(seen)
}

/// An answer without what is different for every task.
fn told(answer: &Value) -> Value {
    json!([answer["proc"], answer["ref"], answer["description"], answer["errors"]])
}

/// Sends ops one by one, and in one package to another server; both answer alike and come to the same.
async fn alike(ops: &[Value]) -> Vec<Value> {
    let (one, many) = (world().await, world().await);
    let first = create(5, Some("rate"), &json!({ "value": 7 }));
    for app in [&one, &many] {
        app.key().op(first.clone()).await;
    }
    let mut told_one = Vec::new();
    for op in ops {
        told_one.push(told(&one.key().op(op.clone()).await));
    }
    let package = many.key().ops(json!(ops)).await.expect(200).json();
    let told_many: Vec<Value> = package["ops"].as_array().unwrap().iter().map(told).collect();
    assert_eq!(told_one, told_many);
    assert_eq!(seen(&one).await, seen(&many).await);
    told_one
}

#[tokio::test]
async fn a_package_of_tasks_comes_to_what_its_tasks_come_to_one_by_one() {
    // None of them looks around; all of them do; some do.
    for looks in [|_| false, |_| true, |n: i64| n % 3 == 1] {
        let op = |n: i64| create(1, None, &json!({ "n": n, "odd": n % 2 == 1, "looks": looks(n) }));
        let ops: Vec<Value> = (0..12).map(op).collect();
        assert!(alike(&ops).await.iter().all(|answer| answer[0] == "ok"));
    }
    // More than a request runs itself.
    let ops: Vec<Value> = (0..300).map(|n| create(1, None, &json!({ "n": n, "odd": n % 2 == 1 }))).collect();
    alike(&ops).await;
}

#[tokio::test]
async fn tasks_of_several_processes_are_refused_and_taken_each_by_itself() {
    let ops = [
        create(3, Some("a"), &json!({ "n": 1 })),
        create(3, Some("a"), &json!({ "n": 2 })),
        create(3, Some("b"), &json!({ "n": 3 })),
        create(2, Some("a"), &json!({ "n": 4 })),
        create(7, None, &json!({})),
        create(6, None, &json!({ "n": "many" })),
        create(6, Some("p"), &json!({ "n": 5 })),
        create(5, Some("rate"), &json!({ "value": 8 })),
        create(5, Some("other"), &json!({ "value": 9 })),
    ];
    let told = alike(&ops).await;
    let outcomes: Vec<&Value> = told.iter().map(|answer| &answer[0]).collect();
    assert_eq!(
        json!(outcomes),
        json!(["ok", "error", "ok", "ok", "obj_id_not_found", "error", "ok", "error", "ok"])
    );
    assert_eq!(told[1][2], "not unical reference");
    assert_eq!(told[7][2], "not unical reference");
    // With one under debug among them, none is run before all are stored.
    alike(&[create(4, Some("d"), &json!({})), create(1, None, &json!({ "n": 1, "odd": false }))]).await;
}

#[tokio::test]
async fn an_op_behind_a_new_task_sees_it_where_it_was_made() {
    let app = world().await;
    let show = json!({ "type": "show", "obj": "task", "conv_id": 2, "ref": "a" });
    let modify = json!({ "type": "modify", "obj": "task", "conv_id": 2, "ref": "a", "data": { "k": 1 } });
    let (first, second) = (create(2, Some("a"), &json!({})), create(2, Some("a"), &json!({})));
    let ops = json!([first, show, modify, second, show]);
    let answers = app.key().ops(ops).await.expect(200).json()["ops"].clone();
    assert_eq!(answers[1]["node_id"], "2s");
    assert_eq!(answers[3]["description"], "not unical reference");
    assert_eq!(answers[4]["data"], json!({ "k": 1 }));
    assert_eq!(app.key().op(show).await["node_id"], "2f");
}
