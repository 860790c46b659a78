//! The line gives a part its turn.

use crate::life::{Before, Misfit, Protocol, Reason, Stage};

use super::{Answer, Mover};

/// It is handed over; over HTTP it becomes the head, and waits for its device to call.
pub(super) fn turn(it: &mut Mover<'_>, fit: &Result<(), Misfit>) -> Answer {
    match it.part.stage {
        Stage::Waiting => start(it, fit, Before::Waiting),
        Stage::Pausing { until } if it.is_over(until) => start(it, fit, Before::Pausing),
        Stage::Pausing { .. }
        | Stage::Handing { .. }
        | Stage::Unknown { .. }
        | Stage::Offered { .. }
        | Stage::Carried { .. }
        | Stage::TakingBack { .. }
        | Stage::Ended { .. } => Answer::CannotBe,
    }
}

/// Its carrier is away: no try, but the time counts.
pub(super) fn carrier_away(it: &mut Mover<'_>) -> Answer {
    match it.part.stage {
        Stage::Waiting | Stage::Pausing { .. } if it.part.first_turn.is_some() => Answer::Unchanged,
        Stage::Waiting | Stage::Pausing { .. } => {
            it.begin_turn();
            Answer::Moved
        }
        Stage::Handing { .. }
        | Stage::Unknown { .. }
        | Stage::Offered { .. }
        | Stage::Carried { .. }
        | Stage::TakingBack { .. }
        | Stage::Ended { .. } => Answer::CannotBe,
    }
}

fn start(it: &mut Mover<'_>, fit: &Result<(), Misfit>, from: Before) -> Answer {
    if it.gave_up() {
        return it.failed(Reason::Timeout, None);
    }
    match fit {
        Err(Misfit::TooLong(text)) if !it.part.was_handed_over => it.refused(text),
        Ok(()) | Err(_) if it.rules.protocol == Protocol::Http => it.offer(),
        Ok(()) | Err(_) => it.hand_over(from),
    }
}
