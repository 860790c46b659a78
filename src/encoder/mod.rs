//! Encoders: from the commands of one device to the messages that it understands.
//!
//! An [`Encoder`] is a value behind a trait, found in a [`Registry`] by its id. Most are definitions
//! ([`definition`]), which are data; some are code, in this crate ([`generic`]) or in yours.

pub mod definition;
pub mod generic;
#[cfg(feature = "js")]
pub mod javascript;

mod any;
mod context;
mod decoded;
mod description;
mod digest;
mod example;
mod marks;
mod purpose;
mod registry;
mod retired;
mod schema;
mod secret;
mod shared;
mod trace;
mod writer;

use std::fmt::Debug;

pub use context::Context;
pub use decoded::{Decoded, DecodedRecord, DecodedVariable, RecordValue};
pub(crate) use definition::MASK;
pub use description::{
    ArgumentDescription, Arity, CommandDescription, Count, Description, Destination, Domain,
    EnvelopeDescription, Evidence, Interval, NeedDescription, Port, Reading, VariableDescription,
    Variables,
};
pub use example::{Example, ExampleMessage, ExamplePayload};
pub(crate) use purpose::Purpose;
pub use registry::{RefusedDefinition, Registry, RegistryBuilder};
pub(crate) use secret::{Secrets, shown_header};
pub use shared::{RegistryReader, SharedRegistry};
pub(crate) use trace::Style;
pub use trace::{Frame, Mark, Meaning, Origin};
pub use writer::{Content, Writer};
pub(crate) use writer::{EncodeMemory, Part};

use crate::error::{Code, Error};
use crate::instruction::Instruction;
use crate::message::{Message, Method, Payload, Protocol};

/// Turns an instruction into the messages of one family of devices.
///
/// The same instruction, method and binding must give the same messages: an encoder reads no clock
/// and keeps no state. Bytes go into frames together with where they come from, so that the one
/// walk serves encoding and previewing.
///
/// `examples/custom_encoder.rs` implements one outside this crate.
pub trait Encoder: any::AsAny + Debug + Send + Sync {
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

    /// What it takes: its commands, the JSON Schema of its instructions, and examples.
    ///
    /// Without an implementation of its own it is open, and takes any records.
    fn describe(&self) -> Description {
        Description::of(self)
    }

    /// Where its messages are sent: what [`Encoder::describe`] says of it and of commands that have
    /// a destination of their own, without the cost of the rest.
    ///
    /// Without an implementation of its own it is taken from there.
    ///
    /// ```
    /// use downlink::encoder::Registry;
    ///
    /// let registry = Registry::builder().builtin()?.build();
    /// let destinations = registry.get("shelly/gen2-switch")?.destinations();
    /// assert_eq!(destinations[0].topic.as_deref(), Some("{$prefix}/rpc"));
    /// # Ok::<(), downlink::Error>(())
    /// ```
    fn destinations(&self) -> Vec<Destination> {
        let description = self.describe();
        let commands = description.commands.into_iter();
        let own = commands.filter_map(|command| command.destination);
        description.destination.into_iter().chain(own).collect()
    }

    /// The variables that it reads from a device's binding.
    ///
    /// Without an implementation of its own it may read any.
    fn variables(&self) -> Variables {
        Variables::Any
    }

    /// Whether a device's binding may give it a variable of this name.
    ///
    /// A name that it does not take is refused with [`Code::DevicesVariable`] where the binding is
    /// used: a misspelt password would leave a command without one.
    fn takes_variable(&self, name: &str) -> bool {
        match self.variables() {
            Variables::Any => true,
            declared => declared.declared().iter().any(|it| it.name == name),
        }
    }

    /// Reads a payload back: the instruction whose encoding it is.
    ///
    /// The method says the port or the topic that the payload was sent to; where it does not, each
    /// port of a definition is tried, commands that only their topics tell apart are ambiguous, and a
    /// command that has an argument in its topic is not read.
    ///
    /// # Errors
    ///
    /// [`Code::DecodeNoReading`] where no instruction has this payload, and for an encoder without an
    /// implementation of its own; [`Code::DecodeAmbiguous`] where several have it,
    /// [`Code::DecodePort`] for a port that the device does not listen on,
    /// [`Code::EncodeUnsupportedProtocol`] for a protocol that it does not speak.
    ///
    /// ```
    /// use downlink::encoder::Registry;
    /// use downlink::message::{Method, Payload, Protocol};
    ///
    /// let registry = Registry::builder().builtin()?.build();
    /// let encoder = registry.get("dragino/lt-22222-l")?;
    /// let payload = Payload::Binary(vec![0x01, 0x00, 0x02, 0x58]);
    /// let decoded = encoder.decode(&Method::new(Protocol::Lora), &payload)?;
    /// let device = "urn:dev:DEVEUI:0059AC0000152A2B:".parse()?;
    /// assert_eq!(
    ///     decoded.to_senml_json(device)?,
    ///     r#"[{"bn":"urn:dev:DEVEUI:0059AC0000152A2B:","n":"tdc/seconds","u":"s","v":600}]"#
    /// );
    /// # Ok::<(), downlink::Error>(())
    /// ```
    fn decode(&self, method: &Method, payload: &Payload) -> Result<Decoded, Error> {
        let _ = (method, payload);
        Err(reads_nothing_back(self.id()))
    }

    /// Reads a message back, as [`Encoder::decode`] does.
    ///
    /// # Errors
    ///
    /// As [`Encoder::decode`].
    fn decode_message(&self, message: &Message) -> Result<Decoded, Error> {
        let (method, payload) = sent(message);
        self.decode(&method, &payload)
    }

    /// What decides the bytes that it writes, as 64 hex digits: two encoders with the same digest
    /// write the same in the same version of this crate.
    ///
    /// A definition's is the SHA-256 of its text, that of a payload codec of its script. Without an
    /// implementation of its own it is that of the id and the version of this crate: an encoder
    /// outside of this crate should add its own version.
    fn digest(&self) -> String {
        digest::digest(&format!("{} {}", self.id(), env!("CARGO_PKG_VERSION")))
    }
}

/// How a message is sent, and what is sent.
fn sent(message: &Message) -> (Method, Payload) {
    match message {
        Message::Lora(downlink) => {
            let f_port = Some(downlink.f_port());
            let payload = Payload::Binary(downlink.frm_payload().to_vec());
            (Method::Lora { f_port }, payload)
        }
        Message::Mqtt(publish) => {
            let method = Method::Mqtt {
                topic: Some(publish.topic.clone()),
                content_type: publish.content_type.clone(),
            };
            (method, publish.payload.clone())
        }
        Message::Sms(submit) => (Method::Sms, Payload::Text(submit.text().to_owned())),
        Message::Http(content) => (Method::Http, content.body.clone()),
    }
}

#[cold]
fn reads_nothing_back(id: &str) -> Error {
    Error::new(
        Code::DecodeNoReading,
        format!("`{id}` does not decode payloads"),
    )
    .expected("an encoder that decodes payloads")
}
