//! Devices, and what those sent that call by themselves.

use serde::{Deserialize, Serialize};

use crate::clock::Moment;
use crate::id::Client;

/// A device as it was imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Who owns it.
    pub client: Client,
    /// The canonical name, `urn:dev:…:`.
    pub id: String,
    /// Other names for it, canonical.
    pub aliases: Vec<String>,
    /// What `q` finds exactly.
    pub tags: Vec<String>,
    /// The id of its encoder.
    pub encoder: String,
    /// What the device file says of it, sealed, in base64.
    pub entry: String,
}

/// An encoder that devices are bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// The id of the encoder.
    pub encoder: String,
    /// How many devices there are.
    pub devices: u64,
    /// The first of them by name.
    pub first: String,
}

/// A body that a device sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Body {
    /// The digest by which it is known again.
    pub digest: [u8; 32],
    /// When it came.
    pub at: Moment,
    /// The newest time that it states, if it states one.
    pub newest: Option<Moment>,
}
