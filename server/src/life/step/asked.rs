//! A carrier says whether it has an item.

use crate::clock::Moment;
use crate::life::{Asked, EventKind, Reason, Stage};

use super::{Answer, Mover, taken_back};

/// What the carrier says when asked. The part may have moved on meanwhile.
pub(super) fn asked(it: &mut Mover<'_>, answer: &Asked) -> Answer {
    match it.part.stage {
        Stage::Unknown {
            asked: false, due, ..
        } => unknown(it, due, answer),
        Stage::Carried {
            look_at: Some(_),
            missing_since,
            ..
        } => carried(it, missing_since, answer),
        Stage::TakingBack { asked: true, .. } => taking_back(it, answer),
        Stage::Unknown { asked: true, .. }
        | Stage::Carried { look_at: None, .. }
        | Stage::TakingBack { asked: false, .. }
        | Stage::Pausing { .. }
        | Stage::Handing { .. }
        | Stage::Ended { .. } => Answer::Unchanged,
        Stage::Waiting | Stage::Offered { .. } => Answer::CannotBe,
    }
}

fn unknown(it: &mut Mover<'_>, due: Option<Moment>, answer: &Asked) -> Answer {
    match answer {
        Asked::There { item } => it.found(item.clone(), due),
        Asked::NotThere => {
            let wait = it.now().plus(it.context.timing.report_wait);
            it.decide_at(wait)
        }
        Asked::CannotTell => {
            let wait = it.resend_at(due);
            it.decide_at(wait)
        }
    }
}

/// Missing twice, some time apart, and no report: it is lost.
fn carried(it: &mut Mover<'_>, since: Option<Moment>, answer: &Asked) -> Answer {
    let apart = it.context.timing.report_wait;
    match (answer, since) {
        (Asked::There { .. }, None) | (Asked::CannotTell, _) => Answer::Unchanged,
        (Asked::There { .. }, Some(_)) => it.is_missing(None),
        (Asked::NotThere, None) => it.is_missing(Some(it.now())),
        (Asked::NotThere, Some(since)) if it.now().since(since) < apart => Answer::Unchanged,
        (Asked::NotThere, Some(_)) => it.failed(Reason::Evicted, Some("gone from the queue")),
    }
}

fn taking_back(it: &mut Mover<'_>, answer: &Asked) -> Answer {
    it.note(EventKind::Asked, None);
    match answer {
        Asked::There { .. } => taken_back::once_more(it),
        Asked::NotThere => taken_back::gone(it),
        Asked::CannotTell => taken_back::kept(it),
    }
}
