//! Sheet corezoid/engine 10.4 and 10.5: API calls answered by hand, scripts that ended somehow.

use super::*;
use crate::corezoid::rules::task::TooBig;

/// The four nodes that the seed shows around an API call (sheet corezoid/engine 2.5).
fn cluster(api: &Value) -> Value {
    let is = |param: &str, value: &str| json!({ "param": format!("__conveyor_api_return_{param}__"), "fun": "eq", "const": value, "cast": "string" });
    let mut logic = api.clone();
    logic["err_node_id"] = json!("X");
    json!([
        ["S", 1, [go("A")]],
        ["A", 0, [logic, go("F")]],
        ["X", 3, [
            { "type": "go_if_const", "to_node_id": "D", "conditions": [is("type_error", "hardware")] },
            { "type": "go_if_const", "to_node_id": "D", "conditions": [is("type_error", "software"), is("type_tag", "api_bad_answer")] },
            go("E")
        ]],
        ["D", 0, [], [{ "type": "time", "value": 30, "dimension": "sec", "to_node_id": "A" }]],
        ["E", 2, []], ["F", 2, []]
    ])
}

fn api(more: &Value) -> Value {
    let mut logic = json!({ "type": "api", "url": "http://target/path", "method": "POST", "format": "", "extra": {},
        "extra_type": {}, "extra_headers": {}, "send_sys": false, "max_threads": 5 });
    logic.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    logic
}

#[expect(clippy::unnecessary_wraps, reason = "stands beside silences")]
fn answer(status: u16, kind: &str, body: &str) -> Result<Response, Silence> {
    let headers = vec![("Content-Type".to_owned(), kind.to_owned())];
    Ok(Response { status, headers, body: body.as_bytes().to_vec(), took: 5, sent: 3 })
}

fn json_answer(body: &Value) -> Result<Response, Silence> {
    answer(200, "application/json", &body.to_string())
}

fn called(more: &Value, given: Result<Response, Silence>, data: &Value) -> World {
    let mut world = World::new(&cluster(&api(more)));
    world.answers.push_back(given);
    world.create(data);
    world
}

#[test]
fn cases_68_to_71_what_an_answer_writes() {
    for (case, given, expected) in [
        (68, json_answer(&json!({ "answerParam": "ok" })), json!({ "answerParam": "ok" })),
        (69, json_answer(&json!([1, 2])), json!({ "__conveyor_api_array__": [1, 2] })),
        (70, answer(200, "image/png", "png"), json!({ "__conveyor_api_image__": "cG5n" })),
        (71, answer(200, "text/xml", "<r a=\"1\"><t>x</t></r>"), json!({ "r": { "@a": "1", "t": "x" } })),
        (68, answer(201, "", "{\"id\":7}"), json!({ "id": 7 })),
    ] {
        let world = called(&json!({}), given, &json!({}));
        assert_eq!((world.node(0), world.data(0)), ("F", expected), "case {case}");
    }
}

#[test]
fn case_72_a_failed_call_is_tried_again_after_the_delay() {
    let mut world = called(&json!({}), answer(500, "application/json", "{\"why\":\"down\"}"), &json!({}));
    assert_eq!(world.node(0), "D");
    assert_eq!(world.error(0, "api")[..2], [json!("software"), json!("api_bad_answer")]);
    assert_eq!(world.data(0)["why"], "down");
    world.answers.push_back(json_answer(&json!({ "ok": 1 })));
    world.advance(30);
    world.settle();
    assert_eq!((world.node(0), world.requests.len()), ("F", 2));
}

/// sheet corezoid/engine 6.1: `cert_pem`.
#[test]
fn a_call_takes_its_certificate_along() {
    for (pem, expected) in [("pem {{of}}", Some("pem me")), ("{{gone}}", None), (" ", None), ("", None)] {
        let world = called(&json!({ "cert_pem": pem }), json_answer(&json!({})), &json!({ "of": "me" }));
        assert_eq!(world.requests[0].certificate.as_deref(), expected, "{pem}");
    }
}

