//! Encoders: from the commands of one device to the messages that it understands.
//!
//! An [`Encoder`] is a value behind a trait, found in a [`Registry`] by its id. Most are definitions
//! ([`definition`]), which are data; some are code, in this crate ([`generic`]) or in yours.

pub mod definition;
pub mod generic;
#[cfg(feature = "js")]
pub mod javascript;

mod context;
mod marks;
mod purpose;
mod registry;
mod secret;
mod shared;
mod trace;
mod writer;

use std::fmt::Debug;

pub use context::Context;
pub(crate) use definition::MASK;
pub(crate) use purpose::Purpose;
pub use registry::{RefusedDefinition, Registry, RegistryBuilder};
pub(crate) use secret::{Secrets, shown_header};
pub use shared::{RegistryReader, SharedRegistry};
pub(crate) use trace::Style;
pub use trace::{Frame, Mark, Meaning, Origin};
pub use writer::{Content, Writer};
pub(crate) use writer::{EncodeMemory, Part};

use crate::error::Error;
use crate::instruction::Instruction;
use crate::message::Protocol;

/// Turns an instruction into the messages of one family of devices.
///
/// The same instruction, method and binding must give the same messages: an encoder reads no clock
/// and keeps no state. Bytes go into frames together with where they come from, so that the one
/// walk serves encoding and previewing.
///
/// `examples/custom_encoder.rs` implements one outside this crate.
pub trait Encoder: Debug + Send + Sync {
    /// The id, `vendor/device`.
    fn id(&self) -> &str;

    /// What the device is called; the id, where it has no other name.
    fn title(&self) -> &str {
        self.id()
    }

    /// The protocols that it can speak.
    fn protocols(&self) -> &[Protocol];

    /// Writes the messages for an instruction.
    ///
    /// # Errors
    ///
    /// Whatever keeps the device from doing as it is told. What can be found beyond the first such
    /// thing goes to [`Writer::error`].
    fn encode(
        &self,
        instruction: &Instruction<'_>,
        context: &Context<'_>,
        writer: &mut Writer<'_>,
    ) -> Result<(), Error>;

    /// What a manual page says besides the title and the definition.
    fn notes(&self) -> Option<&str> {
        None
    }

    /// The definition behind it, if it is one.
    fn definition(&self) -> Option<&definition::Definition> {
        None
    }
}
