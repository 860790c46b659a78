//! A carrier that reaches nobody, for demonstrations: what it is given, it calls delivered.

use std::sync::Arc;

use futures::future::BoxFuture;
use tokio::sync::mpsc;

use super::{Carrier, Heard, Parcel};
use crate::clock::Clock;
use crate::life::{Abilities, HandOver, Report};

/// Takes every message, and reports at once that it was delivered.
#[derive(Debug)]
pub struct Simulated {
    heard: mpsc::Sender<Heard>,
    clock: Arc<dyn Clock>,
}

impl Simulated {
    /// A carrier whose reports go to `heard`.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, heard: mpsc::Sender<Heard>) -> Self {
        Self { heard, clock }
    }

    /// Takes a message only where there is room for its report, so that none is lost.
    async fn take(&self, parcel: &Parcel) -> HandOver {
        let room = tokio::select! {
            biased;
            room = self.heard.reserve() => room.ok(),
            () = self.clock.sleep_until(parcel.deadline) => None,
        };
        let Some(room) = room else {
            return HandOver::Unavailable;
        };
        room.send(Heard {
            part: parcel.part,
            attempt: parcel.attempt,
            report: Report::Delivered,
        });
        HandOver::Taken { item: None }
    }
}

impl Carrier for Simulated {
    fn forgets(&self) -> bool {
        true
    }

    fn abilities(&self) -> Abilities {
        Abilities::default()
    }

    fn is_simulated(&self) -> bool {
        true
    }

    fn hand_over<'a>(&'a self, parcel: &'a Parcel) -> BoxFuture<'a, HandOver> {
        Box::pin(self.take(parcel))
    }
}
