//! The definition language: a device's downlinks as data.
//!
//! A definition is read once, checked as strictly as code, and compiled into steps. This is the
//! language:
#![doc = include_str!("../../../docs/definitions.md")]

mod argument;
mod bind;
pub(crate) mod builtin;
mod checksum;
mod compile;
mod declare;
mod decode;
mod describe;
mod destination;
mod encode;
mod example;
mod export;
mod flatten;
mod frame;
mod limits;
mod load;
mod meet;
mod model;
mod needs;
mod open;
mod pattern;
mod render;
mod schema;
mod starter;
mod template;
mod topic;
mod transport;
mod usage;
mod value;
mod variable;

use crate::error::{Error, Placed, Sink};
use crate::instruction::Instruction;
use crate::message::{Method, Payload, Protocol};

pub(crate) use argument::MASK;
pub(super) use bind::BindMemory;
pub use model::Definition;
pub use schema::JSON_SCHEMA;

use super::{Context, Decoded, Description, Destination, Encoder, Variables, Writer};

impl Definition {
    /// Reads a definition and proves its examples.
    ///
    /// # Errors
    ///
    /// The codes `definition/...` and `registry/example`, with line and column.
    ///
    /// ```
    /// use downlink::encoder::definition::Definition;
    /// use downlink::error::First;
    ///
    /// let definition = Definition::from_toml(r#"
    ///     format = 1
    ///     id = "acme/siren"
    ///     title = "ACME siren"
    ///     protocol = "LORA"
    ///     source = "ACME siren manual 1.0, section 4"
    ///     evidence = "manual"
    ///     [lora]
    ///     f_port = 10
    ///     [commands]
    ///     sound = "01 {duration:u8}"
    ///     [[examples]]
    ///     instruction = [{ n = "sound", v = 30 }]
    ///     expect = [{ f_port = 10, hex = "011E" }]
    /// "#, &mut First::default())?;
    /// assert_eq!(definition.title(), "ACME siren");
    /// # Ok::<(), downlink::Error>(())
    /// ```
    pub fn from_toml(text: &str, sink: &mut dyn Sink) -> Result<Self, Error> {
        let mut placed = Placed::new(text, sink);
        let definition = load::definition(text, &mut placed).map_err(|it| it.located_in(text))?;
        // What is broken already would break its examples too.
        if !placed.had_errors() {
            meet::refuse(&definition, &mut placed)?;
            example::prove_all(&definition, &mut placed)?;
        }
        Ok(definition)
    }

    /// The definition that an encoder is, if it is one.
    ///
    /// ```
    /// use downlink::encoder::{Encoder, Registry};
    /// use downlink::encoder::definition::Definition;
    ///
    /// let registry = Registry::builder().builtin()?.build();
    /// assert!(Definition::of(registry.get("dragino/lt-22222-l")?).is_some());
    /// assert!(Definition::of(registry.get("generic/raw")?).is_none());
    /// # Ok::<(), downlink::Error>(())
    /// ```
    #[must_use]
    pub fn of(encoder: &dyn Encoder) -> Option<&Self> {
        let any = encoder.as_any();
        let built_in = || any.downcast_ref::<builtin::BuiltIn>()?.get().ok();
        any.downcast_ref().or_else(built_in)
    }

    /// Places an error at the id, in the text that the definition was read from.
    pub(crate) fn at_id(&self, error: Error, text: &str) -> Error {
        error.at_offset(self.id_offset).located_in(text)
    }

    /// Reads a definition whose examples are proven elsewhere.
    pub(crate) fn unproven(text: &str, sink: &mut dyn Sink) -> Result<Self, Error> {
        load::definition(text, &mut Placed::new(text, sink)).map_err(|it| it.located_in(text))
    }
}

impl Encoder for Definition {
    fn id(&self) -> &str {
        &self.id
    }

    fn title(&self) -> &str {
        &self.title
    }

    fn protocols(&self) -> &[Protocol] {
        std::slice::from_ref(&self.protocol)
    }

    fn encode(
        &self,
        instruction: &Instruction<'_>,
        context: &Context<'_>,
        writer: &mut Writer<'_>,
    ) -> Result<(), Error> {
        encode::encode(self, &self.transport, instruction, context, writer)
    }

    fn describe(&self) -> Description {
        self.description()
    }

    fn destinations(&self) -> Vec<Destination> {
        let commands = self.commands.iter();
        let own = commands.filter_map(|command| self.destination_of(command));
        self.destination().into_iter().chain(own).collect()
    }

    fn variables(&self) -> Variables {
        self.described_variables()
    }

    fn takes_variable(&self, name: &str) -> bool {
        let mut declared = self.variables.iter().filter(|it| it.is_declared());
        declared.any(|it| it.name == name)
    }

    fn decode(&self, method: &Method, payload: &Payload) -> Result<Decoded, Error> {
        self.read_payload(method, payload)
    }

    /// The SHA-256 of the text that it was read from.
    fn digest(&self) -> String {
        self.digest.clone()
    }
}
