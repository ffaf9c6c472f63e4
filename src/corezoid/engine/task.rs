//! A task on its way, and what it can wait for. Pure.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::fault::Fault;
use super::template::Read;
use crate::corezoid::rules::outbound::Asked;
use crate::corezoid::rules::task::TooBig;

/// A task's data.
pub(crate) type Data = Map<String, Value>;

/// A task, as far as the engine changes or reads it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Task {
    pub(crate) id: String,
    pub(crate) reference: Option<String>,
    pub(crate) conv: i64,
    pub(crate) node: String,
    /// `None`: it has not moved yet.
    pub(crate) prev: Option<String>,
    pub(crate) data: Data,
    /// Who changed it last.
    pub(crate) user: i64,
    /// Unix milliseconds.
    pub(crate) created: i64,
    pub(crate) changed: i64,
    /// The logic of its node that is next, or that waits.
    pub(crate) at: usize,
    /// The earliest of its node's timers.
    pub(crate) due: Option<Due>,
    /// How often it has come to a node since it last waited (loop guard).
    pub(crate) visits: BTreeMap<String, u32>,
    /// How many nodes it has come to since time or the world outside last moved it, those of the tasks that led to it
    /// included: a ring of tasks that call, copy or change each other must end.
    pub(crate) hops: u32,
}

/// A timer that is armed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Due {
    /// Unix milliseconds.
    pub(crate) at: i64,
    /// The node it leads to.
    pub(crate) to: String,
}

/// What a run ends with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Rest {
    /// Something must be looked up or done before the run goes on, in the same transaction.
    Ask(Ask),
    /// The task stays in its node until something happens.
    Park(Wait),
    /// The task has come to a node, and goes on when it is stepped.
    Stand,
    /// The task is in a final node.
    Final { keep: bool },
    /// The loop guard has stopped it (sheet corezoid/engine 2.6).
    Loop,
}

/// What a task that stays waits for; its timer may end any of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "for", rename_all = "snake_case")]
pub(crate) enum Wait {
    /// Nothing but a timer or a hand moves it.
    Nothing,
    /// A modify (`api_callback`).
    Callback,
    /// To be taken out of its queue; `data` goes to the taker beside its own.
    Queue { data: Data },
    /// The reply of the process it called.
    Reply,
    /// The answer of another server.
    Http { request: Box<Request> },
    /// The end of a Code node's script.
    Script { lang: String, source: String },
    /// A stub's answer for a database.
    Db { instance: String, query: String },
    /// A stub's answer for a Git call.
    Git,
}

impl Wait {
    /// What the task waits for, in a word for its trace.
    pub(crate) fn reason(&self) -> String {
        match self {
            Self::Nothing => "nothing".to_owned(),
            Self::Callback => "callback".to_owned(),
            Self::Queue { .. } => "queue".to_owned(),
            Self::Reply => "reply".to_owned(),
            Self::Http { request } => format!("{} {}", request.method, request.url),
            Self::Script { lang, .. } => format!("{lang} script"),
            Self::Db { instance, .. } => format!("database {instance}"),
            Self::Git => "git".to_owned(),
        }
    }
}

/// A request to another server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
    /// How many requests of this node may be under way.
    pub(crate) max_threads: usize,
    /// What the caller shows of itself over TLS: a private key and its certificates, as PEM. No record shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) certificate: Option<String>,
}

/// An answer of another server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    /// In documents: base64.
    #[serde(with = "base64_text")]
    #[schemars(with = "String")]
    pub(crate) body: Vec<u8>,
    /// Milliseconds it took.
    pub(crate) took: i64,
    /// Bytes of the body that was sent for it.
    pub(crate) sent: usize,
}

/// Bytes as text.
mod base64_text {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde::{Deserialize as _, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map_err(de::Error::custom)
    }
}

/// Why there is no answer (sheet corezoid/engine 6.4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Silence {
    Timeout,
    /// No connection.
    Refused,
    /// All threads of the node were taken for too long.
    Expired,
    /// Calls to this target are not allowed here, in words for the user.
    NotAllowed(String),
    /// The answer is longer than any is read.
    TooBig(TooBig),
    /// What is to be sent cannot stand in a request: a line break in a header, a method with a space.
    Unsendable,
    /// What the caller is to show of itself cannot be read, in words for the user.
    NoCertificate(String),
}

/// What a run needs done in its own transaction.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Ask {
    Read(Read),
    /// A new task in another process.
    Create(NewTask),
    /// New data for a live task.
    Modify {
        conv: String,
        reference: String,
        data: Data,
        is_sync: bool,
    },
    /// A task out of a queue.
    Take {
        conv: String,
        node: String,
        newest_first: bool,
    },
    /// The reply to whoever called this task, if anybody did.
    Reply(Reply),
    /// Whether the logic that is next is to fail; answered with [`Event::Forced`].
    Force(Asked),
    /// Numbers for counters of the node; answered with [`Event::Done`].
    Sum(Vec<(String, f64)>),
}

/// A task to be made.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NewTask {
    /// A number or `@alias`.
    pub(crate) conv: String,
    pub(crate) reference: Option<String>,
    pub(crate) data: Data,
    /// Whether its maker waits for a reply.
    pub(crate) is_call: bool,
}

/// What a called process sends back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Reply {
    pub(crate) data: Data,
    /// The reason, if it is an exception.
    pub(crate) throws: Option<String>,
    /// Of a stub, not of a process.
    pub(crate) is_stub: bool,
}

/// What comes back to a run, or wakes a task.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Event {
    /// The task stands in its node and is to run from there.
    Run,
    /// To [`Ask::Create`] and [`Ask::Modify`].
    Handed(Result<(), Refusal>),
    /// To [`Ask::Take`].
    Taken(Result<Taken, Refusal>),
    /// To [`Ask::Force`].
    Forced(Option<Fault>),
    /// To [`Ask::Reply`] and [`Ask::Sum`].
    Done,
    /// Its timer fires.
    Timer,
    /// Somebody changed its data; the merge is done here.
    Modified {
        data: Data,
        user: i64,
    },
    /// It was taken out of its queue.
    Released,
    /// What was posted to its callback would have made it too big.
    Overflowed(TooBig),
    Replied(Reply),
    Http(Result<Response, Silence>),
    Script(Result<Value, ScriptFault>),
    /// The data that a stub gives for a database or Git call; `None`: there is no stub.
    Stub(Option<Data>),
}

/// A task from a queue.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Taken {
    pub(crate) id: String,
    /// Its own data and that of its queue.
    pub(crate) data: Data,
}

/// Why a task could not be handed over (sheet corezoid/engine 3.5, 7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    NotUnical,
    NotActive,
    NotFound,
    Denied {
        user: i64,
        conv: String,
    },
    /// `Param: n, Error: e`.
    WrongParams(String),
    TooBig(TooBig),
    /// The task waits for nothing that a synchronous modify could release.
    NoCallback,
    /// An earlier change of the task is still under way.
    Running,
    /// The node is no queue.
    NoQueue,
    /// What was asked for cannot be asked for: a reference that is too long.
    Unheard,
}

/// Why a script ended badly (sheet corezoid/engine 5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ScriptFault {
    Timeout,
    /// The machine's own message.
    Failed(String),
    /// What it left is no object.
    Format(String),
}
