//! From the JSON of a node to types. What is missing gets the default of the sheet; what is wrong is left for the run to
//! say, as a deploy has let it pass. Pure.

use serde_json::{Map, Value};

use super::{
    Action, Api, Branch, Call, Copy, Count, Format, Logic, Node, Reply, Row, RowValue, SumRow, Timer,
    TimerValue,
};
use crate::corezoid::engine::cast::{self, Type};
use crate::corezoid::engine::condition::Condition;
use crate::corezoid::engine::template::Template;
use crate::corezoid::model::node::{NodeDoc, NodeKind};

type Object = Map<String, Value>;

/// sheet corezoid/engine 8: default of `max_threads`, and the server's cap.
const THREADS: usize = 5;
const MOST_THREADS: usize = 200;
/// sheet corezoid/engine 2.4: default of a count semaphor.
const COUNT: i64 = 30;

/// A node.
pub(super) fn node(id: &str, doc: &NodeDoc) -> Node {
    let options: Object =
        doc.options.0.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let stub = doc.stub.as_ref().filter(|_| doc.obj_type == NodeKind::Stub);
    Node {
        id: id.to_owned(),
        title: doc.title.clone(),
        kind: doc.obj_type,
        logics: doc.logics.iter().map(logic).collect(),
        timers: doc.semaphors.iter().filter_map(timer).collect(),
        counts: doc.semaphors.iter().filter_map(count).collect(),
        saves: options.get("save_task").is_none_or(|value| flag(value) != Some(false)),
        stub: stub.map(branches),
    }
}

fn word<'a>(object: &'a Object, key: &str) -> &'a str {
    object.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// A text that may hold placeholders; numbers are taken for their digits.
fn template(object: &Object, key: &str) -> Template {
    Template::read(&object.get(key).map(cast::text).unwrap_or_default())
}

/// The same; `None` when it is absent or empty.
fn filled(object: &Object, key: &str) -> Option<Template> {
    let text = object.get(key).map(cast::text)?;
    (!text.is_empty()).then(|| Template::read(&text))
}

fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

fn is(object: &Object, key: &str, default: bool) -> bool {
    object.get(key).and_then(flag).unwrap_or(default)
}

fn logic(object: &Object) -> Logic {
    match word(object, "type") {
        "go" => Logic::Go { to: template(object, "to_node_id") },
        "go_if_const" => Logic::If { to: template(object, "to_node_id"), conditions: conditions(object) },
        kind => Logic::Act { action: action(kind, object), err: filled(object, "err_node_id") },
    }
}

/// The v1 form keeps one condition on the logic itself (sheet corezoid/engine 2.2).
fn conditions(object: &Object) -> Vec<Condition> {
    match object.get("conditions").and_then(Value::as_array) {
        Some(list) => list.iter().filter_map(Value::as_object).filter_map(Condition::read).collect(),
        None => Condition::read(object).into_iter().collect(),
    }
}

/// A path, bare or in braces, as a text that gives what stands there.
fn id_path(object: &Object) -> Option<Template> {
    let path = Some(word(object, "obj_id_path")).filter(|path| !path.is_empty())?;
    Some(Template::read(&if path.contains("{{") { path.to_owned() } else { format!("{{{{{path}}}}}") }))
}

fn action(kind: &str, object: &Object) -> Action {
    match kind {
        "set_param" => Action::SetParam(rows(object, "extra", "extra_type")),
        "api_code" => Action::Code {
            lang: Some(word(object, "lang")).filter(|lang| !lang.is_empty()).unwrap_or("js").to_owned(),
            source: word(object, "src").to_owned(),
        },
        "api" => Action::Api(Box::new(api(object))),
        "api_copy" => Action::Copy(Copy {
            modify: word(object, "mode") == "modify",
            conv: template(object, "conv_id"),
            reference: template(object, "ref"),
            rows: rows(object, "data", "data_type"),
            whole: word(object, "group") == "all",
            is_sync: is(object, "is_sync", false),
            parent: is(object, "send_parent_data", false),
        }),
        "api_rpc" => Action::Call(Call {
            conv: template(object, "conv_id"),
            rows: rows(object, "extra", "extra_type"),
            whole: word(object, "group") == "all",
        }),
        "api_rpc_reply" => Action::Reply(reply(object)),
        "api_callback" => Action::Callback { is_sync: is(object, "is_sync", true), id_path: id_path(object) },
        "api_queue" => Action::Queue(rows(object, "data", "data_type")),
        "api_get_task" => Action::Take {
            conv: template(object, "conv_id"),
            node: template(object, "node_id"),
            newest_first: word(object, "order_by") == "DESC",
        },
        "api_sum" => Action::Sum(sums(object)),
        // sheet corezoid/engine 3: client-side documents spell it `api_git`.
        "git_call" | "api_git" => Action::Git,
        "db_call" => Action::Db {
            instance: object.get("instance_id").map(cast::text).unwrap_or_default(),
            query: template(object, "query"),
        },
        _ => Action::Idle,
    }
}

