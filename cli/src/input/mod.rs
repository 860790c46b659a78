//! What the tool reads: files and standard input, definitions, bindings, and packs from arguments.

mod assignment;
mod directory;
mod lines;
mod registry;
mod source;

pub(crate) use assignment::{Assignment, pack_text};
pub(crate) use directory::directory;
pub(crate) use lines::{Line, Lines};
pub(crate) use registry::{definition, definition_files, registry};
pub(crate) use source::{Source, is_cbor};
