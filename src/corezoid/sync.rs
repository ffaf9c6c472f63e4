//! The synchronous API (sheet corezoid/api 6.3): a package waits until the process posts its result to the
//! `__callback_url` that it finds in the data of its task, if it has a `timeout` or came to the host of that API. The
//! timeout is real time; while the world's clock is frozen no time passes, so what has not come by the end of the package
//! is late at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::sync::oneshot;

use super::args::integer;
use crate::kernel::base::PublicBase;
use crate::kernel::clock::ClockMode;
use crate::kernel::world::World;

/// Seconds to wait at most (sheet corezoid/api 1.7).
const MOST_SECONDS: u64 = 60;

/// Requests of a world that wait for a result, by their id.
#[derive(Default)]
pub(crate) struct Waiting(Mutex<HashMap<String, oneshot::Sender<Value>>>);

impl Waiting {
    fn put(&self, id: String, sender: oneshot::Sender<Value>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id, sender);
    }

    fn take(&self, id: &str) -> Option<oneshot::Sender<Value>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(id)
    }
}

/// A package whose tasks are waited for.
pub(crate) struct Calls {
    world: Arc<World>,
    timeout: Duration,
    /// No time was asked for.
    patient: bool,
    /// By the place of its op: id of the request, and where its result comes in.
    tasks: Vec<Option<(String, oneshot::Receiver<Value>)>>,
}

impl Drop for Calls {
    fn drop(&mut self) {
        let waiting = self.world.part::<Waiting>();
        for (id, _) in self.tasks.iter().flatten() {
            waiting.take(id);
        }
    }
}

/// What a package is to wait for.
pub(crate) enum Wait {
    /// Its `timeout`, whatever was sent there.
    Asked(Value),
    /// It has none, and came to the host of the synchronous API: the most that any package waits, and then the front
    /// server's own 504.
    Most,
}

/// Prepares the ops of a package that waits: each new task gets the URL to answer to. `None`: `timeout` is no number of
/// seconds, and the package is one like any other.
pub(crate) fn prepare(
    ops: &mut [Value],
    wait: &Wait,
    world: &Arc<World>,
    base: &PublicBase,
) -> Option<Calls> {
    let most = Duration::from_secs(MOST_SECONDS);
    let timeout = match wait {
        Wait::Asked(timeout) => {
            let whole = || integer(timeout).and_then(|n| u32::try_from(n).ok()).map(f64::from);
            Duration::try_from_secs_f64(timeout.as_f64().or_else(whole)?).ok()?.min(most)
        }
        Wait::Most => most,
    };
    let patient = matches!(wait, Wait::Most);
    let waiting = world.part::<Waiting>();
    let tasks = ops.iter_mut().map(|op| {
        let is_new_task = op.get("type")? == "create" && op.get("obj")? == "task";
        let data = op.get_mut("data").filter(|_| is_new_task)?;
        if data.as_array().is_some_and(Vec::is_empty) {
            *data = json!({});
        }
        let data = data.as_object_mut()?;
        let id = world.ids.hex::<16>();
        let url = base.link(&format!("/api/1/plugins/callback/{id}"));
        data.insert("__callback_url".to_owned(), url.into());
        let (sender, receiver) = oneshot::channel();
        waiting.put(id.clone(), sender);
        Some((id, receiver))
    });
    let tasks = tasks.collect();
    Some(Calls { world: Arc::clone(world), timeout, patient, tasks })
}

impl Calls {
    /// Waits for the results and puts them in the place of the answers; a task that was refused is not waited for. Holds
    /// nothing of the world meanwhile. `None`: no time was asked for, and not everything came.
    pub(crate) async fn results(mut self, answers: Vec<Value>) -> Option<Vec<Value>> {
        let frozen = self.world.clock.mode() == ClockMode::Frozen;
        let mut results: Vec<Option<Value>> = Vec::new();
        results.resize_with(answers.len(), || None);
        let waited = async {
            let called = self.tasks.iter_mut().zip(&answers).zip(&mut results);
            for ((call, _), result) in called.filter(|((_, answer), _)| answer["proc"] == "ok") {
                let Some((_, receiver)) = call else { continue };
                *result = if frozen { receiver.try_recv().ok() } else { receiver.await.ok() };
            }
        };
        // What came in time counts, whatever did not.
        let _ = tokio::time::timeout(self.timeout, waited).await;
        let told = self.tasks.iter().zip(answers).zip(results);
        told.map(|((call, answer), result)| match (call, result) {
            (None, _) => Some(answer),
            // sheet corezoid/api 9, 14: no `id` and no `obj` here.
            (Some(_), Some(data)) => Some(json!({ "proc": "ok", "data": data })),
            (Some(_), None) if answer["proc"] == "ok" => (!self.patient).then(late),
            (Some(_), None) => Some(refused(answer)),
        })
        .collect()
    }
}

fn late() -> Value {
    json!({ "proc": "error", "description": "Timeout for create task" })
}

fn refused(mut answer: Value) -> Value {
    if let Some(fields) = answer.as_object_mut() {
        fields.shift_remove("id");
    }
    answer
}

/// Takes a result that was posted, and gives the answer to whoever posted it; `None`: it is not JSON. No answer is
/// documented.
pub(crate) fn result(id: &str, body: &[u8], world: &World) -> Option<Value> {
    let data: Value = serde_json::from_slice(body).ok()?;
    let taken = world.part::<Waiting>().take(id).is_some_and(|sender| sender.send(data).is_ok());
    let mut op = Map::new();
    if taken {
        op.insert("proc".to_owned(), json!("ok"));
    } else {
        op.insert("proc".to_owned(), json!("error"));
        op.insert("description".to_owned(), json!(format!("No request waits with id {id}")));
    }
    Some(json!({ "request_proc": "ok", "ops": [op] }))
}
