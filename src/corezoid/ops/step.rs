//! The debugger: a task goes from node to node as somebody steps it (sheet corezoid/engine 9, corezoid/api 2.6). A step is
//! done after the package, as everything that tasks do; the answer is completed then.

use std::collections::HashMap;
use std::marker::PhantomData;

use serde_json::{Map, Value, json};
use sqlx::SqliteConnection;

use super::fields::{OBJ_ALIAS, missing};
use crate::corezoid::args::Args;
use crate::corezoid::engine::graph::Graph;
use crate::corezoid::error::OpError;
use crate::corezoid::ids::{ConvId, Kind};
use crate::corezoid::model::node::{NodeDoc, Object};
use crate::corezoid::op::{After, Op, OpCx, Reply};
use crate::corezoid::refusal::Refusal;
use crate::corezoid::rules::params::cleared;
use crate::corezoid::rules::status::Status;
use crate::corezoid::rules::step as rules;
use crate::corezoid::rules::task as tasks;
use crate::corezoid::runner::Runner;
use crate::corezoid::spec::{Field, ID, LIST, OBJECT, Shape, TEXT, joined, may, need};
use crate::corezoid::store::node::decode;
use crate::corezoid::store::run::Wake;
use crate::corezoid::store::step::{self as store, Debugged, Move, Stance, Stepped};
use crate::corezoid::store::trace;
use crate::kernel::db::Access;
use crate::kernel::service::Boxed;
use crate::kernel::world::World;

const CONV: Field = need("conv_id", Shape::Ref(Kind::Conv));
/// An empty list stands for an empty object (swagger).
const DATA: Field = need("data", Shape::Either(&[OBJECT, LIST]));
const BRANCH: Field = may("branch", Shape::Word(&["logic", "timer"]));

const HISTORY: Field = need(
    "history",
    Shape::List(&Shape::Object(&[
        need("time", ID),
        need("prev_conv_id", ID),
        need("conv_id", ID),
        need("prev_node_id", TEXT).or_null(),
        need("node_id", TEXT),
        need("status", ID),
        need("data", Shape::Json),
    ])),
);

/// What every step asks for.
const ASKED: &[Field] = &[CONV, OBJ_ALIAS, need("obj_id", TEXT), DATA, BRANCH];
/// Where the task was and is.
const PLACES: &[Field] = &[
    need("obj_id", TEXT),
    need("prev_conv_id", ID),
    need("prev_conv_name", TEXT),
    need("prev_node_id", TEXT).or_null(),
    need("prev_node_name", TEXT),
    need("conv_id", ID),
    need("conv_name", TEXT),
    need("node_id", TEXT).or_null(),
    need("node_name", TEXT),
    need("data", OBJECT),
];
/// Where it can go, and has gone.
const WAYS: &[Field] = &[need("branches", LIST), need("logic", LIST), HISTORY];

/// What tells one step from another. Those that run nothing ask and answer alike.
pub(super) trait Direction: Send + 'static {
    const REQUEST: &'static [Field] = ASKED;
    const ANSWER: &'static [Field] = &joined::<13>(&[PLACES, WAYS]);
    const AFTER: After = after_move;

    /// Where the step leads.
    fn to(step: &Step<Self>, graph: &Graph, task: &Debugged, way: &[trace::Walk]) -> Result<Move, OpError>
    where
        Self: Sized;
}

/// `step_next`: through all logics of the node, or, with `branch: "timer"`, the way of its timer. A task that waits for a
/// callback or in a queue is let go, as if it had come; our own choice, the sources are silent about it.
pub(super) struct Next;

impl Direction for Next {
    const ANSWER: &'static [Field] =
        &joined::<15>(&[PLACES, &[need("prev_logic", LIST), need("prev_semaphor", LIST)], WAYS]);
    const AFTER: After = after_next;

    fn to(step: &Step<Self>, graph: &Graph, task: &Debugged, _: &[trace::Walk]) -> Result<Move, OpError> {
        if !step.timer {
            return Ok(Move::Logic);
        }
        let node = task.node_id.as_deref().and_then(|id| graph.node(id));
        if node.is_some_and(|node| !node.timers.is_empty()) {
            Ok(Move::Timer)
        } else {
            Err(Refusal::NoTimer.into())
        }
    }
}

/// `step_prev`: back to the node before.
pub(super) struct Prev;

