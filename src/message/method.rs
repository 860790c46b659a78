//! What a caller asks of the protocol.

use super::Protocol;
use super::lora::FPort;
use super::mqtt::{ContentType, TopicName};

/// How a downlink is to be delivered, as far as the caller says.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Method {
    /// Over LoRaWAN.
    Lora {
        /// The port, where the device leaves the choice.
        f_port: Option<FPort>,
    },
    /// Over MQTT.
    Mqtt {
        /// The topic, where the device leaves the choice.
        topic: Option<TopicName>,
        /// The content type, where the device leaves the choice.
        content_type: Option<ContentType>,
    },
    /// As a text message.
    Sms,
    /// As the answer to a request of the device.
    Http,
}

impl Method {
    /// This protocol, and nothing else asked for.
    #[must_use]
    pub fn new(protocol: Protocol) -> Self {
        match protocol {
            Protocol::Lora => Self::Lora { f_port: None },
            Protocol::Mqtt => Self::Mqtt {
                topic: None,
                content_type: None,
            },
            Protocol::Sms => Self::Sms,
            Protocol::Http => Self::Http,
        }
    }

    /// The protocol.
    #[must_use]
    pub fn protocol(&self) -> Protocol {
        match self {
            Self::Lora { .. } => Protocol::Lora,
            Self::Mqtt { .. } => Protocol::Mqtt,
            Self::Sms => Protocol::Sms,
            Self::Http => Protocol::Http,
        }
    }
}
