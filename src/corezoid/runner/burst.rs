//! Tasks that make tasks that make tasks: their number is bounded, or one of them that makes two others would fill the
//! machine. A chain is cut by its length; this looks at how many there are.

/// Nodes that a task and those before it have come to without waiting, before the tasks it makes are counted.
const DEEP: u32 = 12;
/// A server that never rests is not a bomb: after so many milliseconds of its clock the count begins anew.
const WINDOW: i64 = 10 * 60 * 1000;

/// How many tasks deep chains have made since all was at rest.
#[derive(Debug, Default)]
pub(super) struct Burst {
    made: u32,
    /// Unix milliseconds.
    since: i64,
}

impl Burst {
    /// Counts a task that one of so many hops is to make; false: it may not.
    pub(super) fn takes(&mut self, hops: u32, now: i64, most: u32) -> bool {
        if hops < DEEP {
            return true;
        }
        if self.made == 0 || now.saturating_sub(self.since) > WINDOW {
            *self = Self { made: 0, since: now };
        }
        self.made = self.made.saturating_add(1);
        self.made <= most
    }

    /// All is at rest.
    pub(super) fn end(&mut self) {
        self.made = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_deep_chains_make_counts_until_all_rests() {
        let mut burst = Burst::default();
        assert!((0..10).all(|_| burst.takes(DEEP - 1, 0, 2)));
        assert_eq!([(); 3].map(|()| burst.takes(DEEP, 0, 2)), [true, true, false]);
        assert!(!burst.takes(DEEP, WINDOW, 2));
        assert!(burst.takes(DEEP, WINDOW + 1, 2));
        burst.end();
        assert_eq!([(); 3].map(|()| burst.takes(DEEP, WINDOW + 2, 2)), [true, true, false]);
    }
}
