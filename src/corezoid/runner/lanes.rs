//! How many calls of one node may be under way: those over `max_threads` wait for the end of an earlier one
//! (sheet corezoid/engine 6.1).

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

/// How long a call waits for a thread, in milliseconds (sheet corezoid/engine 6.4 has the error, not the time: it is that
/// of an answer).
const LONGEST_WAIT: i64 = 60_000;

/// By node: when its latest calls end, unix milliseconds, no more of them than it has threads.
#[derive(Debug, Default)]
pub(super) struct Lanes(HashMap<String, BinaryHeap<Reverse<i64>>>);

impl Lanes {
    /// When a call ends that is asked for at `moment` and takes `took` milliseconds; `Err`: no thread is free in time, and
    /// when it is given up.
    pub(super) fn end(&mut self, node: &str, threads: usize, (moment, took): (i64, i64)) -> Result<i64, i64> {
        let Some(lanes) = self.0.get_mut(node) else {
            let end = moment.saturating_add(took);
            // Who takes no time is in nobody's way.
            if took > 0 {
                self.0.insert(node.to_owned(), BinaryHeap::from([Reverse(end)]));
            }
            return Ok(end);
        };
        while lanes.peek().is_some_and(|end| end.0 <= moment) {
            lanes.pop();
        }
        let mut start = moment;
        while lanes.len() >= threads.max(1)
            && let Some(Reverse(end)) = lanes.pop()
        {
            start = end;
        }
        if start.saturating_sub(moment) >= LONGEST_WAIT {
            // The thread stays with whoever has it.
            lanes.push(Reverse(start));
            return Err(moment.saturating_add(LONGEST_WAIT));
        }
        let end = start.saturating_add(took);
        lanes.push(Reverse(end));
        if lanes.len() == 1 && end <= moment {
            self.0.remove(node);
        }
        Ok(end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_waits_for_the_first_lane_that_is_free() {
        let mut lanes = Lanes::default();
        let mut end = |moment, took| lanes.end("n", 2, (moment, took)).unwrap();
        assert_eq!([end(0, 10), end(0, 30), end(0, 5), end(0, 5), end(12, 0)], [10, 30, 15, 20, 20]);
        // The clock has gone on: all lanes are free.
        assert_eq!([end(40, 0), end(40, 1)], [40, 41]);
    }

    #[test]
    fn a_call_that_waits_for_a_minute_is_given_up_and_takes_nobodys_place() {
        let mut lanes = Lanes::default();
        let mut end = |moment, took| lanes.end("n", 1, (moment, took));
        assert_eq!(end(0, 60_000), Ok(60_000));
        assert_eq!(end(0, 5), Err(60_000));
        assert_eq!(end(1, 5), Ok(60_005));
        assert_eq!(end(2, 5), Err(60_002));
    }

    #[test]
    fn nodes_are_in_nobodys_way_and_are_forgotten() {
        let mut lanes = Lanes::default();
        assert_eq!([lanes.end("a", 1, (0, 10)), lanes.end("b", 1, (0, 10))], [Ok(10), Ok(10)]);
        assert_eq!(lanes.end("a", 0, (10, 0)), Ok(10));
        assert_eq!(lanes.0.len(), 1);
    }
}
