//! The ends of a try, and of a part.

use crate::clock::Moment;
use crate::life::{EventKind, Protocol, Reason, Stage, pause};

use super::{Answer, Mover};

impl Mover<'_> {
    /// A try failed: another follows while there are any left.
    pub(in crate::life::step) fn try_failed(
        &mut self,
        reason: Reason,
        detail: Option<&str>,
    ) -> Answer {
        if reason == Reason::Evicted || !self.has_tries_left() {
            self.failed(reason, detail)
        } else if self.part.cancel_asked {
            self.cancelled()
        } else if self.rules.part_failed {
            self.failed(reason, detail)
        } else {
            self.pause(reason, detail)
        }
    }

    fn has_tries_left(&self) -> bool {
        self.rules.protocol != Protocol::Http && self.part.retries < self.rules.terms.retry_limit
    }

    fn pause(&mut self, reason: Reason, detail: Option<&str>) -> Answer {
        let tries = self.part.retries.saturating_add(1);
        let pause = pause(self.part.id, tries, &self.context.timing);
        let until = self.now().plus(pause);
        self.part.stage = Stage::Pausing {
            until: self.call_out().map_or(until, |call| until.max(call)),
        };
        self.part.failure = Some(reason);
        self.part.first_turn = None;
        let code = reason.spelled(self.rules.protocol);
        self.event(EventKind::TryFailed, Some(code.to_owned()), detail);
        Answer::Moved
    }

    /// Ends well.
    pub(in crate::life::step) fn delivered(&mut self, detail: Option<&str>) -> Answer {
        if !self.part.was_handed_over {
            self.sent();
        }
        self.end(None);
        self.event(EventKind::PartDelivered, None, detail);
        Answer::Moved
    }

    /// Fails for good.
    pub(in crate::life::step) fn failed(&mut self, reason: Reason, detail: Option<&str>) -> Answer {
        self.end(Some(reason));
        let code = reason.spelled(self.rules.protocol);
        self.event(EventKind::PartFailed, Some(code.to_owned()), detail);
        Answer::Moved
    }

    /// Fails for good, since the carrier's side refused the message for what it is.
    pub(in crate::life::step) fn refused(&mut self, detail: &str) -> Answer {
        self.log.refused = true;
        self.failed(Reason::NotEnqueued, Some(detail))
    }

    /// Ends unsent, or is not wanted any more.
    pub(in crate::life::step) fn cancelled(&mut self) -> Answer {
        self.end(Some(Reason::Cancelled));
        let code = Reason::Cancelled.spelled(self.rules.protocol);
        self.event(EventKind::Ended, Some(code.to_owned()), None);
        Answer::Moved
    }

    fn end(&mut self, failure: Option<Reason>) {
        self.part.stage = Stage::Ended {
            at: self.now(),
            call_until: self.call_out(),
        };
        self.part.failure = failure;
    }

    /// Until when a call to the carrier is out that may still move what is in its queue.
    fn call_out(&self) -> Option<Moment> {
        match self.part.stage {
            Stage::Handing { deadline, .. } | Stage::TakingBack { deadline, .. } => {
                Some(deadline).filter(|it| !self.call_is_over && !self.is_over(*it))
            }
            Stage::Waiting
            | Stage::Pausing { .. }
            | Stage::Unknown { .. }
            | Stage::Offered { .. }
            | Stage::Carried { .. }
            | Stage::Ended { .. } => None,
        }
    }

    /// The call that the line waited for is over.
    pub(in crate::life::step) fn release_line(&mut self) -> Answer {
        if let Stage::Ended { call_until, .. } = &mut self.part.stage {
            *call_until = None;
        }
        Answer::Moved
    }
}
