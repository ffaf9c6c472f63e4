//! Control calls that show what happened to tasks: the trace of one, a run in one call, the coverage of a process.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::body::Body;
use axum::http::{Response, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Runner, lock, run_due};
use crate::corezoid::engine::condition::Condition;
use crate::corezoid::engine::task::Data;
use crate::corezoid::engine::trace::{Comparison, Step, What};
use crate::corezoid::error::OpError;
use crate::corezoid::ids::ConvId;
use crate::corezoid::intake;
use crate::corezoid::outbound;
use crate::corezoid::rules::outbound::Stub;
use crate::corezoid::rules::task as rules;
use crate::corezoid::store::coverage::{self, Outline, Visit};
use crate::corezoid::store::run::Wake;
use crate::corezoid::store::step::{self, Move, Stance, Stepped};
use crate::corezoid::store::task::{self as tasks, NewTask};
use crate::corezoid::store::{run as store, trace};
use crate::kernel::control::{ControlPath, Mistake, decoded, json_body};
use crate::kernel::db::Access;
use crate::kernel::service::Exchange;
use crate::kernel::time::Timestamp;
use crate::kernel::world::World;

/// The control calls of the engine.
pub(crate) const CALLS: [ControlPath; 4] = [
    ("GET", "corezoid/tasks/ID/trace"),
    ("POST", "corezoid/tasks/ID/timer"),
    ("POST", "corezoid/run"),
    ("GET", "corezoid/processes/ID/coverage"),
];

/// How far the clock is moved for a task that is to run to its end, in milliseconds: a year and a day.
const FARTHEST: i64 = 366 * 24 * 60 * 60 * 1000;
/// How often it is moved.
const MOST_MOVES: u32 = 2_000;

/// Answers one of [`CALLS`].
pub(crate) async fn answer(path: &str, exchange: Exchange) -> Result<Response<Body>, Mistake> {
    let Exchange { world, request, .. } = exchange;
    // Whoever looks sees what fell due.
    run_due(&world).await?;
    let segments: Vec<&str> = path.split('/').collect();
    let shown = match segments.as_slice() {
        [_, "tasks", id, "timer"] => fire(&world, id).await?,
        [_, "tasks", id, _] => traced(&world, id).await?,
        [_, "processes", id, _] => covered(&world, id).await?,
        _ => run(&world, decoded(request).await?).await?,
    };
    Ok(json_body(&shown))
}

fn missing(text: String) -> Mistake {
    Mistake(StatusCode::NOT_FOUND, text)
}

async fn traced(world: &World, id: &str) -> Result<Value, Mistake> {
    let mut unit = world.db.begin(Access::Read).await?;
    let found = async {
        let walks = trace::walks(unit.conn(), id).await?;
        let Some(conv) = walks.first().map(|walk| walk.conv_id) else { return Ok(None) };
        let outlines = coverage::outlines(unit.conn(), conv).await?;
        Ok::<_, sqlx::Error>(Some((conv, walks, outlines)))
    };
    let found = found.await;
    unit.rollback().await?;
    let (conv, walks, outlines) =
        found?.ok_or_else(|| missing(format!("nothing is known of the way of a task {id:?}")))?;
    let steps: Vec<Step> = walks.into_iter().flat_map(|walk| walk.steps.0).collect();
    Ok(json!({ "task": id, "process": conv, "trace": shown(steps, &outlines) }))
}

/// Lets the timer of a task fire now, whatever it waits for; the clock stays. The answer is its trace.
async fn fire(world: &Arc<World>, id: &str) -> Result<Value, Mistake> {
    let mut unit = world.db.begin(Access::Write).await?;
    let armed = async {
        let Some(row) = store::by_id(unit.conn(), id).await? else {
            return Ok(Err(missing(format!("there is no task {id:?}"))));
        };
        if row.due().is_none() || row.wake().is_some() {
            let text = format!("no timer runs for task {id}");
            return Ok(Err(Mistake(StatusCode::CONFLICT, text)));
        }
        let wake = Wake::Step(Box::new(Stepped { from: Stance::Rests, to: Move::Timer, data: None }));
        step::set(unit.conn(), id, &wake, (row.task().user, world.clock.now().millis())).await?;
        Ok::<_, sqlx::Error>(Ok(()))
    };
    match armed.await {
        Ok(Ok(())) => unit.commit(&world.ids).await?,
        Ok(Err(mistake)) => {
            unit.rollback().await?;
            return Err(mistake);
        }
        Err(error) => {
            unit.rollback().await?;
            return Err(error.into());
        }
    }
    let runner = world.part::<Runner>();
    runner.poke();
    settle(world, &runner).await?;
    traced(world, id).await
}

