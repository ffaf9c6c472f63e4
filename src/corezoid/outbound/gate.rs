//! How many requests of one node may be at other servers at once: `max_threads` (sheet corezoid/engine 6.1).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::PATIENCE;
use crate::kernel::world::World;

/// Nodes that are remembered, whether they call or not.
const MOST: usize = 1_000;

/// By node and the number of its threads: a deploy may change that.
#[derive(Default)]
struct Gates(Mutex<HashMap<(String, usize), Arc<Semaphore>>>);

/// Waits until a node may send one more request; `None`: no thread was free in time.
pub(super) async fn pass(world: &World, node: &str, threads: usize) -> Option<OwnedSemaphorePermit> {
    let gate = {
        let gates = world.part::<Gates>();
        let mut gates = gates.0.lock().unwrap_or_else(PoisonError::into_inner);
        if gates.len() >= MOST {
            gates.retain(|_, gate| Arc::strong_count(gate) > 1);
        }
        let made = || Arc::new(Semaphore::new(threads.max(1)));
        Arc::clone(gates.entry((node.to_owned(), threads)).or_insert_with(made))
    };
    tokio::time::timeout(PATIENCE, gate.acquire_owned()).await.ok()?.ok()
}