impl Direction for Prev {
    fn to(_: &Step<Self>, graph: &Graph, task: &Debugged, walks: &[trace::Walk]) -> Result<Move, OpError> {
        let way = rules::way(walks.iter().flat_map(|walk| &walk.steps.0));
        let before = if task.walked {
            way.iter().rev().nth(1).map(|stop| stop.node.to_owned())
        } else {
            task.node_prev_id.clone()
        };
        let node = before.ok_or(Refusal::NoPreviousNode)?;
        there(graph, &node)?;
        Ok(Move::Back(node))
    }
}

/// `step_goto`: to any node. No source says how the request names it: here by `node_id`; without one it is the start node,
/// as in the published example.
pub(super) struct Goto;

impl Direction for Goto {
    const REQUEST: &'static [Field] = &joined::<6>(&[ASKED, &[may("node_id", TEXT)]]);

    fn to(step: &Step<Self>, graph: &Graph, _: &Debugged, _: &[trace::Walk]) -> Result<Move, OpError> {
        let node = match &step.node {
            Some(node) => node.clone(),
            None => graph.start().map(|node| node.id.clone()).unwrap_or_default(),
        };
        there(graph, &node)?;
        Ok(Move::Goto(node))
    }
}

fn there(graph: &Graph, node: &str) -> Result<(), OpError> {
    graph.node(node).map(drop).ok_or_else(|| OpError::NotFound { obj: "node", id: json!(node) })
}

/// A step of a task.
pub(super) struct Step<D> {
    conv: ConvId,
    id: String,
    /// The edited data, whole. Empty: it was not edited.
    data: Object,
    timer: bool,
    node: Option<String>,
    direction: PhantomData<D>,
}

impl<D: Direction> Op for Step<D> {
    const REQUEST: &'static [Field] = D::REQUEST;
    const ANSWER: &'static [Field] = D::ANSWER;
    const BY_ALIAS: bool = true;
    const EDITS: bool = false;
    const ACCESS: Access = Access::Single;
    const AFTER: Option<After> = Some(D::AFTER);

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let conv = ConvId(args.required_id("conv_id")?);
        let data = args.get("data").and_then(Value::as_object).cloned().unwrap_or_default();
        Ok(Self {
            conv,
            id: args.required_text("obj_id")?,
            data,
            timer: args.get("branch").is_some_and(|branch| branch == "timer"),
            node: args.text("node_id")?,
            direction: PhantomData,
        })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let found = store::find(cx.conn, self.conv, &self.id).await?;
        let task = found.ok_or_else(|| missing(self.conv.into()))?;
        let live = task.task_status.as_deref().is_some_and(tasks::is_live);
        if !live {
            return Err(Refusal::NoTask.into());
        }
        tasks::data_text(&self.data, cx.world.settings.engine.most_bytes(task.is_state))?;
        if task.status != Status::Debug.number() {
            return Err(Refusal::NotInDebug.into());
        }
        let from = stance(&task).ok_or(Refusal::UnderWay)?;
        let runner = cx.world.part::<Runner>();
        let graph = runner.graph(cx.conn, (self.conv.0, task.deploys), task.is_state).await?;
        let walks = trace::walks(cx.conn, &self.id).await?;
        let to = D::to(&self, &graph, &task, &walks)?;
        let step = Stepped { from, to, data: (!self.data.is_empty()).then_some(self.data) };
        let by = (cx.caller.user_id, cx.now.millis());
        store::set(cx.conn, &self.id, &Wake::Step(Box::new(step)), by).await?;
        runner.watch(&self.id);
        runner.poke();
        Ok(Reply::new().with("obj_id", self.id).with("prev_conv_id", self.conv.0))
    }
}

/// How a task stands; `None`: what it was stepped for last is still being done.
fn stance(task: &Debugged) -> Option<Stance> {
    let status = task.task_status.as_deref();
    match task.wake() {
        Some(Wake::Start) => Some(Stance::New),
        Some(Wake::Stand) => Some(Stance::Stands),
        Some(_) => None,
        None if task.is_ready => None,
        None if task.waits => (status != Some("processing")).then_some(Stance::Rests),
        // A document has put it there.
        None if status == Some("created") && task.node_prev_id.is_none() => Some(Stance::New),
        None if status == Some("created") => Some(Stance::Stands),
        None => Some(Stance::Rests),
    }
}

