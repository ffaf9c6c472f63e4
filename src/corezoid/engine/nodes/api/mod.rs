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
        Some(Event::Http(Ok(answer))) => response::merged(api, &answer, scope),
        Some(Event::Http(Err(silence))) => {
            // Timeouts and refused connections are faults of the software (sheet corezoid/engine 11, 2).
            let fault = match silence {
                Silence::Timeout => Fault::software(AREA, "api_bad_answer", "timeout"),
                Silence::Refused | Silence::NotAllowed(_) => {
                    Fault::software(AREA, "api_bad_answer", "failed_connect")
                }
                Silence::Expired => Fault::hardware(
                    AREA,
                    "api_expire_query",
                    "Expire task to API, please check your api for correct answer, or increase max_threads for connections",
                ),
                Silence::TooBig(text) => {
                    Fault::software(AREA, "api_task_size_overflow_limit", format!("{text} ..."))
                }
                // No source tells what a certificate that is none leads to; it is a parameter of the call like the others.
                Silence::Unsendable | Silence::NoCertificate(_) => {
                    Fault::hardware(AREA, "api_bind_error", "Error bind params to http query")
                }
            };
            Outcome::failed(fault)
        }
        _ => match request::build(api, at, scope, task) {
            Ok(request) => Outcome::Park(Wait::Http { request: Box::new(request) }),
            Err(outcome) => outcome,
        },
    }
}
