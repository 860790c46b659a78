//! `[mqtt]`: the broker of the MQTT devices.

use std::num::{NonZeroU16, NonZeroU32};

use super::secret::SecretSource;
use super::section::Section;
use super::url::BrokerUrl;

/// The broker of the MQTT devices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mqtt {
    /// Where it is; without it, downlinks for MQTT devices are refused.
    pub url: Option<BrokerUrl>,
    /// What it knows this process by; each process needs its own (MQTT 3.1.1 §3.1.4).
    pub client_id: String,
    /// Who connects.
    pub login: Option<Login>,
    /// Messages that it has not acknowledged yet.
    pub window: NonZeroU16,
    /// Bytes of the largest packet that it takes.
    pub largest_packet: NonZeroU32,
}

/// Who connects to a broker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// The user name.
    pub username: String,
    /// The password.
    pub password: Option<SecretSource>,
}

impl Default for Mqtt {
    fn default() -> Self {
        Self {
            url: None,
            client_id: "downlinkd".to_owned(),
            login: None,
            window: const { NonZeroU16::new(64).unwrap() },
            largest_packet: const { NonZeroU32::new(256 * 1024).unwrap() },
        }
    }
}

impl Mqtt {
    pub(super) fn read(section: &mut Section<'_, '_>) -> Self {
        let default = Self::default();
        Self {
            url: section.optional("url"),
            client_id: section.or("client_id", default.client_id),
            login: Login::read(section),
            window: section.or("window", default.window),
            largest_packet: section.or("largest_packet", default.largest_packet),
        }
    }
}

impl Login {
    /// MQTT 3.1.1 has no password without a user name (§3.1.2.9).
    fn read(section: &mut Section<'_, '_>) -> Option<Self> {
        let username = section.optional("username");
        let password = SecretSource::read_keys(section, "password", "password_file");
        if password.is_some() && !section.has("username") {
            section.missing("username");
        }
        username.map(|username| Self { username, password })
    }
}
