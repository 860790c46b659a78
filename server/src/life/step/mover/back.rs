//! The moves of taking back.

use crate::clock::Moment;
use crate::life::{EventKind, Reason, Stage, Why};

use super::{Answer, Effect, Mover};

impl Mover<'_> {
    /// Is taken back, if its carrier can do that.
    pub(in crate::life::step) fn take_back(
        &mut self,
        why: Why,
        item: Option<String>,
        due: Moment,
    ) -> Answer {
        if !self.takes_back() {
            return self.not_taken_back(why, item, due);
        }
        self.part.stage = Stage::TakingBack {
            why,
            item,
            asked: false,
            deadline: self.deadline(),
            due,
        };
        self.call_take_back();
        Answer::Moved
    }

    pub(in crate::life::step) fn call_take_back(&mut self) {
        self.event(EventKind::TakingBack, None, None);
        self.effect(Effect::TakeBack {
            part: self.part.id,
            attempt: self.part.attempt,
        });
    }

    /// The carrier keeps it.
    pub(in crate::life::step) fn not_taken_back(
        &mut self,
        why: Why,
        item: Option<String>,
        due: Moment,
    ) -> Answer {
        let expires = self.context.abilities(self.rules.protocol).expires;
        match why {
            Why::Cancel => self.carry_on(item, due),
            Why::Timeout if expires => self.try_failed(Reason::Timeout, None),
            Why::Timeout => self.unknown(None),
            Why::Eviction => self.failed(Reason::Evicted, None),
            Why::Success => self.delivered(None),
        }
    }

    /// It is no longer with the carrier: it ends as was meant when it was to be taken back.
    pub(in crate::life::step) fn given_up(
        &mut self,
        why: Why,
        tried: Reason,
        detail: Option<&str>,
    ) -> Answer {
        match why {
            Why::Cancel => self.cancelled(),
            Why::Timeout => self.try_failed(tried, detail),
            Why::Eviction => self.failed(Reason::Evicted, None),
            Why::Success => self.delivered(None),
        }
    }

    /// The carrier's own name for it.
    pub(in crate::life::step) fn item(&mut self) -> Option<String> {
        match &mut self.part.stage {
            Stage::Carried { item, .. } | Stage::TakingBack { item, .. } => item.take(),
            Stage::Waiting
            | Stage::Pausing { .. }
            | Stage::Handing { .. }
            | Stage::Unknown { .. }
            | Stage::Offered { .. }
            | Stage::Ended { .. } => None,
        }
    }
}
