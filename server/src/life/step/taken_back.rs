//! A carrier answers whether it gave an item back.

use crate::life::{EventKind, Reason, Stage, TakeBack};

use super::{Answer, Mover};

/// What came of taking it back.
pub(super) fn taken_back(it: &mut Mover<'_>, outcome: TakeBack) -> Answer {
    match it.part.stage {
        Stage::TakingBack { .. } => answered(it, outcome),
        Stage::Ended { .. } => {
            it.release_line();
            late(it, outcome)
        }
        Stage::Pausing { .. } | Stage::Unknown { .. } | Stage::Carried { .. } => late(it, outcome),
        Stage::Waiting | Stage::Handing { .. } | Stage::Offered { .. } => Answer::CannotBe,
    }
}

/// No answer in time, or the process that called is gone: once more, then it counts as kept.
pub(super) fn lost(it: &mut Mover<'_>) -> Answer {
    let deadline_again = it.deadline();
    match &mut it.part.stage {
        Stage::TakingBack { asked: true, .. } => kept(it),
        Stage::TakingBack {
            asked, deadline, ..
        } => {
            *asked = true;
            *deadline = deadline_again;
            if it.can_be_asked() {
                it.ask();
            } else {
                it.call_take_back();
            }
            Answer::Moved
        }
        Stage::Waiting
        | Stage::Pausing { .. }
        | Stage::Handing { .. }
        | Stage::Unknown { .. }
        | Stage::Offered { .. }
        | Stage::Carried { .. }
        | Stage::Ended { .. } => Answer::Unchanged,
    }
}

/// The carrier has it still: it is taken back once more.
pub(super) fn once_more(it: &mut Mover<'_>) -> Answer {
    let deadline_again = it.deadline();
    if let Stage::TakingBack { deadline, .. } = &mut it.part.stage {
        *deadline = deadline_again;
    }
    it.call_take_back();
    Answer::Moved
}

/// The carrier keeps it, or sent it already.
pub(super) fn kept(it: &mut Mover<'_>) -> Answer {
    let Stage::TakingBack { why, item, due, .. } = &mut it.part.stage else {
        return Answer::CannotBe;
    };
    let (why, item, due) = (*why, item.take(), *due);
    it.call_is_over();
    it.note(EventKind::Kept, None);
    it.not_taken_back(why, item, due)
}

/// The carrier no longer has it, and did not send it.
pub(super) fn gone(it: &mut Mover<'_>) -> Answer {
    let Stage::TakingBack { why, .. } = it.part.stage else {
        return Answer::CannotBe;
    };
    it.call_is_over();
    it.note(EventKind::TakenBack, None);
    it.given_up(why, Reason::Timeout, None)
}

fn answered(it: &mut Mover<'_>, outcome: TakeBack) -> Answer {
    match outcome {
        TakeBack::TakenBack => gone(it),
        TakeBack::Kept => kept(it),
        TakeBack::Unknown => lost(it),
    }
}

/// The part has moved on meanwhile.
fn late(it: &mut Mover<'_>, outcome: TakeBack) -> Answer {
    let kind = match outcome {
        TakeBack::TakenBack => EventKind::TakenBack,
        TakeBack::Kept => EventKind::Kept,
        TakeBack::Unknown => EventKind::Unknown,
    };
    it.note(kind, None)
}