/// Steps as they are shown: with the titles of nodes, the types of logics, and times to read.
fn shown(steps: Vec<Step>, outlines: &[Outline]) -> Vec<Value> {
    let by_id: HashMap<&str, &Outline> = outlines.iter().map(|node| (node.id.as_str(), node)).collect();
    let show = |step: Step| {
        let outline = by_id.get(step.node.as_str());
        let logic = match &step.what {
            What::Condition { logic, .. }
            | What::Done { logic }
            | What::Failed { logic, .. }
            | What::Waits { logic, .. } => Some(*logic),
            _ => None,
        };
        let logic = logic.and_then(|index| outline?.logics.0.get(index));
        let mut shown = Map::new();
        shown.insert("at".to_owned(), json!(Timestamp::from_millis(step.at)));
        shown.insert("node".to_owned(), json!(step.node));
        shown.insert("title".to_owned(), json!(outline.map(|node| &node.title)));
        if let Ok(Value::Object(what)) = serde_json::to_value(&step.what) {
            shown.extend(what);
        }
        if let (What::Condition { conditions, .. }, Some(logic)) = (&step.what, logic) {
            shown.insert("conditions".to_owned(), compared(&logic.conditions, conditions));
        }
        if let Some(logic) = logic {
            shown.insert("type".to_owned(), json!(logic.kind));
        }
        if !step.data.is_empty() {
            shown.insert("data".to_owned(), Value::Object(step.data));
        }
        Value::Object(shown)
    };
    steps.into_iter().map(show).collect()
}

/// The comparisons of a `go_if_const` with what each was of, as far as they were made.
fn compared(deployed: &[Map<String, Value>], made: &[Comparison]) -> Value {
    let known = deployed.iter().filter(|one| Condition::read(one).is_some());
    let shown = known.zip(made).map(|(deployed, made)| {
        let mut shown = Map::new();
        let mut put = |key: &str, value: Option<&Value>| {
            if let Some(value) = value {
                shown.insert(key.to_owned(), value.clone());
            }
        };
        put("param", deployed.get("param"));
        put("value", made.value.as_ref());
        put("fun", deployed.get("fun"));
        put("const", deployed.get("const"));
        put("against", made.against.as_ref());
        put("cast", deployed.get("cast"));
        put("holds", Some(&Value::Bool(made.holds)));
        Value::Object(shown)
    });
    shown.collect()
}

async fn covered(world: &World, id: &str) -> Result<Value, Mistake> {
    let conv: i64 = id.parse().map_err(|_| missing(format!("no process has the id {id:?}")))?;
    let mut unit = world.db.begin(Access::Read).await?;
    let found = async {
        let outlines = coverage::outlines(unit.conn(), conv).await?;
        let visits = coverage::visits(unit.conn(), conv).await?;
        Ok::<_, sqlx::Error>((outlines, visits))
    };
    let found = found.await;
    unit.rollback().await?;
    let (outlines, visits) = found?;
    if outlines.is_empty() {
        return Err(missing(format!("no deployed process has the id {conv}")));
    }
    Ok(coverage_of(conv, &outlines, &visits))
}

fn coverage_of(conv: i64, outlines: &[Outline], visits: &[Visit]) -> Value {
    let times: HashMap<(&str, &str), i64> =
        visits.iter().map(|visit| ((visit.node_id.as_str(), visit.way.as_str()), visit.times)).collect();
    let (mut branches, mut taken) = (0, 0);
    let mut nodes = Vec::with_capacity(outlines.len());
    let mut visited = 0;
    for node in outlines {
        let count = |way: &str| times.get(&(node.id.as_str(), way)).copied().unwrap_or_default();
        let mut ways = Vec::new();
        for (way, to, kind) in node.ways() {
            let times = count(&way);
            branches += 1;
            taken += i64::from(times > 0);
            ways.push(json!({ "way": way, "type": kind, "to": to, "times": times }));
        }
        visited += i64::from(count("") > 0);
        nodes.push(json!({
            "id": node.id, "title": node.title, "obj_type": node.obj_type, "times": count(""), "branches": ways,
        }));
    }
    json!({
        "process": conv,
        "nodes": { "all": outlines.len(), "visited": visited },
        "branches": { "all": branches, "taken": taken },
        "list": nodes,
    })
}

/// One task, from its making to its rest.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct Order {
    process: i64,
    #[serde(default)]
    data: Data,
    #[serde(default, rename = "ref")]
    reference: Option<String>,
    /// Answers for its calls, before those of the world; they hold for this run.
    #[serde(default)]
    stubs: Vec<Stub>,
    /// `rest`, `final`, or how far the clock may be moved.
    #[serde(default)]
    until: Option<String>,
}

