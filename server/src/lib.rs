//! The service: it accepts downlinks, encodes them, and hands them to devices.
//!
//! `ARCHITECTURE.md` beside this crate's `Cargo.toml` is the map.

pub mod caller;
pub mod carrier;
pub mod clock;
#[cfg(feature = "demo")]
pub mod demo;
pub mod device;
pub mod http;
pub mod id;
pub mod key;
pub mod life;
pub mod list;
pub mod operation;
pub mod seal;
pub mod service;
pub mod settings;
pub mod store;
pub mod telemetry;
pub mod wake;
pub mod worker;
