//! The device was removed, or has another client or carrier.

use crate::life::{Reason, Stage, Why};

use super::{Answer, Mover};

/// It ends before anything else goes to its device; what is with the carrier is taken back.
pub(super) fn device_gone(it: &mut Mover<'_>) -> Answer {
    match &mut it.part.stage {
        Stage::Waiting | Stage::Pausing { .. } | Stage::Unknown { .. } | Stage::Offered { .. } => {
            it.failed(Reason::Evicted, None)
        }
        Stage::Handing { evicted, .. } if !*evicted => {
            *evicted = true;
            Answer::Moved
        }
        Stage::Carried { item, due, .. } => {
            let (item, due) = (item.take(), *due);
            it.take_back(Why::Eviction, item, due)
        }
        Stage::TakingBack {
            why: why @ (Why::Cancel | Why::Timeout),
            ..
        } => {
            *why = Why::Eviction;
            Answer::Moved
        }
        Stage::Handing { .. }
        | Stage::TakingBack {
            why: Why::Eviction | Why::Success,
            ..
        }
        | Stage::Ended { .. } => Answer::Unchanged,
    }
}
