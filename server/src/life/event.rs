//! What happened to a downlink, as it is kept.

use serde::{Deserialize, Serialize};

use crate::clock::Moment;
use crate::id::PartId;

/// One entry of the history of a part, or of the logs of an instruction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// When.
    pub at: Moment,
    /// The part it happened to; absent for what concerns the instruction alone.
    pub part: Option<PartId>,
    /// What happened.
    pub kind: EventKind,
    /// Why, if it failed: a failure reason as the document spells it, or a code.
    pub error_code: Option<String>,
    /// More, in words.
    pub detail: Option<String>,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum EventKind {
    /// The instruction was accepted (`DOWNLINK_ACCEPTED`).
    Accepted,
    /// Its first part started (`DOWNLINK_STARTED`).
    Started,
    /// A part was handed over (`DOWNLINK_PART_SENT`).
    PartSent,
    /// A part was delivered (`DOWNLINK_PART_DELIVERED`).
    PartDelivered,
    /// A part failed for good (`DOWNLINK_PART_FAILED`).
    PartFailed,
    /// All parts were delivered (`DOWNLINK_DELIVERED`).
    Delivered,
    /// The instruction failed (`DOWNLINK_FAILED`).
    Failed,
    /// The carrier's side refused a message for what it is (`DOWNLINK_REJECTED`).
    Rejected,
    /// Cancelling was accepted: a log entry without an event.
    CancelAccepted,
    /// A part was accepted: history only, as all that follow.
    PartAccepted,
    /// It became the head of its line, or is being handed over.
    Handing,
    /// A try failed, and another is due.
    TryFailed,
    /// The carrier was away: nothing was written, and it waits on.
    CarrierAway,
    /// Nobody knows whether the carrier took it.
    Unknown,
    /// It is handed over again, since nobody knew; over HTTP, since the device saw no answer.
    Resent,
    /// The carrier was asked about it.
    Asked,
    /// It is being taken back.
    TakingBack,
    /// It was taken back.
    TakenBack,
    /// The carrier kept it.
    Kept,
    /// A report that changes nothing: on the way, late, or of an older try.
    Report,
    /// It ended.
    Ended,
}

impl EventKind {
    /// The contract's name where it has one; of what stands in histories alone, a name like those.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Accepted => "DOWNLINK_ACCEPTED",
            Self::Started => "DOWNLINK_STARTED",
            Self::PartSent => "DOWNLINK_PART_SENT",
            Self::PartDelivered => "DOWNLINK_PART_DELIVERED",
            Self::PartFailed => "DOWNLINK_PART_FAILED",
            Self::Delivered => "DOWNLINK_DELIVERED",
            Self::Failed => "DOWNLINK_FAILED",
            Self::Rejected => "DOWNLINK_REJECTED",
            Self::CancelAccepted => "CANCEL_ACCEPTED",
            Self::PartAccepted => "PART_ACCEPTED",
            Self::Handing => "HANDING",
            Self::TryFailed => "TRY_FAILED",
            Self::CarrierAway => "CARRIER_AWAY",
            Self::Unknown => "UNKNOWN",
            Self::Resent => "RESENT",
            Self::Asked => "ASKED",
            Self::TakingBack => "TAKING_BACK",
            Self::TakenBack => "TAKEN_BACK",
            Self::Kept => "KEPT",
            Self::Report => "REPORT",
            Self::Ended => "ENDED",
        }
    }

    /// The contract's name; none for what stands in histories alone, and for a cancel.
    #[must_use]
    pub fn contract_name(self) -> Option<&'static str> {
        match self {
            Self::Accepted
            | Self::Started
            | Self::PartSent
            | Self::PartDelivered
            | Self::PartFailed
            | Self::Delivered
            | Self::Failed
            | Self::Rejected => Some(self.name()),
            Self::CancelAccepted
            | Self::PartAccepted
            | Self::Handing
            | Self::TryFailed
            | Self::CarrierAway
            | Self::Unknown
            | Self::Resent
            | Self::Asked
            | Self::TakingBack
            | Self::TakenBack
            | Self::Kept
            | Self::Report
            | Self::Ended => None,
        }
    }

    /// Whether it stands in the logs of the instruction.
    #[must_use]
    pub fn is_logged(self) -> bool {
        self.contract_name().is_some() || self == Self::CancelAccepted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_that_the_contract_names_has_that_name_in_histories_too() {
        for kind in [
            EventKind::Accepted,
            EventKind::Started,
            EventKind::PartSent,
            EventKind::PartDelivered,
            EventKind::PartFailed,
            EventKind::Delivered,
            EventKind::Failed,
            EventKind::Rejected,
        ] {
            assert_eq!(kind.contract_name(), Some(kind.name()));
        }
    }
}
