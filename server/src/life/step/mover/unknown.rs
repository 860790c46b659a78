//! The moves of a part of which nobody knows whether its carrier took it, or has it still.

use crate::clock::Moment;
use crate::life::{Before, EventKind, OnUnknown, Reason, Stage, pause};

use super::{Answer, Effect, Mover};

impl Mover<'_> {
    /// Nobody knows whether the carrier took it.
    pub(in crate::life::step) fn unknown(&mut self, due: Option<Moment>) -> Answer {
        let ask = self.can_be_asked();
        self.part.stage = Stage::Unknown {
            decide_at: if ask {
                self.deadline()
            } else {
                self.resend_at(due)
            },
            asked: !ask,
            due,
        };
        self.event(EventKind::Unknown, None, None);
        if ask {
            self.ask();
        }
        Answer::Moved
    }

    pub(in crate::life::step) fn ask(&mut self) {
        self.event(EventKind::Asked, None, None);
        self.effect(Effect::Ask { part: self.part.id });
    }

    /// When it is handed over again: at once after the first try, after growing pauses then, so
    /// that a carrier that breaks every call is not flooded.
    pub(in crate::life::step) fn resend_at(&self, due: Option<Moment>) -> Moment {
        match (self.part.on_unknown, due) {
            (OnUnknown::Resend, Some(_)) if self.part.attempt > 1 => {
                let tries = self.part.attempt - 1;
                self.now()
                    .plus(pause(self.part.id, tries, &self.context.timing))
            }
            (OnUnknown::Resend | OnUnknown::Fail, _) => self.now(),
        }
    }

    /// What `on_unknown` says; after the feedback timeout, it says whether there may be another
    /// try.
    pub(in crate::life::step) fn decide(&mut self, due: Option<Moment>) -> Answer {
        match (self.part.on_unknown, due) {
            (OnUnknown::Fail, _) => self.failed(Reason::Timeout, None),
            (OnUnknown::Resend, None) => self.try_failed(Reason::Timeout, None),
            (OnUnknown::Resend, Some(_)) if self.part.cancel_asked => self.cancelled(),
            (OnUnknown::Resend, Some(_)) if self.rules.part_failed => {
                self.failed(Reason::Timeout, None)
            }
            (OnUnknown::Resend, Some(due)) => self.hand_over(Before::Unknown { due }),
        }
    }

    /// Nothing was written once more: nobody knows of the try before.
    pub(in crate::life::step) fn stay_unknown(&mut self, due: Moment) -> Answer {
        self.part.stage = Stage::Unknown {
            decide_at: self.resend_at(Some(due)),
            asked: true,
            due: Some(due),
        };
        Answer::Moved
    }

    /// The carrier has answered, and cannot settle it.
    pub(in crate::life::step) fn decide_at(&mut self, moment: Moment) -> Answer {
        if let Stage::Unknown {
            decide_at, asked, ..
        } = &mut self.part.stage
        {
            *decide_at = moment;
            *asked = true;
        }
        Answer::Moved
    }

    /// The carrier has it. After the feedback timeout nothing more is expected of it, and a
    /// second one beside it would be a double for certain.
    pub(in crate::life::step) fn found(
        &mut self,
        item: Option<String>,
        due: Option<Moment>,
    ) -> Answer {
        match due {
            Some(due) => self.carried(item, due),
            None => self.failed(Reason::Timeout, None),
        }
    }

    /// No answer came: the carrier is asked again.
    pub(in crate::life::step) fn ask_again(&mut self) -> Answer {
        let deadline = self.deadline();
        if let Stage::Unknown { decide_at, .. } = &mut self.part.stage {
            *decide_at = deadline;
        }
        self.ask();
        Answer::Moved
    }

    /// Asks whether the carrier still has what it took. It is asked often: no entry in the history.
    pub(in crate::life::step) fn look(&mut self) -> Answer {
        let next = self.now().plus(self.context.timing.look_every);
        if let Stage::Carried { look_at, .. } = &mut self.part.stage {
            *look_at = Some(next);
        }
        self.effect(Effect::Ask { part: self.part.id });
        Answer::Moved
    }

    /// It left the carrier's queue as it should: it is not looked for any more.
    pub(in crate::life::step) fn look_no_more(&mut self) {
        if let Stage::Carried {
            look_at,
            missing_since,
            ..
        } = &mut self.part.stage
        {
            *look_at = None;
            *missing_since = None;
        }
    }

    /// The carrier has it, or it is missing since then and is looked for soon.
    pub(in crate::life::step) fn is_missing(&mut self, since: Option<Moment>) -> Answer {
        let timing = self.context.timing;
        let wait = since.map_or(timing.look_every, |_| timing.report_wait);
        let next = self.now().plus(wait);
        if let Stage::Carried {
            look_at,
            missing_since,
            ..
        } = &mut self.part.stage
        {
            *look_at = Some(next);
            *missing_since = since;
        }
        self.note(EventKind::Asked, None);
        Answer::Moved
    }
}
