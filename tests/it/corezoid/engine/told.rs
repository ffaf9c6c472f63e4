//! What a trace tells of conditions and of calls that were never made (sheet corezoid/engine 9).

use serde_json::{Value, json};

use super::{Convs, control, go};

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
