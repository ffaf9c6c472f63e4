//! The engine driven by a small world in memory: the conformance cases of sheet corezoid/engine 10, by their numbers.

mod basics;
mod calls;
mod conditions;
mod params;
mod random;
mod requests;
mod timers;

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use serde_json::{Value, json};

use super::graph::Graph;
use super::nodes;
use super::run::Run;
use super::task::{
    Ask, Data, Event, NewTask, Refusal, Reply, Response, Rest, ScriptFault, Silence, Taken, Task, Wait,
};
use super::template::{Found, Read};
use crate::corezoid::model::node::{NodeDoc, NodeKind};
use crate::kernel::engine::EngineOptions;

/// 2020-01-05 10:00:00.
const NOW: i64 = 1_578_218_400_000;

/// Processes and their tasks.
struct World {
    graphs: BTreeMap<i64, Rc<Graph>>,
    tasks: Vec<(Task, Rest)>,
    /// Which task called which: callee to caller.
    callers: BTreeMap<String, String>,
    ready: VecDeque<(usize, Event)>,
    sums: BTreeMap<(String, String), f64>,
    paused: Vec<i64>,
    variables: BTreeMap<String, Value>,
    answers: VecDeque<Result<Response, Silence>>,
    scripts: VecDeque<Result<Value, ScriptFault>>,
    requests: Vec<super::task::Request>,
    options: EngineOptions,
    now: i64,
}

/// `[[id, obj_type, logics, semaphors?, more?], …]`.
fn graph(is_state: bool, nodes: &Value) -> Graph {
    let docs: Vec<(String, NodeDoc)> = nodes
        .as_array()
        .unwrap()
        .iter()
        .map(|node| {
            let mut doc = json!({ "obj_type": node[1], "title": node[0], "logics": node[2] });
            if !node[3].is_null() {
                doc["semaphors"] = node[3].clone();
            }
            if let Some(more) = node[4].as_object() {
                doc.as_object_mut().unwrap().extend(more.clone());
            }
            (node[0].as_str().unwrap().to_owned(), serde_json::from_value(doc).unwrap())
        })
        .collect();
    Graph::read(is_state, docs.iter().map(|(id, doc)| (id.as_str(), doc)))
}

fn go(to: &str) -> Value {
    json!({ "type": "go", "to_node_id": to })
}

/// `S → A(logic) → F`, errors to `E`.
fn one(mut logic: Value) -> Value {
    logic["err_node_id"] = json!("E");
    json!([["S", 1, [go("A")]], ["A", 0, [logic, go("F")]], ["F", 2, []], ["E", 2, []]])
}

impl World {
    fn new(nodes: &Value) -> Self {
        let mut world = Self {
            graphs: BTreeMap::new(),
            tasks: Vec::new(),
            callers: BTreeMap::new(),
            ready: VecDeque::new(),
            sums: BTreeMap::new(),
            paused: Vec::new(),
            variables: BTreeMap::new(),
            answers: VecDeque::new(),
            scripts: VecDeque::new(),
            requests: Vec::new(),
            options: EngineOptions { hops: 500, ..EngineOptions::default() },
            now: NOW,
        };
        world.process(1, nodes);
        world
    }

    fn process(&mut self, conv: i64, nodes: &Value) {
        self.graphs.insert(conv, Rc::new(graph(false, nodes)));
    }

    fn diagram(&mut self, conv: i64, nodes: &Value) {
        self.graphs.insert(conv, Rc::new(graph(true, nodes)));
    }

    /// Makes a task of process 1 and runs everything to rest; its number.
    fn create(&mut self, data: &Value) -> usize {
        let task = self.add(1, Some("r1"), data.as_object().unwrap().clone()).unwrap();
        self.settle();
        task
    }

    fn add(&mut self, conv: i64, reference: Option<&str>, data: Data) -> Result<usize, Refusal> {
        let graph = self.graphs.get(&conv).ok_or(Refusal::NotFound)?;
        if self.paused.contains(&conv) {
            return Err(Refusal::NotActive);
        }
        let live = |(task, rest): &(Task, Rest)| {
            task.conv == conv && task.reference.as_deref() == reference && !matches!(rest, Rest::Final { .. })
        };
        if reference.is_some() && self.tasks.iter().any(live) {
            return Err(Refusal::NotUnical);
        }
        let index = self.tasks.len();
        let task = Task {
            id: format!("t{index}"),
            reference: reference.map(str::to_owned),
            conv,
            node: graph.node("S").unwrap().id.clone(),
            prev: None,
            data,
            user: 1,
            created: self.now,
            changed: self.now,
            at: 0,
            due: None,
            visits: BTreeMap::new(),
            hops: 0,
        };
        self.tasks.push((task, Rest::Park(Wait::Nothing)));
        self.ready.push_back((index, Event::Run));
        Ok(index)
    }

