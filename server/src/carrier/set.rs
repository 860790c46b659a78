//! Which carrier serves which protocol.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Carrier;
use crate::life::Protocol;

/// The carriers of this process.
#[derive(Debug, Default)]
pub struct Carriers(BTreeMap<Protocol, Arc<dyn Carrier>>);

/// No carrier serves a protocol, since a setting is missing (`carrier/not-configured`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no carrier for {protocol} is configured: `{setting}` is missing")]
pub struct NotConfigured {
    /// The protocol.
    pub protocol: Protocol,
    /// The setting that is missing.
    pub setting: &'static str,
}

impl Carriers {
    /// Serves a protocol with a carrier.
    #[must_use]
    pub fn with(mut self, protocol: Protocol, carrier: Arc<dyn Carrier>) -> Self {
        self.0.insert(protocol, carrier);
        self
    }

    /// The carrier of a protocol; none where devices fetch their messages themselves, or where
    /// none is configured.
    #[must_use]
    pub fn of(&self, protocol: Protocol) -> Option<&Arc<dyn Carrier>> {
        self.0.get(&protocol)
    }

    /// Whether downlinks of a protocol may be accepted.
    pub fn check(&self, protocol: Protocol) -> Result<(), NotConfigured> {
        match setting_of(protocol) {
            Some(setting) if !self.0.contains_key(&protocol) => {
                Err(NotConfigured { protocol, setting })
            }
            _ => Ok(()),
        }
    }

    /// Every carrier, by protocol.
    pub fn iter(&self) -> impl Iterator<Item = (Protocol, &Arc<dyn Carrier>)> {
        self.0
            .iter()
            .map(|(protocol, carrier)| (*protocol, carrier))
    }
}

/// The setting without which a protocol has no carrier. Devices that poll over HTTP need none.
fn setting_of(protocol: Protocol) -> Option<&'static str> {
    match protocol {
        Protocol::Lora => Some("lora.server"),
        Protocol::Mqtt => Some("mqtt.url"),
        Protocol::Sms => Some("sms.host"),
        Protocol::Http => None,
        Protocol::DigitalMatter => Some("digital_matter.url"),
    }
}
