//! `/api/1/sock_json`: the WebSocket on which clients watch a merge, a copy or an upload (sheet corezoid/api 1.1). All of
//! them are done before they answer, so whoever watches one is told its end at once.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::FromRequestParts as _;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::Response;
use axum::http::request::Parts;
use axum::response::IntoResponse as _;
use serde_json::{Value, json};

use super::store::job::{self, JobRow};
use crate::kernel::db::Access;
use crate::kernel::world::World;

/// Longest silence of a client: the official one says `0` far more often.
const PATIENCE: Duration = Duration::from_mins(10);
/// Longest message, in bytes.
const LONGEST: usize = 1 << 20;

/// Takes a connection over; whoever calls has looked who it is.
pub(crate) async fn accept(mut parts: Parts, world: Arc<World>) -> Response<Body> {
    match WebSocketUpgrade::from_request_parts(&mut parts, &()).await {
        Ok(upgrade) => upgrade.max_message_size(LONGEST).on_upgrade(|socket| talk(socket, world)),
        Err(refusal) => refusal.into_response(),
    }
}

async fn talk(mut socket: WebSocket, world: Arc<World>) {
    while let Ok(Some(Ok(message))) = tokio::time::timeout(PATIENCE, socket.recv()).await {
        let Message::Text(text) = message else { continue };
        for frame in answers(text.as_str(), &world).await {
            if socket.send(Message::text(frame)).await.is_err() {
                return;
            }
        }
    }
}

/// What a message is answered with, frame by frame.
async fn answers(text: &str, world: &World) -> Vec<String> {
    if text == "0" {
        return vec!["1".to_owned()];
    }
    let Ok(package) = serde_json::from_str::<Value>(text) else { return Vec::new() };
    let mut frames = Vec::new();
    for op in package.get("ops").and_then(Value::as_array).into_iter().flatten() {
        frames.extend(watched(op, world).await.iter().map(frame));
    }
    frames
}

fn frame(op: &Value) -> String {
    json!({ "request_proc": "ok", "ops": [op] }).to_string()
}

async fn watched(op: &Value, world: &World) -> Vec<Value> {
    let word = |name: &str| op.get(name).and_then(Value::as_str).unwrap_or_default();
    let refusal = |text: &str| vec![json!({ "proc": "error", "description": text })];
    match (word("type"), word("obj")) {
        ("monitor_stat", "scheme_progress_info") if word("status") == "off" => Vec::new(),
        ("monitor_stat", "scheme_progress_info") => match find(word("obj_id"), world).await {
            Ok(Some(job)) => progress(&job),
            Ok(None) => {
                refusal(&format!("Object scheme_progress_info with id {} does not exist", word("obj_id")))
            }
            Err(error) => {
                tracing::error!(%error, "storage failed");
                refusal("Storage is not available")
            }
        },
        (_, "scheme_progress_info") => refusal("undefined request"),
        ("monitor_show", "git_call") if word("obj_type") == "function_build" => match word("status") {
            "off" => Vec::new(),
            _ => built(op),
        },
        _ => refusal("bad object"),
    }
}

/// The log of a build, which the official client waits for before it deploys a process with a Git Call node. There is no
/// builder here, and no need of one: such nodes are answered by stubs.
fn built(op: &Value) -> Vec<Value> {
    let entry = |kind: &str, message: &str| {
        json!({
            "type": "monitor_show",
            "obj": "git_call",
            "obj_type": "function_build",
            "obj_id": op.get("obj_id"),
            "conv_id": op.get("conv_id"),
            "node_id": op.get("node_id"),
            "proc": "ok",
            "log": { "type": kind, "message": message },
        })
    };
    vec![entry("stdout", "Nothing is built: stubs answer this node"), entry("done", "")]
}

async fn find(hash: &str, world: &World) -> Result<Option<JobRow>, sqlx::Error> {
    let mut unit = world.db.begin(Access::Read).await?;
    let found = job::find(unit.conn(), hash).await;
    unit.rollback().await?;
    found
}

/// The phases of an operation, each complete, and the notice that it is over.
fn progress(job: &JobRow) -> Vec<Value> {
    let modes: &[&str] = match job.action.as_str() {
        "merge" => &["upload", "merge"],
        "copy" => &["copy"],
        "download" => &["download"],
        _ => &["upload"],
    };
    let phase = |mode: &&str| {
        json!({
            "type": "monitor_stat",
            "obj": "scheme_progress_info",
            "obj_id": job.hash,
            "mode": mode,
            "proc": "ok",
            "list": [{ "status": if job.err == 0 { "complete" } else { "error" }, "progress": 100 }],
        })
    };
    let mut frames: Vec<Value> = modes.iter().map(phase).collect();
    frames.push(json!({
        "type": "notify",
        "action_type": job.action,
        "obj_type": "scheme",
        "proc": if job.err == 0 { "ok" } else { "error" },
        "folder_id": job.obj_id,
        "company_id": job.company_id,
        "hash": job.hash,
    }));
    frames
}
