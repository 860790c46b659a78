//! Works on lines: decides, writes, acts, writes.
//!
//! A worker claims a line that is due, and holds it while it hands its parts over one after the
//! other. The claim saves work; what makes it right is that each write names the version that it
//! was decided on. A part that is found being handed over when a line is claimed was left by a
//! worker that is gone: it goes the same way as one whose answer was lost.

mod line;
mod peer;
mod rest;

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use tokio_util::sync::CancellationToken;

use crate::clock::Moment;
use crate::operation::{Operations, Refusal};
use crate::store::Claim;

use rest::Rests;

/// How a worker goes about it; settings without a minimum.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// How long a line is held.
    pub lease: Duration,
    /// How often it looks, where nobody rings.
    pub poll: Duration,
    /// The first pause of a carrier that is away, and the longest.
    pub rest: (Duration, Duration),
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(30),
            poll: Duration::from_secs(1),
            rest: (Duration::from_secs(1), Duration::from_mins(1)),
        }
    }
}

/// Lines that are worked on at a time.
const MOST_LINES: usize = 256;

/// Lines that are claimed at a time.
const CLAIMED: u32 = 64;

/// What a future gives, while the work under way goes on: it may hold what the future waits for,
/// such as the last connection to the store.
async fn alongside<T>(
    working: &mut FuturesUnordered<impl Future<Output = ()>>,
    future: impl Future<Output = T>,
) -> T {
    let mut future = pin!(future);
    loop {
        tokio::select! {
            given = &mut future => return given,
            Some(()) = working.next() => {}
        }
    }
}

/// Hands parts over, and lets time pass for them.
#[derive(Debug)]
pub struct Worker {
    operations: Arc<Operations>,
    pace: Pace,
    rests: Rests,
}

impl Worker {
    /// A worker at this pace.
    #[must_use]
    pub fn new(operations: Arc<Operations>, pace: Pace) -> Self {
        Self {
            operations,
            pace,
            rests: Rests::new(pace.rest),
        }
    }

    /// Works until it is stopped, and then finishes what is being handed over.
    pub async fn run(&self, stop: CancellationToken) {
        let mut working = FuturesUnordered::new();
        while !stop.is_cancelled() {
            // Registered before looking, so that no ring in between is missed.
            let rung = self.operations.wake.rung();
            let room = MOST_LINES.saturating_sub(working.len());
            let claims = alongside(&mut working, self.claim(room)).await;
            let is_more_likely = claims.len() >= usize::try_from(CLAIMED).unwrap_or(usize::MAX);
            working.extend(claims.into_iter().map(|claim| self.work(claim)));
            if is_more_likely {
                continue;
            }
            let next = alongside(&mut working, self.next_look()).await;
            tokio::select! {
                () = rung => {}
                () = self.operations.clock.sleep_until(next) => {}
                Some(()) = working.next() => {}
                () = stop.cancelled() => {}
            }
        }
        while working.next().await.is_some() {}
    }

    /// Works once on every line that is due now; answers how many there were.
    pub async fn turn(&self) -> usize {
        let claims = self.claim(MOST_LINES).await;
        let count = claims.len();
        let working: FuturesUnordered<_> =
            claims.into_iter().map(|claim| self.work(claim)).collect();
        working.collect::<()>().await;
        count
    }

    async fn claim(&self, room: usize) -> Vec<Claim> {
        let now = self.operations.clock.now();
        let limit = u32::try_from(room).unwrap_or(u32::MAX).min(CLAIMED);
        if limit == 0 {
            return Vec::new();
        }
        let claimed = self
            .operations
            .store
            .claim(now, now.plus(self.pace.lease), limit)
            .await;
        claimed.unwrap_or_else(|error| {
            tracing::error!(%error, "lines cannot be claimed");
            Vec::new()
        })
    }

    /// When to look again, at the latest.
    async fn next_look(&self) -> Moment {
        let poll = self.operations.clock.now().plus(self.pace.poll);
        match self.operations.store.next_due().await {
            Ok(Some(due)) => due.min(poll),
            Ok(None) | Err(_) => poll,
        }
    }

    /// Works on a claimed line. What keeps it from going on is logged, and the line comes again
    /// when its lease is over.
    async fn work(&self, claim: Claim) {
        let device = claim.line.device.clone();
        match line::Work::new(self, claim).run().await {
            Ok(()) | Err(Refusal::StoreGone | Refusal::Fault(_)) => {}
            Err(refusal) => tracing::error!(device, ?refusal, "a line cannot be worked on"),
        }
    }
}
