//! A package: from verified bytes to the answer (sheet corezoid/api 1.4, 1.5).

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::error::PackageError;
use super::form::Input;
use super::history::History;
use super::intake::Intake;
use super::keys::{Caller, Keys};
use super::op::{self, After, Family, Version};
use super::refusal::PackageRefusal;
use super::walk::{self, PackageCx};
use super::{runner, sync, v1};
use crate::kernel::base::PublicBase;
use crate::kernel::db::Access;
use crate::kernel::world::World;

/// Ops of one package. The real limit is the user's own, without a figure (sheet corezoid/api 1.4); clients send hundreds.
/// A body of the largest size holds millions, whose answers would fill the memory.
const MOST_OPS: usize = 100_000;

/// Where and how a package came.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Door {
    pub(crate) family: Family,
    pub(crate) version: Version,
    /// The host of the synchronous API.
    pub(crate) sync: bool,
}

/// Runs a package and gives the whole answer, and the words of its first op for the log. No input is what is not JSON, has
/// no `ops`, or has something else there than a list. No answer: its results have not come in time.
pub(crate) async fn answer(
    input: Option<Input>,
    Door { family, version, sync }: Door,
    caller: &Caller,
    world: &Arc<World>,
    base: &PublicBase,
) -> Result<(Option<Value>, String), sqlx::Error> {
    let Some(Input { mut ops, files, alone, bare, timeout }) = input else {
        return Ok((Some(PackageError::Format.body()), "package".to_owned()));
    };
    let label = label(&ops);
    if ops.len() > MOST_OPS {
        return Ok((Some(PackageError::Refused(PackageRefusal::TooManyOps).body()), label));
    }
    v1::complete(&mut ops, version);
    let wait = timeout.map(sync::Wait::Asked).or_else(|| sync.then_some(sync::Wait::Most));
    let wait = wait.filter(|_| family == Family::Json);
    let calls = wait.and_then(|wait| sync::prepare(&mut ops, &wait, world, base));
    let plan: Vec<_> = ops.iter().map(|op| op::plan(op, family)).collect();
    let access = op::access(&plan);
    let noted: Vec<bool> = plan.iter().map(op::Planned::is_noted).collect();
    let after: Vec<_> = plan.iter().map(op::Planned::after).collect();
    let changes_keys = plan.iter().any(op::Planned::changes_keys);
    let package = PackageCx { world, base, caller, version, files: &files };
    let mut intake = Intake::default();
    let mut unit = world.db.begin(access).await?;
    let walked = async {
        let answers = walk::walk(plan, unit.conn(), &package, &mut intake).await?;
        let received = runner::receive(world, &mut unit, intake).await?;
        Ok::<_, sqlx::Error>((answers, received))
    };
    let (mut answers, received) = match walked.await {
        Ok(walked) => walked,
        Err(error) => {
            unit.rollback().await?;
            return Err(error);
        }
    };
    if answers.iter().all(|answer| answer["proc"] != "ok") {
        // There is nothing to keep, and an op that is alone has no savepoint to undo what it wrote before it failed.
        unit.rollback().await?;
    } else {
        unit.commit(&world.ids).await?;
        received.committed();
        if changes_keys {
            world.part::<Keys>().forget();
        }
        runner::drive(world).await?;
        complete(&mut answers, &after, world).await?;
        if noted.contains(&true) {
            let done = ops.into_iter().zip(&answers).zip(noted);
            let done = done.filter(|((_, answer), noted)| *noted && answer["proc"] == "ok");
            let done = done.map(|((op, answer), _)| (op, answer.clone()));
            world.part::<History>().note(world.clock.now().seconds(), caller, done);
        }
    }
    let results = match calls {
        Some(calls) => calls.results(answers).await,
        None => Some(answers),
    };
    let Some(mut answers) = results else { return Ok((None, label)) };
    // sheet corezoid/api 1.1: an op of the system URL is no package, and neither is its answer.
    if alone
        && family == Family::System
        && let [Value::Object(only)] = answers.as_mut_slice()
        && only.get("proc").is_some_and(|outcome| outcome == "ok")
    {
        only.retain(|key, _| !matches!(key.as_str(), "id" | "proc" | "obj"));
        return Ok((Some(Value::Object(std::mem::take(only))), label));
    }
    let mut body = envelope(answers, family);
    if bare && let Some(only) = body.pointer_mut("/ops/0").map(Value::take) {
        body["ops"] = only;
    }
    Ok((Some(body), label))
}

/// Completes the answers of ops that are done when what they set going has run.
async fn complete(
    answers: &mut [Value],
    after: &[Option<After>],
    world: &Arc<World>,
) -> Result<(), sqlx::Error> {
    for (answer, after) in answers.iter_mut().zip(after) {
        let (Some(after), Value::Object(answer)) = (after, answer) else { continue };
        if answer.get("proc").is_some_and(|outcome| outcome == "ok") {
            let mut unit = world.db.begin(Access::Read).await?;
            let completed = after(answer, unit.conn(), world).await;
            unit.rollback().await?;
            completed?;
        }
    }
    Ok(())
}

/// The package around its answers. They are moved into it: `json!` would copy them.
fn envelope(mut answers: Vec<Value>, family: Family) -> Value {
    if family == Family::Download {
        // The seed prints the keys of these answers in alphabetical order.
        answers.iter_mut().filter_map(Value::as_object_mut).for_each(Map::sort_keys);
    }
    if matches!(family, Family::Upload | Family::Copy | Family::Compare | Family::Merge) {
        // sheet corezoid/api 8, row 11; the published examples of mistakes have none either.
        answers
            .iter_mut()
            .filter_map(Value::as_object_mut)
            .for_each(|answer| drop(answer.shift_remove("id")));
    }
    let mut body = Map::new();
    body.insert("request_proc".to_owned(), json!("ok"));
    body.insert("ops".to_owned(), Value::Array(answers));
    if family == Family::Download {
        body.sort_keys();
    }
    Value::Object(body)
}

fn label(ops: &[Value]) -> String {
    let Some(first) = ops.first() else { return "empty package".to_owned() };
    let word = |key| first.get(key).and_then(Value::as_str).unwrap_or("-");
    match ops.len() {
        1 => format!("{} {}", word("type"), word("obj")),
        n => format!("{} {} and {} more", word("type"), word("obj"), n - 1),
    }
}
