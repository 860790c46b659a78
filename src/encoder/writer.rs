//! Where encoders put their messages.

use crate::error::{Code, Diagnostic, Error, Sink};
use crate::limits::Limits;
use crate::message::http::{self, Headers};
use crate::message::lora::{self, FPort, PayloadLimit};
use crate::message::mqtt::{self, ContentType, Qos, TopicName};
use crate::message::sms::{self, SegmentLimit};
use crate::message::{Message, Payload};

use super::definition::BindMemory;
use super::purpose::Purpose;
use super::trace::{Frame, Style};

/// One message.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) message: Message,
    /// How its payload is written: as it is sent, or, for a document, in a string.
    pub(crate) style: Style,
}

/// A payload whose protocol tells text from other bytes.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Content {
    /// Text in UTF-8.
    Text(Frame),
    /// Any bytes.
    Binary(Frame),
}

impl Content {
    #[inline]
    fn into_parts(self) -> (Result<Payload, Error>, Style) {
        match self {
            Self::Text(Frame { bytes, style }) => (text_of(bytes).map(Payload::Text), style),
            Self::Binary(Frame { bytes, style }) => (Ok(Payload::Binary(bytes)), style),
        }
    }
}

/// The text of bytes that are UTF-8.
#[inline]
pub(super) fn text_of(bytes: Vec<u8>) -> Result<String, Error> {
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Error::new(
            Code::TextUtf8,
            format!("the text of the message is not UTF-8 at byte {at}"),
        )
    })
}

/// Takes the messages of an instruction, checks them against their protocol, and keeps the
/// findings.
#[derive(Debug)]
pub struct Writer<'w> {
    parts: Vec<Part>,
    sink: &'w mut dyn Sink,
    purpose: Purpose,
    payload_limit: PayloadLimit,
    most_parts: usize,
    memory: &'w mut EncodeMemory,
}

/// The memory of encoding, to be used again.
#[derive(Debug, Default)]
pub(crate) struct EncodeMemory {
    parts: Vec<Part>,
    bytes: Vec<Vec<u8>>,
    pub(super) binding: BindMemory,
}

impl EncodeMemory {
    /// Takes back the memory of messages that were handed on.
    pub(crate) fn give_back(&mut self, mut parts: Vec<Part>) {
        for part in parts.drain(..) {
            self.give_back_message(part.message);
        }
        self.parts = parts;
    }

    fn give_back_message(&mut self, message: Message) {
        match message {
            Message::Lora(downlink) => self.give_back_bytes(downlink.into_frm_payload()),
            Message::Sms(submit) => self.give_back_bytes(submit.into_text().into_bytes()),
            Message::Http(content) => self.give_back_bytes(content.body.into_bytes()),
            Message::Mqtt(publish) => {
                self.give_back_bytes(publish.topic.into_string().into_bytes());
                self.give_back_bytes(publish.payload.into_bytes());
            }
        }
    }

    fn take_bytes(&mut self) -> Vec<u8> {
        self.bytes.pop().unwrap_or_default()
    }

    fn give_back_bytes(&mut self, mut bytes: Vec<u8>) {
        bytes.clear();
        self.bytes.push(bytes);
    }
}

impl<'w> Writer<'w> {
    /// A writer without messages.
    pub(crate) fn new(
        sink: &'w mut dyn Sink,
        purpose: Purpose,
        payload_limit: PayloadLimit,
        limits: &Limits,
        memory: &'w mut EncodeMemory,
    ) -> Self {
        Self {
            parts: std::mem::take(&mut memory.parts),
            sink,
            purpose,
            payload_limit,
            most_parts: limits.parts,
            memory,
        }
    }

    /// The messages.
    pub(crate) fn finish(self) -> Vec<Part> {
        self.parts
    }

    pub(super) fn memory(&mut self) -> &mut EncodeMemory {
        self.memory
    }

    /// A writer for frames that are only tried, whose findings go elsewhere.
    pub(crate) fn trial<'t>(&'t mut self, sink: &'t mut dyn Sink) -> Writer<'t> {
        Writer {
            parts: Vec::new(),
            sink,
            purpose: Purpose::Messages,
            payload_limit: self.payload_limit,
            most_parts: self.most_parts,
            memory: self.memory,
        }
    }

