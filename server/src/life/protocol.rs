//! The protocols that have a resource of their own.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How a part travels; each has a resource of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// LoRaWAN.
    Lora,
    /// MQTT.
    Mqtt,
    /// The short message service.
    Sms,
    /// Devices that poll over HTTP.
    Http,
    /// Digital Matter's Device Manager.
    DigitalMatter,
}

impl Protocol {
    /// Every protocol.
    pub const ALL: [Self; 5] = [
        Self::Lora,
        Self::Mqtt,
        Self::Sms,
        Self::Http,
        Self::DigitalMatter,
    ];

    /// The name in the store and in settings.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lora => "lora",
            Self::Mqtt => "mqtt",
            Self::Sms => "sms",
            Self::Http => "http",
            Self::DigitalMatter => "digital-matter",
        }
    }

    /// The protocol of this name, as [`Self::as_str`] gives it.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == name)
    }

    /// The path of its resource.
    #[must_use]
    pub fn resource(self) -> &'static str {
        match self {
            Self::Lora => "/lora/downlinks",
            Self::Mqtt => "/mqtt/downlinks",
            Self::Sms => "/sms/downlinks",
            Self::Http => "/http/downlinks",
            Self::DigitalMatter => "/digitalmatter/downlinks",
        }
    }

    /// Whether more than one downlink of a line may be in flight, where the device says so.
    #[must_use]
    pub fn takes_several(self) -> bool {
        matches!(self, Self::Mqtt | Self::Sms)
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
