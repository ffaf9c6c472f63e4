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
    /// Processor time of this thread at which its own is over.
    deadline: Rc<Cell<Duration>>,
    expired: Rc<Cell<bool>>,
}

thread_local! {
    /// One that was made while nobody waited for it: making takes longer than most scripts do.
    static AHEAD: Cell<Option<Machine>> = const { Cell::new(None) };
}

impl Machine {
    /// The time starts to run here; it is that of this thread alone, so a busy machine makes no script slower.
    pub(super) fn new(limits: Limits) -> Result<Self, NoMemory> {
        let machine = AHEAD.take().map_or_else(Self::made, Ok)?;
        machine.deadline.set(spent() + Duration::from_millis(limits.time));
        // Only now: the engine does not survive it when memory ends while it is made. It is of a known size.
        machine.context.runtime().set_memory_limit(limits.memory);
        Ok(machine)
    }

    /// Makes the next one of this thread before anybody asks for it.
    pub(super) fn make_ahead() {
        let there = AHEAD.take();
        AHEAD.set(there.or_else(|| Self::made().ok()));
    }

    fn made() -> Result<Self, NoMemory> {
        let runtime = Runtime::new().map_err(|_| NoMemory)?;
        runtime.set_max_stack_size(STACK);
        let (deadline, expired) = (Rc::new(Cell::new(Duration::MAX)), Rc::new(Cell::new(false)));
        let (end, alarm) = (Rc::clone(&deadline), Rc::clone(&expired));
        runtime.set_interrupt_handler(Some(Box::new(move || {
            if !alarm.get() && spent() >= end.get() {
                alarm.set(true);
            }
            alarm.get()
        })));
        let context = Context::custom::<Language>(&runtime).map_err(|_| NoMemory)?;
        Ok(Self { context, deadline, expired })
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
