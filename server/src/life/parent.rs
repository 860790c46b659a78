//! An instruction as the function of its parts.

use super::step::{Scene, cancel_unsent};
use super::{EventKind, Life, Part, Stage, Status};
use crate::clock::Moment;

impl Life {
    /// The contract's status of an instruction: the first that holds.
    ///
    /// A part that was posted directly has [`Part::status`] instead.
    #[must_use]
    pub fn status(&self) -> Status {
        let is_quiet = !self.any(Part::is_in_flight);
        if self.parts.iter().all(Part::is_delivered) {
            Status::Delivered
        } else if is_quiet && self.instruction.is_some_and(|it| it.cancel_asked) {
            Status::Cancelled
        } else if is_quiet && self.any(Part::is_failed) {
            Status::Failed
        } else if self.any(is_pausing) {
            Status::Retry
        } else if self.parts.iter().all(is_handed_over) {
            Status::SentToCarrier
        } else if self.any(Part::is_started) {
            Status::Executing
        } else {
            Status::Pending
        }
    }

    /// Whether all its parts have ended.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        self.parts.iter().all(Part::is_ended)
    }

    fn any(&self, holds: impl Fn(&Part) -> bool) -> bool {
        self.parts.iter().any(holds)
    }
}

fn is_pausing(part: &Part) -> bool {
    matches!(part.stage, Stage::Pausing { .. })
}

fn is_handed_over(part: &Part) -> bool {
    match part.stage {
        Stage::Carried { .. } | Stage::TakingBack { .. } => true,
        Stage::Ended { .. } => part.is_delivered(),
        Stage::Waiting
        | Stage::Pausing { .. }
        | Stage::Handing { .. }
        | Stage::Unknown { .. }
        | Stage::Offered { .. } => false,
    }
}

/// What follows for the whole from what became of its parts.
pub(super) fn follow(before: &Life, scene: &mut Scene<'_>) {
    cancel_behind(scene);
    let now = scene.context.now;
    for (old, new) in before.parts.iter().zip(&mut scene.life.parts) {
        stamp(old, new, before, now);
    }
    if before.instruction.is_some() {
        follow_instruction(before, scene);
    } else if let Some(part) = scene.life.parts.first() {
        scene.life.modified_at = part.modified_at;
    }
}

/// Parts behind one that failed for good are never sent, nor is anything after a cancel.
fn cancel_behind(scene: &mut Scene<'_>) {
    if !scene.life.any(Part::is_failed) {
        return;
    }
    scene.each(cancel_unsent);
}

/// Only what the contract shows is a change: status and reason.
fn stamp(old: &Part, new: &mut Part, life: &Life, now: Moment) {
    let spelled = |part: &Part| part.failure.map(|it| it.spelled(life.protocol));
    if old.status() != new.status() || spelled(old) != spelled(new) {
        new.modified_at = now.max(old.modified_at);
    }
}

fn follow_instruction(before: &Life, scene: &mut Scene<'_>) {
    let now = scene.context.now;
    let (old, new) = (before.status(), scene.life.status());
    if !before.any(Part::is_started) && scene.life.any(Part::is_started) {
        scene.log.whole(now, EventKind::Started, None);
    }
    if old == new {
        return;
    }
    scene.life.modified_at = now.max(before.modified_at);
    match new {
        Status::Delivered => scene.log.whole(now, EventKind::Delivered, None),
        Status::Failed => failed(scene),
        Status::Pending
        | Status::Executing
        | Status::SentToCarrier
        | Status::Retry
        | Status::Cancelled => {}
    }
}

/// It was rejected, not failed, where the carrier's side refused a message for what it is before
/// any part was delivered.
fn failed(scene: &mut Scene<'_>) {
    let is_rejected = scene.log.refused && !scene.life.any(Part::is_delivered);
    let kind = if is_rejected {
        EventKind::Rejected
    } else {
        EventKind::Failed
    };
    let reason = scene
        .life
        .parts
        .iter()
        .find_map(|part| part.failure.filter(|_| part.is_failed()));
    let code = reason.map(|it| it.spelled(scene.life.protocol).to_owned());
    scene.log.whole(scene.context.now, kind, code);
}