fn after_next<'a>(
    answer: &'a mut Object,
    conn: &'a mut SqliteConnection,
    world: &'a World,
) -> Boxed<'a, Result<(), sqlx::Error>> {
    Box::pin(complete(answer, conn, world, true))
}

fn after_move<'a>(
    answer: &'a mut Object,
    conn: &'a mut SqliteConnection,
    world: &'a World,
) -> Boxed<'a, Result<(), sqlx::Error>> {
    Box::pin(complete(answer, conn, world, false))
}

/// Tells in the answer where the task stands now.
async fn complete(
    answer: &mut Object,
    conn: &mut SqliteConnection,
    world: &World,
    through: bool,
) -> Result<(), sqlx::Error> {
    let conv = answer.get("prev_conv_id").and_then(Value::as_i64).unwrap_or_default();
    let id = answer.get("obj_id").and_then(Value::as_str).unwrap_or_default().to_owned();
    let ended = world.part::<Runner>().unwatch(&id);
    let scene = store::scene(conn, conv, &id).await?;
    let walks = trace::walks(conn, &id).await?;
    let steps: Vec<_> = walks.into_iter().flat_map(|walk| walk.steps.0).collect();
    let way = rules::way(&steps);
    let live = scene.status.as_deref().is_some_and(tasks::is_live);
    let moved = scene.stands() || !live;
    // A final node may have kept nothing of it.
    let (node, data) = match (&scene.node_id, ended) {
        (Some(node), _) => {
            let data = scene.data.as_deref().and_then(|data| serde_json::from_str(data).ok());
            (Some(node.clone()), data.unwrap_or_default())
        }
        (None, Some((node, data))) => (Some(node), data),
        (None, None) => (None, Map::new()),
    };
    let data = if live { data } else { cleared(&scene.params, data) };
    let prev = match (through && !moved, &scene.node_id) {
        (true, _) => node.clone(),
        (false, Some(_)) => scene.node_prev_id.clone(),
        (false, None) => way.last().and_then(|stop| stop.from.map(str::to_owned)),
    };
    let docs = store::nodes(conn, conv, &json!([node, prev]).to_string()).await?;
    let docs: HashMap<String, NodeDoc> =
        docs.into_iter().map(|(id, doc)| Ok((id, decode(&doc)?))).collect::<Result<_, sqlx::Error>>()?;
    let doc = |id: &Option<String>| id.as_ref().and_then(|id| docs.get(id));
    let name = |id: &Option<String>| doc(id).map(|doc| doc.title.clone()).unwrap_or_default();
    let mut put = |key: &str, value: Value| answer.insert(key.to_owned(), value);
    put("prev_conv_name", json!(scene.conv_name));
    put("prev_node_id", json!(prev));
    put("prev_node_name", json!(name(&prev)));
    put("conv_id", json!(conv));
    put("conv_name", json!(scene.conv_name));
    put("node_id", json!(node));
    put("node_name", json!(name(&node)));
    put("data", Value::Object(data));
    if through {
        let (logics, semaphors) =
            doc(&prev).map_or((&[][..], &[][..]), |doc| (&doc.logics[..], &doc.semaphors[..]));
        put("prev_logic", rules::verdicts(logics, rules::last_round(&steps, moved)));
        put("prev_semaphor", json!(semaphors));
    }
    put("branches", doc(&node).map_or_else(|| json!([]), branches));
    put("logic", doc(&node).map_or_else(|| json!([]), |doc| json!(doc.logics)));
    // What lies behind: of a step forward up to the node it began in, of another up to the node it led to, as the published
    // examples show.
    let behind = if through && moved { way.len().saturating_sub(1) } else { way.len() };
    let history = way.iter().take(behind).map(|stop| {
        json!({
            "time": stop.at,
            "prev_conv_id": conv,
            "conv_id": conv,
            "prev_node_id": stop.from,
            "node_id": stop.node,
            // sheet corezoid/engine 1.1: the number of a task in the stack.
            "status": 1,
            "data": null,
        })
    });
    put("history", history.collect());
    Ok(())
}

/// Which ways lead out of a node.
fn branches(doc: &NodeDoc) -> Value {
    let is_timer = |semaphor: &Object| semaphor.get("type").is_some_and(|kind| kind == "time");
    let timer = doc.semaphors.iter().any(is_timer).then_some("timer");
    let logic = (!doc.logics.is_empty()).then_some("logic");
    json!([logic, timer].into_iter().flatten().collect::<Vec<_>>())
}
