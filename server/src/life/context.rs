//! What a step knows beside the life and the input.

use std::time::Duration;

use crate::clock::Moment;

use super::{Abilities, Protocol};

/// What a step knows beside the life and the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Context {
    /// What time it is.
    pub now: Moment,
    /// What the carrier of the device can do.
    pub abilities: Abilities,
    /// How long things take.
    pub timing: Timing,
}

impl Context {
    /// What the carrier can do. No carrier stands between us and a device that polls.
    pub(super) fn abilities(&self, protocol: Protocol) -> Abilities {
        match protocol {
            Protocol::Http => Abilities::default(),
            Protocol::Lora | Protocol::Mqtt | Protocol::Sms | Protocol::DigitalMatter => {
                self.abilities
            }
        }
    }
}

/// How long things take; settings without a minimum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// How long a carrier may take to answer a call.
    pub call: Duration,
    /// The longest pause before the second try.
    pub first_pause: Duration,
    /// The longest pause before any try.
    pub longest_pause: Duration,
    /// How long reports are waited for, after a carrier did not have an item.
    pub report_wait: Duration,
    /// How often a carrier is asked whether it still has an item.
    pub look_every: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            call: Duration::from_secs(8),
            first_pause: Duration::from_secs(10),
            longest_pause: Duration::from_hours(1),
            report_wait: Duration::from_mins(1),
            look_every: Duration::from_mins(10),
        }
    }
}
