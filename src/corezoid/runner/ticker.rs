//! Wakes a world when its next timer fires, under a clock that runs by itself.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::AbortHandle;

use super::{Runner, lock, run_due};
use crate::kernel::clock::ClockMode;
use crate::kernel::world::World;

/// The moment that is waited for, unix milliseconds, and who waits.
#[derive(Default)]
pub(super) struct Ticker(Option<(i64, AbortHandle)>);

/// Sees to it that somebody waits for the next moment at which something is due.
pub(super) fn arm(world: &Arc<World>, runner: &Runner) {
    let next = runner.next().filter(|_| world.clock.mode() == ClockMode::System);
    let mut ticker = lock(&runner.ticker);
    if ticker.0.as_ref().map(|armed| armed.0) == next {
        return;
    }
    if let Some((_, waiter)) = ticker.0.take() {
        waiter.abort();
    }
    let Some(at) = next else { return };
    let wait = u64::try_from(at.saturating_sub(world.clock.now().millis())).unwrap_or_default();
    // Whoever waits keeps no world alive.
    let world = Arc::downgrade(world);
    let waiter = lock(&runner.background).spawn(async move {
        sleep(Duration::from_millis(wait)).await;
        let Some(world) = world.upgrade() else { return };
        lock(&world.part::<Runner>().ticker).0 = None;
        if let Err(error) = run_due(&world).await {
            tracing::error!(%error, "timers do not fire: storage failed");
        }
    });
    ticker.0 = Some((at, waiter));
}

#[expect(
    clippy::disallowed_methods,
    reason = "the world's clock runs with the machine's here, or somebody really waits"
)]
pub(super) async fn sleep(duration: Duration) {
    tokio::time::sleep(duration).await;
}
