//! Copy Task and Modify Task (sheet corezoid/engine 3.5). Pure.

use serde_json::Value;

use super::rows::{self, Owner};
use super::{At, Outcome};
use crate::corezoid::engine::fault::Fault;
use crate::corezoid::engine::graph::{Copy, Row};
use crate::corezoid::engine::task::{Ask, Data, Event, NewTask, Refusal, Task};
use crate::corezoid::engine::template::Scope;
use crate::kernel::engine::{CopyMarkers, ModifyErrors, ParentData};

const OWNER: Owner<'_> = Owner { area: "copy_task", convert: "copy_task_wrong_convert_param" };

/// Hands data over; the source goes on with nothing but the word `ok`.
pub(super) fn act(copy: &Copy, at: &At<'_>, scope: &Scope<'_>, task: &Task, given: Option<Event>) -> Outcome {
    match given {
        Some(Event::Handed(Ok(()))) => {
            let mut data = Data::new();
            data.insert("__conveyor_copy_task_result__".to_owned(), Value::from("ok"));
            Outcome::Merge(data)
        }
        Some(Event::Handed(Err(refusal))) => {
            let fault = match refusal {
                // `not_found_task` is of Modify (sheet corezoid/engine 3.5): to a process that is not there nobody has access.
                Refusal::NotFound if !copy.modify => {
                    let conv = copy.conv.text(scope).unwrap_or_default();
                    fault(Refusal::Denied { user: task.user, conv })
                }
                refusal => fault(refusal),
            };
            // sheet corezoid/engine 3.5: one source heads the errors of Modify with a prefix of their own.
            let own = (copy.modify && at.options.modify_errors == ModifyErrors::Both)
                .then(|| Fault { area: "modify_task", ..fault.clone() });
            Outcome::Failed([fault].into_iter().chain(own).collect(), Data::new())
        }
        _ => ask(copy, at, scope, task).unwrap_or_else(|outcome| outcome),
    }
}

fn ask(copy: &Copy, at: &At<'_>, scope: &Scope<'_>, task: &Task) -> Result<Outcome, Outcome> {
    let conv = copy.conv.text(scope).map_err(|stop| OWNER.stopped("conv_id", stop))?;
    let reference = copy.reference.text(scope).map_err(|stop| OWNER.stopped("ref", stop))?;
    let whole = copy.whole || (copy.parent && at.options.parent_data == ParentData::Whole);
    let mut data = sent((&copy.rows, whole), at, scope, task, OWNER)?;
    if copy.modify {
        return Ok(Outcome::ask(Ask::Modify { conv, reference, data, is_sync: copy.is_sync }));
    }
    if copy.parent || at.options.parent_data != ParentData::Markers {
        data.extend(markers(at, task));
    }
    let reference = Some(reference).filter(|reference| !reference.is_empty());
    Ok(Outcome::ask(Ask::Create(NewTask { conv, reference, data, is_call: false })))
}

/// Where a copy comes from (sheet corezoid/engine 1.3: how the names are spelt is not certain).
fn markers(at: &At<'_>, task: &Task) -> Data {
    let (before, after) = match at.options.copy_markers {
        CopyMarkers::Both => ("__", "__"),
        CopyMarkers::Leading => ("__", ""),
        CopyMarkers::Bare => ("", ""),
        CopyMarkers::None => return Data::new(),
    };
    let reference = task.reference.as_deref().unwrap_or_default();
    let markers = [
        ("conv", Value::from(task.conv)),
        ("node", Value::from(at.node.id.as_str())),
        ("ref", Value::from(reference)),
    ];
    markers.into_iter().map(|(of, value)| (format!("{before}copy_{of}_id{after}"), value)).collect()
}

/// The rows, over the whole task if that is to be sent.
pub(super) fn sent(
    (rows, whole): (&[Row], bool),
    at: &At<'_>,
    scope: &Scope<'_>,
    task: &Task,
    owner: Owner<'_>,
) -> Result<Data, Outcome> {
    let own = rows::object(rows, at, scope, owner)?;
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
        Refusal::Unheard => Fault::hardware("copy_task", "crash_api", "Error copy_task request"),
        Refusal::NoQueue => Fault::hardware("copy_task", "copy_task_fatal_error", "Error running copy task"),
    }
}