/// sheet corezoid/engine 6.4.
#[test]
fn what_cannot_be_sent_or_read_is_an_error_of_its_own() {
    let too_big = Silence::TooBig(TooBig { bytes: 6_000_000, most: 5_242_880 });
    for (silence, kind, tag, text) in [
        (Silence::NotAllowed("why".to_owned()), "software", "api_bad_answer", "failed_connect"),
        (
            too_big,
            "software",
            "api_task_size_overflow_limit",
            "Your task size: 6000000 bytes, Max available task size: 5242880 bytes, Try to change your data or try to split your task ...",
        ),
        (
            Silence::Expired,
            "hardware",
            "api_expire_query",
            "Expire task to API, please check your api for correct answer, or increase max_threads for connections",
        ),
        (Silence::Unsendable, "hardware", "api_bind_error", "Error bind params to http query"),
        (
            Silence::NoCertificate("why".to_owned()),
            "hardware",
            "api_bind_error",
            "Error bind params to http query",
        ),
    ] {
        let world = called(&json!({}), Err(silence), &json!({}));
        assert_eq!(world.error(0, "api"), [json!(kind), json!(tag), json!(text)]);
    }
}

#[test]
fn cases_73_to_81_what_is_no_good_answer() {
    for (case, more, given, node, tag, text) in [
        (73, json!({}), Err(Silence::Refused), "D", "api_bad_answer", "failed_connect"),
        (74, json!({}), Err(Silence::Timeout), "D", "api_bad_answer", "timeout"),
        (75, json!({ "url": "" }), Err(Silence::Timeout), "D", "api_bad_answer", "no_scheme"),
        (
            76,
            json!({}),
            answer(200, "text/html", "<html>"),
            "E",
            "api_no_valid_json",
            "Not valid http result json(<html>)",
        ),
        (
            78,
            json!({ "format": "conveyor" }),
            json_answer(&json!({})),
            "E",
            "api_no_request_proc",
            "Bad request_proc tag. Please fill request_proc=ok for your answer. If you want to put error use proc!=ok",
        ),
        (
            79,
            json!({ "format": "conveyor" }),
            json_answer(&json!({ "request_proc": "ok" })),
            "E",
            "api_no_ops",
            "No ops. Please check documentation",
        ),
        (
            80,
            json!({ "extra": { "n": "{{x}}" }, "extra_type": { "n": "number" } }),
            Err(Silence::Timeout),
            "E",
            "api_wrong_convert_param",
            "Param: n, Value: abc, Try convert to: number",
        ),
    ] {
        let world = called(&more, given, &json!({ "x": "abc" }));
        assert_eq!(world.node(0), node, "case {case}");
        assert_eq!(world.error(0, "api"), [json!("software"), json!(tag), json!(text)], "case {case}");
        assert_eq!(world.requests.is_empty(), case == 75 || case == 80, "case {case}");
    }
    let large = json_answer(&json!({ "a": "x".repeat(130_000) }));
    let world = called(&json!({}), large, &json!({}));
    assert_eq!((world.node(0), world.tag(0, "api")), ("E", json!("api_task_size_overflow_limit")), "case 81");
    assert!(world.data(0).get("a").is_none());
}

#[test]
fn cases_77_and_82_to_84_mapped_answers() {
    let body = json!({ "request_proc": "ok", "ops": [{ "proc": "ok", "res_data": { "res": "0" } }] });
    let world = called(&json!({ "format": "conveyor" }), json_answer(&body), &json!({}));
    assert_eq!((world.node(0), world.data(0)), ("F", json!({ "res": "0" })), "case 77");
    for (case, response, types, body, expected) in [
        (
            82,
            json!({ "body": "{{body}}" }),
            json!({ "body": "object" }),
            json!({ "data": { "id": 42 } }),
            json!({ "body": { "data": { "id": 42 } } }),
        ),
        (
            83,
            json!({ "new_id": "{{body.data.id}}" }),
            json!({ "new_id": "string" }),
            json!({}),
            json!({ "new_id": "" }),
        ),
        (
            84,
            json!({ "l": "{{body}}" }),
            json!({ "l": "array" }),
            json!({ "a": 1 }),
            json!({ "l": [{ "a": 1 }] }),
        ),
    ] {
        let more = json!({ "customize_response": true, "response": response, "response_type": types });
        let world = called(&more, json_answer(&body), &json!({}));
        assert_eq!((world.node(0), world.data(0)), ("F", expected), "case {case}");
    }
}

