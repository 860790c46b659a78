//! What the store writes beside a life so that rows can be found: computed here, compared in SQL.

use crate::clock::Moment;
use crate::life::{Life, Part, Stage};

/// The status of an instruction, as the contract spells it.
pub(crate) fn status_of(life: &Life) -> &'static str {
    let cancelled = life.instruction.is_some_and(|it| it.cancel_asked);
    let in_flight = life.parts.iter().any(is_in_flight);
    if cancelled && !in_flight {
        "CANCELLED"
    } else if life.parts.iter().any(has_failed) && !in_flight {
        "FAILED"
    } else {
        status_of_progress(&life.parts)
    }
}

fn status_of_progress(parts: &[Part]) -> &'static str {
    if parts.iter().all(is_delivered) {
        "DELIVERED"
    } else if parts.iter().any(is_pausing) {
        "RETRY"
    } else if parts.iter().all(is_sent) {
        "SENT_TO_CARRIER"
    } else if parts.iter().any(|part| part.stage != Stage::Waiting) {
        "EXECUTING"
    } else {
        "PENDING"
    }
}

/// The status of a part, as the contract spells it.
pub(crate) fn status_of_part(part: &Part) -> &'static str {
    match part.stage {
        Stage::Waiting | Stage::Pausing { .. } => "PENDING",
        Stage::Handing { .. }
        | Stage::Unknown { .. }
        | Stage::Offered { .. }
        | Stage::Carried { .. }
        | Stage::TakingBack { .. } => "EXECUTING",
        Stage::Ended { .. } => "DONE",
    }
}

/// How many of its parts have not ended.
pub(crate) fn open_parts(life: &Life) -> usize {
    life.parts
        .iter()
        .filter(|part| ended_at(part).is_none())
        .count()
}

/// Whether its line has to look at it: a part has not ended, or a call to the carrier is still out.
pub(crate) fn is_in_line(life: &Life) -> bool {
    !life.terms.dry_run && life.parts.iter().any(holds_the_line)
}

/// When its last part ended; none while one is open.
pub(crate) fn ended(life: &Life) -> Option<Moment> {
    let moments: Option<Vec<Moment>> = life.parts.iter().map(ended_at).collect();
    moments?.into_iter().max()
}

fn ended_at(part: &Part) -> Option<Moment> {
    match part.stage {
        Stage::Ended { at, .. } => Some(at),
        _ => None,
    }
}

fn holds_the_line(part: &Part) -> bool {
    match part.stage {
        Stage::Ended { call_until, .. } => call_until.is_some(),
        _ => true,
    }
}

fn is_in_flight(part: &Part) -> bool {
    !matches!(
        part.stage,
        Stage::Waiting | Stage::Pausing { .. } | Stage::Offered { .. } | Stage::Ended { .. }
    )
}

fn is_pausing(part: &Part) -> bool {
    matches!(part.stage, Stage::Pausing { .. })
}

fn has_failed(part: &Part) -> bool {
    ended_at(part).is_some() && part.failure.is_some()
}

fn is_delivered(part: &Part) -> bool {
    ended_at(part).is_some() && part.failure.is_none()
}

fn is_sent(part: &Part) -> bool {
    matches!(part.stage, Stage::Carried { .. }) || is_delivered(part)
}
