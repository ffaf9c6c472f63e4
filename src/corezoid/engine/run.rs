//! The walk of one task: from node to node until it rests (sheet corezoid/engine 2.2). Pure.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

use super::graph::{Action, Graph, Logic, Node, TimerValue};
use super::nodes::{self, Outcome};
use super::task::{Ask, Data, Due, Event, Rest, Task, Wait};
use super::template::{Around, Found, Read, Scope, Stop, Template};
use super::trace::{self, Step, Way, What};
use crate::corezoid::model::node::NodeKind;
use crate::kernel::engine::{EngineOptions, TimerUnit};

/// One task on its way through its process.
pub(crate) struct Run<'a> {
    graph: &'a Graph,
    pub(crate) task: Task,
    options: &'a EngineOptions,
    /// Unix milliseconds.
    now: i64,
    /// Atomic only so that a run may wait for storage on any thread.
    random: AtomicU64,
    known: HashMap<Read, Found>,
    /// What answers the action that asked or waited.
    given: Option<Event>,
    timers: Timers,
    /// Somebody wants some logics to fail.
    forcing: bool,
    /// The logic of which is known that it is not to fail.
    spared: Option<usize>,
    /// The task goes no further than the next node.
    stepping: bool,
    steps: Vec<Step>,
}

/// What is to be done about the timers of the node before its logics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Timers {
    /// They run, or there are none.
    Set,
    Arm,
    /// The earliest is to fire, whenever it would.
    Fire,
}

/// What an action gets: the task's data is its own, the rest only to read.
pub(super) struct At<'a> {
    pub(super) node: &'a Node,
    pub(super) options: &'a EngineOptions,
    /// Bytes that the task's data may have.
    pub(super) most: usize,
    pub(super) now: i64,
}

impl<'a> Run<'a> {
    /// Takes up a task. `seed` is what its random numbers come from.
    pub(crate) fn new(graph: &'a Graph, task: Task, options: &'a EngineOptions, now: i64, seed: u64) -> Self {
        Self {
            graph,
            task,
            options,
            now,
            random: AtomicU64::new(seed),
            known: HashMap::new(),
            given: None,
            timers: Timers::Set,
            forcing: false,
            spared: None,
            stepping: false,
            steps: Vec::new(),
        }
    }

    /// Asks of every logic that can fail whether it is to.
    pub(crate) fn forcing(self, forcing: bool) -> Self {
        Self { forcing, ..self }
    }

    /// Step by step: the task stops in the node it comes to, before the first of its logics (sheet corezoid/engine 9).
    pub(crate) fn stepping(mut self) -> Self {
        self.stepping = true;
        // Whoever steps it round and round knows what they do.
        self.task.visits.clear();
        self.task.hops = 0;
        self
    }

    /// The moment of the run, unix milliseconds.
    pub(crate) const fn now(&self) -> i64 {
        self.now
    }

    /// The title of the node it stands in.
    pub(crate) fn title(&self) -> Option<&str> {
        self.graph.node(&self.task.node).map(|node| node.title.as_str())
    }

    /// Whether the logic that is next calls another server.
    pub(crate) fn is_calling(&self) -> bool {
        let logic = self.graph.node(&self.task.node).and_then(|node| node.logics.get(self.task.at));
        matches!(logic, Some(Logic::Act { action: Action::Api(_), .. }))
    }

    /// What happened so far, and the task.
    pub(crate) fn finish(self) -> (Task, Vec<Step>) {
        (self.task, self.steps)
    }

    /// Lets a new task run from its start node.
    pub(crate) fn put(&mut self, node: &str) -> Rest {
        self.made_in(node);
        self.run_node()
    }

    /// Notes that the task was made in this node.
    pub(crate) fn made_in(&mut self, node: &str) {
        node.clone_into(&mut self.task.node);
        self.note(What::Entered { from: None, by: Way::Put });
    }

    /// Lets the task run from the beginning of the node it stands in.
    pub(crate) fn run_node(&mut self) -> Rest {
        self.task.at = 0;
        self.task.due = None;
        self.timers = Timers::Arm;
        self.go_on(Event::Run)
    }

