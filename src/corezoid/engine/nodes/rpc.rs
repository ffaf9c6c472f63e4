//! Call a Process and Reply to Process (sheet corezoid/engine 7.1). Pure.

use serde_json::{Map, Value};

use super::copy::sent;
use super::rows::{self, Owner};
use super::{At, Outcome};
use crate::corezoid::engine::fault::Fault;
use crate::corezoid::engine::graph::{self, Branch, Call};
use crate::corezoid::engine::task::{Ask, Data, Event, NewTask, Refusal, Reply, Task, Wait};
use crate::corezoid::engine::template::Scope;

const CALLER: Owner<'_> = Owner { area: "rpc", convert: "rpc_task_wrong_convert_param" };

/// Starts a task in another process and waits for its reply.
pub(super) fn call(
    call: &Call,
    at: &At<'_>,
    scope: &Scope<'_>,
    task: &Task,
    given: Option<Event>,
) -> Outcome {
    match given {
        Some(Event::Handed(Ok(()))) => Outcome::Park(Wait::Reply),
        Some(Event::Handed(Err(refusal))) => refused(refusal),
        Some(Event::Replied(reply)) => replied(reply),
        _ => ask(call, at, scope, task).unwrap_or_else(|outcome| outcome),
    }
}

fn ask(call: &Call, at: &At<'_>, scope: &Scope<'_>, task: &Task) -> Result<Outcome, Outcome> {
    let conv = call.conv.text(scope).map_err(|stop| CALLER.stopped("conv_id", stop))?;
    let mut data = sent((&call.rows, call.whole), at, scope, task, CALLER)?;
    if let Some(branches) = &at.node.stub {
        return stub(branches, &data, at, scope).map(replied);
    }
    data.insert("__rpc_ref_id__".to_owned(), Value::from(task.reference.as_deref().unwrap_or_default()));
    data.insert("__rpc_conv_id__".to_owned(), Value::from(task.conv));
    data.insert("__rpc_corr_id__".to_owned(), Value::from(correlation(task)));
    Ok(Outcome::ask(Ask::Create(NewTask { conv, reference: None, data, is_call: true })))
}

/// Opaque to everybody (sheet corezoid/engine 1.3).
fn correlation(task: &Task) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(format!("{}:{}", task.conv, task.id))
}

/// Stub mode: the first branch that fits the parameters that would be sent. None fits: an empty reply.
fn stub(branches: &[Branch], data: &Data, at: &At<'_>, scope: &Scope<'_>) -> Result<Reply, Outcome> {
    let scope = Scope { data, ..*scope };
    for branch in branches {
        let mut fits = true;
        for condition in &branch.conditions {
            let compared = condition.compare(&scope, at.options.condition_types);
            fits = fits && compared.map_err(|stop| CALLER.stopped("", stop))?.holds;
        }
        if fits {
            let mut reply = answer(&branch.reply, at, &scope, data)?;
            reply.is_stub = true;
            return Ok(reply);
        }
    }
    Ok(Reply { data: Data::new(), throws: None, is_stub: true })
}

/// What the caller gets: the listed parameters; an exception brings them too, beside both of its tags
/// (sheet corezoid/engine 11, 12 and 7.1).
fn replied(reply: Reply) -> Outcome {
    let mut data = reply.data;
    if reply.is_stub {
        data.insert("__logic_stub_mode__".to_owned(), Value::Bool(true));
    }
    match reply.throws {
        None => Outcome::Merge(data),
        Some(reason) => Outcome::Failed(
            vec![
                Fault::software("rpc", "rpc_reply_exception", reason.clone()),
                Fault::software("rpc_reply", "rpc_reply_exception", reason),
            ],
            data,
        ),
    }
}

fn refused(refusal: Refusal) -> Outcome {
    let result = |word: &str| {
        let mut data = Data::new();
        data.insert("__conveyor_copy_task_result__".to_owned(), Value::from(word));
        data
    };
    let fatal = || Fault::hardware("rpc", "rpc_task_fatal_error", "Error running rpc task");
    match refusal {
        Refusal::Denied { user, conv } => Outcome::Failed(
            vec![Fault::software("rpc", "access_denied", format!("user: {user}, conv_id: {conv}"))],
            result("access_denied"),
        ),
        Refusal::NotActive => Outcome::Failed(vec![fatal()], result("conveyor_is_not_active")),
        Refusal::WrongParams(text) => Outcome::failed(Fault::software("rpc", "wrong_validate_params", text)),
        Refusal::TooBig(size) => {
            Outcome::failed(Fault::software("rpc", "rpc_task_size_overflow", size.to_string()))
        }
        Refusal::NotUnical
        | Refusal::NotFound
        | Refusal::NoCallback
        | Refusal::Running
        | Refusal::NoQueue => Outcome::Failed(vec![fatal()], result("crash_api")),
    }
}

/// Answers whoever called this task; without a caller nothing happens.
pub(super) fn reply(
    reply: &graph::Reply,
    at: &At<'_>,
    scope: &Scope<'_>,
    task: &Task,
    given: Option<&Event>,
) -> Outcome {
    if given == Some(&Event::Done) {
        return Outcome::nothing();
    }
    match answer(reply, at, scope, &task.data) {
        Ok(answer) => Outcome::ask(Ask::Reply(answer)),
        Err(outcome) => outcome,
    }
}

fn answer(
    reply: &graph::Reply,
    at: &At<'_>,
    scope: &Scope<'_>,
    data: &Map<String, Value>,
) -> Result<Reply, Outcome> {
    // The table of its tags is lost (sheet corezoid/engine 12): the user may name this one.
    let owner = Owner { area: "rpc_reply", convert: at.options.tags.reply.as_str() };
    let mut sent = rows::object(&reply.rows, at, scope, owner)?;
    for key in &reply.keys {
        if let Some(value) = data.get(key) {
            sent.insert(key.clone(), value.clone());
        }
    }
    let throws = reply.throws.as_ref().map(|reason| reason.text(scope)).transpose();
    let throws = throws.map_err(|stop| owner.stopped("exception_reason", stop))?;
    Ok(Reply { data: sent, throws, is_stub: false })
}
