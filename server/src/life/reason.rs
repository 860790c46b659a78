//! Why a part failed, and how the document of its protocol spells that.

use serde::{Deserialize, Serialize};

use super::Protocol;

/// Why a try or a part failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Reason {
    /// The caller called it back.
    Cancelled,
    /// No feedback came in time; over HTTP, nobody asked in time.
    Timeout,
    /// The carrier did not take it.
    NotEnqueued,
    /// The carrier took it and could not transmit it.
    NotTransmitted,
    /// The device did not acknowledge it (LoRaWAN).
    NotAcknowledged,
    /// It disappeared from the carrier's queue, or its device was removed.
    Evicted,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 6] = [
        Self::Cancelled,
        Self::Timeout,
        Self::NotEnqueued,
        Self::NotTransmitted,
        Self::NotAcknowledged,
        Self::Evicted,
    ];

    /// As the document of the protocol spells it.
    ///
    /// The documents differ: MQTT has no eviction, only LoRaWAN an acknowledgement by the device,
    /// and HTTP neither queues nor transmits. The nearest value of the document stands for those.
    #[must_use]
    pub fn spelled(self, protocol: Protocol) -> &'static str {
        match (self, protocol) {
            (Self::Cancelled, _) | (Self::Evicted, Protocol::Mqtt) => "CANCELLED",
            (Self::Evicted, _) => "EVICTED",
            (
                Self::Timeout | Self::NotEnqueued | Self::NotTransmitted | Self::NotAcknowledged,
                Protocol::Http,
            ) => "TIMEOUT",
            (Self::Timeout, _) => "FEEDBACK_TIMEOUT",
            (Self::NotAcknowledged, Protocol::Lora) => "NOT_ACKNOWLEDGED_BY_DEVICE",
            (Self::NotEnqueued, Protocol::Lora | Protocol::DigitalMatter) => {
                "FAILED_TO_ENQUEUE_FOR_TRANSMISSION"
            }
            (Self::NotEnqueued, Protocol::Sms) => "FAILURE_TO_ENQUEUE_FOR_TRANSMISSION",
            (Self::NotTransmitted | Self::NotAcknowledged, Protocol::Sms) => {
                "FAILURE_TO_TRANSMIT_TO_DEVICE"
            }
            (Self::NotEnqueued, Protocol::Mqtt)
            | (Self::NotTransmitted | Self::NotAcknowledged, _) => "FAILED_TO_TRANSMIT_TO_DEVICE",
        }
    }
}
