//! One file for each thing that a caller may ask. Nothing here knows HTTP.

mod apply;
mod cancel;
mod count;
mod create;
mod device;
mod direct;
mod encoders;
mod encodings;
mod idempotency;
mod list;
mod message;
mod open;
mod poll;
mod preview;
mod protocol;
mod read;
mod recover;
mod refusal;
mod report;
mod terms;
mod view;

use std::sync::Arc;
use std::time::Duration;

use downlink::Engine;
use downlink::senml::UnixTime;
use tokio::sync::mpsc;

use crate::carrier::Carriers;
use crate::clock::{Clock, Moment};
use crate::id::{Ids, PartId};
use crate::life::Timing;
use crate::seal::Sealer;
use crate::store::Store;
use crate::wake::Wake;

pub(crate) use apply::{change, is_to_be_written};
pub(crate) use count::count;
pub use create::Created;
pub use device::{DeviceSummary, DeviceView, Devices, NotImported};
pub(crate) use direct::fits;
pub use encoders::EncoderSummary;
pub use encodings::Encodings;
pub use idempotency::{Key, Keys};
pub use poll::{Answered, Ingestion, NotAnswered, Receipt};
pub use refusal::{Refusal, TopicNotAllowed};
pub use view::{DownlinkView, EventView, PartView};

/// What callers may ask for, with all that it takes to do it.
#[derive(Debug)]
pub struct Operations {
    /// What is kept.
    pub store: Arc<dyn Store>,
    /// Ways to devices.
    pub carriers: Arc<Carriers>,
    /// Encodes, with the encoders of the moment.
    pub engine: Engine,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// New identifiers.
    pub ids: Arc<dyn Ids>,
    /// Hides messages that hold a secret.
    pub sealer: Arc<Sealer>,
    /// Wakes the worker.
    pub wake: Wake,
    /// Requests that are being encoded.
    pub encodings: Encodings,
    /// Idempotency keys whose first request is under way.
    pub keys: Keys,
    /// Parts whose answer to a device's call was not written whole.
    pub broken: mpsc::Sender<PartId>,
    /// What a caller may ask for at most.
    pub bounds: Bounds,
    /// How long things take.
    pub timing: Timing,
}

/// What a caller may ask for at most.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Open parts in a line.
    pub line: u32,
    /// From acceptance to the first handing over, where the device does not say.
    pub max_wait: Duration,
    /// How long an idempotency key is remembered.
    pub idempotency: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        const DAY: Duration = Duration::from_hours(24);
        Self {
            line: 256,
            max_wait: 7 * DAY,
            idempotency: DAY,
        }
    }
}

/// The moment as the engine takes it.
pub(crate) fn unix_time(moment: Moment) -> UnixTime {
    UnixTime::from_seconds(moment.as_micros().div_euclid(1_000_000))
}
