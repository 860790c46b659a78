//! Sensor Measurement Lists: packs of records (RFC 8428), and what grew around them.
//!
//! Knows no device and no protocol.

mod label;
mod pack;
mod profile;

pub use label::{ContentKind, Key, Label};
pub use pack::{Content, Field, Pack, Record};
pub use profile::{Mode, Profile};
