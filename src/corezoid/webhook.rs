//! The direct URL of a process or of an alias: whatever is posted there becomes the data of a new task (sheet corezoid/api 6.2).

use std::sync::Arc;

use axum::http::header;
use axum::http::request::Parts;
use base64::Engine as _;
use serde_json::{Map, Value, json};
use subtle::ConstantTimeEq as _;

use super::error::{OpError, PackageError};
use super::ids::ConvId;
use super::intake::Intake;
use super::op::Version;
use super::refusal::Refusal;
use super::rules::inbound::Format;
use super::rules::task as rules;
use super::runner;
use super::store::direct::{self as store, AliasPath, Door};
use super::store::task::NewTask;
use crate::kernel::db::Access;
use crate::kernel::world::World;

/// Where a direct URL leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Address {
    /// `…/public/{conv_id}/{hash}`.
    Conv { conv: String, hash: String },
    /// `…/public/@{alias}/{project_short_name}/{stage_short_name}/{company_id}/{hash}`.
    Alias { path: AliasPath, hash: String },
}

impl Address {
    /// From what follows `public` in the path; `None`: no such URL.
    pub(crate) fn of(rest: &[&str], _version: Version) -> Option<Self> {
        match rest {
            [conv, hash] => Some(Self::Conv { conv: (*conv).to_owned(), hash: (*hash).to_owned() }),
            [alias, project, stage, company, hash] => {
                // Some clients escape what needs no escape.
                let alias = alias.strip_prefix('@').or(alias.strip_prefix("%40"))?;
                let [alias, project, stage, company] = [alias, project, stage, company].map(str::to_owned);
                let path = AliasPath { alias, project, stage, company };
                Some(Self::Alias { path, hash: (*hash).to_owned() })
            }
            _ => None,
        }
    }
}

/// Makes the task and gives the whole answer. Its `ops` is an object (sheet corezoid/api 9, 14).
pub(crate) async fn take(
    address: &Address,
    format: Format,
    parts: &Parts,
    body: &[u8],
    world: &Arc<World>,
) -> Result<Value, sqlx::Error> {
    let mut unit = world.db.begin(Access::Single).await?;
    let mut intake = Intake::default();
    let outcome = make(address, format, parts, body, world, (unit.conn(), &mut intake)).await;
    if outcome.is_ok() {
        let received = match runner::receive(world, &mut unit, intake).await {
            Ok(received) => received,
            Err(error) => {
                unit.rollback().await?;
                return Err(error);
            }
        };
        unit.commit(&world.ids).await?;
        received.committed();
        runner::drive(world).await?;
    } else {
        unit.rollback().await?;
    }
    Ok(match outcome {
        Ok(id) => {
            json!({ "request_proc": "ok", "ops": { "proc": "ok", "obj": "task", "ref": null, "obj_id": id } })
        }
        Err(Trouble::Op(OpError::Storage(error))) => return Err(error),
        Err(Trouble::Op(error)) => {
            let mut whole = Map::new();
            whole.insert("request_proc".to_owned(), json!("ok"));
            whole.insert("ops".to_owned(), Value::Object(error.fields()));
            Value::Object(whole)
        }
        Err(Trouble::Body) => PackageError::Format.body(),
    })
}

enum Trouble {
    /// The body cannot be read.
    Body,
    Op(OpError),
}

impl From<OpError> for Trouble {
    fn from(error: OpError) -> Self {
        Self::Op(error)
    }
}

impl From<sqlx::Error> for Trouble {
    fn from(error: sqlx::Error) -> Self {
        Self::Op(error.into())
    }
}

/// The id of the new task. The hash comes first, then name and password, then the body.
async fn make(
    address: &Address,
    format: Format,
    parts: &Parts,
    body: &[u8],
    world: &World,
    (conn, intake): (&mut sqlx::SqliteConnection, &mut Intake),
) -> Result<String, Trouble> {
    let door = match address {
        Address::Conv { conv, hash } => match conv.parse() {
            Ok(conv) => store::door(conn, ConvId(conv), hash).await?,
            Err(_) => None,
        },
        Address::Alias { path, hash } => store::alias_door(conn, path, hash).await?,
    };
    // No text is known for a wrong hash; whether the process is there stays a secret of its own.
    let door = door.ok_or_else(|| OpError::from(Refusal::WrongHash))?;
    if !admits(&door, parts) {
        return Err(OpError::from(Refusal::AccessDenied).into());
    }
    let data = format.data(body).ok_or(Trouble::Body)?;
    let data = rules::whole_text(&data);
    let id = world.ids.hex::<12>();
    let now = world.clock.now().millis();
    let new = NewTask {
        id: &id,
        conv: door.conv,
        reference: None,
        data: &data,
        user: door.owner,
        now,
        caller: None,
        hops: 0,
    };
    intake.take(conn, &new, 0, &world.settings.engine).await.map_err(OpError::from)?;
    Ok(id)
}

/// Whether the request names whom the process asks for, if it asks.
fn admits(door: &Door, parts: &Parts) -> bool {
    let (Some(user), Some(pass)) = (&door.user, &door.pass) else { return true };
    let header = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = header.and_then(|text| text.split_once(' ')).and_then(|(scheme, text)| {
        let text = base64::engine::general_purpose::STANDARD.decode(text.trim()).ok()?;
        scheme.eq_ignore_ascii_case("basic").then_some(text)
    });
    given.is_some_and(|given| given.ct_eq(format!("{user}:{pass}").as_bytes()).into())
}
