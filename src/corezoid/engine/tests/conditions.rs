//! Sheet corezoid/engine 10.2.

use super::*;

fn conditions(list: &Value) -> Value {
    let one = |c: &Value| json!({ "param": c[0], "fun": c[1], "const": c[2], "cast": c[3] });
    list.as_array().unwrap().iter().map(one).collect()
}

fn when(to: &str, list: &Value) -> Value {
    json!({ "type": "go_if_const", "to_node_id": to, "conditions": conditions(list) })
}

fn ends(logics: &Value, data: &Value) -> String {
    let mut world =
        World::new(&json!([["S", 1, [go("N")]], ["N", 0, logics], ["A", 2, []], ["B", 2, []], ["C", 2, []]]));
    let task = world.create(data);
    world.node(task).to_owned()
}

#[test]
fn cases_11_to_15_the_example_of_the_seed() {
    let logics = json!([
        when("A", &json!([["amount", "more", "100", "number"], ["card", "not_eq", "", "string"]])),
        when("B", &json!([["amount", "eq", "0", "number"]])),
        go("C")
    ]);
    for (case, data, expected) in [
        (11, json!({ "amount": 150, "card": "41" }), "A"),
        (12, json!({ "amount": 150 }), "C"),
        (13, json!({ "amount": 150, "card": "" }), "C"),
        (14, json!({ "amount": 0 }), "B"),
        (15, json!({ "amount": 100, "card": "x" }), "C"),
    ] {
        assert_eq!(ends(&logics, &data), expected, "case {case}");
    }
}

#[test]
fn cases_16_to_33() {
    let else_b = |list: Value| json!([when("A", &list), go("B")]);
    for (case, logics, data, expected) in [
        (16, json!([when("A", &json!([])), when("C", &json!([])), go("B")]), json!({}), "A"),
        (
            17,
            else_b(json!([["age", "more", "18", "number"], ["gender", "eq", "female", "string"]])),
            json!({ "age": 20, "gender": "male" }),
            "B",
        ),
        (18, else_b(json!([["age", "more", "18", "number"]])), json!({}), "B"),
        (19, else_b(json!([["phone", "eq", "1", "string"]])), json!({ "Phone": "1" }), "B"),
        (20, else_b(json!([["Count", "eq", "10", "string"]])), json!({ "Count": 10 }), "B"),
        (21, else_b(json!([["Count", "eq", "10", "number"]])), json!({ "Count": 10 }), "A"),
        (22, else_b(json!([["amount", "eq", "limit", "number"]])), json!({ "amount": 5, "limit": 5 }), "B"),
        (
            23,
            else_b(json!([["amount", "eq", "{{limit}}", "number"]])),
            json!({ "amount": 5, "limit": 5 }),
            "A",
        ),
        (
            24,
            else_b(json!([["{{main.temp}}", "more", "10", "number"]])),
            json!({ "main": { "temp": 12 } }),
            "A",
        ),
        (
            25,
            else_b(json!([["{{result.SUPPDOCUMENT\\.CODE}}", "eq", "7", "string"]])),
            json!({ "result": { "SUPPDOCUMENT.CODE": "7" } }),
            "A",
        ),
        (
            27,
            else_b(json!([["o1", "eq", "{{o2}}", "object"]])),
            json!({ "o1": { "a": [{ "b": 1 }] }, "o2": { "a": [{ "b": 1 }] } }),
            "A",
        ),
        (
            27,
            else_b(json!([["o1", "eq", "{{o2}}", "object"]])),
            json!({ "o1": { "a": [{ "b": 1 }] }, "o2": { "a": [{ "b": 2 }] } }),
            "B",
        ),
        (28, else_b(json!([["arr", "eq", "[]", "array"]])), json!({ "arr": [] }), "A"),
        (29, else_b(json!([["n", "more_or_eq", "5", "number"]])), json!({ "n": 5 }), "A"),
        (30, else_b(json!([["flag", "eq", "true", "boolean"]])), json!({ "flag": true }), "A"),
        (
            31,
            else_b(json!([["phone", "regexp", "^380[0-9]{9}$", "string"]])),
            json!({ "phone": "380501234567" }),
            "A",
        ),
        (
            31,
            else_b(json!([["phone", "regexp", "^380[0-9]{9}$", "string"]])),
            json!({ "phone": "x380" }),
            "B",
        ),
        (32, json!([when("A", &json!([["n", "eq", "1", "number"]]))]), json!({}), "N"),
        (33, else_b(json!([["{{root.prev_node_id}}", "eq", "S", "string"]])), json!({}), "A"),
    ] {
        assert_eq!(ends(&logics, &data), expected, "case {case}");
    }
}

#[test]
fn case_26_a_dot_is_a_path_unless_it_is_escaped() {
    let logics = json!([
        when("A", &json!([["ab\\.new", "eq", "1", "string"]])),
        when("B", &json!([["ab.new", "eq", "1", "string"]])),
        go("C")
    ]);
    assert_eq!(ends(&logics, &json!({ "ab.new": "1" })), "A");
    assert_eq!(ends(&logics, &json!({ "ab": { "new": "1" } })), "B");
}
