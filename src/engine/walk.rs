//! The one walk, from an instruction to messages, for encoding and for previewing.

use crate::contract::{self, CreateDownlinkRequest};
use crate::directory::{Binding, Directory};
use crate::encoder::{Context, EncodeMemory, Encoder, Part, Purpose, Registry, Writer};
use crate::error::{Code, Error, Placed, Sink};
use crate::instruction::{DeviceId, FeedbackTimeout, Instruction};
use crate::message::Method;
use crate::message::lora::PayloadLimit;
use crate::message::mqtt::{ContentType, TopicName};
use crate::preview::Shown;
use crate::senml::{Pack, UnixTime};

use super::workspace::{Texts, WalkMemory};
use super::{Engine, text};

/// What the documents say beside the message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    pub(super) feedback_timeout: FeedbackTimeout,
    pub(super) retry_limit: Option<u64>,
    pub(super) dry_run: Option<bool>,
}

/// What a caller asks for beside the instruction.
#[derive(Debug)]
pub(super) struct Order<'m> {
    pub(super) method: &'m Method,
    pub(super) retry_limit: Option<u64>,
    pub(super) feedback_timeout: Option<FeedbackTimeout>,
    pub(super) dry_run: Option<bool>,
}

/// A walk, for encoding or for a preview.
#[derive(Clone, Copy)]
pub(super) struct Walk<'e> {
    pub(super) engine: &'e Engine,
    /// The encoders, the same from start to end.
    pub(super) registry: &'e Registry,
    pub(super) directory: &'e dyn Directory,
    pub(super) now: UnixTime,
    pub(super) purpose: Purpose,
}

/// An instruction that was walked to its end.
pub(super) struct Walked<'e> {
    pub(super) device: DeviceId,
    pub(super) encoder: &'e dyn Encoder,
    pub(super) parts: Vec<Part>,
    pub(super) settings: Settings,
    payload_limit: PayloadLimit,
}

impl<'e> Walk<'e> {
    /// Walks a request whose findings are placed in its text.
    pub(super) fn request(
        self,
        request: &CreateDownlinkRequest<'_>,
        memory: &mut WalkMemory,
        sink: &mut Placed<'_, '_>,
    ) -> Result<Option<Walked<'e>>, Error> {
        let method = requested_method(request, sink)?;
        let order = Order {
            method: &method,
            retry_limit: request.retry_limit,
            feedback_timeout: request.feedback_timeout,
            dry_run: request.dry_run,
        };
        let mut sink = sink.below(INSTRUCTION);
        let walked = self.pack(request.instruction(), &order, memory, &mut sink);
        walked.map_err(|error| sink.end(error))
    }

    /// Walks a pack.
    pub(super) fn pack(
        self,
        pack: &Pack<'_>,
        order: &Order<'_>,
        memory: &mut WalkMemory,
        sink: &mut dyn Sink,
    ) -> Result<Option<Walked<'e>>, Error> {
        match Instruction::read_reusing(pack, self.now, &mut memory.entries, sink)? {
            Some(instruction) => {
                let walked = self.instruction(&instruction, order, &mut memory.encode, sink)?;
                memory.entries.give_back(instruction);
                Ok(Some(walked))
            }
            None => Ok(None),
        }
    }

    /// Walks an instruction; the memory of the walk is that of its messages.
    pub(super) fn instruction(
        self,
        instruction: &Instruction<'_>,
        order: &Order<'_>,
        memory: &mut EncodeMemory,
        sink: &mut dyn Sink,
    ) -> Result<Walked<'e>, Error> {
        let Self {
            engine,
            registry,
            now,
            ..
        } = self;
        let device = instruction.device();
        let unbound = |error| instruction.at_device(error);
        let bound = self.directory.binding(device).map_err(unbound)?;
        let binding = &*bound;
        let encoder = registry.bound(binding).map_err(unbound)?;
        if !encoder.protocols().contains(&order.method.protocol()) {
            return Err(unsupported_protocol(encoder, order.method));
        }
        let payload_limit = binding.payload_limit().map_err(unbound)?;
        let context = Context::new(device, order.method, binding).at(now);
        let mut writer = Writer::new(sink, self.purpose, payload_limit, &engine.limits, memory);
        encoder.encode(instruction, &context, &mut writer)?;
        let parts = writer.finish();
        Ok(Walked {
            device,
            encoder,
            parts,
            settings: order.settings(engine, binding),
            payload_limit,
        })
    }
}

/// Where the pack stands in a request.
const INSTRUCTION: &str = "/instruction";

impl<'m> Order<'m> {
    pub(super) fn of_pack(method: &'m Method) -> Self {
        Self {
            method,
            retry_limit: None,
            feedback_timeout: None,
            dry_run: None,
        }
    }

    fn settings(&self, engine: &Engine, binding: &Binding) -> Settings {
        let timeout = self.feedback_timeout.or(binding.feedback_timeout());
        Settings {
            feedback_timeout: timeout.unwrap_or(engine.feedback_timeout),
            retry_limit: self.retry_limit,
            dry_run: self.dry_run,
        }
    }
}

/// The method of a request; if the sink goes on behind a fault of it, one of its protocol.
fn requested_method(
    request: &CreateDownlinkRequest<'_>,
    sink: &mut Placed<'_, '_>,
) -> Result<Method, Error> {
    method(&request.method).or_else(|error| {
        sink.error(error)?;
        Ok(Method::new(request.method.protocol()))
    })
}

/// The contract's method with its values checked.
fn method(method: &contract::Method<'_>) -> Result<Method, Error> {
    Ok(match method {
        contract::Method::Lora(lora) => Method::Lora {
            f_port: lora.f_port,
        },
        contract::Method::Mqtt(mqtt) => Method::Mqtt {
            topic: mqtt
                .topic
                .as_deref()
                .map(TopicName::new)
                .transpose()
                .map_err(|error| error.at_pointer("/method/topic"))?,
            content_type: mqtt
                .content_type
                .as_deref()
                .map(ContentType::new)
                .transpose()
                .map_err(|error| error.at_pointer("/method/contentType"))?,
        },
        contract::Method::Sms(_) => Method::Sms,
        contract::Method::Http(_) => Method::Http,
    })
}

/// A walk that stops at the first error never goes on without commands.
#[cold]
pub(super) fn nothing_left() -> Error {
    Error::new(Code::InstructionNoCommand, "the instruction has no command")
}

#[cold]
fn unsupported_protocol(encoder: &dyn Encoder, method: &Method) -> Error {
    let own: Vec<&str> = encoder
        .protocols()
        .iter()
        .map(|protocol| protocol.as_str())
        .collect();
    let (own, asked) = (own.join(" or "), method.protocol());
    Error::new(
        Code::EncodeUnsupportedProtocol,
        format!("`{}` supports {own}, found {asked}", encoder.id()),
    )
    .expected(own)
    .found(asked.to_string())
    .at_pointer("/method/protocol")
}

impl Walked<'_> {
    /// Writes the documents; what else there is goes back to the memory.
    pub(super) fn write(self, texts: &mut Texts, memory: &mut WalkMemory) -> DeviceId {
        for part in &self.parts {
            texts.push(part.message.protocol(), |json| {
                text::append(self.device, part, &self.settings, json);
            });
        }
        memory.encode.give_back(self.parts);
        self.device
    }

    pub(super) fn into_preview(self) -> Shown {
        Shown::new(
            self.device,
            self.encoder.id().to_owned(),
            self.encoder.title().to_owned(),
            self.settings.feedback_timeout,
            self.parts,
            self.payload_limit,
        )
    }
}
