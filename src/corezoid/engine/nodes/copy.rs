//! Copy Task and Modify Task (sheet corezoid/engine 3.5). Pure.

use serde_json::Value;

use super::rows::{self, Owner};
use super::{At, Outcome};
use crate::corezoid::engine::fault::Fault;
use crate::corezoid::engine::graph::{Copy, Row};
use crate::corezoid::engine::task::{Ask, Data, Event, NewTask, Refusal, Task};
use crate::corezoid::engine::template::Scope;

const OWNER: Owner = Owner { area: "copy_task", convert: "copy_task_wrong_convert_param" };

/// Hands data over; the source goes on with nothing but the word `ok`.
pub(super) fn act(copy: &Copy, at: &At<'_>, scope: &Scope<'_>, task: &Task, given: Option<Event>) -> Outcome {
    match given {
        Some(Event::Handed(Ok(()))) => {
            let mut data = Data::new();
            data.insert("__conveyor_copy_task_result__".to_owned(), Value::from("ok"));
            Outcome::Merge(data)
        }
        Some(Event::Handed(Err(refusal))) => Outcome::failed(fault(refusal)),
        _ => ask(copy, at, scope, task).unwrap_or_else(|outcome| outcome),
    }
}

fn ask(copy: &Copy, at: &At<'_>, scope: &Scope<'_>, task: &Task) -> Result<Outcome, Outcome> {
    let conv = copy.conv.text(scope).map_err(|stop| OWNER.stopped("conv_id", stop))?;
    let reference = copy.reference.text(scope).map_err(|stop| OWNER.stopped("ref", stop))?;
    let mut data = sent(&copy.rows, copy.whole, scope, task, OWNER)?;
    if copy.modify {
        return Ok(Outcome::ask(Ask::Modify { conv, reference, data, is_sync: copy.is_sync }));
    }
    // sheet corezoid/engine 1.3: where a copy comes from.
    data.insert("__copy_conv_id__".to_owned(), Value::from(task.conv));
    data.insert("__copy_node_id__".to_owned(), Value::from(at.node.id.as_str()));
    data.insert("__copy_ref_id__".to_owned(), Value::from(task.reference.as_deref().unwrap_or_default()));
    let reference = Some(reference).filter(|reference| !reference.is_empty());
    Ok(Outcome::ask(Ask::Create(NewTask { conv, reference, data, is_call: false })))
}

/// The rows, over the whole task if that is to be sent.
pub(super) fn sent(
    rows: &[Row],
    whole: bool,
    scope: &Scope<'_>,
    task: &Task,
    owner: Owner,
) -> Result<Data, Outcome> {
    let own = rows::object(rows, scope, owner)?;
    if !whole {
        return Ok(own);
    }
    let mut data = task.data.clone();
    data.extend(own);
    Ok(data)
}

fn fault(refusal: Refusal) -> Fault {
    let software = |tag, text: String| Fault::software("copy_task", tag, text);
    match refusal {
        Refusal::NotUnical => software("not_unical_ref", "not unical reference".to_owned()),
        Refusal::NotActive => software("conveyor_is_not_active", "conveyor is not active".to_owned()),
        Refusal::NotFound => software("not_found_task", "not found task".to_owned()),
        Refusal::Denied { user, conv } => software("access_denied", format!("user: {user}, conv_id: {conv}")),
        Refusal::WrongParams(text) => software("wrong_validate_params", text),
        Refusal::TooBig(size) => software("copy_task_size_overflow_limit", size.to_string()),
        Refusal::NoCallback => software(
            "no_api_callback_in_node_with_task",
            "no api callback logic in node with task".to_owned(),
        ),
        Refusal::Running => software(
            "duplicate_callback",
            "The last one callback is still running. You should wait".to_owned(),
        ),
        Refusal::NoQueue => Fault::hardware("copy_task", "copy_task_fatal_error", "Error running copy task"),
    }
}
