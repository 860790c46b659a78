//! Devices: what the device file says of them for the engine and for this service.

mod import;
mod settings;
mod topics;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use downlink::directory::{Binding, DeviceEntry, DeviceFile};
use downlink::encoder::Encoder;
use downlink::error::First;

pub use import::{Imported, read_file};
pub use settings::{DeviceSettings, Replay, canonical};
pub use topics::TopicFilter;

use crate::seal::{SealedRow, Sealer};
use crate::store;

/// A stored device that no import wrote: a fault of the service.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the stored device {device} is broken: {detail}")]
pub struct BrokenDevice {
    /// Its canonical name.
    pub device: String,
    /// What is wrong with it.
    pub detail: String,
}

/// A topic on which no message may be published for a device.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "publishing on the topic `{}` is not allowed for this device",
    downlink::error::quote(topic)
)]
pub struct TopicNotAllowed {
    /// The topic.
    pub topic: String,
    /// The filters of the topics that may be used.
    pub allowed: Vec<String>,
}

/// A device that was found for its client.
#[derive(Clone, Debug)]
pub struct Known {
    name: String,
    binding: Binding,
    settings: DeviceSettings,
}

/// What is stored of a device: it may hold secrets, so it is sealed.
fn sealed(sealer: &Sealer, device: &str, entry: &str) -> String {
    STANDARD.encode(sealer.seal(SealedRow::Device(device), entry.as_bytes()))
}

fn opened(sealer: &Sealer, device: &store::Device) -> Option<String> {
    let bytes = STANDARD.decode(&device.entry).ok()?;
    let entry = sealer.open(SealedRow::Device(&device.id), &bytes).ok()?;
    String::from_utf8(entry).ok()
}

impl Known {
    /// Reads what was stored when the device was imported.
    ///
    /// # Errors
    ///
    /// An entry that was not written by an import.
    pub fn read(device: &store::Device, sealer: &Sealer) -> Result<Self, BrokenDevice> {
        let broken = |detail: &dyn std::fmt::Display| BrokenDevice {
            device: device.id.clone(),
            detail: detail.to_string(),
        };
        let entry = opened(sealer, device).ok_or_else(|| broken(&"it does not open"))?;
        let file = DeviceFile::read_toml(&entry, &mut First::default());
        let file = file.map_err(|error| broken(&error))?;
        let [entry] = &*file.devices else {
            return Err(broken(&"not one device"));
        };
        Self::of(entry).map_err(|error| broken(&error))
    }

    fn of(entry: &DeviceEntry) -> Result<Self, downlink::Error> {
        Ok(Self {
            name: entry.device.to_string(),
            binding: entry.binding.clone(),
            settings: DeviceSettings::read(&entry.extras, &mut First::default())?,
        })
    }

    /// The canonical name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the engine needs to know.
    #[must_use]
    pub fn binding(&self) -> &Binding {
        &self.binding
    }

    /// What only the service needs to know.
    #[must_use]
    pub fn settings(&self) -> &DeviceSettings {
        &self.settings
    }

    /// Whether a message for the device may be published on a topic: one that its settings name,
    /// else one that its encoder makes.
    ///
    /// # Errors
    ///
    /// Any other topic, so that nobody commands another one's device.
    pub fn check_topic(&self, topic: &str, encoder: &dyn Encoder) -> Result<(), TopicNotAllowed> {
        let own;
        let allowed = match &*self.settings.topics {
            [] => {
                own = topics::of_encoder(encoder, &self.binding);
                &own
            }
            configured => configured,
        };
        if allowed.iter().any(|filter| filter.takes(topic)) {
            return Ok(());
        }
        Err(TopicNotAllowed {
            topic: topic.to_owned(),
            allowed: allowed.iter().map(ToString::to_string).collect(),
        })
    }
}
