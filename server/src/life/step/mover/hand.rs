//! The moves of handing over.

use crate::clock::Moment;
use crate::life::{Before, Delivery, EventKind, Stage};

use super::{Answer, Effect, Mover};

impl Mover<'_> {
    /// Is handed over, once this is on disk.
    pub(in crate::life::step) fn hand_over(&mut self, from: Before) -> Answer {
        let kind = match from {
            Before::Waiting | Before::Pausing => EventKind::Handing,
            Before::Unknown { .. } => EventKind::Resent,
        };
        if from == Before::Pausing {
            self.part.retries = self.part.retries.saturating_add(1);
        }
        self.begin_turn();
        self.part.attempt = self.part.attempt.saturating_add(1);
        self.part.stage = Stage::Handing {
            from,
            deadline: self.deadline(),
            evicted: false,
            succeeded: false,
        };
        self.event(kind, None, None);
        self.effect(Effect::HandOver {
            part: self.part.id,
            attempt: self.part.attempt,
        });
        Answer::Moved
    }

    /// Becomes the head of its line (HTTP).
    pub(in crate::life::step) fn offer(&mut self) -> Answer {
        self.begin_turn();
        self.part.attempt = self.part.attempt.saturating_add(1);
        let due = self.feedback_due();
        self.part.stage = Stage::Offered { due };
        self.event(EventKind::Handing, None, None);
        Answer::Moved
    }

    /// A carrier that is away counts from here.
    pub(in crate::life::step) fn begin_turn(&mut self) {
        let now = self.now();
        self.part.first_turn.get_or_insert(now);
    }

    /// Is handed over, and ends by that where the protocol tells no more.
    pub(in crate::life::step) fn carried(&mut self, item: Option<String>, due: Moment) -> Answer {
        self.sent();
        match self.part.delivery {
            Delivery::HandedOver => self.delivered(None),
            Delivery::Reported => self.carry_on(item, due),
        }
    }

    /// Is with the carrier, again or still.
    pub(in crate::life::step) fn carry_on(&mut self, item: Option<String>, due: Moment) -> Answer {
        let every = self.context.timing.look_every;
        self.part.stage = Stage::Carried {
            item,
            due,
            look_at: self.can_be_asked().then(|| self.now().plus(every)),
            missing_since: None,
        };
        Answer::Moved
    }

    pub(in crate::life::step) fn sent(&mut self) {
        self.part.was_handed_over = true;
        self.event(EventKind::PartSent, None, None);
    }

    /// Is written as the answer to the device's call.
    pub(in crate::life::step) fn deliver(&mut self) {
        self.effect(Effect::Deliver { part: self.part.id });
    }

    /// Nothing was written: it waits for its turn again.
    pub(in crate::life::step) fn wait(&mut self) -> Answer {
        self.part.stage = Stage::Waiting;
        Answer::Moved
    }

    /// Nothing was written: the pause is over still, and this was no try.
    pub(in crate::life::step) fn pause_on(&mut self) -> Answer {
        self.part.retries = self.part.retries.saturating_sub(1);
        self.part.stage = Stage::Pausing { until: self.now() };
        Answer::Moved
    }
}
