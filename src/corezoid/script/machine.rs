//! One engine for one script, with its limits: nothing of a script outlives it. Only on a thread of [`super::threads`],
//! whose stack is deep enough for it.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use rquickjs::context::intrinsic;
use rquickjs::{Context, Runtime};
use rustix::time::{ClockId, clock_gettime};

use super::Limits;

/// What the engine's own recursion may use of the thread's stack, in bytes: some thousand calls, as V8 allows them.
pub(super) const STACK: usize = 4 << 20;
/// All of the language; no `performance`, which is a clock.
type Language = (
    intrinsic::Date,
    intrinsic::Eval,
    intrinsic::RegExpCompiler,
    intrinsic::RegExp,
    intrinsic::Json,
    intrinsic::Proxy,
    intrinsic::MapSet,
    intrinsic::TypedArrays,
    intrinsic::Promise,
    intrinsic::WeakRef,
);

/// The engine could not even be made within its memory.
pub(super) struct NoMemory;

/// An engine that has run nothing yet.
pub(super) struct Machine {
    pub(super) context: Context,
    expired: Rc<Cell<bool>>,
}

impl Machine {
    /// The time starts to run here; it is that of this thread alone, so a busy machine makes no script slower.
    pub(super) fn new(limits: Limits) -> Result<Self, NoMemory> {
        let runtime = Runtime::new().map_err(|_| NoMemory)?;
        runtime.set_max_stack_size(STACK);
        let expired = Rc::new(Cell::new(false));
        let deadline = spent() + Duration::from_millis(limits.time);
        let alarm = Rc::clone(&expired);
        runtime.set_interrupt_handler(Some(Box::new(move || {
            if !alarm.get() && spent() >= deadline {
                alarm.set(true);
            }
            alarm.get()
        })));
        let context = Context::custom::<Language>(&runtime).map_err(|_| NoMemory)?;
        // Only now: the engine does not survive it when memory ends while it is made. It is of a known size.
        runtime.set_memory_limit(limits.memory);
        Ok(Self { context, expired })
    }

    /// Whether the script was stopped because its time was over.
    pub(super) fn expired(&self) -> bool {
        self.expired.get()
    }
}

/// Processor time of this thread.
fn spent() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap_or_default()
}
