//! API Call (sheet corezoid/engine 6). Pure: the request goes out and its answer comes back as values.

mod request;
mod response;
mod xml;

use super::{At, Outcome};
use crate::corezoid::engine::fault::Fault;
use crate::corezoid::engine::graph::Api;
use crate::corezoid::engine::task::{Event, Silence, Task, Wait};
use crate::corezoid::engine::template::Scope;

const AREA: &str = "api";

/// Sends a request, or takes its answer.
pub(super) fn act(api: &Api, at: &At<'_>, scope: &Scope<'_>, task: &Task, given: Option<Event>) -> Outcome {
    match given {
        Some(Event::Http(Ok(answer))) => response::merged(api, &answer, at, scope, task),
        Some(Event::Http(Err(silence))) => {
            // Timeouts and refused connections are faults of the software (sheet corezoid/engine 11, 2).
            let text = match silence {
                Silence::Timeout => "timeout",
                Silence::Refused | Silence::NotAllowed(_) => "failed_connect",
            };
            Outcome::failed(Fault::software(AREA, "api_bad_answer", text))
        }
        _ => match request::build(api, at, scope, task) {
            Ok(request) => Outcome::Park(Wait::Http { request: Box::new(request) }),
            Err(outcome) => outcome,
        },
    }
}
