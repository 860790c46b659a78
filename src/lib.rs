//! Turns a SenML instruction into the message that one device understands.

pub mod contract;
pub mod directory;
mod document;
pub mod encoder;
pub mod engine;
pub mod error;
pub mod instruction;
mod json;
pub mod limits;
mod memory;
pub mod message;
pub mod number;
pub mod preview;
pub mod senml;

pub use engine::{Downlinks, Engine};
pub use error::Error;
pub use limits::Limits;
