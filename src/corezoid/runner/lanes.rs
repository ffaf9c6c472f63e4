//! How many calls of one node may be under way: those over `max_threads` wait for the end of an earlier one
//! (sheet corezoid/engine 6.1).

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

/// By node: when its latest calls end, unix milliseconds, no more of them than it has threads.
#[derive(Debug, Default)]
pub(super) struct Lanes(HashMap<String, BinaryHeap<Reverse<i64>>>);

impl Lanes {
    /// When a call ends that is asked for at `moment` and takes `took` milliseconds.
    pub(super) fn end(&mut self, node: &str, threads: usize, (moment, took): (i64, i64)) -> i64 {
        let Some(lanes) = self.0.get_mut(node) else {
            let end = moment.saturating_add(took);
            // Who takes no time is in nobody's way.
            if took > 0 {
                self.0.insert(node.to_owned(), BinaryHeap::from([Reverse(end)]));
            }
            return end;
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
        let end = start.saturating_add(took);
        lanes.push(Reverse(end));
        if lanes.len() == 1 && end <= moment {
            self.0.remove(node);
        }
        end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_waits_for_the_first_lane_that_is_free() {
        let mut lanes = Lanes::default();
        let mut end = |moment, took| lanes.end("n", 2, (moment, took));
        assert_eq!([end(0, 10), end(0, 30), end(0, 5), end(0, 5), end(12, 0)], [10, 30, 15, 20, 20]);
        // The clock has gone on: all lanes are free.
        assert_eq!([end(40, 0), end(40, 1)], [40, 41]);
    }

    #[test]
    fn nodes_are_in_nobodys_way_and_are_forgotten() {
        let mut lanes = Lanes::default();
        assert_eq!([lanes.end("a", 1, (0, 10)), lanes.end("b", 1, (0, 10))], [10, 10]);
        assert_eq!(lanes.end("a", 0, (10, 0)), 10);
        assert_eq!(lanes.0.len(), 1);
    }
}
