//! Calls that processes make to other servers: answered by a stub of the world, by this very server, or by the network
//! where `--outbound` allows it. Every call is recorded. Nothing here holds a transaction while it waits.

mod control;
mod gate;
mod inside;
mod ledger;
mod network;
mod shelf;
mod tls;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use super::engine::{Data, Request, Response, Silence};
use super::rules::outbound::{Asked, Failure, MOST_REDIRECTS, Ready, Seen, redirected};
use super::rules::secrets::masked;
use super::rules::task::TooBig;
use crate::kernel::outbound::Target;
use crate::kernel::world::World;
use ledger::{Answered, Call, Ledger, What};
use network::Lost;

pub(crate) use control::{CALLS as CONTROL_CALLS, answer as control};
pub(crate) use shelf::{Forces, forces, known_forces, lend};

/// Longest wait for an answer (sheet corezoid/engine 6.4, 8).
const PATIENCE: Duration = Duration::from_mins(1);
const PATIENCE_MS: i64 = 60_000;
/// Longest answer that is read, in bytes (sheet corezoid/engine 6.4: 5 MB in shipped settings).
const LONGEST: usize = 5 << 20;
/// How many calls of a world may be under way (sheet corezoid/engine 6.1: the server's own cap). It also bounds how deep
/// processes of one server can call themselves.
const MOST_AT_ONCE: usize = 200;

/// One call that a task makes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outgoing<'a> {
    /// Its process.
    pub(crate) conv: i64,
    /// Its node: the id.
    pub(crate) node: &'a str,
    /// The task's id.
    pub(crate) task: &'a str,
    pub(crate) request: &'a Request,
    /// Texts of it that no record shows.
    pub(crate) secrets: &'a [String],
}

impl Outgoing<'_> {
    /// The request as it is recorded.
    fn shown(&self) -> Request {
        let hide = |text: &str| masked(text, self.secrets);
        let headers = self.request.headers.iter().map(|(name, value)| (name.clone(), hide(value))).collect();
        Request {
            certificate: None,
            url: hide(&self.request.url),
            headers,
            body: hide(&self.request.body),
            ..self.request.clone()
        }
    }
}

/// What comes of a call, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) result: Result<Response, Silence>,
    /// Milliseconds of the world's clock from now: a stub's delay; 0 of a call that was made.
    pub(crate) after: i64,
}

impl Outcome {
    fn now(result: Result<Response, Silence>) -> Self {
        Self { result, after: 0 }
    }

    /// The same after another call that took so many milliseconds; all of them together have the time of one.
    fn later(self, by: i64) -> Self {
        let after = self.after.saturating_add(by);
        if after >= PATIENCE_MS {
            return Self { result: Err(Silence::Timeout), after: PATIENCE_MS };
        }
        let result =
            self.result.map(|response| Response { took: response.took.saturating_add(by), ..response });
        Self { result, after }
    }
}

/// Makes a call of an API Call node, and those that redirects ask for where they are followed.
///
/// # Errors
/// Storage failed. Whatever goes wrong with the call itself is a [`Silence`].
pub(crate) async fn call(
    world: &Arc<World>,
    outgoing: &Outgoing<'_>,
    leaving: &Notify,
) -> Result<Outcome, sqlx::Error> {
    let mut outcome = once(world, outgoing, leaving).await?;
    let mut request = outgoing.request.clone();
    for _ in 0..MOST_REDIRECTS {
        let Ok(response) = &outcome.result else { break };
        let Some(next) = redirected(&request, response, world.settings.engine.redirects) else { break };
        let so_far = outcome.after.max(response.took);
        outcome = once(world, &Outgoing { request: &next, ..*outgoing }, leaving).await?.later(so_far);
        request = next;
    }
    Ok(outcome)
}

