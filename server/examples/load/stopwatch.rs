//! Times, in order.

use std::time::{Duration, Instant};

/// Times, the shortest first.
pub(crate) struct Times(Vec<Duration>);

impl Times {
    pub(crate) fn of(mut times: Vec<Duration>) -> Self {
        assert!(!times.is_empty(), "nothing was timed");
        times.sort_unstable();
        Self(times)
    }

    /// The time that so many of a hundred did not exceed.
    pub(crate) fn at(&self, percentile: usize) -> Duration {
        self.0[(self.0.len() - 1) * percentile / 100]
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }
}

pub(crate) fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}
