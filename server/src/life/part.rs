//! One message of a downlink, and how far it is.

use serde::{Deserialize, Serialize};

use crate::clock::Moment;
use crate::id::PartId;

use super::Reason;

/// One message of a downlink.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Identifies it in the resource of its protocol.
    pub id: PartId,
    /// What happens when nobody knows whether the carrier took it.
    pub on_unknown: OnUnknown,
    /// What ends it well.
    pub delivery: Delivery,
    /// How far it is.
    pub stage: Stage,
    /// The number of the last handing over, from 1; 0 before the first. Reports and answers name
    /// it. It grows also where nothing was written and where nobody knew.
    pub attempt: u32,
    /// Tries after the first that were counted (`retryCount`).
    pub retries: u32,
    /// Why the last try failed; once ended, why the part failed. Absent on success.
    pub failure: Option<Reason>,
    /// When the present try first had its turn: a carrier that is away counts from here.
    pub first_turn: Option<Moment>,
    /// Whether any try was handed over.
    pub was_handed_over: bool,
    /// Cancelling was accepted: no other try follows.
    pub cancel_asked: bool,
    /// When its status last changed.
    pub modified_at: Moment,
}

impl Part {
    /// The contract's status.
    #[must_use]
    pub fn status(&self) -> PartStatus {
        match self.stage {
            Stage::Waiting | Stage::Pausing { .. } => PartStatus::Pending,
            Stage::Handing { .. }
            | Stage::Unknown { .. }
            | Stage::Offered { .. }
            | Stage::Carried { .. }
            | Stage::TakingBack { .. } => PartStatus::Executing,
            Stage::Ended { .. } => PartStatus::Done,
        }
    }

    /// Whether it has ended, well or not.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        self.status() == PartStatus::Done
    }

    /// Whether it ended well.
    #[must_use]
    pub fn is_delivered(&self) -> bool {
        self.is_ended() && self.failure.is_none()
    }

    /// Whether it failed for good; a part that was cancelled counts.
    #[must_use]
    pub fn is_failed(&self) -> bool {
        self.is_ended() && self.failure.is_some()
    }

    /// Whether it left its line's queue and has not ended.
    #[must_use]
    pub fn is_in_flight(&self) -> bool {
        self.status() == PartStatus::Executing
    }

    /// Whether it had a turn.
    #[must_use]
    pub fn is_started(&self) -> bool {
        self.attempt > 0
    }
}

/// The contract's status of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PartStatus {
    /// It waits, or pauses before another try.
    Pending,
    /// It is being handed over, or with its carrier.
    Executing,
    /// It has ended.
    Done,
}

impl PartStatus {
    /// As the documents spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Executing => "EXECUTING",
            Self::Done => "DONE",
        }
    }
}

/// What happens when nobody knows whether the carrier took a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OnUnknown {
    /// It is handed over again: the device gets it at least once.
    Resend,
    /// It ends: the device gets it at most once.
    Fail,
}

/// What ends a part well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Delivery {
    /// The handing over: MQTT with quality of service 0, Digital Matter without a status URL.
    HandedOver,
    /// A report of the carrier; over HTTP the device's next call.
    Reported,
}

/// How far a part is, with all that is known only then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "stage",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Stage {
    /// Waits for its turn.
    Waiting,
    /// Waits before another try; keeps its place in the line.
    Pausing {
        /// When the next try is due.
        until: Moment,
    },
    /// Is being handed over.
    Handing {
        /// Where it returns to if nothing was written.
        from: Before,
        /// When the carrier must have answered.
        deadline: Moment,
        /// Its device was removed or moved meanwhile: it is taken back once the answer is there.
        evicted: bool,
        /// An older try succeeded meanwhile.
        succeeded: bool,
    },
    /// Nobody knows whether the carrier took it.
    Unknown {
        /// When it is decided without any further word.
        decide_at: Moment,
        /// Whether the carrier has answered what it was asked.
        asked: bool,
        /// When the feedback timeout ends it. Absent if it is over already: then it is not handed
        /// over once more, but the try has failed.
        due: Option<Moment>,
    },
    /// Waits for its device to call (HTTP).
    Offered {
        /// When the timeout ends it.
        due: Moment,
    },
    /// Is with the carrier; over HTTP, was answered.
    Carried {
        /// The carrier's own name for it.
        item: Option<String>,
        /// When the feedback timeout is over.
        due: Moment,
        /// When the carrier is asked whether it still has it.
        look_at: Option<Moment>,
        /// Since when it is missing from the carrier's queue.
        missing_since: Option<Moment>,
    },
    /// Is being taken back from the carrier.
    TakingBack {
        /// Why, which decides how it ends.
        why: Why,
        /// The carrier's own name for it.
        item: Option<String>,
        /// Whether the carrier was asked again after its answer was lost.
        asked: bool,
        /// When the carrier must have answered.
        deadline: Moment,
        /// When the feedback timeout is over.
        due: Moment,
    },
    /// Has ended; [`Part::failure`] says whether well.
    Ended {
        /// When.
        at: Moment,
        /// A call to the carrier was still out: the line waits for it no longer than this.
        call_until: Option<Moment>,
    },
}

/// Where a part was before it was handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Before {
    /// It waited for its first turn.
    Waiting,
    /// It paused before another try.
    Pausing,
    /// Nobody knew whether the carrier took it.
    Unknown {
        /// When the feedback timeout ends it.
        due: Moment,
    },
}

/// Why a part is taken back from its carrier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Why {
    /// The caller cancelled it.
    Cancel,
    /// Its feedback timeout is over.
    Timeout,
    /// Its device was removed, or has another client or carrier.
    Eviction,
    /// An older try succeeded: the one that is still out is not wanted.
    Success,
}
