//! A device that polls calls over HTTP.

use crate::life::{Call, EventKind, Protocol, Stage};

use super::{Answer, Mover};

const NOT_WHOLE: &str = "the answer was not written whole";

/// The device calls while the part is its line's head, or was answered.
pub(super) fn called(it: &mut Mover<'_>, call: Call) -> Answer {
    if it.rules.protocol != Protocol::Http {
        return Answer::CannotBe;
    }
    match (&it.part.stage, call) {
        (Stage::Offered { .. }, Call::Other | Call::Same) => answer(it),
        (Stage::Carried { .. }, Call::Other) => it.delivered(None),
        (Stage::Carried { .. }, Call::Same) => {
            it.deliver();
            it.note(EventKind::Resent, None)
        }
        (Stage::Offered { .. } | Stage::Carried { .. }, Call::Replayed)
        | (Stage::Ended { .. }, Call::Other | Call::Same | Call::Replayed) => Answer::Unchanged,
        (
            Stage::Waiting
            | Stage::Pausing { .. }
            | Stage::Handing { .. }
            | Stage::Unknown { .. }
            | Stage::TakingBack { .. },
            Call::Other | Call::Same | Call::Replayed,
        ) => Answer::CannotBe,
    }
}

/// The answer to the device's call was not written whole: it is offered again, and its timer goes
/// on.
pub(super) fn answer_broken(it: &mut Mover<'_>) -> Answer {
    match it.part.stage {
        Stage::Carried { due, .. } if it.rules.protocol == Protocol::Http => {
            it.note(EventKind::CarrierAway, Some(NOT_WHOLE));
            it.part.stage = Stage::Offered { due };
            Answer::Moved
        }
        Stage::Ended { .. } if it.rules.protocol == Protocol::Http => {
            it.note(EventKind::Report, Some(NOT_WHOLE))
        }
        Stage::Waiting
        | Stage::Pausing { .. }
        | Stage::Handing { .. }
        | Stage::Unknown { .. }
        | Stage::Offered { .. }
        | Stage::Carried { .. }
        | Stage::TakingBack { .. }
        | Stage::Ended { .. } => Answer::CannotBe,
    }
}

fn answer(it: &mut Mover<'_>) -> Answer {
    let due = it.feedback_due();
    it.deliver();
    if it.part.was_handed_over {
        it.note(EventKind::Resent, None);
        it.carry_on(None, due)
    } else {
        it.carried(None, due)
    }
}