    /// Lets the earliest timer of the node fire now, whatever the task waits for.
    pub(crate) fn fire(&mut self) -> Rest {
        self.timers = Timers::Fire;
        self.walk()
    }

    /// Puts the task into another node: a stepped one goes where somebody wants it.
    pub(crate) fn send(&mut self, to: &str, by: Way) -> Rest {
        self.task.visits.clear();
        self.task.hops = 0;
        match self.enter(to, by) {
            Some(rest) => rest,
            None => self.walk(),
        }
    }

    /// Makes `data` the task's data, as somebody has edited it.
    pub(crate) fn edit(&mut self, data: Data) {
        let changes = trace::replace(&mut self.task.data, data);
        if !changes.is_empty() {
            self.noted(What::Modified, changes);
        }
    }

    /// Notes a step that nothing but its doer knows of.
    pub(crate) fn note(&mut self, what: What) {
        self.noted(what, Data::new());
    }

    fn noted(&mut self, what: What, data: Data) {
        self.steps.push(Step { at: self.now, node: self.task.node.clone(), what, data });
    }

    /// Goes on with what came.
    pub(crate) fn go_on(&mut self, event: Event) -> Rest {
        match event {
            Event::Run => {}
            Event::Timer => {
                let Some(due) = self.task.due.take() else { return Rest::Park(Wait::Nothing) };
                // A timer that fires in the very moment it was armed is no wait: a ring of them must end.
                if due.at > self.task.changed {
                    self.task.visits.clear();
                    self.task.hops = 0;
                }
                if let Some(rest) = self.enter(&due.to, Way::Timer) {
                    return rest;
                }
            }
            Event::Modified { data, user } => {
                let changes = trace::merge(&mut self.task.data, data);
                self.task.user = user;
                self.task.changed = self.now;
                self.noted(What::Modified, changes);
                self.task.visits.clear();
                self.task.at += 1;
            }
            Event::Released => {
                self.task.visits.clear();
                self.task.at += 1;
            }
            answer => {
                if matches!(answer, Event::Http(_)) && self.now > self.task.changed {
                    self.task.hops = 0;
                }
                self.given = Some(answer);
            }
        }
        self.walk()
    }

    /// Goes on with what was read outside.
    pub(crate) fn found(&mut self, read: Read, found: Found) -> Rest {
        self.known.insert(read, found);
        self.walk()
    }

    fn walk(&mut self) -> Rest {
        loop {
            let graph = self.graph;
            let Some(node) = graph.node(&self.task.node) else { return Rest::Park(Wait::Nothing) };
            if node.kind == NodeKind::Final {
                return Rest::Final { keep: node.saves };
            }
            if self.timers != Timers::Set {
                if self.timers == Timers::Arm || self.task.due.is_none() {
                    match self.arm(node) {
                        Ok(due) => self.task.due = due,
                        Err(read) => return Rest::Ask(Ask::Read(read)),
                    }
                }
                if std::mem::replace(&mut self.timers, Timers::Set) == Timers::Fire {
                    let Some(due) = self.task.due.take() else { return Rest::Park(Wait::Nothing) };
                    self.task.visits.clear();
                    match self.enter(&due.to, Way::Timer) {
                        Some(rest) => return rest,
                        None => continue,
                    }
                }
            }
            let Some(logic) = node.logics.get(self.task.at) else { return Rest::Park(Wait::Nothing) };
            let turn = match logic {
                Logic::Go { to } => match self.text(to) {
                    Ok(to) => self.enter(&to, Way::Logic(self.task.at)),
                    Err(stop) => Some(stopped(stop)),
                },
                Logic::If { to, conditions } => {
                    let scope = self.scope();
                    let compared = trace::compare(conditions, &scope, self.options.condition_types);
                    match compared {
                        Ok(conditions) => {
                            let holds = conditions.iter().all(|one| one.holds);
                            self.note(What::Condition { logic: self.task.at, holds, conditions });
                            if holds {
                                match self.text(to) {
                                    Ok(to) => self.enter(&to, Way::Logic(self.task.at)),
                                    Err(stop) => Some(stopped(stop)),
                                }
                            } else {
                                self.task.at += 1;
                                None
                            }
                        }
                        Err(stop) => Some(stopped(stop)),
                    }
                }
                Logic::Act { action, err } => {
                    let mut given = self.given.take();
                    if let Some(Event::Forced(forced)) = given {
                        given = None;
                        self.spared = Some(self.task.at);
                        if let Some(fault) = forced {
                            match self.act(Outcome::Failed(vec![fault], Data::new()), err.as_ref()) {
                                Some(rest) => return rest,
                                None => continue,
                            }
                        }
                    }
                    if self.forcing
                        && given.is_none()
                        && self.spared != Some(self.task.at)
                        && let Some(call) = nodes::can_fail(action)
                    {
                        return Rest::Ask(Ask::Force(call));
                    }
                    let most = self.options.most_bytes(graph.is_state);
                    let at = At { node, options: self.options, most, now: self.now };
                    let outcome = nodes::act(action, &at, &self.scope(), &self.task, given);
                    self.act(outcome, err.as_ref())
                }
            };
            if let Some(rest) = turn {
                return rest;
            }
        }
    }