async fn run(world: &Arc<World>, order: Order) -> Result<Value, Mistake> {
    let wrong = |text: String| Mistake(StatusCode::BAD_REQUEST, text);
    let span = match order.until.as_deref() {
        None | Some("rest") => 0,
        Some("final") => FARTHEST,
        Some(text) => span(text).ok_or_else(|| {
            wrong(format!("until: {text:?} is neither \"rest\" nor \"final\" nor a duration such as \"3d\""))
        })?,
    };
    // sheet corezoid/engine 1.1.
    if order.reference.as_ref().is_some_and(|reference| !(1..=255).contains(&reference.chars().count())) {
        return Err(wrong("ref: 1 to 255 characters".to_owned()));
    }
    let data = rules::whole_text(&order.data);
    let _lent = outbound::lend(world, order.stubs).map_err(wrong)?;
    let id = world.ids.hex::<12>();
    let runner = world.part::<Runner>();
    let mut unit = world.db.begin(Access::Write).await?;
    let target = store::target(unit.conn(), order.process).await?;
    let new = NewTask {
        id: &id,
        conv: ConvId(order.process),
        reference: order.reference.as_deref(),
        data: &data,
        user: target.map_or(0, |target| target.owner_id),
        now: world.clock.now().millis(),
        caller: None,
        hops: 0,
    };
    match intake::place(unit.conn(), &new, world).await {
        Ok(()) => unit.commit(&world.ids).await?,
        Err(hindered) => {
            unit.rollback().await?;
            return Err(wrong(OpError::from(hindered).to_string()));
        }
    }
    lock(&runner.watched).insert(id.clone(), None);
    runner.poke();
    let outcome = follow(world, &runner, &id, span).await;
    let ended = lock(&runner.watched).remove(&id).flatten();
    outcome?;
    let mut unit = world.db.begin(Access::Read).await?;
    let task = tasks::find(unit.conn(), ConvId(order.process), &id).await;
    unit.rollback().await?;
    let task = task?.flatten();
    let (node, status, data) = match (&task, ended) {
        (Some(task), _) => (task.node_id.clone(), task.status.clone(), task.data()),
        (None, Some((node, data))) => (node, "processed".to_owned(), data),
        (None, None) => return Err(missing(format!("task {id} was deleted while it ran"))),
    };
    let mut answer = traced(world, &id).await?;
    let title = answer["trace"].as_array().and_then(|steps| steps.last()).map(|step| step["title"].clone());
    if let Some(answer) = answer.as_object_mut() {
        let trace = answer.shift_remove("trace").unwrap_or_default();
        answer.insert("ref".to_owned(), json!(order.reference));
        answer.insert("node".to_owned(), json!({ "id": node, "title": title }));
        answer.insert("status".to_owned(), json!(status));
        answer.insert("kept".to_owned(), json!(task.is_some()));
        answer.insert("data".to_owned(), Value::Object(data));
        answer.insert("now".to_owned(), json!(world.clock.now()));
        answer.insert("trace".to_owned(), trace);
    }
    Ok(answer)
}

/// Lets a task run, and moves the clock from one thing that is due to the next until it has ended or `span` is over.
async fn follow(world: &Arc<World>, runner: &Runner, id: &str, span: i64) -> Result<(), sqlx::Error> {
    settle(world, runner).await?;
    let end = world.clock.now().millis().saturating_add(span);
    for _ in 0..MOST_MOVES {
        let now = world.clock.now().millis();
        let Some(next) = runner.next().filter(|at| *at <= end && *at > now) else { break };
        if !is_under_way(world, id).await? {
            break;
        }
        world.clock.advance((next - now).saturating_mul(10_000));
        settle(world, runner).await?;
    }
    Ok(())
}

/// Lets everything run that is ready, and waits for the calls that are under way to their end.
async fn settle(world: &Arc<World>, runner: &Runner) -> Result<(), sqlx::Error> {
    super::settle(world).await?;
    while runner.calls.load(Ordering::SeqCst) > 0 {
        super::settle(world).await?;
    }
    Ok(())
}

async fn is_under_way(world: &World, id: &str) -> Result<bool, sqlx::Error> {
    let mut unit = world.db.begin(Access::Read).await?;
    let live = tasks::is_live(unit.conn(), id).await;
    unit.rollback().await?;
    live
}

/// A duration in milliseconds.
fn span(text: &str) -> Option<i64> {
    let span: jiff::Span = text.parse().ok()?;
    let duration = span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).ok()?;
    i64::try_from(duration.as_millis()).ok().filter(|millis| *millis >= 0)
}

/// What a task came to, for whoever watches one that is not kept.
pub(super) type Ended = Option<(String, Data)>;
