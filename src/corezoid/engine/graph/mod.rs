//! A deployed process, read once: its nodes with their logics as types (sheet corezoid/engine 2.1, 3). Pure.

mod read;

use std::collections::HashMap;

use serde_json::Value;

use super::cast::Type;
use super::condition::Condition;
use super::template::Template;
use crate::corezoid::model::node::{NodeDoc, NodeKind};
use crate::kernel::engine::Typing;

/// A process as the engine sees it.
#[derive(Debug)]
pub(crate) struct Graph {
    /// A state diagram: tasks stay, others read and change them (sheet corezoid/engine 2.7).
    pub(crate) is_state: bool,
    nodes: Vec<Node>,
    by_id: HashMap<String, usize>,
}

/// A node.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) kind: NodeKind,
    pub(crate) logics: Vec<Logic>,
    pub(crate) timers: Vec<Timer>,
    pub(crate) counts: Vec<Count>,
    /// Of a final node: whether its tasks are kept (option `save_task`, on when it is not said).
    pub(crate) saves: bool,
    /// Branches of stub mode; `None`: the process is really called.
    pub(crate) stub: Option<Vec<Branch>>,
}

/// A logic.
#[derive(Debug)]
pub(crate) enum Logic {
    Go { to: Template },
    If { to: Template, conditions: Vec<Condition> },
    Act { action: Action, err: Option<Template> },
}

/// What a node does to its task.
#[derive(Debug)]
pub(crate) enum Action {
    SetParam(Vec<Row>),
    Code {
        lang: String,
        source: String,
    },
    Api(Box<Api>),
    Copy(Copy),
    Call(Call),
    Reply(Reply),
    /// Waits to be modified; with `is_sync` a post for a task that has gone on is refused.
    Callback {
        is_sync: bool,
        /// Where the id of the task stands in what is posted.
        id_path: Option<Template>,
    },
    Queue(Vec<Row>),
    Take {
        conv: Template,
        node: Template,
        newest_first: bool,
    },
    Sum(Vec<SumRow>),
    /// Runs nowhere here: answered by a stub, or with the documented error.
    Git,
    Db {
        instance: String,
        query: Template,
    },
    /// Gone from the product: parks (sheet corezoid/engine 3.12), as does a type that is not known.
    Idle,
}

/// `key: value` of `extra`, `data` and `res_data`.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) key: Template,
    pub(crate) value: RowValue,
    /// Of the twin map; absent: the value keeps its own.
    pub(crate) of: Option<Type>,
}

/// Values are texts (sheet corezoid/engine 3); hand-made documents hold others.
#[derive(Debug)]
pub(crate) enum RowValue {
    Template(Template),
    Constant(Value),
}

impl RowValue {
    /// How the value takes a type: as its text does.
    pub(crate) fn typing(&self, typing: Typing) -> Typing {
        match self {
            Self::Template(template) => template.typing(typing),
            Self::Constant(_) if typing == Typing::Strict => Typing::Text,
            Self::Constant(_) => typing,
        }
    }
}

/// `api_copy`.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of the document")]
pub(crate) struct Copy {
    pub(crate) modify: bool,
    pub(crate) conv: Template,
    pub(crate) reference: Template,
    pub(crate) rows: Vec<Row>,
    pub(crate) whole: bool,
    pub(crate) is_sync: bool,
    /// `send_parent_data`.
    pub(crate) parent: bool,
}

/// `api_rpc`.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) conv: Template,
    pub(crate) rows: Vec<Row>,
    pub(crate) whole: bool,
}

/// `api_rpc_reply`.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) rows: Vec<Row>,
    /// Mode `keys`: names of the task's own parameters.
    pub(crate) keys: Vec<String>,
    /// The reason, if the reply is an exception.
    pub(crate) throws: Option<Template>,
}

/// A row of `api_sum`.
#[derive(Debug)]
pub(crate) struct SumRow {
    /// What the counter is read by.
    pub(crate) id: String,
    pub(crate) value: Template,
}

/// A branch of stub mode: tried from top to bottom, without conditions the default.
#[derive(Debug)]
pub(crate) struct Branch {
    pub(crate) conditions: Vec<Condition>,
    pub(crate) reply: Reply,
}

/// A time semaphor.
#[derive(Debug)]
pub(crate) struct Timer {
    pub(crate) value: TimerValue,
    pub(crate) to: Template,
}

/// When a timer fires (sheet corezoid/engine 2.3).
#[derive(Debug)]
pub(crate) enum TimerValue {
    /// So many of a unit of so many seconds.
    Span { value: i64, unit: i64 },
    /// A moment in unix seconds.
    Moment(Template),
}

/// A count semaphor.
#[derive(Debug)]
pub(crate) struct Count {
    pub(crate) value: i64,
    pub(crate) to: String,
}

/// `api`.
#[derive(Debug)]
pub(crate) struct Api {
    pub(crate) url: Template,
    pub(crate) method: String,
    pub(crate) format: Format,
    pub(crate) content_type: String,
    pub(crate) rows: Vec<Row>,
    pub(crate) headers: Vec<Row>,
    pub(crate) send_sys: bool,
    pub(crate) secret: Option<Template>,
    /// `cert_pem`: a private key and its certificates, as PEM.
    pub(crate) certificate: Option<Template>,
    pub(crate) max_threads: usize,
    pub(crate) debug_info: bool,
    /// `rfc_format`: an answer of status 202 need not have a body.
    pub(crate) rfc: bool,
    /// Header and body rows of a customised response.
    pub(crate) response: Option<Vec<Row>>,
}

/// How the body of an API call is built.
#[derive(Debug)]
pub(crate) enum Format {
    /// From the rows, by content type.
    Rows,
    /// The service's own envelope.
    Conveyor,
    Raw(Template),
}

impl Graph {
    /// Reads the deployed nodes of a process.
    pub(crate) fn read<'a>(is_state: bool, nodes: impl IntoIterator<Item = (&'a str, &'a NodeDoc)>) -> Self {
        let nodes: Vec<Node> = nodes.into_iter().map(|(id, doc)| read::node(id, doc)).collect();
        let by_id = nodes.iter().enumerate().map(|(index, node)| (node.id.clone(), index)).collect();
        Self { is_state, nodes, by_id }
    }

    /// Where tasks begin.
    pub(crate) fn start(&self) -> Option<&Node> {
        self.nodes.iter().find(|node| node.kind == NodeKind::Start)
    }

    /// A node by id.
    pub(crate) fn node(&self, id: &str) -> Option<&Node> {
        self.nodes.get(*self.by_id.get(id)?)
    }
}