    fn settle(&mut self) {
        let mut turns = 0;
        while let Some((index, event)) = self.ready.pop_front() {
            turns += 1;
            assert!(turns < 10_000, "it never rests");
            self.turn(index, event);
        }
    }

    fn turn(&mut self, index: usize, event: Event) {
        let (task, _) = self.tasks[index].clone();
        let graphs = self.graphs.clone();
        let options = self.options.clone();
        let node = task.node.clone();
        let mut run = Run::new(&graphs[&task.conv], task, &options, self.now, 7);
        let mut rest = if event == Event::Run { run.put(&node) } else { run.go_on(event) };
        while let Rest::Ask(ask) = rest {
            rest = match ask {
                Ask::Read(read) => {
                    let found = self.read(&read, &graphs);
                    run.found(read, found)
                }
                Ask::Force(_) => run.go_on(Event::Forced(None)),
                Ask::Create(new) => {
                    let made = self.make(new, &run.task.id.clone());
                    run.go_on(Event::Handed(made))
                }
                Ask::Modify { conv, reference, data, is_sync } => {
                    let done = self.modify(&conv, &reference, data, is_sync, &graphs);
                    run.go_on(Event::Handed(done))
                }
                Ask::Take { conv, node, newest_first } => {
                    let taken = self.take(&conv, &node, newest_first, &graphs);
                    run.go_on(Event::Taken(taken))
                }
                Ask::Reply(reply) => {
                    self.reply(&run.task.id.clone(), reply);
                    run.go_on(Event::Done)
                }
                Ask::Sum(adds) => {
                    for (id, add) in adds {
                        *self.sums.entry((run.task.node.clone(), id)).or_default() += add;
                    }
                    run.go_on(Event::Done)
                }
            };
        }
        let task = run.finish().0;
        self.rested(index, task, rest);
    }

    fn rested(&mut self, index: usize, task: Task, rest: Rest) {
        match &rest {
            Rest::Park(Wait::Http { request }) => {
                self.requests.push((**request).clone());
                if let Some(answer) = self.answers.pop_front() {
                    self.ready.push_back((index, Event::Http(answer)));
                }
            }
            Rest::Park(Wait::Script { .. }) => {
                if let Some(result) = self.scripts.pop_front() {
                    self.ready.push_back((index, Event::Script(result)));
                }
            }
            Rest::Park(Wait::Db { .. } | Wait::Git) => self.ready.push_back((index, Event::Stub(None))),
            _ => {}
        }
        self.tasks[index] = (task, rest);
    }

    fn read(&self, read: &Read, graphs: &BTreeMap<i64, Rc<Graph>>) -> Found {
        match read {
            Read::Variable(name) => self.variables.get(name).cloned().map_or(Found::Absent, Found::Value),
            Read::Task { conv, reference } => {
                let id = conv.parse().unwrap_or_default();
                if !graphs.get(&id).is_some_and(|graph| graph.is_state) {
                    return Found::NoState { conv: conv.clone() };
                }
                let live = self.tasks.iter().find(|(task, rest)| {
                    task.conv == id
                        && task.reference.as_ref() == Some(reference)
                        && !matches!(rest, Rest::Final { .. })
                });
                live.map_or(Found::Absent, |(task, _)| Found::Value(Value::Object(task.data.clone())))
            }
            Read::Node { node, what, .. } if what == "count" => {
                Found::Value(json!(self.tasks.iter().filter(|(task, _)| task.node == *node).count()))
            }
            Read::Node { node, what, .. } => self
                .sums
                .get(&(node.clone(), what.clone()))
                .map_or(Found::Absent, |sum| Found::Value(json!(sum))),
        }
    }

    fn make(&mut self, new: NewTask, caller: &str) -> Result<(), Refusal> {
        let conv = new.conv.parse().map_err(|_| Refusal::NotFound)?;
        let index = self.add(conv, new.reference.as_deref(), new.data)?;
        if new.is_call {
            self.callers.insert(self.tasks[index].0.id.clone(), caller.to_owned());
        }
        Ok(())
    }

