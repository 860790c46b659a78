//! All that can happen to a downlink.

use serde::{Deserialize, Serialize};

use crate::id::PartId;

use super::Reason;

/// What a carrier can do beside handing over; the machine asks for nothing else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Abilities {
    /// It takes an item out of its queue.
    pub takes_back: bool,
    /// It says whether it has an item.
    pub can_be_asked: bool,
    /// It drops an item by itself when the feedback timeout is over.
    pub expires: bool,
}

/// Something that happens to a downlink.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// The line gives a part its turn; over HTTP it becomes the head.
    Turn {
        /// The part whose turn it is.
        part: PartId,
        /// What the second look before the first handing over found.
        fit: Result<(), Misfit>,
    },
    /// A part would have its turn, but its carrier is away and rests: nothing is tried.
    CarrierAway {
        /// The part whose turn it is.
        part: PartId,
    },
    /// What came of handing over.
    HandedOver {
        /// The part that was handed over.
        part: PartId,
        /// Which try.
        attempt: u32,
        /// What came of it.
        outcome: HandOver,
    },
    /// The process that handed a part over, or took it back, is gone.
    Abandoned,
    /// Something may be due: a pause, a timeout, a wait.
    Due,
    /// What the carrier says when asked whether it has an item.
    Asked {
        /// The part it was asked about.
        part: PartId,
        /// What it says.
        answer: Asked,
    },
    /// A report of the carrier.
    Reported {
        /// The part it names.
        part: PartId,
        /// The try it names.
        attempt: u32,
        /// What it says.
        report: Report,
    },
    /// A caller cancels it: the whole, or the only part.
    Cancel {
        /// End it here, whatever the carrier does.
        forced: bool,
    },
    /// What came of taking a part back.
    TakenBack {
        /// The part that was taken back.
        part: PartId,
        /// What came of it.
        outcome: TakeBack,
    },
    /// The device calls over HTTP while the part is its line's head, or was answered.
    Called {
        /// The part at the head.
        part: PartId,
        /// How the call relates to the one before.
        call: Call,
    },
    /// The answer to a device's call was not written whole.
    AnswerBroken {
        /// The part that was answered.
        part: PartId,
    },
    /// The device was removed, or has another client or carrier.
    DeviceGone,
}

/// What came of handing over one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HandOver {
    /// The carrier took it.
    Taken {
        /// The carrier's own name for it.
        item: Option<String>,
    },
    /// The carrier is not there, throttles or is full, and nothing was written: no try.
    Unavailable,
    /// The carrier refused this message.
    Refused {
        /// Another try cannot change it: size, address, authorization.
        for_good: bool,
        /// What the carrier said, for the log.
        detail: String,
    },
    /// Nobody knows: no answer in time, or the connection broke after writing.
    Unknown,
}

/// What a carrier says when asked whether it has an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// It has it.
    There {
        /// The carrier's own name for it.
        item: Option<String>,
    },
    /// It does not have it.
    NotThere,
    /// It cannot say.
    CannotTell,
}

/// What a carrier reports by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Report {
    /// Delivered: the last thing that the protocol can tell.
    Delivered,
    /// The try failed.
    Failed {
        /// Why.
        reason: Reason,
        /// What the carrier said, for the log.
        detail: String,
    },
    /// Nothing more will be heard of it: who would have heard is gone.
    Lost {
        /// Who is gone, for the log.
        detail: String,
    },
    /// Something on the way: transmitted but not acknowledged, one segment of several.
    Progress {
        /// What the carrier said, for the log.
        detail: String,
    },
}

/// What came of taking an item back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakeBack {
    /// The carrier no longer has it and did not send it.
    TakenBack,
    /// The carrier keeps it, or sent it already.
    Kept,
    /// No answer.
    Unknown,
}

/// How a device's call relates to the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// Another body: the device saw the answer to the one before.
    Other,
    /// The same body within a minute: the device saw no answer.
    Same,
    /// A body that was sent before: it changes nothing.
    Replayed,
}

/// Why a part may no longer be handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// The payload is longer than the device's network carries now; with the text of the finding.
    TooLong(String),
}
