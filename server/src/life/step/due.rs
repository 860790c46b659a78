//! Something is due: a timeout, a wait, a call that nobody answered.

use crate::clock::Moment;
use crate::life::{Protocol, Reason, Stage, Why};

use super::{Answer, Mover, handed_over, taken_back};

/// What is due for a part now; nothing, if it is too soon.
pub(super) fn due(it: &mut Mover<'_>) -> Answer {
    match it.part.stage {
        Stage::Waiting | Stage::Pausing { .. } => pending(it),
        Stage::Handing { deadline, .. } if it.is_over(deadline) => handed_over::lost(it),
        Stage::Unknown { due: Some(due), .. } if it.is_over(due) => {
            it.failed(Reason::Timeout, None)
        }
        Stage::Unknown {
            decide_at,
            asked,
            due,
        } if it.is_over(decide_at) => unknown(it, asked, due),
        Stage::Offered { due } if it.is_over(due) => it.failed(Reason::Timeout, None),
        Stage::Carried { due, .. } if it.is_over(due) => no_feedback(it, due),
        Stage::Carried {
            look_at: Some(at), ..
        } if it.is_over(at) => it.look(),
        Stage::TakingBack {
            why, due, deadline, ..
        } => taking_back(it, why, due, deadline),
        Stage::Ended {
            call_until: Some(until),
            ..
        } if it.is_over(until) => it.release_line(),
        Stage::Handing { .. }
        | Stage::Unknown { .. }
        | Stage::Offered { .. }
        | Stage::Carried { .. }
        | Stage::Ended { .. } => Answer::Unchanged,
    }
}

fn pending(it: &mut Mover<'_>) -> Answer {
    let away_due = it.rules.terms.away_due(it.part);
    let away_too_long = away_due.is_some_and(|due| it.is_over(due));
    if it.rules.part_failed {
        it.cancelled()
    } else if it.gave_up() {
        it.failed(Reason::Timeout, None)
    } else if away_too_long {
        it.failed(
            Reason::NotEnqueued,
            Some("the carrier was away for too long"),
        )
    } else {
        Answer::Unchanged
    }
}

/// No answer came, or the wait is over. The carrier is asked again as long as a timeout bounds that.
fn unknown(it: &mut Mover<'_>, asked: bool, due: Option<Moment>) -> Answer {
    if asked || due.is_none() || !it.can_be_asked() {
        return it.decide(due);
    }
    it.ask_again()
}

fn no_feedback(it: &mut Mover<'_>, due: Moment) -> Answer {
    if it.rules.protocol == Protocol::Http {
        return it.delivered(Some("its device did not call again in time"));
    }
    let item = it.item();
    it.take_back(Why::Timeout, item, due)
}

fn taking_back(it: &mut Mover<'_>, why: Why, due: Moment, deadline: Moment) -> Answer {
    match why {
        Why::Cancel | Why::Eviction | Why::Success if it.is_over(due) => {
            it.given_up(why, Reason::Timeout, None)
        }
        Why::Cancel | Why::Eviction | Why::Success | Why::Timeout if it.is_over(deadline) => {
            taken_back::lost(it)
        }
        Why::Cancel | Why::Eviction | Why::Success | Why::Timeout => Answer::Unchanged,
    }
}