    fn modify(
        &mut self,
        conv: &str,
        reference: &str,
        data: Data,
        is_sync: bool,
        graphs: &BTreeMap<i64, Rc<Graph>>,
    ) -> Result<(), Refusal> {
        let conv: i64 = conv.parse().unwrap();
        let live = self.tasks.iter().position(|(task, rest)| {
            task.conv == conv
                && task.reference.as_deref() == Some(reference)
                && !matches!(rest, Rest::Final { .. })
        });
        let index = live.ok_or(Refusal::NotFound)?;
        let waits = self.tasks[index].1 == Rest::Park(Wait::Callback);
        let node = graphs[&conv].node(&self.tasks[index].0.node).unwrap();
        if is_sync && nodes::callback(node).is_none() {
            return Err(Refusal::NoCallback);
        }
        if waits {
            self.ready.push_back((index, Event::Modified { data, user: 1 }));
        } else {
            self.tasks[index].0.data.extend(data);
        }
        Ok(())
    }

    fn take(
        &mut self,
        conv: &str,
        node: &str,
        newest: bool,
        graphs: &BTreeMap<i64, Rc<Graph>>,
    ) -> Result<Taken, Refusal> {
        let conv: i64 = conv.parse().unwrap();
        let queue = graphs.get(&conv).and_then(|graph| graph.node(node)).ok_or(Refusal::NoQueue)?;
        if !nodes::is_queue(queue) {
            return Err(Refusal::NoQueue);
        }
        let mut waiting: Vec<usize> = (0..self.tasks.len())
            .filter(|index| {
                let (task, rest) = &self.tasks[*index];
                task.node == node && matches!(rest, Rest::Park(Wait::Queue { .. }))
            })
            .collect();
        if newest {
            waiting.reverse();
        }
        let index = *waiting.first().ok_or(Refusal::NotFound)?;
        let (task, rest) = &self.tasks[index];
        let mut data = task.data.clone();
        if let Rest::Park(Wait::Queue { data: own }) = rest {
            data.extend(own.clone());
        }
        let id = task.id.clone();
        self.tasks[index].1 = Rest::Park(Wait::Nothing);
        self.ready.push_back((index, Event::Released));
        Ok(Taken { id, data })
    }

    fn reply(&mut self, callee: &str, reply: Reply) {
        let Some(caller) = self.callers.remove(callee) else { return };
        let index = self.tasks.iter().position(|(task, _)| task.id == caller).unwrap();
        if self.tasks[index].1 == Rest::Park(Wait::Reply) {
            self.ready.push_back((index, Event::Replied(reply)));
        }
    }

    /// Moves the clock on; timers fire in the order of their moments.
    fn advance(&mut self, seconds: i64) {
        let until = self.now + seconds * 1000;
        loop {
            let due = self.tasks.iter().enumerate().filter(|(_, (_, rest))| matches!(rest, Rest::Park(_)));
            let next = due.filter_map(|(index, (task, _))| Some((task.due.as_ref()?.at, index))).min();
            let Some((at, index)) = next.filter(|(at, _)| *at <= until) else { break };
            self.now = self.now.max(at);
            self.turn(index, Event::Timer);
            self.settle();
        }
        self.now = until;
    }

    /// Changes a task from outside, as the API does.
    fn change(&mut self, task: usize, data: &Value) {
        let data = data.as_object().unwrap().clone();
        self.ready.push_back((task, Event::Modified { data, user: 2 }));
        self.settle();
    }

    fn node(&self, task: usize) -> &str {
        &self.tasks[task].0.node
    }

    fn data(&self, task: usize) -> Value {
        Value::Object(self.tasks[task].0.data.clone())
    }

    fn tag(&self, task: usize, area: &str) -> Value {
        self.tasks[task]
            .0
            .data
            .get(&format!("__conveyor_{area}_return_type_tag__"))
            .cloned()
            .unwrap_or_default()
    }

    fn error(&self, task: usize, area: &str) -> [Value; 3] {
        let get = |key: &str| {
            self.tasks[task]
                .0
                .data
                .get(&format!("__conveyor_{area}_return_{key}__"))
                .cloned()
                .unwrap_or_default()
        };
        [get("type_error"), get("type_tag"), get("description")]
    }
}

/// A node of a kind that the world asks about.
#[test]
fn the_world_knows_final_nodes() {
    let graph = graph(false, &json!([["S", 1, [go("F")]], ["F", 2, []]]));
    assert_eq!(graph.node("F").map(|node| node.kind), Some(NodeKind::Final));
    assert!(graph.node("E").is_none());
}
