//! What the tool reads: files and standard input, definitions, payload codecs, bindings, and packs
//! from arguments.

mod assignment;
#[cfg_attr(not(feature = "js"), path = "codec_off.rs")]
mod codec;
mod directory;
mod files;
mod lines;
mod registry;
mod skipped;
mod source;

pub(crate) use assignment::{Assignment, pack_text};
pub(crate) use codec::Codec;
pub(crate) use directory::Bound;
pub(crate) use files::{codec_paths, definition_files};
pub(crate) use lines::{Batch, Line, Lines};
pub(crate) use registry::{Wanted, codec_registry, definition, registry};
pub(crate) use source::{Source, is_cbor};
