//! Instructions: a resolved pack read as commands for one device; device identifiers; durations.

mod device_id;
mod duration;
mod known_base;
mod path;
mod plain;
mod read;
mod text_form;

pub use device_id::{DeviceId, Imei};
pub(crate) use device_id::{DeviceText, write_upper_hex};
pub use duration::{FeedbackTimeout, SimpleDuration};
pub(crate) use plain::PlainInstruction;
pub(crate) use read::EntryMemory;
pub use read::{Entry, Instruction};
pub(crate) use text_form::text_form;