    /// What comes of an action. `None`: the walk goes on.
    fn act(&mut self, outcome: Outcome, err: Option<&Template>) -> Option<Rest> {
        match outcome {
            Outcome::Ask(ask) => Some(Rest::Ask(*ask)),
            Outcome::Park(wait) => {
                if !matches!(wait, Wait::Script { .. }) {
                    self.task.visits.clear();
                }
                self.note(What::Waits { logic: self.task.at, reason: wait.reason() });
                Some(Rest::Park(wait))
            }
            Outcome::Done(data) => {
                let changes = trace::replace(&mut self.task.data, data);
                self.noted(What::Done { logic: self.task.at }, changes);
                self.task.at += 1;
                None
            }
            Outcome::Merge(data) => {
                let changes = trace::merge(&mut self.task.data, data);
                self.noted(What::Done { logic: self.task.at }, changes);
                self.task.at += 1;
                None
            }
            Outcome::Failed(faults, mut more) => {
                for fault in &faults {
                    fault.write(&mut more);
                }
                let changes = trace::merge(&mut self.task.data, more);
                self.noted(What::failed(self.task.at, faults.first()), changes);
                self.failed(err)
            }
        }
    }

    /// The error branch; without one the next logic sorts it out (sheet corezoid/engine 2.2).
    fn failed(&mut self, err: Option<&Template>) -> Option<Rest> {
        let Some(err) = err else {
            self.task.at += 1;
            return None;
        };
        match self.text(err) {
            Ok(to) => self.enter(&to, Way::Error(self.task.at)),
            Err(stop) => Some(stopped(stop)),
        }
    }

    /// Moves the task. `None`: the walk goes on there.
    fn enter(&mut self, to: &str, by: Way) -> Option<Rest> {
        let Some(node) = self.graph.node(to) else {
            self.note(What::Nowhere { to: to.to_owned() });
            return Some(Rest::Park(Wait::Nothing));
        };
        if self.graph.is_state && to == self.task.node && nodes::callback(node).is_some() {
            // sheet corezoid/engine 2.7: a state that leads to itself stays; its timer runs on.
            self.task.at = nodes::callback(node).unwrap_or_default();
            self.known.clear();
            self.note(What::Stayed { by });
            if self.options.restarts_self
                && let Ok(due) = self.arm(node)
            {
                self.task.due = due;
            }
            return Some(Rest::Park(Wait::Callback));
        }
        let visits = self.task.visits.entry(to.to_owned()).or_default();
        *visits += 1;
        self.task.hops = self.task.hops.saturating_add(1);
        if *visits > self.options.loop_guard || self.task.hops > self.options.hops {
            self.note(What::Loop);
            return Some(Rest::Loop);
        }
        let from = std::mem::replace(&mut self.task.node, to.to_owned());
        self.note(What::Entered { from: Some(from.clone()), by });
        self.task.prev = Some(from);
        self.task.changed = self.now;
        self.task.at = 0;
        self.task.due = None;
        self.timers = Timers::Arm;
        self.spared = None;
        // What was read belongs to the node that read it: the next one looks anew.
        self.known.clear();
        // A final node has nothing to step through.
        (self.stepping && node.kind != NodeKind::Final).then_some(Rest::Stand)
    }

