//! Data that an action has made too big: nothing of it is kept but an error (sheet corezoid/engine 1.4: in nodes the
//! `*_size_overflow` tags).

use serde::Serialize;

use super::Outcome;
use crate::corezoid::engine::fault::Fault;
use crate::corezoid::engine::graph::Action;
use crate::corezoid::engine::run::At;
use crate::corezoid::engine::task::{Data, Task};
use crate::corezoid::rules::task::TooBig;

/// The same outcome, or an error in its place.
pub(super) fn limited(outcome: Outcome, action: &Action, at: &At<'_>, task: &Task) -> Outcome {
    let most = at.most;
    let bytes = match &outcome {
        Outcome::Done(data) => bytes(data),
        Outcome::Merge(more) if more.is_empty() => return outcome,
        Outcome::Merge(more) => {
            let sum = bytes(&task.data) + bytes(more);
            // What is replaced does not count; that is looked at only where it matters.
            if sum <= most {
                return outcome;
            }
            let mut merged = task.data.clone();
            merged.extend(more.clone());
            bytes(&merged)
        }
        // The error must be told however full the task is, what comes beside it need not.
        Outcome::Failed(_, more) if more.is_empty() => return outcome,
        Outcome::Failed(_, more) => {
            let mut merged = task.data.clone();
            merged.extend(more.clone());
            bytes(&merged)
        }
        Outcome::Ask(_) | Outcome::Park(_) => return outcome,
    };
    let Some((area, tag)) = words(action).filter(|_| bytes > most) else { return outcome };
    let text = TooBig { bytes, most };
    // sheet corezoid/engine 6.4: that of an API Call ends with dots.
    let dots = if area == "api" { " ..." } else { "" };
    Outcome::failed(Fault::software(area, tag, format!("{text}{dots}")))
}

/// Area and tag. Those of Code, Git Call and Call a Process are documented, the others are made after them (?).
fn words(action: &Action) -> Option<(&'static str, &'static str)> {
    Some(match action {
        Action::SetParam(_) => ("set_param", "set_param_size_overflow"),
        Action::Code { .. } => ("code", "code_return_size_overflow"),
        Action::Git => ("git_call", "code_return_size_overflow"),
        Action::Db { .. } => ("db_call", "db_call_size_overflow"),
        Action::Api(_) => ("api", "api_task_size_overflow_limit"),
        Action::Call(_) => ("rpc", "rpc_task_size_overflow"),
        Action::Take { .. } => ("get_task", "get_task_size_overflow"),
        // They add next to nothing.
        Action::Copy(_)
        | Action::Reply(_)
        | Action::Callback { .. }
        | Action::Queue(_)
        | Action::Sum(_)
        | Action::Idle => return None,
    })
}

/// How long the JSON of some data is. Nothing is written.
fn bytes(data: &Data) -> usize {
    struct Count(usize);
    impl std::io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(0);
    // Writing to it never fails.
    let _ = data.serialize(&mut serde_json::Serializer::new(&mut count));
    count.0
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn data_is_measured_as_it_is_written() {
        for value in [json!({}), json!({ "a": "я\n", "b": [1, 2.5, null, { "c": true }] })] {
            assert_eq!(bytes(value.as_object().unwrap()), value.to_string().len());
        }
    }
}
