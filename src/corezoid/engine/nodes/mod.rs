//! What each logic does to its task (sheet corezoid/engine 3). Pure.

mod api;
mod code;
mod copy;
mod queue;
mod rows;
mod rpc;
mod set_param;
mod size;
mod sum;

use serde_json::Value;

use super::fault::Fault;
use super::graph::{Action, Logic, Node};
use super::run::At;
use super::task::{Ask, Data, Event, Task, Wait};
use super::template::{Around, Found, Read, Scope, Stop};
use crate::corezoid::rules::outbound::Asked;
use crate::kernel::engine::CallbackOverflow;

/// What comes of an action.
#[derive(Debug, PartialEq)]
pub(super) enum Outcome {
    /// These parameters go into the task, over what it has under their names.
    Merge(Data),
    /// The task's data is this now.
    Done(Data),
    /// Something is needed first; the action is tried again with it.
    Ask(Box<Ask>),
    Park(Wait),
    /// Nothing of the action is kept but the error, and what comes with it. Some failures leave two.
    Failed(Vec<Fault>, Data),
}

impl Outcome {
    fn failed(fault: Fault) -> Self {
        Self::Failed(vec![fault], Data::new())
    }

    fn ask(ask: Ask) -> Self {
        Self::Ask(Box::new(ask))
    }

    fn nothing() -> Self {
        Self::Merge(Data::new())
    }
}

/// Does an action, or goes on with one: `given` is what answered it.
pub(super) fn act(
    action: &Action,
    at: &At<'_>,
    scope: &Scope<'_>,
    task: &Task,
    given: Option<Event>,
) -> Outcome {
    size::limited(done(action, at, scope, task, given), action, at, task)
}

fn done(action: &Action, at: &At<'_>, scope: &Scope<'_>, task: &Task, given: Option<Event>) -> Outcome {
    match action {
        Action::SetParam(rows) => set_param::act(rows, at, scope, task),
        Action::Code { lang, source } => code::act(lang, source, given),
        Action::Api(api) => api::act(api, at, scope, task, given),
        Action::Copy(copy) => copy::act(copy, at, scope, task, given),
        Action::Call(call) => rpc::call(call, at, scope, task, given),
        Action::Reply(reply) => rpc::reply(reply, at, scope, task, given.as_ref()),
        Action::Callback { .. } => waiting(at, given),
        Action::Queue(rows) => queue::queue(rows, at, scope),
        Action::Take { conv, node, newest_first } => queue::take((conv, node, *newest_first), scope, given),
        Action::Sum(rows) => sum::act(rows, at, scope, given.as_ref()),
        Action::Git => code::git(given),
        Action::Db { instance, query } => code::database((instance, query), at, scope, given),
        Action::Idle => Outcome::Park(Wait::Nothing),
    }
}

/// Waiting for Callback: the one error it has here is data that is too big, and only if the user names its tag.
fn waiting(at: &At<'_>, given: Option<Event>) -> Outcome {
    match (given, &at.options.callback_overflow) {
        (Some(Event::Overflowed(size)), CallbackOverflow::Fail(tag)) => {
            Outcome::failed(Fault::software("callback", tag.as_str().to_owned(), size.to_string()))
        }
        _ => Outcome::Park(Wait::Callback),
    }
}

/// As what an action fails when somebody wants it to; `None`: it cannot fail.
pub(super) fn can_fail(action: &Action) -> Option<Asked> {
    Some(match action {
        Action::SetParam(_) => Asked::SetParam,
        Action::Code { .. } => Asked::ApiCode,
        Action::Api(_) => Asked::Api,
        Action::Copy(_) => Asked::ApiCopy,
        Action::Call(_) => Asked::ApiRpc,
        Action::Reply(_) => Asked::ApiRpcReply,
        Action::Take { .. } => Asked::ApiGetTask,
        Action::Sum(_) => Asked::ApiSum,
        Action::Git => Asked::GitCall,
        Action::Db { .. } => Asked::DbCall,
        Action::Callback { .. } | Action::Queue(_) | Action::Idle => return None,
    })
}

/// Where in a node its callback stands.
pub(crate) fn callback(node: &Node) -> Option<usize> {
    node.logics.iter().position(|logic| matches!(logic, Logic::Act { action: Action::Callback { .. }, .. }))
}

/// What is posted to the URL of a callback: for which task, and whether that must stand in this very node.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct CalledBack {
    /// `None`: what is posted names none.
    pub(crate) task: Option<String>,
    pub(crate) is_sync: bool,
}

/// Reads what is posted to the callback of a node; `None`: it has none.
pub(crate) fn called_back(node: &Node, posted: &Data) -> Option<CalledBack> {
    let index = callback(node)?;
    let Some(Logic::Act { action: Action::Callback { is_sync, id_path }, .. }) = node.logics.get(index)
    else {
        return None;
    };
    let scope = Scope { data: posted, around: &Nothing, now: 0 };
    let task = id_path.as_ref().and_then(|path| path.text(&scope).ok()).filter(|id| !id.is_empty());
    Some(CalledBack { task, is_sync: *is_sync })
}

/// What is posted knows nothing around itself.
struct Nothing;

impl Around for Nothing {
    fn root(&self, _name: &str) -> Option<Value> {
        None
    }

    fn outside(&self, _read: &Read) -> Option<Found> {
        Some(Found::Absent)
    }

    fn random(&self) -> f64 {
        0.0
    }
}

/// What a text of an action that cannot be worked out comes to: the reads of other tasks have errors of their own, in
/// the action's area (sheet corezoid/engine 4.2).
fn stopped(area: &'static str, param: &str, stop: Stop, convert: &str) -> Outcome {
    match stop {
        Stop::Need(read) => Outcome::ask(Ask::Read(read)),
        Stop::Refused(Found::NoState { conv }) => Outcome::failed(Fault::software(
            area,
            "access_refused",
            format!("Param: {param}, Conv_id: {conv} is not state type"),
        )),
        Stop::Refused(Found::Denied { conv, user }) => Outcome::failed(Fault::software(
            area,
            "access_denied",
            format!("Param: {param}, User: {user}, Conv_id: {conv}"),
        )),
        Stop::Refused(Found::Value(_) | Found::Absent) => Outcome::nothing(),
        Stop::Broken(text) => {
            Outcome::failed(Fault::software(area, convert.to_owned(), format!("Param: {param}, {text}")))
        }
    }
}

/// Whether tasks wait in a node to be taken.
pub(crate) fn is_queue(node: &Node) -> bool {
    node.logics.iter().any(|logic| matches!(logic, Logic::Act { action: Action::Queue(_), .. }))
}