    /// An empty frame to write into.
    #[must_use]
    pub fn frame(&mut self) -> Frame {
        let bytes = self.memory.take_bytes();
        self.purpose.frame(bytes)
    }

    /// Lets what is next in an empty frame be written as documents have it, if it is for one.
    pub(super) fn write_in_string(&self, frame: &mut Frame) {
        if self.purpose == Purpose::Documents {
            frame.style = Style::InString;
        }
    }

    /// Whether what is written is only shown.
    #[cfg(feature = "js")]
    pub(super) fn is_preview(&self) -> bool {
        self.purpose == Purpose::Preview
    }

    /// An empty frame that keeps no origins.
    pub(crate) fn untraced_frame(&mut self) -> Frame {
        Purpose::Messages.frame(self.memory.take_bytes())
    }

    /// Takes back the memory of a frame that is not sent.
    pub(crate) fn give_back(&mut self, frame: Frame) {
        self.memory.give_back_bytes(frame.bytes);
    }

    /// How many bytes a LoRaWAN payload may have, and why.
    #[must_use]
    pub fn payload_limit(&self) -> &PayloadLimit {
        &self.payload_limit
    }

    /// Takes an error, and says whether to go on and find more.
    ///
    /// # Errors
    ///
    /// The error itself, unless all errors are being collected.
    pub fn error(&mut self, error: Error) -> Result<(), Error> {
        self.sink.error(error)
    }

    /// Takes a warning.
    pub fn warning(&mut self, warning: Diagnostic) {
        self.sink.warning(warning);
    }

    /// Sends a LoRaWAN downlink.
    ///
    /// # Errors
    ///
    /// An empty payload, one that the network does not carry, or too many messages.
    #[inline]
    pub fn lora(&mut self, f_port: FPort, frame: Frame) -> Result<(), Error> {
        let Frame { bytes, style } = frame;
        if let Err(error) = self.payload_limit.check(bytes.len()) {
            return self.error(error);
        }
        match lora::Downlink::new(f_port, bytes) {
            Ok(downlink) => self.push(Message::Lora(downlink), style),
            Err(error) => self.error(error),
        }
    }

    /// Publishes over MQTT.
    ///
    /// # Errors
    ///
    /// Too many messages, or text that is none.
    #[inline]
    pub fn mqtt(
        &mut self,
        topic: TopicName,
        content_type: Option<ContentType>,
        qos: Option<Qos>,
        payload: Content,
    ) -> Result<(), Error> {
        let (payload, style) = payload.into_parts();
        match payload {
            Ok(payload) => {
                let publish = mqtt::Publish {
                    topic,
                    payload,
                    content_type,
                    qos,
                };
                self.push(Message::Mqtt(publish), style)
            }
            Err(error) => self.error(error),
        }
    }

    /// Sends a text message.
    ///
    /// # Errors
    ///
    /// More segments than the limit, or too many messages.
    #[inline]
    pub fn sms(&mut self, limit: SegmentLimit, text: Frame) -> Result<(), Error> {
        let submit = text_of(text.bytes).and_then(sms::Submit::new);
        let submit = submit.and_then(|submit| limit.check(&submit).map(|()| submit));
        match submit {
            Ok(submit) => self.push(Message::Sms(submit), text.style),
            Err(error) => self.error(error),
        }
    }

    /// Answers a device over HTTP.
    ///
    /// # Errors
    ///
    /// Too many messages, or text that is none.
    #[inline]
    pub fn http(&mut self, headers: Headers, body: Content) -> Result<(), Error> {
        let (body, style) = body.into_parts();
        match body {
            Ok(body) => {
                let content = http::Content { body, headers };
                self.push(Message::Http(content), style)
            }
            Err(error) => self.error(error),
        }
    }

    #[inline]
    fn push(&mut self, message: Message, style: Style) -> Result<(), Error> {
        if self.parts.len() == self.most_parts {
            return self.error(too_many_parts(self.most_parts));
        }
        self.parts.push(Part { message, style });
        Ok(())
    }
}

fn too_many_parts(most: usize) -> Error {
    Error::new(
        Code::LimitParts,
        format!("the instruction produces more than {most} messages"),
    )
    .expected(format!("at most {most}"))
    .hint("send fewer commands at once")
}