/// A map of values with its twin map of types.
fn rows(object: &Object, values: &str, types: &str) -> Vec<Row> {
    let types = object.get(types).and_then(Value::as_object);
    let row = |(key, value): (&String, &Value)| Row {
        key: Template::read(key),
        value: match value {
            Value::String(text) => RowValue::Template(Template::read(text)),
            other => RowValue::Constant(other.clone()),
        },
        of: types.and_then(|types| types.get(key)?.as_str()).and_then(Type::of),
    };
    object.get(values).and_then(Value::as_object).into_iter().flatten().map(row).collect()
}

fn reply(object: &Object) -> Reply {
    let names = object.get("res_data").and_then(Value::as_array);
    Reply {
        rows: rows(object, "res_data", "res_data_type"),
        keys: names.into_iter().flatten().map(cast::text).collect(),
        throws: is(object, "throw_exception", false).then(|| template(object, "exception_reason")),
    }
}

fn branches(stub: &Value) -> Vec<Branch> {
    let list = stub.get("logics").and_then(Value::as_array);
    let branch = |branch: &Value| {
        let logics: Vec<&Object> = match branch {
            Value::Array(logics) => logics.iter().filter_map(Value::as_object).collect(),
            Value::Object(logic) => vec![logic],
            _ => Vec::new(),
        };
        let of = |kind: &str| logics.iter().copied().find(|logic| word(logic, "type") == kind);
        Some(Branch {
            conditions: of("go_if_const").map(conditions).unwrap_or_default(),
            reply: reply(of("api_rpc_reply")?),
        })
    };
    list.into_iter().flatten().filter_map(branch).collect()
}

fn sums(object: &Object) -> Vec<SumRow> {
    let row = |row: &Value| {
        let row = row.as_object()?;
        Some(SumRow { id: row.get("id").map(cast::text)?, value: template(row, "value") })
    };
    object.get("extra").and_then(Value::as_array).into_iter().flatten().filter_map(row).collect()
}

fn timer(object: &Object) -> Option<Timer> {
    if word(object, "type") != "time" {
        return None;
    }
    let unit = match word(object, "dimension") {
        "min" => 60,
        "hour" => 3600,
        "day" => 86_400,
        _ => 1,
    };
    let text = cast::text(object.get("value")?);
    let value = match text.parse() {
        // v1: a text of digits is seconds (sheet corezoid/engine 2.3).
        Ok(value) => {
            TimerValue::Span { value, unit: if object.get("value")?.is_string() { 1 } else { unit } }
        }
        Err(_) => TimerValue::Moment(Template::read(&text)),
    };
    Some(Timer { value, to: template(object, "to_node_id") })
}

fn count(object: &Object) -> Option<Count> {
    let value = object.get("value").and_then(|value| cast::number(&cast::text(value))?.as_i64());
    (word(object, "type") == "count")
        .then(|| Count { value: value.unwrap_or(COUNT), to: word(object, "esc_node_id").to_owned() })
}

/// Without a map the answer is mapped as a new node maps it (sheet corezoid/engine 6.1).
fn response(object: &Object) -> Vec<Row> {
    if object.get("response").is_some_and(Value::is_object) {
        return rows(object, "response", "response_type");
    }
    let row = |name: &str| Row {
        key: Template::read(name),
        value: RowValue::Template(Template::read(&format!("{{{{{name}}}}}"))),
        of: Some(Type::Object),
    };
    vec![row("header"), row("body")]
}

fn api(object: &Object) -> Api {
    let threads = object.get("max_threads").and_then(|value| cast::number(&cast::text(value))?.as_u64());
    let threads = threads.and_then(|threads| usize::try_from(threads).ok()).unwrap_or(THREADS);
    Api {
        url: template(object, "url"),
        method: word(object, "method").to_ascii_uppercase(),
        format: match word(object, "format") {
            "conveyor" | "corezoid" => Format::Conveyor,
            "raw" => Format::Raw(template(object, "raw_body")),
            _ => Format::Rows,
        },
        content_type: Some(word(object, "content_type"))
            .filter(|kind| !kind.is_empty())
            .unwrap_or("application/json")
            .to_owned(),
        rows: rows(object, "extra", "extra_type"),
        headers: rows(object, "extra_headers", ""),
        send_sys: is(object, "send_sys", true),
        secret: filled(object, "api_secret_outer"),
        certificate: filled(object, "cert_pem"),
        max_threads: threads.clamp(1, MOST_THREADS),
        debug_info: is(object, "debug_info", false),
        rfc: is(object, "rfc_format", false),
        response: is(object, "customize_response", false).then(|| response(object)),
    }
}
