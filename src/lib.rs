//! Turns a SenML instruction into the message that one device understands.

pub mod contract;
pub mod error;
pub mod instruction;
mod json;
pub mod limits;
pub mod message;
pub mod number;
pub mod senml;

pub use error::Error;
pub use limits::Limits;
