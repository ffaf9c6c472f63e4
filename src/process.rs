//! Runs one task of a Corezoid process to rest, in one call: the unit test of a process.

use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt as _;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::server::Server;

/// An order to run a task; see `POST /_standin/corezoid/run` in the README.
///
/// ```
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let server = standin::Server::start().await.unwrap();
/// // Process 1002 of the demo sorts orders by their size.
/// let end = standin::ProcessRun::of(1002).data("amount", 50).on(&server).await.unwrap();
/// assert_eq!(end.node.title, "Small order");
/// # });
/// ```
#[derive(Debug, Clone)]
#[must_use = "it does nothing until `on` is awaited"]
pub struct ProcessRun {
    world: Option<String>,
    order: Map<String, Value>,
    data: Map<String, Value>,
    stubs: Vec<Value>,
}

/// Where a task came to rest, and its way there.
#[derive(Debug, Clone, Deserialize)]
pub struct ProcessEnd {
    /// The task's id: 24 hex digits.
    pub task: String,
    /// The node it rests in.
    pub node: ProcessNode,
    /// `processed` in a final node; `delayed` where it waits, `processing` where it is being worked on.
    pub status: String,
    /// False: its final node keeps no tasks.
    pub kept: bool,
    /// What it carries at the end.
    pub data: Map<String, Value>,
    /// Step by step, as `GET /_standin/corezoid/tasks/ID/trace` shows it.
    pub trace: Vec<Value>,
}

/// A node, as far as a test names it.
#[derive(Debug, Clone, Deserialize)]
pub struct ProcessNode {
    /// 24 hex digits.
    pub id: String,
    /// As the process calls it.
    #[serde(default, deserialize_with = "text_or_none")]
    pub title: String,
}

fn text_or_none<'de, D: serde::Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(Option::<String>::deserialize(from)?.unwrap_or_default())
}

impl ProcessRun {
    /// A task of this process, without data.
    pub fn of(process: i64) -> Self {
        let mut order = Map::new();
        order.insert("process".to_owned(), json!(process));
        Self { world: None, order, data: Map::new(), stubs: Vec::new() }
    }

    /// In the world of this name.
    pub fn world(mut self, name: &str) -> Self {
        self.world = Some(name.to_owned());
        self
    }

    /// A parameter of the task.
    pub fn data(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.data.insert(name.to_owned(), value.into());
        self
    }

    /// The task's reference.
    pub fn reference(mut self, reference: &str) -> Self {
        self.order.insert("ref".to_owned(), json!(reference));
        self
    }

    /// What answers its calls in this run, before the stubs of the world; the form is that of `PUT /_standin/outbound`.
    pub fn stub(mut self, stub: Value) -> Self {
        self.stubs.push(stub);
        self
    }

    /// `final`: the clock is moved on until the task has ended; a duration such as `3d`: so far at most. Without it the
    /// clock stays.
    pub fn until(mut self, until: &str) -> Self {
        self.order.insert("until".to_owned(), json!(until));
        self
    }

    /// Runs it.
    ///
    /// # Errors
    /// The process does not take the task, or a stub is none: in words for a person.
    pub async fn on(mut self, server: &Server) -> Result<ProcessEnd, String> {
        self.order.insert("data".to_owned(), Value::Object(self.data));
        self.order.insert("stubs".to_owned(), Value::Array(self.stubs));
        let prefix = self.world.map(|name| format!("/w/{name}")).unwrap_or_default();
        let request = Request::post(format!("{prefix}/_standin/corezoid/run"))
            .body(Body::from(Value::Object(self.order).to_string()))
            .map_err(|error| error.to_string())?;
        let answer = server.call(request).await;
        let is_done = answer.status().is_success();
        let body = answer.into_body().collect().await.map_err(|error| error.to_string())?.to_bytes();
        if is_done {
            return serde_json::from_slice(&body).map_err(|error| error.to_string());
        }
        let told: Value = serde_json::from_slice(&body).unwrap_or_default();
        Err(told["error"]["message"].as_str().unwrap_or_default().to_owned())
    }
}
