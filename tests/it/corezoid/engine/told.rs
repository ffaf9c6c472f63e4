//! What a trace tells of conditions and of calls that were never made (sheet corezoid/engine 9).

use serde_json::{Value, json};

use super::{Convs, control, create, go};

fn when(conditions: &Value) -> Value {
    json!({ "type": "go_if_const", "to_node_id": "f", "conditions": conditions })
}

#[tokio::test]
async fn a_trace_tells_what_conditions_compared() {
    let conditions = json!([
        { "param": "amount", "fun": "more", "const": "{{least}}", "cast": "number" },
        { "param": "card.type", "fun": "regexp", "const": "^vi", "cast": "string" },
        { "param": "never", "fun": "eq", "const": "", "cast": "string" },
    ]);
    let old = json!({ "type": "go_if_const", "to_node_id": "f", "param": "note", "fun": "eq", "const": "1", "cast": "number" });
    let rows = json!([
        ["s", 1, [go("c")]],
        ["c", 0, [when(&conditions), when(&json!([conditions[2]])), old, go("f")]],
        ["f", 2, []]
    ]);
    let app = Convs::new().process(1, &rows).app().await;
    let data = json!({ "amount": "150", "least": 100, "card": { "type": "mir" }, "note": null });
    let told = control(&app, "POST", "/_standin/corezoid/run", &json!({ "process": 1, "data": data })).await;
    let steps: Vec<&Value> =
        told["trace"].as_array().unwrap().iter().filter(|step| step["step"] == "condition").collect();
    let compared: Vec<String> =
        steps.iter().map(|step| format!("{} {}", step["holds"], step["conditions"])).collect();
    assert_eq!(
        compared,
        [
            // Up to the first that does not hold; what placeholders gave stands beside them.
            r#"false [{"param":"amount","value":"150","fun":"more","const":"{{least}}","against":100,"cast":"number","holds":true},{"param":"card.type","value":"mir","fun":"regexp","const":"^vi","cast":"string","holds":false}]"#,
            r#"false [{"param":"never","fun":"eq","const":"","cast":"string","holds":false}]"#,
            // The form of v1, and a value that is there and is null.
            r#"false [{"param":"note","value":null,"fun":"eq","const":"1","cast":"number","holds":false}]"#,
        ]
    );
}

#[tokio::test]
async fn a_trace_tells_where_a_call_without_a_scheme_would_have_gone() {
    let call = json!({ "type": "api", "method": "GET", "url": "{{host}}/pay", "format": "", "extra": {}, "extra_type": {}, "err_node_id": "f" });
    let rows = json!([["s", 1, [go("a")]], ["a", 0, [call, go("f")]], ["f", 2, []]]);
    let app = Convs::new().process(1, &rows).app().await;
    let told = control(&app, "POST", "/_standin/corezoid/run", &json!({ "process": 1, "data": {} })).await;
    let failed = told["trace"].as_array().unwrap().iter().find(|step| step["step"] == "failed").unwrap();
    assert_eq!(
        json!([failed["reason"], failed["tag"], failed["description"]]),
        json!(["GET /pay", "api_bad_answer", "no_scheme"])
    );
    assert_eq!(told["data"]["__conveyor_api_return_description__"], "no_scheme");
}

/// sheet corezoid/engine 2.7: the `go` of a state to itself means that it stays.
#[tokio::test]
async fn a_state_that_stays_says_so_and_counts_as_covered() {
    let close = json!({ "type": "go_if_const", "to_node_id": "f", "conditions":
        [{ "param": "status", "fun": "eq", "const": "closed", "cast": "string" }] });
    let rows =
        json!([["s", 1, [go("n")]], ["n", 0, [{ "type": "api_callback" }, close, go("n")]], ["f", 2, []]]);
    let app = Convs::new().diagram(1, &rows).app().await;
    let id = create(&app, 1, "u", json!({})).await;
    for data in [json!({ "x": 1 }), json!({ "status": "closed" })] {
        let op = json!({ "type": "modify", "obj": "task", "conv_id": 1, "ref": "u", "data": data });
        assert_eq!(app.key().op(op).await["proc"], "ok");
    }
    let trace = control(&app, "GET", &format!("/_standin/corezoid/tasks/{id}/trace"), &json!(null)).await;
    let stayed: Vec<&Value> =
        trace["trace"].as_array().unwrap().iter().filter(|step| step["step"] == "stayed").collect();
    assert_eq!(
        json!(stayed),
        json!([{ "at": "2026-02-12T09:00:00Z", "node": "n", "title": "n", "step": "stayed", "by": { "logic": 2 } }])
    );
    let covered = control(&app, "GET", "/_standin/corezoid/processes/1/coverage", &json!(null)).await;
    assert_eq!(covered["branches"], json!({ "all": 3, "taken": 3 }));
    assert_eq!(covered["nodes"], json!({ "all": 3, "visited": 3 }));
    assert_eq!(covered["list"][1]["times"], 1, "it came there once");
}

#[tokio::test]
async fn a_run_says_what_is_wrong_with_what_it_is_asked() {
    let app = Convs::new().process(1, &json!([["s", 1, [go("f")]], ["f", 2, []]])).app().await;
    for (body, message) in [
        (json!([]), "body: invalid length 0, expected an object at line 1 column 2"),
        (json!(5), "body: invalid type: integer `5`, expected an object at line 1 column 1"),
        (json!({}), "body: missing field `process` at line 1 column 2"),
        (json!({ "process": 7 }), "Object conv with id 7 does not exist"),
        (
            json!({ "process": 1, "until": "x" }),
            "until: \"x\" is neither \"rest\" nor \"final\" nor a duration such as \"3d\"",
        ),
    ] {
        let answer = app.anonymous().post("/_standin/corezoid/run", body.clone()).await;
        assert_eq!((answer.status(), &answer.json()["error"]["message"]), (400, &json!(message)), "{body}");
    }
}
