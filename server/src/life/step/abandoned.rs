//! The process that spoke to a carrier is gone.

use crate::life::Stage;

use super::{Answer, Mover, handed_over, taken_back};

/// What was being handed over is unknown; what was being taken back is asked for again.
pub(super) fn abandoned(it: &mut Mover<'_>) -> Answer {
    match it.part.stage {
        Stage::Handing { .. } => handed_over::lost(it),
        Stage::TakingBack { .. } => taken_back::lost(it),
        Stage::Waiting
        | Stage::Pausing { .. }
        | Stage::Unknown { .. }
        | Stage::Offered { .. }
        | Stage::Carried { .. }
        | Stage::Ended { .. } => Answer::Unchanged,
    }
}
