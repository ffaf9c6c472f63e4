//! Stubs as documents: of `PUT /_standin/outbound`, and of state documents. Pure.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::corezoid::engine::{Blame, Fault};

/// What answers a call in place of another server, and which calls. What is not named fits every call; the first stub
/// that fits answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct Stub {
    /// The kind of node: the type of its logic. `api` (API Call), `db_call` and `git_call` call others; with an `error` also
    /// `set_param`, `api_code`, `api_copy`, `api_rpc`, `api_rpc_reply`, `api_get_task`, `api_sum`.
    #[serde(default, skip_serializing_if = "Asked::is_api")]
    pub(crate) call: Asked,
    /// The process: its id. It need not be there yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) process: Option<i64>,
    /// The node: its id, or its title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) node: Option<String>,
    /// Of an API Call, in any case of letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) method: Option<String>,
    /// Of an API Call. A URL without a query fits whatever query is sent; one that ends in `*` fits all that start so;
    /// `{"regexp":…}` is searched in the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<UrlRule>,
    /// Of an API Call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) body: Option<BodyRule>,
    /// The instance of a Database Call: its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) instance: Option<Instance>,
    /// The query of a Database Call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) query: Option<TextRule>,
    /// What an API Call gets: this, or a failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) answer: Option<Answer>,
    /// How an API Call fails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) failure: Option<Failure>,
    /// How the node fails before it does anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<Forced>,
    /// What a Database or Git Call puts into the task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) data: Option<Map<String, Value>>,
    /// Milliseconds of the world's clock until it answers. Absent: none; of a timeout, the service's 60 seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) delay: Option<u32>,
    /// How often it answers; then the next that fits does. Absent: always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) times: Option<u32>,
    /// How often it has answered; counted where there is a limit.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) used: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde calls")]
fn is_zero(used: &u32) -> bool {
    *used == 0
}

/// The kind of node that calls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Asked {
    #[default]
    Api,
    DbCall,
    GitCall,
    SetParam,
    ApiCode,
    ApiCopy,
    ApiRpc,
    ApiRpcReply,
    ApiGetTask,
    ApiSum,
}

impl Asked {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde calls")]
    fn is_api(&self) -> bool {
        *self == Self::Api
    }

    /// The middle of the names of its error's parameters (sheet corezoid/engine 1.3).
    const fn area(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::DbCall => "db_call",
            Self::GitCall => "git_call",
            Self::SetParam => "set_param",
            Self::ApiCode => "code",
            Self::ApiCopy => "copy_task",
            Self::ApiRpc => "rpc",
            Self::ApiRpcReply => "rpc_reply",
            Self::ApiGetTask => "get_task",
            Self::ApiSum => "api_sum",
        }
    }
}

/// An error that somebody wants of a node: what its three parameters say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct Forced {
    /// `hardware` or `software`; absent: `software`.
    #[serde(default, rename = "type")]
    blame: Blame,
    tag: String,
    #[serde(default = "by_a_stub")]
    description: String,
}

fn by_a_stub() -> String {
    "Forced by a stub".to_owned()
}

impl Forced {
    /// The error of a node of this kind.
    pub(crate) fn fault(&self, call: Asked) -> Fault {
        let Self { blame, tag, description } = self.clone();
        Fault { area: call.area(), blame, tag: tag.into(), description, about: None }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "a URL, a URL that ends in *, or {\"regexp\": \"…\"} is expected")]
pub(crate) enum UrlRule {
    Text(String),
    Regexp(Regexp),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Regexp {
    pub(crate) regexp: String,
}

/// What a text must hold; all that is named.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, expecting = "an object")]
pub(crate) struct TextRule {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) contains: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) regexp: Option<String>,
}

/// What a body must hold; all that is named.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, expecting = "an object")]
pub(crate) struct BodyRule {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) contains: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) regexp: Option<String>,
    /// A part of the JSON that is sent: every key must be there with a value that fits in the same way; lists fit element
    /// by element.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub(crate) json: Option<Value>,
}

/// Tells a null that is given from what is absent.
fn given<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(from).map(Some)
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "the id of an instance is expected: a number or a text")]
pub(crate) enum Instance {
    Id(i64),
    Text(String),
}

impl Instance {
    pub(super) fn is(&self, id: &str) -> bool {
        match self {
            Self::Id(own) => id.trim().parse() == Ok(*own),
            Self::Text(own) => own == id,
        }
    }
}

/// An answer of another server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct Answer {
    #[serde(default = "ok", skip_serializing_if = "is_ok")]
    pub(crate) status: u16,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) headers: BTreeMap<String, String>,
    /// A text goes as it is, anything else as JSON.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "given")]
    pub(crate) body: Option<Value>,
    /// A body that is no text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) base64: Option<String>,
}

fn ok() -> u16 {
    200
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde calls")]
fn is_ok(status: &u16) -> bool {
    *status == 200
}

/// How a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Failure {
    /// No answer in time.
    Timeout,
    /// No connection.
    Refused,
    /// 200 with a JSON that breaks off.
    BadBody,
}

/// What is wrong with a stub: the key below it (`url`, `answer.base64`), and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wrong {
    /// Position in the list.
    pub(crate) index: usize,
    pub(crate) key: &'static str,
    pub(crate) message: String,
}

impl Wrong {
    /// `[2].url`, or `[2]` of what concerns the whole.
    pub(crate) fn place(&self) -> String {
        let dot = if self.key.is_empty() { "" } else { "." };
        format!("[{}]{dot}{}", self.index, self.key)
    }
}
