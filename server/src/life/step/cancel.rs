//! A caller cancels.
//!
//! What is stored decides, never a call to the carrier.

use crate::life::{Reason, Stage, Status, Why};

use super::{Answer, Mover, Scene};

/// Cancels the whole, or the only part.
pub(super) fn cancel(scene: &mut Scene<'_>, forced: bool) -> Answer {
    match scene.life.instruction {
        Some(instruction) => cancel_instruction(scene, instruction.cancel_asked, forced),
        None => cancel_only_part(scene, forced),
    }
}

fn cancel_instruction(scene: &mut Scene<'_>, is_asked: bool, forced: bool) -> Answer {
    match scene.life.status() {
        Status::Cancelled => return Answer::AlreadyCancelled,
        Status::Delivered | Status::Failed => return Answer::Ended,
        Status::Pending | Status::Executing | Status::SentToCarrier | Status::Retry => {}
    }
    if !(forced || is_asked || scene.any(can_be_stopped)) {
        return Answer::InFlight;
    }
    scene.ask_to_cancel();
    scene.each(|it| stop(it, forced));
    if scene.life.is_ended() {
        Answer::Cancelled
    } else {
        Answer::CancelAccepted
    }
}

fn cancel_only_part(scene: &mut Scene<'_>, forced: bool) -> Answer {
    if scene.life.is_ended() {
        return if scene.any(is_cancelled) {
            Answer::AlreadyCancelled
        } else {
            Answer::Ended
        };
    }
    if !(forced || scene.any(can_be_stopped)) {
        return Answer::InFlight;
    }
    scene.each(|it| {
        if !matches!(
            it.part.stage,
            Stage::TakingBack {
                why: Why::Cancel,
                ..
            }
        ) {
            it.cancel_accepted();
        }
        stop(it, forced)
    });
    if scene.life.is_ended() {
        Answer::Cancelled
    } else {
        Answer::CancelAccepted
    }
}

/// As the document of the protocol shows it: MQTT says so of an eviction too.
fn is_cancelled(it: &mut Mover<'_>) -> bool {
    let spelled = |reason: Reason| reason.spelled(it.rules.protocol);
    it.part.failure.map(spelled) == Some(spelled(Reason::Cancelled))
}

fn can_be_stopped(it: &mut Mover<'_>) -> bool {
    match it.part.stage {
        Stage::Waiting
        | Stage::Pausing { .. }
        | Stage::Offered { .. }
        | Stage::TakingBack { .. } => true,
        Stage::Carried { .. } => it.takes_back(),
        Stage::Handing { .. } | Stage::Unknown { .. } | Stage::Ended { .. } => false,
    }
}

fn stop(it: &mut Mover<'_>, forced: bool) -> Answer {
    let takes_back = it.takes_back();
    it.part.cancel_asked |= !it.part.is_ended();
    match &mut it.part.stage {
        Stage::Waiting | Stage::Pausing { .. } | Stage::Offered { .. } => it.cancelled(),
        Stage::Handing { .. }
        | Stage::Unknown { .. }
        | Stage::Carried { .. }
        | Stage::TakingBack { .. }
            if forced =>
        {
            it.cancelled()
        }
        Stage::Carried { item, due, .. } if takes_back => {
            let (item, due) = (item.take(), *due);
            it.take_back(Why::Cancel, item, due)
        }
        Stage::TakingBack {
            why: why @ Why::Timeout,
            ..
        } => {
            *why = Why::Cancel;
            Answer::Moved
        }
        Stage::Handing { .. }
        | Stage::Unknown { .. }
        | Stage::Carried { .. }
        | Stage::TakingBack {
            why: Why::Cancel | Why::Eviction | Why::Success,
            ..
        }
        | Stage::Ended { .. } => Answer::Unchanged,
    }
}

/// A part of the instruction failed for good: what is not in flight is never sent.
pub(in crate::life) fn cancel_unsent(it: &mut Mover<'_>) -> Answer {
    match it.part.stage {
        Stage::Waiting | Stage::Pausing { .. } | Stage::Offered { .. } => it.cancelled(),
        Stage::Handing { .. }
        | Stage::Unknown { .. }
        | Stage::Carried { .. }
        | Stage::TakingBack { .. }
        | Stage::Ended { .. } => Answer::Unchanged,
    }
}
