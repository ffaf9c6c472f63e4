//! The walk through the ops of a package: each stands alone, and each is answered.

use std::sync::Arc;

use serde_json::{Map, Value, json};
use sqlx::SqliteConnection;

use super::context::Place;
use super::error::OpError;
use super::form::Files;
use super::intake::{Hindered, Intake};
use super::keys::Caller;
use super::op::{OpCx, Planned, Reply, Version};
use super::refusal::Refusal;
use super::runner::Runner;
use super::store::batch;
use super::v1;
use crate::kernel::base::PublicBase;
use crate::kernel::db::Access;
use crate::kernel::world::World;

/// What every op of a package shares.
pub(crate) struct PackageCx<'a> {
    pub(crate) world: &'a Arc<World>,
    pub(crate) base: &'a PublicBase,
    pub(crate) caller: &'a Caller,
    pub(crate) version: Version,
    pub(crate) files: &'a Files,
}

/// Where the savepoint `op` of a package stands.
enum Savepoint {
    /// There is none.
    Absent,
    /// It covers nothing: the next op may use it.
    Clean,
    /// It covers an op that succeeded.
    Used,
}

impl Savepoint {
    /// Puts the savepoint before what comes next, in as few statements as that takes.
    async fn set(&mut self, conn: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        let sql = match self {
            Self::Absent => "SAVEPOINT op",
            Self::Used => "RELEASE op; SAVEPOINT op",
            Self::Clean => return Ok(()),
        };
        sqlx::query(sql).execute(conn).await?;
        *self = Self::Clean;
        Ok(())
    }

    /// After a write that has no savepoint of its own: it lies above this one, and rolling back to that would take it along.
    fn covering(self) -> Self {
        if matches!(self, Self::Clean) { Self::Used } else { self }
    }

    /// After an op: undoes what a failed one has written. The commit of the package releases what is left.
    async fn end(&mut self, ok: bool, conn: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        if ok {
            *self = Self::Used;
        } else {
            sqlx::query("ROLLBACK TO op").execute(conn).await?;
            *self = Self::Clean;
        }
        Ok(())
    }
}

/// Runs the ops in order. Each stands alone: what a failing one has written is undone by its savepoint, and only that.
/// An op with one writing statement needs none: a statement that fails has written nothing. New tasks with no other op
/// behind them are left in `intake`.
pub(crate) async fn walk(
    plan: Vec<Planned<'_>>,
    conn: &mut SqliteConnection,
    package: &PackageCx<'_>,
    intake: &mut Intake,
) -> Result<Vec<Value>, sqlx::Error> {
    let alone = plan.len() == 1;
    let now = package.world.clock.now();
    let mut savepoint = Savepoint::Absent;
    let mut answers = Vec::with_capacity(plan.len());
    for (position, planned) in plan.into_iter().enumerate() {
        if !planned.gathers() && !intake.is_empty() {
            // Whatever comes may look at them.
            refuse_taken(intake, conn, &mut answers, package.version).await?;
            batch::bear(conn, intake.empty().iter()).await?;
            package.world.part::<Runner>().poke();
            savepoint = savepoint.covering();
        }
        let outcome = match (planned.entry, planned.fields) {
            // sheet corezoid/api 7: a switch for tests.
            (Ok(_), _) if package.caller.denied => Err(Refusal::AccessDenied.into()),
            (Ok(entry), Some(fields)) => {
                let guarded = !alone && planned.access == Access::Write;
                if guarded {
                    savepoint.set(&mut *conn).await?;
                }
                let mut cx = OpCx {
                    conn: &mut *conn,
                    world: package.world,
                    base: package.base,
                    caller: package.caller,
                    now,
                    version: package.version,
                    place: Place::default(),
                    files: package.files,
                    intake: &mut *intake,
                    position,
                };
                let outcome = entry.run(fields, &mut cx).await;
                if guarded {
                    savepoint.end(outcome.is_ok(), &mut *conn).await?;
                } else if planned.access != Access::Read && !entry.gathers {
                    savepoint = savepoint.covering();
                }
                outcome
            }
            (Err(error), _) => Err(error),
            (Ok(_), None) => Err(OpError::BadObject),
        };
        let refused = outcome.is_err();
        let mut answer = answered(outcome, echo(planned.fields), planned.obj);
        if refused && planned.obj == "task" {
            let reference = planned.fields.and_then(|fields| fields.get("ref"));
            v1::name_refused(&mut answer, reference.cloned(), package.version);
        }
        answers.push(answer);
    }
    refuse_taken(intake, conn, &mut answers, package.version).await?;
    Ok(answers)
}

/// Takes back the answers about new tasks whose reference a task under way has.
async fn refuse_taken(
    intake: &mut Intake,
    conn: &mut SqliteConnection,
    answers: &mut [Value],
    version: Version,
) -> Result<(), sqlx::Error> {
    for position in intake.refuse_taken(conn).await? {
        if let Some(answer) = answers.get_mut(position) {
            let (id, reference) = (answer["id"].take(), answer["ref"].take());
            *answer = answered(Err(Hindered::NotUnical.into()), id, "task");
            v1::name_refused(answer, Some(reference), version);
        }
    }
    Ok(())
}

/// The `id` of an answer: what was sent, text or number; `""` when nothing was (sheet corezoid/api 1.4).
fn echo(fields: Option<&Map<String, Value>>) -> Value {
    let sent = fields.and_then(|fields| fields.get("id")).filter(|id| !id.is_null());
    sent.cloned().unwrap_or_else(|| json!(""))
}

fn answered(outcome: Result<Reply, OpError>, id: Value, obj: &str) -> Value {
    match outcome {
        Ok(reply) => reply.into_value(id, obj),
        Err(error) => {
            if let OpError::Storage(source) = &error {
                tracing::error!(error = %source, "storage failed");
            }
            let mut fields = Map::new();
            fields.insert("id".to_owned(), id);
            fields.extend(error.fields());
            Value::Object(fields)
        }
    }
}
