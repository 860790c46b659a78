//! What an instruction is made of besides records: the device it is for, and durations.

mod device_id;
mod duration;
mod text_form;

pub use device_id::{DeviceId, Imei};
pub use duration::{FeedbackTimeout, SimpleDuration};
pub(crate) use text_form::text_form;
