//! Stubs made ready to answer: checked once, their expressions read. Pure.

use base64::Engine as _;
use serde_json::{Map, Value};

use super::stub::{Answer, Asked, BodyRule, Failure, Forced, Stub, TextRule, UrlRule, Wrong};
use crate::corezoid::rules::pattern::Pattern;

/// Most stubs of a list.
const MOST: usize = 1_000;

/// A stub that can answer.
#[derive(Debug)]
pub(crate) struct Ready {
    pub(crate) stub: Stub,
    url: Option<UrlTest>,
    body: Test,
    query: Test,
    /// The bytes of the answer, and its type where it names none.
    pub(crate) body_sent: Vec<u8>,
    pub(crate) body_type: &'static str,
}

/// A call, as far as stubs look at it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen<'a> {
    pub(crate) call: Asked,
    pub(crate) process: i64,
    pub(crate) node: &'a str,
    pub(crate) method: &'a str,
    pub(crate) url: &'a str,
    pub(crate) body: &'a str,
    pub(crate) instance: Option<&'a str>,
    pub(crate) query: Option<&'a str>,
}

#[derive(Debug)]
enum UrlTest {
    /// Whether the query counts, and the URL.
    Exact(bool, String),
    Prefix(String),
    Pattern(Pattern),
}

#[derive(Debug, Default)]
struct Test {
    contains: Option<String>,
    pattern: Option<Pattern>,
    json: Option<Value>,
}

impl Ready {
    /// Whether it answers this call, but for the node.
    pub(crate) fn fits(&self, seen: &Seen<'_>) -> bool {
        let stub = &self.stub;
        stub.error.is_none()
            && stub.call == seen.call
            && stub.process.is_none_or(|process| process == seen.process)
            && stub.method.as_ref().is_none_or(|method| method.eq_ignore_ascii_case(seen.method))
            && self.url.as_ref().is_none_or(|url| url.fits(seen.url))
            && stub.instance.as_ref().is_none_or(|own| seen.instance.is_some_and(|id| own.is(id)))
            && self.body.fits(seen.body)
            && self.query.fits(seen.query.unwrap_or_default())
    }

    /// Whether it makes logics of this kind fail in the nodes of a process.
    pub(crate) fn forces(&self, call: Asked, process: i64) -> Option<&Forced> {
        let stub = &self.stub;
        let fits = stub.call == call && stub.process.is_none_or(|own| own == process);
        stub.error.as_ref().filter(|_| fits)
    }

    /// Whether it answers this node; `title` is the node's, where somebody asked for it.
    pub(crate) fn is_of(&self, node: &str, title: Option<&str>) -> bool {
        self.stub.node.as_deref().is_none_or(|own| own == node || Some(own) == title)
    }
}

impl UrlTest {
    fn fits(&self, url: &str) -> bool {
        match self {
            Self::Exact(true, own) => own == url,
            // An API Call adds a query of its own (sheet corezoid/engine 6.1, `send_sys`).
            Self::Exact(false, own) => Some(own.as_str()) == url.split('?').next(),
            Self::Prefix(own) => url.starts_with(own),
            Self::Pattern(own) => own.fits(url),
        }
    }
}

impl Test {
    fn fits(&self, text: &str) -> bool {
        self.contains.as_ref().is_none_or(|part| text.contains(part))
            && self.pattern.as_ref().is_none_or(|pattern| pattern.fits(text))
            && self.json.as_ref().is_none_or(|part| {
                serde_json::from_str::<Value>(text).is_ok_and(|whole| is_part(part, &whole))
            })
    }
}

/// Whether all of `part` is in `whole`.
fn is_part(part: &Value, whole: &Value) -> bool {
    match (part, whole) {
        (Value::Object(part), Value::Object(whole)) => {
            part.iter().all(|(key, part)| whole.get(key).is_some_and(|whole| is_part(part, whole)))
        }
        (Value::Array(part), Value::Array(whole)) => {
            part.len() == whole.len() && part.iter().zip(whole).all(|(part, whole)| is_part(part, whole))
        }
        // 1 and 1.0 are one number.
        (Value::Number(part), Value::Number(whole)) => part == whole || part.as_f64() == whole.as_f64(),
        _ => part == whole,
    }
}

