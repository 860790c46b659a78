//! A downlink as it is accepted.

use crate::clock::Moment;
use crate::id::{DownlinkId, PartId};

use super::step::Log;
use super::{
    Delivery, Event, EventKind, Instruction, Life, OnUnknown, Part, Protocol, Stage, Terms,
};

/// A part that is to be accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewPart {
    /// Identifies it in the resource of its protocol.
    pub id: PartId,
    /// What happens when nobody knows whether the carrier took it.
    pub on_unknown: OnUnknown,
    /// What ends it well.
    pub delivery: Delivery,
}

impl Life {
    /// An instruction with its parts, at least one, in the order in which they go out; and what
    /// has happened to it so far.
    ///
    /// A dry run has ended delivered already.
    #[must_use]
    pub fn accept(
        id: DownlinkId,
        protocol: Protocol,
        terms: Terms,
        parts: &[NewPart],
        now: Moment,
    ) -> (Self, Vec<Event>) {
        let life = Self {
            id,
            protocol,
            terms,
            instruction: Some(Instruction::default()),
            parts: parts.iter().map(|part| part.accepted(now)).collect(),
            created_at: now,
            modified_at: now,
        };
        life.begin(now)
    }

    /// A part that was posted directly, and what has happened to it so far.
    ///
    /// A dry run has ended delivered already.
    #[must_use]
    pub fn accept_part(
        part: NewPart,
        protocol: Protocol,
        terms: Terms,
        now: Moment,
    ) -> (Self, Vec<Event>) {
        let life = Self {
            id: DownlinkId(part.id.0),
            protocol,
            terms,
            instruction: None,
            parts: vec![part.accepted(now)],
            created_at: now,
            modified_at: now,
        };
        life.begin(now)
    }

    /// The life as it was at its acceptance, with what had happened then.
    #[must_use]
    pub fn as_accepted(&self) -> (Self, Vec<Event>) {
        let parts = self.parts.iter().map(|part| NewPart {
            id: part.id,
            on_unknown: part.on_unknown,
            delivery: part.delivery,
        });
        let accepted = Self {
            instruction: self.instruction.map(|_| Instruction::default()),
            parts: parts.map(|part| part.accepted(self.created_at)).collect(),
            modified_at: self.created_at,
            ..self.clone()
        };
        accepted.begin(self.created_at)
    }

    fn begin(mut self, now: Moment) -> (Self, Vec<Event>) {
        let mut log = Log::default();
        if self.instruction.is_some() {
            log.whole(now, EventKind::Accepted, None);
        }
        for part in &self.parts {
            log.part(now, part.id, EventKind::PartAccepted);
        }
        if self.terms.dry_run {
            self.pretend(now, &mut log);
        }
        (self, log.events)
    }

    /// Nothing is sent; all is as if it had been, and well.
    fn pretend(&mut self, now: Moment, log: &mut Log) {
        if self.instruction.is_some() {
            log.whole(now, EventKind::Started, None);
        }
        for part in &mut self.parts {
            part.stage = Stage::Ended {
                at: now,
                call_until: None,
            };
            log.part(now, part.id, EventKind::PartSent);
            log.part(now, part.id, EventKind::PartDelivered);
        }
        if self.instruction.is_some() {
            log.whole(now, EventKind::Delivered, None);
        }
    }
}

impl NewPart {
    fn accepted(&self, now: Moment) -> Part {
        Part {
            id: self.id,
            on_unknown: self.on_unknown,
            delivery: self.delivery,
            stage: Stage::Waiting,
            attempt: 0,
            retries: 0,
            failure: None,
            first_turn: None,
            was_handed_over: false,
            cancel_asked: false,
            modified_at: now,
        }
    }
}
