//! The service: it accepts downlinks, encodes them, and hands them to devices.

pub mod caller;
pub mod carrier;
pub mod clock;
#[cfg(feature = "demo")]
pub mod demo;
pub mod http;
pub mod id;
pub mod key;
pub mod life;
pub mod list;
pub mod seal;
pub mod settings;
pub mod store;
