//! Sheet corezoid/engine 10.3.

use super::*;

/// What Set Parameters with these rows (`[name, value, type]`) makes of the data.
fn set(rows: &Value, data: &Value) -> (String, Value, World) {
    set_at(NOW, rows, data)
}

fn set_at(now: i64, rows: &Value, data: &Value) -> (String, Value, World) {
    let (mut extra, mut types) = (json!({}), json!({}));
    for row in rows.as_array().unwrap() {
        let name = row[0].as_str().unwrap();
        extra[name] = row[1].clone();
        types[name] = row[2].clone();
    }
    let mut world = World::new(&one(json!({ "type": "set_param", "extra": extra, "extra_type": types })));
    world.now = now;
    world.diagram(
        7,
        &json!([["S", 1, [go("W")]], ["W", 0, [{ "type": "api_callback" }, go("F")]], ["F", 2, []]]),
    );
    world.process(8, &json!([["S", 1, [go("F")]], ["F", 2, []]]));
    world.variables.insert("@cfg".to_owned(), json!({ "retry": { "max": 3 } }));
    world.add(7, Some("menu"), json!({ "a": 1 }).as_object().unwrap().clone()).unwrap();
    world.add(7, Some("q"), json!({ "m": { "b": ["x"] } }).as_object().unwrap().clone()).unwrap();
    let gone = world.add(7, Some("done"), Data::new()).unwrap();
    world.settle();
    world.change(gone, &json!({}));
    let task = world.create(data);
    (world.node(task).to_owned(), world.data(task), world)
}

