//! What a running task asks for, answered inside its batch: reads of other tasks, new tasks, changes, queues, replies.

use serde_json::{Value, json};

use super::lock;
use super::pass::{Own, Pass};
use crate::corezoid::callback;
use crate::corezoid::engine::nodes;
use crate::corezoid::engine::run::Run;
use crate::corezoid::engine::task::{Ask, Data, Event, NewTask, Refusal, Reply, Rest, Taken, Wait};
use crate::corezoid::engine::template::{Found, Read};
use crate::corezoid::engine::trace::What;
use crate::corezoid::ids::ConvId;
use crate::corezoid::intake::{self, Hindered};
use crate::corezoid::rules::task as rules;
use crate::corezoid::store::run::{self as store, RunRow, Target, Wake};
use crate::corezoid::store::task as tasks;
use crate::corezoid::store::{alias, count, env_var};
use crate::kernel::engine::{LateReply, SecondReply};

/// Longest reference, in characters (sheet corezoid/engine 8).
const LONGEST_REF: usize = 255;

impl Pass<'_> {
    /// Does what a task asks for, and lets it go on.
    pub(super) async fn answer(
        &mut self,
        ask: Ask,
        run: &mut Run<'_>,
        own: &mut Own,
    ) -> Result<Rest, sqlx::Error> {
        Ok(match ask {
            Ask::Read(read) => {
                let found = self.read(&read, run, own).await?;
                run.found(read, found)
            }
            Ask::Force(call) => {
                let node = run.task.node.clone();
                self.unit.widen().await?;
                let found =
                    self.forces.pick(self.unit.conn(), (call, run.task.conv), (&node, run.title())).await?;
                run.go_on(Event::Forced(found))
            }
            Ask::Create(new) => {
                let made = self.create(new, run, own).await?;
                run.go_on(Event::Handed(made))
            }
            Ask::Modify { conv, reference, data, is_sync } => {
                let done = self.modify((&conv, &reference), data, is_sync, run, own).await?;
                run.go_on(Event::Handed(done))
            }
            Ask::Take { conv, node, newest_first } => {
                let taken = self.take((&conv, &node), newest_first, run, own).await?;
                run.go_on(Event::Taken(taken))
            }
            Ask::Reply(reply) => {
                self.reply(reply, run, own).await?;
                run.go_on(Event::Done)
            }
            Ask::Sum(adds) => {
                self.unit.widen().await?;
                let node = run.task.node.clone();
                count::add(self.unit.conn(), &node, &json!(adds).to_string()).await?;
                run.go_on(Event::Done)
            }
        })
    }

    /// The process that a text names: a number, or `@alias` as it is known where the task's own process lies.
    async fn conv(&mut self, name: &str, from: i64) -> Result<Option<i64>, sqlx::Error> {
        let name = name.trim();
        if let Ok(id) = name.parse() {
            return Ok(Some(id));
        }
        Ok(alias::target(self.unit.conn(), name, ConvId(from)).await?.map(|conv| conv.0))
    }

    /// A process that the task may reach; `Err`: it lies in another company.
    async fn target(
        &mut self,
        name: &str,
        run: &Run<'_>,
        own: &Own,
    ) -> Result<Option<(i64, Target)>, Denied> {
        let from = run.task.conv;
        let Some(conv) = self.conv(name, from).await? else { return Ok(None) };
        let Some(target) = store::target(self.unit.conn(), conv).await? else { return Ok(None) };
        if target.company_id == own.company || conv == from {
            Ok(Some((conv, target)))
        } else {
            Err(Denied::Company)
        }
    }

    /// A process to hand something over to, or why not: `none` if there is no such process.
    async fn reach(
        &mut self,
        name: &str,
        run: &Run<'_>,
        own: &Own,
        none: Refusal,
    ) -> Result<Result<(i64, Target), Refusal>, sqlx::Error> {
        match self.target(name, run, own).await {
            Ok(found) => Ok(found.ok_or(none)),
            Err(Denied::Company) => Ok(Err(Refusal::Denied { user: run.task.user, conv: name.to_owned() })),
            Err(Denied::Storage(error)) => Err(error),
        }
    }

    async fn read(&mut self, read: &Read, run: &Run<'_>, own: &mut Own) -> Result<Found, sqlx::Error> {
        match read {
            Read::Task { conv: name, reference } => {
                self.flush().await?;
                let target = match self.target(name, run, own).await {
                    Ok(target) => target,
                    Err(Denied::Storage(error)) => return Err(error),
                    Err(Denied::Company) => {
                        let user = run.task.user.to_string();
                        return Ok(Found::Denied { conv: name.clone(), user });
                    }
                };
                // sheet corezoid/engine 4.2: only state diagrams, only live tasks.
                let Some((conv, _)) = target.filter(|(_, target)| target.is_state && target.is_there) else {
                    return Ok(Found::NoState { conv: name.clone() });
                };
                if conv == run.task.conv && run.task.reference.as_ref() == Some(reference) {
                    return Ok(Found::Value(Value::Object(run.task.data.clone())));
                }
                let found = store::by_reference(self.unit.conn(), conv, reference).await?;
                Ok(found.map_or(Found::Absent, |found| Found::Value(Value::Object(found.data.0))))
            }
            Read::Node { conv, node, what } if what == "count" => {
                self.flush().await?;
                let conv = match conv {
                    None => None,
                    Some(name) => match self.conv(name, run.task.conv).await? {
                        None => return Ok(Found::Absent),
                        some => some,
                    },
                };
                let count = count::count(self.unit.conn(), conv, node).await?;
                Ok(count.map_or(Found::Absent, |count| Found::Value(json!(count))))
            }
            Read::Node { node, what, .. } if what == "public_callback_corezoid" => {
                let base = lock(&self.runner.base).clone();
                Ok(Found::Value(json!(base + &callback::path(node, &run.task.id))))
            }
            Read::Node { node, what, .. } => {
                let sum = count::counter(self.unit.conn(), node, what).await?;
                Ok(sum.map_or(Found::Absent, |sum| Found::Value(number(sum))))
            }
            Read::Variable(name) => {
                let found = env_var::value(self.unit.conn(), name, ConvId(run.task.conv)).await?;
                // sheet corezoid/engine 4.2: secret ones only in API Call.
                let Some(found) = found.filter(|found| !found.is_secret || run.is_calling()) else {
                    return Ok(Found::Absent);
                };
                if found.is_secret {
                    own.secrets.push(found.value.clone());
                }
                let json = || serde_json::from_str(&found.value).ok();
                let value = found.is_json.then(json).flatten();
                Ok(Found::Value(value.unwrap_or(Value::String(found.value))))
            }
        }
    }

    async fn create(
        &mut self,
        new: NewTask,
        run: &mut Run<'_>,
        own: &mut Own,
    ) -> Result<Result<(), Refusal>, sqlx::Error> {
        self.flush().await?;
        let (conv, target) = match self.reach(&new.conv, run, own, Refusal::NotFound).await? {
            Ok(found) => found,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if !target.is_there {
            return Ok(Err(Refusal::NotFound));
        }
        let data = rules::whole_text(&new.data);
        if new.reference.as_ref().is_some_and(|reference| reference.chars().count() > LONGEST_REF) {
            return Ok(Err(Refusal::Unheard));
        }
        let most = self.world.settings.engine.burst;
        if !lock(&self.runner.burst).takes(run.task.hops, self.world.clock.now().millis(), most) {
            run.note(What::Loop);
            return Ok(Err(Refusal::NotActive));
        }
        let id = self.world.ids.hex::<12>();
        let caller = run.task.id.clone();
        let own_ref = new.is_call && self.world.settings.engine.refers_calls;
        let reference = if own_ref { Some(id.clone()) } else { new.reference };
        let task = tasks::NewTask {
            id: &id,
            conv: ConvId(conv),
            reference: reference.as_deref(),
            data: &data,
            user: run.task.user,
            now: run.now(),
            caller: new.is_call.then_some(caller.as_str()),
            hops: run.task.hops.saturating_add(1),
        };
        match intake::place(self.unit.conn(), &task, self.world).await {
            Ok(()) => {
                self.woke = true;
                let word = if new.is_call { "called" } else { "created" };
                run.note(What::Effect {
                    effect: json!({ word: { "process": conv, "task": id, "ref": reference } }),
                });
                if new.is_call {
                    own.callee = Some(id);
                }
                Ok(Ok(()))
            }
            Err(Hindered::Storage(error)) => Err(error),
            Err(Hindered::NoProcess(_)) => Ok(Err(Refusal::NotFound)),
            Err(Hindered::NotActive | Hindered::NotStarted(_) | Hindered::Full(_)) => {
                Ok(Err(Refusal::NotActive))
            }
            Err(Hindered::TooBig(size)) => Ok(Err(Refusal::TooBig(size))),
            Err(Hindered::NotUnical) => Ok(Err(Refusal::NotUnical)),
            Err(Hindered::Params(misfits)) => {
                let first = misfits.into_iter().next();
                let text = first.map(|misfit| format!("Param: {}, Error: {}", misfit.name, misfit.error));
                Ok(Err(Refusal::WrongParams(text.unwrap_or_default())))
            }
        }
    }

    async fn modify(
        &mut self,
        (name, reference): (&str, &str),
        change: Data,
        is_sync: bool,
        run: &mut Run<'_>,
        own: &Own,
    ) -> Result<Result<(), Refusal>, sqlx::Error> {
        self.flush().await?;
        let (conv, target) = match self.reach(name, run, own, Refusal::NotFound).await? {
            Ok(found) => found,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let Some(other) = store::by_reference(self.unit.conn(), conv, reference).await? else {
            return Ok(Err(Refusal::NotFound));
        };
        let itself = other.id == run.task.id;
        let node = if itself { run.task.node.clone() } else { other.node_id.clone() };
        if is_sync {
            let graph = self.graph(conv, target.deploys, target.is_state).await?;
            if graph.node(&node).is_none_or(|node| nodes::callback(node).is_none()) {
                return Ok(Err(Refusal::NoCallback));
            }
            if other.is_ready {
                return Ok(Err(Refusal::Running));
            }
        }
        let effect = json!({ "modified": { "process": conv, "task": other.id, "ref": reference } });
        if itself {
            run.task.data.extend(change);
            run.note(What::Effect { effect });
            return Ok(Ok(()));
        }
        let most = self.world.settings.engine.most_bytes(target.is_state);
        let data = match rules::data_text(&rules::merged(other.data.0, change), most) {
            Ok(data) => data,
            Err(size) => return Ok(Err(Refusal::TooBig(size))),
        };
        let by = (run.task.user, run.now(), run.task.hops.saturating_add(1));
        tasks::set_data(self.unit.conn(), &other.id, &data, by).await?;
        run.note(What::Effect { effect });
        self.touched.insert(other.id);
        self.woke = true;
        Ok(Ok(()))
    }

    async fn take(
        &mut self,
        (name, node): (&str, &str),
        newest_first: bool,
        run: &mut Run<'_>,
        own: &Own,
    ) -> Result<Result<Taken, Refusal>, sqlx::Error> {
        self.flush().await?;
        let (conv, target) = match self.reach(name, run, own, Refusal::NoQueue).await? {
            Ok(found) => found,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let graph = self.graph(conv, target.deploys, target.is_state).await?;
        if !graph.node(node).is_some_and(nodes::is_queue) {
            return Ok(Err(Refusal::NoQueue));
        }
        let Some(other) = store::queued(self.unit.conn(), node, newest_first).await? else {
            return Ok(Err(Refusal::NotFound));
        };
        let extra = other.wait();
        let mut data = other.data.0;
        if let Some(Wait::Queue { data: extra }) = extra {
            data.extend(extra);
        }
        let stamp = (run.task.hops.saturating_add(1), run.now());
        store::wake(self.unit.conn(), &other.id, &Wake::Released, stamp).await?;
        run.note(What::Effect { effect: json!({ "took": { "process": conv, "task": other.id } }) });
        self.touched.insert(other.id.clone());
        self.woke = true;
        Ok(Ok(Taken { id: other.id, data }))
    }

    /// Only the first reply counts; one that nobody waits for any more is dropped (sheet corezoid/engine 7.1). Options
    /// may have it otherwise.
    async fn reply(&mut self, reply: Reply, run: &mut Run<'_>, own: &mut Own) -> Result<(), sqlx::Error> {
        let options = &self.world.settings.engine;
        let again = options.second_reply == SecondReply::Last;
        let late = options.late_reply == LateReply::Merge;
        let caller = if again || late { own.caller.clone() } else { own.caller.take() };
        let Some(caller) = caller else { return Ok(()) };
        self.flush().await?;
        let (hops, now) = (run.task.hops.saturating_add(1), run.now());
        let wake = Wake::Replied(reply.clone());
        let word = if store::reply(self.unit.conn(), &caller, &run.task.id, (&wake, hops, now)).await? {
            self.woke = true;
            "replied"
        } else {
            match store::by_id(self.unit.conn(), &caller).await?.filter(RunRow::is_live) {
                // The first reply has not been taken yet.
                Some(row) if matches!(row.wake(), Some(Wake::Replied(_))) => {
                    if !again {
                        return Ok(());
                    }
                    store::wake(self.unit.conn(), &caller, &wake, (hops, now)).await?;
                    "replied"
                }
                Some(row) if late => {
                    let data = rules::merged(row.task().data, reply.data);
                    let Ok(data) = rules::data_text(&data, options.most_bytes(row.is_state)) else {
                        return Ok(());
                    };
                    tasks::keep_data(self.unit.conn(), &caller, &data).await?;
                    "replied_late"
                }
                _ => return Ok(()),
            }
        };
        run.note(What::Effect { effect: json!({ word: { "task": caller } }) });
        self.touched.insert(caller);
        Ok(())
    }
}

/// Why a process cannot be reached.
enum Denied {
    Company,
    Storage(sqlx::Error),
}

impl From<sqlx::Error> for Denied {
    fn from(error: sqlx::Error) -> Self {
        Self::Storage(error)
    }
}

/// A sum as a number of JSON: whole ones without a point.
#[expect(clippy::cast_possible_truncation, reason = "whole and small enough")]
fn number(sum: f64) -> Value {
    if sum.fract() == 0.0 && sum.abs() < 9e15 { json!(sum as i64) } else { json!(sum) }
}
