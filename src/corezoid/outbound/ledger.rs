//! The calls that processes made: the last ones, in memory only.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value, json};

use super::shelf::Place;
use crate::corezoid::engine::{Request, Response, Silence};
use crate::kernel::time::Timestamp;

/// How many calls are kept, and of how many bytes together.
const MOST: usize = 1000;
const MOST_BYTES: usize = 16 << 20;

/// One call.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) time: Timestamp,
    pub(super) process: i64,
    pub(super) node: String,
    pub(super) task: Option<String>,
    pub(super) what: What,
    pub(super) answered: Answered,
}

/// What is called.
#[derive(Debug)]
pub(super) enum What {
    Api(Request),
    Db { instance: String, query: String },
    Git,
}

/// Who answers.
#[derive(Debug, Clone, Copy)]
pub(super) enum Answered {
    Stub(Place),
    /// This very server.
    Here,
    /// Another server.
    Network,
    /// Nobody: it is not allowed.
    Policy,
    /// Nobody: the URL leads nowhere, or no stub fits what only a stub can answer.
    Nobody,
}

/// What came of it.
#[derive(Debug)]
struct End {
    /// Or why there is no answer.
    status: Result<u16, String>,
    /// Milliseconds.
    took: i64,
}

#[derive(Debug)]
struct Entry {
    number: u64,
    call: Call,
    end: Option<End>,
}

#[derive(Debug, Default)]
struct Entries {
    next: u64,
    bytes: usize,
    ring: VecDeque<Entry>,
}

/// The calls of a world.
#[derive(Debug, Default)]
pub(super) struct Ledger(Mutex<Entries>);

impl Call {
    /// Roughly what it takes in memory.
    fn bytes(&self) -> usize {
        let texts = match &self.what {
            What::Api(request) => {
                let headers = request.headers.iter().map(|(name, value)| name.len() + value.len() + 48);
                request.url.len() + request.body.len() + headers.sum::<usize>()
            }
            What::Db { instance, query } => instance.len() + query.len(),
            What::Git => 0,
        };
        texts + 256
    }
}

impl Ledger {
    /// Notes a call that begins; gives its number.
    pub(super) fn open(&self, call: Call) -> u64 {
        let mut entries = self.lock();
        let number = entries.next;
        entries.next += 1;
        entries.bytes += call.bytes();
        entries.ring.push_back(Entry { number, call, end: None });
        while entries.ring.len() > MOST || entries.bytes > MOST_BYTES && entries.ring.len() > 1 {
            let oldest = entries.ring.pop_front();
            entries.bytes -= oldest.map_or(0, |oldest| oldest.call.bytes());
        }
        number
    }

    /// Notes how it ended; `why`: more about a call without an answer.
    pub(super) fn close(
        &self,
        number: u64,
        result: &Result<Response, Silence>,
        why: Option<&str>,
        took: i64,
    ) {
        let status = match result {
            Ok(response) => Ok(response.status),
            Err(Silence::Timeout) => Err("timeout".to_owned()),
            Err(Silence::Refused) => Err("no connection".to_owned()),
            Err(Silence::NotAllowed(text)) => Err(text.clone()),
            Err(Silence::Expired) => Err("expired".to_owned()),
            Err(Silence::TooBig(text)) => Err(text.to_string()),
            Err(Silence::Unsendable) => Err("method or headers cannot be sent".to_owned()),
            Err(Silence::NoCertificate(text)) => Err(format!("cert_pem: {text}")),
        };
        let status = status.map_err(|error| match why {
            Some(why) => format!("{error}: {why}"),
            None => error,
        });
        let mut entries = self.lock();
        let entry = entries.ring.iter_mut().rfind(|entry| entry.number == number);
        if let Some(entry) = entry {
            entry.end = Some(End { status, took });
        }
    }

    /// Forgets all.
    pub(super) fn clear(&self) {
        let mut entries = self.lock();
        entries.ring.clear();
        entries.bytes = 0;
    }

    /// The nodes that have called, each once.
    pub(super) fn nodes(&self) -> Vec<String> {
        let mut nodes: Vec<_> = self.lock().ring.iter().map(|entry| entry.call.node.clone()).collect();
        nodes.sort();
        nodes.dedup();
        nodes
    }

    /// The calls as JSON, the newest last. `title` gives a node's, if it is known.
    pub(super) fn list(&self, title: impl Fn(&str) -> Option<Value>) -> Value {
        self.lock().ring.iter().map(|entry| shown(entry, &title)).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn shown(entry: &Entry, title: &impl Fn(&str) -> Option<Value>) -> Value {
    let call = &entry.call;
    let mut shown = json!({
        "time": call.time,
        "process": call.process,
        "node": call.node,
        "title": title(&call.node),
        "task": call.task,
    });
    let mut put = |key: &str, value: Value| {
        if let Some(shown) = shown.as_object_mut() {
            shown.insert(key.to_owned(), value);
        }
    };
    match &call.what {
        What::Api(request) => {
            put("call", "api".into());
            put("method", request.method.clone().into());
            put("url", request.url.clone().into());
            let headers = request.headers.iter().map(|(name, value)| (name.clone(), value.clone().into()));
            put("headers", Value::Object(headers.collect::<Map<_, _>>()));
            put("body", request.body.clone().into());
        }
        What::Db { instance, query } => {
            put("call", "db_call".into());
            put("instance", instance.clone().into());
            put("query", query.clone().into());
        }
        What::Git => put("call", "git_call".into()),
    }
    let by = match call.answered {
        Answered::Stub(Place::Own(position)) => {
            put("stub", position.into());
            "stub"
        }
        Answered::Stub(Place::Lent(position)) => {
            put("stub", position.into());
            "lent stub"
        }
        Answered::Here => "standin",
        Answered::Network => "network",
        Answered::Policy => "policy",
        Answered::Nobody => "nobody",
    };
    put("answered_by", by.into());
    if let What::Api(_) = call.what {
        let end = entry.end.as_ref();
        put("status", end.and_then(|end| end.status.as_ref().ok().copied()).into());
        put("error", end.and_then(|end| end.status.as_ref().err().cloned()).into());
        put("took", end.map(|end| end.took).into());
    }
    shown
}