fn moment(text: &str) -> i64 {
    text.parse::<jiff::Timestamp>().unwrap().as_millisecond()
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn cases_34_to_67_what_rows_write() {
    for (case, rows, data, expected) in [
        (
            34,
            json!([["points", "100", "number"], ["name", "Alex", "string"]]),
            json!({}),
            json!({ "points": 100, "name": "Alex" }),
        ),
        (
            35,
            json!([["sum", "$.math({{a}}+{{b}})", "number"]]),
            json!({ "a": 2, "b": 3 }),
            json!({ "a": 2, "b": 3, "sum": 5 }),
        ),
        (
            36,
            json!([["x", "$.math($.math({{v}}+1)-1)", "number"]]),
            json!({ "v": 7 }),
            json!({ "v": 7, "x": 7 }),
        ),
        (
            37,
            json!([["obj.status", "on", "string"]]),
            json!({ "obj": { "a": 1 } }),
            json!({ "obj": { "a": 1 }, "obj.status": "on" }),
        ),
        (
            38,
            json!([["{{obj.status}}", "on", "string"]]),
            json!({ "obj": { "a": 1 } }),
            json!({ "obj": { "a": 1, "status": "on" } }),
        ),
        (39, json!([["{{arr[2]}}", "v", "string"]]), json!({}), json!({ "arr": [null, null, "v"] })),
        (
            40,
            json!([["{{status_{{env}}_{{id}}}}", "1", "string"]]),
            json!({ "env": "dev", "id": 7 }),
            json!({ "env": "dev", "id": 7, "status_dev_7": "1" }),
        ),
        (
            41,
            json!([["{{obj.{{key}}}}", "1", "string"]]),
            json!({ "obj": {}, "key": "k" }),
            json!({ "obj": { "k": "1" }, "key": "k" }),
        ),
        (
            42,
            json!([["{{array[$.math({{index}}+1)].key}}", "z", "string"]]),
            json!({ "index": 0, "array": [{}, {}] }),
            json!({ "index": 0, "array": [{}, { "key": "z" }] }),
        ),
        (47, json!([["s", "Hi {{name}}", "string"]]), json!({}), json!({ "s": "Hi " })),
        (
            48,
            json!([["copy", "{{list}}", "array"]]),
            json!({ "list": [1, 2] }),
            json!({ "list": [1, 2], "copy": [1, 2] }),
        ),
        (
            49,
            json!([["o", "{\"id\":\"{{id}}\"}", "object"]]),
            json!({ "id": "5" }),
            json!({ "id": "5", "o": { "id": "5" } }),
        ),
        (
            50,
            json!([["v", "{{user[{{p}}]}}", "string"]]),
            json!({ "user": { "name": "Al" }, "p": "name" }),
            json!({ "user": { "name": "Al" }, "p": "name", "v": "Al" }),
        ),
        (
            51,
            json!([["b", "$.map(fun(Item) -> Item*2 end, {{a}})", "array"]]),
            json!({ "a": [1, 2, 3] }),
            json!({ "a": [1, 2, 3], "b": [2, 4, 6] }),
        ),
        (
            54,
            json!([["h", "$.md5_hex(100)", "string"]]),
            json!({}),
            json!({ "h": "f899139df5e1059396431415e770c6dd" }),
        ),
        (55, json!([["h", "$.base64_encode(hello)", "string"]]), json!({}), json!({ "h": "aGVsbG8=" })),
        (
            56,
            json!([["t", "$.unixtime(%y-%m-%d %h:%i+60:%s)", "number"]]),
            json!({}),
            json!({ "t": NOW / 1000 + 3600 }),
        ),
        (
            57,
            json!([["t", "$.unixtime(%y-%m-%d 02:00:00)", "number"]]),
            json!({}),
            json!({ "t": 1_578_189_600 }),
        ),
        (59, json!([["r", "$.random(0)", "number"]]), json!({}), json!({ "r": 0 })),
        (61, json!([["c", "{{root.conv_id}}", "number"]]), json!({}), json!({ "c": 1 })),
        (
            62,
            json!([["whole", "{{conv[7].ref[menu]}}", "object"]]),
            json!({}),
            json!({ "whole": { "a": 1 } }),
        ),
        (63, json!([["v", "{{conv[7].ref[q].m.b[0]}}", "string"]]), json!({}), json!({ "v": "x" })),
        (67, json!([["v", "{{env_var[@cfg].retry.max}}", "string"]]), json!({}), json!({ "v": "3" })),
        (67, json!([["v", "{{env_var[@cfg].gone}}", "string"]]), json!({}), json!({ "v": "" })),
    ] {
        let (node, after, _) = set(&rows, &data);
        assert_eq!((node.as_str(), after), ("F", expected), "case {case}");
    }
}

#[test]
fn cases_52_and_53_filters_and_fields() {
    let even = "$.filter(fun(Item) when Item rem 2 < 1 -> true; (_) -> false end, {{b}})";
    let (_, after, _) = set(&json!([["b1", even, "array"]]), &json!({ "b": (1..15).collect::<Vec<_>>() }));
    assert_eq!(after["b1"], json!([2, 4, 6, 8, 10, 12, 14]));
    let field = "$.map(fun(E) -> eutils:get_value(<<\"fieldName\">>, E) end, {{arr}})";
    let (_, after, _) =
        set(&json!([["x", field, "array"]]), &json!({ "arr": [{ "fieldName": 1 }, { "fieldName": 2 }] }));
    assert_eq!(after["x"], json!([1, 2]));
}

#[test]
fn cases_43_58_60_and_61_the_clock_and_the_task_itself() {
    let (_, after, _) =
        set_at(moment("2017-08-09T00:00:00Z"), &json!([["$.date(%d%m%y)", "1", "string"]]), &json!({}));
    assert_eq!(after, json!({ "09082017": "1" }));
    let rows = json!([["d", "$.date(%y-%m-%d+1 %h:%i:%s)", "string"]]);
    let (_, after, _) = set_at(moment("2020-02-29T10:00:00Z"), &rows, &json!({}));
    assert_eq!(after, json!({ "d": "2020-03-01 10:00:00" }));
    let rows = json!([["s", "$.date(%y%m%d%h%i%s)", "string"], ["e", "$.date(%y%m%d%h%i%s)", "string"]]);
    let (_, after, _) = set(&rows, &json!({}));
    assert_eq!(after["s"], after["e"]);
    let (_, after, world) = set(&json!([["id", "{{root.task_id}}", "string"]]), &json!({}));
    assert_eq!(after["id"], json!(world.tasks[3].0.id));
}

#[test]
fn what_fails_writes_nothing_but_the_error() {
    for (case, rows, tag, text) in [
        (
            44,
            json!([["{{arr[101]}}", "v", "string"]]),
            "set_param_wrong_convert_param",
            "Param: arr[101], Value: v, Try convert to: string",
        ),
        (
            45,
            json!([["n", "abc", "number"]]),
            "set_param_wrong_convert_param",
            "Param: n, Value: abc, Try convert to: number",
        ),
        (
            46,
            json!([["a", "1", "string"], ["n", "abc", "number"]]),
            "set_param_wrong_convert_param",
            "Param: n, Value: abc, Try convert to: number",
        ),
        (
            45,
            json!([["{{o.list[1].n}}", "{{nothing}}", "number"]]),
            "set_param_wrong_convert_param",
            "Param: o.list[1].n, Value: null, Try convert to: number",
        ),
        (
            64,
            json!([["v", "{{conv[8].ref[q].a}}", "string"]]),
            "access_refused",
            "Param: v, Conv_id: 8 is not state type",
        ),
        (
            65,
            json!([["v", "{{conv[7].ref[none].a}}", "number"]]),
            "set_param_wrong_convert_param",
            "Param: v, Value: null, Try convert to: number",
        ),
        (
            66,
            json!([["v", "{{conv[7].ref[done].a}}", "number"]]),
            "set_param_wrong_convert_param",
            "Param: v, Value: null, Try convert to: number",
        ),
    ] {
        let (node, after, world) = set(&rows, &json!({ "nothing": null }));
        assert_eq!(node, "E", "case {case}");
        assert_eq!(world.error(3, "set_param"), [json!("software"), json!(tag), json!(text)], "case {case}");
        assert_eq!(after.as_object().unwrap().len(), 4, "case {case}: {after}");
    }
}

#[test]
fn rows_do_not_see_each_other() {
    let (_, after, _) = set(&json!([["a", "2", "string"], ["b", "{{a}}", "string"]]), &json!({ "a": "1" }));
    assert_eq!(after, json!({ "a": "2", "b": "1" }));
}

#[test]
fn a_body_that_is_not_understood_is_named() {
    let (node, _, world) =
        set(&json!([["x", "$.map(fun(X) -> lists:sort(X) end, [1])", "array"]]), &json!({}));
    assert_eq!(node, "E");
    assert!(world.error(3, "set_param")[2].as_str().unwrap().contains("lists:sort/1"));
}
