//! The threads that scripts run on: stacks deep enough for recursion as V8 allows it, and a way out when a function of the
//! engine itself (a search in a text of millions, a sort) does not look at the clock. Such a thread is left behind until
//! its function ends; nobody waits for it.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread::Builder;
use std::time::Duration;

use super::machine::Machine;

/// What one thread's stack may grow to, in bytes; [`super::machine::STACK`] and a reserve for what does not count itself.
const STACK: usize = super::machine::STACK + (4 << 20);
/// Most threads that wait for work.
const MOST_IDLE: usize = 8;

type Job = Box<dyn FnOnce() + Send>;

static IDLE: Mutex<Vec<Sender<Job>>> = Mutex::new(Vec::new());

/// The work's result, unless it takes longer than `patience` or breaks.
pub(super) fn on_a_thread<T: Send + 'static>(
    patience: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (done, result) = channel();
    let mut job: Job = Box::new(move || {
        // Whoever asked may have gone.
        let _ = done.send(work());
    });
    loop {
        let waiting = IDLE.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match waiting.or_else(start)?.send(job) {
            Ok(()) => return result.recv_timeout(patience).ok(),
            // That thread has ended; the next one is asked.
            Err(unsent) => job = unsent.0,
        }
    }
}

fn start() -> Option<Sender<Job>> {
    let (sender, jobs) = channel();
    let own = sender.clone();
    Builder::new().name("script".to_owned()).stack_size(STACK).spawn(move || serve(&jobs, &own)).ok()?;
    Some(sender)
}

/// Job after job, until there are threads enough. Between them the engine of the next one is made.
fn serve(jobs: &Receiver<Job>, own: &Sender<Job>) {
    while let Ok(job) = jobs.recv() {
        job();
        {
            let mut idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner);
            if idle.len() >= MOST_IDLE {
                return;
            }
            idle.push(own.clone());
        }
        Machine::make_ahead();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_done_left_behind_or_broken_and_others_go_on() {
        let patient = Duration::from_mins(1);
        assert_eq!(on_a_thread(patient, || 1), Some(1));
        let (release, wait) = channel::<()>();
        assert_eq!(on_a_thread(Duration::from_millis(1), move || wait.recv().is_ok()), None);
        assert_eq!(
            on_a_thread(patient, || if std::hint::black_box(true) { panic!("broken") } else { 1 }),
            None
        );
        let many: Vec<_> =
            (0..20).map(|n| std::thread::spawn(move || on_a_thread(patient, move || n * 2))).collect();
        let results: Vec<_> = many.into_iter().map(|thread| thread.join().unwrap()).collect();
        assert_eq!(results, (0..20).map(|n| Some(n * 2)).collect::<Vec<_>>());
        drop(release);
        assert_eq!(on_a_thread(patient, || 3), Some(3));
    }
}