/// Makes one call. The first stub that fits answers it; else this server, if the call is to it; else the network, if the
/// policy allows the target: `leaving` hears of it before it is asked.
async fn once(world: &Arc<World>, outgoing: &Outgoing<'_>, leaving: &Notify) -> Result<Outcome, sqlx::Error> {
    let request = outgoing.request;
    let seen = Seen {
        call: Asked::Api,
        process: outgoing.conv,
        node: outgoing.node,
        method: &request.method,
        url: &request.url,
        body: &request.body,
        instance: None,
        query: None,
    };
    let ledger = world.part::<Ledger>();
    let record = |answered| {
        ledger.open(Call {
            time: world.clock.now(),
            process: outgoing.conv,
            node: outgoing.node.to_owned(),
            task: Some(outgoing.task.to_owned()),
            what: What::Api(outgoing.shown()),
            answered,
        })
    };
    if let Some((position, stub)) = shelf::pick(world, &seen).await? {
        let outcome = stubbed(&stub, request);
        let entry = record(Answered::Stub(position));
        ledger.close(entry, &outcome.result, None, outcome.after);
        return Ok(outcome);
    }
    let mut start = world.clock.now();
    let target = Target::of(&request.url);
    let way_in =
        target.as_ref().and_then(|target| world.home.way_in(target, world.settings.public_url.as_deref()));
    let (entry, answer) = match (target, way_in) {
        (None, _) => {
            // The engine has seen a scheme (sheet corezoid/engine 6.4, `no_scheme`); what follows leads nowhere.
            let entry = record(Answered::Nobody);
            (entry, Err(Silence::Refused.into()))
        }
        (Some(target), Some((door, path))) => {
            let entry = record(Answered::Here);
            (entry, inside::send(door, &target, &path, world, request).await)
        }
        (Some(target), None) if world.settings.outbound.allows(&target) => {
            let entry = record(Answered::Network);
            leaving.notify_one();
            let gate = gate::pass(world, outgoing.node, request.max_threads).await;
            // The time in the queue is not the call's.
            start = world.clock.now();
            let answer = match &gate {
                Some(_open) => network::send(&target, world, request, PATIENCE).await,
                None => Err(Silence::Expired.into()),
            };
            drop(gate);
            (entry, answer)
        }
        (Some(target), None) => {
            let entry = record(Answered::Policy);
            (entry, Err(Silence::NotAllowed(not_allowed(&target)).into()))
        }
    };
    // The clock of the world: with a frozen one even a call of the network takes no time, and repeats.
    let took = (world.clock.now().millis() - start.millis()).max(0);
    let sent = request.body.len();
    let (result, why) = match answer {
        Ok(response) => (Ok(Response { took, sent, ..response }), None),
        Err(Lost { silence, why }) => (Err(silence), why),
    };
    ledger.close(entry, &result, why.as_deref(), took);
    Ok(Outcome::now(result))
}

/// The data that a stub gives for a Database Call (`instance` and `query` are given) or a Git Call; `None`: no stub fits.
///
/// # Errors
/// Storage failed.
pub(crate) async fn stub(
    world: &World,
    conv: i64,
    node: &str,
    instance: Option<&str>,
    query: Option<&str>,
) -> Result<Option<Data>, sqlx::Error> {
    let call = if instance.is_some() || query.is_some() { Asked::DbCall } else { Asked::GitCall };
    let seen = Seen { call, process: conv, node, method: "", url: "", body: "", instance, query };
    let found = shelf::pick(world, &seen).await?;
    let what = match call {
        Asked::GitCall => What::Git,
        _ => What::Db {
            instance: instance.unwrap_or_default().to_owned(),
            query: query.unwrap_or_default().to_owned(),
        },
    };
    world.part::<Ledger>().open(Call {
        time: world.clock.now(),
        process: conv,
        node: node.to_owned(),
        task: None,
        what,
        answered: found.as_ref().map_or(Answered::Nobody, |(position, _)| Answered::Stub(*position)),
    });
    Ok(found.map(|(_, stub)| stub.data()))
}

/// What a stub answers an API Call.
fn stubbed(ready: &Ready, request: &Request) -> Outcome {
    let stub = &ready.stub;
    let delay = stub.delay.map(i64::from);
    let silence = match stub.failure {
        Some(Failure::Refused) => Some((Silence::Refused, delay.unwrap_or(0))),
        Some(Failure::Timeout) => Some((Silence::Timeout, delay.unwrap_or(PATIENCE_MS))),
        // An answer that comes too late is none.
        _ if delay.is_some_and(|delay| delay >= PATIENCE_MS) => Some((Silence::Timeout, PATIENCE_MS)),
        _ => None,
    };
    if let Some((silence, after)) = silence {
        return Outcome { result: Err(silence), after };
    }
    let (status, headers) = stub.answer.as_ref().map_or((200, Vec::new()), |answer| {
        let headers = answer.headers.iter().map(|(name, value)| (name.clone(), value.clone()));
        (answer.status, headers.collect())
    });
    let mut response = Response {
        status,
        headers,
        body: ready.body_sent.clone(),
        took: delay.unwrap_or(0),
        sent: request.body.len(),
    };
    let named = response.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    if !named && !ready.body_type.is_empty() {
        response.headers.push(("Content-Type".to_owned(), ready.body_type.to_owned()));
    }
    Outcome { after: response.took, result: Ok(response) }
}

fn not_allowed(target: &Target) -> String {
    let host = target.authority();
    format!(
        "calls to {host} are not allowed: stub them with PUT /_standin/outbound, or start with --outbound allow={host}"
    )
}

/// Of an answer that is longer than any is read.
fn too_big(bytes: usize) -> Silence {
    Silence::TooBig(TooBig { bytes, most: LONGEST })
}