/// A new node declares every body an object (sheet corezoid/engine 6.1).
#[test]
fn a_list_stays_a_list_where_an_object_was_declared() {
    let world =
        called(&json!({ "customize_response": true }), json_answer(&json!([1, { "a": 2 }])), &json!({}));
    assert_eq!(world.data(0)["body"], json!([1, { "a": 2 }]));
}

#[test]
fn a_body_is_read_in_the_alphabet_it_names() {
    let cyrillic = b"\xCF\xF0\xE8\xE2\xE5\xF2";
    let xml = |declared: &str| [declared.as_bytes(), b"<r>", cyrillic, b"</r>"].concat();
    for (kind, body, expected) in [
        ("application/json; charset=windows-1251", [b"{\"r\":\"", &cyrillic[..], b"\"}"].concat(), "Привет"),
        ("text/xml; charset=\"Windows-1251\"; x=1", xml(""), "Привет"),
        ("text/xml", xml("<?xml version=\"1.0\" encoding='windows-1251'?>"), "Привет"),
        // What comes with the body counts before what stands in it.
        (
            "text/xml; charset=utf-8",
            xml("<?xml version=\"1.0\" encoding=\"windows-1251\"?>"),
            "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}",
        ),
        ("text/xml", "<r>Привет</r>".as_bytes().to_vec(), "Привет"),
        ("text/xml; charset=none", "<r>Привет</r>".as_bytes().to_vec(), "Привет"),
    ] {
        let headers = vec![("Content-Type".to_owned(), kind.to_owned())];
        let given = Ok(Response { status: 200, headers, body, took: 5, sent: 3 });
        assert_eq!(called(&json!({}), given, &json!({})).data(0)["r"], expected, "{kind}");
    }
}

#[test]
fn cases_85_to_88_what_is_sent() {
    let request = |more: &Value| called(more, Err(Silence::Timeout), &json!({})).requests.remove(0);
    let get = request(&json!({ "method": "GET", "extra": { "q": "Значение1" } }));
    assert_eq!(get.url, "http://target/path?q=%D0%97%D0%BD%D0%B0%D1%87%D0%B5%D0%BD%D0%B8%D0%B51");
    assert_eq!(get.body, "", "case 85");
    let post = request(&json!({ "send_sys": true, "extra": { "a": "1" }, "extra_type": { "a": "number" } }));
    assert_eq!(
        serde_json::from_str::<Value>(&post.body).unwrap(),
        json!({ "a": 1, "sys": { "ref": "r1", "obj_id": "t0", "conv_id": 1, "node_id": "A" } }),
        "case 86"
    );
    let signature = crate::corezoid::signature::sign("1578218400", "", post.body.as_bytes());
    assert_eq!(
        post.url,
        format!("http://target/path?conv_signature={signature}&conv_time=1578218400&conv_id=1")
    );
    let form =
        request(&json!({ "content_type": "x-www-form-urlencoded", "extra": { "p1": "a b", "p2": "c" } }));
    assert_eq!(form.body, "p1=a+b&p2=c", "case 87");
    assert_eq!(form.headers[0].1, "application/x-www-form-urlencoded");
    let raw = request(
        &json!({ "format": "raw", "raw_body": "<x>{{root.ref}}</x>", "extra_headers": { "content-type": "text/xml" } }),
    );
    assert_eq!((raw.body.as_str(), raw.headers[0].1.as_str()), ("<x>r1</x>", "text/xml"));
    let world = called(&json!({ "debug_info": true }), json_answer(&json!({})), &json!({}));
    assert_eq!(
        world.data(0)["__conveyor_api_debug__"],
        json!({ "http_exec_time": 5, "http_req_body_size": 3, "http_res_code": 200, "http_res_body_size": 2 }),
        "case 88"
    );
}

