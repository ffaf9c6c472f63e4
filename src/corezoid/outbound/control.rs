//! `/_standin/outbound`: the stubs of a world, and the calls that its processes made.

use std::collections::HashMap;

use axum::body::Body;
use axum::http::{Method, Response, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::ledger::Ledger;
use super::shelf;
use crate::corezoid::rules::outbound::{Stub, ready_all};
use crate::corezoid::state::stubs;
use crate::corezoid::store::outbound as store;
use crate::kernel::control::{ControlPath, Mistake, decoded, empty, json_body};
use crate::kernel::db::Access;
use crate::kernel::service::Exchange;
use crate::kernel::world::World;

/// The control calls of this service.
pub(crate) const CALLS: [ControlPath; 2] =
    [("GET, PUT, DELETE", "outbound"), ("GET, DELETE", "outbound/calls")];

/// All stubs of a world, the first that fits answers.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stubs {
    stubs: Vec<Stub>,
}

/// Answers one of [`CALLS`].
pub(crate) async fn answer(path: &str, exchange: Exchange) -> Result<Response<Body>, Mistake> {
    let Exchange { world, request, .. } = exchange;
    match (path, request.method()) {
        ("outbound", &Method::GET) => show(&world).await,
        ("outbound", &Method::PUT) => {
            let Stubs { stubs } = decoded(request).await?;
            put(&world, stubs).await
        }
        ("outbound", _) => put(&world, Vec::new()).await,
        (_, &Method::GET) => calls(&world).await,
        _ => {
            world.part::<Ledger>().clear();
            Ok(empty())
        }
    }
}

async fn show(world: &World) -> Result<Response<Body>, Mistake> {
    let mut unit = world.db.begin(Access::Read).await?;
    let stubs = stubs(unit.conn()).await;
    unit.rollback().await?;
    Ok(json_body(&Stubs { stubs: stubs? }))
}

async fn put(world: &World, stubs: Vec<Stub>) -> Result<Response<Body>, Mistake> {
    let text = serde_json::to_string(&stubs).unwrap_or_default();
    ready_all(stubs).map_err(|wrong| {
        Mistake(StatusCode::BAD_REQUEST, format!("body: stubs{}: {}", wrong.place(), wrong.message))
    })?;
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