/// Says what is wrong with a list of stubs that somebody brings: that it is too long, or the first that cannot answer.
pub(crate) fn check(stubs: Vec<Stub>) -> Result<(), Wrong> {
    if stubs.len() > MOST {
        let message = format!("{MOST} stubs at most");
        return Err(Wrong { index: MOST, key: "", message });
    }
    ready_all(stubs).map(|_| ())
}

/// Makes a list of stubs ready.
pub(crate) fn ready_all(stubs: Vec<Stub>) -> Result<Vec<Ready>, Wrong> {
    let all = stubs.into_iter().enumerate();
    all.map(|(index, stub)| ready(stub).map_err(|(key, message)| Wrong { index, key, message })).collect()
}

type Fault = (&'static str, String);

fn ready(stub: Stub) -> Result<Ready, Fault> {
    for (key, known, belongs) in [
        ("method", stub.method.is_some(), stub.call == Asked::Api),
        ("url", stub.url.is_some(), stub.call == Asked::Api),
        ("body", stub.body.is_some(), stub.call == Asked::Api),
        ("answer", stub.answer.is_some(), stub.call == Asked::Api),
        ("failure", stub.failure.is_some(), stub.call == Asked::Api),
        ("delay", stub.delay.is_some(), stub.call == Asked::Api),
        ("instance", stub.instance.is_some(), stub.call == Asked::DbCall),
        ("query", stub.query.is_some(), stub.call == Asked::DbCall),
        ("data", stub.data.is_some(), matches!(stub.call, Asked::DbCall | Asked::GitCall)),
    ] {
        if known && stub.error.is_some() {
            return Err((key, "the node fails before it does anything".to_owned()));
        }
        if known && !belongs {
            let kind = match stub.call {
                Asked::Api => "an api call",
                Asked::DbCall | Asked::GitCall => "a db_call or git_call like this",
                _ => "a node of this kind",
            };
            return Err((key, format!("{kind} has none")));
        }
    }
    match (stub.call, &stub.answer, stub.failure, &stub.data) {
        _ if stub.error.is_some() => {}
        (Asked::Api, None, None, _) => return Err(("", "neither answer nor failure is given".to_owned())),
        (Asked::Api, Some(_), Some(_), _) => {
            return Err(("failure", "an answer is given, so the call does not fail".to_owned()));
        }
        (Asked::DbCall | Asked::GitCall, _, _, None) => return Err(("data", "missing".to_owned())),
        (Asked::Api | Asked::DbCall | Asked::GitCall, ..) => {}
        _ => return Err(("error", "missing".to_owned())),
    }
    if stub.times == Some(0) {
        return Err(("times", "once at least".to_owned()));
    }
    let url = stub.url.as_ref().map(url_test).transpose()?;
    let body = stub.body.as_ref().map(body_test).transpose()?.unwrap_or_default();
    let query = stub.query.as_ref().map(query_test).transpose()?.unwrap_or_default();
    let (body_sent, body_type) = match (&stub.answer, stub.failure) {
        (Some(answer), _) => sent(answer)?,
        (None, Some(Failure::BadBody)) => (b"{\"breaks\": \"of".to_vec(), "application/json"),
        (None, _) => (Vec::new(), ""),
    };
    Ok(Ready { stub, url, body, query, body_sent, body_type })
}

fn pattern(text: &str, key: &'static str) -> Result<Pattern, Fault> {
    Pattern::read(text).ok_or_else(|| (key, format!("{text:?} is no regular expression")))
}

fn url_test(rule: &UrlRule) -> Result<UrlTest, Fault> {
    Ok(match rule {
        UrlRule::Regexp(rule) => UrlTest::Pattern(pattern(&rule.regexp, "url.regexp")?),
        UrlRule::Text(text) => match text.strip_suffix('*') {
            Some(start) if !start.contains('*') => UrlTest::Prefix(start.to_owned()),
            None if !text.contains('*') => UrlTest::Exact(text.contains('?'), text.clone()),
            _ => {
                return Err(("url", "a * may only be the end; say more with {\"regexp\": \"…\"}".to_owned()));
            }
        },
    })
}

fn body_test(rule: &BodyRule) -> Result<Test, Fault> {
    if *rule == BodyRule::default() {
        return Err(("body", "none of contains, regexp and json is given".to_owned()));
    }
    let read = |text: &String| pattern(text, "body.regexp");
    let found = rule.regexp.as_ref().map(read).transpose()?;
    Ok(Test { contains: rule.contains.clone(), pattern: found, json: rule.json.clone() })
}

fn query_test(rule: &TextRule) -> Result<Test, Fault> {
    if *rule == TextRule::default() {
        return Err(("query", "neither contains nor regexp is given".to_owned()));
    }
    let read = |text: &String| pattern(text, "query.regexp");
    let found = rule.regexp.as_ref().map(read).transpose()?;
    Ok(Test { contains: rule.contains.clone(), pattern: found, json: None })
}

/// The bytes of an answer, and what they are.
fn sent(answer: &Answer) -> Result<(Vec<u8>, &'static str), Fault> {
    if !(100..=599).contains(&answer.status) {
        return Err(("answer.status", format!("{} is no status", answer.status)));
    }
    Ok(match (&answer.body, &answer.base64) {
        (Some(_), Some(_)) => return Err(("answer.base64", "there is a body already".to_owned())),
        (None, Some(text)) => {
            let bytes = base64::engine::general_purpose::STANDARD.decode(text);
            (bytes.map_err(|error| ("answer.base64", error.to_string()))?, "application/octet-stream")
        }
        (None, None) => (Vec::new(), ""),
        (Some(Value::String(text)), None) => (text.clone().into_bytes(), "text/plain; charset=utf-8"),
        (Some(value), None) => (value.to_string().into_bytes(), "application/json"),
    })
}

impl Ready {
    /// The data for a Database or Git Call.
    pub(crate) fn data(&self) -> Map<String, Value> {
        self.stub.data.clone().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn one(stub: Value) -> Ready {
        let stub: Stub = serde_json::from_value(stub).unwrap();
        ready_all(vec![stub]).unwrap().remove(0)
    }

    fn seen<'a>(method: &'a str, url: &'a str, body: &'a str) -> Seen<'a> {
        let (call, process, node) = (Asked::Api, 7, "aa");
        Seen { call, process, node, method, url, body, instance: None, query: None }
    }

    fn answering(mut rule: Value) -> Value {
        rule["answer"] = json!({});
        rule
    }

    #[test]
    fn a_stub_answers_the_calls_it_names() {
        let body = r#"{"amount":10,"card":{"no":"41","cvc":"1"},"tags":["a",{"b":1,"c":2}]}"#;
        let call = seen("POST", "https://bank.test/pay?conv_id=7", body);
        for (rule, fits) in [
            (json!({}), true),
            (json!({ "process": 7 }), true),
            (json!({ "process": 8 }), false),
            (json!({ "method": "post" }), true),
            (json!({ "method": "PUT" }), false),
            (json!({ "url": "https://bank.test/pay" }), true),
            (json!({ "url": "https://bank.test/pay?conv_id=7" }), true),
            (json!({ "url": "https://bank.test/pay?conv_id=8" }), false),
            (json!({ "url": "https://bank.test/pa" }), false),
            (json!({ "url": "https://bank.test/pa*" }), true),
            (json!({ "url": "http://bank.test/*" }), false),
            (json!({ "url": "*" }), true),
            (json!({ "url": { "regexp": r"^https://[a-z.]+/pay\?" } }), true),
            (json!({ "url": { "regexp": "pay$" } }), false),
            (json!({ "body": { "contains": "\"41\"" } }), true),
            (json!({ "body": { "contains": "42" } }), false),
            (json!({ "body": { "regexp": "\"amount\":[0-9]+" } }), true),
            (json!({ "body": { "contains": "41", "regexp": "amount:" } }), false),
            (json!({ "body": { "json": { "amount": 10.0 } } }), true),
            (json!({ "body": { "json": { "amount": "10" } } }), false),
            (json!({ "body": { "json": { "card": { "no": "41" } } } }), true),
            (json!({ "body": { "json": { "card": { "no": "41", "pin": null } } } }), false),
            (json!({ "body": { "json": { "tags": ["a", { "b": 1 }] } } }), true),
            (json!({ "body": { "json": { "tags": ["a"] } } }), false),
            (json!({ "body": { "json": [] } }), false),
            (json!({ "body": { "json": null } }), false),
        ] {
            assert_eq!(one(answering(rule.clone())).fits(&call), fits, "{rule}");
        }
        assert!(!one(answering(json!({ "body": { "json": {} } }))).fits(&seen(
            "GET",
            "http://a/",
            "no json"
        )));
    }

    #[test]
    fn a_stub_names_a_node_by_id_or_title() {
        let named = one(answering(json!({ "node": "Pay" })));
        assert!(named.is_of("aa", Some("Pay")) && named.is_of("Pay", None));
        assert!(!named.is_of("aa", None) && !named.is_of("aa", Some("pay")));
        assert!(one(answering(json!({}))).is_of("aa", None));
    }

    #[test]
    fn database_and_git_calls_have_stubs_of_their_own() {
        let call = Seen {
            call: Asked::DbCall,
            instance: Some("5"),
            query: Some("SELECT 1 FROM dual"),
            ..seen("", "", "")
        };
        for (rule, fits) in [
            (json!({ "call": "db_call" }), true),
            (json!({ "call": "git_call" }), false),
            (json!({ "call": "db_call", "instance": 5 }), true),
            (json!({ "call": "db_call", "instance": "5" }), true),
            (json!({ "call": "db_call", "instance": 6 }), false),
            (json!({ "call": "db_call", "query": { "contains": "dual" } }), true),
            (json!({ "call": "db_call", "query": { "regexp": "^select" } }), false),
        ] {
            let mut rule = rule;
            rule["data"] = json!({ "rows": [] });
            assert_eq!(one(rule.clone()).fits(&call), fits, "{rule}");
        }
        assert!(!one(answering(json!({}))).fits(&call));
    }

    #[test]
    fn a_stub_that_cannot_answer_says_why() {
        let good = answering(json!({}));
        for (stub, place, word) in [
            (json!({}), "[1]", "neither answer nor failure"),
            (json!({ "answer": {}, "failure": "timeout" }), "[1].failure", "does not fail"),
            (json!({ "answer": { "status": 99 } }), "[1].answer.status", "99"),
            (json!({ "answer": { "body": 1, "base64": "" } }), "[1].answer.base64", "already"),
            (json!({ "answer": { "base64": "?" } }), "[1].answer.base64", "Invalid"),
            (json!({ "answer": {}, "url": "https://*.test/" }), "[1].url", "regexp"),
            (json!({ "answer": {}, "url": { "regexp": "(" } }), "[1].url.regexp", "\"(\""),
            (json!({ "answer": {}, "body": {} }), "[1].body", "none of"),
            (json!({ "answer": {}, "times": 0 }), "[1].times", "once"),
            (json!({ "answer": {}, "data": {} }), "[1].data", "an api call has none"),
            (json!({ "answer": {}, "instance": 1 }), "[1].instance", "an api call has none"),
            (json!({ "call": "db_call" }), "[1].data", "missing"),
            (json!({ "call": "db_call", "data": {}, "url": "*" }), "[1].url", "db_call"),
            (json!({ "call": "db_call", "data": {}, "query": {} }), "[1].query", "neither"),
            (json!({ "call": "git_call", "data": {}, "instance": 1 }), "[1].instance", "git_call"),
            (json!({ "call": "api_code" }), "[1].error", "missing"),
            (json!({ "call": "api_code", "data": {} }), "[1].data", "this kind"),
            (json!({ "error": { "tag": "x" }, "url": "*" }), "[1].url", "before"),
            (json!({ "error": { "tag": "x" }, "answer": {} }), "[1].answer", "before"),
        ] {
            let stubs = [good.clone(), stub.clone()].map(|stub| serde_json::from_value(stub).unwrap());
            let wrong = check(stubs.into()).unwrap_err();
            assert_eq!(wrong.place(), place, "{stub}");
            assert!(wrong.message.contains(word), "{stub}: {}", wrong.message);
        }
        let stub: Stub = serde_json::from_value(good).unwrap();
        assert_eq!(check(vec![stub; MOST + 1]).unwrap_err().place(), "[1000]");
    }

    #[test]
    fn a_body_goes_as_text_as_json_or_as_bytes() {
        for (answer, bytes, kind) in [
            (json!({}), &b""[..], ""),
            (json!({ "body": "<a/>" }), b"<a/>", "text/plain; charset=utf-8"),
            (json!({ "body": { "b": [1] } }), b"{\"b\":[1]}", "application/json"),
            (json!({ "body": null }), b"null", "application/json"),
            (json!({ "base64": "/wA=" }), b"\xFF\0", "application/octet-stream"),
        ] {
            let ready = one(json!({ "answer": answer }));
            assert_eq!((ready.body_sent.as_slice(), ready.body_type), (bytes, kind), "{answer}");
        }
    }
}
