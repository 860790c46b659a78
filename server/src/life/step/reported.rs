//! A carrier reports by itself.

use crate::life::{EventKind, Protocol, Report, Stage, Why};

use super::{Answer, Mover};

/// A report that names a try: the present one, or an older one.
pub(super) fn reported(it: &mut Mover<'_>, attempt: u32, report: &Report) -> Answer {
    if attempt == 0 || attempt > it.part.attempt {
        return Answer::CannotBe;
    }
    let is_current = attempt == it.part.attempt;
    match report {
        Report::Delivered if is_current => delivered(it),
        Report::Delivered => delivered_before(it),
        Report::Failed { reason, detail } if is_current => match it.part.stage {
            Stage::Unknown { .. } | Stage::Carried { .. } => it.try_failed(*reason, Some(detail)),
            Stage::TakingBack { why, .. } => it.given_up(why, *reason, Some(detail)),
            Stage::Handing { .. } => Answer::Later,
            Stage::Pausing { .. } | Stage::Ended { .. } => note(it, report),
            Stage::Waiting | Stage::Offered { .. } => Answer::CannotBe,
        },
        Report::Failed { .. } => failed_before(it, report),
        Report::Lost { .. } => lost(it, is_current, report),
        Report::Progress { .. } => progress(it, is_current, report),
    }
}

fn delivered(it: &mut Mover<'_>) -> Answer {
    match it.part.stage {
        Stage::Pausing { .. } | Stage::Unknown { .. } | Stage::Carried { .. } => it.delivered(None),
        Stage::TakingBack { .. } => it.delivered(Some("before it could be taken back")),
        Stage::Handing { .. } => Answer::Later,
        Stage::Ended { .. } => note(it, &Report::Delivered),
        Stage::Waiting | Stage::Offered { .. } => Answer::CannotBe,
    }
}

/// An older try was delivered: the one that is out is not wanted any more.
fn delivered_before(it: &mut Mover<'_>) -> Answer {
    match &mut it.part.stage {
        Stage::Pausing { .. } => it.delivered(None),
        Stage::Handing { succeeded, .. } => {
            *succeeded = true;
            note(it, &Report::Delivered);
            Answer::Moved
        }
        Stage::Unknown { due, .. } => {
            let due = *due;
            let due = due.unwrap_or_else(|| it.deadline());
            it.take_back(Why::Success, None, due)
        }
        Stage::Carried { item, due, .. } => {
            let (item, due) = (item.take(), *due);
            it.take_back(Why::Success, item, due)
        }
        Stage::TakingBack {
            why: Why::Success, ..
        }
        | Stage::Ended { .. } => note(it, &Report::Delivered),
        Stage::TakingBack { why, .. } => {
            *why = Why::Success;
            note(it, &Report::Delivered);
            Answer::Moved
        }
        Stage::Waiting | Stage::Offered { .. } => Answer::CannotBe,
    }
}

/// A failure counts for the present try alone.
fn failed_before(it: &mut Mover<'_>, report: &Report) -> Answer {
    match it.part.stage {
        Stage::Pausing { .. }
        | Stage::Handing { .. }
        | Stage::Unknown { .. }
        | Stage::Carried { .. }
        | Stage::TakingBack { .. }
        | Stage::Ended { .. } => note(it, report),
        Stage::Waiting | Stage::Offered { .. } => Answer::CannotBe,
    }
}

/// Nothing more will be heard of a try: of the present one nobody knows.
fn lost(it: &mut Mover<'_>, is_current: bool, report: &Report) -> Answer {
    match it.part.stage {
        Stage::Handing { .. } if is_current => Answer::Later,
        Stage::Carried { due, .. } if is_current && it.rules.protocol != Protocol::Http => {
            note(it, report);
            it.unknown(Some(due))
        }
        Stage::Pausing { .. }
        | Stage::Handing { .. }
        | Stage::Unknown { .. }
        | Stage::Carried { .. }
        | Stage::TakingBack { .. }
        | Stage::Ended { .. } => note(it, report),
        Stage::Waiting | Stage::Offered { .. } => Answer::CannotBe,
    }
}

/// Something on the way. Of the present try it says that the carrier took it.
fn progress(it: &mut Mover<'_>, is_current: bool, report: &Report) -> Answer {
    match it.part.stage {
        Stage::Handing { .. } if is_current => Answer::Later,
        Stage::Unknown { due: Some(due), .. } if is_current => {
            note(it, report);
            it.carried(None, due);
            it.look_no_more();
            Answer::Moved
        }
        Stage::Carried { .. } if is_current => {
            it.look_no_more();
            note(it, report)
        }
        Stage::Pausing { .. }
        | Stage::Handing { .. }
        | Stage::Unknown { .. }
        | Stage::Carried { .. }
        | Stage::TakingBack { .. }
        | Stage::Ended { .. } => note(it, report),
        Stage::Waiting | Stage::Offered { .. } => Answer::CannotBe,
    }
}

fn note(it: &mut Mover<'_>, report: &Report) -> Answer {
    let detail = match report {
        Report::Delivered => "delivered",
        Report::Failed { detail, .. } | Report::Lost { detail } | Report::Progress { detail } => {
            detail
        }
    };
    it.note(EventKind::Report, Some(detail))
}
