//! Nodes whose work is done by somebody else: Code, Git Call, Database Call (sheet corezoid/engine 5, 3.10, 3.11). Pure.

use serde_json::Value;

use super::{At, Outcome, stopped};
use crate::corezoid::engine::fault::Fault;
use crate::corezoid::engine::task::{Data, Event, ScriptFault, Wait};
use crate::corezoid::engine::template::{Scope, Template};
use crate::kernel::engine::DbResult;

/// Runs a script over the task's data. A script that fails leaves the data as it was.
pub(super) fn act(lang: &str, source: &str, given: Option<Event>) -> Outcome {
    match given {
        Some(Event::Script(Ok(Value::Object(data)))) => Outcome::Done(data),
        Some(Event::Script(Ok(other))) => {
            let text = format!("data must be an object, it is {other}");
            Outcome::failed(Fault::software("code", "code_return_format_error", text))
        }
        Some(Event::Script(Err(fault))) => Outcome::failed(match fault {
            ScriptFault::Timeout => Fault::hardware("code", "code_timeout", "timeout for executing code"),
            ScriptFault::Failed(text) => Fault::software("code", "code_executing_error", text),
            ScriptFault::Format(text) => Fault::software("code", "code_return_format_error", text),
        }),
        _ => Outcome::Park(Wait::Script { lang: lang.to_owned(), source: source.to_owned() }),
    }
}

/// A Git Call: a stub's data replaces nothing and adds its own.
pub(super) fn git(given: Option<Event>) -> Outcome {
    match given {
        Some(Event::Stub(Some(data))) => Outcome::Merge(data),
        Some(Event::Stub(None)) => Outcome::failed(Fault::software(
            "git_call",
            "git_call_executing_error",
            "Git Call is not executed here, stub it by its node",
        )),
        _ => Outcome::Park(Wait::Git),
    }
}

/// A Database Call: where rows land is not documented; a stub's data is merged, or goes where the user says
/// (sheet corezoid/engine 3.11).
pub(super) fn database(
    (instance, query): (&str, &Template),
    at: &At<'_>,
    scope: &Scope<'_>,
    given: Option<Event>,
) -> Outcome {
    let tag = at.options.tags.db.as_str();
    match given {
        Some(Event::Stub(Some(data))) => Outcome::Merge(match &at.options.db_result {
            DbResult::Root => data,
            DbResult::Under(name) => Data::from_iter([(name.as_str().to_owned(), Value::Object(data))]),
        }),
        Some(Event::Stub(None)) => Outcome::failed(Fault::software(
            "db_call",
            tag.to_owned(),
            "Database Call is not executed here, stub it by its instance",
        )),
        _ => match query.text(scope) {
            Ok(query) => Outcome::Park(Wait::Db { instance: instance.to_owned(), query }),
            Err(stop) => stopped("db_call", "query", stop, tag),
        },
    }
}
