//! Sensor Measurement Lists: packs of records (RFC 8428), and what grew around them.
//!
//! ```text
//! pack   = 1*record                        an array
//! record = 1*( label content )             an object in JSON, a map in CBOR
//! label  = base label / regular label      "bn" "bt" ... / "n" "u" "v" ...
//! ```
//!
//! A [`Reader`] takes JSON and CBOR by one set of rules and gives a [`Pack`]; [`Pack::resolve`]
//! applies the base fields and gives a [`ResolvedPack`]; both are written in either format. A
//! [`Stream`] gives the records one by one as their bytes come in. Units are turned into each other
//! by [`unit::Conversion`].
//!
//! Beside RFC 8428 this is RFC 8790 (FETCH and PATCH), RFC 8798 (more units), RFC 9100 (versions
//! are sets of features), RFC 9193 (content formats of data), the `vlo` of `LwM2M` 1.1, and the `i_`
//! of ThingsML. XML and EXI are known by their media types only.
//!
//! The room knows no device and no protocol.
//!
//! # Rules
//!
//! Every finding names its rule by this id. A *policy* is a choice of this crate where the RFCs are
//! silent or disagree; its reason stands in the module that keeps it.
//!
#![doc = include_str!("rules.md")]

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
pub(crate) use cbor::{cbor_array_head, cbor_base_name};
pub(crate) use data::data_text;
pub(crate) use json::plain_label;
pub use label::{ContentKind, Key, Label};
pub use media_type::{Encoding, Fragment, MediaType};
pub use name::Name;
pub(crate) use pack::PackMemory;
pub use pack::{Content, Field, Pack, Record};
pub use profile::{Mode, Profile};
pub use reader::Reader;
pub use resolve::{ResolvedPack, ResolvedRecord, Value};
pub use stream::{Progress, Stream, StreamError};
pub use time::UnixTime;
