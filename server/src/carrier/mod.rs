//! Ways to devices.
//!
//! A carrier says what happened, never what follows from it: that is the machine's
//! ([`crate::life`]). Adding one is one file here, a section of the settings, and a line in
//! `service.rs`.

pub mod mqtt;
pub mod polling;
mod set;
mod simulated;

use std::fmt;

use downlink::instruction::DeviceId;
use downlink::message::Message;
use futures::future::BoxFuture;

use crate::clock::Moment;
use crate::id::PartId;
use crate::life::{Abilities, Asked, HandOver, Report, TakeBack};

pub use mqtt::MqttCarrier;
pub use set::{Carriers, NotConfigured};
pub use simulated::Simulated;

/// One message on its way to a device, as a carrier needs it.
#[derive(Clone, Debug)]
pub struct Parcel {
    /// The part.
    pub part: PartId,
    /// Which try; a report of the carrier names it again.
    pub attempt: u32,
    /// The device.
    pub device: DeviceId,
    /// What is sent.
    pub message: Message,
    /// When the part ends by itself: what is handed over says so, where the protocol can.
    pub expires_at: Moment,
    /// When the carrier must have answered.
    pub deadline: Moment,
}

/// An item that a carrier took before.
#[derive(Clone, Debug)]
pub struct Item {
    /// The part.
    pub part: PartId,
    /// Which try.
    pub attempt: u32,
    /// The device.
    pub device: DeviceId,
    /// The carrier's own name for it.
    pub name: Option<String>,
    /// When the carrier must have answered.
    pub deadline: Moment,
}

/// A report that a carrier heard by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// The part it names.
    pub part: PartId,
    /// The try it names.
    pub attempt: u32,
    /// What it says.
    pub report: Report,
}

/// A way to devices.
pub trait Carrier: fmt::Debug + Send + Sync {
    /// What it can do beside handing over.
    fn abilities(&self) -> Abilities;

    /// Whether it is simulated: nothing leaves the process.
    fn is_simulated(&self) -> bool {
        false
    }

    /// Whether only the process that handed an item over hears what becomes of it.
    fn forgets(&self) -> bool {
        false
    }

    /// Tries once to hand a message over. Its caller wrote that down before, and writes down what
    /// came of it.
    fn hand_over<'a>(&'a self, parcel: &'a Parcel) -> BoxFuture<'a, HandOver>;

    /// Takes an item out of the carrier's queue. Only asked of carriers whose
    /// [`Abilities::takes_back`] says so.
    fn take_back<'a>(&'a self, _item: &'a Item) -> BoxFuture<'a, TakeBack> {
        Box::pin(std::future::ready(TakeBack::Kept))
    }

    /// Asks whether the carrier has an item, after nobody knew.
    fn find<'a>(&'a self, _parcel: &'a Parcel) -> BoxFuture<'a, Asked> {
        Box::pin(std::future::ready(Asked::CannotTell))
    }
}
