//! What the verbs are made of: the moves of one part.

mod back;
mod end;
mod hand;
mod unknown;

use crate::clock::Moment;
use crate::life::{Context, Event, EventKind, Life, Part, Protocol, Reason, Terms};

use super::{Answer, Effect, Log};

/// What a part must know of its life.
#[derive(Clone, Copy, Debug)]
pub(in crate::life) struct Rules {
    pub(super) protocol: Protocol,
    pub(super) terms: Terms,
    /// A part of it failed for good: no other is to be sent.
    pub(super) part_failed: bool,
}

impl Rules {
    pub(in crate::life) fn of(life: &Life) -> Self {
        Self {
            protocol: life.protocol,
            terms: life.terms,
            part_failed: life.parts.iter().any(Part::is_failed),
        }
    }
}

/// One part, while something happens to it.
#[derive(Debug)]
pub(in crate::life) struct Mover<'a> {
    pub(super) part: &'a mut Part,
    pub(super) rules: Rules,
    pub(super) context: &'a Context,
    log: &'a mut Log,
    call_is_over: bool,
}

impl<'a> Mover<'a> {
    pub(in crate::life) fn new(
        part: &'a mut Part,
        rules: Rules,
        context: &'a Context,
        log: &'a mut Log,
    ) -> Self {
        Self {
            part,
            rules,
            context,
            log,
            call_is_over: false,
        }
    }

    pub(super) fn now(&self) -> Moment {
        self.context.now
    }

    /// Whether it was never handed over, and is not to be any more.
    pub(super) fn gave_up(&self) -> bool {
        !self.part.was_handed_over && self.is_over(self.rules.terms.give_up_at)
    }

    pub(super) fn is_over(&self, moment: Moment) -> bool {
        moment <= self.context.now
    }

    /// The call to the carrier has been answered: the line need not wait for it.
    pub(super) fn call_is_over(&mut self) {
        self.call_is_over = true;
    }

    pub(super) fn takes_back(&self) -> bool {
        self.context.abilities(self.rules.protocol).takes_back
    }

    pub(super) fn can_be_asked(&self) -> bool {
        self.context.abilities(self.rules.protocol).can_be_asked
    }

    /// When a call that starts now must be answered.
    pub(super) fn deadline(&self) -> Moment {
        self.now().plus(self.context.timing.call)
    }

    /// When the feedback timeout is over that starts now.
    pub(super) fn feedback_due(&self) -> Moment {
        self.now().plus(self.rules.terms.feedback_timeout)
    }

    fn event(&mut self, kind: EventKind, error_code: Option<String>, detail: Option<&str>) {
        self.log.events.push(Event {
            at: self.now(),
            part: Some(self.part.id),
            kind,
            error_code,
            detail: detail.map(str::to_owned),
        });
    }

    fn effect(&mut self, effect: Effect) {
        self.log.effects.push(effect);
    }

    /// Stands in the history.
    pub(super) fn note(&mut self, kind: EventKind, detail: Option<&str>) -> Answer {
        self.event(kind, None, detail);
        Answer::Noted
    }

    pub(super) fn cancel_accepted(&mut self) {
        let code = Reason::Cancelled.spelled(self.rules.protocol);
        self.event(EventKind::CancelAccepted, Some(code.to_owned()), None);
    }
}
