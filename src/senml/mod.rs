//! Sensor Measurement Lists: packs of records (RFC 8428), and what grew around them.
//!
//! Knows no device and no protocol.

mod assembly;
mod base;
mod builder;
mod cbor;
mod compact;
mod content_format;
mod data;
mod fault;
mod json;
mod json_writer;
mod label;
mod media_type;
mod name;
mod order;
mod pack;
mod place;
mod profile;
mod reader;
mod report;
mod resolve;
mod rule;
mod serde;
mod stream;
mod thingsml;
mod time;
mod token;
pub mod unit;
mod write;

pub use builder::PackBuilder;
pub(crate) use data::data_text;
pub use label::{ContentKind, Key, Label};
pub use media_type::{Encoding, Fragment, MediaType};
pub use name::Name;
pub use pack::{Content, Field, Pack, Record};
pub use profile::{Mode, Profile};
pub use reader::Reader;
pub use resolve::{ResolvedPack, ResolvedRecord, Value};
pub use stream::{Progress, Stream, StreamError};
pub use time::UnixTime;
