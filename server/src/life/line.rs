//! Which part of a line may go now.

use crate::clock::Moment;
use crate::id::PartId;

use super::{Life, Part, Stage};

/// The part that may have its turn now, of the open lives of a line in the order of acceptance.
///
/// Parts go out strictly in order: the first that has not gone is the only one that may. It may
/// not while it pauses, while another part of its life is in flight, or while as many are in
/// flight as the line takes: one, or `in_flight` where the protocol takes several. A part that has
/// ended while a call to the carrier was out counts as in flight until that is over.
#[must_use]
pub fn next(lives: &[&Life], in_flight: u32, now: Moment) -> Option<PartId> {
    let life = lives
        .iter()
        .find(|life| life.parts.iter().any(is_pending))?;
    let part = life.parts.iter().find(|part| is_pending(part))?;
    let busy = lives
        .iter()
        .flat_map(|life| &life.parts)
        .filter(|part| takes_slot(part, now));
    let is_free = busy.count() < slots(life, in_flight);
    let is_alone = !life.parts.iter().any(|part| takes_slot(part, now));
    (is_free && is_alone && is_ready(part, now)).then_some(part.id)
}

fn slots(life: &Life, in_flight: u32) -> usize {
    if !life.protocol.takes_several() {
        return 1;
    }
    usize::try_from(in_flight).unwrap_or(usize::MAX).max(1)
}

fn takes_slot(part: &Part, now: Moment) -> bool {
    match part.stage {
        Stage::Waiting | Stage::Pausing { .. } => false,
        Stage::Handing { .. }
        | Stage::Unknown { .. }
        | Stage::Offered { .. }
        | Stage::Carried { .. }
        | Stage::TakingBack { .. } => true,
        Stage::Ended { call_until, .. } => call_until.is_some_and(|until| until > now),
    }
}

fn is_pending(part: &Part) -> bool {
    matches!(part.stage, Stage::Waiting | Stage::Pausing { .. })
}

fn is_ready(part: &Part, now: Moment) -> bool {
    match part.stage {
        Stage::Waiting => true,
        Stage::Pausing { until } => until <= now,
        Stage::Handing { .. }
        | Stage::Unknown { .. }
        | Stage::Offered { .. }
        | Stage::Carried { .. }
        | Stage::TakingBack { .. }
        | Stage::Ended { .. } => false,
    }
}
