//! Queue and Get from Queue (sheet corezoid/engine 7.2). Pure.

use serde_json::Value;

use super::rows::{self, Owner};
use super::{At, Outcome};
use crate::corezoid::engine::fault::Fault;
use crate::corezoid::engine::graph::Row;
use crate::corezoid::engine::task::{Ask, Data, Event, Refusal, Wait};
use crate::corezoid::engine::template::{Scope, Template};

const QUEUE: Owner<'_> = Owner { area: "queue", convert: "queue_wrong_convert_param" };
const TAKE: Owner<'_> = Owner { area: "get_task", convert: "get_task_wrong_convert_param" };

/// Waits to be taken; the node's own data goes to the taker only.
pub(super) fn queue(rows: &[Row], at: &At<'_>, scope: &Scope<'_>) -> Outcome {
    match rows::object(rows, at, scope, QUEUE) {
        Ok(data) => Outcome::Park(Wait::Queue { data }),
        Err(outcome) => outcome,
    }
}

/// Takes a task out of a queue. An empty queue is an error (sheet corezoid/engine 11, 9).
pub(super) fn take(
    (conv, node, newest_first): (&Template, &Template, bool),
    scope: &Scope<'_>,
    given: Option<Event>,
) -> Outcome {
    match given {
        Some(Event::Taken(Ok(taken))) => {
            let mut data = Data::new();
            data.insert("__queue_task_id__".to_owned(), Value::from(taken.id));
            data.insert("__queue_task_data__".to_owned(), Value::Object(taken.data));
            Outcome::Merge(data)
        }
        Some(Event::Taken(Err(refusal))) => Outcome::failed(match refusal {
            Refusal::NotFound => Fault::software("get_task", "get_task_executing_error", "not_found_task"),
            Refusal::Denied { .. } => {
                Fault::software("get_task", "get_task_executing_error", "access_denied")
            }
            Refusal::NoQueue => Fault::software("queue", "queue_wrong_logic", "No queue logic in conv_id: "),
            _ => Fault::hardware("get_task", "get_task_fatal_error", "Error running get task"),
        }),
        _ => {
            let conv = conv.text(scope).map_err(|stop| TAKE.stopped("conv_id", stop));
            let node = node.text(scope).map_err(|stop| TAKE.stopped("node_id", stop));
            match (conv, node) {
                // sheet corezoid/engine 7.2: a bad dynamic id.
                (Ok(conv), Ok(_)) if !names_process(&conv) => {
                    let shown = if conv.is_empty() { "null" } else { &conv };
                    TAKE.misfit("conv_id", shown, "number")
                }
                (Ok(conv), Ok(node)) => Outcome::ask(Ask::Take { conv, node, newest_first }),
                (Err(outcome), _) | (_, Err(outcome)) => outcome,
            }
        }
    }
}

/// Whether a text can be a process: a number, or the short name of one.
fn names_process(text: &str) -> bool {
    let text = text.trim();
    text.starts_with('@') || text.parse::<i64>().is_ok()
}