/// sheet corezoid/engine 6.2: the body of a DELETE, the query of a HEAD, the envelope in its order.
#[test]
fn methods_and_formats_say_where_parameters_go() {
    let request = |more: &Value| called(more, Err(Silence::Timeout), &json!({ "own": 1 })).requests.remove(0);
    for (method, query, body) in [
        ("GET", "?q=1", ""),
        ("HEAD", "?q=1", ""),
        ("DELETE", "", "{\"q\":\"1\"}"),
        ("PUT", "", "{\"q\":\"1\"}"),
        ("PATCH", "", "{\"q\":\"1\"}"),
        ("POST", "", "{\"q\":\"1\"}"),
    ] {
        let sent = request(&json!({ "method": method, "extra": { "q": "1" } }));
        assert_eq!((sent.url, sent.body.as_str()), (format!("http://target/path{query}"), body), "{method}");
    }
    let sent = request(&json!({ "format": "conveyor", "extra": { "q": "1" } }));
    let op = r#"{"ref":"r1","type":"data","obj_id":"t0","conv_id":1,"node_id":"A","data":{"own":1},"extra":{"q":"1"}}"#;
    assert_eq!(sent.body, format!("{{\"ops\":[{op}]}}"));
    assert!(sent.url.contains("conv_signature="), "{}", sent.url);
    let raw = |data: Value| {
        let more = json!({ "format": "raw", "raw_body": "[$.to_number({{own}}),$.to_array({{l}})]" });
        called(&more, Err(Silence::Timeout), &data)
    };
    assert_eq!(raw(json!({ "own": "1", "l": [1, 2] })).requests[0].body, "[1,[1,2]]");
    let failed = raw(json!({ "own": "one", "l": [] }));
    assert!(failed.requests.is_empty(), "what cannot be converted is not sent");
    let text = "Param: raw_body, Value: one, Try convert to: number";
    assert_eq!(failed.error(0, "api"), [json!("software"), json!("api_wrong_convert_param"), json!(text)]);
}

/// sheet corezoid/engine 6.1, 6.3.
#[test]
fn answers_without_a_body_that_is_understood() {
    let xml = json!({ "content_type": "text/xml", "extra": { "r": "{}" }, "extra_type": { "r": "object" } });
    let mapped = json!({ "customize_response": true });
    for (more, given, node, left) in [
        (json!({}), answer(202, "", ""), "E", json!("api_no_valid_json")),
        (json!({ "rfc_format": true }), answer(202, "", ""), "F", json!({})),
        (json!({ "rfc_format": true }), answer(200, "", ""), "E", json!("api_no_valid_json")),
        (json!({ "method": "HEAD" }), answer(200, "text/html", ""), "F", json!({})),
        (xml.clone(), answer(200, "text/plain", "<r/>"), "F", json!({})),
        (xml.clone(), answer(200, "text/xml", "<r>"), "E", json!("api_no_valid_json")),
        (xml, answer(500, "text/plain", "<r/>"), "D", json!("api_bad_answer")),
        (mapped.clone(), answer(200, "text/html", "<html>"), "E", json!("api_no_valid_json")),
        (
            mapped,
            answer(200, "application/json", "{\"a\":1}"),
            "F",
            json!({ "header": { "content-type": "application/json" }, "body": { "a": 1 } }),
        ),
        (json!({}), answer(200, "", "null"), "E", json!("api_no_valid_json")),
        (json!({}), answer(204, "", ""), "D", json!("api_bad_answer")),
    ] {
        let world = called(&more, given, &json!({}));
        let found = if node == "F" { world.data(0) } else { world.tag(0, "api") };
        assert_eq!((world.node(0), found), (node, left), "{more}");
    }
}