    /// The earliest timer of a node.
    fn arm(&self, node: &Node) -> Result<Option<Due>, Read> {
        let mut earliest: Option<Due> = None;
        for timer in &node.timers {
            let at = match &timer.value {
                TimerValue::Span { value, unit } => {
                    self.now.saturating_add(self.span(*value, *unit).saturating_mul(1000))
                }
                TimerValue::Moment(text) => match text.text(&self.scope()) {
                    // A moment that has passed, and any small number, fires at once (sheet corezoid/engine 2.3).
                    Ok(text) => match super::cast::number(&text).and_then(|seconds| seconds.as_f64()) {
                        #[expect(clippy::cast_possible_truncation, reason = "saturates far outside of time")]
                        Some(seconds) => ((seconds * 1000.0) as i64).max(self.now),
                        None => continue,
                    },
                    Err(Stop::Need(read)) => return Err(read),
                    Err(_) => continue,
                },
            };
            if earliest.as_ref().is_none_or(|due| at < due.at) {
                let to = match timer.to.text(&self.scope()) {
                    Ok(to) => to,
                    Err(Stop::Need(read)) => return Err(read),
                    Err(_) => continue,
                };
                earliest = Some(Due { at, to });
            }
        }
        Ok(earliest)
    }

    fn span(&self, value: i64, unit: i64) -> i64 {
        match self.options.timer_unit {
            TimerUnit::Seconds => value,
            TimerUnit::Auto if value % unit == 0 => value,
            TimerUnit::Auto | TimerUnit::Multiply => value.saturating_mul(unit),
        }
    }

    fn text(&self, template: &Template) -> Result<String, Stop> {
        template.text(&self.scope())
    }

    fn scope(&self) -> Scope<'_> {
        Scope { data: &self.task.data, around: self, now: self.now }
    }
}

impl Around for Run<'_> {
    /// `root.x` (sheet corezoid/engine 1.2).
    fn root(&self, name: &str) -> Option<Value> {
        let task = &self.task;
        Some(match name {
            "task_id" => json!(task.id),
            "ref" => json!(task.reference.as_deref().unwrap_or_default()),
            "node_id" => json!(task.node),
            "prev_node_id" => json!(task.prev.as_deref().unwrap_or_default()),
            "conv_id" => json!(task.conv),
            "user_id" => json!(task.user),
            "create_time" => json!(task.created.div_euclid(1000)),
            "change_time" => json!(task.changed.div_euclid(1000)),
            "end_time" => json!(task.due.as_ref()?.at.div_euclid(1000)),
            "node_name" => json!(self.graph.node(&task.node)?.title),
            "prev_node_name" => json!(self.graph.node(task.prev.as_deref()?)?.title),
            _ => return None,
        })
    }

    fn outside(&self, read: &Read) -> Option<Found> {
        self.known.get(read).cloned()
    }

    /// The next of its random numbers, from 0 to 1 (SplitMix64).
    #[expect(clippy::cast_precision_loss, reason = "53 bits are what a float holds")]
    fn random(&self) -> f64 {
        const STEP: u64 = 0x9E37_79B9_7F4A_7C15;
        let state = self.random.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        let z = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// A text of the graph itself that cannot be worked out: what must be read is asked for; what may not be leaves the task
/// where it is.
fn stopped(stop: Stop) -> Rest {
    match stop {
        Stop::Need(read) => Rest::Ask(Ask::Read(read)),
        Stop::Refused(_) | Stop::Broken(_) => Rest::Park(Wait::Nothing),
    }
}
