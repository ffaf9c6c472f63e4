//! Calls through the port, against stubs, this server and servers of the test's own.

mod network;
mod stubs;
mod tls;

use std::sync::Arc;
use tokio::sync::Notify;

use axum::body::Body;
use axum::http::Request as HttpRequest;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};

use super::{Outcome, Outgoing, call};
use crate::corezoid::engine::{Request, Response, Silence};
use crate::kernel::clock::ClockStart;
use crate::kernel::world::World;
use crate::seed::Seed;
use crate::server::{Builder, Server};

/// A server with a frozen clock that calls whom `outbound` allows.
async fn server(outbound: &str) -> Server {
    builder(outbound).start().await.unwrap()
}

fn builder(outbound: &str) -> Builder {
    Server::builder().seed(Seed::Demo).clock(ClockStart::Frozen(None)).outbound(outbound.parse().unwrap())
}

async fn control(server: &Server, method: &str, path: &str, body: Value) -> (u16, Value) {
    let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
    let request = HttpRequest::builder().method(method).uri(format!("/_standin/{path}")).body(body).unwrap();
    let answer = server.call(request).await;
    let status = answer.status().as_u16();
    let bytes = answer.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

async fn put_stubs(server: &Server, stubs: Value) {
    let answer = control(server, "PUT", "outbound", json!({ "stubs": stubs })).await;
    assert_eq!(answer, (204, Value::Null));
}

/// The calls that are recorded.
async fn calls(server: &Server) -> Vec<Value> {
    let (status, mut body) = control(server, "GET", "outbound/calls", Value::Null).await;
    assert_eq!(status, 200);
    match body["calls"].take() {
        Value::Array(calls) => calls,
        other => panic!("{other}"),
    }
}

fn request(method: &str, url: &str, body: &str) -> Request {
    let headers = [("Content-Type", "application/json"), ("X-Corezoid-TaskID", "t1")];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let (method, url, body) = (method.to_owned(), url.to_owned(), body.to_owned());
    Request { method, url, headers: headers.into(), body, max_threads: 5, certificate: None }
}

/// Makes a call from process 7, node `n1`, task `t1`.
async fn made(world: &Arc<World>, request: &Request) -> Outcome {
    call(world, &Outgoing { conv: 7, node: "n1", task: "t1", request, secrets: &[] }, &Notify::new())
        .await
        .unwrap()
}

async fn get(world: &Arc<World>, url: &str) -> Outcome {
    made(world, &request("GET", url, "")).await
}

#[track_caller]
fn answer(outcome: Outcome) -> Response {
    outcome.result.unwrap_or_else(|silence| panic!("{silence:?}"))
}

#[track_caller]
fn silence(outcome: Outcome) -> Silence {
    outcome.result.unwrap_err()
}

fn json_of(response: &Response) -> Value {
    serde_json::from_slice(&response.body).unwrap()
}