/// sheet corezoid/engine 6.3: in the service's own envelope a failure comes with status 500, and brings its data.
#[test]
fn an_envelope_fails_by_its_status_and_by_its_op() {
    let failed =
        json!({ "request_proc": "ok", "ops": [{ "proc": "fail", "res_data": { "error": "Text error" } }] });
    for (status, body, text, left) in [
        (500, failed.to_string(), "http code 500", json!("Text error")),
        (200, failed.to_string(), "http code 200", json!("Text error")),
        (500, "{}".to_owned(), "http code 500", Value::Null),
        (502, "<html>".to_owned(), "http code 502", Value::Null),
        (500, "{\"error\":\"own\"}".to_owned(), "http code 500", json!("own")),
    ] {
        let more = json!({ "format": "conveyor" });
        let world = called(&more, answer(status, "application/json", &body), &json!({}));
        assert_eq!(
            world.error(0, "api"),
            [json!("software"), json!("api_bad_answer"), json!(text)],
            "{body}"
        );
        assert_eq!(world.data(0)["error"], left, "{body}");
    }
}

/// sheet corezoid/engine 1.4: an error is told however full the task is, and is no way round its limit.
#[test]
fn errors_are_bounded_too() {
    let large = json!({ "why": "x".repeat(130_000) }).to_string();
    let world = called(&json!({}), answer(500, "application/json", &large), &json!({}));
    assert_eq!((world.node(0), world.tag(0, "api")), ("E", json!("api_task_size_overflow_limit")));
    assert!(world.data(0).get("why").is_none());
    let world = called(&json!({}), answer(200, "text/html", &"<".repeat(100_000)), &json!({}));
    let [_, tag, text] = world.error(0, "api");
    assert_eq!((tag, text.as_str().unwrap().len()), (json!("api_no_valid_json"), 2_000));
    let full = json!({ "a": "x".repeat(127_990) });
    let world = called(&json!({ "url": "" }), Err(Silence::Timeout), &full);
    assert_eq!(world.tag(0, "api"), "api_bad_answer");
}

#[test]
fn cases_90_to_94_how_a_script_ends() {
    let code = json!({ "type": "api_code", "lang": "js", "src": "…" });
    for (case, result, node, blame, tag) in [
        (90, Ok(json!({ "a": 1, "phone": "+1" })), "F", Value::Null, Value::Null),
        (
            92,
            Err(ScriptFault::Failed("Error: x".into())),
            "E",
            json!("software"),
            json!("code_executing_error"),
        ),
        (93, Err(ScriptFault::Timeout), "E", json!("hardware"), json!("code_timeout")),
        (94, Ok(json!(5)), "E", json!("software"), json!("code_return_format_error")),
        (
            94,
            Err(ScriptFault::Format("cyclic".into())),
            "E",
            json!("software"),
            json!("code_return_format_error"),
        ),
    ] {
        let mut world = World::new(&one(code.clone()));
        world.scripts.push_back(result);
        let task = world.create(&json!({ "a": 1 }));
        assert_eq!(world.node(task), node, "case {case}");
        assert_eq!(world.error(task, "code")[..2], [blame, tag], "case {case}");
        assert_eq!(world.data(task)["a"], 1, "case {case}");
    }
}

#[test]
fn what_is_not_run_here_is_an_error_unless_it_is_stubbed() {
    for (logic, area, tag) in [
        (json!({ "type": "git_call", "lang": "js" }), "git_call", "git_call_executing_error"),
        (
            json!({ "type": "db_call", "instance_id": 1, "query": "SELECT '{{x}}'" }),
            "db_call",
            "db_call_executing_error",
        ),
    ] {
        let mut world = World::new(&one(logic));
        let task = world.create(&json!({}));
        assert_eq!((world.node(task), world.tag(task, area)), ("E", json!(tag)));
    }
}
