//! What the store writes beside a life so that rows can be found: computed here, compared in SQL.

use crate::clock::Moment;
use crate::life::{Life, Part, Stage};

/// How many of its parts have not ended.
pub(crate) fn open_parts(life: &Life) -> usize {
    life.parts.iter().filter(|part| !part.is_ended()).count()
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
