//! The service: it accepts downlinks, encodes them, and hands them to devices.

pub mod carrier;
pub mod clock;
#[cfg(feature = "demo")]
pub mod demo;
pub mod id;
pub mod life;
pub mod list;
pub mod settings;
pub mod store;
