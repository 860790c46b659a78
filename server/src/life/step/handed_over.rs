//! A carrier answers what was handed over, or does not.

use crate::clock::Moment;
use crate::life::{Before, EventKind, HandOver, Reason, Stage, Why};

use super::{Answer, Mover};

/// What came of handing over.
pub(super) fn handed_over(it: &mut Mover<'_>, attempt: u32, outcome: &HandOver) -> Answer {
    if attempt == 0 || attempt > it.part.attempt {
        return Answer::CannotBe;
    }
    let is_current = attempt == it.part.attempt;
    match it.part.stage {
        Stage::Handing { .. } if is_current => returned(it, outcome),
        Stage::Unknown { due, .. } if is_current => late(it, due, outcome),
        Stage::Handing { .. } | Stage::Unknown { .. } => older(it, outcome),
        Stage::Pausing { .. } | Stage::Carried { .. } | Stage::TakingBack { .. } => {
            older(it, outcome)
        }
        Stage::Waiting | Stage::Offered { .. } => Answer::CannotBe,
        Stage::Ended { .. } => ended(it, outcome),
    }
}

/// No answer in time, or the process that called is gone.
pub(super) fn lost(it: &mut Mover<'_>) -> Answer {
    match it.part.stage {
        Stage::Handing {
            succeeded: true, ..
        } => it.delivered(None),
        Stage::Handing { evicted: true, .. } => it.failed(Reason::Evicted, None),
        Stage::Handing { from, .. } => {
            let due = due(it, from);
            it.unknown(Some(due))
        }
        Stage::Waiting
        | Stage::Pausing { .. }
        | Stage::Unknown { .. }
        | Stage::Offered { .. }
        | Stage::Carried { .. }
        | Stage::TakingBack { .. }
        | Stage::Ended { .. } => Answer::Unchanged,
    }
}

fn due(it: &Mover<'_>, from: Before) -> Moment {
    match from {
        Before::Waiting | Before::Pausing => it.feedback_due(),
        Before::Unknown { due } => due,
    }
}

fn returned(it: &mut Mover<'_>, outcome: &HandOver) -> Answer {
    it.call_is_over();
    match outcome {
        HandOver::Taken { item } => taken(it, item.as_deref()),
        HandOver::Unknown => lost(it),
        HandOver::Unavailable => not_taken(it, come_back),
        HandOver::Refused { for_good, detail } => {
            not_taken(it, |it| refused(it, *for_good, detail))
        }
    }
}

fn taken(it: &mut Mover<'_>, item: Option<&str>) -> Answer {
    let Stage::Handing {
        succeeded, evicted, ..
    } = it.part.stage
    else {
        return Answer::CannotBe;
    };
    let due = it.feedback_due();
    let answer = it.carried(item.map(str::to_owned), due);
    let why = if succeeded {
        Why::Success
    } else {
        Why::Eviction
    };
    if it.part.is_ended() || !(succeeded || evicted) {
        return answer;
    }
    it.take_back(why, item.map(str::to_owned), due)
}

/// What happened meanwhile decides first.
fn not_taken(it: &mut Mover<'_>, otherwise: impl Fn(&mut Mover<'_>) -> Answer) -> Answer {
    match it.part.stage {
        Stage::Handing {
            succeeded: true, ..
        } => it.delivered(None),
        Stage::Handing { evicted: true, .. } => it.failed(Reason::Evicted, None),
        Stage::Handing { .. }
        | Stage::Waiting
        | Stage::Pausing { .. }
        | Stage::Unknown { .. }
        | Stage::Offered { .. }
        | Stage::Carried { .. }
        | Stage::TakingBack { .. }
        | Stage::Ended { .. } => otherwise(it),
    }
}

/// Nothing was written: it is where it was before.
fn come_back(it: &mut Mover<'_>) -> Answer {
    let Stage::Handing { from, .. } = it.part.stage else {
        return Answer::CannotBe;
    };
    it.note(EventKind::CarrierAway, None);
    match from {
        Before::Waiting => it.wait(),
        Before::Pausing => it.pause_on(),
        Before::Unknown { due } => it.stay_unknown(due),
    }
}

fn refused(it: &mut Mover<'_>, for_good: bool, detail: &str) -> Answer {
    if for_good {
        it.refused(detail)
    } else {
        it.try_failed(Reason::NotEnqueued, Some(detail))
    }
}

/// The answer comes after it was given up.
fn late(it: &mut Mover<'_>, due: Option<Moment>, outcome: &HandOver) -> Answer {
    match outcome {
        HandOver::Taken { item } => match due {
            Some(due) => it.carried(item.clone(), due),
            None => older(it, outcome),
        },
        HandOver::Refused { for_good, detail } => refused(it, *for_good, detail),
        HandOver::Unavailable | HandOver::Unknown => Answer::Unchanged,
    }
}

/// The part does not hang on it any more.
fn older(it: &mut Mover<'_>, outcome: &HandOver) -> Answer {
    match outcome {
        HandOver::Taken { .. } => it.note(EventKind::Report, Some("the carrier took it")),
        HandOver::Unavailable | HandOver::Unknown => Answer::Unchanged,
        HandOver::Refused { .. } => Answer::CannotBe,
    }
}

fn ended(it: &mut Mover<'_>, outcome: &HandOver) -> Answer {
    it.release_line();
    match outcome {
        HandOver::Taken { .. } => it.note(EventKind::Report, Some("the carrier took it")),
        HandOver::Refused { detail, .. } => it.note(EventKind::Report, Some(detail)),
        HandOver::Unavailable => it.note(EventKind::CarrierAway, None),
        HandOver::Unknown => it.note(EventKind::Unknown, None),
    }
}
