//! `/_standin/outbound`: the stubs of a world, and the calls that its processes made.

use std::collections::HashMap;

use axum::body::Body;
use axum::http::{Method, Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::ledger::Ledger;
use super::shelf;
use crate::corezoid::rules::outbound::{Stub, check};
use crate::corezoid::state::stubs;
use crate::corezoid::store::outbound as store;
use crate::kernel::control::{ControlPath, Mistake, bytes, empty, json_body};
use crate::kernel::db::Access;
use crate::kernel::service::Exchange;
use crate::kernel::state::{StateError, decode, decode_value};
use crate::kernel::world::World;

/// Longest list of stubs, in bytes.
const LONGEST: usize = 16 << 20;

/// The control calls of this service.
pub(crate) const CALLS: [ControlPath; 2] =
    [("GET, PUT, DELETE", "outbound"), ("GET, DELETE", "outbound/calls")];

/// All stubs of a world.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    stubs: Vec<Value>,
}

/// Reads and checks a list of stubs that stands under `key` in a document.
///
/// # Errors
/// The first mistake and its JSON path.
pub(super) fn read_stubs(key: &str, list: &[Value]) -> Result<Vec<Stub>, StateError> {
    let read = |(index, stub)| decode_value(stub).map_err(|error| error.under(&format!("{key}[{index}]")));
    let stubs: Vec<Stub> = list.iter().enumerate().map(read).collect::<Result<_, _>>()?;
    check(stubs.clone())
        .map_err(|wrong| StateError::at(format!("{key}{}", wrong.place()), wrong.message.clone()))?;
    Ok(stubs)
}

/// Answers one of [`CALLS`].
pub(crate) async fn answer(path: &str, exchange: Exchange) -> Result<Response<Body>, Mistake> {
    let Exchange { world, request, .. } = exchange;
    match (path, request.method()) {
        ("outbound", &Method::GET) => show(&world).await,
        ("outbound", &Method::PUT) => {
            let body = bytes(request).await?;
            if body.len() > LONGEST {
                return Err(Mistake(StatusCode::PAYLOAD_TOO_LARGE, "the stubs are over 16 MB".to_owned()));
            }
            let text = std::str::from_utf8(&body)
                .map_err(|error| Mistake(StatusCode::BAD_REQUEST, format!("body: {error}")))?;
            let list: List = decode(text).map_err(said)?;
            let stubs = read_stubs("stubs", &list.stubs).map_err(said)?;
            put(&world, &stubs).await
        }
        ("outbound", _) => put(&world, &[]).await,
        (_, &Method::GET) => calls(&world).await,
        _ => {
            world.part::<Ledger>().clear();
            Ok(empty())
        }
    }
}

/// A mistake in the body; one of the whole has no path.
fn said(error: StateError) -> Mistake {
    let text = match error {
        StateError::Storage(error) => return error.into(),
        StateError::Invalid { path, message } if path.is_empty() || path == "." => message,
        error @ StateError::Invalid { .. } => error.to_string(),
    };
    Mistake(StatusCode::BAD_REQUEST, format!("body: {text}"))
}

async fn show(world: &World) -> Result<Response<Body>, Mistake> {
    let mut unit = world.db.begin(Access::Read).await?;
    let stubs = stubs(unit.conn()).await;
    unit.rollback().await?;
    Ok(json_body(&json!({ "stubs": stubs? })))
}

async fn put(world: &World, stubs: &[Stub]) -> Result<Response<Body>, Mistake> {
    let text = serde_json::to_string(stubs).unwrap_or_default();
    let mut unit = world.db.begin(Access::Write).await?;
    store::clear(unit.conn()).await?;
    store::add(unit.conn(), &text).await?;
    unit.commit(&world.ids).await?;
    shelf::forget(world);
    Ok(empty())
}

async fn calls(world: &World) -> Result<Response<Body>, Mistake> {
    let ledger = world.part::<Ledger>();
    let nodes = Value::from(ledger.nodes()).to_string();
    let mut unit = world.db.begin(Access::Read).await?;
    let titles = store::titles(unit.conn(), &nodes).await;
    unit.rollback().await?;
    let titles: HashMap<String, String> = titles?.into_iter().collect();
    let list = ledger.list(|node| titles.get(node).map(|title| title.clone().into()));
    Ok(json_body(&json!({ "calls": list })))
}
